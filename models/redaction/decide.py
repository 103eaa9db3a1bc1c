"""Which numbers of which turns are secrets: the decisions, from all that was found."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from models.patterns import pattern
from models.redaction import chains, identity, phones
from models.redaction.cards import LONGEST, SHORTEST, find_cards, luhn, may_begin
from models.redaction.chains import Chain, Segment
from models.redaction.context import (
    after,
    asked,
    card_wanted,
    figure_asked,
    fits,
    is_list,
    is_reference,
    is_year,
    keeps,
    near,
)
from models.redaction.edits import Edit, heard_around, merged, outside, with_heard, with_letters, with_plus
from models.redaction.fillers import BACKCHANNELS
from models.redaction.mentions import INNOCENT, SECRETS
from models.redaction.scan import Run, Scan
from models.redaction.wording import worded
from models.spoken_digits import Atom

BARE = 9
"""Digits from which a number is masked whatever it is, unless something says that it is harmless."""
_PHONE_BUDGET = 300
"""Numbers per record that the telephone library is asked about; it mostly decides on the label alone."""
_TRACED, _TRACE = 50, 5
"""Card numbers per record whose parts are looked for elsewhere in it, and the digits of such a part."""
_ID_DIGITS = 11
_AFTER_CARD = pattern(
    r"[\W0-9]{0,12}(?:(?:exp|expiry|expires|expiring|valid|and|the|date|is|then|with|back|code)[\W0-9]{1,12}){0,4}"
)
_AFTER_CARD_REACH = 40
_NAME_REACH = 16
_NAMED = pattern(r"\W*(?:is|=|:|no|number)?\W*")
_STRICT = {"SECURITY CODE": (3, 4), "PIN": (4, 6), "CODE": (4, 8), "NATIONAL ID": (7, 18)}
_HEARD = {"SECURITY CODE": (3, 4), "PIN": (4, 6), "CODE": (4, 8), "ACCOUNT": (6, 12)}
_CODE_LENGTHS = (3, 4)
_CODES = ("SECURITY CODE", "PIN", "CODE")
_BACK = 6
_AGAIN = frozenset(("i", "said"))
_LED_ON = 3
"""Digits of a turn of numbers alone that may be the beginning of one that was masked later."""


class Decider:
    """Decides on a sequence of turns; one object per record and pass."""

    def __init__(
        self,
        scans: Sequence[Scan],
        speakers: Sequence[str],
        *,
        languages: Sequence[str | None],
        strict: bool = False,
        live: bool = False,
    ) -> None:
        self.scans = scans
        self.speakers = speakers
        self.languages = languages
        self.strict = strict
        """A document of the client: a number is a secret by its name beside it or its check digits."""
        self.live = live
        """What comes after the last turn is not known yet: it may hold the beginning of a card number."""
        self.edits = [worded(scans, speakers, turn, strict=strict) for turn in range(len(scans))]
        self.held = [
            {mark.kind for mark in scan.marks} | {edit.kind for edit in edits}
            for scan, edits in zip(scans, self.edits, strict=True)
        ]
        """Kinds of secret that a turn holds: masked before, or now."""
        self.changed = {turn for turn, edits in enumerate(self.edits) if edits}
        self.settled: list[list[Edit]] = [[] for _ in scans]
        """Edits per turn up to the last stage, sorted and not overlapping."""
        self.card_ends = [0] * len(scans)
        """Where the last card number of each turn ends; 0 when there is none."""
        self.phone_budget = _PHONE_BUDGET
        self.pans: list[str] = []

    def decide(self) -> list[list[Edit]]:
        """Edits per turn, sorted, not overlapping."""
        self._settle()
        left = [chain for chain in chains.by_speaker(self.scans, self.speakers) if not self._chain(chain)]
        self._settle()
        for chain in chains.regardless_of_speaker(self.scans, self.speakers):
            if len(chain.digits) >= SHORTEST and self._unnamed(chain):
                self._card(chain)
        self._settle()
        self._trace(left)
        self._settle()
        return [
            outside(edits, scan.marks, scan.plain.text)
            for edits, scan in zip(self.settled, self.scans, strict=True)
        ]

    def _settle(self) -> None:
        for turn in self.changed:
            self.settled[turn] = merged(self.edits[turn])
        self.changed.clear()

    # -- what a number is -------------------------------------------------------------------------

    def _chain(self, chain: Chain) -> bool:
        """Decide on one number; True when it is masked."""
        if all(self._masked(part, whole=True) for part in chain.segments):
            return True
        last = chain.segments[-1]
        follows = after(self.scans[last.turn], last.run)
        if follows in INNOCENT and len(chain.segments) > 1:
            self._chain(Chain([last]))
            return self._chain(Chain(chain.segments[:-1]))
        size = len(chain.digits)
        if size >= SHORTEST and not self._of_iban(chain) and self._card(chain):
            return True
        kind = (self._strict_kind if self.strict else self._kind)(chain, follows or "", size)
        if kind is None:
            return self._misheard(chain, follows or "") or self._rest(chain)
        if kind != "CARD" or not self._card(chain, expected=True):
            self._mask(chain, kind)
        return True

    def _kind(  # noqa: PLR0911 - the order of these questions is the rule
        self, chain: Chain, follows: str, size: int
    ) -> str | None:
        """What the number is; None when it may stay."""
        first = chain.segments[0]
        scan, run = self.scans[first.turn], first.run
        kind, distance = near(scan, run) or (follows, 0)
        if kind == "REFERENCE" and not is_reference(scan, run, distance):
            kind = ""
        kind = "PHONE" if kind == "LINE" and size >= phones.SHORTEST else kind
        if size == 2 and any(atom.tail and not atom.scaled for atom in run.atoms):  # noqa: PLR2004 - two digits said as one number
            size = 3  # "eighty nine" may be 80 9
        expiry = kind == "EXPIRY" and not re.search(
            "[0-9]", scan.plain.text[run.start - distance : run.start]
        )
        if kind in ("", "EXPIRY", "CARD", "CARD WORD") and not expiry and self._follows_card(first, size):
            return "SECURITY CODE"
        if kind not in _CODES and is_year(scan, run):
            return None
        before = asked(self.scans, self.speakers, self.held, first.turn, size)
        if kind in SECRETS and (fits(kind, size) or (kind == "CARD" and run.trailing and size > 1)):
            return "CARD" if kind == "CARD WORD" else kind
        if kind in INNOCENT and keeps(kind, size) and not (run.plus and size >= BARE):
            return "CARD" if before == "CARD" and size >= SHORTEST else None
        if run.prefixed and size < BARE and len(run.atoms) == 1:
            return None
        if before:
            return before if before != "KEEP" else self._led_on(chain, size)
        if run.leading and scan.light and card_wanted(self.scans, first.turn):
            return "CARD"
        return (
            self._continued(first, size)
            or self._led_on(chain, size)
            or self._bare(chain, size)
            or self._held_back(chain, size)
        )

    def _misheard(self, chain: Chain, follows: str) -> bool:
        """Mask a code that is as long as one only with what was misheard: "nine won nine"."""
        part = chain.segments[0]
        scan, run = self.scans[part.turn], part.run
        if self.strict or len(chain.segments) > 1 or any(atom.written for atom in run.atoms):
            return False
        start, end, beside = heard_around(scan.plain.text, run.start, run.end)
        size = sum(len(atom.digits) for atom in run.atoms) + beside
        if size == len(run.digits):
            return False
        named = near(scan, run) or (follows, 0)
        kind = named[0] or asked(self.scans, self.speakers, self.held, part.turn, size)
        low, high = _HEARD.get(kind or "", (1, 0))
        if kind and low <= size <= high:
            self._hide(part.turn, Edit(start, end, kind))
            return True
        return False

    def _of_iban(self, chain: Chain) -> bool:
        """Whether somebody says that it is an IBAN: its digits may look like a card number's."""
        found = near(self.scans[chain.turn], chain.segments[0].run)
        return found is not None and found[0] == "IBAN"

    def _bare(self, chain: Chain, size: int) -> str | None:
        """The label of a number about which nothing was said; None when it is short."""
        run = chain.segments[0].run
        if size < (phones.SHORTEST if run.plus else BARE) or is_list(run):
            return None
        if not run.plus and size == _ID_DIGITS and identity.is_national(chain.digits):
            return "NATIONAL ID"
        return "PHONE" if self._phone(chain) else "NUMBER"

    def _strict_kind(self, chain: Chain, follows: str, size: int) -> str | None:
        """What a number in a client's document is: only with its name right before it, or by check digits."""
        run, scan = chain.segments[0].run, self.scans[chain.turn]
        kind, distance = near(scan, run) or (follows, 0)
        if run.plus:
            return None
        if kind not in SECRETS or distance > _NAME_REACH:
            is_id = size == _ID_DIGITS and kind != "REFERENCE" and identity.is_national(chain.digits)
            return "NATIONAL ID" if is_id else None
        if kind in ("CARD", "CARD WORD"):
            return "CARD" if SHORTEST <= size <= LONGEST and not self._phone(chain) else None
        low, high = _STRICT.get(kind, (1, 0))
        named = _NAMED.fullmatch(scan.plain.text, run.start - distance, run.start) is not None
        return kind if low <= size <= high and named and not is_year(scan, run) else None

    def _phone(self, chain: Chain) -> bool:
        """Whether the telephone library knows the number."""
        digits = chain.digits
        if self.phone_budget <= 0 or not phones.SHORTEST <= len(digits) <= phones.LONGEST + 2:
            return False
        self.phone_budget -= 1
        return phones.is_phone(digits, plus=chain.segments[0].run.plus, language=self.languages[chain.turn])

    def _follows_card(self, part: Segment, size: int) -> bool:
        """Three or four digits after a card number and its expiry date, in the same turn."""
        if size not in _CODE_LENGTHS:
            return False
        scan, start = self.scans[part.turn], part.run.start
        place = bisect_right(scan.marks, start, key=lambda mark: mark.end)
        marked = scan.marks[place - 1].end if place and scan.marks[place - 1].kind == "CARD" else 0
        end = max(self.card_ends[part.turn], marked)
        if not 0 < end <= start <= end + _AFTER_CARD_REACH:
            return False
        return _AFTER_CARD.fullmatch(scan.plain.text, end, start) is not None

    def _continued(self, part: Segment, size: int) -> str | None:
        """The kind of the mark at the end of the same party's last turn, when the number goes on from it."""
        scan = self.scans[part.turn]
        if not part.run.leading or part.run is not scan.runs[0] or size < (1 if scan.light else 3):
            return None
        if scan.marks and scan.marks[0].start < part.run.start:
            return None
        for place in range(part.turn - 1, max(-1, part.turn - 1 - _BACK), -1):
            earlier = self.scans[place]
            if self.speakers[place] == self.speakers[part.turn] and (earlier.marks or not earlier.light):
                last = earlier.marks[-1] if earlier.marks else None
                if last is not None and last.kind == "SECURITY CODE" and earlier.marks[0].kind == "CARD":
                    last = last._replace(kind="CARD")
                if last is None or last.kind not in ("CARD", "NUMBER", "PHONE"):
                    return None
                behind = re.findall(r"\w+", earlier.plain.text[last.end :])
                return None if set(behind) - BACKCHANNELS else last.kind
            if not earlier.light:
                return None
        return None

    def _led_on(self, chain: Chain, size: int) -> str | None:
        """The kind of the mark that the same party's next turn begins with: a number went on there.

        While a contact is live, its first digits are kept before anybody can know what they are.
        """
        if size < _LED_ON or not chain.segments[-1].run.trailing:
            return None
        if not all(
            self.scans[part.turn].light and not self.scans[part.turn].marks for part in chain.segments
        ):
            return None
        turn = chain.segments[-1].turn
        for place in range(turn + 1, min(len(self.scans), turn + 1 + _BACK)):
            later = self.scans[place]
            if self.speakers[place] == self.speakers[turn]:
                if not later.marks or later.marks[0].kind not in ("CARD", "NUMBER"):
                    return None
                before = re.findall(r"\w+", later.plain.text[: later.marks[0].start])
                return None if set(before) - BACKCHANNELS - _AGAIN else later.marks[0].kind
            if not later.light and (later.runs or later.mentions or later.words > chains.SHORT_TURN):
                return None
        return None

    def _held_back(self, chain: Chain, size: int) -> str | None:
        """The label of what may be the first digits of a card number that is being dictated.

        Nobody can know it when they are heard, and what is heard is kept at once: so a turn of digits alone
        that an issuer's numbers begin with is masked, unless the other party asked for a figure.
        """
        last = chain.segments[-1]
        if not self.live or size < _LED_ON or last.turn != len(self.scans) - 1:
            return None
        if not all(part.run.leading and self.scans[part.turn].light for part in chain.segments):
            return None
        run = last.run
        if is_list(run) or (run.atoms[-1].scaled and run.atoms[-1].digits.endswith("00")):
            return None
        if not may_begin(chain.digits) or figure_asked(self.scans, self.speakers, last.turn):
            return None
        return "NUMBER"

    # -- masking ----------------------------------------------------------------------------------

    def _masked(self, part: Segment, *, whole: bool = False) -> bool:
        """Whether a segment overlaps with, or as a whole lies in, what was masked when last settled."""
        settled, run = self.settled[part.turn], part.run
        place = bisect_right(settled, run.start, key=lambda edit: edit.start)
        if place and run.start < settled[place - 1].end:
            return not whole or run.end <= settled[place - 1].end
        return not whole and place < len(settled) and settled[place].start < run.end

    def _unnamed(self, chain: Chain) -> bool:
        """Whether nothing of the number was masked yet but as a long number of no known kind."""
        return all(
            edit.kind in ("NUMBER", "PHONE") or edit.end <= part.run.start or part.run.end <= edit.start
            for part in chain.segments
            for edit in self.settled[part.turn]
        )

    def _hide(self, turn: int, edit: Edit) -> None:
        self.edits[turn].append(edit)
        self.changed.add(turn)
        self.held[turn].add(edit.kind)
        if edit.kind in ("CARD", "SECURITY CODE"):
            self.card_ends[turn] = max(self.card_ends[turn], edit.end)

    def _mask(self, chain: Chain, kind: str) -> None:
        for part in chain.segments:
            text, start, end = self.scans[part.turn].plain.text, part.run.start, part.run.end
            if kind in ("NATIONAL ID", "CODE", "IBAN"):
                start, end = with_letters(text, start, end)
            elif kind == "PHONE":
                start, end = with_plus(text, start, end)
            if not part.run.atoms[-1].written:
                start, end = with_heard(text, start, end)
            self._hide(part.turn, Edit(start, end, kind))

    def _rest(self, chain: Chain) -> bool:
        """Mask what hangs on a harmless number: "order 12345678 and 020 7946 0018"."""
        size, atoms = 0, chain.segments[0].run.atoms
        for place, atom in enumerate(atoms):
            if size > 4 and atom.joint:  # noqa: PLR2004 - shorter groups belong together
                part = Chain([Segment(chain.turn, Run(atoms[place:]))])
                kind = None if self.strict else self._bare(part, len(part.digits))
                if kind:
                    self._mask(part, kind)
                return kind is not None
            size += len(atom.digits)
        return False

    def _card(self, chain: Chain, *, expected: bool = False) -> bool:
        """Mask the card numbers in a chain and what hangs on them; False when there is none.

        Args:
            chain: The number.
            expected: Somebody asked for a card number: then any issuer will do.
        """
        pieces = chain.pieces()
        if chain.segments[0].run.plus and len(chain.digits) <= phones.LONGEST and self._phone(chain):
            return False
        for homophones in (False, True):
            digits = [atom.digits if homophones or not atom.weak else "" for _, atom in pieces]
            ranges = find_cards(digits)
            if ranges or not any(atom.weak for _, atom in pieces):
                break
        whole = "".join(digits)
        if not ranges and expected and SHORTEST <= len(whole) <= LONGEST and luhn(whole):
            ranges = [(0, len(pieces))]
        for first, last in ranges:
            pan = "".join(digits[first:last])
            self.pans += [pan] if len(self.pans) < _TRACED else []
            self._hide_pieces(pieces[first:last], "CARD", pan[-4:])
        if ranges:
            bounds = [0, *(place for pair in ranges for place in pair), len(pieces)]
            for first, last in zip(bounds[::2], bounds[1::2], strict=True):
                size = sum(map(len, digits[first:last]))
                kind = "SECURITY CODE" if first and size in _CODE_LENGTHS else "CARD"
                self._hide_pieces(pieces[first:last], kind, "")
        return bool(ranges)

    def _hide_pieces(self, pieces: list[tuple[int, Atom]], kind: str, last_four: str) -> None:
        """One edit per turn; the first may show the last four."""
        turns: dict[int, list[Atom]] = {}
        for turn, atom in pieces:
            turns.setdefault(turn, []).append(atom)
        for turn, atoms in turns.items():
            self._hide(turn, Edit(atoms[0].start, atoms[-1].end, kind, last_four))
            last_four = ""

    def _trace(self, left: list[Chain]) -> None:
        """Mask parts of a known card number that stand elsewhere: false starts, partial read-backs."""
        for chain in left if self.pans else ():
            digits = chain.digits
            known = _TRACE <= len(digits) <= LONGEST and any(digits in pan for pan in self.pans)
            if known and not any(self._masked(part) for part in chain.segments):
                self._mask(chain, "CARD")
