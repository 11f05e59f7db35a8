"""The tasking desk: what is planted can be found with care, and is missed without."""

import re

import pandas as pd
import pytest
from world_helpers import digests, world

from synthetic_data import WorldError, scenario, schema, tasking

SEEDS = pytest.mark.parametrize("seed", [1, 2, 3])
START = pd.Timestamp("2031-03-29", tz="UTC")  # the log runs for 28 days from 1 March
DAY = pd.Timedelta(days=1)
FAULTS = {"no end", "activity", "verdict", "no decision", "protected", "timetable"}


def tables(seed):
    return world("desk_office", seed, 2000).tables


def truth(seed):
    return world("desk_office", seed, 2000).truth


def asked(seed, kind):
    """Questions of a kind, with their texts."""
    both = tables(seed)["requirements"].merge(truth(seed)["requirements"], on="requirement_id")
    return both[both["kind"] == kind]


@SEEDS
def test_twelve_questions_of_which_five_can_be_answered(seed):
    kinds = truth(seed)["requirements"]["kind"].value_counts()
    assert kinds["answerable"] == 5 and kinds.sum() == 12
    assert set(kinds.index) == FAULTS | {"answerable", "answered before"}
    assert (kinds.drop("answerable") == 1).all()
    assert tables(seed)["requirements"]["text"].is_unique
    five = set(asked(seed, "answerable")["requirement_id"])
    facts = truth(seed)["facts"].set_index("statement")
    assert set(facts.loc["Questions that the desk can answer", "rows"].split()) == five


@SEEDS
def test_a_question_mark_and_a_date_do_not_tell_a_question_that_can_be_answered(seed):
    rows = tables(seed)["requirements"]
    careless = rows[rows["text"].str.endswith("?")]
    assert len(careless) == 10 and rows["wanted_by"].gt(START).all()
    assert set(asked(seed, "answerable")["requirement_id"]) < set(careless["requirement_id"])


@SEEDS
def test_one_report_answers_and_two_only_seem_to(seed):
    reports = tables(seed)["reports"].set_index("report_id")
    old = asked(seed, "answered before").iloc[0]
    right = reports.loc[old["shown_in"]]
    # Read with care: the report speaks of the weeks from today to the day of the decision.
    until = f"{old['wanted_by'].day} {old['wanted_by']:%B}"
    assert f"29 March to {until}," in right["text"] and right["time"] < START
    assert reports["text"].str.contains("29 March").sum() == 1
    # By its title alone, three reports are about a subject of the desk.
    assert reports["title"].str.contains("what we know").sum() == 3
    assert (reports["time"] < START).all() and reports["time"].is_monotonic_increasing


@SEEDS
def test_the_timetable_answers_one_question_and_not_each_that_names_a_ferry(seed):
    ask = asked(seed, "timetable").iloc[0]
    words = re.search(r"(first|last) ferry from (.+) to (.+) leave on a (\w+)", ask["text"])
    which, *route = words.groups()
    table = tables(seed)["timetable"]
    fits = table[(table[["origin", "destination", "days"]] == route).all(axis=1)]
    hours = fits.set_index("departure_id")["leaves"]
    assert len(hours) == 3
    assert ask["shown_in"] == (hours.idxmin() if which == "first" else hours.idxmax())


def test_somewhere_a_ferry_stands_in_a_question_that_the_timetable_does_not_answer():
    texts = pd.concat([asked(seed, "answerable") for seed in (1, 2, 3)])["text"]
    assert texts.str.contains("ferry").any()


@SEEDS
def test_the_protected_question_shows_in_a_profile_and_not_in_its_words(seed):
    ask = asked(seed, "protected").iloc[0]
    handle = re.search(r"@([\w.]+\w)", ask["text"])[1]
    account = tables(seed)["accounts"].set_index("handle").loc[handle]
    person = truth(seed)["people"].set_index("account_id").loc[account["account_id"]]
    assert person["role"] in ("journalist", "lawyer", "youth worker")
    assert re.search("report|lawyer|abogad|youth|juven|joven", account["bio"].lower())
    assert not re.search("report|lawyer|journal|youth worker", ask["text"])


def needed(seed):
    """The most open source for each indicator that brings enough, worked out by hand."""
    made = tables(seed)
    enough = made["indicators"].set_index("indicator_id")["enough"]
    best = {}
    for row in made["sources"].itertuples():
        rank = schema.TIER.index(row.tier)
        if row.items >= enough[row.indicator_id]:
            best.setdefault(row.indicator_id, []).append((rank, row.source_id))
    return {name: min(found) for name, found in best.items()}


@SEEDS
def test_one_source_is_needed_for_each_of_the_five(seed):
    plan = truth(seed)["collection_plan"]
    found = needed(seed)
    assert [found[name][1] for name in plan["indicator_id"]] == plan["source_id"].tolist()
    tiers = [schema.TIER[found[name][0]] for name in plan["indicator_id"]]
    assert tiers == plan["tier"].tolist()
    assert sorted(tiers) == ["friends", "public", "public", "registered", "registered"]
    idle = set(tables(seed)["sources"]["source_id"]) - set(plan["source_id"])
    assert len(idle) >= 7
    facts = truth(seed)["facts"].set_index("statement")
    assert set(facts.loc["Sources that no question needs", "rows"].split()) == idle


@SEEDS
def test_neither_the_most_items_nor_the_most_open_source_is_the_one_needed(seed):
    sources, plan = tables(seed)["sources"], truth(seed)["collection_plan"]
    some = sources[sources["indicator_id"].isin(plan["indicator_id"])]
    most = some.loc[some.groupby("indicator_id")["items"].idxmax(), "source_id"]
    rank = some["tier"].map(schema.TIER.index)
    most_open = some.loc[rank.groupby(some["indicator_id"]).idxmin(), "source_id"]
    for careless in (most, most_open):
        assert 1 <= len(set(careless) & set(plan["source_id"])) <= 3


@SEEDS
def test_dates_keep_days_for_writing_and_end_with_the_authority(seed):
    plan = truth(seed)["collection_plan"].merge(tables(seed)["requirements"], on="requirement_id")
    early = plan["wanted_by"] - 2 * DAY
    assert (plan["stop"] == early.where(early < START + 28 * DAY, START + 28 * DAY)).all()
    # Who only counts back from the decision is wrong once.
    assert (plan["stop"] == early).sum() == 4
    assert (((plan["review"] - START) / DAY) == ((plan["stop"] - START) / DAY) // 2).all()


@SEEDS
def test_the_record_of_the_needed_source_tells_the_chance_and_that_of_all_does_not(seed):
    plan = truth(seed)["collection_plan"].merge(tables(seed)["sources"], on="source_id")
    share = plan["answered_y"] / plan["asked"] * 100
    assert (share - plan["chance"]).abs().max() <= 2.5
    everything = plan["answered_y"].sum() / plan["asked"].sum() * 100
    assert (plan["chance"] - everything).abs().min() >= 5
    assert plan["answered_x"].dtype == bool


@SEEDS
def test_two_steps_of_each_phase_in_mixed_order(seed):
    steps, order = tables(seed)["cycle_steps"], truth(seed)["cycle_steps"]
    assert order["phase"].value_counts().to_dict() == dict.fromkeys(tasking.PHASES, 2)
    assert steps["text"].is_unique and not order["place"].is_monotonic_increasing


@SEEDS
def test_the_note_of_the_reader_holds_what_a_new_question_needs(seed):
    note, new = tables(seed)["feedback"]["text"].item(), truth(seed)["feedback"].iloc[0]
    assert new["district"] in note and new["decides"] > START
    assert f"{new['first_hour']:02d}:00 to {new['last_hour']:02d}:00" in note
    assert f"{new['decides'].day} {new['decides']:%B}" in note


def test_a_desk_is_the_same_twice_and_another_elsewhere():
    from synthetic_data import generate

    one, two = digests(world("desk_office", 1, 2000)), digests(world("desk_office", 2, 2000))
    assert digests(generate("desk_office", 1)) == one
    for name in ("requirements", "indicators", "sources", "reports", "cycle_steps", "feedback"):
        assert one[name] != two[name], name


def test_the_harbour_below_is_untouched():
    desk, harbour = digests(world("desk_office", 1, 2000)), digests(world("harbour", 1, 2000))
    for name in ("accounts", "posts", "ties", "groups", "scope", "subjects", "people"):
        assert desk[name] == harbour[name], name


def test_every_text_of_the_deck_fills_its_slots():
    for seed in (1, 2, 3):
        for name in ("requirements", "indicators", "sources", "reports", "feedback"):
            texts = tables(seed)[name].select_dtypes("str").agg(" ".join, axis=1)
            assert not texts.str.contains(r"[{}]").any(), name


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("answerable = 5", "answerable = 8", "answerable must be 3 to 7"),
        ("idle_sources = 3", "idle_sources = 6", "idle_sources must be 1 to 5"),
        ("other_reports = 4", "other_reports = 5", "other_reports must be 1 to 4"),
        ("answerable", "answerabel", r"unknown key tasking\.answerabel"),
        ('"harbour"', '"village"', r"\[tasking\] needs an organisation"),
    ],
)
def test_slips_in_the_desk_are_named(tmp_path, old, new, sentence):
    text = (scenario.FOLDER / "desk_office.toml").read_text(encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)


@pytest.mark.parametrize("answerable", [3, 7])
def test_smallest_and_largest_desk(tmp_path, answerable):
    from synthetic_data.generate import from_settings

    settings = scenario.load("desk_office")
    settings["tasking"] = {"answerable": answerable, "idle_sources": 1, "other_reports": 1}
    made = from_settings("desk_office", settings, 1, 1600)
    assert (made.truth["requirements"]["kind"] == "answerable").sum() == answerable
    assert len(made.truth["collection_plan"]) == answerable


def test_the_world_of_the_lesson_is_as_the_lesson_says():
    plan, made = truth(7)["collection_plan"], tables(7)
    assert set(plan["source_id"]) == {"s-04", "s-11", "s-13", "s-15", "s-16"}
    assert plan.set_index("indicator_id").loc["i-08", "tier"] == "public"
    lawyer = asked(7, "protected")["text"].item()
    bios = made["accounts"].set_index("handle")["bio"]
    assert "abogada" in bios[re.search(r"@([\w.]+\w)", lawyer)[1]]
    # The search for a word finds coffee; at the edges of the word a slip of the pen at most.
    public = made["posts"].query("tier == 'public'")["text"]
    assert public.str.contains("fee").sum() > 100
    assert public.str.contains(r"\bfee\b").sum() < 5
    assert not public.str.contains("weekly fee").any()
