"""Messages and posts in closed groups are varied, fit each other, and hide no planted line."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_helpers import world

from synthetic_data import chat, measures, messages, pools, realism
from synthetic_data.messages import ADD, CLOSE, GLAD, LONGEST, MORE, NO, OPEN, PITY, WAIT, YES

CASES = pytest.mark.parametrize(
    "which", [("lantern", 1, 2000), ("lantern", 3, 2000)], ids=lambda which: str(which[1])
)


def one(topic, move, line, number, index):
    """A line of the grammar in English, written as line `index` of topic `number`."""
    path = "message", topic, move
    place = chat.lists(*path)[0, 0] + chat.blocks("en")[path].index(line)
    rows = (np.array([value]) for value in (index, number, 0, 1))
    return chat.write("one", *rows, [np.array([[0, 1, 0]]), np.array([[place, 1, 1_000_000]])])[0]


def marked(code, lines):
    """The slots that have one value in a topic, those inside words with them."""
    words = pools.grammar(f"chat.{code}")["words"]
    found = set()
    for name, mark in re.findall(r"{(\w+)(!?)}", " ".join(lines)):
        found |= {name} if mark else marked(code, words.get(name, []))
    return found


# Varied.


@CASES
def test_talk_is_varied_as_posts_are(which):
    found = realism._talk(world(*which))
    assert len(found) == 8
    for name, value in found.items():
        low, high, _ = realism.TARGETS[name]
        assert low <= value <= high, name
    assert all(
        value is None for value in realism._talk(world("village", 1, 240)).values()
    )  # there is none


def test_talk_of_a_large_world_is_varied_in_both_languages():
    made = world("lantern", 1, 20_000)
    for name in ("messages", "group_posts"):
        for code in pools.LANGUAGES:
            table = made.tables[name]
            text = table.loc[table["language"] == code, "text"]
            assert measures.near_duplicates([x for x in text if len(x.split()) >= 5]) < 0.05


@CASES
def test_no_mark_of_the_grammar_stands_in_talk(which):
    for name in ("messages", "group_posts"):
        table = world(*which).tables[name]
        assert not table["text"].str.contains(r"[{}|(]|  ").any(), name
        # What fills a slot fits the words before it.
        for code, wrong in (
            ("en", r"\ba [aio]\w|\b(on|the|at) \1\b"),
            ("es", r"\b(?:a|de) el (?!\d)"),
        ):
            text = table.loc[table["language"] == code, "text"].str.lower()
            assert not [line for line in text if re.search(wrong, line)], name


@CASES
def test_talk_has_slang_slips_and_emoji_in_both_languages(which):
    made = world(*which)
    for name in ("messages", "group_posts"):
        for code, short in (("en", r"\b(?:u|pls|thx)\b"), ("es", r"\b(?:q|xq|grax|pa)\b")):
            table = made.tables[name]
            text = table.loc[table["language"] == code, "text"]
            # Letters and the marks of both languages apart, what is left are emoji.
            emoji = text.str.contains(r"[^\w\s.,;:!?¡¿'\"@()|/+-]")
            assert 0.05 < emoji.mean() < 0.3, (name, code)
            assert 0.02 < text.str.contains(short).mean() < 0.4, (name, code)
            first = text.str.replace("[¡¿]", "", regex=True).str[0]
            assert 0.1 < first.str.isupper().mean() < 0.5
        assert table["text"].str.len().max() <= 280


def test_slips_change_few_letters_and_no_line_is_lost():
    plain = "I left the keys with grandad"
    for number in range(600):
        line = chat._slip(plain, number)
        # Two letters change places, or one stands twice.
        assert sorted(line) == sorted(plain) or len(line) == len(plain) + 1
        assert sorted({*line}) == sorted({*plain}) and line.split()[0] == "I"
    assert {chat._slip("a bc 12 de", n) for n in range(600)} == {"a bc 12 de"}
    assert chat._slip("house", 0) == "huose" and chat._slip("house", 256 + 4) == "hoouse"


# Fitting.


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5, unique=True), st.text(min_size=1))
def test_turns_of_a_thread_follow_each_other(once, path):
    once = np.array(once)
    second, move, topic, there = messages.turns(path, once, np.full(len(once), LONGEST))
    assert there.all() and (move[:, 0] == OPEN).all() and not second[:, 0].any()
    for who, moves, about in zip(second.tolist(), move.tolist(), topic.tolist(), strict=True):
        for turn, kind in enumerate(moves):
            begin = max(n for n in range(turn + 1) if moves[n] == OPEN)
            so_far, asked = moves[begin:turn], who[begin]
            assert about[turn] == about[begin] == moves[: turn + 1].count(OPEN) - 1
            said = {YES, NO} & set(so_far)
            if kind in (YES, NO):  # the other one, once
                assert who[turn] != asked and not said
            elif kind in (GLAD, PITY):  # who asked, after what was said
                assert who[turn] == asked and said == {{GLAD: YES, PITY: NO}[kind]}
            elif kind == ADD:
                assert who[turn] == asked and so_far[-1] == OPEN
            elif kind == CLOSE:
                assert so_far[-1] in (GLAD, PITY) and who[turn] != who[turn - 1]
            elif kind == WAIT:
                assert who[turn] == asked and not said and {*so_far} <= {OPEN, ADD, WAIT}
            elif kind == MORE:
                assert who[turn] != asked and said and not {GLAD, PITY} & set(so_far)
            elif kind == OPEN and turn:
                assert {GLAD, PITY} & set(moves[about.index(about[turn] - 1) : turn])


def test_a_marked_slot_has_one_value_in_a_topic_and_others_in_others():
    found = set()
    for number in range(40):
        asks = one("visit", "open", "{fam!} asks when you come", number, 2 * number)
        glad = one("visit", "glad", "{fam!} will be over the moon", number, 2 * number + 1)
        who = asks.split(" asks when")[0]
        assert glad.startswith(who + " will be over the moon")
        found.add(who)
    assert len(found) > 10


def test_each_topic_has_every_turn_in_both_languages():
    english, spanish = map(chat.blocks, pools.LANGUAGES)
    assert english.keys() == spanish.keys()
    for kind, moves in (("message", messages._MOVES), ("group", ("post", "reply"))):
        topics = {path[:-1] for path in english if path[0] == kind}
        assert len(topics) > 40
        for topic in topics:
            assert {path[-1] for path in english if path[:-1] == topic} == set(moves)
    assert chat.topics("group") == ["any", *pools.grammar("chat.en")["themes"]]


def test_frozen_talk_is_what_the_grammars_give():
    frozen, fresh = pools.frozen(chat.FROZEN, chat._files()), chat.make()
    assert frozen is not None, "a grammar changed: run python -m synthetic_data.pool_builder"
    assert frozen.keys() == fresh.keys()
    for name, values in fresh.items():
        assert np.array_equal(frozen[name], values), name
    assert pools.frozen(chat.FROZEN, chat._files()[1:]) is None  # other files, another digest


@pytest.mark.parametrize("code", pools.LANGUAGES)
def test_answers_take_up_what_was_asked(code):
    blocks = chat.blocks(code)
    for topic in chat.topics("message"):
        asked = marked(code, blocks["message", topic, "open"])
        answers = [
            line
            for move in ("yes", "no", "glad", "pity")
            for line in blocks["message", topic, move]
        ]
        assert asked & marked(code, answers), topic


def test_a_group_talks_about_what_its_name_says():
    made = world("lantern", 1, 2000)
    names = made.tables["groups"].set_index("group_id")["name"]
    posts = made.tables["group_posts"]
    about = names[posts["group_id"]].str.contains("cards|cartas|card night").to_numpy()
    said = posts["text"].str.contains(r"\b(?:cards|deck|shuffle|rematch|cartas|baraja|revancha)\b")
    assert about.sum() > 10
    assert said[about].mean() > 0.12 > 10 * said[~about].mean()


@CASES
def test_answers_in_groups_come_soon_and_from_somebody_else(which):
    # By chance two neighbouring posts of a group lie hours apart.
    posts = world(*which).tables["group_posts"].sort_values(["group_id", "time"])
    near = posts["group_id"].eq(posts["group_id"].shift())
    soon = near & (posts["time"].diff().dt.total_seconds() < 3600)
    assert soon.mean() > 0.25
    other = posts["account_id"].ne(posts["account_id"].shift())
    assert other[soon].mean() > 0.8


# Nothing that shines.


def planted(made, name):
    if name == "messages":
        kinds = made.truth["threads"].set_index("thread_id")["kind"]
        return (made.tables[name]["thread_id"].map(kinds) != "ordinary").to_numpy()
    rows = {*made.truth["evidence"]["row"], *made.truth["sensitive"]["row"]}
    return made.tables[name]["group_post_id"].isin(rows).to_numpy()


@pytest.mark.parametrize("which", [("lantern", seed, 2000) for seed in (1, 3, 6)])
@pytest.mark.parametrize("name", ["messages", "group_posts"])
def test_neither_length_nor_rare_words_tell_planted_lines(which, name):
    made = world(*which)
    mine, text = planted(made, name), made.tables[name]["text"]
    assert mine.sum() >= 7
    words = [set(measures.words_of(line)) for line in text]
    known = Counter(word for line in words for word in line)
    rare = [np.mean([-np.log(known[word]) for word in line] or [0]) for line in words]
    for score in (text.str.len().to_numpy(), np.array(rare)):
        for order in (np.argsort(score, kind="stable"), np.argsort(-score, kind="stable")):
            hit = mine[order].cumsum() / np.arange(1, len(mine) + 1)
            # However the line is drawn that takes a third of them in or more, four in five of what
            # it takes in are ordinary.
            enough = mine[order].cumsum() >= mine.sum() / 3
            assert hit[enough].max() < 0.2


@CASES
def test_words_of_the_case_stand_in_ordinary_lines_too(which):
    made = world(*which)
    for name in ("messages", "group_posts"):
        mine, text = planted(made, name), made.tables[name]["text"].str.lower()
        for word in (r"\b(?:key|llaves?|keys)\b", r"\b(?:parcel|paquete|saturday|sábado)\b"):
            said = text.str.contains(word).to_numpy()
            assert (said & ~mine).sum() > (said & mine).sum(), (name, word)
