"""Remake the lock files from pyproject.toml: `python3 locks/make.py` (needs `uv`).

`test` is resolved first, because it contains everything but `scale`. The others are then held to
its versions, so one environment can grow from the learner's set to the test set.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def make_lock(name: str, *extra: str) -> None:
    """Resolve one set for every platform and every Python from 3.11 on, with hashes."""
    # The build backend is in each lock, so the project itself installs without a network.
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]
    subprocess.run(
        [
            *["uv", "pip", "compile", "pyproject.toml", "-", "--output-file", f"locks/{name}.txt"],
            *["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"],
            *["--upgrade", "--generate-hashes", "--only-binary", ":all:"],
            *["--no-emit-package", "socmint-course", "--quiet"],
            *["--custom-compile-command", "python3 locks/make.py", *extra],
        ],
        cwd=ROOT,
        input="\n".join(backend["requires"]),
        text=True,
        check=True,
    )


if __name__ == "__main__":
    if not shutil.which("uv"):
        sys.exit("error: `uv` is not installed; `pip install uv` brings it.")
    make_lock("test", "--extra", "test")
    make_lock("teach", "--extra", "teach", "--constraint", "locks/test.txt")
    make_lock("learn", "--constraint", "locks/test.txt")
    make_lock("scale", "--extra", "scale", "--constraint", "locks/test.txt")
    make_lock("pdf", "--extra", "pdf", "--constraint", "locks/test.txt")
