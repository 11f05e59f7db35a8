"""Open the course with one command. It needs Python and nothing else.

    python3 start.py              learn: make .venv, then open JupyterLab on the first page
    python3 start.py teach        the same with the instructor's tools (nbgrader, Dask);
                                  with --class FOLDER, open a class to mark it in formgrader
    python3 start.py test [...]   the same with the test tools, then run the whole test suite;
                                  what follows `test` goes to pytest
    python3 start.py wheelhouse   download all packages into wheelhouse/, to carry to a computer
                                  without a network (same system, same Python version)

The first start takes a minute or more and needs a network, or a wheelhouse/ folder beside this
file. Later starts skip what is done. Everything goes into .venv; delete that folder to start over.
"""

import argparse
import errno
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 14)  # the locks hold packages for these
if not OLDEST <= sys.version_info[:2] <= NEWEST:
    # Before anything else, so that an old Python reaches this sentence.
    sys.exit(
        "error: this is Python {}.{}, and the course needs Python {}.{} to {}.{}; "
        "start it with one of those, for example `python3.12 start.py`.".format(
            *sys.version_info[:2], *OLDEST, *NEWEST
        )
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
SITE = VENV / ("Lib" if os.name == "nt" else "lib/python{}.{}".format(*sys.version_info[:2]))
SITE = SITE / "site-packages"
STAMP = VENV / "course-stamp.json"  # removed before a change, written when all is done
LOG = VENV / "install.log"
WHEELHOUSE = ROOT / "wheelhouse"
HOME_PAGE = ROOT / "HOME.md"  # where the learner is; written at each start
FIRST_PAGE = "notebooks/00_start_here.ipynb"
SETS = ("learn", "teach", "test")  # each contains the ones before it
WHOLE_SUITE = ("--numprocesses=auto", "--dist=loadfile")  # a notebook's cells share one kernel
SPACE_MB = {"learn": 1000, "teach": 1200, "test": 1500, "wheelhouse": 500}

# What the first page needs; loading it once proves the environment and makes that page quick.
FIRST_LOAD = "import jupyterlab.labapp, matplotlib.pyplot, networkx, pandas"

# All that the course sets in JupyterLab is here and in `open_lab`. Users' own choices win.
LAB_SETTINGS = {
    # No request to the outside, and no question about it.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # Light or dark, as the computer is.
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/docmanager-extension:plugin": {
        "defaultViewers": {"markdown": "Markdown Preview"},  # it opens as a page to read
        "autosaveInterval": 30,  # seconds; the default of two minutes loses more
    },
    # Names of notebooks are long; their dates are nothing to a learner.
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},
    # A closed notebook gives its memory back: modules are many, and computers are small.
    "@jupyterlab/notebook-extension:tracker": {"kernelShutdown": True},
}
# Panels for those who write or mark notebooks; learners do not see them. The debugger stays: a
# side bar that holds nothing at all takes more room than one with a button.
AUTHORS_ONLY = (
    "@jupyter/nbgrader",
    "@jupyterlab/application-extension:property-inspector",
    "@jupyterlab/celltags-extension",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/metadataform-extension",
    "@jupyterlab/notebook-extension:tools",
    "@jupyterlab/notebook-extension:update-raw-mimetype",
    "jupyterlab-jupytext",
)


class Stop(Exception):
    """An expected end; its text is one sentence that says what to do."""


def main(argv: "list[str] | None" = None) -> int:
    options, pytest_args = parse(sys.argv[1:] if argv is None else argv)
    try:
        if options.command == "wheelhouse":
            fill_wheelhouse()
            return 0
        if options.command == "test":
            prepare("test")
            # The whole suite uses every core; a part that is asked for starts at once.
            return hand_over("-m", "pytest", *(pytest_args or WHOLE_SUITE))
        return open_lab(options)
    except Stop as stop:
        message, code = str(stop), 1
    except KeyboardInterrupt:
        message, code = "stopped; start again when you like, nothing is broken.", 130
    except OSError as problem:
        message, code = explain_os_error(problem), 1
    print(f"\nerror: {message}", file=sys.stderr)
    return code


def parse(argv: "list[str]") -> "tuple[argparse.Namespace, list[str]]":
    parser = argparse.ArgumentParser(
        prog="start.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", nargs="?", default="learn", choices=[*SETS, "wheelhouse"])
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    parser.add_argument("--port", type=int, help="where JupyterLab listens (default: 8888 or next)")
    parser.add_argument("--class", dest="folder", metavar="FOLDER", help="a class, after teach")
    options, rest = parser.parse_known_args(argv)
    if options.folder and options.command != "teach":
        parser.error("--class goes with teach")
    if rest and options.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    if options.port is not None and not 1 <= options.port <= 65535:
        parser.error("--port takes a number from 1 to 65535")
    return options, rest


# --- the environment ----------------------------------------------------------------------------


def prepare(kind: str) -> None:
    """Bring .venv to the state that the lock of this set describes."""
    digests = {name: lock_digest(name) for name in SETS}
    stamp = read_stamp()
    if stamp.get(kind) == digests[kind]:
        say("[1/3] environment .venv: ready, skipped")
        say(f"[2/3] packages to {kind}: ready, skipped")
        return
    check_space(VENV.parent, SPACE_MB[kind])
    STAMP.unlink(missing_ok=True)
    if stamp:
        say("[1/3] environment .venv: ready, skipped")
    else:
        make_venv()
    install(kind)
    load_once()
    # A larger set brings the smaller ones with it, at the same versions.
    done = {name: digests[name] for name in SETS[: SETS.index(kind) + 1]}
    write_whole(STAMP, json.dumps({**identity(), **stamp, **done}, indent=1))


def lock_digest(kind: str) -> str:
    """Fingerprint of all that decides what gets installed for a set."""
    parts = (ROOT / "locks" / f"{kind}.txt", ROOT / "pyproject.toml")
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()


def identity() -> "dict[str, str]":
    """What an environment is made for; it fits no other Python and cannot be moved."""
    return {"python": "{}.{}".format(*sys.version_info[:2]), "folder": str(ROOT)}


def read_stamp() -> "dict[str, str]":
    """What .venv holds, or nothing when it is unfinished or not fit for use.

    Without a stamp nobody knows how far the last try came, so the environment is made afresh.
    """
    try:
        stamp = dict(json.loads(STAMP.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
    fits = PYTHON.exists() and identity().items() <= stamp.items()
    return stamp if fits else {}


def make_venv() -> None:
    with_pip = importlib.util.find_spec("ensurepip") is not None
    if not importlib.util.find_spec("venv") or not (with_pip or importlib.util.find_spec("pip")):
        raise Stop(
            "this Python can make no environment (neither `ensurepip` nor `pip` is there); "
            "on Debian or Ubuntu, `sudo apt install python3-venv` brings it."
        )
    if VENV.exists():
        say("[1/3] environment .venv: unfinished, older or moved, so it is made afresh")
        remove(VENV)
    else:
        say("[1/3] environment .venv: make it with Python {}.{}.{}".format(*sys.version_info[:3]))
    command = [sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)]
    run = subprocess.run(command, env=clean_environment(), capture_output=True, text=True)
    if run.returncode:
        lines = (run.stdout + run.stderr).strip().splitlines() or ["no reason given"]
        raise Stop(f"Python could not make the environment .venv: {lines[-1]}")


def install(kind: str) -> None:
    """Install the locked packages, then the course itself in place."""
    lock = ROOT / "locks" / f"{kind}.txt"
    source = ["--no-index", "--find-links", str(WHEELHOUSE)] if WHEELHOUSE.is_dir() else []
    say(f"[2/3] packages to {kind}: install{' from wheelhouse/' if source else ''}")
    # The lock is complete, so pip need not resolve. Wheels only, so nothing is built here.
    # Python compiles what it imports at first use, which takes far less than compiling it all.
    locked = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(lock)]
    pip(["install", "--no-user", "--no-compile", *source, *locked], count_pins(lock))
    pip(["install", "--no-user", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], 1)


def load_once() -> None:
    print("      load once\r", end="", flush=True)
    command = [str(PYTHON), "-c", FIRST_LOAD]
    run = subprocess.run(command, env=clean_environment(), capture_output=True, text=True)
    if run.returncode:
        reason = run.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise Stop(f"the packages are installed, but Python cannot load them: {reason[0]}")


def fill_wheelhouse() -> None:
    """Download the largest set, which serves the smaller ones too."""
    lock = ROOT / "locks" / "test.txt"
    partial = ROOT / "wheelhouse.partial"
    check_space(ROOT, SPACE_MB["wheelhouse"])
    if not read_stamp():
        make_venv()
    say("[2/3] download packages")
    remove(partial)
    locked = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(lock)]
    try:
        pip(["download", "--dest", str(partial), *locked], count_pins(lock))
        remove(WHEELHOUSE)
        partial.replace(WHEELHOUSE)
    finally:
        remove(partial)
    say(f"[3/3] wheelhouse/ holds {len(list(WHEELHOUSE.iterdir()))} packages; take it with you")


# --- pip ----------------------------------------------------------------------------------------


def pip(arguments: "list[str]", total: int) -> None:
    """Run pip for .venv, show how far it is, and turn its failure into one sentence."""
    inside = [str(PYTHON), "-m", "pip"]
    if not (SITE / "pip").exists():
        # Made without ensurepip: the pip of the outer Python works for it.
        inside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [*inside, *arguments, *quiet]
    # The output goes to a file: nothing can block on a full pipe, and it stays for a second look.
    with LOG.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env=clean_environment()
        )
        try:
            follow(process, total)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode:
        raise Stop(explain(read_log(), arguments))


def follow(process: "subprocess.Popen[bytes]", total: int) -> None:
    """Show one progress line while pip runs."""
    live, shown, last = sys.stdout.isatty(), "", 0.0
    while process.poll() is None:
        time.sleep(0.2)
        text = progress(read_log(), total)
        # A terminal gets one moving line; a log file gets a line every ten seconds.
        if text != shown and (live or time.monotonic() - last > 10):
            print(f"\r{text:<70}" if live else text, end="" if live else "\n", flush=True)
            shown, last = text, time.monotonic()
    if live:
        print(f"\r{'':<70}\r", end="", flush=True)


def progress(log: str, total: int) -> str:
    lines = log.splitlines()
    # Packages for other systems stand in the lock too; pip says which it leaves out.
    total -= sum(line.startswith("Ignoring ") for line in lines)
    names = [line.split()[1] for line in lines if line.startswith(("Collecting ", "Obtaining "))]
    if any(line.startswith("Installing collected packages") for line in lines):
        done = sum(1 for _ in SITE.glob("*.dist-info"))
        return f"      unpack {min(done, total)} of {total}"
    return f"      fetch {len(names)} of {total} {names[-1] if names else ''}"[:70]


def explain(log: str, arguments: "list[str]") -> str:
    """Say in one sentence why pip failed."""
    offline = "--no-index" in arguments
    if "No space left on device" in log or "[Errno 28]" in log or "[WinError 112]" in log:
        return "the disk is full; free some space and start again."
    if "DO NOT MATCH THE HASHES" in log or "BadZipFile" in log or "is invalid" in log:
        if offline:
            return (
                "a file in wheelhouse/ is damaged or foreign; delete that folder or fill it anew."
            )
        return (
            "a package arrived damaged or is not the one that the lock names, so it was refused; "
            "start again, and if it happens again tell the course team."
        )
    if offline and ("No matching distribution" in log or "Could not find a version" in log):
        return (
            "wheelhouse/ lacks a package for this system and Python; fill it with "
            "`start.py wheelhouse` on a computer of the same kind, or delete it to download."
        )
    signs = ("from versions: none", "Retrying (", "timed out", "Connection", "IncompleteRead")
    if not offline and any(sign in log for sign in signs):
        return (
            "the packages could not be downloaded; check the network and start again, "
            "or bring a wheelhouse/ folder (see `start.py --help`)."
        )
    reasons = [line for line in log.splitlines() if line.lower().startswith("error")]
    reason = reasons[-1] if reasons else "pip gave no reason"
    return f"pip failed ({reason[:200]}); the whole story is in .venv/install.log."


# --- JupyterLab ---------------------------------------------------------------------------------


def open_lab(options: argparse.Namespace) -> int:
    if options.port and not port_is_free(options.port):
        raise Stop(f"port {options.port} is in use; choose another with --port.")
    if not (ROOT / FIRST_PAGE).exists():
        raise Stop(f"{FIRST_PAGE} is missing; get the whole course folder again.")
    prepare(options.command)
    write_lab_settings(options.command)
    if options.folder:
        say("[3/3] JupyterLab: open the class (Ctrl-C twice in this window stops it)")
        choices = ["--no-browser"] if options.no_browser else []
        choices += [f"--port={options.port}"] if options.port else []
        folder = str(Path(options.folder).resolve())
        return hand_over("-m", "socmint", "class", "open", folder, *choices)
    page = write_home_page()
    say("[3/3] JupyterLab: open the first page (Ctrl-C twice in this window stops it)")
    choices = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{page}"]
    # No list of extensions from the network, and only what matters in this window.
    choices += ["--LabApp.extension_manager=readonly", "--log-level=WARN"]
    if options.no_browser:
        choices.append("--no-browser")
    if options.port:
        choices += [f"--port={options.port}", "--ServerApp.port_retries=0"]
    if options.command == "teach":
        # Without it nbgrader drops a faulty nbgrader_config.py and goes on with its defaults.
        os.environ["TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR"] = "1"
    if os.name == "posix" and os.geteuid() == 0:
        choices.append("--allow-root")  # in a container everybody is root
    return hand_over("-m", "socmint.lab", *choices)


def write_lab_settings(command: str) -> None:
    """Write at each start: a newer course may want other settings in the same environment."""
    folder = VENV / "share" / "jupyter" / "lab" / "settings"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "overrides.json", json.dumps(LAB_SETTINGS, indent=2))
    hidden = AUTHORS_ONLY if command == "learn" else ()
    write_whole(folder / "page_config.json", json.dumps({"disabledExtensions": [*hidden]}))


def write_home_page() -> str:
    """Write the page that says where the learner is; return the page to open.

    Whatever goes wrong here, the course opens: on the page for newcomers.
    """
    code = "from socmint.homepage import write_page; write_page()"
    environment = {**clean_environment(), "SOCMINT_HOME": str(HOME_PAGE)}
    run = subprocess.run([str(PYTHON), "-c", code], cwd=ROOT, env=environment, capture_output=True)
    return HOME_PAGE.name if run.returncode == 0 and HOME_PAGE.exists() else FIRST_PAGE


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # as the server does: a port in its closing wait is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def hand_over(*arguments: str) -> int:
    """Become the environment's Python, in the course folder."""
    command, environment = [str(PYTHON), *arguments], clean_environment()
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["SOCMINT_HOME"] = str(HOME_PAGE)  # kernels write it anew as the learner goes on
    environment["PATH"] = os.pathsep.join([str(BIN), environment.get("PATH", os.defpath)])
    # Open tabs of the course stay with the course, not with other projects.
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(
        VENV / "share" / "jupyter" / "lab" / "workspaces"
    )
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(PYTHON, command, environment)
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # it has heard Ctrl-C too, and ends in its own way


# --- small things -------------------------------------------------------------------------------


def clean_environment() -> "dict[str, str]":
    """The user's variables without those that bring in another Python's packages or slow this one.

    Packages are compiled at first use. Where that may not be kept, every start would pay it again.
    """
    foreign = ("PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE")
    return {key: value for key, value in os.environ.items() if key not in foreign}


def check_space(folder: Path, need_mb: int) -> None:
    free = shutil.disk_usage(folder).free // 10**6
    if free < need_mb:
        raise Stop(f"the disk has {free} MB left and this needs {need_mb} MB; free some space.")


def count_pins(lock: Path) -> int:
    return sum("==" in line.split("#")[0] for line in lock.read_text("utf-8").splitlines())


def explain_os_error(problem: OSError) -> str:
    if problem.errno == errno.ENOSPC:
        return "the disk is full; free some space and start again."
    if isinstance(problem, PermissionError):
        return f"{problem.filename} may not be changed; close JupyterLab and check its owner."
    return f"{problem}."


def read_log() -> str:
    return LOG.read_text("utf-8", errors="replace")


def remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
