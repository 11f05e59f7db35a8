"""A link chart on a bare page: its JavaScript with a stand-in for the kernel's side."""

import base64

from socmint.figures import chart as module

PAGE = """<!doctype html><html lang="en"><head><title>A chart</title><style>{css}
{theme}</style></head><body><main></main></body></html>"""
DARK = """:root { --jp-layout-color0: #111; --jp-layout-color1: #212121; color-scheme: dark;
--jp-ui-font-color2: #bdbdbd; --jp-content-font-color0: #fff } body { background: #111 }"""
MODEL = """async ([source, state]) => {
  const heard = {};
  window.model = {
    get: name => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => { window.saved = (window.saved ?? 0) + 1; },
    on: (name, call) => { heard[name] = call; },
    off: name => { delete heard[name]; },
    tell: (name, value) => { state[name] = value; heard[`change:${name}`](); },
  };
  const widget = await import(`data:text/javascript;base64,${source}`);
  window.stop = widget.default.render({ model: window.model, el: document.querySelector("main") });
}"""


def open_chart(page, chart, dark=False):
    """Show a chart on a page; `window.model` then has what the kernel would have heard."""
    css = (module.FOLDER / "chart.css").read_text("utf-8")
    page.set_content(PAGE.format(css=css, theme=DARK if dark else ""))
    source = base64.b64encode((module.FOLDER / "chart.js").read_bytes()).decode()
    state = {"data": module._message(chart._data), "selected": [], "looked_at": chart._data.start}
    page.evaluate(MODEL, [source, state])
    page.wait_for_timeout(300)
