"""Some of the invented class do the lab `authority`, too: they write a letter, and use the desk.

So a dry run has texts to mark by hand in formgrader, and logs of the desk in its report. The desk
is played on each learner's own world, and its log goes into the notebook as a learner's would.
"""

import io
import json
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from socmint.desk import Desk, load_profile
from socmint.desk.desk import REFUSALS
from socmint.desk.handin import bundle
from socmint.grading import demo
from socmint.grading.classroom import Class, prepare, store
from socmint.grading.collect import collect
from socmint.grading.rebuild import fill
from socmint.grading.score import own_place
from synthetic_data import World

TOPIC = "authority"
WORDS = ("a", "e", "la", "de", "the", "to", "in", "of", "and", "en", "el", "is")

_FAIR = """
Dear colleague, your request for a list of all who use the tag is refused. The third principle
fails: the step is not proportionate. You expect {people} points of intrusion, and the ceiling at
this seriousness is 150. Nearly all of it falls on people who are suspected of nothing and walk
along the quay. Your question is how full the quay will be. Counts by day answer it at level 1 and
show nobody. Please send a request for such a count; I can decide on it today. If you need names
all the same, write down for which decision, and ask the senior officer to review this refusal."""
_SHORT = """
Your request for the list is refused. P3, the third principle, fails because it is not
proportionate: you expect {people} points, and the ceiling is 150. A gentler step is a count by
day at level 1. Names are not needed for the question of the chief, which is about the number of
people on the quay and not about who they are. You can send a new request for counts. With it you
would learn on which days the quay is too full, and nobody would be listed in our files who has
done nothing wrong."""
_HARSH = """
Refused. This is the third time that somebody from your unit asks for everybody at once, and I do
not want to see it again. P3, the third principle, is about proportion, and {people} points are
far over the ceiling of 150, as anybody can see who reads the table before writing. Count them by
day if you must know how many there are; that is level 1. A list of names is what lazy officers
want, and it helps nobody at all on the quay. Send a new request when you have understood this, or
find another job to do."""
_BRIEF = "\nRefused, because we must respect privacy. Please do not send such requests again."

LETTERS = {  # what it is → the letter, answers that are filled in, how the desk was used
    "a fair letter, careful at the desk": (_FAIR, 8, "careful"),
    "a good letter, nothing on review": (_SHORT, 8, "careful"),
    "a harsh letter, greedy at the desk": (_HARSH, 8, "greedy"),
    "a letter of one line, greedy at the desk": (_BRIEF, 6, "greedy"),
    "a good letter, no log": (_SHORT.replace("You can", "Then you can"), 7, ""),
    "no letter": ("", 4, "careful"),
}


def submissions(group: Class) -> dict[str, tuple[str, bytes]]:
    """Return what the first learners of a class hand in: id → what it is, and the notebook.

    Their worlds are made, as `release` would, where they are missing.
    """
    who = dict(zip((one.id for one in group.learners), LETTERS.items(), strict=False))
    places = {learner: own_place(group.secret, learner, TOPIC) for learner in who}
    prepare(group, TOPIC, (("judgement", place) for place in places.values()))
    made = {}
    for learner, (what, (letter, answers, style)) in who.items():
        world = World.read(group.path("worlds", TOPIC, places[learner].name))
        form = _form(world)
        given = dict(list(demo.solutions(TOPIC).items())[:answers])
        given.pop(f"{TOPIC}-q8-answer", None)
        if letter:
            text = letter.format(people=form.pop("before")).strip()
            given[f"{TOPIC}-q8-answer"] = f'letter = """\n{text}\n"""'
        book = fill(demo.template(TOPIC), given)
        if style:
            _last_code(book)["outputs"] = [
                {"output_type": "display_data", "metadata": {}, "data": _log(world, form, style)}
            ]
        made[learner] = (what, json.dumps(book, indent=1).encode())
    return made


def hand_in(group: Class) -> dict[str, str]:
    """Let them hand in; return what each notebook is, by learner's id."""
    made = submissions(group)
    with tempfile.TemporaryDirectory() as folder:
        for learner, (_, notebook) in made.items():
            store(Path(folder, f"{TOPIC}_{learner}.ipynb"), notebook)
        collect(group, TOPIC, [Path(folder)])
    return {learner: what for learner, (what, _) in made.items()}


def _form(world: World) -> dict:
    """Return the request of Q5 as it was mended; `before` is what was estimated at first."""
    requests = world.tables["requests"]
    form = requests[requests["conduct"] == "bulk_named"].iloc[0].to_dict()
    del form["request_id"]
    for name in ("targets", "items", "lower"):
        form[name] = form[name].split()
    form["lower"] = [int(line) for line in form["lower"]]
    form["probability"] = form.pop("percent") / 100
    counts = {
        "conduct": "bulk",
        "level": 1,
        "estimate": 20,
        "limits": "counts only; nobody is shown",
    }
    return form | counts | {"finding": "the size of the crowd by day", "before": form["estimate"]}


def _last_code(book: dict) -> dict:
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"][-1]


def _log(world: World, form: dict, style: str) -> dict[str, object]:
    """Play the desk and return its log as the output of a cell."""
    form = {name: value for name, value in form.items() if name != "before"}
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        path = Path(folder, f"{TOPIC}-{world.meta['seed']}.jsonl")
        desk = Desk(world, path, load_profile())
        desk.sign("A learner", {number: min(rules) for number, rules in REFUSALS.items()})
        grant = desk.request(form).authority
        desk.wait(2)
        desk.count(form["targets"][0], ir=form["requirement"], auth=grant)
        if style == "careful":
            desk.search(form["targets"][0], ir=form["requirement"], limit=3)
            desk.cancel(grant)
        else:
            for word in WORDS:
                desk.search(word, ir=form["requirement"], limit=24)
        return bundle(path.read_bytes(), path.name)
