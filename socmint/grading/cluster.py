"""Run submissions on a Dask cluster: the same work, handed to other computers.

A worker makes the worlds from their seeds, compares them with those of the class, and runs the
notebooks in a sandbox of its own: no learner's code runs in the worker itself. Keys stay here:
what comes back are answers as data, and scoring them is the grader's. A worker that dies loses
nothing; Dask hands its notebooks to another one.
"""

import hashlib
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from socmint.errors import CourseError
from socmint.grading import score
from socmint.grading.sandbox import Limits, Run, Sandbox, SandboxError, why_not

WAIT = 5  # seconds for the scheduler to answer


def on_cluster(
    plans: dict[str, score.Plan], worlds: Path, address: str, trust: bool, limits: Limits
) -> Iterator[tuple[str, list[Run] | None]]:
    """Yield learner and runs, as they come; None where the sandbox or its worker failed for good.

    Args:
        plans: learner → what is to be done.
        worlds: the folder with all worlds of the plans.
        address: of the Dask scheduler, such as tcp://10.0.0.5:8786.
        trust: run submissions without isolation, with all powers of the workers' accounts.
        limits: what each run may use.

    Raises:
        CourseError: no scheduler answers, no worker is there, a worker has other versions, cannot
            isolate, or makes another world from a seed.
    """
    try:
        from distributed import Client, as_completed
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise CourseError(
            "--scheduler needs Dask: install the tools of an instructor, "
            "pip install 'socmint-course[teach]'."
        ) from None
    try:
        client = Client(address, timeout=WAIT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(f"No Dask scheduler answers at {address}: {error}") from None
    with client:
        _check_workers(client, address, trust)
        hashes = {
            where.name: _hash(worlds / where.name)
            for todo in plans.values()
            for _, where in todo.places
        }
        jobs = {
            client.submit(_run, todo, hashes, trust, limits, pure=False, retries=1): learner
            for learner, todo in plans.items()
        }
        for job in as_completed(jobs, loop=client.loop):
            try:
                yield jobs[job], job.result()
            except (SandboxError, KilledWorker):
                yield jobs[job], None


def _check_workers(client, address: str, trust: bool) -> None:
    found = client.run(_versions)
    if not found:
        raise CourseError(
            f"The scheduler at {address} has no workers. Start: dask worker {address}"
        )
    ours = score.versions()
    for worker, theirs in found.items():
        other = [name for name in ours if theirs.get(name) != ours[name]]
        if other:
            raise CourseError(
                f"The worker {worker} has another {', '.join(other)} than this computer. Grades "
                "must not depend on the worker: install the same course there."
            )
    if not trust:
        for worker, reason in client.run(why_not).items():
            if reason:
                raise CourseError(f"The worker {worker} cannot isolate submissions: {reason}.")


def _hash(folder: Path) -> str:
    """Return the hash of a world: its descriptor holds the hashes of all its files."""
    return hashlib.sha256((folder / "datapackage.json").read_bytes()).hexdigest()


# ---- on a worker ---------------------------------------------------------------------------------

_LOCK = threading.Lock()


def _versions() -> dict[str, str]:
    return score.versions()


@cache
def _sandbox(trust: bool) -> Sandbox:
    """Return the sandbox of this worker; it ends with the worker's process."""
    folder = Path(tempfile.mkdtemp(prefix="worlds-"))
    folder.chmod(0o755)
    return Sandbox(folder, isolated=not trust, number=hash(folder) % 50)


def _run(todo: score.Plan, hashes: dict[str, str], trust: bool, limits: Limits) -> list[Run]:
    with _LOCK:  # a worker may have several threads
        sandbox = _sandbox(trust)
        sandbox.shared |= {where.name for kind, where in todo.places if kind == "method"}
        for _, where in todo.places:
            made = score.write_world(sandbox.worlds, todo.module.topic, where)
            if _hash(made) != hashes[where.name]:
                raise CourseError(
                    f"The world {where.name} that was handed out cannot be made again by this "
                    "version of the course. Grade without --scheduler."
                )
    try:
        return score.carry_out(todo, sandbox.run, limits)
    except SandboxError:
        sandbox.close()
        raise
