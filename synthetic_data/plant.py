"""Decide what is planted in a society, before any text is written."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from synthetic_data import organisation
from synthetic_data.casting import BROKER, FIGUREHEAD, MEMBER, RECRUITER, cast, who
from synthetic_data.crowd import follow_ties, own_posts, some, talk_ties
from synthetic_data.difficulty import SEEDS, settled, topology_baseline
from synthetic_data.errors import WorldError
from synthetic_data.groups import CLOSED, OPEN, Groups, make_rooms
from synthetic_data.groups import join as join_groups
from synthetic_data.measures import degrees, reach
from synthetic_data.planting import complaint_bridge, crew_talk, residents
from synthetic_data.posts import MENTION, REPLY, REPOST, Plan, without
from synthetic_data.society import Society
from synthetic_data.streams import below, chance, ranked
from synthetic_data.text import topic

CASTINGS, ATTEMPTS = 12, 100
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Planted:
    """What is laid over the society, and what is left of its ordinary life. Slots throughout.

    `cast`: (slot, population, role, cell). `follows`: rows (source, target). `own`: rows (slot,
    topic). `talk`: rows (source, target, kind, topic). `groups`: planted groups and joins.
    `posts`, `source`, `target`: ordinary posts and follows that stay. `scope`, `subjects`:
    (slot, reason). `complaint`: the account named in a complaint. `young`: the young people in
    the rooms of recruiters and youth worker. `covert`: a planted network
    (`covert.Covert`), or None. `baseline`: how far structure alone goes (`baseline`), or None.
    """

    posts: Plan
    source: np.ndarray
    target: np.ndarray
    cast: list[tuple] = field(default_factory=list)
    follows: np.ndarray = field(default_factory=lambda: _NONE.reshape(0, 2))
    own: np.ndarray = field(default_factory=lambda: _NONE.reshape(0, 2))
    talk: np.ndarray = field(default_factory=lambda: _NONE.reshape(0, 4))
    groups: Groups | None = None
    scope: list[tuple[int, str]] = field(default_factory=list)
    subjects: list[tuple[int, str]] = field(default_factory=list)
    complaint: int = -1
    young: np.ndarray = field(default_factory=lambda: _NONE)
    covert: Any = None
    baseline: dict | None = None


def clubs(stream: str, settings: dict, society: Society, posts: Plan, source, target) -> Planted:
    """Plant clubs: named groups whose members follow and talk to each other.

    Args:
        stream: root path.
        settings: a checked scenario with clubs.
        society: the accounts.
        posts: ordinary posts.
        source: sources of ordinary follows.
        target: targets of ordinary follows.

    Raises:
        WorldError: a platform has fewer accounts than a club.
    """
    stream += "/clubs"
    people, follows, talk, own = {}, [], [], []
    platform, admission, names, group, member = [], [], [], [], []
    for number, club in enumerate(settings["clubs"]):
        place = society.platforms.index(club["platform"])
        pool = np.flatnonzero((society.platform == place) & ~society.automated)
        members = some(f"{stream}/{number}/members", pool, club["size"])
        if len(members) < club["size"]:
            raise WorldError(
                f"{club['platform']} has too few accounts for the club {club['name']!r}; "
                "ask for more accounts"
            )
        host, theme = members[0], topic(club["topic"])
        people[int(host)] = (int(host), "BG", f"{club['topic']} host", 0)
        # A ring keeps the club in one piece; more follows and some talk make it lively.
        ring = np.column_stack([members, np.roll(members, -1)])
        code = members[:, None] * 8 + np.arange(3)
        drawn = members[below(f"{stream}/{number}/more", code, len(members))]
        follows += [ring, np.column_stack([np.repeat(members, 3), drawn.ravel()])]
        to_host = members[chance(f"{stream}/{number}/host", members, 600_000)]
        follows.append(np.column_stack([to_host, np.full(len(to_host), host)]))
        code = members[:, None] * 8 + np.arange(2)
        drawn = members[below(f"{stream}/{number}/talk", code, len(members))]
        pairs = np.column_stack([np.repeat(members, 2), drawn.ravel()])
        # A reply needs a post that everybody on the platform can see; otherwise it is a mention.
        mention = chance(f"{stream}/{number}/kind", code.ravel(), 500_000)
        kinds = np.where(mention | (society.tier[pairs[:, 1]] > 1), MENTION, REPLY)
        themes = np.where(kinds == MENTION, topic("mention"), topic("reply"))
        talk.append(np.column_stack([pairs, kinds, themes]))
        own.append(np.column_stack([np.repeat(members, 2), np.full(2 * len(members), theme)]))
        platform.append(place)
        admission.append(CLOSED if club["admission"] == "closed" else OPEN)
        names.append(club["name"])
        group.append(np.full(len(members), number))
        member.append(members)
    follows, talk = np.concatenate(follows), np.concatenate(talk)
    member = np.concatenate(member)
    age = society.start - society.created[member]
    groups = Groups(
        np.array(platform),
        np.array(admission),
        np.array(names, dtype=object),
        np.zeros(len(names), dtype=np.int64),
        np.concatenate(group),
        member,
        society.created[member] + below(stream + "/joined", member, age),
    )
    return Planted(
        posts=posts,
        source=source,
        target=target,
        cast=list(people.values()),
        follows=np.unique(follows[follows[:, 0] != follows[:, 1]], axis=0),
        own=np.concatenate(own),
        talk=talk[talk[:, 0] != talk[:, 1]],
        groups=groups,
    )


def case(stream, settings, society, posts: Plan, ordinary: Groups, source, target) -> Planted:
    """Plant the organisation and everybody who is cast with it.

    Casting, and then the group's talk, are drawn again until the declared facts hold and structure
    alone finds neither most of the group nor nobody.

    Args:
        stream: root path.
        settings: a checked scenario with an organisation.
        society: the accounts.
        posts: ordinary posts.
        ordinary: ordinary groups.
        source: sources of ordinary follows.
        target: targets of ordinary follows.

    Raises:
        WorldError: the society is too small for the cast, or every draw was refused.
    """
    for casting in range(CASTINGS):
        draw = stream if not casting else f"{stream}/casting{casting}"
        planted = _case(draw, settings, society, posts, ordinary, source, target)
        if planted is not None:
            found = baseline(stream, settings, society, planted)
            if settled(found):
                return replace(planted, baseline=found)
    raise WorldError("the declared facts do not hold here; ask for another seed or more accounts")


def baseline(stream: str, settings: dict, society: Society, planted: Planted) -> dict:
    """Measure how far structure alone goes in a world with an organisation.

    Args:
        stream: root path.
        settings: a checked scenario with an organisation.
        society: the accounts.
        planted: what is planted.

    Returns:
        See `difficulty.topology_baseline`.
    """
    code = settings["organisation"]["population"]
    members = np.array([part[0] for part in planted.cast if part[1] == code])
    spoken = planted.posts.other >= 0
    ties = np.concatenate(
        [
            np.column_stack([planted.source, planted.target]),
            np.column_stack([planted.posts.writer[spoken], planted.posts.other[spoken]]),
            planted.follows,
            planted.talk[:, :2],
        ]
    )
    seeds = ranked(stream + "/baseline", members)[:SEEDS]
    return topology_baseline(society.n, ties, members, seeds)


def _case(stream, settings, society, posts: Plan, ordinary: Groups, source, target):
    """Plant one casting; None when its facts do not hold."""
    n, group = society.n, settings["organisation"]
    followers = np.bincount(target, minlength=n)
    degree = followers + np.bincount(source, minlength=n)
    written = np.bincount(posts.writer, minlength=n)
    parts = cast(stream, settings, society, followers, degree, written)
    members = np.array([part[0] for part in parts if part[1] == group["population"]])
    boasters = who(parts, "boaster")[: settings["scope"]["subjects_boasters"]]
    subjects = np.concatenate([members, boasters])

    # Scope: the cast without the distant protesters, and ordinary neighbours of it.
    far = who(parts, "protester")[settings["scope"]["protesters"] :]
    named = np.setdiff1d([part[0] for part in parts], far)
    free = settings["scope"]["accounts"] - len(named) - 1
    near = residents(stream, society, parts, source, target, free, written > 0)
    young = some(stream + "/young", near, group["young_contacts"])
    heard = near[(society.tier[near] == 0) & (society.moved[near] == 0)]  # anybody may answer these
    friends = some(stream + "/friends", heard, len(near) // 2)
    scope = np.concatenate([named, near])
    tip = _tip(parts, n, source, target)
    complaint = _complaint(stream, society, parts, scope, source, target, posts)
    outside = np.setdiff1d(
        np.flatnonzero(society.platform == society.platform[tip]), np.append(scope, complaint)
    )
    ferry = who(parts, "ferry service")
    follows = follow_ties(stream, parts, scope, outside)
    follows = follows[~(np.isin(follows[:, 0], [tip, *ferry]))]
    crowd = talk_ties(stream, parts, scope, subjects, young, friends)
    rooms = organisation.rooms(stream, parts, young, group)

    posts, source, target = _trim(n, posts, source, target, ferry, subjects, complaint, scope)
    base = _ordinary_in(scope, n, posts, source, target)
    planted_rooms = np.concatenate([np.full(len(room), i) for i, room in enumerate(rooms)])
    room_members = np.concatenate(rooms)
    _, once = np.unique(planted_rooms * n + room_members, return_index=True)
    made = make_rooms(
        stream + "/planted-rooms", society, planted_rooms[once], room_members[once], len(rooms)
    )
    company = _company(join_groups(ordinary, made), scope, n)

    wide = {part[0] for part in parts}
    if not _ranks_hold(n, parts, scope, base, follows, None, company):
        return None
    for attempt in range(ATTEMPTS):
        path = f"{stream}/organisation/{attempt}"
        pairs = organisation.talk(path, parts, boasters, group)
        if not organisation.shape_holds(pairs, parts):
            continue
        crew = crew_talk(path, pairs, (topic("crew"), topic("crew_reply")))
        talk = np.concatenate([crowd, crew])
        if not _ranks_hold(n, parts, scope, base, follows, talk, company):
            continue
        inside = np.zeros(n, dtype=bool)
        inside[scope] = True
        seen = follows[inside[follows].all(axis=1)]
        spoken = talk[:, :2][inside[talk[:, :2]].all(axis=1)]
        spoken = np.concatenate([spoken, base["talk"], base["repost"]])
        ties = np.concatenate([seen, base["follow"], spoken])
        try:
            bridge = complaint_bridge(path + "/bridge", ties, spoken, tip, wide)
        except LookupError:
            continue
        break
    else:
        return None
    follows = np.concatenate([follows, [[complaint, bridge]]])
    scope_rows = _scope_reasons(stream, np.append(scope, complaint), complaint)
    return Planted(
        posts=posts,
        source=source,
        target=target,
        cast=parts,
        follows=follows,
        own=own_posts(stream, parts, friends),
        talk=talk,
        groups=made,
        scope=scope_rows,
        subjects=_subject_reasons(stream, subjects, tip),
        complaint=complaint,
        young=young,
    )


def _tip(parts: list[tuple], n: int, source, target) -> int:
    """Choose the ordinary member whose surroundings are nearest to 20 and 400 accounts."""
    best = None
    for slot in sorted(who(parts, MEMBER).tolist()):
        one, two, _ = reach(n, source, target, slot)
        # A ratio of whole numbers, so that no logarithm is needed.
        distance = max(one * 100 // 20, 2000 // max(one, 1)) + max(two // 4, 40_000 // max(two, 1))
        if best is None or (distance, slot) < best:
            best = distance, slot
    return best[1]


def _complaint(stream, society, parts, scope, source, target, posts) -> int:
    """Choose an ordinary account with no, or the fewest, ordinary ties into scope."""
    n = society.n
    inside = np.zeros(n, dtype=bool)
    inside[scope] = True
    one = np.concatenate([source, posts.writer[posts.other >= 0]])
    two = np.concatenate([target, posts.other[posts.other >= 0]])
    touches = np.bincount(one[inside[two]], minlength=n) + np.bincount(
        two[inside[one]], minlength=n
    )
    planted = np.zeros(n, dtype=bool)
    planted[[part[0] for part in parts]] = True
    fits = (society.platform == society.platform[scope[0]]) & ~inside & ~planted
    fits &= ~society.automated
    followers = np.bincount(target, minlength=n)
    fits &= (followers >= 2) & (followers <= 40)
    slots = ranked(stream + "/complaint", np.flatnonzero(fits))
    return int(slots[np.argmin(touches[slots])])


def _trim(n: int, posts: Plan, source, target, ferry, subjects, complaint: int, scope):
    """Leave out the ordinary posts and follows that the plants exclude, a declared short list.

    The ferry service lives by its planted ties alone; subjects talk to each other only as planted;
    the account named in a complaint has no ordinary ties into scope.
    """
    mute, apart, inside = (np.zeros(n, dtype=bool) for _ in range(3))
    mute[ferry], apart[subjects], inside[scope] = True, True, True

    def excluded(one, two):
        lonely = ((one == complaint) & inside[two]) | ((two == complaint) & inside[one])
        return mute[one] | mute[two] | lonely

    other = np.where(posts.other >= 0, posts.other, posts.writer)
    drop = excluded(posts.writer, other)
    drop |= (posts.other >= 0) & apart[posts.writer] & apart[other]
    keep = ~excluded(source, target)
    return without(posts, drop), source[keep], target[keep]


def _ordinary_in(scope, n: int, posts: Plan, source, target) -> dict[str, np.ndarray]:
    """Return ordinary ties with both ends in scope, per kind."""
    inside = np.zeros(n, dtype=bool)
    inside[scope] = True

    def rows(one, two):
        keep = inside[one] & inside[two]
        return np.column_stack([one[keep], two[keep]])

    kinds = {"mention": MENTION, "reply": REPLY, "repost": REPOST}
    found = {
        name: rows(posts.writer[posts.kind == kind], posts.other[posts.kind == kind])
        for name, kind in kinds.items()
    }
    found["follow"] = rows(source, target)
    found["talk"] = np.concatenate([found["mention"], found["reply"]])
    return found


def _company(groups: Groups, scope, n: int) -> np.ndarray:
    """Return, per slot, with how many scope accounts it shares a closed room."""
    inside = np.zeros(n, dtype=bool)
    inside[scope] = True
    keep = inside[groups.member] & (groups.admission[groups.group] == CLOSED)
    group, member = groups.group[keep], groups.member[keep]
    order = np.argsort(group, kind="stable")
    group, member = group[order], member[order]
    one, two = [], []
    for room in np.split(member, np.flatnonzero(np.diff(group)) + 1):
        first, second = np.triu_indices(len(room), 1)
        one.append(room[first])
        two.append(room[second])
    return degrees(n, np.concatenate(one), np.concatenate(two))


def _ranks_hold(n, parts, scope, base, follows, talk, company) -> bool:
    """Say whether the rankings put innocent and loud people first, and the broker nowhere.

    Follows and rooms alone are looked at while `talk` is None.
    """
    inside = np.zeros(n, dtype=bool)
    inside[scope] = True

    def count(name, planted):
        planted = planted[inside[planted].all(axis=1)]
        both = np.concatenate([planted, base[name]])
        return degrees(n, both[:, 0], both[:, 1])

    tables = {
        "follow": (count("follow", follows), [FIGUREHEAD, "ferry service"]),
        "rooms": (company, [RECRUITER]),
    }
    if talk is not None:
        mentions, replies = (talk[talk[:, 2] == kind][:, :2] for kind in (MENTION, REPLY))
        tables["mention"] = (count("mention", mentions), ["journalist"])
        tables["reply"] = (count("reply", replies), ["shop owner"])
    broker = int(who(parts, BROKER)[0])
    for name, (degree, roles) in tables.items():
        tenth = np.sort(degree)[-10]
        first = np.concatenate([who(parts, role) for role in roles])
        if roles == ["journalist"]:
            first = first[:1]
        rest = degree.copy()
        rest[first] = 0
        if degree[first].min() <= rest.max():
            return False
        quiet = [broker] if name == "rooms" else [broker, *who(parts, RECRUITER)]
        if tenth <= degree[quiet].max():
            return False
    helper = int(who(parts, "youth worker")[0])
    return bool((company > company[helper]).sum() < 5)


_SUBJECT_REASONS = [
    "named in report 12",
    "seen at the quay on 3 March",
    "number in a seized phone",
    "named in report 15",
    "posts the tag of the group",
    "named by two other forces",
]


def _subject_reasons(stream: str, subjects: np.ndarray, tip: int) -> list[tuple[int, str]]:
    """Give each subject a reason; exactly one is the tip-off."""
    drawn = below(stream + "/subject-reason", subjects, len(_SUBJECT_REASONS))
    return [
        (int(slot), "tip-off" if slot == tip else _SUBJECT_REASONS[int(number)])
        for slot, number in zip(subjects, drawn, strict=True)
    ]


_SCOPE_REASONS = [
    "contact of a subject",
    "posts a listed tag",
    "posts from a listed place",
    "follows a subject",
]


def _scope_reasons(stream: str, slots: np.ndarray, complaint: int) -> list[tuple[int, str]]:
    """Give each account in scope a reason that does not tell its population."""
    drawn = below(stream + "/scope-reason", slots, len(_SCOPE_REASONS))
    return [
        (int(slot), "named in a complaint" if slot == complaint else _SCOPE_REASONS[int(number)])
        for slot, number in zip(slots, drawn, strict=True)
    ]
