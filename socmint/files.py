"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path


def store(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that nobody ever sees half of it; folders are made where they are missing.

    Args:
        path: the file; one of that name is replaced.
        data: its bytes.
        mode: who may read it, as a Unix mode.

    Raises:
        OSError: the disk is full, or the folder may not be written.

    Example:
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store(Path(folder, "a.txt"), b"sea")
        ...     Path(folder, "a.txt").read_bytes()
        b'sea'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(half).chmod(mode)
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
