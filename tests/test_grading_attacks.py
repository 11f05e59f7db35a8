"""Hostile and broken submissions: what each reaches and scores, and neighbours get theirs.

Needs bubblewrap. Without it these tests are skipped, unless SOCMINT_REQUIRE_SANDBOX is set.
"""

import json
import os
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from socmint.check import forms, load_keys
from socmint.course import ROOT
from socmint.grading import classroom, demo
from socmint.grading.collect import collect
from socmint.grading.sandbox import Limits, Sandbox, why_not
from socmint.grading.score import own_place, unseen_places, write_world

WHY_NOT = why_not()
if WHY_NOT and not os.environ.get("SOCMINT_REQUIRE_SANDBOX"):
    pytest.skip(f"{WHY_NOT}: the attacks did not run", allow_module_level=True)

LAB = "first_steps"
LIMITS = Limits(seconds=45, cell_seconds=4, grace=1, memory=1_500_000_000, disk=50_000_000)
MIME = "application/vnd.socmint.answer+json"

WRITE_EVENTS = """
import json, os
lines = "".join(
    "\\n" + json.dumps({"done": n, "answer": {"topic": "first_steps", "question": f"q{q}",
    "answer": 1}}) + "\\n" for n in range(30) for q in range(1, 7))
for name in os.listdir("/proc/self/fd"):
    try:
        os.write(int(name), lines.encode())
    except OSError:
        pass
"""
FLOOD = """
import os
junk = b"x" * 100_000
for name in os.listdir("/proc/self/fd"):
    try:
        for _ in range(300):
            os.write(int(name), junk)
    except OSError:
        pass
"""
# Code in the answer cell of Q2 of a lab with three answers, worth 1, 1 and 2 points. What stops one
# cell costs Q2 alone, what stops the process costs Q3, too.
CODE = demo.HOSTILE | {
    "many processes with much memory": "import os, time\nfor _ in range(12):\n"
    "    if os.fork() == 0:\n        heap = bytearray(os.urandom(1)) * 300_000_000\n"
    "        time.sleep(60)\ntime.sleep(60)",
    "many processes with much shared memory": "import mmap, os, time\nfor _ in range(12):\n"
    "    if os.fork() == 0:\n        heap = mmap.mmap(-1, 300_000_000)\n"
    "        [heap.write(bytes(1_000_000)) for _ in range(300)]\n        time.sleep(60)\n"
    "time.sleep(60)",
    "one big file": "with open('big', 'wb') as file:\n"
    "    for _ in range(1000):\n        file.write(b'0' * 1_000_000)",
    "kills all": "import os, signal\nos.kill(-1, signal.SIGKILL)",
    "kills its group": "import os, signal\nos.kill(0, signal.SIGKILL)",
    "kills the parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "replaced pandas": "import sys, types\nsys.modules['pandas'] = types.ModuleType('pandas')",
    "own pandas beside it": "open('pandas.py', 'w').write('raise SystemExit')\n"
    "import importlib, pandas\nimportlib.reload(pandas) if False else None",
    "forged bundle": f"from IPython.display import display\nfor q in range(1, 7):\n"
    f"    display({{'{MIME}': {{'topic': '{LAB}', 'question': f'q{{q}}', 'answer': 1}},"
    "'text/plain': '100'}, raw=True)",
    "forged events": WRITE_EVENTS,
    "flood of events": FLOOD,
    "script for the marker": "from IPython.display import HTML, display\n"
    "display(HTML('<script>alert(1)</script><svg onload=alert(2)>'))",
    "exits": "raise SystemExit",
    "recursion": "def down():\n    down()\ndown()",
    "stops the alarm": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0)\n"
    "while True:\n    pass",
}
CODE["a million prints"] = "print('x' * 1_000_000)\nfor n in range(100_000):\n    print(n)"
EXPECTED = {
    "endless loop": (3, ""),
    "stubborn loop": (1, "did not stop in time"),
    "ends its process": (1, "ended its own process"),
    "a million prints": (4, ""),
    "fifty gigabytes": (3, ""),
    "fork bomb": (3, ""),
    "patched checker": (1, ""),
    "many processes with much memory": (1, "too much memory"),
    "many processes with much shared memory": (1, "too much memory"),
    "one big file": (3, ""),
    "kills all": (3, ""),  # nobody is there to kill: an error
    "kills its group": (4, ""),
    "kills the parent": (4, ""),
    "replaced pandas": (2, ""),
    "own pandas beside it": (4, ""),
    "forged bundle": (4, ""),
    "script for the marker": (4, ""),
    "exits": (3, ""),
    "recursion": (3, ""),
    "stops the alarm": (1, "did not stop in time"),
}


def notebook(change):
    """Return a solved lab after `change` has had it."""
    book = json.loads(demo.solved(LAB))
    change(book)
    return json.dumps(book).encode()


def doubled(book):
    answer = next(c for c in book["cells"] if c["id"] == f"{LAB}-q3-answer")
    book["cells"].append(answer | {"id": "copy", "source": ["posts_by_platform = 'a copy'"]})
    book["cells"] += [c for c in book["cells"] if c["id"].endswith("-check")]


def edited(book):
    for cell in book["cells"]:
        if cell["id"].endswith("-answer"):
            cell["source"] = ["number_of_accounts = posts_on_tikkeron = busiest = fig = None"]
        if cell["id"].endswith("-check"):
            cell["source"] = ["100.0"]
            cell["metadata"]["nbgrader"]["points"] = 100


FILES = {  # name → (what is handed in, status, score, sentence of the findings)
    "broken JSON": (demo.solved(LAB)[:-300], "unreadable", None, "not JSON"),
    "empty": (b"", "unreadable", None, "empty"),
    "wrong types": (b'{"cells": {"a": 1}}', "unreadable", None, "no list of cells"),
    "a list of numbers": (b'{"cells": [1, 2]}', "unreadable", None, "Cell 1 is not a cell"),
    "nested too deep": (b'{"cells": ' + b"[" * 200_000, "unreadable", None, "not JSON"),
    "not text": (bytes(range(256)) * 40, "unreadable", None, "not JSON"),
    "blank": (demo.template(LAB), "blank", 0, ""),
    "edited tests and points": (notebook(edited), "graded", 0, "is locked and was changed"),
    "duplicated cells": (notebook(doubled), "graded", 10, "stands there 2 times"),
}


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    """Hand in everything at once, honest neighbours first, between and last; grade once."""
    folder = tmp_path_factory.mktemp("class")
    names = [*CODE, *FILES]
    roster = folder / "roster.csv"
    ids = {name: f"s{n:03}" for n, name in enumerate(names, start=1)}
    honest = ["honest0", "honest1", "honest2"]
    order = [honest[0], *list(ids.values())[:9], honest[1], *list(ids.values())[9:], honest[2]]
    roster.write_text("id,name\n" + "".join(f"{one},{one}\n" for one in order), encoding="utf-8")
    group = classroom.init(folder / "demo", roster)
    inbox = folder / "inbox"
    for name, learner in ids.items():
        data = FILES[name][0] if name in FILES else demo.with_code(LAB, CODE[name], "q2", only=3)
        classroom.store(inbox / f"{learner}.ipynb", data)
    for learner in honest:
        classroom.store(inbox / f"{learner}.ipynb", demo.solved(LAB))
    report = collect(group, LAB, [inbox])
    assert report.missing == report.unknown == report.refused == []
    results = classroom.grade(group, LAB, workers=2, limits=LIMITS)
    return group, {name: results[learner] for name, learner in ids.items()}, results


@pytest.mark.parametrize("name", EXPECTED)
def test_hostile_code_costs_its_author_only(name, group):
    score, sentence = EXPECTED[name]
    result = group[1][name]
    assert (result["status"], result["auto"]) == ("graded", score), result
    assert sentence in " ".join(result["findings"])


def test_memory_and_files_end_with_an_error_in_their_cell(group):
    for name, error in (("fifty gigabytes", "MemoryError"), ("one big file", "OSError")):
        assert error in group[1][name]["runs"][0]["errors"][f"{LAB}-q2-answer"]


@pytest.mark.parametrize("name", ["forged events", "flood of events"])
def test_forged_events_are_at_most_answers(name, group):
    result = group[1][name]
    assert result["status"] == "graded"
    # The forged answer to all, 1, is right nowhere; Q1 was answered honestly before.
    assert result["auto"] == 1
    assert result["points"] == 10


@pytest.mark.parametrize("name", FILES)
def test_broken_files_are_told_from_blank_ones(name, group):
    _, status, score, sentence = FILES[name]
    result = group[1][name]
    assert (result["status"], result["auto"]) == (status, score), result
    assert sentence in " ".join(result["findings"])


def test_honest_neighbours_get_theirs(group):
    assert [group[2][f"honest{n}"]["auto"] for n in range(3)] == [10, 10, 10]


def test_no_html_of_a_learner_is_kept(group):
    assert "<script" not in json.dumps(group[2])


def test_an_edited_score_counts_for_nothing(group):
    result = group[1]["edited tests and points"]
    assert result["points"] == 10
    assert all(q["score"] == 0 for q in result["questions"].values())


# ---- what a notebook reaches ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    """Return a function that runs cells in a sandbox with two worlds and gives what they print."""
    worlds = tmp_path_factory.mktemp("worlds")
    mine = own_place(b"s" * 32, "mine", LAB)
    other = own_place(b"s" * 32, "other", LAB)
    for where in (mine, other):
        write_world(worlds, LAB, where)
    form = forms.dump(load_keys(LAB))
    with Sandbox(worlds, number=7) as sandbox:

        def run(*cells):
            return sandbox.run(mine.name, list(cells), form, replace(LIMITS, cell_seconds=20))

        run.mine, run.other, run.worlds = mine, other, worlds
        yield run


def refused(run):
    """Say whether the last cell ended with an error, and with which."""
    assert run.ended == "well"
    return run.cells[-1].error


READ = {
    "passwords": "open('/etc/passwd').read()",
    "shadow": "open('/etc/shadow').read()",
    "keys": "import socmint.keys.first_steps",
    "graders": "import socmint.grading.score",
    "solutions": f"open({str(ROOT / 'solutions' / LAB / (LAB + '.ipynb'))!r}).read()",
    "lab sources": f"open({str(ROOT / 'course' / 'labs' / (LAB + '.py'))!r}).read()",
    "tests": f"open({str(Path(__file__))!r}).read()",
    "history": f"import os; os.listdir({str(ROOT / '.git')!r})",
    "truth": "import os; os.listdir(os.environ['SOCMINT_WORLD'] + '/truth')",
}


@pytest.mark.parametrize("name", READ)
def test_what_must_stay_hidden_is_not_there(name, inside):
    error = refused(inside(READ[name]))
    assert error and error.split(":")[0] in {"FileNotFoundError", "ModuleNotFoundError"}


def test_the_secret_and_other_worlds_are_not_there(inside, tmp_path):
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    assert "FileNotFound" in refused(inside(f"open({str(tmp_path / 'secret')!r})"))
    printed = inside("import os; print(os.listdir('/sandbox/worlds'))").cells[0].printed
    assert printed == "[]\n"
    found = inside(
        "import os\nprint([f for d, _, files in os.walk('/sandbox') for f in files "
        "if 'truth' in f or f.endswith('.ipynb')])"
    )
    assert found.cells[0].printed == "[]\n"


def test_the_seed_of_the_world_is_told_nowhere(inside):
    seed = str(inside.mine.seed)
    run = inside(
        "from socmint import open_lab\ncase, check = open_lab('first_steps')\nprint(case)",
        "import os, glob\nprint(any(" + repr(seed) + " in open(f, errors='replace').read() "
        "for f in glob.glob(os.environ['SOCMINT_WORLD'] + '/*')))",
        "print(os.environ)",
    )
    assert run.cells[0].error is None
    assert inside.mine.alias in run.cells[0].printed
    assert run.cells[1].printed == "False\n"
    assert seed not in run.cells[0].printed + run.cells[2].printed


def test_a_world_from_the_number_inside_is_another_world(inside):
    run = inside(
        "from socmint import open_lab\nfrom synthetic_data import generate\n"
        "case, _ = open_lab('first_steps')\n"
        f"other = generate('village', seed={inside.mine.alias}, accounts=240)\n"
        "print(other.tables['posts']['text'].tolist() == case.posts['text'].tolist())"
    )
    assert run.cells[0].printed == "False\n"


@pytest.mark.parametrize("place", ["/", "/usr", "/sandbox", "/sandbox/world", "/proc/sys/kernel"])
def test_nothing_outside_can_be_written(place, inside):
    error = refused(inside(f"open('{place}/mine', 'w')"))
    assert error and error.split(":")[0] in {"OSError", "PermissionError", "FileNotFoundError"}


def test_the_course_cannot_be_changed(inside):
    error = refused(inside("import socmint\nopen(socmint.__file__, 'a').write('x')"))
    assert "Read-only" in error or "Permission" in error


def test_its_own_folder_is_writable_and_empty_each_time(inside):
    assert inside("open('mine', 'w').write('x')").cells[0].error is None
    assert inside("import os; print(os.listdir())").cells[0].printed == "[]\n"


def test_there_is_no_network(inside):
    connect = "import socket\nsocket.create_connection(('{}', {}), timeout=2)"
    for host, port in (("127.0.0.1", 22), ("192.0.2.1", 80)):
        assert "Address family not supported" in refused(inside(connect.format(host, port)))
    printed = inside("import os; print(os.listdir('/sys') if os.path.exists('/sys') else 0)")
    assert printed.cells[0].printed == "0\n"
    lines = inside("print(len(open('/proc/net/dev').readlines()))").cells[0].printed
    assert lines == "3\n"  # two lines of headings, and lo


def test_other_processes_are_out_of_sight(inside):
    printed = inside("import os; print([name for name in os.listdir('/proc') if name.isdecimal()])")
    assert printed.cells[0].printed == "['1']\n"


def test_no_power_is_left(inside):
    status = inside("print(open('/proc/self/status').read())").cells[0].printed
    powers = [line.split()[1] for line in status.splitlines() if line.startswith("Cap")]
    assert len(powers) == 5
    assert {int(power, 16) for power in powers} == {0}
    assert "NoNewPrivs:\t1" in status
    for call in ("mount(b'none', b'/sandbox/work', b'tmpfs', 0, None)", "chroot(b'/sandbox')"):
        printed = inside(f"import ctypes; print(ctypes.CDLL(None).{call})").cells[0].printed
        assert printed == "-1\n"
    assert inside("import os; print(os.getuid())").cells[0].printed != "0\n"


def test_a_daemon_does_not_outlive_its_notebook(inside):
    run = inside(
        "import subprocess\nsubprocess.Popen(['sleep', '98765'], start_new_session=True)\nprint(1)"
    )
    assert run.cells[0].printed == "1\n", run
    time.sleep(0.2)
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            commands.append(path.read_bytes())
        except OSError:
            continue
    assert not any(b"98765" in command for command in commands)


def test_secrets_of_the_grader_are_not_in_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_TOKEN", "do-not-tell")
    with Sandbox(tmp_path, number=8) as sandbox:
        (tmp_path / "w").mkdir()
        run = sandbox.run("w", ["import os; print(dict(os.environ))"], "{}", LIMITS)
    assert "do-not-tell" not in run.cells[0].printed
    assert "SOCMINT_FORMS" in run.cells[0].printed


ROOMS = ("secret", "gradebook.db", "truth", "keys", "results", "submitted", "shown", "marked")


@pytest.mark.parametrize("room", ROOMS)
def test_the_books_truth_keys_and_siblings_of_the_class_are_not_there(room, group, inside):
    path = group[0].folder / room
    assert path.exists() or room in ("gradebook.db", "marked")
    error = refused(inside(f"import os\nos.listdir({str(path)!r}) if os.path.isdir({str(path)!r}) "
                           f"else open({str(path)!r}).read()"))  # fmt: skip
    assert error and error.startswith("FileNotFoundError")


def test_markdown_and_pictures_of_a_learner_stay_out_of_the_results(tmp_path):
    """What is shown to a marker is kept apart, and cleaned where it is shown."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)></svg>"
    picture = f'<svg xmlns="http://www.w3.org/2000/svg">{bad}</svg>'
    code = (
        "from IPython.display import SVG, Markdown, display\n"
        f"display(Markdown({bad!r}))\ndisplay({{'image/svg+xml': {picture!r}}}, raw=True)"
    )
    roster = tmp_path / "r.csv"
    roster.write_text("id,name\nana,ana\n", encoding="utf-8")
    group = classroom.init(tmp_path / "class", roster)
    classroom.store(tmp_path / "in" / "ana.ipynb", demo.with_code(LAB, code, "q2", only=3))
    collect(group, LAB, [tmp_path / "in"])
    result = classroom.grade(group, LAB, workers=1, limits=LIMITS)["ana"]
    assert result["auto"] == 4
    for part in ("<script", "onerror", "onload"):
        assert part not in json.dumps(result)


def test_a_fork_bomb_does_not_take_processes_from_its_neighbour(inside):
    calm = (
        "import subprocess, time\nfor _ in range(8):\n"
        "    subprocess.run(['true'], check=True)\n    time.sleep(0.1)"
    )
    bomb = demo.HOSTILE["fork bomb"].replace("time.sleep(60)", "time.sleep(2)")
    with ThreadPoolExecutor(2) as pool:
        bad, good = pool.map(inside, (bomb, calm))
    assert (bad.ended, good.ended) == ("well", "well")
    assert good.cells[0].error is None


def test_neighbours_do_not_see_each_other(inside):
    look = (
        "import os, time\ntime.sleep(0.5)\n"
        "print([n for n in os.listdir('/proc') if n.isdecimal()], os.listdir())"
    )
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(inside, ("open('mine', 'w')\nimport time\ntime.sleep(1)", look)))
    assert runs[1].cells[0].printed == "['1'] []\n"


def test_a_world_that_is_read_once_cannot_be_changed_for_others(inside):
    opened = "from socmint import open_lab\ncase, _ = open_lab('first_steps')\n"
    spoil = "case._world.tables['posts'] = None\ncase._world.meta['seed'] = 5"
    look = "print(len(case.posts), case._world.meta['seed'])"
    form = forms.dump(load_keys(LAB))
    with Sandbox(inside.worlds, number=5, shared=[inside.mine.name]) as sandbox:
        first, second, third = (
            sandbox.run(inside.mine.name, [opened + code], form, LIMITS).cells[0]
            for code in (look, spoil, look)
        )
        other = sandbox.run(inside.other.name, [opened + look], form, LIMITS).cells[0]
    assert second.error is None
    assert first.printed == third.printed
    assert first.printed.split()[1] == inside.mine.alias
    assert other.printed.split()[1] == inside.other.alias


def test_a_sandbox_outlives_the_thread_that_started_it(tmp_path):
    (tmp_path / "w").mkdir()
    with Sandbox(tmp_path, number=6) as sandbox:
        for _ in range(2):
            thread = threading.Thread(target=sandbox.run, args=("w", ["1"], "{}", LIMITS))
            thread.start()
            thread.join()
        assert sandbox.run("w", ["print(1)"], "{}", LIMITS).cells[0].printed == "1\n"


# ---- archives ------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nana,Ana Ruiz\nben,Ben Sol\n", encoding="utf-8")
    return classroom.init(tmp_path / "class", roster)


def test_paths_that_lead_outside_and_links_are_refused_by_name(small, tmp_path):
    archive = tmp_path / "in.zip"
    link = zipfile.ZipInfo("ana/ana.ipynb")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../ben.ipynb", demo.solved(LAB))
        made.writestr("/ben.ipynb", demo.solved(LAB))
        made.writestr(link, "/etc/passwd")
    before = set(tmp_path.rglob("*"))
    report = collect(small, LAB, [archive])
    assert report.taken == {}
    assert [line.split(" ", 1)[1] for line in report.refused] == [
        "leads outside.",
        "leads outside.",
        "is a symbolic link.",
    ]
    assert set(tmp_path.rglob("*")) == before


def test_links_in_a_folder_are_refused(small, tmp_path):
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "ana.ipynb").symlink_to(small.folder / "secret")
    (inbox / "ben").symlink_to("/etc")
    report = collect(small, LAB, [inbox])
    assert report.taken == {}
    assert len(report.refused) == 2


def test_a_zip_bomb_is_not_unpacked(small, tmp_path):
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("ana.ipynb", b"0" * 120_000_000)
        made.writestr("ben.ipynb", demo.solved(LAB))
    report = collect(small, LAB, [archive])
    assert "unpacks to more than" in report.refused[0]
    assert small.path("submitted", LAB, "ana.ipynb").stat().st_size < 21_000_000
    assert report.taken.keys() == {"ana", "ben"}


def test_a_notebook_of_200_megabytes_is_unreadable(small, tmp_path):
    huge = tmp_path / "ana.ipynb"
    with huge.open("wb") as file:
        file.truncate(200_000_000)
    collect(small, LAB, [huge])
    result = classroom.grade(small, LAB, workers=1, limits=LIMITS)
    assert result["ana"]["status"] == "unreadable"
    assert "are the most" in result["ana"]["findings"][0]
    assert result["ben"]["status"] == "missing"


def test_unseen_worlds_are_unseen():
    """Nobody is given the worlds that method is judged on."""
    secret = b"s" * 32
    mine = {own_place(secret, name, LAB).seed for name in ("ana", "ben")}
    assert not mine & {where.seed for where in unseen_places(secret, LAB)}
    assert len(mine) == 2
