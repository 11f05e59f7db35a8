"""What a product says, apart from how it looks."""

import datetime as dt
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

from socmint.errors import CourseError
from socmint.figures import LinkChart, Shown
from synthetic_data.judgement import BANDS

CONFIDENCE = ("low", "moderate", "high")
SOURCE_GRADES = {1: "reliable", 2: "untested", 3: "not reliable"}
INFORMATION_GRADES = {
    "A": "known directly",
    "B": "known indirectly and confirmed",
    "C": "known indirectly",
    "D": "not known",
    "E": "suspected to be false",
}
HANDLING = {"P": "may be shared", "C": "may be shared on conditions only"}


@dataclass(frozen=True)
class Source:
    """One source, with its grade.

    Source of the scheme: UK 3x5x2, reference R51.

    Attributes:
        id: how the product cites it, such as S1.
        what: what it is, in a few words.
        source_grade: 1 reliable, 2 untested, 3 not reliable.
        information_grade: A known directly to E suspected to be false.
    """

    id: str = ""
    what: str = ""
    source_grade: int = 0
    information_grade: str = ""


@dataclass(frozen=True)
class Fact:
    """Something that was seen or found, without any judgement.

    Attributes:
        text: one or two sentences.
        sources: ids of the sources that carry it.
        handling: P may be shared, C on conditions only.
    """

    text: str = ""
    sources: tuple[str, ...] = ()
    handling: str = "C"

    def __post_init__(self) -> None:
        _listed(self, "sources", str)


@dataclass(frozen=True)
class Answer:
    """One judgement: what we think, how likely it is, and how good the basis is.

    Attributes:
        text: the statement, as if it were true; the word of likelihood is put in front.
        probability: above 0 and below 1, inside a band of the yardstick.
        confidence: low, moderate or high: how good the basis is.
        because: what the confidence rests on.
        sources: ids of the sources that carry it.
    """

    text: str = ""
    probability: float = 0.0
    confidence: str = ""
    because: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _listed(self, "sources", str)


@dataclass(frozen=True)
class Product:
    """A two-page intelligence product. Fill it in any order; `check` says what is missing.

    Attributes:
        title: the finding, as a sentence.
        requirement: id of the requirement, such as R1.
        question: what was asked.
        reader: whom it is for.
        date: the day to which it holds.
        answers: the answer to the question comes first.
        facts: what is known.
        sources: what facts and answers rest on.
        gaps: what is not known.
        changes: what would change the view.
        handling: P or C.
        conditions: for C, on which conditions it may travel.
        chart: a link chart, from `link_chart(graph)` or `show(fig, alt="…")`.
        timeline: a timeline, likewise.
        people: every name, handle and id of a person in the text, so that it can be taken out.
        authority: for the annex: which authority allowed the collection.
        custody: for the annex: item, its SHA-256, and when it was secured.
        methods: for the annex and the repository: what was done, and its error.
        innocent: for the annex: the best innocent explanation.
        pattern: for the repository: what others can learn, with nobody in it.

    Raises:
        CourseError: one thing where a list belongs, or a date that is text.
    """

    title: str = ""
    requirement: str = ""
    question: str = ""
    reader: str = ""
    date: dt.date | None = None
    answers: tuple[Answer, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    gaps: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    handling: str = ""
    conditions: str = ""
    chart: Shown | LinkChart | None = None
    timeline: Shown | None = None
    people: tuple[str, ...] = field(default=(), repr=False)
    authority: str = ""
    custody: tuple[tuple[str, str, str], ...] = ()
    methods: str = ""
    innocent: str = ""
    pattern: str = ""

    def __post_init__(self) -> None:
        for name, kind in _LISTS.items():
            _listed(self, name, kind)
        if self.date is not None and not isinstance(self.date, dt.date):
            raise CourseError("The date must be a day: date=datetime.date(2031, 3, 14).")
        if isinstance(self.chart, LinkChart):
            # A document holds still, so it gets the chart's still twin.
            object.__setattr__(self, "chart", self.chart.picture)


_LISTS = {"answers": Answer, "facts": Fact, "sources": Source}
_LISTS |= dict.fromkeys(("gaps", "changes", "people"), str)


def _listed(one: Any, name: str, kind: type) -> None:
    # A text in place of a list would be read letter by letter.
    value = getattr(one, name)
    if not isinstance(value, list | tuple) or not all(isinstance(item, kind) for item in value):
        inside = "texts" if kind is str else f"{kind.__name__}(…)"
        where = type(one).__name__
        raise CourseError(f"{where}: {name} must be a list of {inside}, as in {name}=[…].")


def word(probability: float) -> str:
    """Return the word of the UK yardstick for a probability.

    Source: PHIA probability yardstick, reference R52. The gaps between its bands are meant: they
    make the writer choose.

    Raises:
        CourseError: no number between 0 and 1, or one between two bands.

    Example:
        >>> word(0.6), word(0.3)
        ('likely', 'unlikely')
    """
    if not isinstance(probability, Real) or probability > 1:
        raise CourseError(f"{probability!r} is no probability: write 0.6 for 60 percent.")
    percent = round(100 * probability)
    if not 0 < percent < 100:
        raise CourseError(f"{percent} percent is no probability: what is certain is a fact.")
    for name, low, high in BANDS:
        if low <= percent <= high:
            return name
    above = next(name for name, low, _ in BANDS if percent < low)
    below = [name for name, _, high in BANDS if percent > high][-1]
    raise CourseError(f"{percent} percent lies between “{below}” and “{above}”: choose a side.")
