"""Make what a learner's code displayed harmless before an instructor's browser sees it.

What is not known to be safe is left out: scripts, styles, links, forms, and anything that would
ask another computer for something. Pictures come as data; a drawing in SVG is shown as a picture,
in which a browser runs no script.
"""

import base64
import binascii
import re
from collections import Counter
from functools import lru_cache
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer

MOST_HTML, DEEPEST = 50_000, 60
"""Characters beside pictures, and tags inside one another. What has more is shown as text, because
the time to read it grows fast with both. The largest table of pandas has about 30,000."""
MOST_PAGES = 300_000
"""Characters of all HTML of a notebook, beside pictures."""
TAGS = {
    *bleach.ALLOWED_TAGS,
    *("br", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "hr", "img", "kbd", "p"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "pre", "s", "section", "small", "span", "sub", "summary"),
    *("sup", "u", "caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead"),
    "tr",
}
STYLES = CSSSanitizer(
    allowed_css_properties=[
        *("color", "background-color", "font-weight", "font-style", "text-align"),
        *("border", "border-left", "border-bottom", "max-width"),
    ],
    allowed_svg_properties=[],
)
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


@lru_cache(maxsize=64)  # many learners show the same table
def html(text: str) -> str:
    """Return HTML that only shows something: no script, no link, no request.

    Example:
        >>> html('<b onclick="x()">7</b><script>alert(1)</script><img src="http://a.example/">')
        '<b>7</b><img>'
    """
    return bleach.clean(
        _without_sheets(text),
        tags=TAGS,
        attributes=_is_harmless,
        protocols=["data"],
        css_sanitizer=STYLES,
        strip=True,
        strip_comments=True,
    )


def _without_sheets(text: str) -> str:
    """Leave out style sheets and scripts, for the eye only: bleach would show their text.

    What is not closed stays. Each end is looked for once, so the time grows with the length alone.
    """
    kept, place = [], 0
    ends = {kind: re.compile(rf"</{kind}\s*>", re.IGNORECASE) for kind in ("style", "script")}
    for start in re.finditer(r"<(style|script)\b", text, re.IGNORECASE):
        kind = start[1].lower()
        if start.start() < place or kind not in ends:
            continue
        if end := ends[kind].search(text, start.end()):
            kept.append(text[place : start.start()])
            place = end.end()
        else:
            del ends[kind]
    return "".join([*kept, text[place:]])


def lighten(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the tables of a notebook beyond `MOST_PAGES`; their plain text stays.

    The time to make HTML harmless can grow with the square of its length, and a notebook may show
    very many. An honest one shows a tenth of what is allowed.
    """
    left = MOST_PAGES
    for one in (one for cell in cells for one in cell.get("shown") or []):
        left -= len(_bare(one.get("text/html", "")))
        if left < 0:
            one.pop("text/html", None)
    return cells


def _bare(page: str) -> str:
    """Return a page without the data of its pictures."""
    return re.sub(r"data:image/[\w+]+;base64,[\w+/=]*", "", page)


def _is_harmless(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and bool(re.match(r"data:image/(png|jpeg|gif|svg\+xml);base64,", value))
    if name == "class":  # other classes belong to the page around it
        return value == "dataframe"
    return name in ("alt", "title", "style", "colspan", "rowspan", "scope", "role", "lang", "open")


def outputs(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a cell's outputs in the form of a notebook.

    Args:
        cell: 'printed', 'error' and 'shown' of one cell, as they came out of the sandbox.
    """
    made = []
    error = cell.get("error") or ""
    printed = (cell.get("printed") or "").replace(f"{error}\n", "").strip("\n")
    if printed:
        made.append({"output_type": "stream", "name": "stdout", "text": printed + "\n"})
    for one in cell.get("shown") or []:
        data = _data(one)
        if data:
            made.append({"output_type": "display_data", "data": data, "metadata": {}})
    if error:
        kind, _, text = error.partition(": ")
        made.append({"output_type": "error", "ename": kind, "evalue": text, "traceback": [error]})
    return made


def _data(one: dict[str, str]) -> dict[str, str]:
    data = {"text/plain": str(one.get("text/plain", ""))[:20_000]}
    for kind, start in PICTURES.items():
        picture = _picture(one.get(kind, ""), start)
        if picture:
            return data | {kind: picture}
    drawing = one.get("image/svg+xml")
    if drawing:
        coded = base64.b64encode(drawing.encode()).decode()
        source = f'<img alt="a drawing" src="data:image/svg+xml;base64,{coded}">'
        return data | {"text/html": source}
    page = one.get("text/html", "")
    bare = _bare(page)
    if page and len(bare) <= MOST_HTML and _depth(bare) <= DEEPEST:
        data["text/html"] = html(page)
    return data if any(data.values()) else {}


def _depth(page: str) -> int:
    """Return how many tags stand inside one another at most, those that are never closed too."""
    inside: Counter[str] = Counter()
    deepest = depth = 0
    for end, name in re.findall(r"<(/?)([a-zA-Z][^\s/>]*)", page):
        name = name.lower()
        if end:
            closed = min(inside[name], 1)
            inside[name] -= closed
            depth -= closed
        elif name not in ("br", "hr", "img", "col"):
            inside[name] += 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _picture(text: str, start: bytes) -> str | None:
    """Return a picture coded anew, so that nothing but a picture can be in it."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(data).decode() if data.startswith(start) else None
