"""One evaluated contact with all that an export says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import InputError, NotFoundError
from models.records import Analysis, Criterion, Evaluation, Review, Section, Span, Transcript, Verdict

if TYPE_CHECKING:
    from models.ports import Store
    from qa.scorecards import Scorecard

OUTCOME_WORDS: Mapping[str, str] = {
    "MET": "met",
    "NOT_MET": "not met",
    "NOT_APPLICABLE": "not applicable",
    "UNSCORED": "not told",
}


@dataclass(frozen=True, slots=True)
class Dossier:
    """An evaluation, the scorecard version it was made with, and the words it rests on."""

    transcript: Transcript
    evaluation: Evaluation
    scorecard: Scorecard
    analysis: Analysis | None = None
    reviews: tuple[Review, ...] = ()

    def __post_init__(self) -> None:
        if self.evaluation.transcript != self.transcript.id:
            raise InputError(f"export: evaluation {self.evaluation.id} is of another contact")
        if self.evaluation.scorecard != self.scorecard.id:
            raise InputError(
                f"export: evaluation {self.evaluation.id} was made with another scorecard version"
            )

    @property
    def answered(self) -> list[tuple[Section, Criterion, Verdict]]:
        """Every criterion with its answer, in the order of the scorecard."""
        verdicts = {verdict.criterion: verdict for verdict in self.evaluation.verdicts}
        return [
            (section, criterion, verdicts[criterion.ref])
            for section in self.scorecard.sections
            for criterion in section.criteria
            if criterion.ref in verdicts
        ]

    @property
    def confirmed_by(self) -> Review | None:
        """Who stands behind it; None for a draft."""
        whole = [review for review in self.reviews if not review.criterion]
        return whole[-1] if whole else None

    def machine(self, criterion: str) -> Verdict | None:
        """What the machine had answered, where a person has changed it."""
        return next((verdict for verdict in self.evaluation.machine if verdict.criterion == criterion), None)

    def quoted(self, spans: tuple[Span, ...]) -> list[tuple[int, str]]:
        """Turn (from 1) and words of each span that still lies in the transcript."""
        found = []
        for span in spans:
            try:
                found.append((span.turn + 1, self.transcript.quote(span)))
            except InputError:  # the transcript was replaced by a shorter one
                continue
        return found


def dossiers(store: Store, client: str, evaluations: list[Evaluation]) -> list[Dossier]:
    """Evaluations with what belongs to them; those whose transcript was erased are left out."""
    from qa.scorecards import Scorecard

    cards = {card.id: card for card in store.find(client, Scorecard)}
    reviews: dict[str, list[Review]] = {}
    for review in store.find(client, Review):
        reviews.setdefault(review.evaluation, []).append(review)
    found = []
    for evaluation in evaluations:
        try:
            transcript = store.get(client, Transcript, evaluation.transcript)
        except NotFoundError:
            continue
        if evaluation.scorecard in cards:
            own = tuple(reviews.get(evaluation.id, ()))
            found.append(
                Dossier(
                    transcript,
                    evaluation,
                    cards[evaluation.scorecard],
                    _analysis(store, client, transcript),
                    own,
                )
            )
    return found


def _analysis(store: Store, client: str, transcript: Transcript) -> Analysis | None:
    try:
        known = store.get(client, Analysis, transcript.id)
    except NotFoundError:
        return None
    # Spans of another text would point at other words.
    return known if known.transcript_digest == transcript.digest else None
