"""Four ways to lay out one product. Each gives plain blocks; pages and PDF are made from them.

A block is a dict with its `kind`: text, list, answer, table or picture.
"""

from typing import Any

from socmint.errors import CourseError
from socmint.product.model import (
    HANDLING,
    INFORMATION_GRADES,
    SOURCE_GRADES,
    Answer,
    Fact,
    Product,
    word,
)
from synthetic_data.judgement import BANDS

Block = dict[str, Any]
Section = tuple[str, list[Block]]


def two_pages(product: Product) -> list[Section]:
    """Return the product for its reader: the answer first."""
    return [
        ("Answer", [*_answers(product), _yardstick(product)]),
        ("What is known", _facts(product.facts)),
        ("What is not known", [_list(product.gaps)]),
        ("What would change this view", [_list(product.changes)]),
        ("Pictures", _pictures(product)),
        ("Sources", [_sources(product, described=True)]),
    ]


def annex(product: Product) -> list[Section]:
    """Return the annex for a magistrate: facts before judgements, and what speaks for people."""
    return [
        ("Authority", [_text(product.authority)]),
        ("Facts", _facts(product.facts)),
        ("Sources", [_sources(product, described=True)]),
        ("Custody of the items", [_custody(product)]),
        ("Methods and their error", [_text(product.methods)]),
        ("Judgements, apart from the facts", [*_answers(product), _yardstick(product)]),
        ("What speaks for the persons concerned", [_text(product.innocent)]),
        ("What is not known", [_list(product.gaps)]),
    ]


def partner(product: Product) -> list[Section]:
    """Return what a partner gets: facts marked P, grades without what the sources are."""
    shared = [fact for fact in product.facts if fact.handling == "P"]
    return [
        ("Answer", [*_answers(product), _yardstick(product)]),
        ("What may be shared", _facts(shared)),
        ("What is not known", [_list(product.gaps)]),
        ("What would change this view", [_list(product.changes)]),
        ("Grades", [_sources(product, described=False)]),
    ]


def repository(product: Product) -> list[Section]:
    """Return an entry that all forces can read: the pattern and the method, and nobody."""
    return [
        ("Pattern", [_text(product.pattern)]),
        ("Methods and their error", [_text(product.methods)]),
    ]


TEMPLATES = {
    "product": (two_pages, "Intelligence product"),
    "annex": (annex, "Annex for the magistrate"),
    "partner": (partner, "Version for a partner"),
    "repository": (repository, "Repository entry"),
}


def page_of(product: Product, template: str, missing: int) -> Block:
    """Return everything that one document shows.

    Args:
        product: what it says; redacted already where the template asks for it.
        template: a name of TEMPLATES.
        missing: how many points the check found.
    """
    layout, name = TEMPLATES[template]
    nobody = template == "repository"
    handling = f"{product.handling} ({HANDLING.get(product.handling, 'no code')})"
    if product.conditions:
        handling += f": {product.conditions}"
    about = [] if nobody else [["Requirement", f"{product.requirement}: {product.question}"]]
    about += [] if nobody else [["For", product.reader]]
    about += [["As of", f"{product.date.day} {product.date:%B %Y}" if product.date else "no date"]]
    about += [["Handling", "P (may be shared)" if nobody else handling]]
    if missing:
        points = "1 point is" if missing == 1 else f"{missing} points are"
        about += [["Draft", f"{points} missing; check(product) names them."]]
    # A title states a finding about people, so an entry without people has another.
    title = "A pattern and how it was found" if nobody else product.title or "No title yet"
    sections = [
        {"title": heading, "blocks": [block for block in blocks if block]}
        for heading, blocks in layout(product)
    ]
    return {
        "title": title,
        "name": name,
        "about": about,
        "handling": f"Handling {'P' if nobody else product.handling or 'not set'}",
        "sections": [section for section in sections if section["blocks"]],
    }


def _text(text: str) -> Block:
    return {"kind": "text", "text": text} if text else {}


def _list(items: tuple[str, ...]) -> Block:
    return {"kind": "list", "items": list(items)} if items else {}


def _cited(item: Answer | Fact) -> str:
    return f"[{', '.join(item.sources)}]" if item.sources else "[no source]"


def _facts(facts) -> list[Block]:
    return [_list(tuple(f"{fact.text} {_cited(fact)}" for fact in facts))]


def _answers(product: Product) -> list[Block]:
    return [
        {
            "kind": "answer",
            "word": _likely(answer).capitalize() or "No word yet",
            "percent": f"about {round(100 * answer.probability)} percent",
            "text": answer.text,
            "confidence": f"Confidence is {answer.confidence or 'not given'}: "
            f"{answer.because or 'no reason given'} {_cited(answer)}",
        }
        for answer in product.answers
    ]


def _likely(answer: Answer) -> str:
    try:
        return word(answer.probability)
    except CourseError:
        return ""


def _yardstick(product: Product) -> Block:
    if not product.answers:
        return {}
    used = {_likely(answer) for answer in product.answers}
    bands = [f"{name} {low} to {high} percent" for name, low, high in BANDS if name in used]
    text = f"Words of likelihood (UK yardstick): {'; '.join(bands)}."
    return {"kind": "note", "text": text} if bands else {}


def _sources(product: Product, described: bool) -> Block:
    if not product.sources:
        return {}
    rows = [
        [
            source.id,
            *([source.what] if described else []),
            f"{source.source_grade} {SOURCE_GRADES.get(source.source_grade, 'not graded')}",
            f"{source.information_grade} "
            f"{INFORMATION_GRADES.get(source.information_grade, 'not graded')}",
        ]
        for source in product.sources
    ]
    heads = ["Id", *(["What it is"] if described else []), "Source", "Information"]
    return {
        "kind": "table",
        "label": "Sources and their grades (3x5x2)",
        "heads": heads,
        "rows": rows,
    }


def _custody(product: Product) -> Block:
    if not product.custody:
        return {}
    return {
        "kind": "table",
        "label": "Items and their hashes",
        "heads": ["Item", "SHA-256", "Secured (UTC)"],
        "rows": [list(row) for row in product.custody],
    }


def _pictures(product: Product) -> list[Block]:
    # The heights, in millimetres, leave room for the sources on the second page.
    both = [("Link chart", product.chart, 112), ("Timeline", product.timeline, 68)]
    return [
        {
            "kind": "picture",
            "caption": caption,
            "alt": picture.alt,
            "figure": picture.figure,
            "height": height,
        }
        for caption, picture, height in both
        if picture is not None
    ]
