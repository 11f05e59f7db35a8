"""What a learner sees beside the cell, and what a grader reads from it."""

import html
from dataclasses import dataclass
from typing import Any

ANSWER_MIME = "application/vnd.socmint.answer+json"
"""The serialised answer travels in the cell's output under this type."""

_LOOK = {  # outcome: symbol, colour of the border (Okabe and Ito 2008, safe for the colour-blind)
    "not answered yet": ("○", "#999999"),
    "not yet": ("✗", "#D55E00"),
    "partly right": ("◐", "#0072B2"),
    "right": ("✓", "#009E73"),
    "recorded": ("●", "#56B4E9"),
}


@dataclass(frozen=True)
class Result:
    """The outcome of one check. As a cell's last value it shows feedback and counts as points.

    Its plain text is the score as a number: nbgrader reads it as partial credit. `forecast` is for
    the learner's own progress and is never shown or sent.
    """

    topic: str
    question: str
    title: str
    outcome: str
    score: float
    points: float
    notes: list[str]
    answer: Any = None
    world: int | None = None
    forecast: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """The feedback as plain sentences, one a line."""
        head = f"{self.title}{'' if self.title.endswith('?') else ':'} {self.outcome}"
        if self.outcome not in ("not answered yet", "recorded"):
            head += f", {self.score:g} of {self.points:g} point{'' if self.points == 1 else 's'}"
        return "\n".join([f"{head}.", *self.notes])

    def __repr__(self) -> str:
        return f"{self.score:g}"

    def _repr_html_(self) -> str:
        symbol, colour = _LOOK[self.outcome]
        head, *notes = map(html.escape, self.text.split("\n"))
        # Inline style and inherited text colour: legible in light, dark and high contrast themes,
        # in untrusted notebooks and in saved pages. Symbol and words repeat what the colour says.
        body = "".join(f'<p style="margin:0.3em 0">{note}</p>' for note in notes)
        return (
            f'<section role="region" lang="en" aria-label="{head}" style="border-left:6px solid '
            f'{colour};padding:0.4em 0.9em;margin:0.3em 0;max-width:46em">'
            f'<p style="margin:0.2em 0"><span aria-hidden="true">{symbol}</span> '
            f"<strong>{head}</strong></p>{body}</section>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        answer = {"topic": self.topic, "question": self.question, "answer": self.answer}
        if self.world is not None:
            answer["world"] = self.world
        return {"text/plain": repr(self), "text/html": self._repr_html_(), ANSWER_MIME: answer}
