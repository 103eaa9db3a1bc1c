import pytest

from knowledge_base.client_file import parse_profile, read_profile
from models.errors import ConfigError
from models.records import ClientProfile, DisclosureRule

WHOLE = """\
name: Brightwater
industry: Energy
currency: GBP
language: no
brands: [Brightwater, BW]
products: Boiler cover
competitors:
  - Spark
  - name: Ember
    note: also a word
authority:
  goodwill_credit: 25
  never: [compensation]
verification:
  need:
    - account number
    - one_of: [postcode, e-mail]
  never_ask: [PIN]
disclosures:
  - document: disclosures/recording.md
    when: always
    deadline: opening
    severity: critical
  - document: disclosures/cooling-off
    when:
      - sign me up
      - customer.complaint
  - disclosures/other
colour: "#0b6"
retention:
  transcripts: 90
  scores: 365 days
moments:
  - {id: leaving, when: cancel my contract, show: policies/leaving}
scorecards: standard
regulator: Ofgem
"""


def test_every_key():
    profile, warnings = parse_profile(WHOLE, "brightwater")
    assert profile == ClientProfile(
        id="brightwater",
        name="Brightwater",
        industry="Energy",
        currency="GBP",
        language="no",
        brands=("Brightwater", "BW"),
        products=("Boiler cover",),
        competitors=("Spark", "Ember"),
        authority={"goodwill_credit": 25, "never": ["compensation"]},
        verification=("account number", "postcode or e-mail"),
        disclosures=(
            DisclosureRule("disclosures/recording", ("always",), "opening", "critical"),
            DisclosureRule("disclosures/cooling-off", ("sign me up", "customer.complaint")),
            DisclosureRule("disclosures/other"),
        ),
        colour="#00bb66",
        retention={"transcripts": 90, "scores": 365},
        moments=({"id": "leaving", "when": "cancel my contract", "show": "policies/leaving", "line": 34},),
        scorecards=("standard",),
        extra={"regulator": "Ofgem", "verification": profile.extra["verification"]},
    )
    assert profile.extra["verification"]["never_ask"] == ["PIN"]
    assert [warning.code for warning in warnings] == ["ignored-key", "unknown-key"]
    assert "line 36" in warnings[1].message


@pytest.mark.parametrize("text", ["", "# only a comment\n", "name:\n", "---\n"])
def test_nothing_said_is_the_default_profile(text):
    assert parse_profile(text, "acme") == (ClientProfile(id="acme"), ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: Acme\nbrands:\n  a: b\n", 3),
        ("name: [a, b]\n", 1),
        ("retention: 90\n", 1),
        ("name: x\nretention:\n  transcripts: soon\n", 3),
        ("disclosures:\n  - when: always\n", 2),
        ("disclosures:\n  - document: a\n    deadline: whenever\n", 3),
        ("moments: [one, two]\n", 1),
        ("moments:\n  - id: a\n    when: leave\n", 2),
        ("moments:\n  - id: a\n    when: leave\n    show: x\n    alert: y\n", 5),
        ("moments:\n  - id: a\n    when: [leave, '/(?=x)y/']\n    show: x\n", 3),
        ("moments:\n  - id: a\n    when: leave\n    sho: x\n", 4),
        ("moments:\n  - {id: a, when: x, show: y}\n  - {id: a, when: z, show: y}\n", 3),
        ("moments:\n  - id: a\n    show: x\n", 2),
        ("moments:\n  - id: a\n    when: x\n    most: 0\n    show: x\n", 4),
        ("- a\n- b\n", 1),
        ("name: x\nname: y\n", 2),
        ("name: 'x\nbrands: [\n", 1),
        ("name: &a x\nindustry: *a\n", 2),
        ("verification: {before: facts}\n", 1),
    ],
)
def test_what_cannot_be_meant_names_the_line(text, line):
    with pytest.raises(ConfigError, match=f"line {line}"):
        parse_profile(text, "acme")


def test_no_value_is_in_an_error():
    with pytest.raises(ConfigError) as problem:
        parse_profile("retention:\n  transcripts: secret-words\n", "acme")
    assert "secret-words" not in str(problem.value)


def test_a_near_miss_is_hinted_and_kept():
    profile, warnings = parse_profile("competitor: Spark\nscorcards: [a]\n", "acme")
    assert profile.competitors == ("Spark",)
    assert profile.extra == {"scorcards": ["a"]}
    assert "did you mean `scorecards`" in warnings[0].message


@pytest.mark.parametrize("colour", ["blue", "#12", "#12345g"])
def test_a_colour_that_is_none(colour):
    profile, warnings = parse_profile(f'colour: "{colour}"\n', "acme")
    assert profile.colour == ClientProfile(id="acme").colour
    assert [warning.code for warning in warnings] == ["colour"]


def test_an_unquoted_colour_is_a_comment_to_yaml():
    _, warnings = parse_profile("colour: #123456\n", "acme")
    assert "quotes" in warnings[0].message


def test_disclosures_by_id():
    profile, _ = parse_profile("disclosures:\n  terms: always\n  fees:\n    when: [loan]\n", "acme")
    assert profile.disclosures == (DisclosureRule("terms"), DisclosureRule("fees", ("loan",)))


def test_a_file(tmp_path):
    (tmp_path / "client.yaml").write_bytes(b"\xef\xbb\xbfname: Caf\xc3\xa9\n")
    assert read_profile(tmp_path / "client.yaml", "acme")[0].name == "Café"
    (tmp_path / "client.yaml").write_bytes(b"name: Caf\xe9\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_profile(tmp_path / "client.yaml", "acme")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_profile(tmp_path / "none.yaml", "acme")


@pytest.mark.parametrize(
    ("written", "expected"), [("off", False), ("no", False), ("on", True), ("true", True)]
)
def test_card_use_can_be_switched_off(written, expected):
    profile, warnings = parse_profile(f"card_use: {written}\n", "acme")
    assert (profile.card_use, warnings) == (expected, ())


def test_card_use_is_on_or_off():
    with pytest.raises(ConfigError, match="on or off"):
        parse_profile("card_use: sometimes\n", "acme")
