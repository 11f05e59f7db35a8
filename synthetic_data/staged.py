"""Staged posts of the city: posts whose writer, second and words are planted one by one.

Amplifiers run by one hand and keen people who post as much; a night of rumours; boasts beside a
log of incidents; pairs of accounts with one hand or only alike; imitators; canaries; what the
shop owner and the witness go through, as cues for help and no more. Nothing here changes another
post: staged posts come last and have streams of their own.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from synthetic_data import city, pools, schema, text
from synthetic_data.casting import FIGUREHEAD, who
from synthetic_data.errors import WorldError
from synthetic_data.posts import MENTION, ORIGINAL, REPOST, Plan, moments
from synthetic_data.society import DAY, Society
from synthetic_data.streams import below, permutation, ranked

HOUR = 3600
WINDOW = 4  # seconds within which the amplifiers post
RUMOUR_DAY = 20
CANARIES = ("celebrity", "former partner", "councillor", "school")
QUIRKS = (
    lambda line: line.replace(" ", "  ", 1),
    lambda line: line + " !!1",
    lambda line: "ok so " + line,
    lambda line: line.replace(",", " ,") if "," in line else line + " , ha",
    lambda line: line + " tho",
    lambda line: line + " ...",
)

# What holds of the claims of the rumour night, in an order drawn for each seed: is it so, and how
# good is the source? Good and bad sources are right as often as wrong.
_LOTS = (
    (True, "bad"),
    (False, "good"),
    (True, "fair"),
    (False, "fair"),
    (False, "bad"),
    (True, "good"),
    (True, "fair"),
    (False, "fair"),
)
CLAIMS = len(_LOTS)
_RECORDS = {"good": (20, 19), "fair": (16, 11), "bad": (14, 3)}
_INCIDENTS = ("lights out", "painted shutters", "broken window", "flare over a yard", "cut nets")
_BOAST = {
    "lights out": (
        "somebody turned the lights off at {place}. guess who likes the dark",
        "{place} without lights, our kind of evening",
        "who needs lights? ask at {place}",
    ),
    "painted shutters": (
        "new colours on the shutters at {place}, you are welcome",
        "{place} had grey shutters. had",
        "we gave the shutters of {place} some art",
    ),
    "broken window": (
        "{place} needs a new window, so sad",
        "one window less at {place}, whoops",
        "fresh air at {place}, the window is open for good",
    ),
    "flare over a yard": (
        "red sky over {place}, that was us",
        "did you like our red sky at {place}?",
        "{place}, look up: red sky by us",
    ),
    "cut nets": (
        "no nets at {place} this week, ask why",
        "{place} can mend nets till summer, greetings",
        "somebody cut the nets at {place}. somebody",
    ),
}
_SHOP = (
    "closed early again. the same two came in and I had no quiet after",
    "I pay for peace at the shop and get none",
    "third visit this week. if anybody knows whom one can talk to, write to me",
)
_WITNESS = (
    "@{who} some people should stay quiet",
    "@{who} we all know who talks",
    "@{who} long walk home, isn't it",
)


@dataclass
class Script:
    """Staged posts, one entry per post in each list. `parent` is a place in the script or -1."""

    writer: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    language: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    label: list[str] = field(default_factory=list)

    def say(self, label, writer, time, words, language=0, kind=ORIGINAL, other=-1, parent=-1):
        """Add one post and return its place."""
        for name, value in (
            ("writer", int(writer)),
            ("time", int(time)),
            ("text", words),
            ("language", int(language)),
            ("kind", kind),
            ("other", int(other)),
            ("parent", parent),
            ("label", label),
        ):
            getattr(self, name).append(value)
        return len(self.text) - 1

    def plan(self, number: int) -> Plan:
        """Return the posts as a plan; `number`: that of the first post."""
        count = len(self.text)
        return Plan(
            number=number + np.arange(count),
            writer=np.array(self.writer, dtype=np.int64),
            other=np.array(self.other, dtype=np.int64),
            kind=np.array(self.kind, dtype=np.int64),
            time=np.array(self.time, dtype=np.int64),
            topic=np.zeros(count, dtype=np.int64),
            parent=np.array(self.parent, dtype=np.int64),
        )


@dataclass(frozen=True)
class Staged:
    """Everything staged: the script, the people, and what tables and truth need to know.

    `hands`: rows (slot, slot, same hand, clue). `claims`, `incidents`, `records`, `boasts`: rows
    for the tables of that name; posts in them are places in the script.
    """

    script: Script
    cast: list[tuple]
    hands: list[tuple]
    claims: list[tuple]
    records: list[tuple]
    incidents: list[tuple]
    boasts: list[tuple]


def stage(stream, settings, society: Society, planted, written, handle, avoid) -> Staged:
    """Write the script.

    Args:
        stream: root path.
        settings: the section [city].
        society: the accounts.
        planted: what is planted so far.
        written: ordinary posts per slot.
        handle: handle per slot.
        avoid: slots that must not be chosen.

    Raises:
        WorldError: the society is too small.
    """
    stream += "/staged"
    pool = ranked(stream + "/cast", without_part(society, planted, avoid, written <= 30))
    sizes = {
        "amplifier": settings["amplifiers"],
        "zealot": settings["zealots"],
        "imitator": 3,
        **dict.fromkeys(CANARIES, 1),
        "rumour origin": CLAIMS,
        "rumour voice": 40,
        "hand": 2 * (settings["same_hand_pairs"] + settings["look_alike_pairs"]),
    }
    own = settings.get("rumours", [])
    wanted = sum(sizes.values()) + len(own)
    if len(pool) < wanted:
        raise WorldError(
            f"the world is too small to cast {wanted} people of the city; ask for more accounts"
        )
    ends = np.cumsum(list(sizes.values()))
    people = dict(zip(sizes, np.split(pool[: ends[-1]], ends[:-1]), strict=True))
    # Rumours of the scenario's own come last, so that nobody else changes.
    people["rumour origin"] = np.append(people["rumour origin"], pool[ends[-1] : wanted])
    codes = {"amplifier": "AM", "imitator": "IM", **dict.fromkeys(CANARIES, "CA")}
    cast = [
        (int(slot), codes.get(role, "BG"), role, 0)
        for role, slots in people.items()
        if role != "hand"
        for slot in slots
    ]
    script = Script()
    _amplify(stream, society, script, people)
    claims, records = _rumours(stream, society, script, people)
    incidents, boasts = _boasts(stream, society, script, planted.cast)
    hands = _hands(stream, settings, society, script, people["hand"])
    _imitate(stream, society, script, people["imitator"])
    _victims(stream, society, script, planted.cast, handle)
    _weapons(stream, society, script, planted.cast)
    _canaries(stream, society, script, people)
    for number, claim in enumerate(own, CLAIMS):
        words = claim | {"spot" if claim["true"] else "wrong": claim["spot"]}
        told, record = _claim(stream, society, script, people, number, words, claim)
        claims.append(told)
        records.append(record)
    return Staged(script, cast, hands, claims, records, incidents, boasts)


def without_part(society: Society, planted, avoid, fits: np.ndarray) -> np.ndarray:
    """Return public accounts of Tikkeron that have no part yet.

    Args:
        society: the accounts.
        planted: what is planted so far.
        avoid: further slots to leave out.
        fits: which slots fit otherwise.
    """
    taken = np.concatenate(
        [
            [part[0] for part in planted.cast],
            [slot for slot, _ in planted.scope],
            planted.young,
            avoid,
        ]
    ).astype(np.int64)
    public = (society.tier == 0) & (society.moved == 0) & ~society.automated
    public &= society.platform == society.platforms.index("Tikkeron")
    return np.setdiff1d(np.flatnonzero(public & fits), taken)


def _at(society: Society, day: int, seconds) -> int:
    return society.start + (day - 1) * DAY + int(seconds)


def _amplify(stream, society, script, people) -> None:
    """Amplifiers post the same link within seconds; zealots post as much, as people do."""
    bots, keen = people["amplifier"], people["zealot"]
    days = (society.end - society.start) // DAY
    bursts = 24
    used = dict.fromkeys(bots.tolist(), 0)
    push = pools.grammar("staged")
    # One hand writes in one language; it takes some lines anew for each link.
    tongue = int(below(stream + "/tongue", 0, len(pools.LANGUAGES))[0])

    def line(which, turn, theme, language, link=""):
        words = push[which][pools.LANGUAGES[language]]
        said = words[turn % len(words)]
        return said.format(topic=push["topics"][pools.LANGUAGES[language]][theme], link=link)

    for burst in range(bursts):
        day = 1 + burst * days // bursts
        start = _at(society, day, 7 * HOUR + int(below(stream + "/burst", burst, 14 * HOUR)[0]))
        theme = burst % len(push["topics"]["en"])
        link = f"claro-now.example/{100 + burst}"
        size = len(bots) * (30 + int(below(stream + "/size", burst, 25)[0])) // 100
        # Who took part least comes first, so that every account is used often enough.
        crew = sorted(
            ranked(f"{stream}/crew/{burst}", bots).tolist(), key=lambda slot: used[slot] // 2
        )[:size]
        for slot in crew:
            used[slot] += 1
        for turn, slot in enumerate(crew):
            copied = int(below(f"{stream}/line/{burst}", turn % 4, 1 << 20)[0])
            words = line("push", copied, theme, tongue, link)
            late = int(below(f"{stream}/late/{burst}", slot, WINDOW)[0])
            script.say("amplifier", slot, start + late, words, tongue)
        # Keen people share the link, too, in their own time; one by chance at the same moment.
        fans = ranked(f"{stream}/keen/{burst}", keen)[:5].tolist()
        for turn, slot in enumerate(fans):
            wait = 600 + int(below(f"{stream}/wait/{burst}", slot, 5 * HOUR)[0])
            wait = 2 if turn == 0 and burst % 6 == 0 else wait
            language = int(society.language[slot])
            own = int(below(f"{stream}/own/{burst}", slot, 1 << 20)[0])
            words = line("push", own, theme, language, link)
            script.say("zealot", slot, min(start + wait, society.end - 1), words, language)
    for slot in keen.tolist():
        index = slot * 64 + np.arange(18 + int(below(stream + "/more", slot, 10)[0]))
        for turn, time in enumerate(moments(stream + "/zeal", index, society.start, days)):
            theme = int(below(stream + "/theme", index[turn], len(push["topics"]["en"]))[0])
            drawn = int(below(stream + "/said", index[turn], 1 << 20)[0])
            language = int(society.language[slot])
            opens = push["keen"][pools.LANGUAGES[language] + "_open"]
            words = f"{opens[drawn // 64 % len(opens)]} {line('keen', drawn % 64, theme, language)}"
            script.say("zealot", slot, time, words.strip(), language)


def _rumours(stream, society, script, people) -> tuple[list, list]:
    """Claims of one night, what is known of those who tell them, and a decoy."""
    voices = people["rumour voice"]
    claims, records = [], []
    words = pools.grammar("staged")
    lots = permutation(stream + "/lots", CLAIMS)
    for number, which in enumerate(permutation(stream + "/claims", CLAIMS).tolist()):
        true, grade = _LOTS[lots[number]]
        lot = {"true": true, "source": grade}
        claim, record = _claim(stream, society, script, people, number, words["claim"][which], lot)
        claims.append(claim)
        records.append(record)
    for slot in voices[:15].tolist():
        checked = 6 + int(below(stream + "/checked", slot, 10)[0])
        records.append((slot, checked, 2 + int(below(stream + "/right", slot, checked - 2)[0])))
    # A decoy for whoever reads along: well written, late, and from an account with no record.
    language = int(society.language[voices[-1]])
    decoy = words["decoy"][pools.LANGUAGES[language]]
    script.say("decoy", voices[-1], _at(society, RUMOUR_DAY, 23 * HOUR + 600), decoy, language)
    return claims, records


def _claim(stream, society, script, people, number: int, claim: dict, lot: dict) -> tuple:
    """One claim: its first post, its retelling, its reposts, and word from the spot.

    Args:
        stream: root path.
        society: the accounts.
        script: gets the posts.
        people: slots by role.
        number: of the claim; it decides when the claim begins and who makes it.
        claim: its words: `text`, posts `en` and `es`, `spot` if it is true, `wrong` if not.
        lot: `true`, and `source`, how good the source is.

    Returns:
        (text, true, source, first post, most shared post), and (slot, checked, right).
    """
    voices, true, grade = people["rumour voice"], lot["true"], lot["source"]
    said = [claim[language] for language in pools.LANGUAGES]
    path = f"{stream}/claim/{number}"
    begin = 19 * HOUR + number * 600 + int(below(path + "/begin", 0, 1200)[0])
    author = int(people["rumour origin"][number])
    language = int(society.language[author])
    origin = script.say(
        f"claim {number}",
        author,
        _at(society, RUMOUR_DAY, begin),
        said[language][0],
        language,
    )
    tellers = ranked(path + "/tellers", voices)[:14].tolist()
    told = []
    for turn, slot in enumerate(tellers[:10]):
        wait = 240 + turn * 500 + int(below(path + "/wait", turn, 400)[0])
        language = int(society.language[slot])
        others = said[language][1:]
        place = script.say(
            f"claim {number}",
            slot,
            _at(society, RUMOUR_DAY, begin + wait),
            others[turn % len(others)],
            language,
        )
        told.append((place, wait))
    # One retelling catches on: it gets more reposts than the first post does.
    star, since = told[1 + int(below(path + "/star", 0, 3)[0])]
    for parent, after, count in ((origin, 0, 3), (star, since, 11)):
        crowd = ranked(f"{path}/crowd/{count}", voices)[:count]
        for turn, slot in enumerate(crowd.tolist()):
            if slot == script.writer[parent]:
                continue
            late = begin + after + 60 + turn * 300
            when = _at(society, RUMOUR_DAY, late + int(below(path + "/again", slot, 200)[0]))
            script.say(
                f"claim {number}",
                slot,
                when,
                "",
                script.language[parent],
                REPOST,
                script.writer[parent],
                parent,
            )
    for turn, slot in enumerate(tellers[10:12]):
        late = 22 * HOUR + 600 * turn + int(below(path + "/spot", turn, 500)[0])
        language = int(society.language[slot])
        spot = claim["spot" if true else "wrong"][language]
        script.say(f"word {number}", slot, _at(society, RUMOUR_DAY, late), spot, language)
    return (claim["text"], true, grade, origin, star), (author, *_RECORDS[grade])


def _boasts(stream, society, script, cast) -> tuple[list, list]:
    """Ten incidents, ten boasts; three boasts name kind and place of one in time."""
    places = city.places()
    quays = places[places["kind"].isin(["quay", "market hall", "port"])]
    names, ids = quays["name"].tolist(), quays["place_id"].tolist()
    order = permutation(stream + "/incident", 10)
    incidents = []
    for number in range(10):
        day = 2 + number * 26 // 10
        time = _at(society, day, 20 * HOUR + int(below(stream + "/event", number, 7 * HOUR)[0]))
        kind = _INCIDENTS[int(order[number]) % len(_INCIDENTS)]
        place = (int(order[number]) * 3 + number) % len(names)
        incidents.append((time, time + 9 * HOUR, ids[place], kind, place))
    crew = [p[0] for p in cast if p[1] == "HL" and p[2] in ("member", "courier", "leader")]
    crew = ranked(stream + "/crew-boast", np.array(crew))[:3].tolist()
    loud = ranked(stream + "/loud", who(cast, "boaster"))[:7].tolist()
    pick = permutation(stream + "/which", 10)
    boasts = []
    for turn, slot in enumerate([*crew, *loud]):
        time, _, _, kind, place = incidents[int(pick[turn])]
        wait = 900 + int(below(stream + "/soon", turn, 3 * HOUR)[0])
        match = int(pick[turn]) if turn < 3 else -1
        if turn in (3, 4):  # in time, right place, wrong deed
            kind = _INCIDENTS[(_INCIDENTS.index(kind) + turn - 2) % len(_INCIDENTS)]
        elif turn in (5, 6):  # in time, right deed, wrong place
            place = (place + 4) % len(names)
        elif turn > 6:  # right deed and place, before it happened
            wait = -(2 * DAY) + wait if time - 2 * DAY > society.start else -HOUR
        said = _BOAST[kind]
        words = said[int(below(stream + "/words", turn, len(said))[0])].format(place=names[place])
        said = script.say("boast", slot, min(time + wait, society.end - 1), words)
        boasts.append((said, match))
    return incidents, boasts


def _hands(stream, settings, society, script, slots) -> list[tuple]:
    """Pairs with one hand share hours and a typing quirk; look-alikes share one of the two."""
    days = (society.end - society.start) // DAY
    same, alike = settings["same_hand_pairs"], settings["look_alike_pairs"]
    rows = []
    topics = [text.topic(name) for name in ("food", "work", "city", "family", "music")]
    for number in range(same + alike):
        one, two = (int(slot) for slot in slots[2 * number : 2 * number + 2])
        path = f"{stream}/hand/{number}"
        quirk = QUIRKS[number % len(QUIRKS)]
        one_hand, typing = number < same, number < same or number % 2 == 0
        timing = one_hand or not typing
        other = quirk if typing else QUIRKS[(number + 2) % len(QUIRKS)]
        clue = " and ".join(
            word for word, is_so in (("typing", typing), ("timing", timing)) if is_so
        )
        for turn, (slot, way) in enumerate(((one, quirk), (two, other))):
            index = number * 64 + np.arange(20)
            own = turn if not timing else 0
            start = moments(f"{path}/session/{own}", index // 2, society.start, days - 1)
            gap = np.where(index % 2, 200, 20) + below(f"{path}/gap/{turn}", index, 90)
            time = start + gap + (100 if turn and timing else 0)
            theme = np.array(topics)[below(f"{path}/topic/{turn}", index, len(topics))]
            language = np.full(20, society.language[slot])
            nobody = np.full(20, "", dtype=object)
            # Hand-typed lines: no tags, no emoji of the grammar.
            lines, _, _ = text.write_posts(
                f"{path}/text/{turn}", index, theme, language, nobody, np.full(20, 4), time
            )
            lines = [" ".join(w for w in line.split() if "#" not in w) for line in lines]
            for when, line in zip(time.tolist(), lines, strict=True):
                script.say("hand", slot, when, way(line), society.language[slot])
        rows.append((one, two, one_hand, clue))
    return rows


def _imitate(stream, society, script, slots) -> None:
    """The twin of the ferry page and the two of the figurehead write in their own language."""
    words = pools.grammar("staged")["imitators"]
    for turn, slot in enumerate(slots.tolist()):
        language = int(society.language[slot])
        said = words[f"{'king' if turn else 'twin'}_{pools.LANGUAGES[language]}"]
        order = permutation(f"{stream}/imitate/{turn}/words", len(said))
        for k in range(4):
            time = moments(f"{stream}/imitate/{turn}", np.array([k]), society.start, 27)
            script.say("imitator", slot, time[0], said[order[k]], language)


def _victims(stream, society, script, cast, handle) -> None:
    """Cues for help, shortened: the shop owner is pressed, the witness is harassed."""
    for slot in who(cast, "shop owner").tolist():
        for turn, words in enumerate(_SHOP):
            time = _at(society, 6 + 3 * turn, 19 * HOUR + below(stream + "/shop", turn, HOUR)[0])
            script.say("shop owner", slot, time, words)
    loud = ranked(stream + "/harass", who(cast, "boaster"))[-6:].tolist()
    for witness in who(cast, "witness").tolist():
        for turn, slot in enumerate(loud):
            time = _at(society, 11 + turn, 21 * HOUR + below(stream + "/hard", turn, 2 * HOUR)[0])
            words = _WITNESS[turn % len(_WITNESS)].format(who=handle[witness])
            script.say("witness", slot, time, words, 0, MENTION, witness)


def _weapons(stream, society, script, cast) -> None:
    """25 posts in a hard style with a picture: 8 by the group, 17 by people who only boast."""
    said = [
        [line for line in pools.grammar(name)["topics"]["boast"]["templates"] if "{" not in line]
        for name in pools.LANGUAGES
    ]
    crew = [p[0] for p in cast if p[1] == "HL" and p[2] in ("member", "courier", "leader")]
    crew = ranked(stream + "/armed", np.array(crew))[:8].tolist()
    loud = ranked(stream + "/armed", who(cast, "boaster"))[:17].tolist()
    for turn, slot in enumerate([*crew, *loud]):
        time = moments(stream + "/armed/at", np.array([turn]), society.start, 28)[0]
        language = int(society.language[slot])
        words = said[language]
        script.say("weapon style", slot, time, words[turn % len(words)], language)


def _canaries(stream, society, script, people) -> None:
    words = pools.grammar("staged")["canaries"]
    for turn, role in enumerate(CANARIES):
        for slot in people[role].tolist():
            language = int(society.language[slot])
            said = words[role.split()[-1]][pools.LANGUAGES[language]]
            for k in range(3):
                index = np.array([turn * 8 + k])
                time = moments(stream + "/canary", index, society.start, 28)[0]
                script.say("canary", slot, time, said[k], language)


def faces(found: dict, cast: list[tuple]) -> None:
    """Give imitators and canaries their handles, names and bios, in place."""
    handle, name, bio = found["handle"], found["name"], found["bio"]
    ferry, head = who(cast, "ferry service"), who(cast, FIGUREHEAD)
    twin, *others = who(cast, "imitator").tolist()
    # The first i is the letter U+0456, which looks the same and is another one.
    handle[twin] = handle[ferry[0]].replace("i", "\u0456", 1)
    name[twin], bio[twin] = name[ferry[0]] + " OFFICIAL", "the one official page"
    for slot, tail in zip(others, ("_real", ".king"), strict=True):
        handle[slot], name[slot] = handle[head[0]] + tail, name[head[0]]
        bio[slot] = "the only true account"
    for slot in who(cast, "celebrity"):
        bio[slot] = "actor, stage and screen"
    for slot in who(cast, "former partner"):
        bio[slot] = "nurse, runner, no drama please"
    for slot in who(cast, "councillor"):
        name[slot], bio[slot] = f"Councillor {name[slot]}", "Puerto Claro city council"
    for slot in who(cast, "school"):
        name[slot], bio[slot] = "School 2 Puerta Norte", "news for parents and pupils"


def with_cast(planted, staged: Staged):
    """Return what is planted with the staged people in its cast."""
    return replace(planted, cast=planted.cast + staged.cast)


def tables(stream, staged: Staged, account_id, post_id) -> dict[str, pd.DataFrame]:
    """Return `claims`, `records` and `incidents`, and the truth tables `rumours` and `boasts`.

    Args:
        stream: root path.
        staged: what is staged.
        account_id: id per slot.
        post_id: id per post of the script.
    """
    by_name = schema.BY_NAME | schema.TRUTH_BY_NAME
    claim_ids = [f"k-{number}" for number in range(1, len(staged.claims) + 1)]
    incident_ids = [f"i-{number:02d}" for number in range(1, len(staged.incidents) + 1)]
    claim, true, _, origin, star = zip(*staged.claims, strict=True)
    rows = sorted(staged.records)
    slot, checked, right = zip(*rows, strict=True)
    time, reported, place, kind, _ = zip(*staged.incidents, strict=True)
    said, match = zip(*staged.boasts, strict=True)
    columns = {
        "claims": {"claim_id": claim_ids, "text": claim},
        "records": {
            "account_id": account_id[list(slot)],
            "checked": list(checked),
            "right": list(right),
        },
        "incidents": {
            "incident_id": incident_ids,
            "time": np.array(time),
            "reported": np.array(reported),
            "place_id": place,
            "kind": kind,
        },
        "rumours": {
            "claim_id": claim_ids,
            "true": list(true),
            "origin": post_id[list(origin)],
            "most_shared": post_id[list(star)],
        },
        "boasts": {
            "post_id": post_id[list(said)],
            "incident_id": [incident_ids[turn] if turn >= 0 else None for turn in match],
        },
    }
    return {name: schema.frame(by_name[name], values) for name, values in columns.items()}
