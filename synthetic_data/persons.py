"""Who runs which account, and what the platforms know of devices.

Every account has one person. In a *declared part* of the society some people run two accounts or
more; each further account shares exactly one clue with the first: the letters of the handle, the
hours of activity, a picture, or a phone number. Some innocent pairs share one clue, too. The
shares of people with 1, 2 and 3 accounts (.75, .18, .07) are those of the design notes.
"""

from dataclasses import dataclass

import numpy as np

from synthetic_data import schema
from synthetic_data.errors import WorldError
from synthetic_data.streams import below, chance, opaque, ranked

CLUES = ("handle", "hours", "image", "phone")
_MODELS = ("Lumo 3", "Lumo 5", "Quill S", "Quill Mini", "Osk Fold", "Velm One", "Tarn 12", "Wex Go")
# Share of a day's activity by hour, 0 to 9; the profile of an account is this, shifted and bent.
_DAY = (2, 1, 1, 0, 0, 1, 2, 4, 5, 5, 4, 4, 5, 5, 4, 4, 5, 5, 6, 7, 8, 7, 6, 4)


@dataclass(frozen=True)
class Aliases:
    """Pairs of slots that share one clue.

    `first`, `second`: slots; `clue`: position in CLUES; `same`: one person or two; `declared`:
    every slot of the declared part.
    """

    first: np.ndarray
    second: np.ndarray
    clue: np.ndarray
    same: np.ndarray
    declared: np.ndarray


def _stems(handle: np.ndarray) -> np.ndarray:
    """Return the letters of each handle, which an alias may share."""
    keep = str.maketrans("", "", "0123456789_.")
    return np.array([name.translate(keep) for name in handle], dtype=object)


def choose(
    stream: str, handle: np.ndarray, free: np.ndarray, silent: np.ndarray, persons: int, alike: int
) -> Aliases:
    """Choose the declared part and the pairs among existing accounts.

    Args:
        stream: root path.
        handle: handle per slot.
        free: slots that may be chosen.
        silent: slots that write nothing; they may share a handle, and nothing else.
        persons: people in the declared part.
        alike: innocent pairs that share one clue.

    Raises:
        WorldError: the society is too small.
    """
    stream += "/persons"
    two, three = persons * 18 // 100, persons * 7 // 100
    links = two + 2 * three
    if len(free) < persons + links + 2 * alike:
        raise WorldError(
            f"the world is too small for city.persons = {persons}; ask for more accounts"
        )
    # A shared stem must exist already, because handles stay as they are.
    stems = _stems(handle)
    order = np.union1d(free, silent)
    order = order[np.argsort(stems[order], kind="stable")]
    twin = np.flatnonzero(stems[order[1:]] == stems[order[:-1]])
    twin = twin[np.append(True, np.diff(twin) > 1)] if len(twin) else twin
    twins = ranked(stream + "/twins", twin)
    by_handle = min(links // 4, len(twins) // 2)
    alike_handle = min(alike // 4, len(twins) - by_handle)
    pairs = np.column_stack([order[twins], order[twins + 1]])
    used = pairs[: by_handle + alike_handle]
    others = ranked(stream + "/people", np.setdiff1d(free, used.ravel()))
    # People with three accounts come first; none of their links is by handle.
    clue = 1 + np.arange(links - by_handle) % 3
    lead = np.concatenate([np.repeat(np.arange(three), 2), np.arange(three, two + three)])
    lead = lead[: links - by_handle]
    starts = int(lead.max(initial=-1)) + 1
    first = others[:starts][lead]
    second = others[starts : starts + len(lead)]
    rest = others[starts + len(lead) :]
    more = alike - alike_handle
    singles = rest[2 * more :][: persons - two - three]
    return Aliases(
        first=np.concatenate([first, used[:, 0], rest[: 2 * more : 2]]),
        second=np.concatenate([second, used[:, 1], rest[1 : 2 * more : 2]]),
        clue=np.concatenate([clue, np.zeros(len(used), np.int64), 1 + np.arange(more) % 3]),
        same=np.concatenate(
            [np.ones(len(lead), bool), np.arange(len(used)) < by_handle, np.zeros(more, bool)]
        ),
        declared=np.concatenate([first, second, used[:by_handle].ravel(), singles]),
    )


def persons(stream: str, account_id: np.ndarray, hands: list[tuple], found: Aliases):
    """Make the truth table `persons`.

    Args:
        stream: root path.
        account_id: id per slot.
        hands: further sets of slots that one person runs.
        found: the aliases.
    """
    n = len(account_id)
    owner = np.arange(n)
    owner[found.second[found.same]] = found.first[found.same]
    for slots in hands:
        owner[np.asarray(slots)] = slots[0]
    clue = np.full(n, None, dtype=object)
    names = np.array(CLUES, dtype=object)
    clue[found.second[found.same]] = names[found.clue[found.same]]
    declared = np.zeros(n, dtype=bool)
    declared[found.declared] = True
    number, width = opaque(stream + "/person-id", owner, 6)
    return schema.frame(
        schema.TRUTH_BY_NAME["persons"],
        {
            "account_id": account_id,
            "person_id": [f"h-{value:0{width}d}" for value in number.tolist()],
            "declared": declared,
            "clue": clue,
        },
    )


def devices(stream: str, account_id: np.ndarray, created: np.ndarray, found: Aliases):
    """Make the table `devices`: one row per account, a second one for some.

    Args:
        stream: root path.
        account_id: id per slot.
        created: seconds since 1970 per slot.
        found: the aliases; each shares a clue with its first account.
    """
    stream += "/devices"
    n = len(account_id)
    slots = np.arange(n)
    cells = slots[:, None] * 32 + np.arange(24)
    shift = below(stream + "/shift", slots, 7) - 3
    curve = np.array(_DAY)[(np.arange(24) - shift[:, None]) % 24]
    bend = below(stream + "/bend", cells.ravel(), 7).reshape(n, 24) - 3
    hours = np.clip(curve + bend, 0, 9)
    for one, two in _of(found, "hours"):
        hours[two] = hours[one]
        spot = int(below(stream + "/differs", two, 24)[0])
        hours[two, spot] += 1 if hours[two, spot] < 9 else -1
    digits = (hours + 48).astype(np.uint8).tobytes().decode()
    text = np.array([digits[24 * slot : 24 * slot + 24] for slot in range(n)], dtype=object)
    # A number of its own for one account in five: the last six digits hold the slot.
    number, _ = opaque(stream + "/phone", slots, 6)
    phone = np.full(n, None, dtype=object)
    asked = np.flatnonzero(chance(stream + "/has-phone", slots, 200_000))
    named = np.unique(np.concatenate([asked, *(np.array(p) for p in _of(found, "phone"))]))
    for slot in named.tolist():
        tail = int(number[slot]) % 1_000_000
        phone[slot] = f"+099 0{tail // 10_000:02d} {tail % 10_000:04d}"
    for one, two in _of(found, "phone"):
        phone[two] = phone[one]
    second = np.flatnonzero(chance(stream + "/second", slots, 150_000))
    slot = np.concatenate([slots, second])
    use = np.concatenate([slots * 2, second * 2 + 1])
    name, width = opaque(stream + "/id", use, 7)
    seen = created[slot] + below(stream + "/seen", use, 86_400)
    order = np.lexsort((use, slot))
    frame = {
        "sighting_id": [f"s-{number:0{width}d}" for number in range(1, len(slot) + 1)],
        "account_id": account_id[slot][order],
        "device_id": np.array([f"dv-{value:0{width}d}" for value in name.tolist()], object)[order],
        "model": np.array(_MODELS, object)[below(stream + "/model", use, len(_MODELS))][order],
        "phone": phone[slot][order],
        "hours": text[slot][order],
        "first_seen": seen[order],
        "tier": np.full(len(slot), "private", dtype=object),
    }
    return schema.frame(schema.BY_NAME["devices"], frame)


def _of(found: Aliases, clue: str) -> list[tuple[int, int]]:
    rows = found.clue == CLUES.index(clue)
    return list(zip(found.first[rows].tolist(), found.second[rows].tolist(), strict=True))


def pairs(stream: str, account_id: np.ndarray, rows: list[tuple[int, int, bool, str]]):
    """Make the truth table `pairs` from rows (slot, slot, same hand, clue), in keyed order."""
    order = np.argsort(below(stream + "/pairs", np.arange(len(rows)), 1 << 31), kind="stable")
    rows = [rows[place] for place in order]
    columns = {
        "pair_id": [f"pr-{number:03d}" for number in range(1, len(rows) + 1)],
        "first": [account_id[row[0]] for row in rows],
        "second": [account_id[row[1]] for row in rows],
        "same_hand": [row[2] for row in rows],
        "clue": [row[3] for row in rows],
    }
    return schema.frame(schema.TRUTH_BY_NAME["pairs"], columns)


def alias_rows(found: Aliases) -> list[tuple[int, int, bool, str]]:
    """Return the aliases as rows for `pairs`."""
    return [
        (int(one), int(two), bool(same), CLUES[clue])
        for one, two, same, clue in zip(
            found.first, found.second, found.same, found.clue, strict=True
        )
    ]
