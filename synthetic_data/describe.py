"""Say in words what a world holds: the data dictionary, a scenario, a world.

Everything comes from the schemas, the scenario file and the tables; nothing is kept twice.
"""

from synthetic_data import scenario as scenarios
from synthetic_data import schema
from synthetic_data.schema import Table
from synthetic_data.society import TIERS
from synthetic_data.world import World

KINDS = {
    "text": "text",
    "whole": "whole number",
    "flag": "true or false",
    "time": "time (UTC)",
    "degree": "degrees, five decimals",
}
_POPULATIONS = {
    "BG": "ordinary accounts with a part to play",
    "BO": "boasters: they copy the style of the organised group and do nothing",
    "JO": "press and protected professions: journalists, sources, lawyer, youth worker",
    "PR": "a lawful protest",
    "VI": "people whom somebody threatens",
}


SECTIONS = {
    "authority": "requests to an authorising desk with the items that support them, and a sample "
    "of {sample} items of which some are protected",
    "captures": "captures of pages with a custody log, of which some were altered, and clocks that "
    "change on day {summer_time_day}",
    "city": "people with several accounts, devices, homes, places, pictures, boasts beside a log "
    "of incidents, a night of rumours, {amplifiers} amplifiers and {zealots} keen people, "
    "imitators, and accounts that no task needs",
    "clock": "clocks: when accounts write, a tag over {weeks} weeks, and {evenings} evenings",
    "export": "an export of {rows} rows full of copies and mixed spellings, and a filter tried on "
    "{filtered:,} accounts",
    "handover": "a hand-over, a decoy, a boast and three calls for help; a closed group of "
    "{group_members} members and messages that tell of it; a tasking letter that asks for too much",
    "judgement": "fourteen items for four hypotheses, one of them made up, twenty facts to "
    "forecast, and {earlier_cases} earlier cases in a footnote",
    "market": "two dark markets: one closes on day {closing_day}, and {movers} vendors turn up at "
    "the other one",
    "mood": "{posts} posts about six firms, of which {sarcasm_percent} % are sarcastic, with a "
    "turn on day {step_day}",
    "network": "a covert network of the type {kind} with {size} people, difficulty {difficulty}",
    "product": "twenty findings of which seven belong in a product, partners who ask for parts "
    "of it, an error that comes out after sending, and {form_lines} draft lines for a repository",
    "quiet": "a second broker in one seed in {second_broker_every}, collections with "
    "{missing_percent} % of the subjects missing, and {links} links that fall silent",
    "show_window": "{cards} posts to code by what they are for, and what a second coder made of "
    "them; chats that young people showed; the outcome of a case for {reviewed} accounts",
    "society": "direct messages and posts inside closed groups",
    "tasking": "a tasking desk with {answerable} questions that can be answered among others, and "
    "sources of which some show nothing",
}
"""What the sections of a scenario file plant; {} stand for their keys."""


def dictionary() -> str:
    """Return the data dictionary as Markdown.

    Example:
        >>> dictionary().splitlines()[0]
        '# Data dictionary'
    """
    parts = [
        "# Data dictionary",
        "",
        "Made from `synthetic_data/schema.py` by `socmint world dictionary`. Do not edit it.",
        "",
        "A world is a folder with one CSV file for each table and a `datapackage.json`.",
        "Every person, account and place in it is invented.",
        "",
        "- Times are in UTC and look like `2031-03-01T08:15:00Z`.",
        '- "may be empty" means that the value may be missing. A column without this note always '
        "has a value, though a text may be empty.",
        '- "→" names the table and the column that an id points to.',
        "",
        "## What was posted",
        "",
    ]
    for table in schema.TABLES + schema.EXTRAS:
        parts += _dictionary_table(table, "", table in schema.EXTRAS)
    parts += [
        "## What is so (the truth)",
        "",
        "The truth lies in the sub-folder `truth`. Learners do not get it.",
        "",
    ]
    for table in schema.TRUTH + schema.TRUTH_EXTRAS:
        parts += _dictionary_table(table, "truth/", table in schema.TRUTH_EXTRAS)
    return "\n".join(parts).rstrip("\n") + "\n"


def _dictionary_table(table: Table, folder: str, extra: bool) -> list[str]:
    """Return the lines of one table."""
    some = " Only some scenarios have it." if extra else ""
    lines = [
        f"### {folder}{table.name}.csv",
        "",
        f"{table.description}{some}",
        "",
        "| column | kind | meaning |",
        "| --- | --- | --- |",
    ]
    for column in table.columns:
        notes = [column.description]
        if column.name == table.key:
            notes.append("key of the table")
        if column.missing:
            notes.append("may be empty")
        if column.enum:
            notes.append("one of " + ", ".join(f"`{word}`" for word in column.enum))
        if column.name in table.links:
            to, field = table.links[column.name]
            notes.append(f"→ {to}.{field}")
        lines.append(f"| `{column.name}` | {KINDS[column.kind]} | {'; '.join(notes)} |")
    return [*lines, ""]


def scenario(name: str) -> str:
    """Return what a scenario holds and what is planted in it, in general words.

    Raises:
        WorldError: the scenario is unknown or its file is at fault.

    Example:
        >>> print(scenario("village").splitlines()[0])
        village: The village of Quellor
    """
    settings = scenarios.load(name)
    world = settings["world"]
    lines = [
        f"{scenarios.called(name)}: {world['title']}",
        f"  {world['accounts']:,} accounts unless another size is asked for, about "
        f"{world['posts_per_account']} posts each, {world['days']} days from {world['start']}",
        "  platforms: "
        + ", ".join(f"{key} {entry['share']} %" for key, entry in settings["platforms"].items()),
        "",
        "Planted:",
    ]
    return "\n".join(lines + [f"  - {line}" for line in _planted(settings)]) + "\n"


def _planted(settings: dict) -> list[str]:
    """Return one line for each thing that the scenario plants; no account is named."""
    lines = []
    group = settings.get("organisation", {})
    if group:
        lines.append(f"an organised group of the type {group['type']}, with recruiters around it")
    people: dict[str, int] = {}
    for entry in settings.get("populations", []):
        people[entry["population"]] = people.get(entry["population"], 0) + entry["size"]
    for code, size in sorted(people.items()):
        lines.append(f"{_POPULATIONS.get(code, code)} ({size} accounts)")
    for club in settings.get("clubs", []):
        lines.append(f"a club: {club['name']} ({club['size']} accounts)")
    if "scope" in settings:
        lines.append(
            f"an authority that names {settings['scope']['accounts']} accounts, and a tasking that "
            "names a few"
        )
    plants = settings.get("plants", {})
    if "medical_posts" in plants:
        lines.append("public posts with a medical fact about their writer")
    if "large_group" in plants:
        lines.append("one closed group with thousands of members")
    for section, sentence in SECTIONS.items():
        if section in settings:
            lines.append(sentence.format(**settings[section]))
    for rumour in settings.get("city", {}).get("rumours", []):
        lines.append(f"one more rumour: {rumour['text']} (it is {str(rumour['true']).lower()})")
    return lines or ["nothing"]


def world(made: World, truth: bool = False) -> str:
    """Return what a world holds: tables, rows, columns with their meaning, posts per tier.

    Args:
        made: a generated or opened world.
        truth: tell the planted facts, too, where the world has its truth.
    """
    meta = made.meta
    lines = [
        f"{meta['title']} (scenario {meta['scenario']}, seed {meta['seed']}, "
        f"{meta['accounts']:,} accounts, {meta['days']} days from {meta['start']})",
        "",
        "Tables:",
    ]
    for table in schema.present(schema.TABLES, schema.EXTRAS, made.tables):
        lines += ["", f"  {table.name}: {len(made.tables[table.name]):,} rows. {table.description}"]
        lines += [
            f"    {column.name:<14} {KINDS[column.kind]:<24} {column.description}"
            for column in table.columns
        ]
    tiers = made.tables["posts"]["tier"].value_counts()
    total = max(1, len(made.tables["posts"]))
    lines += ["", "Posts per tier, from open to closed:"]
    for tier in TIERS:
        count = int(tiers.get(tier, 0))
        lines.append(f"  {tier:<12}{count:>12,}{count / total:>8.1%}")
    if meta["scenario"] in scenarios.names():
        planted = _planted(scenarios.load(meta["scenario"]))
        lines += ["", "Planted:", *(f"  - {line}" for line in planted)]
    if truth and made.truth is None:
        lines += ["", "Truth: this folder came without it."]
    elif truth:
        lines += ["", "Truth (sealed: do not show this to learners):"]
        people = made.truth["people"]["population"].value_counts()
        lines += [
            f"  - {size:,} accounts of the population {code}" for code, size in people.items()
        ]
        for fact in made.truth["facts"].itertuples():
            lines.append(
                f"  - {fact.statement} (population {fact.population}, shows from day "
                f"{fact.first_day} at tier {fact.lowest_tier}, in {fact.table})"
            )
    return "\n".join(lines) + "\n"
