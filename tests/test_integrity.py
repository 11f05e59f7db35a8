"""Signs that work was shared: planted copies are found, honest work is left alone."""

import json

import pytest

from socmint.check import ANSWER_MIME
from socmint.course import ROOT
from socmint.desk import Desk, load_profile
from socmint.desk.desk import REFUSALS
from socmint.desk.shelf import SUBJECT, shelf_of
from socmint.grading import classroom, demo, demo_answers, integrity, score
from socmint.grading.collect import collect
from synthetic_data import World

LAB = "first_steps"
TEMPLATE = demo.template(LAB)


def handed_in(books):
    return {f"s{n:02}": book for n, book in enumerate(books, start=1)}


def book_of(first, count=24):
    """A class of the program in demo_answers that no other test looks at."""
    return [demo._book(demo_answers.write(first + n)) for n in range(count)]


# ---- code ----------------------------------------------------------------------------------------


def test_hardly_any_honest_pair_is_shown():
    """Five classes of 24 with 276 pairs each: fewer than one pair a class is a false alarm."""
    shown = [len(integrity.alike(TEMPLATE, handed_in(book_of(1000 * n)))) for n in range(1, 6)]
    assert sum(shown) < 5, shown


def test_disguised_copies_are_found():
    """Other names, other comments, cells in another order."""
    found = 0
    for source in range(0, 24, 4):
        books = [*book_of(0), demo.disguised(book_of(0)[source])]
        pairs = [flag.learners for flag in integrity.alike(TEMPLATE, handed_in(books))]
        found += (f"s{source + 1:02}", "s25") in pairs
    assert found >= 5


def test_a_copy_is_shown_side_by_side_and_marks_nothing():
    books = book_of(0)
    copy = demo.disguised(books[3])
    flag = next(
        one for one in integrity.alike(TEMPLATE, handed_in([*books, copy])) if "s25" in one.learners
    )
    assert flag.learners == ("s04", "s25")
    title, (left, right) = flag.evidence[0]
    assert title.startswith(f"{LAB}-q")
    assert left != right and "all my own work" in right
    assert not {"score", "points", "auto"} & set(integrity.as_data([flag])[0])


def answers(name, q5):
    made = demo_answers.write(7)
    return demo._book(made | {"q5": q5.replace("NAME", name)})


def test_names_comments_layout_and_order_of_statements_do_not_count():
    first = {"a": "# one\nrows = posts['x']\nmost = max(rows)\nprint(most)"}
    second = {"a": 'z1 = posts["x"]  # two\nprint( max(z1) )\nz2 = max(z1)\nprint(z2)'}
    given = {"posts"}
    stubs = {"a": "..."}
    one, other = (integrity._tokens(own, stubs, given)["a"] for own in (first, second))
    assert one[0] == other[0] == ["_", "=", "posts", "[", "x", "]"]
    assert integrity._near(one, list(reversed(one))) == 1
    assert 0.5 < integrity._near(one, other) < 1


def test_starter_code_does_not_count():
    stubs = {"a": "fig = ...  # keep this line\nclub = ties[1]"}
    own = {"a": "fig = ...\nclub = ties[1]\nmine = 3"}
    assert integrity._tokens(own, stubs, {"ties"})["a"] == [["_", "=", "3"]]


def test_what_everybody_writes_surprises_nobody():
    same = demo._book(demo_answers.write(7))
    assert integrity.alike(TEMPLATE, handed_in([same] * 12)) == []


@pytest.mark.parametrize("source", ["def (:", "x = '", "\\", "\x00", "(" * 500, "if 1:\n  x\n y"])
def test_code_that_cannot_be_parsed_is_compared_all_the_same(source):
    assert isinstance(integrity._statements(source, set()), list)
    books = [*book_of(0, 6), answers("x", source), answers("x", source)]
    integrity.alike(TEMPLATE, handed_in(books))


def test_unreadable_and_blank_ones_are_left_out():
    books = [b"{", TEMPLATE, *book_of(0, 4)]
    concerned = {n for flag in integrity.alike(TEMPLATE, handed_in(books)) for n in flag.learners}
    assert not concerned & {"s01", "s02"}


# ---- answers -------------------------------------------------------------------------------------


@pytest.fixture
def group(tmp_path):
    roster = tmp_path / "r.csv"
    names = [f"s{n:02}" for n in range(1, 13)]
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in names), encoding="utf-8")
    return classroom.init(tmp_path / "class", roster)


def tried(world, value):
    text = json.dumps(value)
    one = {"world": world, "score": 0, "answer": value} | score._kept(json.loads(text))
    return {"questions": {"q1": {"points": 4, "worlds": [one]}}, "made": {}}


def test_the_same_answer_on_two_worlds_is_shown_where_the_right_ones_differ(group, monkeypatch):
    topic = "authority"  # its first question is one of judgement
    right = {"s01": "x", "s02": "y", "s03": "x", "s04": "x"}
    monkeypatch.setattr(
        integrity, "_expected", lambda g, t, learner, *_: right.get(learner, learner).encode()
    )
    said = {"s01": ["a-1"], "s02": ["a-1"], "s03": ["a-2"], "s04": ["a-2"]}
    results = {
        name: tried("1", said.get(name, name)) for name in (one.id for one in group.learners)
    }
    (flag,) = integrity.same_answers(group, topic, results)
    assert flag.learners == ("s01", "s02")  # s03 and s04 answer alike, and rightly so
    assert "a-1" in flag.evidence[0][1][0]


def test_what_a_quarter_of_the_class_answers_is_no_sign(group, monkeypatch):
    monkeypatch.setattr(integrity, "_expected", lambda g, t, learner, *_: learner.encode())
    results = {one.id: tried("1", []) for one in group.learners}
    assert integrity.same_answers(group, "authority", results) == []


# ---- worlds --------------------------------------------------------------------------------------


def with_output(data):
    book = json.loads(demo.solved(LAB))
    cell = next(c for c in book["cells"] if c["id"] == f"{LAB}-q1-check")
    cell["outputs"] = [{"output_type": "execute_result", "data": data, "metadata": {}}]
    return json.dumps(book).encode()


def test_another_learners_world_leaves_traces(group):
    alias = {n: int(score.own_place(group.secret, n, LAB).alias) for n in ("s01", "s02")}
    bundle = {ANSWER_MIME: {"topic": LAB, "question": "q1", "answer": 1, "world": alias["s01"]}}
    data = {"s01": with_output(bundle), "s02": with_output(bundle), "s03": demo.solved(LAB)}
    (flag,) = integrity.other_worlds(group, LAB, data)
    assert flag.learners == ("s02", "s01")
    assert str(alias["s01"]) in flag.evidence[0][1][0]


def test_another_learners_pack_leaves_traces(group):
    book = json.loads(demo.solved(LAB))
    book["metadata"]["socmint"] = {"learner": "s05", "lab": LAB}
    data = {"s05": json.dumps(book).encode(), "s06": json.dumps(book, indent=1).encode()}
    assert [f.learners for f in integrity.other_worlds(group, LAB, data)] == [("s06", "s05")]


def test_a_check_in_a_pack_names_its_world(group, monkeypatch, tmp_path):
    from socmint.case import open_lab

    own = score.own_place(group.secret, "s01", LAB)
    monkeypatch.setenv("SOCMINT_WORLD", str(score.write_world(tmp_path / "w", LAB, own)))
    _, check = open_lab(LAB)
    assert check.q1(3)._repr_mimebundle_()[ANSWER_MIME]["world"] == int(own.alias)


# ---- ledgers -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A learner's ledger on a small world of the desk, and that world."""
    from synthetic_data import generate

    folder = tmp_path_factory.mktemp("desk")
    world = generate("desk", seed=5, accounts=1600)
    place = world.write(folder / "world", truth=False)
    world = World.read(place)
    desk = Desk(world, folder / "case.jsonl", load_profile())
    desk.sign("Ana", {number: min(rules) for number, rules in REFUSALS.items()})
    desk.wait(10)
    desk.search("harbour", ir="R1", limit=3)
    desk.search("harbour", ir="R1", limit=3)  # again: half the price
    assert [line["status"] for line in desk.ledger.lines[-2:]] == ["done", "done"]
    assert desk.ledger.lines[-1]["points"] < desk.ledger.lines[-2]["points"]
    return (folder / "case.jsonl").read_bytes(), place


def test_an_honest_ledger_replays(ledger):
    data, world = ledger
    assert integrity.ledger_faults(data, world, "5") == []


def sealed_again(lines):
    """What somebody can do who reads the code: seal all lines anew."""
    from socmint import chain

    previous, made = chain.GENESIS, []
    for line in lines:
        plain = {k: v for k, v in line.items() if k not in ("previous", "sha256")}
        made.append(chain.seal(plain, previous))
        previous = made[-1]["sha256"]
    return b"\n".join(json.dumps(line).encode() for line in made)


def cheaper(lines):
    lines[-1]["points"] = 0.0


def foreign(lines):
    lines[-1]["ids"] = ["p-9999999"]


def back_in_time(lines):
    lines[-1]["day"] = 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [(cheaper, "the desk asks"), (foreign, "is not in this world"), (back_in_time, "after day")],
)
def test_a_forged_ledger_does_not_replay(change, fault, ledger):
    data, world = ledger
    lines = [json.loads(line) for line in data.splitlines()]
    change(lines)
    assert fault in " ".join(integrity.ledger_faults(sealed_again(lines), world, "5"))
    plain = b"\n".join(json.dumps(line).encode() for line in lines)
    assert "chain breaks" in integrity.ledger_faults(plain, world, "5")[0]


def leave_out(line):
    del line["ids"][0]  # what was dear, say


def other_words(line):
    line["q"] = "ferry"


def another_order(line):
    line["ids"].reverse()


@pytest.mark.parametrize("change", [leave_out, other_words, another_order])
def test_a_search_that_the_desk_would_answer_otherwise_does_not_replay(change, ledger):
    """The forger knows the prices: nothing else is wrong with these lines."""
    data, world = ledger
    found = shelf_of(World.read(world), load_profile())
    lines = [json.loads(line) for line in data.splitlines()]
    for again, line in enumerate(line for line in lines if line["call"] == "search"):
        change(line)
        places = [found.place[name] for name in line["ids"]]
        prices = [float(found.price[place]) / (2 if again else 1) for place in places]
        others = [found.person[found.slot[place]] != SUBJECT for place in places]
        line["points"] = sum(prices)
        line["collateral"] = sum(p for p, other in zip(prices, others, strict=True) if other)
    faults = integrity.ledger_faults(sealed_again(lines), world, "5")
    assert len(faults) == 2
    assert all("the desk shows other posts for these words" in fault for fault in faults)


def test_a_search_replays_beside_what_was_sealed_and_after_a_shorter_one(tmp_path, ledger):
    world = World.read(ledger[1])
    desk = Desk(world, tmp_path / "case.jsonl", load_profile())
    desk.sign("Ana", {number: min(rules) for number, rules in REFUSALS.items()})
    desk.wait(10)
    first = desk.search("harbour", ir="R1", limit=1)
    desk.seal(first["item_id"].iloc[0], "talk with a lawyer")
    desk.search("harbour", ir="R1", limit=2)
    assert desk.ledger.lines[-1]["ids"] != first["item_id"].tolist()
    data = (tmp_path / "case.jsonl").read_bytes()
    assert integrity.ledger_faults(data, ledger[1], "5") == []


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"{}", b'{"case": 1}', b"\xff\xfe"])
def test_what_is_no_ledger_is_told_and_breaks_nothing(data, ledger):
    assert integrity.ledger_faults(data, ledger[1], "5")


def test_a_ledger_of_another_world_is_told(ledger):
    assert "another world" in integrity.ledger_faults(*ledger, "6")[0]


def test_a_ledger_comes_in_beside_the_notebook(group, tmp_path, ledger):
    topic, inbox = "authority", tmp_path / "in" / "s01"
    classroom.store(inbox / "s01.ipynb", b"{}")
    classroom.store(inbox / f"{topic}-77.jsonl", ledger[0])
    classroom.store(inbox / "notes.jsonl", b"{}")
    report = collect(group, topic, [tmp_path / "in"])
    assert (list(report.taken), report.unknown) == (["s01"], [])
    assert group.path("submitted", topic, "s01.jsonl").read_bytes() == ledger[0]
    (flag,) = integrity.ledgers(group, topic)
    assert (flag.kind, flag.learners) == ("ledger", ("s01",))


def test_the_docs_name_the_false_alarms():
    assert "false alarm" in (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
