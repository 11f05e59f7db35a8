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

pd.set_option("display.max_colwidth", None)  # show long texts in full
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
# The check counts accounts (nodes) and pairs (edges), and looks for the direction.

# %% tags=["q1", "given"]
closed = case.groups.loc[case.groups["admission"] == "closed", "group_id"]
joins = log.loc[(log["kind"] == "join") & log["target"].isin(closed), ["source", "target"]]
pairs = joins.merge(joins, on="target", suffixes=("", "_2"))
pairs = pairs[pairs["source"] < pairs["source_2"]]  # each pair once, nobody with themselves
pairs.head(3)

# %% tags=["q1", "answer"]
# Rows of one kind: log[log["kind"] == "follow"]. Three graphs have a direction: nx.DiGraph.
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
made = {name: graph for name, graph in graphs.items() if isinstance(graph, nx.Graph)}
counts = pd.DataFrame(
    [(n, str(g.is_directed()), len(g), g.number_of_edges()) for n, g in made.items()],
    columns=["graph", "directed", "nodes", "edges"],
)
check.q1(counts if made else list(graphs.values()))

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
# The function gives back a list of ten ids, the highest degree first.

# %% tags=["q2", "answer"]


def top_ten(graph):
    degree = pd.Series(dict(graph.degree)).sort_index()  # of equals, the smaller id is first
    ### BEGIN SOLUTION
    return degree.nlargest(10).index.tolist()
    ### END SOLUTION


# %% tags=["q2", "check"]
lists = {name: top_ten(graph) for name, graph in made.items()}
check.q2(lists or ...)

# %% [markdown] tags=["q2", "hints"]
# 1. `degree` is a column of numbers; its index holds the account ids.
# 2. `degree.nlargest(10)` keeps the ten highest.
# 3. `.index.tolist()` makes a list of the ids.
#    Begin the line with `return`, so that the list comes out.

# %% [markdown] tags=["q2", "solution-note"]
# One function serves all four graphs, so the four lists can be compared fairly.

# %% [markdown] tags=["q3", "task"]
# How many *different* accounts stand in the four lists together?
# If the lists agreed, it would be 10.
# Let Python compute the number: a number typed in by hand is wrong in another world.

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
core_rows = talk_rows[talk_rows["source"].isin(subjects) & talk_rows["target"].isin(subjects)]
core = nx.from_pandas_edgelist(core_rows, "source", "target")
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
# Somebody who sells or repairs things in public has a public role too.
# Others on top have none, and are still nobody's suspect: a wrong name counts twice.
#
# Spanish words: *reportera* reporter, *panadería* bakery, *tienda* shop, *pedidos* orders, *horario* timetable, *educadora* youth worker, *campaña* campaign.

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
            "report|shop|tienda|timetable|horario|youth|club joven|campaign|campaña"
            "|orders|pedidos|handmade|hechas a mano|repairs|arreglos|lawyer|abogada",
            case=False,
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
# Among the subjects, who links parts that talk little to each other?
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
# *follow_only*: how many of these steps join two accounts that never talked.
# *people*: everybody within three hops of follows from the tip-off.
# Let Python compute each number: a number typed in by hand is wrong in another world.

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
# 1. `len(path)` counts accounts: a path of four accounts has three steps.
# 2. `sum(not talk.has_edge(a, b) for a, b in zip(path, path[1:]))` counts steps without talk.
# 3. The table `touched` has a column `total`: everybody reached so far.
#    Its last row is the third hop.

# %% [markdown] tags=["q7", "solution-note"]
# The path is short, and rests on clicks.
# Three hops reach a good part of a city: "he is only three steps away" says nothing.

# %% [markdown] tags=["q8", "task"]
# Draw the talk graph of the subjects, for a page of paper.
# It needs a title that states a finding about the ties, a dot for each account, two colours with a legend, and few labels.
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
for account in red:
    axes.text(*place[account], f"  {account}", fontsize=9)
axes.set_title("The account that links the clusters does not have the most ties")
axes.legend(loc="upper left", bbox_to_anchor=(0, 0))
axes.axis("off")
### END SOLUTION
show(fig, alt="The talk graph of the subjects.")

# %% tags=["q8", "check"]
check.q8(fig if fig.axes[0].has_data() else ...)

# %% [markdown] tags=["q8", "hints"]
# 1. `nx.draw_networkx_edges(core, place, ax=axes)` draws the lines; `nx.draw_networkx_nodes(core, place, ax=axes)` the dots.
# 2. Draw again over them, for a list of ids such as `broker`: `nx.draw_networkx_nodes(core, place, broker, node_color="#D55E00", label="highest", ax=axes)`.
#    A `label` for each colour, then `axes.legend()`, makes the legend.
# 3. `axes.text(*place[broker[0]], broker[0], fontsize=9)` writes a label at the dot.
#    `axes.set_title("…")` writes the finding, as in the lesson's figure.

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
# X is your broker.
# Rewrite it in 50 to 120 words.
# Say which tie and which measure, in what was collected.
# Give at least one innocent explanation.
# Say how sure you are, in percent, and what would change your view.

# %% tags=["q9", "answer"]
# Write between """ and """: such a text may have several lines.
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
