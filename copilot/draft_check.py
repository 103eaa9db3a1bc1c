"""A draft, read before it is sent: what the client's rules and documents say of it, and what to say instead.

Advice by default; `client.yaml` may make labels binding. Fails open: whatever breaks or takes too long is
left out with a note that names it, and the agent can send. Nothing of the draft is kept or logged.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copilot.draft_promises import unsupported_promises
from copilot.draft_questions import unanswered
from copilot.draft_rules import blocked_by, draft_rules, remedy
from copilot.reading_level import reading_level
from models.errors import ConfigError
from models.languages import with_language
from models.readings import Reading, read
from models.records import (
    DisclosureState,
    DraftCheck,
    Finding,
    ReadingLevel,
    Span,
    Suggestion,
    Transcript,
    Turn,
    severity_rank,
)
from models.words import words

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector

CONTEXT_TURNS = 12
BUDGET_S = 0.5
"""Seconds after which a check says what it has."""
FIRST_S = 20.0
"""The same for the first check of a client's documents in a process: rules and facts are read then. A
server calls `warm` before the first agent types."""
_NEAR_TURNS = 2
_NEAR = frozenset({"brand.policy_contradiction"})
"""Labels for which the turns right before are enough."""
_SCRIPT = "scripting."
"""Labels for which earlier turns of the agent matter where they share words with the draft."""
_SHARED = 4
"""Words in a row that two turns share when one may repeat the other."""
_SHOWN_NOTES = frozenset({"scripting.verbatim"})
_NOT_OF_A_DRAFT = "compliance."
"""Where required statements stand is shown beside the cards; it is no fault of a reply."""
_UNAVAILABLE = "Check unavailable. You can still send."


@dataclass(slots=True)
class _Work:
    """What a check has so far; filled by its worker, read by its caller."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    reading: ReadingLevel | None = None
    checked: bool = False
    """At least one detector has read the draft, or none of them reads drafts."""
    over: bool = False
    """The caller has gone; what comes now is not asked for."""
    done: threading.Event = field(default_factory=threading.Event)


_warmed: weakref.WeakKeyDictionary[KnowledgeBase, str] = weakref.WeakKeyDictionary()
"""The state of the documents that a client's last whole check was made with."""
_busy: dict[int, str] = {}
"""Detectors that are still at an earlier draft, by identity: the next draft does not wait for them."""
_busy_lock = threading.Lock()


def check_draft(
    kb: KnowledgeBase,
    transcript: Transcript,
    draft: str,
    *,
    detectors: Sequence[Detector],
    cards: Sequence[Suggestion] = (),
    disclosures: Sequence[DisclosureState] = (),
    context_turns: int = CONTEXT_TURNS,
    budget_s: float = BUDGET_S,
) -> DraftCheck:
    """What is to be said of a draft before it is sent.

    Args:
        kb: Of the client.
        transcript: The contact so far, redacted.
        draft: As it was typed, so that a card number in it is seen. It is not kept.
        detectors: Those that read the contact afterwards.
        cards: On display; what they say counts as supported, and answers open questions.
        disclosures: Where required statements stand. One that is due and missing is shown beside the cards
            and is no fault of a reply, and its words are nobody's script.
        context_turns: Turns before the draft that are read with it.
        budget_s: Seconds after which the check is given as far as it has come.

    Returns:
        Findings with spans into the draft (turn 0; none where words are absent), each with a remedy; those
        that the client made binding by label in `blocked_by`. With a `note` that names what is missing when
        a part broke or was late, and `available` False when nothing could be checked. Never raises.
    """
    if not detectors:
        return DraftCheck((), available=False, note="No detectors are installed. You can still send.")
    if not draft.strip():
        return DraftCheck(())
    work = _Work()
    worker = threading.Thread(
        target=_work,
        args=(work, kb, transcript, draft, tuple(detectors), tuple(cards), context_turns),
        daemon=True,
    )
    worker.start()
    state = kb.digest
    is_warm = _warmed.get(kb) == state
    if work.done.wait(budget_s if is_warm else max(budget_s, FIRST_S)) and not is_warm:
        _warmed[kb] = state
    with work.lock:
        work.over = True
        found, missing, late = list(work.findings), list(work.missing), list(work.waiting)
        level, checked = work.reading, work.checked
    required = tuple(f"{state.document}#" for state in disclosures)
    kept = [one for one in found if not (one.label.startswith(_SCRIPT) and _is_of(one.source, required))]
    return _told(kb, kept, missing, late, level, checked=checked)


def warm(kb: KnowledgeBase, detectors: Sequence[Detector]) -> None:
    """Load what a first check would wait for: rules, facts, word lists. Takes a second or so, once."""
    said = "You will get your refund within 5 days, as you asked. When will that be?"
    turns = (Turn("customer", said, language="en"),)
    transcript = Transcript(id="warm", client=kb.client, turns=turns)
    check_draft(kb, transcript, said, detectors=detectors)


def _told(
    kb: KnowledgeBase,
    found: list[Finding],
    missing: list[str],
    late: list[str],
    level: ReadingLevel | None,
    *,
    checked: bool,
) -> DraftCheck:
    notes = []
    if missing:
        notes.append(f"Not checked, broken: {', '.join(missing)}.")
    if late:
        notes.append(f"Not checked in time: {', '.join(late)}.")
    findings = tuple(_settled(found))
    binding: tuple[str, ...] = ()
    try:
        binding = blocked_by(draft_rules(kb.profile), findings)
    except ConfigError as problem:
        notes.append(f"{problem}. Nothing is blocked.")
    if not checked:
        return DraftCheck(findings, available=False, note=" ".join([_UNAVAILABLE, *notes]), reading=level)
    note = " ".join([*notes, "You can still send."] if missing or late else notes)
    return DraftCheck(findings, note=note, blocked_by=binding, reading=level)


# -- the worker ---------------------------------------------------------------------------------


def _work(  # noqa: PLR0917 - the arguments of a thread
    work: _Work,
    kb: KnowledgeBase,
    transcript: Transcript,
    draft: str,
    detectors: tuple[Detector, ...],
    cards: tuple[Suggestion, ...],
    context_turns: int,
) -> None:
    """Every part in turn; one that breaks is named and stops no other."""
    try:
        _run(work, kb, transcript, draft, detectors, cards, context_turns)
    except Exception as problem:  # noqa: BLE001 - whatever breaks, the agent must be able to send
        with work.lock:
            work.missing.append(type(problem).__name__)
    finally:
        work.done.set()


def _run(  # noqa: PLR0917 - as above
    work: _Work,
    kb: KnowledgeBase,
    transcript: Transcript,
    draft: str,
    detectors: tuple[Detector, ...],
    cards: tuple[Suggestion, ...],
    context_turns: int,
) -> None:
    likely = (transcript.language or "", kb.profile.language)
    turn = with_language(Turn("agent", draft), likely=likely)
    language = turn.language or transcript.language or kb.profile.language or "en"
    before = transcript.turns[-context_turns:] if context_turns > 0 else ()
    readings = {
        context: _Read(replace(transcript, turns=(*turns, turn)))
        for context, turns in (
            ("whole", before),
            ("near", before[-_NEAR_TURNS:]),
            ("script", _sharing(before, draft)),
        )
    }

    def detected(detector: Detector) -> Callable[[], list[Finding]]:
        reading = readings[_context(detector)]
        return lambda: _in_draft(detector.detect([reading.get()])[0], len(reading.transcript.turns) - 1)

    def graded() -> list[Finding]:
        level = reading_level(draft, language)
        with work.lock:
            work.reading = level
        return []

    parts: list[tuple[str, int, Callable[[], list[Finding]]]] = [
        ("reading level", 0, graded),
        *((detector.name, id(detector), detected(detector)) for detector in detectors if _speaks(detector)),
        ("questions", 0, lambda: unanswered(transcript, draft, language=language, cards=cards)),
        ("promises", 0, lambda: unsupported_promises(kb, transcript, draft, language=language, cards=cards)),
    ]
    with work.lock:
        work.waiting = [name for name, _, _ in parts]
        work.checked = not any(key for _, key, _ in parts)
    for name, key, part in parts:
        if not _part(work, name, key, part):
            return


def _speaks(detector: Detector) -> bool:
    """Whether a detector can say anything that is shown of a draft."""
    if getattr(detector, "only_suggests", False):
        return False
    return not all(label.startswith((_NOT_OF_A_DRAFT, "customer.")) for label in detector.labels)


def _context(detector: Detector) -> str:
    """How much of the contact a detector reads with a draft; less where its labels need less."""
    if not detector.labels:
        return "whole"
    if all(label.startswith(_SCRIPT) for label in detector.labels):
        return "script"
    return "near" if _NEAR.issuperset(detector.labels) else "whole"


def _sharing(before: Sequence[Turn], draft: str) -> tuple[Turn, ...]:
    """All turns but those of the agent that the draft repeats nothing of."""
    runs = set(_runs(draft))
    return tuple(turn for turn in before if turn.speaker != "agent" or not runs.isdisjoint(_runs(turn.text)))


def _runs(text: str) -> list[tuple[str, ...]]:
    said = [word.text for word in words(text)]
    return [tuple(said[start : start + _SHARED]) for start in range(len(said) - _SHARED + 1)]


def _part(work: _Work, name: str, key: int, part: Callable[[], list[Finding]]) -> bool:
    """One part of a check; False when nobody waits any more."""
    if key:
        with _busy_lock:
            if key in _busy:  # still at an earlier draft: told as late
                return True
            _busy[key] = name
    broke, found = False, []
    try:
        found = part()
    except Exception:  # noqa: BLE001 - one broken part must not hide the others
        broke = True
    finally:
        if key:
            with _busy_lock:
                _busy.pop(key, None)
    with work.lock:
        if work.over:
            return False
        work.waiting.remove(name)
        work.findings += found
        work.checked = work.checked or (bool(key) and not broke)
        if broke:
            work.missing.append(name)
    return True


class _Read:
    """A reading made when it is first asked for."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self._reading: Reading | None = None

    def get(self) -> Reading:
        if self._reading is None:
            self._reading = read([self.transcript])[0]
        return self._reading


# -- findings -----------------------------------------------------------------------------------


def _in_draft(findings: Sequence[Finding], turn: int) -> list[Finding]:
    """Findings in the draft itself that are worth showing, pointing into it."""
    return [
        replace(finding, span=Span(0, finding.span.start, finding.span.end))
        for finding in findings
        if finding.span is not None
        and finding.span.turn == turn
        and not finding.label.startswith(_NOT_OF_A_DRAFT)
        and (severity_rank(finding.severity) > 0 or finding.label in _SHOWN_NOTES)
    ]


def _is_of(source: str | None, documents: tuple[str, ...]) -> bool:
    """Whether a passage belongs to one of these documents."""
    return source is not None and source.startswith(documents)


def _settled(findings: Sequence[Finding]) -> list[Finding]:
    """Each fault once, with a remedy, in the order of the words; what has no words comes last.

    A number that contradicts a policy or exceeds the authority is no unsupported promise besides.
    """
    ends = max((one.span.end for one in findings if one.span is not None), default=0)
    taken = [one.span for one in findings if one.span is not None and one.label.startswith("brand.")]
    kept = [
        one if one.remedy else replace(one, remedy=remedy(one.label))
        for one in dict.fromkeys(findings)
        if not (
            one.label == "draft.unsupported_promise"
            and one.span is not None
            and any(span.start < one.span.end and one.span.start < span.end for span in taken)
        )
    ]
    return sorted(kept, key=lambda one: (one.span.start if one.span else ends, one.label))
