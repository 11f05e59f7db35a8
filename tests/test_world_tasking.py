"""The tasking desk: what is planted can be found with care, and is missed without."""

import re

import pandas as pd
import pytest
from world_helpers import digests, world

from socmint.check.kinds import Unreadable
from socmint.keys.tasking import KEYS, _has_hours
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
    assert len(careless) == 11 and rows["wanted_by"].gt(START).all()
    assert set(asked(seed, "answerable")["requirement_id"]) < set(careless["requirement_id"])


@SEEDS
def test_one_report_answers_and_two_only_seem_to(seed):
    reports = tables(seed)["reports"].set_index("report_id")
    old = asked(seed, "answered before").iloc[0]
    right = reports.loc[old["shown_in"]]
    # Read with care: the report speaks of the two weeks from the day of the decision.
    first, last = (f"{day.day} {day:%B}" for day in (old["wanted_by"], old["wanted_by"] + 14 * DAY))
    assert f"{first} to {last}," in right["text"] and right["time"] < START
    assert reports["text"].str.contains(" 80 percent sure").sum() == 1
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
    # It comes from the one who decides on the third, and names that line.
    third = asked(seed, "answerable").sort_values("requirement_id").iloc[2]
    reader = re.match(r"From (.+), about (r-\d\d):", note)
    assert reader[2] == third["requirement_id"] and f" {reader[1]} " in third["use"]


def days_in(text):
    """Days that a text names, such as 4 May."""
    months = r"(\d+) (March|April|May|June)"
    found = [f"{day} {month} 2031" for day, month in re.findall(months, text)]
    return [pd.to_datetime(day, format="%d %B %Y", utc=True) for day in found]


@pytest.mark.parametrize("seed", range(1, 9))
def test_an_answer_comes_before_what_it_speaks_of(seed):
    five = asked(seed, "answerable")
    for line in five.itertuples():
        # The decision waits for the answer, and nothing asked about lies before the decision.
        assert days_in(line.use) == [line.wanted_by], line.use
        spoken = days_in(line.text)
        assert min(spoken) >= line.wanted_by and max(spoken) >= line.wanted_by + 3 * DAY, line.text


@pytest.mark.parametrize("theme", tasking.words()["theme"], ids=lambda theme: theme["subject"])
def test_each_text_of_a_theme_speaks_of_days_from_the_decision_on(theme):
    for text in theme["texts"]:
        assert text.endswith("?") and "{district}" in text
        assert ("from {by} to {end}" in text) != ("{day}" in text), text
        assert "before {by}" not in text and "until" not in text
        assert "platform" not in text.lower()  # the source that is needed reads one platform only
    assert theme["use"].startswith("On {by} ") and theme["reader"] in theme["use"]


@pytest.mark.parametrize(("part", "parts"), [("text", "texts"), ("use", "uses")])
def test_length_of_a_question_or_its_use_does_not_tell_whether_it_can_be_answered(part, parts):
    """Before, an answerable one was longer in .95 of the pairs, and its use always was."""
    slots = {"district": "Old Quay", "by": "14 April", "day": "17 April", "end": "28 April"}
    slots |= {"handle": "tram_and_tea", "tag": "#latehours", "platform": "Tikkeron"}
    slots |= {"quay": "Muelle Sur", "island": "Pico Lanvar", "weekday": "Saturday"}
    deck = tasking.words()

    def lengths(block):
        some = block[parts] if parts in block else [block[part]]
        return [len(line.format(**slots)) for line in some]

    good = [size for block in deck["theme"] for size in lengths(block)]
    wins = [
        sum((size > other) + (size == other) / 2 for size in good) / len(good)
        for block in deck["refused"]
        for other in lengths(block)
    ]
    assert 0.4 <= sum(wins) / len(wins) <= 0.6


def test_a_choice_of_all_lines_or_none_is_worth_nothing():
    key = KEYS["q1"]
    expected = key.expected(world("desk_office", 1, 2000))
    right, costly = expected["right"], expected["costly"]
    every = set(expected["kinds"])
    assert key.kind.score(sorted(every), expected).fraction == 0
    # Seven wrong lines, of which one weighs double: an eighth each, and two for that one.
    plain = min(every - right - costly)
    assert key.kind.score([*right, plain], expected).fraction == pytest.approx(7 / 8)
    assert key.kind.score([*right, *costly], expected).fraction == pytest.approx(6 / 8)
    faults = [note for note in key.kind.score(sorted(every), expected).notes if "keep a" in note]
    assert len(faults) == 1


PARTS = "How many offers of quick night work {} in {place}, {hours}, on each day until {day}{}?"


@pytest.mark.parametrize(
    ("hours", "first", "last"),
    [
        ("between 4 and 8 in the evening", 16, 20),
        ("from 4 pm to 8 pm", 16, 20),
        ("16:00-20:00", 16, 20),
        ("from four to eight in the evening", 16, 20),
        ("between 9 and 1 pm", 9, 13),
        ("from 8 a.m. to noon", 8, 12),
    ],
)
def test_hours_of_a_shift_may_be_written_on_either_clock(hours, first, last):
    assert _has_hours(f"how many, {hours}, until 27 april?", {"hours": [first, last]})
    assert not _has_hours(f"how many, {hours}, until 27 april?", {"hours": [first, last + 1]})
    assert not _has_hours("how many until 20 april or 16 april?", {"hours": [16, 20]})


@pytest.mark.parametrize(
    ("middle", "end", "worth"),
    [
        ("will be seen", "", 1),
        ("that name a wage will be seen", ", without names or lists of accounts", 1),
        ("will be seen by people who look for work", " (do not list names of accounts)", 1),
        ("are there, and which stories that callers tell people can you list", "", 1),
        ("will be posted by how many accounts", "", 1),
        ("will be seen", ", with the accounts of all people listed by name", 0),
        ("will be seen", ", with a list of all the young people", 0),
        ("will be seen", ", and who sends them", 0),
        ("will be seen? Give all accounts. How many", "", 0),
        ("will be seen", "? Not only counts but the names", 0),
    ],
)
def test_a_request_for_names_earns_nothing(middle, end, worth):
    note = {"district": "Old Quay", "hours": [16, 20], "date": [23, 4], "topic": ["night"]}
    slots = {"place": "Old Quay", "hours": "from 16:00 to 20:00", "day": "23 April"}
    text = PARTS.format(middle, end, **slots)
    assert KEYS["q8"].kind.score(text, note).fraction == worth


def test_each_part_of_a_revision_that_is_missing_costs_a_third():
    note = {"district": "Old Quay", "hours": [16, 20], "date": [23, 4], "topic": ["night"]}
    slots = {"place": "Old Quay", "hours": "all day long", "day": "23 April"}
    text = PARTS.format("will be seen", "", **slots)
    assert KEYS["q8"].kind.score(text, note).fraction == pytest.approx(2 / 3)
    vague = "Everything about night work in the city and all around it, on all days, at any hour?"
    assert KEYS["q8"].kind.score(vague, note).fraction == 0


def test_half_a_day_and_a_certain_forecast_are_no_full_marks():
    made = world("desk_office", 1, 2000)
    dates, chances = KEYS["q6"], KEYS["q7"]
    table = dates.expected(made)
    late = table.assign(review=table["review"] + 0.5 * DAY)
    got = dates.kind.score(dates.kind.read(late), dates.expected(made))
    assert got.fraction == 0.5  # the stops are right, the reviews are not
    likely = chances.expected(made)
    best = max(likely, key=likely.get)
    got = chances.kind.score(likely | {best: 1.0}, likely)
    assert got.fraction == pytest.approx(0.8) and "certain" in got.notes[0]


def test_rows_without_outer_brackets_get_advice():
    with pytest.raises(Unreadable, match="outer brackets"):
        KEYS["q2"].kind.read(["r-01", "i-01", "public"])
    assert KEYS["q2"].kind.read([["r-01", "i-01", "public"]]) == [["r-01", "i-01", "public"]]


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
    fails = {"r-01": "timetable", "r-04": "activity", "r-05": "protected", "r-06": "no decision"}
    fails |= {"r-09": "no end", "r-10": "verdict", "r-12": "answered before"}
    kinds = truth(7)["requirements"].set_index("requirement_id")["kind"]
    assert kinds[kinds != "answerable"].to_dict() == fails
    lawyer = asked(7, "protected")["text"].item()
    bios = made["accounts"].set_index("handle")["bio"]
    assert "abogada" in bios[re.search(r"@([\w.]+\w)", lawyer)[1]]
    # The search for a word finds coffee; at the edges of the word a slip of the pen at most.
    public = made["posts"].query("tier == 'public'")["text"]
    assert public.str.contains("fee").sum() > 100
    assert public.str.contains(r"\bfee\b").sum() < 5
    assert not public.str.contains("weekly fee").any()
