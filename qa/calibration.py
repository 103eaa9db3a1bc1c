"""Several people and the machine score the same contacts, blind; then they compare and agree on words.

Nobody sees another's answers before their own are all in, and an answer that is in stays as it is.
Pure: the caller looks up and stores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError
from models.records import Calibration, Criterion, Evaluation, Outcome, RaterAnswers, Verdict
from qa.agreement import MACHINE, Sheet
from qa.answering import outcome_of, points_for
from qa.reviews import Correction, machine_verdicts

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

_LONGEST_GUIDELINE = 2_000


def open_calibration(
    id: str, card: Scorecard, contacts: Sequence[str], raters: Sequence[str], *, who: str, at: datetime
) -> Calibration:
    """A calibration to hand answers in to.

    Raises:
        InputError: No name, no contact, fewer than one rater, or somebody twice.
    """
    people = [rater.strip() for rater in raters]
    if not who.strip() or not id.strip():
        raise InputError("calibration: needs an id and the name of the person who opens it")
    if not contacts or not people or not all(people):
        raise InputError(f"calibration {id}: needs contacts and raters")
    folded = [person.casefold() for person in people]
    if len(set(folded)) < len(folded) or len(set(contacts)) < len(contacts):
        raise InputError(f"calibration {id}: a contact or a rater stands twice")
    if MACHINE in folded:
        raise InputError(f"calibration {id}: {MACHINE!r} takes part anyway and is nobody's name")
    return Calibration(id.strip(), card.id, tuple(contacts), tuple(people), who.strip(), at)


def hand_in(
    calibration: Calibration,
    card: Scorecard,
    contact: str,
    answers: Sequence[Correction],
    *,
    who: str,
    at: datetime,
    earlier: Sequence[RaterAnswers] = (),
) -> RaterAnswers:
    """One rater's answers for one contact.

    Args:
        calibration: In which they are given.
        card: The version the calibration names.
        contact: One of its contacts.
        answers: One per criterion; only text answers may be left out.
        who: One of its raters.
        at: When, with a zone.
        earlier: What was handed in before.

    Raises:
        ConflictError: This rater's answers for this contact are in.
        InputError: Not a rater or contact of this calibration, another version, or an answer is
            missing, unknown or given twice.
    """
    rater = next((one for one in calibration.raters if one.casefold() == who.strip().casefold()), None)
    if rater is None or contact not in calibration.contacts:
        raise InputError(f"calibration {calibration.id}: has no such rater or contact")
    if card.id != calibration.scorecard:
        raise InputError(f"calibration {calibration.id}: is on {calibration.scorecard}")
    id = f"{calibration.id}:{contact}:{rater}"
    if any(one.id == id for one in earlier):
        raise ConflictError(f"calibration {calibration.id}: these answers are in and stay as they are")
    given = {answer.criterion: answer for answer in answers}
    criteria = {criterion.ref: criterion for criterion in card.criteria}
    unknown = next((ref for ref in given if ref not in criteria), None)
    if unknown is not None or len(given) < len(answers):
        raise InputError(f"calibration {calibration.id}: an answer is to no criterion, or given twice")
    missing = [ref for ref, one in criteria.items() if ref not in given and one.answer.kind != "text"]
    if missing:
        raise InputError(f"calibration {calibration.id}: answer these too: {', '.join(missing)}")
    return RaterAnswers(
        id=id,
        contact=contact,
        scorecard=card.name,
        who=rater,
        answers=tuple(
            verdict_of(criteria[ref], given[ref].outcome, given[ref].value, given[ref].reason, rater)
            for ref in criteria
            if ref in given
        ),
        at=at,
        session=calibration.id,
    )


def verdict_of(
    criterion: Criterion, outcome: Outcome | None, value: object, reason: str, who: str
) -> Verdict:
    """A person's answer as a verdict.

    Raises:
        InputError: There is no such answer to this criterion.
    """
    said = value if isinstance(value, (int, float, str, tuple)) else None
    if said is not None and criterion.answer.kind != "yes_no" and outcome in (None, "MET", "NOT_MET"):
        outcome = outcome_of(criterion, said)
        if outcome == "UNSCORED":
            raise InputError(f"criterion {criterion.ref}: has no such answer; see its options")
    elif outcome is None:
        raise InputError(f"criterion {criterion.ref}: the answer is missing")
    else:
        said = None
    return Verdict(
        criterion.ref, outcome, points_for(criterion, outcome, said), reason.strip(), who, (), said
    )


def waiting(calibration: Calibration, answers: Sequence[RaterAnswers]) -> dict[str, tuple[str, ...]]:
    """Per rater the contacts that are still to be answered."""
    done = {one.id for one in answers}
    return {
        rater: tuple(
            contact for contact in calibration.contacts if f"{calibration.id}:{contact}:{rater}" not in done
        )
        for rater in calibration.raters
    }


def visible_to(calibration: Calibration, answers: Sequence[RaterAnswers], who: str) -> list[RaterAnswers]:
    """What a person may see: their own, and everybody's once they have no contact left to answer.

    Whoever is no rater sees nothing before all are in: they might tell.
    """
    own = [one for one in answers if one.session == calibration.id]
    left = waiting(calibration, own)
    rater = next((one for one in calibration.raters if one.casefold() == who.strip().casefold()), None)
    if rater is None:
        return own if not any(left.values()) else []
    return [one for one in own if not left[rater] or one.who == rater]


def sheets_of(
    answers: Sequence[RaterAnswers], evaluations: Sequence[Evaluation], *, contacts: Sequence[str] = ()
) -> list[Sheet]:
    """Answers of people, and the machine's own on the same contacts.

    Args:
        answers: Of people, blind.
        evaluations: Of one scorecard; what people changed in them since is left out.
        contacts: Only these; empty: all that people answered.
    """
    wanted = set(contacts) or {one.contact for one in answers}
    sheets = [Sheet(one.contact, one.who, one.answers) for one in answers if one.contact in wanted]
    return sheets + [
        Sheet(one.transcript, MACHINE, machine_verdicts(one))
        for one in evaluations
        if one.transcript in wanted
    ]


def adopt(
    card: Scorecard, criterion: str, words: str, *, who: str, at: datetime, session: str = ""
) -> Scorecard:
    """The card with what was agreed on added to a criterion's guideline: wording, no new meaning.

    Raises:
        InputError: No such criterion, no name, or nothing (or far too much) to add.
    """
    line = " ".join(words.split())
    if not who.strip() or not 0 < len(line) <= _LONGEST_GUIDELINE:
        raise InputError(f"guideline: needs a name and 1 to {_LONGEST_GUIDELINE} characters")
    if criterion not in {one.ref for one in card.criteria}:
        raise InputError(f"scorecard {card.id}: has no criterion {criterion}")
    source = f", calibration {session}" if session else ""
    added = f"{line} (Agreed: {who.strip()}, {at:%Y-%m-%d}{source}.)"

    def extended(one: Criterion) -> Criterion:
        if one.ref != criterion:
            return one
        return replace(one, guideline=f"{one.guideline.rstrip()}\n{added}".strip())

    sections = tuple(
        replace(section, criteria=tuple(extended(one) for one in section.criteria))
        for section in card.sections
    )
    return replace(card, sections=sections)


def groups_of(languages: Mapping[str, str | None], sites: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Per contact the groups for `agreement`: its language and its site, where known."""
    groups: dict[str, tuple[str, ...]] = {}
    for contact in {**languages, **sites}:
        named = [("language", languages.get(contact)), ("site", sites.get(contact))]
        groups[contact] = tuple(f"{kind}: {name}" for kind, name in named if name)
    return groups
