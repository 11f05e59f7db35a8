"""How long the course takes to open, beside a bare JupyterLab of the same environment.

    python3 start.py test --version        # once, so that the environment is there
    .venv/bin/python benchmarks/startup.py

Each round starts both, one after the other, and waits with a real browser (Debian's chromium) until
the first page is to be seen: the launcher of JupyterLab, or the home of the course. The middle of
all rounds counts, and only the ratio within a round: other work on the computer slows both. CPU
seconds are those of the servers, with all that they started, and the browser left out.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
import start  # noqa: E402

TOKEN = "meridia"
BARE = ("-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={ROOT}", "--allow-root")


def time_one(browser: Browser, kind: str, folder: Path) -> tuple[float, ...]:
    """Return seconds until the server answers, until its first page is seen, and CPU seconds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "SOCMINT_CASEBOOK")
    env = start.clean_environment() | {name: str(folder / name) for name in names}
    env |= {"JUPYTER_TOKEN": TOKEN, "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
    port_choice = f"--port={port}"
    if kind == "course":
        command = [sys.executable, "start.py", "--no-browser", port_choice]
        page, sight = f"lab/tree/{start.HOME_PAGE.name}", ".jp-MarkdownViewer h1"
    else:
        settings = f"--LabApp.app_settings_dir={folder / 'none'}"
        command = [str(start.PYTHON), *BARE, port_choice, settings]
        page, sight = "lab", ".jp-Launcher"
    before, began = cpu_seconds(), time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, env=env, **quiet) as server:
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
                    break
                except OSError:
                    if server.poll() is not None:
                        raise SystemExit(f"error: the server stopped: {command}") from None
                    time.sleep(0.05)
            answered = time.perf_counter() - began
            tab = browser.new_page()
            tab.goto(f"http://127.0.0.1:{port}/{page}?token={TOKEN}&reset")
            tab.wait_for_selector(sight, timeout=120_000)
            seen = time.perf_counter() - began
            tab.close()
        finally:
            server.terminate()
    return answered, seen, cpu_seconds() - before


def cpu_seconds() -> float:
    """Return what all processes that this one started, and that ended, have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    took: dict[str, list[tuple[float, ...]]] = {"bare": [], "course": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for number in range(rounds + 1):
            for kind in sorted(took, reverse=number % 2 == 1):  # neither is always the second
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                    times = time_one(browser, kind, Path(folder))
                if number:  # the first round only warms the disk
                    took[kind].append(times)
                    print(kind, *(f"{one:.1f}" for one in times), file=sys.stderr)
        browser.close()
    print(f"Load while measuring: {os.getloadavg()[0]:.1f}\n")
    print("| | bare JupyterLab | course | ratio |\n| --- | --- | --- | --- |")
    names = (
        "seconds until the server answers",
        "seconds until the first page is seen",
        "CPU seconds",
    )
    for place, name in enumerate(names):
        bare, course = ([one[place] for one in took[kind]] for kind in ("bare", "course"))
        ratio = statistics.median(ours / theirs for ours, theirs in zip(course, bare, strict=True))
        middle = f"{statistics.median(bare):.1f} | {statistics.median(course):.1f}"
        print(f"| {name} | {middle} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
