# %% [markdown] tags=["header"]
# Every person in this course is invented.
# In this lesson you look behind the stage: you make people, plant something, and find it again.

# %% [markdown]
# ## One person, field by field
#
# **Faker** is a Python package that invents values: names, dates, words.
# A **provider** is a set of such values.
# We wrote one for Meridia, because names from a real list may be the names of real people.

# %%
from faker import Faker

from synthetic_data.pool_builder import MeridiaProvider

fake = Faker("en_US")
fake.add_provider(MeridiaProvider)
fake.seed_instance(2031)
print(fake.first_name(), fake.meridian_family("en"))
print(fake.meridian_phone(), fake.meridian_domain())

# %% [markdown]
# Nobody can dial this number: no country code begins with zero.
# Nobody can own this domain: `.example` is kept free.
#
# ## Your own people
#
# A **seed** is the number from which all dice follow.
# The same seed gives the same people.
#
# **Your turn.**
# Put your own number in place of 1 and run twice.
# Do your people change?

# %% tags=["exercise"]
import pandas as pd

seed = 1
fake.seed_instance(seed)
rows = []
for _ in range(5):
    name = f"{fake.first_name()} {fake.meridian_family('en')}"
    rows.append({"name": name, "alias": fake.meridian_alias(), "phone": fake.meridian_phone()})
pd.DataFrame(rows)

# %% [markdown]
# ## Why the word lists are frozen
#
# Faker's lists change from release to release.
# Then the same seed gives other people, and an answer key no longer fits.
# So Faker fills our lists once: they are **pools**, files that stay as they are.
# A **hash** of each file, a number that changes when one letter changes, guards them.

# %%
from synthetic_data import pools

print("filled with Faker", pools.check()["faker"])
list(pools.words("district"))[:4]

# %% [markdown]
# ## A world from a scenario, a seed and a size
#
# A **scenario** is a text file that says what a world holds.
# `generate` makes tables from scenario, seed and size.
# The tables show what was posted; the **truth** says what is so.

# %%
from socmint import open_case, quiz, show
from synthetic_data import generate

case = open_case("behind_the_world", seed=5)
again = generate("village", seed=5)
print("same posts:", case.posts.equals(again.tables["posts"]))
case.posts[["time", "text"]].head(4)

# %% [markdown]
# ## Break it: dice that share one cup
#
# Suppose that all fields take numbers from one generator.
# One more draw at the start then shifts every later number.
# Below, both lists should show the same five ages.

# %% tags=["break-it"]
import random

dice = random.Random(7)
before = [dice.randrange(18, 80) for _ in range(5)]
dice = random.Random(7)
new_field = dice.random()
after = [dice.randrange(18, 80) for _ in range(5)]
print(before, after)

# %% [markdown]
# A new field changed everybody's age.
# The world avoids this with **keyed streams**.
# A number depends on the name of its field and on the number of its account, on nothing else.
#
# **Your turn.**
# Ask for accounts 3 to 5 instead of 0 to 5.
# Does account 3 keep its age?

# %% tags=["exercise"]
from synthetic_data.streams import below

accounts = [0, 1, 2, 3, 4, 5]
ages = 18 + below("lesson/age", accounts, 62)
dict(zip(accounts, ages.tolist(), strict=True))

# %% [markdown]
# ## What is planted
#
# A world first gets an ordinary life for each account.
# Then some accounts get a second task: they are **cast**, like actors.
# The truth keeps a fact for each planted thing: where it shows, from which day, how openly.

# %%
harbour = generate("harbour", seed=5, accounts=2000)
facts = harbour.truth["facts"]
facts[["statement", "lowest_tier", "first_day", "table"]].head(4)

# %% [markdown]
# The rows of a fact are its proof.
#
# **Your turn.**
# Change the 0 and find the rows of another fact.
# Could you have found them without the truth?

# %% tags=["exercise"]
fact = facts.iloc[0]
table = harbour.tables[fact["table"]]
print(fact["statement"])
table[table.iloc[:, 0].isin(fact["rows"].split())].head()

# %% [markdown]
# Innocent accounts are cast, too.
# They copy the style of the group, or many people talk to them.
# Without them a careless method would look perfect.

# %% tags=["figure"]
from matplotlib import pyplot as plt

people = harbour.truth["people"]["population"].value_counts().drop(["BG", "AU"])
fig, axes = plt.subplots()
axes.bar(people.index, people)
axes.set_title("Most people who are cast do nothing wrong")
axes.set_xlabel("population (HL is the organised group)")
axes.set_ylabel("accounts")
show(fig, alt="Five bars: PR, the lawful protest, is the highest; HL has about a fifth of that.")

# %% [markdown]
# PR is a lawful protest, BO are boasters, JO press and helpers, VI possible victims.
# The organised group HL is small beside them.
# BG and AU are left out: ordinary accounts, and those that post by program, such as the weather.

# %% [markdown]
# ## A case of your own
#
# A scenario may build on another one and change a few lines.
# An unknown word in the file is an error, so a slip of the pen cannot pass.
#
# **Your turn.**
# Change the number of posts, then write `post_per_account` and read the message.

# %% tags=["exercise"]
import tempfile
from pathlib import Path

from synthetic_data import WorldError, scenario
from synthetic_data.generate import from_settings

text = 'extends = "village"\n[world]\ntitle = "My town"\nposts_per_account = 3\n'
path = Path(tempfile.mkdtemp()) / "my_town.toml"
path.write_text(text)
try:
    mine = from_settings("my_town", scenario.read(path), 1, 240)
    print(mine.meta["title"], len(mine.tables["posts"]), "posts")
except WorldError as error:
    print(error)

# %% [markdown]
# ## What this does not show
#
# - How real groups behave: you find here what somebody planted.
# - How often a method errs in real life: rates from here do not carry over.
# - What people feel: nobody here can be hurt, so your care must come from rules.
# - That looking is lawful: for real people you need a task and legal authority.

# %% [markdown]
# ## Key points
#
# - Scenario, seed and size name a world; the same name gives the same tables.
# - Pools are frozen, because word lists change.
# - Keyed streams keep a value in its place when something is added.
# - The truth lists each planted fact with its rows.
# - Planted innocents show what a careless method costs.

# %% tags=["recall"]
quiz("behind_the_world")

# %% [markdown] tags=["footer"]
# Claims: none
