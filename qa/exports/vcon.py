"""A contact as a vCon (IETF draft-ietf-vcon-vcon-core), with its evaluation in the analysis."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from models.codec import to_plain
from models.records import Transcript, Turn
from qa.exports.dossier import Dossier

SYNTAX = "0.4.0"
_SPACE = uuid.UUID("b3f0a5a2-6d0f-5c33-9c55-6a4f5d3c8f11")
"""Name space of our ids: the same contact always gets the same one."""


def vcon_json(dossier: Dossier) -> str:
    """JSON that our own reader, and any lenient one, reads back as the same turns.

    Internal notes and system lines are left out: nobody said them. Without a time of its own the contact
    is dated 1970, as the draft wants a date.
    """
    transcript = dossier.transcript
    said = [
        (index, turn)
        for index, turn in enumerate(transcript.turns)
        if turn.visibility == "public" and turn.speaker != "system"
    ]
    speakers = list(dict.fromkeys(turn.speaker for _, turn in said))
    begin = (
        transcript.started_at
        or next((turn.at for _, turn in said if turn.at), None)
        or datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    )
    analysis = [_analysis(dossier, "report", "evaluation", to_plain(dossier.evaluation), len(said))]
    if dossier.analysis is not None:
        analysis.append(
            _analysis(dossier, "report", "findings", to_plain(dossier.analysis.findings), len(said))
        )
    body = {
        "vcon": SYNTAX,
        "uuid": str(uuid.uuid5(_SPACE, f"{transcript.client}\0{transcript.id}")),
        "created_at": begin.isoformat(),
        "subject": transcript.id,
        "parties": [_party(speaker, transcript) for speaker in speakers],
        "dialog": [_dialog(turn, speakers.index(turn.speaker), begin) for _, turn in said],
        "analysis": analysis,
        "attachments": [],
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _party(speaker: str, transcript: Transcript) -> dict[str, Any]:
    name = {"name": transcript.agent} if speaker == "agent" and transcript.agent else {}
    return {"role": speaker, **name}


def _dialog(turn: Turn, party: int, begin: datetime) -> dict[str, Any]:
    start = turn.at or begin + timedelta(seconds=turn.start_s or 0.0)
    lasted = (
        {"duration": round(turn.end_s - turn.start_s, 3)}
        if turn.start_s is not None and turn.end_s is not None
        else {}
    )
    return {
        "type": "text",
        "start": start.isoformat(),
        **lasted,
        "parties": [party],
        "originator": party,
        "mediatype": "text/plain",
        "body": turn.text,
        "encoding": "none",
    }


def _analysis(dossier: Dossier, kind: str, product: str, body: Any, turns: int) -> dict[str, Any]:
    return {
        "type": kind,
        "dialog": list(range(turns)),
        "mediatype": "application/json",
        "vendor": "unscripted",
        "product": product,
        "schema": dossier.evaluation.scorecard,
        "body": body,
        "encoding": "json",
    }
