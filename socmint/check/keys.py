"""What a lab's key holds: how to work out the expected answer, and the mistakes to expect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from socmint.check.kinds import DF, FIG, FORM, NUM, PARTITION, PROB, RANK, SET, TXT

Kind = NUM | SET | RANK | DF | PARTITION | PROB | FIG | FORM | TXT


@dataclass(frozen=True)
class Wrong:
    """A mistake that real learners make.

    Attributes:
        name: a few words, for tables and reports.
        make: from the world, the value that somebody who errs this way would hand in.
        message: the sentence that this answer must get. It never holds the expected answer. For
            a value that cannot be read, such as text for a number, it is what reading it says.
    """

    name: str
    make: Callable[[Any], Any]
    message: str


@dataclass(frozen=True)
class Key:
    """One question's key.

    Attributes:
        kind: how the answer is read and scored.
        expected: from the world (tables and truth), the expected answer. It must take another way
            than the solution does, so that one checks the other.
        right: what a learner who is right should take away, in one or two sentences.
        wrongs: the mistakes with a message of their own.
        function: the learner writes a function, so what is missing may be its `return`.
    """

    kind: Kind
    expected: Callable[[Any], Any]
    right: str
    wrongs: tuple[Wrong, ...]
    function: bool = False
