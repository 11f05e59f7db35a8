# %% [markdown] tags=["header"]
# A partner sends an export: a table that four tools wrote, each in its own way, full of copies.
# A vendor, a firm that sells software, says of its filter: "It finds nine of ten."
# Before anybody is named, you make the pile smaller, bring it into one form, and count who is hurt when you err.

# %% [markdown]
# ## Too many posts
#
# Source D, written for a maker of tools, warns of volume: billions of posts, and time lost on what does not matter [M06-01].
# Without tools you miss the one post that matters [M06-04].
# Both are true, and tools add errors of their own.
# **Processing** is what you do between collecting and judging: organise first, interpret later [M06-03].

# %% [markdown]
# ## What do you count?
#
# A **row** is a line of the export; its `tool` is the program that wrote it.
# A **post** may stand in several rows.
# An **account** writes posts.
# A **person** may run several accounts, and several people one.
# Say which of the four you count, each time.

# %%
import unicodedata

import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_case, quiz, show
from socmint.matching import bits_apart, hand_scores, likeness, near_pairs, plain_text, shingles

pd.set_option("display.max_colwidth", None)  # show long texts in full
case = open_case("processing", seed=7)
export = case.export
export.head(4)

# %% [markdown]
# ## Exact copies
#
# An **exact copy** repeats a row.
# `drop_duplicates()` removes copies, but it compares every column, and each row has its own id.
#
#
# **Your turn.** Write `["text"]` in place of `content` in the third line, and then `content` again.
# More rows go: why is that wrong?
#
# <details><summary>Answer</summary>
#
# Different people wrote the same greeting.
#
# </details>

# %% tags=["exercise"]
print("rows:", len(export), "· after a plain drop:", len(export.drop_duplicates()))
content = ["tool", "platform", "handle", "time_text", "language_label", "text"]
once = export.drop_duplicates(content)
print("after comparing", len(content), "columns:", len(once))

# %% [markdown]
# ## Near copies
#
# Somebody copies a post, writes it in capitals, adds a link, cuts the end.
# First make texts plain, then cut them into **shingles**: all pieces of five letters, blanks included.
# The **likeness** of two texts is the share of shingles that both have.

# %%
first, second = "Boats to Linderrey run late today", "BOATS to Linderrey run late tod… 🌊"
print(plain_text(second))
print(sorted(shingles(second))[:4])
print("likeness:", round(likeness(shingles(first), shingles(second)), 2))

# %% [markdown]
# `near_pairs` compares all texts in this way.
# It leaves out texts under 20 letters: they say too little.
#
# **Your turn.** Change `least` to 0.8, to 0.5, to 0.3.
# Between which limits does the number of pairs stay the same?

# %% tags=["exercise"]
texts = once.set_index("row_id")["text"]
near = near_pairs(texts, least=0.6)
print(len(near), "pairs")
near.assign(one=near["first"].map(texts), other=near["second"].map(texts)).tail(4)

# %% [markdown]
# ## Break it
#
# Let short texts in, and ask for little likeness.
# Now people who only said good morning become copies of each other.

# %% tags=["break-it"]
loose = near_pairs(texts, least=0.3, shortest=1)
print(len(loose), "pairs instead of", len(near))
loose = loose.assign(one=loose["first"].map(texts), other=loose["second"].map(texts))
loose[loose["one"].str.len() < 20].head(3)

# %% [markdown]
# ## Pictures
#
# A **perceptual hash** is a fingerprint of how a picture looks: 64 bits, each 0 or 1.
# Similar pictures differ in few bits, others in many.
# A cryptographic hash such as SHA-256 changes totally when one point changes.

# %%
stock = case.stock_pictures["phash"]  # pictures that are for sale to everybody
# Pictures of weapons in the posts of the case:
mine = case.media.loc[case.media["subject"] == "weapon style", "phash"]
nearest = mine.map(lambda own: min(bits_apart(own, other) for other in stock))
print("bits from the nearest stock picture:", sorted(nearest))

# %% [markdown]
# See the gap: some are copies of stock pictures, the rest are far.
#
# ## One form for all
#
# Each tool writes handles, times and languages in its own way.
# Write one rule for each, and keep the raw table.
#
# **Your turn.** Read the same lines with `"%m/%d/%Y %H:%M"`.
# `NaT`, no time, is an error that you see: which errors are silent?

# %% tags=["exercise"]
desk = export.loc[export["tool"] == "desk", "time_text"]
read = pd.to_datetime(desk, format="%d/%m/%Y %H:%M", utc=True, errors="coerce")
pd.DataFrame({"as written": desk, "as read": read}).head(3)

# %% [markdown]
# Up to the 12th, day and month change places, and nothing shows it.
#
# Once handles have one form, you can **join** the export to the accounts: rows with the same handle come together.
# A left join keeps rows without a partner: count what you missed.
#
# **Your turn.** Put a `#` before the line with `page.example`: what is missed now?

# %% tags=["exercise"]
# .str works on each text of a column. strip() takes blanks off both ends, lower() makes
# small letters, removeprefix() takes off a beginning.
handle = export["handle"].str.strip().str.lower().str.removeprefix("@")
handle = handle.str.removeprefix("page.example/")
joined = export.assign(handle=handle).merge(case.accounts, on="handle", how="left")
print("rows without an account:", joined["account_id"].isna().sum(), "of", len(joined))

# %% [markdown]
# ## Same hand, same person, same group
#
# These are three claims.
# *One hand*: the same fingers typed.
# *One person*: a name behind them.
# *One group*: several people who act together.
# Each needs more than the one before.
# Source A says that false accounts are common and hard to tie to a user [M06-05].
# It does not say among whom.

# %% [markdown]
# Search by screen name shows where else a name is used [M06-06].
# Names are free: strangers share them, and imitators copy them.
# Source D offers "profile identification" [M06-07]: you find a profile, and attribution is your reading.
#
# A **homoglyph** is a letter that looks like another one.

# %%
handles = case.accounts["handle"]
odd = handles[~handles.map(str.isascii)].iloc[0]
print("the official page?", odd == "meridia_ferry_times", "-", odd)
print([unicodedata.name(letter) for letter in odd if not letter.isascii()])

# %% [markdown]
# ## Signs of one hand
#
# The authority names 60 accounts for this comparison, and no others.
# `typing`: do two share a habit, such as two spaces?
# `timing`: in how many spans of ten minutes did both write?

# %% tags=["figure"]
pairs = hand_scores(case.posts, case.candidates["account_id"])
both = (pairs["typing"] > 0.8) & (pairs["timing"] >= 6)
fig, axes = plt.subplots(figsize=(7, 3.6))
for rows, colour, name in [(~both, "#56B4E9", "others"), (both, "#D55E00", "both clues")]:
    spots = pairs[rows].value_counts(["timing", "typing"]).reset_index()
    axes.scatter("timing", "typing", color=colour, data=spots, label=name)
    for x, y, number in spots.to_numpy():
        axes.text(x, y + 0.06, int(number), ha="center")
axes.set(xlabel="timing (spans of ten minutes in common)", ylabel="typing (likeness, 0 to 1)")
axes.set(title="Many pairs share one habit, few share times as well", ylim=(-0.1, 1.25))
axes.legend(loc="center")
show(fig, alt="Number of pairs by timing and typing. Twelve pairs are high in both.")

# %% [markdown]
# Each number counts pairs, and the corners lie far apart.
# What is each corner worth?
# `known_pairs` holds 200 pairs of closed cases.
#
# **Your turn.** Group by `["typing"]` alone: what does one clue say?

# %% tags=["exercise"]
# True means: typing above 0.8, timing at least 6, the same letters in both handles.
# The mean of True and False is the share of True.
known = case.known_pairs
known.groupby(["typing", "timing", "name"])["same_hand"].agg(["size", "mean"]).round(2)

# %% [markdown]
# ## The same error at the size of a city
#
# Suppose that a rule errs in 1 of 200 pairs of strangers.
# Sixty accounts make 1,770 pairs: about nine wrong ones.
# Now let the rule run over a city.
#
# **Your turn.** Change 20,000 to the size of your town.

# %% tags=["exercise"]
for accounts in [60, 400, 20_000]:
    number = accounts * (accounts - 1) // 2
    print(f"{accounts:>6,} accounts: {number:>11,} pairs, {number / 200:>9,.0f} wrong ones")

# %% [markdown]
# So matching stays inside a set that was named on other grounds.
# Each wrong pair puts an innocent person into another's file.
#
# ## A filter and its base rate
#
# The **base rate** is the share of offenders before you look: here 40 of 20,000 accounts.
# The vendor's filter finds 90 of 100 offenders and errs on 2 of 100 others.

# %% [markdown]
# Count people, not percentages: of 40 it flags 36, and of the 19,960 others 399.
# **Recall** is the share of offenders that are found.
# **Precision** is the share of flags that are right.
# A vendor tells you the recall; you need the precision.
# Draw each flag as a mark.

# %% tags=["figure"]
fig, panels = plt.subplots(1, 2, figsize=(8, 4.2))
for axes, wrong, name in zip(panels, [399, 1], ["20,000", "80"], strict=True):
    spot = pd.Series(range(36 + wrong))
    x, y = spot % 22, -(spot // 22)
    axes.scatter(x[:36], y[:36], s=26, c="#0072B2", marker="s", label="right")
    axes.scatter(x[36:], y[36:], s=26, c="#D55E00", marker="x", label="wrong")
    axes.set(title=f"Among {name}: 36 of {len(spot)} flags are right", xlim=(-1, 22), ylim=(-20, 3))
    axes.legend(loc="upper center", ncols=2, frameon=False)
    axes.axis("off")
show(fig, alt="Flags as marks. Among 20,000 people 36 of 435 are right, among 80 people 36 of 37.")

# %% [markdown]
# See the same 36 people twice.
# The method did not change; the population did.
#
# **Your turn.** Find the size of a population in which half of the flags are right.
#
# <details><summary>Answer</summary>
#
# 1,840: there 36 flags are right and 36 are wrong.
#
# </details>

# %% tags=["exercise"]
size = 20_000
right, wrong = 0.9 * 40, 0.02 * (size - 40)
print(f"{right / (right + wrong):.1%} of the flags are right among {size:,}")

# %% [markdown]
# ## Choose a threshold
#
# A filter gives a **score**; a **threshold** turns it into a flag.
# A higher one spares people who did nothing, and misses more offenders.
# No number is correct by itself: somebody must say which error costs what, before looking.

# %%
scores = case.filter_scores
for threshold in [700, 800, 900]:
    flagged = scores[scores["score"] >= threshold]
    hits = flagged["offender"].sum()
    print(threshold, "right:", hits, "wrong:", len(flagged) - hits)

# %% [markdown]
# Filters drift, too.
# A study of bot scores found that they change over time, misjudge people, and do worse in other languages than English [R54].
# Source A says that patterns in massive data reveal relationships, fraud, scale and goals [M06-02].
# They give *candidates*; the larger the data, the more of them are chance.

# %% [markdown]
# ## The rule in plain words
#
# 1. Keep the raw table, and write down each step.
# 2. Say what you count: rows, posts, accounts or people.
# 3. Ask for two independent clues, and give a probability.
# 4. Ask of every flag: among whom?
# 5. No step against a person before a person has checked a second, independent item.

# %% [markdown]
# ## What this does not show
#
# - One hand is not one name, and a name is not an offence.
# - Near copies show copying, not who was first or why.
# - Error rates come from closed cases; in another town they differ.
# - Habits are planted here and cleaner than life: expect more wrong pairs.

# %% [markdown]
# ## Key points
#
# - Columns decide what a copy is; likeness and a limit decide what a near copy is.
# - One clue alone joins strangers.
# - The number of pairs grows with the square of the accounts, and so do the errors.
# - With few offenders among many, most flags of a good filter are wrong.

# %% tags=["recall"]
quiz("processing")

# %% [markdown] tags=["footer"]
# In the lab you do this on your own world.
#
# Claims: M06-01, M06-02, M06-03, M06-04, M06-05, M06-06, M06-07
