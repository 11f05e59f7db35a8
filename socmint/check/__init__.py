"""Check a lab answer and say how well it is done."""

from socmint.check.checker import Checker, check, load_keys
from socmint.check.feedback import ANSWER_MIME, Result
from socmint.check.keys import Key, Wrong
from socmint.check.kinds import (
    DF,
    FIG,
    FORM,
    NUM,
    PARTITION,
    PROB,
    RANK,
    SET,
    TITLED,
    TXT,
    Need,
    says,
)

__all__ = [
    "ANSWER_MIME",
    "DF",
    "FIG",
    "FORM",
    "NUM",
    "PARTITION",
    "PROB",
    "RANK",
    "SET",
    "TITLED",
    "TXT",
    "Checker",
    "Key",
    "Need",
    "Result",
    "Wrong",
    "check",
    "load_keys",
    "says",
]
