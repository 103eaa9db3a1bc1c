"""The same content in native and in second-language English is equally scripted, within three points."""

from __future__ import annotations

import pytest

from models.records import Document
from qa.detectors.scripting import ScriptBook, scriptedness
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

SCRIPT = Document(
    id="scripts/parcels",
    kind="script",
    text=(
        "- Your refund of {amount} will arrive within five business days of the return.\n"
        "- Please keep the receipt until the refund has arrived on your account.\n"
        "- A courier will collect the parcel from your address on {day}.\n"
        "- You can follow the parcel at any time in the app."
    ),
)
BOOK = ScriptBook(Library(SCRIPT))
READ_OUT = (
    "Your refund of 40 euros will arrive within five business days of the return. "
    "Please keep the receipt until the refund has arrived on your account."
)
PAIRS = (
    ("I checked with the depot just now.", "I have checked with depot just now."),
    ("Your lamp broke on the way to you.", "Your lamp is broke on the way to you."),
    ("The driver left it with the florist.", "Driver left it with florist only, sir."),
    ("Could you send me a photo of the box?", "Kindly send me photo of the box."),
    ("I'm looking at your order from May.", "I am seeing your order from May."),
    ("I don't see a second payment here.", "I am not seeing second payment here."),
    ("Let me call the shop for you.", "I will do the needful and call the shop, ma'am."),
    ("They only have the blue one left.", "They are having only the blue one left."),
    ("Can you tell me which door they used?", "Can you please tell which door they have used po?"),
    ("I've put a note on it for Friday.", "I already put note on it for Friday."),
    ("Nobody answered when he rang.", "Nobody has answered when he was ringing."),
    ("I understand that it's urgent for the party.", "I am understanding it is urgent for party."),
    ("It's stuck in customs in Oslo.", "It is stuck in the customs in Oslo."),
    ("You paid 40 euros with a voucher.", "You have paid 40 euros by voucher."),
    ("The shop closes at six today.", "Shop is closing at six today."),
    ("I'll write to you tomorrow morning.", "I will revert to you tomorrow morning."),
    ("Which colour did you want?", "Which color you wanted?"),
    ("The tracking hasn't moved since Monday.", "Tracking did not moved since Monday."),
    ("Please don't throw the box away.", "Please do not throw the box, sir."),
    ("I asked my colleague and she agreed.", "I have asked my colleague and she has agreed."),
    ("We can swap it for the larger one.", "We can change it with larger one."),
    ("It looks as if the label came off.", "It looks like label has came off."),
    ("You're right, the price was lower.", "You are right, price was more lower."),
    ("I'll stay on the line with you.", "I will stay in the line with you, ma'am."),
    ("How many plates were broken?", "How many plates was broken?"),
    ("The invoice went to your old address.", "Invoice went to your old address already."),
    ("I can pay that back today.", "I can pay back that today itself."),
    ("There's nothing more you need to do.", "There is nothing more you need to do, okay po?"),
)


def number(words: str, *, read_out: str) -> float:
    rest = " ".join(one for one, _ in PAIRS[:6])
    talk = contact(f"A: {rest}", "C: And now?", f"A: {words} {read_out}")
    value = scriptedness(BOOK, talk).value
    assert value is not None
    return value


@pytest.mark.parametrize(("native", "other"), PAIRS)
def test_own_words_beside_a_line_read_out(native: str, other: str) -> None:
    gap = number(native, read_out=READ_OUT) - number(other, read_out=READ_OUT)
    assert abs(gap) <= 3.0


@pytest.mark.parametrize(
    ("native", "other"),
    [
        (READ_OUT, READ_OUT.replace("the return", "return")),
        (READ_OUT, READ_OUT.replace("days", "day")),
        (READ_OUT, READ_OUT.replace("has arrived", "is arrived")),
        (READ_OUT, READ_OUT.replace("Please keep", "Kindly keep")),
        (READ_OUT, READ_OUT.replace("five business days", "five business days, sir,")),
    ],
)
def test_a_line_read_out_with_another_grammar(native: str, other: str) -> None:
    own = PAIRS[7][0]
    assert abs(number(own, read_out=native) - number(own, read_out=other)) <= 3.0


def test_all_of_it_together() -> None:
    native = scriptedness(BOOK, contact(f"A: {' '.join(one for one, _ in PAIRS)} {READ_OUT}")).value
    other = scriptedness(BOOK, contact(f"A: {' '.join(one for _, one in PAIRS)} {READ_OUT}")).value
    assert native is not None
    assert other is not None
    assert abs(native - other) <= 3.0
