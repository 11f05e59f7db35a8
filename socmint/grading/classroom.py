"""A class in a folder: roster, secret, packs, what was handed in, results.

class.toml   roster.csv   secret
packs/LAB/LEARNER.zip        to hand out
worlds/LAB/w…/               without truth
truth/LAB/w…/                the truth of the same worlds; never leaves this computer
keys/LAB/w….pickle           what the lab's keys work out on them
submitted/LAB/LEARNER.ipynb  what is graded, LEARNER.json: where it came from
shown/LAB/LEARNER.json       what its cells displayed, as it came out of the sandbox
results/LAB/LEARNER.json     one file each, written whole or not at all
"""

import csv
import hashlib
import io
import json
import os
import pickle
import secrets
import shutil
import signal
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import active_children, get_context
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from socmint.course import load, read_toml
from socmint.errors import CourseError
from socmint.files import store
from socmint.grading import score
from socmint.grading.sandbox import Limits, Run, Sandbox, SandboxError, why_not

if TYPE_CHECKING:
    from synthetic_data import World

SCORED = ("graded", "blank")
"""The states of a result that has points."""
WORTH_A_POOL = 5_000
"""Accounts in all worlds that are to be made: for fewer, starting other processes takes longer."""
ID_LETTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@")


@dataclass(frozen=True)
class Learner:
    """One line of the roster."""

    id: str
    name: str
    email: str = ""


@dataclass(frozen=True)
class Class:
    """An opened class folder."""

    folder: Path
    learners: list[Learner]
    secret: bytes

    def path(self, room: str, topic: str, name: str = "") -> Path:
        """Return a path in one of the rooms of the folder."""
        return self.folder / room / topic / name


def init(folder: Path, roster: Path) -> Class:
    """Make a class folder from a roster with the columns id, name and perhaps email.

    Raises:
        CourseError: the folder is a class already, or the roster has a fault; the line is named.
    """
    if (folder / "secret").exists() or (folder / "worlds").exists():  # a new secret would harm it
        raise CourseError(
            f"{folder} is a class already. To add learners, write them into {folder}/roster.csv "
            "and release the lab again: who has a pack gets the same one."
        )
    learners = read_roster(roster)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with (folder / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "name", "email"])
        table.writerows([learner.id, learner.name, learner.email] for learner in learners)
    store(folder / "class.toml", f'[class]\ncourse = "{load().id}"\n'.encode())
    # The secret comes last: a folder with a secret is complete.
    store(folder / "secret", secrets.token_hex(32).encode() + b"\n", 0o600)
    return open_class(folder)


def read_roster(path: Path) -> list[Learner]:
    """Read a roster.

    Raises:
        CourseError: it is missing, has no column id or name, or an id is odd or stands there twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.startswith("sep="):  # Excel's note to itself
            text = text.partition("\n")[2]
        head = text.partition("\n")[0].strip()
        # In many countries Excel writes semicolons.
        table = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
        table.fieldnames = [name.strip().casefold() for name in table.fieldnames or []]
        rows = list(table)
    except UnicodeDecodeError:
        raise CourseError(
            f"The roster {path} is not in UTF-8. Save it once more: in Excel as 'CSV UTF-8', in "
            "LibreOffice with the character set UTF-8."
        ) from None
    except (OSError, csv.Error) as error:
        raise CourseError(f"The roster {path} cannot be read: {error}") from None
    if not rows or not {"id", "name"} <= rows[0].keys():
        raise CourseError(
            f"The roster {path} needs a first line id,name,email and a line for each learner below "
            f"it. Its first line is: {head[:80]}"
        )
    learners: dict[str, Learner] = {}
    for line, row in enumerate(rows, start=2):
        if not any((row[name] or "").strip() for name in table.fieldnames):
            continue  # a row that was emptied in a spreadsheet
        name = (row["id"] or "").strip()
        if not name or set(name) - ID_LETTERS or name.startswith((".", "-")):
            raise CourseError(
                f"{path}, line {line}: the id {name!r} may hold only letters a to z, digits and "
                "- _ . @, because files get it as a name."
            )
        if name.casefold() in learners:
            raise CourseError(f"{path}, line {line}: the id {name!r} stands there twice.")
        learners[name.casefold()] = Learner(
            name, _shown(row["name"] or ""), (row.get("email") or "").strip()
        )
    return list(learners.values())


def _shown(name: str) -> str:
    """Return a name without signs that cannot be seen: some turn the text around them."""
    joiners = "\u200c\u200d"  # letters of some scripts need them
    spaced = " ".join(name.split())
    return "".join(sign for sign in spaced if sign.isprintable() or sign in joiners).strip()


def open_class(folder: Path) -> Class:
    """Open a class folder.

    Raises:
        CourseError: it is none, or others may read its secret.
    """
    path = folder / "secret"
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
        mode = path.stat().st_mode & 0o077
    except (OSError, ValueError):
        if (folder / "worlds").exists():
            raise CourseError(
                f"{path} cannot be read. Bring it back from your copy: the worlds depend on it."
            ) from None
        where = "This folder" if folder == Path() else folder
        raise CourseError(
            f"{where} is not a class. Name the folder of yours, such as --class spring (or: "
            "socmint class open spring). To make one: socmint class init spring --roster roster.csv"
        ) from None
    if len(secret) != 32:
        raise CourseError(f"{path} is damaged. Bring it back from your copy: worlds depend on it.")
    if mode and os.name == "posix":
        raise CourseError(f"Others can read {path}. Run: chmod 600 {quote(str(path))}")
    if read_toml(folder / "class.toml").get("class", {}).get("course") != load().id:
        raise CourseError(f"{folder / 'class.toml'} is of another course.")
    return Class(folder.resolve(), read_roster(folder / "roster.csv"), secret)


def store_json(path: Path, data: Any) -> None:
    """Write plain data whole or not at all. Half a character becomes a question mark."""
    store(path, json.dumps(data, indent=1, ensure_ascii=False).encode(errors="replace"))


def load_json(path: Path) -> dict[str, Any] | None:
    """Return what a file holds, or None when it is missing or damaged."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def due_of(group: Class, topic: str, given: datetime | None = None) -> datetime | None:
    """Keep when a lab is due; without a new time, return the one that was kept."""
    path = group.folder / "due.json"
    kept = load_json(path) or {}
    if given:
        store_json(path, kept | {topic: given.isoformat(timespec="minutes")})
        return given
    return datetime.fromisoformat(kept[topic]) if topic in kept else None


def arrival(group: Class, topic: str, learner: str) -> str:
    """Return when a learner handed in, and how long after the lab was due; nothing if unknown."""
    about = load_json(group.path("submitted", topic, f"{learner}.json")) or {}
    changed, due = datetime.fromisoformat(about.get("changed", "0001-01-01")), due_of(group, topic)
    if changed.year < 1981:  # some zips know no times
        return ""
    said = f"handed in {changed:%Y-%m-%d %H:%M}"
    if due is None or changed <= due:
        return said
    hours, minutes = divmod(int((changed - due).total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "day"), (hours, "hour"), (minutes, "minute"))
    spent = [f"{n} {word}{'s' * (n != 1)}" for n, word in parts if n]
    after = " and ".join(spent[:2]) or "less than a minute"
    return f"{said}, late: {after} after it was due ({due:%Y-%m-%d %H:%M})"


def release(
    group: Class, topic: str, tell: Callable[[float, str], None] | None = None
) -> list[Path]:
    """Write a pack for each learner: the lab and the learner's world, without truth and seed."""
    score.template_of(topic)
    jobs = [(group, topic, learner.id) for learner in group.learners]
    packs = {}
    for learner, pack in _in_processes(_pack, topic, {job[2]: job for job in jobs}):
        packs[learner] = pack
        if tell:
            tell(len(packs) / len(jobs), learner)
    places = [one for one in score.places_of(group.secret, "", topic) if one[0] == "method"]
    prepare(group, topic, places)
    return [packs[learner.id] for learner in group.learners]


def _pack(group: Class, topic: str, learner: str) -> Path:
    pack = group.path("packs", topic, f"{topic}_{learner}.zip")
    own = score.own_place(group.secret, learner, topic)
    _prepare(group, topic, "judgement", own, score.versions())
    world = group.path("worlds", topic) / own.name
    notebook = json.loads(score.template_of(topic))
    notebook["metadata"]["socmint"] = {"learner": learner, "lab": topic}
    pack.parent.mkdir(parents=True, exist_ok=True)
    made = pack.with_suffix(".partial")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        name = f"{topic}_{learner}"
        archive.writestr(f"{name}/{name}.ipynb", json.dumps(notebook, indent=1))
        for path in sorted(world.rglob("*")):
            if path.is_file():
                archive.write(path, f"{name}/world/{path.relative_to(world)}")
    made.replace(pack)
    return pack


# ---- worlds and what keys work out on them -------------------------------------------------------


def prepare(group: Class, topic: str, places: Iterable[tuple[str, score.Place]]) -> None:
    """Make the worlds that are missing, and let the keys work on those that they have not seen.

    Raises:
        CourseError: a world was handed out, and its truth is neither here nor can be made again.
    """
    made = score.versions()
    jobs = {
        where.name: (group, topic, fairness, where, made)
        for fairness, where in places
        if stored_keys(group, topic, where, made) is None
    }
    for _ in _in_processes(_prepare, topic, jobs):
        pass


def stored_keys(
    group: Class, topic: str, where: score.Place, made: dict[str, str]
) -> dict[str, score.Solved] | None:
    """Return what the keys worked out on a world, or None when these versions did not yet."""
    path = group.path("keys", topic, f"{where.name}.pickle")
    if not group.path("worlds", topic, where.name).exists():
        return None
    try:
        versions, keys = pickle.loads(path.read_bytes())  # written by this account, for itself
    except (OSError, ValueError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
        return None
    return keys if versions == made else None


def _prepare(
    group: Class, topic: str, fairness: str, where: score.Place, made: dict[str, str]
) -> None:
    world = world_of(group, topic, where)
    keys = score.solve(topic, world, fairness)
    path = group.path("keys", topic, f"{where.name}.pickle")
    store(path, pickle.dumps((made, keys)), 0o600)


def world_of(group: Class, topic: str, where: score.Place) -> "World":
    """Return a world with its truth as it was handed out, or make it and keep both apart."""
    from synthetic_data import World
    from synthetic_data.package import read_truth

    folder = group.path("worlds", topic, where.name)
    truth = group.path("truth", topic, where.name)
    if folder.exists() and truth.exists():
        world = World.read(folder)
        return World(world.meta, world.tables, read_truth(truth))
    world = score.make_world(topic, where)
    if folder.exists():
        handed_out = World.read(folder).tables
        if not all(table.equals(handed_out[name]) for name, table in world.tables.items()):
            raise CourseError(
                f"{folder} was made by another version of the course, and {truth} is missing. "
                "Bring it back from your copy, or grade with the version that made the world."
            )
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.parent.chmod(0o700)
    with tempfile.TemporaryDirectory(prefix=".", dir=truth.parent) as scratch:
        whole = world.write(Path(scratch) / where.name)
        shutil.rmtree(truth, ignore_errors=True)
        (whole / "truth").rename(truth)
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.parent.chmod(0o755)  # read inside by an account that owns nothing
            whole.rename(folder)
    return world


def _in_processes(
    function: Callable, topic: str, jobs: dict[str, tuple]
) -> Iterator[tuple[str, Any]]:
    """Yield name and result of `function(*job)` for each job on worlds of a lab, on all cores."""
    left = dict(jobs)
    workers = min(os.cpu_count() or 1, len(jobs))
    if workers > 1 and len(jobs) * load().find(topic).world["accounts"] > WORTH_A_POOL:
        pool = ProcessPoolExecutor(workers, get_context("spawn"), _ignore_interrupt)
        try:
            found = {pool.submit(function, *job): name for name, job in jobs.items()}
            for one in as_completed(found):
                with suppress(BrokenProcessPool):  # what a killed one leaves is done below
                    result = one.result()
                    del left[found[one]]
                    yield found[one], result
        except BaseException:
            for child in active_children():
                child.kill()  # Ctrl-C: what is under way is made again next time
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    for name, job in left.items():
        yield name, function(*job)


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader itself


# ---- grading -------------------------------------------------------------------------------------


def state(group: Class, topic: str, learner: str) -> dict[str, Any]:
    """Return the result of a learner as it stands: an old one does not count for a new submission.

    Status is 'missing', 'not graded yet', 'failed', or that of `score.grade`.
    """
    path = group.path("submitted", topic, f"{learner}.ipynb")
    if not path.exists():
        return {"status": "missing"}
    result = load_json(group.path("results", topic, f"{learner}.json"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if result is None or result.get("submission") != digest:
        return {"status": "not graded yet"}
    return result


def grade(
    group: Class,
    topic: str,
    *,
    trust: bool = False,
    workers: int | None = None,
    limits: Limits | None = None,
    again: bool = False,
    only: str | None = None,
    scheduler: str | None = None,
    tell: Callable[[float, str], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """Grade what is new or changed, on all cores, and return all results by learner.

    Args:
        group: the class.
        topic: the lab.
        trust: run submissions without isolation, with all powers of this account.
        workers: how many at a time; all cores when left out.
        limits: what each run may use.
        again: grade everything anew.
        only: one learner's id; everybody when left out.
        scheduler: address of a Dask scheduler whose workers run the notebooks, instead of this
            computer.
        tell: called with the share that is done, and a learner's id, when the result is stored.
        meanwhile: called once while the first notebooks run, if any do.

    Raises:
        CourseError: notebooks cannot be isolated and are not trusted, or the cluster is not fit.
    """
    from socmint.grading.clean import lighten

    reason = None if trust or scheduler else why_not()
    if reason:
        raise CourseError(
            f"Submissions cannot be isolated: {reason}. Grade on another computer, or add "
            "--trust-submissions: then each of them can read and change all that you can."
        )
    limits, template, made = limits or Limits(), score.template_of(topic), score.versions()
    plans, about, results = {}, {}, {}
    learners = [learner for learner in group.learners if only in (None, learner.id)]
    if not learners:
        raise CourseError(f"{only} is not on the roster.")
    folder = group.path("worlds", topic)
    folder.mkdir(parents=True, exist_ok=True)
    shared = [where.name for where in score.unseen_places(group.secret, topic)]
    with Sandbox(folder, isolated=not trust, shared=shared) as sandbox:
        for learner in learners:
            path = group.path("submitted", topic, f"{learner.id}.ipynb")
            old = state(group, topic, learner.id)
            if old["status"] == "missing":
                results[learner.id] = old
                continue
            data = path.read_bytes()
            key = score.key_of(data, template, topic, learner.id, group.secret, made, limits)
            if old.get("key") == key and old["status"] != "failed" and not again:
                results[learner.id] = old
                continue
            plans[learner.id] = _planned(data, topic, learner.id, group.secret, template)
            if plans[learner.id].places and not scheduler:
                sandbox.start()  # it gets warm while the others are looked at
            about[learner.id] = {
                "learner": learner.id,
                "submission": hashlib.sha256(data).hexdigest(),
                "template": hashlib.sha256(template).hexdigest(),
                "key": key,
            }
        work = (sandbox, workers, limits, made, scheduler, meanwhile or (lambda: None))
        for learner, result in _results(group, topic, plans, *work):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            result = about[learner] | {"graded": now} | result
            result |= {"made": made, "isolated": not trust}
            shown = {"key": result["key"]} | result.pop("shown", {})
            lighten(shown.get("cells", []))
            store_json(group.path("shown", topic, f"{learner}.json"), shown)
            store_json(group.path("results", topic, f"{learner}.json"), result)
            results[learner] = result
            if tell:
                tell(len(results) / len(learners), learner)
    return {learner.id: results[learner.id] for learner in learners}


def _results(
    group: Class,
    topic: str,
    plans: dict[str, score.Plan],
    sandbox: Sandbox,
    workers: int | None,
    limits: Limits,
    made: dict[str, str],
    scheduler: str | None,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield learner and result as they come. A sandbox that is killed costs nobody a grade."""
    if not plans:
        return
    keys: dict[str, dict[str, score.Solved]] = {}

    def solved(topic: str, where: score.Place, fairness: str) -> dict[str, score.Solved]:
        if where.name not in keys:
            keys[where.name] = stored_keys(group, topic, where, made)
        return keys[where.name]

    places = {where.name: (kind, where) for p in plans.values() for kind, where in p.places}
    if scheduler:
        from socmint.grading.cluster import on_cluster

        prepare(group, topic, places.values())
        meanwhile()
        for learner, runs in on_cluster(
            plans, sandbox.worlds, scheduler, not sandbox.isolated, limits
        ):
            if runs is None:
                yield learner, {"status": "failed", "findings": ["The workers failed, repeatedly."]}
            else:
                yield learner, _judged(plans[learner], runs, solved)
        return
    prepare(group, topic, places.values())
    failed = []
    for learner, runs in in_threads(plans, sandbox, workers, limits, meanwhile):
        if runs is None:
            failed.append(learner)
        else:
            yield learner, _judged(plans[learner], runs, solved)
    # One of these may have ended the sandbox for the others: each has it for itself now.
    for learner in failed:
        sandbox.close()
        try:
            runs = score.carry_out(plans[learner], sandbox.run, limits)
        except SandboxError as error:
            yield learner, {"status": "failed", "findings": [f"{error} (tried twice)"]}
        else:
            yield learner, _judged(plans[learner], runs, solved)


def _planned(data: bytes, topic: str, learner: str, secret: bytes, template: bytes) -> score.Plan:
    """Return what is to be done; a submission that nothing here foresees stops nobody else's."""
    try:
        return score.plan(data, topic, learner, secret, template)
    except CourseError:
        raise
    except Exception as error:
        return score.Plan(load().find(topic), ready=_stumbled(error))


def _judged(todo: score.Plan, runs: list[Run], solved: Callable) -> dict[str, Any]:
    """Score what a submission brought out; what nothing here foresees stops nobody else's."""
    try:
        return score.judge(todo, runs, solved)
    except CourseError:
        raise
    except Exception as error:
        return _stumbled(error)


def _stumbled(error: Exception) -> dict[str, Any]:
    said = f"{type(error).__name__}: {error}"[:200]
    return {
        "status": "failed",
        "findings": [f"Grading stumbled over it ({said}). Mark it by hand, and tell us."],
    }


def in_threads(
    plans: dict[str, score.Plan],
    sandbox: Sandbox,
    workers: int | None,
    limits: Limits,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[str, list[Run] | None]]:
    """Yield learner and runs, as they come; None where the sandbox failed.

    The threads wait for the sandbox; scoring, which has the main thread, goes on meanwhile.
    """
    pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)
    runs: dict[str, dict[int, Run | None]] = {learner: {} for learner in plans}
    try:
        jobs = {
            pool.submit(score.carry_out_one, todo, number, sandbox.run, limits): (learner, number)
            for learner, todo in plans.items()
            for number in range(len(todo.places))
        }
        meanwhile()
        for learner, todo in plans.items():
            if not todo.places:
                yield learner, []
        for job in as_completed(jobs):
            learner, number = jobs[job]
            try:
                runs[learner][number] = job.result()
            except SandboxError:
                runs[learner][number] = None
            if len(runs[learner]) == len(plans[learner].places):
                found = [run for _, run in sorted(runs.pop(learner).items())]
                yield learner, None if None in found else found
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        sandbox.close()  # after Ctrl-C: what is under way is graded again next time
        pool.shutdown(wait=True)
