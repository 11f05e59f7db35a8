# %% [markdown] tags=["header"]
# A reader has one minute for your finding.
# This page shows every picture of the course once, with the sentence that it can carry.

# %% [markdown]
# ## One sentence first
#
# Each function takes data and a **title**: the finding, as a sentence.
# If you cannot write the title, you need no picture yet.
# Colours have a shape beside them, and each picture carries the mark SYNTHETIC.

# %%
import networkx as nx
import pandas as pd

from socmint import figures, open_case, quiz
from socmint.errors import CourseError

case = open_case("gallery", seed=7)
subjects = case.subjects["account_id"]
posts = case.posts[case.posts["account_id"].isin(subjects)]
ties = case.ties[case.ties["kind"].isin(["mention", "reply"])]
talk = ties[ties["source"].isin(subjects) & ties["target"].isin(subjects)]
len(posts), len(talk)

# %% [markdown]
# ## Link chart: who is tied to whom
#
# A **link chart** draws accounts as dots and ties as lines.
# This one answers: point, click, search, fold, move the time.
# The button *Table* gives the same as a table, and *Mouse and keys* explains the rest.

# %% tags=["figure"]
links = ["kind", "time"]
graph = nx.from_pandas_edgelist(talk, "source", "target", links, create_using=nx.MultiGraph)
plain = nx.Graph(graph)
between = pd.Series(nx.betweenness_centrality(plain), name="betweenness")
parts = nx.community.louvain_communities(plain, seed=1)
part = {node: f"part {number + 1}" for number, nodes in enumerate(parts) for node in nodes}
part = pd.Series(part, name="part")
look = {"colour": part, "group": part, "size": between, "tie": "kind", "time": "time"}
chart = figures.link_chart(graph, "Most paths between the parts run through one account", **look)
chart

# %% [markdown]
# The largest dot has most paths through it; point at others to find one with more neighbours.
# The place of a dot is no evidence: another `seed=` gives another picture of the same ties.
#
# **Your turn.** Search for "part 2", press Enter, then run this cell.
# What you selected is now a list in Python.

# %% tags=["exercise"]
chosen = chart.selected
print(len(chosen), "selected:", chosen[:5])
posts[posts["account_id"].isin(chosen)].groupby("account_id").size().head()

# %% [markdown]
# ## Expand, and read the price first
#
# With `start=`, only these accounts are there at first.
# The button *Expand one hop* says how many people it adds **before** you press it.
# Looking at people whom no task names is **collateral intrusion**.

# %% tags=["figure"]
tip = case.subjects.loc[case.subjects["reason"] == "tip-off", "account_id"].iloc[0]
follows = case.ties[case.ties["kind"] == "follow"]
city = nx.from_pandas_edgelist(follows, "source", "target")
near = nx.ego_graph(city, tip, radius=2)
outward = figures.link_chart(near, "One account, before anybody asked for more", start=[tip])
outward

# %% [markdown]
# Select the dot, and expand once or twice.
# The line below the chart counts everybody whose data you have looked at.
#
# **Your turn.** Run the cell before and after you expand.

# %% tags=["exercise"]
print("people touched:", outward.people_touched)

# %% [markdown]
# ## Ego net: one account and its hops
#
# An **ego net** puts each hop on a ring of its own, with the number of people on it.

# %% tags=["figure"]
figures.ego_net(city, tip, "The second hop touches many more than the first", hops=2)

# %% [markdown]
# The rings show the cost of "and their contacts, too".
# Names stand on the first ring at most, and only if they fit: nobody asked for the others.
#
# ## Hierarchy: who stands below whom
#
# A **hierarchy** needs exactly one node above each.
# Answers to posts have that form; groups of people seldom do.

# %% tags=["figure"]
answers = case.posts[case.posts["reply_to"].notna()]
forest = nx.DiGraph(zip(answers["reply_to"], answers["post_id"], strict=True))
threads = [forest.subgraph(nodes) for nodes in nx.weakly_connected_components(forest)]
thread = max(threads, key=lambda one: (nx.dag_longest_path_length(one), len(one)))
levels = nx.dag_longest_path_length(thread) + 1
figures.hierarchy(thread, f"The deepest talk has {levels} levels, and nobody commands in it")

# %% [markdown]
# Levels show the order of answers.
# The post on top is first, not highest in rank.
#
# ## Timeline: what came when
#
# A **timeline** puts events in order, in a row for each `lane`.
# Up to fifteen events carry a `label`.

# %% tags=["figure"]
events = case.incidents
figures.timeline(
    events, "All ten incidents fall between nine in the evening and three at night", label="kind"
)

# %% [markdown]
# The order of two events is a fact; that one caused the other is not.
#
# **Your turn.** Put `case.posts.sample(200, random_state=1)` in place of `events` and `lane="platform"` in place of the label.

# %% tags=["exercise"]
figures.timeline(events, "Ten incidents, one row for each place", lane="place_id")

# %% [markdown]
# ## Week: hours of the day by weekday
#
# A **heat map** shows counts as light.
# The axis names its clock: `zone="UTC"`, unless you give another.

# %% tags=["figure"]
figures.week(posts["time"], "The thirty subjects write little from two to six in the morning")

# %% [markdown]
# Routine is private, and a weak sign of a place: several zones and jobs fit one pattern.
#
# **Your turn.** Take the posts of everybody: `case.posts["time"]`.

# %% tags=["exercise"]
figures.week(posts["time"], "The same hours, one hour further east", zone="UTC+01:00")

# %% [markdown]
# ## Map: where people were
#
# The map counts **people** in cells of 500 metres.
# It leaves out every cell with fewer than five.

# %% tags=["figure"]
where = case.locations.merge(case.posts[["post_id", "account_id", "time"]], on="post_id")
exact = where[where["kind"] == "coordinates"]
figures.city_map(exact, "Most cells hold too few people to be shown")

# %% [markdown]
# Count posts instead, and one person at home looks like a crowd.
#
# ## Break it
#
# Ask for one person, and the map refuses.
# There is no setting that draws a point.

# %% tags=["break-it"]
one = exact["account_id"].value_counts().index[0]
try:
    figures.city_map(exact[exact["account_id"] == one], "Where one person was")
except CourseError as refusal:
    print(refusal)

# %% tags=["figure"]
tags = where[where["kind"] == "place_tag"]
figures.city_map(tags, "The prison is among the most tagged places", by="places")

# %% [markdown]
# Visitors, staff and neighbours tag a prison: its dot names no prisoner.
#
# ## Matrix: hypotheses against evidence
#
# An analysis of competing hypotheses (**ACH**) asks which idea survives.
# I and II count against it; what fits counts nothing.

# %% tags=["figure"]
items = ["boast at midnight", "no victim found", "ferry was late", "clip seen a year ago"]
marks = {
    "deed": ["C", "II", "N", "II"],
    "show": ["CC", "C", "N", "C"],
    "hoax by a rival": ["I", "C", "N", "C"],
}
matrix = pd.DataFrame(marks, index=items)
figures.ach_matrix(matrix, "A show survives best; a deed has four points against it")

# %% [markdown]
# The star marks an item that fits all ideas alike.
# Keep it in the record, and give it no weight.
#
# **Your turn.** Change one mark: which one turns the result?

# %% tags=["exercise"]
figures.ach_matrix(matrix.replace({"deed": {"II": "I"}}), "With milder marks a deed comes closer")

# %% [markdown]
# ## Reliability: do your numbers hold?
#
# The **Brier score** is the mean squared distance of forecast and outcome.
# Always saying 50 per cent gets 0.25.

# %% tags=["figure"]
forecasts = [0.9] * 10 + [0.7] * 10 + [0.3] * 10
outcomes = [True] * 7 + [False] * 3 + [True] * 5 + [False] * 5 + [True] * 3 + [False] * 7
figures.reliability(forecasts, outcomes, "What was called 90 per cent came true in 7 of 10")

# %% [markdown]
# A dot below the line means: too sure.
# The bars are long, because ten forecasts say little.

# %% [markdown]
# ## What this does not show
#
# - A picture shows what was collected, not what is.
# - Distance, size and colour are choices; say in the title which one matters.
# - A count on a map is not a home, and must not become one.

# %% [markdown]
# ## Key points
#
# - Write the title first: one finding, one sentence.
# - Look at the price before you expand.
# - Every picture has a text: read it with `.alt`.

# %% tags=["recall"]
quiz("gallery")

# %% [markdown] tags=["footer"]
# Save a picture for a report with `picture.png`; a chart has `chart.picture`.
#
# Claims: none
