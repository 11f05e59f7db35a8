# %% [markdown] tags=["header"]
# The harbour case goes to court next week.
# The defence asks: "How do we know that nobody touched your captures?"
# You have the evidence bag of the unit, and one afternoon.
# Find out what still stands, what does not, and what must go.
#
# Code that is given is there to run, not to learn by heart.
# You write only where the three dots stand.
#
# Dual use: whom else could this lab help?
# It finds nobody: it checks, orders and deletes what is already held.
# It captures five invented pages, which lie in a table, and it ends with deletion.

# %%
import hashlib

import pandas as pd

from socmint import custody, open_lab

pd.set_option("display.max_colwidth", 120)  # show long texts whole
case, check = open_lab("custody")
captures = case.captures
captures[["capture_id", "account_id", "machine", "clock", "zone"]]

# %% [markdown]
# Each row is one **capture**, the record of one page at one moment.
# It has two files, and each file has the hash that was noted when the capture was made.
#
# | file | its content | noted hash |
# |---|---|---|
# | page file | `page` | `page_sha256` |
# | metadata file | `metadata` | `metadata_sha256` |

# %%
print(captures["page"].iloc[0])
print(captures["metadata"].iloc[0])

# %% [markdown] tags=["q1", "task"]
# Compute the SHA-256 of all twelve *page* files.
# First finish the function `sha256`, then use it on the column `page`.
# The answer is a table with the columns `capture_id` and `sha256`.
# Every right hash counts the same; the noted hashes, copied, count nothing.


# %% tags=["q1", "answer"]
def sha256(text):
    """Return the SHA-256 of a text as UTF-8: 64 hexadecimal digits."""
    ### BEGIN SOLUTION
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
    ### END SOLUTION


# Take captures[["capture_id"]], and add a column with .assign(sha256=…).
hashes = (
    ### BEGIN SOLUTION
    captures[["capture_id"]].assign(sha256=captures["page"].map(sha256))
    ### END SOLUTION
)
hashes

# %% tags=["q1", "check"]
check.q1(hashes)

# %% [markdown] tags=["q1", "hints"]
# 1. The lesson writes this function under "A hash is a fingerprint".
# 2. Three steps: `text.encode("utf-8")` gives bytes, `hashlib.sha256(bytes)` hashes them, `.hexdigest()` writes the digits.
#    The line begins with `return`.
# 3. `captures["page"].map(sha256)` runs your function on each page.
#    Put that after `sha256=` in `captures[["capture_id"]].assign(sha256=…)`.

# %% [markdown] tags=["q1", "solution-note"]
# A hash is of bytes, so the encoding is part of the method: say UTF-8 and change nothing, not even the last line end.

# %% [markdown] tags=["q2", "task"]
# Two captures were changed after they had been hashed.
# Which ones?
# Give a list of capture ids.
# Each right one earns half, and each other one takes half away.

# %% tags=["q2", "answer"]
# A file was changed if its hash now is not the noted hash. Each capture has two files.
changed = (
    ### BEGIN SOLUTION
    captures.loc[
        (captures["page"].map(sha256) != captures["page_sha256"])
        | (captures["metadata"].map(sha256) != captures["metadata_sha256"]),
        "capture_id",
    ].tolist()
    ### END SOLUTION
)
changed

# %% tags=["q2", "check"]
check.q2(changed)

# %% [markdown] tags=["q2", "hints"]
# 1. Compare two columns with `!=`: that gives True where they differ.
# 2. `captures.loc[condition, "capture_id"].tolist()` lists the ids for which the condition is True.
# 3. Metadata have a hash of their own.
#    Join two conditions with `|`, each in round brackets, and it is True if one of them is.

# %% [markdown] tags=["q2", "solution-note"]
# Whoever checks pages only keeps a record of who, when and where that somebody has rewritten.

# %% [markdown] tags=["q3", "task"]
# The custody log is a chain: `previous` must be the `sha256` of the line before.
# For the first line it is 64 zeros.
# Captures are filed in it after the shift, one computer after the other.
# Two lines that stood next to each other changed places.
# Give the number (column `line`) of the first line that does not follow.

# %% tags=["q3", "given"]
log = case.custody_log
short = log.drop(columns="who")
for column in ["previous", "sha256"]:
    short[column] = log[column].str[:8]  # shortened, to read
short

# %% tags=["q3", "answer"]
# .shift() moves a column down by one row, so that each line stands beside the one before it.
before = log["sha256"].shift(fill_value="0" * 64)
first_break = (
    ### BEGIN SOLUTION
    log.loc[log["previous"] != before, "line"].min()
    ### END SOLUTION
)
first_break

# %% tags=["q3", "check"]
check.q3(first_break)

# %% [markdown] tags=["q3", "hints"]
# 1. A line follows if its `previous` is equal to `before`.
# 2. Which lines do *not* follow? `log.loc[condition, "line"]` shows their numbers.
# 3. A swap breaks three links.
#    The question asks for the smallest number: `.min()`.

# %% [markdown] tags=["q3", "solution-note"]
# Three links break, because three lines have another neighbour in front of them than when they were written.
# The line that was written late is honest: it says so, and its link holds.

# %% [markdown] tags=["q4", "task"]
# One page was captured three times.
# Which of its fields changed, from capture to capture?
# Keep the rows of `pages` in which the three columns are not all the same, and no other row.
# A field that a page does not have is missing (NaN) there, and that counts as a change.
# Every right cell counts the same, and a row too many takes two right rows away.


# %% tags=["q4", "given"]
def read_page(text):
    """Turn the lines `field: value` of a page file into a Series."""
    return pd.Series(dict(line.split(": ", 1) for line in text.splitlines()))


thrice = captures[captures["account_id"].duplicated(keep=False)].sort_values("clock")
pages = pd.concat(
    [read_page(text) for text in thrice["page"]], axis=1, keys=["first", "second", "third"]
).rename_axis("field")
pages

# %% tags=["q4", "answer"]
changes = (
    ### BEGIN SOLUTION
    pages[pages.nunique(axis=1, dropna=False) > 1]
    ### END SOLUTION
)
changes

# %% tags=["q4", "check"]
check.q4(changes)

# %% [markdown] tags=["q4", "hints"]
# 1. The lesson compares three captures under "Pages change".
# 2. `pages.nunique(axis=1, dropna=False)` counts the different values of each row, and NaN is one of them.
# 3. Keep the rows with more than one: `pages[… > 1]`.

# %% [markdown] tags=["q4", "solution-note"]
# The owner changed the biography and changed it back: first and last capture alone do not show that.

# %% [markdown] tags=["q5", "task"]
# Put the twelve captures in their true order, the earliest first.
# `desk-2` runs on UTC, the others on the time of Meridia.
# In the night to 16 March 2031 Meridia went to summer time, an hour forward.
# Did every computer?
# The log does not tell: it has the time of filing.
# The clock checks tell: `ahead` is how far a clock was ahead of UTC (`hours_ahead`: as a number).
#
# Give a list of twelve capture ids.
# The score counts pairs of captures of the same day.
# If a quarter of them stand in the wrong order, nothing is left.

# %% tags=["q5", "given"]
change = pd.Timestamp("2031-03-16 04:00", tz="UTC")
seen = captures[["capture_id", "machine", "zone", "clock"]].copy()
seen["shown"] = pd.to_datetime(seen["clock"], utc=True)  # what the clock showed, not yet UTC
seen["after"] = seen["shown"] > change
checks = case.clock_checks
checks["ahead"] = pd.to_datetime(checks["clock"], utc=True) - checks["time"]
checks["after"] = checks["time"] > change
checks["hours_ahead"] = checks["ahead"] / pd.Timedelta(hours=1)  # the same as a number, to read
checks[["machine", "after", "time", "clock", "hours_ahead"]]

# %% tags=["q5", "answer"]
# Give each capture the check of its own machine and its own side of the change.
both = (
    ### BEGIN SOLUTION
    seen.merge(checks[["machine", "after", "ahead"]], on=["machine", "after"])
    ### END SOLUTION
)
# The true time, in UTC: a Series with one entry for each row of both.
true_time = (
    ### BEGIN SOLUTION
    both["shown"] - both["ahead"]
    ### END SOLUTION
)
# Sort by it, and list the ids.
order = (
    ### BEGIN SOLUTION
    both.assign(utc=true_time).sort_values("utc")["capture_id"].tolist()
    ### END SOLUTION
)
order

# %% tags=["q5", "check"]
check.q5(order)

# %% [markdown] tags=["q5", "hints"]
# 1. `.merge` joins two tables: `seen` and `checks[["machine", "after", "ahead"]]`.
#    Its `on` takes a list of columns, and two rows meet where all of these are equal.
# 2. A clock that is two hours behind is -2 hours ahead.
#    True time is what it showed *minus* what it was ahead.
# 3. `both.assign(utc=true_time).sort_values("utc")["capture_id"].tolist()` sorts and lists.

# %% [markdown] tags=["q5", "solution-note"]
# One computer says "Meridia" and kept winter time: what a computer states of itself is a claim, and the check is evidence.

# %% [markdown] tags=["q6", "task"]
# Capture five pages of your own.
# `case.pages` holds nine pages as a visitor sees them today.
# You may capture those of accounts that the tasking names: `case.subjects`.
# Then finish `capture_one`: say what, where (the address), who and how (the tool).
#
# Each good record earns a fifth.
# Each page of a person whom the tasking does not name takes two fifths away.

# %% tags=["q6", "given"]
print(case.subjects.head())  # the first five of those whom the tasking names
case.pages

# %% tags=["q6", "answer"]
me = "analyst 4"  # your own initials, please
chosen = (
    ### BEGIN SOLUTION
    case.pages[case.pages["account_id"].isin(case.subjects["account_id"])]
    ### END SOLUTION
)


def capture_one(bag, item, row):
    """Put row.page, one page of case.pages, into the bag, under the file name item."""
    ### BEGIN SOLUTION
    custody.capture(
        bag,
        item,
        row.page,  # byte for byte: no strip, no new line ends
        what="profile page, as a visitor sees it",
        where=row.address,
        who=me,
        how="socmint.custody in a notebook",
    )
    ### END SOLUTION


bag = custody.new_bag("bag", who=me, replace=True)  # practice: a real bag is never replaced
if chosen is not ...:
    for number, row in enumerate(chosen.itertuples(), start=1):
        capture_one(bag, f"own-{number:02d}.txt", row)
own = pd.DataFrame(custody.read_log(bag))
own.drop(columns=["previous", "sha256", "content_sha256", "clock", "size"], errors="ignore")

# %% tags=["q6", "check"]
check.q6(own)

# %% [markdown] tags=["q6", "hints"]
# 1. `table["account_id"].isin(other["account_id"])` is True where the id stands in the other table, too.
# 2. The lesson captures a page under "The bag": copy its call of `custody.capture`.
#    The content is `row.page`, the address is `row.address`.
# 3. Write the call with all six parts: `custody.capture(bag, item, row.page, what="…", where=row.address, who=me, how="…")`.

# %% [markdown] tags=["q6", "solution-note"]
# The limit comes before the capture: a page that was never taken needs no deletion.

# %% [markdown]
# **Now be the stranger.**
# A folder `bag` lies beside this notebook: open it in the file browser.
# In a terminal in that folder, `sha256sum -c manifest.sha256` says OK for each file.
# Its `README.txt` has the command for macOS, Windows and Python.
# Change one letter in `log.jsonl`, save, and run the next cell again.

# %%
print((bag / "manifest.sha256").read_text())
custody.verify(bag) or "nothing is wrong with this bag"

# %% [markdown] tags=["q7", "task"]
# Which of these eight statements do the hashes of the files and the chain of the log support?
# Test each statement with the data of Q1 to Q3 before you decide.
# Give a list of statement ids.
# Each supported one earns its share, and each other one takes two shares away.

# %% tags=["q7", "given"]
statements = case.statements
for row in statements.itertuples():
    print(row.statement_id, row.text)

# %% tags=["q7", "answer"]
supported = (
    ### BEGIN SOLUTION
    statements.loc[
        # Four forms of words speak of bytes and links; a reader finds them by reading.
        statements["text"].str.contains(
            "byte for byte|is not the file|does not follow|different page files"
        )
        # "Byte for byte" is refuted where the hash has changed.
        & ~(
            statements["text"].str.contains("byte for byte")
            & statements["text"].str.contains("|".join(changed))
        ),
        "statement_id",
    ].tolist()
    ### END SOLUTION
)

# %% tags=["q7", "check"]
check.q7(supported)

# %% [markdown] tags=["q7", "hints"]
# 1. Ask of each statement: could a program that only compares bytes decide it?
# 2. Who wrote, whether it is true, why, with what right, who looked: no hash knows.
# 3. Some statements speak of bytes and are false.
#    Look up the capture in your list of Q2.

# %% [markdown] tags=["q7", "solution-note"]
# A hash speaks from the moment of hashing on, about bytes, and about nothing else.

# %% [markdown] tags=["q8", "task"]
# Today is day 28, the day of review.
# The tasking asks: who is needed for the hand-over of a firearm (R1)?
# Where and when (R2)?
# Who must be kept from harm (R3)?
# The rule: a copy goes today if none of these questions needs it, and nobody holds it.
# A court can hold a copy; then it stays, sealed.
# Which items must go?
#
# Each item that must go earns its share, and each other item takes a share away.
# Two errors count twice: to keep a bystander's health "just in case", and to delete what a court holds.

# %% tags=["q8", "given"]
holdings = case.holdings
holdings

# %% tags=["q8", "answer"]
must_go = (
    ### BEGIN SOLUTION
    holdings.loc[
        ~holdings["reason"].isin(["R1", "R2", "R3"]) & holdings["hold"].isna(), "item_id"
    ].tolist()
    ### END SOLUTION
)
must_go

# %% tags=["q8", "check"]
check.q8(must_go)

# %% [markdown] tags=["q8", "hints"]
# 1. Write the rule as two conditions: is the reason a question, and is there a hold?
# 2. `holdings["reason"].isin(["R1", "R2", "R3"])` is True where a question needs the copy; `~` turns True and False around.
# 3. `holdings["hold"].isna()` is True where nobody holds the copy.
#    Join both with `&`, then take `"item_id"` and `.tolist()`.

# %% [markdown] tags=["q8", "solution-note"]
# "Just in case" names no question, so nobody could say when the case for keeping it would end.
# A working copy is a copy: it goes with the evidentiary one.

# %% [markdown]
# ## Intrusion reading
#
# Seeing is one intrusion, and storing is a further one.
# So price the bag by the day: a public item costs 1, three times that for health, and three times for a bystander.
# An item that shows nobody costs nothing.
# The points are there to argue about; they are no law.

# %%
person = holdings["shows"].map({"subject": 1, "nobody": 0, "bystander": 3})
points = person * holdings["content"].map({"ordinary": 1, "health": 3})
goes = holdings["item_id"].isin([] if must_go is ... else list(must_go))
reading = pd.DataFrame(
    {"your decision": goes.map({True: "goes", False: "stays"}), "points": points}
)
reading["by bystanders"] = points.where(holdings["shows"] == "bystander", 0)
reading.groupby("your decision")[["points", "by bystanders"]].sum().rename(
    columns={"points": "points a day", "by bystanders": "of these, on bystanders"}
)

# %% [markdown]
# Deleting refunds nothing: what was read was read.
# Each day after the review would have cost these points again, for no question.
# A hold costs, too.
# Ask the court when it ends, and write the date into the log.

# %% [markdown] tags=["footer"]
# Before you go on: which of your five captures would you need on day 28, and for which question?
