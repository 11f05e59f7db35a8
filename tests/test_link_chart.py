"""The link chart under mouse, keys and a table: what is selected, and whose data is looked at."""

import nbformat
import networkx as nx
import pandas as pd
import pytest
from accessibility import violations
from browser_desk import Desk, faults
from chart_page import open_chart
from nbconvert import HTMLExporter

from socmint import people_touched
from socmint.figures import link_chart


def rooms(size=10):
    """Return three groups, each a circle, with one account ("k-00") tied into each."""
    graph = nx.MultiGraph()
    for number, group in enumerate("abc"):
        ids = [f"{group}-{place:02d}" for place in range(size)]
        graph.add_nodes_from(ids, room=f"Room {group.upper()}")
        for place, one in enumerate(ids):
            day = pd.Timestamp(2031, 3, 1 + place, tz="UTC")
            graph.add_edge(one, ids[(place + 1) % size], kind="reply", time=day)
        graph.add_edge("k-00", ids[0], kind="mention", time=pd.Timestamp(2031, 3, 20 + number))
    graph.nodes["k-00"]["room"] = "Room A"
    return graph


def chart_of(graph=None, **settings):
    graph = graph or rooms()
    look = {"colour": "room", "tie": "kind", "group": "room", "time": "time"}
    return link_chart(graph, "One account is in three rooms", **look | settings)


@pytest.fixture(scope="module")
def page(browser):
    """A window for charts; a fault in the JavaScript or a request to anywhere fails the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 820})
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda call: call.url.startswith("http") and page.faults.append(call.url))
    yield page
    assert page.faults == []
    context.close()


def selected(page, chart):
    """Return the ids that the kernel would hear of."""
    return [chart._data.ids[number] for number in page.evaluate("window.model.get('selected')")]


def on_screen(page, chart, place):
    """Return where a place of the layout lies in the window: the fit, worked out here again."""
    frame = page.locator(".lc-stage").bounding_box()
    wide = [1.4, 1]
    low, high = (chart._data.place * wide).min(axis=0), (chart._data.place * wide).max(axis=0)
    room = [frame["width"] - 60, frame["height"] - 60]
    x, y = (place * wide - (low + high) / 2) * min(room / (high - low))
    return frame["x"] + frame["width"] / 2 + x, frame["y"] + frame["height"] / 2 + y


def spot(page, chart, node):
    """Return where a node lies in the window."""
    return on_screen(page, chart, chart._data.place[chart._data.ids.index(node)])


def button(page, name):
    return page.get_by_role("button", name=name)


# ---------- the mouse ----------


def test_pointing_says_who_clicking_selects_shift_adds_and_an_empty_place_clears(page):
    chart = chart_of()
    open_chart(page, chart)
    page.mouse.move(*spot(page, chart, "k-00"))
    page.get_by_text("k-00 · room: Room A · 3 ties with 3 accounts").wait_for()
    page.mouse.click(*spot(page, chart, "k-00"))
    assert selected(page, chart) == ["k-00"]
    page.keyboard.down("Shift")
    page.mouse.click(*spot(page, chart, "b-03"))
    page.mouse.click(*spot(page, chart, "c-04"))
    page.mouse.click(*spot(page, chart, "c-04"))
    page.keyboard.up("Shift")
    assert selected(page, chart) == ["k-00", "b-03"]  # in the order of the graph
    frame = page.locator(".lc-stage").bounding_box()
    page.mouse.click(frame["x"] + 3, frame["y"] + 3)
    assert selected(page, chart) == []


@pytest.mark.parametrize("tool", ["box", "lasso"])
def test_an_area_selects_what_lies_in_it(page, tool):
    chart = chart_of()
    open_chart(page, chart)
    ids = [node for node in chart._data.ids if node.startswith("b")]
    places = [spot(page, chart, node) for node in chart._data.ids]
    xs, ys = zip(*(spot(page, chart, node) for node in ids), strict=True)
    left, right, top, low = min(xs) - 12, max(xs) + 12, min(ys) - 12, max(ys) + 12
    inside = [
        node
        for node, (x, y) in zip(chart._data.ids, places, strict=True)
        if left < x < right and top < y < low
    ]
    assert set(ids) <= set(inside) < set(chart._data.ids)
    corners = [(left, top), (right, top), (right, low), (left, low)]
    if tool == "box":
        corners = [corners[0], corners[2]]
        page.keyboard.down("Shift")
    else:
        button(page, "Lasso").click()
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert selected(page, chart) == inside


def test_a_dragged_dot_stays_where_it_was_put_until_it_is_unpinned(page):
    chart = chart_of()
    open_chart(page, chart)
    x, y = spot(page, chart, "k-00")
    frame = page.locator(".lc-stage").bounding_box()
    there = frame["x"] + 40, frame["y"] + 40
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*there, steps=5)
    page.mouse.up()
    assert selected(page, chart) == []  # a drag is no click
    page.mouse.click(*there)
    assert selected(page, chart) == ["k-00"]
    button(page, "Unpin").click()
    button(page, "Clear").click()
    page.mouse.click(x, y)
    assert selected(page, chart) == ["k-00"]


def test_dragging_the_page_and_zooming_move_the_dots_and_fit_brings_them_back(page):
    chart = chart_of()
    open_chart(page, chart)
    x, y = spot(page, chart, "k-00")
    frame = page.locator(".lc-stage").bounding_box()
    page.mouse.move(frame["x"] + 5, frame["y"] + 5)
    page.mouse.down()
    page.mouse.move(frame["x"] + 65, frame["y"] + 45, steps=6)
    page.mouse.up()
    page.mouse.click(x + 60, y + 40)
    assert selected(page, chart) == ["k-00"]
    button(page, "Zoom in").click()
    button(page, "Zoom out").click()
    button(page, "Fit").click()
    button(page, "Clear").click()
    page.mouse.click(x, y)
    assert selected(page, chart) == ["k-00"]


# ---------- search, hops, groups, time ----------


def test_a_search_finds_names_and_categories_and_enter_selects(page):
    chart = chart_of(label={"k-00": "Kiosk"})
    open_chart(page, chart)
    box = page.get_by_label("Search accounts")
    box.fill("kios")
    page.get_by_text("1 account found").wait_for()
    box.press("Enter")
    assert selected(page, chart) == ["k-00"]
    box.fill("room c")
    box.press("Enter")
    assert selected(page, chart) == [f"c-{place:02d}" for place in range(10)]


def test_each_hop_says_first_how_many_people_it_touches(page):
    graph = nx.Graph(rooms())
    chart = link_chart(graph, "From one account outwards", start=["k-00"])
    open_chart(page, chart)
    expected = people_touched(graph, "k-00", hops=3)
    page.get_by_text("People touched: 1", exact=True).wait_for()
    assert button(page, "Expand one hop").is_disabled()
    page.locator(".lc-stage").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    for row in expected.itertuples():
        assert button(page, "Expand one hop").inner_text() == f"Expand one hop: +{row.new} people"
        button(page, "Expand one hop").click()
        page.get_by_text(
            f"People touched: {row.total + 1} ({row.total} by expanding)", exact=True
        ).wait_for()
        assert len(selected(page, chart)) == row.total + 1
        assert len(page.evaluate("window.model.get('looked_at')")) == row.total + 1


def test_people_who_are_not_expanded_are_neither_found_nor_listed(page):
    chart = link_chart(nx.Graph(rooms()), "Only the start", start=["k-00", "a-00"])
    open_chart(page, chart)
    page.get_by_label("Search accounts").fill("b-0")
    page.get_by_text("0 accounts found").wait_for()
    page.get_by_label("Search accounts").fill("")
    button(page, "Table").click()
    rows = page.locator("tbody tr")
    assert rows.count() == 2
    assert "b-00" not in rows.all_inner_texts()[1]


def test_a_folded_group_is_one_mark_with_all_its_members(page):
    chart = chart_of()
    open_chart(page, chart)
    page.mouse.dblclick(*spot(page, chart, "b-05"))
    page.get_by_text("Group Room B (10), folded").wait_for()
    members = [node.startswith("b") for node in chart._data.ids]
    page.mouse.click(*on_screen(page, chart, chart._data.place[members].mean(axis=0)))
    assert selected(page, chart) == [f"b-{place:02d}" for place in range(10)]
    button(page, "Fold groups").click()
    page.get_by_text("Fold by room").click()
    boxes = page.get_by_role("checkbox")
    assert [box.is_checked() for box in boxes.all()] == [True] * 3
    page.get_by_label("Room A").uncheck()
    page.mouse.click(*spot(page, chart, "a-05"))
    assert selected(page, chart) == ["a-05"]


def test_the_time_slider_counts_the_ties_of_a_span(page):
    chart = chart_of()
    open_chart(page, chart)
    # Ten days of three replies each, then the mentions on 20, 21 and 22 March.
    page.get_by_text("2031-03-01 00:00 to 2031-03-22 00:00 UTC: 33 of 33 ties").wait_for()
    until = page.get_by_label("Ties until")
    day = 86_400
    first = pd.Timestamp(2031, 3, 1, tz="UTC").timestamp()
    until.evaluate(f"e => {{ e.value = {first + 4.5 * day}; e.dispatchEvent(new Event('input')) }}")
    page.get_by_text("15 of 33 ties").wait_for()
    start = page.get_by_label("Ties from")
    start.evaluate(f"e => {{ e.value = {first + 1.5 * day}; e.dispatchEvent(new Event('input')) }}")
    page.get_by_text("9 of 33 ties").wait_for()
    start.focus()
    page.keyboard.press("Home")
    page.get_by_text("15 of 33 ties").wait_for()


def test_a_selection_from_python_shows_on_the_page(page):
    chart = chart_of()
    open_chart(page, chart)
    page.evaluate("window.model.tell('selected', [3, 4])")
    assert button(page, "Expand one hop").is_enabled()
    button(page, "Table").click()
    ticked = [box.get_attribute("aria-label") for box in page.locator("tbody input:checked").all()]
    assert ticked == [f"Select {chart._data.ids[number]}" for number in (3, 4)]


# ---------- without a mouse, without sight ----------


def test_the_keyboard_alone_reaches_selects_expands_and_leaves(page):
    chart = chart_of(start=["k-00", "a-00"])
    open_chart(page, chart)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "lc-stage":
            break
    page.keyboard.press("ArrowDown")  # the first arrow goes to the largest dot
    page.locator(".lc-info", has_text="ties with").wait_for()
    page.keyboard.press("Space")
    assert len(selected(page, chart)) == 1
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Space")
    page.keyboard.press("e")
    page.locator(".lc-info", has_text="One hop further").wait_for()
    assert {"b-00", "c-00"} & set(selected(page, chart)) or "a-01" in selected(page, chart)
    page.keyboard.press("Escape")
    assert selected(page, chart) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") != "lc-stage"


def test_arrow_keys_go_to_the_nearest_dot_in_their_direction(page):
    graph = nx.Graph([("a", "b"), ("b", "c")])
    chart = link_chart(graph, "Three", size={"a": 9, "b": 1, "c": 1})
    open_chart(page, chart)
    x = dict(zip(chart._data.ids, chart._data.place[:, 0], strict=True))
    key = "ArrowRight" if x["a"] < x["c"] else "ArrowLeft"
    page.locator(".lc-stage").focus()
    page.keyboard.press("Home")
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    assert selected(page, chart) == ["b"]


def test_the_table_lists_sorts_searches_and_selects(page):
    chart = chart_of(size={node: 1.0 for node in rooms()} | {"k-00": 7.0})
    open_chart(page, chart)
    button(page, "Table").click()
    assert page.locator("canvas").first.is_hidden()
    assert page.locator("tbody tr").count() == 31
    head = page.get_by_role("columnheader", name="value")
    head.get_by_role("button").click()
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert "k-00" in page.locator("tbody tr").first.inner_text()
    page.get_by_label("Search accounts").fill("c-0")
    assert page.locator("tbody tr").count() == 10
    page.get_by_label("Select c-07").focus()
    page.keyboard.press("Space")
    assert selected(page, chart) == ["c-07"]
    row = page.locator("tbody tr", has=page.get_by_label("Select c-07")).inner_text()
    assert "c-06, c-08" in row or "c-08, c-06" in row


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_chart_and_its_table(page, dark):
    open_chart(page, chart_of(size={node: 1.0 for node in rooms()}), dark=dark)
    assert violations(page) == []
    button(page, "Table").click()
    page.get_by_text("Fold by room").click()
    page.get_by_text("Mouse and keys").click()
    button(page, "Lasso").click()
    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ink_and_paper_follow_the_theme_and_the_mark_is_always_there(page, dark):
    open_chart(page, chart_of(rooms(15)), dark=dark)  # so many dots have no names
    paper, drawn, light = page.evaluate(
        """() => { const canvas = document.querySelector("canvas");
        const pen = canvas.getContext("2d");
        const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
        let drawn = 0, light = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) {
          drawn += 1; light += data[i] + data[i + 1] + data[i + 2] > 700; }
        const paper = getComputedStyle(document.querySelector(".lc")).backgroundColor;
        return [paper, drawn, light]; }"""
    )
    assert paper == ("rgb(17, 17, 17)" if dark else "rgb(255, 255, 255)")
    assert drawn > 500
    assert (light > 100) == dark  # outlines are light on dark paper only
    assert page.get_by_text("SYNTHETIC").is_visible()
    button(page, "Table").click()
    assert page.get_by_text("SYNTHETIC").is_visible()


def test_a_stopped_chart_no_longer_listens(page):
    open_chart(page, chart_of())
    page.evaluate("window.stop()")
    with pytest.raises(Exception, match="not a function"):
        page.evaluate("window.model.tell('selected', [1])")


# ---------- in JupyterLab ----------

MAKE = """import networkx as nx, pandas as pd
from socmint.figures import link_chart
parts, size = PARTS
graph = nx.random_partition_graph([size] * parts, 5.6 / size, 1.2 / (parts * size), seed=7)
graph = nx.relabel_nodes(graph, lambda number: f"n-{number:04d}")
part = pd.Series({node: f"part {int(node[2:]) // size + 1}" for node in graph}, name="part")
ties = pd.Series(dict(graph.degree), name="ties")
chart = link_chart(graph, "A chart of parts", colour=part, group=part, size=ties)
chart"""
NEXT = "print(chart.selected)"


def notebook(server, name, parts):
    """Put a notebook with a chart before the server: (number of parts, nodes in each)."""
    cells = [("make", MAKE.replace("PARTS", str(parts))), ("next", NEXT)]
    cells = [nbformat.v4.new_code_cell(source, id=key) for key, source in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = server[1] / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.mark.parametrize(
    ("parts", "dark"),
    [((5, 10), False), ((20, 100), False), ((20, 100), True)],
    ids=["50", "2000", "2000-dark"],
)
def test_what_is_selected_in_the_chart_is_in_python(browser, server, parts, dark):
    name = f"chart-{parts[0] * parts[1]}{'-dark' if dark else ''}"
    desk = Desk(browser, server, notebook(server, name, parts).name, dark)
    if dark:
        desk.go_dark()
    desk.run_all()
    assert faults(desk) == []
    assert desk.outputs()["next"][0]["text"] == "[]\n"
    desk.go_to("make")
    desk.page.locator(".lc-stage").wait_for()
    assert not desk.page.locator(".lc-still").is_visible()
    desk.picture(f"{name}-1-chart")
    box = desk.page.get_by_label("Search accounts")
    box.click()
    box.press_sequentially("n-0012")  # letters that are commands of JupyterLab's elsewhere
    desk.page.get_by_text("1 account found").wait_for()
    desk.picture(f"{name}-2-search")
    box.press("Enter")
    desk.page.locator(".lc-stage").focus()
    desk.page.keyboard.press("Home")  # the largest dot
    desk.page.keyboard.press("Space")
    desk.page.get_by_text("2 accounts selected").wait_for()
    desk.picture(f"{name}-3-select")
    desk.run_cell("next")
    desk.picture(f"{name}-4-python")
    (found,) = [output["text"] for output in desk.outputs()["next"]]
    assert "'n-0012'" in found
    assert found.count("'n-") == 2
    assert desk.outside == []
    desk.page.close()


def test_a_saved_notebook_shows_the_picture_without_its_kernel(browser, server):
    path = notebook(server, "saved", (5, 10))
    desk = Desk(browser, server, path.name)
    desk.run_all()
    desk.save_and_leave()
    # In JupyterLab, with a kernel that has not made the chart.
    again = Desk(browser, server, path.name)
    again.go_to("make")
    picture = again.page.locator('.jp-OutputArea img[alt^="A chart of parts. Link chart of 50"]')
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") > 400
    assert again.page.locator(".lc-stage").count() == 0
    assert not again.page.get_by_text("Error displaying widget").is_visible()
    again.picture("chart-saved")
    assert again.outside == []
    again.page.close()
    # As a web page, with every request refused. nbconvert itself asks for MathJax and require.js.
    body, _ = HTMLExporter().from_filename(str(path))
    web = browser.new_page()
    asked = []
    web.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    web.set_content(body)
    picture = web.locator('img[alt^="A chart of parts. Link chart of 50"]')
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") > 400
    assert not [url for url in asked if "mathjax" not in url and "require.js" not in url]
    web.close()
