"""Bringing files in: a look at each before anything is stored, then the queue; each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.errors import UnscriptedError
from web.reader import Answer, Reader
from web.render import drawn

if TYPE_CHECKING:
    from models.records import Transcript
    from web.workspace import Workspace

MOST_FILES = 200
_LONGEST_NAME = 200
_MOST_SHOWN = 50
"""Contacts of one file that a preview lists; the others are counted."""
_FIRST_TURNS = 4
_LONGEST_SHOWN = 160


def view(reader: Reader, _: Mapping[str, Any]) -> Answer:
    """The wizard: files, a look at them, the queue."""
    from web import reporting

    store, client = reader.kb.store, reader.kb.client
    html = drawn(
        "upload",
        reader.words("review"),
        client=reader.kb.profile.name or client,
        cards=len({card.name for card in reader.workspace.scorecards(client)}),
        agents=sorted({str(one.key[0]) for one in store.tally(client, "cases", ["agent"])} - {"", "None"})[
            :_MOST_SHOWN
        ],
        letters=reporting.dead_letters(reader.workspace, client)[:_MOST_SHOWN],
    )
    return {"html": html}


def looked_at(
    workspace: Workspace, client: str, files: Sequence[Any], *, agent: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """What each file holds, or what is wrong with it; nothing is stored.

    Args:
        workspace: The data folder.
        client: Whose contacts these would be.
        files: Uploads with `filename` and `file`.
        agent: The agent, when the caller knows.
    """
    from qa.readers import parse
    from web.problems import reason_of, safe_words

    known = {
        str(one.key[0])
        for one in workspace.knowledge_base(client).store.tally(
            workspace.knowledge_base(client).client, "cases", ["contact"]
        )
    }
    found: list[dict[str, Any]] = []
    for number, file in enumerate(files, start=1):
        name = safe_words(plain_name(file.filename, number))
        try:
            read = parse(file.file.read(), name=name, client=client, agent=agent)
        except UnscriptedError as problem:
            found.append({"path": name, "reason": reason_of(str(problem)), "contacts": [], "total": 0})
            continue
        finally:
            file.file.close()
        shown = [_shown(one, known) for one in read[:_MOST_SHOWN]]
        found.append({"path": name, "reason": "", "contacts": shown, "total": len(read)})
    return {"files": found}


def plain_name(said: str | None, number: int) -> str:
    """The file's own name without folders; a number where it has none."""
    name = (said or "").replace("\\", "/").rsplit("/", 1)[-1][:_LONGEST_NAME]
    return "".join(sign for sign in name if sign.isprintable()) or f"file {number}"


def _shown(transcript: Transcript, known: set[str]) -> dict[str, Any]:
    from models.redaction import redact

    clean = redact(transcript)
    roles = Counter(turn.speaker for turn in clean.turns)
    return {
        "id": clean.id,
        "format": str(clean.metadata.get("format", "")),
        "agent": clean.agent,
        "started_at": clean.started_at,
        "turns": len(clean.turns),
        "roles": dict(roles),
        "known": clean.id in known,
        "warnings": [warning.message for warning in clean.warnings],
        "first": [
            {"speaker": turn.speaker, "text": turn.text[:_LONGEST_SHOWN]}
            for turn in clean.turns[:_FIRST_TURNS]
        ],
    }
