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

    lines = [
        "# Labels",
        "",
        "What a finding can say. The names are stable. The severity is the usual one; a rule or a client may set another.",
        "",
        "| label | usual severity | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{label.name}` | {label.severity} | {label.meaning} |" for label in LABELS.values()]
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
