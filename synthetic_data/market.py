"""The dark market as tables: who sold, who bought, who moved when one market was closed.

Two markets trade; on the night of `closing` the larger one, Candil, is closed, and part of its
vendors and buyers turn up at the other, Farolito. Six more markets give daily totals only: they
share the ups and downs of the trade and not the closing. Product lines are invented words, prices
are whole "lumen", and nothing says what is in a parcel, how much, or how it travels.

Sources of the shapes: vendor weights Pareto 1.15, purchases per buyer Zipf 2.1 and a memory for
the last vendor as in the design notes (after studies of one seized market); 54 % of the movers
keep name and key, as a study of vendors after a closing found.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from synthetic_data import pools, schema
from synthetic_data.streams import below, chance, opaque, permutation, pick, ranked, u64

CLOSED, OPEN = "Candil", "Farolito"
OTHERS = ("Brasero", "Chispa", "Hoguera", "Tizal", "Velador", "Yesquero")
LINES = ("Amberline", "Copperline", "Duskline", "Glassline", "Paleline", "Saltline", "Wickerline")
SELLER_DRIVEN = 3, 6  # places of the lines that are dearer when sellers push, and sold more then
HARMFUL = 2  # place of the line that harms
BLOCK = 4  # days for which a line keeps its price level
STOCK, FLOW, SURGE, SURGE_DAYS = 60_000, 1_000, 8_000, 5
DAY = 86_400
_KEPT = ("name and key", "key", "wallet", "nothing")


@dataclass(frozen=True)
class Vendors:
    """Vendors, one entry each: first those of Candil, then those of Farolito.

    `market`: 0 or 1; `weight`: how much they sell; `first`, `last`: days on which they sell;
    `origin`: place of the vendor at Candil who moved here, or -1; `kept`: place in _KEPT, or -1.
    """

    market: np.ndarray
    weight: np.ndarray
    first: np.ndarray
    last: np.ndarray
    origin: np.ndarray
    kept: np.ndarray
    name: np.ndarray
    key: np.ndarray
    wallet: np.ndarray
    scam: int
    quitter: int


def _powers(count: int, exponent: str) -> np.ndarray:
    """Return count whole numbers that fall like a power of the rank, the first is 10**9.

    Decimal arithmetic, because powers of floats differ between processors.
    """
    power = -Decimal(exponent)
    return np.array([int(10**9 * Decimal(rank) ** power) for rank in range(1, count + 1)])


def _vendors(stream: str, settings: dict, days: int) -> Vendors:
    """Draw the vendors of both markets and who of them moves."""
    closing, movers = settings["closing_day"], settings["movers"]
    total = settings["vendors"]
    at_closed = total * 13 // 20
    weight = _powers(total, "0.87")[permutation(stream + "/rank", total)]
    order = np.argsort(-weight[:at_closed], kind="stable")
    # Among the larger vendors one gives up long before the closing, with everything delivered.
    quitter = int(order[6])
    moving = ranked(stream + "/movers", np.setdiff1d(order[: at_closed * 3 // 4], [quitter]))
    moving = moving[:movers]
    stay = np.setdiff1d(order[:40], np.append(moving, quitter))
    false = ranked(stream + "/false", stay)[: settings["impostors"]]
    kept = np.full(movers, 3)
    both = movers * 54 // 100
    kept[:both], kept[both : both + 8], kept[both + 8 : both + 18] = 0, 1, 2
    kept = kept[permutation(stream + "/kept", movers)]
    count = total + movers + len(false)
    market = np.repeat([0, 1], [at_closed, count - at_closed])
    first, last = np.ones(count, np.int64), np.full(count, days)
    last[:at_closed] = closing - 1
    first[total:] = closing + 1 + below(stream + "/arrives", np.arange(total, count), 9)
    weight = np.concatenate([weight, weight[moving], np.full(len(false), weight.min() * 4)])
    last[quitter] = closing - 12
    # One in nine of the smaller ones stops early, too: stopping alone says little.
    some = chance(stream + "/stops", np.arange(total), 110_000) & (np.arange(total) != quitter)
    some[order[:40]] = False
    last[:total][some] -= 4 + below(stream + "/stops/days", np.flatnonzero(some), 4)
    # At Farolito one of the larger vendors takes orders for six days and delivers none.
    large = np.argsort(-weight[at_closed:total], kind="stable") + at_closed
    some[large[:2]] = False
    last[large[:6]] = days
    scam = int(large[4])
    last[scam] = days - 5
    origin = np.full(count, -1)
    origin[total : total + movers] = moving
    code = np.full(count, -1)
    code[total : total + movers] = kept
    heads, tails = pools.words("handle_head"), pools.words("handle_tail")
    turn = permutation(stream + "/name", len(heads) * len(tails))[:count]
    name = np.array([f"{heads[t % len(heads)]}-{tails[t // len(heads)]}" for t in turn], object)
    key = np.array([f"{value:016x}" for value in u64(stream + "/key", np.arange(count)).tolist()])
    wallet = np.arange(count)
    same_name, same_key = code == 0, (code == 0) | (code == 1)
    name[same_name], key[same_key] = name[origin[same_name]], key[origin[same_key]]
    name[total + movers :] = name[false]
    wallet[code == 2] = origin[code == 2]
    return Vendors(
        market, weight, first, last, origin, code, name, key.astype(object), wallet, scam, quitter
    )


def _common(stream: str, days: int) -> np.ndarray:
    """Return how busy all markets are on each day (about 1000): week and slow change."""
    day = np.arange(days)
    slow = np.cumsum(below(stream + "/slow", day, 41) - 20)
    return 1000 + slow + np.array([0, -40, -60, -20, 60, 120, 90])[day % 7]


def _draw(path: str, index, weight: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Draw vendors by weight among those allowed."""
    edges = np.cumsum(np.where(allowed, weight, 0))
    high = (u64(path, index) >> np.uint64(34)).astype(np.int64)
    return np.searchsorted(edges, (high * (int(edges[-1]) >> 10)) >> 20, side="right")


def _orders(stream: str, settings: dict, days: int, vendors: Vendors, common) -> pd.DataFrame:
    """Draw who bought from whom on which day: columns buyer, day, vendor."""
    closing, buyers = settings["closing_day"], settings["buyers"]
    number = 1 + pick(stream + "/purchases", np.arange(buyers), _powers(150, "2.1") // 1000)
    buyer = np.repeat(np.arange(buyers), number)
    k = np.arange(len(buyer)) - np.repeat(np.cumsum(number) - number, number)
    index = buyer * 256 + k
    # After the closing trade falls to less than half and comes back in three weeks.
    level = np.full(days, 100)
    after = np.arange(days - closing + 1)
    level[closing - 1 :] = np.minimum(42 + after * 5 // 2, 96)
    day = 1 + pick(stream + "/day", index, common * level)
    order = np.lexsort((k, day, buyer))
    buyer, day, index = buyer[order], day[order], np.sort(index)
    place = np.where(day >= closing, 1, (~chance(stream + "/market", buyer, 650_000)).astype(int))
    vendor = np.full(len(buyer), -1)
    for market in (0, 1):
        for date in range(1, days + 1):
            rows = np.flatnonzero((place == market) & (day == date))
            allowed = (vendors.market == market) & (vendors.first <= date) & (vendors.last >= date)
            weight = vendors.weight.copy()
            if date > days - 11:
                weight[vendors.scam] *= 3  # cheap offers draw the last buyers in
            if len(rows):
                vendor[rows] = _draw(stream + "/vendor", index[rows], weight, allowed)
    # Memory: three in four later purchases go to the vendor of the one before, if he still sells.
    moved = np.arange(len(vendors.market))
    went = np.flatnonzero(vendors.origin >= 0)
    moved[vendors.origin[went]] = went
    again = chance(stream + "/again", index, 760_000) & np.append(False, buyer[1:] == buyer[:-1])
    for row in np.flatnonzero(again):
        last = vendor[row - 1]
        if vendors.market[last] == 0 and place[row] == 1:
            last = moved[last]
        fits = vendors.market[last] == place[row]
        if fits and vendors.first[last] <= day[row] <= vendors.last[last]:
            vendor[row] = last
    return pd.DataFrame({"buyer": buyer, "day": day, "vendor": vendor, "index": index})


def _levels(stream: str, days: int) -> np.ndarray:
    """Return the price level of each line and day, 70 to 130: shape (lines, days)."""
    blocks = days // BLOCK + 1
    cell = np.arange(len(LINES) * blocks)
    level = 70 + below(stream + "/level", cell, 61).reshape(len(LINES), blocks)
    return level[:, np.arange(days) // BLOCK]


def _users(stream: str, settings: dict, start: int, days: int, common, counts) -> pd.DataFrame:
    """Make `market_users`: new users, all users and orders per market and day."""
    closing = settings["closing_day"]
    day = np.arange(days)
    rows = []
    for number, market in enumerate((CLOSED, OPEN, *OTHERS)):
        path = f"{stream}/users/{number}"
        scale = 700 + int(below(path + "/scale", 0, 900)[0])
        new = scale * common // 1000 + below(path + "/new", day, 121) - 60
        stock = 40_000 + int(below(path + "/stock", 0, 50_000)[0])
        orders = common * (60 + int(below(path + "/size", 0, 90)[0])) // 1000
        orders = orders + below(path + "/orders", day, 15) - 7
        if market == OPEN:
            new = FLOW + below(path + "/new", day, 121) - 60
            surge = np.arange(closing - 1, closing - 1 + SURGE_DAYS)
            shift = below(path + "/surge", surge, 301) - 150
            new[surge] = SURGE + shift - np.roll(shift, 1)  # the five days add up to 40,000
            later = np.arange(closing - 1 + SURGE_DAYS, days)
            new[later] += np.maximum(900 - 60 * (later - later[0]), 0)
            stock = STOCK - int(new[: closing - 1].sum())
        if market in (CLOSED, OPEN):
            orders = counts[market]
        if market == CLOSED:
            new[closing - 1 :] = 0
        rows.append(
            pd.DataFrame(
                {
                    "market": market,
                    "time": start + day * DAY,
                    "new_users": new,
                    "total_users": stock + np.cumsum(new),
                    "orders": orders,
                }
            )
        )
    return pd.concat(rows, ignore_index=True).sort_values(["time", "market"], kind="stable")


def tables(stream: str, settings: dict, start: int, days: int) -> tuple[dict, dict, dict]:
    """Make the tables of the market.

    Args:
        stream: root path.
        settings: the section [market].
        start: first second of the period.
        days: its length; at least `closing_day` + 20.

    Returns:
        Tables, truth tables, and the plants: name to (table, ids).
    """
    stream += "/market"
    closing = settings["closing_day"]
    vendors = _vendors(stream, settings, days)
    common = _common(stream, days)
    orders = _orders(stream, settings, days, vendors, common)
    count = len(vendors.market)
    name, width = opaque(stream + "/vendor-id", permutation(stream + "/vendor", count), 4)
    vendor_id = np.array([f"v-{value:0{width}d}" for value in name.tolist()], dtype=object)

    # Three lines per vendor. Which of them sells depends on the price level of the day.
    cell = np.arange(count * 3)
    first_line = below(stream + "/line", np.arange(count), len(LINES))
    step = 1 + below(stream + "/line/step", np.arange(count), 2)
    line = (first_line[:, None] + step[:, None] * np.arange(3)) % len(LINES)
    price = 40 + below(stream + "/price", cell, 160).reshape(count, 3)
    mover = vendors.origin >= 0
    line[mover], price[mover] = line[vendors.origin[mover]], price[vendors.origin[mover]]
    lines = _lines(stream)
    level = _levels(stream, days)
    today = level[line[orders["vendor"]], (orders["day"] - 1).to_numpy()[:, None]]
    driven = np.isin(line[orders["vendor"]], SELLER_DRIVEN)
    pull = np.where(driven, today**2 * 90, (200 - today) ** 3)
    index = orders["index"].to_numpy()
    edges = np.cumsum(pull, axis=1)
    drawn = below(stream + "/which", index, edges[:, -1])
    which = (drawn[:, None] >= edges).sum(axis=1)
    paid = price[orders["vendor"], which] * today[np.arange(len(orders)), which] // 100

    time = start + (orders["day"] - 1) * DAY + below(stream + "/second", index, DAY - 3600)
    order = np.lexsort((index, time))
    orders = orders.iloc[order]
    time, which, paid, index = time.to_numpy()[order], which[order], paid[order], index[order]
    vendor, day = orders["vendor"].to_numpy(), orders["day"].to_numpy()
    order_id = np.array([f"o-{number:06d}" for number in range(1, len(orders) + 1)], object)
    # Listings and vendors stand in the order of the vendors' ids, which says nothing: newcomers and
    # impostors do not come last.
    turn = np.argsort(vendor_id)
    place = np.argsort(np.argsort(vendor_id))
    number = 1 + 3 * place[:, None] + np.arange(3)
    listing_id = np.array([f"li-{value:05d}" for value in number.ravel().tolist()], object)
    listed_rows = (3 * turn[:, None] + np.arange(3)).ravel()
    titles = _titles(stream + "/title", lines[line.ravel()], np.repeat(vendors.origin, 3))
    owners = np.concatenate([vendors.wallet, count + np.arange(settings["buyers"])])
    number, width = opaque(stream + "/wallet", np.arange(owners.max() + 1), 6)
    wallet_id = np.array([f"w-{value:0{width}d}" for value in number.tolist()], dtype=object)

    # Feedback for seven orders in ten; none of the last orders of the scam were delivered.
    cheated = (vendor == vendors.scam) & (day > vendors.last[vendors.scam] - 6)
    given = chance(stream + "/feedback", index, 710_000)
    stars = 1 + pick(stream + "/stars", index, [3, 2, 5, 20, 70])
    stars = np.where(cheated, 1, stars)
    wait = (2 + below(stream + "/wait", index, 4)) * DAY + below(stream + "/wait/s", index, 3600)
    given &= time + wait < start + days * DAY
    told = np.flatnonzero(given)
    told = told[np.lexsort((index[told], (time + wait)[told]))]
    tongue = below(stream + "/tongue", np.arange(settings["buyers"]), 2)[orders["buyer"].to_numpy()]
    words = _said(stream + "/words", index[told], stars[told], tongue[told])

    per_day = {}
    for market, label in ((0, CLOSED), (1, OPEN)):
        here = vendors.market[vendor] == market
        per_day[label] = np.bincount(day[here] - 1, minlength=days)
    users = _users(stream, settings, start, days, common, per_day)
    notices = _notices(stream, settings, start, days, lines)
    listed = start + (vendors.first - 1) * DAY
    seen = np.full(len(wallet_id), start + days * DAY)
    np.minimum.at(seen, vendors.wallet, listed)
    np.minimum.at(seen, count + orders["buyer"].to_numpy(), time)
    used = np.unique(owners)
    used = used[np.argsort(wallet_id[used])]
    made = {
        "market_vendors": {
            "vendor_id": vendor_id[turn],
            "market": np.array([CLOSED, OPEN], object)[vendors.market[turn]],
            "name": vendors.name[turn],
            "key": vendors.key[turn],
            "wallet_id": wallet_id[vendors.wallet[turn]],
            "joined": listed[turn],
        },
        "market_listings": {
            "listing_id": listing_id[listed_rows],
            "vendor_id": np.repeat(vendor_id[turn], 3),
            "line": lines[line.ravel()[listed_rows]],
            "title": titles[listed_rows],
            "price": price.ravel()[listed_rows],
        },
        "market_orders": {
            "order_id": order_id,
            "listing_id": listing_id[vendor * 3 + which],
            "wallet_id": wallet_id[count + orders["buyer"].to_numpy()],
            "time": time,
            "price": paid,
        },
        "market_feedback": {
            "feedback_id": [f"fb-{number:06d}" for number in range(1, len(told) + 1)],
            "order_id": order_id[told],
            "time": (time + wait)[told],
            "stars": stars[told],
            "text": words,
        },
        "market_wallets": {
            "wallet_id": wallet_id[used],
            "kind": np.where(used < count, "vendor", "buyer"),
            "first_seen": seen[used],
        },
        "market_users": {
            "row_id": [f"u-{number:04d}" for number in range(1, len(users) + 1)],
            **{name: users[name].to_numpy() for name in users},
        },
        "market_notices": {
            "notice_id": [f"n-{number:02d}" for number in range(1, len(notices) + 1)],
            **dict(
                zip(("time", "market", "line", "kind"), zip(*notices, strict=True), strict=True)
            ),
        },
    }
    moves = turn[vendors.origin[turn] >= 0]
    by_name = np.argsort(lines)
    truth = {
        "market_moves": {
            "second": vendor_id[moves],
            "first": vendor_id[vendors.origin[moves]],
            "kept": np.array(_KEPT, object)[vendors.kept[moves]],
        },
        "market_lines": {
            "line": lines[by_name],
            "driven_by": np.where(np.isin(by_name, SELLER_DRIVEN), "seller", "buyer"),
            "harmful": by_name == HARMFUL,
        },
    }
    names = schema.BY_NAME | schema.TRUTH_BY_NAME
    made = {name: schema.frame(names[name], columns) for name, columns in made.items()}
    truth = {name: schema.frame(names[name], columns) for name, columns in truth.items()}
    false = np.flatnonzero((vendors.origin < 0) & (vendors.first > 1))
    rows = made["market_users"]
    surge = rows[(rows["market"] == OPEN)].iloc[closing - 2 : closing - 1 + SURGE_DAYS]
    stays = vendor_id[moves[vendors.kept[moves] == 0]]
    planted = {
        "flow": ("market_users", surge["row_id"]),
        "moves": ("market_vendors", vendor_id[moves]),
        "stays": ("market_vendors", stays),
        "impostors": ("market_vendors", vendor_id[false]),
        "scam": ("market_orders", order_id[cheated]),
        "scammer": ("market_vendors", [vendor_id[vendors.scam]]),
        "quitter": ("market_vendors", [vendor_id[vendors.quitter]]),
        "harm": (
            "market_notices",
            made["market_notices"].query("kind == 'health warning'")["notice_id"],
        ),
        "driven": (
            "market_listings",
            listing_id[np.isin(line.ravel(), SELLER_DRIVEN)],
        ),
    }
    return made, truth, planted


def _said(path: str, index: np.ndarray, stars: np.ndarray, tongue: np.ndarray) -> np.ndarray:
    """Write feedback: words that fit the stars, in the language of the buyer."""
    out = np.empty(len(index), dtype=object)
    words = pools.grammar("market")
    for number, language in enumerate(pools.LANGUAGES):
        tails = np.array(words[language]["tail"], dtype=object)
        for star in range(1, 6):
            rows = np.flatnonzero((tongue == number) & (stars == star))
            said = np.array(words[language][str(star)], dtype=object)
            out[rows] = said[below(path, index[rows], len(said))]
            out[rows] += tails[below(path + "/tail", index[rows], len(tails))]
    return out


def _titles(path: str, line: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Write the titles of listings; every vendor keeps to one language, and movers write anew."""
    words = pools.grammar("market")
    vendor = np.arange(len(line)) // 3
    tongue = below(path + "/tongue", np.where(origin >= 0, origin, vendor), len(pools.LANGUAGES))
    patterns = np.array([words[language]["title"] for language in pools.LANGUAGES], dtype=object)
    chosen = patterns[tongue, below(path, np.arange(len(line)), patterns.shape[1])]
    filled = [one.format(line=name) for one, name in zip(chosen, line, strict=True)]
    return np.array(filled, dtype=object)


def _lines(stream: str) -> np.ndarray:
    """Return the names of the lines by place: which name harms or is driven differs by seed."""
    return np.array(LINES, dtype=object)[permutation(stream + "/lines", len(LINES))]


def _notices(stream: str, settings: dict, start: int, days: int, lines: np.ndarray) -> list[tuple]:
    """Return notices (time, market, line, kind): the closing, and warnings about one line."""
    closing = settings["closing_day"]
    rows = [(start + (closing - 1) * DAY, CLOSED, None, "market closed")]
    for turn in range(9):
        day = closing + 1 + turn * (days - closing - 4) // 9
        second = int(below(stream + "/notice", turn, DAY)[0])
        rows.append((start + day * DAY + second, OPEN, lines[HARMFUL], "health warning"))
    for turn in range(4):
        line = np.delete(lines, HARMFUL)[turn]
        second = int(below(stream + "/notice/other", turn, (days - 2) * DAY)[0])
        rows.append((start + second, OPEN, line, "price notice"))
    return sorted(rows, key=lambda row: row[0])
