"""Write the generated reference pages, and what others quote of the evidence: `python docs/build.py`.

Tests hold them up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))


def labels() -> str:
    """The label reference."""
    from models.labels import LABELS
    from qa.detectors.standing import MEASURED, standing

    lines = [
        "# Labels",
        "",
        "What a finding can say. The names are stable. The severity is the usual one; a rule or a client may set another.",
        "",
        "**Ships as**: a *finding* counts in scorecards; a *trend* is shown as a note and never scored, because too many of its findings were wrong. "
        "What a learned head says alone is a *suggestion*: a note, at most two per contact, never scored. "
        f"Tone (`tone.*`) is scored in {', '.join(MEASURED)} only; in other languages its findings are shown as notes.",
        "",
        "**Figures**: on the half of AgentCheck (written for this project, full of look-alikes) that no rule was tuned on: precision, recall, area under precision and recall, "
        "calibration error (ECE: how far the confidence lies from the precision). A few dozen cases a label: read them as a first look, not as the share you will see. "
        "`python benchmarks/detectors.py DATA` prints them with intervals, beside false alarms on real agents.",
        "",
        "| label | usual severity | meaning | ships as | gate | precision | recall | PR-AUC | ECE |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for label in LABELS.values():
        stand = standing(label.name)
        told = [
            f"{stand.figures[key]:.2f}" if key in stand.figures else ""
            for key in ("precision", "recall", "pr_auc", "ece")
        ]
        cells = (f"`{label.name}`", label.severity, label.meaning, stand.ships, stand.gate, *told)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def measures() -> str:
    """The measures a criterion may ask for."""
    from qa.measures import MEASURES

    lines = [
        "# Measures",
        "",
        "What `check: {measure: …}` in a scorecard can name.",
        "",
        "| measure | unit | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {measure.unit} | {measure.meaning} |" for name, measure in MEASURES.items()]
    lines.append(
        "| `scriptedness` | percent | share of the agent's words that come from scripts, required wording left out |"
    )
    return "\n".join([*lines, ""])


def commands() -> str:
    """The command reference, from the command line's own help."""
    import typer

    import app

    group = typer.main.get_command(app.cli)
    lines = ["# Commands", "", "Exit codes: 0 fine, 1 an error that the message explains, 2 wrong usage.", ""]
    for name, command in _named(group.commands):
        lines += [f"## unscripted {name}", "", command.help or "", "", "| parameter | meaning |", "|---|---|"]
        for parameter in command.params:
            shown = (
                " ".join(parameter.opts)
                if parameter.param_type_name == "option"
                else (parameter.name or "").upper()
            )
            lines.append(f"| `{shown}` | {getattr(parameter, 'help', None) or ''} |")
        lines.append("")
    return "\n".join(lines)


def _named(commands: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Commands with their whole names; a group is told by those in it."""
    for name, command in commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {below}", one) for below, one in _named(inner))


def api() -> str:
    """The API reference, from the OpenAPI document that a server serves."""
    import logging
    import tempfile

    from models.encoders import HashingEncoder
    from web.server import create_app
    from web.workspace import Workspace

    logging.getLogger("unscripted").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Workspace(folder, encoder=HashingEncoder()), pages=())
        document, roles = app.openapi(), dict(_roles(app.routes))
    lines = [
        "# API",
        "",
        "REST under `/api/v1`. A server serves the whole OpenAPI 3.1 document at `/api/v1/openapi.json` to whoever has a key; this page is made from it.",
        "",
        "**Signing in**: `Authorization: Bearer un_…`. A key is for one client and one role; `unscripted keys --issue` makes one and shows it once. The client is never taken from a request.",
        "",
        "**Errors** are `application/problem+json` (RFC 9457): `title`, `status`, `detail`, and `errors` with the places that are wrong. Nothing that was sent is said back. "
        "A record of another client and one that never was give the same 404.",
        "",
        "**Again**: every POST takes an `Idempotency-Key`; see [decision 27](../decisions/0027-requests-done-once.md). 429 and 503 come with `Retry-After`.",
        "",
        "**Streams**: `GET /api/live/{contact}` sends server-sent events, one per region of the panel that changed (`id` is a version; `Last-Event-ID` goes on from it); `GET /api/live/{contact}/state?since=` is the same without a stream.",
        "",
        "From Python: `web.connection.Connection` has a typed method for each.",
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            who = roles.get((method.upper(), path.removeprefix("/api/v1")), roles.get((method.upper(), path)))
            lines += ["", f"## {method.upper()} {path}", "", operation.get("description", ""), ""]
            lines.append(f"For: {', '.join(who) if who else 'everybody, without a key'}.")
            asked = [
                f"`{one['name']}` ({one['in']}{'' if one.get('required') else ', may be left out'})"
                for one in operation.get("parameters", ())
            ]
            lines += ["", f"Takes: {', '.join(asked)}."] if asked else []
            body = operation.get("requestBody", {}).get("content", {})
            named = sorted({kind for one in body.values() for kind in _kinds(one.get("schema", {}))})
            lines += (
                [
                    "",
                    f"Body: {', '.join(f'`{one}`' for one in body)}{': ' + ', '.join(named) if named else ''}.",
                ]
                if body
                else []
            )
            good = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
            for status, one in good.items():
                kinds = sorted(
                    {
                        kind
                        for part in one.get("content", {}).values()
                        for kind in _kinds(part.get("schema", {}))
                    }
                )
                lines += ["", f"Answers {status}{': ' + ', '.join(kinds) if kinds else ''}."]
    lines += ["", "## Shapes", "", "| shape | fields | meaning |", "|---|---|---|"]
    for name, schema in sorted(document["components"]["schemas"].items()):
        needed = set(schema.get("required", ()))
        fields = ", ".join(
            f"`{one}`" if one in needed else f"`{one}`?" for one in schema.get("properties", {})
        )
        meaning = (schema.get("description") or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        lines.append(f"| {name} | {fields} | {meaning} |")
    return "\n".join([*lines, ""])


def _roles(routes: object) -> object:
    """Method and path of each route with the roles that its dependency lets in."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _roles(inner.routes)
        for needed in getattr(getattr(route, "dependant", None), "dependencies", ()):
            if hasattr(needed.call, "roles"):
                path = route.path.replace(":path}", "}")
                yield from (((method, path), needed.call.roles) for method in route.methods)


def _kinds(schema: dict) -> list[str]:
    """Names of the shapes that a schema refers to."""
    found = [schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else []
    for part in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("prefixItems", ())):
        found += _kinds(part) if isinstance(part, dict) else []
    return found


def records() -> str:
    """What is kept, about whom, and for how long."""
    from storage.erasure import SCORES
    from storage.retention import DEFAULT_DAYS, own_ages
    from storage.subjects import KINDS

    lines = [
        "# What is kept",
        "",
        "Every kind of record that a client's file holds: how an [erasure](../how-to/erase.md) finds it, and which of "
        "the days of [retention](../how-to/retention.md) it goes by. Made from the tables that the software itself "
        "reads. All of it is redacted before it is written.",
        "",
        "| record | goes with a contact by | names people in | goes after (days, by default) |",
        "|---|---|---|---|",
    ]
    own = own_ages()
    for kind, names in sorted(KINDS.items()):
        about = [one for one in (names.contact, names.evaluation, names.dispute, *names.among) if one]
        days = own.get(kind) or ("scores" if kind in SCORES else "transcripts" if about else "")
        after = f"{DEFAULT_DAYS[days]} (`{days}`)" if days else "stays until it is replaced or erased"
        if (
            kind not in SCORES
            and kind not in own
            and not (names.contact or names.evaluation or names.dispute)
        ):
            after = "stays; a contact that goes is taken out of it" if names.among else after
        cells = (kind, *(", ".join(f"`{one}`" for one in found) for found in (about, names.people)), after)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


PAGES = {
    "labels.md": labels,
    "measures.md": measures,
    "commands.md": commands,
    "api.md": api,
    "records.md": records,
}

if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for page, make in PAGES.items():
        (REFERENCE / page).write_text(make(), "utf-8")
    from tests.evidence.quotes import pages

    for path, text in pages().items():
        path.write_text(text, "utf-8")
