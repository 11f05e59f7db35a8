# %% [markdown] tags=["header"]
# Ten requests lie on the authorising desk of the port police, and you sit behind it.
# Later you sit before it, and ask.
# The rules are those of Meridia, as in the lesson; keep its tables open beside you.
# Each case has its own R-numbers, and each call of the desk is explained in its [how-to](../../notebooks/18_desk_howto.ipynb).
# To refuse rightly earns as much as to grant rightly.
#
# Dual use: on real data this lab would find nobody.
# It decides on forms, and a person appears in it only as a cost.

# %%
import pandas as pd
from IPython.display import display

from socmint import open_desk, open_lab
from socmint.desk import policy  # the rules as code: you need not use them

pd.set_option("display.max_colwidth", None)  # show long texts in full
case, check = open_lab("authority")


def lines(text):
    """Read lines such as 'r-01 P1 P3'; say which of them still miss a word."""
    read = []
    for line in str(text).splitlines():
        name, *said = line.replace(",", " ").replace(":", " ").split() or [""]
        said = [word.strip(".;:") for word in said if word.strip(".;:")]
        if name[:4] == "act-" or name[:2] == "r-":
            print("" if said else f"Look at {name}: a word is missing.\n", end="")
            read += [(name, said)] if said else []
    return read


def plain(table):
    """Show a table without its index, texts to the left."""
    left = [{"selector": "th, td", "props": "text-align: left"}]
    return table.style.hide(axis="index").set_table_styles(left)


# %% [markdown] tags=["q1", "task"]
# Which level must agree to each of the 20 acts?
# Write `0` to `4`, or `never` where the step is not offered at all.
#
# Run the next cell and copy what it prints into the answer cell, in place of the three dots.
# The marks `"""` open and close the text.
# Then put one word in place of the dots under each act.
# Each line counts the same; one word for all lines earns nothing.

# %% tags=["q1", "given"]
print('"""')
for act in case.acts.itertuples():
    print(f"{act.text}\n{act.act_id} ...\n")
print('"""')

# %% tags=["q1", "answer"]
levels = (
    ### BEGIN SOLUTION
    "\n".join(  # a codebook of phrases, written down while reading the acts
        case.acts["act_id"]
        + case.acts["text"].case_when(
            [
                (case.acts["text"].str.contains(phrases), f" {level}")
                for level, phrases in {
                    "never": "through the private|people yourself|private messages over"
                    "|closed group, by handle|closed group you export|by handle all",
                    "4": "[Bb]y order",
                    "3": "until it trusts|confide|become friends|let into|lets your|accepted|of 4,000",
                    "1": "code|pseudonym|No name|no name|look once at a page that|look at it one|With it|once. Every",
                    "2": "alert| days|third|today, next|followers|handle|invented name|does not name",
                    "0": "",
                }.items()
            ]
        )
    )
    ### END SOLUTION
)

# %% tags=["q1", "check"]
said = pd.DataFrame(
    [(name, words[0]) for name, words in lines(levels)], columns=["act_id", "level"]
)
check.q1(said if len(said) else ...)

# %% [markdown] tags=["q1", "hints"]
# 1. For each act ask first: which wall stands around it?
#    Then ask: what is done, how often, with names or without?
# 2. Find the row and the column in the lesson's matrix, under "Two axes: tier and conduct".
# 3. A code for a name lowers the level of bulk.
#    A third look within 28 days raises the level of a look.
#    Closed groups have the same level for one look as for entering.

# %% [markdown] tags=["q1", "solution-note"]
# Tier and conduct give the level; who the person is does not lower it.

# %% [markdown] tags=["q2", "task"]
# You are the officer: `grant`, `refuse` or `back`?
#
# - `grant`: every principle holds, or urgency excuses what is missing.
# - `back` (send back): an empty field is the only thing wrong.
# - `refuse`: a principle fails on what is written.
#
# A dash is an empty field: a fault only where the level asks for it.
# Level 0 and 1 need no `items` and no `lower` (the log line of an earlier search).
# Urgency or an accepted `lower_reason` may replace `lower`.
# Each officer holds the rank `level`.
# What the items say decides, not their number.
# One word for all earns nothing.

# %% tags=["q2", "given"]
asked = case.requirements[["requirement_id", "seriousness", "text"]]
display(plain(asked))
display(case.searches[["line", "requirement_id", "tier"]].style.hide(axis="index"))
items = case.tasking_items.copy()
items["grade"] = items["source_grade"].astype(str) + items["information_grade"]
plain(items[["item_id", "grade", "requirement_id", "text"]])

# %% tags=["q2", "given"]
forms = {row.pop("request_id"): row for row in case.requests.to_dict("records")}
for form in forms.values():  # the table keeps lists as texts, and a chance in percent
    for field in ("targets", "items", "lower"):
        form[field] = form[field].split()
    form["lower"] = [int(line) for line in form["lower"]]
    form["probability"] = form.pop("percent") / 100


def shown(value):
    """Write a field in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else value


# %% tags=["q2", "given"]
parts = (
    ("conduct", "tier", "targets"),
    ("requirement", "ground", "link"),
    ("applicant", "level", "authoriser"),
    ("days", "people", "estimate", "protected"),
    ("items", "lower", "lower_reason"),
    ("limits",),
    ("finding", "probability", "urgent"),
)
for name, form in forms.items():
    print(name)
    for part in parts:
        print("   ", " | ".join(f"{field}: {shown(form[field]) or '-'}" for field in part))

# %% tags=["q2", "answer"]
# Write between """ and """, a line for each request, such as: r-01 grant
decisions = (
    ### BEGIN SOLUTION
    # Found by reading: whose words each item passes on.
    witness := items.set_index("item_id")["text"].str.extract(
        r"\b(porter|crane driver|cook|baker|clerk|fisherman|lorry driver|guard|pilot|cleaner"
        r"|boat builder|welder|tram conductor|rope seller|nurse|keeper)"
    )[0],
    file := policy.CaseFile(
        asked.set_index("requirement_id")["seriousness"].to_dict(),
        {
            row.item_id: policy.Item(row.source_grade, row.information_grade, witness[row.item_id])
            for row in items.itertuples()
        },
        {row.line: (row.requirement_id, row.level) for row in case.searches.itertuples()},
    ),
    outcome := {name: policy.decide(form, file) for name, form in forms.items()},
    whole := {
        name: all(form[field] for field in ("limits", "authoriser", "finding"))
        and bool(form["lower"] or form["lower_reason"] or form["urgent"])
        for name, form in forms.items()
    },
    "\n".join(
        f"{name} {'grant' if one.granted else 'refuse' if whole[name] else 'back'}"
        for name, one in outcome.items()
    ),
    ### END SOLUTION
)

# %% tags=["q2", "check"]
decisions = decisions[-1] if isinstance(decisions, tuple) else decisions
known = {"gran": "grant", "refu": "refuse", "back": "back"}  # "granted" and "send back" count
said = [
    (name, next((known[w[:4].lower()] for w in words if w[:4].lower() in known), words[0]))
    for name, words in lines(decisions)
]
check.q2(pd.DataFrame(said, columns=["request_id", "decision"]) if said else ...)

# %% [markdown] tags=["q2", "hints"]
# 1. Go through the six principles in order, as the lesson's decisions do.
#    Most refusals fail in one place only; an empty field matters only where the step's level needs it.
# 2. Compare numbers with limits: points with the ceiling, days with the level, seriousness with the level, the log line with its requirement.
#    Urgency excuses one level, not two.
# 3. Level 3 needs two items of independent origin.
#    Read the two texts: whose words are they?

# %% [markdown] tags=["q2", "solution-note"]
# Two requests are equal but for ground and finding: the purpose alone decides.
# One request would be granted under the profile of another country, which allows more days.

# %% [markdown] tags=["q3", "task"]
# Which principle fails in each request that you *refused*?
# Write a line such as `r-01 P1`, and name every principle that fails: `r-01 P1 P3`.
# Leave out what you granted or sent back.
# Each pair of request and principle counts the same, and a wrong pair costs; one principle for all earns nothing.
#
# Then read and sign the [code of conduct](../../CODE_OF_CONDUCT.md).
# It says that you have read the refusals E2, E4, E6, E9, E11 and E14.
# Give for each one rule that refuses it; `"tier"` stands for what is not offered.
# The desk stays shut until all six are right.

# %% tags=["q3", "answer"]
# Write between """ and """, a line for each refusal, such as: r-01 P1 P3
failing = (
    ### BEGIN SOLUTION
    "\n".join(
        f"{name} {' '.join(one.rules)}"
        for name, one in outcome.items()
        if not one.granted and whole[name]
    )
    ### END SOLUTION
)
my_name = "a student"  # your name, or the name that you use in class
# For example {"E2": "P6", "E4": "P1", …}
refusals = (
    ### BEGIN SOLUTION
    {"E2": "P4", "E4": "P2", "E6": "P1", "E9": "tier", "E11": "P2", "E14": "P2"}
    ### END SOLUTION
)

# %% tags=["q3", "check"]
pairs = [f"{name} {rule.upper()}" for name, rules in lines(failing) for rule in rules]
check.q3(pairs or ...)

# %% [markdown] tags=["q3", "hints"]
# 1. P1 is about cause and items, P2 about purpose and links, P3 about measure.
#    P4 is about who decides, P5 about searches, P6 about the forecast.
# 2. One request may fail twice: a small offence lowers the ceiling, too.
# 3. For the signature, look at the lesson's table of examples E1 to E14.

# %% [markdown] tags=["q3", "solution-note"]
# A refusal that names its rule can be answered; "no" alone cannot.

# %% [markdown]
# Now the desk opens, if you have signed.
# Every call below is written into a log in the folder `casebook`.
# It is a new log with its own line numbers: the searches of Q2 belong to other people's requests.

# %%
desk = open_desk("authority", fresh=True)
desk.sign(my_name, {} if refusals is ... else refusals)

# %% [markdown] tags=["q4", "task"]
# Two plans would answer one question.
# What intrusion does each expect, in points?
# Make a column with the points of each *step*; the check cell adds them up.
#
# - One item costs tier × content × person, as in `price`.
# - Each time that all items are seen again adds half of their price.
# - Unmasking costs 5 points for each pseudonym.
#
# Within 5 percent is right; a list will do.
# Four numbers count the same: each plan's points, and the part on people whom the tasking does not name.

# %% tags=["q4", "given"]
price = desk.profile.points
print(price)
steps = case.plan_steps
steps

# %% tags=["q4", "answer"]
# steps["tier"].map(price["tier"]) gives the price of each step's tier.
step_points = (
    ### BEGIN SOLUTION
    steps["tier"].map(price["tier"])
    * steps["person"].map(price["person"])
    * sum(steps[kind] * price["content"][kind] for kind in ("ordinary", "location", "special"))
    * (1 + steps["again"] / 2)
    + steps["unmask"] * price["unmask"]
    ### END SOLUTION
)

# %% tags=["q4", "check"]
totals = ...
if step_points is not ... and len(step_points) == len(steps):  # a list will do
    step_points = pd.Series(list(step_points), index=steps.index)
    others = step_points.where(steps["person"] != "subject", 0)
    totals = {f"plan_{name}": step_points[steps["plan"] == name].sum() for name in "AB"}
    totals |= {f"others_{name}": others[steps["plan"] == name].sum() for name in "AB"}
    for name, points in totals.items():
        print(name, points)
check.q4(totals)

# %% [markdown] tags=["q4", "hints"]
# 1. Begin with the items: ordinary × 1 + location × 2 + special × 3.
# 2. Multiply by the prices of tier and person; these first looks alone earn half.
# 3. What would a step cost that is seen again once, and twice?
#    Unmasking has one price, whoever it is.

# %% [markdown] tags=["q4", "solution-note"]
# A wall multiplies: a few items behind it may cost more than many in the open.

# %% [markdown] tags=["q5", "task"]
# You change sides: the desk refused this request, and you mend it.
# Better prose will not help: lower the intrusion.
#
# The answer is the form, a dict, with the fields that you change.
# First the step must answer the chief and list nobody, else nothing counts.
# Then each earns a share: the step, an honest estimate, a grant, the same requirement and target.
#
# A list costs 3 points a person.
# A count costs nothing, however many `people` it covers.
# Plan to open at least three posts, to see what you count: each costs tier × person.

# %% tags=["q5", "given"]
refused = next(form for form in forms.values() if form["conduct"] == "bulk_named")
print(asked.set_index("requirement_id").loc[refused["requirement"], "text"], "\n")
for field, value in refused.items():
    print(f"{field:>12}: {value}")

# %% tags=["q5", "answer"]
# refused | {"days": 3} is the form with another number of days.
repaired = (
    ### BEGIN SOLUTION
    refused
    | {
        "conduct": "bulk",
        "level": 1,
        "estimate": 20,
        "finding": "the size of the crowd by day",
        "limits": "counts only; nobody is shown",
    }
    ### END SOLUTION
)

# %% tags=["q5", "check"]
if repaired is not ...:
    answer = desk.request(repaired)
    display(answer)
check.q5(repaired)

# %% [markdown] tags=["q5", "hints"]
# 1. What would the chief do with names?
#    Read the question again: what does it really ask?
# 2. Compare E4 and E5 in the lesson: the tag is the same, and the conduct is another.
# 3. Run the cell after each change: the decision says what does not fit yet.

# %% [markdown] tags=["q5", "solution-note"]
# Counting by day answers the question, and nobody is named.

# %% [markdown]
# If a grant with a number came out, use it: five days later the desk counts posts.
# It leaves out counts under 5, because a small count can point to a person; so it counts by day here.
# Posts are not people, and still the chief learns which day is full.

# %%
if repaired is not ... and answer.authority:
    desk.wait(5)
    terms = {"ir": repaired["requirement"], "auth": answer.authority}
    display(desk.count(repaired["targets"][0], by="day", **terms))
desk.budget()

# %% [markdown]
# Who stands behind the counts?
# You need not know; if you want to look, open a cell of your own here (press B).
# `desk.search(refused["targets"][0], ir=refused["requirement"], limit=3)` shows three posts.
# Each costs points, most of them on people whom no tasking names, and each call is logged.
# Give back what you no longer need: `desk.cancel(answer.authority)`.

# %% [markdown] tags=["q6", "task"]
# Back behind the desk.
# Six requests rest on two items each.
# In three of them, both items go back to one person: one told it, and the other passes it on.
# Give the ids of the three in a list.
# The score is your share of the right ones, minus your share of the others: naming all six earns nothing.

# %% tags=["q6", "given"]
of_item = items.set_index("item_id")["text"]
for name, form in forms.items():
    if len(form["items"]) == 2:
        print(name)
        for item in form["items"]:
            print("  ", item, of_item[item])

# %% tags=["q6", "answer"]
# Write a list of ids, such as ["r-01", "r-02"].
one_origin = (
    ### BEGIN SOLUTION
    [
        name
        for name, form in forms.items()
        if len(form["items"]) == 2 and witness[form["items"]].nunique() == 1
    ]
    ### END SOLUTION
)

# %% tags=["q6", "check"]
check.q6(one_origin)

# %% [markdown] tags=["q6", "hints"]
# 1. Underline in each text who saw or said it first.
# 2. The same words do not prove one origin: two people may see the same van.
#    Look for the same *person*.
# 3. Hearsay does not prove it either: what matters is from whom it was heard.

# %% [markdown] tags=["q6", "solution-note"]
# The clerk gave each item an origin number of its own, and so nobody noticed.
# Only where level 3 is asked does it change the decision.

# %% [markdown] tags=["q7", "task"]
# A provider and a closed group gave you 24 items.
# You see the first line of each.
# Some are **protected**: a confidence between somebody and their lawyer, doctor, journalist or priest.
# Seal these before you read on: give their ids in a list.
#
# What such a person says in public is not protected.
# The score is your share of the confidences, minus your share of the other items: sealing all earns nothing.

# %% tags=["q7", "given"]
sample = case.sample
plain(sample[["item_id", "text"]])

# %% tags=["q7", "answer"]
# Write a list of ids, such as ["s-01", "s-02"].
sealed = (
    ### BEGIN SOLUTION
    # Phrases found while reading: somebody entrusts something to a profession, or answers.
    sample.loc[
        sample["text"].str.contains(
            "To my lawyer|Dear client|My defence lawyer|counsel|my name must|not published|newsroom"
            "|Our editor|results|your patient|one patient|as you advised|I told you|my imam|Pastor"
            "|Rabbi"
        ),
        "item_id",
    ].tolist()
    ### END SOLUTION
)

# %% tags=["q7", "check"]
if sealed is not ...:
    read = sample[~sample["item_id"].isin(list(sealed))]
    parts = [read[name].map(price[name]) for name in ("tier", "content", "person")]
    cost = parts[0] * parts[1] * parts[2]
    print(len(sample) - len(read), "items are sealed, and you do not read them.")
    print(len(read), "items are read to the end:", cost.sum(), "points.")
check.q7(sealed)

# %% [markdown] tags=["q7", "hints"]
# 1. Two questions for each line.
#    Is one side a lawyer, a doctor, a journalist or a priest?
#    Is it said in confidence?
# 2. A word alone decides nothing: a reporter's printed page is public, and a nickname is no profession.
# 3. Each of the four professions occurs, and some lines do not name it: look for "client", "patient" or "you alone".

# %% [markdown] tags=["q7", "solution-note"]
# Sealing early is cheap: the first line is enough to know that you must stop.

# %% [markdown] tags=["q8", "task"]
# Write the letter of refusal for the request of Q5, as it was *before* your repair.
# Use 80 to 160 words, to the applicant.
# Say that it is refused, and which principle fails.
# Give, in digits, the two numbers that do not fit: what was expected, and the ceiling.
# Name a gentler step that would answer the question, and what the applicant can do next.
# The check looks for these parts; your instructor reads whether the letter is fair and clear.

# %% tags=["q8", "answer"]
# Write between """ and """: such a text may have several lines.
letter = (
    ### BEGIN SOLUTION
    f"""
Your request for a list with the names of all who use the tag is refused. The question behind it is a
good one: the ambulance lane must stay open. But the step fails the third principle: it is not
proportionate. You expect {refused["estimate"]} points of intrusion, nearly all of it on people whom no tasking
names, and the ceiling at seriousness 3 is 150 points. Names do not help to answer how many people will
come. Counts by day, with pseudonyms in place of names, answer the same question at level 1 and show
nobody. Please send a new request for such a count. If you think that names are needed after all, write
down for which decision, and ask the senior officer to review this refusal.
"""
    ### END SOLUTION
)

# %% tags=["q8", "check"]
check.q8(letter)

# %% [markdown] tags=["q8", "hints"]
# 1. Begin with the decision, then give the reason, then the way forward.
# 2. Both numbers stand in the decision of the desk: run `desk.request(refused)` in a new cell and read the line of P3.
# 3. The gentler step is your own repair: say what it shows, and what it leaves out.

# %% [markdown] tags=["q8", "solution-note"]
# Whoever can check the reason can mend the request, or have the refusal reviewed.

# %% [markdown] tags=["q8", "rubric"]
# **4 points**, one for each:
#
# - The reason is the true one: a measure out of proportion, not a bad motive.
# - The applicant could act on the letter tomorrow.
# - The people in the crowd appear as people who are not suspected of anything.
# - The tone is fair, and it says how the refusal can be reviewed.
#
# *Sample, 4 points:*
# "Refused under P3: 900 points against a ceiling of 150, and most of these people are suspected of nothing.
# Daily counts without names answer the chief's question at level 1.
# Please send that request; the senior officer reviews this refusal if you ask within a week."
#
# *Sample, 1 point:*
# "Refused, because we must respect privacy.
# Please do not send such requests again."

# %% [markdown]
# What did your own work at the desk cost?
# The log has a line for each call, refused ones as well.
# Somebody may draw one of them and ask: why did you do this?

# %%
desk.log()[["line", "day", "call", "status", "authority", "points", "reason"]]

# %% [markdown]
# The next cell puts this log into the notebook.
# Run it last and save the notebook: then the notebook is all that you hand in.
# In a class, your instructor sees what you collected and what it cost others; it changes no mark.

# %%
desk.hand_in()

# %% [markdown] tags=["footer"]
# Before you go on: which of your decisions would you defend before the person whom it touches?
