"""A widget and its still twin: what a page shows where the widget's kernel is gone."""

from typing import Any


def beside(still: dict[str, Any], widget: Any, alive: str) -> list[dict[str, Any]]:
    """Return two outputs for a cell to display raw: the still form, then the widget in its place.

    They are two, because JupyterLab shows an error in place of a widget whose kernel is gone, even
    if the same output has another form. Style sheets decide which of the two is seen.

    Args:
        still: the form by MIME type, with "text/plain" and "text/html".
        widget: of ipywidgets or anywidget.
        alive: a class that only the living widget has on the page.
    """
    turns = (
        # Where the widget lives, the still form hides; where not, the message in its place hides.
        f"<style>.jp-OutputArea:has(.{alive}) .{alive}-still {{ display: none }} "
        f".jp-OutputArea:has(.{alive}-still) > .jp-OutputArea-child > "
        ".jupyter-widgets:not(:has(*)) { display: none }</style>"
    )
    html = f'{turns}<div class="{alive}-still">{still["text/html"]}</div>'
    view = widget._repr_mimebundle_()
    view = view[0] if isinstance(view, tuple) else view
    # Whoever does not trust the notebook gets the still form alone: this output is then empty.
    return [still | {"text/html": html}, view | {"text/plain": "", "text/html": ""}]
