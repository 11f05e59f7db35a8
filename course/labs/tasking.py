# %% [markdown] tags=["header"]
# It is 29 March 2031.
# The chief's note says: "Find out what is going on at the port."
# Colleagues turned it into twelve lines, and a draft plan with many sources.
# You make a plan of it that you can defend.
#
# Dual use: whom else could this lab help?
# It asks about crowds, offers and hours, never about where a person is.
# The line that asks about one person must be thrown out to score.

# %%
import pandas as pd

from socmint import open_lab

case, check = open_lab("tasking")
start = pd.Timestamp("2031-03-29", tz="UTC")


def page(table, **formats):
    """Show a table with its whole texts, on the left side."""
    left = {"text-align": "left"}
    styles = [{"selector": "th", "props": [("text-align", "left")]}]
    shown = table.style.hide(axis="index").set_properties(**left).set_table_styles(styles)
    return shown.format(formats)


case

# %% [markdown] tags=["q1", "task"]
# Which five of the twelve lines are requirements that this desk can answer?
# Use the seven tests of the lesson.
# The next cells show the lines, the older reports, the timetable of the ferries, and whom the lines name.
#
# Give five ids in a list.
# The score is your share of the five, minus your share of the other seven: all twelve earn nothing.
# A line that only **protected accounts** could answer counts twice, if you keep it.

# %% tags=["q1", "given"]
columns = ["requirement_id", "text", "use", "wanted_by"]
page(case.requirements[columns], wanted_by="{:%d %B}")

# %% tags=["q1", "given"]
page(case.reports, time="{:%d %B %Y}")

# %% tags=["q1", "given"]
routes = case.timetable.groupby(["origin", "destination", "days"])["leaves"]
page(routes.agg(", ".join).reset_index())

# %% tags=["q1", "given"]
# The profiles of all accounts that the twelve lines name. Some are in Spanish: "abogada" is a
# lawyer, "periodista" a reporter, "realeza" royalty, "arreglos" repairs.
named = case.requirements["text"].str.extract(r"@([\w.]+\w)")[0].dropna()
page(case.accounts.loc[case.accounts["handle"].isin(named), ["handle", "bio"]])

# %% tags=["q1", "answer"]
# Write a list of ids, such as ["r-01", "r-02"].
answerable = (
    ### BEGIN SOLUTION
    # What a reader found, written down as a codebook, so that it fits every world.
    case.requirements[
        case.requirements["text"].str.endswith("?")  # no order
        & ~case.requirements["text"].str.contains("guilty|commit|broken the law")  # a verdict
        & ~case.requirements["use"].str.contains("Nobody|None")  # nobody acts on it
        & ~case.requirements["text"].str.contains("leave on a")  # the timetable knows
        & ~case.requirements["text"].str.contains("@")  # no end, or a protected account
        # The one report that looks ahead answers the line on its subject.
        & ~case.requirements["text"].str.contains(
            case.reports.loc[case.reports["text"].str.contains("Estimate"), "title"]
            .str.split(":")
            .str[0]
            .item()
            .lower()
        )
    ]["requirement_id"].tolist()
    ### END SOLUTION
)

# %% tags=["q1", "check"]
check.q1(answerable)

# %% [markdown] tags=["q1", "hints"]
# 1. Take the tests one at a time: first cross out what is no question, then what has no end.
# 2. Read the second column: what would somebody do with the answer?
# 3. For each line that is left, look for its subject in the reports.
#    A report on the right subject may speak of other weeks than the line.
#    Then look whether a table that everybody can read has the answer.

# %% [markdown] tags=["q1", "solution-note"]
# Each of the seven fails for another reason, and only two of the reasons show in the grammar.

# %% [markdown] tags=["q2", "task"]
# For each of your five: which **indicator** would speak for an answer, and what is the most open tier that can answer?
# A tier can answer if a source there shows the indicator and brings at least `enough` items.
#
# Run the next two cells: the indicators, then the sources that show them.
# Write one row for each requirement: its id, the id of the indicator, the tier.
# Every cell of your table counts the same.

# %% tags=["q2", "given"]
page(case.indicators)

# %% tags=["q2", "given"]
tiers = ["public", "registered", "friends", "private"]
both = case.sources.merge(case.indicators, on="indicator_id")
both["tier"] = pd.Categorical(both["tier"], tiers, ordered=True)  # sorts from open to closed
both = both.sort_values(["indicator_id", "tier"])
columns = ["indicator_id", "enough", "source_id", "tier", "items", "name"]
page(both[columns])

# %% tags=["q2", "answer"]
# Five rows, such as ["r-01", "i-01", "public"], in one pair of outer brackets [ ].
plan_rows = (
    ### BEGIN SOLUTION
    both[both["items"] >= both["enough"]]  # sources that bring enough
    .drop_duplicates("indicator_id")  # the first of each indicator is the most open one
    .merge(case.requirements[case.requirements["requirement_id"].isin(answerable)], how="cross")
    # The reader's codebook: words of the question, then words of its indicator.
    .loc[
        lambda pair: (pair["text_y"] + " > " + pair["text_x"]).str.contains(
            "lorries.*> Drivers who name|march .*> Shares of the call|fuel.*> .*without a receipt"
            "|tickets.*> .*below the printed|bicycles.*> .*proof of purchase|rumour.*> .*repeat"
            "|fan groups.*> Calls of fan|night work.*> .*no employer|callers.*> .*retell a call"
            "|weekly fee.*> .*speak of a weekly|last ferry.*> .*left at the quay"
        ),
        ["requirement_id", "indicator_id", "tier"],
    ]
    .to_numpy()
    .tolist()
    ### END SOLUTION
)

# %% tags=["q2", "check"]
check.q2(plan_rows)

# %% [markdown] tags=["q2", "hints"]
# 1. Two indicators speak of each of your subjects.
#    Ask of both: if I saw this often, would I know more about the answer?
# 2. Now look at the rows of that indicator in the second table, from public downwards.
# 3. Stop at the first row in which `items` is at least `enough`.
#    Its tier is the one.

# %% [markdown] tags=["q2", "solution-note"]
# The indicator is judgement; the tier is arithmetic once "enough" is written down.

# %% [markdown] tags=["q3", "task"]
# Twelve steps of one piece of work are mixed up.
# Put their ids in the order of the cycle: direction, collection, processing, analysis, dissemination, feedback.
# There are two steps in each phase, and these two may stand in either order.
# The score counts pairs in the right order against pairs in the wrong one.

# %% tags=["q3", "given"]
page(case.cycle_steps)

# %% tags=["q3", "answer"]
# Twelve ids in a list, the first step first.
order = (
    ### BEGIN SOLUTION
    case.cycle_steps.assign(  # a codebook again: each phase has its own words
        phase=case.cycle_steps["text"].case_when(
            [
                (case.cycle_steps["text"].str.contains(words), number)
                for number, words in enumerate(
                    [
                        "decision waits|chief's note|if the answer were yes|reads your plan",
                        "signed plan names|stop date comes|run the searches|before it is deleted",
                        "second copies|translate|into a table|hide the names",
                        "innocent reason|three explanations|how sure|prove your explanation",
                        "two pages|finished|who may read",
                        "reader says|audit finds|new question|cross out",
                    ]
                )
            ]
        )
    )
    .sort_values("phase")["step_id"]
    .tolist()
    ### END SOLUTION
)

# %% tags=["q3", "check"]
check.q3(order)

# %% [markdown] tags=["q3", "hints"]
# 1. Write the phase beside each step first, and sort afterwards.
# 2. Nothing is saved yet: direction.
#    Something is being saved: collection.
#    What was saved is put in order: processing.
# 3. In analysis somebody asks what the table means.
#    In dissemination something leaves your desk; in feedback something comes back.

# %% [markdown] tags=["q3", "solution-note"]
# The last phase asks for the first one again; that is what makes it a cycle.

# %% [markdown] tags=["q4", "task"]
# How many hours would the *draft* take, with all its sources?
# Each source needs `units_a_day` units of its kind of work on each of its `days`.
# The rate card gives the minutes for one unit.
# Behind a wall, at every tier but public, two colleagues work side by side, and both spend the time.
# Within five percent is right.

# %% tags=["q4", "given"]
print(case.rate_card.to_string(index=False))
case.sources[["source_id", "tier", "work", "units_a_day", "days"]].head()

# %% tags=["q4", "answer"]
# merge puts the minutes of the rate card beside each source.
work = case.sources.merge(case.rate_card, on="work")
hours = (
    ### BEGIN SOLUTION
    (work["units_a_day"] * work["days"] * work["minutes"] * (work["tier"].ne("public") + 1)).sum()
    / 60
    ### END SOLUTION
)
hours

# %% tags=["q4", "check"]
check.q4(hours)

# %% [markdown] tags=["q4", "hints"]
# 1. Look at one row of `work`: how many units in all, how many minutes for each, and how many colleagues?
# 2. Split the rows first: `work["tier"] == "public"` is True for those where one works alone.
# 3. Add up each part with `.sum()`, and count one part twice.
#    In which unit is the result?

# %% [markdown] tags=["q4", "solution-note"]
# Units, days, rate, colleagues: leave one out and the estimate is wrong by a factor, not by a little.

# %% [markdown] tags=["q5", "task"]
# Remove from the draft every source that no requirement needs.
# A source is **needed** if it shows an indicator of yours, at the tier that you named in Q2, and brings enough.
# Everything else goes: other subjects, too few items, a higher wall than necessary.
#
# Give the ids to remove in a list; there are more than seven.
# Each right one earns its share, and each needed one that you remove takes a share away.

# %% tags=["q5", "given"]
page(case.sources.drop(columns=["work", "units_a_day", "days", "asked", "answered"]))

# %% tags=["q5", "answer"]
idle = (
    ### BEGIN SOLUTION
    # Needed: in the table of Q2, the row with our indicator and our tier. The rest goes.
    case.sources.loc[
        ~(case.sources["indicator_id"] + case.sources["tier"]).isin(
            [indicator + tier for _, indicator, tier in plan_rows]
        ),
        "source_id",
    ].tolist()
    ### END SOLUTION
)

# %% tags=["q5", "check"]
check.q5(idle)

# %% [markdown] tags=["q5", "hints"]
# 1. Begin with the sources to keep: how many can there be?
# 2. Ask of each source: if it were gone, which of your five could no longer be answered?
# 3. Your rows of Q2 say what is needed.
#    Two of their three entries stand in the table of sources, too.

# %% [markdown] tags=["q5", "solution-note"]
# Whoever begins with what to keep needs five reasons; whoever begins with what to drop needs many.

# %% [markdown]
# ## Intrusion reading: what you leave alone
#
# Every account that a source touches costs **intrusion points**: tier × content × person.
# Tier is 1, 2, 6 or 15, content 1 to 3, person 1 to 3.
# The next cell takes your sources away one by one, the most costly first.

# %%
price = {"public": 1, "registered": 2, "friends": 6, "private": 15}
price |= {"ordinary": 1, "location": 2, "special": 3}
price |= {"subject": 1, "associate": 2, "bystander": 3}
cost = case.sources.set_index("source_id")
cost["points"] = cost["people"] * cost[["tier", "content", "person"]].replace(price).prod(axis=1)
gone = set(idle) if hasattr(idle, "__iter__") else set()
removed = cost[cost.index.isin(gone)].sort_values("points", ascending=False)
left = cost["points"].sum()
print(f"{left:>8,} points in the draft, {cost['people'].sum():,} accounts touched")
for source in removed.itertuples():
    left -= source.points
    print(f"{left:>8,} without {source.Index} {source.name}")
print(f"{cost['people'].sum() - removed['people'].sum():>8,} accounts are still touched")

# %% [markdown] tags=["q6", "task"]
# Give each of your five a stop date and a review date, by the lesson's rules.
#
# - **Stop**: two days before the day in `wanted_by`, and at most 28 days after the start.
# - **Review**: half-way from start to stop, in whole days: half a day is dropped.
#
# The table `mine` holds your five rows.
# You may compute the two columns, or write the days by hand as texts such as `"2031-04-20"`, in two lists.

# %% tags=["q6", "given"]
kept = list(answerable) if hasattr(answerable, "__iter__") else []
mine = case.requirements[case.requirements["requirement_id"].isin(kept)]
day = pd.Timedelta(days=1)


def dated(stop, review):
    """Put the days beside your questions; what is not ready goes to the check as it is."""
    if stop is ... or review is ...:
        return ...
    if not len(mine) == len(stop) == len(review):
        print("Both need as many days as the table mine has rows:", len(mine))
        return ...
    return mine.assign(stop=stop, review=review)


print("start:", start, " one day:", day)
mine[["requirement_id", "wanted_by"]]

# %% tags=["q6", "answer"]
# column.clip(upper=…) lowers what is too late. (… // day) counts whole days.
stop = (
    ### BEGIN SOLUTION
    (mine["wanted_by"] - 2 * day).clip(upper=start + 28 * day)
    ### END SOLUTION
)
review = (
    ### BEGIN SOLUTION
    start + (stop - start) // day // 2 * day  # whole days to the stop, halved without a rest
    ### END SOLUTION
)

# %% tags=["q6", "check"]
check.q6(dated(stop, review))

# %% [markdown] tags=["q6", "hints"]
# 1. `mine["wanted_by"] - 2 * day` goes back two days in every row.
# 2. No stop may be later than `start + 28 * day`: that is what `.clip(upper=…)` is for.
# 3. `(stop - start) // day` is the number of whole days.
#    Halve it with `// 2`, and add so many days to `start`.

# %% [markdown] tags=["q6", "solution-note"]
# One requirement is wanted after the authority has ended; only the cap shows it.

# %% [markdown] tags=["q7", "task"]
# Forecast: how likely is each requirement to be answered by its stop date?
# Begin with the **record** of the one source that serves it: of the questions `asked` of such sources, how many were `answered` in time?
#
# Give a probability between 0 and 1 for each id, in a dict or a Series.
# The check takes how far each number is from the chance that this world uses, squares it, and averages.
# That is your **mean squared distance**: 0 is best, and one large miss costs most.
# Each 0 or 1 costs a share.
# What happens stays sealed until M15.

# %% tags=["q7", "given"]
names = ["requirement_id", "indicator_id", "tier"]
record = pd.DataFrame(columns=["requirement_id", "source_id", "asked", "answered"])
plan = plan_rows
if isinstance(plan, list) and all(isinstance(row, list | tuple) and len(row) == 3 for row in plan):
    plan = pd.DataFrame(plan, columns=names)
if isinstance(plan, pd.DataFrame):
    staying = case.sources[~case.sources["source_id"].isin(gone)]
    record = plan.merge(staying, on=["indicator_id", "tier"])[record.columns]
record = record.set_index("requirement_id").sort_index()
record

# %% tags=["q7", "answer"]
# By hand: {"r-01": 0.5, …}. Or divide two columns of record.
forecast = (
    ### BEGIN SOLUTION
    record["answered"] / record["asked"]
    ### END SOLUTION
)

# %% tags=["q7", "check"]
check.q7(forecast)

# %% [markdown] tags=["q7", "hints"]
# 1. A share of the past is a good first number for the future: `answered` divided by `asked`.
# 2. Two columns divide row by row: `record["…"] / record["…"]`.
# 3. If a row is missing here, look at Q2 and Q5 again: the table is made from your answers.

# %% [markdown] tags=["q7", "solution-note"]
# A base rate is dull and hard to beat; whoever moves away from it should have a reason.

# %%
# Keep this line for module M15: it is your forecast, dated today.
lines = forecast if isinstance(forecast, dict | pd.Series) else {}
print(f"{start:%d %B %Y}:", *(f"{name} {str(p)[:4]}" for name, p in dict(lines).items()))

# %% [markdown] tags=["q8", "task"]
# Your first product is out, and a reader has written back about one of your answers.
# Write the requirement anew, as one question of 12 to 60 words that takes up all that the reader says.
#
# The check looks for the parts, and each missing one costs a third.
# Whoever asks for accounts or names gets nothing.
# Your instructor reads whether the reader could act on it.

# %% tags=["q8", "given"]
note = case.feedback["text"].iloc[0]
asked = case.requirements[case.requirements["requirement_id"] == note.split(":")[0][-4:]]
if kept and not asked["requirement_id"].isin(kept).all():
    print("This one is not among your five: look at Q1 again.")
print(*asked["text"], *asked["use"], "", "The reader:", *note.split(". "), sep="\n")

# %% tags=["q8", "answer"]
revised = (
    ### BEGIN SOLUTION
    # The note is read by a pattern, so that the sentence fits every world.
    "In {}, between {} and {}, how many people will speak of this subject on each day, counted in "
    "time for the decision on {}: {}".format(
        *pd.Series(note)
        .str.extract(r"works in (.+), from (\S+) to (\S+)\. Our decision has moved to (.+?)\.")
        .iloc[0],
        asked["text"].item().lower(),
    )
    ### END SOLUTION
)
print(revised)

# %% tags=["q8", "check"]
check.q8(revised)

# %% [markdown] tags=["q8", "hints"]
# 1. The reader says four things to change: where, which hours, until when, and in which form.
# 2. Ask for a count, and for no name: "how many … on each day …?"
# 3. What does this reader decide?
#    The line below the requirement says it.
#    Put that at the end, with the new day.

# %% [markdown] tags=["q8", "solution-note"]
# Feedback changes the question, not only the answer: that closes the loop.

# %% [markdown] tags=["q8", "rubric"]
# **4 points**, one for each:
#
# - It is one question that can be answered with a number for each day.
# - It is narrowed to where and when the reader works: district and hours.
# - It names the decision and its new day, and leaves time for writing.
# - It takes people out: a count, no list, nothing about one person.
#
# *Sample, 4 points:* "In Old Quay, how many offers of quick night work are posted between 16:00 and 20:00 on each day until 21 April?
# On 23 April the youth service plans its evenings by the count."
#
# *Sample, 2 points:* "How many offers of night work are posted in Old Quay between 16:00 and 20:00 until 23 April, one number in all?"
# It is narrowed, and it takes people out.
# It wants no number for each day, and says nothing of the decision.

# %% [markdown] tags=["footer"]
# Before you go on: which source was hardest to leave alone, and why?
