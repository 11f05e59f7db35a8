# %% [markdown] tags=["header"]
# A tip names one account.
# You have a lawful collection around it: 400 accounts and what they did for four weeks.
# Your chief points at the biggest dot on a chart and says: "That is the leader."
# This lesson shows what a chart can carry, and what it cannot.

# %% [markdown]
# ## The log in front of you
#
# An **authority** names the accounts that may be collected.
# The table `scope` lists them.
# The **log** holds what happened between them: who did what to whom, and when.
# In conditions on tables, `&` means *and*, `|` means *or*.
# Longer code is there to be read and run; you need not write it.

# %%
import networkx as nx
import pandas as pd

from socmint import link_chart, open_case, people_touched, quiz

case = open_case("networks", seed=7)
scope = case.scope["account_id"]
ties = case.ties
inside = ties["target"].isin(scope) | (ties["kind"] == "join")
log = ties[ties["source"].isin(scope) & inside]
log.head()

# %% [markdown]
# ## Four ties, four questions
#
# Each row is a **tie**: something that links a source to a target.
# The column `kind` says what was done.

# %%
log["kind"].value_counts()

# %% [markdown]
# | tie | what was done | the question it answers |
# |---|---|---|
# | follow | one click, once | Who gets attention? |
# | mention | a name in a post | Who is talked about? |
# | reply | an answer to a post | Who is talked to? |
# | room | two accounts joined the same closed room | Who may share a space? |
#
# None of the four says *friend*, *partner* or *gang*.

# %% [markdown]
# ## A graph from a table
#
# A **graph** is a set of **nodes** (here: accounts) and **edges** (here: ties).
# A follow has a direction, so you use a **directed graph**, `nx.DiGraph`.
# Repeated ties between the same two accounts become one edge.
#
# `def` names steps to repeat, here `graph_of`; `return` says what comes out.


# %%
def graph_of(kind):
    rows = log[log["kind"] == kind]
    return nx.from_pandas_edgelist(rows, "source", "target", create_using=nx.DiGraph)


follow = graph_of("follow")
print(follow.number_of_nodes(), "accounts,", follow.number_of_edges(), "follows")

# %% [markdown]
# **Your turn.** Change `"mention"` to `"reply"` and run the cell again.
# Which of the two graphs has more edges?

# %% tags=["exercise"]
tried = graph_of("mention")
print(tried.number_of_nodes(), "accounts,", tried.number_of_edges(), "edges")

# %% [markdown]
# ## Shared rooms
#
# A join links an account to a *room*, not to a person.
# To link people, pair all accounts that joined the same room.
# `merge` puts the table beside itself; the comparison keeps each pair once.
# A shared room is weaker than a reply: two members may never have spoken.

# %%
closed = case.groups.loc[case.groups["admission"] == "closed", "group_id"]
joins = log.loc[(log["kind"] == "join") & log["target"].isin(closed), ["source", "target"]]
pairs = joins.merge(joins, on="target", suffixes=("", "_2"))
pairs = pairs[pairs["source"] < pairs["source_2"]]
room = nx.from_pandas_edgelist(pairs, "source", "source_2")
print(room.number_of_nodes(), "accounts,", room.number_of_edges(), "pairs that share a room")

# %% [markdown]
# ## Degree: how many ties
#
# The **degree** of a node is its number of ties.
# In a directed graph it has two parts: **in-degree** (ties that arrive) and **out-degree** (ties that leave).
# High in-degree among follows means attention, and nothing more.


# %%
def top(graph, length=10):
    table = pd.DataFrame(graph.degree, columns=["account_id", "degree"])
    return table.sort_values("account_id").nlargest(length, "degree")


who = case.accounts[["account_id", "handle", "bio"]]
top(follow, 3).merge(who, on="account_id")

# %% [markdown]
# Read the bios before you say anything about a person.
# Public services, reporters and shops are central because of their *work*.
#
# **Your turn.** Put `graph_of("mention")`, `graph_of("reply")` and `room` in place of `follow`.
# Are the same accounts on top?

# %% tags=["exercise"]
top(follow, 3).merge(who, on="account_id")

# %% [markdown]
# The lists differ, because the ties ask different questions.
# "The most central account" is not a finding; "the most mentioned in this log" is one.
#
# ## Betweenness: who stands between others
#
# The **betweenness** of a node is the share of shortest paths between others that run through it.
# Here the graph is the **talk graph**: mentions and replies, without direction.

# %%
talk_rows = log[log["kind"].isin(["mention", "reply"])]
talk = nx.from_pandas_edgelist(talk_rows, "source", "target")
between = pd.Series(nx.betweenness_centrality(talk)).rename("betweenness")
between.nlargest(3).reset_index(name="betweenness").merge(
    who, left_on="index", right_on="account_id"
)

# %% [markdown]
# Again you meet people with a public role.
# A reporter talks with all sides; that is the job.
# Betweenness always means: *in what was collected*.
# Collect other accounts, and the ranks change.

# %% [markdown]
# ## Set a boundary first
#
# The tasking names 30 accounts, in the table `subjects`.
# Ask the question among them: who links the parts of *this* set?
# Bound the table first, then make the graph.
#
# **Your turn.** Sort by `"degree"` instead of `"betweenness"`: who is on top now?

# %% tags=["exercise"]
subjects = case.subjects["account_id"]
core_rows = talk_rows[talk_rows["source"].isin(subjects) & talk_rows["target"].isin(subjects)]
core = nx.from_pandas_edgelist(core_rows, "source", "target")
core_between = pd.Series(nx.betweenness_centrality(core))
table = pd.DataFrame({"degree": dict(core.degree), "betweenness": core_between})
table.nlargest(5, "betweenness").round(2)

# %% [markdown]
# By betweenness, the first account does not have the most ties.
# It may be a **broker**: somebody who links groups that talk little to each other.
# It may also be a cousin, a driver or a caretaker.

# %% [markdown]
# ## Components and communities
#
# A **component** is a part of a graph in which everybody can be reached from everybody.
# A **community** is a set of nodes with more ties inside than to others.
# The Louvain method searches for them from a random start; a **seed** fixes that start.
#
# **Your turn.** Change `range(4)` to `range(10)`: do the sizes stay the same?

# %% tags=["exercise"]
print("components:", nx.number_connected_components(core))
for seed in range(4):
    found = nx.community.louvain_communities(core, seed=seed)
    print("seed", seed, "sizes of communities:", sorted(map(len, found)))

# %% [markdown]
# ## Break it
#
# The setting `resolution` decides how small a community may be.
# Nobody can tell you the right value.
# Try 0.2, 1 and 3: the "groups" come and go, while the people stay the same.

# %% tags=["break-it"]
resolution = 3
found = nx.community.louvain_communities(core, resolution=resolution, seed=1)
print(len(found), "communities:", sorted(map(len, found)))

# %% [markdown]
# A community is a cluster that depends on the ties and on the settings.
# A gang is a claim about people, law and purpose.
# The first never proves the second.
#
# ## A picture of the ties
#
# Draw the bounded talk graph as a **link chart**: a picture in which you can point and select.
# The size of a dot shows betweenness.

# %% tags=["figure"]
core_between = core_between.rename("betweenness")
title = "The account that links the parts does not have the most ties"
chart = link_chart(core, title, size=core_between)
chart

# %% [markdown]
# Point at the largest dot: many shortest paths need it.
# The button *Table* shows the same without a picture.
# Now add `seed=3` to `link_chart` and run the cell again.
# Everything moves, and no tie has changed.
# The place of a dot is not evidence.
#
# Click dots with Shift held down: `chart.selected` is then their list in Python.

# %% [markdown]
# ## How many hops until everyone is a suspect?
#
# "Collect his contacts" sounds small; "and their contacts" sounds nearly as small.
# A **hop** is one step along a tie.
# Count the people that each hop touches.

# %%
start = case.subjects.loc[case.subjects["reason"] == "tip-off", "account_id"].iloc[0]
city = nx.from_pandas_edgelist(ties[ties["kind"] == "follow"], "source", "target")
people_touched(city, start)

# %% [markdown]
# The tasking names 30 people; the second hop touches hundreds.
# Nearly all are ordinary people: **bystanders**.
# Reading them is **collateral intrusion**.
# The points show what one public post of each would cost.
#
# **Your turn.** `subjects.iloc[0]` is the first subject.
# Change the number: does everybody touch hundreds?

# %% tags=["exercise"]
people_touched(city, subjects.iloc[0], hops=2)

# %% [markdown]
# ## Tools, and what the sources say
#
# Codes such as [M11-06] number the sources' claims.
# Source A, an article of 2018, names five tools [M11-06, M11-08 to M11-11].
# **Maltego** makes link charts, **Gephi** draws, **UCINET** computes.
# We found no present state of SocioSpyder and Visallo; this course uses networkx.
# Source D was written for Maltego's maker [M11-07]: a seller's view.

# %% [markdown]
# Source D: networks reveal affiliation and collaborators, and followers uncover more [M11-01 to M11-03].
# They reveal *ties*; the rest is to be tested.
# Source A: hierarchy persists online, so loyalty can be measured [M11-04, M11-05].
# You measure ties; loyalty is your reading.
# Groups do live inside communities [M11-12]: most people there are bystanders.

# %% [markdown]
# ## The rule in plain words
#
# 1. Say which tie, and why that tie.
# 2. Set the boundary before you compute.
# 3. Look for the innocent reason first: work, family, fame.
# 4. Ask for the next hop only if a requirement needs it.

# %% [markdown]
# ## What this does not show
#
# - A tie is not guilt, and a missing tie is not innocence.
# - Ranks depend on who was collected: the person you start with looks central.
# - These methods find structure, not crime, rank or intent.
# - The world is invented and cleaner than life: expect larger errors outside.

# %% [markdown]
# ## Key points
#
# - Four kinds of tie give four graphs, and the ranking changes with the tie.
# - Degree is exposure; betweenness is position *in what was collected*.
# - A journalist, a shop owner and a youth worker can be central for innocent reasons.
# - Each hop multiplies the bystanders.

# %% tags=["recall"]
quiz("networks")

# %% [markdown] tags=["footer"]
# In the lab you do this on your own world.
#
# Claims: M11-01, M11-02, M11-03, M11-04, M11-05, M11-06, M11-07, M11-08, M11-09, M11-10, M11-11, M11-12
