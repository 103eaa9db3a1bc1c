"""What is taken out of a record before it is stored, and which ids are refused."""

from datetime import UTC, datetime

import pytest

from models.errors import InputError
from models.records import MinedPhrase, ShownCard, ShownCards, Transcript, Turn
from models.records.events import LiveEvent
from qa.batch import DeadLetter
from storage.keys import record_key, redacted

CARD = "4111 1111 1111 1111"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "record",
    [
        MinedPhrase("phrase-1", f"my card is {CARD}", 5, 2),
        MinedPhrase("phrase-1", "write to jane.doe@example.org please", 5, 2),
        ShownCards(
            "c1", (ShownCard("s", 0, "Refunds", (f"Card {CARD}",), f"call 020 7946 0958, {CARD}", ()),)
        ),
        DeadLetter("c1", f"InputError: {CARD}"),
        LiveEvent("c1", 0, "heard", NOW, Turn("customer", CARD, id=CARD, participant=CARD), suggestion=CARD),
    ],
)
def test_what_may_quote_a_contact_is_redacted_as_one(record):
    kept = str(redacted(record))
    for secret in (CARD, "jane.doe", "7946"):
        assert secret not in kept


@pytest.mark.parametrize(
    "id",
    [
        "4111111111111111",
        "call-4111 1111 1111 1111",
        "5555555555554444",
        "371449635398431",
        "2223003122003222",
    ],
)
def test_an_id_that_could_be_a_card_number_is_refused(id):
    with pytest.raises(InputError, match="card") as refused:
        record_key(Transcript(id, "acme", (Turn("agent", "Hello."),)))
    assert id not in str(refused.value)


@pytest.mark.parametrize(
    "id",
    [
        "4111111111111112",
        "1234567890123456",
        "20261101123456789",
        "9f3c4111111111111111aa",
        "41111111-1111-1111-1111-111111111111",
        "contact-17",
        "CH0123456789012345678901234567890",
    ],
)
def test_other_ids_keep_their_bytes(id):
    assert record_key(Transcript(id, "acme", (Turn("agent", "Hello."),))) == id
