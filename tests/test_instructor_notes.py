"""Every module that is taught has a page for its instructors, short and complete."""

import re

import pytest

from socmint import course

FOLDER = course.ROOT / "course" / "instructor"
MODULES = course.load().modules
TAUGHT = [module for module in MODULES if module.questions]
PAGES = [each for each in MODULES if each in TAUGHT or (FOLDER / f"{each.topic}.md").exists()]
SECTIONS = ["Timing", "What students get wrong", "Questions to discuss", "What not to teach"]


@pytest.mark.parametrize("module", PAGES, ids=lambda module: module.topic)
def test_a_page_has_its_four_parts_and_fits_on_two_sheets(module):
    text = (FOLDER / f"{module.topic}.md").read_text("utf-8")
    assert text.startswith(f"# {module.id} ")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    for wanted in SECTIONS:
        assert sum(heading.startswith(wanted) for heading in headings) == 1, wanted
    assert len(text.split()) <= 800


@pytest.mark.parametrize("module", TAUGHT, ids=lambda module: module.topic)
def test_a_page_speaks_of_questions_that_are_there(module):
    text = (FOLDER / f"{module.topic}.md").read_text("utf-8")
    named = {f"q{number}" for number in re.findall(r"\bQ(\d+)\b", text)}
    assert named <= {question.id for question in module.questions}
    assert len(named) >= min(3, len(module.questions))


def test_no_page_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.md")} <= {module.topic for module in MODULES}
