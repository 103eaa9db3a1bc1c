"""Options that several commands share, and how a command opens what it works on.

`app.py` runs the parser and hands over an `Opening`; nothing here reads a setting by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from web.terminal import Terminal
    from web.workspace import Workspace

Data = Annotated[
    Path | None, typer.Option("--data", envvar="UNSCRIPTED_DATA", help="Folder of the clients' files.")
]
EncoderName = Annotated[
    str,
    typer.Option(
        "--encoder",
        envvar="UNSCRIPTED_ENCODER",
        help="default, thorough, multilingual, hashing, or a sentence-transformers name or folder.",
    ),
]
RerankerName = Annotated[
    str,
    typer.Option(
        "--reranker",
        envvar="UNSCRIPTED_RERANKER",
        help="none, or thorough: the best passages are read with the question; live cards do without.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Client = Annotated[str, typer.Argument(help="The client's name.")]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns",
        help="Which column is what in a CSV or XLSX file: a YAML file, or a mapping kept by name.",
    ),
]
CardName = Annotated[
    str | None,
    typer.Option("--scorecard", help="A published scorecard, by name or name@version; else the only one."),
]
Who = Annotated[str, typer.Option("--who", help="The name of the person who does this.")]


Rates = Annotated[
    str,
    typer.Option(
        "--rates",
        envvar="UNSCRIPTED_RATES",
        help="Requests a second of a key and of a client, turns at once: key=200,client=1000,turns=24.",
    ),
]
TwilioTokens = Annotated[
    list[str] | None,
    typer.Option(
        "--twilio-token",
        envvar="UNSCRIPTED_TWILIO_TOKENS",
        help="Auth token of a Twilio account; with one, feeds from Twilio must be signed.",
    ),
]
PublicUrl = Annotated[
    str,
    typer.Option(
        "--public-url", envvar="UNSCRIPTED_PUBLIC_URL", help="How this server is called from outside."
    ),
]


AbandonedAfter = Annotated[
    float,
    typer.Option(
        "--abandoned-after",
        envvar="UNSCRIPTED_ABANDONED_AFTER",
        min=0.25,
        max=24 * 30,
        help="Hours without a turn after which a contact that nobody ended is ended and kept.",
    ),
]


@dataclass(frozen=True, slots=True)
class Opening:
    """How `app.py` opens a data folder and a terminal."""

    workspace: Callable[[Path | None, str], Workspace]
    terminal: Callable[[bool], Terminal]
    folder: Callable[[Path | None], Path]
    """The data folder: as typed, or the usual one."""


def opened(
    context: typer.Context, data: Path | None, encoder: str, *, json: bool
) -> tuple[Workspace, Terminal]:
    """The workspace and the terminal of a command."""
    opening: Opening = context.obj
    return opening.workspace(data, encoder), opening.terminal(json)


LocalGenerator = Annotated[
    str,
    typer.Option(
        "--generator",
        envvar="UNSCRIPTED_GENERATOR",
        help="A local model that may word cards: local:PATH of a folder or a GGUF file.",
    ),
]
GeneratorUrl = Annotated[
    str,
    typer.Option(
        "--generator-url",
        envvar="UNSCRIPTED_GENERATOR_URL",
        help="An OpenAI-compatible endpoint that may word cards; its key is UNSCRIPTED_GENERATOR_KEY.",
    ),
]
GeneratorModel = Annotated[
    str,
    typer.Option(
        "--generator-model", envvar="UNSCRIPTED_GENERATOR_MODEL", help="Name of the model at the endpoint."
    ),
]
