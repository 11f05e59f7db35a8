"""The table of contents, cases, quizzes, figures and rooms: what notebooks stand on."""

import base64
import io
import re
import subprocess
import sys
import tomllib

import matplotlib.image
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from socmint import course, open_case, open_lab, people_touched, show
from socmint.course import ROOT, load
from socmint.errors import CourseError
from socmint.figures import COLOURS
from socmint.quizzes import Quiz, read_quiz

SOURCE = (ROOT / "course" / "course.toml").read_text(encoding="utf-8")
TOPICS = [module.topic for module in load().modules]


# ---- course.toml ---------------------------------------------------------------------------------


def test_order_numbers_and_needs():
    modules = load().modules
    assert [module.id for module in modules] == sorted(module.id for module in modules)
    seen = set()
    for module in modules:
        assert set(module.needs) <= seen, f"{module.id} comes before what it needs"
        assert 1 <= len(module.objectives) <= 4
        seen.add(module.id)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "NUM"', 'kind = "GUESS"', "unknown kind 'GUESS'"),
        ('fairness = "method"', 'fairness = "luck"', "'method' or 'judgement'"),
        ('title = "How many accounts?"', "", "the key 'title' is missing"),
        ('title = "How many accounts?"', 'titel = "x"\ntitle = "y"', "'titel' is not known"),
        ('id = "M11"', 'id = "M00"', "'M00' stands there twice"),
        ('needs = ["M00"]', 'needs = ["M77"]', "needs M77"),
        ("[course]", "[course", "course.toml"),
    ],
)
def test_each_fault_of_the_file_is_one_sentence(tmp_path, old, new, message):
    path = tmp_path / "course.toml"
    path.write_text(SOURCE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(message)):
        load(path)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match="Unpack or clone"):
        load(tmp_path / "none.toml")


# ---- cases ---------------------------------------------------------------------------------------


def test_a_case_shows_tables_and_hides_the_truth():
    case = open_case("first_steps", seed=5)
    assert isinstance(case.accounts, pd.DataFrame)
    assert set(dir(case)) == set(case._world.tables)
    assert not set(dir(case)) & (set(case._world.truth) - set(case._world.tables))
    with pytest.raises(CourseError, match="no table called 'truth'"):
        _ = case.truth


def test_changing_a_table_changes_your_copy_only():
    case = open_case("first_steps", seed=5)
    mine = case.accounts
    mine["handle"] = "me"
    mine.loc[mine.index[0], "bio"] = "changed"
    assert (case.accounts["handle"] != "me").any()
    assert (case.accounts["bio"] != "changed").all()


def test_the_seed_comes_from_the_call_the_environment_or_the_practice_world(monkeypatch):
    monkeypatch.delenv("SOCMINT_WORLD", raising=False)
    monkeypatch.delenv("SOCMINT_SEED", raising=False)
    assert open_case("first_steps")._world.meta["seed"] == 1
    monkeypatch.setenv("SOCMINT_SEED", "9")
    assert open_case("first_steps")._world.meta["seed"] == 9
    assert open_case("first_steps", seed=4)._world.meta["seed"] == 4
    for bad in ("-1", "two", "1.5", ""):
        monkeypatch.setenv("SOCMINT_SEED", bad)
        with pytest.raises(CourseError, match="whole number"):
            open_case("first_steps")
    with pytest.raises(CourseError, match="whole number"):
        open_case("first_steps", seed="7")


def test_a_world_folder_without_truth_records_answers_only(monkeypatch, tmp_path):
    world = open_case("first_steps", seed=6)._world
    world.write(tmp_path / "pack", truth=False)
    monkeypatch.setenv("SOCMINT_WORLD", str(tmp_path / "pack"))
    case, check = open_lab("first_steps")
    pd.testing.assert_frame_equal(case.accounts, world.tables["accounts"])
    assert check.q1(len(case.accounts)).outcome == "recorded"


def test_a_damaged_world_folder_is_one_sentence(monkeypatch, tmp_path):
    open_case("first_steps", seed=6)._world.write(tmp_path / "pack", truth=False)
    path = tmp_path / "pack" / "posts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("time", "tyme", 1), encoding="utf-8")
    monkeypatch.setenv("SOCMINT_WORLD", str(tmp_path / "pack"))
    with pytest.raises(CourseError, match="posts") as caught:
        open_case("first_steps")
    assert caught.value._render_traceback_() == [f"Please look: {caught.value}"]
    monkeypatch.setenv("SOCMINT_WORLD", str(tmp_path / "nothing"))
    with pytest.raises(CourseError):
        open_case("first_steps")


# ---- people touched ------------------------------------------------------------------------------


def test_people_touched_counts_rings_of_a_tree():
    tree = nx.balanced_tree(3, 4)  # rings of 3, 9, 27 and 81 around the root
    table = people_touched(tree, 0, hops=3)
    assert table["new"].tolist() == [3, 9, 27]
    assert table["total"].tolist() == [3, 12, 39]
    assert table["points"].tolist() == [9, 36, 117]  # a bystander's public post costs 1 x 1 x 3
    assert people_touched(nx.DiGraph([("b", "a")]), "a", 2)["total"].tolist() == [1, 1]
    with pytest.raises(CourseError, match="Start from one account"):
        people_touched(tree, pd.Series([0, 1]))
    with pytest.raises(CourseError, match="not in this graph"):
        people_touched(tree, "nobody")


# ---- figures -------------------------------------------------------------------------------------


def test_a_shown_figure_has_alt_text_and_the_mark():
    fig, axes = plt.subplots()
    axes.plot([1, 2])
    shown = show(axes, alt='Up, "quoted" & steep.')
    html = shown._repr_html_()
    assert 'alt="Up, &quot;quoted&quot; &amp; steep."' in html
    assert [text.get_text() for text in fig.texts] == ["SYNTHETIC"]
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", html).group(1))
    assert np.ptp(matplotlib.image.imread(io.BytesIO(picture))) > 0
    assert not plt.fignum_exists(fig.number)
    with pytest.raises(ValueError, match="alt"):
        show(fig, alt=" ")
    with pytest.raises(TypeError, match=r"plt\.subplots"):
        show(plt, alt="x")


def test_colours_differ_for_colour_blind_eyes():
    """Simulated red-green blindness (Viénot, Brettel and Mollon 1999) keeps all pairs apart."""
    to_lms = np.array(
        [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.03, 0.184, 1.467]]
    )
    codes = [[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in COLOURS.values()]
    lms = (np.array(codes) ** 2.2) @ to_lms.T
    lms[:, 0] = 2.02344 * lms[:, 1] - 2.52581 * lms[:, 2]
    seen = np.clip(lms @ np.linalg.inv(to_lms).T, 0, 1) ** (1 / 2.2)
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[~np.eye(len(seen), dtype=bool)]
    assert apart.min() > 0.1


# ---- quizzes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", TOPICS)
def test_every_option_has_its_reason(topic):
    items = read_quiz(topic)
    assert len(items) >= 3
    for item in items:
        assert sum(option["right"] for option in item["options"]) == 1
        assert len(item["options"]) == 4
        assert len({option["text"] for option in item["options"]}) == 4
        assert all(len(option["why"].split()) >= 4 for option in item["options"]), item["ask"]


def test_the_right_option_has_no_favourite_place():
    places = {
        [option["right"] for option in item["options"]].index(True)
        for topic in TOPICS
        for item in read_quiz(topic)
    }
    assert len(places) >= 3


@pytest.mark.parametrize("topic", TOPICS)
def test_a_quiz_reads_without_a_kernel(topic):
    still, live = Quiz(topic)._outputs()
    assert set(still) == {"text/plain", "text/html"}
    assert "application/vnd.jupyter.widget-view+json" in live
    assert (live["text/html"], live["text/plain"]) == ("", "")  # else the words stand there twice
    for item in read_quiz(topic):
        assert still["text/html"].count("<details>") == 4 * len(read_quiz(topic))
        assert len(item["ask"]) > 10


# ---- rooms ---------------------------------------------------------------------------------------


def test_notebooks_import_neither_authoring_nor_grading_nor_the_network():
    code = (
        "import sys; from socmint import open_lab, open_case, quiz, show, people_touched\n"
        "open_lab('first_steps'); quiz('first_steps')\n"
        "bad = ('socmint.authoring', 'socmint.grading', 'nbgrader', 'jupytext', 'dask', 'faker',"
        " 'requests', 'pyarrow')\n"
        "print([name for name in sys.modules if name.startswith(bad)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_the_world_knows_nothing_of_lessons():
    for path in (ROOT / "synthetic_data").rglob("*.py"):
        assert "socmint" not in re.sub(r"`[^`]*`", "", path.read_text(encoding="utf-8")), path


def test_the_package_metadata_names_the_same_version():
    import socmint

    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert data["project"]["version"] == socmint.__version__
    assert course.load().id == "socmint101"
