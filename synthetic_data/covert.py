"""Plant a covert group of a given type: true ties first, then what of them can be seen.

The two layers are kept apart. The *bonds* of the group (`networks.make`) are true and typed. Only
some of them leave a trace: talk, and among kin and friends a follow as well. Around it stand false
traces, the civilian life of the members, hangers-on who talk like the group, and members who
have no account at all. The shares follow the table of difficulties in `DIFFICULTY`.
"""

from dataclasses import dataclass

import numpy as np

from synthetic_data import networks
from synthetic_data.crowd import some
from synthetic_data.difficulty import SEEDS, settled, topology_baseline
from synthetic_data.errors import WorldError
from synthetic_data.groups import ROOM_PLATFORM
from synthetic_data.measures import degrees
from synthetic_data.plant import Planted
from synthetic_data.planting import crew_talk, residents
from synthetic_data.posts import MENTION, Plan, without
from synthetic_data.society import Society
from synthetic_data.streams import MILLION, below, chance, ranked
from synthetic_data.text import topic

DRAWS = 20


@dataclass(frozen=True)
class Difficulty:
    """What a level means.

    `visible`: per cent of the bonds between people with an account that leave a trace. `civilian`:
    other contacts per member. `missing`: per cent of the people without rank who have no account.
    """

    visible: int
    civilian: int
    missing: int


DIFFICULTY = {
    "easy": Difficulty(visible=80, civilian=8, missing=20),
    "medium": Difficulty(visible=45, civilian=14, missing=35),
    "hard": Difficulty(visible=25, civilian=22, missing=50),
}

KINDS = ("kin", "friend", "command", "operational", "money")
VISIBLE = {"kin": 85, "friend": 85, "command": 30, "operational": 40, "money": 25}
"""How visible a kind of bond is beside the others."""
LEADER = 60  # per cent of that for a bond that touches somebody who leads
LEADERS = {"hub", "chief", "organiser", "boss", "coordinator"}

_WITHIN = {  # kinds of bonds inside one part, and between two
    "hub": (["operational", "friend"], ["operational", "money"]),
    "cartel": (["operational", "friend", "kin"], ["operational", "money"]),
    "chain": (["operational", "friend"], ["money", "operational"]),
    "clan": (["kin", "kin", "friend", "operational"], ["money", "operational"]),
    "cell": (["friend", "friend", "kin", "operational"], ["operational"]),
}
RANKED = LEADERS | {"lieutenant", "broker", "underboss", "courier", "leader"}


@dataclass(frozen=True)
class Covert:
    """The group behind a planted world; members are numbered 0 … size - 1.

    `part`: what its parts are called. `people`: role and part of each. `slot`: slot of each, -1
    for a member without an account. `bonds`: rows (member, member, number in KINDS, visible).
    `seeds`: slots of the members who are known at the start. `hangers`: slots of the hangers-on.
    `baseline`: see `difficulty.topology_baseline`. `redraws`: how many worlds were refused.
    """

    part: str
    people: list[tuple[str, int]]
    slot: np.ndarray
    bonds: np.ndarray
    seeds: np.ndarray
    hangers: np.ndarray
    baseline: dict
    redraws: int


def plant(stream: str, settings: dict, society: Society, posts: Plan, source, target) -> Planted:
    """Plant the group of a scenario; draw it again while the world is trivial or impossible.

    Args:
        stream: root path.
        settings: a checked scenario with a network.
        society: the accounts.
        posts: ordinary posts.
        source: sources of ordinary follows.
        target: targets of ordinary follows.

    Raises:
        WorldError: too few fitting accounts, or every draw was refused.
    """
    for redraw in range(DRAWS):
        path = f"{stream}/covert/{settings['network']['kind']}/{redraw}"
        planted = _draw(path, redraw, settings, society, posts, source, target)
        if settled(planted.covert.baseline):
            return planted
    raise WorldError(
        "structure alone finds the group at once or not at all; ask for another seed, size or "
        "difficulty"
    )


def bonds(path: str, kind: str, edges, people: list, missing, visible: int) -> np.ndarray:
    """Give each true tie a kind, and say whether it leaves a trace.

    Args:
        path: stream.
        kind: type of the group.
        edges: pairs of members.
        people: role and part of each member.
        missing: members without an account; their bonds leave no trace.
        visible: per cent of the other bonds that leave one. Kin and friends show more often,
            orders, money and the people who lead less often; nothing shows at more than 95 %.

    Returns:
        Rows (member, member, number in KINDS, visible).
    """
    rows, pull = [], []
    for one, two in edges.tolist():
        code = one * 1024 + two
        (role, part), (other, same) = people[one], people[two]
        leader = bool({role, other} & LEADERS)
        if role in RANKED and other in RANKED:
            words = ["command"]
        elif leader:
            words = ["command", "operational"]
        else:
            words = _WITHIN[kind][part != same or not part]
        word = words[int(below(path + "/kind", code, len(words))[0])]
        pull.append(VISIBLE[word] * (LEADER if leader else 100))
        rows.append((one, two, KINDS.index(word), 0))
    found = np.array(rows, dtype=np.int64)
    open_ = np.flatnonzero(~np.isin(found[:, :2], missing).any(axis=1))
    weight = np.array(pull)[open_]
    share = _shares(weight, visible * 10_000)
    code = found[open_, 0] * 1024 + found[open_, 1]
    found[open_, 3] = below(path + "/seen", code, MILLION) < share
    return found


def _shares(weight: np.ndarray, mean: int) -> np.ndarray:
    """Return shares per million in proportion to weights, at most 950,000, with a given mean."""
    share, full = np.zeros(len(weight), dtype=np.int64), np.zeros(len(weight), dtype=bool)
    while not full.all():
        rest = mean * len(weight) - 950_000 * int(full.sum())
        share = np.where(full, 950_000, rest * weight // weight[~full].sum())
        if (share <= 950_000).all():
            return share
        full = share >= 950_000
    return np.minimum(share, 950_000)


def _draw(path, redraw, settings, society, posts: Plan, source, target) -> Planted:
    """Plant one draw."""
    n, group = society.n, settings["network"]
    level = DIFFICULTY[group["difficulty"]]
    edges, people = networks.make(group["kind"], group["size"], path + "/network")
    # People without rank may be missing from the platforms.
    plain = np.array([m for m, (role, _) in enumerate(people) if role not in RANKED])
    missing = some(path + "/missing", plain, len(plain) * level.missing // 100)
    present = np.setdiff1d(np.arange(len(people)), missing)
    rows = bonds(path + "/bonds", group["kind"], edges, people, missing, level.visible)

    talk_with = posts.other >= 0
    one = np.concatenate([source, posts.writer[talk_with]])
    two = np.concatenate([target, posts.other[talk_with]])
    contacts = degrees(n, one, two)
    hangers_wanted = max(6, len(people) // 3)
    chosen = _cast(path, society, contacts, level.civilian, len(present) + hangers_wanted)
    slot = np.full(len(people), -1)
    slot[present] = chosen[: len(present)]
    hangers = chosen[len(present) :]
    cast = [(int(slot[m]), group["population"], *people[m]) for m in present.tolist()]
    cast += [(int(hanger), "BO", "hanger-on", 0) for hanger in hangers]

    # Members meet each other by their bonds alone, so chance ties between them are left out.
    ours = np.zeros(n, dtype=bool)
    ours[chosen] = True
    other = np.where(talk_with, posts.other, 0)
    posts = without(posts, talk_with & ours[posts.writer] & ours[other])
    keep = ~(ours[source] & ours[target])
    source, target = source[keep], target[keep]

    seen = rows[rows[:, 3] == 1]
    pairs = np.sort(slot[seen[:, :2]], axis=1)
    false = _false_pairs(path + "/false", slot[present], hangers, len(pairs))
    crew = crew_talk(path, np.concatenate([pairs, false]), (topic("crew"), topic("crew_reply")))
    close = pairs[np.isin(seen[:, 2], [KINDS.index("kin"), KINDS.index("friend")])]
    civil, greeted = _civil(path, society, chosen, contacts, level.civilian)
    follows = np.unique(np.concatenate([close, false[::2], civil]), axis=0)
    talk = np.concatenate([crew, greeted])

    spoken = posts.other >= 0
    ties = np.concatenate(
        [
            np.column_stack([source, target]),
            np.column_stack([posts.writer[spoken], posts.other[spoken]]),
            follows,
            talk[:, :2],
        ]
    )
    seeds = _known(path + "/seeds", pairs)
    if len(seeds) < SEEDS:
        baseline = {"precision": 0.0, "auc": 0.0, "louvain_f1": 0.0, "ego_share": 0.0}
    else:
        baseline = topology_baseline(n, ties, slot[present], seeds)
    near = residents(path, society, cast, source, target, group["scope"] - len(cast))
    scope = np.concatenate([chosen, near])
    return Planted(
        posts=posts,
        source=source,
        target=target,
        cast=cast,
        follows=follows,
        own=np.concatenate([_own_posts(path, chosen), _copied_style(path, society, chosen)]),
        talk=talk,
        scope=_reasons(path + "/scope-reason", scope, _SCOPE),
        subjects=_reasons(path + "/subject-reason", seeds, _SUBJECT),
        covert=Covert(
            part=networks.PART[group["kind"]],
            people=people,
            slot=slot,
            bonds=rows,
            seeds=seeds,
            hangers=hangers,
            baseline=baseline,
            redraws=redraw,
        ),
    )


def _known(path: str, pairs: np.ndarray) -> np.ndarray:
    """Choose the members known at the start: seen with two others, else with one."""
    seen, count = np.unique(pairs, return_counts=True)
    often = seen[count >= 2]
    return some(path, often if len(often) >= SEEDS else seen, SEEDS)


def _cast(path: str, society: Society, contacts, civilian: int, count: int) -> np.ndarray:
    """Choose ordinary public accounts with at most the civilian contacts of the level."""
    platform = society.platforms.index(ROOM_PLATFORM)
    fits = (society.platform == platform) & (society.tier == 0) & (society.moved == 0)
    fits &= ~society.automated & (contacts >= 2)
    for most in (civilian, 2 * civilian, 60):
        pool = np.flatnonzero(fits & (contacts <= most))
        if len(pool) >= count:
            return ranked(path + "/cast", pool)[:count]
    raise WorldError(f"the world is too small to cast {count} people; ask for more accounts")


def _false_pairs(path: str, members, hangers, visible: int) -> np.ndarray:
    """Tie hangers-on to members and to each other: a quarter as many pairs as can be seen."""
    number = np.arange(max(2, visible // 4))
    one = hangers[below(path + "/one", number, len(hangers))]
    pool = np.concatenate([members, hangers])
    two = pool[below(path + "/two", number, len(pool))]
    pairs = np.sort(np.column_stack([one, two]), axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _civil(path: str, society: Society, chosen, contacts, civilian: int):
    """Give everybody in the cast ordinary contacts until the number of the level is reached.

    Three in four live in the same community. Every other contact is followed, the rest greeted.

    Returns:
        Follows (source, target) and talk (source, target, kind, topic).
    """
    platform = society.platforms.index(ROOM_PLATFORM)
    everybody = np.setdiff1d(np.flatnonzero(society.platform == platform), chosen)
    pairs = []
    for slot in chosen.tolist():
        wanted = max(0, civilian - int(contacts[slot]))
        near = everybody[society.community[everybody] == society.community[slot]]
        number = slot * 64 + np.arange(wanted)
        close = chance(path + "/civil/near", number, 750_000) & (len(near) > 0)
        inside = near[below(path + "/civil/in", number, max(1, len(near)))] if len(near) else 0
        anyone = everybody[below(path + "/civil/any", number, len(everybody))]
        friends = np.where(close, inside, anyone)
        pairs.append(np.column_stack([np.full(wanted, slot), friends]))
    both = np.unique(np.concatenate(pairs), axis=0)
    follow = chance(path + "/civil/how", both[:, 0] * society.n + both[:, 1], 500_000)
    greeted = both[~follow]
    theme = np.full(len(greeted), topic("mention"))
    talk = np.column_stack([greeted, np.full(len(greeted), MENTION), theme])
    return both[follow], talk


def _own_posts(path: str, chosen: np.ndarray) -> np.ndarray:
    """Give everybody in the cast two to six own posts; one in three speaks like the group."""
    count = 2 + below(path + "/own", chosen, 5)
    slot = np.repeat(chosen, count)
    index = slot * 8 + np.arange(len(slot)) - np.repeat(np.cumsum(count) - count, count)
    theme = below(path + "/own/topic", index, 10)
    loud = chance(path + "/own/loud", index, 330_000)
    return np.column_stack([slot, np.where(loud, topic("boast"), theme)])


def _copied_style(path: str, society: Society, chosen: np.ndarray) -> np.ndarray:
    """Let three times as many ordinary people write one post each in the style of the group."""
    fits = (society.platform == society.platforms.index(ROOM_PLATFORM)) & (society.tier == 0)
    pool = np.setdiff1d(np.flatnonzero(fits & ~society.automated), chosen)
    copying = ranked(path + "/copied", pool)[: 3 * len(chosen)]
    return np.column_stack([copying, np.full(len(copying), topic("boast"))])


_SCOPE = ["contact of a subject", "posts a listed tag", "posts from a listed place"]
_SUBJECT = ["named in report 12", "number in a seized phone", "named by two other forces"]


def _reasons(path: str, slots: np.ndarray, reasons: list[str]) -> list[tuple[int, str]]:
    """Give each account a reason that does not tell its population."""
    drawn = below(path, slots, len(reasons))
    return [(int(slot), reasons[int(number)]) for slot, number in zip(slots, drawn, strict=True)]


def facts(covert: Covert, population: str, planted, tables: dict, account_id, add) -> None:
    """Add the truth facts of the group.

    Args:
        covert: the group.
        population: its code.
        planted: what was planted.
        tables: the tables of the world.
        account_id: id by slot.
        add: function of statement, population, name of the table, rows and tier.
    """
    ties = tables["ties"]
    talk = ties[ties["kind"].isin(["mention", "reply"])]
    member = {account_id[s]: m for m, s in enumerate(covert.slot.tolist()) if s >= 0}
    one, two = talk["source"].map(member), talk["target"].map(member)
    among = talk[one.notna() & two.notna()]
    one, two = one[among.index].astype(int), two[among.index].astype(int)
    seen, true = int(covert.bonds[:, 3].sum()), len(covert.bonds)
    add(f"Talk shows {seen} of the {true} true ties of the group", population, "ties", among)
    part = np.array([number for _, number in covert.people])
    for number in range(1, int(part.max()) + 1):
        inside = (part[one] == number) & (part[two] == number)
        add(f"Members of {covert.part} {number} talk", population, "ties", among[inside])
    across = (part[one] != part[two]) & (part[one] > 0) & (part[two] > 0)
    add(f"Talk crosses from one {covert.part} to another", population, "ties", among[across])
    lead = np.array([role in LEADERS for role, _ in covert.people])
    touching = lead[one] | lead[two]
    add("Those who lead are seen with some members", population, "ties", among[touching])
    hangers = set(account_id[covert.hangers])
    near = talk["source"].isin(hangers) & talk["target"].isin(set(member) | hangers)
    near |= talk["target"].isin(hangers) & talk["source"].isin(member)
    add("Hangers-on talk like the group and do not belong to it", "BO", "ties", talk[near])
    add(
        "Three members are named in the tasking",
        population,
        "subjects",
        tables["subjects"],
        "public",
    )


def truth(covert: Covert, account_id: np.ndarray) -> dict[str, dict]:
    """Return the columns of the truth tables `members` and `bonds`."""
    ids = [f"m-{number:03d}" for number in range(1, len(covert.people) + 1)]
    one, two, kind, seen = covert.bonds.T
    return {
        "members": {
            "member_id": ids,
            "account_id": [account_id[s] if s >= 0 else None for s in covert.slot.tolist()],
            "role": [role for role, _ in covert.people],
            "part": [f"{covert.part} {p}" if p else None for _, p in covert.people],
        },
        "bonds": {
            "bond_id": [f"b-{number:04d}" for number in range(1, len(covert.bonds) + 1)],
            "source": [ids[m] for m in one.tolist()],
            "target": [ids[m] for m in two.tolist()],
            "kind": [KINDS[k] for k in kind.tolist()],
            "visible": seen.astype(bool),
        },
    }
