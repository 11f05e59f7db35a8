"""A short quiz beside the lesson: every option comes with its reason."""

import html
from hashlib import sha256
from typing import Any

from socmint.course import ROOT, load, read_toml
from socmint.errors import CourseError
from socmint.progress import is_read, note_quiz, watch_cells
from socmint.stills import beside


def read_quiz(topic: str) -> list[dict[str, Any]]:
    """Return the quiz of a module: for each item what is asked, and its options.

    Options are dicts with `text`, `right` (bool) and `why`, in an order that depends on the words
    alone: the same for everybody, and without a favourite place for the right one.

    Raises:
        CourseError: no such topic, no quiz file, or an item without options or reasons.
    """
    load().find(topic)
    path = ROOT / "course" / "quizzes" / f"{topic}.toml"
    items = []
    for number, item in enumerate(read_toml(path).get("item", []), start=1):
        try:
            options = [{"text": item["right"], "right": True, "why": item["why"]}]
            for wrong in item["wrong"]:
                options.append({"text": wrong["option"], "right": False, "why": wrong["why"]})
            ask = item["ask"]
        except KeyError as error:
            raise CourseError(f"{path}: item {number} has no {error}.") from None
        options.sort(key=lambda option: sha256((ask + option["text"]).encode()).hexdigest())
        items.append({"ask": ask, "options": options})
    return items


class Quiz:
    """Questions to click in JupyterLab; questions to unfold in a saved page."""

    def __init__(self, topic: str):
        self._topic, self._items = topic, read_quiz(topic)

    def __repr__(self) -> str:
        return f"Quiz of {len(self._items)} questions"

    def _repr_html_(self) -> str:
        parts = []
        for number, item in enumerate(self._items, start=1):
            parts.append(f"<p><strong>{number}. {html.escape(item['ask'])}</strong></p>")
            for option in item["options"]:
                text = html.escape(option["text"])
                parts.append(
                    f"<details><summary>{text}</summary><p>{_reason(option)}</p></details>"
                )
        how = "<p>Open an answer to see whether it is right, and why.</p>"
        return f'<section lang="en" aria-label="Quiz">{how}{"".join(parts)}</section>'

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for output in self._outputs():
            display(output, raw=True)

    def _outputs(self) -> list[dict[str, Any]]:
        """Return what a cell displays: the questions to unfold, then those to click."""
        still = {"text/plain": repr(self), "text/html": self._repr_html_()}
        # A page that is made without a reader must show the questions to unfold: of a widget it
        # would keep a view that only a network could fill.
        return beside(still, self._widget(), "socmint-quiz") if is_read() else [still]

    def _widget(self) -> Any:
        import ipywidgets as widgets

        rows = [self._question(number, item) for number, item in enumerate(self._items, start=1)]
        return widgets.VBox(rows).add_class("socmint-quiz")

    def _question(self, number: int, item: dict[str, Any]) -> Any:
        import ipywidgets as widgets

        # One button each rather than radio buttons: long options wrap, and each is a plain
        # element that a keyboard and a screen reader reach.
        feedback = widgets.HTML('<div role="status" aria-live="polite"></div>')
        buttons = []
        for option in item["options"]:
            button = widgets.Button(
                description=option["text"],
                tooltip=option["text"],
                layout=widgets.Layout(width="auto", max_width="46em", height="auto"),
                style={"text_align": "left"} if hasattr(widgets.ButtonStyle, "text_align") else {},
            )
            button.add_class("socmint-option")

            def chosen(_: Any, option: dict[str, Any] = option) -> None:
                note_quiz(self._topic, number, option["text"], option["right"])
                feedback.value = f'<div role="status" aria-live="polite">{_reason(option)}</div>'

            button.on_click(chosen)
            buttons.append(button)
        ask = widgets.HTML(
            "<style>.socmint-option{white-space:normal;text-align:left;line-height:1.4;"
            "padding:4px 10px;min-height:28px}</style>"
            f"<strong>{number}. {html.escape(item['ask'])}</strong>"
        )
        return widgets.VBox([ask, *buttons, feedback])


def _reason(option: dict[str, Any]) -> str:
    symbol, word = ("✓", "Right.") if option["right"] else ("✗", "Not this one.")
    text, why = html.escape(option["text"]), html.escape(option["why"])
    return f'<span aria-hidden="true">{symbol}</span> <strong>{word}</strong> <em>{text}</em> {why}'


def quiz(topic: str) -> Quiz:
    """Return the quiz of a module. Put it last in a cell."""
    watch_cells()
    return Quiz(topic)
