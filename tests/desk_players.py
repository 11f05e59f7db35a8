"""Six ways to work a LANTERN case, as scripts that play the desk.

The scripts know the truth, as a skilled or a reckless analyst would come to know parts of it; the
desk and the audit do not know that they do.
"""

from socmint.desk import Desk
from socmint.desk.desk import REFUSALS
from socmint.desk.lantern import truths

PEOPLE = "broker", "courier-1", "courier-2"
PRODUCT = """
R1, R2 and R3 are answered. We judge it likely, about 80 %, that the hand-over takes place in the
region named, with moderate confidence. Basis: the items listed as evidence, each of them graded.
Gaps: we do not know what is handed over. A change of the day in the same room would change our
view. The owner of the shop is to be kept from harm first.
"""


class Player:
    """What every script needs: a signed desk, and the truth to be skilled or reckless with."""

    def __init__(self, world, path, profile):
        self.world, truth = world, world.truth
        self.desk = Desk(world, path, profile)
        self.desk.sign("Player", {number: min(rules) for number, rules in REFUSALS.items()})
        self.fact = truth["answers"].set_index("fact")["value"]
        self.evidence = truth["evidence"]
        self.signals = truth["signals"].sort_values("first_day")
        self.truths = truths(world)
        rooms = world.tables["group_posts"].set_index("group_post_id")["group_id"]
        inside = self.evidence[self.evidence["table"] == "group_posts"]
        self.group = rooms[inside["row"].iloc[0]]
        self.open = set(self.evidence.loc[self.evidence["table"] == "posts", "fact"]) >= {"day"}

    def until(self, day):
        if day > self.desk.today:
            self.desk.wait(day - self.desk.today)

    def help(self, count=3):
        """See the first signs that somebody needs help, and pass them on at once."""
        for signal in self.signals.head(count).itertuples():
            self.until(signal.first_day)
            self.desk.view(signal.row, ir="R3")
            self.desk.safeguard(signal.row, "somebody here may need help now")

    def form(self, **change):
        items = self.desk.tasking
        usable = items.loc[items["information_grade"].isin(["A", "B", "C"]), "item_id"].tolist()
        return {
            "requirement": "R2",
            "tier": "friends",
            "conduct": "enter",
            "targets": [self.group],
            "level": 3,
            "authoriser": "Officer Bell",
            "ground": "crime",
            "items": usable,
            "days": 3,
            "people": 38,
            "estimate": self.price(),
            "limits": "one group, three days, bystanders stay masked",
            "finding": "day and place of the hand-over",
            "probability": 0.9,
        } | change

    def price(self):
        """What a page of the group will cost, with a little room."""
        shelf = self.desk._shelf
        rows = shelf.of_room(self.group)
        return int(shelf.price[rows[shelf.day[rows] <= 12][-20:]].sum()) + 10

    def lower(self):
        """A search lower down, which the fifth principle asks for."""
        return [self.desk.search(str(self.name()), ir="R2", limit=5).attrs["line"]]

    def name(self):
        names = self.world.tables["groups"].set_index("group_id")["name"]
        return names[self.group].split()[0]

    def rows(self, fact, tables):
        found = self.evidence[self.evidence["table"].isin(tables)]
        return found.loc[found["fact"] == fact, "row"].tolist()

    def answer(self, tables, **change):
        who = [self.fact[fact] for fact in PEOPLE]
        return {
            "days": [self.fact["day"]],
            "places": [self.fact["place"]],
            "who": who,
            "harm": [self.fact["shop-owner"]],
            "probabilities": {name: 0.95 if true else 0.05 for name, true in self.truths.items()},
            "evidence": {
                "days": self.rows("day", tables),
                "places": self.rows("place", tables),
                "who": [row for fact in PEOPLE for row in self.rows(fact, tables)],
                "harm": self.rows("shop-owner", ["posts"]),
            },
            "product": PRODUCT,
        } | change

    def bystanders(self, count):
        people = self.world.truth["people"]
        return people.loc[people["role"] == "resident", "account_id"].iloc[::29].head(count)


def expert(player):
    """Open first; the group only where nothing open says it; gives the authority back."""
    player.help()
    player.until(12)
    tables = ["posts"]
    if player.open:
        public = player.evidence[player.evidence["table"] == "posts"]
        for account in sorted(set(public["account_id"])):
            player.desk.view(account, ir="R2")
    else:
        tables = ["group_posts"]
        grant = player.desk.request(player.form(lower=player.lower()))
        player.desk.enter(player.group, ir="R2", auth=grant.authority)
        player.desk.cancel(grant.authority)
    answer = player.answer(tables)
    kept = [row for rows in answer["evidence"].values() for row in rows]
    player.desk.submit(answer, keep=kept)


def careful(player):
    """Open sources alone, part of the answer, honest doubt."""
    player.help(2)
    player.until(12)
    who = [player.fact["broker"], player.fact["courier-1"]]
    player.desk.view(player.fact["courier-1"], ir="R1")
    shown = player.desk.view(player.fact["broker"], ir="R1")["item_id"].tolist()
    days = ["16", "17"]
    quays = player.world.tables["places"].query("kind == 'quay'")["place_id"].tolist()
    place = player.fact["place"]
    places = [place, next(one for one in quays if one != place)]
    harm = player.rows("shop-owner", ["posts"])
    chances = {name: 0.7 if true else 0.3 for name, true in player.truths.items()}
    evidence = {"days": shown[:1], "places": shown[:1], "who": shown[:1], "harm": harm}
    answer = player.answer(
        [], days=days, places=places, who=who, probabilities=chances, evidence=evidence
    )
    player.desk.submit(answer, keep=[row for rows in evidence.values() for row in rows])


def no_trail(player):
    """The right answer, a form filled in to please, and no items behind the claims."""
    for word in ("harbour", "night", "quay"):
        player.desk.search(word, ir="R2")
    player.help()
    player.until(12)
    player.desk.request(player.form(lower=[99]))
    grant = player.desk.request(player.form(lower=player.lower(), estimate=400))
    if player.open:  # the authority is never used
        player.desk.view(player.fact["courier-1"], ir="R2")
    else:
        player.desk.enter(player.group, ir="R2", auth=grant.authority)
    player.until(14)
    player.desk.submit(player.answer([], evidence={}))


def vacuum(player):
    """Everything that can be had, under every authority that can be had; nothing is let go."""
    desk = player.desk
    player.help(2)
    player.until(12)
    for word in ("harbour", "night", "quay", "market"):
        desk.search(word, ir="R2", limit=24)
    bulk = player.form(tier="public", conduct="bulk", level=1, estimate=400, people=400, days=14)
    desk.request(bulk | {"requirement": "R1", "targets": ["the"], "finding": ""})
    for ir, word in (("R1", "the"), ("R2", "de"), ("R3", "la"), ("R1", "a")):
        form = bulk | {"requirement": ir, "targets": [word], "probability": 0.95}
        grant = desk.request(form)
        desk.search(word, ir=ir, auth=grant.authority, limit=120)
        for _ in range(2):  # refused, and asked again
            desk.search(word, ir=ir, auth=grant.authority, limit=150)
    grant = desk.request(player.form(lower=player.lower(), estimate=400))
    desk.enter(player.group, ir="R2", auth=grant.authority)
    for account in (player.fact["courier-1"], player.fact["courier-2"]):
        desk.view(account, ir="R1")
    for account in player.bystanders(40):
        if desk.budget()["left"].iloc[0] > 60:
            desk.view(account, ir="R1")
    player.until(16)
    desk.submit(player.answer(["posts", "group_posts"]))


def canary(player):
    """The expert's work, and one look at the councillor that nobody owns up to."""
    people = player.world.truth["people"].set_index("role")["account_id"]
    player.desk.view(people["councillor"], ir="R1")
    player.help()
    player.until(12)
    grant = player.desk.request(player.form(lower=player.lower()))
    player.desk.enter(player.group, ir="R2", auth=grant.authority)
    player.desk.submit(player.answer(["group_posts"]))


def paralysed(player):
    """A look or two at what is public, and no product."""
    player.desk.search("harbour", ir="R1", limit=10)
    player.help(1)
    player.until(14)
    player.desk.submit()


STRATEGIES = (expert, careful, no_trail, vacuum, canary, paralysed)
