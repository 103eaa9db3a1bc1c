import ast
import re
from pathlib import Path

import pytest
import yaml

import copilot
import qa
from copilot.draft_rules import remedy
from models.labels import LABELS
from qa.measures import MEASURES
from web.texts import LANGUAGES
from web.translation import CATALOGUES, told, translated

OTHERS = [language for language in LANGUAGES if language != "en"]
RULES = sorted((Path(qa.__file__).parent / "detectors" / "rules").glob("*.yaml"))


@pytest.mark.parametrize(
    ("said", "german"),
    [
        ("Insults the customer.", "Beleidigt den Kunden."),
        (
            ("tone.curt (turn 3): a few bare words, 2 such answers in this contact; "
            "brand.insult (whole contact): Insults the customer.; and 2 more"),
            ("karge Worte (Beitrag 3): wenige karge Worte, 2 solche Antworten in diesem Kontakt; "
            "Beleidigung (ganzer Kontakt): Beleidigt den Kunden.; und 2 weitere"),
        ),
        (
            "no brand.insult or brand.threat (nor 3 more) in turns 1-14",
            "nicht gefunden in Beiträgen 1-14: „Beleidigung“, „Drohung“ (und 3 weitere)",
        ),
        ("longest_silence_s is 12.5 seconds; asked for at most 8", "längste Stille: 12,5 Sekunden; verlangt: höchstens 8"),
        (
            "auto-fail: respect; critical: brand.insult; below the pass mark",
            "automatisch durchgefallen: respect; kritisch: Beleidigung; unter der Bestehensgrenze",
        ),
        (
            ("“Recording: why; how” was not said; searched: agent turns 1 to 9. Required, because it is due in "
            "every contact, unless: they called before."),
            ("„Recording: why; how“ wurde nicht gesagt; gesucht in: Beiträge 1 bis 9 des Mitarbeiters. "
            "Erforderlich, denn er ist in jedem Kontakt fällig, außer: they called before."),
        ),
        (
            "you said 3 days; the policy says 5 working days (refunds v7): 3 days < 5 business days",
            "gesagt wurde 3 days; die Richtlinie sagt 5 working days (refunds v7): 3 Tage < 5 Werktage",
        ),
        (
            "New: version 7 holds since 3 March 2026; before it was version 6.",
            "Neu: Version 7 gilt seit 3. März 2026; davor Version 6.",
        ),
        (
            "evaluation c1:short: is draft, which confirmed may follow, not acknowledged",
            "Bewertung c1:short: hat den Stand Entwurf; darauf folgt bestätigt, nicht zur Kenntnis genommen",
        ),
        ("Insults the customer. Begun in turn 4.", "Beleidigt den Kunden. Begonnen in Beitrag 4."),
        (
            ("brand.policy_contradiction (turn 3): you said 9 days; the policy says 5 days (faq): 9 > 5; "
            "brand.insult (turn 4): Insults the customer."),
            ("widerspricht der Richtlinie (Beitrag 3): gesagt wurde 9 days; die Richtlinie sagt 5 days (faq): 9 > 5; "
            "Beleidigung (Beitrag 4): Beleidigt den Kunden."),
        ),
        (
            "“Notice” must be said word for word; not said: calls, a …. Required, because it is due in every contact.",
            ("„Notice“ muss Wort für Wort gesagt werden; nicht gesagt: calls, a …. Erforderlich, denn er ist in "
            "jedem Kontakt fällig."),
        ),
        # What people and clients wrote stays as it is, beside what we know.
        ("brand.insult (turn 2): A rule of the client's own", "Beleidigung (Beitrag 2): A rule of the client's own"),
        ("They asked twice; and it was fine", "They asked twice; and it was fine"),
        ("yes", "yes"),
        ("", ""),
        ("Insults the customer. " * 500, "Insults the customer. " * 500),
    ],
)  # fmt: skip
def test_in_german(said, german):
    assert translated(said, "de") == german


def test_in_english_records_stay_and_rules_of_other_languages_are_understood():
    english = "tone.curt (turn 3): a few bare words, 2 such answers in this contact"
    assert translated(english, "en") == english
    assert translated("Beledigt de klant.", "en") == "Insults the customer."
    assert translated("Räumt Haftung ein.", "es") == "Admite responsabilidad."
    assert translated("Räumt Haftung ein.", "xx") == "Räumt Haftung ein."


def test_slots_are_never_read_as_slots_again():
    said = "auto-fail: {n} {words} \\1"
    assert translated(said, "de") == "automatisch durchgefallen: {n} {words} \\1"


def test_a_text_made_to_be_slow_is_not():
    assert translated("; ".join(["said x; y says z"] * 200), "de")
    assert translated("(turn 1): " * 390, "de")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_speaks_every_language(path):
    for rule in yaml.safe_load(path.read_text("utf-8")).get("rules") or []:
        for said in filter(None, (rule.get("reason"), rule.get("remedy"))):
            for language in OTHERS:
                own = rule["id"].endswith((f".{language}", ".no" if language == "nb" else f".{language}"))
                same = translated(said, language) == said
                assert same == own, (
                    f"{rule['id']}: {said!r} in {language}; add it to web/texts/*/reasons.yaml"
                )


@pytest.mark.parametrize("language", OTHERS)
def test_measures_and_remedies_of_drafts(language):
    for label in LABELS:
        assert translated(remedy(label), language) != remedy(label), label
    for name, measure in MEASURES.items():
        said = f"{name} is not available: {measure.needs}"
        assert measure.needs not in translated(said, language), name
        assert name not in translated(f"{name} is 2.0 {measure.unit}; asked for at least 1", language)


def _said_by_code():
    """Every text that the code hands to a finding or to a verdict as its reason or remedy, slots filled."""
    calls = {"Finding", "finding", "raise_finding", "settled", "Verdict"}
    for room in (qa, copilot):
        for path in sorted(Path(room.__file__).parent.rglob("*.py")):
            text = path.read_text("utf-8")
            if not any(f"{call}(" in text for call in calls):
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in calls:
                    for given in [*node.args, *(one.value for one in node.keywords)]:
                        for said in _texts(given):
                            if re.search(r"[a-z] [a-z]", said):
                                yield f"{path.name}:{node.lineno}", said


def _texts(node):
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.BinOp):
        # A part that is there or not stands in its own right.
        return [one + two for one in _texts(node.left) for two in _texts(node.right)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else _sample(part) for part in node.values]
        return ["".join(parts)]
    return []


def _sample(part):
    named = ast.unparse(part.value)
    known = {
        "reason": "Insults the customer.",
        "_named(matching)": "tone.rude (turn 1): Insults the customer.",
        "said": "duration_s is 4.0 seconds",
        "bounds": "at least 4",
        "where": "no band holds it, so a person answers",
        "why": "it holds no answer yet",
    }
    return "s" if named.startswith("'s' if") else known.get(named, "4")


def test_what_the_code_says_is_known():
    found = list(_said_by_code())
    assert len(found) > 25
    unknown = [(where, said) for where, said in found if translated(said, "de") == said]
    # A read-back names one of three kinds of number, and a head what people marked.
    assert [
        where for where, _ in unknown if not where.startswith(("privacy.py", "tone_heads.py", "offers.py"))
    ] == []


def test_no_two_catalogues_share_a_key():
    from web.texts import texts

    keys = [key for page in CATALOGUES for key in texts("en", page)]
    assert len(keys) == len(set(keys))


def test_only_sentences_of_an_answer_are_told():
    answer = {
        "reason": "Insults the customer.",
        "title": "Insults the customer.",
        "because": {"turn": 1},
        "warnings": ["the source gives no time zone; read as UTC"],
        "inner": [{"remedy": "Take it out.", "n": 1}],
    }
    assert told(answer, "en") is answer
    assert told(answer, "nb") == {
        "reason": "Fornærmer kunden.",
        "title": "Insults the customer.",
        "because": {"turn": 1},
        "warnings": ["kilden oppgir ingen tidssone; lest som UTC"],
        "inner": [{"remedy": "Ta det bort.", "n": 1}],
    }
