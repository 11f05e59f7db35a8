"""The authorising desk: acts to classify, requests to decide, items, two plans, a sample to seal.

Ten requests lie on the desk. What a sound officer decides is known here by the way each of them is
made: a request starts as one that may be granted, and then at most one thing is spoiled. No rule
engine is asked, so a rule engine can be tested against it. The words stand in `authority.toml`.
"""

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

from synthetic_data import schema
from synthetic_data.streams import below, permutation

DAY = 86_400
TIER_POINTS = {"public": 1, "registered": 2, "friends": 6, "private": 15}
PERSON_POINTS = {"subject": 1, "associate": 2, "bystander": 3}
CONTENT_POINTS = {"ordinary": 1, "location": 2, "special": 3}
UNMASK_POINTS = 5
_TAGS = ("#harbourlife", "#vidadepuerto", "#PuertoClaro")
_ANALYSTS = ("Ana", "Ben", "Carla", "Dario", "Elsa", "Finn")
_OFFICERS = ("Officer Bell", "Officer Sol", "Officer Quint")
_LINKS = ("my former partner", "my landlord", "a cousin of mine", "my neighbour")
_NEVER = ("lawful protest", "opinion", "union")
_LIMITS = (
    "only posts that bear on the question; answers of others stay closed",
    "no page of a third party; what is not needed goes on the same day",
    "names of others stay masked; a colleague reads along",
)
_EMPTY = ("limits", "authoriser", "finding", "lower")
_FAULTS = (
    "low level",
    "self",
    "weak items",
    "small cause",
    "untasked",
    "link",
    "never run",
    "other search",
    "no prospect",
    "protected",
)


@cache
def words() -> dict:
    """Return the texts, as `authority.toml` holds them.

    Example:
        >>> sorted(words())
        ['act', 'origin', 'question', 'sample']
    """
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def make(stream, settings, society, planted, tables, truth) -> tuple[dict, dict, list]:
    """Make the tables and facts of the desk, see `layers.add_family`."""
    desk = _Desk(stream + "/authority", society, tables)
    desk.ask()
    desk.acts()
    desk.plans()
    desk.sample(settings["sample"])
    one = [row["request_id"] for row in desk.sealed["requests"] if row["one_origin"]]
    twins = [row["request_id"] for row in desk.sealed["requests"] if row["twin"]]
    abroad = [row["request_id"] for row in desk.sealed["requests"] if row["elsewhere"]]
    secret = [row["item_id"] for row in desk.sealed["sample"] if row["protected"]]
    found = [
        ("Three requests rest on two items of one origin", "BG", "requests", one),
        ("Two requests differ in their purpose alone", "PR", "requests", twins),
        ("One request is lawful under the rules of another country", "BG", "requests", abroad),
        ("Eight items of the sample hold a protected confidence", "JO", "sample", secret),
    ]
    return (
        {name: _columns(schema.BY_NAME[name], rows) for name, rows in desk.made.items()},
        {name: _columns(schema.TRUTH_BY_NAME[name], rows) for name, rows in desk.sealed.items()},
        [(*fact, "public", 1) for fact in found],
    )


def _columns(table: schema.Table, rows: list[dict]) -> dict[str, list]:
    return {
        column.name: np.array([row[column.name] for row in rows])
        if column.kind == "time"
        else [row.get(column.name) for row in rows]
        for column in table.columns
    }


def points(tier: str, person: str, counts: dict[str, int], again: int = 0, unmask: int = 0):
    """Return the intrusion points of a step that reads items of one tier and kind of person.

    Args:
        tier: where the items lie.
        person: who wrote them: subject, associate or bystander.
        counts: number of items by content: ordinary, location, special.
        again: how many times the same items are seen again; each time costs half.
        unmask: pseudonyms that are unmasked.

    Example:
        >>> points("friends", "bystander", {"special": 1})
        54.0
    """
    once = sum(CONTENT_POINTS[content] * count for content, count in counts.items())
    return (
        TIER_POINTS[tier] * PERSON_POINTS[person] * once * (1 + again / 2) + UNMASK_POINTS * unmask
    )


class _Desk:
    """What is made so far: `made` and `sealed` hold rows by table."""

    def __init__(self, stream: str, society, tables):
        self.stream, self.society = stream, society
        self.made: dict[str, list] = {}
        self.sealed: dict[str, list] = {}
        accounts, subjects = tables["accounts"], set(tables["subjects"]["account_id"])
        named = accounts["account_id"].isin(subjects)
        open_page = accounts["visibility"] == "public"
        self.subjects = self.shuffled("subjects", accounts.loc[named & open_page, "account_id"])
        handle = accounts.set_index("account_id")["handle"]
        self.handles = [handle[name] for name in self.subjects]
        groups = tables["groups"]
        closed = groups.loc[groups["admission"] == "closed", "group_id"]
        self.groups = self.shuffled("groups", closed)
        self.districts = self.shuffled("districts", sorted(set(accounts["district"])))

    # Dice ------------------------------------------------------------------------------------

    def below(self, path: str, limit: int) -> int:
        return int(below(f"{self.stream}/{path}", 0, limit)[0])

    def between(self, path: str, least: int, most: int) -> int:
        return least + self.below(path, most - least + 1)

    def one(self, path: str, items):
        return items[self.below(path, len(items))]

    def shuffled(self, path: str, items) -> list:
        items = list(items)
        return [items[place] for place in permutation(f"{self.stream}/{path}", len(items))]

    # Requests --------------------------------------------------------------------------------

    def ask(self) -> None:
        """Make what is tasked, the searches that were run, ten requests and their items."""
        asked = self.shuffled("questions", words()["question"])
        self.name = {entry["key"]: f"R{turn}" for turn, entry in enumerate(asked, 1)}
        self.cause = {entry["key"]: entry["seriousness"] for entry in asked}
        self.made["requirements"] = [
            {
                "requirement_id": self.name[entry["key"]],
                "text": self.one(f"question/{entry['key']}", entry["texts"]),
                "use": "The port police decide what to do, and when.",
                "wanted_by": self.society.end + self.between(f"by/{turn}", 10, 24) * DAY,
                "ground": entry["ground"],
                "offence": entry["offence"],
                "seriousness": entry["seriousness"],
            }
            for turn, entry in enumerate(asked)
        ]
        self._searches(asked)
        self.items, self.roots = [], {}
        self.origins = self.shuffled("origins", range(len(words()["origin"])))
        self.facts = {
            entry["key"]: self.shuffled(f"facts/{entry['key']}", entry["facts"]) for entry in asked
        }
        drawn = self.shuffled("order", self._drafts())
        self.made["requests"], self.sealed["requests"] = [], []
        for turn, draft in enumerate(drawn, 1):
            name = f"r-{turn:02d}"
            form, true = draft["form"], draft["truth"]
            lists = {field: " ".join(form[field]) for field in ("targets", "items")}
            lists["lower"] = " ".join(map(str, form["lower"]))
            self.made["requests"].append({"request_id": name, **form, **lists})
            self.sealed["requests"].append({"request_id": name, **true})
        self._file_items()

    def _file_items(self) -> None:
        """Number the items in an order that says nothing of the request that they belong to."""
        rows = self.shuffled("items", self.items)
        new = {row["item_id"]: f"i-{turn:02d}" for turn, row in enumerate(rows, 1)}
        # The clerk gave each item an origin of its own. Its words say where it comes from.
        self.made["tasking_items"] = [
            row | {"item_id": new[row["item_id"]], "origin_id": f"o-{turn:02d}"}
            for turn, row in enumerate(rows, 1)
        ]
        for request in self.made["requests"]:
            request["items"] = " ".join(new[name] for name in request["items"].split())
        self.sealed["origins"] = []
        for row in rows:
            root, retold = self.roots[row["item_id"]]
            how = "It passes on another's words." if retold else "It is what the witness said."
            self.sealed["origins"].append(
                {"item_id": new[row["item_id"]], "origin_id": f"w-{root + 1:02d}", "shown_by": how}
            )

    def _searches(self, asked: list[dict]) -> None:
        """Note searches lower down that were run, one for each question that needs it."""
        keys = self.shuffled("searches", [entry["key"] for entry in asked])
        first = self.between("searches/first", 3, 9)
        self.line = {}
        rows = []
        for turn, key in enumerate(keys):
            number = first + sum(self.between(f"searches/{back}", 2, 5) for back in range(turn))
            self.line[key] = number
            rows.append(
                {
                    "line_id": f"line-{number:02d}",
                    "line": number,
                    "requirement_id": self.name[key],
                    "tier": "public",
                    "level": 0,
                }
            )
        self.made["searches"] = rows
        self.unused = max(self.line.values()) + self.between("searches/last", 2, 9)

    def _item(self, key: str, root: int, retold=False, grade=(2, "B"), fact: str = "") -> str:
        """Note an item about a question and return its id."""
        name = f"item-{len(self.items)}"
        fact = fact or self.facts[key][len(self.items) % len(self.facts[key])]
        text = words()["origin"][root]["retold" if retold else "direct"].format(fact=fact)
        days = self.between(f"{name}/day", 1, 9)
        self.items.append(
            {
                "item_id": name,
                "time": self.society.end - days * DAY + self.below(f"{name}/time", 80_000),
                "text": text,
                "source_grade": grade[0],
                "information_grade": grade[1],
                "requirement_id": self.name[key],
                "post_id": None,
            }
        )
        self.roots[name] = (root, retold)
        return name

    def _pair(self, path: str, key: str, one_origin: bool, weak: bool = False) -> list[str]:
        """Note two items; of one origin, the second only passes on what the first says."""
        grades = [(3, "C"), (2, "D"), (3, "D")] if weak else [(2, "B"), (2, "C"), (1, "C")]
        grades = self.shuffled(f"{path}/grades", grades)
        one, two = self.facts[key][:2]
        # Hearsay, or the same words, do not make one origin of two.
        hearsay = one_origin or self.below(f"{path}/hearsay", 2) == 1
        same = one_origin or self.below(f"{path}/same", 2) == 1
        root = self.origins.pop()
        other = root if one_origin else self.origins.pop()
        pair = [
            self._item(key, root, False, grades[0], one),
            self._item(key, other, hearsay, grades[1], one if same else two),
        ]
        self.facts[key] = self.facts[key][2:] + self.facts[key][:2]
        return self.shuffled(f"{path}/pair", pair)

    def _drafts(self) -> list[dict]:
        """Make the ten requests, without an order."""
        # Two of these four rest on one origin, which does not hurt: level 2 needs one item.
        single = set(self.shuffled("single", ["watch", "fault", "abroad", "incomplete"])[:2])
        fault = self.one("fault", _FAULTS)
        enter = self._enter("enter", one_origin=False)
        count = self._count("count")
        twin = {"form": dict(count["form"]), "truth": dict(count["truth"])}
        twin["form"] |= {"ground": self.one("twin", _NEVER), "finding": "how many hold this view"}
        twin["truth"] |= {"decision": "refuse", "fails": "P2"}
        for one in (count, twin):
            one["truth"]["twin"] = True
        abroad = self._watch("abroad", "abroad" in single)
        abroad["form"]["days"] = self.between("abroad/days", 45, 85)
        abroad["truth"] |= {"decision": "refuse", "fails": "P3", "elsewhere": True}
        return [
            self._watch("watch", "watch" in single),
            enter,
            self._enter("one origin", one_origin=True),
            count,
            twin,
            self._names("names"),
            self._spoiled("fault", fault, "fault" in single),
            abroad,
            self._incomplete("incomplete", "incomplete" in single),
            self._urgent("urgent"),
        ]

    def _draft(self, path: str, key: str, example: str, **form) -> dict:
        """Make a request that may be granted: what all share, and what this one says."""
        analyst = self.one(f"{path}/applicant", _ANALYSTS)
        whole = {
            "requirement": self.name[key],
            "applicant": analyst,
            "authoriser": self.one(f"{path}/authoriser", _OFFICERS),
            "ground": "crime",
            "link": "",
            "limits": self.one(f"{path}/limits", _LIMITS),
            "protected": False,
            "lower": [self.line[key]],
            "lower_reason": "",
            "urgent": False,
        }
        truth = {"example": example, "decision": "grant", "fails": "", "one_origin": False}
        truth |= {"twin": False, "elsewhere": False}
        return {"form": whole | form, "truth": truth}

    def _watch(self, path: str, one_origin: bool, key: str = "damage", weak: bool = False) -> dict:
        """Watch one named account: level 2, one usable item is enough."""
        draft = self._draft(
            path,
            key,
            "E3",
            tier="public",
            conduct="repeat",
            targets=[self.subjects.pop()],
            level=2,
            items=self._pair(path, key, one_origin, weak),
            days=self.between(f"{path}/days", 14, 28),
            people=self.between(f"{path}/people", 12, 40),
            estimate=5 * self.between(f"{path}/estimate", 12, 30),
            finding=self.one(f"{path}/finding", ("the next meeting place", "the day of an attack")),
            percent=5 * self.between(f"{path}/percent", 5, 14),
        )
        draft["truth"]["one_origin"] = one_origin
        return draft

    def _enter(self, path: str, one_origin: bool, key: str = "firearms") -> dict:
        """Enter one closed group: level 3, two items of independent origin."""
        draft = self._draft(
            path,
            key,
            "E8" if one_origin else "E7",
            tier="friends",
            conduct="enter",
            targets=[self.groups.pop()],
            level=3,
            items=self._pair(path, key, one_origin),
            days=self.between(f"{path}/days", 14, 28),
            people=self.between(f"{path}/people", 30, 60),
            estimate=10 * self.between(f"{path}/estimate", 20, 40),
            finding=self.one(f"{path}/finding", ("the quay of the hand-over", "the day and hour")),
            percent=5 * self.between(f"{path}/percent", 5, 12),
        )
        draft["truth"]["one_origin"] = one_origin
        if one_origin:
            draft["truth"] |= {"decision": "refuse", "fails": "P1"}
        return draft

    def _count(self, path: str) -> dict:
        """Count posts with a tag by the day: level 1, no item needed."""
        self.tag = self.one("tag", _TAGS)
        return self._draft(
            path,
            "crowd",
            "E5",
            tier="public",
            conduct="bulk",
            targets=[self.tag],
            level=1,
            items=[],
            ground="public safety",
            days=self.between(f"{path}/days", 5, 10),
            people=10 * self.between(f"{path}/people", 25, 40),
            estimate=3 * self.between(f"{path}/estimate", 3, 9),  # so many posts are opened
            finding="the size of the crowd by day",
            percent=5 * self.between(f"{path}/percent", 12, 19),
        )

    def _names(self, path: str) -> dict:
        """List by name all who use a tag: an honest estimate, and over the ceiling."""
        people = 10 * self.between(f"{path}/people", 26, 36)
        draft = self._draft(
            path,
            "crowd",
            "E4",
            tier="public",
            conduct="bulk_named",
            targets=[self.one("tag", _TAGS)],
            level=2,
            items=[self._item("crowd", self.origins.pop())],
            ground="public safety",
            days=self.between(f"{path}/days", 5, 10),
            people=people,
            estimate=people * TIER_POINTS["public"] * PERSON_POINTS["bystander"],
            finding="the size of the crowd, and who is in it",
            limits="two officers see the list, and it goes after 7 days",
            percent=5 * self.between(f"{path}/percent", 12, 19),
        )
        draft["truth"] |= {"decision": "refuse", "fails": "P3"}
        return draft

    def _spoiled(self, path: str, fault: str, one_origin: bool) -> dict:
        """Spoil one thing in a request to watch or to enter."""
        if fault == "small cause":
            draft = self._enter(path, one_origin, "graffiti")
            draft["truth"] |= {"example": "E6", "decision": "refuse", "fails": "P1 P3"}
            return draft
        draft = self._watch(path, one_origin, weak=fault == "weak items")
        form, analyst = draft["form"], draft["form"]["applicant"]
        change, example, rule = {
            "low level": ({"level": self.below(f"{path}/level", 2)}, "E2", "P4"),
            "self": ({"authoriser": analyst}, None, "P4"),
            "weak items": ({}, None, "P1"),
            "untasked": (
                {
                    "requirement": f"R{len(self.name) + 1}",
                    "ground": "journalism",
                    "finding": "the sources of a reporter",
                    "lower": [],
                    "lower_reason": "about to vanish",
                },
                "E14",
                "P2",
            ),
            "link": ({"link": self.one(f"{path}/link", _LINKS)}, "E11", "P2"),
            "never run": ({"lower": [self.unused]}, "E13", "P5"),
            "other search": ({"lower": [self.line["crowd"]]}, "E13", "P5"),
            "no prospect": (
                {
                    "finding": "something may turn up",
                    "percent": self.between(f"{path}/low", 3, 15),
                },
                "E12",
                "P6",
            ),
            "protected": (
                {"protected": True, "finding": "what a subject tells a lawyer"},
                None,
                "P3",
            ),
        }[fault]
        form |= change
        draft["truth"] |= {"example": example, "decision": "refuse", "fails": rule}
        return draft

    def _incomplete(self, path: str, one_origin: bool) -> dict:
        """Leave one field empty: a request to send back."""
        draft = self._watch(path, one_origin)
        field = self.one(f"{path}/empty", _EMPTY)
        rule = {"limits": "P3", "authoriser": "P4", "finding": "P6", "lower": "P5"}[field]
        draft["form"][field] = [] if field == "lower" else ""
        draft["truth"] |= {"decision": "send back", "fails": rule}
        return draft

    def _urgent(self, path: str) -> dict:
        """Ask a provider for one thread while a life is in danger, at night."""
        enough = self.below(path, 2) == 1
        draft = self._draft(
            path,
            "hostage",
            "E10",
            tier="private",
            conduct="order",
            targets=[self.subjects.pop()],
            level=3 if enough else 2,
            items=[self._item("hostage", self.origins.pop())],
            ground="threat to life",
            days=1,
            people=self.between(f"{path}/people", 2, 6),
            estimate=10 * self.between(f"{path}/estimate", 12, 40),
            finding="the house where the man is held",
            percent=5 * self.between(f"{path}/percent", 5, 10),
            lower=[],
            urgent=True,
        )
        if not enough:
            draft["truth"] |= {"decision": "refuse", "fails": "P4"}
        return draft

    # Acts, plans, sample ---------------------------------------------------------------------

    def acts(self) -> None:
        """Draw the twenty acts."""
        drawn = []
        for turn, block in enumerate(words()["act"]):
            texts = self.shuffled(f"acts/{turn}", block["texts"])[: block["draw"]]
            drawn += [(block, text) for text in texts]
        self.made["acts"], self.sealed["acts"] = [], []
        for turn, (block, text) in enumerate(self.shuffled("acts", drawn), 1):
            path, name = f"acts/slot/{turn}", f"act-{turn:02d}"
            slots = {
                "handle": self.one(path + "/handle", self.handles),
                "platform": self.one(path + "/platform", schema.PLATFORM[:3]),
                "district": self.one(path + "/district", self.districts),
                "tag": self.one(path + "/tag", _TAGS),
                "count": 10 * self.between(path + "/count", 9, 90),
                "days": self.between(path + "/days", 6, 24),
            }
            self.made["acts"].append({"act_id": name, "text": text.format(**slots)})
            self.sealed["acts"].append(
                {"act_id": name, **{key: block[key] for key in ("tier", "conduct", "level")}}
            )

    def plans(self) -> None:
        """Draw two plans for one question: one reads much in the open, one little behind a wall."""
        drawn = (  # plan, step, tier, person, items from … to, seen again up to
            ("A", "Read the public posts of the subjects", "public", "subject", 60, 140, 3),
            ("A", "Read public answers to them", "public", "associate", 20, 60, 1),
            ("A", "Go through public posts with the tag", "public", "bystander", 30, 90, 0),
            ("B", "Enter the closed group: posts of subjects", "friends", "subject", 5, 14, 2),
            ("B", "The same group: posts of other members", "friends", "bystander", 12, 34, 1),
            ("B", "Order one thread from the provider", "private", "subject", 6, 16, 0),
        )
        self.made["plan_steps"], total = [], {}
        for turn, (plan, text, tier, person, least, most, often) in enumerate(drawn, 1):
            path = f"plans/{turn}"
            items = self.between(path + "/items", least, most)
            place = items * self.between(path + "/place", 10, 30) // 100
            special = items * self.between(path + "/special", 5, 20) // 100
            counts = {"ordinary": items - place - special, "location": place, "special": special}
            again = self.between(path + "/again", min(often, 1), often)
            unmask = self.between(path + "/unmask", 2, 9) if person != "subject" else 0
            step = {"step_id": f"step-{turn}", "plan": plan, "text": text, "tier": tier}
            step |= {"person": person, **counts, "again": again, "unmask": unmask}
            self.made["plan_steps"].append(step)
            cost = points(tier, person, counts, again, unmask)
            all_, others = total.get(plan, (0.0, 0.0))
            total[plan] = (all_ + cost, others + cost * (person != "subject"))
        self.sealed["plans"] = [
            # Halves of points come from repeats; the table holds tenths as whole numbers.
            {"plan": plan, "tenths": round(10 * cost), "others_tenths": round(10 * others)}
            for plan, (cost, others) in total.items()
        ]

    def sample(self, size: int) -> None:
        """Draw the sample: eight confidences, as many items that only look like one, and others."""
        drawn, near, plain = [], [], []
        for block in words()["sample"]:
            name = block["protected"]
            texts = self.shuffled(f"sample/{name}/{block.get('near')}", block["texts"])
            if name:
                drawn += [(name, text) for text in texts[:2]]
            else:
                (near if block["near"] else plain).extend(("", text) for text in texts)
        drawn += near[:8]
        drawn += plain[: size - len(drawn)]
        self.made["sample"], self.sealed["sample"] = [], []
        for turn, (name, text) in enumerate(self.shuffled("sample/order", drawn), 1):
            path, item = f"sample/{turn}", f"s-{turn:02d}"
            kind = self.one(path + "/content", ("ordinary", "ordinary", "location"))
            self.made["sample"].append(
                {
                    "item_id": item,
                    "tier": self.one(path + "/tier", ("friends", "private")),
                    "content": kind,
                    "person": self.one(path + "/person", ("associate", "bystander", "bystander")),
                    "text": text.format(district=self.one(path + "/district", self.districts)),
                }
            )
            self.sealed["sample"].append({"item_id": item, "protected": name or None})
