"""Submissions of an invented class, honest ones and hostile ones, for demonstrations and tests."""

import json
import re

from socmint.course import ROOT
from socmint.grading import demo_answers
from socmint.grading.rebuild import fill

NAMES = (
    "Ana Brisol", "Ben Corvado", "Clara Delmar", "Dario Estrel", "Elena Farol", "Félix Garza",
    "Greta Holm", "Hugo Islar", "Inés Jarama", "Jonas Kest", "Karla Lumen", "Leo Marisma",
    "Mara Norte", "Nico Olmedo", "Olga Puerto", "Pablo Quell", "Quirina Ríos", "Rosa Sal",
    "Saul Tiempo", "Tina Umbral", "Ugo Vela", "Vera Westin", "Willa Yarrow", "Xenia Zarza",
)  # fmt: skip

HOSTILE: dict[str, str] = {
    "endless loop": "while True:\n    pass",
    "stubborn loop": "import signal\nfor n in range(1, 65):\n    try:\n"
    "        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\n"
    "signal.setitimer(signal.ITIMER_REAL, 0)\n"
    "while True:\n    try:\n        while True:\n            pass\n"
    "    except BaseException:\n        pass",
    "ends its process": "import os\nos._exit(0)",
    "a million prints": "for n in range(1_000_000):\n    print('all work and no play')",
    "fifty gigabytes": "heap = bytearray(50_000_000_000)",
    "fork bomb": "import os\ntry:\n    while True:\n        os.fork()\nexcept OSError:\n    pass\n"
    "import time\ntime.sleep(60)",
    "patched checker": "from socmint.check.feedback import Result\n"
    "Result.__repr__ = lambda self: '100'\nResult.score = property(lambda self: 100)\n"
    "type(check)._check = lambda self, question, value: Result('first_steps', question.id, '', "
    "'right', 100.0, 100.0, [], 100)",
}
"""What an answer cell may hold: name → code."""


def template(topic: str) -> bytes:
    """Return the released lab."""
    return (ROOT / "labs" / topic / f"{topic}.ipynb").read_bytes()


def solutions(topic: str) -> dict[str, str]:
    """Return the sources of the answer cells of the solved lab, by grade id."""
    solved = json.loads((ROOT / "solutions" / topic / f"{topic}.ipynb").read_bytes())
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in solved["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


def solved(topic: str, only: int | None = None) -> bytes:
    """Return the lab with the first answers filled in, all of them when `only` is left out."""
    answers = dict(list(solutions(topic).items())[:only])
    return json.dumps(fill(template(topic), answers), indent=1).encode()


def with_code(topic: str, code: str, question: str = "q1", only: int | None = None) -> bytes:
    """Return a solved lab where one answer cell holds other code before its answer."""
    answers = dict(list(solutions(topic).items())[:only])
    name = f"{topic}-{question}-answer"
    answers[name] = code + "\n" + answers.get(name, "")
    return json.dumps(fill(template(topic), answers), indent=1).encode()


def honest(count: int) -> list[bytes]:
    """Return first_steps as written by learners who worked on their own, each in their own way."""
    return [_book(demo_answers.write(number)) for number in range(count)]


def _book(answers: dict[str, str]) -> bytes:
    cells = {f"first_steps-{question}-answer": text for question, text in answers.items()}
    return json.dumps(fill(template("first_steps"), cells), indent=1).encode()


def disguised(book: bytes) -> bytes:
    """Return a copy of a notebook that hides where it comes from.

    Names that its author chose are others, comments are new, and the cells stand in another order.
    """
    made = json.loads(book)
    answers = [c for c in made["cells"] if c["metadata"]["nbgrader"]["solution"]]
    given = set(re.findall(r"\w+", "".join("".join(c["source"]) for c in _given(made))))
    text = "\n".join("".join(cell["source"]) for cell in answers)
    chosen = set(re.findall(r"^ *(?:for )?(\w+)(?: =[^=]| in )", text, re.MULTILINE))
    names = {name: f"my_{n}" for n, name in enumerate(sorted(chosen - given))}
    for cell in answers:
        lines = [line for line in "".join(cell["source"]).split("\n") if line.strip()[:1] != "#"]
        source = "# all my own work\n" + "\n".join(lines)
        for old, new in names.items():
            source = re.sub(rf"\b{old}\b", new, source)
        cell["source"] = source.splitlines(keepends=True)
    made["cells"] = made["cells"][:4] + made["cells"][4:][::-1]
    return json.dumps(made, indent=1).encode()


def _given(made: dict) -> list[dict]:
    code = [c for c in made["cells"] if c["cell_type"] == "code"]
    return [c for c in code if not c["metadata"]["nbgrader"]["solution"]]


def submissions(topic: str) -> dict[str, tuple[str, bytes]]:
    """Return 24 submissions to first_steps: learner's id → what it is, and the notebook."""
    made = [("honest", book) for book in honest(12)]
    made += [("a copy of s04, disguised", disguised(made[3][1]))]
    made += [("solved", solved(topic)), ("blank", template(topic))]
    made += [("broken JSON", solved(topic)[:-400])]
    made += [("edited points", solved(topic, 2).replace(b'"points": 2', b'"points": 100'))]
    made += [(name, with_code(topic, code, "q2")) for name, code in HOSTILE.items()]
    return {f"s{n:02}": one for n, one in enumerate(made, start=1)}
