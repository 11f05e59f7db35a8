# %% [markdown] tags=["header"]
# The chief's note has one line: "Find out what is going on at the port."
# Nobody can answer that, and nobody would know when to stop.

# %% [markdown]
# ## From a note to a requirement
#
# A **requirement** is a question with an end, on which a decision hangs.
# A plain question may lack both.
# A **hypothesis** is a possible answer, which you test.
#
# This lesson needs Sources A, B, D and E of module M01.

# %%
# Run each code cell, and read it if you like. You change code only after "Your turn".
import networkx as nx
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_case, quiz, show
from socmint.figures import COLOURS

case = open_case("tasking", seed=7)  # the lab has another world
start = pd.Timestamp("2031-03-29", tz="UTC")

# %% [markdown]
# ## Seven tests
#
# 1. It asks something: "watch" is an activity.
# 2. It has an end: subject, place, last day.
# 3. Somebody decides differently with an answer.
# 4. It leaves guilt to a court.
# 5. No older report answers it.
# 6. No public table answers it.
# 7. Not only **protected accounts** (press, lawyers, youth workers) can answer it.

# %% tags=["exercise"]
# Your turn: each line fails one test. Put the number of the test in place of 0.
mine = [0, 0, 0, 0, 0]
right = {
    "Follow everything with the tag #nightcrew.": 1,
    "All that can be found about the choir master.": 2,
    "Do people in Saltpans like the new lamps, until 9 May? It would be nice to know.": 3,
    "Did the owner of the blue boat steal the fuel?": 4,
    "Which clients will tell the lawyer about the blue boat before 9 May?": 7,
}
for number, (text, test) in zip(mine, right.items(), strict=True):
    print("right:  " if number == test else "not yet:", text)

# %% [markdown]
# ## First look at home
#
# Tests 5 and 6 cost nobody anything: you read your own repository and public tables.
# Read the *weeks* of a report, not its title.
#
# **Your turn.**
# Find the report that speaks of the coming weeks: they begin on 29 March.

# %% tags=["exercise"]
word = "January"
found = case.reports[case.reports["text"].str.contains(word)]
for report in found.itertuples():
    print(report.report_id, report.title, "|", report.text)

# %% [markdown]
# ## The cycle
#
# Source A: SOCMINT runs the **intelligence cycle**.
# You plan and direct, collect, process, analyse, produce and disseminate.
# Then the end users plan the next round: **feedback**.

# %% tags=["figure"]
phases = ["direction", "collection", "processing", "analysis", "dissemination", "feedback"]
fig, axes = plt.subplots(figsize=(6, 4.5))
angle = np.radians(90 - 60 * np.arange(7))  # the seventh place is the first again
x, y = 1.6 * np.cos(angle), 1.4 * np.sin(angle)
for n, name in enumerate(phases):
    axes.text(x[n], y[n], name, ha="center", va="center", bbox={"fc": "white", "pad": 6})
    arrow = {"arrowstyle": "->", "lw": 2, "shrinkA": 30, "shrinkB": 30}
    arrow |= {"ls": "-", "color": COLOURS["blue"]} if n < 5 else {"ls": "--", "color": "black"}
    axes.annotate("", (x[n + 1], y[n + 1]), (x[n], y[n]), arrowprops=arrow)
axes.set(xlim=(-2.2, 2.2), ylim=(-1.7, 1.7), title="The reader starts the next round")
axes.set_axis_off()
show(fig, alt="Six phases in a ring of arrows; a dashed one leads from feedback to direction.")

# %% [markdown]
# The dashed arrow makes it a cycle.
#
# - Direction: who decides what, and when?
# - Collection: save what the plan names, then stop.
# - Processing: remove copies, translate, mask names.
# - Analysis: compare explanations, say how sure.
# - Dissemination: write, mark, hand over.
# - Feedback: the reader and the audit speak.

# %% [markdown]
# **Break it.**
# Cut the dashed arrow, and the draft plan runs three times as it is.
# Feedback would say after round one: the reader used five sources.
# It would also mend the question: "my gate, my nights, a count, no names."

# %% tags=["break-it"]
both = case.sources.merge(case.indicators, on="indicator_id")
used = both["source_id"].isin(["s-04", "s-11", "s-13", "s-15", "s-16"])
everybody, needed = both["people"].sum(), both.loc[used, "people"].sum()
print("no feedback:  ", 3 * everybody, "accounts touched in three rounds")
print("with feedback:", everybody + 2 * needed, "accounts touched in three rounds")

# %% [markdown]
# Without feedback every fault is collected again.
# The reader knows what served, the audit what it cost; collectors see volume.
#
# ## The search that finds everything
#
# A shopkeeper spoke of a weekly *fee*.
# An eager colleague searches the log for this word.
#
# **Break it.** Read some hits.

# %% tags=["break-it", "exercise"]
word = "fee"
public = case.posts[case.posts["tier"] == "public"]
hits = public[public["text"].str.contains(word)]
print(len(hits), "hits by", hits["account_id"].nunique(), "accounts")
hits["text"].drop_duplicates().head(5).tolist()

# %% [markdown]
# Coffee, and people's mornings.
# Many hits are not many answers; each one is somebody's post.
# Do not export, do not buy a bigger tool: go back to the requirement.
#
# **Your turn.**
# `\b` marks the edge of a word.
# Search for `r"\bfee\b"` above.

# %% [markdown]
# Next to nothing is left, and no weekly fee: that is a finding, too, a gap.
#
# Source D says: tools gather volume, reading by hand finds the revealing detail.
# So put quality first.
# Its examples, a niche forum or a chat, are not measured.

# %% [markdown]
# ## Indicator, enough, most open tier
#
# An **indicator** is what you would see if the answer were near.
# "Posts with the word lorry" come anyway, so they are none.
# Write down how many items are **enough**, then take the most open tier that brings them.
# Below it is public.
#
# **Your turn.**
# Change the id (i-01 to i-14).
# Which tier is yours?

# %% tags=["exercise"]
chosen = "i-08"
wanted = case.indicators.set_index("indicator_id").loc[chosen]
print(wanted["text"], "| enough:", wanted["enough"])
# The table is empty if no source shows the indicator.
both.loc[both["indicator_id"] == chosen, ["source_id", "tier", "items"]]

# %% [markdown]
# ## Count, do not name
#
# Source A: groups live in communities, and communities talk about crime, even if offenders stay offline.
# That talk can become intelligence.
# It is talk of *bystanders*, so count it.
# For a street closure the traffic desk needs the calls to a march, not the marchers.

# %% tags=["figure"]
calls = public[public["hashtags"].str.contains("openharbour|QuayForAll|MuelleParaTodos")]
by_day = calls.groupby(calls["time"].dt.floor("D")).size()
fig, axes = plt.subplots(figsize=(7, 3))
axes.bar(by_day.index.day, by_day, color=COLOURS["blue"])
axes.set_title(f"{by_day.idxmax().day} March had most calls to march: {by_day.max()}")
axes.set_xlabel("day of March 2031")
axes.set_ylabel("public posts (count)")
show(fig, alt="Bars of public posts with a tag of the march for each day of March.")

# %% [markdown]
# See the busiest days.
# The figure answers the desk, and holds no name.
# A list of everybody with the tag would add nothing but risk: a lawful protest is no ground.

# %% [markdown]
# ## What a plan costs
#
# **Hours** = units a day × days × minutes for each unit / 60.
# **Intrusion points** = people × tier (1, 2, 6, 15) × content (1, 2, 3) × person (1, 2, 3).
# The points are a device to argue with, not a permission.

# %%
price = {"public": 1, "registered": 2, "friends": 6, "private": 15}
price |= {"ordinary": 1, "location": 2, "special": 3}
price |= {"subject": 1, "associate": 2, "bystander": 3}
plan = case.sources.merge(case.rate_card, on="work").set_index("source_id")
plan["hours"] = plan["units_a_day"] * plan["days"] * plan["minutes"] / 60
# replace puts the price in place of each word; prod(axis=1) multiplies along the row.
plan["points"] = plan["people"] * plan[["tier", "content", "person"]].replace(price).prod(axis=1)

# %% tags=["figure"]
shown = plan.sort_values("points")
share = 100 * shown["points"].iloc[-1] / shown["points"].sum()
work = 100 * shown["hours"].iloc[-1] / shown["hours"].sum()
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 5), sharey=True)
left.barh(shown["name"], shown["hours"], color=COLOURS["sky"])
right.barh(shown["name"], shown["points"], color=COLOURS["orange"])
left.set(xlabel="work (hours)", ylabel="source")
right.set(xlabel="intrusion (points)")
fig.suptitle(f"One source: {work:.0f} percent of the work, {share:.0f} of the intrusion", y=0.94)
show(fig, alt="Hours and points of each source; one bar of points is longer than all the others.")

# %% [markdown]
# The hours do not warn you: some long bars of work have hardly a point.
# The longest bar of points reads a lawyer's messages.
# That question was refused, so nobody needs them.
#
# **Your turn.**
# Take sources out, and see the total fall.
# Which may stay uncollected?

# %% tags=["exercise"]
without = ["s-09"]
rest = plan.drop(index=without)
print(f"{rest['hours'].sum():.0f} of {plan['hours'].sum():.0f} hours")
print(f"{rest['points'].sum():,} of {plan['points'].sum():,} points")
plan.loc[without, ["name", "tier", "points"]]

# %% [markdown]
# ## When to stop
#
# **Stop date**: two days before the decision, because somebody must write.
# Never later than 28 days after the start: then the authority ends.
# **Review date**: half-way, half a day dropped.
# The reviewer asks: is it still needed?
#
# **Your turn.** Move the decision to 4 May.

# %% tags=["exercise"]
decision = pd.Timestamp("2031-04-17", tz="UTC")
day = pd.Timedelta(days=1)
stop = min(decision - 2 * day, start + 28 * day)
review = start + (stop - start) // day // 2 * day  # // divides and drops the rest
print("stop", stop.date(), "review", review.date())

# %% [markdown]
# ## Forecast your own success
#
# A plan should say how likely it is to answer in time.
# Begin with the **base rate**: how often were such sources in time?
# Never say 0 or 1.
# Truth will score you in M15.
#
# **Your turn.** Try s-16.

# %% tags=["exercise"]
source = "s-15"
record = plan.loc[source]
print(f"{record['answered']} of {record['asked']} = {record['answered'] / record['asked']:.2f}")

# %% [markdown]
# ## A workflow for each selector
#
# A **selector** is what you search by: a page name, an e-mail, a number.
# Source D: define a workflow per platform and selector, so that nothing vital is missed and quality is even.
# D points to the OSINT Dojo **attack-surface diagrams**, 26 of them.
# They are not ours to copy, so we draw our own.

# %% tags=["figure"]
shop, text, posts = "page of a shop", "page text\n(public)", "posts\n(public)"
reviews, group = "reviews\n(registered)", "customers' group\n(friends)"
surface = nx.DiGraph([(shop, text), (shop, posts), (shop, reviews), (shop, group)])
surface.add_edges_from([(text, "web address"), (posts, "tags"), (posts, "pictures")])
surface.add_edges_from([(reviews, "stars by week"), (group, "STOP: authority")])
fig, axes = plt.subplots(figsize=(8, 4))
place, far = nx.bfs_layout(surface, shop), {"min_source_margin": 45, "min_target_margin": 45}
nx.draw_networkx(surface, place, ax=axes, node_color="white", font_size=9, **far)
axes.set(title="Convivara: what the page of a shop leads to, and where to stop")
axes.set_axis_off()
show(fig, alt="Tree from a shop page to text, posts, reviews and a closed group marked STOP.")

# %% [markdown]
# Follow the arrows from left to right: a checklist.
# The target is a shop, not a person.
#
# **Your turn.**
# Order the steps from the most open one, and add the one that is missing.

# %% tags=["exercise"]
mine = ["customers' group", "page text", "reviews"]
wall = {"page text": 1, "posts": 1, "reviews": 2, "customers' group": 6}
print("missing:", set(wall) - set(mine))
for before, after in zip(mine, mine[1:], strict=False):
    if wall[before] > wall[after]:
        print("too early:", before, "before", after)

# %% [markdown]
# ## Claims to weigh
#
# - D, a maker's text, praises its tool Maltego: one interface, no duplicates, pictures, automation, reports, teamwork.
# - A: SOCMINT helps to plan operations otherwise hard to mount.
#   Opinion.
# - E, a slide: the dark web, a global problem, needs a new approach for **situation awareness**.
# - B: US strategy uses social networks, people and big data to "predict events".
#   Disputed.

# %% [markdown]
# ## The rule in plain words
#
# Ask whose decision it is.
# Ask what you would see, and how much is enough.
# Look at home first, then where it is most open.
# Leave out what no question needs.
# Stop on the day you wrote down, and let the reader speak.

# %% [markdown]
# ## What this does not show
#
# - Seven tests do not make a question *worth* asking.
# - Expected items, hours and records are guesses; here the world keeps to them.
# - The cycle is a picture: real work jumps back and forth.
# - Points and 28 days are a teaching model, not law.

# %% [markdown]
# ## Key points
#
# - A requirement has an end and a decision.
# - Repository and public tables come first.
# - Indicator, enough, most open tier: in this order.
# - A source that no question needs is not collected.
# - Without feedback it is a row, not a cycle.

# %% tags=["recall"]
quiz("tasking")

# %% [markdown] tags=["footer"]
# In the lab you make a plan of your own.
#
# Claims: M02-01, M02-02, M02-03, M02-04, M02-05, M02-06, M02-07, M02-08, M02-09, M02-10
