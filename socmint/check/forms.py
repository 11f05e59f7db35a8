"""The form of each answer without its key: enough to read an answer where nothing may be known.

While a class is graded, a learner's notebook runs where no key is. The grader hands in the forms
of the answers as JSON in the environment variable `SOCMINT_FORMS`; checks then record only.
"""

import dataclasses
import datetime
import json
import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from socmint.check.keys import Key, Kind
from socmint.check.kinds import (
    DF,
    FIG,
    FORM,
    NUM,
    PARTITION,
    PROB,
    RANK,
    SET,
    TXT,
    Unreadable,
    describe,
)

VARIABLE = "SOCMINT_FORMS"
_KINDS = {kind.__name__: kind for kind in (DF, FIG, FORM, NUM, PARTITION, PROB, RANK, SET, TXT)}
_SECRET = {"needs", "tolerance", "share", "enough", "good"}
"""What scoring uses and reading does not. It stays with the key."""
_TABLE = "a table"


@dataclasses.dataclass(frozen=True)
class Plain:
    """An answer whose key reads it in a way of its own: it travels as it is, tables as columns."""

    def read(self, value: object) -> Any:
        """Return the value as plain data, at most three levels deep."""
        return _plain(value, 3)


def _plain(value: object, depth: int) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime.date):  # a pandas Timestamp is one, too
        value = str(value)
    if value is None or isinstance(value, str | bool | numbers.Real):
        return value
    if depth:
        if isinstance(value, pd.DataFrame):
            columns = value.reset_index(drop=True).astype(object).where(value.notna().values, None)
            return {_TABLE: {str(n): _plain(list(columns[n]), 1) for n in columns}}
        if isinstance(value, pd.Series):
            value = value.to_dict()
        if isinstance(value, Mapping):
            return {str(name): _plain(part, depth - 1) for name, part in value.items()}
        if isinstance(value, set | frozenset):
            value = sorted(value, key=str)
        if isinstance(value, list | tuple | np.ndarray):
            return [_plain(part, depth - 1) for part in value]
    raise Unreadable(f"Your answer holds {describe(value)}. Use text, numbers, lists and tables.")


def _restored(value: Any) -> Any:
    """Return the tables of a plain value as tables."""
    if isinstance(value, dict):
        if value.keys() == {_TABLE}:
            return pd.DataFrame(value[_TABLE])
        return {name: _restored(part) for name, part in value.items()}
    return value


def _base(kind: Kind) -> type | None:
    """Return the kind of the course whose `read` this one uses, if it is one of these."""
    base = next((base for base in type(kind).__mro__ if base.__name__ in _KINDS), None)
    return base if base and type(kind).read is base.read else None


def read(key: Key, answer: Any) -> Any:
    """Return an answer that was recorded by its form, as its key reads it.

    It is read once more, as if it came from the learner just now: what was recorded may be forged,
    and scoring relies on what reading refuses, such as an id that stands in a list twice.

    Raises:
        Unreadable: the key refuses it; the message is for the learner.
    """
    base = _base(key.kind)
    if base is None:
        return key.kind.read(_restored(answer))
    if base is FIG:
        return _figure(answer)
    if base is DF:
        if not isinstance(answer, list):
            raise Unreadable(f"Your answer is {describe(answer)}. A table (DataFrame) is needed.")
        answer = pd.DataFrame(answer, columns=[*key.kind.key, *key.kind.columns], dtype=object)
    return key.kind.read(answer)


_TEXTS = (list, str)
_FIGURE: dict[str, Any] = {
    **dict.fromkeys(("title", "xlabel", "ylabel"), str),
    **dict.fromkeys(("xticks", "yticks", "legend", "texts"), _TEXTS),
    "bars": (list, (list, float)),
    "lines": (list, (list, (list, float))),
    "stacked": bool,
    **dict.fromkeys(("points", "colours"), int),
    "smallest_text": float,
    "inches": (list, float),
}
"""The form of what FIG reads: a tuple is a list and what is in it."""


def _figure(answer: Any) -> dict[str, Any]:
    """Return the properties of a figure, if they are of the form that reading one gives."""
    if not isinstance(answer, dict) or answer.keys() != _FIGURE.keys():
        raise Unreadable("Your answer is no figure.")
    for name, form in _FIGURE.items():
        if not _has(answer[name], form):
            raise Unreadable(f"Your figure has a {name} that no figure has.")
    return answer


def _has(value: Any, form: Any) -> bool:
    """Say whether a value is of a form of `_FIGURE`. Numbers are those that can be compared."""
    if isinstance(form, tuple):
        return isinstance(value, list) and all(_has(part, form[1]) for part in value)
    if form is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and abs(value) < math.inf
    return type(value) is form


def dump(keys: Mapping[str, Key]) -> str:
    """Return the forms of a lab's answers as JSON: question id → kind and its settings."""
    forms = {}
    for question, key in keys.items():
        base = _base(key.kind)
        if base is None:
            forms[question] = {"kind": "Plain"}
            continue
        fields = {f.name: getattr(key.kind, f.name) for f in dataclasses.fields(base)}
        if base is DF:  # a column is text (None) or numbers; how near is the key's
            fields["columns"] = {
                name: None if tolerance is None else 0
                for name, tolerance in key.kind.columns.items()
            }
        public = {name: value for name, value in fields.items() if name not in _SECRET}
        forms[question] = {"kind": base.__name__, **public}
    return json.dumps(forms)


def load(text: str) -> dict[str, Kind | Plain]:
    """Return question id → a kind that can read answers and knows nothing to score them by.

    Example:
        >>> load('{"q1": {"kind": "SET", "most": 5}}')["q1"].most
        5
    """
    return {question: _kind(fields) for question, fields in json.loads(text).items()}


def _kind(fields: dict) -> Kind | Plain:
    if fields["kind"] == "Plain":
        return Plain()
    kind = _KINDS[fields["kind"]]
    values = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items() if n != "kind"}
    if "needs" in {f.name for f in dataclasses.fields(kind)}:
        values["needs"] = ()
    return kind(**values)
