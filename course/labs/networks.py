# %% [markdown] tags=["header"]
# The tip names one account, and the tasking names 30.
# An authority covers about 400 accounts around them, for four weeks.
# Your chief wants to know who matters.
# Each answer is checked beside its cell, as often as you like.
#
# Dual use: ranking people by ties can start a wrongful case.
# So the set is bounded first, a wrong name costs double, and hops give counts without names.

# %%
import networkx as nx
import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_lab, people_touched, show

case, check = open_lab("networks")
case

# %% [markdown]
# The next cell makes the log that you may use: both ends of each tie are covered by the authority.
# A join leads to a room, so there only the account must be covered.

# %%
scope = case.scope["account_id"]
subjects = case.subjects["account_id"]
ties = case.ties
inside = ties["target"].isin(scope) | (ties["kind"] == "join")
log = ties[ties["source"].isin(scope) & inside]
log.head()

# %% [markdown] tags=["q1", "task"]
# Build four graphs: `follow`, `mention` and `reply` with direction, and `room` without.
# In `room`, two accounts are tied when they joined the same closed room.
# The table below then counts accounts (nodes) and pairs (edges).

# %% tags=["q1", "given"]
closed = case.groups.loc[case.groups["admission"] == "closed", "group_id"]
joins = log.loc[(log["kind"] == "join") & log["target"].isin(closed), ["source", "target"]]
pairs = joins.merge(joins, on="target", suffixes=("", "_2"))
pairs = pairs[pairs["source"] < pairs["source_2"]]  # each pair once, nobody with themselves
pairs.head(3)

# %% tags=["q1", "answer"]
# The lesson has a function graph_of(kind). The first graph: rows of kind "follow", as a DiGraph.
follow = (
    ### BEGIN SOLUTION
    nx.from_pandas_edgelist(
        log[log["kind"] == "follow"], "source", "target", create_using=nx.DiGraph
    )
    ### END SOLUTION
)
mention = (
    ### BEGIN SOLUTION
    nx.from_pandas_edgelist(
        log[log["kind"] == "mention"], "source", "target", create_using=nx.DiGraph
    )
    ### END SOLUTION
)
reply = (
    ### BEGIN SOLUTION
    nx.from_pandas_edgelist(
        log[log["kind"] == "reply"], "source", "target", create_using=nx.DiGraph
    )
    ### END SOLUTION
)
# The last graph comes from the table pairs, with the columns "source" and "source_2".
room = (
    ### BEGIN SOLUTION
    nx.from_pandas_edgelist(pairs, "source", "source_2")
    ### END SOLUTION
)

# %% tags=["q1", "check"]
graphs = {"follow": follow, "mention": mention, "reply": reply, "room": room}
made = {name: graph for name, graph in graphs.items() if graph is not ...}
counts = [(name, len(graph), graph.number_of_edges()) for name, graph in made.items()]
check.q1(pd.DataFrame(counts, columns=["graph", "nodes", "edges"]) if counts else ...)

# %% [markdown] tags=["q1", "hints"]
# 1. Take the rows of one kind first: `log[log["kind"] == "follow"]`.
# 2. `nx.from_pandas_edgelist(rows, "source", "target", create_using=nx.DiGraph)` makes a graph with direction.
# 3. For `room`, leave out `create_using`: sharing a room has no direction.
#    Use `pairs` and its two columns.

# %% [markdown] tags=["q1", "solution-note"]
# One line for each graph: the question decides the rows, and the tie decides whether there is a direction.

# %% [markdown] tags=["q2", "task"]
# Which ten accounts have the highest degree in each graph?
# Degree counts ties in both directions.
# When two accounts are equal, the smaller id comes first.

# %% tags=["q2", "answer"]


def top_ten(graph):
    """Return a list of ten account ids, the one with the highest degree first."""
    ### BEGIN SOLUTION
    # Sorting by id first makes ties fall the same way on every computer.
    degree = pd.Series(dict(graph.degree)).sort_index()
    return degree.nlargest(10).index.tolist()
    ### END SOLUTION


# %% tags=["q2", "check"]
lists = {name: top_ten(graph) for name, graph in made.items()}
check.q2(lists or ...)

# %% [markdown] tags=["q2", "hints"]
# 1. `pd.Series(dict(graph.degree))` holds the degree of every account, with the ids as its index.
# 2. `.sort_index()` puts the ids in order; `.nlargest(10)` then keeps the first of equals.
# 3. The function must give back a list of ids: `return degree.nlargest(10).index.tolist()` has the right form.

# %% [markdown] tags=["q2", "solution-note"]
# One function serves all four graphs, so the four lists can be compared fairly.

# %% [markdown] tags=["q3", "task"]
# How many *different* accounts stand in the four lists together?
# If the lists agreed, it would be 10.

# %% tags=["q3", "answer"]
# lists["follow"] is the first list. Put all four into one set: a set keeps each id once.
different = (
    ### BEGIN SOLUTION
    len(set().union(*lists.values()))
    ### END SOLUTION
)

# %% tags=["q3", "check"]
check.q3(different)

# %% [markdown] tags=["q3", "hints"]
# 1. `set(lists["follow"])` is the first list as a set.
# 2. `a | b` is the set of all that stand in `a` or in `b`.
# 3. `len(…)` counts what is in a set.

# %% [markdown] tags=["q3", "solution-note"]
# A union of sets counts everybody once, however many lists name them.

# %% [markdown] tags=["q4", "task"]
# Take the talk graph (mentions and replies, without direction) among the subjects.
# Find its communities with the Louvain method.
# Your groups are compared with the cells that the group really has.
# An **adjusted Rand index** of 1 means equal, and 0 means no better than chance.

# %% tags=["q4", "given"]
talk_rows = log[log["kind"].isin(["mention", "reply"])]
talk = nx.from_pandas_edgelist(talk_rows, "source", "target")
core = talk.subgraph(subjects)
print(len(core), "accounts,", core.number_of_edges(), "ties")

# %% tags=["q4", "answer"]
# The answer is a list of sets of ids, as networkx gives it. Choose a seed, so that you can repeat it.
communities = (
    ### BEGIN SOLUTION
    nx.community.louvain_communities(core, seed=1)
    ### END SOLUTION
)

# %% tags=["q4", "check"]
check.q4(communities)

# %% [markdown] tags=["q4", "hints"]
# 1. The lesson has the function under "Components and communities".
# 2. It is `nx.community.louvain_communities`.
#    Its first argument is a graph: which one has the subjects only?
# 3. Try `resolution=1` and its neighbours.
#    Look at the number of groups: each cell has several people.

# %% [markdown] tags=["q4", "solution-note"]
# The standard resolution finds the cells well enough here.
# In life you have no truth to compare with, so report the setting.

# %% [markdown] tags=["q5", "task"]
# Look at the first five of each list, with their bios.
# Who is central because of a *public role*: press, a shop, a service, youth work, a lawful campaign?
# Give their ids.
# Some people on top have no public role at all, and are still nobody's suspect.
#
# Some bios are Spanish: *reportera* reporter, *tienda* shop, *horario* timetable, *educadora* youth worker, *campaña* campaign.

# %% tags=["q5", "given"]
first = sorted({account for names in lists.values() for account in list(names or [])[:5]})
shown = case.accounts[case.accounts["account_id"].isin(first)]
shown[["account_id", "handle", "bio"]]

# %% tags=["q5", "answer"]
# Write a list of ids, such as ["a-000001", "a-000002"].
innocent = (
    ### BEGIN SOLUTION
    # The words of the roles, found by reading the bios in both languages.
    shown.loc[
        shown["bio"].str.contains(
            "report|shop|tienda|timetable|horario|youth|club joven|campaign|campaña", case=False
        ),
        "account_id",
    ].tolist()
    ### END SOLUTION
)

# %% tags=["q5", "check"]
check.q5(innocent)

# %% [markdown] tags=["q5", "hints"]
# 1. Read each bio and ask: would this work make many people talk to this account?
# 2. If a bio says little, read some posts: `case.posts[case.posts["account_id"] == "a-…"]["text"]`.
# 3. An empty bio or a hobby is not a public role.
#    Leave such an account out, and do not call it guilty either.

# %% [markdown] tags=["q5", "solution-note"]
# Attention, press, trade, care and protest each make somebody central, and none of them is an offence.

# %% [markdown] tags=["q6", "task"]
# Among the subjects, who links parts that do not talk to each other?
# Give one id in a list.
# An ordinary person named here would become the centre of an investigation, so a wrong name costs double.

# %% tags=["q6", "answer"]
# Betweenness is the measure. In which graph?
broker = (
    ### BEGIN SOLUTION
    # Bounded to the subjects: outside this boundary the reporters stand between everybody.
    [pd.Series(nx.betweenness_centrality(core)).idxmax()]
    ### END SOLUTION
)

# %% tags=["q6", "check"]
check.q6(broker)

# %% [markdown] tags=["q6", "hints"]
# 1. Which graph holds the subjects and the ties between them?
#    You made it for Q4.
# 2. `pd.Series(nx.betweenness_centrality(graph))` gives a number for each account.
# 3. `.idxmax()` gives the id with the highest number.
#    Put it in a list: `[…]`.

# %% [markdown] tags=["q6", "solution-note"]
# The boundary makes the difference: with it the quiet link shows, without it the press hides it.

# %% [markdown] tags=["q7", "task"]
# A complaint names an account.
# How near is it to the tip-off?
# Use all ties between accounts in the log, without direction.
# Give three numbers.
# *steps*: the length of the shortest path.
# *follow_only*: how many of its steps have no mention and no reply between the two.
# *people*: everybody touched within three hops of follows.

# %% tags=["q7", "given"]
tip_off = case.subjects.loc[case.subjects["reason"] == "tip-off", "account_id"].iloc[0]
stranger = case.scope.loc[case.scope["reason"] == "named in a complaint", "account_id"].iloc[0]
people = log[log["kind"].isin(["follow", "mention", "reply", "repost"])]
everything = nx.from_pandas_edgelist(people, "source", "target")
path = nx.shortest_path(everything, tip_off, stranger)
city = nx.from_pandas_edgelist(ties[ties["kind"] == "follow"], "source", "target")
touched = people_touched(city, tip_off)
print("path:", path)
touched

# %% tags=["q7", "answer"]
# talk.has_edge(a, b) says whether two accounts ever talked. list(zip(path, path[1:])) gives the steps.
steps = (
    ### BEGIN SOLUTION
    len(path) - 1
    ### END SOLUTION
)
follow_only = (
    ### BEGIN SOLUTION
    sum(not talk.has_edge(a, b) for a, b in zip(path, path[1:], strict=False))
    ### END SOLUTION
)
people_at_three = (
    ### BEGIN SOLUTION
    touched["total"].max()
    ### END SOLUTION
)

# %% tags=["q7", "check"]
check.q7({"steps": steps, "follow_only": follow_only, "people": people_at_three})

# %% [markdown] tags=["q7", "hints"]
# 1. A path of four accounts has three steps.
# 2. Look at each step in turn: `talk.has_edge(path[0], path[1])` is True when the two talked.
# 3. The table `touched` has a column `total`: everybody reached so far.
#    Its last row is the third hop.

# %% [markdown] tags=["q7", "solution-note"]
# The path is short, and rests on clicks.
# Three hops reach a good part of a city: "he is only three steps away" says nothing.

# %% [markdown] tags=["q8", "task"]
# Draw the talk graph of the subjects, for a page of paper.
# It needs a title that states a finding, a dot for each account, at least two colours with a meaning, and few labels.
# Label at most eight accounts, in letters of 7 points or more, on at most 7.5 by 10 inches.
# Your instructor judges whether a reader understands it.

# %% tags=["q8", "answer"]
fig, axes = plt.subplots(figsize=(7, 5))
place = nx.spring_layout(core, seed=1)
### BEGIN SOLUTION
# The broker stands out by colour and label; everybody else stays unnamed.
red = [account for account in core if account in broker]
rest = [account for account in core if account not in broker]
nx.draw_networkx_edges(core, place, ax=axes, edge_color="#999999")
nx.draw_networkx_nodes(core, place, rest, ax=axes, node_color="#56B4E9", label="subject")
nx.draw_networkx_nodes(core, place, red, ax=axes, node_color="#D55E00", label="highest betweenness")
nx.draw_networkx_labels(core, place, {account: account for account in red}, ax=axes, font_size=9)
axes.set_title("One account with few ties links the clusters of the talk graph")
axes.legend(loc="lower left")
axes.axis("off")
### END SOLUTION
show(fig, alt="The talk graph of the subjects.")

# %% tags=["q8", "check"]
check.q8(fig if fig.axes[0].has_data() else ...)

# %% [markdown] tags=["q8", "hints"]
# 1. `nx.draw_networkx_edges(core, place, ax=axes)` draws the lines; `nx.draw_networkx_nodes(core, place, ax=axes)` the dots.
# 2. Draw the dots twice with a list of ids each: `nx.draw_networkx_nodes(core, place, ids, node_color="#D55E00", ax=axes)`.
# 3. `nx.draw_networkx_labels(core, place, {id: id}, font_size=9, ax=axes)` writes a label; `axes.set_title("…")` the finding.

# %% [markdown] tags=["q8", "solution-note"]
# Size, colour and label carry one message.
# A chart that shows everything shows nothing.

# %% [markdown] tags=["q8", "rubric"]
# **2 points**, one for each:
#
# - The title states what the ties show, not what the people did.
# - A reader can tell from legend and colours what they mean, and nobody is named without need.
#
# *Sample, 2 points:* title "One account links three clusters of talk", legend with two entries, one label.
# *Sample, 0 points:* title "The gang and its boss", all 30 ids written over each other.

# %% [markdown] tags=["q9", "task"]
# A draft says: *"X is the leader because he is central."*
# Rewrite it in 50 to 120 words.
# Say which tie and which measure, in what was collected.
# Give at least one innocent explanation.
# Say how sure you are, and what would change your view.

# %% tags=["q9", "answer"]
text = (
    ### BEGIN SOLUTION
    """
In the mentions and replies collected among 30 named accounts in four weeks, X has the highest
betweenness: many of the shortest paths between the others run through X. We judge it likely, about 60
percent, that X links clusters that seldom talk to each other. This does not show that X leads or decides.
An innocent explanation is possible: X may be a relative, a driver or a caretaker whom all sides know.
Accounts that were not collected could change the ranking. A second source on what X does, or a collection
with another boundary, would change our view.
    """
    ### END SOLUTION
)

# %% tags=["q9", "check"]
check.q9(text)

# %% [markdown] tags=["q9", "hints"]
# 1. Begin with the tie and the measure: "In the mentions collected among …, X has the highest …".
# 2. Add a sentence on what else could explain it: work, family, fame.
# 3. End with how sure you are, as a word and a number, and with what would change your mind.

# %% [markdown] tags=["q9", "solution-note"]
# Fact first, then assessment, then doubt: a reader can use each part alone.

# %% [markdown] tags=["q9", "rubric"]
# **4 points**, one for each:
#
# - Tie, measure and boundary are named.
# - There is no claim of rank, guilt or intent.
# - There is a real innocent explanation, not a formula.
# - Certainty stands there in a word and a number, with what would change it.
#
# *Sample, 4 points:* the solution above.
# *Sample, 1 point:* "X is probably the boss since X has the most ties, though we cannot be 100 percent sure."

# %% [markdown]
# ## Intrusion reading
#
# What did this lab cost the people in it?
# The next cell counts accounts covered by the authority, and those who are not subjects.

# %%
bystanders = scope[~scope.isin(subjects)]
print(f"Accounts covered: {len(scope)}. Not named in the tasking: {len(bystanders)}.")
print(
    f"Accounts within three hops of follows: {touched['total'].max():,} of {len(case.accounts):,}."
)
touched

# %% [markdown] tags=["footer"]
# Before you go on: which of these people did you need, and for which question?
