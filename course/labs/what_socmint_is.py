# %% [markdown] tags=["header"]
# Tomorrow your chief decides about the monitoring tool.
# Tonight you find out what is public in Puerto Claro, and what "public" settles.
# Each answer is checked beside its cell, as often as you like.
#
# Code that is given is there to run, not to learn by heart.
# You write only where the three dots stand.
#
# Dual use: whom else could this lab help?
# On real data it would find nobody: it counts accounts and posts by tier, without names.
# The cards are invented and say what was done, never how.

# %%
import random

import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_lab, show

case, check = open_lab("what_socmint_is")
case

# %% [markdown] tags=["q1", "task"]
# Count the accounts and the posts of each tier on each platform.
# Count an account at the tier it has now (`visibility`).
# Count a post at the tier it had when it was posted (`tier`).
# The last line of the answer shows your two counts side by side.
# Every number in the table counts the same.

# %% tags=["q1", "given"]
tiers = ["public", "registered", "friends", "private"]


def side_by_side(*counts):
    """Make one table of two counts; anything else goes to the check as it is."""
    columns = {}
    for name, count in zip(["accounts", "posts"], counts, strict=True):
        if isinstance(count, pd.DataFrame) and count.shape[1] == 3:
            print(
                "It counts, but leave .reset_index() away: Q6 draws your count as .size() made it."
            )
            count = count.set_index(list(count.columns[:2])).iloc[:, 0]
        if not isinstance(count, pd.Series) or count.index.nlevels != 2:
            return count
        if count.index[0][0] in tiers:
            print("In your count of", name, "the tier comes first. Name the platform first.")
        columns[name] = count.rename_axis(["platform", "tier"])
    return pd.DataFrame(columns).fillna(0)


# %% tags=["q1", "answer"]
# Group the table case.accounts by two columns: "platform" and "visibility".
account_counts = (
    ### BEGIN SOLUTION
    case.accounts.groupby(["platform", "visibility"]).size()
    ### END SOLUTION
)
# The same for the table case.posts, with the columns "platform" and "tier".
post_counts = (
    ### BEGIN SOLUTION
    case.posts.groupby(["platform", "tier"]).size()
    ### END SOLUTION
)
side_by_side(account_counts, post_counts)

# %% tags=["q1", "check"]
check.q1(side_by_side(account_counts, post_counts))

# %% [markdown] tags=["q1", "hints"]
# 1. The lesson groups by two columns under "First axis: the tier".
# 2. `table.groupby(["first", "second"]).size()` counts the rows of each pair.
# 3. Put `case.accounts` in place of `table`, and the two column names in place of "first" and "second".

# %% [markdown] tags=["q1", "solution-note"]
# Two tables, two dates: an account has a tier today, and a post has one from its own day.

# %% [markdown] tags=["q2", "task"]
# What percent of all posts could anybody read without an account on the day of posting?
# Give a number between 0 and 100.
# Rounded to one decimal it is still right.

# %% tags=["q2", "answer"]
# len(case.posts) is the number of all posts.
open_share = (
    ### BEGIN SOLUTION
    (case.posts["tier"] == "public").mean() * 100
    ### END SOLUTION
)
open_share

# %% tags=["q2", "check"]
check.q2(open_share)

# %% [markdown] tags=["q2", "hints"]
# 1. Which of the four tiers needs no account?
# 2. A comparison gives True or False for each row, and `.sum()` counts the True ones.
#    So `(case.posts["tier"] == "…").sum()` counts the posts of one tier.
# 3. Divide by the number of all posts, then multiply by 100: `… / … * 100`.

# %% [markdown] tags=["q2", "solution-note"]
# The mean of True and False is the share of True; times 100 it is a percentage.

# %% [markdown] tags=["q3", "task"]
# Sort 40 situations by tier and by conduct.
# Run the next cell.
# Copy all that it prints: right-click it and choose *Copy Output to Clipboard*.
# Paste it into the answer cell, in place of the three dots.
# The marks `"""` open and close a text of several lines.
# Then, below each text, put one tier and one conduct in place of the dots.
#
# Tiers: public, registered, friends, private.
# Conducts: view, monitor, bulk, enter, relate.
# If several conducts fit, take the last one that fits.
#
# Each right word counts the same, so a half-filled form earns part of the points.

# %% tags=["q3", "given"]
import textwrap

cards = case.situations
print('"""')
for card in cards.itertuples():
    print(textwrap.fill(card.text, 90))
    print(card.card_id, "...", "...")
    print()
print('"""')

# %% tags=["q3", "given"]
words = {*tiers, "view", "monitor", "bulk", "enter", "relate"}
words |= {"capability", "process", "tools", "marketing"}


def read_form(text, *columns):
    """Turn a pasted form into a table, and say which lines need another look."""
    if not isinstance(text, str):
        return text
    rows = {}
    for line in text.lower().replace(",", " ").splitlines():
        name, *said = [word.strip(".;:") for word in line.split()] or [""]
        said = [word for word in said if word]  # the dots are gone
        if name[:2] not in ("c-", "s-") or not said:
            continue
        unknown = [word for word in said if word not in words]
        if unknown or len(said) != len(columns) - 1:
            print(f"Look at {name}: {len(columns) - 1} of the words above, please.", *unknown)
        if name in rows:
            print(f"{name} stands here twice. The last one counts.")
        rows[name] = [name, *said, None, None][: len(columns)]
    print(len(rows), "lines are filled in.")
    return pd.DataFrame(list(rows.values()), columns=list(columns)) if rows else ...


# %% tags=["q3", "answer"]
form = (
    ### BEGIN SOLUTION
    "\n".join(  # a codebook of phrases, written down while reading the cards
        cards["card_id"]
        + cards["text"].case_when(
            [
                (cards["text"].str.contains(phrases, case=False), f" {tier} ")
                for tier, phrases in {
                    "public": "of the web|internet|anybody can|no account|no login|search engine",
                    "registered": "free account|sign-in|to sign in|every user|any user|account holder",
                    "friends": "accepted contacts|approved followers|by hand|decides who gets in",
                    "private": "one-to-one|direct message|alone|inbox|one reader",
                }.items()
            ]
        )
        + cards["text"].case_when(
            [
                (cards["text"].str.contains(phrases, case=False), conduct)
                for conduct, phrases in {
                    "relate": "trust|confid|a friend|good friend|close friend|joke",
                    "enter": "invented|made-up|does not exist|hides that",
                    "bulk": "one run|one step|single table|fills a table|all of it",
                    "monitor": "alert|goes back|returns|for [0-9]|each new|announcement|again",
                    "view": "",
                }.items()
            ]
        )
    )
    ### END SOLUTION
)

# %% tags=["q3", "check"]
check.q3(read_form(form, "card_id", "tier", "conduct"))

# %% [markdown] tags=["q3", "hints"]
# 1. Read a card twice.
#    First ask only: who can see this content without help?
#    Then ask only: what does the officer do?
# 2. Words such as "public" or "friend" in a card may speak of something else.
#    Look for the wall: an account, a leader who lets people in, a receiver.
# 3. For the conduct, ask in this order.
#    Does a person begin to trust a false identity?
#    If not, does anybody get in under one?
#    If not, are many records taken at one time?
#    If not, does the officer come back?

# %% [markdown] tags=["q3", "solution-note"]
# A reader sorts by meaning.
# The codebook here only writes down what a reader saw, so that the solution fits every world.

# %% [markdown] tags=["q4", "task"]
# Each of the cards c-01 to c-12 tells of one look.
# Suppose the officer repeats it every day for three weeks.
# Which cards then get another class, a higher level of authority?
#
# Give their ids in a list.
# A right card earns its share of the points, and a wrong one takes a share away.
# Who names all twelve has not chosen, and gets nothing.

# %% tags=["q4", "given"]
looks = cards.head(12)
looks.style.hide(axis="index")

# %% tags=["q4", "answer"]
# Write a list of ids, such as ["c-01", "c-02"].
changing = (
    ### BEGIN SOLUTION
    # Reading shows whom these looks do not touch: offices, timetables, price lists, rules.
    looks.loc[
        ~looks["text"].str.contains(
            "ferry line|harbour office|statistics|weather service|bus company|fire brigade"
            "|water works|cargo|museum|busy hours|market hall|library"
        ),
        "card_id",
    ].tolist()
    ### END SOLUTION
)

# %% tags=["q4", "check"]
check.q4(changing)

# %% [markdown] tags=["q4", "hints"]
# 1. Read the table of levels in the lesson, under "The class".
# 2. For each card ask: is there a person whose life the looks add up to?
# 3. Do not stop at the public cards: the lesson's table has a line for registered ones too.

# %% [markdown] tags=["q4", "solution-note"]
# Repetition makes a picture of a person.
# A timetable has no private life, however often you look.

# %% [markdown] tags=["q5", "task"]
# Which of the 40 cards speak of content that is *public* and still tells of private life?
# Private information means: health, belief, sexuality, family and children, home.
#
# Give the ids in a list.
# The score is **F1**: it falls when a card is missing, and when one is too many.

# %% tags=["q5", "answer"]
# Look at the content that the card describes, not at what the officer does with it.
private_life = (
    ### BEGIN SOLUTION
    # Phrases found while reading; the tier comes from the sorted form of the question before.
    cards.loc[
        cards["card_id"].isin([line[:4] for line in form.split("\n") if " public " in line])
        & cards["text"].str.contains(
            "cancer|gay|school day|house number|prayers|addiction|illness|daughters"
            "|depression|children|religion|therapy|sexuality|new house|sick child"
        ),
        "card_id",
    ].tolist()
    ### END SOLUTION
)

# %% tags=["q5", "check"]
check.q5(private_life)

# %% [markdown] tags=["q5", "hints"]
# 1. Start with the cards that you sorted as public in Q3.
# 2. For each one ask the five in turn: health, belief, sexuality, family, home?
# 3. Public cards occur among all conducts but one.
#    Did you look beyond the first twelve?

# %% [markdown] tags=["q5", "solution-note"]
# The wall and the content are two things: an open page can hold what hurts most.

# %% [markdown] tags=["q6", "task"]
# Draw stacked bars: one bar for each platform, one part for each tier.
# A part shows the share of the platform's *posts*, in percent.
# The figure needs a title that states a finding, names on both axes with the unit, and a legend.
# Each of these needs counts the same.
# The check cannot tell whether your title is true: you must.

# %% tags=["q6", "answer"]
# Your count from Q1 is in posts. The lesson turns such a count into shares and draws them.
fig, axes = plt.subplots(figsize=(7, 3.5))
### BEGIN SOLUTION
table = post_counts.unstack(fill_value=0)[tiers]
shares = table.div(table.sum(axis=1), axis=0) * 100
shares.plot.barh(stacked=True, ax=axes, color=["#56B4E9", "#009E73", "#E69F00", "#000000"])
axes.set_title("Most posts on Tikkeron are public, few on Susurrel are")
axes.set_xlabel("share of posts (percent)")
axes.set_ylabel("platform")
axes.legend(title="tier", loc="center left", bbox_to_anchor=(1, 0.5))
### END SOLUTION
show(fig, alt="Stacked bars: the share of each tier among the posts of each platform.")

# %% tags=["q6", "check"]
drawn = axes.has_data()
if not drawn:
    print("Your axes are still empty. If you have drawn, write ax=axes among the arguments.")
check.q6(fig if drawn else ...)

# %% [markdown] tags=["q6", "hints"]
# 1. `table = post_counts.unstack(fill_value=0)[tiers]` puts the tiers side by side.
# 2. The cell before the lesson's first figure turns `table` into `shares`; take that line.
# 3. `shares.plot.barh(stacked=True, ax=axes)` draws.
#    Then `axes.set_title("…")`, `axes.set_xlabel("…")` and `axes.set_ylabel("…")` name things.

# %% [markdown] tags=["q6", "solution-note"]
# Shares make platforms of different size comparable; counts would only show that Tikkeron is large.

# %% [markdown] tags=["q7", "task"]
# Eight people say what SOCMINT is.
# Whose definition does each follow: *capability*, *process*, *tools* or *marketing*?
# Use the form as in Q3: run, copy, paste in place of the dots, and write one word in each line.
# Each line counts the same.

# %% tags=["q7", "given"]
heard = [
    [
        "We study what users like, and who makes others like it.",
        "Because we collect from social media, we now have techniques that we lacked.",
        "It is software that puts posts in order for people who defend computers.",
        "Before we hand anything on, we check whether it is true.",
    ],
    [
        "It is a sum of applications and skills, whatever they are used for.",
        "Some of our steps intrude and some do not; all serve somebody who must decide.",
        "We want to know today what people will buy or do tomorrow.",
        "Buy the whole set of solutions, and your cyber analysts can read any feed.",
    ],
]

# %% tags=["q7", "given"]
heard += [
    [
        "It is a row of steps: from finding posts to knowing a little more before a choice.",
        "You install one package, and it sorts the data in which hackers leave their traces.",
        "It means that an office can now do with social media what it could not do before.",
        "We count how often our brand is named, and whether people sound pleased.",
    ],
    [
        "It is a product that helps the guards of a network to read their data.",
        "We look for the few voices whom all customers follow.",
        "We gather, test and weigh posts, so that the chief decides with fewer unknowns.",
        "Whoever has learned to draw on such platforms has it, with or without a goal.",
    ],
]
dice = random.Random(len(case.posts))  # each world throws its own dice
sayings = [saying for four in dice.sample(heard, 2) for saying in four]
dice.shuffle(sayings)

# %% tags=["q7", "given"]
print('"""')
for number, saying in enumerate(sayings, start=1):
    print(f"{saying}\ns-{number} ...\n")
print('"""')

# %% tags=["q7", "answer"]
matches = (
    ### BEGIN SOLUTION
    "\n".join(  # again a codebook, for the sixteen sayings of all worlds
        f"s-{number} {definition}"
        for number, saying in enumerate(sayings, start=1)
        for definition, phrases in {
            "marketing": ["like it", "will buy", "brand", "customers"],
            "process": ["is true", "who must decide", "row of steps", "chief decides"],
            "tools": ["software", "solutions", "package", "product"],
            "capability": ["techniques", "skills", "can now do", "has learned"],
        }.items()
        if any(phrase in saying for phrase in phrases)
    )
    ### END SOLUTION
)

# %% tags=["q7", "check"]
check.q7(read_form(matches, "statement", "definition"))

# %% [markdown] tags=["q7", "hints"]
# 1. Print the four definitions again: they stand in the lesson.
# 2. Look for the goal of each saying: a decision, a sale, the safety of computers, or none?
# 3. Two definitions name means only.
#    One of them says what you become able to do, and the other what you can get.

# %% [markdown] tags=["q7", "solution-note"]
# Only *process* speaks of checking and of a decision; *marketing* speaks of what people like and will do.
# *tools* is for those who defend computers; *capability* names means without a goal.

# %% [markdown] tags=["q8", "task"]
# The chief says: "It is public, so we may collect it all."
# Advise her in about 120 words (80 to 160).
# Say how many percent of the posts were public (Q2).
# Say what repetition or system changes.
# Say what content may be private, though public.
# Say who must agree, and for what purpose.
# The check only looks for words; your instructor reads the reasons.

# %% tags=["q8", "answer"]
# Put three quotation marks """ before your text and after it: then it may have several lines.
advice = (
    ### BEGIN SOLUTION
    f"""
Chief, {open_share:.0f} percent of the posts here were public. That tells us only that no account is needed
to see them. It does not tell us what we may do.
One look at a public page is a line in the desk log. Daily looks for three weeks, or a copy of thousands of
posts, build a picture of a person, and need an authorising officer. Content matters too: people post
about health, belief, family and home where anybody can read it, and most of them are bystanders.
A tool makes collecting easy, but it brings no purpose and no authority.
I advise three steps. First, write down the question that we must answer. Second, choose the gentlest
conduct that answers it; counts without names may be enough. Third, ask the authorising officer before we
begin, with an end date and a limit.
    """
    ### END SOLUTION
)

# %% tags=["q8", "check"]
check.q8(advice)

# %% [markdown] tags=["q8", "hints"]
# 1. Begin with what the chief has right: how much is public, and what does that tell you?
# 2. Compare one look with three weeks of daily looks, and say who must agree to each.
# 3. Give one example of public content that is private, then end with what you advise.

# %% [markdown] tags=["q8", "solution-note"]
# Tier, conduct, content, authority: one sentence each, then advice that can be followed.

# %% [markdown] tags=["q8", "rubric"]
# **4 points**, one for each:
#
# - It says why repetition or system changes the class: the looks add up to a picture of a person.
# - It names private content that can be public, and bystanders or other people who are touched.
# - It ties collection to a purpose and to a person who may allow it, at a level that fits.
# - It gives advice that can be followed: a question, a limit, an end date or a gentler way.
#
# *Sample, 4 points:* the solution of this lab, as it stands.
#
# *Sample, 2 points:* "Chief, I understand why you want the tool, and many other forces have bought one.
# But people write about their health, their children and their faith on pages that anybody can see.
# Most of them have nothing to do with our case, and we would read them too.
# Collecting all of it every day is a big thing.
# So we need the permission of an authorising officer, who must know for which purpose we ask.
# I think that we should be careful with the tool and think about it again next month."
#
# It earns the points for content and for authority.
# It calls daily collecting "a big thing" and does not say why.
# "Be careful" cannot be followed: it names no question, no limit and no end date.

# %% [markdown]
# ## Intrusion reading
#
# What did your own work cost the people in this world?
# **Intrusion points** are the course's price of reading one item: a point to argue about, not a law.
# A post costs 1 (public), 2 (registered), 6 (friends) or 15 (private).
# The **tasking** is the written order of a case, and it names accounts.
# If an author is a **bystander**, somebody whom the tasking does not name, a post costs three times as much.

# %%
price = {"public": 1, "registered": 2, "friends": 6, "private": 15}
bystander = ~case.posts["account_id"].isin(case.subjects["account_id"])
points = case.posts["tier"].map(price) * bystander.map({True: 3, False: 1})
reading = pd.DataFrame({"tier": case.posts["tier"], "by_bystanders": bystander, "points": points})
reading = reading.groupby("tier").agg(
    posts=("tier", "size"), by_bystanders=("by_bystanders", "sum"), points=("points", "sum")
)
reading.loc[tiers]

# %% [markdown]
# You read none of these posts: you counted rows without names, and that costs far less.
# The points show what "collect it all" would cost.
# Nearly every row belongs to a bystander.
# On real data you would not even have the last two rows: friends and private posts are behind a wall.

# %% [markdown] tags=["footer"]
# Before you go on: which single count would have answered the chief's question?
