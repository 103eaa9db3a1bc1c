"""The vocabulary of Unscripted: frozen records that every room reads and writes.

Start here, then read `models/ports.py`. Records hold data and a few pure look-ups, nothing else.
Scores and confidences are in [0, 1]; times are seconds or aware datetimes; ranges are half-open and
count Unicode code points. Evidence is an address (`Span`), never a copied quote: erasing a
transcript erases its quotations.
"""

from __future__ import annotations

from models.records.conversation import ReadWarning, Rejected, Span, Transcript, Turn
from models.records.evaluation import (
    Asked,
    Check,
    Criterion,
    Dispute,
    Evaluation,
    Found,
    Measured,
    Review,
    Section,
    Verdict,
)
from models.records.findings import Analysis, Finding, Scriptedness, ScriptedSpan
from models.records.live import DisclosureState, DraftCheck, Feedback, Suggestion, WrapUp, WrapUpLine
from models.records.material import ClientProfile, DisclosureRule, Document, Hit, Passage
from models.records.vocabulary import (
    SEVERITIES,
    AutoFail,
    Channel,
    CopcClass,
    Deadline,
    DisclosureProgress,
    DocumentKind,
    EvaluationStatus,
    FeedbackAction,
    Outcome,
    Severity,
    Speaker,
    SuggestionKind,
    Visibility,
    severity_rank,
)

__all__ = [
    "SEVERITIES",
    "Analysis",
    "Asked",
    "AutoFail",
    "Channel",
    "Check",
    "ClientProfile",
    "CopcClass",
    "Criterion",
    "Deadline",
    "DisclosureProgress",
    "DisclosureRule",
    "DisclosureState",
    "Dispute",
    "Document",
    "DocumentKind",
    "DraftCheck",
    "Evaluation",
    "EvaluationStatus",
    "Feedback",
    "FeedbackAction",
    "Finding",
    "Found",
    "Hit",
    "Measured",
    "Outcome",
    "Passage",
    "ReadWarning",
    "Rejected",
    "Review",
    "ScriptedSpan",
    "Scriptedness",
    "Section",
    "Severity",
    "Span",
    "Speaker",
    "Suggestion",
    "SuggestionKind",
    "Transcript",
    "Turn",
    "Verdict",
    "Visibility",
    "WrapUp",
    "WrapUpLine",
    "severity_rank",
]
