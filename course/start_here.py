# %% [markdown]
# # Start here
#
# Welcome to a course on people who do not exist.
# **Social media intelligence** answers questions from what accounts post and how they are linked.
# You learn to ask lawful questions, and to say how sure you are.
# You need a computer, patience, and no experience in programming.
#
# *All people, accounts and places in this course are invented.*

# %% [markdown]
# ## You will
#
# - count, draw and compare what a whole society posts,
# - say what may be looked at, by whom and why,
# - read a network without accusing the innocent,
# - write findings that a reader can check.

# %% [markdown]
# ## A notebook in 60 seconds
#
# This page is a **notebook**: text, and grey boxes with code called **cells**.
# Click into the cell below, hold Shift and press Enter.
# `[*]` beside it means that it is working.
# The first time takes some seconds.
# You need not understand the code yet: lesson M00 explains it.

# %%
from matplotlib import pyplot as plt

from socmint import open_case, show

case = open_case("first_steps", seed=7)
writers = case.posts["account_id"].nunique()
print("Welcome to Quellor:", writers, "accounts wrote", len(case.posts), "posts.")
hours = case.posts["time"].dt.hour.value_counts().sort_index()
fig, axes = plt.subplots(figsize=(7, 3))
axes.bar(hours.index, hours)
axes.set_title(f"Quellor writes least at {hours.idxmin()} o'clock, most at {hours.idxmax()}")
axes.set_xlabel("hour of the day")
axes.set_ylabel("posts in one month")
show(fig, alt="Bars for 24 hours: lowest in the middle of the night, highest in the evening.")

# %% [markdown]
# It works: you have just read a month of posts from an invented town.
# You cannot break anything.
# The **kernel** is the program that runs your cells.
# If something looks wrong, choose *Kernel*, then *Restart Kernel and Run All Cells…* in the menu.
# Save your work with Ctrl+S, or Cmd+S on a Mac.

# %% [markdown]
# ## Your way through
#
# Take the modules in this order.
# In each you read a **lesson**, then you solve its **lab**.
# The **quiz** stands at the end of the lesson.

# %% [markdown] tags=["contents"]
# Click a name to open it.

# %% [markdown]
# ## Where you are
#
# The page `HOME.md` opens with the course: it shows what you have done and what comes next.
# You see the same here, whenever you run this cell.

# %%
from socmint import find, home

home()

# %% [markdown]
# Look for a word in the whole course: run the cell, type into the box, press Enter.

# %%
find()

# %% [markdown]
# ## Checks and hints
#
# A lab asks questions.
# Below each answer stands a **check**: run it, and it says how far you are, in words.
# Try as often as you like.
# Under the check are three **hints** to unfold.
# A lab that you have not begun runs without an error, and its checks say "not answered yet".

# %% [markdown]
# ## Words that come back
#
# - **Synthetic** means invented; every figure says so.
# - **Dual use** means that a method can help and harm; each lab says how it limits the harm.
# - **Claims**, at the end of a lesson: the numbers of its statements that come from a source.

# %% [markdown]
# ## What you promise
#
# You work on invented people so that you learn to be careful with real ones.
#
# - Use these methods on this course's data only, or later in your duties under law and authority.
# - Look up no real person, for practice or curiosity.
# - Use no false identity.
# - Collect the least.
# - An account is a claim, not a person.

# %% [markdown]
# Read the whole [code of conduct](../CODE_OF_CONDUCT.md) before module M01.
#
# **To be honest:** you practise on your own computer.
# Nobody watches, and nothing here can stop you.
# The promise counts because you make it.

# %% [markdown]
# ## Take care of yourself
#
# Later lessons speak of crime, threats and people who were harmed, without pictures or detail.
# You may pause at any time, and come back or not.
# If something stays with you, talk to somebody you trust or to your academy's support.

# %% [markdown]
# ## Where to find help
#
# - A cell gives an error: read its last line first, as lesson M00 shows.
# - A question is too hard: unfold the first hint, then try again.
# - A notebook is in disorder: restart it, as above.
# - The course itself is wrong: tell whoever gave it to you, with the name of the notebook and the cell.
