"""A scenario file is checked key by key; impossible sizes are refused with a sentence."""

import datetime
import tomllib

import pytest

from synthetic_data import World, WorldError, generate, scenario

TEXT = (scenario.FOLDER / "harbour.toml").read_text(encoding="utf-8")


def test_both_scenarios_are_valid():
    assert {"harbour", "village"} <= set(scenario.names())
    assert scenario.load("harbour")["world"]["accounts"] == 20000
    assert "organisation" not in scenario.load("village")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("days = 28", "days = 28\nhours = 3", r"^my\.toml: unknown key world\.hours; known keys"),
        ("[scope]", "[scop]", r"^my\.toml: unknown key scop; known keys are: .*organisation"),
        ("recruiters = 2", "recruiter = 2", r"unknown key organisation\.recruiter; known keys"),
        ('role = "fan"', 'rolle = "fan"', r"unknown key populations 1: rolle; known keys are"),
        ("share = 52", "", r"^my\.toml: the key platforms\.Tikkeron\.share is missing$"),
        ("days = 28", 'days = "28"', r"^my\.toml: world\.days must be a whole number$"),
        ("days = 28", "days = true", r"^my\.toml: world\.days must be a whole number$"),
        ("shortcuts = 3", "shortcuts = -3", r"organisation\.shortcuts must be 0 to 1000$"),
        ("[84, 9, 6, 1]", "[84, 9, 6, 2]", r"platforms\.Tikkeron\.tiers needs four shares"),
        ("[84, 9, 6, 1]", "[84, 9, 7]", r"platforms\.Tikkeron\.tiers needs four shares"),
        ('type = "cell"', 'type = "hub"', r"organisation\.type must be cell, not 'hub'$"),
        ("cells = [7, 7, 6]", "cells = [7, 4]", r"organisation\.cells needs two sizes or more"),
        ('role = "witness"', 'role = "singer"', r"needs 1 or more people as 'witness'$"),
        ("accounts = 400", "accounts = 200", r"scope\.accounts is 200, but the cast alone needs"),
        ("[world]", "[world", r"^my\.toml: is not valid TOML"),
        ("days = 28", f"days = {'9' * 5000}", r"^my\.toml: is not valid TOML: Exceeds the limit"),
        ("days = 28", "days = 10000", r"^my\.toml: world\.days must be 7 to 366$"),
        ("days = 28", "days = nan", r"^my\.toml: world\.days must be a whole number$"),
        ("start = 2031-03-01", "start = 9999-12-30", r"world\.start must lie in the years 2000 to"),
        ("start = 2031-03-01", "start = 2031-03-01T08:00:00", r"world\.start must be a date such"),
        ("[world]", "world = 3\n[scrap]", r"^my\.toml: unknown key scrap; known keys are"),
        ("[scope]", "[[scope]]", r"^my\.toml: scope must be a section$"),
        (
            "[platforms.Tikkeron]",
            "[platforms.Tiktak]",
            r"unknown platform 'Tiktak'; there are: Tik",
        ),
        ("share = 52", "share = 53", r"^my\.toml: the shares of the platforms must add up to 100$"),
        ("share = 52", "share = 0", r"^my\.toml: platforms\.Tikkeron\.share must be 1 to 100$"),
        ("[84, 9, 6, 1]", '[84, 9, 6, "1"]', r"platforms\.Tikkeron\.tiers needs four shares"),
        ("[84, 9, 6, 1]", "[184, -84, 0, 0]", r"platforms\.Tikkeron\.tiers needs four shares"),
        (
            "busy_per_million = 400000",
            'busy_per_million = "x"',
            r"busy_per_million must be a whole",
        ),
        (
            "cells = [7, 7, 6]",
            "cells = [7, 7, 6.0]",
            r"organisation\.cells needs two sizes or more",
        ),
        ('population = "BO"', 'population = "XX"', r"populations 2: population must be one of AM,"),
        (
            "medical_posts = 3",
            "medical_posts = 1e99",
            r"plants\.medical_posts must be a whole number",
        ),
    ],
)
def test_each_slip_is_named(tmp_path, old, new, sentence):
    assert old in TEXT
    path = tmp_path / "my.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("harbor", 1), r"^scenario 'harbor' does not exist; there are: .*harbour, .*village$"),
        (("harbour", 1, 1538), r"needs at least 1,539 accounts; 1,538 were asked for$"),
        (("village", 1, 20), r"needs at least 188 accounts; 20 were asked for$"),
        (("village", -1), r"^seed must be a whole number of 0 or more, not -1$"),
        (("village", "one"), r"^seed must be a whole number of 0 or more, not 'one'$"),
        (("village", 1, 2.5), r"^accounts must be a whole number of 0 or more, not 2\.5$"),
    ],
)
def test_impossible_wishes_are_refused(arguments, sentence):
    with pytest.raises(WorldError, match=sentence):
        generate(*arguments)


# Numbers with which a world cannot be made, so they must be said before the work.
TOO_FEW_OR_MANY = {
    "harbour": [("organisation", "recruiters", 0), ("organisation", "recruiters", 3)],
    "city": [("city", "amplifiers", 0)],
    "clock": [("clock", "posts_per_day", 1)],
    "haystack": [("export", "exact_percent", 0), ("export", "near_percent", 100)],
    "lantern": [("society", "threads_per_thousand", 0)],
    "market": [("market", "vendors", 100_000)],
}


@pytest.mark.parametrize(
    ("base", "section", "key", "number"),
    [(base, *slip) for base, slips in TOO_FEW_OR_MANY.items() for slip in slips],
)
def test_numbers_that_no_world_can_have_are_refused(tmp_path, base, section, key, number):
    path = tmp_path / "my.toml"
    path.write_text(f'extends = "{base}"\n[{section}]\n{key} = {number}\n')
    with pytest.raises(WorldError, match=rf"^my\.toml: {section}\.{key} must be \d+ to \d+$"):
        scenario.read(path)


VILLAGE = (scenario.FOLDER / "village.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'topic = "choir"',
            'topic = "opera"',
            r"club 'Coro de la Marea' has an unknown topic 'opera'",
        ),
        (
            'admission = "open"',
            'admission = "free"',
            r"clubs 1: admission must be one of open, closed",
        ),
        ("size = 25", "size = 0", r"^my\.toml: clubs 1: size must be 1 to 1000000$"),
        (
            VILLAGE[VILLAGE.index("[world]") :],
            "clubs = []",
            r"^my\.toml: the key world is missing$",
        ),
        ("[[clubs]]", "[clubs]", r"^my\.toml: is not valid TOML"),
        ("follows_per_account = 5", "follows_per_account = 0", r"follows_per_account must be 1 to"),
    ],
)
def test_each_slip_in_a_village_is_named(tmp_path, old, new, sentence):
    assert old in VILLAGE
    path = tmp_path / "my.toml"
    path.write_text(VILLAGE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)


def _inside(value, place=()):
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*place, key)
        if isinstance(inner, dict | list):
            yield from _inside(inner, (*place, key))


ODD = [True, -1, 10**30, 1.5, float("nan"), "", "x", [], [1], ["a"], {}, {"x": 1}, datetime.time(1)]


@pytest.mark.parametrize("name", ["village", "harbour", "city", "cell", "market", "lantern"])
def test_no_odd_value_anywhere_escapes_the_checks(name, monkeypatch, tmp_path):
    text = (scenario.FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    now, real, refused = {}, scenario._toml, 0
    monkeypatch.setattr(
        scenario, "_toml", lambda path: now["data"] if path.parent == tmp_path else real(path)
    )
    for place in _inside(tomllib.loads(text)):
        for odd in ODD:
            now["data"] = inner = tomllib.loads(text)
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = odd
            try:
                scenario.read(tmp_path / "my.toml")
            except WorldError as error:
                assert str(error).startswith("my.toml: ") and "\n" not in str(error)
                refused += 1
    assert refused > 20


def test_a_file_may_begin_with_a_mark_and_end_its_lines_as_windows_does(tmp_path):
    path = tmp_path / "my.toml"
    path.write_bytes(b"\xef\xbb\xbf" + VILLAGE.replace("\n", "\r\n").encode())
    assert scenario.read(path) == scenario.load("village")


def test_extending_in_a_circle_is_refused(tmp_path, monkeypatch):
    for one, other in (("left", "right"), ("right", "left")):
        (tmp_path / f"{one}.toml").write_text(f'extends = "{other}"\n')
    monkeypatch.setattr(scenario, "FOLDER", tmp_path)
    with pytest.raises(
        WorldError, match=r"^left\.toml: extends goes in a circle: right → left → r"
    ):
        scenario.load("left")


OWN = 'extends = "village"\n[world]\ntitle = "A town of my own"\nposts_per_account = 3\n'


def test_a_file_of_your_own_makes_a_world_under_its_own_name(tmp_path):
    path = tmp_path / "my_town.toml"
    path.write_text(OWN, encoding="utf-8")
    own, village = generate(str(path), 1), generate("village", 1)
    assert (own.meta["scenario"], own.meta["title"]) == ("my_town", "A town of my own")
    # It changes nothing but the number of posts, so the people are those of the village.
    assert own.tables["accounts"]["handle"].equals(village.tables["accounts"]["handle"])
    assert len(own.tables["posts"]) < len(village.tables["posts"])
    assert own.write(tmp_path / "w") and World.read(tmp_path / "w").meta == own.meta


@pytest.mark.parametrize(
    ("file", "data", "sentence"),
    [
        ("village.toml", OWN.encode(), r"^village\.toml: the course has a scenario of this name"),
        ("My Town.toml", OWN.encode(), r"^My Town\.toml: call the file with small letters"),
        ("town.toml", OWN.encode("utf-16"), r"^town\.toml: is not UTF-8 text"),
        ("town.toml", None, r"^the scenario file .*town\.toml cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_a_scenario_is_named(tmp_path, file, data, sentence):
    if data is not None:
        (tmp_path / file).write_bytes(data)
    with pytest.raises(WorldError, match=sentence):
        generate(str(tmp_path / file), 1)


CLUB = '[[clubs]]\nname = "Rowers"\nplatform = "Convivara"\ntopic = "music"\nsize = 9\n'
CLUB += 'admission = "open"\n'


@pytest.mark.parametrize(
    ("base", "more", "sentence"),
    [
        ("clan", CLUB, r"^my\.toml: clubs stand in a world without an organisation or a network"),
        ("city", CLUB, r"^my\.toml: clubs stand in a world without an organisation or a network"),
        ("clan", '[[populations]]\npopulation = "BG"\nrole = "fan"\nsize = 9\n', "needs an org"),
    ],
)
def test_what_would_be_left_out_is_refused(tmp_path, base, more, sentence):
    (tmp_path / "my.toml").write_text(f'extends = "{base}"\n{more}', encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(tmp_path / "my.toml")


def test_smallest_harbour_and_village_can_be_made():
    assert len(generate("harbour", 1, 1539).tables["accounts"]) == 1539
    assert len(generate("village", 1, 188).tables["accounts"]) == 188
