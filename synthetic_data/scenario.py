"""Read a scenario file and refuse what it does not know.

A scenario states what is planted: sizes, roles, platforms. The checks name the file and the key,
so that a slip of the pen does not silently give another world.
"""

import datetime
import re
import tomllib
from pathlib import Path

from synthetic_data import banks, networks
from synthetic_data.errors import WorldError
from synthetic_data.schema import PLATFORM

LEVELS = ("easy", "medium", "hard")
FOLDER = Path(__file__).parent / "scenarios"

# What each section may say. Of a whole number the least and the most are given, of a text perhaps
# the words that are known.
_SHARE = (0, 1_000_000)
_DAY = (1, 366)
_CODE = ("AM", "AU", "BG", "BO", "CA", "HL", "IM", "JO", "PR", "VI")
_WORLD = {
    "title": str,
    "accounts": (0, 5_000_000),
    "start": datetime.date,
    "days": (7, 366),
    "posts_per_account": (0, 1000),
    "follows_per_account": (1, 1000),
    "rooms_per_thousand": (0, 1000),
    "moved_per_million": _SHARE,
}
# What [world] may say besides.
_TEXTURE = {"busy_per_million": _SHARE, "long_posts_per_million": _SHARE, "topic_weights": list}
_SECTIONS = {
    "authority": {"sample": (20, 28)},
    "captures": {"summer_time_day": _DAY},
    "city": {
        "persons": (1, 100_000),
        "look_alikes": (0, 10_000),
        "coordinates_per_million": _SHARE,
        "prison_visitors": (0, 10_000),
        "amplifiers": (1, 10_000),
        "zealots": (0, 10_000),
        "same_hand_pairs": (0, 1000),
        "look_alike_pairs": (0, 1000),
    },
    "clock": {
        "weeks": (8, 520),
        "summer_time_day": _DAY,
        "posts_per_day": (4, 100),
        "evenings": (10, 10),
    },
    "export": {
        "rows": (500, 1_000_000),
        "exact_percent": (1, 40),
        "near_percent": (1, 40),
        "greetings": (1, 100),
        "filtered": (0, 10_000_000),
        "offenders": (40, 1_000_000),
        "bounded": (0, 1_000_000),
        "hard_pairs": (0, 1000),
    },
    "handover": {"group_members": (30, 200), "open_in_five": (0, 5)},
    "judgement": {"earlier_cases": (20, 100), "past_weeks": (20, 100)},
    "market": {
        "vendors": (100, 1500),
        "buyers": (500, 1_000_000),
        "closing_day": _DAY,
        "movers": (40, 10_000),
        "impostors": (0, 10),
    },
    "mood": {
        "posts": (1200, 1_000_000),
        "step_day": _DAY,
        "forecast_day": _DAY,
        "sarcasm_percent": (0, 100),
        "hostile": (0, 1000),
    },
    "network": {
        "kind": str,
        "size": (0, 1000),
        "population": _CODE,
        "difficulty": LEVELS,
        "scope": (40, 100_000),
    },
    "organisation": {
        "population": _CODE,
        "type": str,
        "cells": list,
        "recruiters": (1, 2),
        "shortcuts": (0, 1000),
        "broker_ties": (1, 1000),
        "rooms_per_recruiter": (1, 1000),
        "young_contacts": (8, 10_000),
    },
    "plants": {"medical_posts": (0, 1000), "large_group": (0, 10_000_000)},
    "product": {"form_lines": (6, 12)},
    "quiet": {
        "second_broker_every": (1, 1000),
        "missing_percent": (0, 100),
        "links": (3, 9),
        "past_links": (0, 100_000),
    },
    "scope": {
        "accounts": (0, 1_000_000),
        "protesters": (0, 100_000),
        "subjects_boasters": (0, 100_000),
    },
    "show_window": {"cards": (120, 100_000), "reviewed": (100, 200)},
    "society": {"threads_per_thousand": (1, 10_000), "group_posts_per_thousand": (1, 100_000)},
    "tasking": {"answerable": (3, 7), "idle_sources": (1, 7), "other_reports": (1, 4)},
}
# What a section may say besides.
_BESIDES = {"city": {"rumours": list}}
_RUMOUR = {
    "text": str,
    "true": bool,
    "source": ("bad", "fair", "good"),
    "en": list,
    "es": list,
    "spot": list,
}
_PLATFORM = {"share": (1, 100), "tiers": list}
# Sections that are lists, [[clubs]].
_LISTS = {
    "clubs": {
        "name": str,
        "platform": str,
        "topic": str,
        "size": (1, 1_000_000),
        "admission": ("open", "closed"),
    },
    "populations": {"population": _CODE, "role": str, "size": (0, 100_000)},
}
_REQUIRED = {"world": dict, "platforms": dict}
_OPTIONAL = dict.fromkeys(_SECTIONS, dict) | dict.fromkeys(_LISTS, list) | {"extends": str}
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
    _check_keys(path.name, "", data, _REQUIRED, _OPTIONAL)
    _check_keys(path.name, "world.", data["world"], _WORLD, _TEXTURE)
    _check_world(path.name, data["world"])
    _check_platforms(path.name, data["platforms"])
    for section, form in _SECTIONS.items():
        if section in data:
            _check_keys(path.name, f"{section}.", data[section], form, _BESIDES.get(section))
    _check_rumours(path.name, data.get("city", {}).get("rumours", []))
    for section, form in _LISTS.items():
        entries = data.get(section, [{}])
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise WorldError(f"{path.name}: {section} must be one section [[{section}]] or more")
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
        if club["topic"] not in banks.topics():
            raise WorldError(
                f"{path.name}: club {club['name']!r} has an unknown topic {club['topic']!r}; "
                f"there are: {', '.join(banks.topics())}"
            )
    return data


def _check_market(file: str, data: dict) -> None:
    """Check that the market has room for what it plants."""
    group, days = data["market"], data["world"]["days"]
    if not 20 <= group["closing_day"] <= days - 20:
        raise WorldError(
            f"{file}: market.closing_day must lie 20 days or more from both ends of world.days"
        )
    if group["movers"] * 3 > group["vendors"]:
        raise WorldError(f"{file}: market.vendors must be three times the movers or more")


def _check_rumours(file: str, rumours: list) -> None:
    """Check the rumours that a scenario adds to those of the city."""
    if len(rumours) > 4 or not all(isinstance(entry, dict) for entry in rumours):
        raise WorldError(f"{file}: city.rumours must be four sections [[city.rumours]] or fewer")
    for number, entry in enumerate(rumours, 1):
        place = f"city.rumours {number}: "
        _check_keys(file, place, entry, _RUMOUR)
        for name in ("en", "es", "spot"):
            least, most = (2, 2) if name == "spot" else (2, 20)
            if not least <= len(entry[name]) <= most:
                wanted = "two posts, English and Spanish" if name == "spot" else "2 to 20 posts"
                raise WorldError(f"{file}: {place}{name} must hold {wanted}")
        for text in (entry["text"], *entry["en"], *entry["es"], *entry["spot"]):
            plain = isinstance(text, str) and 0 < len(text.strip()) == len(text) <= 200
            if not plain or not text.isprintable() or set(text) & set("@#") or "://" in text:
                raise WorldError(
                    f"{file}: {place}{text!r} must be a text of 1 to 200 letters without @, # "
                    "and web addresses"
                )


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
            (
                "bounded must hold all offenders, and filtered ten times as many as bounded",
                lambda part: part["offenders"] < part["bounded"] <= part["filtered"] // 10,
            ),
        ],
        "mood": [
            (
                "step_day must lie before forecast_day, and that seven days before the end",
                lambda part: 8 <= part["step_day"] < part["forecast_day"] <= last - 7,
            ),
        ],
        "clock": [
            (
                "summer_time_day must lie a week from both ends of world.days",
                lambda part: 8 <= part["summer_time_day"] <= last - 7,
            ),
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
    if desk["idle_sources"] > desk["answerable"]:
        raise WorldError(
            f"{file}: tasking.idle_sources must be 1 to {desk['answerable']}, as many as answerable"
        )


def _check_handover(file: str, data: dict) -> None:
    """Check that a society stands in a city, and a hand-over in a society of the right dates."""
    if "society" in data and "city" not in data:
        raise WorldError(f"{file}: the section [society] needs the section [city]")
    if "handover" not in data:
        return
    if "society" not in data:
        raise WorldError(f"{file}: the section [handover] needs the section [society]")
    world = data["world"]
    if world["start"] != datetime.date(2031, 3, 1) or world["days"] != 28:
        # The words of the case speak of weekdays and of March.
        raise WorldError(f"{file}: a hand-over needs world.start = 2031-03-01 and world.days = 28")


def _check_world(file: str, world: dict) -> None:
    """Check what is more than a key with its type: the first day, and weights of topics."""
    if not 2000 <= world["start"].year <= 2099:
        raise WorldError(f"{file}: world.start must lie in the years 2000 to 2099")
    weights = world.get("topic_weights", [1] * 10)
    if not _whole(weights, 0, 1000) or len(weights) != 10 or not any(weights):
        raise WorldError(
            f"{file}: world.topic_weights needs ten whole numbers, not all of them 0 and none "
            "above 1000"
        )


def _check_platforms(file: str, platforms: dict) -> None:
    """Check the platforms, their shares of all accounts, and those of the tiers."""
    for platform, entry in platforms.items():
        if platform not in PLATFORM:
            raise WorldError(
                f"{file}: unknown platform {platform!r}; there are: {', '.join(PLATFORM)}"
            )
        if not isinstance(entry, dict):
            raise WorldError(f"{file}: platforms.{platform} must be a section")
        _check_keys(file, f"platforms.{platform}.", entry, _PLATFORM)
        tiers = entry["tiers"]
        if not _whole(tiers, 0, 100) or len(tiers) != 4 or sum(tiers) != 100:
            raise WorldError(
                f"{file}: platforms.{platform}.tiers needs four shares that add up to 100"
            )
    if PLATFORM[0] not in platforms:
        raise WorldError(f"{file}: the section [platforms.{PLATFORM[0]}] is missing")
    if sum(entry["share"] for entry in platforms.values()) != 100:
        raise WorldError(f"{file}: the shares of the platforms must add up to 100")


def _whole(values: list, least: int, most: int) -> bool:
    """Say whether all values are whole numbers between two."""
    return all(type(value) is int and least <= value <= most for value in values)


def _toml(path: Path) -> dict:
    try:
        # Some editors begin a file with a byte-order mark; it says nothing.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WorldError(f"the scenario file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WorldError(f"{path.name}: is not UTF-8 text; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:  # also a number with thousands of digits
        raise WorldError(f"{path.name}: is not valid TOML: {error}") from error


def _extended(file: str, data: dict, passed: tuple = ()) -> dict:
    """Lay a scenario over the one that it extends; `extends` then names the one at the bottom."""
    name = data["extends"]
    if name in passed:
        raise WorldError(f"{file}: extends goes in a circle: {' → '.join([*passed, name])}")
    if name not in names():
        raise WorldError(f"{file}: extends must name a scenario that exists: {', '.join(names())}")
    base = _toml(FOLDER / f"{name}.toml")
    if "extends" in base:
        base = _extended(file, base, (*passed, name))
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
    if len(group["cells"]) < 2 or not _whole(group["cells"], 5, 1000):
        raise WorldError(f"{file}: organisation.cells needs two sizes or more, each 5 to 1000")
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


def _check_keys(
    file: str, prefix: str, entry: dict, form: dict, optional: dict | None = None
) -> None:
    """Compare one table of the file with the keys that it needs or may have, and their values."""
    known = form | (optional or {})
    for name in entry:
        if name not in known:
            raise WorldError(
                f"{file}: unknown key {prefix}{name}; known keys are: {', '.join(sorted(known))}"
            )
    for name in form:
        if name not in entry:
            raise WorldError(f"{file}: the key {prefix}{name} is missing")
    for name, value in entry.items():
        _check_value(file, prefix + name, value, known[name])


_WORDS = {
    str: "a text",
    bool: "true or false",
    list: "a list",
    dict: "a section",
    datetime.date: "a date such as 2031-03-01",
}


def _check_value(file: str, name: str, value, kind: type | tuple) -> None:
    """Compare one value with its type, with the words that are known, or with least and most."""
    if isinstance(kind, type):
        if type(value) is not kind:  # a date with a time is another type
            raise WorldError(f"{file}: {name} must be {_WORDS[kind]}")
    elif isinstance(kind[0], str):
        if value not in kind:
            raise WorldError(f"{file}: {name} must be one of {', '.join(kind)}, not {value!r}")
    elif type(value) is not int:
        raise WorldError(f"{file}: {name} must be a whole number")
    elif not kind[0] <= value <= kind[1]:
        raise WorldError(f"{file}: {name} must be {kind[0]} to {kind[1]}")
