"""M03 and the desk's how-to: what the lesson promises, and what counts as a repair."""

import re

import pytest
from world_helpers import world

from socmint.check import check, load_keys
from socmint.course import ROOT, load
from socmint.desk.desk import REFUSALS
from socmint.desk.policy import HEADINGS

LESSON = (ROOT / "course" / "lessons" / "authority.py").read_text(encoding="utf-8")
DECIDED = {  # by the rules as they stand in the lesson
    "E1": ("open", ""),
    "E2": ("refused", "P4"),
    "E3": ("granted", ""),
    "E4": ("refused", "P2 P3"),
    "E5": ("granted", ""),
    "E6": ("refused", "P1 P3"),
    "E7": ("granted", ""),
    "E8": ("refused", "P1"),
    "E9": ("refused", "tier"),
    "E10": ("granted urgent", ""),
    "E11": ("refused", "P2"),
    "E12": ("refused", "P6"),
    "E13": ("refused", "P5"),
    "E14": ("refused", "P2"),
}


def test_each_heading_that_the_desk_points_to_stands_in_the_lesson():
    found = re.findall(r"^# ### (.+)$", LESSON, re.MULTILINE)
    assert set(HEADINGS.values()) <= set(found)
    assert len(found) == len(set(found))


@pytest.fixture(scope="module")
def examples():
    """Run the code of the lesson, as far as it makes and decides the examples."""
    names: dict = {}
    for cell in re.split(r"^# %%", LESSON, flags=re.MULTILINE):
        head, _, code = cell.partition("\n")
        if "markdown" not in head and re.search(r"open_case\(|examples", code):
            exec(compile(code, "lesson", "exec"), names)
    return names


def test_the_lesson_decides_the_fourteen_examples_as_the_table_says(examples):
    decide, file = examples["decide"], examples["file"]
    made = {name: decide(form, file) for name, form in examples["examples"].items()}
    assert {name: (one.status, " ".join(one.rules)) for name, one in made.items()} == DECIDED


def test_the_pairs_to_teach_differ_in_what_they_teach(examples):
    forms = examples["examples"]

    def differing(one, two):
        return {field for field in forms[one] if forms[one][field] != forms[two][field]}

    assert differing("E7", "E8") == {"items"}
    assert differing("E4", "E5") == {"conduct", "level", "estimate", "ground"}


def test_the_signature_is_what_the_examples_teach():
    for name, rules in REFUSALS.items():
        assert set(DECIDED[name][1].split()) & rules
    code = (ROOT / "CODE_OF_CONDUCT.md").read_text(encoding="utf-8")
    (sentence,) = re.findall(r"the refusals (E[^*]+?) and can say why", code)
    assert set(re.findall(r"E\d+", sentence)) == set(REFUSALS)


@pytest.mark.parametrize(
    "path", ["labs/authority/authority.ipynb", "notebooks/18_desk_howto.ipynb"]
)
def test_no_learner_page_signs_for_the_learner(path):
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\", "")
    assert not re.search(r'"E9": ?"tier"', text)


def test_the_law_has_a_date_and_the_dates_of_the_instructor_note():
    assert "## The law, as read in November 2026" in LESSON
    note = (ROOT / "course" / "instructor" / "authority.md").read_text(encoding="utf-8")
    for words in ("6 May 2018", "2 February 2025", "August 2018", "R(87)15"):
        assert words in LESSON and words in note
    for case, year in (("Rotaru", 2000), ("Marper", 2008), ("Uzun", 2010), ("Catt", 2019)):
        assert re.search(rf"{case}\* \({year}\)", LESSON)
        assert re.search(rf"{case} \d+ \w+ {year}", note)


# ---- Q5 ------------------------------------------------------------------------------------------

MODULE = load().find("authority")


def mended(seed=1, **change):
    here = world("desk", seed, 2000)
    before = load_keys("authority")["q5"].expected(here)["before"]
    return check(MODULE, MODULE.find("q5"), here, before | change)


GENTLE = {"conduct": "bulk", "level": 1, "estimate": 20}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("change", "points"),
    [
        (GENTLE, 4),
        (GENTLE | {"finding": "posts by the day", "days": 3}, 4),
        # Three posts of bystanders in public: 9 points.
        (GENTLE | {"estimate": 9, "applicant": ""}, 4),
        (GENTLE | {"estimate": 8}, 3),
        (GENTLE | {"estimate": 1}, 3),
        # A look gives no count, and shorter lists are lists.
        ({"conduct": "view", "level": 0, "estimate": 10, "days": 1}, 0),
        ({"people": 40, "estimate": 120, "lower_reason": "about to vanish"}, 0),
        ({"people": 20, "estimate": 100}, 0),
        # The same step in other words costs everything.
        ({}, 0),
        ({"limits": "we promise to be careful with it all"}, 0),
        ({"estimate": 150}, 0),
        ({"level": 4}, 0),
        ({"tier": "friends", "conduct": "enter", "level": 3}, 0),
        # A gentler step that is not granted, or answers something else.
        (GENTLE | {"level": 0}, 3),
        (GENTLE | {"ground": "curiosity"}, 3),
        (GENTLE | {"targets": ["#another"]}, 3),
    ],
)
def test_a_repair_lowers_the_step_and_is_honest(seed, change, points):
    assert mended(seed, **change).score == points


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": "1"}, "'level' must be a whole number"),
        ({"tier": "secret"}, "must be one of"),
        ({"colour": "red"}, "no field 'colour'"),
    ],
)
def test_a_form_that_cannot_be_read_gets_the_sentence_of_the_desk(change, words):
    result = mended(**change)
    assert result.score == 0
    assert words in " ".join(result.notes)


def test_a_form_on_the_same_target_is_not_told_to_keep_it():
    for change in ({}, {"days": 3}):
        assert not any("same target" in note for note in mended(**change).notes)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_word_for_everything_earns_nothing(seed):
    here, keys = world("desk", seed, 2000), load_keys("authority")

    def points(question, value):
        return check(MODULE, MODULE.find(question), here, value).score

    for question, words in (("q1", "01234"), ("q2", ["grant", "refuse", "back"])):
        table = keys[question].expected(here)
        for word in words:
            assert points(question, table.assign(**{table.columns[1]: word})) == 0
    for rule in ("P1", "P2", "P3", "P4", "P5", "P6"):
        refused = {pair[:4] for pair in keys["q3"].expected(here)}
        assert points("q3", [f"{name} {rule}" for name in refused]) == 0
    for question in ("q6", "q7"):
        ids = keys[question].expected(here)
        assert points(question, sorted(ids["right"] | ids["others"])) == 0


@pytest.mark.parametrize("seed", range(1, 9))
def test_refusing_rightly_is_worth_as_much_as_granting_rightly(seed):
    here = world("desk", seed, 2000)
    key = load_keys("authority")["q2"]
    right = key.expected(here)
    lost = {}
    for place, word in enumerate(right["decision"]):
        table = right.copy()
        table.loc[place, "decision"] = "grant" if word != "grant" else "refuse"
        lost.setdefault(word, set()).add(
            round(1 - key.kind.score(key.kind.read(table), right).fraction, 9)
        )
    # One of ten lines, of the share that one word for all would leave.
    line = round(0.1 / (1 - right["decision"].value_counts().max() / 10), 9)
    assert lost == {"grant": {line}, "refuse": {line}, "back": {line}}
