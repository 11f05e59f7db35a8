"""What the lesson on the making of worlds says about its outputs is so."""

import json
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from synthetic_data import generate

LESSON = Path(__file__).parent.parent / "notebooks" / "17_behind_the_world.ipynb"
CELLS = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]


def run(part, names, old="", new=""):
    """Run the one cell that holds `part`, with a change in it, among the given names."""
    (source,) = (cell for cell in CODE if part in cell)
    assert old in source
    exec(source.replace(old, new, 1), names)
    return names


@pytest.fixture(scope="module")
def names():
    """Return the names that the later cells find."""
    made = {"pd": pd, "plt": plt, "generate": generate, "show": lambda fig, alt: plt.close(fig)}
    run('scenario.load("harbour")["organisation"]', made)
    return run("harbour = generate", made)


def test_more_words_find_more_planted_posts_and_more_others(names):
    run("facts = harbour", names)
    few = run('words = "', names)["planted"]
    more = run('words = "', names, "operation|heart", "operation|heart|coraz|operaci")["planted"]
    assert len(names["facts"].loc[0, "rows"].split()) == 3
    assert few.sum() < more.sum()
    assert (~more).sum() >= 5 * more.sum()


def test_of_those_who_are_cast_few_are_of_the_group(names):
    cast = run('names = {"PR"', names)["cast"]
    assert (cast.sum(), cast["HL"]) == (184, 24)


def test_one_world_says_little_about_the_next(names):
    run("def right_of_ten", names)
    run("guess = 10", names)
    easy, hard = names["easy"], names["hard"]
    assert max(easy) >= 7
    assert max(easy) - min(easy) >= 2
    assert sum(hard) < sum(easy)
    assert min(hard) <= max(easy) - 3
