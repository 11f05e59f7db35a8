"""Every lab: blank scores nothing, the solution scores everything, each mistake gets its message.

All on three worlds. The built notebooks are run as they ship; keys and solutions take different
ways to the same answer, so each checks the other.
"""

import json
import os
from collections import Counter

import nbformat
import pytest
from nbclient import NotebookClient

from socmint import course
from socmint.check import ANSWER_MIME, check, load_keys
from synthetic_data import generate

SEEDS = (1, 2, 3)
MODULES = course.load().modules
TOPICS = [module.topic for module in MODULES if module.questions]
QUESTIONS = [(module.topic, question.id) for module in MODULES for question in module.questions]


@pytest.fixture(scope="module")
def world():
    """Return a function that makes each world once."""
    made = {}

    def make(topic, seed):
        settings = course.load().find(topic).world
        name = (settings["scenario"], settings["accounts"], seed)
        if name not in made:
            made.clear()  # one world at a time is enough, and 20,000 accounts are large
            made[name] = generate(settings["scenario"], seed=seed, accounts=settings["accounts"])
        return made[name]

    return make


def run(folder, topic, seed, tmp_path):
    """Run a built lab on one world; return the score and the answer of each question."""
    path = course.ROOT / folder / topic / f"{topic}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    env = os.environ | {"SOCMINT_SEED": str(seed)}
    env.pop("SOCMINT_WORLD", None)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=env)
    scores, answers = {}, {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output
            if ANSWER_MIME in output.get("data", {}):
                bundle = output["data"][ANSWER_MIME]
                scores[bundle["question"]] = float(output["data"]["text/plain"])
                answers[bundle["question"]] = bundle["answer"]
    return scores, answers


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Return a function that runs each solution once."""
    made = {}

    def make(topic, seed):
        if (topic, seed) not in made:
            made[topic, seed] = run("solutions", topic, seed, tmp_path_factory.mktemp("lab"))
        return made[topic, seed]

    return make


@pytest.mark.parametrize("topic", TOPICS)
def test_blank_lab_scores_nothing(topic, tmp_path):
    scores, answers = run("labs", topic, SEEDS[0], tmp_path)
    questions = course.load().find(topic).questions
    assert scores == {question.id: 0 for question in questions}
    assert set(answers.values()) == {None}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("topic", TOPICS)
def test_solution_scores_full_marks(topic, seed, solved):
    scores, _ = solved(topic, seed)
    questions = course.load().find(topic).questions
    assert scores == {question.id: question.points for question in questions}


@pytest.mark.parametrize("topic", TOPICS)
def test_answers_of_one_world_are_worth_less_in_another(topic, solved, world):
    """Literal answers copied from the first world lose marks in the second, question by question.

    Texts, figures' form and fixed classifications do not depend on the world; the rest must.
    """
    module = course.load().find(topic)
    _, answers = solved(topic, SEEDS[0])
    other = world(topic, SEEDS[1])
    lost = 0
    for question in module.questions:
        key = load_keys(topic)[question.id]
        fraction = key.kind.score(answers[question.id], key.expected(other)).fraction
        lost += fraction < 1
    assert lost >= len(module.questions) / 2


@pytest.mark.parametrize(("topic", "question_id"), QUESTIONS)
def test_three_mistakes_are_named(topic, question_id):
    wrongs = load_keys(topic)[question_id].wrongs
    assert len(wrongs) >= 3
    assert len({wrong.name for wrong in wrongs}) == len({w.message for w in wrongs}) == len(wrongs)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("topic", TOPICS)
def test_each_mistake_gets_its_message(topic, seed, world):
    module, here = course.load().find(topic), world(topic, seed)
    faults = []
    for question in module.questions:
        for wrong in load_keys(topic)[question.id].wrongs:
            result = check(module, question, here, wrong.make(here))
            if result.score >= question.points or wrong.message not in result.notes:
                faults.append((question.id, wrong.name, result.score, result.notes))
    assert faults == []


@pytest.mark.parametrize(("topic", "question_id"), QUESTIONS)
def test_messages_do_not_hold_the_answer(topic, question_id, world):
    """Neither a message nor a note names an expected id that the learner did not write."""
    module, here = course.load().find(topic), world(topic, SEEDS[0])
    question, key = module.find(question_id), load_keys(topic)[question_id]
    expected = json.dumps(key.expected(here), default=_plain)
    secret = {part for part in expected.split('"') if part.startswith("a-")}
    for wrong in key.wrongs:
        value = wrong.make(here)
        mine = repr(value)
        text = check(module, question, here, value).text
        assert not {name for name in secret if name in text and name not in mine}


def _plain(value):
    if hasattr(value, "to_dict"):
        return value.to_dict(orient="list")
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("X is the leader.", True),
        ("We think he is probably the boss!", True),
        ("It is likely that X leads the group.", True),
        ("This does not show that X is the leader.", False),
        ("We cannot say that he is the boss.", False),
        ("Nothing here tells us whether X leads.", False),
    ],
)
def test_only_a_claim_of_leadership_is_a_claim(sentence, claims):
    key = load_keys("networks")["q9"]
    told = "still says that somebody is the leader"
    assert any(told in note for note in key.kind.score(sentence, None).notes) == claims


def test_what_needs_no_thought_earns_nothing_in_the_window(world):
    """All posts coded display, as the lazy colleague of the lesson does; all pictures named."""
    module, here = course.load().find("crime_on_show"), world("crime_on_show", SEEDS[0])
    coded = here.tables["use_cards"].assign(use="display")
    media = here.tables["media"]
    named = media.loc[media["subject"] == "weapon style", "media_id"].tolist()
    for question_id, answer in (("q1", coded), ("q4", named)):
        assert check(module, module.find(question_id), here, answer).score == 0


@pytest.mark.parametrize(
    ("alert", "full"),
    [
        (
            "Duty officer, please reach {id} in private by 18:00: two posts about payments for "
            "peace, asks for advice.",
            True,  # the line that the lesson shows
        ),
        (
            "Youth worker, please see {id} tomorrow about repeated visits; asks whom one can talk "
            "to. Do not answer in public.",
            True,
        ),
        (
            "Duty officer, please do not wait, and answer {id} in public by 18:00: posts about "
            "visits, asks for advice.",
            False,
        ),
        (
            "Duty officer, please reach {id} in private: two posts about payments for peace, asks "
            "for advice.",
            False,  # by when?
        ),
    ],
)
def test_an_alert_is_read_for_what_it_says(world, alert, full):
    module, here = course.load().find("crime_on_show"), world("crime_on_show", SEEDS[0])
    people = here.truth["people"]
    (owner,) = people.loc[people["role"] == "shop owner", "account_id"]
    result = check(module, module.find("q6"), here, alert.format(id=owner))
    assert (result.score == result.points) == full, result.notes


def test_points_of_the_notebooks_are_those_of_the_table_of_contents():
    for module in map(course.load().find, TOPICS):
        path = course.ROOT / "labs" / module.topic / f"{module.topic}.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        points = Counter()
        for cell in cells:
            settings = cell.metadata.get("nbgrader", {})
            if settings.get("grade"):
                points[settings["grade_id"].split("-")[1]] += settings["points"]
        assert points == {q.id: q.points + q.manual for q in module.questions}
