"""Write the generated reference pages: `python docs/build.py`. A test holds them up to date."""

from __future__ import annotations

import sys
from pathlib import Path

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
        told = [f"{stand.figures[key]:.2f}" if key in stand.figures else "" for key in ("precision", "recall", "pr_auc", "ece")]
        cells = (f"`{label.name}`", label.severity, label.meaning, stand.ships, stand.gate, *told)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def measures() -> str:
    """The measures a criterion may ask for."""
    from qa.measures import MEASURES

    lines = ["# Measures", "", "What `check: {measure: …}` in a scorecard can name.", "", "| measure | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {measure.unit} | {measure.meaning} |" for name, measure in MEASURES.items()]
    lines.append("| `scriptedness` | percent | share of the agent's words that come from scripts, required wording left out |")
    return "\n".join([*lines, ""])


def commands() -> str:
    """The command reference, from the command line's own help."""
    import typer

    import app

    group = typer.main.get_command(app.cli)
    lines = ["# Commands", "", "Exit codes: 0 fine, 1 an error that the message explains, 2 wrong usage.", ""]
    for name, command in group.commands.items():
        lines += [f"## unscripted {name}", "", command.help or "", "", "| parameter | meaning |", "|---|---|"]
        for parameter in command.params:
            shown = " ".join(parameter.opts) if parameter.param_type_name == "option" else (parameter.name or "").upper()
            lines.append(f"| `{shown}` | {getattr(parameter, 'help', None) or ''} |")
        lines.append("")
    return "\n".join(lines)


PAGES = {"labels.md": labels, "measures.md": measures, "commands.md": commands}

if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for page, make in PAGES.items():
        (REFERENCE / page).write_text(make(), "utf-8")
