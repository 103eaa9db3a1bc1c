"""Small runs of the trials on redaction, injections and hostile text; `unscripted evidence` runs them large."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from models.errors import RedactionError
from tests.evidence import card_data, card_talk, fails_closed, hostile_text, injection, pii_corpus, pii_recall
from tests.evidence.hostile_texts import payloads


def held(outcome):
    assert outcome.failures == ()
    assert outcome.held


def test_no_card_reaches_a_byte_that_stays_or_leaves(tmp_path):
    held(card_data.run(10, 3, tmp_path))


def test_the_search_finds_every_secret_as_it_was_said_and_none_that_is_masked():
    from models.redaction import redact

    made = list(card_talk.talks(300, 1))
    search = card_talk.Search(made)
    for one in made:
        said = "\n".join(text for _, text in one.turns)
        assert search.left_in(said.encode()), one.shape
    cards = [one for one in made if one.number and len(one.parts) == 1]
    clean = [redact("\n".join(text for _, text in one.turns)) for one in cards]
    assert search.left_in("\n".join(clean).encode()) == set()
    digits = cards[0].number
    assert search.left_in(f"log: {digits[2:13]} and on".encode())
    assert search.left_in(" ".join(card_talk.UNITS[int(digit)] for digit in digits).encode())


def test_when_a_record_was_made_and_a_digest_are_no_part_of_a_card():
    one = next(one for one in card_talk.talks(300, 1) if one.number and len(one.parts) > 1)
    search = card_talk.Search([replace(one, parts=("2026", "4127"))])
    made = f'{one.mark} [NUMBER] "2026-11-22T08:35:16.106142Z" 3fe{one.number[:9]}a1bc0d2e'
    assert search.left_in(made.encode()) == set()
    # In a file of rows a byte that is a letter may stand right before a digest.
    assert search.left_in(f"m3fe{one.number[:9]}a1bc0d2e{'5a' * 22}4711{{".encode()) == set()
    assert search.left_in(f"{one.mark} 2026, okay".encode())
    assert search.left_in(f"at 2026-11-22T08:35:16Z {one.number[:9]}".encode())


def test_a_broken_redactor_stores_and_sends_nothing(tmp_path):
    held(fails_closed.run(27, 1, tmp_path))


def test_a_store_that_fails_open_is_noticed(tmp_path):
    from storage import keys, writing

    def open_(record, masking=None):
        try:
            return keys.redacted(record, masking)
        except RedactionError:
            return record

    with patch.object(writing, "redacted", open_):
        found = fails_closed.run(27, 1, tmp_path).failures
    assert any("something was stored" in one for one in found)
    assert any("holds words that were refused" in one for one in found)


def test_injections_change_nothing(tmp_path):
    held(injection.run(15, 4, tmp_path))


def test_a_score_that_obeys_is_noticed(tmp_path):
    from web import desk

    real = desk.score

    def obeys(workspace, client, transcript, *, generator=None, **options):
        made = real(workspace, client, transcript, **options)
        return [(replace(one, score=1.0) if generator else one, found) for one, found in made]

    with patch.object(desk, "score", obeys):
        assert injection.run(5, 1, tmp_path).failures


def test_what_redaction_finds(tmp_path):
    with patch.object(pii_recall, "_OWN", tmp_path / "none"):
        made = pii_recall.run(20, 1, tmp_path)
    held(made)
    assert any(one.startswith("Names stay unless a client") for one in made.notes)


def test_the_noise_keeps_the_places_of_secrets():
    for kind in pii_corpus.KINDS:
        for noise in pii_corpus.NOISE:
            for one in pii_corpus.contacts(kind, noise, 5, seed=1):
                for turn, start, end, _ in one.secrets:
                    said = one.turns[turn][1][start:end]
                    assert said.strip()
                    assert noise == "as written" or said == said.lower()


def test_there_are_more_than_a_hundred_hostile_texts():
    assert len(set(payloads(115, 1))) == 115
    assert len(payloads(200, 1)) == 200


@pytest.mark.nightly
@pytest.mark.browser
def test_hostile_text_is_inert(tmp_path):
    held(hostile_text.run(50, 1, tmp_path))
