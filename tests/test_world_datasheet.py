"""The counts in DATASHEET.md are those of the worlds that it names."""

import re
from pathlib import Path

import pytest
from world_helpers import world

from synthetic_data import pools, scenario

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "DATASHEET.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\w+) \| (\d+) \| ([\d,]+) \| (.*) \|$", TEXT, re.MULTILINE)


def counted(tables) -> str:
    posts = tables["posts"]
    own = posts.loc[posts["repost_of"].isna(), "text"]
    counts = [f"{len(tables[name]):,}" for name in ("posts", "ties", "groups")]
    shares = [(posts["tier"] == "public").mean(), (posts["language"] == "es").mean()]
    return " | ".join([*counts, *(f"{share:.0%}" for share in [*shares, own.nunique() / len(own)])])


@pytest.mark.parametrize(("name", "seed", "accounts", "rest"), ROWS)
def test_counts_are_true(name, seed, accounts, rest):
    made = world(name, int(seed), int(accounts.replace(",", "")))
    assert f"{len(made.tables['accounts']):,}" == accounts
    assert rest == counted(made.tables)


def test_every_named_world_is_counted():
    assert [row[:2] for row in ROWS] == [("village", "1"), ("village", "2031"), ("harbour", "1")]


def test_dates_and_word_lists_are_those_of_the_program():
    assert f"Faker {pools.check()['faker']} " in TEXT
    for name in ("village", "harbour"):
        settings = scenario.load(name)["world"]
        start = settings["start"]
        assert f"{settings['days']} days from {start.day} {start:%B %Y}" in TEXT
    phones, domains = pools.words("phone"), pools.words("domain")
    assert all(phone.startswith("+099") for phone in phones)
    assert all(domain.endswith(".example") for domain in domains)
