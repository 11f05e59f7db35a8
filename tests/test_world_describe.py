"""What a world holds is said from its schema; the dictionary and the sample are up to date."""

from pathlib import Path

import pytest
from world_helpers import HARBOUR, VILLAGE, world

from socmint.__main__ import main
from synthetic_data import World, describe, scenario, schema

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "synthetic_data" / "sample"


def test_dictionary_is_up_to_date():
    written = (ROOT / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert written == describe.dictionary(), "run `socmint world dictionary` and commit the file"


def test_dictionary_has_a_row_for_each_column_and_a_reason_for_each_table():
    text = describe.dictionary()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    tables = schema.TABLES + schema.EXTRAS + schema.TRUTH + schema.TRUTH_EXTRAS
    assert len(rows) == sum(len(table.columns) for table in tables)
    assert all(table.description in text for table in tables)
    assert "| `reply_to` | text | Post that is answered; may be empty; → posts.post_id |" in rows
    assert text.index("## What is so") < text.index("### truth/people.csv")


def test_dictionary_command_writes_the_file(tmp_path, monkeypatch, capsys):
    module = tmp_path / "socmint" / "world_commands.py"
    monkeypatch.setattr("socmint.world_commands.__file__", str(module))
    assert main(["world", "dictionary"]) == 0
    assert capsys.readouterr().out == "data_dictionary.md is written\n"
    written = (tmp_path / "docs" / "data_dictionary.md").read_bytes()
    assert written == describe.dictionary().encode()


def test_scenarios_are_described_without_naming_an_account(capsys):
    assert main(["world", "describe"]) == 0
    text = capsys.readouterr().out
    for name in scenario.names():
        assert f"{name}: {scenario.load(name)['world']['title']}\n" in text
    harbour = describe.scenario("harbour")
    assert "an organised group of the type cell" in harbour
    assert "a lawful protest (120 accounts)" in harbour  # 3 organisers and 117 protesters
    assert "Tikkeron 52 %, Ombrisol 18 %" in harbour


def test_world_is_described_with_rows_columns_and_tiers():
    made = world(*HARBOUR)
    text = describe.world(made)
    assert text.startswith(
        f"{made.meta['title']} (scenario harbour, seed 1, 2,000 accounts, 28 days"
    )
    for name, table in made.tables.items():
        assert f"\n  {name}: {len(table):,} rows. " in text
        assert all(f"    {column} " in text for column in table.columns)
    public = (made.tables["posts"]["tier"] == "public").sum()
    (line,) = (line for line in text.splitlines() if line.startswith("  public "))
    assert line.split() == ["public", f"{public:,}", f"{public / len(made.tables['posts']):.1%}"]


def test_truth_is_told_only_when_asked_for():
    made = world(*HARBOUR)
    facts = made.truth["facts"]["statement"]
    assert not any(fact in describe.world(made) for fact in facts)
    assert "HL" not in describe.world(made)
    told = describe.world(made, truth=True)
    assert all(fact in told for fact in facts)
    members = (made.truth["people"]["population"] == "HL").sum()
    assert f"  - {members} accounts of the population HL\n" in told
    bare = World(made.meta, made.tables, None)
    assert describe.world(bare, truth=True).endswith("\nTruth: this folder came without it.\n")


def test_folder_is_described_by_the_command(tmp_path, capsys):
    folder = world(*VILLAGE).write(tmp_path / "w", truth=False)
    assert main(["world", "describe", str(folder)]) == 0
    assert capsys.readouterr().out == describe.world(World.read(folder))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "nowhere is not a world folder: it has no datapackage.json"),
        (["--scenario", "harbor"], "scenario 'harbor' does not exist; there are: "),
        (["--truth"], "--truth needs a world folder: socmint world describe FOLDER --truth"),
    ],
)
def test_describe_names_the_fault(words, sentence, capsys):
    assert main(["world", "describe", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"error: {sentence}") and captured.err.count("\n") == 1
    assert captured.out == ""


def test_sample_is_what_its_command_makes(tmp_path, capsys):
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    (command,) = (line for line in readme.splitlines() if line.startswith("socmint world new"))
    words = command.split()[1:]
    assert words[-2:] == ["--out", "synthetic_data/sample"]
    assert main([*words[:-1], str(tmp_path / "sample")]) == 0
    files = sorted(path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file())
    made = [path for path in files if path != Path("README.md")]
    found = (tmp_path / "sample").rglob("*")
    assert made == sorted(path.relative_to(tmp_path / "sample") for path in found if path.is_file())
    for path in made:
        same = (SAMPLE / path).read_bytes() == (tmp_path / "sample" / path).read_bytes()
        assert same, f"{path}: run the command of synthetic_data/sample/README.md again"


def test_sample_stays_small_and_opens():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 600_000
    assert World.read(SAMPLE).truth is not None
