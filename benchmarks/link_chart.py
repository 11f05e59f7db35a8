"""How fluent is the link chart? `python benchmarks/link_chart.py [nodes]`.

Draws an invented network of twenty parts (2,000 nodes and about 6,500 ties, unless told otherwise)
in chromium without a graphics card, drags the page, hovers over dots and clicks, and prints frames
for each second and milliseconds. The pointer's events are made inside the page, one for each frame.
Chromium draws at most 60 frames a second.
"""

import sys
import time
from pathlib import Path

import networkx as nx
import pandas as pd
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser_desk import CHROMIUM, FLAGS  # noqa: E402
from chart_page import open_chart  # noqa: E402

from socmint.figures.chart import link_chart  # noqa: E402

DRAG = """async seconds => {
  const stage = document.querySelector(".lc-stage");
  const frame = stage.getBoundingClientRect();
  const send = (kind, x, y) => stage.dispatchEvent(new PointerEvent(kind, {
    bubbles: true, button: 0, buttons: 1, pointerId: 1,
    clientX: frame.left + x, clientY: frame.top + y }));
  stage.setPointerCapture = () => {};
  const next = () => new Promise(requestAnimationFrame);
  if (!HOVER) send("pointerdown", 8, 8);
  const begun = await next();
  let frames = 0, now = begun, worst = 0;
  while (now - begun < seconds * 1000) {
    const turn = (now - begun) / 400;
    const [x, y] = [150 * Math.cos(turn), 120 * Math.sin(turn)];
    send("pointermove", frame.width / 2 + x, frame.height / 2 + y);
    const then = now;
    now = await next();
    worst = Math.max(worst, now - then);
    frames += 1;
  }
  if (!HOVER) send("pointerup", 8, 8);
  return [frames * 1000 / (now - begun), worst];
}"""
CLICK = """async () => {
  const button = [...document.querySelectorAll("button")].find(b => b.textContent === NAME);
  const begun = performance.now();
  button.click();
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


def main() -> None:
    """Print the figures."""
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    size = max(nodes // 20, 1)
    graph = nx.random_partition_graph([size] * 20, 5.6 / size, 1.2 / nodes, seed=7)
    part = pd.Series({node: f"part {node // size + 1}" for node in graph}, name="part")
    kinds = {edge: ("reply", "mention", "follow")[n % 3] for n, edge in enumerate(graph.edges)}
    nx.set_edge_attributes(graph, kinds, "kind")
    begun = time.process_time()
    chart = link_chart(graph, "Twenty parts", colour=part, group=part, tie="kind")
    made = time.process_time() - begun
    print(f"{len(graph):,} nodes, {graph.number_of_edges():,} ties, three line styles")
    print(f"worked out in Python:    {made:6.2f} s of processor time")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        begun = time.perf_counter()
        open_chart(page, chart)
        print(f"on the page:             {time.perf_counter() - begun:6.2f} s")
        for name, hover in (("dragging the page", "false"), ("hovering over dots", "true")):
            rate, worst = page.evaluate(DRAG.replace("HOVER", hover), 3)
            print(f"{name + ':':<24} {rate:6.1f} frames/s, longest pause {worst:.0f} ms")
        for name in ("Fit", "Fold groups", "Fold groups", "Table"):
            took = page.evaluate(CLICK.replace("NAME", repr(name)))
            print(f"button {name + ':':<17} {took:6.0f} ms until two frames later")
        browser.close()


if __name__ == "__main__":
    main()
