"""A class in a folder: roster, secret, packs, what was handed in, results.

class.toml   roster.csv   secret
packs/LAB/LEARNER.zip        to hand out
worlds/LAB/w…/               without truth
submitted/LAB/LEARNER.ipynb  what is graded, LEARNER.json: where it came from
shown/LAB/LEARNER.json       what its cells displayed, as it came out of the sandbox
results/LAB/LEARNER.json     one file each, written whole or not at all
"""

import csv
import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from socmint.course import load, read_toml
from socmint.errors import CourseError
from socmint.files import store
from socmint.grading import score
from socmint.grading.sandbox import Limits, Sandbox, SandboxError, why_not

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
    if (folder / "secret").exists():
        raise CourseError(f"{folder} is a class already.")
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
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"The roster {path} cannot be read: {error}") from None
    if not rows or not {"id", "name"} <= rows[0].keys():
        raise CourseError(f"The roster {path} needs a first line id,name,email and a line each.")
    learners: dict[str, Learner] = {}
    for line, row in enumerate(rows, start=2):
        name = (row["id"] or "").strip()
        if not name or set(name) - ID_LETTERS or name.startswith((".", "-")):
            raise CourseError(f"{path}, line {line}: the id {name!r} may hold letters and digits.")
        if name.casefold() in learners:
            raise CourseError(f"{path}, line {line}: the id {name!r} stands there twice.")
        learners[name.casefold()] = Learner(
            name, (row["name"] or "").strip(), (row.get("email") or "").strip()
        )
    return list(learners.values())


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
        raise CourseError(f"{folder} is not a class. Run: socmint class init FOLDER") from None
    if len(secret) != 32:
        raise CourseError(f"{path} is damaged. Bring it back from your copy: worlds depend on it.")
    if mode and os.name == "posix":
        raise CourseError(f"Others can read {path}. Run: chmod 600 {path}")
    if read_toml(folder / "class.toml").get("class", {}).get("course") != load().id:
        raise CourseError(f"{folder / 'class.toml'} is of another course.")
    return Class(folder.resolve(), read_roster(folder / "roster.csv"), secret)


def store_json(path: Path, data: Any) -> None:
    """Write plain data whole or not at all."""
    store(path, json.dumps(data, indent=1, ensure_ascii=False).encode())


def load_json(path: Path) -> dict[str, Any] | None:
    """Return what a file holds, or None when it is missing or damaged."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def release(
    group: Class, topic: str, tell: Callable[[float, str], None] | None = None
) -> list[Path]:
    """Write a pack for each learner: the lab and the learner's world, without truth and seed."""
    template = score.template_of(topic)
    packs = []
    for learner in group.learners:
        pack = group.path("packs", topic, f"{topic}_{learner.id}.zip")
        world = score.write_world(
            group.path("worlds", topic), topic, score.own_place(group.secret, learner.id, topic)
        )
        notebook = json.loads(template)
        notebook["metadata"]["socmint"] = {"learner": learner.id, "lab": topic}
        pack.parent.mkdir(parents=True, exist_ok=True)
        made = pack.with_suffix(".partial")
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            name = f"{topic}_{learner.id}"
            archive.writestr(f"{name}/{name}.ipynb", json.dumps(notebook, indent=1))
            for path in sorted(world.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{name}/world/{path.relative_to(world)}")
        made.replace(pack)
        packs.append(pack)
        if tell:
            tell(len(packs) / len(group.learners), learner.id)
    return packs


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
    tell: Callable[[float, str], None] | None = None,
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
        tell: called with the share that is done, and a learner's id.

    Raises:
        CourseError: notebooks cannot be isolated here and are not trusted.
    """
    reason = None if trust else why_not()
    if reason:
        raise CourseError(
            f"Submissions cannot be isolated: {reason}. Grade on another computer, or add "
            "--trust-submissions: then each of them can read and change all that you can."
        )
    limits, template, made = limits or Limits(), score.template_of(topic), score.versions()
    waiting, results = [], {}
    learners = [learner for learner in group.learners if only in (None, learner.id)]
    if not learners:
        raise CourseError(f"{only} is not on the roster.")
    for learner in learners:
        path = group.path("submitted", topic, f"{learner.id}.ipynb")
        old = state(group, topic, learner.id)
        if old["status"] == "missing":
            results[learner.id] = old
            continue
        key = score.key_of(
            path.read_bytes(), template, topic, learner.id, group.secret, made, limits
        )
        if old.get("key") == key and old["status"] != "failed" and not again:
            results[learner.id] = old
        else:
            waiting.append((learner.id, path, key))
    for where in score.unseen_places(group.secret, topic) if waiting else []:
        score.write_world(group.path("worlds", topic), topic, where)
    for learner, result in _in_parallel(group, topic, waiting, trust, workers, limits):
        result |= {"made": made, "isolated": not trust}
        shown = {"key": result.get("key")} | result.pop("shown", {})
        store_json(group.path("shown", topic, f"{learner}.json"), shown)
        store_json(group.path("results", topic, f"{learner}.json"), result)
        results[learner] = result
        if tell:
            tell(len(results) / len(learners), learner)
    return {learner.id: results[learner.id] for learner in learners}


def _in_parallel(group: Class, topic: str, waiting: list, trust: bool, workers, limits):
    """Yield learner and result as they come. A worker that is killed costs nobody a grade."""
    folder = group.path("worlds", topic)
    folder.mkdir(parents=True, exist_ok=True)
    workers = min(workers or os.cpu_count() or 1, max(len(waiting), 1))
    tries: dict[str, int] = {}
    while waiting:
        context = get_context("spawn")
        numbers = context.Queue()
        for number in range(workers):
            numbers.put(number)
        pool = ProcessPoolExecutor(
            workers, context, _start_worker, (numbers, folder, topic, group.secret, trust, limits)
        )
        try:
            jobs = {
                pool.submit(_grade_one, learner, path, key): learner
                for learner, path, key in waiting
            }
            for job in as_completed(jobs):
                learner = jobs[job]
                try:
                    result = job.result()
                except BrokenProcessPool:
                    tries[learner] = tries.get(learner, 0) + 1
                    if tries[learner] < 3:
                        continue
                    result = {"status": "failed", "findings": ["A worker was killed, three times."]}
                waiting = [one for one in waiting if one[0] != learner]
                yield learner, result
        except BaseException:
            for child in active_children():
                child.kill()  # Ctrl-C: what is under way is graded again next time
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_WORKER: dict[str, Any] = {}


def _start_worker(numbers, folder: Path, topic: str, secret: bytes, trust: bool, limits) -> None:
    import atexit
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader itself
    sandbox = Sandbox(folder, isolated=not trust, number=numbers.get())
    atexit.register(sandbox.close)
    _WORKER.update(sandbox=sandbox, topic=topic, secret=secret, limits=limits)
    _WORKER["template"] = score.template_of(topic)


def _grade_one(learner: str, path: Path, key: str) -> dict[str, Any]:
    data = path.read_bytes()
    about = {
        "learner": learner,
        "submission": hashlib.sha256(data).hexdigest(),
        "template": hashlib.sha256(_WORKER["template"]).hexdigest(),
        "key": key,
        "graded": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    for attempt in (1, 2):
        try:
            result = score.grade(
                data,
                _WORKER["topic"],
                learner,
                _WORKER["secret"],
                _WORKER["sandbox"],
                _WORKER["limits"],
                _WORKER["template"],
            )
            break
        except SandboxError as error:
            _WORKER["sandbox"].close()
            result = {"status": "failed", "findings": [f"{error} (try {attempt} of 2)"]}
    return about | result
