"""How long the course takes to open, beside a bare JupyterLab of the same environment.

    python3 start.py test --version        # once, so that the environment is there
    .venv/bin/python benchmarks/startup.py

Each round starts both, one after the other, and waits with a real browser (Debian's chromium) until
the first page is to be seen: the launcher of JupyterLab, or the home of the course. The middle of
all rounds counts, and only the ratio: other work on the computer slows both.
"""

import argparse
import os
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


def time_one(browser: Browser, kind: str, folder: Path) -> tuple[float, float]:
    """Start a server and open its first page; return seconds until it answers, and until seen."""
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
    began = time.perf_counter()
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
    return answered, seen


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    took: dict[str, list[tuple[float, float]]] = {"bare": [], "course": []}
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
                    print(f"{kind}: {times[0]:.1f} s, {times[1]:.1f} s", file=sys.stderr)
        browser.close()
    print(f"Load while measuring: {os.getloadavg()[0]:.1f}\n")
    print("| | bare JupyterLab, s | course, s | ratio |\n| --- | --- | --- | --- |")
    for place, name in enumerate(("the server answers", "the first page is to be seen")):
        bare, course = (statistics.median(one[place] for one in took[k]) for k in took)
        print(f"| {name} | {bare:.1f} | {course:.1f} | {course / bare:.2f} |")


if __name__ == "__main__":
    main()
