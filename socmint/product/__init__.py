"""A two-page intelligence product: say what it says, check it, write it as HTML or PDF.

```python
from socmint.product import Answer, Fact, Product, Source, check, redact, write

product = Product(
    title="The hand-over moves to Quay 4",
    requirement="R2",
    answers=[Answer("The hand-over takes place at Quay 4.", 0.6, "moderate", "two sources agree",
                    ["S1", "S2"])],
    ...
)
check(product)                                  # what is missing, one sentence each
write(product, "product.html")                  # or product.pdf
write(product, "annex.pdf", template="annex")
write(redact(product, ["sea.cat"]), "partner.html", template="partner")
```
"""

from collections.abc import Iterable
from pathlib import Path

from socmint.errors import CourseError
from socmint.figures import Shown
from socmint.files import store
from socmint.product.checking import check
from socmint.product.model import Answer, Fact, Product, Source, word
from socmint.product.page import to_html
from socmint.product.paper import to_pdf
from socmint.product.redaction import redact
from socmint.product.templates import page_of

__all__ = ["Answer", "Fact", "Product", "Source", "check", "redact", "word", "write"]


def write(
    product: Product,
    path: str | Path,
    template: str = "product",
    keep: Iterable[str] = (),
) -> Path:
    """Write a product as one HTML file or as PDF.

    What `check` misses is counted in the document as a draft. The version for a partner leaves out
    pictures, what the sources are, facts that are not marked P, and all `people` but those in
    `keep`. A repository entry holds the pattern and the methods alone, and is not written while
    anybody stands in it.

    Args:
        product: what it says.
        path: ends in .html or .pdf; the folder must be there. A file of that name is replaced.
        template: product, annex, partner or repository.
        keep: people whom the partner needs to know.

    Returns:
        The path.

    Raises:
        CourseError: a path that cannot be written, a picture without a figure, PDF without typst,
            or a repository entry that is not ready.
    """
    if not isinstance(path, str | Path):
        raise CourseError('Say first what, then where to: write(product, "product.html").')
    if isinstance(keep, str):
        raise CourseError("keep must be a list, as in keep=[…].")
    path = Path(path)
    missing = check(product, template)
    make = {".html": to_html, ".pdf": to_pdf}.get(path.suffix.lower())
    if make is None:
        raise CourseError(f"{path.name} must end in .html or .pdf.")
    if not path.parent.is_dir():
        raise CourseError(f"There is no folder {path.parent}. Make it first.")
    if template == "repository" and missing:
        raise CourseError(f"This entry is not ready. {missing[0]}")
    if template == "partner":
        needed = {one.lstrip("@") for one in keep}
        product = redact(product, [one for one in product.people if one.lstrip("@") not in needed])
    for name in ("chart", "timeline"):
        picture = getattr(product, name)
        if picture is not None and not isinstance(picture, Shown):
            raise CourseError(f"The {name} must come from show(fig, alt=…) or socmint.figures.")
    page = page_of(product, template, len(missing))
    try:
        store(path, make(page))
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
    return path
