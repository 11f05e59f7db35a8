"""pyproject.toml, environment.yml and the locks agree; the code is clean; no host is named."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
DEPENDENCIES = PROJECT["project"]["dependencies"]
BACKEND = PROJECT["build-system"]["requires"]
SETS = {
    "learn": DEPENDENCIES,
    "teach": DEPENDENCIES + EXTRAS["teach"],
    "test": DEPENDENCIES + EXTRAS["teach"] + EXTRAS["pdf"] + EXTRAS["test"],
    "pdf": DEPENDENCIES + EXTRAS["pdf"],
    "scale": DEPENDENCIES + EXTRAS["scale"],
}


def pins(requirements):
    """Names and exact versions; anything but one exact version is an error."""
    found = {}
    for text in requirements:
        requirement = Requirement(text)
        if requirement.name == "socmint-course":
            continue  # the test set names the teach set
        (pin,) = requirement.specifier
        assert pin.operator == "==", text
        found[canonicalize_name(requirement.name)] = pin.version
    return found


def locked(kind):
    """The entries of a lock: name to a list of (version, marker, hashes)."""
    entries = {}
    text = (ROOT / "locks" / f"{kind}.txt").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith("#"):
            requirement, *hashes = line.split("--hash=")
            parsed = Requirement(requirement.strip())
            (pin,) = parsed.specifier
            entry = (pin.version, str(parsed.marker or ""), [item.strip() for item in hashes])
            entries.setdefault(canonicalize_name(parsed.name), []).append(entry)
    return entries


def tracked():
    """The files that git knows, or will know: new ones count, ignored ones do not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).exists()]


@pytest.mark.parametrize("kind", SETS)
def test_a_lock_holds_what_pyproject_pins(kind):
    entries = locked(kind)
    for name, version in (pins(SETS[kind]) | pins(BACKEND)).items():
        assert [entry[0] for entry in entries[name]] == [version], name


@pytest.mark.parametrize("kind", SETS)
def test_a_lock_has_one_version_of_each_package_and_its_hashes(kind):
    for name, entries in locked(kind).items():
        assert len(entries) == 1, f"{name} differs between Pythons or systems"
        hashes = entries[0][2]
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", item) for item in hashes), name


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [("learn", "teach"), ("teach", "test"), ("learn", "scale"), ("learn", "pdf"), ("pdf", "test")],
)
def test_a_larger_lock_brings_the_smaller_one_at_the_same_versions(smaller, larger):
    small, large = locked(smaller), locked(larger)
    for name, [(version, _, hashes)] in small.items():
        assert large[name][0][0] == version, name
        assert large[name][0][2] == hashes, name


def test_the_learners_lock_is_lean():
    more = pins(EXTRAS["teach"]) | pins(EXTRAS["test"])
    # JupyterLab brings bleach to everybody; instructors are held to one version of it.
    assert locked("learn").keys() & more.keys() == {"bleach"}


@pytest.mark.parametrize("kind", ["learn", "teach", "test", "pdf"])
def test_pandas_keeps_texts_in_one_way_only(kind):
    assert "pyarrow" not in locked(kind)


def test_conda_users_get_the_same_pins():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    (by_pip,) = (item["pip"] for item in conda if isinstance(item, dict))
    plain = [item for item in conda if isinstance(item, str) and item != "pip"]
    python, *plain = plain
    assert python == "python>=3.11,<3.15"
    # conda writes one "=" for an exact version.
    given = [re.sub(r"^([\w-]+)=([\w.]+)$", r"\1==\2", item) for item in plain]
    given += [item for item in by_pip if item != "-e ."]
    assert "-e ." in by_pip
    assert pins(given) == pins(SETS["test"]) | pins(BACKEND)


def test_the_pythons_are_the_same_everywhere():
    start = (ROOT / "start.py").read_text("utf-8")
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert "OLDEST, NEWEST = (3, 11), (3, 14)" in start
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize(
    ("file", "pattern"),
    [("environment.yml", r"^ +- [\w-]+[=>].*"), ("pyproject.toml", r'^    "[\w\[\]-]+==.*')],
)
def test_each_pin_says_why_it_is_there(file, pattern):
    lines = re.findall(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE)
    assert len(lines) >= len(pins(SETS["test"]))
    assert [line for line in lines if not re.search(r"  # \w.{10,}", line)] == []


def test_no_file_names_a_host_of_a_registry():
    # Written in pieces, so that this file does not name them either.
    parts = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "com"), ("npmjs", "org")]
    parts += [("deb.debian", "org"), ("anaconda", "org")]
    hosts = [".".join(part) for part in parts]
    pattern = re.compile("|".join(map(re.escape, hosts)).encode())
    named = [path.relative_to(ROOT) for path in tracked() if pattern.search(path.read_bytes())]
    assert named == []


@pytest.mark.parametrize("words", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing(words):
    run = subprocess.run(
        [sys.executable, "-m", "ruff", *words, "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"


def test_ruff_looks_at_every_python_file():
    command = [sys.executable, "-m", "ruff", "check", "--show-files", "."]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    python = {str(path) for path in tracked() if path.suffix == ".py"}
    assert python <= {*run.stdout.splitlines()}
