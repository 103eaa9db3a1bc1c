"""Card numbers: issuer prefixes, their lengths, and the Luhn check."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import accumulate

SHORTEST, USUAL, LONGEST = 12, 16, 19

_PREFIX = 4

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

_ISSUERS: tuple[tuple[int, int, int, int], ...] = (
    # first prefix, last prefix (same number of digits), shortest, longest number
    (4, 4, 13, 13),  # Visa; fifteen digits would be the serial number of a telephone
    (4, 4, 16, 16),
    (4, 4, 19, 19),
    (51, 55, 16, 16),  # Mastercard, Diners of North America
    (2221, 2720, 16, 16),  # Mastercard, 2-series
    (34, 34, 15, 15),  # American Express
    (37, 37, 15, 15),
    (300, 305, 14, 19),  # Diners
    (309, 309, 14, 19),
    (36, 36, 14, 19),
    (38, 39, 14, 19),
    (3528, 3589, 16, 19),  # JCB
    (1800, 1800, 15, 15),  # JCB, legacy
    (2131, 2131, 15, 15),
    (50, 50, 12, 19),  # Maestro, Verve, Elo
    (56, 58, 12, 19),
    (60, 69, 12, 19),  # Maestro, Discover, UnionPay, RuPay
    (81, 82, 16, 19),  # UnionPay, RuPay
    (2200, 2205, 16, 19),  # Mir, Borica
    (9792, 9792, 16, 16),  # Troy
)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the rest (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = ord(char) - 48
        total += _DOUBLED[digit] if place % 2 else digit
    return total % 10 == 0


def issued(digits: str) -> bool:
    """Whether an issuer gives out numbers with this beginning and this length."""
    size = len(digits)
    return any(shortest <= size <= longest for shortest, longest in _lengths(digits[:_PREFIX]))


@cache
def _lengths(prefix: str) -> tuple[tuple[int, int], ...]:
    """Shortest and longest number of every issuer with this beginning of four digits."""
    return tuple(
        (shortest, longest)
        for first, last, shortest, longest in _ISSUERS
        if first <= int(prefix[: len(str(first))]) <= last
    )


def may_begin(digits: str) -> bool:
    """Whether a card number may begin with these digits, however many they are."""
    return any(
        first <= int(digits.ljust(size, "9")[:size]) and int(digits.ljust(size, "0")[:size]) <= last
        for first, last, *_ in _ISSUERS
        for size in (len(str(first)),)
    )


def is_card(digits: str) -> bool:
    """Luhn-valid, 12-19 digits, with an issuer's beginning."""
    return SHORTEST <= len(digits) <= LONGEST and luhn(digits) and issued(digits)


def find_cards(pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Ranges of whole pieces whose digits are a card number, from left to right, not overlapping.

    Of those that begin with the same piece one of sixteen digits is taken, else the longest: three or
    four digits more are a security code. At most 19 pieces are looked at from each beginning, so the
    time is linear.

    Args:
        pieces: Digits as they were grouped; a piece may be empty.

    Returns:
        Half-open ranges of pieces.
    """
    digits = "".join(pieces)
    ends = [0, *accumulate(map(len, pieces))]
    found: list[tuple[int, int]] = []
    if len(digits) < SHORTEST:
        return found
    sums = _running_sums(digits)
    free = 0
    for first, begin in enumerate(ends[:-1]):
        lengths = _lengths(digits[begin : begin + _PREFIX]) if first >= free and pieces[first] else ()
        if not lengths:
            continue
        best = 0
        for last in range(bisect_left(ends, begin + SHORTEST, first), len(ends)):
            size = ends[last] - begin
            if size > LONGEST:
                break
            sums_to_end = sums[(ends[last] - 1) % 2]
            fits = any(shortest <= size <= longest for shortest, longest in lengths)
            if fits and (sums_to_end[ends[last]] - sums_to_end[begin]) % 10 == 0:
                best = last
                if size == USUAL:
                    break
        if best:
            found.append((first, best))
            free = best
    return found


def _running_sums(digits: str) -> tuple[list[int], list[int]]:
    """Luhn sums of all beginnings: for check digits at even places and at odd ones."""
    even, odd = [0], [0]
    for place, char in enumerate(digits):
        digit = ord(char) - 48
        even.append(even[-1] + (_DOUBLED[digit] if place % 2 else digit))
        odd.append(odd[-1] + (digit if place % 2 else _DOUBLED[digit]))
    return even, odd
