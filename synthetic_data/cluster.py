"""Spread the pieces of a world over processes or machines with Dask.

A piece of a table depends on its rows alone, so the files are the same with one worker or eight.
"""

import logging
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from synthetic_data.errors import WorldError

_PATIENCE = 20  # seconds in which a worker should take a piece


@contextmanager
def workers(scheduler: str, count: int | None = None) -> Iterator[Callable]:
    """Give a function that works like `map` and has the work done by Dask.

    Args:
        scheduler: address of a Dask scheduler, such as `tcp://lab-server:8786`, or `local` for
            processes on this computer. Its workers need the course installed.
        count: number of local processes; one for each core when left out.

    Raises:
        WorldError: Dask is not installed, nobody answers at the address, or no worker does.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise WorldError(
            "workers need Dask, which the instructor's set brings: python3 start.py teach"
        ) from error
    if scheduler == "local":
        # Ctrl-C goes to every process of a terminal: here this one alone answers it. New processes
        # ignore what this one ignores while it starts them.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            # One thread each: making texts is Python's work, of which a process does one at a time.
            cluster = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
        finally:
            signal.signal(signal.SIGINT, before)
        with cluster, Client(cluster) as client:
            yield _mapper(client)
        return
    try:
        client = Client(scheduler, timeout="5s")
    except (OSError, ValueError, TypeError) as error:  # tls:// wants what we do not have
        raise WorldError(f"no Dask scheduler answers at {scheduler}") from error
    with client:
        yield _mapper(client)


def _mapper(client) -> Callable:
    """Return a `map` that keeps two pieces per worker under way and the results in order."""

    def run(function, items):
        waiting: deque = deque()
        room = 2 * max(1, len(client.scheduler_info()["workers"]))
        for item in items:
            try:
                # The piece is data, so it goes to a worker by itself and not inside the task.
                [held] = client.scatter([item], hash=False, timeout=_PATIENCE)
            except TimeoutError as error:
                raise WorldError(
                    "the Dask scheduler takes no work: it has no workers, or their memory is full"
                ) from error
            waiting.append(client.submit(function, held, pure=False))
            if len(waiting) >= room:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    return run
