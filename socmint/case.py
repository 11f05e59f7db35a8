"""Open a case: the tables of one invented world, and the checks of a lab on it."""

import os
from functools import lru_cache
from pathlib import Path

import pandas as pd

from socmint import course
from socmint.check import Checker
from socmint.errors import CourseError
from socmint.progress import watch_cells
from synthetic_data import World, generate
from synthetic_data.errors import WorldError

PRACTICE_SEED = 1
"""The world that everybody practises on, unless SOCMINT_SEED says another."""


class Case:
    """The tables that an analyst may work on. Each is an attribute and a pandas DataFrame.

    What is so in this world (its truth) is not among them. Changing a table changes your copy only.

    Example:
        >>> case = open_case("first_steps")
        >>> len(case.accounts)
        240
    """

    def __init__(self, module: course.Module, world: World):
        self._module, self._world = module, world

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._world.tables:
            raise CourseError(
                f"This case has no table called {name!r}. It has: {', '.join(dir(self))}."
            )
        return self._world.tables[name].copy(deep=False)

    def __dir__(self) -> list[str]:
        return list(self._world.tables)

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} ({len(table):,})" for name, table in self._world.tables.items())
        meta = self._world.meta
        return (
            f"Case '{self._module.topic}', invented world {meta['scenario']}/{meta['seed']}. "
            f"Tables (rows): {rows}"
        )


def open_case(topic: str, seed: int | None = None) -> Case:
    """Open the world of a module.

    Args:
        topic: the module's topic, such as "networks".
        seed: which world. Left out: the folder that SOCMINT_WORLD names, or else the folder
            `world` beside the notebook (a pack from your instructor has one), or else the seed in
            SOCMINT_SEED, or else the practice world.

    Raises:
        CourseError: no such topic, a seed that is no whole number, or a damaged world folder.
    """
    module = course.load().find(topic)
    watch_cells()
    return Case(module, _world(module, seed))


def open_lab(topic: str, seed: int | None = None) -> tuple[Case, Checker]:
    """Open the world of a lab and the checks of its questions.

    Arguments and errors as in `open_case`.

    Example:
        >>> case, check = open_lab("first_steps")
        >>> check.q1(...).outcome
        'not answered yet'
    """
    case = open_case(topic, seed)
    return case, Checker(case._module, case._world)


def _world(module: course.Module, seed: int | None) -> World:
    beside = "world" if Path("world", "datapackage.json").is_file() else None
    folder = os.environ.get("SOCMINT_WORLD", beside)
    if seed is None and folder:
        return _read(
            Path(folder).absolute(), Path(folder).stat().st_mtime_ns if Path(folder).exists() else 0
        )
    if seed is None:
        text = os.environ.get("SOCMINT_SEED", str(PRACTICE_SEED))
        if not text.isdecimal():
            raise CourseError(f"SOCMINT_SEED is {text!r}. It must be a whole number, such as 1.")
        seed = int(text)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise CourseError(f"The seed is {seed!r}. It must be a whole number, such as 1.")
    return _generate(module.world["scenario"], seed, module.world["accounts"])


@lru_cache(maxsize=2)  # a lesson opens its own world and perhaps one to compare
def _generate(scenario: str, seed: int, accounts: int) -> World:
    return generate(scenario, seed=seed, accounts=accounts)


@lru_cache(maxsize=1)
def _read(folder: Path, changed: int) -> World:
    try:
        return World.read(folder)
    except WorldError as error:
        raise CourseError(str(error)) from None
