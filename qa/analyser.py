"""One client's detectors, run over its contacts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.errors import InputError
from models.readings import Reading, read
from models.records import Finding, MinedPhrase, Scriptedness, Transcript, UsualScripting, severity_rank
from models.sentences import split_sentences
from qa.detectors import standard_detectors
from qa.detectors.scripting import ScriptBook, scriptedness
from qa.detectors.shipped import FOLDER
from qa.detectors.standing import calibrated, mark
from qa.mining import Proposal, mine
from qa.phrases import Learned, keep, learned, usual_scripting

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector

MOST_TURNS = 10_000
"""Of one contact; a longer one is no contact but a file that holds many."""


class Analyser:
    """Finds what is to be found in a client's contacts. Pure: same contact, same versions, same findings.

    Args:
        kb: The client's knowledge; read once, so make a new analyser when `kb.digest` changes.
        detectors: Instead of the standard ones.
    """

    def __init__(self, kb: KnowledgeBase, *, detectors: Sequence[Detector] | None = None) -> None:
        self._kb = kb
        self._given = None if detectors is None else tuple(detectors)
        self.proposals: tuple[Proposal, ...] = ()
        """Stock phrases that `learn` found, for a person to judge; best first."""
        self.usual: tuple[UsualScripting, ...] = ()
        """How scripted past contacts are, by contact reason; from `learn`, else as kept."""
        self._kept: Learned = learned(kb.store, kb.client)
        self.detectors: tuple[Detector, ...] = ()
        """In the order in which they run."""
        self._bind()

    def _bind(self) -> None:
        self._fingerprint: tuple[str, str] | None = None
        self._book = self._make_book(self.usual or self._kept.usual)
        self.detectors = (
            self._given if self._given is not None else standard_detectors(self._kb, book=self._book)
        )

    def _make_book(self, usual: Sequence[UsualScripting]) -> ScriptBook:
        return ScriptBook(
            self._kb, learned=self._templates(), approved=self._kept.templates("approved"), usual=usual
        )

    def _templates(self) -> tuple[str, ...]:
        """Phrases that weigh half: just learned, else proposed and kept."""
        if self.proposals:
            return tuple(proposal.template for proposal in self.proposals)
        return self._kept.templates("proposed")

    def analyse(self, transcript: Transcript) -> list[Finding]:
        """Findings in one contact; see `analyse_many`."""
        return self.analyse_many([transcript])[0]

    def analyse_many(self, transcripts: Sequence[Transcript]) -> list[list[Finding]]:
        """Findings per contact, sorted by turn, place and label; those without a place come last.

        Internal notes were never said and are not looked at. Nothing is found in a contact in which
        nobody is known to be agent or customer: a finding on swapped roles would be worthless. Equal
        findings (label and words) are given once, the surest.

        Args:
            transcripts: Contacts of this client.

        Raises:
            InputError: A contact belongs to another client, or has more than `MOST_TURNS` turns.
        """
        self._check(transcripts)
        readings = self._read(transcripts)
        known = [position for position, reading in enumerate(readings) if _has_roles(reading)]
        found: list[list[Finding]] = [[] for _ in transcripts]
        chosen = [readings[position] for position in known]
        for detector in self.detectors:
            for position, findings in zip(known, detector.detect(chosen), strict=True):
                found[position].extend(findings)
        for position in known:
            found[position] = mark(readings[position], found[position])
        settled = [_settle(findings) for findings in found]
        if self._given is not None:
            return settled
        return [[calibrated(finding) for finding in findings] for findings in settled]

    def scriptedness(self, transcript: Transcript) -> Scriptedness:
        """The share of the agent's words that come from scripts; a description, not a fault.

        Raises:
            InputError: The contact belongs to another client.
        """
        self._check([transcript])
        return scriptedness(self._book, transcript)

    def learn(self, past: Sequence[Transcript]) -> tuple[Proposal, ...]:
        """Mine stock phrases from past contacts, and see how scripted these usually are.

        Phrases then count half in scriptedness, and a contact gets its percentile among those of its
        reason. Learning again replaces what was learned before. Nothing is kept beyond this analyser
        until `keep`. Phrases that a person approved or rejected are not proposed again.

        Args:
            past: Contacts of this client, best some hundred of several agents.

        Raises:
            InputError: A contact belongs to another client.
        """
        from models.redaction import redact

        self._check(past)
        past = [redact(transcript) for transcript in past]  # what is mined is kept, and shown to people
        judged = (*self._kept.templates("approved"), *self._kept.templates("rejected"))
        known = [line.text for line in ScriptBook(self._kb).lines]
        self.proposals = mine(read(past), [*known, *_mandatory_sentences(self._kb), *judged])
        self.usual = usual_scripting(self._make_book(()), past)
        self._bind()
        return self.proposals

    def keep(self) -> tuple[MinedPhrase, ...]:
        """Keep what `learn` found with the client's documents; decisions of people stand.

        Returns:
            All phrases now kept, proposals first.
        """
        kept = keep(self._kb.store, self._kb.client, self.proposals, self.usual)
        self._kept = learned(self._kb.store, self._kb.client)
        return kept

    @property
    def fingerprint(self) -> str:
        """SHA-256 of detectors, their rules and data, learned phrases and the client's documents."""
        if self._fingerprint is not None and self._fingerprint[0] == self._kb.digest:
            return self._fingerprint[1]
        whole = hashlib.sha256()
        for detector in self.detectors:
            whole.update(f"{detector.name} {' '.join(detector.labels)}\n".encode())
        for path in sorted(FOLDER.rglob("*.yaml")):
            whole.update(path.name.encode() + b"\n" + path.read_bytes())
        for template in (*self._templates(), "", *self._kept.templates("approved")):
            whole.update(template.encode() + b"\n")
        for usual in self.usual or self._kept.usual:
            whole.update(f"{usual}\n".encode())
        whole.update(self._kb.digest.encode())
        self._fingerprint = (self._kb.digest, whole.hexdigest())
        return self._fingerprint[1]

    def _read(self, transcripts: Sequence[Transcript]) -> list[Reading]:
        wants_vectors = any(getattr(detector, "uses_vectors", False) for detector in self.detectors)
        return read(transcripts, encoder=self._kb.encoder if wants_vectors else None)

    def _check(self, transcripts: Sequence[Transcript]) -> None:
        for transcript in transcripts:
            if transcript.client != self._kb.client:
                raise InputError(
                    f"transcript {transcript.id}: its client is not the one of this analyser; "
                    "read it with the right client, or use that client's analyser"
                )
            if len(transcript.turns) > MOST_TURNS:
                raise InputError(
                    f"transcript {transcript.id}: has {len(transcript.turns)} turns, {MOST_TURNS} at most; "
                    "split it into its contacts"
                )


def _mandatory_sentences(kb: KnowledgeBase) -> list[str]:
    """What must be said is said alike in every contact, and is nobody's stock phrase."""
    return [
        document.text[start:end]
        for document in kb.documents("disclosure")
        for start, end in split_sentences(document.text, document.language or "en")
    ]


def _has_roles(reading: Reading) -> bool:
    return bool(reading.agent_turns or reading.customer_turns)


def _settle(findings: Sequence[Finding]) -> list[Finding]:
    best: dict[tuple[str, object, str | None], Finding] = {}
    for finding in findings:
        key = (finding.label, finding.span, finding.source if finding.span is None else None)
        rival = best.get(key)
        if rival is None or _strength(finding) > _strength(rival):
            best[key] = finding
    return sorted(best.values(), key=_place)


def _strength(finding: Finding) -> tuple[int, float]:
    return severity_rank(finding.severity), finding.confidence


def _place(finding: Finding) -> tuple[bool, int, int, str, str]:
    if finding.span is None:
        return True, 0, 0, finding.label, finding.source or ""
    return False, finding.span.turn, finding.span.start, finding.label, finding.source or ""
