"""One look for pages that the course writes for reading outside a notebook."""

import html

_STYLE = """
:root { color-scheme: light dark; }
body { font-family: system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem;
  line-height: 1.5; background: Canvas; color: CanvasText; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid GrayText;
  vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.refused, .miss { font-weight: bold; }
figure { margin: 1rem 0; }
figure img { max-width: 100%; height: auto; }
figcaption { color: GrayText; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
.pair pre { border: 1px solid GrayText; padding: .4rem; margin: 0; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .85rem; }
.synthetic { color: GrayText; letter-spacing: .2em; }
@media print { body { max-width: none; } }
"""


def page(title: str, body: str, synthetic: bool = True) -> str:
    """Return an HTML page that needs no network; `title` is text, `body` is HTML.

    `synthetic` is False for a page on real learners instead of the invented world.

    Example:
        >>> "<title>A &amp; B</title>" in page("A & B", "<p>x</p>")
        True
    """
    name = html.escape(title)
    mark = '<p class="synthetic">SYNTHETIC</p>' if synthetic else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{name}</title><style>{_STYLE}</style></head><body>"
        f"{mark}\n<main>\n<h1>{name}</h1>\n{body}\n</main>\n{mark}</body></html>\n"
    )


def table(names: list[str], rows: list[list], label: str) -> str:
    """Return rows as an HTML table; numbers stand right. Every cell is escaped.

    Example:
        >>> table(["n"], [[3]], "Numbers").count("<td class=\\"number\\">3</td>")
        1
    """
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return (
        f"<table><caption>{html.escape(label)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _cell(value) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    text = f"{value:g}" if number else html.escape(str(value))
    if number:
        return f'<td class="number">{text}</td>'
    return f'<td class="refused">✘ {text}</td>' if text == "refused" else f"<td>{text}</td>"
