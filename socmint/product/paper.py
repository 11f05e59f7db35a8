"""A document as a tagged PDF (PDF/UA-1), set by typst, without a network and without LaTeX."""

import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from socmint.errors import CourseError
from socmint.product.picture import png


def to_pdf(page: dict[str, Any]) -> bytes:
    """Return a document, as `templates.page_of` gives it, as PDF.

    Raises:
        CourseError: typst is not installed, or it cannot set a character.
    """
    try:
        import typst
    except ImportError:
        raise CourseError(
            "For PDF, install typst: python -m pip install typst==0.15.2. Or write .html, open it "
            "in a browser and print it to a file."
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        sections = [
            section | {"blocks": [_filed(block, room) for block in section["blocks"]]}
            for section in page["sections"]
        ]
        words = json.dumps(page | {"sections": sections}, ensure_ascii=False)
        (room / "page.json").write_text(words, encoding="utf-8")
        layout = resources.files("socmint.product").joinpath("product.typ").read_bytes()
        (room / "product.typ").write_bytes(layout)
        try:
            # No time of making: it would tell when, and in which zone, somebody worked.
            return typst.compile(str(room / "product.typ"), root=folder, pdf_standards=["ua-1"])
        except typst.TypstError as error:
            reason = error.message.replace(folder, "").splitlines()[0]
            raise CourseError(
                f"The PDF cannot be made ({reason}). Write .html and print it from a browser."
            ) from None


def _filed(block: dict[str, Any], room: Path) -> dict[str, Any]:
    if block["kind"] != "picture":
        return block
    name = f"{len(list(room.iterdir()))}.png"
    (room / name).write_bytes(png(block["figure"]))
    return {key: value for key, value in block.items() if key != "figure"} | {"file": name}
