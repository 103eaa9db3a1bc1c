"""Every label a finding can carry: what it means, and how grave it is unless a rule says otherwise.

The names are stable: they never change meaning. `docs/reference/labels.md` is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.records.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of finding."""

    name: str
    severity: Severity
    meaning: str


_TABLE: tuple[tuple[str, Severity, str], ...] = (
    ("scripting.verbatim", "note", "words of the client's script, slots filled"),
    ("scripting.mined", "note", "a stock phrase used across contacts; a proposal until approved"),
    ("scripting.courtesy", "note", "a stock greeting, hold or closing formula"),
    ("scripting.repeated", "minor", "the same scripted sentence again in this contact"),
    ("scripting.unanswered", "minor", "a script instead of the answer, and the customer asks again"),
    ("scripting.called_out", "major", "the customer says that it sounds read out"),
    ("scripting.hollow_empathy", "minor", "an empathy formula over and over, or with no action after"),
    (
        "scripting.collision",
        "major",
        "a placeholder left in, a wrong name, or a sales line after a complaint",
    ),
    ("scripting.monologue", "minor", "a long recital in answer to a one-line question"),
    ("scripting.heavy", "minor", "the contact as a whole, when a trigger was hit"),
    ("tone.rude", "critical", "demeaning words to the customer"),
    ("tone.curt", "minor", "a few bare words where an answer was asked, more than once"),
    ("tone.impatient", "major", "time pressure, or a rebuke for repeating"),
    ("tone.dismissive", "major", "denies that the problem matters or exists"),
    ("tone.condescending", "major", "implies that the customer is ignorant"),
    ("tone.blaming", "major", "puts the fault on the customer with nothing checked"),
    ("tone.argumentative", "major", "contradicts the customer's account without checking"),
    ("tone.sarcastic", "minor", "surface praise meant the other way"),
    ("tone.stiff", "minor", "officialese: passive, nominal, no person, a rule number as the reason"),
    ("tone.missed_empathy", "major", "loss or hardship voiced, and nobody acknowledged it"),
    ("tone.empathy", "note", "went well: reacts to the situation and names it"),
    ("tone.ownership", "note", "went well: says what the agent will do personally"),
    ("tone.courtesy", "note", "went well: please, thank you, a fitting close"),
    ("tone.uptake", "note", "went well: takes up the customer's own words"),
    ("tone.expectation", "note", "went well: says what happens, by whom and by when"),
    ("brand.insult", "critical", "an insult or profanity at the customer"),
    ("brand.threat", "critical", "a threat or unlawful pressure"),
    ("brand.discrimination", "critical", "a protected trait generalised or used to refuse"),
    ("brand.disparagement", "major", "runs down the own brand, product, a colleague or the client"),
    ("brand.competitor", "major", "recommends a competitor"),
    ("brand.guarantee", "major", "an unhedged promise of an outcome or a date"),
    ("brand.unauthorised_offer", "critical", "a refund, credit or waiver above the authority table"),
    ("brand.admission", "critical", "admits liability for harm, a defect or a breach of law"),
    ("brand.policy_contradiction", "major", "contradicts the client's policy"),
    ("brand.dead_end", "major", "refuses without a reason, an alternative or a next step"),
    ("brand.internal_disclosure", "minor", "staffing, systems, margins, outsourcing, an undisclosed partner"),
    ("brand.out_of_scope_advice", "major", "medical, legal or investment advice"),
    ("privacy.secret_request", "critical", "asks for a full card number, a code, a PIN or a password"),
    ("privacy.readback", "critical", "speaks a full card number, national id or IBAN"),
    ("privacy.before_verification", "critical", "account facts before identity is known"),
    (
        "privacy.secret_ahead",
        "critical",
        "a full card number, a code, a PIN or a password is about to be spoken: stop, use the secure line",
    ),
    ("compliance.missing_disclosure", "major", "a required statement was not made"),
    ("compliance.altered_disclosure", "minor", "a required statement with words missing or changed"),
    ("compliance.late_disclosure", "minor", "a required statement made after the point where it was due"),
    ("compliance.disclosure_made", "note", "a required statement, complete"),
    ("customer.complaint", "note", "the customer's wording: a complaint"),
    ("customer.churn", "note", "the customer's wording: leaving or cancelling"),
    ("customer.escalation", "note", "the customer's wording: asks for a supervisor"),
    ("customer.legal", "note", "the customer's wording: lawyer, court, regulator, press"),
    ("customer.vulnerable", "note", "the customer's wording: illness, hardship, bereavement, risk"),
    ("draft.unanswered", "minor", "in a draft only: a question that the customer asked is not answered"),
    (
        "draft.unsupported_promise",
        "minor",
        "in a draft only: a time or amount is promised that no document of the client's holds",
    ),
)

LABELS: dict[str, Label] = {name: Label(name, severity, meaning) for name, severity, meaning in _TABLE}
"""By name, in the order of the reference page."""
