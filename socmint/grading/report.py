"""One page on a lab for whoever teaches it: what the class could do, and where to look.

The page holds names and code of learners: it is for the instructor alone. It needs no network.
"""

import base64
import html
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from socmint import pages
from socmint.course import Module, load
from socmint.desk.audit import Audit, audit
from socmint.desk.profile import load_profile
from socmint.errors import CourseError
from socmint.figures import COLOURS
from socmint.files import store
from socmint.grading import integrity, score
from socmint.grading.classroom import Class, load_json, state, world_of
from socmint.grading.collect import asks_for_ledger

FEW = 30
"""Below this many learners, an index of discrimination says little."""
PARTS = (  # share of the points, colour, hatch: told apart without colour, too
    ("all points", COLOURS["blue"], ""),
    ("some points", COLOURS["sky"], "//"),
    ("no points", COLOURS["orange"], "xx"),
    ("not answered", "white", ""),
)


def write(group: Class, topic: str, out: Path) -> Path:
    """Write the report of a lab.

    Args:
        group: the class.
        topic: the lab.
        out: the HTML file to write.

    Raises:
        CourseError: nothing of this lab is graded yet.
    """
    store(out, page(group, topic).encode("utf-8"), 0o600)
    return out


def page(group: Class, topic: str) -> str:
    """Return the report of a lab as HTML; errors as in `write`."""
    module = load().find(topic)
    results = {learner.id: state(group, topic, learner.id) for learner in group.learners}
    scored = {name: one for name, one in results.items() if one.get("auto") is not None}
    graded = {name: one for name, one in scored.items() if one["status"] == "graded"}
    if not scored:
        raise CourseError(f"Nothing of {topic} is graded yet. Run: socmint class grade {topic}")
    shares = share_table(module, graded)
    body = [
        _standing(group, topic, results),
        "<h2>Scores</h2>",
        _scores(module, scored),
        "<h2>Questions</h2>",
        _outcomes(module, scored),
        _questions(module, shares),
        "<h2>Mistakes that have a name</h2>",
        _mistakes(module, graded),
        _value_and_stewardship(group, topic, graded),
        "<h2>Signs that work was shared</h2>",
        _signs(integrity.flags(group, topic)),
        _origin(scored),
    ]
    return pages.page(f"Lab {topic}: {module.title}", "\n".join(body), synthetic=False)


# ---- numbers -------------------------------------------------------------------------------------


def share_table(module: Module, graded: Mapping[str, dict]) -> pd.DataFrame:
    """Return learner by question: the share of the points, 0 to 1."""
    return pd.DataFrame(
        {
            question.id: {
                name: result["questions"][question.id]["score"] / question.points
                for name, result in graded.items()
            }
            for question in module.questions
            if question.points
        },
        dtype=float,
    )


def discrimination(shares: pd.DataFrame, points: Mapping[str, float]) -> pd.DataFrame:
    """Return for each question how well it goes with the rest of the lab.

    The index is the correlation of the points of a question with those of all others (item-rest
    correlation), with its 95 % interval by Fisher's z. Source: Fisher 1921; Ebel and Frisbie 1991,
    Essentials of Educational Measurement, chapter 13.

    Args:
        shares: learner by question, 0 to 1.
        points: question → points.

    Returns:
        Columns mean, r, low and high by question; no r where all learners have the same score.

    Example:
        >>> shares = pd.DataFrame({"q1": [0, 0, 1, 1.0], "q2": [0, 0, 1, 1.0]})
        >>> discrimination(shares, {"q1": 1, "q2": 1}).loc["q1", "r"].round(3)
        np.float64(1.0)
    """
    earned = shares * pd.Series(points)
    rows = {}
    for name in shares:
        rest = earned.drop(columns=name).sum(axis=1)
        varies = len(shares) > 2 and shares[name].std() > 1e-9 and rest.std() > 1e-9
        r = float(np.corrcoef(earned[name], rest)[0, 1]) if varies else math.nan
        low = high = math.nan
        if varies and len(shares) > 3:
            middle = math.atanh(max(-0.999999, min(0.999999, r)))
            half = 1.96 / math.sqrt(len(shares) - 3)
            low, high = math.tanh(middle - half), math.tanh(middle + half)
        rows[name] = {"mean": shares[name].mean(), "r": r, "low": low, "high": high}
    return pd.DataFrame(rows).T


def named_mistakes(module: Module, graded: Mapping[str, dict]) -> list[tuple[str, str, list[str]]]:
    """Return question, name of the mistake and who made it, the most frequent first."""
    found: dict[tuple[str, str], list[str]] = {}
    for learner, result in graded.items():
        for question in module.questions:
            tried = result["questions"][question.id]["worlds"]
            for name in dict.fromkeys(m for one in tried for m in one.get("mistakes", [])):
                found.setdefault((question.id, name), []).append(learner)
    rows = [(question, name, learners) for (question, name), learners in found.items()]
    return sorted(rows, key=lambda row: (-len(row[2]), row[0], row[1]))


# ---- parts of the page ---------------------------------------------------------------------------


def _standing(group: Class, topic: str, results: Mapping[str, dict]) -> str:
    kinds = {
        "graded": "graded",
        "blank": "blank: handed in as it was given out, 0 points",
        "unreadable": "unreadable: no score",
        "failed": "failed: the sandbox broke, no score",
        "not graded yet": "handed in, not graded yet",
        "missing": "missing: nothing handed in",
    }
    rows = []
    for status, words in kinds.items():
        names = [name for name, result in results.items() if result["status"] == status]
        if names or status in ("graded", "missing"):
            rows.append([words, len(names), "" if status == "graded" else ", ".join(names)])
    abouts = {n: load_json(group.path("submitted", topic, f"{n}.json")) or {} for n in results}
    late = [name for name, about in abouts.items() if about.get("late")]
    twice = [name for name, about in abouts.items() if about.get("copies", 1) > 1]
    rows += [["of these late", len(late), ", ".join(late)]]
    rows += [["of these handed in more than once", len(twice), ", ".join(twice)]] if twice else []
    told = {n: r["findings"] for n, r in results.items() if r.get("findings")}
    more = pages.table(
        ["learner", "what was found on the way"],
        [[name, " ".join(found)] for name, found in told.items()],
        "Findings",
    )
    return pages.table(["state", "learners", "who"], rows, f"{len(results)} learners") + (
        f"<details><summary>Submissions with findings: {len(told)}</summary>{more}</details>"
        if told
        else ""
    )


def _scores(module: Module, scored: Mapping[str, dict]) -> str:
    values = np.array([result["auto"] for result in scored.values()])
    most = sum(question.points for question in module.questions)
    middle = float(np.median(values))
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    edges = np.arange(-0.5, most + 1)
    count, *_ = axes.hist(values, edges, color=COLOURS["blue"], edgecolor="black")
    axes.axvline(middle, color="black", linestyle="--")
    axes.text(middle, max(count) * 1.02, f" median {middle:g}", va="bottom")
    axes.set_ylim(0, max(count) * 1.2)
    axes.set(xlabel=f"points given by checks, of {most:g}", ylabel="learners")
    axes.yaxis.get_major_locator().set_params(integer=True)
    high, low = (values >= 0.8 * most).sum(), (values < 0.5 * most).sum()
    enough = f"all {most:g} points" if middle >= most else f"{middle:g} of {most:g} points or more"
    title = f"Half of {len(values)} learners have {enough}"
    alt = (
        f"Histogram of the points of {len(values)} learners, from {values.min():g} to "
        f"{values.max():g}: {high} have at least 80 % of the points, {low} have less than half."
    )
    return _figure(figure, title, alt)


def _outcomes(module: Module, scored: Mapping[str, dict]) -> str:
    questions = [question for question in module.questions if question.points]
    counts = {name: [] for name, *_ in PARTS}
    for question in questions:
        ones = [result["questions"][question.id] for result in scored.values()]
        kinds = [_kind(one, question.points) for one in ones]
        for name in counts:
            counts[name].append(kinds.count(name))
    figure = Figure(figsize=(8, 0.9 + 0.42 * len(questions)), layout="constrained")
    axes = figure.subplots()
    left = np.zeros(len(questions))
    labels = [f"{question.id.upper()} {question.title}" for question in questions]
    for name, colour, hatch in PARTS:
        axes.barh(
            labels,
            counts[name],
            left=left,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            label=name,
        )
        left += counts[name]
    axes.invert_yaxis()
    axes.set_xlabel("learners")
    axes.legend(loc="lower center", bbox_to_anchor=(0.35, 1.0), ncols=4, frameon=False)
    full = np.array(counts["all points"])
    few, easy = int(full.argmin()), int(full.argmax())
    means = share_table(module, scored).mean()  # many parts are easier than a few wholes
    hard = int(means.argmin())
    title = (
        f"{labels[hard].split()[0]} was the hardest: {means.iloc[hard]:.0%} of its points on "
        f"average, {full[hard]} of {len(scored)} have all points"
    )
    alt = (
        f"Stacked bars, one for each question. All points: most often in {labels[easy]} "
        f"({full[easy]} learners), least often in {labels[few]} ({full[few]})."
    )
    return _figure(figure, title, alt)


def _kind(one: Mapping[str, Any], points: float) -> str:
    if one["outcome"] == "not answered yet":
        return "not answered"
    return (
        "all points" if one["score"] >= points else "some points" if one["score"] else "no points"
    )


def _questions(module: Module, shares: pd.DataFrame) -> str:
    points = {question.id: question.points for question in module.questions if question.points}
    found = discrimination(shares, points) if len(shares) else pd.DataFrame()
    rows = []
    for question in module.questions:
        if question.id in found.index:
            one = found.loc[question.id]
            r = "all alike" if math.isnan(one["r"]) else f"{one['r']:.2f}"
            span = "" if math.isnan(one["low"]) else f"{one['low']:.2f} to {one['high']:.2f}"
            mean = f"{one['mean']:.0%}"
            rows.append(
                [f"{question.id.upper()} {question.title}", question.fairness, mean, r, span]
            )
    names = ["question", "fairness", "mean share of points", "discrimination", "95 % interval"]
    note = (
        "<p>Discrimination is the correlation of a question with the rest of the lab. Near 0 or "
        "below, look at the question before you look at the learners: it may be unclear, or about "
        "something else. Unlike the pictures, this table leaves blank submissions out: n = "
        f"{len(shares)}. It knows the points of the checks, not your marks by hand.</p>"
    )
    if len(shares) < FEW:
        note += (
            f"<p><strong>With {len(shares)} learners this says little</strong>: an interval shows "
            "what else the index could be. Do not drop a question for it.</p>"
        )
    return pages.table(names, rows, "Questions of the lab") + note


def _mistakes(module: Module, graded: Mapping[str, dict]) -> str:
    rows = [
        [question.upper(), name, len(learners), ", ".join(learners)]
        for question, name, learners in named_mistakes(module, graded)
    ]
    if not rows:
        return "<p>Nobody gave an answer that the keys know as a mistake.</p>"
    return pages.table(["question", "mistake", "learners", "who"], rows, "Known mistakes")


def _value_and_stewardship(group: Class, topic: str, graded: Mapping[str, dict]) -> str:
    """Show V against S where the lab asks for the log of the desk, or where one came in."""
    asked, audits, rows = asks_for_ledger(topic), {}, []
    for learner, result in graded.items():
        path = group.path("submitted", topic, f"{learner}.jsonl")
        if path.exists() or asked:
            one = audited(group, topic, learner, path.read_bytes()) if path.exists() else None
            value = result["auto"] / result["points"]
            if one:
                audits[learner] = (value, one.stewardship)
                costs = [f"{one.stewardship:.2f}", f"{one.points:g}", f"{one.collateral:g}"]
                rows.append([learner, f"{value:.2f}", *costs, _asked_about(one)])
            else:
                why = "the log does not replay" if path.exists() else "no log in the notebook"
                rows.append([learner, f"{value:.2f}", "", "", "", why])
    if not rows:
        return ""
    names = ["learner", "V", "S", "intrusion points", "of these on others", "an inspector asks"]
    note = (
        "<p>V is the share of the points of the lab. S, stewardship, is worked out from the log of "
        "the learner's desk: what was collected and what it cost people whom no tasking names. It "
        "changes no mark. A log comes from the learner's own computer: one that was made anew with "
        "care replays like an honest one.</p>"
    )
    table = pages.table(names, rows, f"{len(audits)} of {len(rows)} logs were read")
    head = "<h2>What was found, and at what price</h2>"
    return head + note + (_value_figure(audits) if audits else "") + table


def _asked_about(found: Audit) -> str:
    said = [f"{one.text} (line {one.line})" for one in found.findings[:3]]
    more = len(found.findings) - len(said)
    return "; ".join([*said, *([f"and {more} more"] if more else [])])


def _value_figure(found: Mapping[str, tuple[float, float]]) -> str:
    v, s = (np.array(values) for values in zip(*found.values(), strict=True))
    figure = Figure(figsize=(5.5, 4.8), layout="constrained")
    axes = figure.subplots()
    grid = np.linspace(0.01, 1, 60)
    values = 2 * np.outer(grid, grid) / np.add.outer(grid, grid)
    lines = axes.contour(grid, grid, values, [0.25, 0.5, 0.75], colors="grey", linestyles=":")
    axes.clabel(lines, fmt=lambda level: f"{100 * level:.0f}")
    axes.scatter(v, s, color=COLOURS["blue"], edgecolors="black", zorder=3)
    for name, point in found.items():
        axes.annotate(name, point, xytext=(4, 4), textcoords="offset points", fontsize=8)
    axes.set(xlim=(0, 1.12), ylim=(0, 1.05))  # room for names on the right
    axes.set_xlabel("V: share of the lab's points")
    axes.set_ylabel("S: stewardship, from the log")
    lowest = min(found, key=lambda name: found[name][1])
    title = f"The dearest log for others is that of {lowest}: S = {found[lowest][1]:.2f}"
    alt = (
        f"A dot for each of {len(found)} learners, V across from {v.min():.2f} to {v.max():.2f}, S "
        f"up from {s.min():.2f} to {s.max():.2f}; dotted lines join equal 200VS / (V + S)."
    )
    return _figure(figure, title, alt)


def audited(group: Class, topic: str, learner: str, ledger: bytes) -> Audit | None:
    """Return the audit of a ledger that replays on the learner's own world, or None."""
    own = score.own_place(group.secret, learner, topic)
    folder = group.path("worlds", topic, own.name)
    if not folder.exists() or integrity.ledger_faults(ledger, folder, own.alias):
        return None
    lines = [json.loads(line) for line in ledger.splitlines()]
    try:
        return audit(lines, world_of(group, topic, own), load_profile(lines[0]["profile"]))
    except (TypeError, ValueError, KeyError, AttributeError):  # a forged line lacks what it needs
        return None


def _signs(found: Sequence[integrity.Flag]) -> str:
    note = (
        "<p>These are questions to ask, and they change no mark. Learners who used the same hint "
        "write alike; look at both sides before you speak to anybody.</p>"
    )
    if not found:
        return note + "<p>No sign was found.</p>"
    parts = [note]
    for flag in found:
        sides = "".join(_sides(flag.learners, title, texts) for title, texts in flag.evidence)
        who = html.escape(" and ".join(flag.learners))
        head = f"<strong>{html.escape(flag.kind)}</strong>: {who}. {html.escape(flag.sentence)}"
        parts.append(f"<details><summary>{head}</summary>{sides}</details>")
    return "\n".join(parts)


def _sides(learners: Sequence[str], title: str, texts: Sequence[str]) -> str:
    boxes = "".join(
        f'<div><h4>{html.escape(name)}</h4><pre tabindex="0">{html.escape(text[:4000])}</pre></div>'
        for name, text in zip(learners, texts, strict=False)
        if text
    )
    return f'<h3>{html.escape(title)}</h3><div class="pair">{boxes}</div>'


def _origin(scored: Mapping[str, dict]) -> str:
    made = {tuple(sorted(result.get("made", {}).items())) for result in scored.values()}
    words = "; ".join(", ".join(f"{n} {v}" for n, v in one) for one in sorted(made))
    return f"<p><small>Scored with: {html.escape(words)}.</small></p>"


def _figure(figure: Figure, title: str, alt: str) -> str:
    """Return a figure as HTML: the finding as its title, the picture, and what is to be seen."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<figure><h3>{html.escape(title)}</h3><img src="data:image/png;base64,{data}" '
        f'alt="{html.escape(alt)}"><figcaption>{html.escape(alt)}</figcaption></figure>'
    )
