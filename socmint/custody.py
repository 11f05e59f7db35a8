"""An evidence bag: captured items in a folder that a stranger can check with standard tools.

    bag/
        README.txt         how anybody can check this bag
        evidence/          items as they were captured; nobody works on these
        working/           copies to work on
        log.jsonl          who did what and when, one line each, chained (see `socmint.chain`)
        manifest.sha256    hashes of all but the working copies, as `sha256sum -c` reads them

What a capture notes (what, where, when, who, how, hash) and the split into evidentiary and working
copies follow the Berkeley Protocol on Digital Open Source Investigations (UN Human Rights Office
and Human Rights Center, Berkeley; advance version 2020), chapter VI.

A bag is **tamper-evident, not tamper-proof**: `verify` finds what was changed by somebody who does
not write the whole bag anew. Against that, give the `last_seal` to somebody else.

Example:
    >>> import tempfile
    >>> bag = new_bag(tempfile.mkdtemp(), who="analyst 1")
    >>> record = capture(bag, "page.txt", "open today\\n", what="page of the ferry line",
    ...     where="https://tikkeron.example/ferry", who="analyst 1", how="page saver 2.1")
    >>> verify(bag)
    []
    >>> working_copy(bag, "page.txt", who="analyst 2").read_text()
    'open today\\n'
"""

import hashlib
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from socmint.chain import GENESIS, canonical, seal
from socmint.errors import CourseError
from socmint.files import store

README, LOG, MANIFEST = "README.txt", "log.jsonl", "manifest.sha256"
EVIDENCE, WORKING = "evidence", "working"
HOW_TO_CHECK = """\
This folder is an evidence bag. You can check it without the program that made it.

Every line of manifest.sha256 holds a SHA-256 hash and the name of a file. Open a terminal in this
folder, then:

Linux      sha256sum -c manifest.sha256
macOS      shasum -a 256 -c manifest.sha256
Windows    certutil -hashfile evidence\\NAME SHA256   (compare with the line of that file)
Python     python -c "import hashlib,pathlib as p;[print(n,hashlib.sha256(p.Path(n).read_bytes()).hexdigest()==h) for h,n in (l.split('  ') for l in p.Path('manifest.sha256').read_text('utf-8').splitlines())]"

Every line of log.jsonl is a record. Its "sha256" is the hash of the line without that field, as JSON
with sorted keys and no spaces. Its "previous" is the "sha256" of the line before, or 64 zeros.

An equal hash shows that a file is the one that was hashed. It does not show that its content is
true, who wrote it, or when.
"""  # noqa: E501

_ITEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def sha256(content: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text as UTF-8: 64 hexadecimal digits.

    Source: NIST, FIPS 180-4, Secure Hash Standard.

    Example:
        >>> sha256("abc")[:16]
        'ba7816bf8f01cfea'
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def new_bag(folder: str | Path, who: str, replace: bool = False) -> Path:
    """Make an empty bag and return its folder.

    Args:
        folder: where to; must be empty or new.
        who: who opens the bag.
        replace: for practice, remove a bag that is there already. Never do that to evidence.

    Raises:
        CourseError: the folder holds something, or `who` is empty.
    """
    bag = Path(folder)
    if bag.exists() and (not bag.is_dir() or any(bag.iterdir())):
        if not (replace and (bag / LOG).is_file() and (bag / EVIDENCE).is_dir()):
            raise CourseError(f"{bag} is not empty. Choose a new folder: a bag is never refilled.")
        for path in bag.rglob("*"):  # Windows does not remove files that are read-only
            path.chmod(0o700)
        shutil.rmtree(bag)
    for name in (EVIDENCE, WORKING):
        (bag / name).mkdir(parents=True, exist_ok=True)
    store(bag / README, HOW_TO_CHECK.encode())
    _append(bag, [], {"action": "opened", "item": "", "who": _filled("who", who)})
    return bag


def capture(
    bag: str | Path,
    item: str,
    content: bytes | str,
    *,
    what: str,
    where: str,
    who: str,
    how: str,
    when: datetime | None = None,
) -> dict[str, Any]:
    """Put an item into the bag and return the record that was added to the log.

    Args:
        bag: the folder that `new_bag` made.
        item: file name of the item, such as "cap-01.txt".
        content: the item itself; a text is kept as UTF-8, byte for byte.
        what: what it is, in a few words.
        where: its address.
        who: who captured it.
        how: method or tool, with its version.
        when: a time with its time zone; now, when left out. The record holds it twice: `when` in
            UTC, and `clock` as that time zone has it, with the offset.

    Returns:
        The record: action, item, what, where, when, clock, who, how, size (bytes),
        content_sha256, previous, sha256.

    Raises:
        CourseError: the bag is damaged, the item is there already, or something was left empty.
    """
    bag = Path(bag)
    records = _open(bag)
    if not isinstance(item, str) or not _ITEM.fullmatch(item):
        raise CourseError(f"{item!r} is no file name. Use letters, digits, - and . only.")
    taken = {record["item"].casefold() for record in records if record["action"] == "captured"}
    if item.casefold() in taken or (bag / EVIDENCE / item).exists():
        raise CourseError(f"{item} is in the bag already. A new capture gets a new name.")
    if not isinstance(content, bytes | str):
        raise CourseError("The content of an item is text or bytes.")
    when = datetime.now().astimezone() if when is None else when
    if not isinstance(when, datetime) or when.tzinfo is None:
        raise CourseError("The time has no time zone. Give one: datetime(…, tzinfo=UTC).")
    data = content.encode("utf-8") if isinstance(content, str) else content
    record = {"action": "captured", "item": item}
    record |= {
        name: _filled(name, value)
        for name, value in (("what", what), ("where", where), ("who", who), ("how", how))
    }
    record |= {
        "when": _utc(when),
        "clock": when.isoformat(timespec="seconds"),
        "size": len(data),
        "content_sha256": sha256(data),
    }
    store(bag / EVIDENCE / item, data)
    (bag / EVIDENCE / item).chmod(0o444)  # a reminder: nobody works on the evidentiary copy
    return _append(bag, records, record)


def working_copy(bag: str | Path, item: str, who: str) -> Path:
    """Copy an item into the folder `working`, note it, and return the copy's path.

    Raises:
        CourseError: no such item, the item was altered, or there is a working copy already.
    """
    bag = Path(bag)
    records = _open(bag)
    record = _held(records, item)
    target = bag / WORKING / item
    if target.exists():
        raise CourseError(f"There is a working copy of {item} already.")
    data = _bytes(bag / EVIDENCE / item)
    if data is None or sha256(data) != record["content_sha256"]:
        raise CourseError(f"{EVIDENCE}/{item} is not what was captured. Stop, and tell the lead.")
    who = _filled("who", who)
    store(target, data)
    _append(bag, records, {"action": "copied", "item": item, "who": who})
    return target


def hand_over(bag: str | Path, giver: str, taker: str, why: str) -> dict[str, Any]:
    """Note that the bag goes from one holder to another, and return the record."""
    bag = Path(bag)
    record = {"action": "handed over", "item": "", "who": _filled("giver", giver)}
    record |= {"to": _filled("taker", taker), "why": _filled("why", why)}
    return _append(bag, _open(bag), record)


def delete(bag: str | Path, item: str, who: str, why: str) -> dict[str, Any]:
    """Delete an item with its working copy, note who and why, and return the record.

    The log keeps the hash, so the bag still shows that there was an item, and not what it said.

    Raises:
        CourseError: no such item, or no reason.
    """
    bag = Path(bag)
    records = _open(bag)
    _held(records, item)
    record = {"action": "deleted", "item": item}
    record |= {"who": _filled("who", who), "why": _filled("why", why)}
    for folder in (EVIDENCE, WORKING):
        path = bag / folder / item
        if path.exists():
            path.chmod(0o600)
            path.unlink()
    return _append(bag, records, record)


def read_log(bag: str | Path) -> list[dict[str, Any]]:
    """Return the records of the log, the oldest first.

    Raises:
        CourseError: the log is damaged; the message names the line.
    """
    return _open(Path(bag))


def last_seal(bag: str | Path) -> str:
    """Return the hash of the last line. Write it down where nobody can change it with the bag."""
    return _open(Path(bag))[-1]["sha256"]


def verify(bag: str | Path, seal_noted: str | None = None) -> list[str]:
    """Check a bag and return what is wrong, one sentence each; an empty list if nothing is.

    Every sentence begins with the file, and the line where there is one. Working copies are not
    checked: they are there to be changed.

    Args:
        bag: the folder.
        seal_noted: a `last_seal` that was noted elsewhere. It must still be in the log.

    Raises:
        CourseError: the folder is no bag.
    """
    bag = Path(bag)
    raw = _bytes(bag / LOG)
    if raw is None and not (bag / EVIDENCE).is_dir():
        raise CourseError(f"{bag} is no evidence bag: it has no {LOG} and no {EVIDENCE}.")
    if raw is None:
        return [f"{LOG}: is missing."]
    records, faults = read_lines(raw)
    manifest = _bytes(bag / MANIFEST)
    faults += _manifest_faults(manifest, _listing(records, raw), bool(faults))
    if _bytes(bag / README) != HOW_TO_CHECK.encode():
        faults.append(f"{README}: was altered or is missing.")
    faults += _evidence_faults(bag, records, manifest or b"")
    if seal_noted is not None and seal_noted not in [r["sha256"] for r in records if r]:
        faults.append(f"{LOG}: the seal that you noted is not in it. It was cut or written anew.")
    return faults


def read_lines(raw: bytes) -> tuple[list[dict[str, Any] | None], list[str]]:
    """Read a chained log: its records (None for a line that was altered), and its faults.

    A line that was altered is named alone, although the chain breaks there. A line whose own hash
    holds, and that does not follow the one before it, moved, or lost its predecessor.

    Args:
        raw: the content of the file, one canonical JSON line each.

    Example:
        >>> first = seal({"what": "received"}, GENESIS)
        >>> second = seal({"what": "opened"}, first["sha256"])
        >>> swapped = "".join(canonical(line) + "\\n" for line in (second, first))
        >>> read_lines(swapped.encode())[1][0]
        'log.jsonl, line 1: out of order. It was written directly after what is now line 2.'
    """
    *lines, rest = raw.split(b"\n")
    faults = {}
    if rest:
        lines.append(rest)
        faults[len(lines)] = "its end is cut off."
    records = [_record(line) for line in lines]
    place = {record["sha256"]: n for n, record in enumerate(records, 1) if record}
    for n, record in enumerate(records, 1):
        if record is None:
            faults.setdefault(n, "altered. Its content no longer gives its hash.")
            continue
        before = records[n - 2] if n > 1 else {"sha256": GENESIS}
        if before is None or record["previous"] == before["sha256"]:
            continue
        if record["previous"] == GENESIS:
            faults[n] = "out of order. It was written as the first line."
        elif record["previous"] in place:
            was = place[record["previous"]]
            faults[n] = f"out of order. It was written directly after what is now line {was}."
        else:
            faults[n] = "the line that stood before it is missing, or was replaced."
    if not lines:
        faults[1] = "is missing: the log is empty."
    return records, [f"{LOG}, line {n}: {faults[n]}" for n in sorted(faults)]


def _record(line: bytes) -> dict[str, Any] | None:
    """Return the record of a line whose own hash holds."""
    try:
        record = json.loads(line)
        whole = isinstance(record, dict) and canonical(record).encode() == line
        return record if whole and seal(record, record["previous"]) == record else None
    except (ValueError, TypeError, KeyError):
        return None


def _listing(records: list, raw: bytes) -> dict[str, str]:
    """Return what the manifest must hold: file name to hash, in order."""
    listing = {README: sha256(HOW_TO_CHECK)}
    for record in filter(None, records):
        if _is(record, "captured"):
            listing[f"{EVIDENCE}/{record['item']}"] = record["content_sha256"]
        elif _is(record, "deleted"):
            listing.pop(f"{EVIDENCE}/{record['item']}", None)
    return listing | {LOG: sha256(raw)}


def _manifest_lines(listing: dict[str, str]) -> list[str]:
    return [f"{digest}  {name}" for name, digest in listing.items()]


def _manifest_faults(raw: bytes | None, listing: dict[str, str], log_broken: bool) -> list[str]:
    """Compare the manifest with what the log says."""
    if raw is None:
        return [f"{MANIFEST}: is missing."]
    wanted = _manifest_lines(listing)
    lines = raw.decode("utf-8", errors="replace").split("\n")
    if lines == [*wanted, ""] or log_broken:
        return []  # a broken log is named already, and cannot say what the manifest must hold
    ended = lines[-1] == ""
    lines = lines[:-1] if ended else lines
    faults = [] if ended else [f"{MANIFEST}, line {len(lines)}: its end is cut off."]
    if sorted(lines) == sorted(wanted):
        moved = [n for n, (a, b) in enumerate(zip(lines, wanted, strict=True), 1) if a != b]
        return faults + [f"{MANIFEST}, line {n}: out of order." for n in moved]
    shape = re.compile(rf"[0-9a-f]{{64}}  {re.escape(LOG)}")
    for n, line in enumerate(lines, 1):
        if shape.fullmatch(line) and line not in wanted:
            faults.append(
                f"{LOG}: does not match {MANIFEST}, line {n}. Lines were cut off its end or added "
                "to it, or that line was altered."
            )
        elif line not in wanted or line in lines[: n - 1]:
            faults.append(f"{MANIFEST}, line {n}: altered or added.")
    names = {line[66:] for line in lines}
    faults += [f"{MANIFEST}: has no line for {name}." for name in listing if name not in names]
    return faults


def _evidence_faults(bag: Path, records: list, manifest: bytes) -> list[str]:
    """Compare the evidentiary copies with their hashes in the log, or else in the manifest."""
    expected = {}
    for line in manifest.decode("utf-8", errors="replace").splitlines():
        if line[66:].startswith(f"{EVIDENCE}/"):
            expected[line[66:]] = line[:64]
    gone = {f"{EVIDENCE}/{r['item']}": n for n, r in enumerate(records, 1) if _is(r, "deleted")}
    for record in records:
        if _is(record, "captured"):
            expected[f"{EVIDENCE}/{record['item']}"] = record["content_sha256"]
    owner = {digest: name for name, digest in expected.items()}
    found = {f"{EVIDENCE}/{path.name}": path for path in sorted((bag / EVIDENCE).glob("*"))}
    faults = []
    for name, digest in expected.items():
        data = _bytes(found[name]) if name in found else None
        if name in gone:
            if name in found:
                faults.append(f"{name}: is there, but {LOG}, line {gone[name]} says deleted.")
        elif data is None:
            faults.append(f"{name}: is missing.")
        elif sha256(data) != digest:
            other = owner.get(sha256(data))
            swapped = f" It holds what was captured as {other}." if other else ""
            faults.append(f"{name}: was altered after it was captured.{swapped}")
    added = found.keys() - expected.keys()
    return faults + [f"{name}: was added. No line of {LOG} names it." for name in sorted(added)]


def _is(record: dict | None, action: str) -> bool:
    return record is not None and record.get("action") == action


def _open(bag: Path) -> list[dict[str, Any]]:
    """Return the records of a bag whose log and manifest hold."""
    raw = _bytes(bag / LOG)
    if raw is None:
        raise CourseError(f"{bag} is no evidence bag: it has no {LOG}. new_bag() makes one.")
    records, faults = read_lines(raw)
    faults += _manifest_faults(_bytes(bag / MANIFEST), _listing(records, raw), bool(faults))
    if faults:
        raise CourseError(f"The bag is damaged, so nothing is added to it. {faults[0]}")
    return records


def _held(records: list[dict[str, Any]], item: str) -> dict[str, Any]:
    """Return the record of the capture of an item that is still there."""
    of_item = [record for record in records if record["item"] == item]
    captured = [record for record in of_item if record["action"] == "captured"]
    if not captured:
        raise CourseError(f"The bag has no item {item!r}.")
    if any(record["action"] == "deleted" for record in of_item):
        raise CourseError(f"{item} was deleted.")
    return captured[0]


def _append(bag: Path, records: list[dict[str, Any]], record: dict[str, Any]) -> dict[str, Any]:
    """Seal a record, add it to the log, and write the manifest anew."""
    record.setdefault("when", _utc(datetime.now(UTC)))
    record = seal(record, records[-1]["sha256"] if records else GENESIS)
    records = [*records, record]
    raw = "".join(canonical(line) + "\n" for line in records).encode()
    store(bag / LOG, raw)
    lines = _manifest_lines(_listing(records, raw))
    store(bag / MANIFEST, "".join(f"{line}\n" for line in lines).encode())
    return record


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _filled(name: str, value: str) -> str:
    if not isinstance(value, str) or not value.strip(" .…"):
        raise CourseError(f"{name} is empty. A stranger who checks the bag needs it.")
    return value.strip()
