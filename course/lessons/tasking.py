# %% [markdown] tags=["header"]
# The chief's note has one line: "Find out what is going on at the port."
# Nobody can answer that, and nobody would know when to stop.

# %% [markdown]
# ## From a note to a requirement
#
# A **requirement** is a question with an end, on which a decision hangs.
# A **hypothesis** is a possible answer, which you test.
#
# This lesson needs Sources A, B, D and E of module M01.
#
# Colleagues made twelve lines of the note: the next cell shows them.

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
pd.set_option("display.max_colwidth", None)
case.requirements[["requirement_id", "text", "use"]]

# %% [markdown]
# ## Seven tests
#
# 1. It asks something: "watch" is an activity.
# 2. It has an end: subject, place, days.
# 3. With an answer, somebody decides differently, and in time.
# 4. It leaves guilt to a court.
# 5. No older report answers it.
# 6. No public table answers it.
# 7. Not only **protected accounts** (press, lawyers, youth workers) can answer it.

# %% [markdown]
# ## First look at home
#
# Tests 5 and 6 cost nobody anything: you read your own repository and public tables.
# Read the *weeks* of a report, not its title.
#
# **Your turn.**
# Reports speak of the subjects of r-02, r-03 and r-12.
# Search for a word of each line.
# Which report speaks of the same weeks as the line?

# %% tags=["exercise"]
word = "ferry"
in_report = case.reports["title"] + ": " + case.reports["text"]
for report in in_report[in_report.str.contains(word, case=False)]:
    print(report)
if not in_report.str.contains(word, case=False).any():
    print("no report has this word")

# %% [markdown]
# Only the report on r-12 looks ahead to the weeks of its line, so r-12 needs no collection.
#
# Now use all seven tests.
# The timetable of the ferries is public.
# @gracianafan23 is an *abogada*, Spanish for lawyer.

# %% tags=["exercise"]
# Your turn: which is the FIRST test that each line fails? Put its number in place of 0.
mine = {"r-01": 0, "r-04": 0, "r-05": 0, "r-06": 0, "r-09": 0, "r-10": 0, "r-12": 0}
right = {"r-01": 6, "r-04": 1, "r-05": 7, "r-06": 3, "r-09": 2, "r-10": 4, "r-12": 5}
for line, test in right.items():
    hint = "it passes this one, go on" if mine[line] < test else "it fails an earlier one"
    if mine[line]:
        print(line, "right" if mine[line] == test else "not yet: " + hint)

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
# - Processing: remove copies, translate, hide names.
# - Analysis: compare explanations, say how sure.
# - Dissemination: write, mark, hand over.
# - Feedback: the reader and the audit speak.

# %% [markdown]
# Colleagues also listed 19 sources for the lines: the **draft plan**, `case.sources`.
# Suppose that it runs three times.
# After round one, feedback would say which five sources served a reader.
# It would also narrow r-02, in the words of the port police: "our gate only, a count, no names."
#
# **Break it.** Cut the dashed arrow.

# %% tags=["break-it"]
both = case.sources.merge(case.indicators, on="indicator_id")
tiers = ["public", "registered", "friends", "private"]
both["tier"] = pd.Categorical(both["tier"], tiers, ordered=True)  # sorts from open to closed
used = both["source_id"].isin(["s-04", "s-11", "s-13", "s-15", "s-16"])
everybody, needed = both["people"].sum(), both.loc[used, "people"].sum()
print("no feedback:  ", 3 * everybody, "accounts touched in three rounds")
print("with feedback:", everybody + 2 * needed, "accounts touched in three rounds")
both.assign(used=used)[["source_id", "name", "tier", "people", "used"]]

# %% [markdown]
# Without feedback every fault is repeated.
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
# Coffee, and people's days.
# Many hits are not many answers; each one is somebody's post.
# Do not export, do not buy a bigger tool: go back to the requirement.
#
# **Your turn.**
# `\b` marks the edge of a word.
# Search for `r"\bfee\b"` above.

# %% [markdown]
# Nothing or next to nothing is left, and no weekly fee: that is a finding, too, a gap.
#
# Source D says: tools gather volume, reading by hand finds the revealing detail.
# So put quality first.
# Its examples, a niche forum or a chat, are not measured.

# %% [markdown]
# ## Indicator, enough, most open tier
#
# An **indicator** is what you would see if the answer were near.
# "Posts with the word lorry" come anyway.
# Write down how many items (posts) are **enough**.
# Then take the most open tier that brings so many: `items` is the number to expect.
#
# **Your turn.** Choose another id from the list.
# Which tier is right?

# %% tags=["exercise"]
chosen, mine = "i-04", "friends"
print(case.indicators.to_string(index=False))
wanted = case.indicators.set_index("indicator_id").loc[chosen]
rows = both[both["indicator_id"] == chosen].sort_values("tier")
good = rows.loc[rows["items"] >= wanted["enough"], "tier"].tolist()
print()
print(wanted["text"], "| enough:", wanted["enough"])
print(mine, "is right" if good[:1] == [mine] else "is not the most open one that brings enough")
rows[["source_id", "tier", "items"]]  # empty if no source shows the indicator

# %% [markdown]
# ## Count, do not name
#
# Source A: groups live in communities, and communities talk about crime, even if offenders stay offline.
# That talk can become intelligence.
# It is talk of *bystanders*, so count it.
# To close one street or three, the traffic desk needs to know whether calls to a march grow, not who marches.

# %% tags=["figure"]
calls = public[public["hashtags"].str.contains("openharbour|QuayForAll|MuelleParaTodos")]
by_week = calls.groupby((calls["time"].dt.day - 1) // 7).size()
fig, axes = plt.subplots(figsize=(7, 3))
axes.bar(["1 to 7", "8 to 14", "15 to 21", "22 to 28"], by_week, color=COLOURS["blue"])
axes.set_title(f"Calls to march: {by_week[0]} in the first week, {by_week[3]} in the last")
axes.set_xlabel("days of March 2031")
axes.set_ylabel("public posts (count)")
axes.yaxis.get_major_locator().set_params(integer=True)
show(fig, alt="Four bars, one a week: public posts with a tag of the march, most in the first.")

# %% [markdown]
# Calls fall after the first week and stay far below it: that speaks for one street.
# It is no proof, and what came before 1 March is not in the log.
# The figure serves the desk, and holds no name.
# A list of everybody with the tag would add nothing but risk: a lawful protest is no ground.

# %% [markdown]
# ## What a plan costs
#
# **Hours** = units of work a day × days × minutes for each unit / 60.
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
ranked = plan.set_index("name")[["hours", "points"]].astype(float).sort_values("points")
other = ranked.iloc[:-7].sum().to_frame("the other 12 together").T
shown = pd.concat([other, ranked.tail(7)])
work, share = 100 * shown.iloc[-1] / shown.sum()
fig, sides = plt.subplots(1, 2, figsize=(10, 4), sharey=True)
for axes, part, unit in zip(sides, shown, ["work (hours)", "intrusion (points)"], strict=True):
    bars = axes.barh(shown.index, shown[part], color=COLOURS["sky"])
    axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.set(xlabel=unit, ylabel="source", xlim=(0, 1.2 * shown[part].max()))
    axes.label_outer()
fig.suptitle(f"One source: {work:.0f} percent of the work, {share:.0f} of the intrusion")
show(fig, alt="Hours and points of seven sources and the rest; one bar of points is the longest.")

# %% [markdown]
# The hours do not warn you: the twelve cheapest sources are most of the work, and few of the points.
# The longest bar of points reads a lawyer's messages.
# They serve r-05 alone, which fails test 7, so nobody needs them.
#
# **Your turn.**
# Take out what no line needs, and keep what five lines do.

# %% tags=["exercise"]
without = ["s-03", "s-04"]
rest = plan.drop(index=without)
print(f"{rest['hours'].sum():.0f} of {plan['hours'].sum():.0f} hours")
print(f"{rest['points'].sum():,} of {plan['points'].sum():,} points")
needed_ids = set(both.loc[used, "source_id"])
print("needed, and taken out:", *sorted(needed_ids & set(without)))
print("not needed, and still there:", len(set(rest.index) - needed_ids))

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
# In M15 you compare your numbers with what happened.
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
# - D, a maker's text, praises Maltego: one interface, no duplicates, pictures, automation, reports, teamwork.
# - A: SOCMINT helps plan operations that are hard without it.
#   Opinion.
# - E, a slide: a global problem needs a new approach for **situation awareness** (knowing what goes on).
# - B: US strategy uses social networks, people and big data to "predict events".
#   Disputed.

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
# - Stop on the day you wrote down, and let the reader speak: without feedback it is no cycle.

# %% tags=["recall"]
quiz("tasking")

# %% [markdown] tags=["footer"]
# In the lab you make a plan of your own.
#
# Claims: M02-01, M02-02, M02-03, M02-04, M02-05, M02-06, M02-07, M02-08, M02-09, M02-10
