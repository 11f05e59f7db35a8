"""A small course in a folder of its own: two modules, one lab with a check and a marked text."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TOML = """\
[course]
id = "small101"
title = "A small course"

[[module]]
id = "M00"
topic = "counting"
title = "Count the accounts"
minutes = { lesson = 10, lab = 15, quiz = 5 }
needs = []
objectives = ["Count rows.", "Name a share."]
question = "How many are they?"
world = { scenario = "village", accounts = 50 }

[[module.questions]]
id = "q1"
title = "How many?"
kind = "NUM"
points = 1
manual = 0
fairness = "method"

[[module.questions]]
id = "q2"
title = "Say it in words"
kind = "TXT"
points = 2
manual = 4
fairness = "judgement"

[[module]]
id = "M01"
topic = "sharing"
title = "Compare the shares"
minutes = { lesson = 20, lab = 25, quiz = 5 }
needs = ["M00"]
objectives = ["Compare shares."]
question = "Whose share grows?"
world = { scenario = "village", accounts = 50 }

[[module.questions]]
id = "q1"
title = "The share"
kind = "NUM"
points = 3
manual = 0
fairness = "method"
"""

LAB = '''\
# %% [markdown] tags=["header"]
# The mayor asks by Friday.
#
# Dual use: counts of groups help nobody to find a person.

# %%
from socmint import open_lab

case, check = open_lab("counting")

# %% [markdown] tags=["q1", "task"]
# Count the accounts: one whole number.

# %% tags=["q1", "given"]
table = case.accounts

# %% tags=["q1", "answer"]
count = (
    ### BEGIN SOLUTION
    len(table.drop_duplicates("account_id"))
    ### END SOLUTION
)

# %% tags=["q1", "check"]
check.q1(count)

# %% [markdown] tags=["q1", "hints"]
# 1. Each row of `table` is one account.
# 2. Count the rows:
#    there is a function for it.

# %% [markdown] tags=["q1", "solution-note"]
# NOTE-FOR-INSTRUCTORS: ids are unique.

# %% [markdown]
# You are half way.

# %% [markdown] tags=["q2", "task"]
# Write one sentence for the mayor.

# %% tags=["q2", "answer"]
advice = (
    ### BEGIN SOLUTION
    """SECRET-SAMPLE: fifty accounts are not fifty people."""
    ### END SOLUTION
)

# %% tags=["q2", "check"]
check.q2(advice)

# %% [markdown] tags=["q2", "hints"]
# 1. An account is a claim.

# %% [markdown] tags=["q2", "rubric"]
# RUBRIC-LINE: two points for the number.

# %% [markdown] tags=["footer"]
# You can count now.
'''

START = """\
# %% [markdown]
# # Start here
#
# Run a cell with Shift and Enter.

# %% [markdown] tags=["contents"]
# ## The modules
"""

OTHER_LAB = re.sub(
    r"# %% \[markdown\]\n# You are half way.*?(?=# %% \[markdown\] tags=\[\"footer\"\])",
    "",
    LAB,
    flags=re.DOTALL,
).replace("counting", "sharing")


def write(root: Path) -> Path:
    """Write the course into an empty or new folder and return the folder."""
    for folder in ("lessons", "labs", "quizzes"):
        (root / "course" / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "course" / "templates", root / "course" / "templates")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    lesson = (root / "course" / "templates" / "lesson.py").read_text(encoding="utf-8")
    files = {
        "course.toml": TOML,
        "start_here.py": START,
        "labs/counting.py": LAB,
        "labs/sharing.py": OTHER_LAB,
        "lessons/counting.py": lesson.replace("TOPIC", "counting"),
        "lessons/sharing.py": lesson.replace("TOPIC", "sharing"),
        "quizzes/counting.toml": "",
        "quizzes/sharing.toml": "",
    }
    for name, text in files.items():
        (root / "course" / name).write_text(text, encoding="utf-8", newline="\n")
    return root


def change(root: Path, name: str, old: str, new: str) -> int:
    """Replace a text that stands once in a file; return the line where it started."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    return text[: text.index(old)].count("\n") + 1
