"""The closed word lists that records use."""

from __future__ import annotations

from typing import Literal

Speaker = Literal["agent", "customer", "bot", "system", "supervisor", "unknown"]
Visibility = Literal["public", "internal"]
Channel = Literal["voice", "chat", "email", "sms", "whatsapp", "other"]
DocumentKind = Literal["policy", "script", "faq", "disclosure", "macro", "authority", "glossary"]
Severity = Literal["note", "minor", "major", "critical"]
SuggestionKind = Literal["answer", "step", "disclosure", "alert"]
FactKind = Literal["amount", "date", "condition", "exception", "step", "other"]
FactProgress = Literal["open", "said", "misstated"]
FeedbackAction = Literal["shown", "used", "copied", "dismissed", "muted", "unmuted"]
Outcome = Literal["MET", "NOT_MET", "NOT_APPLICABLE", "UNSCORED"]
CopcClass = Literal["customer", "business", "compliance"]
AutoFail = Literal["none", "section", "form"]
Deadline = Literal["opening", "before_payment", "before_close"]
DisclosureProgress = Literal["later", "due", "done", "altered", "late", "missing"]
OnAutoFail = Literal["zero", "mark"]
NotApplicable = Literal["leave_out", "count_as_met"]
AnswerKind = Literal["yes_no", "scale", "number", "multi", "text"]
Resolver = Literal["another", "anyone"]
DisputeState = Literal["open", "under_review", "upheld", "changed", "withdrawn"]
EvaluationStatus = Literal["draft", "confirmed", "acknowledged", "disputed", "resolved"]

SEVERITIES: tuple[Severity, ...] = ("note", "minor", "major", "critical")
"""From mildest to gravest; compare with `severity_rank`."""


def severity_rank(severity: Severity) -> int:
    """Position in `SEVERITIES`, 0 (note) to 3 (critical)."""
    return SEVERITIES.index(severity)
