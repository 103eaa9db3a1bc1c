"""One pass over a text: the numbers in it, the words that tell what they are, and the marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from models.patterns import pattern
from models.redaction.fillers import BACKCHANNELS, FILLER_LIMIT, FILLERS
from models.redaction.mentions import Mention, heads, mention_at
from models.redaction.plain import Plain, plain
from models.redaction.quantities import UNITS, opaque, quantity_at
from models.spoken_digits import (
    HOMOPHONES,
    LANGUAGE_WORDS,
    MULTIPLIERS,
    NUMBER_WORDS,
    SCALES,
    Atom,
    merge,
    scale,
    spoken,
)

KINDS: tuple[str, ...] = (
    "CARD",
    "SECURITY CODE",
    "PIN",
    "CODE",
    "PASSWORD",
    "NATIONAL ID",
    "IBAN",
    "ACCOUNT",
    "EMAIL",
    "PHONE",
    "NUMBER",
)
"""Kinds of secret, as they stand in the marks."""

NAME = "NAME"
"""The kind of a customer's name, which is masked only for clients that want it."""

MARK = pattern(r"\[(" + "|".join((*KINDS, NAME)) + r")(?: \*{4}[0-9]{4})?\]")
_MARK_START = pattern(MARK.pattern, re.IGNORECASE)
_TOKEN = pattern(r"\[(?=[cspnibe])|[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*")
_OPEN = "["
_GAP = pattern(r"[\s\-.,_/\\|:;()'\"*#·•~=>…!?+]{0,12}")
_PAUSE = pattern(r"[,;:!?…\n>=|]|\.\s|\s\s\s")


@dataclass(slots=True)
class Run:
    """A number: atoms with nothing between them but blanks, punctuation and fillers."""

    atoms: list[Atom]
    leading: bool = False
    """Nothing but fillers and back-channels stands before it in its turn."""
    trailing: bool = False
    """Nothing but fillers and back-channels stands after it."""
    plus: bool = False
    """Begins with "+": a telephone number."""
    prefixed: bool = False
    """Hangs on letters: the 4411 of RX-4411."""
    order: int = 0

    @property
    def start(self) -> int:
        """Where the first atom begins, in the reading copy."""
        return self.atoms[0].start

    @property
    def end(self) -> int:
        """Where the last atom ends."""
        return self.atoms[-1].end

    @property
    def digits(self) -> str:
        """All digits, homophones left out."""
        return "".join(atom.digits for atom in self.atoms if not atom.weak)


@dataclass(slots=True)
class Scan:
    """What one pass over a text found."""

    plain: Plain
    runs: list[Run] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    marks: list[Mention] = field(default_factory=list)
    words: int = 0
    heavy: int = 0
    """Words that are neither numbers nor fillers nor back-channels."""

    @property
    def light(self) -> bool:
        """Says nothing that would end a number being dictated."""
        return self.heavy == 0


class _Assembler:
    """Puts atoms together to runs as the words go by."""

    __slots__ = (
        "atoms",
        "end",
        "fillers",
        "plus",
        "prefixed",
        "scan",
        "text",
        "times",
        "times_start",
        "weak",
    )

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.text = scan.plain.text
        self.clear()

    def clear(self) -> None:
        self.atoms: list[Atom] = []
        self.weak: list[Atom] = []
        self.fillers = 0
        self.times = 0
        self.times_start = 0
        self.end = 0
        self.plus = False
        self.prefixed = False

    def joint(self, start: int) -> str | None:
        """What joins a token at `start` to what went before; None when it does not belong to it."""
        match = _GAP.match(self.text, self.end, start)
        if match is None or match.end() != start:
            return None
        if self.text.count("\n", self.end, start) > 2:  # noqa: PLR2004 - a paragraph and more apart
            return None
        return "," if _PAUSE.search(self.text, self.end, start) else ""

    def number(self, atom: Atom) -> None:
        """Take up an atom, or begin a new run with it."""
        joint = self.joint(atom.start if not self.times else self.times_start) if self.atoms else None
        if self.times and self.atoms:
            joint = joint if joint is not None else None
        if joint is None and self.atoms:
            times, times_start = self.times, self.times_start
            self.close()
            self.times, self.times_start = times, times_start
        if self.times:
            atom.digits *= self.times
            atom.start, atom.room, self.times = self.times_start, 1, 0
        if not self.atoms:
            before = self.text[max(0, atom.start - 2) : atom.start]
            self.plus = before.endswith(("+", "+("))
            hung = before[-1:].isalpha() or (before[-1:] == "-" and before[:1].isalpha())
            self.prefixed = atom.written and (hung or before[-1:] == "@")
        else:
            last = self.atoms[-1]
            if self.weak and not atom.written and not last.written:
                self.atoms.extend(self.weak)
            elif not self.weak and joint == "" and (not self.fillers or last.scaled) and merge(last, atom):
                self.end, self.fillers = atom.end, 0
                return
            atom.joint = "~" if self.fillers else (joint or "")
        self.weak = []
        self.atoms.append(atom)
        self.end, self.fillers = atom.end, 0

    def filler(self, start: int, end: int) -> None:
        """A word such as "uh" between the digits."""
        if self.atoms:
            self.fillers += 1
            if self.fillers > FILLER_LIMIT or self.joint(start) is None:
                self.close()
            else:
                self.end = end

    def close(self, following: str = "", start: int = 0) -> None:
        """End the run; a last figure with a unit after it ("45 minutes") is left out."""
        atoms = self.atoms
        if atoms:
            if following in UNITS and not self.fillers and not self.weak and start - self.end <= 3:  # noqa: PLR2004 - right behind, a blank or a dash apart
                _drop_quantity(atoms)
            if atoms:
                self.scan.runs.append(
                    Run(atoms, plus=self.plus, prefixed=self.prefixed, order=self.scan.heavy)
                )
            self.clear()
        elif self.times:
            self.times = 0


def _drop_quantity(atoms: list[Atom]) -> None:
    """Take the last figure away: written groups since the last comma or filler, or the spoken number."""
    if sum(len(atom.digits) for atom in atoms) >= 12:  # noqa: PLR2004 - as long as a card number: stays in question
        return
    size = 0
    while atoms:
        atom = atoms.pop()
        size += len(atom.digits)
        if atom.joint or atom.scaled or size > 6:  # noqa: PLR2004 - longer than a spoken quantity
            break


def scan(text: str, *, language: str | None = None) -> Scan:
    """Read a text once.

    Args:
        text: Any text; time and memory are linear in its length.
        language: BCP 47; decides whether "en" or "fire" is a number word.
    """
    copy = plain(text)
    found = Scan(copy)
    _Pass(found, (language or "en")[:2].lower()).read()
    return found


@cache
def _lexicon(language: str) -> tuple[dict[str, str], frozenset[str]]:
    """Number words of a language, and all words that mean something to the pass."""
    numbers = NUMBER_WORDS | LANGUAGE_WORDS.get(language, {})
    known = (
        numbers.keys()
        | heads().keys()
        | MULTIPLIERS.keys()
        | SCALES.keys()
        | HOMOPHONES.keys()
        | BACKCHANNELS
    )
    return numbers, frozenset(known)


class _Pass:
    """The loop over the tokens of one text."""

    def __init__(self, found: Scan, language: str) -> None:
        self.found = found
        self.text = found.plain.text
        self.numbers, self.known = _lexicon(language)
        self.own = LANGUAGE_WORDS.get(language, {})
        self.assembler = _Assembler(found)
        self.opaque = opaque(self.text)
        self.hidden = 0

    def read(self) -> None:
        """Fill the scan."""
        found, assembler, known, heads_ = self.found, self.assembler, self.known, heads()
        skip = words = 0
        for match in _TOKEN.finditer(self.text):
            if skip:
                if match.start() < skip:
                    continue
                skip = 0
            token = match.group()
            words += 1
            if "'" in token and token not in known and token.partition("'")[0] in heads_:
                # "password's", "pin's"; but "one's" is no number
                skip = self._named(match.start(), token.partition("'")[0])
                if skip:
                    continue
            if token not in known and not "0" <= token[0] <= "9" and token != _OPEN:
                # Most words end here: this line is what a pass costs.
                if assembler.atoms or assembler.times:
                    assembler.close(token, match.start())
                found.heavy += 1
                continue
            skip = self._known(match.start(), match.end(), token)
        found.words = words
        assembler.close()
        self._places()

    def _known(self, start: int, end: int, token: str) -> int:
        """A token that may mean something; where to read on when it was the first of several, else 0."""
        if token == _OPEN:
            return self._mark(start)
        if "0" <= token[0] <= "9":
            return self._figure(start, end, token)
        skip = self._named(start, token) if token in heads() and not self._is_digit(start, token) else 0
        if skip:
            return skip
        if token in self.numbers:
            self.assembler.number(spoken(start, end, self.numbers[token]))
        else:
            self._word(start, end, token)
        return 0

    def _is_digit(self, start: int, token: str) -> bool:
        """Whether a word that begins a name of something is a digit here: French "sept" is no month."""
        if token in self.own:
            return True
        atoms = self.assembler.atoms
        return (
            token in HOMOPHONES
            and bool(atoms)
            and not atoms[-1].written
            and self.assembler.joint(start) is not None
        )

    def _named(self, start: int, head: str) -> int:
        """A phrase that tells what a number is, if one begins here; where it ends, else 0."""
        skip = self._mention(start, head)
        if skip:
            self.assembler.close(head, start)
            self.found.heavy += head not in BACKCHANNELS
        return skip

    def _figure(self, start: int, end: int, token: str) -> int:
        """A group of written digits; where to read on when it is none of a number, else 0."""
        while self.hidden < len(self.opaque) and self.opaque[self.hidden][1] <= start:
            self.hidden += 1
        if self.hidden < len(self.opaque) and self.opaque[self.hidden][0] <= start:
            skip = self.opaque[self.hidden][1]
        else:
            skip = quantity_at(self.text, start)
        if skip:
            self.assembler.close()
        elif token in heads():
            skip = self._mention(start, token)
        if not skip:
            self._written(start, end, token)
        return skip

    def _mark(self, start: int) -> int:
        """Note a mark; where it ends, or 0."""
        mark = _MARK_START.match(self.text, start)
        if mark is None:
            return 0
        self.assembler.close()
        self.found.marks.append(Mention(mark.group(1).upper(), start, mark.end()))
        return mark.end()

    def _mention(self, start: int, token: str) -> int:
        """Note a mention; where it ends, or 0."""
        mention = mention_at(self.text, start, token)
        if mention is None:
            return 0
        self.found.mentions.append(mention)
        return mention.end

    def _written(self, start: int, end: int, token: str) -> None:
        """A group of written digits, unless it is part of a word such as `4th`."""
        assembler = self.assembler
        glued = self.text[end : end + 1].isalpha()
        if glued and len(token) < 9 and sum(len(atom.digits) for atom in assembler.atoms) < 6:  # noqa: PLR2004 - fewer digits than any secret has
            assembler.close()
            return
        assembler.number(Atom(start, end, token, written=True))

    def _word(self, start: int, end: int, token: str) -> None:
        """A word that is no number by itself."""
        found, assembler = self.found, self.assembler
        if token in MULTIPLIERS:
            assembler.times, assembler.times_start = MULTIPLIERS[token], start
            return
        if assembler.times and token in HOMOPHONES:
            assembler.number(spoken(start, end, HOMOPHONES[token]))  # "double tree"
            return
        assembler.times = 0
        if assembler.atoms:
            last = assembler.atoms[-1]
            if (
                token in SCALES
                and not last.written
                and assembler.joint(start) == ""
                and scale(last, SCALES[token], end)
            ):
                assembler.end, assembler.fillers = end, 0
                return
            if (
                token in HOMOPHONES
                and not last.written
                and not assembler.fillers
                and assembler.joint(start) is not None
            ):
                assembler.weak.append(Atom(start, end, HOMOPHONES[token], written=False, weak=True))
                assembler.end = end
                if len(assembler.weak) > 2:  # noqa: PLR2004 - no number has three misheard digits in a row
                    assembler.close()
                return
        waits = assembler.text[max(0, start - 5) : end].lower() in ("hang on", "hold on")
        if token in FILLERS or waits:
            assembler.filler(start, end)
            return
        assembler.close(token, start)
        found.heavy += token not in BACKCHANNELS

    def _places(self) -> None:
        """Which runs stand at the beginning and at the end of the turn."""
        for run in self.found.runs:
            run.leading = run.order == 0 and not (self.found.marks and self.found.marks[0].start < run.start)
            run.trailing = False
        if (
            self.found.runs
            and self.found.runs[-1].order == self.found.heavy
            and not (self.found.marks and self.found.marks[-1].start > self.found.runs[-1].start)
        ):
            self.found.runs[-1].trailing = True
        for run in self.found.runs[1:]:
            run.leading = False
