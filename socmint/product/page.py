"""A document as one HTML file: no network, no script, ready to print."""

import base64
import html
from typing import Any

from socmint.product.picture import png

_STYLE = """
:root { color-scheme: light dark; --line: #767676; --accent: #0072B2; }
@media (prefers-color-scheme: dark) { :root { --line: #8c8c8c; --accent: #56B4E9; } }
body { font: 1rem/1.45 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 1rem;
  background: Canvas; color: CanvasText; }
.mark { text-align: center; letter-spacing: .15em; font-weight: bold; border-block: 1px solid
  var(--line); padding: .2rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .2rem 0 .8rem; }
h2 { font-size: 1.1rem; margin: 1.2rem 0 .3rem; border-bottom: 2px solid var(--accent); }
.name { margin: 1rem 0 0; text-transform: uppercase; letter-spacing: .08em; font-size: .85rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
dt { font-weight: bold; }
dd { margin: 0; }
.answer { border-left: .3rem solid var(--accent); padding-left: .8rem; margin: .6rem 0; }
.answer p { margin: .2rem 0; }
.answer p:first-child { font-size: 1.1rem; }
.note, caption, figcaption { font-size: .85rem; }
ul { padding-left: 1.2rem; margin: .3rem 0; }
p, li, dd, td + td { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; }
caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: .15rem .6rem .15rem 0;
  border-bottom: 1px solid var(--line); font-size: .9rem; }
figure { margin: .5rem 0; }
img { max-width: 100%; background: white; }
.every-page { display: none; }
@page { size: A4; margin: 17mm 16mm;
  @top-center { content: "SYNTHETIC"; font: bold 9pt sans-serif; letter-spacing: .15em; }
  @bottom-center { content: "SYNTHETIC, page " counter(page); font: 9pt sans-serif; } }
@media print {
  :root { color-scheme: light; --line: #767676; --accent: #0072B2; font-size: 9pt; }
  body { max-width: none; padding: 0; line-height: 1.3; }
  h2 { margin-top: 2.5mm; break-after: avoid; }
  figure, tr, li, .answer { break-inside: avoid; }
  figure { text-align: center; } img { max-height: 68mm; }
  figure.large img { max-height: 105mm; }
  /* Browsers that know no page margins still print this on every page. */
  .every-page { display: block; position: fixed; inset: 40% 0 auto; text-align: center;
    font: bold 70pt sans-serif; color: #f0f0f0; print-color-adjust: exact;
    transform: rotate(-30deg); z-index: -1; }
}
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def to_html(page: dict[str, Any]) -> bytes:
    """Return a document, as `templates.page_of` gives it, as HTML. Every text is escaped."""
    title, mark = _e(page["title"]), f"SYNTHETIC · {_e(page['handling'])}"
    about = "".join(f"<dt>{_e(name)}</dt><dd>{_e(text)}</dd>" for name, text in page["about"])
    sections = "\n".join(
        "<section><h2>"
        + _e(section["title"])
        + "</h2>"
        + "".join(_KINDS[block["kind"]](block) for block in section["blocks"])
        + "</section>"
        for section in page["sections"]
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f'<header><p class="mark">{mark}</p></header>\n'
        f'<div class="every-page" aria-hidden="true">SYNTHETIC</div>\n'
        f'<main><p class="name">{_e(page["name"])}</p><h1>{title}</h1><dl>{about}</dl>\n'
        f"{sections}\n</main>\n"
        f'<footer><p class="mark">{mark}</p></footer></body></html>\n'
    ).encode()


def _e(text: str) -> str:
    return html.escape(text, quote=True)


def _answer(block: dict[str, Any]) -> str:
    return (
        f'<div class="answer"><p><strong>{_e(block["word"])}, {_e(block["percent"])}:</strong> '
        f"{_e(block['text'])}</p><p>{_e(block['confidence'])}</p></div>"
    )


def _list(block: dict[str, Any]) -> str:
    return f"<ul>{''.join(f'<li>{_e(item)}</li>' for item in block['items'])}</ul>"


def _table(block: dict[str, Any]) -> str:
    heads = "".join(f'<th scope="col">{_e(head)}</th>' for head in block["heads"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{_e(cell)}</td>" for cell in row) + "</tr>" for row in block["rows"]
    )
    return (
        f"<table><caption>{_e(block['label'])}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _picture(block: dict[str, Any]) -> str:
    data = base64.b64encode(png(block["figure"])).decode()
    large = ' class="large"' if block["height"] > 100 else ""
    return (
        f'<figure{large}><img alt="{_e(block["alt"])}" src="data:image/png;base64,{data}">'
        f"<figcaption>{_e(block['caption'])}</figcaption></figure>"
    )


_KINDS = {
    "text": lambda block: f"<p>{_e(block['text'])}</p>",
    "note": lambda block: f'<p class="note">{_e(block["text"])}</p>',
    "answer": _answer,
    "list": _list,
    "table": _table,
    "picture": _picture,
}
