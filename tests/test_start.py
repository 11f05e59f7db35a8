"""start.py: every way it can fail is one clear sentence, and the next try succeeds.

Most tests run a copy of start.py in a small folder of its own, with a real environment and the
real pip, but with one tiny package from a server or a wheelhouse on this computer. The last test
clones the repository and installs everything.
"""

import ast
import hashlib
import http.server
import importlib.util
import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from importlib.metadata import version
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parent.parent
REAL_FIND_SPEC = importlib.util.find_spec
STEPS_SKIPPED = ["[1/3] environment .venv: ready, skipped", "packages to learn: ready, skipped"]

# A build backend in a few lines: with it pip installs the small folder without a network.
BACKEND = """
import zipfile
from importlib.metadata import version

FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: course\\nVersion: 1\\n",
    "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "RECORD": "",
}

def build_editable(folder, settings=None, metadata=None):
    name = "course-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for file, text in FILES.items():
            wheel.writestr(f"course-1.dist-info/{file}", text)
    return name
"""


def write_wheel(folder, text="ANSWER = 42\n"):
    """A wheel with one module, `tiny`."""
    folder.mkdir(exist_ok=True)
    path = folder / "tiny-1-py3-none-any.whl"
    info = "tiny-1.dist-info"
    contents = {
        "tiny.py": text,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in contents.items():
            wheel.writestr(name, content)
    return path


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A copy of start.py, loaded as a module, in a folder with one tiny package to install."""
    root = tmp_path / "course"
    for folder in ("locks", "notebooks"):
        (root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "start.py", root)
    (root / "notebooks" / "00_start_here.ipynb").write_text("{}")
    (root / "backend.py").write_text(BACKEND)
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "course"\nversion = "1"\n'
    )
    digest = hashlib.sha256(write_wheel(tmp_path / "made").read_bytes()).hexdigest()
    for kind in ("learn", "teach", "test"):
        lock = f"# {kind}\ntiny==1 \\\n    --hash=sha256:{digest}\n"
        (root / "locks" / f"{kind}.txt").write_text(lock)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    # The pip of these tests knows no registry, waits for nothing and keeps nothing.
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    spec = importlib.util.spec_from_file_location("start", root / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.FIRST_LOAD = "import tiny; assert tiny.ANSWER == 42"
    module.handed = []
    module.hand_over = lambda *words: module.handed.append(words) or 0
    # Half a second instead of seven: the environment borrows the pip that runs these tests.
    without = lambda name: None if name == "ensurepip" else REAL_FIND_SPEC(name)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", without)
    return module


@pytest.fixture
def wheelhouse(start, tmp_path):
    """The package, beside start.py."""
    return shutil.copytree(tmp_path / "made", start.WHEELHOUSE)


@pytest.fixture
def pip(start, monkeypatch):
    """In place of pip, for what does not depend on it: it notes its words and brings the module."""
    calls = []

    def stand_in(words, total):
        calls.append(words)
        (start.SITE / "tiny.py").write_text("ANSWER = 42")

    monkeypatch.setattr(start, "pip", stand_in)
    return calls


@pytest.fixture
def index(monkeypatch):
    """A package index on this computer; a test sets the bytes and the length that it promises."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            page = b'<a href="/tiny-1-py3-none-any.whl">tiny-1-py3-none-any.whl</a>'
            body = server.wheel if self.path.endswith(".whl") else page
            kind = "application/octet-stream" if body is not page else "text/html"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) + (body is not page) * server.lacks))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.lacks = 0
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    yield server
    server.shutdown()
    server.server_close()


def fails(start, capsys, *words, code=1):
    """Run it, see that it fails with one sentence on stderr, and return the sentence."""
    assert start.main([*words]) == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert not start.STAMP.exists()
    assert start.handed == []
    return lines[0]


def succeeds(start, capsys, *words):
    """Run it, see that it ends well, and return what it said."""
    assert start.main([*words]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert len(start.handed) == 1
    start.handed.clear()
    return said.out


# --- a learner's computer that is not ready -------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0)])
def test_a_python_that_the_locks_do_not_serve_is_named(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "start.py"))
    assert f"this is Python 3.{version[1]}, and the course needs Python 3.11 to 3.14" in str(
        stopped.value
    )


def test_an_old_python_can_read_far_enough_to_say_so():
    ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 7))


def test_a_python_without_venv_and_pip(start, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "sudo apt install python3-venv" in fails(start, capsys)
    assert not start.VENV.exists()


def test_a_disk_with_too_little_space(start, capsys, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 1, 8 * 10**6))
    assert "the disk has 8 MB left and this needs 1000 MB" in fails(start, capsys)
    assert not start.VENV.exists()


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "OSError: [WinError 112] There is not enough space on the disk",
    ],
)
def test_a_disk_that_fills_up_on_the_way(start, line):
    assert start.explain(line, []) == "the disk is full; free some space and start again."


def test_a_port_that_is_taken(start, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is in use" in fails(start, capsys, "--port", str(port))
    assert not start.VENV.exists()


@pytest.mark.parametrize("words", [["--port", "0"], ["--port", "x"], ["lern"], ["learn", "--al"]])
def test_unknown_words_are_refused(start, capsys, words):
    with pytest.raises(SystemExit) as stopped:
        start.main(words)
    assert stopped.value.code == 2
    assert "start.py: error: " in capsys.readouterr().err


def test_help_names_every_command(start, capsys):
    with pytest.raises(SystemExit) as stopped:
        start.main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    for command in ("start.py ", "start.py teach", "start.py test", "start.py wheelhouse"):
        assert f"python3 {command}" in said


# --- packages that do not come --------------------------------------------------------------------


def test_no_network_and_then_a_wheelhouse(start, capsys, tmp_path):
    assert "could not be downloaded; check the network" in fails(start, capsys)
    shutil.copytree(tmp_path / "made", start.WHEELHOUSE)
    assert "unfinished, older or moved, so it is made afresh" in succeeds(start, capsys)


def test_a_download_that_breaks_off(start, capsys, index, tmp_path):
    index.wheel = (tmp_path / "made" / "tiny-1-py3-none-any.whl").read_bytes()[:200]
    index.lacks = 300
    # An older pip does not count the bytes; then the hash tells.
    assert re.search("could not be downloaded|arrived damaged", fails(start, capsys))
    index.wheel, index.lacks = (tmp_path / "made" / "tiny-1-py3-none-any.whl").read_bytes(), 0
    succeeds(start, capsys)


def test_a_package_that_is_not_the_locked_one_is_refused(start, capsys, index, tmp_path):
    index.wheel = write_wheel(tmp_path / "other", "ANSWER = 42  # and more\n").read_bytes()
    assert "is not the one that the lock names, so it was refused" in fails(start, capsys)
    assert not list(start.SITE.glob("tiny*"))


def test_a_damaged_wheelhouse(start, capsys, wheelhouse):
    (wheelhouse / "tiny-1-py3-none-any.whl").write_bytes(b"cut off")
    assert "a file in wheelhouse/ is damaged or foreign" in fails(start, capsys)


def test_a_wheelhouse_for_another_computer(start, capsys):
    start.WHEELHOUSE.mkdir()
    assert "wheelhouse/ lacks a package for this system" in fails(start, capsys)


def test_packages_that_python_cannot_load(start, capsys, pip):
    start.FIRST_LOAD = "import absent_module"
    said = fails(start, capsys)
    assert "cannot load them: ModuleNotFoundError: No module named 'absent_module'" in said


def test_a_failure_nobody_foresaw_shows_the_reason_that_pip_gave(start):
    said = start.explain("Collecting tiny\nERROR: the moon is full\n", [])
    assert "the moon is full" in said
    assert ".venv/install.log" in said


# --- an interruption ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["make_venv", "pip", "load_once"])
def test_after_ctrl_c_the_next_start_succeeds(start, capsys, pip, monkeypatch, step):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(start, step, interrupted)
        assert "stopped; start again" in fails(start, capsys, code=130)
    succeeds(start, capsys)
    assert (start.SITE / "tiny.py").exists()


def test_an_interrupted_change_is_not_taken_for_done(start, capsys, pip, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    succeeds(start, capsys)
    with monkeypatch.context() as patch:
        patch.setattr(start, "load_once", interrupted)
        fails(start, capsys, "teach", code=130)
    assert "made afresh" in succeeds(start, capsys)


def test_ctrl_c_ends_pip_too(start, monkeypatch):
    seen = []

    def interrupted(process, total):
        seen.append(process)
        raise KeyboardInterrupt

    start.make_venv()
    monkeypatch.setattr(start, "follow", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start.pip(["install", "tiny"], 1)
    assert seen[0].poll() is not None


def test_an_environment_without_its_python_is_made_afresh(start, capsys, pip):
    succeeds(start, capsys)
    start.PYTHON.unlink()
    assert "made afresh" in succeeds(start, capsys)
    assert start.PYTHON.exists()


# --- what is done is skipped, and nothing else ----------------------------------------------------


def test_a_second_start_skips_both_steps_and_runs_no_pip(start, capsys, wheelhouse, monkeypatch):
    first = succeeds(start, capsys)
    assert not any(step in first for step in STEPS_SKIPPED)
    monkeypatch.setattr(start, "pip", None)
    assert all(step in succeeds(start, capsys) for step in STEPS_SKIPPED)


def test_a_larger_set_is_added_and_serves_the_smaller_ones(start, capsys, pip):
    succeeds(start, capsys, "learn")
    mark = start.SITE / "mine.py"
    mark.write_text("")
    said = succeeds(start, capsys, "test")
    assert STEPS_SKIPPED[0] in said
    assert "packages to test: install" in said
    assert mark.exists()
    pip.clear()
    for smaller in ("learn", "teach"):
        succeeds(start, capsys, smaller)
    assert pip == []


@pytest.mark.parametrize("changed", ["locks/learn.txt", "pyproject.toml"])
def test_a_changed_lock_is_installed_into_the_same_environment(start, capsys, pip, changed):
    succeeds(start, capsys)
    with (start.ROOT / changed).open("a") as file:
        file.write("# changed\n")
    said = succeeds(start, capsys)
    assert STEPS_SKIPPED[0] in said
    assert STEPS_SKIPPED[1] not in said


@pytest.mark.parametrize(("key", "value"), [("python", "3.9"), ("folder", "/elsewhere/course")])
def test_a_moved_folder_or_another_python_means_a_new_environment(start, capsys, pip, key, value):
    succeeds(start, capsys)
    start.STAMP.write_text(json.dumps(json.loads(start.STAMP.read_text()) | {key: value}))
    assert "made afresh" in succeeds(start, capsys)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"learn": 1}'])
def test_a_broken_stamp_means_a_new_environment(start, capsys, pip, text):
    succeeds(start, capsys)
    start.STAMP.write_text(text)
    assert "made afresh" in succeeds(start, capsys)


# --- what it hands over ---------------------------------------------------------------------------


def test_words_after_test_go_to_pytest(start, capsys, pip):
    start.main(["test", "-k", "ties", "tests/test_check.py", "-x"])
    assert start.handed == [("-m", "pytest", "-k", "ties", "tests/test_check.py", "-x")]


def test_the_whole_suite_uses_every_core(start, capsys, pip):
    start.main(["test"])
    assert start.handed == [("-m", "pytest", "--numprocesses=auto", "--dist=loadfile")]


def test_lab_opens_on_the_first_page(start, capsys, pip):
    start.main(["teach", "--no-browser", "--port", "18765"])
    (words,) = start.handed
    assert words[:2] == ("-m", "socmint.lab")
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in words
    assert {"--no-browser", "--port=18765", f"--ServerApp.root_dir={start.ROOT}"} <= {*words}


def test_a_class_opens_in_formgrader(start, capsys, pip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the folder is named from where the instructor is
    start.main(["teach", "--class", "spring", "--no-browser", "--port", "18765"])
    where = str(tmp_path / "spring")
    words = ("-m", "socmint", "class", "open", where, "--no-browser", "--port=18765")
    assert start.handed == [words]
    with pytest.raises(SystemExit):
        start.main(["learn", "--class", "spring"])


def test_the_home_opens_where_it_can_be_written(start, capsys, pip):
    package = start.SITE / "socmint"
    succeeds(start, capsys)
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "homepage.py").write_text(
        "import os, pathlib\n"
        "def write_page(): pathlib.Path(os.environ['SOCMINT_HOME']).write_text('# Home')\n"
    )
    start.main(["learn"])
    assert "--LabApp.default_url=/lab/tree/HOME.md" in start.handed.pop()
    assert start.HOME_PAGE.read_text() == "# Home"
    # An older page is better than none, but not one that a broken casebook kept from being written.
    (package / "homepage.py").write_text("def write_page(): raise OSError('read-only')")
    start.main(["learn"])
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in start.handed.pop()


def test_only_learners_are_spared_the_panels_of_authors(start, capsys, pip):
    page_config = start.VENV / "share" / "jupyter" / "lab" / "settings" / "page_config.json"
    hidden = {}
    for command in ("learn", "teach"):
        start.main([command])
        hidden[command] = json.loads(page_config.read_text())["disabledExtensions"]
    assert "@jupyter/nbgrader" in hidden["learn"] and hidden["teach"] == []


def test_the_panels_of_authors_are_panels_of_this_lab(start):
    share = Path(sys.prefix) / "share" / "jupyter"
    for name in start.AUTHORS_ONLY:
        package = name.partition(":")[0]
        folders = (share / "lab" / "schemas" / package, share / "labextensions" / package)
        assert any(folder.is_dir() for folder in folders), name


def test_another_pythons_packages_stay_out(start, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("MINE", "kept")
    kept = start.clean_environment()
    assert "PYTHONPATH" not in kept
    assert "PYTHONDONTWRITEBYTECODE" not in kept
    assert kept["MINE"] == "kept"


def test_lab_settings_are_settings_that_this_lab_knows(start):
    schemas = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"
    start.write_lab_settings("learn")
    overrides = start.VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    for plugin, values in json.loads(overrides.read_text()).items():
        package, _, name = plugin.partition(":")
        schema = json.loads((schemas / package / f"{name}.json").read_text("utf-8"))
        assert values.keys() <= schema["properties"].keys()
        jsonschema.validate(values, schema)


# --- wheelhouse -----------------------------------------------------------------------------------


def test_a_wheelhouse_is_filled_and_then_serves_without_the_network(
    start, capsys, index, tmp_path, monkeypatch
):
    index.wheel = (tmp_path / "made" / "tiny-1-py3-none-any.whl").read_bytes()
    assert start.main(["wheelhouse"]) == 0
    assert [path.name for path in start.WHEELHOUSE.iterdir()] == ["tiny-1-py3-none-any.whl"]
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    succeeds(start, capsys)


def test_a_failed_download_keeps_the_old_wheelhouse_and_leaves_no_half(start, capsys, wheelhouse):
    assert "could not be downloaded" in fails(start, capsys, "wheelhouse")
    assert [path.name for path in wheelhouse.iterdir()] == ["tiny-1-py3-none-any.whl"]
    assert not (start.ROOT / "wheelhouse.partial").exists()


# --- the real thing -------------------------------------------------------------------------------


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.status, answer.read()


def wait_for(log, process, pattern, seconds):
    """Wait until the log matches; fail with the log when the process ends or time runs out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(pattern, log.read_text()):
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {pattern!r} in:\n{log.read_text()}")


def open_and_close(course, log, port):
    """Run start.py until the first page is served, look at it, press Ctrl-C twice; return seconds.

    JupyterLab asks before it stops when a person sits at a terminal, so this test brings one.
    """
    import pty  # not on Windows

    keyboard, terminal = pty.openpty()
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "start.py", "--no-browser", "--port", str(port)],
            cwd=course,
            stdin=terminal,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        address = rf"http://127\.0\.0\.1:{port}(/lab/tree/HOME\.md)\?(token=\w+)"
        found = wait_for(log, process, address, 900)
        took = time.monotonic() - began
        assert get(found[0])[0] == 200
        page = f"http://127.0.0.1:{port}/api/contents/HOME.md?{found[2]}"
        status, content = get(page)
        assert status == 200
        assert "00_start_here.ipynb" in json.loads(content)["content"]
        process.send_signal(signal.SIGINT)
        wait_for(log, process, "Shut down this Jupyter server", 60)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
        os.close(terminal)
    return took


@pytest.mark.slow
def test_a_fresh_clone_opens_the_first_page(tmp_path, capsys):
    course, home = tmp_path / "course", tmp_path / "logs"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(course)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cold = open_and_close(course, home / "cold", port)
    warm = open_and_close(course, home / "warm", port)
    said = (home / "warm").read_text()
    assert all(step in said for step in STEPS_SKIPPED)

    python = course / ".venv" / "bin" / "python"
    where = "import socmint, synthetic_data; print(socmint.__file__, synthetic_data.__file__)"
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = subprocess.run(
        [python, "-c", where], cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )
    assert all(path.startswith(str(course)) for path in run.stdout.split())

    # Nothing is left behind but the environment, and git ignores that.
    status = ["git", "status", "--porcelain", "--ignored"]
    left = subprocess.run(status, cwd=course, capture_output=True, text=True, check=True).stdout
    assert {line for line in left.splitlines() if "__pycache__" not in line} == {
        "!! .venv/",
        "!! HOME.md",
    }
    with capsys.disabled():
        print(f"\nfresh clone: page served after {cold:.1f} s, second start {warm:.1f} s")


def test_jupyterlab_opens_without_the_grammar_of_web_addresses():
    command = [sys.executable, "-X", "importtime", "-m", "socmint.lab", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == version("jupyterlab")
    assert " jsonschema._format\n" in done.stderr
    assert "lark" not in done.stderr
