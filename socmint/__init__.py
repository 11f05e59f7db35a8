"""Social media intelligence on invented data: what notebooks import."""

from typing import Any

__version__ = "0.1.0"
__all__ = [
    "find",
    "home",
    "link_chart",
    "open_case",
    "open_desk",
    "open_lab",
    "people_touched",
    "quiz",
    "show",
]

_HOMES = {
    "find": "socmint.topics",
    "home": "socmint.homepage",
    "link_chart": "socmint.figures",
    "open_case": "socmint.case",
    "open_desk": "socmint.desk",
    "open_lab": "socmint.case",
    "people_touched": "socmint.intrusion",
    "quiz": "socmint.quizzes",
    "show": "socmint.figures",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that the command line answers at once.
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'socmint' has no attribute {name!r}")
