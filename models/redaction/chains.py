"""Numbers that are dictated over several turns, with "ok" and "go on" of the other party in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.redaction.scan import Run, Scan
from models.spoken_digits import Atom

SHORT_TURN = 6
"""Words of another party's turn that do not end a number being dictated."""
_SILENT = ("system",)
"""Their turns ("agent is typing") are no part of the talk."""


@dataclass(slots=True)
class Segment:
    """The part of a chain that stands in one turn."""

    turn: int
    run: Run


@dataclass(slots=True)
class Chain:
    """One number, in one turn or over several."""

    segments: list[Segment]

    @property
    def digits(self) -> str:
        """All its digits."""
        return "".join(segment.run.digits for segment in self.segments)

    @property
    def turn(self) -> int:
        """The turn in which it begins."""
        return self.segments[0].turn

    def pieces(self) -> list[tuple[int, Atom]]:
        """Turn and atom, in order."""
        return [(segment.turn, atom) for segment in self.segments for atom in segment.run.atoms]


def by_speaker(scans: Sequence[Scan], speakers: Sequence[str]) -> list[Chain]:
    """Every run of every turn in exactly one chain; ordered by where the chain begins."""
    chains: list[Chain] = []
    open_: dict[str, Chain] = {}
    for turn, (scan, speaker) in enumerate(zip(scans, speakers, strict=True)):
        if speaker in _SILENT:
            chains.extend(Chain([Segment(turn, run)]) for run in scan.runs)
            continue
        for other in [name for name in open_ if name != speaker]:
            passes = scan.light or (not scan.runs and scan.words <= SHORT_TURN and not scan.mentions)
            if not passes:
                del open_[other]
        current = open_.get(speaker)
        if not scan.runs:
            # A mark is a number that was dealt with: what follows goes on from the mark, not from before it.
            if not scan.light or scan.marks:
                open_.pop(speaker, None)
            continue
        for run in scan.runs:
            if current is not None and run.leading and run is scan.runs[0]:
                current.segments.append(Segment(turn, run))
            else:
                current = Chain([Segment(turn, run)])
                chains.append(current)
            if not run.trailing:
                current = None
        if current is None:
            open_.pop(speaker, None)
        else:
            open_[speaker] = current
    return chains


def regardless_of_speaker(scans: Sequence[Scan], speakers: Sequence[str]) -> Iterator[Chain]:
    """Chains of two turns and more over all parties: for recordings whose parties were mixed up."""
    current: list[Segment] = []
    for turn, (scan, speaker) in enumerate(zip(scans, speakers, strict=True)):
        if speaker in _SILENT or (not scan.runs and scan.light and not scan.marks):
            continue
        if not scan.runs or not scan.runs[0].leading:
            if len(current) > 1:
                yield Chain(current)
            current = []
            if not scan.runs:
                continue
        else:
            current.append(Segment(turn, scan.runs[0]))
            if len(scan.runs) == 1 and scan.runs[0].trailing:
                continue
            if len(current) > 1:
                yield Chain(current)
            current = []
        if scan.runs[-1].trailing:
            current = [Segment(turn, scan.runs[-1])]
    if len(current) > 1:
        yield Chain(current)
