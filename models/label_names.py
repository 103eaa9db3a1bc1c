"""Short names of labels for people: what the words are, in a few plain words of the trade."""

from __future__ import annotations

import re
from collections.abc import Mapping

from models.labels import LABELS
from models.patterns import pattern

_LABEL = pattern(r"\b(?:" + "|".join(re.escape(label) for label in LABELS) + r")\b")

_NAMES = {
    "scripting.verbatim": "client's script",
    "scripting.mined": "stock phrase",
    "scripting.courtesy": "stock courtesy",
    "scripting.repeated": "script repeated",
    "scripting.unanswered": "script instead of an answer",
    "scripting.called_out": "customer: sounds read out",
    "scripting.hollow_empathy": "empathy formula, no action",
    "scripting.collision": "script does not fit",
    "scripting.monologue": "long recital",
    "scripting.heavy": "heavy scripting",
    "tone.rude": "demeaning words",
    "tone.curt": "bare words",
    "tone.impatient": "time pressure",
    "tone.dismissive": "dismissive wording",
    "tone.condescending": "condescending wording",
    "tone.blaming": "blames the customer",
    "tone.argumentative": "contradicts without checking",
    "tone.sarcastic": "sarcastic wording",
    "tone.stiff": "officialese",
    "tone.missed_empathy": "hardship not acknowledged",
    "tone.empathy": "acknowledges",
    "tone.ownership": "takes it on",
    "tone.courtesy": "courteous",
    "tone.uptake": "takes up their words",
    "tone.expectation": "says what happens next",
    "brand.insult": "insult",
    "brand.threat": "threat",
    "brand.discrimination": "discriminating words",
    "brand.disparagement": "runs down the brand",
    "brand.competitor": "recommends a competitor",
    "brand.guarantee": "unhedged promise",
    "brand.unauthorised_offer": "offer above authority",
    "brand.admission": "admits liability",
    "brand.policy_contradiction": "contradicts policy",
    "brand.dead_end": "no without a next step",
    "brand.internal_disclosure": "internal matters",
    "brand.out_of_scope_advice": "advice out of scope",
    "privacy.secret_request": "asks for a secret",
    "privacy.readback": "reads a secret back",
    "privacy.before_verification": "account facts before verification",
    "privacy.secret_ahead": "a secret is about to be spoken",
    "compliance.missing_disclosure": "required statement missing",
    "compliance.altered_disclosure": "required statement altered",
    "compliance.late_disclosure": "required statement late",
    "compliance.disclosure_made": "required statement made",
    "customer.complaint": "customer: complaint",
    "customer.churn": "customer: leaving",
    "customer.escalation": "customer: asks for a supervisor",
    "customer.legal": "customer: legal or press",
    "customer.vulnerable": "customer: hardship or loss",
    "draft.unanswered": "question not answered",
    "draft.unsupported_promise": "promise without a source",
}


def label_name(label: str) -> str:
    """The name of a label; the label itself when it has none yet."""
    return _NAMES.get(label, label)


def label_names() -> dict[str, str]:
    """All labels with their names."""
    return {label: label_name(label) for label in LABELS}


def named(words: str, names: Mapping[str, str] | None = None) -> str:
    """The words, with every label in them by its name.

    In quotes where the words say that nothing of the kind was found, or they would read as if it was.

    Args:
        words: Of a reason, in English.
        names: Of the labels in the reader's language; None: in English.
    """
    names = names if names is not None else _NAMES
    absent = words.startswith("no ") or ": no " in words

    def name(match: re.Match[str]) -> str:
        found = names.get(match[0]) or label_name(match[0])
        return f"“{found}”" if absent else found

    return _LABEL.sub(name, words)
