"""The two pages: what belongs in the product, who may have it, and what comes out afterwards."""

import re

import pandas as pd
import pytest
from world_helpers import digests, world

from synthetic_data import WorldError, findings, scenario

WORLDS = [("two_pages", seed, 2000) for seed in (1, 2, 3)]
SEEDS = pytest.mark.parametrize("which", WORLDS, ids=lambda w: f"{w[1]}")
SENT = pd.Timestamp("2031-03-14", tz="UTC")


def tables(which):
    return world(*which).tables


def truth(which):
    return world(*which).truth


def both(which, name):
    """A table beside its truth."""
    shown, sealed = tables(which)[name], truth(which)[name]
    return shown.merge(sealed, on=shown.columns[0])


def items(which):
    """Ids of the items of each finding, one row each, with writer, tier and text where known."""
    made = tables(which)
    found = both(which, "findings").set_index("finding_id")["items"].str.split().explode()
    known = [
        made[name].rename(columns={key: "item", writer: "writer"})[
            ["item", "writer", "tier", "text"]
        ]
        for name, key, writer in (
            ("posts", "post_id", "account_id"),
            ("group_posts", "group_post_id", "account_id"),
            ("messages", "message_id", "sender"),
        )
    ]
    tagged = made["locations"].merge(made["posts"], on="post_id")
    tagged = tagged.rename(columns={"location_id": "item", "account_id": "writer"})
    known.append(tagged[["item", "writer", "tier", "text"]])
    return found.rename("item").reset_index().merge(pd.concat(known), on="item", how="left")


def belongs(which, value=True):
    found = truth(which)["findings"]
    return set(found.loc[found["belongs"] == value, "finding_id"])


def because(which, why):
    found = truth(which)["findings"]
    return set(found.loc[found["why"] == why, "finding_id"])


def role(which, *names):
    people = truth(which)["people"]
    return set(people.loc[people["role"].isin(names), "account_id"])


@SEEDS
def test_seven_of_twenty_stand_when_the_items_are_looked_up(which):
    made, rows = tables(which), items(which)
    left = made["findings"].set_index("finding_id")
    # Filed under a requirement; graded well enough.
    left = left[left["requirement_id"].notna() & (left["information_grade"] <= "C")]
    left = left[left["source_grade"] <= 2]
    # Nobody outside the authority, save who writes in the closed group of the case.
    scope = set(made["scope"]["account_id"])
    outside = rows["writer"].notna() & ~rows["writer"].isin(scope) & (rows["tier"] != "friends")
    left = left.drop(set(rows.loc[outside, "finding_id"]) & set(left.index))
    # No talk with a lawyer or a journalist, nothing about illness, no two items of one origin.
    safe = rows["item"].str.startswith("m-") | rows["item"].isin(truth(which)["sensitive"]["row"])
    left = left.drop(set(rows.loc[safe, "finding_id"]) & set(left.index))
    origin = made["tasking_items"].set_index("item_id")["origin_id"]
    one = (
        rows[rows["item"].isin(origin.index)]
        .groupby("finding_id")["item"]
        .agg(lambda some: origin[some].nunique() < len(some))
    )
    left = left.drop(set(one.index[one]) & set(left.index))
    # Who boasts or stays at home is not needed; a show on the 15th is no hand-over.
    loud = rows["writer"].isin(role(which, "figurehead", "boaster"))
    alone = loud.groupby(rows["finding_id"]).all()
    left = left.drop(set(alone.index[alone]) & set(left.index))
    # Of two findings on the same item and requirement, the one that says a day or place.
    vague = left["text"].str.contains("some time after")
    assert set(left.index[~vague]) == belongs(which) and len(belongs(which)) == 7
    assert set(left.index[vague]) == because(which, "says less than another")


@SEEDS
def test_the_best_graded_findings_are_the_wrong_seven(which):
    found = tables(which)["findings"].sort_values(["source_grade", "information_grade"])
    first = set(found["finding_id"].head(5))
    assert because(which, "rests on a canary") <= first
    assert len(first & belongs(which)) == 1
    # Nor is everything in the product that was filed under a requirement.
    assert found["requirement_id"].notna().sum() == 18


@SEEDS
def test_the_canary_shows_when_its_item_is_opened(which):
    rows = items(which)
    canaries = role(which, "celebrity", "former partner", "councillor", "school")
    found = set(rows.loc[rows["writer"].isin(canaries), "finding_id"])
    assert found == because(which, "rests on a canary") and len(found) == 1
    writer = rows.loc[rows["finding_id"].isin(found), "writer"].item()
    made = tables(which)
    assert writer not in set(made["scope"]["account_id"])
    # The words of the item do not bear the finding.
    text = rows.loc[rows["finding_id"].isin(found), "text"].item()
    assert not re.search("night|parcel|quay|Friday|Saturday", text)


@SEEDS
def test_the_canary_is_attractive(which):
    found = (
        both(which, "findings")
        .set_index("finding_id")
        .loc[list(because(which, "rests on a canary"))]
    )
    assert (found["source_grade"].item(), found["information_grade"].item()) == (1, "A")
    assert found["requirement_id"].item() == "R1" and "knows of the night" in found["text"].item()


@SEEDS
def test_what_the_seven_say_is_so(which):
    answers = truth(which)["answers"].set_index("fact")["value"]
    handle = tables(which)["accounts"].set_index("account_id")["handle"]
    names = tables(which)["places"].set_index("place_id")["name"]
    texts = " ".join(both(which, "findings").query("belongs")["text"])
    for fact in ("broker", "courier-1", "courier-2", "shop-owner"):
        assert f"@{handle[answers[fact]]}" in texts, fact
    assert f"The hand-over is on {answers['day']} March." in texts
    assert f"It is at {names[answers['place']]}." in texts
    # A quay that is wrong stands in more findings than the right one.
    wrong = tables(which)["findings"]["text"].str.contains(r"at Quay|to Quay")
    right = tables(which)["findings"]["text"].str.contains(names[answers["place"]])
    assert wrong.sum() > 2 * right.sum()


@SEEDS
def test_every_item_was_there_when_the_product_was_sent(which):
    made, rows = tables(which), items(which)
    assert rows["item"].is_unique is False and rows["writer"].isna().sum() == 2  # the graded items
    times = pd.concat(
        [
            made["posts"].set_index("post_id")["time"],
            made["group_posts"].set_index("group_post_id")["time"],
            made["messages"].set_index("message_id")["time"],
        ]
    )
    assert (times[times.index.isin(rows["item"])] < SENT).all()


@SEEDS
def test_conditions_follow_from_tier_and_from_who_could_be_harmed(which):
    rows, found = items(which), both(which, "findings").set_index("finding_id")
    hidden = rows["tier"].isin(["friends", "private"]).groupby(rows["finding_id"]).any()
    harmed = role(which, "shop owner", "organiser") | set(truth(which)["signals"]["account_id"])
    harmed |= role(which, "celebrity", "former partner", "councillor", "school")
    touched = rows["writer"].isin(harmed).groupby(rows["finding_id"]).any()
    expected = (hidden | touched).map({True: "C", False: "P"})
    place_tag = found["items"].str.startswith("l-")
    assert (expected[~place_tag] == found.loc[~place_tag, "handling"]).all()
    # The tier alone would give what the shop owner says to everybody.
    by_tier = hidden.map({True: "C", False: "P"})
    wrong = found.index[by_tier.reindex(found.index) != found["handling"]]
    assert {found.loc[name, "requirement_id"] for name in wrong} >= {"R3"}


@SEEDS
def test_the_reader_needs_places_days_and_the_three_and_no_other_name(which):
    rows = both(which, "identifiers")
    texts = tables(which)["findings"].set_index("finding_id")["text"]
    assert all(row.text in texts[row.finding_id] for row in rows.itertuples())
    handle = tables(which)["accounts"].set_index("account_id")["handle"]
    answers = truth(which)["answers"].set_index("fact")["value"]
    known = {handle[answers[fact]] for fact in ("broker", "courier-1", "courier-2")}
    known |= set(handle[list(role(which, "courier"))])
    sent = rows["finding_id"].isin(belongs(which))
    needed = sent & (rows["text"].isin(known) | rows["kind"].isin(["place", "day"]))
    # A courier who is named as the source of a hint is named as a source.
    source = pd.Series(
        [
            re.search(
                rf"@{name} (gives|and @\S+ count the|count the)|says @{name}\.",
                texts[r.finding_id],
            )
            is not None
            for r in rows.itertuples()
            for name in [re.escape(r.text)]
        ]
    )
    assert (needed & ~source).tolist() == rows["needed"].tolist()


@SEEDS
def test_length_of_a_finding_does_not_tell_whether_it_belongs(which):
    """Before, the seven longest were six of the seven."""
    rows = both(which, "findings").assign(length=lambda found: found["text"].str.len())
    for seven in (rows.nlargest(7, "length"), rows.nsmallest(7, "length")):
        assert 1 <= seven["belongs"].sum() <= 4


@SEEDS
def test_stripping_all_handles_or_none_is_wrong(which):
    rows = both(which, "identifiers")
    sent = rows[rows["finding_id"].isin(belongs(which))]
    handles = sent[sent["kind"] == "handle"]
    assert handles["needed"].any() and not handles["needed"].all()
    assert (~sent.loc[sent["kind"] != "handle", "needed"]).any()


@SEEDS
def test_one_note_after_sending_overturns_a_finding_that_was_sent(which):
    notes = both(which, "corrections")
    assert (notes["time"] >= SENT + pd.Timedelta(days=1)).all() and len(notes) == 4
    made = tables(which)["findings"].set_index("finding_id")["items"]
    hit = {}
    for note in notes.itertuples():
        for item in re.findall(r"[a-z]+-\d{4,}", note.text):
            hit[note.correction_id] = {n for n, some in made.items() if item in some.split()}
    sent = {note: names & belongs(which) for note, names in hit.items() if names & belongs(which)}
    wording = notes.set_index("correction_id")["text"]
    recall = {note for note in sent if "The sense is the same" not in wording[note]}
    found = notes[notes["action"] == "recall"]
    assert recall == set(found["correction_id"]) and len(recall) == 1
    assert sent[found["correction_id"].item()] == {found["finding_id"].item()}


@SEEDS
def test_most_notes_after_sending_overturn_nothing(which):
    notes = both(which, "corrections")
    # Recalling at each note that names an item would recall three times, one of them what was
    # never sent; waiting for a handle of the three finds the namesake alone.
    named = notes["text"].str.contains(r"[a-z]+-\d{4,}")
    assert named.sum() == 3 and (notes.loc[named, "action"] == "recall").sum() == 1
    assert (notes.loc[notes["text"].str.contains("@"), "action"] == "none").all()


def lawful(basis):
    return bool(re.search(r"(Act|Code|Treaty)\b.*\d", basis))


@SEEDS
def test_one_partner_names_no_law(which):
    rows = both(which, "partners")
    assert rows["decision"].value_counts().to_dict() == findings.DECISIONS
    assert rows["basis"].map(lawful).tolist() == rows["lawful"].tolist()
    assert (~rows["lawful"]).sum() == 1
    assert (rows.loc[~rows["lawful"], "decision"] == "refuse").all()


@SEEDS
def test_a_basis_and_a_need_are_named_by_all_partners(which):
    rows = both(which, "partners")
    # Asking whether something stands in the two fields refuses nobody.
    assert rows["basis"].str.len().gt(10).all() and rows["need"].str.startswith("To ").all()
    # Asking for the law alone would give all of them everything they want.
    assert (rows.loc[rows["lawful"], "decision"] == "share less").sum() == 2


@SEEDS
def test_the_form_keeps_practices_and_a_search_for_handles_is_not_enough(which):
    rows = both(which, "repository_form")
    assert len(rows) == 10 and (rows["holds"] == "practice").sum() == 5
    handles = rows["text"].str.contains("@")
    assert not (handles & (rows["holds"] == "practice")).any()
    assert rows["field"].is_unique


def test_length_of_a_draft_line_does_not_tell_whether_it_may_stay():
    """Before, lines with personal data were the shorter of two in .9 of the pairs."""
    rows = pd.concat([both(("two_pages", seed, 2000), "repository_form") for seed in range(1, 6)])
    lengths = rows["text"].str.len()
    stays = lengths[rows["holds"] == "practice"].to_numpy()[:, None]
    for other in (rows["holds"] != "practice", rows["holds"] == "personal data"):
        gone = lengths[other].to_numpy()
        wins = (gone < stays).mean() + (gone == stays).mean() / 2
        assert 0.35 <= wins <= 0.65


def test_some_draft_lines_betray_a_source_without_a_handle():
    rows = pd.concat([both(("two_pages", seed, 2000), "repository_form") for seed in range(1, 6)])
    bare = rows[~rows["text"].str.contains("@") & (rows["holds"] != "practice")]
    assert set(bare["holds"]) == {"source"}


@SEEDS
def test_every_text_fills_its_slots(which):
    for name in ("findings", "identifiers", "corrections", "partners", "repository_form"):
        texts = tables(which)[name].select_dtypes("str").fillna("").agg(" ".join, axis=1)
        assert not texts.str.contains(r"[{}]").any(), name


def test_another_world_has_other_answers():
    worlds = [("two_pages", seed, 2000) for seed in range(1, 6)]
    assert len({tuple(sorted(belongs(which))) for which in worlds}) == 5
    assert len({tuple(truth(w)["identifiers"]["needed"]) for w in worlds}) == 5
    assert len({tuple(truth(w)["partners"]["decision"]) for w in worlds}) >= 3
    recalls = {both(w, "corrections").query("action == 'recall'")["text"].item() for w in worlds}
    assert len(recalls) == 5


def test_a_desk_is_the_same_twice_and_the_case_below_is_untouched():
    from synthetic_data import generate

    one, case = digests(world(*WORLDS[0])), digests(world("lantern", 1, 2000))
    assert digests(generate("two_pages", 1)) == one
    for name in set(case) - {"facts"}:
        assert one[name] == case[name], name


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("form_lines = 10", "form_lines = 11", "form_lines must be 6, 8, 10 or 12"),
        ("form_lines", "form_line", r"unknown key product\.form_line"),
        ('"lantern"', '"city"', r"\[product\] needs the section \[handover\]"),
    ],
)
def test_slips_are_named(tmp_path, old, new, sentence):
    text = (scenario.FOLDER / "two_pages.toml").read_text(encoding="utf-8")
    path = tmp_path / "my.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WorldError, match=sentence):
        scenario.read(path)
