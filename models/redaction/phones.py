"""Telephone numbers, told from other digits by the `phonenumbers` library."""

from __future__ import annotations

SHORTEST, LONGEST = 7, 15

_REGIONS = {
    "nl": ("NL", "BE"), "de": ("DE", "AT", "CH"), "es": ("ES", "MX"), "fr": ("FR", "BE"), "it": ("IT",),
    "no": ("NO",), "nb": ("NO",), "nn": ("NO",), "sv": ("SE",), "da": ("DK",), "pt": ("PT", "BR"),
    "hi": ("IN",), "fil": ("PH",), "tl": ("PH",),
}  # fmt: skip


def is_phone(digits: str, *, plus: bool, language: str | None = None) -> bool:
    """Whether the library knows the number.

    Tried are the countries of the language, then the US, the UK, India and the Philippines.

    Args:
        digits: The digits alone.
        plus: A "+" stands before them.
        language: BCP 47.
    """
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    import phonenumbers

    regions: tuple[str | None, ...]
    if plus or digits.startswith("00"):
        digits, regions = "+" + digits.lstrip("0"), (None,)
    else:
        base = (language or "en").split("-")[0].lower()
        regions = (*_REGIONS.get(base, ()), "US", "GB", "IN", "PH")
    for region in regions:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
