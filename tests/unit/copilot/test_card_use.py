from datetime import UTC, datetime

import pytest

from copilot.card_use import card_report, share
from copilot.mutes import Mutes
from models.errors import InputError
from models.records import Suggestion
from storage.panel_use import UsedCard

AT = datetime(2026, 11, 2, tzinfo=UTC)


def card(*actions, passages=("p#1",), heading="", kind="answer"):
    return UsedCard(passages, kind, heading, frozenset(actions), AT)


def test_shares_by_passage():
    cards = [card("shown", "used")] * 3 + [card("shown", "used", "copied")] + [card("shown", "dismissed")] * 2
    report = card_report(cards, {"p#1": "Refunds"})
    (line,) = report.passages
    assert (line.passage, line.heading, line.shown) == ("p#1", "Refunds", 6)
    assert (line.used.count, line.copied.count, line.dismissed.count) == (4, 1, 2)
    assert line.used.share == pytest.approx(4 / 6)
    assert line.used.low < line.used.share < line.used.high


def test_copying_is_using():
    report = card_report([card("shown", "copied")] * 5, {})
    assert report.passages[0].used.count == 5


def test_few_are_counted_and_not_shown():
    cards = [card("shown", passages=("rare#1",))] * 4 + [card("shown")] * 5
    cards += [card("shown", passages=(), heading="Parking")] * 4
    report = card_report(cards, {})
    assert [line.passage for line in report.passages] == ["p#1"]
    assert report.gaps == ()
    assert (report.cards, report.few) == (13, 2)


def test_questions_without_an_answer_by_heading():
    cards = [card("shown", passages=(), heading="Parking")] * 6 + [
        card("shown", passages=(), heading="Pets")
    ] * 9
    assert card_report(cards, {}).gaps == (("Pets", 9), ("Parking", 6))


def test_the_surely_dismissed_come_first():
    cards = [card("shown", "dismissed", passages=("bad",))] * 6 + [card("shown", passages=("good",))] * 60
    assert [line.passage for line in card_report(cards, {}).passages] == ["bad", "good"]


def test_wilson_by_hand():
    # n 10, 1: (0.1 + 3.8415/20 -+ 1.96 * sqrt(.009 + 3.8415/400)) / (1 + .38415)
    one = share(1, 10)
    assert (round(one.low, 4), round(one.high, 4)) == (0.0179, 0.4042)
    assert share(0, 0) == share(0, 0)
    assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)


def test_mutes():
    def made(kind):
        return Suggestion(kind, kind, "t", (), "", (), None, "t")

    cards = [made("answer"), made("step"), made("alert")]
    muted = Mutes().with_kind("answer")
    assert [one.kind for one in muted.heard(cards)] == ["step", "alert"]
    assert muted.without("answer").heard(cards) == cards
    for kind in ("disclosure", "alert"):
        with pytest.raises(InputError, match="cannot be muted"):
            muted.with_kind(kind)
