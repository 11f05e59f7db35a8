"""Pictures say what the data say, in words too; a map prints no home; a chart has a still twin."""

import doctest
import importlib
import json
import re
import sys
from datetime import timedelta, timezone
from functools import cache
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from socmint import figures, people_touched
from socmint.errors import CourseError
from socmint.figures import chart as chart_module
from socmint.figures import link_chart
from socmint.figures.chart_data import MOST
from socmint.figures.layout import EXACT, layout
from socmint.figures.style import DASHES, LEVELS, MARKERS, OTHER
from synthetic_data import city, generate

VIEW = "application/vnd.jupyter.widget-view+json"


def parts(count=6, size=60, seed=3):
    """Return groups with many ties inside and few between."""
    return nx.random_partition_graph([size] * count, 8 / size, 0.4 / (size * count), seed=seed)


def small():
    """Return three accounts: two replies and a mention between a and b, one reply to c."""
    graph = nx.MultiDiGraph()
    graph.add_node("a", cell="north", score=4.0)
    graph.add_node("b", cell="south", score=1.0)
    graph.add_node("c", cell="south", score=0.0)
    for source, target, kind, day in (
        ("a", "b", "reply", 1),
        ("a", "b", "reply", 2),
        ("b", "a", "mention", 3),
        ("b", "c", "reply", 4),
    ):
        graph.add_edge(source, target, kind=kind, time=pd.Timestamp(2031, 3, day, tz="UTC"))
    return graph


# ---------- layout ----------


@pytest.mark.parametrize("size", [20, 90], ids=["exact", "heaps"])
def test_a_layout_depends_on_names_and_ties_not_on_their_order(size):
    graph = parts(size=size)
    assert (len(graph) > EXACT) == (size == 90)
    turned = nx.Graph()
    turned.add_nodes_from(reversed(list(graph)))
    turned.add_edges_from((b, a) for a, b in reversed(list(graph.edges)))
    ids = list(graph)
    one = layout(graph, ids)
    two = layout(turned, list(turned))
    np.testing.assert_allclose(one, two[::-1], atol=1e-9)
    assert not np.allclose(one, layout(graph, ids, seed=2), atol=0.1)
    assert np.abs(one).max() == pytest.approx(1)


@pytest.mark.parametrize("size", [20, 90], ids=["exact", "heaps"])
def test_a_layout_keeps_groups_together(size):
    graph = parts(size=size)
    place = layout(graph, list(graph))
    group = np.arange(len(graph)) // size
    middle = np.array([place[group == number].mean(axis=0) for number in range(6)])
    own = np.hypot(*(place - middle[group]).T).mean()
    apart = np.hypot(*(middle[:, None] - middle[None]).reshape(-1, 2).T)
    assert own < np.median(apart[apart > 0]) / 2


@pytest.mark.parametrize(
    "graph",
    [nx.empty_graph(1), nx.empty_graph(4), nx.path_graph(2), nx.star_graph(400)],
    ids=["one", "no ties", "two", "star"],
)
def test_a_layout_serves_every_graph(graph):
    place = layout(graph, list(graph))
    assert np.isfinite(place).all()
    assert len(np.unique(place.round(6), axis=0)) == len(graph)


# ---------- link chart ----------


def test_the_alt_text_of_a_chart_names_counts_kinds_and_the_largest():
    chart = link_chart(small(), "A asks", colour="cell", size="score", tie="kind")
    assert chart.picture.alt == (
        "A asks. Link chart of 3 accounts and 4 ties. Colour and shape show cell: south (2) and "
        "north (1). Line styles show the kind of tie: reply (3) and mention (1). "
        "The largest by score: a (4), b (1) and c (0)."
    )
    part = link_chart(small(), "From a", start=["a", "b"])
    assert "2 accounts and 3 ties" in part.picture.alt


def test_a_chart_travels_as_picture_words_and_widget():
    chart = link_chart(small(), 'He said "no" & left')
    picture, live = chart._outputs()
    assert picture["text/plain"] == repr(chart)
    assert 'alt="He said &quot;no&quot; &amp; left. Link chart of 3' in picture["text/html"]
    assert "data:image/png;base64," in picture["text/html"]
    assert chart.picture.png.startswith(b"\x89PNG")
    assert live[VIEW]["model_id"] == chart._widget.model_id
    assert (live["text/html"], live["text/plain"]) == ("", "")  # for those who cannot have it


def test_without_widgets_a_chart_is_its_picture(monkeypatch):
    still = link_chart(small(), interactive=False)
    assert [set(output) for output in still._outputs()] == [{"text/plain", "text/html"}]
    monkeypatch.setitem(sys.modules, "anywidget", None)
    chart_module._widget_class.cache_clear()
    try:
        chart = link_chart(small())
    finally:
        chart_module._widget_class.cache_clear()
    assert [set(output) for output in chart._outputs()] == [{"text/plain", "text/html"}]
    chart.selected = ["c", "a"]
    assert chart.selected == ["a", "c"]


def test_a_selection_goes_both_ways_and_is_heard():
    graph = nx.relabel_nodes(nx.path_graph(4), {0: "x", 1: 7, 2: ("t", 1), 3: "y"})
    chart = link_chart(graph)
    heard = []
    chart.observe(heard.append)
    chart.selected = [7, "y"]
    assert chart._widget.selected == [1, 3]
    chart._widget.selected = [2]  # as the page does
    assert chart.selected == [("t", 1)]
    assert heard == [[7, "y"], [("t", 1)]]
    for wrong in ("x", ["nobody"]):
        with pytest.raises(CourseError):
            chart.selected = wrong


def test_people_touched_starts_with_those_who_are_shown():
    graph = nx.path_graph(["a", "b", "c", "d"])
    chart = link_chart(graph, start=["b"])
    assert chart.people_touched == 1
    chart._widget.looked_at = [0, 1, 2]
    assert chart.people_touched == 3
    assert link_chart(graph).people_touched == 4


@pytest.mark.parametrize(
    ("graph", "settings", "words"),
    [
        (nx.Graph(), {}, "no nodes"),
        (nx.empty_graph(MOST + 1), {}, "at most 5,000"),
        (small(), {"colour": "gang"}, "'gang'"),
        (small(), {"size": "cell"}, "number"),
        (small(), {"start": ["z"]}, "'z'"),
        (small(), {"time": "kind"}, "date or a number"),
        (nx.Graph([(n, n + 1, {"k": n}) for n in range(5)]), {"tie": "k"}, "5 kinds"),
    ],
)
def test_what_a_chart_cannot_show_it_says(graph, settings, words):
    with pytest.raises(CourseError, match=words):
        link_chart(graph, **settings)


def test_every_category_and_kind_has_its_own_shape_or_line_beside_its_colour():
    assert len(set(MARKERS)) == len(set(LEVELS)) == len(LEVELS) == len(MARKERS)
    assert len(set(DASHES)) == len(DASHES) == 4
    graph = nx.empty_graph(10)
    data = link_chart(graph, colour={n: f"g{n}" for n in range(9)})._data
    assert data.levels == [*(f"g{n}" for n in range(7)), "other", "not known"]
    assert [look[1:] for look in chart_module.looks(data)][7:] == [(OTHER, "o")] * 2
    assert data.level.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 7, 8]


def test_numbers_become_five_classes_in_their_order():
    data = link_chart(nx.empty_graph(100), colour={n: n * 1.5 for n in range(100)})._data
    assert len(data.levels) == 5
    assert data.levels[0].startswith("0 to")
    assert data.levels[-1].endswith("to 148")  # 148.5 with three digits
    assert (np.diff(data.level) >= 0).all()
    assert np.bincount(data.level).tolist() == [20] * 5


def test_the_area_of_a_dot_shows_the_size():
    data = link_chart(nx.empty_graph(3), size={0: 0, 1: 50, 2: 100})._data
    none, half, all_ = data.radius**2
    assert half - none == pytest.approx((all_ - none) / 2)
    assert all_ / none == pytest.approx(2.6**2)


def test_kinds_of_tie_between_two_accounts_take_different_ways():
    graph = nx.MultiDiGraph()
    for source, target in (("a", "b"), ("b", "a"), ("a", "c")):
        for kind in "xy" if target != "c" else "y":
            graph.add_edge(source, target, kind=kind)
    data = link_chart(graph, tie="kind")._data
    kinds = [data.kinds[number] for number in data.kind]
    pairs = [(data.ids[one], data.ids[two]) for one, two in data.ends]
    bend = dict(zip(zip(pairs, kinds, strict=True), data.bend, strict=True))
    there, back = ("a", "b"), ("b", "a")
    assert len({bend[there, "x"], bend[there, "y"]}) == 2
    # Seen from the other end, the same bow lies on the other side.
    assert bend[there, "y"] == -bend[back, "y"]
    assert bend[there, "x"] == -bend[back, "x"]
    assert bend[("a", "c"), "y"] == 0  # nothing beside it


@pytest.mark.parametrize(
    "name", ["style", "layout", "chart", "maps", "times", "judgement", "trees"]
)
def test_the_examples_in_the_texts_are_true(name):
    tested = doctest.testmod(importlib.import_module(f"socmint.figures.{name}"))
    assert tested.attempted > 0
    assert tested.failed == 0


def test_the_message_to_the_page_is_plain_and_keeps_times():
    chart = link_chart(small(), tie="kind", time="time", group="cell", colour="cell")
    message = json.loads(json.dumps(chart_module._message(chart._data)))
    first = pd.Timestamp(2031, 3, 1, tz="UTC").timestamp()
    assert message["tieTime"] == [first + day * 86_400 for day in range(4)]
    assert message["dated"] is True
    assert message["nodeTime"] == [None] * 3
    assert message["groups"] == ["south", "north"]
    assert message["group"] == [1, 0, 0]


def test_the_still_picture_draws_every_tie_node_and_legend_entry():
    chart = link_chart(small(), "A asks", colour="cell", size="score", tie="kind")
    axes = chart.picture.figure.axes[0]
    drawn = [type(part).__name__ for part in axes.collections]
    assert drawn.count("LineCollection") == 2
    assert sum(len(c.get_paths()) for c in axes.collections if "Line" in type(c).__name__) == 4
    assert sum(len(c.get_offsets()) for c in axes.collections if "Path" in type(c).__name__) == 3
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert {"north", "south", "reply", "mention", "size: score"} <= set(words)
    assert {"a", "b", "c"} <= {text.get_text() for text in axes.texts}


def test_no_two_names_of_the_still_picture_lie_on_one_place():
    graph = nx.random_geometric_graph(40, 0.3, seed=1)
    graph = nx.relabel_nodes(graph, {node: f"a-{node:06}" for node in graph})
    size = pd.Series({node: graph.degree[node] for node in graph}, name="degree")
    axes = link_chart(graph, "Forty", size=size).picture.figure.axes[0]
    boxes = {text.get_text(): text.get_window_extent() for text in axes.texts}
    assert len(boxes) >= 20  # most keep their name
    assert size.idxmax() in boxes
    assert not any(a.overlaps(b) for a, b in combinations(boxes.values(), 2))


def test_the_table_of_a_chart_holds_what_it_shows():
    table = link_chart(small(), colour="cell", size="score").table
    assert table.to_dict("list") == {
        "id": ["a", "b", "c"],
        "name": ["a", "b", "c"],
        "cell": ["north", "south", "south"],
        "score": [4.0, 1.0, 0.0],
    }


# ---------- the map ----------


@cache
def world():
    return generate("city", seed=7, accounts=2000)


def where():
    tables = world().tables
    return tables["locations"].merge(tables["posts"][["post_id", "account_id"]], on="post_id")


def witness():
    people = world().truth["people"]
    account = people.loc[people["role"] == "witness", "account_id"].item()
    points = where()
    return points[(points["account_id"] == account) & (points["kind"] == "coordinates")]


def cells(picture):
    """Return the south-west corners of the cells that a map shows."""
    from matplotlib.patches import Rectangle

    patches = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle)]
    return {tuple(np.round(patch.get_xy(), 5)) for patch in patches}


def corner_of(points):
    lon, lat = city.cell(*((points[name] * 100_000).round().astype(int) for name in ("lon", "lat")))
    return {
        (round((x - 300) / 100_000, 5), round((y - 225) / 100_000, 5))
        for x, y in zip(lon, lat, strict=True)
    }


def test_a_map_does_not_print_the_home_of_the_witness():
    home = witness()
    assert len(home) >= 5  # counting posts would show the cell
    with pytest.raises(CourseError, match="where somebody lives"):
        figures.city_map(home, "One person")
    picture = figures.city_map(where().query("kind == 'coordinates'"), "Everybody")
    assert len(cells(picture)) > 5
    assert not cells(picture) & corner_of(home)


def test_every_cell_on_a_map_has_five_people():
    exact = where().query("kind == 'coordinates'")
    shown = cells(figures.city_map(exact, "Everybody"))
    for corner in shown:
        east = (exact["lon"] * 100_000).round() - round(corner[0] * 100_000)
        north = (exact["lat"] * 100_000).round() - round(corner[1] * 100_000)
        inside = exact[east.between(0, 599) & north.between(0, 449)]
        assert inside["account_id"].nunique() >= 5


def test_points_elsewhere_than_at_public_places_are_refused():
    exact = where()
    with pytest.raises(CourseError, match="may show where somebody lives"):
        figures.city_map(exact.query("kind == 'coordinates'"), "Where", by="places")
    picture = figures.city_map(exact.query("kind == 'place_tag'"), "Where", by="places")
    drawn = picture.figure.axes[0].collections[-1].get_offsets()
    places = city.places()[["lon", "lat"]].to_numpy()
    assert all((np.abs(places - point).max(axis=1) < 1e-9).any() for point in drawn)


def test_a_map_has_no_way_to_draw_points_and_needs_people():
    exact = where()
    with pytest.raises(CourseError, match="Points are not drawn"):
        figures.city_map(exact, "Where", by="points")
    with pytest.raises(CourseError, match="account_id"):
        figures.city_map(exact.drop(columns="account_id"), "Where")


def test_places_of_a_profile_are_too_coarse_for_a_map():
    rough = where().query("kind in ['profile', 'mention']")
    assert rough["account_id"].nunique() > 20
    with pytest.raises(CourseError, match="Fewer than five"):
        figures.city_map(rough, "Where")


# ---------- time ----------


def test_a_week_is_counted_on_the_clock_that_it_names():
    times = pd.to_datetime(pd.Series(["2031-03-02 23:30"] * 3 + ["2031-03-05 12:00"]), utc=True)
    plain = figures.week(times, "Late")  # 2 March 2031 is a Sunday
    assert "(UTC). Most fall on Sun at 23:00 (3), and 166 of 168 hours" in plain.alt
    east = figures.week(times, "Late", zone=timezone(timedelta(hours=1)))
    assert "(UTC+01:00). Most fall on Mon at 00:00 (3)" in east.alt
    grid = east.figure.axes[0].images[0].get_array()
    assert grid[0, 0] == 3
    assert grid[2, 13] == 1
    assert grid.sum() == 4
    assert "UTC+01:00" in east.figure.axes[0].get_xlabel()


def test_a_timeline_puts_each_event_into_its_row():
    times = pd.to_datetime(["2031-03-03", "2031-03-01", "2031-03-02"], utc=True)
    events = pd.DataFrame({"time": times, "who": ["b", "a", "a"], "what": ["x", "y", "z"]})
    picture = figures.timeline(events, "Two rows", lane="who", label="what")
    axes = picture.figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
    marks = [line for line in axes.lines if line.get_marker() not in ("None", "")]
    assert [len(line.get_xdata()) for line in marks] == [2, 1]
    assert {"x", "y", "z"} <= {text.get_text() for text in axes.texts}
    assert "3 events from 1 March 2031, 00:00 to 3 March 2031, 00:00 (UTC)" in picture.alt
    assert "a (2) and b (1)" in picture.alt


def test_the_labels_of_a_timeline_stay_inside_its_frame():
    days = pd.date_range("2031-03-03", periods=10, freq="2D", tz="UTC")
    events = pd.DataFrame({"time": days, "what": "flare over a yard"})
    axes = figures.timeline(events, "Ten flares", label="what").figure.axes[0]
    axes.figure.draw_without_rendering()
    frame = axes.get_window_extent()
    labels = [text.get_window_extent() for text in axes.texts]
    assert len(labels) == 10
    assert min(label.x0 for label in labels) > frame.x0
    assert max(label.x1 for label in labels) < frame.x1


@pytest.mark.parametrize(
    ("count", "settings", "words"),
    [(0, {}, "no rows"), (16, {"label": "word"}, "15 events"), (13, {"lane": "word"}, "12"),
     (3, {"lane": "nothing"}, "no column 'nothing'"), (3, {"zone": "Nowhere/Land"}, "zone")],
)  # fmt: skip
def test_what_a_timeline_cannot_show_it_says(count, settings, words):
    events = pd.DataFrame({"time": pd.date_range("2031-03-01", periods=count, tz="UTC")})
    events["word"] = [f"w{number}" for number in range(count)]
    with pytest.raises(CourseError, match=words):
        figures.timeline(events, "Too much", **settings)


# ---------- judgement ----------


def test_a_matrix_counts_what_does_not_fit_and_marks_what_tells_nothing():
    marks = pd.DataFrame(
        {"H1": ["CC", "II", "N"], "H2": ["CC", "I", "I"]}, index=["boast", "alibi", "car"]
    )
    picture = figures.ach_matrix(marks, "H1 or H2")
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    assert words[-2:] == ["2", "2"]
    labels = [text.get_text() for text in picture.figure.axes[0].get_yticklabels()]
    assert labels == ["boast *", "alibi", "car", "inconsistency (points)"]
    assert "Inconsistency: H1 2 and H2 2. Without diagnostic value: boast." in picture.alt
    with pytest.raises(CourseError, match="'\\?' is no mark"):
        figures.ach_matrix(marks.replace("N", "?"), "H1 or H2")


def test_a_reliability_diagram_shows_shares_counts_and_the_brier_score():
    said, came = [0.1] * 4 + [0.7] * 5, [0, 0, 0, 1, 1, 1, 1, 1, 0]
    picture = figures.reliability(said, came, "So far")
    # By hand: 3 * 0.01 + 0.81 + 4 * 0.09 + 0.49 = 1.69, over nine forecasts.
    assert "9 forecasts, Brier score 0.188" in picture.alt
    assert "10% and 25% (4) and 70% and 80% (5)" in picture.alt
    axes = picture.figure.axes[0]
    bars = axes.collections[0].get_segments()
    for share, count, bar in zip((0.25, 0.8), (4, 5), bars, strict=True):
        for end in bar[:, 1]:  # the ends are where the share lies 1.2816 standard errors away
            error = np.sqrt(end * (1 - end) / count)
            assert abs(share - end) == pytest.approx(1.2816 * error)
    for wrong in (([], []), ([0.5], [True, False]), ([1.5], [True]), ([0.5], [2])):
        with pytest.raises(CourseError):
            figures.reliability(*wrong, "So far")


# ---------- who stands where ----------


def test_the_rings_of_an_ego_net_count_as_people_touched_does():
    graph = parts(size=20)
    picture = figures.ego_net(graph, 5, "Rings", hops=3)
    new = people_touched(graph, 5, hops=3)["new"].tolist()
    assert [int(n) for n in re.findall(r"(\d+) (?:people|person) at hop", picture.alt)] == new
    rings = picture.figure.axes[0].collections[1:]  # the first one is the ties
    drawn = [len(ring.get_offsets()) for ring in rings]
    assert drawn == [1, *new]
    for wrong in ({"centre": "nobody"}, {"centre": 5, "hops": 4}):
        with pytest.raises(CourseError):
            figures.ego_net(graph, title="Rings", **wrong)


@pytest.mark.parametrize(("neighbours", "names"), [(19, 20), (20, 1)])
def test_an_ego_net_names_its_first_ring_only_where_the_names_fit(neighbours, names):
    axes = figures.ego_net(nx.star_graph(neighbours), 0, "A star", hops=1).figure.axes[0]
    assert sum(text.get_text().isdigit() for text in axes.texts) == names


def test_a_hierarchy_has_its_levels_and_refuses_what_is_none():
    tree = nx.DiGraph([("chief", "left"), ("chief", "right"), ("left", "leaf")])
    picture = figures.hierarchy(tree, "Orders")
    assert (
        "4 nodes on 3 levels: 1 on top, 2 on level 2 and 1 on level 3. Top: chief." in picture.alt
    )
    height = {text.get_text(): text.get_position()[1] for text in picture.figure.axes[0].texts}
    assert height == {"chief": 0, "left": -1, "right": -1, "leaf": -2}
    circle = nx.DiGraph([("a", "b"), ("b", "a")])
    two_chiefs = nx.DiGraph([("a", "c"), ("b", "c")])
    deep = nx.path_graph(40, create_using=nx.DiGraph)
    wide = nx.DiGraph([("a", n) for n in range(60)])
    for wrong in (circle, two_chiefs, deep, wide, nx.path_graph(3)):
        with pytest.raises(CourseError):
            figures.hierarchy(wrong, "Orders")


# ---------- one look ----------


def family():
    """Return one picture of each function."""
    times = pd.to_datetime(["2031-03-01", "2031-03-02"], utc=True)
    market = city.places().query("kind == 'market hall'").iloc[0]
    crowd = pd.DataFrame({"account_id": range(6), "lon": market["lon"], "lat": market["lat"]})
    marks = pd.DataFrame({"H1": ["C"], "H2": ["I"]}, index=["item"])
    return {
        "link_chart": link_chart(small(), "The finding").picture,
        "timeline": figures.timeline(pd.DataFrame({"time": times}), "The finding"),
        "week": figures.week(pd.Series(times), "The finding"),
        "city_map": figures.city_map(crowd, "The finding"),
        "places": figures.city_map(crowd, "The finding", by="places"),
        "ego_net": figures.ego_net(nx.path_graph(3), 0, "The finding"),
        "hierarchy": figures.hierarchy(nx.DiGraph([(0, 1)]), "The finding"),
        "ach_matrix": figures.ach_matrix(marks, "The finding"),
        "reliability": figures.reliability([0.5], [True], "The finding"),
    }


def test_every_picture_has_title_alt_mark_and_named_axes():
    for name, picture in family().items():
        axes = picture.figure.axes[0]
        assert axes.get_title().startswith("The finding"), name
        assert picture.alt.startswith("The finding. "), name
        assert len(picture.alt) > 40, name
        assert [text.get_text() for text in picture.figure.texts].count("SYNTHETIC") == 1, name
        assert f'alt="{picture.alt}"' in picture._repr_html_(), name
        if name in ("timeline", "week", "city_map", "places"):
            assert axes.get_xlabel(), name
            assert axes.get_ylabel() or name == "timeline", name


def test_an_alt_text_of_your_own_takes_the_place_of_the_composed_one():
    picture = figures.ego_net(nx.path_graph(3), 0, "The finding", alt="Three in a row.")
    assert picture.alt == "Three in a row."
