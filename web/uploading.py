"""Bringing files in: a look at each before anything is stored, then the queue; each by itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.errors import InputError, UnscriptedError
from web.column_mappings import LONGEST as LONGEST_MAPPING
from web.column_mappings import keep_mapping, meant_mapping, plain_mappings
from web.reader import Answer, Reader, words_in
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
        mappings=plain_mappings(reader.workspace, client),
        letters=reporting.dead_letters(reader.workspace, client)[:_MOST_SHOWN],
    )
    return {"html": html}


def looked_at(
    workspace: Workspace, client: str, files: Sequence[Any], *, agent: str = "", columns: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """What each file holds, or what is wrong with it; nothing is stored.

    Args:
        workspace: The data folder.
        client: Whose contacts these would be.
        files: Uploads with `filename` and `file`.
        agent: The agent, when the caller knows.
        columns: A mapping of columns as JSON, or the name of one that the client keeps.

    Raises:
        InputError: The mapping is none.
    """
    from qa.readers import read_upload
    from web.problems import reason_of, safe_words

    mapping = meant_mapping(workspace, client, columns)

    known = {
        str(one.key[0])
        for one in workspace.knowledge_base(client).store.tally(
            workspace.knowledge_base(client).client, "cases", ["contact"]
        )
    }
    found: list[dict[str, Any]] = []
    for number, file in enumerate(files, start=1):
        name = safe_words(plain_name(file.filename, number))
        content = file.file.read()
        file.file.close()
        about = {"path": name, "reason": "", "contacts": [], "total": 0, "rejected": []}
        about["columns"] = _columns(content)
        found.append(about)
        try:
            read = read_upload(content, name=name, client=client, agent=agent, columns=mapping)
        except UnscriptedError as problem:
            about["reason"] = reason_of(str(problem))
            continue
        about["contacts"] = [_shown(one, known) for one in read.transcripts[:_MOST_SHOWN]]
        about["total"] = len(read.transcripts)
        about["rejected"] = [{"reason": reason_of(one.reason)} for one in read.rejected[:_MOST_SHOWN]]
        about["left_out"] = len(read.rejected)
    return {"files": found}


def _columns(content: bytes) -> dict[str, Any] | None:
    """What a table offers to be mapped, secrets masked; None when a file is no table."""
    from qa.readers.mapped import columns_of
    from web.problems import safe_words

    try:
        found = columns_of(content)
    except UnscriptedError:
        return None
    if found is None:
        return None
    return {
        "names": [safe_words(name) for name in found.names],
        "values": [[safe_words(value) for value in values] for values in found.values],
    }


def keep_columns(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Keep a mapping that the page sends: `name`, `columns`, `speakers`; all that are kept come back."""
    if len(json.dumps(said)) > LONGEST_MAPPING:
        raise InputError(f"mapping: must be text of at most {LONGEST_MAPPING:,} characters")
    from qa.readers.mapping import mapping_of

    made = mapping_of(said, name=words_in(said, "name", most=200))
    keep_mapping(reader.workspace, reader.client, made, who=reader.name)
    return {"kept": plain_mappings(reader.workspace, reader.client)}


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
