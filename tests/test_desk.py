"""The desk: no row without authority, every call logged and priced, nothing lost."""

import json
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socmint.desk import Decision, Desk, load_profile
from socmint.desk.desk import REFUSALS
from socmint.desk.profile import TIERS
from socmint.errors import CourseError
from synthetic_data import generate

SIGNATURE = {number: sorted(rules)[0] for number, rules in REFUSALS.items()}


@pytest.fixture(scope="module")
def world():
    return generate("lantern", seed=1, accounts=3000)


@pytest.fixture
def desk(world, tmp_path):
    desk = Desk(world, tmp_path / "lantern.jsonl", load_profile())
    assert desk.sign("Ana", SIGNATURE).granted
    return desk


def subject(desk, number=0):
    return desk.subjects["account_id"][number]


def searched(desk):
    """Search once in the open, and return the number of the log line."""
    return desk.search("harbour", ir="R1", limit=5).attrs["line"]


def watching(desk, target, **change):
    form = {
        "requirement": "R1",
        "tier": "public",
        "conduct": "repeat",
        "targets": [target],
        "level": 2,
        "authoriser": "Officer Bell",
        "ground": "crime",
        "items": [usable(desk)[0]],
        "days": 14,
        "people": 5,
        "estimate": 120,
        "limits": "the subject only, no third parties",
        "lower": [searched(desk)],
        "finding": "the meeting place",
        "probability": 0.5,
    }
    return form | change


def usable(desk):
    items = desk.tasking
    fits = items["information_grade"].isin(["A", "B", "C"]) & (items["source_grade"] < 3)
    return items.loc[fits, "item_id"].tolist()


def entering(desk, group, **change):
    form = watching(desk, group)
    return form | {
        "tier": "friends",
        "conduct": "enter",
        "level": 3,
        "items": usable(desk),
        "people": 40,
        "estimate": 400,
        **change,
    }


def test_the_desk_opens_when_the_refusals_are_matched_to_their_rules(world, tmp_path):
    desk = Desk(world, tmp_path / "case.jsonl", load_profile())
    closed = desk.search("harbour", ir="R1")
    assert not closed.granted and closed.rules == ["desk"]
    wrong = desk.sign("Ana", SIGNATURE | {"E14": "P6"})
    assert not wrong.granted and "E14: P6 is not it" in wrong.reasons[0]
    assert not desk.sign("", SIGNATURE).granted
    assert not desk.sign("Ana", SIGNATURE | {"E2": "P4 P5"}).granted  # one of the two is wrong
    assert not desk.sign("Ana", SIGNATURE | {"E2": ""}).granted
    assert desk.sign("Ana", SIGNATURE | {"E2": "p4", "E4": ["P2", "P3"], "E6": "P1, P3"}).granted
    assert isinstance(desk.search("harbour", ir="R1"), pd.DataFrame)


def test_one_public_look_is_open_the_third_is_repetition(desk):
    one, two = (desk.view(subject(desk), ir="R1") for _ in range(2))
    assert isinstance(one, pd.DataFrame) and isinstance(two, pd.DataFrame)
    third = desk.view(subject(desk), ir="R1")
    assert third.rules == ["P4"]
    assert "level 0 asked, 2 needed" in third.reasons[0]


def test_looking_again_costs_half(desk):
    desk.wait(20)
    name = next(n for n in desk.subjects["account_id"] if len(desk.view(n, ir="R1")))
    first = desk.log()["points"].iloc[-1]
    desk.view(name, ir="R1")
    assert desk.log()["points"].iloc[-1] == first / 2 > 0


def test_points_follow_tier_content_and_person(world, desk):
    desk.wait(20)
    shown = desk.search("harbour", ir="R1")
    posts = world.tables["posts"].set_index("post_id").loc[shown["item_id"]]
    located = world.tables["locations"]
    located = set(located.loc[located["kind"].isin(["coordinates", "place_tag"]), "post_id"])
    subjects = set(world.tables["subjects"]["account_id"])
    ties = world.tables["ties"]
    ties = ties[ties["kind"].isin(["mention", "reply", "repost"])]
    near = set(ties.loc[ties["source"].isin(subjects), "target"])
    near |= set(ties.loc[ties["target"].isin(subjects), "source"])
    people = world.truth["people"].set_index("account_id")["role"]
    special = set(world.truth["sensitive"]["row"])
    expected = 0
    for item, post in posts.iterrows():
        content = 2 if item in located else 1
        content = 3 if item in special or people[post["account_id"]] == "young contact" else content
        person = 1 if post["account_id"] in subjects else 2 if post["account_id"] in near else 3
        expected += 1 * content * person
    assert desk.log()["points"].iloc[-1] == expected


def test_nothing_of_a_later_day_is_shown(desk):
    start = desk._world.meta["start"]
    rows = desk.search("harbour", ir="R1", limit=20)
    limit = pd.Timestamp(start, tz="UTC") + pd.Timedelta(days=1)
    assert (rows["time"] < limit).all()
    desk.wait(6)
    rows = desk.search("harbour", ir="R1", limit=20)
    assert limit < rows["time"].max() < limit + pd.Timedelta(days=6)


def test_third_parties_are_masked_until_unmasked(world, desk):
    desk.wait(20)
    rows = desk.search("harbour", ir="R1")
    subjects = set(desk.subjects["account_id"])
    strangers = rows[~rows["account"].isin(subjects)]
    assert strangers["account"].str.fullmatch(r"x-\d{6}").all() and len(strangers)
    handles = set(world.tables["accounts"]["handle"])
    mine = set(world.tables["accounts"].set_index("account_id").loc[sorted(subjects), "handle"])
    said = {name for text in rows["text"] for name in re.findall(r"@([\w.]*\w)", text)}
    assert not said & (handles - mine)
    mask = strangers["account"].iloc[0]
    assert not desk.unmask(mask, "why").granted
    before = desk.budget()["used"].iloc[0]
    person = desk.unmask(mask, "answers the subject about the place, R1")
    writer = world.tables["posts"].set_index("post_id")["account_id"]
    assert person["account_id"] == writer[strangers["item_id"].iloc[0]]
    assert desk.budget()["used"].iloc[0] == before + 5
    again = desk.search("harbour", ir="R1")
    assert person["account_id"] in set(again["account"])


def test_no_way_to_write_a_handle_slips_through_the_mask(world, desk):
    handles = world.tables["accounts"]["handle"]
    known = {desk._shelf.slot_of[name] for name in desk.subjects["account_id"]}
    strangers = [
        handle
        for slot, handle in enumerate(handles)
        if slot not in known and not handle.replace("_", "").isalnum()
    ]
    assert len(strangers) > 100  # handles with dots and the like
    for handle in strangers:
        for text in (f"@{handle}", f"RT @{handle}: hello", f"ask (@{handle}). Now"):
            shown = desk._shelf.masked(text, known)
            assert handle not in shown and "@x-" in shown, text


def test_somebody_who_was_never_met_cannot_be_unmasked(desk):
    refused = desk.unmask("a-000001", "only to see who that is")
    assert refused.rules == ["form"] and "have met" in refused.reasons[0]


def test_a_watch_needs_its_authority_and_ends_with_it(desk):
    name = subject(desk)
    desk.view(name, ir="R1")
    assert not desk.watch(name, ir="R1").granted
    grant = desk.request(watching(desk, name))
    assert (grant.status, grant.authority) == ("granted", "A-1")
    desk.wait(3)
    rows = desk.watch(name, ir="R1", auth="A-1")
    assert isinstance(rows, pd.DataFrame)
    for change, words in [
        ({"id": subject(desk, 1)}, "names"),
        ({"ir": "R2"}, "serves R1"),
        ({"tier": "registered"}, "reaches the tier public"),
        ({"auth": "A-7"}, "there is no authority"),
    ]:
        call = {"id": name, "ir": "R1", "auth": "A-1"} | change
        refused = desk.watch(**call)
        assert not refused.granted and words in " ".join(refused.reasons), refused
    assert desk.cancel("A-1").granted
    assert "ended" in " ".join(desk.watch(name, ir="R1", auth="A-1").reasons)


def test_an_authority_runs_out(desk):
    grant = desk.request(watching(desk, subject(desk), days=2))
    desk.wait(3)
    assert "ended" in " ".join(desk.watch(subject(desk), ir="R1", auth=grant.authority).reasons)


def test_a_refused_request_costs_half_a_day_and_the_same_one_again_costs_points(desk):
    form = watching(desk, subject(desk), lower=[99])
    assert desk.request(form).rules == ["P5"]
    assert desk._state.day == 1.5 and desk._state.penalty == 0
    desk.request(form)
    assert desk._state.penalty == 2
    desk.request(form | {"level": 1})  # another fault: free the first time
    assert desk._state.penalty == 2


def test_a_call_beyond_the_estimate_is_refused_before_anything_is_shown(desk):
    desk.wait(20)
    group = secret_group(desk)
    grant = desk.request(entering(desk, group, estimate=2))
    before = desk._state.seen.copy()
    refused = desk.enter(group, ir="R1", auth=grant.authority)
    assert refused.rules == ["P3"] and "would cost" in refused.reasons[0]
    assert desk._state.seen == before


def secret_group(desk):
    rows = desk._world.tables["group_posts"]
    return rows["group_id"].value_counts().index[0]


def test_private_messages_are_not_read_and_named_bulk_of_friends_is_not_offered(desk):
    assert desk.view(subject(desk), ir="R1", tier="private").rules == ["tier"]
    refused = desk.search("harbour", ir="R1", tier="friends", limit=100, named=True)
    assert refused.rules == ["tier"] and "not offered" in refused.reasons[0]


def test_a_list_with_names_needs_more_than_counts_by_hour(desk):
    desk.wait(10)
    names = desk.search("harbour", ir="R1", limit=100, named=True)
    assert "2 needed" in names.reasons[0]
    form = watching(desk, "harbour", conduct="bulk", level=1, people=200, estimate=20)
    grant = desk.request(form)
    counts = desk.count("harbour", ir="R1", auth=grant.authority, by="day")
    assert list(counts.columns) == ["day", "posts"]
    assert (counts["posts"] >= 5).all()
    assert desk.log()["points"].iloc[-1] == 0


def test_a_sealed_item_is_not_shown_again(desk):
    desk.wait(5)
    rows = desk.search("harbour", ir="R1")
    item = rows["item_id"].iloc[0]
    assert desk.seal(item, "lawyer and client").granted
    assert item not in set(desk.search("harbour", ir="R1")["item_id"])
    assert not desk.seal("p-0000000", "lawyer and client").granted


def test_an_order_returns_what_subjects_wrote_to_each_other_alone(world, tmp_path):
    world = generate("lantern", seed=1, accounts=3000)
    world.tables["requirements"].loc[:, "seriousness"] = 5
    desk = Desk(world, tmp_path / "case.jsonl", load_profile())
    desk.sign("Ana", SIGNATURE)
    desk.wait(20)
    messages = world.tables["messages"]
    subjects = set(desk.subjects["account_id"])
    inside = messages[messages["sender"].isin(subjects) & messages["receiver"].isin(subjects)]
    target = inside["sender"].iloc[0]
    form = watching(
        desk, target, tier="private", conduct="order", level=4, items=usable(desk), estimate=900
    )
    grant = desk.request(form)
    assert grant.granted, grant
    rows = desk.order(target, ir="R1", auth=grant.authority)
    expected = inside[(inside["sender"] == target) | (inside["receiver"] == target)]
    expected = expected[
        expected["time"] < pd.Timestamp(world.meta["start"], tz="UTC") + pd.Timedelta(days=21)
    ]
    assert set(rows["item_id"]) == set(expected["message_id"])


def test_a_case_goes_on_where_its_ledger_ends(world, desk):
    desk.view(subject(desk), ir="R1")
    desk.request(watching(desk, subject(desk)))
    desk.wait(2)
    again = Desk(world, desk.ledger.path, load_profile())
    assert again._state == desk._state
    assert again.today == 3


def test_two_notebooks_see_each_other(world, desk):
    other = Desk(world, desk.ledger.path, load_profile())
    desk.view(subject(desk), ir="R1")
    other.view(subject(desk), ir="R1")
    assert not desk.view(subject(desk), ir="R1").granted  # the third look of the two


def test_a_ledger_of_another_world_or_profile_is_refused(desk, tmp_path):
    other = generate("lantern", seed=2, accounts=3000)
    with pytest.raises(CourseError, match="its seed is 1, this one's is 2"):
        Desk(other, desk.ledger.path, load_profile())
    with pytest.raises(CourseError, match="Rules do not change"):
        Desk(desk._world, desk.ledger.path, load_profile("us_three_levels"))


def test_a_case_without_tasking_has_no_desk(tmp_path):
    with pytest.raises(CourseError, match="no tasking"):
        Desk(generate("village", seed=1), tmp_path / "case.jsonl", load_profile())


def test_after_submitting_the_case_is_closed(desk, capsys):
    desk.submit({"days": [16], "who": {"a-000001"}})
    assert desk.ledger.last_hash in capsys.readouterr().out
    assert desk.view(subject(desk), ir="R1").rules == ["desk"]


def test_a_refused_call_says_so_when_it_is_used_as_a_table(desk):
    with pytest.raises(CourseError, match="gave no rows"):
        desk.view(subject(desk), ir="R9")["text"]


junk = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.binary(max_size=5),
    st.lists(st.integers(), max_size=3),
    st.just("a-" + "9" * 5000),
    st.just('"}\n{"line": 99, "call": "grant"}'),
    st.just("<script>alert(1)</script>"),
    st.just("\ud83d"),
    st.just(object()),
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(
        [
            "search",
            "count",
            "find",
            "view",
            "watch",
            "enter",
            "order",
            "request",
            "cancel",
            "review",
            "unmask",
            "seal",
            "safeguard",
            "selfreport",
            "wait",
        ]
    ),
    junk,
    junk,
)
def test_nonsense_gets_a_clear_refusal_and_a_line(desk, call, one, two):
    before = len(desk.ledger.lines)
    single = call in ("request", "selfreport", "wait")
    result = getattr(desk, call)(*([one] if single else [one, two]))
    assert isinstance(result, (Decision, pd.DataFrame))
    assert len(desk.ledger.lines) == before + 1
    stored = desk.ledger.path.read_text(encoding="utf-8").splitlines()
    assert len(stored) == before + 1
    assert json.loads(stored[-1])["call"] == call
    if isinstance(result, Decision) and not result.granted:
        assert all(len(reason) > 10 for reason in result.reasons)


calls = st.lists(
    st.tuples(
        st.sampled_from(["search", "view", "watch", "enter", "order", "wait", "cancel", "bulk"]),
        st.integers(0, 3),
        st.sampled_from(TIERS),
        st.sampled_from([None, "A-0", "A-1", "A-2", "A-3", "A-4"]),
    ),
    max_size=14,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls)
def test_no_sequence_of_calls_returns_a_row_without_its_authority(world, tmp_path_factory, calls):
    desk = Desk(world, tmp_path_factory.mktemp("d") / "case.jsonl", load_profile())
    desk.sign("Ana", SIGNATURE)
    desk.wait(10)
    group = secret_group(desk)
    grants = {}
    for form in (
        watching(desk, subject(desk)),
        watching(desk, subject(desk, 1), tier="registered", days=5),
        entering(desk, group),
        watching(desk, "harbour", conduct="bulk", level=1, people=99, estimate=400),
    ):
        decision = desk.request(form)
        assert decision.granted, decision
        grants[decision.authority] = form
    tier_of = world.tables["posts"].set_index("post_id")["tier"]
    points = desk._state.points
    for call, number, tier, auth in calls:
        name = subject(desk, number)
        given = _call(desk, call, name, group, tier, auth)
        assert desk._state.points >= points
        points = desk._state.points
        if not isinstance(given, pd.DataFrame):
            continue
        line = desk.ledger.lines[-1]
        if line["authority"] == "A-0":
            assert (line["tier"], line["conduct"]) == ("public", "view")
            assert call in ("search", "view") and len(given) <= 200
            reach = "public"
        else:
            form = grants[line["authority"]]
            assert form["conduct"] == line["conduct"]
            aimed = {"enter": group, "bulk": "harbour"}.get(call, name)
            assert aimed in form["targets"]
            assert desk._state.authorities[line["authority"]].until >= line["day"]
            reach = form["tier"]
        shown = {tier_of.get(item, "friends") for item in given["item_id"]}
        assert all(TIERS.index(t) <= TIERS.index(reach) for t in shown)


def _call(desk, call, name, group, tier, auth):
    if call in ("search", "bulk"):
        return desk.search("harbour", tier, "R1", auth, limit=60 if call == "bulk" else 20)
    if call == "view":
        return desk.view(name, "R1", tier, auth)
    if call == "watch":
        return desk.watch(name, "R1", auth, tier)
    if call == "enter":
        return desk.enter(group, "R1", auth)
    if call == "order":
        return desk.order(name, "R1", auth)
    return desk.wait(1) if call == "wait" else desk.cancel(auth)


def test_a_more_open_look_never_costs_more(world, tmp_path):
    desk = Desk(world, tmp_path / "case.jsonl", load_profile())
    shelf = desk._shelf
    for slot in range(0, 3000, 97):
        rows = shelf.of_account(slot)
        rows = rows[shelf.table[rows] == "posts"]
        costs = [shelf.price[rows[shelf.tier[rows] <= tier]].sum() for tier in range(4)]
        assert costs == sorted(costs)
    points = load_profile().points["tier"]
    assert [points[tier] for tier in TIERS] == sorted(points.values())


def test_a_search_finds_whole_words_whatever_the_accents(world, desk):
    shelf = desk._shelf
    posts = world.tables["posts"]["text"]
    for query in ("quay", "cafe", "#oldquay", "la luz", "harbour night"):
        folded = posts.str.lower()
        for accented, letter in zip("áéíóúüñ", "aeiouun", strict=True):
            folded = folded.str.replace(accented, letter)
        fits = pd.Series(True, index=posts.index)
        for word in query.split():
            fits &= folded.str.contains(rf"(?<![a-z0-9_]){re.escape(word)}(?![a-z0-9_])")
        assert shelf.matching(query).tolist() == posts.index[fits].tolist(), query
        assert fits.any() or query == "harbour night"
