"""Which claims of the five sources are taught, and which wait for a module that is not written.

`course/claims.tsv` lists every claim with the module that owns it. A lesson names the claims it
teaches in its last cell (`Claims: M11-01, …`).
"""

import csv
import re
from collections import Counter
from pathlib import Path

from socmint import course

_ID = re.compile(r"\bM\d\d-\d\d\b")


def owners(root: Path = course.ROOT) -> dict[str, str]:
    """Return the module of each claim, by claim id."""
    with (root / "course" / "claims.tsv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["module"] for row in csv.DictReader(file, delimiter="\t")}


def named(root: Path = course.ROOT) -> dict[str, list[str]]:
    """Return the claims that each lesson names, by module id, in the order of its footer."""
    found = {}
    for module in course.load(root / "course" / "course.toml").modules:
        text = (root / "course" / "lessons" / f"{module.topic}.py").read_text("utf-8")
        line = text[text.rindex("# Claims:") :]
        found[module.id] = _ID.findall(line)
    return found


def waiting(root: Path = course.ROOT) -> Counter:
    """Return how many claims wait for their module, by module id."""
    taught = {claim for claims in named(root).values() for claim in claims}
    return Counter(module for claim, module in owners(root).items() if claim not in taught)
