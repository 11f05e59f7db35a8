"""The report of a world names every target and band, and can be read without a network."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from world_helpers import world

from socmint import world_report
from socmint.__main__ import main
from synthetic_data import World, bands, realism
from synthetic_data.measures import METRICS

CELL = ("cell", 1, 1500)


class Page(HTMLParser):
    """Collects the text of cells and the attributes of pictures."""

    def __init__(self):
        super().__init__()
        self.rows, self.pictures, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "img":
            self.pictures.append(found)
        self.links += [found[name] for name in ("src", "href") if name in found]

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def page():
    parsed = Page()
    parsed.text = world_report.page(world(*CELL))
    parsed.feed(parsed.text)
    return parsed


def test_every_target_and_band_has_a_line_with_a_verdict(page):
    rows = {row[0]: row for row in page.rows}
    for name in map(world_report.named, (*realism.TARGETS, *METRICS)):
        assert name in rows and len(rows[name]) == 5, name
        assert re.search("target$|measure here$", rows[name][3]), name
    low, high = bands.load()["cell"]["transitivity"]
    assert rows[world_report.named("transitivity")][1] == f"{low:g} to {high:g}"
    assert rows["posts with coordinates"][2] == ""
    for kind in bands.TYPES:
        assert kind in rows


def test_true_layer_is_inside_every_band(page):
    rows = {row[0]: row for row in page.rows}
    assert {rows[world_report.named(name)][3] for name in METRICS} == {"✓ inside the target"}


def test_page_needs_no_network_and_speaks_of_its_figures(page):
    assert len(page.pictures) == 4
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert all(len(picture["alt"]) > 30 for picture in page.pictures)
    assert "color-scheme: light dark" in page.text and 'lang="en"' in page.text
    assert not re.search(r"https?://", page.text)


def test_page_is_the_same_for_a_world_that_was_written_and_read(tmp_path):
    folder = world(*CELL).write(tmp_path / "w")
    out = tmp_path / "report.html"
    assert main(["world", "report", str(folder), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == world_report.page(world(*CELL))


def test_page_of_a_world_without_truth_says_so():
    made = world("village", 1, 240)
    text = world_report.page(World(meta=made.meta, tables=made.tables, truth=None))
    assert "No group is planted, or the truth is away." in text


def test_report_names_the_fault(tmp_path, capsys):
    out = tmp_path / "report.html"
    assert main(["world", "report", str(tmp_path), "--out", str(out)]) == 2
    assert "is not a world folder" in capsys.readouterr().err
    assert main(["world", "report", "--scenario", "ring", "--out", str(out)]) == 2
    assert "does not exist" in capsys.readouterr().err
    out.write_text("mine")
    assert main(["world", "report", "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err and out.read_text() == "mine"


def test_new_world_prints_what_structure_gives_away(tmp_path, capsys):
    out = str(tmp_path / "w")
    assert main(["world", "new", "--scenario", "cell", "--accounts", "1500", "--out", out]) == 0
    meta = world(*CELL).meta
    assert f"precision {meta['baseline_precision']:.2f}" in capsys.readouterr().out


def test_tail_exponent_of_a_known_tail():
    # Inverse of the distribution function of a power law with exponent 2.5.
    share = (np.arange(20_000) + 0.5) / 20_000
    values = np.floor(5 * (1 - share) ** (-1 / 1.5)).astype(int)
    assert realism.tail_exponent(values) == pytest.approx(2.5, abs=0.1)


def test_burstiness_of_known_gaps():
    gaps = -np.log(1 - (np.arange(4000) + 0.5) / 4000)  # of a Poisson process
    assert realism.burstiness(gaps) == pytest.approx(0, abs=0.02)
    bursts = np.tile([1.0] * 19 + [1000.0], 200)
    assert realism.burstiness(bursts) > 0.5
    assert realism.burstiness(np.full(100, 60.0)) == pytest.approx(-1)


def test_background_of_a_hand_made_world():
    def table(**columns):
        return pd.DataFrame(columns)

    base = world("village", 1, 240)
    accounts = base.tables["accounts"].head(4)
    a, b, c = accounts["account_id"].head(3)
    accounts = accounts.assign(platform="Tikkeron")
    # a and b follow each other, a follows c, c follows b: a triangle; the fourth is alone.
    ties = table(source=[a, b, a, c], target=[b, a, c, b], kind="follow")
    posts = base.tables["posts"].head(6).copy()
    posts["account_id"] = [a, a, a, b, b, c]
    ids = posts["post_id"].tolist()
    posts["reply_to"] = pd.Series([None, ids[0], ids[1], None, None, None], dtype="str").array
    posts["repost_of"] = pd.Series([None, None, None, None, ids[0], None], dtype="str").array
    posts["text"] = ["x" * 10, "x" * 20, "x" * 30, "x" * 40, "x" * 150, "x" * 280]
    posts["hashtags"] = ""
    made = World(meta={}, tables={"accounts": accounts, "ties": ties, "posts": posts}, truth=None)
    found = {line.name: line.value for line in realism.background(made)}
    assert found["follows returned"] == 0.5
    assert found["clustering, mean"] == 0.75
    assert found["largest component"] == 0.75
    assert found["posts of the busiest tenth"] == 0.5
    assert found["replies at depth 1"] == 0.5
    assert found["originals never shared"] == pytest.approx(2 / 3)
    assert found["text: median length"] == 35
    assert found["text: longer than 140"] == pytest.approx(2 / 6)
    assert found["text: at the limit of 280"] == pytest.approx(1 / 6)
    assert found["burstiness A"] is None and found["bots among active accounts"] is None


def test_coordinates_and_bots_of_a_hand_made_world():
    base = world("village", 1, 240)
    posts = base.tables["posts"].head(40).copy()
    a, b, c, d = base.tables["accounts"]["account_id"].head(4)
    # One bot posts every minute, another account now and then; two more post once.
    posts["account_id"] = [a] * 32 + [b] * 6 + [c, d]
    posts["time"] = pd.date_range("2031-03-01", periods=40, freq="min", tz="UTC").as_unit("us")
    posts["reply_to"] = posts["repost_of"] = pd.Series([None] * 40, dtype="str").array
    locations = pd.DataFrame(
        {
            "post_id": posts["post_id"].iloc[[33, 33, 34, 0]].tolist(),
            "kind": ["coordinates", "coordinates", "coordinates", "place_tag"],
        }
    )
    people = pd.DataFrame({"account_id": [a, b, c, d], "population": ["AM", "BG", "BG", "BG"]})
    tables = base.tables | {"posts": posts, "locations": locations}
    made = World(meta={}, tables=tables, truth={"people": people})
    found = {line.name: line for line in realism.background(made)}
    assert found["posts with coordinates"].value == 2 / 40
    assert found["accounts with coordinates"].value == 1 / 4
    assert found["bots among active accounts"].value == 1 / 4
    assert found["burstiness A of bots"].value == pytest.approx(-1)
    assert found["burstiness A of bots"].verdict == "inside"
    assert found["posts with coordinates"].verdict == "too high"


def test_memory_of_pauses_by_another_way():
    # Pauses of 1 and 9 hours: in two long runs each is followed by its like, in turns by the other.
    def memory(gaps):
        base = world("village", 1, 240)
        count = len(gaps) + 1
        posts = base.tables["posts"].head(count).copy()
        posts["account_id"] = base.tables["accounts"]["account_id"].iloc[0]
        start = pd.Timestamp("2031-03-01", tz="UTC")
        posts["time"] = [start + pd.Timedelta(hours=int(h)) for h in np.cumsum([0, *gaps])]
        posts["time"] = posts["time"].astype("datetime64[us, UTC]")
        posts["reply_to"] = posts["repost_of"] = pd.Series([None] * count, dtype="str").array
        made = World(meta={}, tables=base.tables | {"posts": posts}, truth=None)
        lines = {line.name: line.value for line in realism.background(made)}
        return lines["memory of gaps"]

    assert memory([1] * 30 + [9] * 30) > 0.9
    assert memory([1, 9] * 30) == pytest.approx(-1, abs=0.06)


def test_a_miss_stays_visible():
    found = realism.Line("bots among active accounts", 0.09, 0.15, 0.04, "Varol et al. 2017")
    parsed = Page()
    parsed.feed(world_report._table([found], "source"))
    rows = {row[0]: row for row in parsed.rows}
    assert rows["bots among active accounts"][3] == "✗ below the target"
