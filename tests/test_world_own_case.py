"""The page docs/worlds.md leads from a scenario file to a case that learners open."""

import re
from pathlib import Path

import pytest

from socmint import open_case, open_lab
from synthetic_data import World, WorldError, describe, generate, scenario

PAGE = (Path(__file__).parent.parent / "docs" / "worlds.md").read_text(encoding="utf-8")
SEED = 82644713


def test_the_file_of_the_page_is_a_case_without_seed_for_learners(tmp_path, monkeypatch):
    file, rumour = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "night.toml").write_text(rumour, encoding="utf-8")
    line = "  - one more rumour: The lighthouse is for sale (it is false)\n"
    assert line in describe.scenario(str(tmp_path / "night.toml"))
    (tmp_path / "night_shift.toml").write_text(file, encoding="utf-8")
    world = generate(str(tmp_path / "night_shift.toml"), SEED)
    known = [world.meta[f"baseline_{name}"] for name in ("precision", "auc", "louvain_f1")]
    said = "precision {:.2f}, area under the curve {:.2f}, best community F1 {:.2f}\n"
    assert f"\nby structure alone: {said.format(*known)}" in PAGE
    (line,) = (line for line in PAGE.splitlines() if line.endswith('write("for-class/world")'))
    monkeypatch.chdir(tmp_path)
    exec(line, {"World": World, "world": world})
    files = [path.read_text(encoding="utf-8") for path in Path("for-class").rglob("*.*")]
    assert files and not any(str(SEED) in text for text in files)
    assert not list(Path("for-class").rglob("truth"))
    monkeypatch.chdir(tmp_path / "for-class")
    case = open_case("behind_the_world")
    assert case.subjects.equals(world.tables["subjects"])
    assert case.posts["time"].min().year == 2032


def test_a_lab_stands_on_a_case_that_extends_the_harbour(tmp_path, monkeypatch):
    (tmp_path / "my_harbour.toml").write_text(
        'extends = "harbour"\n[world]\naccounts = 2000\n[organisation]\ncells = [9, 8, 7, 6]\n'
        "[scope]\naccounts = 450\n",
        encoding="utf-8",
    )
    world = generate(str(tmp_path / "my_harbour.toml"), 5)
    people = world.truth["people"]
    assert people["cell"].value_counts().reindex([f"cell {n}" for n in (1, 2, 3, 4)]).tolist() == [
        9, 8, 7, 6
    ]  # fmt: skip
    World(world.meta | {"seed": 0}, world.tables, None).write(tmp_path / "for-class" / "world")
    monkeypatch.chdir(tmp_path / "for-class")
    case, check = open_lab("networks")
    # Without the truth, a check cannot say what is right.
    assert check.q6([case.subjects["account_id"][0]]).outcome == "recorded"


@pytest.mark.parametrize(("kind", "least", "most"), [("hub", 20, 60), ("clan", 20, 150)])
def test_sizes_of_the_page_are_those_that_can_be_made(tmp_path, kind, least, most):
    assert "20 to 150, a hub 20 to 60" in PAGE
    path = tmp_path / "mine.toml"
    for size, fits in ((least - 1, False), (least, True), (most, True), (most + 1, False)):
        path.write_text(f'extends = "{kind}"\n[network]\nsize = {size}\nscope = 400\n', "utf-8")
        if fits:
            assert scenario.read(path)["network"]["size"] == size
        else:
            with pytest.raises(WorldError, match=rf"{kind} has {least} to {most} people"):
                scenario.read(path)


RUMOUR = """extends = "city"
[world]
accounts = 1600
[[city.rumours]]
text = "The lighthouse is for sale"
true = false
source = "good"
en = ["they are selling the lighthouse", "is the lighthouse really for sale?"]
es = ["venden el faro del muelle", "¿de verdad venden el faro?"]
spot = ["asked the keeper: nothing is for sale", "dice el farero que no se vende nada"]
"""


def test_a_rumour_of_your_own_goes_round_beside_the_others(tmp_path):
    (tmp_path / "mine.toml").write_text(RUMOUR, encoding="utf-8")
    mine, city = generate(str(tmp_path / "mine.toml"), 3), generate("city", 3, 1600)
    assert mine.tables["claims"]["text"].tolist()[8:] == ["The lighthouse is for sale"]
    posts = mine.tables["posts"]
    words = "selling the lighthouse|really for sale|venden el faro"
    said = posts[posts["text"].str.contains(words)].sort_values("time")
    rumour = mine.truth["rumours"].iloc[8]
    assert not rumour["true"] and said["post_id"].iloc[0] == rumour["origin"]
    source = mine.tables["records"].set_index("account_id").loc[said["account_id"].iloc[0]]
    assert source["right"] / source["checked"] > 0.9  # a good source was wrong this time
    shared = posts["repost_of"].value_counts()
    assert shared[rumour["most_shared"]] > shared.get(rumour["origin"], 0)
    seen = posts["text"].isin(["asked the keeper: nothing is for sale"])
    seen |= posts["text"].isin(["dice el farero que no se vende nada"])
    assert seen.sum() == 2
    # The other posts and claims are those of the city.
    assert city.tables["posts"]["post_id"].isin(posts["post_id"]).all()
    assert city.truth["rumours"].equals(mine.truth["rumours"].iloc[:8])
    facts = mine.truth["facts"].set_index("statement")["rows"]
    assert rumour["origin"] in facts["Each of 9 claims has one first post"].split()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("true = false", 'true = "no"', r"city\.rumours 1: true must be true or false"),
        ('"good"', '"best"', r"city\.rumours 1: source must be one of bad, fair, good, not 'best'"),
        ('es = ["venden el faro del muelle", ', "es = [", r"1: es must hold 2 to 20 posts"),
        ('", "dice el farero', " dice", r"1: spot must hold two posts, English and Spanish"),
        ("they are selling", "@ana sells", r"'@ana sells the lighthouse' must be a text of 1"),
        ("they are selling", "http://x.example", r"without @, # and web addresses"),
        ("[[city.rumours]]", "[city.rumours]", r"city\.rumours must be a list"),
    ],
)
def test_a_slip_in_a_rumour_is_named(tmp_path, old, new, sentence):
    assert old in RUMOUR
    (tmp_path / "mine.toml").write_text(RUMOUR.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(tmp_path / "mine.toml")
