"""What was read and found clean is not read again; anything else is."""

import pytest

from models import redaction
from models.records import Document
from models.redaction import redact
from models.redaction.known_clean import KnownClean

CLEAN = "A refund takes 3 to 5 business days from the day on which we release it. " * 5
SECRET = CLEAN + "My card number is 4111 1111 1111 1111."


@pytest.fixture
def looks(monkeypatch):
    seen = []
    real = redaction.scan

    def watched(text, **options):
        seen.append(text)
        return real(text, **options)

    monkeypatch.setattr(redaction, "scan", watched)
    monkeypatch.setattr(redaction, "_clean", KnownClean())
    return seen


def test_a_clean_document_is_read_once(looks):
    once = redact(Document("a", SECRET))
    assert "4111 1111" not in once.text
    read = len([text for text in looks if len(text) > 200])
    assert redact(once) is once
    assert len([text for text in looks if len(text) > 200]) == read


def test_a_change_or_another_way_of_reading_is_read_again(looks):
    redact(CLEAN)
    assert "[CARD" in redact(SECRET)
    before = len(looks)
    redact(CLEAN, kinds={"CARD"})
    assert len(looks) == before + 1


def test_what_runs_together_alike_is_not_the_same():
    known = KnownClean()
    half = "x" * 150
    assert known.key([half, half + "y"], 1) != known.key([half + half, "y"], 1)
    assert known.key(["short"], 1) is None
    assert None not in known


def test_the_oldest_are_forgotten_first():
    known = KnownClean(most=2)
    keys = [known.key([letter * 300], "how") for letter in "abc"]
    known.add(keys[0])
    known.add(keys[1])
    assert keys[0] in known
    known.add(keys[2])
    assert [key in known for key in keys] == [True, False, True]
