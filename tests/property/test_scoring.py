"""What must hold for the score of any card and any findings."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from models.codec import from_json, to_json
from models.records import (
    Answer,
    Criterion,
    Evaluation,
    Finding,
    Found,
    Option,
    Section,
    Span,
    Transcript,
    Turn,
)
from qa.card_writing import to_yaml
from qa.reviews import confirm, machine_verdicts
from qa.scorecards import Scorecard

LABELS = ("tone.rude", "tone.curt", "brand.insult", "customer.complaint")
CONTACT = Transcript(
    id="c", client="acme", agent="a", turns=tuple(Turn("agent" if n % 2 else "customer", "some words") for n in range(6))
)  # fmt: skip

bands = st.just(
    Answer("number", (Option("none", "none", 1.0, high=0.0), Option("one", "one", 0.4, high=1.0), Option("more", "more", 0.0)))
)  # fmt: skip
checks = st.builds(
    lambda label, most: Found((label,), at_most=most), st.sampled_from(LABELS), st.integers(0, 2)
) | st.builds(lambda label: Found((label,), at_least=1), st.sampled_from(LABELS))
criteria = st.builds(
    Criterion,
    ref=st.just("r"),
    question=st.just("Q?"),
    check=checks,
    weight=st.sampled_from([0.0, 0.5, 1.0, 3.0, 7.25]),
    copc=st.sampled_from(["customer", "business", "compliance"]),
    auto_fail=st.sampled_from(["none", "none", "section", "form"]),
    applies_when=st.none() | st.builds(lambda label: Found((label,), at_least=1), st.sampled_from(LABELS)),
    on_auto_fail=st.sampled_from(["zero", "mark"]),
    not_applicable=st.sampled_from(["leave_out", "count_as_met"]),
)


@st.composite
def cards(draw):
    sections = []
    for place in range(draw(st.integers(1, 3))):
        made = []
        for number in range(draw(st.integers(1, 4))):
            one = replace(draw(criteria), ref=f"r{place}-{number}")
            if draw(st.booleans()):
                label = one.check.labels
                one = replace(one, answer=draw(bands), check=Found(label))
            if one.auto_fail == "none":
                one = replace(one, bonus=draw(st.booleans()), on_auto_fail="zero")
            made.append(one)
        sections.append(Section(f"s{place}", f"S{place}", tuple(made)))
    first = replace(sections[0].criteria[0], weight=1.0, bonus=False)
    sections[0] = replace(sections[0], criteria=(first, *sections[0].criteria[1:]))
    return Scorecard("card", "1", "Card", tuple(sections), draw(st.sampled_from([0.0, 0.5, 0.8, 1.0])))


findings = st.lists(
    st.builds(
        lambda label, turn, start: Finding(label, "major", Span(turn, start, start + 2), 0.9, "rule@1", "because"),
        st.sampled_from(LABELS), st.integers(0, 5), st.integers(0, 7),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(cards(), findings, st.randoms())
def test_the_order_of_findings_changes_no_byte(card, found, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert to_json(card.evaluate(CONTACT, found)) == to_json(card.evaluate(CONTACT, shuffled))


@settings(max_examples=80, deadline=None)
@given(cards(), findings)
def test_scores_and_points_stay_in_bounds(card, found):
    evaluation = card.evaluate(CONTACT, found)
    shares = [
        evaluation.score,
        evaluation.raw_score,
        *evaluation.section_scores.values(),
        *evaluation.copc.values(),
    ]
    assert all(one is None or 0 <= one <= 1 for one in shares)
    assert evaluation.score is None or evaluation.score <= evaluation.raw_score
    weights = {one.ref: one.weight for one in card.criteria}
    for verdict in evaluation.verdicts:
        assert verdict.points is None or 0 <= verdict.points <= weights[verdict.criterion]
        assert (verdict.outcome == "UNSCORED") <= (verdict.points is None)
    if any(one.auto_fail == "form" for one in card.criteria if one.ref in evaluation.auto_failed):
        assert not evaluation.passed


@settings(max_examples=60, deadline=None)
@given(cards(), findings)
def test_counting_as_met_never_lowers_a_score_and_leaving_out_changes_none(card, found):
    def with_policy(policy):
        sections = tuple(
            replace(one, criteria=tuple(replace(each, not_applicable=policy) for each in one.criteria))
            for one in card.sections
        )
        return replace(card, sections=sections).evaluate(CONTACT, found)

    left_out, counted = with_policy("leave_out"), with_policy("count_as_met")
    assert [one.outcome for one in left_out.verdicts] == [one.outcome for one in counted.verdicts]
    if left_out.raw_score is not None:
        assert counted.raw_score >= left_out.raw_score - 1e-6
    if not any(one.outcome == "NOT_APPLICABLE" for one in left_out.verdicts):
        assert to_json(replace(left_out, fingerprint="", parts={})) == to_json(
            replace(counted, fingerprint="", parts={})
        )


@settings(max_examples=60, deadline=None)
@given(cards())
def test_a_card_survives_its_file_and_the_store(card):
    again = Scorecard.parse(to_yaml(card))
    assert again.meaning == card.meaning
    assert to_json(again) == to_json(card)
    assert from_json(Scorecard, to_json(card)).meaning == card.meaning


@settings(max_examples=40, deadline=None)
@given(cards(), findings, st.data())
def test_people_may_change_any_answer_and_the_machines_is_kept(card, found, data):
    from datetime import UTC, datetime

    draft = card.evaluate(CONTACT, found)
    chosen = data.draw(st.lists(st.sampled_from([one.ref for one in card.criteria]), unique=True, max_size=4))
    overrides = [
        (ref, data.draw(st.sampled_from(["MET", "NOT_MET", "NOT_APPLICABLE"])), "a good reason")
        for ref in chosen
    ]
    confirmed, _ = confirm(draft, card, overrides, who="Dana", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert machine_verdicts(confirmed) == draft.verdicts
    said = {one.criterion: one.outcome for one in confirmed.verdicts}
    assert all(said[ref] == outcome for ref, outcome, _ in overrides)
    assert from_json(Evaluation, to_json(confirmed)) == confirmed
    assert confirmed.score is None or 0 <= confirmed.score <= 1
