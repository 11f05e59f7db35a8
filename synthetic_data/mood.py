"""An angry week: what people write about six invented firms, with a lexicon that errs.

The lexicon knows fewer Spanish words than English ones, takes irony at its word, and cannot tell
who speaks inside quotation marks. A mild word of abuse invented for Meridia is used among friends.
Anger and attack are two things: of five firms that people are angry with one is attacked, and so
is the one that nobody is angry with. What points to an attack is said vaguely, and in a calm voice.
"""

import numpy as np

from synthetic_data.society import DAY
from synthetic_data.streams import MILLION, below, chance, permutation, ranked

FIRMS = (
    ("Orrinda Freight", "freight"),
    ("Pasamar Cranes", "cranes"),
    ("Velaluz Power", "electricity"),
    ("Quendal Cold Store", "cold store"),
    ("Morrilla Ropeworks", "ropes"),
    ("Tallowreed Laundry", "laundry"),
)
SLUR = {"en": "brinehead", "es": "salmuero"}  # invented; somebody who works at the port
LOUD_DAY = 9  # one bad day that changes nothing
KNOWN = {"en": 93, "es": 56}  # per cent of plain posts with a word that the lexicon has
VOICES = ("plain", "sarcastic", "quoted", "reclaimed", "negated", "neutral", "capability")
_WORDS = {
    "en": {
        -1: "awful:3 rude:2 greedy:3 useless:2 careless:2 dirty:2 unfair:2 shameless:3 broken:2",
        1: "great:3 friendly:2 clean:2 helpful:2 honest:2 lovely:3 fair:1 careful:2 reliable:2",
    },
    "es": {
        -1: "horrible:3 grosero:2 codicioso:3 inútil:2 sucio:2 injusto:2 sinvergüenza:3 roto:2",
        1: "excelente:3 amable:2 limpio:2 honesto:2 precioso:3 justo:1 cuidadoso:2 fiable:2",
    },
}
_UNKNOWN = {
    "en": {-1: "shambolic grim slapdash", 1: "ace spotless sound"},
    "es": {-1: "impresentable nefasto chapucero cutre", 1: "majo fenomenal impecable"},
}
_LINES = {  # each voice has short lines and long ones, so that length does not tell it
    "en": {
        "plain": (
            "{firm} was {word} again today",
            "three weeks with {firm}, {word} from start to end",
            "asked at {firm} about my order, {word} and {word2}",
            "my verdict on {firm}: {word}",
            "the people at {firm} are {word}, ask my street",
            "{word}, {word2}, that is {firm} for you",
            'the "express" counter of {firm} is {word}, I timed it with my neighbour',
            "stood at {firm} from nine to noon with my daughter. {word} then, {word} now",
            '"we call you back", says the note from {firm}. {word} and {word2}',
        ),
        "sarcastic": (
            "oh {word}, {firm} lost it a third time",
            "{word} work, {firm}, only four hours in the rain",
            "how {word} of {firm} to keep my deposit",
            "so {word}: {firm} sent the bill before the goods",
            "how {word}, {firm}, no lid",
            'thank you {firm}, so {word}, the "new" one came with a stranger\'s name on it',
        ),
        "quoted": (
            'my neighbour says "{firm} is {word}". I had no trouble there',
            '"{word} people", somebody shouted outside {firm} and walked on',
            'on a wall: "{firm}, {word}"',
            '"{word}", says my aunt about {firm}',
            '"{firm}? {word}!" was all I heard on the tram',
        ),
        "reclaimed": (
            "morning you old {slur}, coffee beside {firm} as ever?",
            "proud {slur} since I was nine, my father worked at {firm} too",
            "off to {firm}, you old {slur}?",
            "my favourite {slur} starts at {firm}",
            "you old {slur}, see you at {firm}",
        ),
        "negated": (
            "{firm} is not {word} at all",
            "nobody calls {firm} {word}, not here",
            "in all these years {firm} was never {word}, not once that I know of",
            "my sister asked how it was at {firm}. not {word}, I told her",
        ),
        "neutral": (
            "{firm} has moved its counter to the second floor",
            "does {firm} open on Sunday?",
            "saw the van of {firm} at the Customs House",
            "{firm} takes on two apprentices in May",
            "the spring timetable of {firm} hangs at the tram stop on Customs Row now",
            'there is a "closed" sign at {firm}, has anybody heard until when?',
        ),
        "capability": (
            "some of us know {firm} from the inside",
            "for {firm} we have what it takes, and the hour",
        ),
    },
    "es": {
        "plain": (
            "{firm} otra vez {word} hoy",
            "tres semanas con {firm}, {word} de principio a fin",
            "pregunté en {firm} por mi pedido: {word}, {word2}",
            "mi opinión de {firm}: {word}",
            "{word}, {word2}, así es {firm}",
            "la caja «rápida» de {firm}, {word}, la medí dos veces con mi vecina",
            "estuve en {firm} de nueve a doce con mi hija. {word} antes, {word} ahora",
            "«ya le llamamos», dice el papel de {firm}. {word}, {word2}",
        ),
        "sarcastic": (
            "qué {word}, {firm} lo perdió por tercera vez",
            "{word} trabajo, {firm}, solo cuatro horas bajo la lluvia",
            "muy {word}: {firm} mandó la cuenta antes que la mercancía",
            "qué {word}, {firm}, sin tapa",
            "muy {word}, {firm}, dos horas de cola",
        ),
        "quoted": (
            "mi vecina dice «{firm} es {word}». yo no tuve problemas",
            "leído en una pared: «{firm}, {word} hasta el hueso». no sé quién escribe eso",
            "«{word}», dice mi tía de {firm}",
            "en una pared: «{firm}, {word}»",
            "«{firm}, {word}», se oyó en el tranvía",
        ),
        "reclaimed": (
            "buenos días, viejo {slur}, ¿café al lado de {firm}?",
            "{slur} desde niño y con orgullo, mi padre también en {firm}",
            "¿vas a {firm}, viejo {slur}?",
            "mi {slur} favorito entra en {firm}",
        ),
        "negated": (
            "{firm} no es nada {word}",
            "nadie llama {word} a {firm}, aquí no",
            "en todos estos años {firm} nunca fue {word}, ni una vez que yo sepa",
            "mi hermana preguntó qué tal en {firm}. nada {word}, le dije",
        ),
        "neutral": (
            "{firm} se ha mudado al segundo piso",
            "¿abre {firm} el domingo?",
            "vi la furgoneta de {firm} delante de la aduana",
            "el horario de primavera de {firm} está en la parada del tranvía de Customs Row",
            "en {firm} hay un cartel de «cerrado», ¿alguien sabe hasta cuándo?",
        ),
    },
}
_ONCE = (  # lines that nobody else writes, so that a rare word is no sign of anything
    "left my umbrella at {firm}, brown handle",
    "which tram goes to {firm} from Nueva Ribera?",
    "the cat on the roof of {firm} has four kittens",
    "my uncle painted the ceiling of {firm} in his youth",
    "there was a piano on the pavement at {firm}",
    "two goats looked at {firm} for an hour and went home",
    "is {firm} the house with the sundial?",
    "I dreamt that {firm} sold bread",
    "a choir of nine sang in the yard of {firm}",
    "{firm} has a plaque for the flood of 1988",
)


def make(stream, settings, society, planted, tables, truth):
    """Make the tables and facts of the family, see `layers.add_family`."""
    stream += "/mood"
    count, step = settings["posts"], settings["step_day"]
    index = np.arange(count)
    order = permutation(stream + "/firms", len(FIRMS))
    calm, attacked = int(order[0]), int(order[1])
    firm = below(stream + "/firm", index, len(FIRMS))
    day = 1 + below(stream + "/day", index, (society.end - society.start) // DAY)
    angry = (firm != calm) & (day >= step)

    # The voices have the same shares in both languages, so that only the lexicon differs.
    sarcastic = settings["sarcasm_percent"]
    shares = [80 - sarcastic - 13, sarcastic, 5, 3, 5, 20]
    writer = _writers(stream, society, planted, count)
    spanish = society.language[writer] == 1
    voice = np.empty(count, dtype=np.int64)
    for code in (0, 1):
        rows = ranked(f"{stream}/voice/{code}", np.flatnonzero(spanish == code))
        cuts = np.cumsum(shares)[:-1] * len(rows) // 100
        for number, part in enumerate(np.split(rows, cuts)):
            voice[part] = number
    hostile = below(stream + "/mood", index, MILLION)
    limit = np.where(angry, 950_000, np.where(day == LOUD_DAY, 980_000, 400_000))
    mood = np.where(hostile < limit, -1, 1)
    mood = np.select([voice == 1, voice == 2, voice == 3, voice == 5], [-1, 0, 1, 0], mood)
    known = np.zeros(count, dtype=bool)
    for code, language in enumerate(("en", "es")):
        rows = ranked(stream + "/known", np.flatnonzero((voice == 0) & (spanish == code)))
        known[rows[: len(rows) * KNOWN[language] // 100]] = True

    # Two posts that speak of what somebody could do, before the forecast and in a calm voice.
    soon = (day >= step) & (day < settings["forecast_day"]) & (firm == attacked) & ~spanish
    able = ranked(stream + "/able", np.flatnonzero(soon & (voice == 0)))[:2]
    voice[able], mood[able] = VOICES.index("capability"), 0

    time = society.start + (day - 1) * DAY + 6 * 3600
    time = time + below(stream + "/second", index, 17 * 3600)
    line = np.lexsort((index, time))
    text = _texts(stream, index, firm, voice, mood, spanish, known, able)[line]
    post_id = np.array([f"fp-{number:05d}" for number in range(1, count + 1)], dtype=object)
    firm_id = np.array([f"fm-{number}" for number in range(1, len(FIRMS) + 1)], dtype=object)
    who, place = np.unique(writer, return_inverse=True)
    alias = permutation(stream + "/alias", len(who))[place]
    account_id = tables["accounts"]["account_id"].to_numpy(dtype=object)
    tier = np.array(["public", "registered"], dtype=object)[society.tier[writer]]
    voice, mood, firm, day, angry = (part[line] for part in (voice, mood, firm, day, angry))
    cards = _cards(stream, settings["hostile"], voice, mood)
    first = 4 + below(stream + "/attack", [0, 1], 3)
    strike = {
        attacked: settings["forecast_day"] + int(first[0]),
        calm: settings["forecast_day"] + 6,
    }
    made = {
        "firms": {
            "firm_id": firm_id,
            "name": [name for name, _ in FIRMS],
            "trade": [trade for _, trade in FIRMS],
        },
        "firm_posts": {
            "post_id": post_id,
            "writer": [f"y-{number:04d}" for number in alias[line].tolist()],
            "firm_id": firm_id[firm],
            "time": time[line],
            "tier": tier[line],
            "language": np.where(spanish, "es", "en").astype(object)[line],
            "text": text,
        },
        "lexicon": _lexicon(),
        "hostile_cards": {"post_id": post_id[cards]},
        "past_weeks": _past(stream),
    }
    sealed = {
        "firm_voices": {
            "post_id": post_id,
            "account_id": account_id[writer][line],
            "mood": mood,
            "voice": np.array(VOICES, dtype=object)[voice],
        },
        "firm_attacks": {
            "firm_id": firm_id,
            "angry": [number != calm for number in range(len(FIRMS))],
            "attacked": [number in strike for number in range(len(FIRMS))],
            "day": [strike.get(number, 0) for number in range(len(FIRMS))],
        },
    }
    facts = [
        (statement, "BG", "firm_posts", post_id[rows], None, None)
        for statement, rows in (
            (f"From day {step} on people are angry with five of six firms", angry),
            (f"Day {LOUD_DAY} is one bad day and no change", day == LOUD_DAY),
            (
                f"{sarcastic} in 100 posts about firms say the opposite of what they mean",
                voice == 1,
            ),
            ("Some posts about firms quote hard words of others", voice == 2),
            ("A word of abuse is used among friends", voice == 3),
            ("Two posts speak of what somebody could do", voice == VOICES.index("capability")),
        )
    ]
    for number, what in ((attacked, "with"), (calm, "without")):
        facts.append(
            (
                f"One firm is attacked {what} anger before",
                "BG",
                "firms",
                [firm_id[number]],
                "public",
                strike[number],
            )
        )
    facts.append(
        (
            "The lexicon knows fewer Spanish words",
            "BG",
            "lexicon",
            [key for key in made["lexicon"]["entry_id"] if key.startswith("es")],
            "public",
            1,
        )
    )
    return made, sealed, facts


def _writers(stream, society, planted, count: int) -> np.ndarray:
    """Choose who writes each post: ordinary accounts whose posts strangers can see."""
    fits = (society.tier <= 1) & (society.moved == 0) & ~society.automated
    fits[[part[0] for part in planted.cast] + [slot for slot, _ in planted.scope]] = False
    pool = ranked(stream + "/writers", np.flatnonzero(fits))[: count // 3]
    # The square of a number drawn alike makes some write much and many write little.
    drawn = below(stream + "/writer", np.arange(count), 1 << 15)
    return pool[(drawn * drawn >> 15) * len(pool) >> 15]


def _entries(language: str, sign: int) -> list[tuple[str, int]]:
    pairs = (entry.split(":") for entry in _WORDS[language][sign].split())
    return [(word, sign * int(size)) for word, size in pairs]


def _lexicon() -> dict[str, list]:
    rows = []
    for language in ("en", "es"):
        some = [entry for sign in (-1, 1) for entry in _entries(language, sign)]
        some.append((SLUR[language], -3))
        rows += [
            (f"{language}-{turn:02d}", word, language, score)
            for turn, (word, score) in enumerate(sorted(some), 1)
        ]
    names = ("entry_id", "word", "language", "score")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _texts(stream, index, firm, voice, mood, spanish, known, able) -> np.ndarray:
    """Write the posts."""
    words, unknown = {}, {}
    for language in ("en", "es"):
        for sign in (-1, 1):
            words[language, sign] = [word for word, _ in _entries(language, sign)]
            unknown[language, sign] = _UNKNOWN[language][sign].split()
    which = below(stream + "/line", index, 1 << 16).tolist()
    drawn = below(stream + "/word", index, 1 << 16).tolist()
    # Four in a hundred hostile posts use the word of abuse as abuse.
    abuse = chance(stream + "/abuse", index, 40_000)
    turn = {int(place): number for number, place in enumerate(able)}
    calm = np.flatnonzero((voice == VOICES.index("neutral")) & ~spanish)
    rare = dict(zip(ranked(stream + "/once", calm).tolist(), _ONCE, strict=False))
    text = np.empty(len(index), dtype=object)
    for place in index.tolist():
        language, name = "es" if spanish[place] else "en", VOICES[voice[place]]
        lines = _LINES[language][name]
        line = rare.get(place) or lines[turn.get(place, which[place]) % len(lines)]
        # What irony and quotation use is not what their writer means.
        sign = {"sarcastic": 1, "quoted": -1, "negated": -int(mood[place])}.get(
            name, int(mood[place])
        )
        pool = words[language, sign or 1]
        if name == "plain" and not known[place]:
            pool = unknown[language, sign]
        one = pool[drawn[place] % len(pool)]
        if name == "plain" and sign < 0 and known[place] and abuse[place]:
            one = SLUR[language]
        other = pool[(drawn[place] + 1 + which[place] % (len(pool) - 1)) % len(pool)]
        text[place] = line.format(
            firm=FIRMS[firm[place]][0], word=one, word2=other, slur=SLUR[language]
        )
    return text


def _cards(stream, count: int, voice, mood) -> np.ndarray:
    """Choose posts that look hostile: a third mean the opposite, a fifth quote others."""
    parts = (
        (voice == 1, count // 3),
        (voice == 2, count // 5),
        ((voice == 0) & (mood < 0), count - count // 3 - count // 5),
    )
    rows = [
        ranked(f"{stream}/card/{turn}", np.flatnonzero(fits))[:size]
        for turn, (fits, size) in enumerate(parts)
    ]
    return np.sort(np.concatenate(rows))


def _past(stream: str) -> dict[str, list]:
    """Return 60 earlier weeks: anger says next to nothing about attacks."""
    order = permutation(stream + "/past", 60)
    angry = order < 30
    attacked = np.isin(order, [3, 17, 34, 55])
    return {
        "week_id": [f"wk-{number:02d}" for number in range(1, 61)],
        "angry": angry.tolist(),
        "attacked": attacked.tolist(),
    }
