"""A world: its tables and, apart, its truth."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True, eq=False)  # a world is itself only: tables do not compare in one word
class World:
    """A generated or opened world.

    Attributes:
        meta: scenario, title, seed, accounts, version, start, days, faker.
        tables: what was posted, name to DataFrame.
        truth: what is so, name to DataFrame; None when the folder came without it.
    """

    meta: dict
    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame] | None

    def write(self, folder: str | Path, truth: bool = True) -> Path:
        """Write CSV files and `datapackage.json` into a new or empty folder.

        All or nothing: the files are written into a temporary folder beside it, which then takes
        the name. See `synthetic_data.package.write`.

        Args:
            folder: where to; must not hold anything.
            truth: write the truth, too, into the sub-folder `truth`.

        Raises:
            WorldError: the folder is not empty or cannot be written.
        """
        from synthetic_data import package

        return package.write(self, Path(folder), truth)

    @classmethod
    def read(cls, folder: str | Path) -> "World":
        """Open a folder written by `write`, after checking hashes, columns and types.

        Raises:
            WorldError: one sentence that names the file, and the column where there is one.
        """
        from synthetic_data import package

        return package.read(Path(folder))
