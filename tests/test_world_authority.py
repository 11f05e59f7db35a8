"""The authorising desk: two sets of rules decide alike, and a glance does not."""

import re
from collections import Counter

import pytest
from world_helpers import digests, world

from socmint.desk.policy import CaseFile, Item, decide
from socmint.desk.profile import load_profile
from synthetic_data import WorldError, authority, scenario

SEEDS = pytest.mark.parametrize("seed", [1, 2, 3])
MANY = pytest.mark.parametrize("seed", range(30))
BASE = {}


def made(seed):
    """The tables and the truth of the desk; the society around it is that of one seed."""
    if not BASE:
        BASE["world"] = world("desk", 1, 2000)
    if seed not in BASE:
        whole = BASE["world"]

        class Society:
            end = 1_932_595_200  # 29 March 2031

        tables, sealed, facts = authority.make(
            f"test/{seed}", {"sample": 24}, Society, None, whole.tables, whole.truth
        )
        BASE[seed] = (_rows(tables), _rows(sealed), facts)
    return BASE[seed]


def _rows(tables):
    return {
        name: [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        for name, columns in tables.items()
    }


def forms(tables):
    """Requests as forms: the texts of lists are split, percent become a probability."""
    read = {}
    for row in tables["requests"]:
        form = dict(row)
        name = form.pop("request_id")
        form["probability"] = form.pop("percent") / 100
        for field in ("targets", "items", "lower"):
            form[field] = form[field].split()
        form["lower"] = [int(line) for line in form["lower"]]
        read[name] = form
    return read


def case_file(tables, origins):
    return CaseFile(
        {row["requirement_id"]: row["seriousness"] for row in tables["requirements"]},
        {
            row["item_id"]: Item(
                row["source_grade"], row["information_grade"], origins[row["item_id"]]
            )
            for row in tables["tasking_items"]
        },
        {row["line"]: (row["requirement_id"], row["level"]) for row in tables["searches"]},
    )


def true_file(seed):
    tables, sealed, _ = made(seed)
    return case_file(tables, {row["item_id"]: row["origin_id"] for row in sealed["origins"]})


@MANY
def test_the_rule_engine_decides_as_the_requests_were_made(seed):
    tables, sealed, _ = made(seed)
    asked, file = forms(tables), true_file(seed)
    for row in sealed["requests"]:
        form = asked[row["request_id"]]
        decision = decide(form, file)
        assert decision.granted == (row["decision"] == "grant"), (row, decision)
        assert decision.rules == row["fails"].split(), (row, decision)
        if row["decision"] == "send back":
            # An empty field is all that is wrong: filled in, the request may be granted.
            filled = {
                "limits": form["limits"] or "only the account's own posts",
                "authoriser": form["authoriser"] or "Officer Vale",
                "finding": form["finding"] or "the meeting place",
                "lower": form["lower"]
                or [
                    line["line"]
                    for line in tables["searches"]
                    if line["requirement_id"] == form["requirement"]
                ],
            }
            assert decide(form | filled, file).granted
        elif row["decision"] == "refuse":
            assert form["limits"] and form["authoriser"] and form["finding"]


@MANY
def test_ten_requests_of_which_few_are_granted(seed):
    tables, sealed, _ = made(seed)
    decisions = Counter(row["decision"] for row in sealed["requests"])
    assert decisions["send back"] == 1 and decisions["grant"] in (3, 4)
    assert decisions.total() == 10 == len(tables["requests"])
    fails = {rule for row in sealed["requests"] for rule in row["fails"].split()}
    assert fails >= {"P1", "P2", "P3"}


def test_over_the_seeds_every_principle_refuses():
    seen = Counter()
    for seed in range(30):
        for row in made(seed)[1]["requests"]:
            if row["decision"] == "refuse":
                seen.update(row["fails"].split())
    assert set(seen) == {"P1", "P2", "P3", "P4", "P5", "P6"}


@MANY
def test_two_requests_differ_in_purpose_alone(seed):
    tables, sealed, _ = made(seed)
    asked = forms(tables)
    twins = {row["request_id"]: row["decision"] for row in sealed["requests"] if row["twin"]}
    assert sorted(twins.values()) == ["grant", "refuse"]
    one, two = (asked[name] for name in twins)
    assert {field for field in one if one[field] != two[field]} == {"ground", "finding"}


@MANY
def test_one_request_is_lawful_elsewhere(seed):
    _, sealed, _ = made(seed)
    (row,) = [row for row in sealed["requests"] if row["elsewhere"]]
    form = forms(made(seed)[0])[row["request_id"]]
    file = true_file(seed)
    assert not decide(form, file).granted
    assert decide(form, file, load_profile("uk_directed_surveillance")).granted
    for other in ("us_three_levels", "nz_five_roles"):
        assert not decide(form, file, load_profile(other)).granted


@MANY
def test_three_requests_have_one_origin_and_a_clerk_would_not_see_it(seed):
    tables, sealed, _ = made(seed)
    origins = {row["item_id"]: row["origin_id"] for row in sealed["origins"]}
    text = {row["item_id"]: row["text"] for row in tables["tasking_items"]}
    pairs = {
        row["request_id"]: row["items"].split()
        for row in tables["requests"]
        if len(row["items"].split()) == 2
    }
    one = {name for name, pair in pairs.items() if len({origins[item] for item in pair}) == 1}
    assert one == {row["request_id"] for row in sealed["requests"] if row["one_origin"]}
    assert len(one) == 3 and len(pairs) == 6
    # Careless: the clerk's numbers are all different, so each pair would be of two origins.
    assert len({row["origin_id"] for row in tables["tasking_items"]}) == len(origins)
    wrong = case_file(tables, {name: name for name in origins})
    granted = {name for name, form in forms(tables).items() if decide(form, wrong).granted}
    assert granted - {r["request_id"] for r in sealed["requests"] if r["decision"] == "grant"}
    # A reader finds one witness in both texts: the same noun stands in them.
    for name, pair in pairs.items():
        assert (len(_witness(text[pair[0]]) & _witness(text[pair[1]])) == 1) == (name in one)


def _witness(text):
    nouns = (
        "porter|crane driver|cook|baker|clerk|fisherman|lorry driver|guard|pilot|cleaner"
        "|boat builder|welder|tram conductor|rope seller|nurse|keeper"
    )
    found = set(re.findall(rf"\b({nouns})\b", text.partition(": ")[0]))
    return found or set(re.findall(rf"\b({nouns})\b", text))


def test_the_same_words_or_hearsay_do_not_tell_one_origin():
    alike = {True: Counter(), False: Counter()}
    for seed in range(30):
        tables, sealed, _ = made(seed)
        fact = {r["item_id"]: r["text"].rpartition(": ")[2] for r in tables["tasking_items"]}
        one = {row["request_id"]: row["one_origin"] for row in sealed["requests"]}
        for row in tables["requests"]:
            if len(pair := row["items"].split()) == 2:
                alike[one[row["request_id"]]][fact[pair[0]] == fact[pair[1]]] += 1
    assert set(alike[True]) == {True}
    assert alike[False][True] > 20 and alike[False][False] > 20


@MANY
def test_twenty_acts_of_every_level(seed):
    tables, sealed, _ = made(seed)
    levels = Counter(row["level"] for row in sealed["acts"])
    assert levels == {"0": 2, "1": 5, "2": 6, "3": 3, "4": 2, "never": 2}
    rules = load_profile()
    for row in sealed["acts"]:
        level = rules.level(row["tier"], row["conduct"])
        assert row["level"] == ("never" if level == "not offered" else str(level))
    assert len({row["text"] for row in tables["acts"]}) == 20


@MANY
def test_the_plans_cost_what_the_profile_says(seed):
    tables, sealed, _ = made(seed)
    price = load_profile().points
    for plan in sealed["plans"]:
        total = others = 0
        for row in tables["plan_steps"]:
            if row["plan"] != plan["plan"]:
                continue
            worth = price["tier"][row["tier"]] * price["person"][row["person"]]
            once = sum(
                price["content"][kind] * row[kind] for kind in ("ordinary", "location", "special")
            )
            cost = worth * (2 * once + once * row["again"]) / 2 + price["unmask"] * row["unmask"]
            total += cost
            others += cost if row["person"] != "subject" else 0
        assert (plan["tenths"], plan["others_tenths"]) == (10 * total, 10 * others)
    items = Counter()
    for row in tables["plan_steps"]:
        items[row["plan"]] += row["ordinary"] + row["location"] + row["special"]
    assert items["A"] > items["B"]


def test_the_plan_with_fewer_items_is_often_the_dearer_one():
    dearer = Counter(
        max(made(seed)[1]["plans"], key=lambda plan: plan["tenths"])["plan"] for seed in range(30)
    )
    assert dearer["B"] > 20


@MANY
def test_eight_confidences_and_as_many_look_alikes(seed):
    tables, sealed, _ = made(seed)
    protected = Counter(row["protected"] for row in sealed["sample"])
    assert protected == {"lawyer": 2, "journalist": 2, "doctor": 2, "clergy": 2, None: 16}
    secret = {row["item_id"] for row in sealed["sample"] if row["protected"]}
    words = re.compile(
        "lawyer|law office|reporter|paper|doctor|practice|father|priest|confess|confid"
    )
    named = {row["item_id"] for row in tables["sample"] if words.search(row["text"].lower())}
    assert named - secret, "looking for the words alone seals too much"


def test_looking_for_the_words_alone_also_misses_some():
    missed = 0
    for seed in range(30):
        tables, sealed, _ = made(seed)
        secret = {row["item_id"] for row in sealed["sample"] if row["protected"]}
        words = re.compile("lawyer|reporter|doctor|priest")
        named = {row["item_id"] for row in tables["sample"] if words.search(row["text"].lower())}
        missed += not secret <= named
    assert missed == 30


@SEEDS
def test_answers_of_a_neighbour_are_worth_nothing(seed):
    one, two = world("desk", seed, 2000).truth, world("desk", seed + 1, 2000).truth
    for name, column in (("acts", "level"), ("requests", "decision"), ("requests", "fails")):
        assert one[name][column].tolist() != two[name][column].tolist()
    for name, column in (("plans", "tenths"), ("sample", "protected"), ("origins", "origin_id")):
        assert one[name][column].tolist() != two[name][column].tolist()


def test_the_harbour_itself_stands_as_it_is():
    plain = digests(world("harbour", 1, 2000))
    desk = digests(world("desk", 1, 2000))
    assert {name for name in plain if desk[name] != plain[name]} == {"facts"}


@SEEDS
def test_the_facts_name_what_was_planted(seed):
    here = world("desk", seed, 2000)
    facts = here.truth["facts"].set_index("statement")
    three = facts.loc["Three requests rest on two items of one origin"]
    requests = here.truth["requests"]
    assert set(three["rows"].split()) == set(requests.loc[requests["one_origin"], "request_id"])
    assert (three["lowest_tier"], three["first_day"]) == ("public", 1)


def test_a_sample_that_is_too_small_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "desk"\n[authority]\nsample = 9\n', encoding="utf-8")
    with pytest.raises(WorldError, match=r"authority\.sample must be 20 to 28"):
        scenario.read(path)
