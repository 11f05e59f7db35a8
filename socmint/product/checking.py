"""What a product still lacks, each in one sentence."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

from socmint.errors import CourseError
from socmint.product.model import (
    CONFIDENCE,
    HANDLING,
    INFORMATION_GRADES,
    SOURCE_GRADES,
    Product,
    word,
)

WORDS = 600
"""Two pages hold about as many words, beside two pictures and a table of sources."""

# Words that judge. In a fact they are an answer in disguise; in an answer they say twice, or
# otherwise, what the number says.
_JUDGES = re.compile(
    r"\b(remote chance|realistic possibility|(?:un)?likely|(?:im)?probabl[ey]|possibl[ey]|"
    r"almost certain(?:ly)?|perhaps|maybe|might|may|could|seems?|appears?|apparently|presumably)\b",
    re.IGNORECASE,
)
# What points at one person: handle, id of the world, mail, phone, exact place.
_PERSONAL = re.compile(
    r"@[\w.]*\w|\b[a-z]{1,2}-\d{3,}\b|[\w.+-]+@[\w.-]+\w|\+\d[\d ()-]{6,}\d|-?\d{1,3}\.\d{4,}"
)

_METHODS = "Methods are missing: say what was done and how large its error is."
_DATE = "The date is missing: say to which day this holds."


def check(product: Product, template: str = "product") -> list[str]:
    """Return what is missing or wrong, one sentence each; an empty list means complete.

    Args:
        product: what was written so far.
        template: product, annex, partner or repository; each needs something of its own.

    Raises:
        CourseError: there is no such template.

    Example:
        >>> check(Product(pattern="Boats meet."), "repository")[0]
        'Methods are missing: say what was done and how large its error is.'
    """
    if template not in _NEEDS:
        raise CourseError(f"There is no template {template!r}. There are: {', '.join(_NEEDS)}.")
    return [sentence for rule in _NEEDS[template] for sentence in rule(product)]


def _frame(product: Product) -> Iterator[str]:
    wanted = {
        "title": "The title is missing: say the finding in one sentence.",
        "requirement": "The requirement is missing: give its id, such as R1.",
        "question": "The question is missing: say what was asked.",
        "reader": "The reader is missing: say whom this is for.",
        "date": _DATE,
        "gaps": "Gaps are missing: say what is not known.",
        "changes": "What would change the view is missing: name a sign that would.",
    }
    yield from _absent(product, wanted)
    yield from _handling(product)


def _absent(product: Product, wanted: dict[str, str]) -> Iterator[str]:
    for name, sentence in wanted.items():
        if not getattr(product, name):
            yield sentence


def _handling(product: Product) -> Iterator[str]:
    if product.handling not in HANDLING:
        yield "The handling code is missing: P (may be shared) or C (on conditions only)."
    elif product.handling == "C" and not product.conditions:
        yield "Handling is C, and the conditions are missing: say who may have it, and what for."


def _answers(product: Product) -> Iterator[str]:
    if not product.answers:
        yield "The answer is missing: say first what you think."
    for number, answer in enumerate(product.answers, 1):
        if not answer.text:
            yield f"Answer {number} has no text."
        try:
            word(answer.probability)
        except CourseError as error:
            yield f"Answer {number}: {error}"
        if answer.confidence not in CONFIDENCE:
            yield f"Answer {number} has no confidence: low, moderate or high."
        if not answer.because:
            yield f"Answer {number} does not say what its confidence rests on."
        if found := _JUDGES.search(answer.text):
            yield (
                f"Answer {number} says “{found[0]}”: leave it out, the number gives the word of "
                "likelihood."
            )


def _facts(product: Product) -> Iterator[str]:
    if not product.facts:
        yield "Facts are missing: say what was seen or found."
    for number, fact in enumerate(product.facts, 1):
        if not fact.text:
            yield f"Fact {number} has no text."
        if found := _JUDGES.search(fact.text):
            yield f"Fact {number} judges (“{found[0]}”): move that to the answers."
        if fact.handling not in HANDLING:
            yield f"Fact {number} has no handling code: P or C."


def _sources(product: Product) -> Iterator[str]:
    if not product.sources:
        yield "Sources are missing: list what facts and answers rest on."
    ids = [source.id for source in product.sources]
    for number, source in enumerate(product.sources, 1):
        name = source.id or f"number {number}"
        if not source.id or ids.count(source.id) > 1:
            yield f"Source {name} needs an id of its own, such as S{number}."
        if not source.what:
            yield f"Source {name} does not say what it is."
        if source.source_grade not in SOURCE_GRADES:
            yield f"Source {name} has no source grade: 1, 2 or 3."
        if source.information_grade not in INFORMATION_GRADES:
            yield f"Source {name} has no information grade: A to E."
    cited = []
    for what, items in (("Answer", product.answers), ("Fact", product.facts)):
        for number, item in enumerate(items, 1):
            if not item.sources:
                yield f"{what} {number} names no source."
            for one in item.sources:
                if one not in ids:
                    yield f"{what} {number} names source {one}, which is not in the list."
            cited += item.sources
    for one in ids:
        if one and one not in cited:
            yield f"Source {one} carries nothing: cite it or leave it out."


def _pictures(product: Product) -> Iterator[str]:
    names = {"chart": "The link chart", "timeline": "The timeline"}
    for name, words in names.items():
        picture = getattr(product, name)
        if picture is None:
            yield f"{words} is missing: make one with show(fig, alt=…) or socmint.figures."
        elif not getattr(picture, "alt", "").strip():
            yield f"{words} has no alt text: say what there is to see."


def _length(product: Product) -> Iterator[str]:
    shown = (product.question, product.answers, product.facts, product.gaps, product.changes)
    count = sum(len(text.split()) for text in strings(shown))
    if count > WORDS:
        yield f"The product has {count:,} words, and two pages hold about {WORDS}: cut it."


def _people(product: Product) -> Iterator[str]:
    listed = {one.lstrip("@") for one in product.people}
    found = {
        found
        for text in strings(dataclasses.replace(product, people=()))
        for found in _PERSONAL.findall(text)
    }
    for one in sorted(found):
        if one.lstrip("@") not in listed:
            yield f"The text holds {one}, and people does not list it: nobody could take it out."


def _annex(product: Product) -> Iterator[str]:
    wanted = {
        "authority": "The authority is missing: say which one allowed the collection.",
        "custody": "Custody is missing: list items, hashes, and when they were secured.",
        "methods": _METHODS,
        "innocent": "The innocent explanation is missing: give the best one.",
    }
    yield from _absent(product, wanted)


def _shared(product: Product) -> Iterator[str]:
    if product.facts and not any(fact.handling == "P" for fact in product.facts):
        yield "No fact may be shared: mark those that may with P."


def _repository(product: Product) -> Iterator[str]:
    wanted = {
        "pattern": "The pattern is missing: say what others can learn, with nobody in it.",
        "methods": _METHODS,
        "date": _DATE,
    }
    yield from _absent(product, wanted)
    for name in ("pattern", "methods"):
        text = getattr(product, name)
        folded = text.casefold()
        known = [one for one in product.people if one.casefold().lstrip("@") in folded]
        for one in sorted({*known, *_PERSONAL.findall(text)}):
            yield f"The {name} holds {one}: an entry that all can read names nobody."


_Rule = Callable[[Product], Iterator[str]]
_CORE: tuple[_Rule, ...] = (_frame, _answers, _facts, _sources, _people)
_NEEDS: dict[str, tuple[_Rule, ...]] = {
    "product": (*_CORE, _pictures, _length),
    "annex": (*_CORE, _annex),
    "partner": (*_CORE, _shared),
    "repository": (_repository,),
}


def strings(value: Any) -> Iterator[str]:
    """Yield every text inside dataclasses, lists and tuples; of a picture its alt text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from strings(one)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from strings(getattr(value, one.name))
    elif hasattr(value, "alt"):
        yield value.alt
