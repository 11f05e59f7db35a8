"""Read a scenario file and refuse what it does not know.

A scenario states what is planted: sizes, roles, platforms. The checks name the file and the key,
so that a slip of the pen does not silently give another world.
"""

import datetime
import re
import tomllib
from pathlib import Path

from synthetic_data import networks
from synthetic_data.errors import WorldError

LEVELS = ("easy", "medium", "hard")
FOLDER = Path(__file__).parent / "scenarios"

_WORLD = {
    "title": str,
    "accounts": int,
    "start": datetime.date,
    "days": int,
    "posts_per_account": int,
    "follows_per_account": int,
    "rooms_per_thousand": int,
    "moved_per_million": int,
}
# What [world] may say besides.
_TEXTURE = {"busy_per_million", "long_posts_per_million", "topic_weights"}
_ORGANISATION = {
    "population": str,
    "type": str,
    "cells": list,
    "recruiters": int,
    "shortcuts": int,
    "broker_ties": int,
    "rooms_per_recruiter": int,
    "young_contacts": int,
}
_PLATFORM = {"share": int, "tiers": list}
_POPULATION = {"population": str, "role": str, "size": int}
_CLUB = {"name": str, "platform": str, "topic": str, "size": int, "admission": str}
_SCOPE = {"accounts": int, "protesters": int, "subjects_boasters": int}
_CITY = {
    "persons": int,
    "look_alikes": int,
    "coordinates_per_million": int,
    "prison_visitors": int,
    "amplifiers": int,
    "zealots": int,
    "same_hand_pairs": int,
    "look_alike_pairs": int,
}
_NETWORK = {
    "kind": str,
    "size": int,
    "population": str,
    "difficulty": str,
    "scope": int,
}
_MARKET = {
    "vendors": int,
    "buyers": int,
    "closing_day": int,
    "movers": int,
    "impostors": int,
}
_EXPORT = {
    "rows": int,
    "exact_percent": int,
    "near_percent": int,
    "greetings": int,
    "filtered": int,
    "offenders": int,
    "bounded": int,
    "hard_pairs": int,
}
_MOOD = {"posts": int, "step_day": int, "forecast_day": int, "sarcasm_percent": int, "hostile": int}
_CLOCK = {"weeks": int, "summer_time_day": int, "posts_per_day": int, "evenings": int}
_QUIET = {"second_broker_every": int, "missing_percent": int, "links": int, "past_links": int}
_TASKING = {"answerable": int, "idle_sources": int, "other_reports": int}
_CAPTURES = {"summer_time_day": int}
_AUTHORITY = {"sample": int}
_SHOW_WINDOW = {"cards": int, "reviewed": int}
_SOCIETY = {"threads_per_thousand": int, "group_posts_per_thousand": int}
_JUDGEMENT = {"earlier_cases": int, "past_weeks": int}
_PRODUCT = {"form_lines": int}
_HANDOVER = {"group_members": int, "open_in_five": int}
_PLANTS = {"medical_posts": int, "large_group": int}
# Roles that stand around an organisation, and the least number of each.
_ROLES = {
    "fan": 30,
    "boaster": 14,
    "organiser": 3,
    "protester": 60,
    "journalist": 2,
    "source": 2,
    "lawyer": 1,
    "youth worker": 1,
    "shop owner": 1,
    "witness": 1,
    "ferry service": 1,
}
_REQUIRED = {"world", "platforms"}
_OPTIONAL = {
    "authority",
    "captures",
    "city",
    "clock",
    "clubs",
    "export",
    "extends",
    "handover",
    "judgement",
    "market",
    "mood",
    "network",
    "organisation",
    "plants",
    "populations",
    "product",
    "quiet",
    "scope",
    "show_window",
    "society",
    "tasking",
}


def names() -> list[str]:
    """Return the names of the scenarios that come with the package.

    Example:
        >>> "harbour" in names()
        True
    """
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str) -> dict:
    """Read `scenarios/<name>.toml`, or the file of your own that `name` is the path of.

    A path is told by its ending, `.toml`.

    Raises:
        WorldError: the name is unknown, or the file has a missing, unknown or wrong key.

    Example:
        >>> load("village")["world"]["accounts"]
        240
    """
    if called(name) != name:
        return read(Path(name))
    if name not in names():
        raise WorldError(f"scenario {name!r} does not exist; there are: {', '.join(names())}")
    return read(FOLDER / f"{name}.toml")


def called(name: str) -> str:
    """Return what a world calls its scenario: the name, or that of the file without its ending.

    Raises:
        WorldError: a file of your own has a name that no world can carry, or one that is taken.

    Example:
        >>> called("village"), called("cases/my_town.toml")
        ('village', 'my_town')
    """
    path = Path(name)
    if path.suffix != ".toml":
        return name
    if not re.fullmatch("[a-z0-9][a-z0-9_-]*", path.stem):
        raise WorldError(
            f"{path.name}: call the file with small letters a to z, digits, _ and -, "
            "such as my_town.toml"
        )
    if path.stem in names():
        raise WorldError(
            f"{path.name}: the course has a scenario of this name; call your file otherwise"
        )
    return path.stem


def read(path: Path) -> dict:
    """Read and check one scenario file.

    Raises:
        WorldError: names the file and the key at fault.
    """
    data = _toml(path)
    if "extends" in data:
        data = _extended(path.name, data)
    _check_keys(path.name, "", data, dict.fromkeys(_REQUIRED, object), _OPTIONAL)
    _check_keys(path.name, "world.", data["world"], _WORLD, _TEXTURE)
    _check_texture(path.name, data["world"])
    for platform, entry in data["platforms"].items():
        _check_keys(path.name, f"platforms.{platform}.", entry, _PLATFORM)
        if len(entry["tiers"]) != 4 or sum(entry["tiers"]) != 100:
            raise WorldError(
                f"{path.name}: platforms.{platform}.tiers needs four shares that add up to 100"
            )
    for section, form in (
        ("organisation", _ORGANISATION),
        ("scope", _SCOPE),
        ("plants", _PLANTS),
        ("network", _NETWORK),
        ("city", _CITY),
        ("market", _MARKET),
        ("society", _SOCIETY),
        ("handover", _HANDOVER),
        ("tasking", _TASKING),
        ("export", _EXPORT),
        ("mood", _MOOD),
        ("clock", _CLOCK),
        ("quiet", _QUIET),
        ("captures", _CAPTURES),
        ("authority", _AUTHORITY),
        ("show_window", _SHOW_WINDOW),
        ("judgement", _JUDGEMENT),
        ("product", _PRODUCT),
    ):
        if section in data:
            _check_keys(path.name, f"{section}.", data[section], form)
    for section, form in (("populations", _POPULATION), ("clubs", _CLUB)):
        for number, entry in enumerate(data.get(section, []), 1):
            _check_keys(path.name, f"{section} {number}: ", entry, form)
    if "city" in data and "organisation" not in data:
        raise WorldError(f"{path.name}: the section [city] needs an organisation")
    if "clubs" in data and {"organisation", "network"} & data.keys():
        raise WorldError(
            f"{path.name}: clubs stand in a world without an organisation or a network only"
        )
    if "populations" in data and "organisation" not in data:
        raise WorldError(f"{path.name}: the section [[populations]] needs an organisation")
    if "market" in data:
        _check_market(path.name, data)
    _check_handover(path.name, data)
    if "tasking" in data:
        _check_tasking(path.name, data)
    _check_families(path.name, data)
    if "organisation" in data:
        _check_cast(path.name, data)
    if "network" in data:
        _check_network(path.name, data)
    for club in data.get("clubs", []):
        if club["platform"] not in data["platforms"]:
            raise WorldError(
                f"{path.name}: club {club['name']!r} is on an unknown platform {club['platform']!r}"
            )
    return data


def _check_market(file: str, data: dict) -> None:
    """Check that the market has room for what it plants."""
    group, days = data["market"], data["world"]["days"]
    if not 20 <= group["closing_day"] <= days - 20:
        raise WorldError(
            f"{file}: market.closing_day must lie 20 days or more from both ends of world.days"
        )
    if group["vendors"] < 100 or group["movers"] * 3 > group["vendors"]:
        raise WorldError(f"{file}: market.vendors must be 100 or more, and three times the movers")
    if group["movers"] < 40 or group["impostors"] > 10:
        raise WorldError(f"{file}: a market needs 40 movers or more, and 10 impostors or fewer")
    if group["buyers"] < 500:
        raise WorldError(f"{file}: market.buyers must be 500 or more")


def _check_families(file: str, data: dict) -> None:
    """Check that what stands beside the city has room for what it plants."""
    last = data["world"]["days"]
    for section, needs in (
        ("export", "city"),
        ("clock", "scope"),
        ("quiet", "organisation"),
        ("captures", "organisation"),
        ("authority", "organisation"),
        ("show_window", "city"),
        ("judgement", "handover"),
        ("product", "handover"),
    ):
        if section in data and needs not in data:
            raise WorldError(f"{file}: the section [{section}] needs the section [{needs}]")
    rules = {
        "export": [
            ("rows must be 500 or more", lambda part: part["rows"] >= 500),
            (
                "bounded must hold all offenders, and filtered ten times as many as bounded",
                lambda part: part["offenders"] < part["bounded"] <= part["filtered"] // 10,
            ),
            ("offenders must be 40 or more", lambda part: part["offenders"] >= 40),
        ],
        "mood": [
            ("posts must be 1200 or more", lambda part: part["posts"] >= 1200),
            (
                "step_day must lie before forecast_day, and that seven days before the end",
                lambda part: 8 <= part["step_day"] < part["forecast_day"] <= last - 7,
            ),
        ],
        "clock": [
            ("weeks must be 8 or more", lambda part: part["weeks"] >= 8),
            ("evenings must be 10", lambda part: part["evenings"] == 10),
            (
                "summer_time_day must lie a week from both ends of world.days",
                lambda part: 8 <= part["summer_time_day"] <= last - 7,
            ),
        ],
        "authority": [
            ("sample must be 20 to 28", lambda part: 20 <= part["sample"] <= 28),
        ],
        "show_window": [
            ("cards must be 120 or more", lambda part: part["cards"] >= 120),
            ("reviewed must be 100 to 200", lambda part: 100 <= part["reviewed"] <= 200),
        ],
        "captures": [
            (
                "summer_time_day must be 12 or more, and 10 days or more before the end",
                lambda part: 12 <= part["summer_time_day"] <= last - 10,
            ),
        ],
        "judgement": [
            (
                "earlier_cases and past_weeks must be 20, 40, 60, 80 or 100",
                lambda part: all(count in range(20, 101, 20) for count in part.values()),
            ),
        ],
        "product": [
            (
                "form_lines must be 6, 8, 10 or 12",
                lambda part: part["form_lines"] in (6, 8, 10, 12),
            ),
        ],
        "quiet": [
            ("second_broker_every must be 1 or more", lambda part: part["second_broker_every"] > 0),
            ("links must be 3 to 9", lambda part: 3 <= part["links"] <= 9),
        ],
    }
    for section, lines in rules.items():
        for sentence, holds in lines:
            if section in data and not holds(data[section]):
                raise WorldError(f"{file}: {section}.{sentence}")


def _check_tasking(file: str, data: dict) -> None:
    """Check that the desk has people to ask about, and words enough."""
    if "organisation" not in data:
        raise WorldError(f"{file}: the section [tasking] needs an organisation")
    desk = data["tasking"]
    for name, least, most in (
        ("answerable", 3, 7),
        ("idle_sources", 1, desk["answerable"]),
        ("other_reports", 1, 4),
    ):
        if not least <= desk[name] <= most:
            raise WorldError(f"{file}: tasking.{name} must be {least} to {most}, not {desk[name]}")


def _check_handover(file: str, data: dict) -> None:
    """Check that a society stands in a city, and a hand-over in a society of the right dates."""
    if "society" in data and "city" not in data:
        raise WorldError(f"{file}: the section [society] needs the section [city]")
    if "handover" not in data:
        return
    if "society" not in data:
        raise WorldError(f"{file}: the section [handover] needs the section [society]")
    world, group = data["world"], data["handover"]
    if world["start"] != datetime.date(2031, 3, 1) or world["days"] != 28:
        # The words of the case speak of weekdays and of March.
        raise WorldError(f"{file}: a hand-over needs world.start = 2031-03-01 and world.days = 28")
    if not 30 <= group["group_members"] <= 200:
        raise WorldError(f"{file}: handover.group_members must be 30 to 200")
    if group["open_in_five"] > 5:
        raise WorldError(f"{file}: handover.open_in_five must be 0 to 5")


def _check_texture(file: str, world: dict) -> None:
    """Check the keys of [world] that may be left out."""
    share = world.get("long_posts_per_million", 0)
    if not isinstance(share, int) or not 0 <= share <= 1_000_000:
        raise WorldError(f"{file}: world.long_posts_per_million must be 0 to 1000000")
    if not 0 <= world.get("busy_per_million", 0) <= 1_000_000:
        raise WorldError(f"{file}: world.busy_per_million must be 0 to 1000000")
    weights = world.get("topic_weights", [1] * 10)
    whole = isinstance(weights, list) and all(isinstance(w, int) and w >= 0 for w in weights)
    if not whole or len(weights) != 10 or not any(weights):
        raise WorldError(f"{file}: world.topic_weights needs ten whole numbers, not all of them 0")


def _toml(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorldError(f"the scenario file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WorldError(f"{path.name}: is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise WorldError(f"{path.name}: is not valid TOML: {error}") from error


def _extended(file: str, data: dict) -> dict:
    """Lay a scenario over the one that it extends; `extends` then names the one at the bottom."""
    name = data["extends"]
    if name not in names():
        raise WorldError(f"{file}: extends must name a scenario that exists: {', '.join(names())}")
    base = _toml(FOLDER / f"{name}.toml")
    if "extends" in base:
        base = _extended(file, base)
    return _over(base, data | {"extends": base.get("extends", name)})


def _over(base: dict, change: dict) -> dict:
    """Lay the keys of `change` over those of `base`, section by section."""
    both = dict(base)
    for name, value in change.items():
        inside = isinstance(value, dict) and isinstance(base.get(name), dict)
        both[name] = _over(base[name], value) if inside else value
    return both


def _check_network(file: str, data: dict) -> None:
    """Check that a network can be made."""
    group = data["network"]
    if "organisation" in data:
        raise WorldError(f"{file}: has both an organisation and a network; choose one")
    if group["difficulty"] not in LEVELS:
        raise WorldError(
            f"{file}: network.difficulty must be one of {', '.join(LEVELS)}, "
            f"not {group['difficulty']!r}"
        )
    try:
        networks.check(group["kind"], group["size"])
    except WorldError as error:
        raise WorldError(f"{file}: network: {error}") from error
    if group["scope"] < 2 * group["size"]:
        raise WorldError(f"{file}: network.scope must be at least twice network.size")


def _check_cast(file: str, data: dict) -> None:
    """Check that an organisation has the people around it that its surroundings need."""
    group = data["organisation"]
    if "scope" not in data:
        raise WorldError(f"{file}: an organisation needs the section [scope]")
    if group["type"] != "cell":
        raise WorldError(f"{file}: organisation.type must be cell, not {group['type']!r}")
    if len(group["cells"]) < 2 or not all(
        isinstance(size, int) and size >= 5 for size in group["cells"]
    ):
        raise WorldError(f"{file}: organisation.cells needs two sizes or more, each 5 or more")
    sizes: dict[str, int] = {}
    for entry in data.get("populations", []):
        sizes[entry["role"]] = sizes.get(entry["role"], 0) + entry["size"]
    for role, least in _ROLES.items():
        if sizes.get(role, 0) < least:
            raise WorldError(f"{file}: an organisation needs {least} or more people as {role!r}")
    for role in sizes:
        if role not in _ROLES:
            raise WorldError(
                f"{file}: unknown role {role!r}; known roles are: {', '.join(sorted(_ROLES))}"
            )
    planned = sum(sizes.values()) - sizes["protester"] + data["scope"]["protesters"]
    planned += 2 + group["recruiters"] + sum(group["cells"]) + group["young_contacts"]
    if planned > data["scope"]["accounts"]:
        raise WorldError(
            f"{file}: scope.accounts is {data['scope']['accounts']}, but the cast alone needs "
            f"{planned}"
        )


def _check_keys(file: str, prefix: str, entry: dict, form: dict, optional=frozenset()) -> None:
    """Compare one table of the file with the keys and types it may have."""
    for name in entry:
        if name not in form and name not in optional:
            known = ", ".join(sorted(set(form) | set(optional)))
            raise WorldError(f"{file}: unknown key {prefix}{name}; known keys are: {known}")
    for name, kind in form.items():
        if name not in entry:
            raise WorldError(f"{file}: the key {prefix}{name} is missing")
        if not isinstance(entry[name], kind) or isinstance(entry[name], bool):
            raise WorldError(f"{file}: {prefix}{name} must be of type {kind.__name__}")
        if kind is int and entry[name] < 0:
            raise WorldError(f"{file}: {prefix}{name} must not be negative")
