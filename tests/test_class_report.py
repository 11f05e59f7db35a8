"""The report of a class: its numbers by another route, and a page that needs no network."""

import hashlib
import html.parser
import math

import numpy as np
import pandas as pd
import pytest

from socmint.__main__ import main
from socmint.course import load
from socmint.errors import CourseError
from socmint.grading import classroom, demo, report, score

LAB = "first_steps"
MODULE = load().find(LAB)
QUESTIONS = [question.id for question in MODULE.questions]
POINTS = {question.id: question.points for question in MODULE.questions}


def result_of(shares, mistakes=None):
    """A result as grading makes it, with a share of the points for each question."""
    questions = {}
    for name, share in zip(QUESTIONS, shares, strict=True):
        outcome = "right" if share == 1 else "partly right" if share else "not yet"
        tried = {"world": "1", "score": 0, "mistakes": (mistakes or {}).get(name, [])}
        questions[name] = {
            "score": share * POINTS[name], "points": POINTS[name], "manual": 0,
            "fairness": "method", "outcome": outcome, "notes": [], "worlds": [tried, tried],
        }  # fmt: skip
    auto = sum(one["score"] for one in questions.values())
    return {
        "status": "graded", "auto": auto, "points": 10, "manual": 0, "questions": questions,
        "findings": [], "runs": [], "made": {"course": "0"},
    }  # fmt: skip


@pytest.fixture
def group(tmp_path):
    roster = tmp_path / "r.csv"
    names = ["ana", "ben", "cleo", "dan", "eva", "finn", "gus"]
    roster.write_text("id,name\n" + "".join(f"{n},{n}\n" for n in names), encoding="utf-8")
    return classroom.init(tmp_path / "class", roster)


def put(group, learner, book, result, **about):
    path = group.path("submitted", LAB, f"{learner}.ipynb")
    classroom.store(path, book)
    classroom.store_json(path.with_suffix(".json"), about)
    if result:
        digest = hashlib.sha256(book).hexdigest()
        made = result | {"submission": digest, "learner": learner}
        classroom.store_json(group.path("results", LAB, f"{learner}.json"), made)


@pytest.fixture
def graded(group):
    books = demo.honest(4)
    put(group, "ana", books[0], result_of([1, 1, 1, 1, 1, 1]))
    put(
        group,
        "ben",
        books[1],
        result_of([1, 1, 0.5, 0, 0, 0], {"q1": ["counted posts"]}),
        late=True,
    )
    put(group, "cleo", books[2], result_of([0, 1, 0, 0, 0, 0], {"q1": ["counted posts"]}))
    blank = result_of([0] * 6) | {"status": "blank"}
    for one in blank["questions"].values():
        one["outcome"] = "not answered yet"
    put(group, "dan", demo.template(LAB), blank)
    unreadable = {"status": "unreadable", "auto": None, "findings": ["<script>x</script>"]}
    put(group, "eva", b"{", unreadable | {"questions": {}, "runs": []})
    put(group, "finn", b"new", None)
    return group


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.links, self.alts = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        found = dict(attributes)
        self.links += [found[name] for name in ("src", "href") if found.get(name)]
        if tag == "img":
            self.alts.append(found.get("alt"))
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data):
        if self.rows:
            self.rows[-1].append(data)


def test_blank_unreadable_missing_late_and_ungraded_stand_apart(graded):
    rows = {row[0]: row[1:] for row in Page(report.page(graded, LAB)).rows if row}
    for start, who in (
        ("graded", "3"), ("blank", "dan"), ("unreadable", "eva"), ("missing", "gus"),
        ("handed in, not graded", "finn"), ("of these late", "ben"),
    ):  # fmt: skip
        row = next(row for name, row in rows.items() if name.startswith(start))
        assert who in row, (start, row)


def test_the_page_needs_no_network_runs_nothing_and_tells_what_pictures_show(graded):
    page = Page(report.page(graded, LAB))
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert len(page.alts) == 2 and all(len(alt) > 40 for alt in page.alts)
    assert not {"script", "iframe", "link", "object"} & set(page.tags)


def test_titles_state_the_finding(graded):
    text = report.page(graded, LAB)
    # 10, 3 and 1 points and a blank: the median is (3 + 1) / 2.
    assert "Half of 4 learners have 2 of 10 points or more" in text
    # As few have all of Q3, but one has half of it: (1 + 0.5) / 4. Q4 has 1 / 4, the first such.
    assert "Q4 was the hardest: 25% of its points on average, 1 of 4 have all points" in text


def test_half_with_all_points_is_not_called_or_more(group):
    for name in ("ana", "ben", "cleo"):
        put(group, name, name.encode(), result_of([1] * 6))
    assert "Half of 3 learners have all 10 points" in report.page(group, LAB)


def test_names_of_mistakes_are_counted_once_a_learner(graded):
    results = {n: classroom.state(graded, LAB, n) for n in ("ana", "ben", "cleo")}
    assert report.named_mistakes(MODULE, results) == [("q1", "counted posts", ["ben", "cleo"])]


def test_discrimination_is_the_correlation_with_the_rest():
    chance = np.random.default_rng(7)
    shares = pd.DataFrame({name: chance.integers(0, 3, 40) / 2 for name in QUESTIONS})
    found = report.discrimination(shares, POINTS)
    for name in QUESTIONS:
        rest = [
            sum(row[other] * POINTS[other] for other in QUESTIONS if other != name)
            for row in shares.to_dict("records")
        ]
        mine, n = shares[name].tolist(), len(shares)
        xy = sum(a * b for a, b in zip(mine, rest, strict=True)) / n - np.mean(mine) * np.mean(rest)
        expected = xy / (np.std(mine) * np.std(rest))
        assert found.loc[name, "r"] == pytest.approx(expected)
        assert found.loc[name, "low"] < expected < found.loc[name, "high"]
        # Fisher: the z values of the ends lie 1.96 standard errors of 1/sqrt(37) to each side.
        wide = math.atanh(found.loc[name, "high"]) - math.atanh(found.loc[name, "low"])
        assert wide == pytest.approx(2 * 1.96 / math.sqrt(37))


def test_where_all_are_alike_there_is_no_index():
    shares = pd.DataFrame({name: [1.0] * 5 for name in QUESTIONS})
    assert report.discrimination(shares, POINTS)["r"].isna().all()
    assert report.discrimination(shares.head(1), POINTS)["r"].isna().all()


def test_few_learners_bring_a_caution(graded):
    text = report.page(graded, LAB)
    assert "With 3 learners this says little" in text


def test_signs_stand_side_by_side_and_escaped(graded, monkeypatch):
    flag = report.integrity.Flag(
        "code", ("ana", "ben"), "<i>alike</i>", (("q1, 9 bits", ("<script>1", "x < y")),), 9.0
    )
    monkeypatch.setattr(report.integrity, "flags", lambda *_: [flag])
    text = report.page(graded, LAB)
    assert "&lt;script&gt;1" in text and "x &lt; y" in text and "<i>" not in text
    assert text.index("<h4>ana</h4>") < text.index("<h4>ben</h4>")


def test_a_lab_without_the_desk_asks_for_no_log(graded):
    """Labs with it, and logs that learners made, are in test_class_ledgers.py."""
    assert "at what price" not in report.page(graded, LAB)
    classroom.store(graded.path("submitted", LAB, "ana.jsonl"), b"{}")
    text = report.page(graded, LAB)
    assert "0 of 1 logs were read" in text and "the log does not replay" in text
    assert len(Page(text).alts) == 2  # no dots, no figure


def test_stewardship_of_a_ledger_that_does_not_replay_is_unknown(graded):
    own = score.own_place(graded.secret, "ana", LAB)
    score.write_world(graded.path("worlds", LAB), LAB, own)
    assert report.audited(graded, LAB, "ana", b'{"case": {"seed": 1}}') is None


def test_the_command_writes_it_for_the_owner_alone(graded, capsys):
    assert main(["class", "report", LAB, "--class", str(graded.folder)]) == 0
    path = graded.folder / "reports" / f"{LAB}.html"
    assert path.stat().st_mode & 0o077 == 0
    assert str(path) in capsys.readouterr().out


def test_nothing_graded_is_said(group):
    with pytest.raises(CourseError, match="class grade"):
        report.page(group, LAB)
