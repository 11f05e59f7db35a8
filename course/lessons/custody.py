# %% [markdown] tags=["header"]
# Three weeks ago you captured a page.
# Today the page says something else, and its owner says that you invented it.
# What can you lay on the table?

# %% [markdown]
# ## Evidence begins with a record
#
# This lesson uses Sources A, D and E of M01, and the **Berkeley Protocol** (UN, 2020), a standard for digital evidence.
#
# Source A names collecting evidence as a task, and *validate* as part of SOCMINT's definition.
# So checking starts at the capture.
# Source D, written for a tool's maker, lists data: tweets, posts, images, links.

# %% [markdown]
# ## What to write down
#
# A **capture** is the record of one page at one moment: a page file and a **metadata** file, which says how it was taken.
#
# | say | why |
# |---|---|
# | what, where | an address alone moves |
# | when | with time zone |
# | who, how | so that somebody can ask, and repeat |
# | hash | so that a change shows |
#
# Read one.

# %%
import hashlib

import pandas as pd

from socmint import custody, open_case, quiz, show
from socmint.custody_figures import draw_chain, draw_clocks

pd.set_option("display.max_colwidth", 120)  # show long texts whole
case = open_case("custody", seed=7)
captures = case.captures
print(captures["page"].iloc[0])
print(captures["metadata"].iloc[0])

# %% [markdown]
# ## A hash is a fingerprint
#
# A **hash** turns bytes into a number of fixed length: **SHA-256** gives 64 digits, 0 to 9 and a to f.
# The same bytes give the same digits; nobody knows how to make two files with equal digits.
# A text becomes bytes by an encoding: UTF-8.
#
# **Your turn.** Change one letter.
# How many digits stay?


# %% tags=["exercise"]
def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


print(sha256("We meet at nine"))
print(sha256("We meet at nine."))

# %% [markdown]
# To verify, hash again and compare with the noted hash.
#
# **Your turn.** Here are the page files.
# Put `"metadata"` in place of `"page"`: is the same capture changed?

# %% tags=["exercise"]
file = "page"
now = captures[file].map(sha256)  # .map(sha256) runs the function on each text
captures.loc[now != captures[file + "_sha256"], ["capture_id", "machine"]]

# %% [markdown]
# Each time one capture fails, and not the same one.
# A page with a good hash needs metadata with a good hash.
#
# **Break it.** Somebody invents a page and hashes that.
# Does the check notice?

# %% tags=["break-it"]
invented = captures["page"].iloc[0] + "post p-0000000 (2031-03-10 20:00 UTC): I did it\n"
noted = sha256(invented)
print("unchanged since it was hashed:", sha256(invented) == noted)

# %% [markdown]
# It does not.
# A hash shows: *no change since hashing*.
# It does not show that the content is true, who wrote it, when it was posted, or that you were allowed to take it.
#
# So a second person watches a capture that matters, or captures it too.

# %% [markdown]
# ## The weakest form
#
# Source D names screenshots and tutorials that actors *share*: they are content, and you capture the post that shows them.
# Your *own* screenshot is something else: a picture of a page, without address, text or metadata, and easy to forge.
# Take one to show what you saw, beside the page file, never instead.

# %% [markdown]
# ## The bag
#
# The **evidentiary copy** is the item as captured: nobody works on it.
# The **working copy** is for your pen.
# **Custody** is the dated chain of those who held the item.
# Our **bag** is a folder beside this notebook, and every act adds a line to its log.

# %%
bag = custody.new_bag("bag", who="analyst 4", replace=True)  # replace: for practice only
named = case.pages["account_id"].isin(case.subjects["account_id"])  # whom the tasking names
page = case.pages[named].iloc[0]
record = custody.capture(
    bag,
    "page-01.txt",
    page["page"],
    what="profile page",
    where=page["address"],
    who="analyst 4",
    how="socmint.custody",
)

# %%
print(pd.Series(record))
custody.working_copy(bag, "page-01.txt", who="analyst 4")
print((bag / "manifest.sha256").read_text())

# %% [markdown]
# Open the folder `bag` in the file browser.
# A stranger needs no course: `sha256sum -c manifest.sha256` checks it on Linux.
# Its README has the commands for macOS, Windows and Python.
#
# **Your turn.** The cell writes into the working copy.
# Put `"evidence"` in its place.

# %% tags=["exercise"]
folder = "working"
path = bag / folder / "page-01.txt"
path.chmod(0o600)  # the evidentiary copy is read-only, as a reminder
path.write_text("my notes in the margin")
custody.verify(bag) or "nothing is wrong with this bag"

# %% [markdown]
# A pen on the working copy harms nothing; on the evidentiary copy it shows, by name.
# Then you may claim that a page with this hash was captured, not what it said.
# After such a mistake: record it, keep both files, tell the lead.
# Here, to go on, run the two cells above the exercise again.

# %% [markdown]
# ## A chain of hashes
#
# A log is a file too, and somebody could swap its lines.
# So each line holds `previous`, the hash of the line before it: a **hash chain**.
# The first has 64 zeros there.
# `.shift()` puts each line beside the one before.

# %%
log = case.custody_log
log["follows"] = log["previous"] == log["sha256"].shift(fill_value="0" * 64)
first = log.loc[~log["follows"], "line"].min()  # ~ turns True and False around
log.loc[
    log["line"].between(first - 2, first + 3), ["line", "happened", "action", "item", "follows"]
]

# %% tags=["figure"]
few = log[log["line"].between(first - 2, first + 4)]
fig = draw_chain(few, f"Three links are broken, from line {first} on")
show(fig, alt="Seven lines of a log; four arrows lead to the neighbour, three to other lines.")

# %% [markdown]
# Each arrow leads to the line that stood before when the line was written.
# Dashed: another line stands there now.
#
# **Break it.** Checking each line's *own* hash looks thorough.
# Does it find the swap?

# %% tags=["break-it"]
from socmint.chain import seal

rows = log.drop(columns=["line", "follows"]).to_dict("records")
# seal() hashes a line anew; it must give the hash that the line holds.
print(
    sum(seal(row, row["previous"]) == row for row in rows), "of", len(rows), "lines are unchanged"
)

# %% [markdown]
# All lines are genuine; only their order is not.
# Who writes the *whole* log anew leaves no break: so give the last hash to somebody else.
#
# ## Pages change
#
# One page was captured three times.
# Its lines of the form `field: value` make a table, side by side.


# %%
def read_page(text):
    return pd.Series(dict(line.split(": ", 1) for line in text.splitlines()))


thrice = captures[captures["account_id"].duplicated(keep=False)].sort_values("clock")
pages = pd.concat(
    [read_page(text) for text in thrice["page"]], axis=1, keys=["first", "second", "third"]
)
pages.head(4)

# %% [markdown]
# A row with more than one value has changed.
# NaN means: not on the page.
#
# **Your turn.** Compare only `["first", "third"]`.
# Which change disappears?

# %% tags=["exercise"]
columns = ["first", "second", "third"]
# nunique counts the different values of each row, and with dropna=False NaN is one of them.
pages.loc[pages[columns].nunique(axis=1, dropna=False) > 1, columns]

# %% [markdown]
# The biography came back: first and third alone hide that.
#
# ## Clocks
#
# Check every clock against a time service, and note how far it is **ahead** of UTC.
#
# *true time = shown time - ahead*
#
# Meridia: -2 hours in winter, -1 from 16 March.
# Each capture needs the check of its machine, on its side of that change.
# Three captures after it:

# %%
change = pd.Timestamp("2031-03-16 04:00", tz="UTC")
checks = case.clock_checks
checks["ahead"] = pd.to_datetime(checks["clock"], utc=True) - checks["time"]
checks["hours_ahead"] = checks["ahead"] / pd.Timedelta(hours=1)  # the same as a number, to read
seen = captures.assign(shown=pd.to_datetime(captures["clock"], utc=True))
checks["after"] = checks["time"] > change
seen["after"] = seen["shown"] > change
# on: rows meet where both columns are equal
both = seen.merge(checks.drop(columns=["clock", "time"]), on=["machine", "after"])
later = both[both["after"]].assign(true=both["shown"] - both["ahead"])
three = later.sort_values("true").head(3)
three[["capture_id", "machine", "zone", "clock", "hours_ahead", "true"]]

# %% tags=["figure"]
fig = draw_clocks(three, "Minutes of work look like hours on three clocks")
show(fig, alt="Three captures: their shown times lie hours apart, their true times minutes apart.")

# %% [markdown]
# Squares are true times in UTC, circles are local readings: what each clock showed.
# `desk-3` says "Meridia" and missed the change: its stated zone is a claim, the check is evidence.
#
# **Your turn.** Believe the zone: make `ahead` -1 hour.
# By how much is `desk-3` wrong?

# %% tags=["exercise"]
ahead = pd.Timedelta(hours=-2)
late = three[three["machine"] == "desk-3"].iloc[0]
print("shown", late["clock"], "| true", late["true"], "| yours", late["shown"] - ahead)

# %% [markdown]
# ## Two dates for one event
#
# Source E dates a workshop in The Hague to 27 September 2017, with 65 participants.
# The project's site has 26 September, and a partner counted about 70.
# Prefer the site, which stands nearer to the event, and note both.
# A careful capture proves only what each *said*.

# %% [markdown]
# ## Tools and stores
#
# - **Source A:** specialised software builds a profile across sites.
#   *But* a profile is a conclusion: keep each page behind it.
# - **Source D:** remove duplicates, keep all in one place.
#   *But* only among working copies.
# - **Source E:** store practices, tools, methods and contacts, not case data alone.
#   *But* apart: methods may be shared, case data need authority.

# %% [markdown]
# ## Keep, delete, take care
#
# Storing is an intrusion of its own: so the Strasbourg court in *S. and Marper* (2008).
# A **retention** rule says which copy goes when; a court's hold stops it.
# Content goes, working copies too; the log keeps the hash.
#
# Hard pictures: seal without watching again, work in pairs, talk to someone.

# %% [markdown]
# ## The rule in plain words
#
# 1. Capture page, metadata and address; note time zone, tool and your name.
# 2. Hash both files at once, and log it.
# 3. Work on copies.
# 4. Check clocks before you order events.
# 5. Delete on the day, and log that.

# %% [markdown]
# ## What this does not show
#
# - Whether a page is true, or whose it is.
# - What it said between two captures, or to other visitors.
# - Whether you had authority, and whether a court accepts it.

# %% [markdown]
# ## Key points
#
# - A hash shows change since hashing, and nothing else.
# - A chain shows order; the last hash belongs in other hands.
# - What you need not keep, you may not keep.

# %% tags=["recall"]
quiz("custody")

# %% [markdown] tags=["footer"]
# In the lab the defence is waiting.
#
# Claims: M05-01, M05-02, M05-03, M05-04, M05-05, M05-06, M05-07
