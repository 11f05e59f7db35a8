"""Every world is sound, the same twice, and speaks of nobody real."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from world_helpers import HARBOUR, VILLAGE, digests, world

import synthetic_data
from synthetic_data import pool_builder, pools, scenario, schema
from synthetic_data.generate import from_settings

# Frozen on purpose: a change here means that every world of every course changes.
GOLDEN = {
    VILLAGE: {
        "accounts": "9d3a19936c2b169258072b252f2acb6d3ad685aebbf9f519eb65ceab08be4035",
        "posts": "27e098dae34712966e16ab933eace88051d6e5571d9814ba449a1efcf464441f",
        "ties": "f3565f47f592bd88a777c57117d1e20cab3eefe2c4295a762de29d74e63003fd",
        "groups": "abcae4c012d89f096226a6897cb44a106ff517e1abc04d36c1382ded67c18cd3",
        "scope": "f0dcfc772ee21f6811defb8993701cc485dea0a217e9aeafb09ea36aff9d5efa",
        "subjects": "f0dcfc772ee21f6811defb8993701cc485dea0a217e9aeafb09ea36aff9d5efa",
        "people": "3fc9fde8336bda0c2033f307e3aa4f9d230a77e101a7756534612cc472f147b0",
        "facts": "03e8db964039b319a8a47cd42429bd653759ee2a6c0a923704787de3b8f4ba0a",
    },
    ("harbour", 2, 1600): {
        "accounts": "3b0f7f13abc7d6a131178346d9b41ba5d9e6df5ddb1fdfc1237d5a4ac45214ad",
        "posts": "01d9a781774c2879c888540d10368ea856896be9ec90f0f97461d5f1fe8b0b06",
        "ties": "5074d13cf65dee4a3614c70bb9dd3cb8257df386af71d9e923d4e2f735306cfc",
        "groups": "000e9a6c88841d4c9e90337636b965b18ea114f90f751c5751cd67e4d0e5f8ae",
        "scope": "28d67a18700252edcaad369fdcb9f92802b481bb55e803e6ebae3e1550f8425e",
        "subjects": "6bd4e2752473aedbcd3deb5ae4193347763fbbeb9317a1690dc87057fe7f3789",
        "people": "fdc7be74dcd0836eb4ad1bf44dd8cadd5e97e35d169c29dfcdf8723e1cd59373",
        "facts": "0a60a9167d8cbf446c93d1555ec0e5d4d357c06842a778f4fe1d28c6aebcb376",
    },
}
WORLDS = pytest.mark.parametrize("which", [VILLAGE, HARBOUR], ids=["village", "harbour"])


@pytest.mark.parametrize("which", GOLDEN, ids=lambda which: which[0])
def test_golden_hashes(which):
    assert digests(world(*which)) == GOLDEN[which]


def test_same_bytes_in_other_processes():
    features = " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
    code = (
        "import json, synthetic_data as s, world_helpers as h;"
        "print(json.dumps(h.digests(s.generate('harbour', 2, 1600))))"
    )
    found = []
    for change in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "7"}):
        env = os.environ | change | {"PYTHONPATH": os.pathsep.join(sys.path)}
        if change["PYTHONHASHSEED"] == "7" and features:
            env["NPY_DISABLE_CPU_FEATURES"] = features
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout))
    assert found[0] == found[1] == digests(world("harbour", 2, 1600))


def test_another_seed_is_another_world():
    one, two = digests(world("village", 1, 240)), digests(synthetic_data.generate("village", 2))
    assert not {one[name] for name in ("accounts", "posts", "ties")} & set(two.values())


@WORLDS
def test_tables_have_the_columns_and_types_of_the_schema(which):
    made = world(*which)
    for tables, data in ((schema.TABLES, made.tables), (schema.TRUTH, made.truth)):
        assert list(data) == [table.name for table in tables] or set(data) == {
            table.name for table in tables
        }
        for table in tables:
            frame = data[table.name]
            assert list(frame.columns) == table.names
            for column in table.columns:
                where = f"{table.name}.{column.name}"
                assert str(frame[column.name].dtype) == schema.DTYPES[column.kind], where
                assert column.missing or frame[column.name].notna().all(), where
                if column.enum:
                    assert set(frame[column.name]) <= set(column.enum), where
            assert frame[table.key].is_unique


@WORLDS
def test_ids_point_to_rows_that_exist(which):
    tables = world(*which).tables
    for table in schema.TABLES:
        for column, (other, key) in table.links.items():
            used = tables[table.name][column].dropna()
            assert used.isin(tables[other][key]).all(), f"{table.name}.{column}"
    ties = tables["ties"]
    joins = ties["kind"] == "join"
    assert ties.loc[joins, "target"].isin(tables["groups"]["group_id"]).all()
    assert ties.loc[~joins, "target"].isin(tables["accounts"]["account_id"]).all()
    assert (ties["source"] != ties["target"]).all()
    truth = world(*which).truth
    assert truth["people"]["account_id"].tolist() == tables["accounts"]["account_id"].tolist()
    for fact in truth["facts"].itertuples():
        rows = tables[fact.table]
        key = schema.BY_NAME[fact.table].key
        assert pd.Series(fact.rows.split(" ")).isin(rows[key]).all(), fact.statement


@WORLDS
def test_time_runs_forward(which):
    tables = world(*which).tables
    posts = tables["posts"].set_index("post_id")
    first, last = pd.Timestamp("2031-03-01", tz="UTC"), pd.Timestamp("2031-03-29", tz="UTC")
    assert posts["time"].is_monotonic_increasing
    assert posts["time"].between(first, last, inclusive="left").all()
    for column in ("reply_to", "repost_of"):
        linked = posts[posts[column].notna()]
        assert (linked["time"].array > posts.loc[linked[column], "time"].array).all()
    created = tables["accounts"].set_index("account_id")["created"]
    assert (posts["time"].array > created[posts["account_id"]].array).all()
    ties = tables["ties"]
    assert ties["time"].is_monotonic_increasing and (ties["time"] < last).all()
    assert (ties["time"].array >= created[ties["source"]].array).all()


@WORLDS
def test_ties_agree_with_posts(which):
    tables = world(*which).tables
    posts = tables["posts"].set_index("post_id")
    handle = tables["accounts"].set_index("account_id")["handle"]
    talk = tables["ties"][tables["ties"]["kind"].isin(["mention", "reply", "repost"])]
    assert talk["post_id"].is_unique
    carrier = posts.loc[talk["post_id"]]
    assert (carrier["account_id"].array == talk["source"].array).all()
    assert (carrier["time"].array == talk["time"].array).all()
    for kind, column in (("reply", "reply_to"), ("repost", "repost_of")):
        some = talk[talk["kind"] == kind]
        parent = posts.loc[some["post_id"], column]
        assert parent.notna().all()
        assert (posts.loc[parent, "account_id"].array == some["target"].array).all()
        assert posts[column].notna().sum() == len(some)
    mentions = talk[talk["kind"] == "mention"]
    texts = posts.loc[mentions["post_id"], "text"]
    named = handle[mentions["target"]]
    assert all(f"@{name}" in text for name, text in zip(named, texts, strict=True))
    others = tables["ties"][tables["ties"]["kind"].isin(["follow", "join"])]
    assert others["post_id"].isna().all()
    assert not others.duplicated(["kind", "source", "target"]).any()


@WORLDS
def test_nobody_answers_or_repeats_what_he_cannot_see(which):
    tables = world(*which).tables
    posts = tables["posts"].set_index("post_id")
    follows = tables["ties"][tables["ties"]["kind"] == "follow"]
    follows = set(zip(follows["source"], follows["target"], strict=True))
    reposted = posts["repost_of"].dropna()
    assert posts.loc[reposted, "tier"].isin(["public", "registered"]).all()
    answers = posts[posts["reply_to"].notna()]
    parents = posts.loc[answers["reply_to"]]
    assert (parents["tier"] != "private").all()
    for one, two, tier in zip(
        answers["account_id"], parents["account_id"], parents["tier"], strict=True
    ):
        assert tier != "friends" or (one, two) in follows


@WORLDS
def test_tier_is_that_of_the_account_unless_it_moved(which):
    tables = world(*which).tables
    posts = tables["posts"].merge(tables["accounts"][["account_id", "visibility", "platform"]])
    assert len(posts) == len(tables["posts"])  # platforms agree, too
    other = posts[posts["tier"] != posts["visibility"]]
    assert (other["tier"] == "public").all() and (other["visibility"] == "friends").all()
    last_public = posts[posts["tier"] == "public"].groupby("account_id")["time"].max()
    first_closed = posts[posts["tier"] == "friends"].groupby("account_id")["time"].min()
    both = last_public.index.intersection(first_closed.index)
    assert (last_public[both] < first_closed[both]).all()


@WORLDS
def test_hashtags_stand_in_the_text(which):
    posts = world(*which).tables["posts"]
    posts = posts[posts["repost_of"].isna()]
    assert posts["text"].str.len().between(1, 280).all()
    for tags, text in zip(posts["hashtags"], posts["text"], strict=True):
        assert re.findall(r"#\w+", text) == tags.split()


@WORLDS
def test_only_reserved_addresses_and_invented_numbers(which):
    tables = world(*which).tables
    text = "\n".join(
        [
            *tables["posts"]["text"],
            *tables["accounts"]["bio"],
            *tables["accounts"]["display_name"],
            *tables["groups"]["name"],
        ]
    )
    assert not re.search(r"https?:|www\.", text)
    for domain in re.findall(r"\w@([\w.-]+)", text):  # a mail address, not a mention
        assert domain.rstrip(".").endswith(".example"), domain
    bare = re.sub(r"@[\w.]+", "", text)
    for name in re.findall(r"[\w-]+(?:\.[\w-]+)+", bare):
        assert name.endswith(".example"), name
    for number in re.findall(r"\+?\d[\d ]{5,}\d", text):
        assert re.fullmatch(r"\+099 0\d\d \d{4}", number), number
    assert tables["accounts"]["synthetic"].all()


@WORLDS
def test_no_handle_reads_like_a_web_address(which):
    handles = world(*which).tables["accounts"]["handle"]
    assert handles.is_unique
    assert handles.str.fullmatch(r"[a-z0-9_.]+").all()
    assert not handles.str.contains(r"\.(?:com|org|net|info|io|es|uk|eu|me|tv)\d*$").any()


def test_pools_match_their_manifest_and_the_builder():
    manifest = pools.check()
    built = pool_builder.build()
    assert manifest["faker"] == pool_builder.VERSION
    for name, content in built.items():
        assert (pools.FOLDER / name).read_bytes() == content, name


def test_changed_pool_is_refused(monkeypatch, tmp_path):
    for name in ("names.csv", "words.csv", "tables.json", "manifest.json"):
        (tmp_path / name).write_bytes((pools.FOLDER / name).read_bytes())
    monkeypatch.setattr(pools, "FOLDER", tmp_path)
    pools.check()
    (tmp_path / "words.csv").write_text("kind,value\n")
    with pytest.raises(synthetic_data.WorldError, match=r"pools/words\.csv differs"):
        pools.check()


def test_removing_the_organisation_leaves_the_others_as_they_were():
    settings = scenario.load("harbour")
    full = world(*HARBOUR)
    del settings["organisation"]
    bare = from_settings("harbour", settings, 1, 2000)
    people = full.truth["people"]
    cast = people[~people["role"].isin(["resident", "young contact", "automated account"])][
        "account_id"
    ]
    assert 220 < len(cast) < 240
    accounts = [
        one.tables["accounts"][~one.tables["accounts"]["account_id"].isin(cast)]
        for one in (full, bare)
    ]
    pd.testing.assert_frame_equal(*accounts)
    # Posts keep their ids. What is left out is short: it touches the ferry service or two subjects.
    before, after = (one.tables["posts"].set_index("post_id") for one in (bare, full))
    gone = before.index.difference(after.index)
    assert len(gone) < len(before) // 100
    # Who posts a medical fact is drawn among accounts outside the scope: a declared difference.
    medical = [
        name
        for one in (full, bare)
        for name in one.truth["facts"]
        .query("statement.str.contains('medical')")["rows"]
        .item()
        .split()
    ]
    kept = before.index.intersection(after.index).difference(medical)
    columns = ["account_id", "time", "tier", "language", "reply_to", "repost_of", "likes"]
    pd.testing.assert_frame_equal(before.loc[kept, columns], after.loc[kept, columns])
    pairs = [
        set(zip(f["source"], f["target"], strict=True))
        for one in (bare, full)
        for f in [one.tables["ties"].query("kind == 'follow'")]
    ]
    assert len(pairs[0] - pairs[1]) < 100


def test_shares_are_near_their_targets():
    posts = pd.concat([world("harbour", seed, 20000).tables["posts"] for seed in (1, 2, 3)])
    share = posts["tier"].value_counts(normalize=True)
    for tier, target in (("public", 0.62), ("registered", 0.14), ("friends", 0.18)):
        assert abs(share[tier] - target) < 0.04, tier
    assert abs(share["private"] - 0.06) < 0.025
    by_platform = pd.crosstab(posts["platform"], posts["tier"], normalize="index")
    assert by_platform.loc["Susurrel", ["friends", "private"]].sum() > 0.6
    assert by_platform.loc["Tikkeron", "public"] > 0.7
    counts = world("harbour", 1, 20000).tables["posts"].groupby("account_id").size()
    counts = np.sort(counts)[::-1]
    assert 0.6 < counts[:2000].sum() / counts.sum() < 0.85
    hours = posts["time"].dt.hour.value_counts()
    assert 4 < hours.max() / hours.min() < 12 and hours.idxmin() in (3, 4, 5)


def test_no_ordinary_account_has_too_many_followers():
    made = world("harbour", 1, 20000)
    follows = made.tables["ties"].query("kind == 'follow'")
    people = made.truth["people"].set_index("account_id")["role"]
    count = follows["target"].value_counts()
    assert count[people[count.index] != "ferry service"].max() <= 0.03 * 20000
    assert 7 < len(follows) / 20000 < 11
