"""A JupyterLab and a browser for the tests that look at real pages.

They need Debian's chromium. Without it these tests are skipped, unless SOCMINT_REQUIRE_BROWSER is
set.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from browser_desk import CHROMIUM, FLAGS, TOKEN

import start
from socmint.course import ROOT


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Serve copies of the notebooks in a JupyterLab of its own; return its address and folder.

    It is set up as `start.py` does it for learners.
    """
    folder = tmp_path_factory.mktemp("desk")
    for name in ("notebooks", "labs", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home, settings = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("settings")
    hidden = {"disabledExtensions": [*start.AUTHORS_ONLY]}
    (settings / "overrides.json").write_text(json.dumps(start.LAB_SETTINGS))
    (settings / "page_config.json").write_text(json.dumps(hidden))
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "SOCMINT_SEED": "1",
        "SOCMINT_CASEBOOK": str(home / "casebook"),
        "SOCMINT_HOME": str(folder / "HOME.md"),
    }
    command = [
        *(sys.executable, "-m", "socmint.lab", "--no-browser", "--expose-app-in-browser"),
        *(f"--port={port}", f"--IdentityProvider.token={TOKEN}", "--allow-root"),
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.app_settings_dir={settings}",
    ]
    write = "from socmint.homepage import write_page; write_page()"
    subprocess.run([sys.executable, "-c", write], env=env, check=True)
    address = f"http://127.0.0.1:{port}"
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None, (home / "log.txt").read_text()
                    time.sleep(0.25)
            yield address, folder
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser():
    """Start chromium once."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None and not os.environ.get("SOCMINT_REQUIRE_BROWSER"):
        pytest.skip("no chromium on this machine: the browser tests did not run")
    assert CHROMIUM, "SOCMINT_REQUIRE_BROWSER is set, but there is no chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()
