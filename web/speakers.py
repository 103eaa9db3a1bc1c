"""Who is who in a stored contact, set right by a person: the contact is read and scored again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.errors import ConflictError
from models.records import Analysis, Evaluation, Transcript
from qa.speakers import SpeakerCorrection, with_speakers
from web import desk
from web.kept_scores import evaluations_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qa.speakers import Voice
    from web.workspace import Workspace


def correct_speakers(
    workspace: Workspace, client: str, contact: str, roles: Mapping[Voice, str], *, who: str, reason: str
) -> SpeakerCorrection:
    """Set who is who; findings and drafts are made anew from it.

    Raises:
        InputError: See `qa.speakers.with_speakers`.
        ConflictError: A person has confirmed a score of this contact, or somebody else changed it meanwhile.
        NotFoundError: No such contact.
    """
    kb = workspace.knowledge_base(client)
    before = kb.store.get(kb.client, Transcript, contact)
    drafts = evaluations_of(kb.store, kb.client, contact)
    if any(one.status != "draft" for one in drafts):
        raise ConflictError(
            f"contact {contact}: a score of it is confirmed, so who is who stays as it was then"
        )
    after, correction = with_speakers(before, roles, who=who, reason=reason, at=datetime.now(UTC))
    # Against what was read: of two who set it at once the second is told.
    kb.store.put_all(kb.client, [after, correction], expected=[before, *drafts])
    for draft in drafts:
        kb.store.delete(kb.client, Evaluation, draft.id)
    kb.store.delete(kb.client, Analysis, contact)
    stored = kb.store.get(kb.client, Transcript, contact)
    for scorecard in dict.fromkeys(draft.scorecard for draft in drafts):
        desk.score(workspace, client, stored, scorecard=workspace.scorecard(client, scorecard), keep=True)
    return correction


def corrections_of(workspace: Workspace, client: str, contact: str) -> list[SpeakerCorrection]:
    """Who set who is who in a contact, and why; oldest first."""
    kb = workspace.knowledge_base(client)
    return [one for one in kb.store.find(kb.client, SpeakerCorrection) if one.contact == contact]
