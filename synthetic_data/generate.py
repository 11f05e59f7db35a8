"""Make a world: a pure function of scenario, seed and size."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from synthetic_data import (
    authority,
    captures,
    clock,
    covert,
    findings,
    handover,
    haystack,
    judgement,
    layers,
    mood,
    plant,
    pools,
    quiet,
    schema,
    show_window,
    situations,
    tasking,
    text,
    whereabouts,
)
from synthetic_data import scenario as scenarios
from synthetic_data.casting import FIGUREHEAD, minimum, who
from synthetic_data.columns import Ids
from synthetic_data.errors import WorldError
from synthetic_data.facts import facts, people
from synthetic_data.follows import ordinary_follows
from synthetic_data.groups import CLOSED, Groups, ordinary_groups
from synthetic_data.groups import join as join_groups
from synthetic_data.planting import planted_posts
from synthetic_data.posts import Plan, head, join, ordinary_posts
from synthetic_data.render import Draft, slots
from synthetic_data.society import Society, build
from synthetic_data.staged import faces as staged_faces
from synthetic_data.staged import stage, with_cast
from synthetic_data.streams import below, opaque, ranked
from synthetic_data.world import World

_FAMILIES = {
    "export": haystack.make,
    "mood": mood.make,
    "clock": clock.make,
    "quiet": quiet.make,
    "captures": captures.make,
    "tasking": tasking.make,
    "authority": authority.make,
    "show_window": show_window.make,
    "judgement": judgement.make,
    "product": findings.make,
}
STREAMED = {
    "clubs",
    "extends",
    "market",
    "network",
    "organisation",
    "plants",
    "platforms",
    "populations",
    "scope",
    "world",
}
MOST = 5_000_000  # accounts; the plan of a larger world fits into the memory of few machines


def generate(
    scenario: str,
    seed: int,
    accounts: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> World:
    """Make the world of a scenario.

    Args:
        scenario: name of a file in `scenarios/`, or the path of a file of your own, `my_town.toml`.
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
    return from_settings(scenarios.called(scenario), settings, seed, size, progress)


def from_settings(
    name: str,
    settings: dict,
    seed: int,
    accounts: int,
    progress: Callable[[float, str], None] | None = None,
) -> World:
    """Make a world from settings that were read with `scenario.read`, else like `generate`."""
    tell = progress or (lambda share, label: None)
    made = draft(name, settings, seed, accounts, tell)
    tell(0.5, "texts")
    rows, shared = made.rows(), {"a": slots(np.arange(accounts)).strings()}
    tables = {name: part.frame(np.arange(len(part)), shared) for name, part in rows.items()}
    tell(0.9, "truth")
    world = finish(made, tables)
    tell(1.0, "ready")
    return world


def in_pieces(
    name: str,
    settings: dict,
    seed: int,
    accounts: int,
    progress: Callable[[float, str], None] | None = None,
) -> World:
    """Make a world whose largest tables are made piece by piece while they are written.

    Arguments are those of `from_settings`. The tables of accounts, posts and ties are
    `columns.Rows`, which `package.write` knows; the files have the same bytes. Scenarios with other
    sections than `STREAMED` are made whole, because what they lay over a world reads whole tables.
    """
    if settings.keys() - STREAMED:
        return from_settings(name, settings, seed, accounts, progress)
    tell = progress or (lambda share, label: None)
    made = draft(name, settings, seed, accounts, tell)
    tell(0.5, "ties")
    rows = made.rows()
    tell(0.8, "truth")
    seen = made.witnesses()
    world = finish(made, {name: part.frame(seen[name]) for name, part in rows.items()})
    world.tables.update(rows)
    tell(1.0, "ready")
    return world


def draft(
    name: str, settings: dict, seed: int, accounts: int, tell: Callable[[float, str], None]
) -> Draft:
    """Decide everything about a world but its words; arguments like those of `from_settings`."""
    for label, value in (("seed", seed), ("accounts", accounts)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise WorldError(f"{label} must be a whole number of 0 or more, not {value!r}")
    if accounts > MOST:
        raise WorldError(
            f"a world has at most {MOST:,} accounts, because each needs about 3 kB of memory; "
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
    source, target = ordinary_follows(stream, society, world["follows_per_account"])
    tell(0.25, "posts")
    ordinary = ordinary_posts(
        stream,
        society,
        world["posts_per_account"],
        source,
        target,
        world.get("topic_weights"),
        world.get("busy_per_million", 0),
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
        # Early, so that pages that are captured on day 5 can hold one. They are bystanders' posts.
        posts = join(posts, planted_posts(stream + "/medical", society, own, none, first, 3))
    if len(planted.own):
        last = first + len(medical)
        extra = planted_posts(
            stream, society, planted.own, planted.talk, last, ordinary=planted.posts
        )
        posts = join(posts, extra)
    if planted.groups is not None:
        groups = join_groups(groups, planted.groups)
    groups = _large_group(stream, settings, society, groups)

    staged = night = None
    if "city" in settings:
        written = np.bincount(ordinary.writer, minlength=accounts)
        staged = stage(stream, settings["city"], society, planted, written, society.handle, medical)
        planted = with_cast(planted, staged)
        if "handover" in settings:
            night = handover.stage(
                stream,
                seed,
                settings["handover"],
                society,
                planted,
                staged.script,
                society.handle,
                whereabouts.usual_quay(stream + "/city"),
                [*medical, *(slot for pair in staged.hands for slot in pair[:2])],
            )
            groups = join_groups(groups, night.group)
        posts = join(posts, staged.script.plan(int(posts.number.max()) + 1))

    tell(0.45, "profiles")
    faces = _faces(stream, society, planted)
    if staged is not None:
        staged_faces(faces, planted.cast)
    if night is not None:
        handover.name_councillor(stream, faces, planted.cast)
    _, post_width = opaque(stream + "/post-id", posts.number.max(keepdims=True), 7)
    group_number, group_width = opaque(stream + "/group-id", np.arange(len(groups.platform)), 4)
    return Draft(
        stream=stream,
        name=name,
        settings=settings,
        seed=seed,
        society=society,
        # The posts that are not added stand first: the same memory serves for both.
        planted=replace(planted, posts=head(posts, len(planted.posts))),
        posts=posts,
        order=_in_time(posts, society.start),
        width=post_width,
        groups=groups,
        group_number=group_number,
        group_width=group_width,
        followers=np.bincount(target, minlength=accounts),
        first=first,
        medical=medical,
        staged=staged,
        night=night,
        handle=faces["handle"],
        display=faces["name"],
        bio=faces["bio"],
    )


def _in_time(posts: Plan, start: int) -> np.ndarray:
    """Return the positions of posts in order of time, and of their numbers where it is the same."""
    place = np.empty(int(posts.number.max()) + 1, dtype=np.int64)
    place[posts.number] = np.arange(len(posts))
    # To sort numbers, and to look up whose they are, is twice as fast as argsort.
    return place[np.sort((posts.time - start << 32) + posts.number) & 2**32 - 1]


def finish(made: Draft, tables: dict[str, pd.DataFrame]) -> World:
    """Add the other tables and the truth to the tables of accounts, posts and ties.

    Args:
        made: the draft.
        tables: accounts, posts and ties, all rows or those that `witnesses` names.
    """
    stream, settings, society = made.stream, made.settings, made.society
    planted, posts, groups, staged = made.planted, made.posts, made.groups, made.staged
    first, medical = made.first, made.medical
    account_id = slots(np.arange(society.n)).strings()
    group_id = Ids("g", made.group_number, made.group_width).strings()
    tables["groups"] = _groups(society, groups, group_id)
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
        "people": people(planted.cast, account_id, planted, society.automated),
        "facts": facts(
            settings,
            society,
            planted,
            tables,
            account_id,
            _post_ids(made, (posts.number >= first) & (posts.number < first + len(medical))),
            groups,
            group_id,
        ),
        "situations": cards,
    }
    if "city" in settings:
        said = _post_ids(made, np.arange(len(posts)) >= len(posts) - len(staged.script.text))
        number, writer = posts.number[made.order], posts.writer[made.order]
        layers.add(
            stream,
            settings["city"],
            society,
            planted,
            staged,
            tables,
            truth,
            account_id,
            said,
            number,
            writer,
        )
    if "society" in settings:
        layers.add_society(
            stream,
            settings["society"],
            society,
            planted,
            groups,
            made.night,
            tables,
            truth,
            account_id,
            group_id,
            said,
        )
    if "market" in settings:
        layers.add_market(stream, settings["market"], society, tables, truth)
    for section, make in _FAMILIES.items():
        if section in settings:
            layers.add_family(make, stream, settings[section], society, planted, tables, truth)
    if planted.covert is not None:
        for table, columns in covert.truth(planted.covert, account_id).items():
            truth[table] = schema.frame(schema.TRUTH_BY_NAME[table], columns)
    world = settings["world"]
    meta = {
        "scenario": made.name,
        "title": world["title"],
        "seed": made.seed,
        "accounts": society.n,
        "version": schema.VERSION,
        "start": str(world["start"]),
        "days": world["days"],
        "faker": pools.check()["faker"],
        **_difficulty(stream, settings, society, planted),
    }
    return World(meta=meta, tables=tables, truth=truth)


def _post_ids(made: Draft, chosen: np.ndarray) -> np.ndarray:
    """Return the ids of some posts of the plan."""
    return Ids("p", made.post_ids(np.flatnonzero(chosen)), made.width).strings()


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
    return _named(planted.baseline or plant.baseline(stream, settings, society, planted))


def _named(baseline: dict) -> dict:
    return {f"baseline_{name}": value for name, value in baseline.items()}


def _medical(stream: str, settings: dict, society: Society, planted) -> np.ndarray:
    """Choose ordinary public accounts that post a medical fact about themselves."""
    count = settings.get("plants", {}).get("medical_posts", 0)
    taken = np.zeros(society.n, dtype=bool)
    taken[[part[0] for part in planted.cast] + [slot for slot, _ in planted.scope]] = True
    fits = (society.tier == 0) & (society.moved == 0) & ~society.automated & ~taken
    return ranked(stream + "/medical", np.flatnonzero(fits))[:count]


def _large_group(stream: str, settings: dict, society: Society, groups: Groups) -> Groups:
    """Give one closed group of Convivara a page that shows about 4,000 members."""
    shown = settings.get("plants", {}).get("large_group", 0)
    if not shown:
        return groups
    place = society.platforms.index("Convivara")
    members = np.flatnonzero((society.platform == place) & ~society.automated)
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
    grammar_roles = pools.grammar("pages.en")["bios"]
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
