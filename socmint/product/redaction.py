"""Take words out of a product so that nothing of them is left in any file made from it."""

import dataclasses
import pickle
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from socmint.errors import CourseError
from socmint.figures import Shown, show
from socmint.product.checking import strings
from socmint.product.model import Product

GONE = "[removed]"
# Signs that nobody sees, and that would split a word for a search.
_UNSEEN = "[\u00ad\u200b-\u200d\u2060\ufeff]*"


def redact(product: Product, words: Iterable[str]) -> Product:
    """Return a copy without the words: in texts, in alt texts and in the pictures themselves.

    Case, line breaks, hidden signs and the way accents are stored make no difference, and a word
    inside a longer one goes as well: too much is better than too little. A picture is drawn anew
    from its figure. Words that are drawn as shapes cannot be found; do not draw names so.

    Args:
        product: what was written.
        words: names, handles, ids or whole phrases; at least three characters each.

    Raises:
        CourseError: a text in place of a list, a word that is too short, or a picture that still
            shows one.

    Example:
        >>> redact(Product(title="Ana waits at the quay"), ["ana"]).title
        '[removed] waits at the quay'
    """
    if isinstance(words, str):
        raise CourseError("Give the words as a list, as in redact(product, […]).")
    words = sorted({*words}, key=len, reverse=True)
    for one in words:
        if len(one.strip()) < 3 or one.casefold() in GONE:
            raise CourseError(f"{one!r} is too short or too common to take out.")
    if not words:
        return product
    pattern = re.compile("|".join(map(_pattern, words)), re.IGNORECASE)
    people = tuple(one for one in product.people if not pattern.search(_normal(one)))
    cleaned = _cleaned(dataclasses.replace(product, people=people), pattern)
    assert not any(pattern.search(_normal(text)) for text in strings(cleaned))
    return cleaned


def _pattern(one: str) -> str:
    parts = (_UNSEEN.join(map(re.escape, part)) for part in _normal(one).lstrip("@").split())
    return "@?" + rf"[\s{_UNSEEN[1:-2]}]+".join(parts)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _cleaned(value: Any, pattern: re.Pattern) -> Any:
    if isinstance(value, str):
        return pattern.sub(GONE, _normal(value))
    if isinstance(value, tuple):
        return tuple(_cleaned(one, pattern) for one in value)
    if isinstance(value, list):
        return [_cleaned(one, pattern) for one in value]
    if isinstance(getattr(value, "figure", None), Figure):
        return _redrawn(value, pattern)
    if dataclasses.is_dataclass(value):
        names = [one.name for one in dataclasses.fields(value)]
        return dataclasses.replace(
            value, **{name: _cleaned(getattr(value, name), pattern) for name in names}
        )
    return value


def _redrawn(picture: Shown, pattern: re.Pattern) -> Shown:
    # A copy through pickle, as matplotlib advises; the reader's own figure stays as it is.
    figure = pickle.loads(pickle.dumps(picture.figure))
    figure.canvas.draw()  # labels of ticks are made on drawing
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            labels = [label.get_text() for label in axis.get_ticklabels()]
            if any(pattern.search(_normal(label)) for label in labels):
                limits = axis.get_view_interval()
                axis.set_ticks(
                    axis.get_ticklocs(), labels=[_cleaned(label, pattern) for label in labels]
                )
                axis.set_view_interval(*limits, ignore=True)
    for text in figure.findobj(Text):
        if pattern.search(_normal(text.get_text())):
            text.set_text(_cleaned(text.get_text(), pattern))
    redrawn = show(figure, alt=_cleaned(picture.alt, pattern))
    if any(pattern.search(_normal(text.get_text())) for text in figure.findobj(Text)):
        raise CourseError("A picture still shows a removed word. Draw it again without the word.")
    return redrawn
