"""What keeps readers out: axe-core's findings on a page, as short lines."""

from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
"""The levels A and AA of the Web Content Accessibility Guidelines 2.2."""


def violations(page, context=None):
    """Return a line for each element that breaks a rule of WCAG 2.2 A or AA.

    Args:
        page: a Playwright page.
        context: a CSS selector, to look at a part of the page only.
    """
    found = Axe().run(page, context=context, options=RULES).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]
