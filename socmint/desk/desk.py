"""The desk itself: every call is checked, priced, answered and written down.

What happened is in the ledger alone. The desk's memory (the day, the authorities, what was seen)
is made by playing the ledger's lines, both when a case is opened again and after each call.
"""

import datetime
import html
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from socmint.case import open_case
from socmint.desk import policy, shelf
from socmint.desk.handin import bundle
from socmint.desk.ledger import Ledger
from socmint.desk.policy import CaseFile, Check, Decision, Item, Request
from socmint.desk.profile import DEFAULT, TIERS, Profile, load_profile
from socmint.desk.shelf import PAGE
from socmint.desk.state import Authority, State, apply
from socmint.errors import CourseError
from socmint.progress import casebook
from synthetic_data import World

REFUSALS = {
    "E2": {"P4"},
    "E4": {"P2", "P3"},
    "E6": {"P1", "P3"},
    "E9": {"tier"},
    "E11": {"P2"},
    "E14": {"P2"},
}
"""The refusals that the code of conduct names, and the rules that refuse them."""
_COLUMNS = ["item_id", "account", "time", "tier", "room", "language", "text"]


def open_desk(
    topic: str,
    seed: int | None = None,
    *,
    profile: str = DEFAULT,
    fresh: bool = False,
    folder: Path | str | None = None,
) -> "Desk":
    """Open the desk of a module's case.

    Args:
        topic: the module's topic.
        seed: which world, as in `open_case`.
        profile: the rules, see `load_profile`.
        fresh: start the case anew; the ledger so far is kept under another name. Left out, the
            case goes on where its ledger ends.
        folder: where ledgers are kept; `casebook` in the course folder when left out, or the
            folder that SOCMINT_CASEBOOK names.

    Raises:
        CourseError: no such topic or profile, a case without tasking, or a ledger that was changed.
    """
    case = open_case(topic, seed)
    world = case._world
    place = Path(folder) if folder else casebook()
    meta = world.meta
    path = place / f"{topic}-{meta['seed']}.jsonl"
    if fresh:
        _set_aside(path)
    return Desk(world, path, load_profile(profile))


def _set_aside(path: Path) -> None:
    """Keep a ledger and its head under the next free number."""
    if not path.exists():
        return
    number = 1
    while (kept := path.with_name(f"{path.stem}-attempt-{number}.jsonl")).exists():
        number += 1
    path.rename(kept)
    if path.with_suffix(".head").exists():
        path.with_suffix(".head").rename(kept.with_suffix(".head"))


class Desk:
    """The desk of one case. Open it with `open_desk`.

    Each call appends one line to the ledger. A call that is not allowed returns a `Decision` with
    the rule and the reason instead of rows, and appends a line as well.

    Attributes:
        profile: the rules in force. ledger: the ledger.
    """

    def __init__(self, world: World, path: Path, profile: Profile):
        for name in ("requirements", "tasking_items", "subjects"):
            if name not in world.tables:
                raise CourseError(
                    f"The case {world.meta['scenario']!r} has no tasking: the table {name} is "
                    "missing, so there is nothing to authorise."
                )
        self.profile = profile
        self._world = world
        self._shelf = shelf.shelf_of(world, profile)
        self._on_file = case_file(world)
        self._subjects = set(world.tables["subjects"]["account_id"])
        self.ledger = Ledger(path)
        self._state, self._played = State(), 0
        self._play()
        if not self.ledger.lines:
            meta = world.meta
            case = {name: meta[name] for name in ("scenario", "seed", "accounts", "version")}
            self._call("open", lambda: self._line("open", case=case, profile=profile.name))
        self._same_case(world, profile)

    # What the learner reads ------------------------------------------------------------------

    @property
    def today(self) -> int:
        """The day of the case: 1 and up. Nothing of a later day can be seen."""
        return int(self._state.day)

    @property
    def requirements(self) -> pd.DataFrame:
        """The requirements that are tasked."""
        return self._world.tables["requirements"].copy()

    @property
    def tasking(self) -> pd.DataFrame:
        """The graded items that came with the tasking."""
        return self._world.tables["tasking_items"].copy()

    @property
    def subjects(self) -> pd.DataFrame:
        """The accounts that the tasking names."""
        return self._world.tables["subjects"].copy()

    def __repr__(self) -> str:
        meta, state = self._world.meta, self._state
        return (
            f"Desk of the case {meta['scenario']}/{meta['seed']} (invented), day {self.today} of "
            f"{self._shelf.days}. Intrusion so far: {_points(state.points)}. Lines in the log: "
            f"{len(self.ledger.lines)}. Rules: {self.profile.title}. The log on this computer "
            "shows tampering; it cannot prevent it."
        )

    # Calls -----------------------------------------------------------------------------------

    def sign(self, name: str, refusals: Mapping[str, str]) -> Decision:
        """Sign the code of conduct. The desk opens when each refusal has its rule.

        Args:
            name: your name, or the name you use in class.
            refusals: for each refusal that the code names, the rule that refuses it, for example
                `{"E2": "P4", …}`. "tier" stands for what is not offered at all.
        """

        def work():
            _need(isinstance(name, str) and name.strip(), "Sign with your name.")
            _need(isinstance(refusals, Mapping), "Give the refusals as a dict, such as {'E2': …}.")
            checks = []
            for number, rules in REFUSALS.items():
                given = refusals.get(number) or ()
                words = " ".join(given) if isinstance(given, (list, tuple, set)) else str(given)
                named = {word.strip(",;") for word in words.upper().replace("TIER", "tier").split()}
                holds = bool(named) and named <= rules
                said = " and ".join(sorted(named)) if named else "no rule given"
                checks.append(
                    Check("desk", holds, f"{number}: {said}" + ("" if holds else " is not it"))
                )
            if not all(check.holds for check in checks):
                return self._no(Decision("refused", None, checks), "sign")
            return self._line("sign", analyst=name.strip()[:80]), Decision("open", 0, checks)

        return self._call("sign", work)

    def search(
        self,
        q: str,
        tier: str = "public",
        ir: str = "",
        auth: str | None = None,
        limit: int = PAGE,
        named: bool = False,
    ) -> "pd.DataFrame | Decision":
        """Search the posts of a tier and of the more open ones; the newest come first.

        Up to 24 posts are one look. More of them are bulk, and a list with names is named bulk.

        Args:
            q: words; a post fits when it holds all of them.
            tier: "public" or "registered".
            ir: the requirement that this serves.
            auth: the authority, where one is needed.
            limit: how many posts to show.
            named: show account ids instead of pseudonyms.
        """

        def work():
            _need(isinstance(q, str), "Search for words.")
            _need(type(limit) is int and 1 <= limit <= 5000, "limit must be 1 to 5000.")
            _need(isinstance(named, bool), "named must be True or False.")
            _need(tier in TIERS, f"tier must be one of: {', '.join(TIERS)}.")
            bulk = limit >= self.profile.conduct["named_bulk"]
            conduct = ("bulk_named" if named else "bulk") if bulk or named else "view"
            stop = self._covered("search", tier, conduct, ir, auth, [q])
            if stop:
                return stop
            rows = self._shelf.matching(q)
            rows = self._visible(rows, tier)[::-1]
            return self._show(
                "search", rows[:limit], tier, conduct, ir, auth, len(rows), named=named, q=q
            )

        return self._call("search", work)

    def count(
        self, q: str, tier: str = "public", ir: str = "", auth: str | None = None, by: str = "day"
    ) -> "pd.DataFrame | Decision":
        """Count posts that hold all words, by day or by hour. Nobody is shown.

        Needs the level of bulk, pseudonymised. Counts under 5 are left out.
        """

        def work():
            _need(isinstance(q, str), "Search for words.")
            _need(tier in TIERS, f"tier must be one of: {', '.join(TIERS)}.")
            _need(by in ("day", "hour"), "by must be 'day' or 'hour'.")
            stop = self._covered("count", tier, "bulk", ir, auth, [q])
            if stop:
                return stop
            rows = self._visible(self._shelf.matching(q), tier)
            time = pd.Series(
                pd.DatetimeIndex(self._shelf.time[rows], tz="UTC").floor(by[0].replace("d", "D"))
            )
            counts = time.value_counts().sort_index()
            table = counts[counts >= 5].rename_axis(by).rename("posts").reset_index()
            record = self._line(
                "count", ir=ir, authority=auth or "A-0", tier=tier, conduct="bulk", q=q[:200]
            )
            print(f"{len(table)} {by}s with 5 posts or more. Nobody was shown, no points.")
            return record, table

        return self._call("count", work)

    def find(self, words: str, ir: str = "") -> "pd.DataFrame | Decision":
        """Find groups by their name. Their pages name nobody and cost no points."""

        def work():
            _need(isinstance(words, str), "Search for words.")
            stop = self._covered("find", "public", "view", ir, None, [words])
            if stop:
                return stop
            groups = self._shelf.groups
            names = groups["name"].map(shelf.plain)
            found = groups[[all(w in name for w in shelf.plain(words).split()) for name in names]]
            record = self._line("find", ir=ir, authority="A-0", tier="public", conduct="view")
            return record, found.head(50).reset_index(drop=True)

        return self._call("find", work)

    def view(
        self, id: str, ir: str = "", tier: str = "public", auth: str | None = None
    ) -> "pd.DataFrame | Decision":
        """Look once at an account, or at one post.

        Args:
            id: an account id, a pseudonym, or a post id.
            ir: the requirement that this serves.
            tier: how far in: what this tier and the more open ones show.
            auth: the authority, where one is needed.
        """
        return self._look("view", id, ir, tier, auth)

    def watch(self, id: str, ir: str = "", auth: str | None = None, tier: str = "public"):
        """Look again at an account under an authority: what is new since the last look."""
        return self._look("watch", id, ir, tier, auth)

    def enter(
        self, group: str, ir: str = "", auth: str | None = None, limit: int = PAGE
    ) -> "pd.DataFrame | Decision":
        """Read the newest posts of a closed group under an authority to enter it.

        How one enters is not part of this course: it is one priced call.

        Args:
            group: id of the group.
            ir: the requirement that this serves.
            auth: the authority.
            limit: how many posts to read. Each is paid for.
        """

        def work():
            _need(type(limit) is int and 1 <= limit <= 5000, "limit must be 1 to 5000.")
            rooms = self._shelf.groups["group_id"].to_numpy(dtype=object)
            _need(isinstance(group, str) and group in rooms, "There is no group with this id.")
            stop = self._covered("enter", "friends", "enter", ir, auth, [group])
            if stop:
                return stop
            rows = self._visible(self._shelf.of_room(group), "friends")[::-1]
            return self._show(
                "enter", rows[:limit], "friends", "enter", ir, auth, len(rows), group=group
            )

        return self._call("enter", work)

    def order(self, id: str, ir: str = "", auth: str | None = None) -> "pd.DataFrame | Decision":
        """Ask the provider for messages under a judge's order: of one account or one thread.

        The provider returns what subjects and the named account wrote to each other, no more.
        """

        def work():
            found = self._shelf
            slot = found.find(id) if isinstance(id, str) else None
            thread = isinstance(id, str) and slot is None
            rows = found.of_room(id) if thread else np.flatnonzero(found.other >= 0)
            _need(
                slot is not None or (thread and len(rows)),
                "There is no account or thread of this id.",
            )
            target = id if thread else found.account[slot]
            stop = self._covered("order", "private", "order", ir, auth, [target])
            if stop:
                return stop
            rows = rows[found.other[rows] >= 0]
            named = found.person == shelf.SUBJECT
            if slot is not None:
                rows = rows[(found.slot[rows] == slot) | (found.other[rows] == slot)]
                named = named.copy()
                named[slot] = True
            rows = rows[named[found.slot[rows]] & named[found.other[rows]]]
            rows = rows[found.day[rows] <= self.today]
            return self._show("order", rows, "private", "order", ir, auth, len(rows), target=target)

        return self._call("order", work)

    def request(self, form: Request | Mapping[str, Any]) -> Decision:
        """Ask for authority. The decision shows every test; see `policy.Request` for the form."""

        def work():
            request = policy.read(form)
            state = self._state
            if not request.applicant:
                request = Request(**asdict(request) | {"applicant": self._analyst()})
            decision = policy.decide(request, self._file(), self.profile)
            extra = {
                "ir": request.requirement,
                "tier": request.tier,
                "conduct": request.conduct,
                "form": asdict(request),
            }
            if not decision.granted:
                return self._no(decision, "request", **extra, half_day=True)
            if decision.status == "open":
                return self._line("request", status="open", **extra), decision
            name = f"A-{len(state.authorities) + 1}"
            days = self.profile.levels[decision.level]["days"]
            until = state.day + min(request.days, days)
            if decision.status == "granted urgent":
                until = state.day + min(request.days, self.profile.P4["urgent_hours"] / 24)
            record = self._line(
                "request",
                status=decision.status,
                authority=name,
                until=until,
                level=decision.level,
                gaps=[c.why for c in decision.checks if c.gap],
                **extra,
            )
            return record, Decision(
                decision.status, decision.level, decision.checks, decision.conditions, name
            )

        return self._call("request", work)

    def cancel(self, auth: str, why: str = "no longer needed") -> Decision:
        """Give an authority back that is no longer needed."""

        def work():
            found = self._authority(auth)
            _need(isinstance(why, str), "Say why in words.")
            record = self._line("cancel", ir=found.request.requirement, authority=auth, reason=why)
            check = Check("desk", True, f"{auth} is cancelled on day {self.today}")
            return record, Decision("open", 0, [check])

        return self._call("cancel", work)

    def review(self, auth: str, finding: str) -> Decision:
        """Write down at half time whether the cause of an authority still stands."""

        def work():
            found = self._authority(auth)
            _words(finding, 3, "Say in a sentence whether the cause still stands.")
            record = self._line(
                "review", ir=found.request.requirement, authority=auth, reason=finding
            )
            return record, Decision("open", 0, [Check("desk", True, f"review of {auth} is noted")])

        return self._call("review", work)

    def unmask(self, pid: str, reason: str) -> "pd.Series | Decision":
        """Learn which account stands behind a pseudonym. Costs points, and a reason."""

        def work():
            found = self._shelf
            slot = found.find(pid) if isinstance(pid, str) else None
            _need(slot is not None, "There is no such pseudonym in this case.")
            _words(
                reason, 3, "Give a reason in a sentence: why this person, for which requirement."
            )
            shown = {found.mask(found.slot[found.place[name]]) for name in self._state.seen}
            _need(found.mask(slot) in shown, "Unmask only whom you have met in this case.")
            points = float(self.profile.points["unmask"])
            account = found.account[slot]
            if account in self._state.unmasked or account in self._subjects:
                points = 0.0
            record = self._line(
                "unmask",
                ids=[account],
                reason=reason,
                points=points,
                collateral=points,
                pseudonym=found.mask(slot),
            )
            row = found.accounts.iloc[slot][["account_id", "platform", "handle", "display_name"]]
            return record, row

        return self._call("unmask", work)

    def seal(self, item: str, why: str) -> Decision:
        """Seal protected material: it is not shown again, and is referred to the lead."""

        def work():
            self._seen(item)
            _words(why, 2, "Say what is protected here, in a few words.")
            record = self._line("seal", ids=[item], reason=why)
            return record, Decision("open", 0, [Check("desk", True, f"{item} is sealed")])

        return self._call("seal", work)

    def safeguard(self, signal: str, note: str = "") -> Decision:
        """Pass a sign that somebody needs help to the duty officer. Costs no points.

        Args:
            signal: id of the item that you saw.
            note: what you saw, in a sentence.
        """

        def work():
            self._seen(signal)
            _words(note, 3, "Say in a sentence what you saw and who may need help.")
            record = self._line("safeguard", ids=[signal], reason=note)
            why = f"{signal} is with the duty officer on day {self.today}"
            return record, Decision("open", 0, [Check("desk", True, why)])

        return self._call("safeguard", work)

    def selfreport(self, text: str) -> Decision:
        """Report a mistake of your own. Owning up within a day counts for you."""

        def work():
            _words(text, 3, "Say in a sentence what happened.")
            why = f"your report of day {self.today} is with oversight"
            return self._line("selfreport", reason=text), Decision(
                "open", 0, [Check("desk", True, why)]
            )

        return self._call("selfreport", work)

    def wait(self, days: float = 1) -> Decision:
        """Let days of the case pass. New posts appear; authorities run out."""

        def work():
            _need(
                isinstance(days, (int, float)) and not isinstance(days, bool) and 0 < days <= 60,
                "Wait for 0.5 days or more.",
            )
            until = min(self._state.day + float(days), self._shelf.days + 0.99)
            _need(until > self._state.day, "The case is at its last day.")
            record = self._line("wait", until=until)
            return record, Decision("open", 0, [Check("desk", True, f"it is day {int(until)}")])

        return self._call("wait", work)

    def submit(
        self, answer: Mapping[str, Any] | None = None, keep: list[str] | None = None
    ) -> Decision:
        """Hand in and close the case.

        Args:
            answer: what you found, see the case; may be left out.
            keep: ids of the items that stay on file. What is not named is deleted. Left out,
                everything is kept.
        """

        def work():
            _need(answer is None or isinstance(answer, Mapping), "Give the answer as a dict.")
            kept = sorted(self._state.seen) if keep is None else keep
            _need(
                isinstance(kept, (list, tuple, set)) and all(isinstance(i, str) for i in kept),
                "keep must be a list of item ids.",
            )
            kept = sorted({name for name in kept if name in self._state.seen})
            record = self._line("submit", answer=_json(answer), keep=kept, ids=[])
            why = "the case is closed; note the receipt, the last hash of the log"
            return record, Decision("open", 0, [Check("desk", True, why)])

        decision = self._call("submit", work)
        if decision.granted:
            print(f"Receipt: {self.ledger.last_hash}")
        return decision

    # Books -----------------------------------------------------------------------------------

    def budget(self) -> pd.DataFrame:
        """Return what each authority allows and what is left of it (points).

        The first row is the open desk: single looks at what is public. Looking at the budget is
        free and leaves no line.
        """
        self._play()
        state = self._state
        rows = [("A-0", "public", "view", self._open_budget(), state.open_used, self._shelf.days)]
        rows += [
            (
                one.name,
                one.request.tier,
                one.request.conduct,
                0.0 if self._ended(one) else float(one.request.estimate),
                one.used,
                int(one.until),
            )
            for one in state.authorities.values()
        ]
        table = pd.DataFrame(
            rows, columns=["authority", "tier", "conduct", "allowed", "used", "until"]
        )
        table["left"] = (table["allowed"] - table["used"]).clip(lower=0)
        return table[["authority", "tier", "conduct", "allowed", "used", "left", "until"]]

    def log(self) -> pd.DataFrame:
        """Return the ledger as a table: one row for each call."""
        self._play()
        names = ["line", "day", "call", "status", "ir", "authority", "tier", "conduct", "points"]
        names += ["people", "reason", "sha256"]
        kept = [{name: line[name] for name in names if name in line} for line in self.ledger.lines]
        empty = dict.fromkeys(names, "") | {"points": 0.0, "people": 0}
        table = pd.DataFrame([empty | line for line in kept], columns=names)
        table["sha256"] = table["sha256"].str[:12]
        return table

    def hand_in(self) -> None:
        """Put the ledger into the notebook, as the output of this cell. It leaves no line.

        Raises:
            CourseError: the ledger was changed, or is too large.
        """
        from IPython.display import display

        self._play()
        display(bundle(self.ledger.path.read_bytes(), self.ledger.path.name), raw=True)

    # How a call is made ----------------------------------------------------------------------

    def _call(self, name: str, work: Callable[[], Any]) -> Any:
        """Run `work` under the ledger's lock; append its line; return its result."""
        box: list[Any] = []

        def make():
            self._play()
            why = ""
            if name not in ("open", "sign") and not self._state.signed:
                why = "sign the code of conduct first: desk.sign(…)"
            elif name != "open" and self._state.closed:
                why = "the case is closed; open it anew to try again"
            try:
                made = (
                    self._no(Decision("refused", None, [Check("desk", False, why)]), name)
                    if why
                    else work()
                )
            except CourseError as error:
                made = self._no(Decision("refused", None, [Check("form", False, str(error))]), name)
            record, result = made if isinstance(made, tuple) else (made, None)
            box.append(result)
            return _written(record)

        line = self.ledger.append(make)
        self._play()
        result = box[0]
        if isinstance(result, Decision):
            result = Decision(**{**_fields(result), "line": line["line"]})
        elif isinstance(result, (pd.DataFrame, pd.Series)):
            result.attrs["line"] = line["line"]
        return result

    def _line(self, call: str, **more: Any) -> dict[str, Any]:
        """Return the record of a call: what every line holds, and what this one adds."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return {
            "time": now,
            "day": self._state.day,
            "analyst": self._analyst(),
            "call": call,
            "status": "done",
            "ids": [],
            "points": 0.0,
            **more,
        }

    def _no(self, decision: Decision, call: str, half_day: bool = False, **more: Any):
        """Return the record and the result of a refusal. The same one again costs."""
        kind = "|".join(
            [
                call,
                *sorted(decision.rules),
                *(str(more.get(n, "")) for n in ("tier", "conduct")),
                ",".join(map(str, more.get("form", more).get("targets", [])))[:200],
            ]
        )
        again = kind in self._state.refusals
        record = self._line(call, **more) | {
            "status": "refused",
            "reason": " ".join(decision.reasons)[:1000],
            "kind": kind,
            "penalty": 2 if again else 0,
        }
        if half_day:
            record["until"] = min(self._state.day + 0.5, self._shelf.days + 0.99)
        return record, decision

    def _covered(self, call, tier, conduct, ir, auth, targets):
        """Return None when the call may run, else its refusal: the test before every collection."""
        _need(isinstance(ir, str), "ir must be the id of a requirement, such as 'R1'.")
        _need(auth is None or isinstance(auth, str), "auth must be the id of an authority.")
        needed = self.profile.level(tier, conduct)
        checks = []
        tasked = ir in self._on_file.seriousness
        if not tasked:
            checks.append(Check("P2", False, f"{ir!r} is not tasked: name the requirement in ir"))
        if not isinstance(needed, int):
            why = "is not offered" if needed else "does not arise"
            checks.append(Check("tier", False, f"{conduct} in the tier {tier} {why}"))
        elif auth is None or auth == "A-0":
            holds = needed == 0
            why = f"level 0 asked, {needed} needed ({self.profile.office(needed)})"
            checks.append(Check("P4", holds, why))
        else:
            found = self._state.authorities.get(auth)
            checks += self._fits(found, auth, tier, conduct, ir, targets)
        if all(check.holds for check in checks):
            return None
        decision = Decision("refused", needed if isinstance(needed, int) else None, checks)
        return self._no(
            decision, call, tier=tier, conduct=conduct, ir=ir, authority=auth or "", targets=targets
        )

    def _fits(self, found: Authority | None, auth, tier, conduct, ir, targets):
        """Test an authority against a call, line by line."""
        if found is None:
            why = f"there is no authority {auth[:20]!r}" if auth else "no authority was granted"
            yield Check("P4", False, why)
            return
        asked = found.request
        yield Check("P4", not self._ended(found), f"{auth} ended on day {int(found.until)}")
        yield Check("P4", asked.requirement == ir, f"{auth} serves {asked.requirement}")
        reach = TIERS.index(tier) <= TIERS.index(asked.tier)
        yield Check("P4", reach, f"{auth} reaches the tier {asked.tier}")
        yield Check("P4", conduct == asked.conduct, f"{auth} allows {asked.conduct}, not {conduct}")
        known = {self._real(name) for name in asked.targets}
        named = all(self._real(name) in known for name in targets)
        yield Check("P4", named, f"{auth} names {', '.join(asked.targets)[:200]}")

    def _ended(self, one: Authority) -> bool:
        return one.cancelled or self._state.day > one.until

    def _real(self, name: str) -> str:
        """Return the account id behind a pseudonym or handle; words as they are compared."""
        slot = self._shelf.find(name)
        return self._shelf.account[slot] if slot is not None else shelf.plain(name).strip()

    def _look(self, call: str, id: str, ir: str, tier: str, auth: str | None):
        def work():
            found = self._shelf
            _need(tier in TIERS, f"tier must be one of: {', '.join(TIERS)}.")
            slot = found.find(id) if isinstance(id, str) else None
            place = found.place.get(id) if isinstance(id, str) and slot is None else None
            _need(slot is not None or place is not None, "There is no account or post of this id.")
            owner = found.account[slot if slot is not None else found.slot[place]]
            _need(slot is not None or found.table[place] == "posts", "Only posts can be viewed.")
            since = self._state.day - self.profile.conduct["repeat_days"]
            looks = [day for day in self._state.views.get(owner, []) if day > since]
            repeated = call == "watch" or (
                slot is not None and len(looks) + 1 >= self.profile.conduct["repeat_views"]
            )
            conduct = "repeat" if repeated else "view"
            stop = self._covered(call, tier, conduct, ir, auth, [owner])
            if stop:
                return stop
            rows = found.of_account(slot) if slot is not None else np.array([place])
            rows = self._visible(rows[found.table[rows] == "posts"], tier)
            if call == "watch" and looks:
                rows = rows[found.day[rows] > int(looks[-1])]
            whole = slot is not None
            return self._show(
                call, rows, tier, conduct, ir, auth, len(rows), owner=owner if whole else None
            )

        return self._call(call, work)

    def _visible(self, rows: np.ndarray, tier: str) -> np.ndarray:
        """Keep rows of today and before that the tier and the more open ones show."""
        found = self._shelf
        return rows[(found.day[rows] <= self.today) & (found.tier[rows] <= TIERS.index(tier))]

    def _show(self, call, rows, tier, conduct, ir, auth, hits, named=False, owner=None, **more):
        """Price the rows, see whether the authority bears it, and lay them out."""
        found, state = self._shelf, self._state
        rows = np.array(
            [row for row in rows if found.item[row] not in state.sealed], dtype=np.int64
        )
        price = found.price[rows].astype(float)
        since = state.day - self.profile.conduct["repeat_days"]
        again = [state.seen.get(found.item[row], -99.0) > since for row in rows]
        price[again] /= 2
        person = found.person[found.slot[rows]]
        points, collateral = float(price.sum()), float(price[person != shelf.SUBJECT].sum())
        grant = state.authorities.get(auth or "")
        left = (
            grant.request.estimate - grant.used if grant else self._open_budget() - state.open_used
        )
        if points > left:
            whose = f"{auth} has" if grant else "the open desk has"
            why = f"this would cost {points:g} points, {whose} {max(left, 0):g} left; ask for less"
            return self._no(
                Decision("refused", None, [Check("P3", False, why)]),
                call,
                tier=tier,
                conduct=conduct,
                ir=ir,
                authority=auth or "",
                targets=[str(hits)],
            )
        slots = np.unique(found.slot[rows])
        bystanders = int((found.person[slots] == shelf.BYSTANDER).sum())
        record = self._line(
            call,
            ir=ir,
            authority=auth or "A-0",
            tier=tier,
            conduct=conduct,
            ids=found.item[rows].tolist(),
            points=points,
            collateral=collateral,
            people=len(slots),
            level=self.profile.level(tier, conduct),
            **({"owner": owner} if owner else {}),
            **({"named": True} if named else {}),
            **{name: str(value)[:200] for name, value in more.items()},
        )
        share = f"{bystanders / len(slots):.0%} bystanders" if len(slots) else "nobody"
        shown = f"{len(rows)} of {hits} items" if hits > len(rows) else _count(len(rows), "item")
        people = _count(len(slots), "person", "people")
        print(
            f"{shown}, {people} ({share}), {_points(points)}; "
            f"{_points(left - points)} left under {auth or 'the open desk'}."
        )
        return record, self._table(rows, named)

    def _table(self, rows: np.ndarray, named: bool) -> pd.DataFrame:
        found = self._shelf
        known = {found.slot_of[name] for name in self._subjects | self._state.unmasked}
        slots = found.slot[rows].tolist()
        names = [
            found.account[slot] if named or slot in known else found.mask(slot) for slot in slots
        ]
        texts = [found.masked(text, known) for text in found.text[rows]]
        table = pd.DataFrame(
            {
                "item_id": found.item[rows],
                "account": names,
                "time": pd.DatetimeIndex(found.time[rows], tz="UTC"),
                "tier": [TIERS[code] for code in found.tier[rows]],
                "room": found.room[rows],
                "language": found.language[rows],
                "text": texts,
            },
            columns=_COLUMNS,
        )
        return table if any(table["room"]) else table.drop(columns="room")

    # What the lines add up to ----------------------------------------------------------------

    def _play(self) -> None:
        for line in self.ledger.lines[self._played :]:
            apply(self._state, line)
        self._played = len(self.ledger.lines)

    def _file(self) -> CaseFile:
        return replace(self._on_file, searches=self._state.searches)

    def _analyst(self) -> str:
        return self._state.analyst

    def _open_budget(self) -> float:
        return float(self.profile.P3["ceiling"][max(self._on_file.seriousness.values()) - 1])

    def _authority(self, name: Any) -> Authority:
        found = self._state.authorities.get(name) if isinstance(name, str) else None
        _need(found is not None, "There is no such authority.")
        _need(not self._ended(found), f"{found.name} has ended." if found else "")
        return found

    def _seen(self, item: Any) -> None:
        fits = isinstance(item, str) and item in self._state.seen
        _need(fits, "Name an item that you have seen, by its item_id.")

    def _same_case(self, world: World, profile: Profile) -> None:
        first = self.ledger.lines[0]
        for name, value in first.get("case", {}).items():
            if world.meta[name] != value:
                raise CourseError(
                    f"The ledger {self.ledger.path.name} belongs to another world: its {name} is "
                    f"{value}, this one's is {world.meta[name]}. Open the desk with fresh=True."
                )
        if first.get("profile") != profile.name:
            raise CourseError(
                f"The case was opened under the profile {first.get('profile')!r}. Rules do not "
                "change in the middle of a case; open the desk with fresh=True."
            )

    def _repr_html_(self) -> str:
        table = self.budget().to_html(index=False, border=0)
        return f"<p>{html.escape(repr(self))}</p>{table}"


def case_file(world: World) -> CaseFile:
    """Return what is on file at the start of a case.

    The true origin of the graded items comes from the sealed truth, where that is there.
    """
    requirements, items = world.tables["requirements"], world.tables["tasking_items"]
    origin = items["origin_id"]
    sealed = (world.truth or {}).get("origins")
    if sealed is not None:
        origin = items["item_id"].map(sealed.set_index("item_id")["origin_id"])
    graded = zip(
        items["item_id"], items["source_grade"], items["information_grade"], origin, strict=True
    )
    return CaseFile(
        dict(
            zip(requirements["requirement_id"], requirements["seriousness"].tolist(), strict=True)
        ),
        {name: Item(int(source), info, str(root)) for name, source, info, root in graded},
    )


def _fields(decision: Decision) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in Decision.__dataclass_fields__}


def _need(holds: Any, otherwise: str) -> None:
    if not holds:
        raise CourseError(otherwise)


def _words(text: Any, least: int, otherwise: str) -> None:
    _need(isinstance(text, str) and len(text.split()) >= least, otherwise)
    _need(len(text) <= policy.LONGEST, f"At most {policy.LONGEST:,} characters.")
    _need(not any(0xD800 <= ord(sign) <= 0xDFFF for sign in text), "Use plain characters.")


def _written(value: Any) -> Any:
    """Replace what UTF-8 cannot hold, so that any text can be logged."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_written(name): _written(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_written(inner) for inner in value]
    return value


def _count(number: float, one: str, more: str = "") -> str:
    return f"{number:g} {one if number == 1 else more or one + 's'}"


def _points(value: float) -> str:
    return _count(value, "point")


def _json(value: Any) -> Any:
    """Turn an answer into plain JSON; sets become sorted lists, numpy numbers become numbers."""
    if isinstance(value, Mapping):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_json(inner) for inner in value), key=str)
    if isinstance(value, (list, tuple, pd.Series, np.ndarray)):
        return [_json(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, float) and np.isfinite(value):
        return value
    raise CourseError(f"The answer holds {str(value)[:40]!r}; use texts, numbers and lists.")
