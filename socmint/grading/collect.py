"""Take in what learners handed in: notebooks, folders, zips, downloads of Moodle and Canvas.

The ledger of the desk comes inside the notebook, or as a file beside it. Nothing is unpacked:
members of an archive are read into memory, with a limit, and only notebooks and ledgers of the desk
are kept. So a path that leads outside, a symbolic link or a zip bomb has nothing to act on.
"""

import hashlib
import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from socmint.desk.handin import MOST as MOST_LEDGER
from socmint.desk.handin import ledger_in
from socmint.errors import CourseError
from socmint.grading.classroom import Class, Learner, load_json, store, store_json
from socmint.grading.rebuild import MOST_BYTES, UnreadableError, read
from socmint.grading.score import template_of

MOST_MEMBERS = 20_000
MOST_ZIP_BYTES = 2_000_000_000
"""Of all notebooks that are read from one archive, unpacked."""
LEDGER = ".jsonl"
MOST = {".ipynb": MOST_BYTES, LEDGER: MOST_LEDGER}
"""What is taken in, and how many bytes of it."""
CLUTTER = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


@dataclass
class Found:
    """One notebook that was handed in, or one ledger."""

    path: str
    data: bytes
    changed: datetime


@dataclass
class Collected:
    """What a collection brought, by learner's id, and sentences on what was left out.

    Attributes:
        taken: learner → where the submission came from.
        late: learner → when it was changed last.
        twice: learner → how many there were.
        missing: learners without one.
        instead: learner without one → another file that came from there.
        unreadable: learner → why what came is no notebook.
        older: learner → one that was left out, because a newer one is here.
        other_lab: notebooks of other labs.
        no_ledger: learners whose notebook came without the log of the desk that the lab asks for.
        refused: sentences.
        unknown: notebooks that belong to nobody on the roster.
        passed: files that are neither notebooks nor ledgers.
    """

    taken: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    twice: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    instead: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    older: dict[str, str] = field(default_factory=dict)
    other_lab: list[str] = field(default_factory=list)
    no_ledger: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def collect(
    group: Class, topic: str, sources: list[Path], due: datetime | None = None
) -> Collected:
    """Take the newest notebook of each learner into the class folder.

    Args:
        group: the class.
        topic: the lab.
        sources: notebooks, folders or zip files.
        due: later ones are reported, and taken all the same.

    Raises:
        CourseError: a source does not exist, or holds the packs that were handed out.
    """
    report, asked = Collected(), asks_for_ledger(topic)
    found: dict[str, list[Found]] = {}
    ledgers: dict[str, list[Found]] = {}
    for source in sources:
        if not source.exists():
            raise CourseError(f"{source} does not exist.")
        packs, there = group.folder / "packs", source.resolve()
        if packs.exists() and (there.is_relative_to(packs) or packs.is_relative_to(there)):
            raise CourseError(f"{source} holds the packs that you handed out. Name what came back.")
        came, refused = 0, len(report.refused)
        for one in _notebooks(source, report):
            came += 1
            learner = _whose(group.learners, one)
            if one.path.endswith(LEDGER):
                if learner and PurePosixPath(one.path).name.startswith(f"{topic}-"):
                    ledgers.setdefault(learner.id, []).append(one)
            elif _lab_of(one) not in (topic, None):
                report.other_lab.append(f"{one.path} (of {_lab_of(one)})")
            elif learner is None:
                report.unknown.append(one.path)
            else:
                found.setdefault(learner.id, []).append(one)
        if not came and refused == len(report.refused):
            report.refused.append(f"{source} holds no notebook (a file that ends in .ipynb).")
    for learner, ones in sorted(found.items()):
        newest = max(ones, key=lambda one: one.changed)
        if len({one.data for one in ones}) > 1:
            report.twice[learner] = len(ones)
        if _is_older(newest, group, topic, learner):
            report.older[learner] = newest.path
            ledgers.pop(learner, None)
            continue
        try:
            read(newest.data)
        except UnreadableError as error:
            report.unreadable[learner] = str(error)
        if due and newest.changed > due:
            report.late[learner] = newest.changed.isoformat(sep=" ", timespec="minutes")
        report.taken[learner] = newest.path
        store(group.path("submitted", topic, f"{learner}.ipynb"), newest.data)
        about = {
            "from": newest.path,
            "changed": newest.changed.isoformat(timespec="seconds"),
            "late": learner in report.late,
            "copies": len(ones),
            "sha256": hashlib.sha256(newest.data).hexdigest(),
        }
        store_json(group.path("submitted", topic, f"{learner}.json"), about)
        if (inside := ledger_in(newest.data)) is not None:
            store(group.path("submitted", topic, f"{learner}.jsonl"), inside)
            ledgers.pop(learner, None)  # the notebook is what was handed in
    for learner, ones in ledgers.items():
        newest = max(ones, key=lambda one: one.changed)
        store(group.path("submitted", topic, f"{learner}.jsonl"), newest.data)
    for learner in group.learners:
        if not group.path("submitted", topic, f"{learner.id}.ipynb").exists():
            report.missing.append(learner.id)
            for path in report.passed:
                if _whose([learner], Found(path, b"", datetime.min)):
                    report.instead.setdefault(learner.id, PurePosixPath(path).name)
        elif asked and not group.path("submitted", topic, f"{learner.id}.jsonl").exists():
            report.no_ledger.append(learner.id)
    return report


def due_of(group: Class, topic: str, given: datetime | None) -> datetime | None:
    """Keep when a lab is due; without a new time, return the one that was kept."""
    path = group.folder / "due.json"
    kept = load_json(path) or {}
    if given:
        store_json(path, kept | {topic: given.isoformat(timespec="minutes")})
        return given
    return datetime.fromisoformat(kept[topic]) if topic in kept else None


def _is_older(one: Found, group: Class, topic: str, learner: str) -> bool:
    """Say whether another notebook, changed later, was taken before. Some zips know no times."""
    if not group.path("submitted", topic, f"{learner}.ipynb").exists() or one.changed.year <= 1980:
        return False
    before = load_json(group.path("submitted", topic, f"{learner}.json")) or {}
    return one.changed < datetime.fromisoformat(before.get("changed", "1980-01-01"))


def _lab_of(one: Found) -> str | None:
    """Return the lab that a pack's notebook says it is of, or None."""
    told = re.search(rb'"socmint": ?\{[^{}]*"lab": ?"(\w{1,80})"', one.data[-20_000:])
    return told[1].decode(errors="replace") if told else None


def asks_for_ledger(topic: str) -> bool:
    """Say whether a lab puts the log of the learner's desk into the notebook."""
    return b"desk.hand_in()" in template_of(topic)


def _notebooks(source: Path, report: Collected) -> Iterator[Found]:
    if source.is_symlink():
        report.refused.append(f"{source.name} is a symbolic link.")
    elif source.is_dir():
        for path in sorted(source.iterdir()):
            if path.name not in CLUTTER:
                yield from _notebooks(path, report)
    elif source.suffix == ".zip":
        name = "/".join(source.parts[-2:])
        with source.open("rb") as file:
            yield from _archive(file, name, report, 0)
    elif source.suffix in MOST and source.is_file():
        size, most = source.stat().st_size, MOST[source.suffix]
        # One byte more than allowed, so that grading calls it too large.
        with source.open("rb") as file:
            data = file.read(most + 1)
        if size > most:
            report.refused.append(f"{source.name} has {size:,} bytes; it counts as unreadable.")
        changed = datetime.fromtimestamp(source.stat().st_mtime)
        yield Found("/".join(source.parts[-3:]), data, changed)
    elif source.is_file():
        report.passed.append("/".join(source.parts[-3:]))


def _archive(file, name: str, report: Collected, depth: int) -> Iterator[Found]:
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        report.refused.append(f"{name} is not a zip file that can be read: {error}")
        return
    if len(members) > MOST_MEMBERS:
        report.refused.append(
            f"{name} holds {len(members):,} files; {MOST_MEMBERS:,} are the most."
        )
        return
    left = MOST_ZIP_BYTES
    for member in members:
        path, where = PurePosixPath(member.filename.replace("\\", "/")), f"{name}/{member.filename}"
        if member.is_dir() or CLUTTER & set(path.parts) or path.name.startswith("._"):
            continue
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", str(path)):
            report.refused.append(f"{where} leads outside.")
        elif stat.S_ISLNK(member.external_attr >> 16):
            report.refused.append(f"{where} is a symbolic link.")
        elif path.suffix in MOST or (path.suffix == ".zip" and depth < 2):
            most = MOST.get(path.suffix, MOST_ZIP_BYTES // 10)
            try:
                with archive.open(member) as opened:
                    data = opened.read(min(most, left) + 1)  # what the archive says may be a lie
            except (
                zipfile.BadZipFile,
                zlib.error,
                RuntimeError,
                NotImplementedError,
                OSError,
                EOFError,
            ) as error:  # RuntimeError: it has a password
                report.refused.append(f"{where} cannot be unpacked: {error}")
                continue
            left -= len(data)
            if left <= 0:
                report.refused.append(f"{name} unpacks to more than {MOST_ZIP_BYTES:,} bytes.")
                return
            if len(data) > most:
                report.refused.append(f"{where} unpacks to more than {most:,} bytes.")
            if path.suffix == ".zip":
                if len(data) <= most:
                    yield from _archive(io.BytesIO(data), where, report, depth + 1)
                continue
            yield Found(where, data, _time_of(member))
        else:
            report.passed.append(where)


def _time_of(member: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*member.date_time)
    except ValueError:
        return datetime.min


def _whose(learners: list[Learner], one: Found) -> Learner | None:
    """Return whose notebook it is: by the nearest part of its path that names one learner.

    The path is what the teaching platform wrote. What the notebook says of itself comes last.
    """
    for part in reversed(one.path.split("/")):
        words = part.removesuffix(".ipynb").removesuffix(".zip")
        for names in (_by_id, _by_name):
            hits = [learner for learner in learners if names(learner, words)]
            if len(hits) == 1:
                return hits[0]
    told = re.search(rb'"learner": ?"([\w.@-]{1,80})"', one.data[-20_000:])
    hits = [learner for learner in learners if told and learner.id == told[1].decode()]
    return hits[0] if hits else None


def _by_id(learner: Learner, words: str) -> bool:
    pattern = rf"(?<![A-Za-z0-9]){re.escape(learner.id)}(?![A-Za-z0-9])"
    return re.search(pattern, words, re.IGNORECASE) is not None


def _by_name(learner: Learner, words: str) -> bool:
    """Moodle writes 'Ana Ruiz_123_…', Canvas 'ruizana_123_…'."""
    parts = [_letters(part) for part in learner.name.split()]
    first = _letters(re.split(r"_", words, maxsplit=1)[0])
    return bool(parts) and first in {"".join(parts), "".join(parts[1:] + parts[:1])} - {""}


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())
