"""What a person should look at: signs that work was shared. A flag is a question, never a mark.

Four signs, each with its evidence side by side:

- **code**: answers that are nearly the same and that few others wrote. Comments, layout, the
  names that a learner chose, the order of statements and the released starter code do not count.
- **answer**: the same answer on two worlds whose right answers differ.
- **world**: traces of another learner's world or pack in a notebook.
- **ledger**: a desk's ledger whose chain is broken, or that does not replay on its world.

How surprising like code is, is counted in bits, as in Good 1950, Probability and the Weighing of
Evidence: an answer that n of N learners share is worth log2(N / n), up to three times as much if
it is long. A pair is shown when all its like answers together are worth more than log2 of the
number of pairs, and three bits: by chance alone, with answers that do not depend on each other,
less than one class in eight would show such a pair. Learners who worked from the same hint or
textbook do depend on each other, so look, and ask.
"""

import ast
import io
import json
import math
import pickle
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import chain, combinations
from typing import Any

from rapidfuzz.distance import Indel

from socmint.chain import first_break
from socmint.course import load
from socmint.grading import score
from socmint.grading.classroom import Class, state, stored_keys
from socmint.grading.rebuild import UnreadableError, rebuild

NEAR = 0.9
"""Share of tokens, in order, from which two answers are called alike."""
LEAST = 8
"""Own tokens below which an answer is too short to tell anything."""
LOOKS = ("search", "view", "watch", "enter", "order")
"""The calls of the desk that show items, each at its price."""
MOST_WORDS = 200
"""Characters of a search that a ledger keeps."""
LONG = 40
"""Own tokens of an answer that counts once; three times as many count three times."""
MOST = 2000
"""Statements of an answer that are compared. The longest of the labs' own has about thirty."""
MARGIN = 3.0
"""Bits above the number of pairs, from which a pair is shown."""


@dataclass(frozen=True)
class Flag:
    """Something for a person to look at.

    Attributes:
        kind: 'code', 'answer', 'world' or 'ledger'.
        learners: whom it concerns.
        sentence: what was found.
        evidence: what to lay side by side: a title and a text for each learner.
        strength: bits of surprise for code, otherwise the number of finds.
    """

    kind: str
    learners: tuple[str, ...]
    sentence: str
    evidence: tuple[tuple[str, tuple[str, ...]], ...] = ()
    strength: float = 0.0


def flags(group: Class, topic: str) -> list[Flag]:
    """Return what is worth a look in a lab, the strongest first of each kind.

    Args:
        group: the class.
        topic: the lab; its answers are compared as far as it is graded.
    """
    data = {
        learner.id: path.read_bytes()
        for learner in group.learners
        if (path := group.path("submitted", topic, f"{learner.id}.ipynb")).exists()
    }
    results = {name: state(group, topic, name) for name in data}
    found = [
        *alike(score.template_of(topic), data),
        *same_answers(group, topic, results),
        *other_worlds(group, topic, data),
        *ledgers(group, topic),
    ]
    order = ("world", "answer", "ledger", "code")
    return sorted(found, key=lambda one: (order.index(one.kind), -one.strength, one.learners))


def as_data(found: Iterable[Flag]) -> list[dict[str, Any]]:
    """Return flags as plain data."""
    return [asdict(one) for one in found]


# ---- code ----------------------------------------------------------------------------------------


def alike(template: bytes, data: Mapping[str, bytes]) -> list[Flag]:
    """Return pairs of submissions whose code is alike beyond chance.

    Args:
        template: the released lab.
        data: learner → what was handed in.
    """
    stubs, given = _release(template)
    written: dict[str, dict[str, str]] = {}
    for learner, book in data.items():
        try:
            rebuilt = rebuild(template, book)
        except UnreadableError:
            continue
        own = {n: "\n".join([*rebuilt.own.get(n, []), s]) for n, s in rebuilt.answers.items()}
        written[learner] = {n: s for n, s in own.items() if s.strip() != stubs[n].strip()}
    tokens = {learner: _tokens(own, stubs, given) for learner, own in written.items()}
    pairs = list(combinations(sorted(written), 2))
    if not pairs:
        return []
    bits: dict[tuple[str, str], dict[str, float]] = {pair: {} for pair in pairs}
    for name in stubs:
        here = {learner: own[name] for learner, own in tokens.items() if own.get(name)}
        near = {pair: _near(here[pair[0]], here[pair[1]]) for pair in combinations(sorted(here), 2)}
        count = dict.fromkeys(here, 1)
        for pair, like in near.items():
            for learner in pair if like >= NEAR else ():
                count[learner] += 1
        for pair, like in near.items():
            if like >= NEAR:
                length = min(sum(map(len, here[learner])) for learner in pair)
                times = min(3.0, max(1.0, length / LONG)) if length >= LEAST else 0.0
                surprise = math.log2(len(here) / max(count[learner] for learner in pair))
                if surprise * times > 0:
                    bits[pair][name] = surprise * times
    enough = math.log2(len(pairs)) + MARGIN
    return [
        _flag(pair, found, written) for pair, found in bits.items() if sum(found.values()) > enough
    ]


def _flag(pair: tuple[str, str], found: dict[str, float], written: dict) -> Flag:
    names = sorted(found, key=lambda name: -found[name])
    total = round(sum(found.values()), 1)
    sentence = (
        f"Nearly the same code in {', '.join(names)}, and few others wrote it so: {total:g} bits."
    )
    evidence = tuple(
        (f"{name}, {found[name]:.1f} bits", tuple(written[one][name] for one in pair))
        for name in names
    )
    return Flag("code", pair, sentence, evidence, total)


def _release(template: bytes) -> tuple[dict[str, str], set[str]]:
    """Return the stubs of a released lab by grade id, and the names that its code gives."""
    stubs, given = {}, set()
    for cell in json.loads(template)["cells"]:
        source, settings = "".join(cell["source"]), cell["metadata"]["nbgrader"]
        if settings["solution"]:
            stubs[settings["grade_id"]] = source
        if cell["cell_type"] == "code":
            given |= _bound(source)
    return stubs, given


def _near(first: list[list[str]], second: list[list[str]]) -> float:
    """Return how alike two answers are, 0 to 1, in the order they stand or in any order."""

    def like(a: list[list[str]], b: list[list[str]]) -> float:
        return Indel.normalized_similarity([*chain.from_iterable(a)], [*chain.from_iterable(b)])

    return max(like(first, second), like(sorted(first), sorted(second)))


def _tokens(own: dict[str, str], stubs: dict[str, str], given: set[str]) -> dict[str, list]:
    """Return the statements of each answer as tokens, without names of the learner's choice."""
    chosen = set().union(*(_bound(source) for source in own.values())) - given if own else set()
    found = {}
    for name, source in own.items():
        stub = _statements(stubs[name], chosen)
        found[name] = [words for words in _statements(source, chosen) if words not in stub]
    return found


def _bound(source: str) -> set[str]:
    """Return the names that code gives a meaning to."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\b(\w+) *=(?!=)", source))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names


def _statements(source: str, chosen: set[str]) -> list[list[str]]:
    """Return each statement as tokens; what cannot be parsed, line by line."""
    try:
        parts = [ast.unparse(statement) for statement in ast.parse(source).body[:MOST]]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        parts = [line.partition("#")[0].strip() for line in source.splitlines()[:MOST]]
    return [words for part in parts if (words := _words(part, chosen))]


def _words(part: str, chosen: set[str]) -> list[str]:
    words: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(part).readline):
            if token.type == tokenize.NAME and token.string in chosen:
                words.append("_")
            elif token.type == tokenize.STRING:
                words += re.findall(r"\w+", token.string.casefold())
            elif token.string.strip():
                words.append(token.string)
    except (tokenize.TokenError, SyntaxError, IndentationError):
        words = re.findall(r"\w+|[^\w\s]", part)
    return words


# ---- answers -------------------------------------------------------------------------------------


def same_answers(group: Class, topic: str, results: Mapping[str, dict]) -> list[Flag]:
    """Return pairs with the same answer on two worlds of their own where the right ones differ."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for question in load().find(topic).questions:
        if question.fairness != "judgement":
            continue
        same: dict[str, list[str]] = {}
        for learner, result in results.items():
            tried = result.get("questions", {}).get(question.id, {}).get("worlds", [])
            if len(tried) == 1 and "answer_sha256" in tried[0]:
                same.setdefault(tried[0]["answer_sha256"], []).append(learner)
        for learners in same.values():
            if len(learners) > max(2, len(results) / 4):
                continue  # what so many say may be a habit, such as an empty list
            for pair in combinations(sorted(learners), 2):
                keys = [_expected(group, topic, name, question.id, results[name]) for name in pair]
                if None not in keys and keys[0] != keys[1]:
                    pairs.setdefault(pair, []).append(question.id)
    found = []
    for pair, items in pairs.items():
        evidence = tuple(
            (f"{question}: the same answer", tuple(_told(results[name], question) for name in pair))
            for question in items
        )
        sentence = f"The same answer to {', '.join(items)} on two worlds that ask for others."
        found.append(Flag("answer", pair, sentence, evidence, float(len(items))))
    return found


def _expected(group: Class, topic: str, learner: str, question: str, result: dict) -> bytes | None:
    own = score.own_place(group.secret, learner, topic)
    keys = stored_keys(group, topic, own, result.get("made", {}))
    return pickle.dumps(keys[question].expected) if keys and question in keys else None


def _told(result: dict, question: str) -> str:
    tried = result["questions"][question]["worlds"][0]
    answer = json.dumps(tried.get("answer", "(long)"), ensure_ascii=False)[:600]
    points = result["questions"][question]["points"]
    return f"world {tried['world']}, {tried['score']:g} of {points:g} points: {answer}"


# ---- worlds --------------------------------------------------------------------------------------


def other_worlds(group: Class, topic: str, data: Mapping[str, bytes]) -> list[Flag]:
    """Return notebooks that hold traces of another learner's pack or world."""
    owner = {score.own_place(group.secret, one.id, topic).alias: one.id for one in group.learners}
    ids = {one.id for one in group.learners}
    found = []
    for learner, book in data.items():
        text = book.decode("utf-8", errors="replace")
        traces: dict[str, list[str]] = {}
        for number in set(re.findall(r"(?<!\d)\d{1,13}(?!\d)", text)) & owner.keys():
            if owner[number] != learner:
                at = text.index(number)
                line = " ".join(text[max(0, at - 60) : at + 40].split())
                traces.setdefault(owner[number], []).append(f"world {number}: …{line}…")
        for name in re.findall(r'"learner": ?"([^"\\]{1,80})"', text):
            if name != learner and name in ids:
                traces.setdefault(name, []).append(f"the pack of {name}")
        for other, places in sorted(traces.items()):
            sentence = f"The notebook of {learner} holds traces of what {other} was given."
            evidence = (("traces", ("; ".join(places), "")),)
            found.append(Flag("world", (learner, other), sentence, evidence, float(len(places))))
    return found


# ---- ledgers -------------------------------------------------------------------------------------


def ledgers(group: Class, topic: str) -> list[Flag]:
    """Return ledgers that were handed in and are broken, of another world, or do not replay."""
    found = []
    for learner in group.learners:
        path = group.path("submitted", topic, f"{learner.id}.jsonl")
        if path.exists():
            own = score.own_place(group.secret, learner.id, topic)
            folder = group.path("worlds", topic, own.name)
            faults = ledger_faults(path.read_bytes(), folder, own.alias)
            if faults:
                sentence = f"The ledger of {learner.id} does not replay: {faults[0]}"
                evidence = (("ledger", ("\n".join(faults[:20]),)),)
                found.append(Flag("ledger", (learner.id,), sentence, evidence, float(len(faults))))
    return found


def ledger_faults(data: bytes, folder, alias: str) -> list[str]:
    """Return what is wrong with a desk's ledger, as sentences; none when it replays.

    Args:
        data: the ledger as it was handed in, JSON lines.
        folder: the learner's world.
        alias: the number of that world.
    """
    from socmint.desk.profile import load_profile
    from socmint.desk.shelf import shelf_of
    from synthetic_data import World

    if not data:
        return ["it is empty, or damaged in the notebook"]
    lines = []
    for number, raw in enumerate(data.splitlines(), start=1):
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            return [f"line {number} is no record"]
        lines.append(line)
    try:
        broken = first_break(lines)
    except (TypeError, ValueError, KeyError):
        broken = 0
    if broken is not None:
        return [
            f"the chain breaks at line {broken + 1}: it was edited, cut or put in another order"
        ]
    case = lines[0].get("case")
    if not isinstance(case, dict) or str(case.get("seed")) != alias:
        return ["it is of another world than the one that this learner was given"]
    if not folder.exists():
        return []
    try:
        profile = load_profile(lines[0].get("profile"))
        return _replayed(lines, shelf_of(World.read(folder), profile), profile)
    except Exception as error:  # whatever a forged line holds
        return [f"it cannot be replayed ({type(error).__name__}: {str(error)[:100]})"]


def _could_show(found, line: dict, sealed: set[str]) -> bool:
    """Say whether a search has these posts: the newest that hold its words, and none left out."""
    from socmint.desk.profile import TIERS

    if len(line["q"]) >= MOST_WORDS:  # the rest of the words is not in the ledger
        return True
    rows = found.matching(line["q"])
    open_ = (found.day[rows] <= math.floor(line["day"])) & (
        found.tier[rows] <= TIERS.index(line["tier"])
    )
    newest = [name for name in found.item[rows[open_]][::-1] if name not in sealed]
    return line["ids"] == newest[: len(line["ids"])]


def _replayed(lines: list[dict], found, profile) -> list[str]:
    """Work out again what each look at the shelf cost, and compare."""
    from socmint.desk.shelf import SUBJECT

    faults, seen, day, kinds, sealed = [], {}, -math.inf, set(), set()
    for line in lines:
        if line["day"] < day:
            faults.append(f"line {line['line']}: day {line['day']:g} after day {day:g}")
        day = line["day"]
        if line["status"] == "refused":
            if line["penalty"] != (2 if line["kind"] in kinds else 0):
                faults.append(f"line {line['line']}: another penalty than the desk's")
            kinds.add(line["kind"])
        if line["call"] == "seal" and line["status"] != "refused":
            sealed |= set(line["ids"])
        if line["call"] not in LOOKS or line["status"] == "refused":
            most = profile.points["unmask"] if line["call"] == "unmask" else 0
            if not 0 <= line.get("collateral", 0) <= line.get("points", 0) <= most:
                faults.append(f"line {line['line']}: points for a call that has none")
            continue
        unknown = [name for name in line["ids"] if name not in found.place]
        if unknown:
            faults.append(f"line {line['line']}: {unknown[0]} is not in this world")
            continue
        if line["call"] == "search" and not _could_show(found, line, sealed):
            faults.append(f"line {line['line']}: the desk shows other posts for these words")
        since = day - profile.conduct["repeat_days"]
        asked = {"points": 0.0, "collateral": 0.0}
        for name in line["ids"]:
            place = found.place[name]
            price = float(found.price[place]) / (2 if seen.get(name, -99.0) > since else 1)
            asked["points"] += price
            asked["collateral"] += price * (found.person[found.slot[place]] != SUBJECT)
        for kind, price in asked.items():
            if abs(price - line[kind]) > 1e-6:
                what = "points" if kind == "points" else "points on others"
                faults.append(
                    f"line {line['line']}: {line[kind]:g} {what}, the desk asks {price:g}"
                )
        seen |= dict.fromkeys(line["ids"], day)
    return faults
