import pytest

from models.records import ShownCard, ShownCards, Transcript, Turn
from qa.card_use import card_uses

CARD = ShownCard(
    "s1",
    0,
    "Refunds",
    ("A refund reaches the account within 5 working days.",),
    "A refund reaches the account within 5 working days. Gift cards are refunded as store credit.",
    ("refunds#0",),
)


def use(*said, internal=False):
    visibility = "internal" if internal else "public"
    turns = (
        Turn("customer", "When do I get my money back?"),
        *(Turn("agent", t, visibility=visibility) for t in said),
    )
    (found,) = card_uses(Transcript("c1", "acme", turns), ShownCards("c1", (CARD,)))
    return found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("A refund reaches the account within five working days.", "read out"),
        ("So, um, a refund reaches the account within 5 working days, okay?", "read out"),
        ("You'll see the refund on your account in about 5 working days, Mr Vos.", "own words"),
        ("You'll see the refund on your account in about 7 working days.", "not used"),
        ("Let me look at your order first.", "not used"),
        ("Sure.", "not used"),
    ],
)
def test_what_became_of_a_card(said, expected):
    found = use("One moment please.", said)
    assert found.use == expected
    assert (found.span is None) == (expected == "not used")
    if found.span is not None:
        assert found.span.turn == 2


def test_internal_notes_and_late_words_are_nothing_that_was_said():
    assert use("A refund reaches the account within 5 working days.", internal=True).use == "not used"
    assert use(*["mm-hm"] * 8, "A refund reaches the account within 5 working days.").use == "not used"


def test_without_cards_nothing_is_told():
    assert card_uses(Transcript("c1", "acme", ()), None) == []
