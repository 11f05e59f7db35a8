"""The desk: collection that must be authorised, is priced, logged and audited."""

from typing import Any

__all__ = ["Decision", "Desk", "Profile", "Request", "decide", "load_profile", "open_desk"]

_HOMES = {
    "Decision": "socmint.desk.policy",
    "Desk": "socmint.desk.desk",
    "Profile": "socmint.desk.profile",
    "Request": "socmint.desk.policy",
    "decide": "socmint.desk.policy",
    "load_profile": "socmint.desk.profile",
    "open_desk": "socmint.desk.desk",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that the command line answers at once.
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'socmint.desk' has no attribute {name!r}")
