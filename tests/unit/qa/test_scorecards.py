import pytest

from models.codec import from_json, to_json
from models.errors import ConfigError
from models.records import Asked, Found, Measured
from qa.scorecards import Scorecard

CARD = """\
name: voice
version: 2
title: Voice contacts
pass_mark: 75
sections:
  - ref: compliance
    title: Compliance
    criteria:
      - ref: notice
        question: Was the notice given?
        weight: 2
        copc: compliance
        check: {absent: [compliance.missing_disclosure], document: disclosures/notice}
      - ref: privacy
        question: No secrets?
        auto_fail: form
        check: {absent: [privacy.secret_request], severity: major}
  - ref: words
    title: Words
    criteria:
      - ref: own-words
        question: In own words?
        check: {measure: scriptedness, at_most: 60, unit: percent}
      - ref: rights
        question: Told about complaint rights?
        applies_when: {found: [customer.complaint]}
        check: {found: [compliance.disclosure_made], at_least: 2}
      - ref: resolved
        question: Resolved?
        check: {asked: "Did the customer leave with an answer?"}
"""


def test_a_card_is_read_whole():
    card = Scorecard.parse(CARD)
    assert card.id == "voice@2"
    assert card.pass_mark == 0.75
    assert [criterion.ref for criterion in card.criteria] == [
        "notice",
        "privacy",
        "own-words",
        "rights",
        "resolved",
    ]
    notice, privacy, own_words, rights, resolved = card.criteria
    assert notice.check == Found(("compliance.missing_disclosure",), at_most=0, document="disclosures/notice")
    assert (notice.weight, notice.copc) == (2.0, "compliance")
    assert (privacy.auto_fail, privacy.check.severity) == ("form", "major")
    assert own_words.check == Measured("scriptedness", at_most=60, unit="percent")
    assert rights.applies_when == Found(("customer.complaint",), at_least=1)
    assert rights.check.at_least == 2
    assert resolved.check == Asked("Did the customer leave with an answer?")


def test_a_card_from_the_store_has_the_bytes_of_its_file():
    card = Scorecard.parse(CARD)
    assert to_json(from_json(Scorecard, to_json(card))) == to_json(card)


def test_digest_changes_with_the_meaning():
    assert Scorecard.parse(CARD).digest == Scorecard.parse(CARD).digest
    assert Scorecard.parse(CARD).digest != Scorecard.parse(CARD.replace("weight: 2", "weight: 3")).digest


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("weight: 2", "wieght: 2", 11, "did you mean 'weight'"),
        ("weight: 2", "weight: heavy", 11, "must be a whole number or a number"),
        ("weight: 2", "weight: true", 11, "must be a whole number"),
        ("weight: 2", "weight: -1", 11, "0 to 1000"),
        ("copc: compliance", "copc: legal", 12, "customer, business, compliance"),
        (
            "compliance.missing_disclosure",
            "compliance.mising_disclosure",
            13,
            "compliance.missing_disclosure",
        ),
        ("auto_fail: form", "auto_fail: all", 16, "none, section, form"),
        ("measure: scriptedness", "measure: scriptednes", 23, "did you mean 'scriptedness'"),
        ("unit: percent", "unit: seconds", 23, "given in percent"),
        ("at_most: 60, ", "", 23, "needs at_least or at_most"),
        ("ref: privacy", "ref: notice", 14, "used twice"),
        ("ref: privacy", "ref: no spaces please", 14, "1 to 40 letters"),
        ("question: No secrets?", "ref2: x", 15, "ref2"),
        ('check: {asked: "Did the customer leave with an answer?"}', "check: {}", 30, "exactly one of"),
        ("pass_mark: 75", "pass_mark: 175", 4, "0 to 100"),
        ("version: 2", "title: again", 3, "stands twice"),
        ("sections:", "sections: [", 6, "not valid YAML"),
    ],
)
def test_a_broken_card_says_the_line(old, new, line, words):
    assert old in CARD
    with pytest.raises(ConfigError) as raised:
        Scorecard.parse(CARD.replace(old, new, 1), origin="card.yaml")
    assert f"card.yaml, line {line}" in str(raised.value)
    assert words in str(raised.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_not_a_card(text):
    with pytest.raises(ConfigError, match="line 1"):
        Scorecard.parse(text)


def test_unreadable_files(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Scorecard.load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9")
    with pytest.raises(ConfigError, match="not UTF-8"):
        Scorecard.load(tmp_path / "latin.yaml")


def test_a_bomb_of_aliases_is_refused():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n"
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    with pytest.raises(ConfigError, match="more than 50000 values"):
        Scorecard.parse(bomb)


def test_a_value_that_holds_itself_is_refused():
    with pytest.raises(ConfigError, match="nested too deeply"):
        Scorecard.parse("a: &x [*x]")
