"""Find a topic: in titles, objectives, headings, the words of lessons, and the sources' claims."""

import csv
import html
import json
import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from socmint import course, homepage
from socmint.course import ROOT, Module
from socmint.progress import is_read
from socmint.stills import beside

_MOST = 20
_WORD = re.compile(r"\*\*([^*\n]{2,40})\*\*")
_KINDS = ("module", "word", "objective", "section", "question", "claim")


@dataclass(frozen=True)
class Entry:
    """One thing that can be found; `kind` says what it is, `link` leads there from the course."""

    kind: str
    text: str
    module: str
    link: str


@cache
def entries() -> tuple[Entry, ...]:
    """Return all that can be found, in teaching order.

    A word is what a lesson sets in bold where it defines it.
    """
    found = []
    claims = _claims()
    for module in course.load().modules:
        lesson, lab = homepage.lesson(module), homepage.lab(module)
        found.append(Entry("module", module.title, module.id, lesson))
        found += [Entry("objective", text, module.id, lesson) for text in module.objectives]
        found.append(Entry("objective", module.question, module.id, lesson))
        found += _from_lesson(module, lesson)
        for question in module.questions:
            place = f"{lab}#cell-id={module.topic}-{question.id}-answer"
            found.append(Entry("question", question.title, module.id, place))
        found += [Entry("claim", text, module.id, lesson) for text in claims.get(module.id, [])]
    return tuple(found)


def _from_lesson(module: Module, path: str) -> list[Entry]:
    try:
        cells = json.loads((ROOT / path).read_text(encoding="utf-8"))["cells"]
        texts = [(c["id"], "".join(c["source"])) for c in cells if c["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # a lesson that cannot be read has nothing to find, and the rest has
    found, seen = [], set()
    for number, (cell, text) in enumerate(texts):
        place = f"{path}#cell-id={cell}"
        for heading in re.findall(r"^##+ (.+)$", text, re.MULTILINE):
            found.append(Entry("section", heading.strip(), module.id, place))
        for word in _WORD.findall(text) if number else []:  # the header's bold words are labels
            if word[-1] not in ".:?!," and word not in seen:
                seen.add(word)
                found.append(Entry("word", word, module.id, place))
    return found


def _claims() -> dict[str, list[str]]:
    path, found = ROOT / "course" / "claims.tsv", {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                found.setdefault(row["module"], []).append(row["claim"])
    return found


def _plain(text: str) -> str:
    """Return lower case without accents, so that `analisis` finds `análisis`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def search(words: str) -> list[Entry]:
    """Return the entries in which every word begins some word; the nearest kinds first.

    Where nothing fits, the search goes on with the nearest words that there are.

    Example:
        >>> search("degree")[0].module
        'M11'
    """
    wanted = re.findall(r"\w+", _plain(words))
    if not wanted:
        return []
    return _matches(wanted) or _matches(_nearest(wanted))


def _matches(wanted: list[str]) -> list[Entry]:
    ranked = []
    for place, entry in enumerate(entries()):
        have = re.findall(r"\w+", _plain(f"{entry.module} {entry.text}"))
        if wanted and all(any(word.startswith(want) for word in have) for want in wanted):
            exact = set(wanted) == set(have) - {entry.module.casefold()}
            ranked.append((not exact, _KINDS.index(entry.kind), place, entry))
    return [entry for *_, entry in sorted(ranked, key=lambda one: one[:3])]


def _nearest(wanted: list[str]) -> list[str]:
    have = {word for entry in entries() for word in re.findall(r"\w{3,}", _plain(entry.text))}
    near = [get_close_matches(want, have, n=1, cutoff=0.75) for want in wanted]
    return [one[0] for one in near] if all(near) else []


def index(base: str = "") -> str:
    """Return all words from A to Z as HTML to unfold; `base` is the way to the course folder."""
    words = sorted({e for e in entries() if e.kind == "word"}, key=lambda e: _plain(e.text))
    items = "".join(f"<li>{_item(entry, base)}</li>" for entry in words)
    return (
        f"<details><summary>The {len(words)} words that the lessons explain, from A to Z</summary>"
        f"<ul>{items}</ul></details>"
        '<p>To search everything, run <code>find("your words")</code> in the notebook '
        f'<a href="{homepage.FIRST}">Start here</a>, or <code>socmint find WORDS</code> in a '
        "terminal.</p>"
    )


def _item(entry: Entry, base: str) -> str:
    link, label = html.escape(base + entry.link), html.escape(entry.text)
    kind = "" if entry.kind == "word" else f" {entry.kind}"
    return f'<a href="{link}">{label}</a> ({entry.module}{kind})'


class Found:
    """What a search found, as links in a notebook and as lines in a terminal."""

    def __init__(self, words: str):
        self.words, self.entries = words, search(words)

    def _head(self) -> str:
        count = len(self.entries)
        shown = f", the first {_MOST}" if count > _MOST else ""
        hits = {0: "nothing found", 1: "1 place"}.get(count, f"{count} places")
        return f"{self.words}: {hits}{shown}"

    def __repr__(self) -> str:
        lines = [f"{e.module} {e.kind}: {e.text} ({e.link})" for e in self.entries[:_MOST]]
        return "\n".join([self._head(), *lines])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{_item(entry, '../')}</li>" for entry in self.entries[:_MOST])
        head = html.escape(self._head())
        return (
            f'<section lang="en" aria-label="{head}"><p role="status"><strong>{head}</strong></p>'
            f"{f'<ul>{items}</ul>' if items else ''}</section>"
        )


class Box:
    """A box to type into; what was found appears below it. A saved page shows the words."""

    def __repr__(self) -> str:
        return 'find("your words") searches the course.'

    def _repr_html_(self) -> str:
        return index("../")

    def _ipython_display_(self) -> None:
        import ipywidgets as widgets
        from IPython.display import HTML, display

        if not is_read():
            display(HTML(self._repr_html_()))
            return
        box = widgets.Text(
            description="Find:", placeholder="a word or two, then Enter", continuous_update=False
        ).add_class("socmint-find")
        still = {"text/plain": repr(self), "text/html": self._repr_html_()}
        for output in beside(still, box, "socmint-find"):
            display(output, raw=True)
        # Not a widget: links in an output open inside JupyterLab.
        below = display(HTML(""), display_id=True)
        box.observe(lambda change: below.update(Found(change["new"])), "value")


def find(words: str | None = None) -> Found | Box:
    """Search the course: titles, objectives, headings, words, questions, claims.

    Args:
        words: what to look for; left out, a box to type it into appears.

    Example:
        >>> print(str(find("xyzzy")))
        xyzzy: nothing found
    """
    return Box() if words is None else Found(words)
