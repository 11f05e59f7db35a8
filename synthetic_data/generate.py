"""Make a world: a pure function of scenario, seed and size."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from synthetic_data import (
    captures,
    clock,
    covert,
    haystack,
    layers,
    mood,
    plant,
    pools,
    quiet,
    schema,
    situations,
    tasking,
    text,
)
from synthetic_data import scenario as scenarios
from synthetic_data.casting import FIGUREHEAD, minimum, who
from synthetic_data.difficulty import SEEDS, topology_baseline
from synthetic_data.errors import WorldError
from synthetic_data.facts import facts, people
from synthetic_data.follows import ordinary_follows
from synthetic_data.groups import CLOSED, Groups, ordinary_groups
from synthetic_data.groups import join as join_groups
from synthetic_data.planting import planted_posts
from synthetic_data.posts import (
    MENTION,
    ORIGINAL,
    REPLY,
    REPOST,
    Plan,
    join,
    ordinary_posts,
    tier_at,
)
from synthetic_data.society import TIERS, Society, build
from synthetic_data.staged import faces as staged_faces
from synthetic_data.staged import stage, with_cast
from synthetic_data.streams import below, chance, opaque, quantile, ranked
from synthetic_data.world import World

_FAMILIES = {
    "export": haystack.make,
    "mood": mood.make,
    "clock": clock.make,
    "quiet": quiet.make,
    "captures": captures.make,
    "tasking": tasking.make,
}
MOST = 5_000_000  # accounts; larger worlds fit into the memory of few machines


def generate(
    scenario: str,
    seed: int,
    accounts: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> World:
    """Make the world of a scenario.

    Args:
        scenario: name of a file in `scenarios/`.
        seed: any whole number; the same number gives the same world, byte for byte.
        accounts: size; the scenario's own size when left out.
        progress: called with a share from 0 to 1 and a word.

    Raises:
        WorldError: unknown scenario, or a size below the scenario's minimum.

    Example:
        >>> len(generate("village", seed=1).tables["accounts"])
        240
    """
    settings = scenarios.load(scenario)
    size = settings["world"]["accounts"] if accounts is None else accounts
    return from_settings(scenario, settings, seed, size, progress)


def from_settings(
    name: str,
    settings: dict,
    seed: int,
    accounts: int,
    progress: Callable[[float, str], None] | None = None,
) -> World:
    """Make a world from settings that were read with `scenario.read`, else like `generate`."""
    tell = progress or (lambda share, label: None)
    for label, value in (("seed", seed), ("accounts", accounts)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise WorldError(f"{label} must be a whole number of 0 or more, not {value!r}")
    if accounts > MOST:
        raise WorldError(
            f"a world has at most {MOST:,} accounts, because each needs about 14 kB of memory; "
            f"{accounts:,} were asked for"
        )
    least = minimum(settings)
    if accounts < least:
        raise WorldError(
            f"the scenario {name!r} needs at least {least:,} accounts; {accounts:,} were asked for"
        )
    # A scenario that extends another one draws the same society.
    stream = f"{settings.get('extends', name)}/{seed}"
    world = settings["world"]
    tell(0.0, "people")
    society = build(stream, settings, accounts)
    tell(0.15, "follows")
    source, target = ordinary_follows(
        stream, society, world["follows_per_account"], world.get("follower_floor", 12)
    )
    tell(0.25, "posts")
    ordinary = ordinary_posts(
        stream, society, world["posts_per_account"], source, target, world.get("topic_weights")
    )
    groups = ordinary_groups(stream, society, world["rooms_per_thousand"], source, target)
    tell(0.35, "planting")
    if "network" in settings:
        planted = covert.plant(stream, settings, society, ordinary, source, target)
    elif "organisation" in settings:
        planted = plant.case(stream, settings, society, ordinary, groups, source, target)
        if "quiet" in settings:
            planted = quiet.prepared(stream, settings["quiet"], seed, planted)
    elif "clubs" in settings:
        planted = plant.clubs(stream, settings, society, ordinary, source, target)
    else:
        planted = plant.Planted(ordinary, source, target)
    posts = planted.posts
    first = len(ordinary)
    medical = _medical(stream, settings, society, planted)
    if len(medical):
        own = np.column_stack([medical, np.full(len(medical), text.topic("medical"))])
        none = np.empty((0, 4), dtype=np.int64)
        posts = join(posts, planted_posts(stream + "/medical", society, own, none, first))
    if len(planted.own):
        last = first + len(medical)
        extra = planted_posts(stream, society, planted.own, planted.talk, last)
        posts = join(posts, extra)
    if planted.groups is not None:
        groups = join_groups(groups, planted.groups)
    groups = _large_group(stream, settings, society, groups)

    staged = None
    if "city" in settings:
        written = np.bincount(ordinary.writer, minlength=accounts)
        staged = stage(stream, settings["city"], society, planted, written, society.handle, medical)
        planted = with_cast(planted, staged)
        posts = join(posts, staged.script.plan(int(posts.number.max()) + 1))

    tell(0.45, "profiles")
    account_id = _ids("a", np.arange(accounts), 6)
    faces = _faces(stream, society, planted)
    if staged is not None:
        staged_faces(faces, planted.cast)
    tables = {"accounts": _accounts(society, account_id, faces)}
    tell(0.55, "texts")
    order = np.argsort((posts.time - society.start << 32) + posts.number)  # no two are equal
    numbers, width = opaque(stream + "/post-id", posts.number, 7)
    post_id = np.empty(len(order), dtype=object)
    post_id[order] = _ids("p", numbers[order], width)
    followers = np.bincount(target, minlength=accounts)
    tables["posts"] = _posts(
        stream,
        society,
        posts,
        post_id,
        order,
        account_id,
        faces["handle"],
        followers,
        staged,
        world.get("long_posts_per_million", 0),
    )
    tell(0.8, "ties")
    numbers, width = opaque(stream + "/group-id", np.arange(len(groups.platform)), 4)
    group_id = _ids("g", numbers, width)
    tables["ties"] = _ties(stream, society, planted, posts, post_id, groups, group_id, account_id)
    tables["groups"] = _groups(society, groups, group_id)
    tell(0.95, "truth")
    for table, rows in (("scope", planted.scope), ("subjects", planted.subjects)):
        rows = sorted(rows)
        tables[table] = schema.frame(
            schema.BY_NAME[table],
            {
                "account_id": [account_id[row[0]] for row in rows],
                "reason": [row[1] for row in rows],
            },
        )
    tables["situations"], cards = _situations(stream, tables)
    truth = {
        "people": people(planted.cast, account_id, planted),
        "facts": facts(
            settings,
            society,
            planted,
            tables,
            account_id,
            post_id[(posts.number >= first) & (posts.number < first + len(medical))],
            groups,
            group_id,
        ),
        "situations": cards,
    }
    if "city" in settings:
        number, writer = posts.number[order], posts.writer[order]
        layers.add(
            stream,
            settings["city"],
            society,
            planted,
            staged,
            tables,
            truth,
            account_id,
            post_id[len(post_id) - len(staged.script.text) :],
            number,
            writer,
        )
    if "market" in settings:
        layers.add_market(stream, settings["market"], society, tables, truth)
    for section, make in _FAMILIES.items():
        if section in settings:
            layers.add_family(make, stream, settings[section], society, planted, tables, truth)
    if planted.covert is not None:
        for table, columns in covert.truth(planted.covert, account_id).items():
            truth[table] = schema.frame(schema.TRUTH_BY_NAME[table], columns)
    tell(1.0, "ready")
    meta = {
        "scenario": name,
        "title": world["title"],
        "seed": seed,
        "accounts": accounts,
        "version": schema.VERSION,
        "start": str(world["start"]),
        "days": world["days"],
        "faker": pools.check()["faker"],
        **_difficulty(stream, settings, society, planted),
    }
    return World(meta=meta, tables=tables, truth=truth)


def _ids(letter: str, numbers: np.ndarray, width: int) -> np.ndarray:
    """Return ids such as `p-0004567`, put together from two small tables of digits."""
    low = np.array([f"{number:03d}" for number in range(1000)], dtype=object)
    top = int(numbers.max(initial=0)) // 1000 + 1
    if top > 4 * len(numbers):
        return np.array([f"{letter}-{number:0{width}d}" for number in numbers.tolist()], object)
    high = np.array([f"{letter}-{number:0{width - 3}d}" for number in range(top)], dtype=object)
    return high[numbers // 1000] + low[numbers % 1000]


def _difficulty(stream: str, settings: dict, society: Society, planted) -> dict:
    """Return the entries of the meta data that say how hard the group is to find."""
    if planted.covert is not None:
        group = settings["network"]
        return {
            "kind": group["kind"],
            "difficulty": group["difficulty"],
            "redraws": planted.covert.redraws,
            **_named(planted.covert.baseline),
        }
    if "organisation" not in settings:
        return {}
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
    return _named(topology_baseline(society.n, ties, members, seeds))


def _named(baseline: dict) -> dict:
    return {f"baseline_{name}": value for name, value in baseline.items()}


def _medical(stream: str, settings: dict, society: Society, planted) -> np.ndarray:
    """Choose ordinary public accounts that post a medical fact about themselves."""
    count = settings.get("plants", {}).get("medical_posts", 0)
    taken = np.zeros(society.n, dtype=bool)
    taken[[part[0] for part in planted.cast] + [slot for slot, _ in planted.scope]] = True
    fits = (society.tier == 0) & (society.moved == 0) & ~taken
    return ranked(stream + "/medical", np.flatnonzero(fits))[:count]


def _large_group(stream: str, settings: dict, society: Society, groups: Groups) -> Groups:
    """Give one closed group of Convivara a page that shows about 4,000 members."""
    shown = settings.get("plants", {}).get("large_group", 0)
    if not shown:
        return groups
    place = society.platforms.index("Convivara")
    members = np.flatnonzero(society.platform == place)
    inside = ranked(stream + "/large", members)[: len(members) // 5]
    span = society.start - society.created[inside]
    page = shown - 60 + int(below(stream + "/large/page", 0, 120)[0])
    large = Groups(
        np.array([place]),
        np.array([CLOSED]),
        np.array(["Puerto Claro neighbours, members only"], dtype=object),
        np.array([page - len(inside)]),
        np.zeros(len(inside), dtype=np.int64),
        inside,
        society.created[inside] + below(stream + "/large/at", inside, span),
    )
    return join_groups(groups, large)


def _faces(stream: str, society: Society, planted) -> dict[str, np.ndarray]:
    """Return handle, name and bio of every slot with those of the cast put in."""
    handle, name, bio = society.handle.copy(), society.name.copy(), society.bio.copy()
    kept = {"broker", "leader", "courier", "member", "recruiter"}
    roles = {part[2] for part in planted.cast}
    grammar_roles = pools.grammar("en")["bios"]
    for role in sorted(roles - kept):
        code = role.replace(" ", "_")
        if code in grammar_roles:
            slots = who(planted.cast, role)
            bio[slots] = text.write_bios(
                f"{stream}/bio/{code}", slots, society.language[slots], code
            )
    bio[who(planted.cast, "recruiter")] = ""  # their page says nothing
    alias = pools.words("alias")
    for slot in who(planted.cast, FIGUREHEAD):
        name[slot] = alias[int(below(stream + "/alias", slot, len(alias))[0])]
    for slot in who(planted.cast, "shop owner"):
        name[slot] = f"Old Quay Bakery, {name[slot]}"
    for slot in who(planted.cast, "ferry service"):
        name[slot], handle[slot] = "Meridia Ferry Times", "meridia_ferry_times"
    return {"handle": handle, "name": name, "bio": bio}


_LANGUAGE = np.array(pools.LANGUAGES, dtype=object)
_TIER = np.array(TIERS, dtype=object)


def _accounts(society: Society, account_id, faces) -> pd.DataFrame:
    platform = np.array(society.platforms, dtype=object)
    now = tier_at(society, np.arange(society.n), np.full(society.n, society.end))
    return schema.frame(
        schema.BY_NAME["accounts"],
        {
            "account_id": account_id,
            "platform": platform[society.platform],
            "handle": faces["handle"],
            "display_name": faces["name"],
            "bio": faces["bio"],
            "language": _LANGUAGE[society.language],
            "created": society.created,
            "visibility": _TIER[now],
            "district": pools.words("district")[society.district],
            "synthetic": np.ones(society.n, dtype=bool),
        },
    )


def _posts(
    stream, society, posts: Plan, post_id, order, account_id, handle, followers, staged, long
):
    """Write texts and likes, and lay the posts out in order of time."""
    # First the order, then the texts: texts that are made in order are near each other in memory.
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    number, writer, other, kind, time = (
        column[order]
        for column in (posts.number, posts.writer, posts.other, posts.kind, posts.time)
    )
    parent = posts.parent[order]
    parent = np.where(parent >= 0, place[parent], -1)
    language = society.language[writer]
    addressed = np.where(other >= 0, handle[np.maximum(other, 0)], "")
    body, tags, tag_words = text.write_posts(
        stream + "/text", number, posts.topic[order], language, addressed, society.style[writer]
    )
    if long:
        told = np.flatnonzero((kind == ORIGINAL) & chance(stream + "/long", number, long))
        body[told] = text.lengthen(
            stream + "/long", number[told], body[told], posts.topic[order][told], language[told]
        )
    if staged is not None:  # the last posts of the plan have their words already
        said = place[len(place) - len(staged.script.text) :]
        body[said], tags[said], language[said] = staged.script.text, 0, staged.script.language
    again = np.flatnonzero(kind == REPOST)
    root = parent[again]
    body[again] = [
        f"RT @{who_}: {line}"[: text.LIMIT]
        for who_, line in zip(handle[writer[root]], body[root], strict=True)
    ]
    tags[again], language[again] = tags[root], language[root]
    likes = quantile(stream + "/likes", number, pools.table("activity"))
    likes = np.minimum(likes * (followers[writer] + 4) >> 18, 50_000)
    likes[again] = 0
    post_id = pd.array(post_id[order], dtype="str")
    return schema.frame(
        schema.BY_NAME["posts"],
        {
            "post_id": post_id,
            "account_id": schema.chosen(account_id, writer),
            "platform": schema.chosen(society.platforms, society.platform[writer]),
            "time": time,
            "tier": schema.chosen(TIERS, tier_at(society, writer, time)),
            "text": body,
            "language": schema.chosen(pools.LANGUAGES, language),
            "hashtags": schema.chosen(tag_words, tags),
            "reply_to": schema.chosen(post_id, np.where(kind == REPLY, parent, -1)),
            "repost_of": schema.chosen(post_id, np.where(kind == REPOST, parent, -1)),
            "likes": likes,
        },
    )


def _ties(stream, society, planted, posts: Plan, post_id, groups, group_id, account_id):
    """Lay follows, talk and joins out in one log in order of time."""
    n = society.n
    pair = np.concatenate([planted.source, planted.follows[:, 0]]) * n
    pair += np.concatenate([planted.target, planted.follows[:, 1]])
    pair = np.sort(pair)
    pair = pair[np.append(True, pair[1:] != pair[:-1])]
    one, two = pair // n, pair % n
    earliest = np.maximum(society.created[one], society.created[two])
    span = society.end - earliest
    since = earliest + (below(stream + "/follow/at", pair, 1 << 20) * span >> 20)
    talk = np.flatnonzero(posts.kind >= MENTION)
    sizes = [len(pair), len(talk), len(groups.member)]
    time = np.concatenate([since, posts.time[talk], groups.time])
    kind = np.concatenate([np.full(sizes[0], 0), posts.kind[talk], np.full(sizes[2], 4)])
    actor = np.concatenate([one, posts.writer[talk], groups.member])
    object_ = np.concatenate([two, posts.other[talk], groups.group])
    order = np.lexsort((object_, actor, (time << 3) + kind))
    whom = np.concatenate([two, posts.other[talk], n + groups.group])
    names = np.concatenate([account_id, group_id])
    carrier = np.concatenate([np.full(sizes[0], -1), talk, np.full(sizes[2], -1)])
    width = max(7, len(str(len(order))))
    return schema.frame(
        schema.BY_NAME["ties"],
        {
            "tie_id": _ids("t", np.arange(1, len(order) + 1), width),
            "time": time[order],
            "kind": schema.chosen(["follow", "mention", "reply", "repost", "join"], kind[order]),
            "source": schema.chosen(account_id, actor[order]),
            "target": schema.chosen(names, whom[order]),
            "post_id": schema.chosen(post_id, carrier[order]),
        },
    )


def _groups(society: Society, groups: Groups, group_id) -> pd.DataFrame:
    platform = np.array(society.platforms, dtype=object)
    order = np.argsort(group_id)
    joined = np.bincount(groups.group, minlength=len(group_id))
    return schema.frame(
        schema.BY_NAME["groups"],
        {
            "group_id": group_id[order],
            "platform": platform[groups.platform[order]],
            "name": groups.name[order],
            "admission": np.where(groups.admission == CLOSED, "closed", "open")[order],
            "members": (joined + groups.extra)[order],
        },
    )


def _situations(stream: str, tables: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the situation cards and their classes."""
    # Forty cards need few names; ids say nothing, so the first thousand are as good as any.
    few = tables | {"accounts": tables["accounts"].head(1000)}
    cards, classes = situations.make(stream + "/situations", few)
    return (
        schema.frame(schema.BY_NAME["situations"], cards),
        schema.frame(schema.TRUTH[2], classes),
    )
