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
MOST_INNER_BYTES = MOST_ZIP_BYTES // 10
"""The same of an archive inside another, with all that are inside it: it is one learner's."""
LEDGER = ".jsonl"
MOST = {".ipynb": MOST_BYTES, LEDGER: MOST_LEDGER}
"""What is taken in, and how many bytes of it."""
CLUTTER = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


PLATFORM = re.compile(r"([^_]+)_(?:\d+_assignsubmission_|(?:LATE_)?\d+_\d+_)")
"""How Moodle and Canvas name what one person handed in: name, numbers, and what else there is."""


@dataclass
class Found:
    """One notebook that was handed in, or one ledger.

    Attributes:
        path: where it came from, folders above the source included.
        data: its bytes.
        changed: when it was changed last, as far as that is known.
        inside: how many parts of the path lie inside the source; a person chose them.
    """

    path: str
    data: bytes
    changed: datetime
    inside: int = 0


@dataclass
class _Pile:
    """What came from one learner: the newest, and how much there was."""

    newest: Found
    count: int = 0
    kinds: set[bytes] = field(default_factory=set)

    def add(self, one: Found) -> None:
        self.count += 1
        self.kinds.add(hashlib.sha256(one.data).digest())
        if one.changed > self.newest.changed:
            self.newest = one  # others are forgotten: a bomb of many files takes no memory


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
        other_pack: learner → whose pack the notebook is of, by what it says of itself.
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
    other_pack: dict[str, str] = field(default_factory=dict)
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
    piles: dict[tuple[str, bool], _Pile] = {}
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
            learner, sure = _whose(group.learners, one)
            if one.path.endswith(LEDGER):
                if learner and PurePosixPath(one.path).name.startswith(f"{topic}-"):
                    ledgers.setdefault(learner.id, []).append(one)
            elif _lab_of(one) not in (topic, None):
                report.other_lab.append(f"{one.path} (of {_lab_of(one)})")
            elif learner is None:
                report.unknown.append(one.path)
            else:
                piles.setdefault((learner.id, sure), _Pile(one)).add(one)
        if not came and refused == len(report.refused):
            report.refused.append(f"{source} holds no notebook (a file that ends in .ipynb).")
    ids = {learner.id for learner in group.learners}
    for (learner, sure), pile in sorted(piles.items()):
        newest = pile.newest
        if not sure and (learner, True) in piles:
            path = newest.path
            report.refused.append(f"{path} has the name of {learner}, who handed in another way.")
            continue
        if len(pile.kinds) > 1:
            report.twice[learner] = pile.count
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
        if (other := _pack_of(newest)) in ids - {learner}:
            report.other_pack[learner] = other
        report.taken[learner] = newest.path
        store(group.path("submitted", topic, f"{learner}.ipynb"), newest.data)
        about = {
            "from": newest.path,
            "changed": newest.changed.isoformat(timespec="seconds"),
            "late": learner in report.late,
            "copies": pile.count,
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
                if _whose([learner], Found(path, b"", datetime.min))[0]:
                    report.instead.setdefault(learner.id, PurePosixPath(path).name)
        elif asked and not group.path("submitted", topic, f"{learner.id}.jsonl").exists():
            report.no_ledger.append(learner.id)
    if due:
        _say_late(group, topic, due)
    return report


def _say_late(group: Class, topic: str, due: datetime) -> None:
    """Write down who is late, of those who were taken in before, too: more time may be given."""
    for learner in group.learners:
        path = group.path("submitted", topic, f"{learner.id}.json")
        about = load_json(path) or {}
        late = "changed" in about and datetime.fromisoformat(about["changed"]) > due
        if about and about.get("late") != late:
            store_json(path, about | {"late": late})


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


def _notebooks(source: Path, report: Collected, inside: int = 0) -> Iterator[Found]:
    if source.is_symlink():
        report.refused.append(f"{source.name} is a symbolic link.")
    elif source.is_dir():
        for path in sorted(source.iterdir()):
            if path.name not in CLUTTER:
                yield from _notebooks(path, report, inside + 1)
    elif source.suffix.lower() == ".zip":
        name = "/".join(source.parts[-2:])
        with source.open("rb") as file:
            yield from _archive(file, Found(name, b"", datetime.min, inside), report, 0)
    elif source.suffix.lower() in MOST and source.is_file():
        size, most = source.stat().st_size, MOST[source.suffix.lower()]
        # One byte more than allowed, so that grading calls it too large.
        with source.open("rb") as file:
            data = file.read(most + 1)
        if size > most:
            report.refused.append(f"{source.name} has {size:,} bytes; it counts as unreadable.")
        changed = datetime.fromtimestamp(source.stat().st_mtime)
        yield Found("/".join(source.parts[-3:]), data, _so_far(changed), inside)
    elif source.is_file():
        report.passed.append("/".join(source.parts[-3:]))


def _so_far(changed: datetime) -> datetime:
    """Return a time that is not to come: a clock that is wrong must not win for ever."""
    return min(changed, datetime.now().replace(microsecond=0))


def _archive(
    file, about: Found, report: Collected, depth: int, left: list[int] | None = None
) -> Iterator[Found]:
    """Yield what an archive holds.

    Args:
        file: the archive.
        about: where it lies, and when it was handed in, which the learner cannot set; year 1 for
            one that is not inside another.
        report: gets sentences on what was left out.
        depth: how many archives are around it.
        left: bytes that may still be unpacked from the archive that is inside the outermost.
    """
    name = about.path
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
    left = left or [MOST_ZIP_BYTES]
    for member in members:
        path, where = PurePosixPath(member.filename.replace("\\", "/")), f"{name}/{member.filename}"
        suffix = path.suffix.lower()
        if member.is_dir() or CLUTTER & set(path.parts) or path.name.startswith("._"):
            continue
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", str(path)):
            report.refused.append(f"{where} leads outside.")
        elif stat.S_ISLNK(member.external_attr >> 16):
            report.refused.append(f"{where} is a symbolic link.")
        elif suffix in MOST or (suffix == ".zip" and depth < 2):
            most = MOST.get(suffix, MOST_INNER_BYTES)
            try:
                with archive.open(member) as opened:
                    data = opened.read(min(most, left[0]) + 1)  # what it says may be a lie
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
            left[0] -= len(data)
            if left[0] <= 0:
                allowed = MOST_INNER_BYTES if depth else MOST_ZIP_BYTES
                report.refused.append(f"{name} unpacks to more than {allowed:,} bytes.")
                return
            if len(data) > most:
                report.refused.append(f"{where} unpacks to more than {most:,} bytes.")
            changed = about.changed if about.changed.year > 1980 else _so_far(_time_of(member))
            one = Found(where, data, changed, about.inside + len(path.parts))
            if suffix != ".zip":
                yield one
            elif len(data) <= most:
                one.data = b""
                inner = left if depth else [MOST_INNER_BYTES]
                yield from _archive(io.BytesIO(data), one, report, depth + 1, inner)
        else:
            report.passed.append(where)


def _time_of(member: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*member.date_time)
    except ValueError:
        return datetime.min


def _whose(learners: list[Learner], one: Found) -> tuple[Learner | None, bool]:
    """Return whose notebook it is, and whether a teaching platform says so.

    What the platform wrote counts first, the outermost: all that is inside has a name that its
    learner chose, which may be another's. Else the nearest part of the path counts that names one
    learner; where parts inside the source name two, it is nobody's. What the notebook says of
    itself comes last.

    A platform writes whole names: the folder of Ana Ruiz is not that of somebody whose id is ana.
    """
    parts = one.path.split("/")
    first = len(parts) - one.inside
    said: list[tuple[Learner, bool, bool]] = []  # who, by the platform, inside the source
    for place, part in enumerate(parts):
        told = PLATFORM.match(part)
        if told and (hits := _one([x for x in learners if _is_called(x, told[1])])):
            said.append((hits[0], True, place >= first))
            break
        if hits := _named(learners, _stem(part[told.end() :] if told else part)):
            said.append((hits[0], False, place >= first))
    if len({learner.id for learner, _, inside in said if inside}) > 1:
        return None, False
    if said:
        return said[-1][:2]
    told = _pack_of(one)
    return next((learner for learner in learners if learner.id == told), None), False


def _is_called(learner: Learner, words: str) -> bool:
    """Say whether a platform's words are a learner's whole name, or the id alone."""
    return _by_name(learner, words) or words.casefold() == learner.id.casefold()


def _one(hits: list[Learner]) -> list[Learner]:
    return hits if len(hits) == 1 else []


def _stem(part: str) -> str:
    return re.sub(r"(?i)\.(ipynb|zip)$", "", part)


def _named(learners: list[Learner], words: str) -> list[Learner]:
    """Return the learner that words name, by id or else by name; nobody where they name two."""
    by_id = _one([learner for learner in learners if _by_id(learner, words)])
    return by_id or _one([learner for learner in learners if _by_name(learner, words)])


def _pack_of(one: Found) -> str | None:
    """Return the learner whose pack a notebook says it is of, or None."""
    told = re.search(rb'"learner": ?"([\w.@-]{1,80})"', one.data[-20_000:])
    return told[1].decode() if told else None


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
