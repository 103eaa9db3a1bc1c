"""Which ranges of which turns are secrets: the decisions, turn by turn, from all that was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.redaction import chains, emails, identity, passwords, phones
from models.redaction.cards import LONGEST, SHORTEST, find_card, luhn
from models.redaction.chains import Chain, Segment
from models.redaction.context import after, asked, fits, is_year, keeps, near
from models.redaction.mentions import INNOCENT, SECRETS
from models.redaction.scan import Run, Scan
from models.spoken_digits import Atom

BARE = 9
"""Digits from which a number is masked whatever it is, unless something says that it is harmless."""
_PHONE_BUDGET = 500
"""Numbers per record that the telephone library is asked about; it decides on the label alone."""
_TRACED = 50
"""Card numbers per record whose parts are looked for elsewhere in it."""
_TRACE = 5


@dataclass(frozen=True, slots=True)
class Edit:
    """A range of a reading copy to be masked."""

    start: int
    end: int
    kind: str
    mark: str


def _edit(start: int, end: int, kind: str, last_four: str = "") -> Edit:
    return Edit(start, end, kind, f"[{kind} ****{last_four}]" if last_four else f"[{kind}]")


class Decider:
    """Decides on a sequence of turns; one object per record and pass."""

    def __init__(
        self,
        scans: Sequence[Scan],
        speakers: Sequence[str],
        *,
        languages: Sequence[str | None],
        strict: bool = False,
    ) -> None:
        self.scans = scans
        self.speakers = speakers
        self.languages = languages
        self.strict = strict
        """A document of the client: a number is a secret only with its name beside it or its check digits."""
        self.edits: list[list[Edit]] = [[] for _ in scans]
        self.held: list[set[str]] = [{mark.kind for mark in scan.marks} for scan in scans]
        self.phone_budget = _PHONE_BUDGET
        self.pans: list[str] = []

    def decide(self) -> list[list[Edit]]:
        """Edits per turn, sorted, not overlapping."""
        for turn in range(len(self.scans)):
            self._words(turn)
        left: list[Chain] = []
        for chain in chains.by_speaker(self.scans, self.speakers):
            if not self._chain(chain):
                left.append(chain)
        for chain in chains.regardless_of_speaker(self.scans, self.speakers):
            if len(chain.digits) >= SHORTEST and not self._touched(chain):
                self._card(chain, context=False)
        self._trace(left)
        return [merged(edits) for edits in self.edits]

    # -- words ------------------------------------------------------------------------------------

    def _words(self, turn: int) -> None:
        """E-mail addresses, passwords, IBANs, ids with letters, sort codes."""
        scan = self.scans[turn]
        text = scan.plain.text
        if not text:
            return
        spoken = self._spoken_of(turn)
        if "@" in text:
            self._add(turn, "EMAIL", emails.written(text))
        if " at " in text or text.startswith("at ") or "arroba" in text or "apenstaartje" in text:
            expected = "mail" in text or self._earlier_text(turn, "mail")
            self._add(turn, "EMAIL", emails.spoken(text, expected=expected))
        if "PASSWORD" in spoken:
            if any(mention.kind == "PASSWORD" for mention in scan.mentions):
                self._add(turn, "PASSWORD", passwords.said(text))
            elif not self.strict and self._password_asked(turn):
                self._add(turn, "PASSWORD", passwords.answered(text))
        if re.search("[0-9]", text):
            self._add(turn, "IBAN", identity.ibans(text, expected="IBAN" in spoken))
            self._add(turn, "NATIONAL ID", identity.shaped_ids(text))
            if "BANK ACCOUNT" in spoken:
                self._sort_code(turn)
        if "IBAN" in spoken and not self.strict:
            self._add(turn, "IBAN", passwords.spelled(text, tokens=10))
        if "CODE" in spoken:
            self._add(turn, "CODE", passwords.codes(text, scan.mentions))

    def _add(self, turn: int, kind: str, spans: object) -> None:
        for start, end in spans:  # type: ignore[attr-defined]
            if end > start:
                self.edits[turn].append(_edit(start, end, kind))
                self.held[turn].add(kind)

    def _spoken_of(self, turn: int) -> set[str]:
        """Kinds that this turn or the two before speak of."""
        first = turn if self.strict else max(0, turn - 4)
        return {mention.kind for place in range(first, turn + 1) for mention in self.scans[place].mentions}

    def _earlier_text(self, turn: int, word: str) -> bool:
        return any(word in self.scans[place].plain.text for place in range(max(0, turn - 3), turn))

    def _password_asked(self, turn: int) -> bool:
        """Whether the other party's last turn asks for a password."""
        for place in range(turn - 1, max(-1, turn - 4), -1):
            scan = self.scans[place]
            if self.speakers[place] == self.speakers[turn] and self.speakers[turn] != "unknown":
                continue
            if any(mention.kind == "PASSWORD" for mention in scan.mentions):
                return passwords.is_request(scan.plain.text)
            if not scan.light:
                return False
        return False

    def _sort_code(self, turn: int) -> None:
        scan = self.scans[turn]
        places = [
            mention.end
            for mention in scan.mentions
            if mention.kind == "BANK ACCOUNT" and "sort" in scan.plain.text[mention.start : mention.end]
        ]
        if not places and turn and not self.strict:
            earlier = self.scans[turn - 1]
            if any(
                "sort" in earlier.plain.text[m.start : m.end]
                for m in earlier.mentions
                if m.kind == "BANK ACCOUNT"
            ):
                places = [0]
        for place in places:
            span = identity.sort_codes(scan.plain.text, place, place + 60)
            if span:
                self._add(turn, "BANK ACCOUNT", [span])

    # -- numbers ----------------------------------------------------------------------------------

    def _chain(self, chain: Chain) -> bool:
        """Decide on one number; True when it is masked."""
        if self._covered(chain):
            return True
        last = chain.segments[-1]
        follows = after(self.scans[last.turn], last.run)
        if follows in INNOCENT and len(chain.segments) > 1:
            self._chain(Chain([last]))
            return self._chain(Chain(chain.segments[:-1]))
        size = len(chain.digits)
        if size >= SHORTEST and self._card(chain, context=False):
            return True
        kind = self._kind(chain, follows, size)
        if kind is None:
            return self._rest(chain)
        if kind == "CARD" and self._card(chain, context=True):
            return True
        self._mask(chain, kind)
        return True

    def _kind(self, chain: Chain, follows: str | None, size: int) -> str | None:
        """What the number is; None when it may stay."""
        first = chain.segments[0]
        scan, run = self.scans[first.turn], first.run
        found = near(scan, run)
        kind, distance = found or (follows, 0)
        kind = kind or ""
        if self.strict:
            return self._strict_kind(chain, kind, distance, size)
        if self._follows_card(first, size) and kind in ("", "EXPIRY", "CARD", "CARD WORD"):
            return "SECURITY CODE"
        before = asked(self.scans, self.speakers, self.held, first.turn, size)
        if kind in SECRETS:
            if fits(kind, size) or (kind == "CARD WORD" and size >= 4 and distance <= 12):  # noqa: PLR2004
                if not is_year(scan, run):
                    return "CARD" if kind == "CARD WORD" else kind
        elif kind in INNOCENT and keeps(kind, size) and not (run.plus and size >= BARE):
            if not (before == "CARD" and size >= SHORTEST):
                return None
        if is_year(scan, run) or (run.prefixed and size < BARE and len(run.atoms) == 1):
            return None
        if before == "KEEP":
            return None
        if before:
            return before
        continued = self._continues(first, size)
        if continued:
            return continued
        if size < BARE and not (run.plus and size >= phones.SHORTEST):
            return None
        return self._bare_kind(chain)

    def _strict_kind(self, chain: Chain, kind: str, distance: int, size: int) -> str | None:
        """What a number in a client's document is: only with its name right before it."""
        run = chain.segments[0].run
        if run.plus or kind not in SECRETS or distance > 16:  # noqa: PLR2004 - "number is:" and the like
            return (
                self._bare_kind(chain)
                if size == 11
                and kind not in ("PHONE", "REFERENCE")
                and not run.plus
                and identity.is_national(chain.digits)
                else None
            )  # noqa: PLR2004
        if kind in ("CARD", "CARD WORD"):
            return "CARD" if SHORTEST <= size <= LONGEST and not self._phone(chain) else None
        low, high = {"SECURITY CODE": (3, 4), "PIN": (4, 6), "CODE": (4, 8), "NATIONAL ID": (7, 18)}.get(
            kind, (1, 0)
        )
        scan = self.scans[chain.turn]
        between = scan.plain.text[run.start - distance : run.start] if distance else ""
        linked = re.fullmatch(r"\W*(?:is|=|:|no|number)?\W*", between) is not None
        if low <= size <= high and linked and not is_year(scan, run):
            return kind
        return kind if kind in ("IBAN", "BANK ACCOUNT", "PHONE") else None

    def _bare_kind(self, chain: Chain) -> str:
        """The label of a long number about which nothing was said."""
        digits = chain.digits
        run = chain.segments[0].run
        if not run.plus and len(digits) == 11 and identity.is_national(digits):  # noqa: PLR2004
            return "NATIONAL ID"
        if self._ascending(chain):
            return "NUMBER"
        return "PHONE" if self._phone(chain) else "NUMBER"

    def _ascending(self, chain: Chain) -> bool:
        return False

    def _phone(self, chain: Chain) -> bool:
        """Whether the telephone library knows the number."""
        digits = chain.digits
        if self.phone_budget <= 0 or len(digits) > phones.LONGEST + 2:
            return False
        self.phone_budget -= 1
        language = self.languages[chain.turn]
        return phones.is_phone(digits, plus=chain.segments[0].run.plus, language=language)

    def _follows_card(self, segment: Segment, size: int) -> bool:
        """Three or four digits after a card number and its expiry date, in the same turn."""
        if size not in (3, 4):
            return False
        text = self.scans[segment.turn].plain.text
        ends = [
            edit.end
            for edit in self.edits[segment.turn]
            if edit.kind == "CARD" and edit.end <= segment.run.start
        ]
        ends += [
            mark.end
            for mark in self.scans[segment.turn].marks
            if mark.kind == "CARD" and mark.end <= segment.run.start
        ]
        if not ends:
            return False
        between = text[max(ends) : segment.run.start]
        return (
            len(between) <= 40
            and re.fullmatch(
                r"[\W0-9]*(?:(?:exp|expiry|expires|expiring|valid|and|the|date|is|then|with|back|code)[\W0-9]*){0,4}",
                between,
            )
            is not None
        )  # noqa: PLR2004

    def _continues(self, segment: Segment, size: int) -> str | None:
        """Whether the number goes on from a mark at the end of the same party's last turn."""
        scan = self.scans[segment.turn]
        if not segment.run.leading or segment.run is not scan.runs[0] or (size < 3 and not scan.light):  # noqa: PLR2004
            return None
        if size < 2 or any(mark.start < segment.run.start for mark in scan.marks):  # noqa: PLR2004
            return None
        speaker = self.speakers[segment.turn]
        for place in range(segment.turn - 1, max(-1, segment.turn - 6), -1):
            earlier = self.scans[place]
            if self.speakers[place] == speaker:
                if earlier.marks and earlier.marks[-1].kind in ("CARD", "NUMBER"):
                    tail = earlier.plain.text[earlier.marks[-1].end :]
                    return earlier.marks[-1].kind if not re.search(r"\w", tail) else None
                return None
            if not earlier.light:
                return None
        return None

    def _touched(self, chain: Chain) -> bool:
        """Whether a part of the number is masked already."""
        return any(
            edit.start < segment.run.end and segment.run.start < edit.end
            for segment in chain.segments
            for edit in self.edits[segment.turn]
        )

    def _covered(self, chain: Chain) -> bool:
        """Whether the number lies inside something masked already (an IBAN, an address)."""
        return all(
            any(
                edit.start <= segment.run.start and segment.run.end <= edit.end
                for edit in self.edits[segment.turn]
            )
            for segment in chain.segments
        )

    def _mask(self, chain: Chain, kind: str) -> None:
        for segment in chain.segments:
            start, end = segment.run.start, segment.run.end
            if kind in ("NATIONAL ID", "CODE", "IBAN"):
                start, end = _with_letters(self.scans[segment.turn].plain.text, start, end)
            elif kind == "PHONE":
                start = _with_plus(self.scans[segment.turn].plain.text, start)
            self.edits[segment.turn].append(_edit(start, end, kind))
            self.held[segment.turn].add(kind)

    def _rest(self, chain: Chain) -> bool:
        """A harmless number that something else hangs on: "order 12345678 and 020 7946 0018"."""
        size = 0
        atoms = chain.segments[0].run.atoms
        for place, atom in enumerate(atoms):
            if place and size >= 5 and atom.joint:  # noqa: PLR2004 - shorter groups belong together
                rest = Run(atoms[place:])
                if len(rest.digits) >= BARE:
                    part = Chain([Segment(chain.turn, rest)])
                    self._mask(part, self._bare_kind(part))
                    return True
                break
            size += len(atom.digits)
        return False

    # -- cards ------------------------------------------------------------------------------------

    def _card(self, chain: Chain, *, context: bool) -> bool:
        """Mask the card numbers in a chain and what hangs on them; False when there is none.

        Args:
            chain: The number.
            context: Somebody asked for a card number: any issuer, and without Luhn too.
        """
        pieces = chain.pieces()
        if chain.segments[0].run.plus and len(chain.digits) <= phones.LONGEST and self._phone(chain):
            return False
        ranges: list[tuple[int, int]] = []
        for homophones in (False, True):
            if homophones and not any(atom.weak for _, atom in pieces):
                break
            digits = [atom.digits if homophones or not atom.weak else "" for _, atom in pieces]
            place = 0
            while (found := find_card(digits, start=place)) is not None:
                ranges.append(found)
                place = found[1]
            if ranges:
                break
        whole = chain.digits
        if not ranges and context and SHORTEST <= len(whole) <= LONGEST and luhn(whole):
            ranges = [(0, len(pieces))]
            digits = [atom.digits for _, atom in pieces]
        if not ranges:
            return False
        self._hide(pieces, ranges, digits)
        return True

    def _hide(self, pieces: list[tuple[int, Atom]], ranges: list[tuple[int, int]], digits: list[str]) -> None:
        """Edits for card numbers at `ranges` of the pieces, and for the digits around them."""
        for first, last in ranges:
            pan = "".join(digits[first:last])
            if len(self.pans) < _TRACED:
                self.pans.append(pan)
            self._pieces(pieces[first:last], "CARD", pan[-4:])
        bounds = [0, *(place for pair in ranges for place in pair), len(pieces)]
        for first, last in zip(bounds[::2], bounds[1::2], strict=True):
            if first == last:
                continue
            size = sum(len(piece) for piece in digits[first:last])
            self._pieces(pieces[first:last], "SECURITY CODE" if first and size in (3, 4) else "CARD", "")

    def _pieces(self, pieces: list[tuple[int, Atom]], kind: str, last_four: str) -> None:
        """One edit per turn; the first may show the last four."""
        turns: dict[int, list[Atom]] = {}
        for turn, atom in pieces:
            turns.setdefault(turn, []).append(atom)
        for turn, atoms in turns.items():
            self.edits[turn].append(_edit(atoms[0].start, atoms[-1].end, kind, last_four))
            self.held[turn].add(kind)
            last_four = ""

    def _trace(self, left: list[Chain]) -> None:
        """Parts of a known card number that stand elsewhere: false starts, partial read-backs."""
        if not self.pans:
            return
        for chain in left:
            digits = chain.digits
            if (
                _TRACE <= len(digits) <= LONGEST
                and any(digits in pan for pan in self.pans)
                and not self._covered(chain)
            ):
                self._mask(chain, "CARD")


_LETTERS_BEFORE = re.compile(r"(?:(?<![^\W_])(?![ai]\s)[a-z][\s\-.]{0,2}){1,6}$|[a-z]{1,3}-?$")
_LETTERS_AFTER = re.compile(r"[\s\-]{0,2}[a-z](?![^\W_])|[a-z0-9]{1,12}")


def _with_letters(text: str, start: int, end: int) -> tuple[int, int]:
    """The range with the letters that belong to an id: `N1234567`, "A B 12 34 56 C"."""
    window = max(0, start - 18)
    before = _LETTERS_BEFORE.search(text[window:start])
    if before:
        start = window + before.start()
    behind = _LETTERS_AFTER.match(text, end)
    if behind and not (text[end].isspace() and behind.group().strip() in ("a", "i")):
        end = behind.end()
    return start, end


def _with_plus(text: str, start: int) -> int:
    """The range with "+" or "(" before it."""
    while start and text[start - 1] in "+(":
        start -= 1
    return start


def merged(edits: list[Edit]) -> list[Edit]:
    """Sorted, with overlapping ones joined under the mark of the one that begins first, or is longer."""
    out: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end, edit.kind)):
        if out and edit.start < out[-1].end:
            last = out[-1]
            mark = edit if edit.kind == "CARD" and last.kind != "CARD" else last
            out[-1] = Edit(last.start, max(last.end, edit.end), mark.kind, mark.mark)
        else:
            out.append(edit)
    return out
