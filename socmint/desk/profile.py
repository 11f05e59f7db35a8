"""The rules of the desk as data: who may decide what, what it takes, what it costs."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from socmint.course import read_toml
from socmint.errors import CourseError

FOLDER = Path(__file__).resolve().parent / "profiles"
DEFAULT = "teaching"
TIERS = ("public", "registered", "friends", "private")
CONDUCTS = ("view", "repeat", "bulk", "bulk_named", "enter", "relate", "read", "order")
PRINCIPLES = {
    "P1": "sufficient, sustainable cause",
    "P2": "integrity of motive",
    "P3": "proportionate and necessary",
    "P4": "right authority, oversight",
    "P5": "last resort",
    "P6": "reasonable prospect",
}
"""The six principles, after Omand, Bartlett and Miller, #Intelligence (Demos 2012): ethics that
inform law and do not replace it."""


@dataclass(frozen=True)
class Profile:
    """A set of rules. Attributes are the sections of a file in `profiles/`."""

    name: str
    title: str
    after: str
    levels: list[dict[str, Any]]
    matrix: dict[str, dict[str, int | str]]
    conduct: dict[str, int]
    P1: dict[str, Any]
    P2: dict[str, Any]
    P3: dict[str, Any]
    P4: dict[str, Any]
    P5: dict[str, Any]
    P6: dict[str, Any]
    points: dict[str, Any]

    def level(self, tier: str, conduct: str) -> int | str | None:
        """Return the level that a conduct needs in a tier.

        Returns:
            0 to 4, "not offered", or None where the conduct does not arise.

        Example:
            >>> load_profile().level("public", "repeat")
            2
            >>> load_profile().level("private", "read")
            'not offered'
        """
        return self.matrix[tier].get(conduct)

    def office(self, level: int) -> str:
        """Return what the one who decides at a level is called."""
        return self.levels[level]["name"]


def profiles() -> list[str]:
    """Return the names of all profiles, the default first."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT)


@cache
def load_profile(name: str = DEFAULT) -> Profile:
    """Read a profile.

    Args:
        name: a file of `profiles/` without its ending.

    Raises:
        CourseError: there is no such profile, or it has an unknown or wrong key.

    Example:
        >>> load_profile("uk_directed_surveillance").P4["urgent_hours"]
        72
    """
    if name not in profiles():
        raise CourseError(
            f"There is no profile called {name!r}. There are: {', '.join(profiles())}."
        )
    base = read_toml(FOLDER / f"{DEFAULT}.toml")
    return check(name, base, read_toml(FOLDER / f"{name}.toml"))


def check(name: str, base: dict[str, Any], change: dict[str, Any]) -> Profile:
    """Lay a profile over the default one, and refuse keys that the default does not have.

    Raises:
        CourseError: an unknown key, or a value of another kind or length than the default's.
    """
    both = dict(base)
    for key, value in change.items():
        where = f"Profile {name}: {key}"
        if key not in base:
            raise CourseError(f"{where} is not known. Known are: {', '.join(base)}.")
        _same_kind(where, base[key], value)
        both[key] = _laid_over(base[key], value)
    for tier, row in both["matrix"].items():
        for conduct, level in row.items():
            if conduct not in CONDUCTS or level not in (0, 1, 2, 3, 4, "not offered"):
                raise CourseError(
                    f"Profile {name}: matrix.{tier}.{conduct} must be a known conduct with a level "
                    f'0 to 4 or "not offered".'
                )
    for level in both["levels"]:
        if not level.get("name") or not isinstance(level.get("days"), int) or level["days"] < 1:
            raise CourseError(f"Profile {name}: each of the levels needs a name and days.")
    return Profile(name=name, **both)


def _laid_over(base: Any, change: Any) -> Any:
    if not isinstance(change, dict):
        return change
    return base | {key: _laid_over(base.get(key), value) for key, value in change.items()}


def _same_kind(where: str, old: Any, new: Any) -> None:
    number = (int, float)
    alike = isinstance(new, type(old)) or (isinstance(old, number) and isinstance(new, number))
    if not alike or isinstance(new, bool):
        raise CourseError(f"{where} must be of the kind {type(old).__name__}.")
    if isinstance(old, dict) and not where.endswith("matrix"):
        for key in new:
            if key not in old:
                raise CourseError(f"{where}.{key} is not known. Known are: {', '.join(old)}.")
            _same_kind(f"{where}.{key}", old[key], new[key])
    by_level = isinstance(old, list) and len(old) == 5
    if by_level and len(new) != 5 and not where.endswith("grounds"):
        raise CourseError(f"{where} needs five values, one for each level.")
