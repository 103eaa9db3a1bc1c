"""How far those who answered the same questions agree: Cohen's kappa, Krippendorff's alpha, intervals.

Blind answers only: leaving a machine's answer unchanged is no agreement. Conventions, the same
everywhere: an answer that is missing or UNSCORED is left out; NOT_APPLICABLE is an answer of its own
where yes or no is asked; where everybody always gave one and the same answer both coefficients are not
defined (None), and the share of equal answers says what there is to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from models.errors import InputError
from models.records import Criterion, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.scorecards import Scorecard

    Floats = NDArray[np.float64]

Level = Literal["nominal", "ordinal", "interval"]
Value = str | float

MACHINE = "machine"
"""The rater's name under which the machine's answers stand."""
RESAMPLES = 1000
_SEED = 20260101
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its 95 % interval."""

    value: float
    low: float | None
    high: float | None
    """Percentile bootstrap over contacts; None when too few of the resamples define it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One rater's answers to a scorecard for one contact."""

    contact: str
    rater: str
    answers: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """Agreement on one criterion within one group of contacts."""

    criterion: str
    group: str
    """`all`, `language: de`, `site: Manila`."""
    contacts: int
    """Answered by two raters at least."""
    raters: int
    same: float | None
    """Share of pairs of answers that are equal, in [0, 1]."""
    kappa: Estimate | None
    """Cohen's, people against the machine; each person's answer is one pair."""
    alpha: Estimate | None
    """Krippendorff's, everybody."""
    people: Estimate | None
    """Krippendorff's, people alone."""
    level: Level


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A contact and a criterion on which answers differ."""

    contact: str
    criterion: str
    answers: tuple[tuple[str, str, str], ...]
    """Rater, answer, reason."""


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """All criteria, all groups, and what to talk about."""

    scorecard: str
    contacts: int
    raters: tuple[str, ...]
    rows: tuple[CriterionAgreement, ...]
    disagreements: tuple[Disagreement, ...]


def agreement(
    card: Scorecard,
    sheets: Iterable[Sheet],
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    resamples: int = RESAMPLES,
) -> AgreementReport:
    """Agreement per criterion, over all contacts and within groups of them.

    Args:
        card: What was answered; refs that it does not have are left out.
        sheets: Answers, the machine's under the name `MACHINE`. Of two sheets of one rater for one
            contact the last counts.
        groups: Per contact the groups it is in, such as `language: de`.
        resamples: Of the bootstrap; 0 gives no intervals.
    """
    by_contact: dict[str, dict[str, dict[str, Verdict]]] = {}
    for sheet in sheets:
        by_contact.setdefault(sheet.contact, {})[sheet.rater] = {one.criterion: one for one in sheet.answers}
    double = {contact: raters for contact, raters in by_contact.items() if len(raters) > 1}
    named: dict[str, list[str]] = {"all": list(double)}
    for contact in double:
        for group in (groups or {}).get(contact, ()):
            named.setdefault(group, []).append(contact)
    rows = [
        row
        for criterion in card.criteria
        for group, contacts in named.items()
        if (row := _row(criterion, group, {one: double[one] for one in contacts}, resamples)) is not None
    ]
    raters = sorted({rater for each in double.values() for rater in each})
    return AgreementReport(card.id, len(double), tuple(raters), tuple(rows), tuple(_differing(card, double)))


def cohen_kappa(pairs: Sequence[tuple[Value, Value]]) -> float | None:
    """Cohen's kappa of two raters' answers to the same units, unweighted.

    Returns:
        (observed - expected) / (1 - expected) agreement, in [-1, 1]; None without pairs, or when both
        raters gave one and the same answer throughout.

    Source:
        Cohen 1960.

    Example:
        >>> cohen_kappa([("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")])
        0.5
    """
    import numpy as np

    values = sorted({value for pair in pairs for value in pair}, key=str)
    table = _tables([pairs], values).sum(axis=0)
    kappa = _kappas(table[np.newaxis])[0] if pairs else np.nan
    return None if np.isnan(kappa) else round(float(kappa), 6)


def krippendorff_alpha(units: Sequence[Sequence[Value]], level: Level = "nominal") -> float | None:
    """Krippendorff's alpha of answers to the same units by any number of raters, gaps allowed.

    Args:
        units: Per unit the answers that were given, in any order; units with fewer than two are left out.
        level: Of measurement: `nominal`, `ordinal` (numbers, by rank) or `interval` (numbers).

    Returns:
        1 - observed / expected disagreement, at most 1; None without units, or when all answers are equal.

    Raises:
        InputError: Words where the level wants numbers.

    Source:
        Krippendorff 2011, "Computing Krippendorff's alpha-reliability".

    Example:
        >>> krippendorff_alpha([["a", "a"], ["b", "b"], ["a", "b"], ["b", "b"]])
        0.533333
    """
    import numpy as np

    values = _values(units, level)
    if not values:
        return None
    whole = _coincidences(units, values).sum(axis=0)
    alpha = _alphas(whole[np.newaxis], values, level)[0]
    return None if np.isnan(alpha) else round(float(alpha), 6)


def _row(
    criterion: Criterion,
    group: str,
    contacts: Mapping[str, Mapping[str, Mapping[str, Verdict]]],
    resamples: int,
) -> CriterionAgreement | None:
    level = level_of(criterion)
    units: list[dict[str, Value]] = []
    for raters in contacts.values():
        said = {
            rater: value
            for rater, answers in raters.items()
            if (value := _value(criterion, answers.get(criterion.ref))) is not None
        }
        if len(said) > 1:
            units.append(said)
    if not units:
        return None
    pairs = [
        [(said[MACHINE], value) for rater, value in said.items() if rater != MACHINE]
        if MACHINE in said
        else []
        for said in units
    ]
    everybody = [list(said.values()) for said in units]
    people = [[value for rater, value in said.items() if rater != MACHINE] for said in units]
    equal = [one == other for said in everybody for i, one in enumerate(said) for other in said[i + 1 :]]
    return CriterionAgreement(
        criterion=criterion.ref,
        group=group,
        contacts=len(units),
        raters=len({rater for said in units for rater in said}),
        same=round(sum(equal) / len(equal), 6),
        kappa=_kappa_estimate(pairs, resamples),
        alpha=_alpha_estimate(everybody, level, resamples),
        people=_alpha_estimate(people, level, resamples),
        level=level,
    )


def level_of(criterion: Criterion) -> Level:
    """Ordinal for a scale, interval for a number, nominal for everything else."""
    return {"scale": "ordinal", "number": "interval"}.get(criterion.answer.kind, "nominal")  # type: ignore[return-value]


def _value(criterion: Criterion, verdict: Verdict | None) -> Value | None:
    """An answer as agreement sees it; None where there is none."""
    if verdict is None or verdict.outcome == "UNSCORED" or criterion.answer.kind == "text":
        return None
    if criterion.answer.kind in ("scale", "number"):
        if verdict.outcome == "NOT_APPLICABLE" or verdict.value is None:
            return None
        if isinstance(verdict.value, (int, float)):
            return float(verdict.value)
        places = [option.ref for option in criterion.answer.options]
        return float(places.index(str(verdict.value))) if verdict.value in places else None
    if criterion.answer.kind == "multi" and isinstance(verdict.value, tuple):
        return "+".join(sorted(verdict.value)) or "none"
    return verdict.outcome


def _differing(
    card: Scorecard, contacts: Mapping[str, Mapping[str, Mapping[str, Verdict]]]
) -> Iterable[Disagreement]:
    for contact, raters in contacts.items():
        for criterion in card.criteria:
            said = {rater: answers.get(criterion.ref) for rater, answers in raters.items()}
            values = {_value(criterion, verdict) for verdict in said.values()} - {None}
            if len(values) > 1:
                yield Disagreement(
                    contact,
                    criterion.ref,
                    tuple((rater, _shown(one), one.reason) for rater, one in said.items() if one is not None),
                )


def _shown(verdict: Verdict) -> str:
    value = verdict.value
    if value is None:
        return verdict.outcome
    return (
        f"{value:g}"
        if isinstance(value, (int, float))
        else value
        if isinstance(value, str)
        else ", ".join(value)
    )


# -- sums, over contacts so that they can be drawn again ------------------------------------


def _kappa_estimate(pairs: Sequence[Sequence[tuple[Value, Value]]], resamples: int) -> Estimate | None:
    values = sorted({value for unit in pairs for pair in unit for value in pair}, key=str)
    if not values:
        return None
    return _estimate(_tables(pairs, values), _kappas, resamples)


def _alpha_estimate(units: Sequence[Sequence[Value]], level: Level, resamples: int) -> Estimate | None:
    values = _values(units, level)
    if not values:
        return None
    return _estimate(_coincidences(units, values), lambda tables: _alphas(tables, values, level), resamples)


def _estimate(tables: Floats, coefficient: Any, resamples: int) -> Estimate | None:
    """A coefficient of summed tables, and its percentiles when contacts are drawn again."""
    import numpy as np

    tables = tables[tables.sum(axis=(1, 2)) > 0]
    value = coefficient(tables.sum(axis=0)[np.newaxis])[0] if len(tables) else np.nan
    if np.isnan(value):
        return None
    low = high = None
    if resamples and len(tables) >= _FEWEST:
        # Contacts with the same answers are drawn together: the same bootstrap, whatever their number.
        kinds, counts = np.unique(tables.reshape(len(tables), -1), axis=0, return_counts=True)
        draws = np.random.default_rng(_SEED).multinomial(len(tables), counts / counts.sum(), size=resamples)
        shape = (resamples, *tables.shape[1:])
        drawn = coefficient((draws.astype(np.float64) @ kinds).reshape(shape))
        known = drawn[~np.isnan(drawn)]
        if len(known) >= resamples / 2:
            low, high = (round(float(edge), 6) for edge in np.percentile(known, (2.5, 97.5)))
    return Estimate(round(float(value), 6), low, high)


def _tables(pairs: Sequence[Sequence[tuple[Value, Value]]], values: Sequence[Value]) -> Floats:
    """Per unit how often one answer met another; float64, shape `(units, answers, answers)`."""
    import numpy as np

    place = {value: index for index, value in enumerate(values)}
    tables = np.zeros((len(pairs), len(values), len(values)))
    for index, unit in enumerate(pairs):
        for one, other in unit:
            tables[index, place[one], place[other]] += 1
    return tables


def _kappas(tables: Floats) -> Floats:
    """Kappa of each table; NaN where it is not defined. The only NaN here: it never leaves."""
    import numpy as np

    whole = tables.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.trace(tables, axis1=1, axis2=2) / whole
        expected = (tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1) / whole**2
        kappas: Floats = np.where(1 - expected > _TINY, (observed - expected) / (1 - expected), np.nan)
    return kappas


_TINY = 1e-12


def _values(units: Sequence[Sequence[Value]], level: Level) -> list[Value]:
    """All answers to units that have two at least, sorted."""
    found = {value for unit in units if len(unit) >= _FEWEST for value in unit}
    if level == "nominal":
        return sorted(found, key=str)
    if any(isinstance(value, str) for value in found):
        raise InputError(f"agreement: {level} answers must be numbers")
    return sorted(found)


def _coincidences(units: Sequence[Sequence[Value]], values: Sequence[Value]) -> Floats:
    """Per unit its pairs of answers, each unit with the weight of its answers."""
    import numpy as np

    place = {value: index for index, value in enumerate(values)}
    tables = np.zeros((len(units), len(values), len(values)))
    for index, unit in enumerate(units):
        if len(unit) < _FEWEST:
            continue
        for i, one in enumerate(unit):
            for j, other in enumerate(unit):
                if i != j:
                    tables[index, place[one], place[other]] += 1 / (len(unit) - 1)
    return tables


def _alphas(tables: Floats, values: Sequence[Value], level: Level) -> Floats:
    """Alpha of each coincidence table; NaN where it is not defined."""
    import numpy as np

    counts = tables.sum(axis=2)
    whole = counts.sum(axis=1)
    if level == "nominal":
        distance = np.broadcast_to(1 - np.eye(len(values)), tables.shape)
    elif level == "interval":
        numbers = np.array(values, dtype=np.float64)
        distance = np.broadcast_to((numbers[:, None] - numbers[None, :]) ** 2, tables.shape)
    else:
        # Rank distance: the answers between two, and half of each.
        middle = np.cumsum(counts, axis=1) - counts / 2
        distance = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (tables * distance).sum(axis=(1, 2))
    expected = (counts[:, :, None] * counts[:, None, :] * distance).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        alphas: Floats = np.where(expected > _TINY, 1 - (whole - 1) * observed / expected, np.nan)
    return alphas
