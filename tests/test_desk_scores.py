"""Six ways to work a case come out in the order that the course promises; the audit's rules."""

import re
import subprocess
import sys

import pytest
from desk_players import STRATEGIES, Player, canary, expert

from socmint.desk import load_profile, report
from socmint.desk.audit import WEIGHTS_S, audit, final
from socmint.desk.lantern import CLAIMS, WEIGHTS_V, propositions, value
from synthetic_data import generate

ACCOUNTS = 3000


@pytest.fixture(scope="module")
def worlds():
    return {seed: generate("lantern", seed=seed, accounts=ACCOUNTS) for seed in (1, 2, 3)}


def play(world, folder, strategy):
    player = Player(world, folder / f"{strategy.__name__}.jsonl", load_profile())
    strategy(player)
    lines = player.desk.ledger.lines
    return player, audit(lines, world), value(lines, world)[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_six_strategies_come_out_in_their_order(worlds, tmp_path, seed):
    scores = {}
    for strategy in STRATEGIES:
        _, found, worth = play(worlds[seed], tmp_path, strategy)
        scores[strategy.__name__] = final(worth, found.stewardship, found.capped)
    order = [strategy.__name__ for strategy in STRATEGIES]
    assert sorted(scores, key=scores.get, reverse=True) == order, scores
    assert scores["expert"] > 90 and scores["canary"] == 49 and scores["paralysed"] < 25


def test_seeds_differ_in_what_the_group_is_needed_for(worlds):
    public = [
        {"day", "place"} <= set(w.truth["evidence"].query("tier == 'public'")["fact"])
        for w in worlds.values()
    ]
    assert True in public and False in public


@pytest.mark.parametrize(
    ("v", "s", "capped", "score"),
    [
        (0.90, 0.98, False, 93.8),
        (0.60, 1.00, False, 75.0),
        (0.85, 0.54, False, 66.0),
        (0.95, 0.35, False, 51.2),
        (0.90, 0.57, True, 49.0),
        (0.12, 0.94, False, 21.3),
        (0.0, 0.0, False, 0.0),
    ],
)
def test_the_final_score_is_the_harmonic_mean(v, s, capped, score):
    assert final(v, s, capped) == pytest.approx(score, abs=0.05)


def test_the_weights_add_up():
    assert sum(WEIGHTS_S.values()) == pytest.approx(1)
    assert sum(WEIGHTS_V.values()) == pytest.approx(1)


def enter(player, **change):
    player.until(12)
    grant = player.desk.request(player.form(lower=player.lower(), **change))
    player.desk.enter(player.group, ir="R2", auth=grant.authority)
    return grant


def test_entering_the_group_was_avoidable_only_where_the_hint_was_public(worlds, tmp_path):
    for seed, world in worlds.items():
        player = Player(world, tmp_path / f"{seed}.jsonl", load_profile())
        enter(player)
        spent = player.desk.ledger.lines[-1]["points"]
        found = audit(player.desk.ledger.lines, world)
        assert spent > 0
        assert found.avoidable == (spent if player.open else 0.0)
        assert ("P5" in [one.rule for one in found.findings]) == player.open


def test_what_is_known_already_need_not_be_bought_again(worlds, tmp_path):
    player = Player(worlds[3], tmp_path / "case.jsonl", load_profile())
    grant = enter(player, estimate=400)
    first = player.desk.ledger.lines[-1]["points"]
    player.desk.enter(player.group, ir="R2", auth=grant.authority)
    found = audit(player.desk.ledger.lines, worlds[3])
    assert found.avoidable == first / 2  # the second look at half price


def test_a_forecast_is_scored_by_its_square(worlds, tmp_path):
    player = Player(worlds[3], tmp_path / "case.jsonl", load_profile())
    player.until(12)
    lower = player.lower()
    hit = player.desk.request(player.form(lower=lower, probability=0.7))
    player.desk.enter(player.group, ir="R2", auth=hit.authority)
    player.desk.request(player.form(lower=lower, probability=0.4))  # granted, never used
    found = audit(player.desk.ledger.lines, worlds[3])
    assert found.forecast == pytest.approx(((0.7 - 1) ** 2 + (0.4 - 0) ** 2) / 2)


def test_owning_up_within_a_day_lifts_the_cap(worlds, tmp_path):
    world = worlds[1]
    councillor = world.truth["people"].set_index("role")["account_id"]["councillor"]
    for wait, capped in ((None, True), (0, False), (1, False), (2, True)):
        player = Player(world, tmp_path / f"{wait}.jsonl", load_profile())
        player.desk.view(councillor, ir="R1")
        if wait is not None:
            if wait:
                player.desk.wait(wait)
            player.desk.selfreport("I opened an account that no task needs")
        found = audit(player.desk.ledger.lines, world)
        assert found.canaries == [councillor]
        assert found.capped is capped


def test_a_masked_hit_on_a_page_is_no_canary_read(worlds, tmp_path):
    world = worlds[1]
    people = world.truth["people"].set_index("account_id")["population"]
    posts = world.tables["posts"]
    hidden = posts[posts["account_id"].map(people) == "CA"]
    word = max(re.findall(r"[a-z]{5,}", hidden["text"].iloc[0].lower()), key=len)
    player = Player(world, tmp_path / "case.jsonl", load_profile())
    player.until(28)
    player.desk.search(word, ir="R1", limit=24)
    assert audit(player.desk.ledger.lines, world).canaries == []


def test_a_false_accusation_counts_twice(worlds, tmp_path):
    world = worlds[3]
    people = world.truth["people"]
    boaster = people.loc[people["population"] == "BO", "account_id"].iloc[0]
    needed = world.truth["answers"].set_index("fact")["value"]
    three = [needed[fact] for fact in ("broker", "courier-1", "courier-2")]
    shares = []
    for number, who in enumerate([three, [*three, boaster], three[:2]]):
        player = Player(world, tmp_path / f"{number}.jsonl", load_profile())
        player.desk.submit({"who": who})
        shares.append(value(player.desk.ledger.lines, world)[1]["who"])
    # 3 of 3; 3 right and one innocent that counts as two; 2 of 3.
    assert shares == pytest.approx([1.0, 2 * 3 / (2 * 3 + 2), 2 * 2 / (2 * 2 + 1)])


def test_citing_what_was_never_seen_proves_nothing(worlds, tmp_path):
    world = worlds[3]
    player = Player(world, tmp_path / "case.jsonl", load_profile())
    player.desk.submit(player.answer(["group_posts"]))
    _, parts = value(player.desk.ledger.lines, world)
    assert parts["evidence"] == 0.0
    assert audit(player.desk.ledger.lines, world).parts["trail"] == 0.0


def test_help_counts_when_it_is_passed_on_within_a_day(worlds, tmp_path):
    world = worlds[1]
    player = Player(world, tmp_path / "case.jsonl", load_profile())
    first, second, third = player.signals["row"]
    days = player.signals["first_day"].tolist()
    player.until(max(days))
    for row in (first, second):
        player.desk.view(row, ir="R3")
    player.desk.wait(1)
    player.desk.safeguard(first, "a child may need help")
    player.desk.wait(1)
    player.desk.safeguard(second, "the shop owner may need help")
    assert not player.desk.safeguard(third, "never seen by this desk").granted
    player.desk.submit()
    assert value(player.desk.ledger.lines, world)[1]["safeguarding"] == pytest.approx(1 / 3)


def test_keeping_strangers_on_file_costs(worlds, tmp_path):
    world, kept = worlds[1], {}
    for keep in ("all", "none"):
        player = Player(world, tmp_path / f"{keep}.jsonl", load_profile())
        player.until(10)
        player.desk.search("harbour", ir="R1")
        player.desk.submit(keep=None if keep == "all" else [])
        kept[keep] = audit(player.desk.ledger.lines, world).parts["minimisation"]
    assert kept["none"] == 1.0 > kept["all"]


def test_sealing_what_is_protected_is_a_clean_stop(worlds, tmp_path):
    world = worlds[1]
    people = world.truth["people"].set_index("role")["account_id"]
    stops, shares = [], []
    for number, sealing in enumerate((False, True)):
        player = Player(world, tmp_path / f"{number}.jsonl", load_profile())
        player.until(20)
        rows = player.desk.view(people["lawyer"], ir="R1")
        other = player.desk.search("harbour", ir="R1", limit=1)
        for item in [*rows["item_id"], *other["item_id"]] if sealing else []:
            player.desk.seal(item, "lawyer and client")
        player.desk.submit(keep=[])
        found = audit(player.desk.ledger.lines, world)
        stops.append(found.clean_stops)
        shares.append(found.parts["minimisation"])
    # Only what is protected counts; leaving it open halves the part (kept: 1, sealed: 0).
    assert stops == [0, len(rows)] and len(rows) > 0
    assert shares == pytest.approx([0.5, 1.0])


def test_statements_tell_nothing_of_the_truth(worlds):
    world = worlds[1]
    bare = generate("lantern", seed=1, accounts=ACCOUNTS)
    bare = type(bare)(meta=bare.meta, tables=bare.tables, truth=None)
    assert propositions(bare).equals(propositions(world))
    assert len(propositions(world)) == 6
    texts = {tuple(propositions(w)["text"]) for w in worlds.values()}
    assert len(texts) == 3


def test_the_report_can_be_read_and_runs_nothing(worlds, tmp_path):
    player = Player(worlds[1], tmp_path / "case.jsonl", load_profile())
    canary(player)
    player.desk.selfreport("<script>alert(1)</script> too late")
    lines = player.desk.ledger.lines
    page = report.page(lines, audit(lines, worlds[1]))
    assert "<script" not in page and "SYNTHETIC" in page
    assert "the final score is capped" in page
    assert page.count("<tr>") > len(lines)
    assert lines[-1]["sha256"] in page
    assert "http" not in page.replace("http-equiv", "")


def command(*words):
    return subprocess.run(
        [sys.executable, "-m", "socmint", "desk", *map(str, words)], capture_output=True, text=True
    )


def test_commands_verify_report_and_table(worlds, tmp_path):
    player = Player(worlds[1], tmp_path / "case.jsonl", load_profile())
    expert(player)
    path = player.desk.ledger.path
    done = command("verify", path)
    assert done.returncode == 0 and player.desk.ledger.last_hash in done.stdout
    page, table = tmp_path / "page.html", tmp_path / "case.csv"
    assert command("report", path, "--audit", "--out", page).returncode == 0
    assert "Audit, beside the sealed truth" in page.read_text("utf-8")
    assert command("report", path, "--out", page).returncode == 2  # nothing is overwritten
    assert command("csv", path, "--out", table).returncode == 0
    assert len(table.read_text("utf-8").splitlines()) >= len(player.desk.ledger.lines)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"day": 1.0', b'"day": 2.0', 1))
    broken = command("verify", path)
    assert broken.returncode == 2 and "line 1 does not match its hash" in broken.stderr
    assert command("verify", tmp_path / "none.jsonl").returncode == 2


def test_claims_cover_every_fact(worlds):
    facts = set(worlds[1].truth["answers"]["fact"])
    assert set().union(*CLAIMS.values()) == facts
