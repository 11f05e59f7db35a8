# %% [markdown] tags=["header"]
# Gold, guns, a tiger, a song about the neighbours: a chief sees it and says, "That is the gang."
# How much of it is crime, and how much is show?
#
# **Before you start.**
# The lesson speaks of violence, without pictures.
# Pause when you like, and talk to somebody if something stays with you.
# Tables of claims can wait.

# %% [markdown]
# ## How to read the claims
#
# Sources A, B and C of module M01 make many claims.
# Tables list them as corrected, and how sure we are:
#
# - **checked**: compared with the record.
# - **says**: the source says so, and we found no more.
# - **view**: an opinion, a forecast, or disputed.
#
# Handles and most names stay out: some of these people did nothing.

# %%
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_case, quiz, show
from socmint.figures import COLOURS
from socmint.matching import bits_apart

pd.set_option("display.max_colwidth", None)  # show long texts in full
case = open_case("crime_on_show", seed=7)  # the lab has another world

# %% [markdown]
# ## From silence to show
#
# Crime used to hide.
# Some of it now shows off, and many groups stay quiet.
# What a group shows in public is its **window**.
# To **boast** is to say with pride what you have or did.
#
# | claim | source | how sure |
# |---|---|---|
# | From *omertà* (silence) to boasting, in some groups | A | says |
# | **Cyberbanging**: show power, recruit, act against enemies; research says *internet banging* | A, B | checked |
# | US and Canadian authorities use the word; B reports it, and did not define it, as A says | A, B | checked |
# | The furtive trade got a shop window | B | view |
# | California gangs boast, hired killers take selfies, young mafiosi show glamour | B | says |
# | *Narcojuniors*: a second generation, said to inherit and show off | A, B | says |
# | Crime as popular culture, an alternative lifestyle | B | view |
# | Pictures travel, and add power and prestige | B | says |
# | Graphic images of unpunished crime are easy to find (do not look for them) | B | says |

# %% [markdown]
# ## Six uses
#
# Do not ask what a post looks like.
# Ask what it wants from its reader.
#
# | use | the post … |
# |---|---|
# | display | shows money, power or style, or mocks another crew |
# | recruitment | offers a place or a task |
# | intimidation | wants somebody to be afraid |
# | targeting | asks or tells where a person or a patrol is |
# | propaganda | says that the crew is good for people |
# | fraud | asks for money or data with a false story |

# %% tags=["exercise"]
# Your turn: replace each "display" by the use. The words mislead, so ask what the post wants.
mine = ["display", "display", "display", "display", "display", "display"]
right = {
    "Everybody wants into our crew. Look at this car.": "display",
    "Summer job for you, only pay the form first.": "fraud",
    "Come all, free ice cream, the crew loves you.": "propaganda",
    "We need two drivers. Write if you are bored.": "recruitment",
    "Pretty garden, teacher. Dry, too.": "intimidation",
    "Nice night. Is the guard still at the gate?": "targeting",
}
for use, (text, answer) in zip(mine, right.items(), strict=True):
    print("right:  " if use == answer else "not yet:", text)

# %% [markdown]
# ## Do two readers agree?
#
# Were you caught by the garden?
# A dry garden burns, and the teacher is told so.
# Coding is judgement, so let two people code the same posts.
# Here are sixty older posts: rows are the first colleague, columns the second.

# %% tags=["figure"]
uses = ["display", "intimidation", "propaganda", "recruitment", "fraud", "targeting"]
past = case.past_codes
matrix = pd.crosstab(past["first"], past["second"]).loc[uses, uses]
fig, axes = plt.subplots(figsize=(7, 4.5))
axes.imshow(matrix, cmap="Blues", vmax=40)
for (y, x), number in np.ndenumerate(matrix):
    axes.text(x, y, number or "", ha="center", va="center")
axes.set_xticks(range(6), uses, rotation=30, ha="right")
axes.set_yticks(range(6), uses)
axes.set(title="They differ most where one sees a threat", xlabel="second", ylabel="first")
show(fig, alt="Matrix of codes; most on the diagonal, seven displays coded as intimidation.")

# %% [markdown]
# On the diagonal both agree.
# Seven posts in the upper row are display for one and intimidation for the other.
#
# How much agreement comes by chance?
# **Cohen's kappa** takes it away: (agreed − chance) / (1 − chance).
# It is 1 if all codes are equal, and 0 if chance does as well.

# %%
agreed = (past["first"] == past["second"]).mean()
one, two = (past[name].value_counts(normalize=True) for name in ("first", "second"))
chance = (one * two).sum()  # both say display by chance, or both say fraud, and so on
print(f"agreed {agreed:.2f}, chance {chance:.2f}, kappa {(agreed - chance) / (1 - chance):.2f}")

# %% [markdown]
# **Break it.**
# A lazy colleague says display each time.
# **Your turn.** Try `"intimidation"` as well: what does the share of equal codes tell you?

# %% tags=["break-it", "exercise"]
lazy = "display"
agreed = (past["first"] == lazy).mean()
chance = agreed * 1  # the lazy one always says it
print(f"agreed {agreed:.2f}, kappa {(agreed - chance) / (1 - chance):.2f}")

# %% [markdown]
# ## Mockery, calling out, threat
#
# Research with young people tells apart **dissing** (laughing at somebody), **calling out** (asking for a fight) and a **direct threat** [R55].
# Outsiders often hear the third in the first.
# A threat names a target, and a time, a means (such as fire) or a hint.
#
# | claim | source | how sure |
# |---|---|---|
# | New York, 2014: local news saw enemies tagged before killings, and quarrels begun online; research finds real triggers and much misreading | B | says |

# %% [markdown]
# ## Recruitment
#
# | claim | source | how sure |
# |---|---|---|
# | Networks serve to recruit members and victims, intimidate, exploit, coerce | B | says |
# | Luxury, reputation and money draw recruits, "like jihadists"; nobody measured the likeness | A | view |
# | Criminal groups meet vulnerable people without borders | A | says |
# | **Priming** ("primer effect"): exposure may lead to similar thoughts and violence | A | view, disputed |
# | Violent games and channels grew in 10 to 15 years; that shows no cause | A | says |
# | A double-edged sword: networks unite, and promote violence | A | view |
# | Individualism, relativism and instability make people depend on information | A | view |
# | "Most members are young and inexperienced"; A also claims a strict hierarchy | A | view |

# %% [markdown]
# Counsellors watch for **moves**: an offer, flattery, an invitation to another room.
# Each is ordinary.
#
# **Break it.** Who makes all three?
#
# **Your turn.** Then ask for a shut door as well: add `& ~moves["open door"]` before the last bracket.

# %% tags=["break-it", "exercise"]
people = {  # offer, flattery, other room, open door
    "trainer": [0, 1, 0, 1],
    "baker with a job": [1, 0, 0, 1],
    "friend, secret party": [0, 0, 1, 0],
    "loud singer": [0, 1, 1, 0],
    "youth worker": [1, 1, 1, 1],
    "stranger": [1, 1, 1, 0],
}
names = ["offer", "flattery", "other room", "open door"]
moves = pd.DataFrame(people, index=names).T.astype(bool)
moves[moves["offer"] & moves["flattery"] & moves["other room"]]

# %% [markdown]
# The youth worker uses the same words, and helps.
# What differs is the **door**.
# *Open*: a place, an hour, "bring a friend", a profile that says who speaks.
# *Shut*: "say nothing at home", and nobody tells what the task is, or who speaks.

# %% [markdown]
# ## A name on an account
#
# **Attribution** says who is behind an account: a finding with evidence.
# A handle, a photo and a press report are claims.
#
# A profile ran under a false name.
# Reporters asked, and nobody knew who wrote under a jailed leader's name.
# A woman became a "leader" through photos that were mostly not hers.
#
# | claim | source | how sure |
# |---|---|---|
# | L'Espresso, July 2014: luxury and insults to police by an *alleged* young member, arrested in June; the profile had a false name | A | checked |
# | B's "proof" of a tendency: this one report | B | checked |
# | Accounts in the names of a leader's sons: parties, animals, cash, guns; in 2016 two sons called all such accounts false | A, B | checked |
# | They defended him after his arrest in February 2014 (convicted 2019); "tens of thousands" follow, in Spanish "thousands" | B | checked |
# | Two unverified accounts: 84,000 and 590,000 followers (380,000 in 2015) | A | checked |
# | A woman "led an armed wing": she denied it, no proof came, her children were bullied | B | checked |
# | A man names a cartel as employer; guns, 4x4 | C | says |
# | Gilded guns, tiger, rifle from a car: public, unverified profiles | C | says |
# | Caption: a leader arrested in Mexico City, 2 May 2017 | A | checked |

# %% tags=["exercise"]
# Your turn: an account uses a jailed leader's name. Which words may stand in your report?
mine = "his account"
verdict = {
    "his account": "no: nobody has shown whose it is",
    "his family's account": "no: a guess",
    "an account with 590,000 supporters": "no: parody and curiosity follow, too",
    "an unverified account using that name": "yes: it says what you know",
}
verdict.get(mine, f"choose one of: {list(verdict)}")

# %% [markdown]
# ## Their own media house
#
# A view is a counter on a day: it is not support, and not truth.
#
# | claim | source | how sure |
# |---|---|---|
# | Cartels act as their own media company; earlier groups lacked that reach | C | view |
# | *Narcomensajes* (short messages on killings) online from 2005, later videos | A | says |
# | Video of aid after Hurricane Ingrid (September 2013): nearly 500,000 views | C | says |
# | A leader's speech: 900,000 views, 60 times 15,000 of the president; the sum is right, later counts differ | C | checked |
# | Page posing as a small business: 10,000 likes, then closed; another report: 779 followers | A, C | says |
# | Yakuza page, April 2014, in an anti-drug league's name; such groups are not illegal as such | A, B | checked |

# %% [markdown]
# ## Borrowed pictures
#
# Who took the picture?
# A **perceptual hash** is 64 bits that stay nearly equal when a picture is copied and scaled.
# A **stock** holds pictures that anybody can buy.
# Count the bits between each weapon picture and the nearest stock picture.

# %% tags=["figure"]
armed = case.media.loc[case.media["subject"] == "weapon style", "phash"]
stock = case.stock_pictures["phash"]
bits = armed.map(lambda own: min(bits_apart(own, other) for other in stock))
fig, axes = plt.subplots(figsize=(7, 2.6))
axes.bar(*zip(*bits.value_counts().items(), strict=True), color=COLOURS["blue"])
near = (bits <= 8).sum()
axes.set_title(f"{near} of {len(bits)} weapon pictures lie close to a stock picture")
axes.set(xlabel="bits from the nearest stock picture", ylabel="pictures (count)")
axes.yaxis.get_major_locator().set_params(integer=True)
show(fig, alt="Bars of distances: a group from 0 to 5 bits, then a gap, then the rest from 14 on.")

# %% [markdown]
# See the gap between 5 and 14 bits.
# On the left are copies; on the right we know only that *this* stock does not hold them.
# A copy shows taste, and no weapon.
#
# **Your turn.** Move the limit: when do lookalikes come in, when do copies get lost?

# %% tags=["exercise"]
limit = 20
print((bits <= limit).sum(), "pictures within", limit, "bits")

# %% [markdown]
# ## Boast or evidence
#
# A boast is a claim.
# It shows *knowledge* if it names deed and place, hours after the event, before the log is public.
# A witness knows as much, so it proves no authorship.
# Give a probability, never 0 or 1.
#
# **Your turn.** Change the number, 0 to 9.
# Do deed, place and time fit one event?

# %% tags=["exercise"]
number = 0
boasts = case.boast_cards.merge(case.posts, on="post_id")
said = boasts.iloc[number]
print(said["time"], "|", said["text"])
log = case.incidents.merge(case.places[["place_id", "name"]], on="place_id")
hours = (said["time"] - log["time"]).dt.total_seconds() / 3600
log.loc[hours.abs() < 72, ["time", "kind", "name", "reported"]]

# %% [markdown]
# ## Targets and victims
#
# | claim | source | how sure |
# |---|---|---|
# | Online information serves to kidnap, extort, intimidate enemies, officials, journalists | B | says |
# | Cartel analysts read public mood and troop movements | C | says |
# | Victims found by the whereabouts they post | A, C | says |
# | 2013: a blogger said "run" and vanished, the partner fled; fate unknown | C | says |
# | "Reverse hacking" unmasks bloggers: claimed, not shown | C | view |
# | Chileans protested at the murder of journalist Javier Valdez, May 2017 | A | checked |
# | The same technology could trace or lure somebody to be killed | C | view |

# %% [markdown]
# **Virtual kidnapping**: a caller claims a hostage, and nobody was taken.
# **Express kidnapping** is a real, short abduction.
# Keep the two apart: the first advice differs.
#
# | claim | source | how sure |
# |---|---|---|
# | A call claims a hostage, with details that sound real; C says "express", the term is *virtual*; no hacked phone is needed | C | checked |
# | Specialists kidnapped for skills: "several", in Spanish "dozens", in four years | B | says |
# | At least 36 engineers and technicians vanished by 2012 (press count), one from IBM; "slaves" is inference | C | checked |

# %% [markdown]
# ## The weak side
#
# Showing off leaves traces.
#
# | claim | source | how sure |
# |---|---|---|
# | Technology that helps a group becomes its weak spot ("Achilles heel") | C | view |
# | Criminals, too, can be attacked online | B | says |
# | Anonymous and the Zetas, 2011, as B tells it: a threat to reveal, unless a hostage is freed | B | checked: near |
# | As C tells it: attack, hired experts, abduction, retreat; no abduction and no stolen data were ever shown | C | checked: order wrong |

# %% [markdown]
# ## A filter for style
#
# The case of this world is closed.
# Courts decided about 120 accounts.
# Which of them used the tags and pictures of the style?

# %%
posts, review = case.posts, case.case_review
loud = posts["hashtags"].str.contains("OldQuayKings|quayours|elmuelleesnuestro", na=False)
weapon = case.media.loc[case.media["subject"] == "weapon style", "post_id"]
own = posts["repost_of"].isna()  # no reposts
users = posts.loc[(loud | posts["post_id"].isin(weapon)) & own, "account_id"]
style = review["account_id"].isin(users)
member = review["outcome"] == "member"

# %% tags=["figure"]
fig, panels = plt.subplots(1, 2, figsize=(8, 3.4))
for axes, rows, name in zip(panels, (style, ~style), ("the style", "no style"), strict=True):
    spot, inside = pd.Series(range(rows.sum())), (rows & member).sum()
    for part, colour, mark in ((spot[:inside], "red", "s"), (spot[inside:], "sky", "o")):
        axes.scatter(part % 10, -(part // 10), color=COLOURS[colour], marker=mark, s=45)
    axes.set(title=f"With {name}: {inside} of {len(spot)} are members", xlim=(-1, 10), ylim=(-7, 1))
    axes.axis("off")
show(fig, alt="Each account a mark: about three of ten users of the style are members.")

# %% [markdown]
# Squares are members, circles are people with no offence found.
# About seven of ten flags would hit a fan or a boaster.
# Some members never use the style.
#
# **Your turn.**
# A seller says: "Our filter finds most members."
# Which line speaks for a flagged person?
# Change `town` to 2,000: the style is in fashion.

# %% tags=["exercise"]
print(f"of the members {style[member].mean():.0%} use the style")
print(f"of the users of the style {member[style].mean():.0%} are members")
town = 600  # users of the style in a town of 20,000, say: 3 in 100
print(f"in a whole town: {(style & member).sum() / town:.1%}")

# %% [markdown]
# ## When you meet somebody in danger
#
# Look for *two* cues together: visits or payments that bring nothing, and a wish to talk.
# One cue alone is mostly a joke.
# Then stop analysing, write an **alert** in one line, and never answer in public:
#
# > Duty officer, please reach a-000000 in private by 18:00: two posts about unwanted calls, asks for advice.

# %% [markdown]
# ## The rule in plain words
#
# Say what the post wants.
# Say who else could have posted it.
# Ask deed, place and time of every boast.
# Read the door, not the words.
# Count people, not posts.
# A style is a style.

# %% [markdown]
# ## What this does not show
#
# - Six uses are a teaching model; a post can have two.
# - One closed case gives no rate for your town.
# - Quiet groups leave no window at all.
# - Invented chats are cleaner than real ones: a person who works with young people decides, no word list.

# %% [markdown]
# ## Key points
#
# - Most of the window only displays.
# - Two readers and kappa show where a codebook is unclear.
# - An account with a name is an unverified account using that name.
# - A match of deed, place and time shows knowledge.
# - Most users of a style did nothing, and some members never use it.

# %% tags=["recall"]
quiz("crime_on_show")

# %% [markdown] tags=["footer"]
# In the lab you look into a window of your own.
#
# Claims: M04-01, M04-02, M04-03, M04-04, M04-05, M04-06, M04-07, M04-08, M04-09, M04-10, M04-11, M04-12, M04-13, M04-14, M04-15, M04-16, M04-17, M04-18, M04-19, M04-20, M04-21, M04-22, M04-23, M04-24, M04-25, M04-26, M04-27, M04-28, M04-29, M04-30, M04-31, M04-32, M04-33, M04-34, M04-35, M04-36, M04-37, M04-38, M04-39, M04-40, M04-41, M04-42, M04-43, M04-44, M04-45, M04-46, M04-47
