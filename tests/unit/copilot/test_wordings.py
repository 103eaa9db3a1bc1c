"""Other wordings: only what the client wrote, and nothing that it took back."""

from datetime import date

import pytest

from copilot.wordings import alternatives, is_alternatives
from models.records import Document
from tests.unit.library import Library

DAY = date(2026, 10, 16)


def wordings(document, number=0, on=DAY):
    kb = Library(document)
    return alternatives(kb, kb.passages(document.id)[number], on=on)


def policy(*listed, **fields):
    metadata = {"alternatives": list(listed)}
    return Document(
        "p/refunds", "# Refunds\n\nRefunds take 5 days.", kind="policy", metadata=metadata, **fields
    )


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (["Give it five days.", "  “It takes\n five days.” "], ("Give it five days.", "It takes five days.")),
        (["Same.", "Same."], ("Same.",)),
        ([{"text": "Five days.", "status": "approved"}], ("Five days.",)),
        ([{"text": "Five days.", "status": "rejected"}], ()),
        ([{"text": "Five days.", "approved": "no"}], ()),
        ([{"text": "Five days.", "status": "draft"}], ()),
        ([{"text": "Five days.", "effective_until": "2026-10-15"}], ()),
        ([{"text": "Five days.", "effective_until": "2026-10-16"}], ("Five days.",)),
        ([{"text": "Five days.", "effective_from": "2026-10-17"}], ()),
        ([{"text": "Five days.", "effective_until": "soon"}], ()),
        ([{"text": "Five days.", "section": "Refunds"}], ("Five days.",)),
        ([{"text": "Five days.", "section": "Returns"}], ()),
        (["~~Five days.~~", "[rejected] Five days.", "Do not say: five days."], ()),
        (["Refunds take 5 days."], ()),  # the passage itself
        ([{"status": "approved"}, 5, None], ()),
    ],
)
def test_front_matter(listed, expected):
    assert wordings(policy(*listed)) == expected


def test_one_line_of_front_matter_will_do():
    document = Document(
        "p/r", "Five.", kind="policy", metadata={"Other ways to say it": "Give it five days."}
    )
    assert wordings(document) == ("Give it five days.",)


def test_a_document_that_is_not_in_force_has_none():
    expired = policy("Five days.", effective_until=date(2026, 10, 1))
    assert wordings(expired) == ()
    assert wordings(expired, on=date(2026, 9, 30)) == ("Five days.",)
    assert wordings(policy("Five days.", effective_from=date(2026, 11, 1))) == ()


SCRIPT = """# Refund refused

## Say

- I cannot refund this, {customer name}.

## Other ways to say it

- That is one I am not able
  to refund.
- ~~Computer says no.~~
- (rejected) No way.

# Refund given

- Your refund is on its way.

## Alternatives

1. "The money is coming back to you."
"""


def test_sections_of_a_script_belong_to_their_own_heading():
    document = Document("s/refunds", SCRIPT, kind="script", title="Refunds")
    kb = Library(document)
    found = {p.text.strip("- "): alternatives(kb, p, on=DAY) for p in kb.passages("s/refunds")}
    assert found["I cannot refund this, {customer name}."] == ("That is one I am not able to refund.",)
    assert found["Your refund is on its way."] == ("The money is coming back to you.",)


def test_a_policys_alternatives_are_things_to_offer():
    text = "# Refund\n\nNo refund.\n\n## Alternatives\n\n- A voucher of EUR 10."
    assert wordings(Document("p/r", text, kind="policy")) == ()


def test_a_passage_of_an_older_version_or_of_no_document_has_none():
    kb = Library(policy("Five days.", version="2"))
    older = Library(policy("Five days.", version="1")).passages("p/refunds")[0]
    assert alternatives(kb, older, on=DAY) == ()
    other = Library(Document("x", "Hello there.")).passages("x")[0]
    assert alternatives(kb, other, on=DAY) == ()


@pytest.mark.parametrize(
    ("heading", "yes"),
    [("## Other ways to say it", True), ("Alternatives:", True), ("In other words", True), ("Alternative routes", False), ("Refunds", False)],
)  # fmt: skip
def test_headings(heading, yes):
    assert is_alternatives(heading) is yes
