"""A contact without what its client wants masked, before anything reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import RedactionError, UnscriptedError
from models.records import Transcript
from models.redaction.masking import masking_of

if TYPE_CHECKING:
    from web.workspace import Workspace


def masked(workspace: Workspace, transcript: Transcript) -> Transcript:
    """What the store would keep of a transcript's turns, so that spans found now point there later too.

    Raises:
        RedactionError: Anything failed.
    """
    masking = masking_of(workspace.knowledge_base(transcript.client).profile)
    try:
        return masking.masked(transcript)
    except UnscriptedError:
        raise
    except Exception:  # noqa: BLE001 - whatever breaks in the redactor, the words must go nowhere
        raise RedactionError("transcript: the redactor failed, so it was not read") from None
