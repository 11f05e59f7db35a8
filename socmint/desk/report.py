"""The oversight report: a ledger as a page that an inspector can read."""

import html
from collections import Counter

from socmint import pages
from socmint.desk.audit import Audit
from socmint.desk.policy import HEADINGS
from socmint.desk.profile import PRINCIPLES, load_profile


def page(lines: list[dict], found: Audit | None = None) -> str:
    """Return the report as HTML: what was asked, decided and collected, and what it cost.

    Args:
        lines: the lines of a verified ledger; the first one opens the case.
        found: the audit; left out, the report stays with what the ledger says.
    """
    case = lines[0]["case"]
    done = [line for line in lines if line["status"] != "refused"]
    collections = [line for line in done if line.get("people") is not None]
    points = sum(line.get("points", 0) for line in lines)
    collateral = sum(line.get("collateral", 0) for line in lines)
    analysts = ", ".join(sorted({line["analyst"] for line in lines if line["analyst"]})) or "nobody"
    share = f" ({collateral / points:.0%})" if points else ""
    body = [
        f"<p>Case {html.escape(case['scenario'])}/{case['seed']}, an invented world. Signed by "
        f"{html.escape(analysts)}. Rules: {html.escape(load_profile(lines[0]['profile']).title)}."
        f"</p><p>{len(lines)} lines, {len(collections)} collections, "
        f"{len(lines) - len(done)} refusals. Intrusion: {points:g} points, {collateral:g} of them"
        f"{share} on people who are not subjects.</p>"
        f"<p>Last hash: <code>{lines[-1]['sha256']}</code></p>"
    ]
    if found:
        body.append(_audit(found))
    body.append(_requests(lines))
    body.append(_refusals(lines))
    body.append(
        pages.table(
            [
                "line",
                "day",
                "call",
                "result",
                "for",
                "authority",
                "tier",
                "people",
                "points",
                "why",
            ],
            [
                [
                    line["line"],
                    line["day"],
                    line["call"],
                    line["status"],
                    line.get("ir", ""),
                    line.get("authority", ""),
                    line.get("tier", ""),
                    line.get("people", ""),
                    line.get("points", 0),
                    line.get("reason", ""),
                ]
                for line in lines
            ],
            "Every line of the ledger",
        )
    )
    return pages.page("Oversight report of the desk", "".join(body))


def _audit(found: Audit) -> str:
    rows = [[name, f"{value:.2f}"] for name, value in found.parts.items()]
    rows.append(["stewardship S", f"{found.stewardship:.2f}"])
    numbers = [
        ["points on others than subjects", found.collateral],
        ["the same on the reference path", found.reference],
        ["points that could have been avoided", found.avoidable],
        ["forecasts, mean Brier score", _or_none(found.forecast)],
        ["requests granted at the first try", _or_none(found.first_time)],
        ["accounts read that no task needs", len(found.canaries)],
        ["clean stops: protected items sealed", found.clean_stops],
    ]
    cap = (
        "<p><b>A read that no task needs was not reported within a day: the final score is "
        "capped.</b></p>"
        if found.capped
        else ""
    )
    findings = [
        [one.line, f"{one.rule} {PRINCIPLES.get(one.rule, '')}", one.text] for one in found.findings
    ]
    return (
        "<h2>Audit, beside the sealed truth</h2>"
        + cap
        + pages.table(["part", "0 to 1"], rows, "Stewardship")
        + pages.table(["what", "value"], numbers, "Figures")
        + (
            pages.table(["line", "principle", "finding"], findings, "What an inspector would ask")
            if findings
            else "<p>No findings.</p>"
        )
    )


def _or_none(value: float | None):
    return "none" if value is None else round(value, 3)


def _requests(lines: list[dict]) -> str:
    rows = [
        [
            line["line"],
            line["day"],
            line["status"],
            line.get("authority", ""),
            line.get("tier", ""),
            line.get("conduct", ""),
            ", ".join(line["form"]["targets"])[:120],
            line["form"]["estimate"],
            f"{line['form']['finding']} ({line['form']['probability']:.0%})",
            line.get("reason", "") or "; ".join(line.get("gaps", [])),
        ]
        for line in lines
        if line["call"] == "request" and "form" in line
    ]
    names = ["line", "day", "decision", "authority", "tier", "conduct", "aimed at", "estimate"]
    return pages.table([*names, "expected", "reasons, gaps"], rows, "Requests and decisions")


def _refusals(lines: list[dict]) -> str:
    count = Counter(
        rule
        for line in lines
        if line["status"] == "refused"
        for rule in HEADINGS
        if f"{rule}: " in f" {line.get('reason', '')}"
    )
    rows = [[f"{rule} {PRINCIPLES.get(rule, '')}", number] for rule, number in count.most_common()]
    return pages.table(["rule", "refusals"], rows, "Which rules refused") if rows else ""
