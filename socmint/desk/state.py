"""What follows from the lines of a ledger: the day, the authorities, what was seen and spent."""

from dataclasses import dataclass, field
from typing import Any

from socmint.desk.policy import Request


@dataclass
class Authority:
    """A grant in force. `until`: the last day. `used`: points spent under it."""

    name: str
    request: Request
    level: int
    until: float
    status: str
    used: float = 0.0
    cancelled: bool = False


@dataclass
class State:
    """What follows from the lines of a ledger."""

    day: float = 1.0
    analyst: str = ""
    signed: bool = False
    closed: bool = False
    points: float = 0.0
    penalty: int = 0
    open_used: float = 0.0
    authorities: dict[str, Authority] = field(default_factory=dict)
    searches: dict[int, tuple[str, int]] = field(default_factory=dict)
    views: dict[str, list[float]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    unmasked: set[str] = field(default_factory=set)
    sealed: set[str] = field(default_factory=set)
    refusals: set[str] = field(default_factory=set)


def apply(state: State, line: dict[str, Any]) -> None:
    """Let one line of the ledger act on the state."""
    call, status, number = line["call"], line["status"], line["line"]
    if "until" in line and (call == "wait" or status == "refused"):
        state.day = line["until"]
    if status == "refused":
        state.refusals.add(line["kind"])
        state.penalty += line["penalty"]
        return
    state.points += line["points"]
    if call == "sign":
        state.signed, state.analyst = True, line["analyst"]
    elif call == "submit":
        state.closed = True
    elif call == "request" and "authority" in line:
        request = Request(**line["form"])
        state.authorities[line["authority"]] = Authority(
            line["authority"], request, line["level"], line["until"], status
        )
    elif call == "cancel":
        state.authorities[line["authority"]].cancelled = True
    elif call == "unmask":
        state.unmasked.update(line["ids"])
        state.open_used += line["points"]
    elif call == "seal":
        state.sealed.update(line["ids"])
    elif "conduct" in line and "authority" in line and call != "request":
        grant = state.authorities.get(line["authority"])
        if grant:
            grant.used += line["points"]
        else:
            state.open_used += line["points"]
        state.searches[number] = (line["ir"], line.get("level", 0))
        for name in line["ids"]:
            state.seen[name] = line["day"]
        if line.get("owner"):
            state.views.setdefault(line["owner"], []).append(line["day"])
