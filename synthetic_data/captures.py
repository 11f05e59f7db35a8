"""An evidence bag: captured pages, their custody log, the clocks, and what must be deleted.

Every capture has a page file and a metadata file, each with the hash that was noted when it was
made. Planted are one change in a page, one in metadata, two log lines that changed places, a page
that was captured three times while its owner worked on it, a computer that missed the change to
summer time, and a bystander's medical post that somebody keeps just in case.

Meridia keeps UTC-02:00 in winter and UTC-01:00 in summer. The clocks go forward at 02:00.
"""

import hashlib
import json
from datetime import UTC, datetime

import numpy as np

from synthetic_data.society import DAY
from synthetic_data.streams import below, permutation, ranked

HOUR, MINUTE = 3600, 60
MACHINES = ("desk-1", "desk-2", "desk-3")
QUESTIONS = ("R1", "R2", "R3")
_SUBJECTS = 6  # the first is captured three times
_GENESIS = "0" * 64


def make(stream: str, settings: dict, society, planted, tables: dict, truth: dict):
    """Return tables, truth tables and facts of the bag, see `layers.add_family`.

    Args:
        stream: root path.
        settings: the section [captures] of the scenario.
        society: the accounts.
        planted: not used here.
        tables: tables of the world so far.
        truth: truth of the world so far.
    """
    stream += "/captures"
    pages = _Pages(society, tables)
    change = society.start + (settings["summer_time_day"] - 1) * DAY + 4 * HOUR
    whom = _choose(stream, society, tables, truth, pages)
    plan = _plan(stream, society, settings, whom)
    evidence = _evidence(stream, plan, pages, whom, change)
    bad_page, bad_note = _alter(stream, evidence)
    log, swapped, late = _log(stream, evidence)
    said, supported = _statements(stream, evidence, bad_page, bad_note, swapped, len(log["line"]))
    held, gone = _holdings(evidence, whom["ill"])
    clocks, wrong = _clocks(society, change)
    now = [*whom["now"], *whom["others"]]
    ids = [capture["id"] for capture in evidence]
    made = {
        "captures": {
            "capture_id": ids,
            "account_id": [pages.account_id[capture["whom"]] for capture in evidence],
            "machine": [capture["machine"] for capture in evidence],
            "clock": [capture["clock"] for capture in evidence],
            "zone": [capture["zone"] for capture in evidence],
            "page": [capture["page"] for capture in evidence],
            "page_sha256": [capture["page_sha256"] for capture in evidence],
            "metadata": [capture["note"] for capture in evidence],
            "metadata_sha256": [capture["note_sha256"] for capture in evidence],
        },
        "custody_log": log,
        "clock_checks": clocks,
        "statements": said,
        "holdings": held,
        "pages": {
            "account_id": [pages.account_id[slot] for slot in sorted(now)],
            "address": [pages.address(slot) for slot in sorted(now)],
            "page": [pages.text(slot, society.end) for slot in sorted(now)],
        },
    }
    three = [capture for capture in evidence if capture["turn"]]
    three.sort(key=lambda capture: capture["time"])
    sealed = {
        "bag": {
            "capture_id": ids,
            "time": np.array([capture["time"] for capture in evidence]),
            "altered": [
                {bad_page: "page", bad_note: "metadata"}.get(capture["id"]) for capture in evidence
            ],
            "turn": [capture["turn"] for capture in evidence],
        },
        "page_changes": _changes(three),
        "supported": supported,
        "disposals": gone,
    }
    # The bag belongs to the unit, so nothing of it is open to anybody else.
    day = {capture["id"]: int(capture["time"] - society.start) // DAY + 1 for capture in evidence}
    last = max(day.values())
    seals = log["sha256"]
    kinds = zip(held["item_id"], held["content"], strict=True)
    health = [item for item, content in kinds if content == "health"]
    facts = [
        ("A page file was changed after it was hashed", "captures", [bad_page], day[bad_page]),
        ("Metadata were changed after they were hashed", "captures", [bad_note], day[bad_note]),
        ("Two lines of the log changed places", "custody_log", seals[swapped : swapped + 2], last),
        ("One line of the log was honestly written late", "custody_log", [seals[late]], last),
        (
            "One page was captured three times while its owner changed it",
            "captures",
            [capture["id"] for capture in three],
            day[three[-1]["id"]],
        ),
        (
            "One computer missed the change to summer time",
            "clock_checks",
            wrong,
            settings["summer_time_day"] + 1,
        ),
        (
            "The hashes support some statements and not others",
            "statements",
            [name for name, yes in zip(*supported.values(), strict=True) if yes],
            last,
        ),
        ("A bystander's medical post is kept just in case", "holdings", health, last),
    ]
    return (
        made,
        sealed,
        [(words, "BG", table, rows, "private", first) for words, table, rows, first in facts],
    )


def sha256(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in 64 hexadecimal digits.

    Example:
        >>> sha256("")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def canonical(record: dict) -> str:
    """Return a record as one line of JSON with sorted keys.

    Example:
        >>> canonical({"b": "2", "a": "1"})
        '{"a":"1","b":"2"}'
    """
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _words(seconds: int) -> str:
    """Return a time as a clock shows it: 2031-03-05 14:07:09."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S")


class _Pages:
    """The page of an account as a visitor sees it at a time."""

    def __init__(self, society, tables):
        accounts, posts, ties = tables["accounts"], tables["posts"], tables["ties"]
        self.account_id = accounts["account_id"].tolist()
        self.slot = {name: slot for slot, name in enumerate(self.account_id)}
        self.faces = list(
            zip(
                *(accounts[name] for name in ("platform", "handle", "display_name", "bio")),
                strict=True,
            )
        )
        self.language = accounts["language"].tolist()
        seen = posts[(posts["tier"] == "public") & posts["repost_of"].isna()]
        self.posts = seen[["account_id", "post_id", "time", "text"]].assign(
            time=seen["time"].astype("int64") // 1_000_000
        )
        follows = ties[ties["kind"] == "follow"]
        self.follows = follows[["target", "time"]].assign(
            time=follows["time"].astype("int64") // 1_000_000
        )

    def address(self, slot: int) -> str:
        platform, handle, *_ = self.faces[slot]
        return f"https://{platform.lower()}.example/{handle}"

    def written(self, slot: int, until: int) -> list[tuple]:
        """Public posts of an account before a time, the oldest first: (id, time, text)."""
        mine = self.posts[
            (self.posts["account_id"] == self.account_id[slot]) & (self.posts["time"] < until)
        ]
        return list(mine[["post_id", "time", "text"]].itertuples(index=False, name=None))

    def lines(self, slot: int, until: int, most: int) -> dict[str, str]:
        """Return the fields of a page; the newest posts come first."""
        platform, _, name, bio = self.faces[slot]
        fans = self.follows[self.follows["target"] == self.account_id[slot]]
        fields = {
            "page": f"{platform} · as a visitor sees it",
            "address": self.address(slot),
            "name": name,
            "bio": bio or "(none)",
            "followers": str(int((fans["time"] < until).sum())),
        }
        for post_id, time, text in self.written(slot, until)[: -most - 1 : -1]:
            fields[f"post {post_id} ({_words(time)[:16]} UTC)"] = text
        return fields

    def text(self, slot: int, until: int, most: int = 4) -> str:
        return _page(self.lines(slot, until, most))


def _page(fields: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def _choose(stream, society, tables, truth, pages: _Pages) -> dict:
    """Choose whose pages are captured.

    The owner of the page that is captured three times had written three posts or more by then,
    and has the shortest page of all who did. The others come in a keyed order.
    """
    slots = np.array([pages.slot[name] for name in tables["subjects"]["account_id"]])
    early = {slot: len(pages.written(slot, society.start + 8 * DAY)) for slot in slots.tolist()}
    all_ = {slot: len(pages.written(slot, society.end)) for slot in slots.tolist()}
    worker = min(slots.tolist(), key=lambda slot: (early[slot] < 3, all_[slot], slot))
    rest = ranked(stream + "/subject", slots[slots != worker])
    # The single captures begin on day 5; their pages should have posts by then.
    soon = {slot: len(pages.written(slot, society.start + 4 * DAY)) for slot in rest.tolist()}
    rest = sorted(rest.tolist(), key=lambda slot: soon[slot] == 0)
    facts = truth["facts"]
    rows = facts.loc[facts["statement"].str.startswith("Public posts hold medical"), "rows"].item()
    told = tables["posts"][tables["posts"]["post_id"].isin(rows.split())]  # in order of time
    ill = [pages.slot[name] for name in told["account_id"]]
    taken = {pages.slot[name] for name in tables["scope"]["account_id"]} | set(ill)
    people = truth["people"]
    taken |= {pages.slot[name] for name in people.loc[people["population"] != "BG", "account_id"]}
    writers = pages.posts.loc[pages.posts["time"] < society.start + 5 * DAY, "account_id"]
    open_ = tables["accounts"]["visibility"] == "public"
    free = tables["accounts"].loc[open_, "account_id"]
    free = [pages.slot[name] for name in free[free.isin(writers)]]
    free = ranked(stream + "/bystander", np.array([slot for slot in free if slot not in taken]))
    ferry = people.loc[people["role"] == "ferry service", "account_id"].item()
    return {
        "worker": worker,
        "subjects": rest[: _SUBJECTS - 1],
        "now": rest[_SUBJECTS - 1 : _SUBJECTS + 4],
        "ill": ill[0],
        "bystanders": free[:2].tolist(),
        "others": free[2:6].tolist(),
        "ferry": pages.slot[ferry],
    }


def _plan(stream, society, settings, whom) -> list[dict]:
    """Say when which machine captures whom: a busy hour before and one after the change."""
    change = settings["summer_time_day"]
    one, two = whom["bystanders"]
    # Whom, what they are to the case, why the capture is kept, who forbids deletion, working copy?
    single = [
        (whom["ill"], "bystander", "just in case", None, True),
        (one, "bystander", "just in case", "court", False),
        (two, "bystander", "R3", None, True),
        (whom["ferry"], "nobody", "R2", None, False),
        *zip(
            whom["subjects"],
            ["subject"] * 5,
            ["background", "may be useful", "R1", "R2", "R3"],
            [None] * 3 + ["court", None],
            [True, False, True, False, True],
            strict=True,
        ),
    ]
    order = permutation(stream + "/order", len(single)).tolist()
    first = 5 + int(below(stream + "/day", 0, 3)[0])
    second = change + 2 + int(below(stream + "/day", 1, 4)[0])
    gap = 12 + below(stream + "/gap", np.arange(9), 11)
    plan, turn = [], 0
    for day, machines in ((first, (0, 1, 2, 1)), (second, (2, 0, 1, 2, 0))):
        time = society.start + (day - 1) * DAY + 14 * HOUR
        time += int(below(stream + "/base", day, 3 * HOUR)[0])
        for machine in machines:
            plan.append(_capture(*single[order[turn]], MACHINES[machine], time))
            time += int(gap[turn]) * MINUTE
            turn += 1
    for number, day in enumerate((9, change - 2, change + 8)):
        time = society.start + (day - 1) * DAY + 9 * HOUR
        time += int(below(stream + "/thrice", number, 4 * HOUR)[0])
        turn = ("first", "second", "third")[number]
        copied = turn == "third"
        plan.append(
            _capture(whom["worker"], "subject", "R1", None, copied, MACHINES[1], time, turn)
        )
    numbers = permutation(stream + "/number", len(plan)) + 1
    for capture, number in zip(plan, numbers.tolist(), strict=True):
        capture["id"] = f"cap-{number:02d}"
    return sorted(plan, key=lambda capture: capture["id"])


def _capture(whom, shows, reason, hold, copied, machine, time, turn=None) -> dict:
    return {
        "whom": whom,
        "shows": shows,
        "reason": reason,
        "hold": hold,
        "copied": copied,
        "machine": machine,
        "time": time,
        "turn": turn,
    }


def shown(machine: str, time: int, change: int) -> int:
    """Return what the clock of a machine shows, in seconds, when it is `time` (UTC).

    `desk-2` runs on UTC. `desk-1` keeps Meridian time. `desk-3` does, too, but missed the change.

    Example:
        >>> [shown(machine, 100_000, 50_000) for machine in MACHINES]
        [96400, 100000, 92800]
    """
    if machine == "desk-2":
        return time
    return time - (HOUR if machine == "desk-1" and time >= change else 2 * HOUR)


def _evidence(stream, plan, pages: _Pages, whom, change) -> list[dict]:
    """Write page and metadata of every capture, and hash them."""
    for capture in plan:
        # The busy page is short enough to be captured whole; the medical post must be on its page.
        most = 99 if capture["turn"] or capture["whom"] == whom["ill"] else 4
        fields = pages.lines(capture["whom"], capture["time"], most)
        if capture["turn"]:
            _work(fields, capture["turn"], pages.language[whom["worker"]])
        machine = capture["machine"]
        capture["fields"], capture["page"] = fields, _page(fields)
        capture["page_sha256"] = sha256(capture["page"])
        capture["clock"] = _words(shown(machine, capture["time"], change))
        capture["zone"] = "UTC" if machine == "desk-2" else "Meridia"
        capture["collector"] = f"analyst {MACHINES.index(machine) + 1}"
        capture["note"] = _note(capture, capture["collector"])
        capture["note_sha256"] = sha256(capture["note"])
    return plan


def _note(capture: dict, collector: str) -> str:
    return canonical(
        {
            "address": capture["fields"]["address"],
            "clock": capture["clock"],
            "collector": collector,
            "machine": capture["machine"],
            "tool": "page saver 2.1",
            "zone": capture["zone"],
        }
    )


def _work(fields: dict[str, str], turn: str, language: int) -> None:
    """Do to a page what its owner did: a bio that came back, a post taken away, one edited."""
    posts = [name for name in fields if name.startswith("post ")]
    oldest = posts[-1], posts[-2] if len(posts) > 1 else posts[-1]
    if turn == "second":
        fields["bio"] = "vuelvo pronto" if language == "es" else "back soon"
    if turn != "first":
        del fields[oldest[1]]
    if turn == "third" and oldest[0] in fields:
        fields[oldest[0]] += " · 22:00"


def _alter(stream, evidence) -> tuple[str, str]:
    """Change one page and the metadata of another capture; the noted hashes stay."""
    single = [
        capture
        for capture in evidence
        if not capture["turn"] and capture["shows"] == "subject" and " UTC): " in capture["page"]
    ]
    order = permutation(stream + "/alter", len(single)).tolist()
    page, note = single[order[0]], single[order[1]]
    before, _, after = page["page"].partition(" UTC): ")
    # The newest post now seems to be an hour off.
    hour = int(before[-5:-3]) + 1 if before[-5:-3] != "23" else 22
    page["page"] = f"{before[:-5]}{hour:02d}{before[-3:]} UTC): {after}"
    number = int(note["collector"][-1])
    note["note"] = _note(note, f"analyst {number % 3 + 1}")
    return page["id"], note["id"]


def _log(stream, evidence) -> tuple[dict, int, int]:
    """Return the custody log, the place of the first swapped line, and that of the late one."""
    lines = _filed(evidence)
    for capture in [capture for capture in evidence if capture["copied"]]:
        wait = 11 * HOUR + int(below(stream + "/copy", int(capture["id"][4:]), 6 * HOUR)[0])
        time = capture["time"] // DAY * DAY + DAY + wait  # the next morning
        lines.append((time, "analyst 2", "copied", capture["id"], "working copy"))
    times = sorted(capture["time"] for capture in evidence)
    for turn, after in enumerate((3, 4, 9, 11)):
        time = times[after] + 3 * HOUR + int(below(stream + "/hand", turn, HOUR)[0])
        lines.append((time, "analyst 1", "handed over", "all so far", "to the evidence room"))
    lines.sort()
    late = 6
    who = lines[4]
    lines[4:7] = [*lines[5:7], (*who[:4], f"{who[4]}, written late")]
    records, previous = [], _GENESIS
    for time, who_, action, item, note in lines:
        record = {
            "happened": _words(time).replace(" ", "T") + "Z",
            "who": who_,
            "action": action,
            "item": item,
            "note": note,
            "previous": previous,
        }
        previous = sha256(canonical(record))
        records.append(record | {"sha256": previous})
    swapped = 9 + int(below(stream + "/swap", 0, len(records) - 13)[0])
    records[swapped : swapped + 2] = records[swapped : swapped + 2][::-1]
    columns = {name: [record[name] for record in records] for name in records[0]}
    return {"line": list(range(1, len(records) + 1))} | columns, swapped, late


def _filed(evidence) -> list[tuple]:
    """Return the lines of the captures: filed after the shift, machine by machine.

    So neither the order of the lines nor their time gives the order of the captures of a day.
    """
    last, turn = {}, {}
    for capture in evidence:
        day = capture["time"] // DAY
        last[day] = max(last.get(day, 0), capture["time"])
    lines = []
    for capture in sorted(evidence, key=lambda capture: (capture["machine"], capture["time"])):
        day = capture["time"] // DAY
        turn[day] = turn.get(day, 0) + 1
        time = last[day] + HOUR + 4 * MINUTE * turn[day]
        lines.append((time, capture["collector"], "filed", capture["id"], "after the shift"))
    return lines


def _changes(three: list[dict]) -> dict:
    """Return the fields that are not the same in three captures of a page."""
    names = {name: None for capture in three for name in capture["fields"]}  # in order, each once
    rows = [(name, *(capture["fields"].get(name) for capture in three)) for name in names]
    rows = [row for row in rows if len(set(row[1:])) > 1]
    columns = zip(*rows, strict=True)
    return dict(zip(("field", "first", "second", "third"), map(list, columns), strict=True))


# What hashes and a chain can show, and what they cannot. {x} and {y} are sound captures, {page} and
# {note} the altered ones, {one} and {two} two captures of one page, {line} a log line.
_SHOWN = (
    "The page file of {x} is byte for byte the file that was hashed.",
    "The page file of {page} is not the file that was hashed.",
    "The metadata file of {note} is not the file that was hashed.",
    "Line {line} of the log does not follow the line before it.",
    "{one} and {two} hold different page files.",
    "The metadata file of {y} is byte for byte the file that was hashed.",
)
_NOT_SHOWN = (
    "The person named on the page in {x} wrote the posts on it.",
    "What the newest post in {y} says is true.",
    "The newest post in {x} was written at the time that stands beside it.",
    "The page file of {page} is byte for byte the file that was hashed.",
    "Somebody of the unit changed the page file of {page} on purpose.",
    "{x} was captured with authority.",
    "Nobody but the collector has read {y}.",
    "{y} shows the page as every visitor saw it.",
    "Nobody changed the page file of {x} before it was hashed.",
    "In the metadata file of {note} it is the time that was changed.",
)


def _statements(stream, evidence, page, note, swapped, lines) -> tuple[dict, dict]:
    """Choose eight statements; the hashes and the chain support three, four or five of them."""
    stream += "/statement"
    sound = [c["id"] for c in evidence if c["id"] not in (page, note)]
    order = permutation(stream + "/sound", len(sound)).tolist()
    thrice = [c["id"] for c in evidence if c["turn"]]
    words = {
        "x": sound[order[0]],
        "y": sound[order[1]],
        "page": page,
        "note": note,
        "one": thrice[0],
        "two": thrice[1],
        "line": swapped + 1 + int(below(stream + "/line", 0, 3)[0]),
    }
    assert words["line"] <= lines
    yes = 3 + int(below(stream + "/count", 0, 3)[0])
    # One altered page is always told of rightly and wrongly; the chain, and a truth, a writer or a
    # time always.
    always = int(below(stream + "/always", 0, 3)[0])
    some = permutation(stream + "/yes", len(_SHOWN)).tolist()
    some = [1, 3, *(n for n in some if n not in (1, 3))][:yes]
    others = permutation(stream + "/no", len(_NOT_SHOWN)).tolist()
    others = [3, always, *(n for n in others if n not in (3, always))][: 8 - yes]
    told = [(_SHOWN[place], True) for place in some]
    told += [(_NOT_SHOWN[place], False) for place in others]
    told = [told[place] for place in permutation(stream + "/order", 8).tolist()]
    ids = [f"s-{number}" for number in range(1, 9)]
    return (
        {"statement_id": ids, "text": [text.format(**words) for text, _ in told]},
        {"statement_id": ids, "supported": [is_so for _, is_so in told]},
    )


def _holdings(evidence, ill: int) -> tuple[dict, dict]:
    """List evidentiary and working copies, and which of them must go at the review.

    A copy goes if no question of the tasking needs it and no court holds it. Copies of one capture
    share one fate.
    """
    rows, gone = [], []
    for kind in ("evidence", "working"):
        for capture in evidence:
            if kind == "working" and not capture["copied"]:
                continue
            fate = capture["reason"] not in QUESTIONS and capture["hold"] is None
            content = "health" if capture["whom"] == ill else "ordinary"
            row = (kind, capture["shows"], content, capture["reason"], capture["hold"])
            rows.append((capture["id"], *row))
            gone.append(fate)
    ids = [f"x-{number:02d}" for number in range(1, len(rows) + 1)]
    names = ("capture_id", "copy", "shows", "content", "reason", "hold")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return {"item_id": ids} | columns, {"item_id": ids, "delete": gone}


def _clocks(society, change: int) -> tuple[dict, list[str]]:
    """Check every clock before and after the change; return the checks, and the wrong one."""
    rows = []
    for time in (society.start + DAY + 9 * HOUR, change + DAY + 5 * HOUR):
        rows += [(machine, time, _words(shown(machine, time, change))) for machine in MACHINES]
    machine, time, clock = map(list, zip(*rows, strict=True))
    ids = [f"k-{number}" for number in range(1, len(rows) + 1)]
    return (
        {"check_id": ids, "machine": machine, "time": np.array(time), "clock": clock},
        [ids[-1]],
    )
