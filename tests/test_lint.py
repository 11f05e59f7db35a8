"""The promise of the linter: each rule of course/STYLE.md has an example that breaks it."""

import pytest
import small_course
from small_course import ROOT, change

from socmint import course as contents
from socmint.authoring.lint import lint
from socmint.authoring.new import new

LAB = "course/labs/counting.py"
LESSON = "course/lessons/counting.py"
START = "course/start_here.py"
TOML = "course/course.toml"


@pytest.fixture
def small(tmp_path):
    return small_course.write(tmp_path / "small")


def found(root, name, words):
    """Return the lines of the findings in one file whose message holds these words."""
    contents._load.cache_clear()
    return [one.line for one in lint(root) if one.path == name and words in one.message]


def test_small_course_and_filled_templates_are_clean(small):
    assert lint(small) == []
    for kind in ("lesson", "lab"):
        for topic in ("counting", "sharing"):
            (small / f"course/{kind}s/{topic}.py").unlink()
            new(small, kind, topic)
    assert lint(small) == []


def test_course_is_clean():
    assert "\n".join(map(str, lint(ROOT))) == ""


SCENE = "# Set the scene in one or two sentences: who needs to know, and by when."
KEY = "# - Say the rule in one sentence."
CASE = "case.accounts.head()"
HALF = "# You are half way."
FIGURE = "counts = case.accounts"
SHOW = 'show(axes.figure, alt="Bars: the number of accounts on each of the platforms.")'
EXERCISE = '# %% tags=["exercise"]'
LONG = "# " + " ".join(["word"] * 26) + "."
FILL = "\n\n# %% [markdown]\n# One more."


def row(name, old, replacement, shift, words):
    return pytest.param(name, old, replacement, shift, words, id=f"{words[:40]}")


# File, a text that stands once in it, what replaces it, the line of the finding counted from
# there, and words of the finding.
RULES = [
    # budgets
    row(LESSON, KEY, KEY + 29 * FILL, 83, "cells; at most 40 fit"),
    row(LESSON, CASE, "\n".join(["1"] * 13), 0, "13 lines of code in this cell"),
    row(
        LESSON, KEY, KEY + "\n#" + 12 * "\n# One two three four five six.", -2, "words in this cell"
    ),
    row(LAB, "table = case.accounts", "table = [\n" + 20 * "    1,\n" + "]", 0, "22 lines of code"),
    row(LAB, "    len(table.dr", 29 * "    1 +\n" + "    len(table.dr", -2, "34 lines of code"),
    # sentences
    row(LESSON, KEY, LONG, 0, "A sentence of 26 words"),
    row(LESSON, KEY, "# Count first. Then claim.", 0, "Two sentences in one line"),
    # skeleton
    row(LESSON, SCENE, "# # My own title", 0, "The builder writes the heading"),
    row(LESSON, "# ## Key points", "# # Key points", 0, "your headings start with ##"),
    row(LESSON, "# ## Name the first", "# #### Name the first", 0, "headings ## and ### only"),
    row(
        LAB,
        "# Count the accounts: one",
        "# ## Q1\n# Count: one",
        0,
        "The builder writes the heading",
    ),
    row(START, "# # Start here", "# ## Start here", None, "The first page starts with a title"),
    row(LESSON, "# ## Key points", "# ## Key ideas", None, "one heading: ## Key points"),
    row(
        LESSON,
        "# ## What this does",
        "# ## What it does",
        None,
        "one heading: ## What this does not",
    ),
    row(LESSON, 'quiz("counting")', "1", -1, "one code cell tags"),
    row(LESSON, ' tags=["recall"]', "", None, "one code cell tags"),
    row(LESSON, 'quiz("counting")', 'quiz("sharing")', 0, "Open the own topic here: quiz"),
    row(LESSON, 'open_case("counting", seed=7)', "1", None, "A lesson opens a world"),
    row(LESSON, 'open_case("counting", ', 'open_case("sharing", ', 0, "Open the own topic here"),
    row(LAB, 'open_lab("counting")', 'open_lab("sharing")', 0, "Open the own topic here"),
    row(LAB, 'open_lab("counting")', "(1, print)", None, "A lab opens its world"),
    row(LAB, "# Dual use: counts", "# Safe: counts", -2, "needs a line 'Dual use"),
    row(LESSON, "# Claims: none", "# Well done.", 0, "The footer needs a paragraph 'Claims"),
    row(LESSON, "# Claims: none", "# Claims: M11-1", 0, "The footer needs a paragraph 'Claims"),
    row(LESSON, EXERCISE, "# %%", None, "at least one code cell tags"),
    row(LESSON, "\n" + EXERCISE, 8 * FILL + "\n\n" + EXERCISE, None, "cells without an exercise"),
    # figures
    row(LESSON, '# %% tags=["figure"]', "# %%", 0, "has the tag"),
    row(LESSON, SHOW, "axes.figure", -2, 'with the tag "figure" ends with show'),
    row(LESSON, SHOW, "show(axes.figure)", 0, "show needs alt"),
    row(LESSON, SHOW, 'show(axes.figure, alt=" ")', 0, "show needs alt"),
    row(LESSON, SHOW, SHOW + "\n\n# %%\n1", -2, "After a figure stands a text"),
    row(LESSON, SHOW, SHOW + "\nimport matplotlib.pyplot as plt\nplt.show()", 2, "Use show(fig"),
    # a notebook stays at home
    row(LESSON, CASE, "import requests", 0, "no requests here"),
    row(LESSON, CASE, "1\nfrom urllib.request import urlopen", 1, "no urllib.request here"),
    row(LAB, "table = case.accounts", "import socket\ntable = 1", 0, "no socket here"),
    row(LESSON, CASE, "import os, subprocess", 0, "no subprocess here"),
    row(LESSON, CASE, "from socmint.grading import x", 0, "does not import socmint.grading"),
    row(LESSON, CASE, "from socmint import authoring", 0, "does not import socmint.authoring"),
    row(LESSON, CASE, "# pip install pandas\n1", 0, "installs nothing"),
    row(LESSON, CASE, 'page = "https://tikkeron.test/a"', 0, "ends in .example: tikkeron.test"),
    row(LESSON, KEY, "# See https://tikkeron.example.org now.", 0, "ends in .example: tikkeron.ex"),
    row(LESSON, KEY, "# Write to ana@puerto.test now.", 0, "A web or mail address here ends"),
    row(LESSON, KEY, "# ```{note}\n# Take care.\n# ```", 0, "does not render MyST"),
    row(LESSON, KEY, "# See {ref}`here`.", 0, "does not render MyST"),
    row(LESSON, KEY, "# See [this](../labs/other/other.ipynb).", 0, "leads nowhere: labs/other"),
    row(LESSON, KEY, "# See [this](11_old.ipynb).", 0, "leads nowhere: notebooks/11_old"),
    row(
        LESSON,
        KEY,
        "# See [it](../solutions/counting/counting.ipynb).",
        0,
        "A learner does not get",
    ),
    row(LESSON, KEY, "# ![](map.png)", 0, "An image needs a text"),
    # table of contents
    row(TOML, 'title = "Count the accounts"', 'title = "The accounts"', 0, "A title starts with"),
    row(
        TOML, 'title = "Count the accounts"', 'title = "Counting"', 0, "A title starts with a verb"
    ),
    row(TOML, '["Compare shares."]', '["How shares grow."]', 0, "An objective starts with a verb"),
    row(TOML, '["Compare shares."]', '["A", "B", "C", "D", "E"]', -5, "5 objectives"),
    row(TOML, '"How many are they?"', '"Count them."', -6, "ends with a question mark"),
]


@pytest.mark.parametrize(("name", "old", "replacement", "shift", "words"), RULES)
def test_rule_finds_its_example(small, name, old, replacement, shift, words):
    line = change(small, name, old, replacement)
    expected = 1 if shift is None else line + shift
    assert expected in found(small, name, words), list(map(str, lint(small)))


ALLOWED = [
    pytest.param("# Ask e.g. Dr. Vale, No. 4, or J. Ruiz.", id="abbreviations"),
    pytest.param("# **Rule.** Count before you claim.", id="a bold label"),
    pytest.param("# Count the `a. B` rows.", id="code"),
    pytest.param("# Write to ana@puerto.example or see https://tikkeron.example/ana", id="example"),
    pytest.param(
        "# See the [lab](../labs/counting/counting.ipynb#top).", id="a link that resolves"
    ),
    pytest.param("# Count the rows,\n#   and then claim.", id="a sentence on two lines"),
    pytest.param("# 1. Count.\n# 2. Claim.", id="a list"),
    pytest.param("# | a | b |\n# | --- | --- |\n# | One. Two. | Three. Four. |", id="a table"),
]


@pytest.mark.parametrize("words", ALLOWED)
def test_good_text_is_left_alone(small, words):
    change(small, LESSON, KEY, f"{KEY}\n#\n{words}")
    assert lint(small) == []


def test_sentence_over_several_lines_is_measured_whole(small):
    half = " ".join(["word"] * 13)
    line = change(small, LESSON, KEY, f"{KEY}\n#\n# {half}\n# {half}.")
    assert found(small, LESSON, "A sentence of 26 words") == [line + 2]


def test_claims_do_not_count_as_words(small):
    claims = ",\n# ".join(f"M11-{number:02}" for number in range(1, 70))
    change(small, LESSON, "# Claims: none", f"# Claims: {claims}")
    assert lint(small) == []


TABLE = "# | claim | source |\n# | --- | --- |" + 30 * "\n# | one two three | four |"  # 122 words


def test_tables_of_a_lesson_have_a_budget_of_their_own(small):
    change(small, LESSON, KEY, f"{KEY}\n#\n{TABLE}")
    assert lint(small) == []
    change(small, LESSON, KEY, f"{KEY}\n#\n{TABLE}")  # and once more
    assert found(small, LESSON, "244 words in tables of this cell; at most 150 fit") != []
    assert found(small, LESSON, "words in this cell; at most 60 fit") == []


def test_tables_of_a_whole_lesson(small):
    cells = "".join(f"\n\n# %% [markdown]\n{TABLE}" for _ in range(7))
    change(small, LESSON, KEY, KEY + cells)
    assert found(small, LESSON, "854 words in the tables of this notebook; at most 800") == [1]
    assert found(small, LESSON, "words in this notebook; at most 1200 fit") == []


def test_table_of_a_lab_counts_as_text(small):
    change(small, LAB, HALF, f"{HALF}\n#\n{TABLE}")
    assert found(small, LAB, "126 words in this cell; at most 100 fit") != []


def test_lab_counts_what_a_learner_gets(small):
    rubric = "# RUBRIC-LINE: two points for the number."
    change(small, LAB, rubric, rubric + 100 * "\n# One two three four.")
    assert lint(small) == []
    change(small, LAB, HALF, HALF + 100 * "\n# One two three four.")
    assert found(small, LAB, "words in this cell; at most 100 fit") != []


def test_words_of_a_whole_lab(small):
    line = "\n# One two three four."
    more = "".join(f"\n\n# %% [markdown]\n# Part {number}." + 23 * line for number in range(20))
    change(small, LAB, HALF, HALF + more)
    assert found(small, LAB, "words in this notebook; at most 1800 fit") == [1]
    assert found(small, LAB, "words in this cell") == []


def test_quiz_file_must_exist(small):
    (small / "course/quizzes/counting.toml").unlink()
    assert found(small, LESSON, "The quiz is missing: course/quizzes/counting.toml") == [1]


def test_end_of_a_lesson_has_an_order(small):
    change(small, LESSON, "# ## What this does not show", "# ## Swap")
    change(small, LESSON, "# ## Key points", "# ## What this does not show")
    line = change(small, LESSON, "# ## Swap", "# ## Key points")
    assert found(small, LESSON, "The end of a lesson: What this does") != []
    assert line > 1


def test_faults_of_the_builder_are_findings_too(small):
    change(small, LESSON, 'tags=["recall"]', 'tags=["recal"]')
    assert found(small, LESSON, "Unknown tag 'recal'") != []


def test_one_topic_alone(small):
    change(small, LESSON, KEY, LONG)
    assert lint(small, ["sharing"]) == []
    assert len(lint(small, ["counting"])) == 1
