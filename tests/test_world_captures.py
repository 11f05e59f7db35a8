"""The evidence bag: what was planted shows to a sound method, and escapes a careless one."""

import hashlib
import json

import pandas as pd
import pytest
from world_helpers import world

from socmint.chain import first_break
from synthetic_data import WorldError, scenario

BAGS = [("sealed_bag", seed, 2000) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", BAGS, ids=lambda w: f"{w[1]}")
HOUR = pd.Timedelta(hours=1)
CHANGE = pd.Timestamp("2031-03-16T04:00Z")  # 02:00 in Meridia, on day 16


def tables(which):
    return world(*which).tables


def truth(which, name):
    return world(*which).truth[name]


def fact(which, statement):
    facts = truth(which, "facts")
    return facts[facts["statement"].str.startswith(statement)]["rows"].item().split()


def hashed(texts):
    return [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def altered(which, kind):
    bag = truth(which, "bag")
    return bag.loc[bag["altered"] == kind, "capture_id"].tolist()


def log(which):
    """The lines of the log as they were sealed: without their number."""
    return tables(which)["custody_log"].drop(columns="line").to_dict("records")


# The society is that of the harbour.


@SEEDS
def test_the_society_is_that_of_the_harbour(which):
    harbour = world("harbour", *which[1:]).tables
    for name in ("accounts", "posts", "ties", "subjects"):
        pd.testing.assert_frame_equal(tables(which)[name], harbour[name])


def test_worlds_differ_in_what_must_be_found():
    for name in ("bag", "page_changes", "supported", "disposals"):
        one, two = (truth(which, name) for which in BAGS[:2])
        assert not one.equals(two), name
    breaks = {first_break(log(which)) for which in BAGS}
    assert len(breaks) > 1


# One change in a page, one in metadata.


@SEEDS
def test_hashes_of_both_files_find_both_changes(which):
    captures = tables(which)["captures"]
    for name in ("page", "metadata"):
        wrong = captures.loc[hashed(captures[name]) != captures[f"{name}_sha256"], "capture_id"]
        assert wrong.tolist() == altered(which, name) and len(wrong) == 1
    assert altered(which, "page") != altered(which, "metadata")
    assert fact(which, "A page file was changed") == altered(which, "page")
    assert fact(which, "Metadata were changed") == altered(which, "metadata")


@SEEDS
def test_neither_reading_nor_pages_alone_find_both_changes(which):
    captures = tables(which)["captures"].set_index("capture_id")
    # The altered page is well formed: every line is a field, and its posts are those of the owner.
    page = captures.loc[altered(which, "page")[0]]
    lines = [line.split(": ", 1) for line in page["page"].splitlines()]
    assert all(len(line) == 2 for line in lines)
    posts = tables(which)["posts"].set_index("post_id")
    for field, words in lines:
        if field.startswith("post "):
            assert posts.loc[field.split()[1], "text"] == words
    # Altered metadata agree with the columns of the table.
    note = json.loads(captures.loc[altered(which, "metadata")[0], "metadata"])
    kept = captures.loc[altered(which, "metadata")[0]]
    assert all(note[name] == kept[name] for name in ("machine", "clock", "zone"))
    # Whoever hashes pages only finds one of two; whoever strips or re-codes them finds too many.
    for careless in (str.strip, lambda text: text.replace("\n", "\r\n")):
        wrong = hashed(map(careless, captures["page"])) != captures["page_sha256"]
        assert wrong.sum() == 12


# Two lines of the log changed places, and an honest one was written late.


@SEEDS
def test_the_chain_names_the_swapped_lines(which):
    records = log(which)
    at = first_break(records)
    assert [record["sha256"] for record in records[at : at + 2]] == fact(which, "Two lines")
    records[at : at + 2] = records[at : at + 2][::-1]
    assert first_break(records) is None


@SEEDS
def test_own_hashes_and_times_do_not_name_the_swapped_lines(which):
    records = log(which)
    for record in records:
        body = {name: value for name, value in record.items() if name != "sha256"}
        line = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(line.encode()).hexdigest() == record["sha256"]
    happened = [record["happened"] for record in records]
    late = next(place for place in range(1, 99) if happened[place] < happened[place - 1])
    assert [records[late]["sha256"]] == fact(which, "One line of the log was honestly")
    assert late < first_break(records) and records[late]["note"].endswith("written late")


# One page, captured three times.


def read(page):
    return pd.Series(dict(line.split(": ", 1) for line in page.splitlines()))


def three(which):
    """The three captures of one page, side by side, from the first to the last."""
    captures = tables(which)["captures"]
    some = captures[captures["account_id"].duplicated(keep=False)].sort_values("clock")
    assert len(some) == 3 and set(some["zone"]) == {"UTC"}
    assert set(some["capture_id"]) == set(fact(which, "One page was captured"))
    return pd.concat(map(read, some["page"]), axis=1, keys=["first", "second", "third"])


@SEEDS
def test_side_by_side_the_changes_of_the_page_show(which):
    pages = three(which)
    changed = pages[pages.nunique(axis=1, dropna=False) > 1]
    expected = truth(which, "page_changes").set_index("field")
    pd.testing.assert_frame_equal(
        changed.sort_index(), expected.sort_index(), check_names=False, check_dtype=False
    )
    posts = expected.drop("bio")
    assert posts["second"].isna().any() and posts["first"].isna().any()
    edited = posts[posts["first"].notna() & posts["third"].notna()]
    assert (edited["third"] == edited["first"] + " · 22:00").any()


@SEEDS
def test_first_and_last_alone_hide_what_came_back(which):
    pages = three(which)
    assert pages.loc["bio", "first"] == pages.loc["bio", "third"] != pages.loc["bio", "second"]
    everywhere = pages.dropna()
    some = everywhere[everywhere.nunique(axis=1) > 1]
    assert 0 < len(some) < len(truth(which, "page_changes"))


# Mixed clocks, and one that missed the change.


def ordered(which, time):
    return tables(which)["captures"].assign(time=time).sort_values("time")["capture_id"].tolist()


def clock(which):
    return pd.to_datetime(tables(which)["captures"]["clock"], utc=True)


@SEEDS
def test_checked_clocks_give_the_true_order(which):
    checks = tables(which)["clock_checks"].copy()
    checks["off"] = pd.to_datetime(checks["clock"], utc=True) - checks["time"]
    offset = {(row.machine, row.time > CHANGE): row.off for row in checks.itertuples(index=False)}
    machines, shown = tables(which)["captures"]["machine"], clock(which)
    true = [
        time - offset[machine, time > CHANGE] for machine, time in zip(machines, shown, strict=True)
    ]
    bag = truth(which, "bag").sort_values("time")
    assert ordered(which, true) == bag["capture_id"].tolist()
    assert sorted(true) == bag["time"].tolist()
    assert [*fact(which, "One computer missed")] == [checks["check_id"].iloc[-1]]
    assert offset["desk-3", True] == -2 * HOUR != offset["desk-1", True]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_log_does_not_give_the_order_of_a_day(seed):
    which = ("sealed_bag", seed, 2000)
    bag = truth(which, "bag").sort_values("time")
    lines = tables(which)["custody_log"]
    filed = lines[lines["item"].str.startswith("cap-") & (lines["action"] != "copied")]
    assert len(filed) == 12 and set(filed["item"]) == set(bag["capture_id"])
    day = bag.set_index("capture_id")["time"].dt.date
    time = bag.set_index("capture_id")["time"]
    # The two lines that changed places may be two of these, so the log as it lies is one pair off.
    for shortcut, off in ((filed, 1), (filed.sort_values("happened"), 0)):
        order = shortcut["item"].tolist()
        pairs = [(a, b) for n, a in enumerate(order) for b in order[n + 1 :] if day[a] == day[b]]
        wrong = sum(time[a] > time[b] for a, b in pairs)
        # Filed by machine: 1 of 6 pairs of the first busy day, 5 of 10 of the second.
        assert abs(wrong - 6) <= off and len(pairs) == 16
    entered = pd.to_datetime(filed.set_index("item")["happened"])
    assert (entered > time[entered.index]).all()


@SEEDS
def test_raw_clocks_stated_zones_and_one_fixed_offset_give_a_wrong_order(which):
    right = truth(which, "bag").sort_values("time")["capture_id"].tolist()
    shown = clock(which)
    local = tables(which)["captures"]["zone"] == "Meridia"
    winter_time = local.astype(int) * 2 * HOUR
    summer = (local & (shown > CHANGE)).astype(int) * HOUR
    for careless in (
        shown,
        shown + winter_time,
        shown + winter_time - summer,
        shown.where(~local, shown + HOUR),
    ):
        assert ordered(which, careless) != right


# Statements.


@SEEDS
def test_hashes_support_some_of_eight_statements(which):
    said = tables(which)["statements"].merge(truth(which, "supported"), on="statement_id")
    assert len(said) == 8 and 3 <= said["supported"].sum() <= 5
    captures = tables(which)["captures"].set_index("capture_id")
    lines = pd.DataFrame(log(which))
    follows = lines["previous"] == lines["sha256"].shift(fill_value="0" * 64)
    for row in said.itertuples():
        words = row.text.rstrip(".").split()
        ids = [word for word in words if word.startswith("cap-")]
        holds = None
        for name in ("page", "metadata"):
            if row.text.startswith(f"The {name} file of"):
                kept = captures.loc[ids[0]]
                holds = hashed([kept[name]])[0] == kept[f"{name}_sha256"]
                holds = holds if "byte for byte" in row.text else not holds
        if "different page files" in row.text:
            holds = captures.loc[ids, "page_sha256"].nunique() == 2
        if row.text.startswith("Line "):
            holds = not follows[int(words[1]) - 1]
        assert bool(holds) == row.supported, row.text


@SEEDS
def test_whoever_believes_every_statement_on_hashes_is_wrong(which):
    said = tables(which)["statements"].merge(truth(which, "supported"), on="statement_id")
    named = said["text"].str.contains("file")
    assert not named.equals(said["supported"])
    assert not said.loc[~said["text"].str.contains("file|Line"), "supported"].any()
    # One and the same altered page is told of rightly and wrongly: only computing tells.
    (page,) = altered(which, "page")
    about = said[said["text"].str.startswith(f"The page file of {page}")]
    assert sorted(about["supported"]) == [False, True]
    assert said["text"].str.startswith("Line ").sum() == 1
    assert said["text"].str.contains("wrote the posts|says is true|was written at").any()


# Retention.


def gone(which):
    fate = truth(which, "disposals")
    return set(fate.loc[fate["delete"], "item_id"])


@SEEDS
def test_the_rule_deletes_five_copies_and_the_medical_post_with_its_working_copy(which):
    held = tables(which)["holdings"]
    needed = held["reason"].isin(["R1", "R2", "R3"]) | held["hold"].notna()
    assert set(held.loc[~needed, "item_id"]) == gone(which) and len(gone(which)) == 5
    health = set(fact(which, "A bystander's medical post"))
    assert health <= gone(which)
    ours = held[held["item_id"].isin(health)]
    assert health == set(held.loc[held["content"] == "health", "item_id"])
    assert set(ours["copy"]) == {"evidence", "working"} and ours["capture_id"].nunique() == 1
    page = tables(which)["captures"].set_index("capture_id").loc[ours["capture_id"].iloc[0], "page"]
    medical = fact(which, "Public posts hold medical")
    assert any(f"post {post}" in page for post in medical)
    owner = tables(which)["captures"].set_index("capture_id")["account_id"]
    assert owner[ours["capture_id"].iloc[0]] not in set(tables(which)["subjects"]["account_id"])


@SEEDS
def test_bystanders_originals_or_free_items_alone_are_the_wrong_ones(which):
    held = tables(which)["holdings"]
    for careless in (
        held["shows"] == "bystander",
        held["copy"] == "working",
        held["hold"].isna(),
        ~held["reason"].isin(["R1", "R2", "R3"]),
        held["reason"].eq("just in case"),
    ):
        assert set(held.loc[careless, "item_id"]) != gone(which)
    original = held["copy"] == "evidence"
    assert gone(which) - set(held.loc[original, "item_id"])


# The pages of today.


@SEEDS
def test_five_pages_belong_to_the_tasking_and_four_to_bystanders(which):
    pages = tables(which)["pages"]
    named = pages["account_id"].isin(tables(which)["subjects"]["account_id"])
    assert len(pages) == 9 and named.sum() == 5
    accounts = tables(which)["accounts"].set_index("account_id").loc[pages["account_id"]]
    assert (accounts["visibility"] == "public").all()
    scope = tables(which)["scope"]["account_id"]
    assert not pages.loc[~named, "account_id"].isin(scope).any()
    for row in pages.itertuples():
        owner = accounts.loc[row.account_id]
        assert row.address == f"https://{owner.platform.lower()}.example/{owner.handle}"
        assert row.page.endswith("\n") and f"\nname: {owner.display_name}\n" in row.page


@SEEDS
def test_pages_hold_what_was_public_before_they_were_captured(which):
    posts = tables(which)["posts"].set_index("post_id")
    captures = tables(which)["captures"].merge(truth(which, "bag"), on="capture_id")
    for row in captures.itertuples():
        ids = [part.split()[1] for part in row.page.split("\n") if part.startswith("post ")]
        some = posts.loc[ids]
        assert (some["account_id"] == row.account_id).all() and (some["tier"] == "public").all()
        assert (some["time"] < row.time).all() and some["time"].is_monotonic_decreasing


# The section of the scenario.

TEXT = (scenario.FOLDER / "sealed_bag.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("summer_time_day = 16", "summer_time_day = 11", r"captures\.summer_time_day must be 12"),
        ("summer_time_day = 16", "summer_time_day = 19", r"captures\.summer_time_day must be 12"),
        ("summer_time_day", "summer_day", r"unknown key captures\.summer_day"),
        ('"harbour"', '"village"', r"section \[captures\] needs the section \[organisation\]"),
    ],
)
def test_each_slip_is_named(tmp_path, old, new, sentence):
    path = tmp_path / "my.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)


@pytest.mark.parametrize("day", [12, 18])
def test_the_first_and_the_last_day_of_the_change_work(tmp_path, day):
    from synthetic_data.generate import from_settings

    path = tmp_path / "my.toml"
    path.write_text(TEXT.replace("day = 16", f"day = {day}"), encoding="utf-8")
    made = from_settings("my", scenario.read(path), 5, 2000)
    times = made.truth["bag"]["time"]
    assert times.is_unique and times.max() < pd.Timestamp("2031-03-29T00:00Z")


def test_a_written_bag_reads_back_byte_for_byte(tmp_path):
    from synthetic_data import World

    made = world(*BAGS[0])
    made.write(tmp_path / "pack")
    again = World.read(tmp_path / "pack")
    for name in ("captures", "custody_log", "clock_checks", "statements", "holdings", "pages"):
        pd.testing.assert_frame_equal(again.tables[name], made.tables[name])
    for name in ("bag", "page_changes", "supported", "disposals"):
        pd.testing.assert_frame_equal(again.truth[name], made.truth[name])
