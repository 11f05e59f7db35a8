# %% [markdown] tags=["header"]
# Every person in this course is invented.
# In this lesson you invent people, plant something, find it again, and make a case of your own.

# %% [markdown]
# ## Invent a person
#
# **Faker** is a Python package that invents values, such as names and dates.
# A **provider** is the part of Faker that knows one kind of value.
# We wrote one for Meridia, the invented country of this course.

# %%
from faker import Faker

from synthetic_data.pool_builder import MeridiaProvider

fake = Faker("en_US")
fake.add_provider(MeridiaProvider)
fake.seed_instance(2031)
print(fake.first_name(), fake.meridian_family("en"))
print(fake.meridian_phone(), fake.meridian_domain())

# %% [markdown]
# The first name is common; the family name is put together from invented parts.
# Nobody can dial the number: no country code begins with zero.
# Nobody can own the domain: `.example` is reserved.
#
# A **seed** is a number that you choose; all random choices follow from it.
#
# **Your turn.** Put your number in place of 1.
# Run twice.

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
# The same seed gave the same people; another seed gives others.
#
# Now write a provider: `class` names it, `def` says what it makes.
#
# **Your turn.** Put words of your own into the two lists.
# Invent them: a real name may lead to a real person.

# %% tags=["exercise"]
from faker.providers import BaseProvider


class MyProvider(BaseProvider):
    heads = ("Old", "Blue", "Quiet")
    tails = ("Kettle", "Heron", "Compass")

    def my_cafe(self):
        return self.random_element(self.heads) + " " + self.random_element(self.tails)


fake.add_provider(MyProvider)
fake.seed_instance(seed)
[fake.my_cafe() for _ in range(4)]

# %% [markdown]
# ## Break it: one more name in the list
#
# Faker's lists change from release to release.
# Below, both lines have the same seed.
# The second list has one new name.

# %% tags=["break-it"]
old = ["Ana", "Ben", "Cleo", "Dan", "Eva"]
new = ["Abel", *old]
for names in (old, new):
    fake.seed_instance(7)
    print([fake.random_element(names) for _ in range(4)])

# %% [markdown]
# Same seed, other people: an answer key made before is now wrong.
#
# So we filled our word lists with Faker once and **froze** them: these files, the **pools**, never change.
# Worlds read the pools and do not call Faker.
# A **hash** guards each file: a short code, computed from every letter.

# %%
import hashlib

from synthetic_data import pools

written = pools.check()["sha256"]["names.csv"]
data = (pools.FOLDER / "names.csv").read_bytes()
print("written down   ", written[:16])
print("the file now   ", hashlib.sha256(data).hexdigest()[:16])
print("one letter off ", hashlib.sha256(data.replace(b"a", b"e", 1)).hexdigest()[:16])

# %% [markdown]
# The first two codes are equal, so nobody changed the file.
#
# ## Scenario, seed and size
#
# A **scenario** is a text file that says what a world holds.
# `generate` makes tables from scenario, seed and size.
# `open_case` calls it for you.
#
# **Your turn.** Run the cell.
# Then change one of the two 5s.

# %% tags=["exercise"]
from socmint import open_case, quiz, show
from synthetic_data import generate

pd.options.display.max_colwidth = 110
case = open_case("behind_the_world", seed=5)
again = generate("village", seed=5)
print("same posts:", case.posts.equals(again.tables["posts"]))
case.posts[["text"]].head(4)

# %% [markdown]
# ## Break it: one row of random numbers for all
#
# Suppose that all fields take their numbers from one row.
# A new field then takes a number first, and all others move.
# Below, both lines should show the same five ages.

# %% tags=["break-it"]
import random

source = random.Random(7)
print([source.randrange(18, 80) for _ in range(5)])
source = random.Random(7)
new_field = source.random()
print([source.randrange(18, 80) for _ in range(5)])

# %% [markdown]
# They do not: the new field moved everybody's age.
# Our worlds use **keyed streams**.
# Each number is computed from a key, such as seed, field and account, and from nothing else.
#
# **Your turn.** Ask for accounts `[3, 4, 5]` only.
# Does account 3 keep its age?

# %% tags=["exercise"]
from synthetic_data.streams import below

accounts = [0, 1, 2, 3, 4, 5]
ages = 18 + below("lesson/age", accounts, 62)
dict(zip(accounts, ages.tolist(), strict=True))

# %% [markdown]
# Account 3 stays 35, whoever stands beside it.
#
# ## What is planted, and how
#
# First, every account gets an ordinary life: contacts, hours, topics.
# Then some get a second part: they are **cast**, like actors.
# This part of the harbour's scenario asks for an organised group.

# %%
from synthetic_data import scenario
from synthetic_data.generate import from_settings

scenario.load("harbour")["organisation"]

# %% [markdown]
# `cells` asks for three teams, of 7, 7 and 6 people.
# Each part brings posts and ties of its own, beside the ordinary ones.
#
# The **truth** is a second set of tables: who has which part.
# Learners of a case do not get it.
# HL is the code of the group.

# %%
harbour = generate("harbour", seed=5, accounts=2000)
people = harbour.truth["people"]
people.loc[people["population"] == "HL", "role"].value_counts()

# %% [markdown]
# Innocent accounts are cast, too.
# Some copy the style of the group; many people talk to others.
# Without them, a careless method would look perfect.

# %% tags=["figure"]
from matplotlib import pyplot as plt

names = {"PR": "lawful protest", "BO": "boasters", "HL": "organised group"}
names |= {"JO": "press and helpers", "VI": "possible victims"}
cast = people["population"].value_counts()[list(names)]
fig, axes = plt.subplots(figsize=(7, 3))
axes.bar_label(axes.barh(list(names.values()), cast, color="#0072B2"), padding=3)
axes.margins(x=0.1)
axes.invert_yaxis()
axes.set(title="Most accounts that are cast do nothing wrong", xlabel="number of accounts")
show(fig, alt="Bars: " + ", ".join(f"{names[code]} {cast[code]}" for code in names))

# %% [markdown]
# Of 184 accounts with a part, 24 belong to the group.
#
# The truth also lists **facts**.
# `first_day` is the first day on which you can see all of a fact.
# `lowest_tier` says who can: `public` is everybody.

# %%
facts = harbour.truth["facts"]
facts[["statement", "lowest_tier", "first_day", "table"]].head(4)

# %% [markdown]
# Each fact names its rows in a table: its proof.
# Fact 0 has three posts.
# Can you find them without the truth?
#
# **Your turn.** Add words, also Spanish ones such as `coraz` and `operaci`.
# The sign `|` means *or*.

# %% tags=["exercise"]
words = "operation|heart"
posts = harbour.tables["posts"]
found = posts[posts["text"].str.contains(words, case=False)]
planted = found["post_id"].isin(facts.loc[0, "rows"].split())
print(len(found), "posts found;", planted.sum(), "of them planted")
found[["text"]].head(5)

# %% [markdown]
# More words find more planted posts, and more songs about hearts.
# Only the truth tells you what you missed.
#
# ## How far does a result carry?
#
# Now a covert group; three of its members are known.
# Method: name the ten accounts with most replies and mentions to and from the three.
# You need not write such code: read and run it.


# %%
def right_of_ten(seed, difficulty):
    settings = scenario.load("cell")
    settings["network"]["difficulty"] = difficulty
    world = from_settings("cell", settings, seed, 800)
    known = world.tables["subjects"]["account_id"]
    talk = world.tables["ties"].query("kind in ['reply', 'mention']")
    near = talk[talk["source"].isin(known) | talk["target"].isin(known)]
    counts = pd.concat([near["source"], near["target"]]).value_counts().drop(known, errors="ignore")
    members = world.truth["people"].query("population == 'HL'")["account_id"]
    return int(counts.index[:10].isin(members).sum())


easy = [right_of_ten(seed, "easy") for seed in (3, 4, 5, 6)]
print(max(easy), "of ten are members")

# %% [markdown]
# Would you tell your chief that the method is good?
#
# **Your turn.** How many will be right in a hard world?
# Put your guess in place of 10, then run the cell.

# %% tags=["figure"]
guess = 10
hard = [right_of_ten(seed, "hard") for seed in (3, 4, 5, 6)]
right = easy + hard
worlds = [f"{level} {seed}" for level in ("easy", "hard") for seed in (3, 4, 5, 6)]
fig, axes = plt.subplots(figsize=(7, 3.2))
axes.plot(worlds, right, "o", color="#0072B2", ms=9)
axes.axhline(guess, color="#D55E00", linestyle="--", label="your guess")
axes.set(xlabel="difficulty and seed", ylabel="members among ten", ylim=(-0.5, 10.5))
axes.set_title(f"One method, eight worlds: {min(right)} to {max(right)} of ten are members")
axes.margins(x=0.12)
axes.legend(loc="lower left")
show(fig, alt=f"Members among ten: {easy} in easy worlds, {hard} in hard ones.")

# %% [markdown]
# The method stayed the same; the worlds differ.
# The first number was the best of four: look for `max` in the code.
#
# **Overconfidence** means to be more sure than the evidence allows.
# Invented worlds invite it:
#
# - an answer always exists;
# - you look for what you know was planted;
# - one program made all worlds.
#
# Real groups may lie outside this figure.

# %% [markdown]
# ## A case of your own
#
# Instructors make new cases like this.
# `extends` takes over another scenario; your lines change it.
# `size` is the number of people in the group.
#
# **Your turn.** Change title and size, and run both cells.
# Then make mistakes: `sise = 30`, `difficulty = "harder"`, `accounts = 80`.

# %% tags=["exercise"]
import tempfile
from pathlib import Path

lines = """extends = "cell"
[world]
title = "The night shift of Torvane"
accounts = 800
[network]
size = 30
difficulty = "hard"
"""
folder = Path(tempfile.mkdtemp())
print((folder / "my_case.toml").write_text(lines, encoding="utf-8"), "characters are written")

# %%
from IPython.display import display

from synthetic_data import World, WorldError

try:
    mine = generate(str(folder / "my_case.toml"), seed=1)
    given = World.read(mine.write(folder / "world", truth=False))
    print(given.meta["title"], "|", len(given.tables["posts"]), "posts | truth:", given.truth)
    group = mine.truth["members"].merge(given.tables["accounts"], how="left", on="account_id")
    display(group[["member_id", "role", "part", "handle", "display_name"]].iloc[::4])
except WorldError as error:
    print(error)

# %% [markdown]
# The table shows every fourth member of your group.
# `NaN` in `handle` means: no account, so no search finds this person.
# `truth: None` means: the folder for the class does not say who is a member.
#
# In a terminal, type this; `docs/worlds.md` shows every step.
#
# ```
# socmint world new --scenario my_case.toml --out my-case
# socmint world report my-case --out report.html
# ```

# %% [markdown]
# ## What this does not show
#
# | An invented world can teach | It cannot teach |
# | --- | --- |
# | the steps of a method, and where it fails | how real groups behave: you find what somebody planted |
# | which of two methods is better on the same data | how often a method errs in real life |
# | that innocent people may look suspicious | how many innocent people there are for each guilty one |
# | to ask for need and authority, and to write down doubt | that looking is lawful: real people need a real legal basis |
# | to make mistakes that hurt nobody | what a mistake does to a person |

# %% [markdown]
# ## Key points
#
# - Scenario, seed and size name a world; the same name gives the same tables.
# - Pools are frozen, because lists of words change.
# - Keyed streams keep each value when something is added.
# - The truth lists each planted fact, so you can count your errors.
# - A result from one world is no promise for another, and none for real life.

# %% tags=["recall"]
quiz("behind_the_world")

# %% [markdown] tags=["footer"]
# Claims: none
