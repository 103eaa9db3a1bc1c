"""Calibration: draw contacts, score them blind, see who differs and by how much, agree on words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from models.errors import ConflictError, InputError
from models.records import Calibration, RaterAnswers
from qa.agreement import MACHINE
from qa.calibration import waiting
from qa.sampling import DrawnSample
from web import reporting, standards
from web.given_answers import correction_of
from web.reader import Answer, Reader, id_in, list_in, number_in, words_in
from web.render import drawn
from web.scorecard_pane import blind_html
from web.transcript_pane import transcript_html

if TYPE_CHECKING:
    from qa.agreement import AgreementReport
    from qa.sampling import Method

_METHODS = ("random", "stratified", "risk", "targeted")
_MOST_CONTACTS = 100
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """One calibration in the list."""

    calibration: Calibration
    mine: tuple[str, ...]
    """Contacts that still wait for this reader's answers."""
    left: int
    """Answers that others still owe."""


def view(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """All calibrations and a way to begin one; or one of them, as far as this reader may see it."""
    if words_in(said, "session"):
        return _one(reader, id_in(said, "session"))
    store, client = reader.kb.store, reader.kb.client
    answers = store.find(client, RaterAnswers)
    sessions = []
    for one in reversed(store.find(client, Calibration)):
        left = waiting(one, answers)
        mine = next((each for who, each in left.items() if who.casefold() == reader.name.casefold()), ())
        sessions.append(Session(one, mine, sum(map(len, left.values())) - len(mine)))
    html = drawn(
        "calibration",
        reader.words("review"),
        sessions=sessions,
        methods=_METHODS,
        scorecards={card.name: card.title for card in reader.workspace.scorecards(client)},
        me=reader.name,
        colleagues=colleagues_of(reader),
        client=reader.kb.profile.name or client,
    )
    return {"html": html}


def colleagues_of(reader: Reader) -> list[str]:
    """Others who review for this client with a password of their own, by name."""
    from storage.names import client_key
    from storage.people import People

    key = client_key(reader.client)
    return sorted(
        one.name
        for one in People(reader.workspace.folder).list()
        if one.active
        and one.name.casefold() != reader.name.casefold()
        and any(client_key(grant.client) == key and grant.role == "qa" for grant in one.grants)
    )


def begin(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Draw contacts and open a calibration on them.

    Raises:
        InputError: No name, no raters, or nothing to draw from.
        ConflictError: The name is taken.
    """
    id = words_in(said, "id", most=100)
    raters = [name.strip() for name in words_in(said, "raters", most=_LONGEST).split(",") if name.strip()]
    method = words_in(said, "method", most=20) or "random"
    if not id or not raters or method not in _METHODS:
        raise InputError("calibration: needs a name, the people who score, and a way of drawing")
    store, client = reader.kb.store, reader.kb.client
    if any(one.id == id for one in store.find(client, Calibration)):
        raise ConflictError(f"calibration {id}: this name is taken")
    known = [one for one in store.find(client, DrawnSample) if one.id == id]
    _, drawn_now = (
        reporting.draw(
            reader.workspace,
            client,
            id,
            method=cast("Method", method),
            size=number_in(said, "size", low=1, high=_MOST_CONTACTS, otherwise=5),
            seed=number_in(
                said, "seed", low=0, high=999_999, otherwise=int(datetime.now(UTC).timestamp()) % 1000
            ),
            who=reader.name,
        )
        if not known
        else (None, known[0])
    )
    standards.calibrate(
        reader.workspace,
        client,
        id,
        drawn_now.contacts,
        raters,
        who=reader.name,
        scorecard=words_in(said, "scorecard", most=200) or None,
    )
    return {"session": id}


def blind(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """The words of one contact and an empty scorecard: neither findings nor anybody's answers."""
    opened = _mine(reader, said)
    contact = id_in(said, "contact")
    words = reader.words("review")
    found = reader.workspace.contact(reader.client, contact)
    card = reader.workspace.scorecard(reader.client, opened.scorecard)
    return {
        "transcript": transcript_html(found, reader.kb.profile, words=words, blind=True),
        "card": blind_html(card, calibration=opened.id, contact=contact, words=words),
    }


def hand_in(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """This reader's answers for one contact; they stay as they are."""
    opened = _mine(reader, said)
    answers = []
    for one in list_in(said, "answers"):
        if not isinstance(one, dict):
            raise InputError("answers: each entry names a criterion and its answer")
        answers.append(
            correction_of(
                words_in(one, "criterion"),
                words_in(one, "outcome", most=20) or None,
                one.get("value"),
                words_in(one, "reason", most=_LONGEST),
            )
        )
    standards.answer_calibration(
        reader.workspace, reader.client, opened.id, id_in(said, "contact"), answers, who=reader.name
    )
    shown = standards.show_calibration(reader.workspace, reader.client, opened.id, who=reader.name)
    left = next((each for who, each in shown.waiting.items() if who.casefold() == reader.name.casefold()), ())
    return {"next": left[0] if left else "", "session": opened.id}


def adopt(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Add what was agreed on to a criterion's guideline."""
    opened = reader.kb.store.get(reader.kb.client, Calibration, id_in(said, "session"))
    standards.adopt_guideline(
        reader.workspace,
        reader.client,
        words_in(said, "criterion", most=200),
        words_in(said, "words", most=2_000),
        who=reader.name,
        session=opened.id,
        scorecard=opened.scorecard,
    )
    return {}


def _one(reader: Reader, id: str) -> Answer:
    shown = standards.show_calibration(reader.workspace, reader.client, id, who=reader.name)
    opened = shown.calibration
    card = reader.workspace.scorecard(reader.client, opened.scorecard)
    mine = next((each for who, each in shown.waiting.items() if who.casefold() == reader.name.casefold()), ())
    html = drawn(
        "calibration_one",
        reader.words("review"),
        calibration=opened,
        left=shown.waiting,
        mine=mine,
        rater=reader.name.casefold() in {who.casefold() for who in opened.raters},
        report=shown.report,
        table=_table(shown.report) if shown.report is not None else (),
        questions={criterion.ref: criterion.question for criterion in card.criteria},
        machine=MACHINE,
        client=reader.kb.profile.name or reader.client,
    )
    return {"html": html}


def _table(report: AgreementReport) -> list[tuple[str, Any, list[Any]]]:
    """Per criterion its agreement and the contacts on which answers differ."""
    return [
        (row.criterion, row, [one for one in report.disagreements if one.criterion == row.criterion])
        for row in report.rows
        if row.group == "all"
    ]


def _mine(reader: Reader, said: Mapping[str, Any]) -> Calibration:
    """The calibration, when this reader is one of its raters.

    Raises:
        InputError: Not a rater, or no such contact in it.
    """
    opened = reader.kb.store.get(reader.kb.client, Calibration, id_in(said, "session"))
    raters = {who.casefold() for who in opened.raters}
    if reader.name.casefold() not in raters or id_in(said, "contact") not in opened.contacts:
        raise InputError(f"calibration {opened.id}: has no such rater or contact")
    return opened
