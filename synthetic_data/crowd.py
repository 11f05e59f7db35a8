"""What the other cast people do: fans, boasters, protest, press, shop, ferry, youth club.

Everything is a list of directed ties between slots. Innocent people are made central on purpose:
the journalist in mentions, the shop owner in replies, the ferry service in follows.
"""

import numpy as np

from synthetic_data.casting import FIGUREHEAD, who
from synthetic_data.posts import MENTION, REPLY
from synthetic_data.streams import below, chance, ranked
from synthetic_data.text import topic


def some(path: str, items: np.ndarray, count: int) -> np.ndarray:
    """Return `count` of the items in a keyed order (all of them when there are fewer)."""
    return ranked(path, np.asarray(items, dtype=np.int64))[:count]


def _pairs(source, target) -> np.ndarray:
    """Return an array (ties, 2) of every source with every target, loops left out."""
    source, target = (np.atleast_1d(np.asarray(part, dtype=np.int64)) for part in (source, target))
    both = np.column_stack([np.repeat(source, len(target)), np.tile(target, len(source))])
    return both[both[:, 0] != both[:, 1]]


def _few_each(path: str, people: np.ndarray, others: np.ndarray, count: int) -> np.ndarray:
    """Tie each of `people` to `count` of `others`, drawn one by one."""
    index = people[:, None] * 16 + np.arange(count)
    chosen = others[below(path, index, len(others))]
    both = np.column_stack([np.repeat(people, count), chosen.ravel()])
    return np.unique(both[both[:, 0] != both[:, 1]], axis=0)


def follow_ties(
    stream: str, cast: list[tuple], scope: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """Return planted follows (source, target).

    Args:
        stream: root path.
        cast: the cast list.
        scope: slots of the accounts in scope.
        others: slots of other accounts that may follow the ferry service.
    """
    stream += "/crowd/follow"
    head, ferry = who(cast, FIGUREHEAD), who(cast, "ferry service")
    residents = np.setdiff1d(scope, [part[0] for part in cast])
    protest, fans, boasters = (who(cast, role) for role in ("protester", "fan", "boaster"))
    organisers, press = who(cast, "organiser"), who(cast, "journalist")
    crew = np.array([part[0] for part in cast if part[1] == "HL"])
    groups = [
        _pairs(fans, head),
        _pairs(some(stream + "/boasters", boasters, 26), head),
        _pairs(some(stream + "/crew", crew, 19), head),
        _pairs(some(stream + "/protest-head", protest, 16), head),
        _pairs(some(stream + "/residents-head", residents, 40), head),
        _pairs(scope[chance(stream + "/ferry", scope, 620_000)], ferry),
        _pairs(others[chance(stream + "/ferry", others, 40_000)], ferry),
        _few_each(stream + "/protest", protest, protest, 3),
        _pairs(some(stream + "/organiser0", protest, 60), organisers[:1]),
        _pairs(some(stream + "/organiser1", protest, 45), organisers[1:]),
        _pairs(some(stream + "/press0", np.append(residents, protest), 60), press[:1]),
        _pairs(some(stream + "/press1", np.append(residents, protest), 35), press[1:]),
        _pairs(some(stream + "/shop", np.append(residents, protest), 45), who(cast, "shop owner")),
        _pairs(some(stream + "/youth", residents, 25), who(cast, "youth worker")),
        _pairs(some(stream + "/lawyer", protest, 12), who(cast, "lawyer")),
        _few_each(stream + "/fans", fans, fans, 2),
        _few_each(stream + "/boasters2", boasters, boasters, 2),
        _few_each(stream + "/crew2", crew, crew, 2),
    ]
    return np.unique(np.concatenate(groups), axis=0)


def talk_ties(
    stream: str,
    cast: list[tuple],
    scope: np.ndarray,
    subjects: np.ndarray,
    young: np.ndarray,
    friends: np.ndarray,
) -> np.ndarray:
    """Return planted talk outside the organisation: rows (source, target, kind, topic).

    Protesters, boasters and `friends`, residents who know each other, answer each other as
    often as members of the organisation do.
    """
    stream += "/crowd/talk"
    head = who(cast, FIGUREHEAD)
    residents = np.setdiff1d(scope, [part[0] for part in cast])
    protest, fans = np.intersect1d(who(cast, "protester"), scope), who(cast, "fan")
    boasters = np.setdiff1d(who(cast, "boaster"), subjects)
    organisers, press = who(cast, "organiser"), who(cast, "journalist")
    shop, ferry, helper = (who(cast, r) for r in ("shop owner", "ferry service", "youth worker"))
    sources, lawyer = who(cast, "source"), who(cast, "lawyer")
    away = np.setdiff1d(who(cast, "protester"), scope)
    rows = [
        (_pairs(fans, head), MENTION, "fan"),
        (_pairs(some(stream + "/fan-reply", fans, 26), head), REPLY, "fan_reply"),
        (_pairs(some(stream + "/boast", boasters, 12), head), MENTION, "fan"),
        (_few_each(stream + "/boast2", boasters, boasters, 1), MENTION, "crew"),
        (_pairs(some(stream + "/tip", protest, 40), press[:1]), MENTION, "tip"),
        (_pairs(some(stream + "/tip2", residents, 30), press[:1]), MENTION, "tip"),
        (_pairs([*sources, *organisers, *shop, *helper, *lawyer], press[:1]), MENTION, "tip"),
        (_pairs(press[:1], press[1:]), MENTION, "mention"),
        (
            _pairs(some(stream + "/tip3", np.append(protest, residents), 24), press[1:]),
            MENTION,
            "tip",
        ),
        (_pairs(sources[:2], press[1:]), MENTION, "tip"),
        (_pairs(some(stream + "/press-reply", residents, 14), press[:1]), REPLY, "reply"),
        (_pairs(some(stream + "/customer", residents, 46), shop), REPLY, "customer"),
        (_pairs(some(stream + "/customer2", protest, 9), shop), REPLY, "customer"),
        (_pairs(some(stream + "/customer3", fans, 4), shop), REPLY, "customer"),
        (_pairs(some(stream + "/boat", residents, 22), ferry), REPLY, "ferry_reply"),
        (_pairs(some(stream + "/boat2", residents, 12), ferry), MENTION, "mention"),
        (_pairs(some(stream + "/sign", protest, 20), organisers[:1]), MENTION, "protest_mention"),
        (_pairs(some(stream + "/sign1", protest, 15), organisers[1:2]), MENTION, "protest_mention"),
        (_pairs(some(stream + "/sign2", protest, 13), organisers[2:]), MENTION, "protest_mention"),
        (_pairs(some(stream + "/sign3", protest, 16), organisers[:1]), REPLY, "reply"),
        (_pairs(some(stream + "/sign4", protest, 12), organisers[1:2]), REPLY, "reply"),
        (_pairs(some(stream + "/sign5", protest, 10), organisers[2:]), REPLY, "reply"),
        (_few_each(stream + "/protest", protest, protest, 1), MENTION, "protest_mention"),
        (_few_each(stream + "/away", away, organisers, 1), MENTION, "protest_mention"),
        (_pairs(helper, some(stream + "/helper", young, 12)), MENTION, "youth_mention"),
        (_pairs(some(stream + "/helper2", young, 9), helper), REPLY, "reply"),
        (_pairs(some(stream + "/law", protest, 8), lawyer), REPLY, "reply"),
        (_pairs(some(stream + "/witness", residents, 4), who(cast, "witness")), REPLY, "reply"),
        *(
            (_few_each(f"{stream}/circle/{name}/{kind}", people, people, 3), kind, theme)
            for name, people in (
                ("protest", protest),
                ("boasters", boasters),
                ("friends", friends),
            )
            for kind, theme in ((REPLY, "reply"), (MENTION, "mention"))
        ),
    ]
    return np.concatenate(
        [
            np.column_stack([pairs, np.full(len(pairs), kind), np.full(len(pairs), topic(theme))])
            for pairs, kind, theme in rows
        ]
    )


# Own posts of each role: topic, least and most number.
OWN_POSTS = {
    "figurehead": ("boast", 26, 26),
    "broker": ("food", 2, 6),
    "recruiter": ("music", 3, 7),
    "leader": ("boast", 3, 5),
    "courier": ("boast", 2, 4),
    "member": ("boast", 4, 6),
    "boaster": ("boast", 8, 10),
    "fan": ("football", 1, 3),
    "organiser": ("protest", 12, 20),
    "protester": ("protest", 1, 3),
    "journalist": ("press", 14, 22),
    "source": ("work", 2, 6),
    "lawyer": ("legal", 5, 11),
    "youth worker": ("youth", 8, 16),
    "shop owner": ("shop", 22, 22),
    "witness": ("witness", 5, 5),
    "ferry service": ("ferry", 56, 56),
}


def own_posts(stream: str, cast: list[tuple], friends: np.ndarray) -> np.ndarray:
    """Return the own posts of the cast and of `friends`: rows (slot, topic), one row per post."""
    stream += "/crowd/own"
    rows = []
    for slot, _, role, _ in cast:
        theme, least, most = OWN_POSTS[role]
        count = least + int(below(stream, slot, most - least + 1)[0])
        rows += [(slot, topic(theme))] * count
    for slot in friends.tolist():
        count = 1 + int(below(stream, slot, 3)[0])
        themes = below(stream + "/topic", slot * 4 + np.arange(count), 10)
        rows += [(slot, int(theme)) for theme in themes]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)
