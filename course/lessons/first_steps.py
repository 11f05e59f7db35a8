# %% [markdown] tags=["header"]
# Quellor is a small town in Meridia with a choir, a football club and a market.
# You read one month of its invented posts.
# You need no experience: you learn each step here.

# %% [markdown]
# ## Run your first cell
#
# The grey box below is a **cell**: a piece of code.
# Click into it, hold Shift and press Enter.
# `[*]` beside the cell means that it is working.
# The first time takes some seconds.

# %% tags=["figure"]
from matplotlib import pyplot as plt

from socmint import open_case, quiz, show

case = open_case("first_steps", seed=7)
counts = case.posts["platform"].value_counts()
fig, axes = plt.subplots()
axes.bar(counts.index, counts)
axes.set_title("Four in five of Quellor's posts are on two platforms")
axes.set_xlabel("platform")
axes.set_ylabel("posts")
show(fig, alt="Four bars: Convivara and Tikkeron are about as high, the other two are short.")

# %% [markdown]
# You have run code, and it drew a chart: one bar for each **platform**.
# At the end of this lesson you can read that cell.
#
# ## Give a value a name
#
# A **variable** is a name for a value; `=` gives the name.
# Text in quotation marks is a **string**.
#
# **Predict, then run.**
# A cell shows its last line: which number?

# %% tags=["exercise"]
town = "Quellor"
singers = 25
singers = singers + 1
singers

# %% [markdown]
# ## Lists, dicts, functions
#
# A **list** holds values in order; `clubs[0]` is the first.
# A **dict** finds a value by its key.
# A **function** does a job with what stands between its round brackets.
# `len` counts.
#
# **Your turn.**
# Add `"market"` to the list, behind a comma, and run.

# %% tags=["exercise"]
clubs = ["choir", "football"]
len(clubs)

# %%
sizes = {"choir": 25, "football": 32}
sizes["football"]

# %% [markdown]
# ## Read an error message
#
# **Break it.**
# Delete the last letter of `clubs` below, so that you read `len(club)`, and run.
# Read the **last line** of the message first:
#
# `NameError: name 'club' is not defined`
#
# Python does not know this name.
# An arrow shows where.
# Errors harm nothing: put the letter back and run again.

# %% tags=["break-it", "exercise"]
len(clubs)

# %% [markdown]
# ## Look into a table
#
# `case` holds tables.
# A table is a **DataFrame**; in `posts`, one row is one post.
# A dot stands between a table and what you ask of it.
# `columns` are its column names, `head(3)` its first three rows.
# `print` shows more than the last line.
# A list in square brackets keeps these columns only.

# %%
posts = case.posts
print(len(posts), "rows")
print(list(posts.columns))
posts[["post_id", "account_id", "platform"]].head(3)

# %% [markdown]
# Square brackets with a name select one column.
# `nunique` counts how many *different* values it has.
#
# **Predict, then run.**
# Are there as many accounts as posts?
# Then put `"platform"` in place of `"account_id"`.

# %% tags=["exercise"]
posts["account_id"].nunique()

# %% [markdown]
# There are about ten times as many posts as accounts.
# So a number of posts is not a number of people.
#
# ## Filter rows
#
# A **condition** is true or false for each row.
# `==` asks: are they equal?
# `>=` asks: at least as large?
# Put the condition in square brackets, and only the true rows stay.

# %%
photos = posts[posts["platform"] == "Ombrisol"]
two_platforms = posts[posts["platform"].isin(["Ombrisol", "Susurrel"])]
print(len(photos), len(two_platforms))

# %% [markdown]
# `isin` keeps the rows whose value is in a list.
#
# **Fill in the blank.**
# Replace the three dots to keep the Spanish posts.
# Spanish is written `"es"`.
#
# <details><summary>Answer</summary>
#
# `posts[posts["language"] == "es"]` keeps about a third of the rows.
#
# </details>

# %% tags=["exercise"]
spanish = posts[posts["language"] == ...]
len(spanish)

# %% [markdown]
# **Break it.**
# The next cell gives no error message, and yet its answer is wrong.
# Find the reason before you run it.

# %% tags=["break-it"]
len(posts[posts["platform"] == "ombrisol"])

# %% [markdown]
# Python compares letter by letter: a small `o` is not a large `O`.
# If a zero surprises you, look again.
#
# ## Count by group
#
# `value_counts` counts each value of one column.
# `groupby` with `size` counts the rows of each group.
# `nlargest(3)` keeps the three highest numbers.

# %%
per_account = posts.groupby("account_id").size()
per_account.nlargest(3)

# %% [markdown]
# On the left stand account ids, on the right numbers of posts.
# One account wrote hundreds of posts in a month.
#
# **Your turn.**
# `sort_values` sorts from low to high.
# Write `ascending=False` between its brackets: high numbers come first.

# %% tags=["exercise"]
per_account.sort_values().head(5)

# %% [markdown]
# ## Join two tables
#
# Each account has a name on its platform, its **handle**.
# It stands in another table, `case.accounts`.
# Your counts are one column with names on its left, not yet a table.
# `reset_index(name="posts")` makes a table of them: the names become a column, and `"posts"` names the other.
# `merge` puts rows with the same id together.

# %%
busiest = per_account.nlargest(3).reset_index(name="posts")
busiest.merge(case.accounts[["account_id", "handle"]], on="account_id")

# %% [markdown]
# ## Draw a chart
#
# `plt.subplots()` gives two things: `fig`, the picture, and `axes`, the field where you draw.
# A bar needs a name and a height.
# The names on the left of your counts are their `index`.
#
# **Your turn.**
# Run the cell.
# Then write a title that says what you see, and a name for each axis.

# %% tags=["figure", "exercise"]
counts = posts["language"].value_counts()
fig, axes = plt.subplots()
axes.bar(counts.index, counts)
axes.set_title("...")
axes.set_xlabel("...")
axes.set_ylabel("...")
show(fig, alt="Two bars: English has more than twice as many posts as Spanish.")

# %% [markdown]
# English has more than twice as many posts.
# A good title says so: "Seven of ten posts are in English".
#
# ## Build a graph
#
# A **graph** has **nodes** (here accounts) and **edges** (here ties between two accounts).
# In `ties`, one row is one act: `source` does something to `target`.
# `kind` says what: join a group, follow an account, and more.

# %%
groups = case.groups
ties = case.ties
ties[["kind", "source", "target"]].head(3)

# %%
# Who follows whom in the choir? Python skips what stands behind a #: it is a note for you.
# Read these filters one by one and run them. You need not write such a cell yourself.
choir = groups[groups["name"] == "Coro de la Marea"]  # the row of the choir
joins = ties[ties["target"].isin(choir["group_id"])]  # who joined the choir
members = joins["source"]  # their account ids
follows = ties[ties["kind"] == "follow"]  # all follows in town
from_members = follows[follows["source"].isin(members)]  # those that members make
choir_ties = from_members[from_members["target"].isin(members)]  # and that reach members
print(len(choir_ties), "rows")
choir_ties[["kind", "source", "target"]].head(3)

# %% [markdown]
# `import` fetches more tools.
#
# **Predict, then run.**
# Will the graph have as many edges as the table has rows?

# %%
import networkx as nx
import pandas as pd

# "source" and "target" are the columns with the two ends of an edge.
graph = nx.from_pandas_edgelist(choir_ties, "source", "target")
print(graph.number_of_nodes(), "nodes,", graph.number_of_edges(), "edges")

# %% [markdown]
# Fewer edges: two accounts that follow each other share one.
# The **degree** of a node is its number of edges.
# `pd.Series` makes one column of them, so that you can filter.
# **Neighbours** are one edge away.
#
# **Your turn.**
# Run the cell.
# Then put `>= 10` in place of `== degrees.max()`: who has ten ties or more?

# %% tags=["exercise"]
degrees = pd.Series(dict(graph.degree()))
print(degrees.nlargest(3))
chosen = degrees[degrees == degrees.max()].index
print("chosen:", list(chosen))
print("neighbours of the first one:", list(graph.neighbors(chosen[0])))

# %% tags=["figure"]
fig, axes = plt.subplots()
nx.draw(graph, nx.spring_layout(graph, seed=7), ax=axes, node_size=60, edge_color="#999999")
axes.set_title("Everybody in the choir is linked to everybody in three steps or fewer")
show(fig, alt="A dense web of 25 nodes without separate parts.")

# %% [markdown]
# You see one web without separate parts.
# Its lines mean something; the place of a node does not.
#
# ## What this does not show
#
# - Who stands behind an account, and why.
# - What a tie means: a follow is not a friendship.
# - Whether you may look: for real people you need a task and legal authority.

# %% [markdown]
# ## Key points
#
# - Read the last line of an error first.
# - Know what one row is before you count rows.
# - Filter with a condition; count with `groupby` and `size`.
# - Give each chart a title and two axis names.
# - A degree counts ties; it says nothing about guilt.
#
# What you answer below is noted on this computer: see `HOME.md`.

# %% tags=["recall"]
quiz("first_steps")

# %% [markdown] tags=["footer"]
# Claims: none
