# %% [markdown] tags=["header"]
# A seller sent your chief a leaflet about a monitoring tool.
# She says: "It is public, so we may collect it all."
# What is wrong with that sentence?

# %% [markdown]
# ## Five sources
#
# The course reads five texts, and corrects them where the record differs.
#
# - **Source A**: article, C.-S. Tudoriu, 2018.
# - **Source B**: article, Global Initiative, 2014.
# - **Source C**: magazine interview, 2013.
# - **Source D**: article for the maker of a tool (Maltego), no date.
# - **Source E**: slides of the project MEDI@4SEC, 2017.
#
# This lesson needs A, D and E.

# %%
# Run each code cell, and read it if you like. You change code only after "Your turn".
import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_case, quiz, show
from socmint.figures import COLOURS

case = open_case("what_socmint_is", seed=7)
case

# %% [markdown]
# ## Where the word comes from
#
# **SOCMINT** is short for social media intelligence.
# Source A calls it a new domain of intelligence, born with the internet and mobile phones.
# In 2005, says A, Facebook's founder wanted a "mirror" of real communities.
# By 2018 platforms had outgrown that.

# %% [markdown]
# Source A credits one man, Sir David Omand, after the "London riots".
# The record: Omand, once director of GCHQ, wrote with Jamie Bartlett and Carl Miller.
# In April 2012 the three named and framed SOCMINT for Demos, a think tank.
# The August 2011 disorder in England came before.
# Police use is older: UK forces had accounts from 2008.

# %% [markdown]
# ## Four definitions
#
# *tools* stands in Source D, the rest in Source A, which credits *capability* to Omand.
# The short names are ours.
#
# **Your turn.** What does each leave out?
# Put `"validate"` (check that data are true) in place of `"analyse"`.
# Try `"decision"`, then `"authority"`.

# %% tags=["exercise"]
word = "analyse"
definitions = {
    "capability": "applications, techniques, capabilities obtained by collecting and using social media",
    "process": "identify, collect, validate, analyse, intrusively or not, to reduce the unknown in a decision",
    "tools": "tools and solutions for cyber threat investigators to organise, analyse and interpret data",
    "marketing": "understand users, find influencers, monitor talk, mine sentiment, predict behaviour",
}
# For each pair in the dict: {name:<10} fills the name up to 10 characters.
for name, text in definitions.items():
    print("has it:" if word in text else "   -   ", f"{name:<10} = {text}")

# %% [markdown]
# - *capability* leaves out steps, checks and purpose.
# - *process* has a check and a purpose.
# - *tools* leaves out both, and every crime but cyber threats.
# - *marketing* looks for customers, and a suspect is not a customer.
#
# **None of the four says who may allow it.**

# %% [markdown]
# ## A product is not a doctrine
#
# A **doctrine** is a set of agreed rules: why, when, who may, and how we check.
# Source A quotes a radio report of 2014: police monitoring grew out of *brand* monitoring.
# So the tools came before the rules.
# A product gives you functions, but no purpose, no check and no authority.

# %% [markdown]
# Source A: police, intelligence and justice bodies get live information, without noise, to follow crimes, gather evidence and predict events.
# Source D: for threat analysts SOCMINT is core, not an extra, and speed finds a threat before a breach.
# These claims are not measured, and D serves a seller.

# %% [markdown]
# ## OSINT and SOCMINT
#
# **OSINT** is intelligence from open sources: traditional media, public data, web communities, personal reports.
# In Source A, OSINT explores the public, SOCMINT exploits what is private.
# The 2012 paper disagrees: *inside* SOCMINT it has an **open** and an **intrusive route**, into what people keep private.
# Its six principles are ethics; they inform law and never replace it.

# %% [markdown]
# ## Platforms pass, functions stay
#
# Names age: Google+ closed in 2019, and Twitter became X in 2023.
#
# **Your turn.** The table holds what the sources name.
# Change the word to `"messages"` or `"talk"`.

# %% tags=["exercise"]
word = "micro-posts"
rows = [
    ("Facebook, LinkedIn, Google+", "friends, groups, work", "A, 2018"),
    ("Twitter", "micro-posts; actors meet there", "A, 2018; D"),
    ("Instagram, YouTube, Snapchat, Pinterest", "pictures and video", "A, 2018"),
    ("Tumblr, blogs", "longer texts", "A, 2018"),
    ("Telegram", "messages; actors meet there", "D"),
    ("forums, blogs, regional and niche sites", "talk on one subject or place", "D"),
]
named = pd.DataFrame(rows, columns=["named", "function", "source"])
# .str.contains says True for each row whose text holds the word.
named[named["function"].str.contains(word)]

# %% [markdown]
# Learn functions, not brands.
# Meridia has Tikkeron (micro-posts), Ombrisol (photos), Convivara (friends and groups) and Susurrel (messages).
# Each needs its own tools and methods.

# %% [markdown]
# Source D says: look beyond the mainstream.
# Its list of "other sites" is lost in our copy; *ours* is: review pages, game chats, marketplaces, video comments.
#
# Source A says tools find people and map footprints, validate mail addresses, trace e-mail, check screen names and investigate websites.

# %% [markdown]
# ## First axis: the tier
#
# A **tier** is the wall that the author put around the content.
#
# | tier | who can see it |
# |---|---|
# | public | anybody, without an account |
# | registered | anybody with an account |
# | friends | people whom the author or group lets in |
# | private | the receivers of a message |
#
# A closed group of 4,000 is large, and still *friends*.

# %% [markdown]
# A shown phone or a printed page does not change the tier.
#
# **Your turn.** Guess the most frequent tier of each platform, then change the name and run.

# %% tags=["exercise"]
platform = "Tikkeron"
# .loc[rows, column] keeps the rows for which the condition is true, and one column.
case.accounts.loc[case.accounts["platform"] == platform, "visibility"].value_counts()

# %% [markdown]
# Group by two columns to see all platforms.
# `unstack()` puts the tiers side by side.
# Each row, divided by its sum, gives shares.

# %%
tiers = ["public", "registered", "friends", "private"]
counts = case.accounts.groupby(["platform", "visibility"]).size()
table = counts.unstack()[tiers]
# sum(axis=1) adds along each row; div(…, axis=0) divides each row by its own sum.
shares = table.div(table.sum(axis=1), axis=0) * 100
shares = shares.sort_values("public")  # the smallest public share comes first
shares.round(1)

# %% tags=["figure"]
fig, axes = plt.subplots(figsize=(7, 3.5))
colours = [COLOURS[name] for name in ("sky", "green", "orange", "black")]
shares.plot.barh(stacked=True, ax=axes, color=colours, edgecolor="white")
axes.set_title("Most Tikkeron accounts are public, most Susurrel accounts are not")
axes.set_xlabel("share of accounts (percent)")
axes.set_ylabel("platform")
axes.legend(title="tier", loc="center left", bbox_to_anchor=(1, 0.5))
show(
    fig,
    alt="Stacked bars of account tiers: Tikkeron mostly public, Susurrel mostly friends and private.",
)

# %% [markdown]
# See how the first part shrinks from the top bar to the bottom bar.
#
# **Break it.** An account can move from public to friends.
# A shortcut gives each post the tier that its account has *now*.
# How many posts get a wrong tier?

# %% tags=["break-it"]
now = case.accounts[["account_id", "visibility"]]
both = case.posts.merge(now, on="account_id")
moved = both[both["tier"] != both["visibility"]]
print(len(moved), "posts of", moved["account_id"].nunique(), "accounts")
moved[["tier", "visibility"]].value_counts()

# %% [markdown]
# Anybody could read these posts, and the shortcut calls them *friends*.
# So count an account at its present tier, and a post at the tier it had when posted.
# Write down the day on which you looked.

# %% [markdown]
# ## Second axis: the conduct
#
# **Conduct** is what you do.
#
# | conduct | what you do |
# |---|---|
# | view | look once at one thing |
# | monitor | come back, or set an alert |
# | bulk | take many records at one time |
# | enter | get in under a false identity, stay silent |
# | relate | talk until a person trusts you |
#
# If several fit, take the lowest line.

# %% [markdown]
# Your unit's own, named account is no false identity.
#
# **Your turn.** Put a tier and a conduct in each text of `mine`.

# %% tags=["exercise"]
mine = ["public view", "public view", "public view", "public view"]
right = {
    "With the unit's named account you open a page, once, that any user can see.": "registered view",
    "A member prints one post of a closed group of 4,000 for you.": "friends view",
    "You copy 900 posts at one time; anybody can read them.": "public bulk",
    "Under a false name you joke in open comments until a seller trusts you.": "public relate",
}
for text, answer in right.items():
    word = mine[list(right).index(text)]
    print("right:  " if word == answer else "not yet:", word, "|", text)

# %% [markdown]
# ## The class: who must agree
#
# Tier and conduct give the **class**, here a level of authority.
# It is a teaching model, not law.
#
# | | one look | daily, three weeks |
# |---|---|---|
# | public, a person | 0: desk log | 2: authorising officer |
# | registered, a person | 1: supervisor | 2 |
# | public, nobody | 0 | 0 |
# | registered, nobody | 1 | 1 |

# %% [markdown]
# "Nobody" means a timetable, a rule, a price list: no person is watched.
# The UK code of 2018 also treats systematic viewing differently from a first look.
#
# **Your turn.** How many posts does a watcher read?
# Change `days` to 7, then to 21.

# %% tags=["exercise"]
days = 1
public = case.accounts.loc[case.accounts["visibility"] == "public", "account_id"]
posts = case.posts[case.posts["account_id"].isin(public)]
day = (posts["time"] - case.posts["time"].min()).dt.days + 1
# A comparison gives True or False for each row; .sum() counts the True, / divides.
# In f"…", Python puts the value of what stands in {}; :.1f rounds it to one decimal.
print(f"{(day <= days).sum() / len(public):.1f} posts for each public account")

# %% tags=["figure"]
looks = [1, 7, 14, 21]
read = [(day <= number).sum() / len(public) for number in looks]
fig, axes = plt.subplots(figsize=(6, 3.5))
axes.bar([str(number) for number in looks], read, color=COLOURS["blue"])
axes.set_title(f"Three weeks show {read[-1] / read[0]:.0f} times as much as one day")
axes.set_xlabel("length of the watch (days)")
axes.set_ylabel("posts read for each account")
show(fig, alt="Four bars for 1, 7, 14 and 21 days: the longer the watch, the more posts are read.")

# %% [markdown]
# Each post is as public as the first; what grows is the picture of a life.
# "Public" alone cannot tell you the class.

# %% [markdown]
# ## Private life in public
#
# **Private information** means, in this course: health, belief, sexuality, family and children, home.
# A public post can hold each of them.
# The class stays the same, but reading it still intrudes: take more care.
# A ferry timetable holds none.
#
# **Your turn.** Change the number and read some cards: which tell of private life?

# %% tags=["exercise"]
number = 0
print(case.situations["text"].iloc[number])  # .iloc[0] is the first row

# %% [markdown]
# ## A frame for policy
#
# Source E asks of social media in public security: what is good, bad and ugly?
# Who adopts it, and why?
# How should use evolve?
# What are the social, ethical and legal implications?
# Police go beyond talking and listening, to collaboration and new digital and physical interventions.
# So organisations change, and re-think ethics, law and data protection.

# %% [markdown]
# ## The rule in plain words
#
# 1. Name the tier: where does it lie?
# 2. Name the conduct: what do you do, how often, to how many?
# 3. Ask whose private life it touches.
# 4. Ask who may allow it, before you look.

# %% [markdown]
# ## What this does not show
#
# - The levels are a model; the law of your country decides.
# - A tier says who can see a post, not whether it is true.
# - Here every post has its tier; on real platforms you guess it, and shares differ.

# %% [markdown]
# ## Key points
#
# - Three authors named SOCMINT in 2012, with an open and an intrusive route.
# - Look in a definition for check, purpose and authority.
# - Tier and conduct together make the class; repetition can raise it.
# - Private content asks for more care in every class.
# - A product has functions; a doctrine has rules.

# %% tags=["recall"]
quiz("what_socmint_is")

# %% [markdown] tags=["footer"]
# In the lab you sort a world of your own.
#
# Claims: M01-01, M01-02, M01-03, M01-04, M01-05, M01-06, M01-07, M01-08, M01-09, M01-10, M01-11, M01-12, M01-13, M01-14, M01-15, M01-16, M01-17, M01-18, M01-19, M01-20, M01-21, M01-22, M01-23, M01-24
