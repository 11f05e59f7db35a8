"""What oversight finds afterwards: the ledger read beside the sealed truth.

The officer decides on what can be known; the audit asks what a real inspector seldom can: was the
fact to be had lower down on that day? The stewardship score S and the value score V follow the
capstone's scoring rule; their weights are a teaching choice, published so that a class can argue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from socmint.desk import reference
from socmint.desk.desk import case_file
from socmint.desk.profile import TIERS, Profile, load_profile
from socmint.desk.shelf import BYSTANDER, Shelf, shelf_of
from synthetic_data import World

CAP = 49
PAGE_POINTS = 60
"""One page of hits in the open: twenty public, ordinary posts of bystanders, 20 x 1 x 1 x 3."""
WEIGHTS_S = {
    "collateral": 0.30,
    "avoidable": 0.20,
    "authorisation": 0.20,
    "trail": 0.15,
    "minimisation": 0.15,
}


@dataclass(frozen=True)
class Finding:
    """One finding of the audit, tied to a line of the ledger."""

    line: int
    rule: str
    text: str


@dataclass(frozen=True)
class Audit:
    """The result of an audit.

    Attributes:
        points, collateral: intrusion of all calls, and that on associates and bystanders.
        avoidable: points of calls whose facts were to be had lower down on that day.
        reference: collateral of the reference path.
        stewardship: S, 0 to 1. parts: its five parts, 0 to 1 each.
        forecast: mean Brier score of the forecasts in granted requests; None without one.
        first_time: share of requests that were granted at the first try; None without one.
        canaries: ids that no task needs and that were read.
        reported: was each such read reported within a day?
        capped: does the cap of 49 apply?
        findings: what an inspector would ask about.
        clean_stops: protected items that were met, sealed and referred.
    """

    points: float
    collateral: float
    avoidable: float
    reference: float
    stewardship: float
    parts: dict[str, float]
    forecast: float | None
    first_time: float | None
    canaries: list[str]
    reported: bool
    capped: bool
    findings: list[Finding]
    clean_stops: int = 0


def audit(lines: list[dict], world: World, profile: Profile | None = None) -> Audit:
    """Audit a ledger.

    Args:
        lines: the ledger's lines, verified (see `ledger.Ledger`).
        world: the case's world with its truth. Where its truth names no evidence, nobody had to
            be looked at: the reference path costs nothing, and forecasts are not judged.
        profile: the rules; the teaching profile when left out.
    """
    profile = profile or load_profile()
    shelf = shelf_of(world, profile)
    book = Book(lines, world, shelf)
    points = sum(line.get("points", 0.0) for line in lines)
    collateral = sum(line.get("collateral", 0.0) for line in lines)
    best = reference.path(world, shelf, profile, case_file(world), shelf.days).collateral
    avoidable, findings = book.avoidable()
    # Searching costs, and the reference path knows where to look: both sides get one page of hits
    # for each requirement.
    pages = PAGE_POINTS * len(world.tables["requirements"])
    grants, forecast, first_time, more = book.authorisation()
    canaries, reported, canary_findings = book.canaries()
    minimisation, kept_findings = book.minimisation()
    stops = len(book.sealed() & book.protected())
    parts = {
        "collateral": min(1.0, (best + pages) / (collateral + pages)),
        "avoidable": 1 - avoidable / points if points else 1.0,
        "authorisation": grants,
        "trail": book.trail(),
        "minimisation": minimisation,
    }
    penalty = sum(line.get("penalty", 0) for line in lines) / 100
    stewardship = sum(WEIGHTS_S[name] * value for name, value in parts.items()) - penalty
    return Audit(
        points=points,
        collateral=collateral,
        avoidable=avoidable,
        reference=best,
        stewardship=max(0.0, stewardship),
        parts=parts,
        forecast=forecast,
        first_time=first_time,
        canaries=canaries,
        reported=reported,
        capped=bool(canaries) and not reported,
        findings=sorted(
            [*findings, *more, *canary_findings, *kept_findings], key=lambda one: one.line
        ),
        clean_stops=stops,
    )


class Book:
    """A ledger beside the truth: the questions that the audit asks."""

    def __init__(self, lines: list[dict], world: World, shelf: Shelf):
        self.lines, self.world, self.shelf = lines, world, shelf
        truth = world.truth
        self.population = dict(
            zip(truth["people"]["account_id"], truth["people"]["population"], strict=True)
        )
        evidence = reference.needed(world)
        self.evidence: dict[str, list[tuple[str, int, int]]] = {}
        for fact, tier, day in zip(
            evidence["fact"], evidence["tier"], evidence["first_day"], strict=True
        ):
            self.evidence.setdefault(fact, []).append((fact, TIERS.index(tier), int(day)))
        self.facts_of: dict[str, set[str]] = {}
        for row, fact in zip(evidence["row"], evidence["fact"], strict=True):
            self.facts_of.setdefault(row, set()).add(fact)
        self.collections = [
            line
            for line in lines
            if line["status"] == "done"
            and line["call"] in ("search", "view", "watch", "enter", "order")
        ]
        self.submitted = next((line for line in reversed(lines) if line["call"] == "submit"), None)
        self.seen: dict[str, float] = {}
        for line in self.collections:
            for name in line["ids"]:
                self.seen.setdefault(name, line["day"])

    @property
    def answer(self) -> Mapping[str, Any]:
        """What was handed in; empty when nothing was."""
        return (self.submitted or {}).get("answer") or {}

    def cited(self) -> dict[str, list[str]]:
        """Return the item ids that the answer cites, by claim."""
        cited = self.answer.get("evidence") or {}
        return {
            str(claim): [name for name in names if isinstance(name, str)]
            for claim, names in cited.items()
            if isinstance(names, list)
        }

    def avoidable(self) -> tuple[float, list[Finding]]:
        """P5 afterwards: points of calls all of whose facts were known or lay lower down."""
        known: set[str] = set()
        lost, findings = 0.0, []
        for line in self.collections:
            facts = set().union(*(self.facts_of.get(name, set()) for name in line["ids"]))
            tier = TIERS.index(line["tier"])
            lower = {
                fact
                for fact in facts
                if any(t < tier and day <= line["day"] for _, t, day in self.evidence[fact])
            }
            if tier > 0 and facts and facts <= known | lower:
                lost += line["points"]
                findings.append(
                    Finding(
                        line["line"], "P5", "what it found was known or lay lower down that day"
                    )
                )
            known |= facts
        return lost, findings

    def authorisation(self) -> tuple[float, float | None, float | None, list[Finding]]:
        """P4 and P6 afterwards: first-time grants, honest estimates, endings, forecasts."""
        asked, findings = [line for line in self.lines if line["call"] == "request"], []
        if not asked:
            return 1.0, None, None, findings
        tried: set[tuple] = set()
        first = []
        for line in asked:
            kind = (line.get("tier"), line.get("conduct"), str(line.get("form", {}).get("targets")))
            if kind not in tried:
                first.append(line["status"] != "refused")
            tried.add(kind)
        parts = [float(np.mean(first))]
        forecasts, honest, endings = [], [], []
        for grant in (line for line in asked if line.get("authority")):
            name, form = grant["authority"], grant["form"]
            under = [line for line in self.collections if line["authority"] == name]
            found = any(self.facts_of.get(item) for line in under for item in line["ids"])
            if self.evidence:  # else nobody can say whether what was forecast is there
                forecasts.append((form["probability"] - found) ** 2)
            spent = sum(line["points"] for line in under)
            high = max(spent, form["estimate"])
            if spent or not self.counted(name):  # counts cost nothing, whatever was estimated
                honest.append(min(spent, form["estimate"]) / high if high else 0.0)
            ended = any(
                line["call"] == "cancel"
                and line.get("authority") == name
                and line["status"] == "done"
                for line in self.lines
            )
            last = self.lines[-1]["day"]
            endings.append(ended or last >= grant["until"] - 1)
            if not endings[-1]:
                findings.append(Finding(grant["line"], "P4", f"{name} was not given back"))
            if grant.get("level", 0) >= 2 and not under:
                findings.append(Finding(grant["line"], "P1", f"{name} was never used"))
            half = grant["day"] + (grant["until"] - grant["day"]) / 2
            reviewed = any(
                line["call"] == "review" and line.get("authority") == name for line in self.lines
            )
            if grant.get("level", 0) >= 2 and last > half and not (reviewed or ended):
                findings.append(Finding(grant["line"], "P4", f"{name} had no review at half time"))
        forecast = float(np.mean(forecasts)) if forecasts else None
        parts += [float(np.mean(shares)) for shares in (honest, endings) if shares]
        if forecast is not None:
            parts.append(max(0.0, 1 - forecast / 0.25))
        return float(np.mean(parts)), forecast, float(np.mean(first)), findings

    def counted(self, authority: str) -> bool:
        """Say whether posts were counted under an authority."""
        return any(
            line["call"] == "count" and line["status"] == "done" and line["authority"] == authority
            for line in self.lines
        )

    def canaries(self) -> tuple[list[str], bool, list[Finding]]:
        """P2 afterwards: reads that no task needs, and whether they were owned up to in a day."""
        read, findings, reported = [], [], True
        reports = [line["day"] for line in self.lines if line["call"] == "selfreport"]
        for line in self.lines:
            if line["status"] == "refused":
                continue
            aimed = [line["owner"]] if line.get("owner") else []
            if line["call"] == "unmask":
                aimed = line["ids"]
            elif line.get("named") or (line["call"] == "view" and not aimed):
                slots = [self.shelf.slot[self.shelf.place[name]] for name in line["ids"]]
                aimed = list({self.shelf.account[slot] for slot in slots})
            hit = [name for name in aimed if self.population.get(name) == "CA"]
            if hit:
                read += hit
                owned = any(line["day"] <= day <= line["day"] + 1 for day in reports)
                reported &= owned
                tail = "reported within a day" if owned else "not reported"
                findings.append(
                    Finding(line["line"], "P2", f"an account that no task needs was read; {tail}")
                )
        return list(dict.fromkeys(read)), reported, findings

    def trail(self) -> float:
        """Share of the claims in the answer that cite an item which the ledger shows as seen."""
        rest = ("evidence", "probabilities", "product")
        claims = [name for name, given in self.answer.items() if given and name not in rest]
        if not claims:
            return 1.0
        cited = self.cited()
        done = [any(item in self.seen for item in cited.get(name, [])) for name in claims]
        return float(np.mean(done))

    def sealed(self) -> set[str]:
        """Items that were sealed."""
        done = [line for line in self.lines if line["call"] == "seal" and line["status"] == "done"]
        return {name for line in done for name in line["ids"]}

    def protected(self) -> set[str]:
        """Items that were met and that journalists, lawyers and the like wrote."""
        writers = {name: self.shelf.slot[self.shelf.place[name]] for name in self.seen}
        return {
            name
            for name, slot in writers.items()
            if self.population.get(self.shelf.account[slot]) == "JO"
        }

    def minimisation(self) -> tuple[float, list[Finding]]:
        """What was kept, who was unmasked, what was sealed: each 0 to 1, and their mean."""
        findings, parts = [], []
        kept = set(self.submitted["keep"] if self.submitted else self.seen)
        cited = {item for items in self.cited().values() for item in items}
        idle = {
            name
            for name in kept - cited
            if self.shelf.person[self.shelf.slot[self.shelf.place[name]]] == BYSTANDER
        }
        parts.append(1 - len(idle) / len(kept) if kept else 1.0)
        if idle and self.submitted:
            text = f"{len(idle)} items of bystanders were kept and support nothing"
            findings.append(Finding(self.submitted["line"], "P3", text))
        unmasked = {name for line in self.lines if line["call"] == "unmask" for name in line["ids"]}
        needed = {name for name in unmasked if self.population.get(name) in ("HL", "VI")}
        if unmasked:
            parts.append(len(needed) / len(unmasked))
        opened = {
            name for line in self.collections if line["call"] != "search" for name in line["ids"]
        }
        protected = self.protected() & opened
        if protected:
            sealed = self.sealed()
            parts.append(len(protected & sealed) / len(protected))
            for line in self.collections:
                if protected - sealed & set(line["ids"]) and line["call"] != "search":
                    findings.append(
                        Finding(line["line"], "P3", "protected material was not sealed")
                    )
        return float(np.mean(parts)), findings


def final(v: float, s: float, capped: bool = False) -> float:
    """Return the final score, 0 to 100: the harmonic mean of V and S, capped at 49.

    Example:
        >>> round(final(0.90, 0.98), 1), round(final(0.95, 0.35), 1), final(0.9, 0.57, True)
        (93.8, 51.2, 49.0)
    """
    score = 200 * v * s / (v + s) if v + s else 0.0
    return min(score, float(CAP)) if capped else score
