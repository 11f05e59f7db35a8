# %% [markdown] tags=["header"]
# A chief looks at posts with gold, guns and songs, and says: "That is the gang, so list them."
# Say what this window shows, and what it does not.
#
# **Before you start.**
# The texts mention violence and pressure on young people; there are no pictures.
# Pause when you like: your answers stay.
# If something stays with you, talk to somebody you trust.
#
# Dual use: a filter for a style could be turned on any youth scene.
# It is computed on a closed case to show whom it hurts; wrong names in Q3 cost double.

# %%
import pandas as pd

from socmint import open_lab
from socmint.matching import bits_apart

case, check = open_lab("crime_on_show")
cards, posts = case.use_cards, case.posts


def page(table, **formats):
    """Show a table with its whole texts, on the left side."""
    left = {"text-align": "left"}
    styles = [{"selector": "th", "props": [("text-align", "left")]}]
    shown = table.style.hide(axis="index").set_properties(**left).set_table_styles(styles)
    return shown.format(formats)


case

# %% [markdown] tags=["q1", "task"]
# What is each of the 120 posts *for*?
# Run the next two cells: the codebook and the posts.
#
# For each use write a few words that show it, with `|` between them: `"soup|blankets"`.
# `code` gives each post the first use in your list whose words it holds, and display to the rest.
# The cell then shows what it coded: read it, and add words.
# Single posts can be mended in `by_hand`.
#
# Every post counts the same, and display for all of them earns nothing.
# Q2 uses your codes.

# %% tags=["q1", "given"]
codebook = {
    "fraud": "asks for money or data with a false story",
    "targeting": "asks or tells where a person or a patrol is",
    "recruitment": "offers a place or a task in the crew",
    "intimidation": "wants somebody to be afraid: it names a target, and a time, a means or a hint",
    "propaganda": "says that the crew is good for people, or asks for their applause",
    "display": "shows money, power or style, or mocks another crew",
}
page(pd.DataFrame(codebook.items(), columns=["use", "what the post does"]))

# %% tags=["q1", "given"]
# Like ones stand together. A grocer sells food, a fee is money for a service.
for card in cards.sort_values("text").itertuples():
    print(card.card_id, card.text)

# %% tags=["q1", "given"]


def code(words, by_hand):
    """Give each card the first use whose words it holds, then mend it by hand."""
    if words is ...:
        return ...
    if not isinstance(words, dict):
        raise TypeError('words is a dict, such as {"fraud": "word|two words"}')
    use = pd.Series("display", index=cards.index)
    for name in reversed(words):  # from the last to the first, so that the first one wins
        parts = words[name] if isinstance(words[name], str) else "|".join(words[name])
        use[cards["text"].str.contains(parts)] = name
    for card, name in by_hand.items():
        use[cards["card_id"] == card] = name
    return cards.assign(use=use)


def show_codes(coded):
    """Print the texts by use, each wording once."""
    if isinstance(coded, pd.DataFrame):
        for name, texts in coded.groupby("use")["text"]:
            print(f"\n{name}: {len(texts)}", *texts.drop_duplicates().sort_values(), sep="\n   ")


# %% tags=["q1", "answer"]
# A dict such as {"fraud": "word|two words", "targeting": "…", …}; display needs no words.
words = (
    ### BEGIN SOLUTION
    {  # parts of sentences say more than single words: "owes you", not "money"
        "fraud": "crowns for|crowns to|owes you|double your|deposit|collecting",
        "targeting": "who has seen|tell us|seen now|still at the",
        "propaganda": "soup|mends|likes,|film|concert|afraid",
        "intimidation": "close early|talked on|until Friday|notebook|glass|flowers for",
        "recruitment": "room in|tired of|jacket|scooter|grows|come and ask|places open",
    }
    ### END SOLUTION
)
by_hand = {}  # corrections, such as {"u-017": "fraud"}
coded = code(words, by_hand)
show_codes(coded)

# %% tags=["q1", "check"]
check.q1(coded)

# %% [markdown] tags=["q1", "hints"]
# 1. Begin with fraud: which posts ask for money or data?
#    Take two or three words together from each, such as `"owes you"`.
# 2. Read what is left under display.
#    Who is asked to do something there, or to fear something?
# 3. A song about another crew frightens outsiders.
#    Look for a target, and for a time, a means or a hint, before you call it intimidation.

# %% [markdown] tags=["q1", "solution-note"]
# Parts of sentences carry the deed; single words are borrowed between uses.

# %% [markdown] tags=["q2", "task"]
# A colleague has coded the same posts.
# How well do you two agree, beyond chance?
# Compute **Cohen's kappa** for *your* codes of Q1: (agreed − chance) / (1 − chance).
#
# `agreed` is the share of posts with equal codes.
# `chance` is the share that would be equal by chance: your share of a use times the colleague's, added up over the uses.
# Within 0.02 is right.

# %% tags=["q2", "given"]
mine = coded if isinstance(coded, pd.DataFrame) else cards.assign(use="display")
both = mine.merge(case.second_codes, on="card_id", suffixes=("", "_second"))
pd.crosstab(both["use"], both["use_second"])  # rows: you; columns: the colleague

# %% tags=["q2", "answer"]
# A comparison gives True or False in each row, and its .mean() is a share.
agreed = (
    ### BEGIN SOLUTION
    (both["use"] == both["use_second"]).mean()
    ### END SOLUTION
)
# .value_counts(normalize=True) gives the share of each use. Two of them multiply use by use.
chance = (
    ### BEGIN SOLUTION
    (
        both["use"].value_counts(normalize=True) * both["use_second"].value_counts(normalize=True)
    ).sum()  # a use that only one of the two knows is left out by .sum(), as it should be
    ### END SOLUTION
)
kappa = (
    ### BEGIN SOLUTION
    (agreed - chance) / (1 - chance)
    ### END SOLUTION
)
kappa

# %% tags=["q2", "check"]
check.q2({"codes": mine, "kappa": kappa} if kappa is not ... else ...)

# %% [markdown] tags=["q2", "hints"]
# 1. `(both["use"] == both["use_second"]).mean()` is the share of equal codes.
# 2. `both["use"].value_counts(normalize=True)` are your shares.
#    Multiply them by the colleague's, then `.sum()`.
# 3. Put both numbers into (agreed − chance) / (1 − chance).
#    Mind the brackets.

# %% [markdown] tags=["q2", "solution-note"]
# The matrix says more than the number: the two differ most where one hears a threat in a quarrel.

# %% [markdown] tags=["q3", "task"]
# Young people showed a counsellor parts of their chats, and agreed that you read them.
# Twelve people write in them.
# Which accounts make **moves of recruitment**: an offer, flattery, a move to another room, *and* a shut door?
# Somebody who says "nothing at home" shuts the door; who lets parents or friends in opens it.
#
# Give account ids in a list.
# The score is F1.
# Naming somebody who helps young people, or who only boasts, costs double.

# %% tags=["q3", "given"]
bio = case.accounts.set_index("account_id")["bio"]
for name, lines in case.shown_lines.groupby("account_id")["text"]:
    print(f"\n{name}, profile: {bio[name] or '(empty)'}", *lines, sep="\n      ")

# %% tags=["q3", "answer"]
# A list of ids, such as ["a-000001"].
recruiters = (
    ### BEGIN SOLUTION
    # Read by a codebook: does an account ever say one of these words?
    pd.DataFrame(
        {
            move: case.shown_lines["text"].str.contains(words)
            for move, words in {
                "offer": "something for you|little money",
                "flattery": "quicker than|are rare",
                "room": "other room",
                "open": "bring somebody|door is open|call me before",
            }.items()
        }
    )
    .groupby(case.shown_lines["account_id"])
    .any()
    .query("offer and flattery and room and not open")  # three moves, and no open door
    .index.tolist()
    ### END SOLUTION
)

# %% tags=["q3", "check"]
check.q3(recruiters)

# %% [markdown] tags=["q3", "hints"]
# 1. Take the moves one at a time, and note for each account which ones it makes.
# 2. More than two accounts make three of the moves.
#    What does each of them say about parents and friends?
# 3. Read the profiles of those who are left.
#    Who says openly what the evenings are for?

# %% [markdown] tags=["q3", "solution-note"]
# The same words come from a person who helps; secrecy or openness is the difference, and the profile bears it out.

# %% [markdown] tags=["q4", "task"]
# Twenty-five posts show a weapon.
# Which of the pictures are copies of stock pictures?
# You get no picture, only its **perceptual hash**: 64 bits, nearly equal for pictures that look alike.
# `bits_apart` counts the bits that differ.
#
# Give media ids in a list.
# The score is the share of copies that you name, minus the share of other pictures that you name.

# %% tags=["q4", "given"]
armed = case.media[case.media["subject"] == "weapon style"]
stock = case.stock_pictures
distance = armed["phash"].map(lambda own: min(bits_apart(own, one) for one in stock["phash"]))
print("bits from the nearest stock picture:", sorted(distance))
print("the same file as a stock picture:", armed["sha256"].isin(stock["sha256"]).sum())

# %% tags=["q4", "answer"]
# table.loc[condition, "column"].tolist() takes one column of the rows for which it is true.
copies = (
    ### BEGIN SOLUTION
    armed.loc[distance <= 8, "media_id"].tolist()  # the gap lies between 5 and 14 bits
    ### END SOLUTION
)

# %% tags=["q4", "check"]
check.q4(copies)

# %% [markdown] tags=["q4", "hints"]
# 1. Look at the sorted distances: where is the first gap?
# 2. A condition such as `distance <= 3` keeps the pictures up to there.
#    Choose your own number.
# 3. `armed.loc[condition, "media_id"].tolist()`

# %% [markdown] tags=["q4", "solution-note"]
# The limit stands in the gap; a copy says that somebody liked a picture, and no more.

# %% [markdown] tags=["q5", "task"]
# Ten posts boast of a deed, such as painted *shutters* (covers of shop windows) or a *flare* (a red signal light).
# How likely does each match an event of the incident log?
# A match names the deed *and* the place, and was posted within hours *after* the event.
# The log was public only at the time `reported`.
#
# Give a probability for each boast in a dict.
# What you give to the true outcome sets its **penalty**: 0.8 costs 0.22, 0.5 costs 0.69, 0.1 costs 2.3, 0 costs 4.6.
# A mean of 0.225 or less earns full marks, 0.69 nothing.

# %% tags=["q5", "given"]
boasts = case.boast_cards.merge(posts[["post_id", "time", "text"]], on="post_id")
boasts = boasts.sort_values("time").drop(columns="post_id")
page(boasts, time="{:%d %B, %H:%M}")

# %% tags=["q5", "given"]
log = case.incidents.merge(case.places[["place_id", "name"]], on="place_id")
log = log.sort_values("time")
hour = "{:%d %B, %H:%M}"
page(log[["time", "kind", "name", "reported"]], time=hour, reported=hour)

# %% tags=["q5", "answer"]
# By hand: {"bo-01": 0.5, "bo-02": 0.5, …}
chances = (
    ### BEGIN SOLUTION
    # Each boast beside each event: 100 pairs, of which few fit in all three ways.
    boasts.merge(log, how="cross", suffixes=("", "_event"))
    .assign(
        # What a boast says of each kind of deed.
        words=lambda pair: pair["kind"].case_when(
            [
                (pair["kind"] == "lights out", "lights"),
                (pair["kind"] == "painted shutters", "shutters"),
                (pair["kind"] == "flare over a yard", "red sky"),
                (pair["kind"].str.contains("window"), "window"),
                (pair["kind"].str.contains("nets"), "nets"),
            ]
        ),
        deed=lambda pair: [w in t for w, t in zip(pair["words"], pair["text"], strict=True)],
        place=lambda pair: [n in t for n, t in zip(pair["name"], pair["text"], strict=True)],
        soon=lambda pair: pair["time"].between(pair["time_event"], pair["reported"]),
    )
    .assign(fits=lambda pair: pair["deed"] & pair["place"] & pair["soon"])
    .groupby("boast_id")["fits"]
    .any()
    .map({True: 0.9, False: 0.05})  # never 0 or 1: a log has gaps, and chance exists
    .to_dict()
    ### END SOLUTION
)

# %% tags=["q5", "check"]
check.q5(chances)

# %% [markdown] tags=["q5", "hints"]
# 1. For each boast find the event that is nearest in time, and compare deed and place.
# 2. A boast *before* the event is no boast about it.
#    One about another place, or another deed, fits no better.
# 3. Give a high number where all three fit, a low one elsewhere, and neither 0 nor 1.

# %% [markdown] tags=["q5", "solution-note"]
# A match shows knowledge, not authorship: a witness knows the same.

# %% [markdown] tags=["q6", "task"]
# Somebody makes one person in this town pay money, and this person says so in three public posts.
# Find the person by **two cues together**: visits or payments that bring nothing, and a wish for help.
# `find("word")` shows public posts with a word; it counts whom you touch.
#
# Then write a **safeguarding alert** in one line, 10 to 45 words.
# It says who, which cues, what the person asks for, who shall act, and by when.
# It names nobody else and no address, and nobody answers in public.

# %% tags=["q6", "given"]
touched = set()


def find(pattern):
    """Return public posts with a word; remember the accounts that you touched."""
    hits = posts[posts["text"].str.contains(pattern, case=False) & (posts["tier"] == "public")]
    touched.update(hits["account_id"])
    print(f"{pattern}: {len(hits)} posts of {hits['account_id'].nunique()} accounts")
    return hits[["account_id", "text"]]


page(find("umbrella").head(3))

# %% tags=["q6", "answer"]
# First the account, such as "a-000001". Look with page(find("…")) as often as you need.
owner = (
    ### BEGIN SOLUTION
    # Who speaks of visits or of paying for peace, and also of somebody to talk to?
    find("visit this|pay for peace")
    .merge(find("whom one can talk"), on="account_id")["account_id"]
    .iloc[0]
    ### END SOLUTION
)
# Then the line between quotation marks. """ before and behind lets a text have several lines.
alert = (
    ### BEGIN SOLUTION
    f"Safeguarding officer: please reach {owner} today, in private. Three posts since 6 March "
    "speak of repeated visits and of paying for peace, and ask whom one can talk to."
    ### END SOLUTION
)
print(alert)

# %% tags=["q6", "check"]
check.q6(alert)

# %% [markdown] tags=["q6", "hints"]
# 1. What would somebody write who pays and gets nothing?
#    Try words for visits, for paying, for peace.
# 2. Many hits are jokes or bread.
#    `set(find("…")["account_id"]) & set(find("…")["account_id"])` leaves the accounts with two cues.
# 3. The parts in one line: "… officer: please reach … today; … posts about …, asks for …"

# %% [markdown] tags=["q6", "solution-note"]
# The alert is about the person in danger; who presses is another question, for another day.

# %% [markdown] tags=["q6", "rubric"]
# **2 points**, one for each:
#
# - A colleague who reads only this line would know what to do in the next hour.
# - It puts the person first: no investigation of the visitors, nothing that exposes the person.
#
# *Sample, 2 points:* the solution above.
#
# *Sample, 0 points:* "Duty officer: a-000001 pays for peace and asks for help, so watch the shop now and catch the two."

# %% [markdown] tags=["q7", "task"]
# The case is closed, and courts have decided about 120 accounts: `case_review`.
# Of the accounts that use the style of gold and guns, which percentage are members?
# An account uses the style if a post of its own has one of three tags, or shows a weapon.
# Within 1 percentage point is right.

# %% tags=["q7", "given"]
tags = posts["hashtags"].str.contains("OldQuayKings|quayours|elmuelleesnuestro", na=False)
style = posts[(tags | posts["post_id"].isin(armed["post_id"])) & posts["repost_of"].isna()]
review = case.case_review
print(len(style), "posts in the style")
review["outcome"].value_counts()

# %% tags=["q7", "answer"]
# column.isin(other column) says for each row whether its value stands in the other one.
users = (
    ### BEGIN SOLUTION
    review[review["account_id"].isin(style["account_id"])]
    ### END SOLUTION
)
share = (
    ### BEGIN SOLUTION
    100 * (users["outcome"] == "member").mean()
    ### END SOLUTION
)
share

# %% tags=["q7", "check"]
check.q7(share)

# %% [markdown] tags=["q7", "hints"]
# 1. Count accounts, not posts: `review` has one row for each account.
# 2. `review[review["account_id"].isin(style["account_id"])]` keeps the users of the style.
# 3. `(users["outcome"] == "member").mean()` is their share; the question wants percent.

# %% [markdown] tags=["q7", "solution-note"]
# The share runs from style to membership; the other way round it looks much better, and answers another question.

# %%
# Read this before Q8: two more numbers about the same filter.
styled, member = review["account_id"].isin(style["account_id"]), review["outcome"] == "member"
print("users of the style with no offence found:", (styled & ~member).sum())
print("members who never use the style:", (~styled & member).sum(), "of", member.sum())

# %% [markdown] tags=["q8", "task"]
# The chief wants a filter that flags everybody with the style.
# Advise in 60 to 140 words; about 100 are enough.
# Say what the number of Q7 means for 100 flags, who is flagged wrongly, and whom the filter misses.
# Say what must *not* follow from a style, and what to look at instead.

# %% tags=["q8", "answer"]
# Write between """ and """: such a text may have several lines.
advice = (
    ### BEGIN SOLUTION
    f"""
Of 100 accounts that such a filter flags, about {share:.0f} would be members. The others are fans and boasters
who copy tags and pictures and did nothing that a court could find. The filter also misses members: some never
use the style, and the recruiters are quiet people. So nobody may be put on a list, stopped or shared with a
partner because of a style. Look at deeds instead: a boast that fits the incident log in deed, place and hours,
an offer behind a shut door, a person who asks for help. The numbers come from one closed case and may differ
elsewhere.
    """
    ### END SOLUTION
)

# %% tags=["q8", "check"]
check.q8(advice)

# %% [markdown] tags=["q8", "hints"]
# 1. Begin with people: "Of 100 accounts that the filter flags, about …"
# 2. The cell before this question counts the wrongly flagged and the missed.
# 3. End with a way forward: which of your answers in Q3 to Q6 rest on a deed?

# %% [markdown] tags=["q8", "solution-note"]
# The number first, then both errors, then what to do: a chief who only hears no will ask somebody else.

# %% [markdown] tags=["q8", "rubric"]
# **4 points**, one for each:
#
# - The share is told as people, and it says who is flagged wrongly: fans, boasters, young people.
# - Missed members are named, so that the filter looks weak even to somebody who does not care about the rest.
# - It rules out a consequence that would hurt: list, stop, partner.
# - It offers deeds to look at, and says that the numbers hold for one case.
#
# *Sample, 4 points:* the solution above.
#
# *Sample, 1 point:* "Only 30 percent are members, so the filter needs more tags.
# We must not flag the others, and miss nobody.
# Look at music and clothes instead."

# %% [markdown]
# ## Intrusion reading
#
# Every item that you read costs **intrusion points**: tier × content × person.
# Public counts 1, a private message 15, an ordinary item 1, a bystander 3.
# The last line is what the chief's filter would have cost.

# %%
rows = [
    ("lines that young people showed", len(case.shown_lines), 12, 15 * 3),
    ("posts with a weapon", len(armed), len(armed), 3),
    ("boasts", len(boasts), len(boasts), 3),
    ("searches for the person in need", len(touched), len(touched), 3),
]
cost = pd.DataFrame(rows, columns=["step", "items", "accounts", "points each"])
cost["points"] = cost["items"] * cost["points each"]
print(cost.to_string(index=False))
print("\nall steps together:", cost["points"].sum(), "points")
print("named wrongly by the filter, 28 days each:", (styled & ~member).sum() * 28, "person-days")

# %% [markdown] tags=["footer"]
# Before you go on: which of your answers rests on what somebody did, and which on how it looked?
