"""Honest automated accounts: weather, tides, traffic, and shops whose posts are timed ahead.

About one in ten active accounts of a platform posts by program (Varol and others 2017: 9 to 15 %).
These programs do nobody harm. They keep a clock where people come in bursts: a third of them post
round the clock, the others by a timetable from six to ten. They look at no other account, so they
mention, answer and repeat nobody. One in two says on its page what it is; the others are told by
their rhythm and their words alone.

They are the population AU of the truth. Nobody with a part in a case is one of them.
"""

import numpy as np

from synthetic_data import pools
from synthetic_data.streams import below, chance, ranked
from synthetic_data.text import topic

PER_MILLION = 69_000  # of all accounts; of those that post it is about one in ten
LEAST, MOST = 4, 160  # posts in the period
SERVICES = ("weather", "tides", "traffic")
_PAGE = {  # of a service: beginning of the handle, name, page; in English and in Spanish
    "weather": (
        ("weather", "Weather {place}", "automatic readings from the roof of the school, {place}"),
        ("tiempo", "El tiempo en {place}", "medidas automáticas del tejado de la escuela, {place}"),
    ),
    "tides": (
        ("tides", "Tide table {place}", "tides and wind for {place}. posts by itself"),
        ("mareas", "Mareas {place}", "mareas y viento para {place}. publica por su cuenta"),
    ),
    "traffic": (
        ("traffic", "Traffic {place}", "trams, buses and roadworks in {place}. no replies here"),
        ("trafico", "Tráfico {place}", "tranvías, buses y obras en {place}. aquí no se responde"),
    ),
}


def choose(stream: str, platform: np.ndarray) -> np.ndarray:
    """Return True for the accounts that post by program, the same share of every platform.

    Example:
        >>> int(choose("a", np.zeros(1000, dtype=int)).sum())
        69
    """
    out = np.zeros(len(platform), dtype=bool)
    for number in range(int(platform.max()) + 1):
        members = np.flatnonzero(platform == number)
        out[ranked(stream + "/automated", members)[: len(members) * PER_MILLION // 1_000_000]] = (
            True
        )
    return out


def themes(stream: str, slots: np.ndarray) -> np.ndarray:
    """Return the topic about which each of these accounts writes, and no other.

    Example:
        >>> len(themes("a", np.arange(3)))
        3
    """
    numbers = np.array([topic(name) for name in SERVICES])
    return numbers[below(stream + "/automated/service", slots, len(numbers))]


def pages(stream: str, slots, theme, language, district) -> tuple[np.ndarray, ...]:
    """Return who shows what it is, and for each of these the handle's beginning, name and page.

    Args:
        stream: root path.
        slots: automated accounts.
        theme: topic of each.
        language: 0 or 1.
        district: number in the pool.
    """
    shown = np.flatnonzero(chance(stream + "/automated/shown", slots, 500_000))
    names = {topic(name): name for name in SERVICES}
    places = pools.words("district")[district[shown]]
    plain = str.maketrans({" ": ""})
    rows = []
    for row, place in zip(shown.tolist(), places.tolist(), strict=True):
        head, name, page = _PAGE[names[int(theme[row])]][int(language[row])]
        handle = f"{head}_{place.translate(plain).lower()}"
        rows.append((handle, name.format(place=place), page.format(place=place)))
    columns = np.array(rows, dtype=object).reshape(-1, 3).T
    return slots[shown], *columns


def times(stream: str, writer, k, count, start: int, days: int) -> np.ndarray:
    """Return the time of the k-th of `count` posts of each account: even steps, a few seconds late.

    Args:
        stream: root path.
        writer: slot per post.
        k: number of the post, from 0.
        count: posts of its account.
        start: first midnight.
        days: days of the world.
    """
    stream += "/automated"
    # Seconds of a day in which the account posts, and when they begin.
    whole = chance(stream + "/whole", writer, 330_000)
    awake = np.where(whole, 24, 16) * 3600
    opens = np.where(whole, 0, 6) * 3600
    phase = below(stream + "/phase", writer, 1000)
    at = (1000 * k + phase) * (awake * days) // (1000 * count)
    day, second = np.divmod(at, awake)
    # Programs start at a full minute; a few seconds pass until a post is out.
    minute = (opens + second) // 60 * 60
    return start + day * 86_400 + minute + below(stream + "/late", writer * 4096 + k, 20)
