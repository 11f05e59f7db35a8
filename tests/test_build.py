"""The promise of the builder: notebooks are exactly what course/ gives, and nothing leaks."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import small_course
from small_course import ROOT, change

from socmint import course as contents
from socmint.authoring import build, source
from socmint.authoring.new import new
from socmint.errors import CourseError

LAB = "course/labs/counting.py"
LESSON = "course/lessons/counting.py"
RELEASE = "labs/counting/counting.ipynb"
SOLUTION = "solutions/counting/counting.ipynb"
PRODUCTS = {
    "notebooks/00_start_here.ipynb",
    "notebooks/00_counting.ipynb",
    "notebooks/01_sharing.ipynb",
    SOLUTION,
    RELEASE,
    "solutions/sharing/sharing.ipynb",
    "labs/sharing/sharing.ipynb",
}


@pytest.fixture
def small(tmp_path):
    return small_course.write(tmp_path / "small")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A built course that tests may read but not change."""
    root = small_course.write(tmp_path_factory.mktemp("built"))
    assert build.build(root) == 0
    return root


def generated(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for top in ("notebooks", "solutions", "labs")
        for path in (root / top).rglob("*")
        if path.is_file()
    }


def cells(root: Path, name: str) -> list[dict]:
    return json.loads((root / name).read_text(encoding="utf-8"))["cells"]


def text(cell: dict) -> str:
    return "".join(cell["source"])


def by_id(root: Path, name: str) -> dict[str, dict]:
    return {cell["id"]: cell for cell in cells(root, name)}


# What comes out


def test_products_are_those_of_the_table_of_contents(built):
    assert set(generated(built)) == PRODUCTS


def test_same_sources_give_same_bytes_in_another_folder(built, small):
    build.build(small)
    assert generated(small) == generated(built)


def test_windows_line_ends_in_a_source_change_nothing(built, small):
    for name in (LAB, LESSON):
        data = (small / name).read_bytes()
        (small / name).write_bytes(data.replace(b"\n", b"\r\n"))
    build.build(small)
    assert generated(small) == generated(built)


def test_the_header_that_jupyterlab_adds_changes_nothing(built, small):
    head = "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       extension: .py\n"
    head += "#       format_name: percent\n# ---\n\n"
    for name in (LAB, LESSON):
        (small / name).write_text(head + (small / name).read_text(encoding="utf-8"), "utf-8")
    build.build(small)
    assert generated(small) == generated(built)


def test_notebooks_are_clean_and_valid(built):
    for name, data in generated(built).items():
        assert b"\r" not in data and data.endswith(b"}\n"), name
        book = json.loads(data)
        nbformat.validate(nbformat.from_dict(book))
        assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
        assert set(book["metadata"]) == {"kernelspec", "language_info"}, name
        assert "version" not in book["metadata"]["language_info"]
        assert book["metadata"]["kernelspec"]["name"] == "python3"
        ids = [cell["id"] for cell in book["cells"]]
        assert len(set(ids)) == len(ids)
        for cell in book["cells"]:
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell["id"])
            assert set(cell["metadata"]) <= {"tags", "nbgrader", "editable", "deletable"}
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [] and cell["execution_count"] is None


def test_ids_name_the_question_or_the_text(built):
    lab = by_id(built, RELEASE)
    named = ["q1-task", "q1-given", "q1-answer", "q1-check", "q1-hints", "q2-check", "header"]
    assert {f"counting-{name}" for name in named} <= set(lab)
    digest = hashlib.sha1(b"You are half way.").hexdigest()[:8]
    assert text(lab[f"counting-{digest}"]) == "You are half way."


def test_a_new_cell_leaves_the_other_ids_alone(built, small):
    repeated = "# %% [markdown]\n# You are half way.\n\n"
    here = "# %% [markdown]\n# You are half"
    change(small, LAB, here, 3 * repeated + "# %%\n1\n\n" + here)
    build.build(small)
    before, after = set(by_id(built, RELEASE)), set(by_id(small, RELEASE))
    assert before < after
    one = "counting-" + hashlib.sha1(b"1").hexdigest()[:8]
    half = "counting-" + hashlib.sha1(b"You are half way.").hexdigest()[:8]
    assert after - before == {one, f"{half}-2", f"{half}-3", f"{half}-4"}


def test_roles_and_points_for_nbgrader(built):
    lab = by_id(built, RELEASE)

    def role(name):
        cell = lab[f"counting-{name}"]
        meta = cell["metadata"]["nbgrader"]
        assert meta["grade_id"] == cell["id"] and meta["schema_version"] == 3
        return meta["grade"], meta["solution"], meta["locked"], meta.get("points")

    assert role("q1-answer") == (False, True, False, None)
    assert role("q1-check") == (True, False, True, 1)
    assert role("q2-answer") == (True, True, False, 4)
    assert role("q2-check") == (True, False, True, 2)
    for name in ("header", "footer", "q1-task", "q1-given", "q1-hints"):
        assert role(name) == (False, False, True, None)
    for name, cell in lab.items():
        may_edit = cell["metadata"].get("editable", True)
        assert may_edit == name.endswith("answer"), name
        assert cell["metadata"]["deletable"] is False


def test_stub_binds_the_names(built):
    lab = by_id(built, RELEASE)
    assert text(lab["counting-q1-answer"]) == "count = (\n    ...  # your answer here\n)"
    assert text(lab["counting-q2-answer"]) == "advice = (\n    ...  # your answer here\n)"


def test_words_come_from_the_table_of_contents(built):
    lesson = by_id(built, "notebooks/01_sharing.ipynb")
    head = text(lesson["sharing-header"])
    assert head.startswith("# Compare the shares\n")
    assert "20 minutes" in head and "- Compare shares." in head
    assert "**The case officer asks:** Whose share grows?" in head
    assert "**You need:** [Count the accounts](00_counting.ipynb)." in head
    assert "[Lab: Compare the shares](../labs/sharing/sharing.ipynb)" in text(
        lesson["sharing-footer"]
    )
    lab = by_id(built, RELEASE)
    assert "7 points: 3 from the checks, 4 from your instructor" in text(lab["counting-header"])
    assert text(lab["counting-q1-task"]).startswith("## Q1. How many?\n")
    assert text(lab["counting-q1-task"]).endswith("*1 point. " + contents.FAIRNESS["method"] + "*")
    assert "6 points: 2 from the checks, 4 from your instructor" in text(lab["counting-q2-task"])
    assert "[Compare the shares](../../notebooks/01_sharing.ipynb)" in text(lab["counting-footer"])
    start = text(cells(built, "notebooks/00_start_here.ipynb")[-1])
    assert "[Count the accounts](00_counting.ipynb), 10 min" in start
    assert "[Lab](../labs/sharing/sharing.ipynb), 25 min" in start


def test_claims_say_that_they_are_for_authors(small):
    def footer():
        build.build(small, ["counting"])
        return text(by_id(small, "notebooks/00_counting.ipynb")["counting-footer"])

    assert "laims" not in footer()
    change(small, LESSON, "# Claims: none", "# Go on.\n#\n# Claims: M11-01,\n# M11-02")
    words, claims, _ = footer().split("\n\n")
    assert words == "Go on."
    assert claims.startswith("*For authors: ") and "M11-01,\nM11-02" in claims


def test_a_module_without_questions_has_no_lab(small):
    (small / "course/labs/sharing.py").unlink()
    path = small / "course/course.toml"
    head, sharing = path.read_text(encoding="utf-8").split('topic = "sharing"')
    sharing = sharing.split("[[module.questions]]")[0]
    path.write_text(f'{head}topic = "sharing"{sharing}', encoding="utf-8")
    contents._load.cache_clear()
    assert build.build(small) == 0
    assert not any("sharing" in name for name in generated(small) if name.startswith("labs/"))
    lesson = by_id(small, "notebooks/01_sharing.ipynb")
    assert "[Back to the first page](00_start_here.ipynb)" in text(lesson["sharing-footer"])
    assert "| none |" in text(cells(small, "notebooks/00_start_here.ipynb")[-1])


def test_links_of_built_notebooks_resolve(built):
    found = 0
    for name in generated(built):
        for cell in cells(built, name):
            for target in re.findall(r"\]\(([^)]+)\)", text(cell)):
                found += 1
                assert (built / name).parent.joinpath(target).is_file(), (name, target)
    assert found > 10


def test_hints_are_folded(built):
    folded = text(by_id(built, RELEASE)["counting-q1-hints"])
    assert folded == (
        "<details><summary>Hint 1 of 2</summary>\n\nEach row of `table` is one account.\n\n"
        "</details>\n\n"
        "<details><summary>Hint 2 of 2</summary>\n\n"
        "Count the rows:\nthere is a function for it.\n\n</details>"
    )


def test_nothing_for_instructors_reaches_a_learner(built):
    release = (built / RELEASE).read_text(encoding="utf-8")
    secrets = ["NOTE-FOR", "SECRET-SAMPLE", "RUBRIC-LINE", "drop_duplicates", "SOLUTION"]
    solution = (built / SOLUTION).read_text(encoding="utf-8")
    for secret in secrets:
        assert secret in solution
        assert secret not in release


# The same release in every way to make it


def nbgrader(folder: Path, *words: str) -> None:
    """Run Python in a course folder as an instructor would, with this environment's nbgrader."""
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        # nbgrader runs alembic as a command to lay out a new gradebook.
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1",
        "JUPYTER_CONFIG_DIR": str(folder / ".config"),
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def released(root: Path) -> dict[str, bytes]:
    return {
        name: data.replace(b"\r\n", b"\n")
        for name, data in generated(root).items()
        if name.startswith("labs/")
    }


def test_nbgraders_command_makes_the_labs_of_the_course(tmp_path):
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    every = ["--assignment", "*", "--no-db", "--force"]
    nbgrader(tmp_path, "-m", "nbgrader", "generate_assignment", *every)
    assert released(tmp_path) == released(ROOT)


def test_the_button_of_formgrader_makes_the_same_release(built, tmp_path):
    shutil.copytree(built / "solutions", tmp_path / "solutions")
    shutil.copy(built / "nbgrader_config.py", tmp_path)
    nbgrader(
        tmp_path,
        "-c",
        "from nbgrader.apps import NbGrader, NbGraderAPI\n"
        "from nbgrader.coursedir import CourseDirectory\n"
        "app = NbGrader(); app.load_config_file()\n"
        "api = NbGraderAPI(CourseDirectory(config=app.config), config=app.config)\n"
        "for topic in ('counting', 'sharing'):\n"
        "    answer = api.generate_assignment(topic)\n"
        "    assert answer['success'], answer",
    )
    assert released(tmp_path) == released(built)
    assert (tmp_path / "gradebook.db").is_file()


def test_other_files_in_a_solution_folder_are_named_and_not_released(small, capsys):
    build.build(small)
    (small / "solutions/counting/answers.csv").write_text("key", encoding="utf-8")
    change(small, LAB, "You are half way.", "You are past half.")
    assert build.build(small) == 1
    assert "solutions/counting/answers.csv:1: No source makes this file" in capsys.readouterr().out
    assert set(generated(small)) == PRODUCTS | {"solutions/counting/answers.csv"}


# Building again


def test_second_build_imports_nothing_heavy(built):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pathlib\n"
            "from socmint.authoring.build import build\n"
            "assert build(pathlib.Path(sys.argv[1])) == 0\n"
            "heavy = {'jupytext', 'nbgrader', 'nbformat', 'pandas', 'numpy'} & set(sys.modules)\n"
            "assert not heavy, heavy",
            str(built),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "7 notebooks are up to date.\n"


def test_only_what_changed_is_built(small, capsys):
    build.build(small)
    before = generated(small)
    change(small, LESSON, "Say the rule in one sentence.", "Count before you claim.")
    capsys.readouterr()
    assert build.build(small) == 0
    said = capsys.readouterr().out
    assert said.splitlines() == ["built notebooks/00_counting.ipynb", "6 notebooks are up to date."]
    changed = {name for name, data in generated(small).items() if data != before[name]}
    assert changed == {"notebooks/00_counting.ipynb"}


def test_table_of_contents_is_an_input(small):
    build.build(small)
    contents._load.cache_clear()  # a build is a process of its own
    change(small, "course/course.toml", 'title = "How many?"', 'title = "How few?"')
    build.build(small)
    assert "## Q1. How few?" in (small / RELEASE).read_text(encoding="utf-8")


def test_one_topic_alone(small):
    assert build.build(small, ["sharing"]) == 0
    assert set(generated(small)) == {name for name in PRODUCTS if "sharing" in name}
    with pytest.raises(CourseError, match="Did you mean 'sharing'"):
        build.build(small, ["sharin"])


def test_a_notebook_changed_by_hand_is_kept_aside(small, built, capsys):
    build.build(small)
    path = small / RELEASE
    work = path.read_bytes().replace(b"...  # your answer here", b"50")
    path.write_bytes(work)
    assert build.build(small) == 0
    assert generated(small) == generated(built)
    kept = list((small / ".cache" / "replaced").iterdir())
    assert [one.read_bytes() for one in kept] == [work]
    assert kept[0].name in capsys.readouterr().out


def test_products_without_a_source_go_but_own_files_stay(small, capsys):
    build.build(small)
    toml = small / "course/course.toml"
    parts = toml.read_text(encoding="utf-8").split("[[module]]")
    toml.write_text("[[module]]".join(parts[:2]), encoding="utf-8")
    contents._load.cache_clear()
    mine = small / "labs/sharing/mine.ipynb"
    mine.write_text("{}", encoding="utf-8")
    assert build.build(small) == 1
    said = capsys.readouterr().out
    assert "removed solutions/sharing/sharing.ipynb: its source is gone" in said
    assert "labs/sharing/mine.ipynb:1: No source makes this file" in said
    left = {name for name in generated(small) if "sharing" in name}
    assert left == {"labs/sharing/mine.ipynb"}
    assert not (small / "solutions/sharing").exists()


def test_a_stopped_build_leaves_no_half_file(small, monkeypatch):
    build.build(small)
    before = generated(small)
    change(small, LESSON, "Say the rule in one sentence.", "Count before you claim.")

    def stop(handle, mode):
        os.write(handle, b"{ half a notebook")
        os.close(handle)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build.os, "fdopen", stop)
        with pytest.raises(KeyboardInterrupt):
            build.build(small)
    assert generated(small) == before
    assert list((small / ".cache").glob("*.part")) == []
    assert build.build(small) == 0
    assert generated(small) != before


def test_a_damaged_stamp_only_costs_time(small, built):
    build.build(small)
    (small / build.STAMP).write_text('{"course/labs', encoding="utf-8")
    assert build.build(small) == 0
    assert generated(small) == generated(built)


# --check


def test_check_is_content_with_a_fresh_build(built, capsys):
    assert build.check(built) == 0
    assert len(re.findall("^same ", capsys.readouterr().out, re.MULTILINE)) == len(PRODUCTS)


@pytest.mark.parametrize("name", sorted(PRODUCTS))
def test_check_names_the_file_and_the_cell(built, tmp_path, capsys, name):
    root = tmp_path / "copy"
    shutil.copytree(built, root)
    book = json.loads((root / name).read_text(encoding="utf-8"))
    number = len(book["cells"]) - 1
    label = book["cells"][number]["id"]
    data = (root / name).read_bytes()
    at = data.rindex(b'"source"') + 20
    (root / name).write_bytes(data[:at] + b"#" + data[at + 1 :])
    topic = "start_here" if "start" in name else name.split("/")[-1][:-6].removeprefix("00_")
    assert build.check(root, [topic.removeprefix("01_")]) == 1
    said = capsys.readouterr().out
    line = data[: data.index(f'"{label}"'.encode())].count(b"\n") + 1
    assert f"{name}:{line}: Cell {number + 1} ({label}) differs." in said
    assert "Run: socmint build" in said


def test_check_names_what_is_missing_extra_or_broken(small, capsys):
    build.build(small)
    (small / RELEASE).unlink()
    (small / SOLUTION).write_text("no notebook", encoding="utf-8")
    lesson = small / "notebooks/00_counting.ipynb"
    lesson.write_bytes(lesson.read_bytes() + b"\n")
    (small / "notebooks/12_old.ipynb").write_text("{}", encoding="utf-8")
    before = generated(small)
    assert build.check(small) == 1
    said = capsys.readouterr().out
    assert f"{RELEASE}:1: This notebook is missing." in said
    assert f"{SOLUTION}:1: This file is not a notebook." in said
    assert "notebooks/00_counting.ipynb:1: The cells are equal; the text around" in said
    assert "notebooks/12_old.ipynb:1: No source makes this file" in said
    assert generated(small) == before  # it only looks


def test_clutter_of_jupyter_is_no_difference(small):
    build.build(small)
    folder = small / "labs/counting/.ipynb_checkpoints"
    folder.mkdir()
    (folder / "counting-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    assert build.check(small, ["counting"]) == 0


# Faults: what to replace (it stands once in the file), by what, the line to be named (counted from
# the start of the replaced text, or the line that holds a text), and words of the message.

BEGIN = "    ### BEGIN SOLUTION\n    len("
HALF = "# %% [markdown]\n# You are half way.\n"
Q1_CHECK = '# %% tags=["q1", "check"]\ncheck.q1(count)\n\n'
Q2_HINTS = '# %% [markdown] tags=["q2", "hints"]\n# 1. An account is a claim.\n\n'
SAMPLE = '    """SECRET-SAMPLE: fifty accounts are not fifty people."""\n'
RUBRIC = '# %% [markdown] tags=["q2", "rubric"]\n# RUBRIC-LINE: two points for the number.\n\n'

FAULTS = {
    "unknown tag": ('tags=["q1", "given"]', 'tags=["q1", "gift"]', 0, "Unknown tag 'gift'"),
    "no role": ('tags=["q1", "given"]', 'tags=["q1"]', 0, "A question cell has two tags"),
    "no question": ('tags=["q1", "given"]', 'tags=["given"]', 0, "A question cell has two tags"),
    "wrong kind": (
        '# %% tags=["q1", "given"]',
        '# %% [markdown] tags=["q1", "given"]',
        0,
        "must be a code cell",
    ),
    "tags that do not parse": ('tags=["q1", "given"]', "tags=[q1]", 0, "only tags="),
    "a title in the marker": (
        '# %% tags=["q1", "given"]',
        '# %% Given tags=["q1", "given"]',
        0,
        "only tags=",
    ),
    "raw cell": ("# %% [markdown]\n# You are", "# %% [raw]\n# You are", 0, "A cell starts with"),
    "no check": (Q1_CHECK, "", '"q1", "task"', "Question q1 needs a check cell"),
    "no hints": (Q2_HINTS, "", '"q2", "task"', "Question q2 needs a hints cell"),
    "no rubric": (RUBRIC, "", '"q2", "task"', "needs a rubric cell because it has manual points"),
    "wrong order": ('# %% tags=["q1", "given"]\ntable = case.accounts\n\n', "", 0, None),
    "twice": (
        HALF,
        HALF + '\n# %% tags=["q1", "check"]\ncheck.q1(count)\n',
        3,
        "Question q1 was left and comes back",
    ),
    "second check": (Q1_CHECK, Q1_CHECK + Q1_CHECK, 3, "Question q1 has a second check cell"),
    "inside a question": (Q1_CHECK, "# %%\n1 + 1\n\n" + Q1_CHECK, 0, "stands inside question q1"),
    "not in course.toml": (
        HALF,
        HALF + '\n# %% [markdown] tags=["q7", "task"]\n# More.\n',
        3,
        "Question q7 is not in course.toml",
    ),
    "marker outside an answer": (
        "table = case.accounts",
        "### BEGIN SOLUTION\ntable = 1\n### END SOLUTION",
        0,
        'outside a cell tagged "answer"',
    ),
    "no end": (
        '("account_id"))\n    ### END SOLUTION\n',
        '("account_id"))\n',
        -1,
        "BEGIN SOLUTION without an END",
    ),
    "no begin": (BEGIN, "    len(", 1, "END SOLUTION without a BEGIN"),
    "begin twice": (BEGIN, "    ### BEGIN SOLUTION\n" + BEGIN, 1, "BEGIN SOLUTION again"),
    "marker spelt otherwise": (BEGIN, BEGIN.replace("###", "#"), 0, "Write the marker alone"),
    "hidden tests": (
        "check.q1(count)",
        "### BEGIN HIDDEN TESTS\ncheck.q1(count)",
        0,
        "Hidden tests do not belong",
    ),
    "syntax": ("table = case.accounts", "table = = case.accounts", 0, "This is not Python"),
    "shell": ("table = case.accounts", "table = 1\n!ls", 1, "This is not Python"),
    "stub breaks the cell": (
        SAMPLE + "    ### END SOLUTION\n)",
        '    "a"\n)\n### END SOLUTION',
        -2,
        "Without its solution this cell is not Python",
    ),
    "name only in the solution": (
        "check.q1(count)",
        "check.q1(counts)",
        0,
        "Learners have no 'counts'",
    ),
    "check without a call": ("check.q1(count)", "count", 0, "must be check.q1(…)"),
    "check of another question": ("check.q2(advice)", "check.q1(advice)", 0, "must be check.q2(…)"),
    "hints without numbers": (
        "# 1. An account is a claim.",
        "# An account is a claim.",
        0,
        "Hints are a numbered list",
    ),
    "header not first": (
        "# %% [markdown]\n# You are half",
        '# %% [markdown] tags=["header"]\n# You are half',
        0,
        "Only the first cell",
    ),
    "empty cell": (HALF, HALF + "\n# %%\n", 3, "This cell is empty"),
    "text above the first cell": (
        '# %% [markdown] tags=["header"]',
        'import os\n# %% [markdown] tags=["header"]',
        0,
        "before the first '# %%'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_has_file_line_and_words(small, capsys, fault):
    old, replacement, shift, words = FAULTS[fault]
    if fault == "wrong order":
        change(small, LAB, old, "")
        at = change(small, LAB, Q1_CHECK, Q1_CHECK + old)
        words = "In q1 given must stand before check"
        shift = 3
    else:
        at = change(small, LAB, old, replacement)
    if isinstance(shift, str):
        lines = (small / LAB).read_text(encoding="utf-8").split("\n")
        line = next(number for number, one in enumerate(lines, start=1) if shift in one)
    else:
        line = at + shift
    assert build.build(small, ["counting"]) == 1
    said = capsys.readouterr().out
    hits = [one for one in said.splitlines() if one.startswith(f"{LAB}:{line}: ") and words in one]
    assert len(hits) == 1, said
    assert not (small / RELEASE).exists()
    assert (small / "notebooks/00_counting.ipynb").exists()  # a fault stops its own file only


def test_all_faults_of_a_file_come_together(small, capsys):
    change(small, LAB, "check.q1(count)", "check.q1(counts)")
    change(small, LAB, "check.q2(advice)", "check.q2(advise)")
    change(small, LESSON, 'tags=["recall"]', 'tags=["recal"]')
    assert build.build(small) == 1
    said = capsys.readouterr().out
    assert "'counts'" in said and "'advise'" in said
    assert "Unknown tag 'recal'" in said and f"{LESSON}:" in said


def test_question_missing_or_out_of_order(small, capsys):
    text_of = (small / LAB).read_text(encoding="utf-8")
    first = text_of.index('# %% [markdown] tags=["q1", "task"]')
    half = text_of.index("# %% [markdown]\n# You are half")
    end = text_of.index('# %% [markdown] tags=["footer"]')
    swapped = text_of[:first] + text_of[half:end] + text_of[first:half] + text_of[end:]
    (small / LAB).write_text(swapped, encoding="utf-8")
    assert build.build(small, ["counting"]) == 1
    line = swapped[: swapped.index('"q2", "task"')].count("\n") + 1
    assert f"{LAB}:{line}: Question q2 stands where course.toml has q1." in capsys.readouterr().out
    (small / LAB).write_text(text_of[:half] + text_of[end:], encoding="utf-8")
    assert build.build(small, ["counting"]) == 1
    assert f"{LAB}:1: Question q2 is in course.toml but not in this lab." in capsys.readouterr().out


def test_missing_source_says_how_to_start_it(small, capsys):
    (small / LESSON).unlink()
    assert build.build(small) == 1
    assert f"{LESSON}:1: This file is missing. Run: socmint new lesson counting" in (
        capsys.readouterr().out
    )


def test_source_that_is_not_utf8_names_its_line(small, capsys):
    data = (small / LAB).read_bytes()
    at = data.index(b"You are half way")
    (small / LAB).write_bytes(data[:at] + b"\xff" + data[at:])
    assert build.build(small, ["counting"]) == 1
    line = data[:at].count(b"\n") + 1
    assert f"{LAB}:{line}: This line is not UTF-8 text." in capsys.readouterr().out


# New files


def test_new_asks_each_question_once_and_builds(small):
    for kind in ("lesson", "lab"):
        (small / f"course/{kind}s/counting.py").unlink()
        assert new(small, kind, "counting") == f"course/{kind}s/counting.py"
    made = (small / LAB).read_text(encoding="utf-8")
    assert made.count('"task"') == 2 and made.count('"rubric"') == 1
    assert "QID" not in made and "TOPIC" not in made
    assert build.build(small) == 0


def test_new_never_overwrites(small):
    before = (small / LAB).read_bytes()
    with pytest.raises(CourseError, match=r"course/labs/counting\.py is there already"):
        new(small, "lab", "counting")
    assert (small / LAB).read_bytes() == before


def test_new_topic_must_be_in_the_table_of_contents(small):
    with pytest.raises(CourseError, match=r"'counting'.*To add a module.*course\.toml"):
        new(small, "lab", "countin")


def test_root_is_found_from_below(small, monkeypatch, tmp_path):
    monkeypatch.chdir(small / "course" / "labs")
    assert source.find_root() == small
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="Change to the course folder"):
        source.find_root()


# The real course


def test_course_is_exactly_what_its_sources_give(capsys):
    assert build.check(ROOT) == 0, capsys.readouterr().out


def test_released_labs_hold_no_line_of_a_solution():
    for unit in source.units(contents.load()):
        if unit.kind != "lab":
            continue
        made, faults = source.read(ROOT, unit)
        assert not faults
        secret, visible = set(), set()
        for cell in made:
            inside = cell.role in source.INSTRUCTOR_ROLES
            for line in map(str.strip, cell.source.split("\n")):
                if "BEGIN SOLUTION" in line:
                    inside = True
                elif "END SOLUTION" in line:
                    inside = False
                elif len(line) > 3:
                    (secret if inside else visible).add(line)
        released = {
            line.strip()
            for cell in cells(ROOT, unit.products[1])
            for line in text(cell).split("\n")
        }
        assert secret - visible, unit.source
        assert not (secret - visible) & released, unit.source
