"""The review desk: one contact at a time, who has it in hand, answers, notes and who is who.

Each function is for one reader and an object that the page's script sent (`web.reader`). It holds no rule of
its own: the command line and REST call the same functions below it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, InputError, NotFoundError
from models.records import Evaluation, Review, Transcript
from models.records.coaching import CoachingNote
from qa.queues import Claim
from qa.reviews import corrected
from web import desk, reporting
from web.given_answers import correction_of
from web.kept_scores import evaluations_of, stored
from web.reader import Answer, Reader, id_in, list_in, number_in, words_in
from web.render import fill, message_html, percent
from web.scorecard_pane import Tab, scorecard_html
from web.speakers import correct_speakers, corrections_of
from web.transcript_pane import transcript_html
from web.veil import veil_of

if TYPE_CHECKING:
    from models.records import Finding, Passage
    from qa import Scorecard
    from web.workspace import ContactView

_REASON_FOR_A_SUM = "what the sum would be"
_LONGEST_NOTE = 1_000


def contact_panes(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Transcript and scorecard of one contact, and who has it in hand; opening it takes it in hand."""
    contact = id_in(said, "contact")
    workspace, client, words = reader.workspace, reader.client, reader.words("review")
    view, evaluations = _view(reader, contact, words_in(said, "evaluation"))
    workspace.audit.note(client, who=reader.name, action="transcript.read", of=contact)
    held = _take(reader, contact) if said.get("take", True) else {}
    profile, findings = reader.kb.profile, view.analysis.findings
    try:
        card = workspace.scorecard(client, view.evaluation.scorecard if view.evaluation else None)
    except NotFoundError:
        card = None
    view = _veiled(reader, view)
    transcript = transcript_html(
        view,
        profile,
        criteria=card.criteria if card is not None else (),
        passages=passages_of(reader, findings),
        words=words,
        coaching=_notes(reader, contact),
        corrections=corrections_of(workspace, client, contact),
        correctable=all(one.status == "draft" for one in evaluations),
    )
    if card is None:
        shown = message_html(words["no_scorecard"], words["no_scorecard_why"])
    else:
        shown = scorecard_html(
            view,
            card,
            who=reader.name,
            cards=reporting.uses_of_cards(workspace, client, view.transcript),
            words=words,
            tabs=_tabs(reader, evaluations, view.evaluation),
            history=desk.history(workspace, client, view.evaluation.id) if view.evaluation else (),
        )
    return {"transcript": transcript, "card": shown, "contact": contact, **held}


def release(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Put a contact back."""
    reporting.release(reader.workspace, reader.client, id_in(said, "contact"), who=reader.name)
    return {}


def score(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Apply the client's scorecard to one contact and keep the draft."""
    workspace, client = reader.workspace, reader.client
    name = words_in(said, "scorecard")
    transcript = workspace.contact(client, id_in(said, "contact")).transcript
    card = workspace.scorecard(client, name or None)
    desk.score(workspace, client, transcript, scorecard=card, keep=True)
    return {}


def preview(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """The sum with the answers as they stand on the page; nothing is kept.

    Questions that hang on a changed answer follow it: what becomes of them is told per criterion.
    """
    evaluation, card = _evaluation(reader, said)
    answers = [
        replace(one, reason=one.reason if len(one.reason) > len(_REASON_FOR_A_SUM) else _REASON_FOR_A_SUM)
        for one in _corrections(said)
    ]
    changed, _ = corrected(evaluation, card, answers, who=reader.name, at=datetime.now(UTC))
    own = {one.criterion for one in answers}
    before = {one.criterion: one.outcome for one in evaluation.verdicts}
    words = reader.words("review")
    return {
        "score": percent(changed.score),
        "passed": changed.passed,
        "auto_failed": list(changed.auto_failed),
        "open": sum(one.outcome == "UNSCORED" for one in changed.verdicts),
        "follows": {
            one.criterion: words[f"outcome_{one.outcome.lower()}"]
            for one in changed.verdicts
            if one.criterion not in own and one.outcome != before[one.criterion]
        },
    }


def save(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Confirm under the reader's name; every changed answer carries its reason.

    What was on the page must be what is stored: whoever confirmed meanwhile is not written over.

    Raises:
        ConflictError: Somebody else confirmed it, or has it in hand.
        InputError: A changed answer without a reason, or no such answer.
    """
    evaluation, _ = _evaluation(reader, said)
    seen = words_in(said, "status", most=20)
    if seen and seen != evaluation.status:
        last = _last_confirmation(reader, evaluation)
        words = reader.words("review")
        raise ConflictError(fill(words["confirmed_meanwhile"], who=last.who if last else "?"))
    holder = _holder(reader, evaluation.transcript)
    if holder is not None and holder.who != reader.name:
        raise ConflictError(
            fill(reader.words("review")["in_hand_of"], who=holder.who, until=_at(holder.until))
        )
    confirmed = reader.workspace.review(reader.client, evaluation.id, _corrections(said), who=reader.name)
    reporting.release(reader.workspace, reader.client, evaluation.transcript, who=reader.name)
    return {"status": confirmed.status, "score": percent(confirmed.score)}


def set_speakers(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Set who is who in a contact; it is read and scored again."""
    roles: dict[tuple[str, str], str] = {}
    for one in list_in(said, "roles"):
        if not isinstance(one, dict):
            raise InputError("roles: each entry names a voice and its role")
        voice = (words_in(one, "speaker"), words_in(one, "participant"))
        roles[voice] = words_in(one, "role", most=20)
    correct_speakers(
        reader.workspace,
        reader.client,
        id_in(said, "contact"),
        roles,
        who=reader.name,
        reason=words_in(said, "reason", most=_LONGEST_NOTE),
    )
    return {}


def pin_note(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Pin a coaching note to a turn; the agent reads it on their coaching sheet."""
    reporting.pin_note(
        reader.workspace,
        reader.client,
        id_in(said, "contact"),
        number_in(said, "turn", low=1, high=1_000_000, otherwise=0),
        words_in(said, "text", most=_LONGEST_NOTE),
        who=reader.name,
        before=words_in(said, "before", most=_LONGEST_NOTE),
        after=words_in(said, "after", most=_LONGEST_NOTE),
    )
    return {}


def passages_of(reader: Reader, findings: Sequence[Finding]) -> dict[str, Passage]:
    """The passages that findings were held against, by id."""
    found: dict[str, Passage] = {}
    for document in sorted({(finding.source or "").split("#")[0] for finding in findings} - {""}):
        try:
            passages = reader.kb.passages(document)
        except NotFoundError:
            continue
        found |= {passage.id: passage for passage in passages}
        if passages:
            found.setdefault(document, passages[0])
    return found


# -- parts ------------------------------------------------------------------------------------


def _view(reader: Reader, contact: str, wanted: str) -> tuple[ContactView, list[Evaluation]]:
    """The contact with the evaluation that was asked for, else the first that waits, else the last."""
    try:
        view = reader.workspace.contact(reader.client, contact)
    except NotFoundError:
        raise NotFoundError(reader.words("review")["no_such_contact"]) from None
    kb = reader.kb
    evaluations = evaluations_of(kb.store, kb.client, contact)
    if not evaluations:
        return view, []
    waiting = [one for one in evaluations if one.status in ("draft", "disputed")]
    chosen = next((one for one in evaluations if one.id == wanted), (waiting or evaluations[-1:])[0])
    reviews = tuple(one for one in kb.store.find(kb.client, Review) if one.evaluation == chosen.id)
    return replace(view, evaluation=chosen, reviews=reviews), evaluations


def _veiled(reader: Reader, view: ContactView) -> ContactView:
    veil = veil_of(reader.workspace, reader.client)
    evaluation = veil.over(view.evaluation) if view.evaluation is not None else None
    return replace(view, transcript=veil.over(view.transcript), evaluation=evaluation)


def _tabs(reader: Reader, evaluations: Sequence[Evaluation], current: Evaluation | None) -> list[Tab]:
    if len(evaluations) < 2:  # noqa: PLR2004 - one needs no choice
        return []
    titles = {card.id: card.title for card in reader.workspace.scorecards(reader.client)}
    veil = veil_of(reader.workspace, reader.client)
    return [
        Tab(
            one.id,
            veil.name(one.agent),
            titles.get(one.scorecard, one.scorecard),
            one.status,
            current is not None and one.id == current.id,
        )
        for one in evaluations
    ]


def _take(reader: Reader, contact: str) -> Answer:
    """Take a contact in hand; when somebody else has it, say who and until when."""
    try:
        claim = reporting.claim(reader.workspace, reader.client, contact, who=reader.name)
    except ConflictError:
        holder = _holder(reader, contact)
        if holder is None or holder.who == reader.name:
            return {}
        words = reader.words("review")
        return {"held": fill(words["in_hand_of"], who=holder.who, until=_at(holder.until))}
    return {"until": _at(claim.until)}


def _holder(reader: Reader, contact: str) -> Claim | None:
    claim = stored(reader.kb.store, reader.kb.client, Claim, contact)
    return claim if claim is not None and claim.holds(datetime.now(UTC)) else None


def _at(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"


def _evaluation(reader: Reader, said: Mapping[str, Any]) -> tuple[Evaluation, Scorecard]:
    kb = reader.kb
    evaluation = kb.store.get(kb.client, Evaluation, id_in(said, "evaluation"))
    return evaluation, reader.workspace.scorecard(kb.client, evaluation.scorecard)


def _last_confirmation(reader: Reader, evaluation: Evaluation) -> Review | None:
    kb = reader.kb
    own = [
        one
        for one in kb.store.find(kb.client, Review)
        if one.evaluation == evaluation.id and not one.criterion
    ]
    return own[-1] if own else None


def _corrections(said: Mapping[str, Any]) -> list[Any]:
    made = []
    for one in list_in(said, "overrides"):
        if not isinstance(one, dict):
            raise InputError("overrides: each entry names a criterion and its answer")
        made.append(
            correction_of(
                words_in(one, "criterion"),
                words_in(one, "outcome", most=20) or None,
                one.get("value"),
                words_in(one, "reason", most=_LONGEST_NOTE),
            )
        )
    return made


def _notes(reader: Reader, contact: str) -> list[CoachingNote]:
    kb = reader.kb
    return [one for one in kb.store.find(kb.client, CoachingNote) if one.contact == contact]


def transcript_of(reader: Reader, contact: str) -> Transcript:
    """A stored contact, redacted.

    Raises:
        NotFoundError: The client has no such contact.
    """
    return reader.kb.store.get(reader.kb.client, Transcript, contact)
