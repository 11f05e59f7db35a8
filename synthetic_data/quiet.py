"""What was collected of a quiet group: starts, gaps, a second broker, links that may grow again.

Two collections began at one person each and took in more of what lies near that person. A third,
from the platform, lacks the subjects who post least. One seed in three has a second broker. One
member helps another unit and must not be touched; a register says whom to ask about.
"""

from dataclasses import replace

import numpy as np

from synthetic_data.casting import BROKER, COURIER, MEMBER, who
from synthetic_data.errors import WorldError
from synthetic_data.measures import betweenness, neighbours
from synthetic_data.planting import crew_talk
from synthetic_data.streams import below, permutation, ranked
from synthetic_data.text import topic

FAR = 250_000  # of a million ties among the neighbours of the start are collected
ATTEMPTS = 60  # for each of the ways below
# Ties of the second broker to each other cell, and further ones of the first broker to each cell.
WAYS = ((3, 0), (2, 0), (2, 1), (3, 1), (3, 2))
CLOSE, LOUD = 4, 18  # shared contacts, and messages before, from which a link is close or loud
BACK = ((True, False, 75), (True, True, 20), (False, False, 10), (False, True, 5))
"""Whether a silent link of a closed case was close and loud, and how many of 100 grew again."""


def _pairs(talk: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return the unordered pairs of talk with both ends in a set, each once."""
    rows = talk[np.isin(talk[:, 0], among) & np.isin(talk[:, 1], among), :2]
    return np.unique(np.sort(rows, axis=1), axis=0)


def prepared(stream, settings, seed: int, planted):
    """Return what is planted, with a second broker in some seeds and a suspect who is nobody much.

    The second broker, in one seed in `second_broker_every`, is a member of a cell who talks to
    three people of each other cell. Among the subjects the two come first by betweenness; where no
    draw does that, the second has fewer ties or the first one more (`WAYS`). Where
    the suspect of the tip-off truly holds people together, another member is the suspect.
    """
    stream += "/quiet"
    subjects = np.array([slot for slot, _ in planted.subjects])
    if seed % settings["second_broker_every"] == 0:
        talk = _second_broker(stream + "/second", planted, subjects)
        planted = replace(planted, talk=talk, baseline=None)  # which was measured without it
    pairs = _pairs(planted.talk, subjects)
    score = betweenness(neighbours(pairs))
    order = sorted(score, key=lambda slot: (-score[slot], slot))
    reason = dict(planted.subjects)
    tip = next(slot for slot, why in planted.subjects if why == "tip-off")
    if order.index(tip) < 8:
        ties = {slot: int((pairs == slot).sum()) for slot in order}
        low = [slot for slot in order[10:] if slot in set(who(planted.cast, MEMBER).tolist())]
        other = max(low, key=lambda slot: (ties[slot], slot))
        reason[tip], reason[other] = reason[other], reason[tip]
    return replace(planted, subjects=[(int(slot), reason[slot]) for slot in subjects.tolist()])


def _second_broker(stream, planted, subjects) -> np.ndarray:
    """Return the talk with the ties of a second broker added."""
    tip = {slot for slot, reason in planted.subjects if reason == "tip-off"}
    cell = {part[0]: part[3] for part in planted.cast if part[3]}
    members = ranked(stream, np.array([s for s in who(planted.cast, MEMBER) if s not in tip]))
    broker = int(who(planted.cast, BROKER)[0])
    for attempt in range(len(WAYS) * ATTEMPTS):
        one = int(members[attempt % len(members)])
        ties, more = WAYS[attempt // ATTEMPTS]
        pairs = []
        for number in sorted(set(cell.values()) - {cell[one]}):
            near = [slot for slot, home in cell.items() if home == number]
            some = ranked(f"{stream}/{attempt}/{number}", np.array(sorted(near)))
            pairs += [(one, int(two)) for two in some[:ties]]
        for number in sorted(set(cell.values())) if more else ():
            near = [slot for slot, home in cell.items() if home == number and slot != one]
            some = ranked(f"{stream}/{attempt}/first/{number}", np.array(sorted(near)))
            pairs += [(broker, int(two)) for two in some[:more]]
        topics = (topic("crew"), topic("crew_reply"))
        extra = crew_talk(f"{stream}/{attempt}", np.array(pairs), topics)
        talk = np.concatenate([planted.talk, extra])
        score = betweenness(neighbours(_pairs(talk, subjects)))
        order = sorted(score, key=lambda slot: (-score[slot], slot))
        if {one, broker} == set(order[:2]) and score[order[1]] * 5 >= score[order[2]] * 6:
            return talk
    raise WorldError("no second broker fits into this group; ask for another seed")


def make(stream, settings, society, planted, tables, truth):
    """Make the tables and facts of the family, see `layers.add_family`."""
    stream += "/quiet"
    accounts, ties = tables["accounts"], tables["ties"]
    account_id = accounts["account_id"].to_numpy(dtype=object)
    slots = np.array([slot for slot, _ in planted.subjects])
    tip = next(slot for slot, reason in planted.subjects if reason == "tip-off")
    cell = {part[0]: part[3] for part in planted.cast if part[3]}
    talk = ties[ties["kind"].isin(["mention", "reply"])]
    talk = talk[talk["source"].isin(account_id[slots]) & talk["target"].isin(account_id[slots])]

    elsewhere = [s for s in who(planted.cast, MEMBER) if cell[s] != cell[tip]]
    other = int(ranked(stream + "/start", np.array(elsewhere))[0])
    written = tables["posts"]["account_id"].value_counts()
    subjects = account_id[slots]
    posts = np.array([int(written.get(name, 0)) for name in subjects])
    by_activity = np.lexsort((slots, posts))
    missing = set(subjects[by_activity[: len(slots) * settings["missing_percent"] // 100]])
    rows = []
    for number, start in enumerate((tip, other)):
        rows += [
            ("tip" if not number else "second start", *row)
            for row in _snowball(f"{stream}/wave/{number}", talk, account_id[start])
        ]
    gone = talk["source"].isin(missing) | talk["target"].isin(missing)
    rows += [("platform", tie, 0) for tie in talk["tie_id"][~gone]]
    names = ("collection", "tie_id", "wave")
    collected = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    collected = {"row_id": [f"cl-{number:05d}" for number in range(1, len(rows) + 1)], **collected}

    helper = [s for s in who(planted.cast, MEMBER) if s not in (tip, other)]
    pairs = _pairs(
        np.column_stack([_slots(accounts, talk["source"]), _slots(accounts, talk["target"])]), slots
    )
    score = betweenness(neighbours(pairs))
    second = sorted(score, key=lambda slot: (-score[slot], slot))[:2]
    helper = int(ranked(stream + "/helper", np.array([s for s in helper if s not in second]))[0])
    listed = [
        helper,
        *who(planted.cast, "journalist"),
        *who(planted.cast, "lawyer"),
        *who(planted.cast, "witness"),
    ]
    listed = np.sort(account_id[listed])
    broken, grows, past = _links(stream, settings, planted, account_id)
    made = {
        "collections": collected,
        "register": {
            "account_id": listed,
            "note": np.full(len(listed), "ask unit 7 before any step that touches this account"),
        },
        "silent_links": broken,
        "past_links": past,
    }
    brokers = [int(who(planted.cast, BROKER)[0])]
    doubled = _seed(stream) % settings["second_broker_every"] == 0
    brokers += [slot for slot in second if slot not in brokers][: int(doubled)]
    sealed = {
        "brokers": {"account_id": account_id[brokers]},
        "helpers": {"account_id": [account_id[helper]]},
        "unseen": {"account_id": np.sort(np.array(sorted(missing), dtype=object))},
        "regrowth": {"link_id": broken["link_id"], "grows": grows},
    }
    touched = talk["source"].isin(account_id[brokers]) | talk["target"].isin(account_id[brokers])
    last = (society.end - society.start) // 86_400
    facts = [
        (
            "Two brokers hold the cells together"
            if doubled
            else "One broker holds the cells together",
            "HL",
            "ties",
            talk["tie_id"][touched],
            "public",
            None,
        ),
        (
            "One member helps another unit; the register says whom to ask",
            "HL",
            "register",
            [account_id[helper]],
            "private",
            1,
        ),
        (
            "The suspect of the tip-off is central because the collection began there",
            "HL",
            "collections",
            [
                name
                for name, kind in zip(collected["row_id"], collected["collection"], strict=True)
                if kind == "tip"
            ],
            "public",
            last,
        ),
        (
            "Subjects who post least are missing from what the platform gave",
            "HL",
            "ties",
            talk["tie_id"][gone],
            "public",
            None,
        ),
        (
            "One silent link grows again in the next month",
            "HL",
            "silent_links",
            [name for name, so in zip(broken["link_id"], grows, strict=True) if so],
            "private",
            last,
        ),
    ]
    return made, sealed, facts


def _seed(stream: str) -> int:
    return int(stream.split("/")[1])


def _slots(accounts, names) -> np.ndarray:
    return accounts["account_id"].searchsorted(names.to_numpy(dtype=object))


def _snowball(path: str, talk, start: str) -> list[tuple[str, int]]:
    """Collect all ties of the start and some ties of the people found there: rows (tie, wave)."""
    touches = (talk["source"] == start) | (talk["target"] == start)
    near = set(talk["source"][touches]) | set(talk["target"][touches])
    beside = talk["source"].isin(near) | talk["target"].isin(near)
    number = talk["tie_id"].str.slice(2).astype(int).to_numpy()
    far = ranked(path, number[beside & ~touches])
    some = np.isin(number, far[: -(-len(far) * FAR // 1_000_000)])  # one at least, of few as well
    rows = [(tie, 1) for tie in talk["tie_id"][touches]] + [
        (tie, 2) for tie in talk["tie_id"][some]
    ]
    return sorted(rows)


def _links(stream, settings, planted, account_id) -> tuple[dict, list[bool], dict]:
    """Return links that fell silent, which of them grows again, and links of closed cases.

    In the closed cases shared contacts bring a link back, unless the two talked much before: whom
    everybody heard stays away. Three links have many shared contacts. Only the one with little
    talk grows again, and each of the three may have the most contacts.
    """
    count = settings["links"]
    couriers = [who(planted.cast, COURIER, number) for number in (1, 2, 3)]
    ends = [
        (int(one), int(two))
        for first, second in ((0, 1), (0, 2), (1, 2))
        for one in couriers[first]
        for two in couriers[second]
    ]
    ends = [ends[place] for place in permutation(stream + "/links", len(ends))[:count]]
    order = permutation(stream + "/links/which", count)
    near = CLOSE + permutation(stream + "/links/near", 3)
    shared = np.where(
        order < 3, near[np.minimum(order, 2)], below(stream + "/links/shared", order, CLOSE)
    )
    little = 4 + below(stream + "/links/talked", order, LOUD - 4)
    much = LOUD + below(stream + "/links/talked", order, 10)
    either = 4 + below(stream + "/links/talked", order, LOUD + 6)
    talked = np.select([order == 0, order < 3], [little, much], either)
    grows = (order == 0).tolist()
    total = settings["past_links"]
    index = np.arange(total)
    past_shared = below(stream + "/past/shared", index, CLOSE + 3)
    past_talked = 4 + below(stream + "/past/talked", index, 28)
    # Quotas, so that the shares are the same in every world.
    back = np.zeros(total, dtype=bool)
    for close, loud, percent in BACK:
        part = ((past_shared >= CLOSE) == close) & ((past_talked >= LOUD) == loud)
        rows = ranked(stream + "/past/back", np.flatnonzero(part))
        back[rows[: (len(rows) * percent + 50) // 100]] = True
    broken = {
        "link_id": [f"sl-{number}" for number in range(1, count + 1)],
        "first": [account_id[one] for one, _ in ends],
        "second": [account_id[two] for _, two in ends],
        "shared_contacts": shared,
        "messages_before": talked,
    }
    past = {
        "past_id": [f"pl-{number:03d}" for number in range(1, total + 1)],
        "shared_contacts": past_shared,
        "messages_before": past_talked,
        "grew_again": back,
    }
    return broken, grows, past
