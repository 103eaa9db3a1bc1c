"""Rules that a client brings: read with line numbers, run on RE2, and harmless."""

import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.client_rules import parse_client_rules
from models.encoders import HashingEncoder
from models.errors import ConfigError
from models.records import Transcript, Turn
from qa import Analyser
from qa.detectors.client_rules import client_rules, failing_examples

GOOD = """\
# What Hollowfone does not want to hear.
rules:
  - id: bundle-talk
    label: brand.disparagement
    severity: minor
    confidence: 0.7
    reason: Calls the bundle a starter kit, which it has not been since May.
    remedy: Say Hollowfone Home.
    patterns: ["starter kit", "{brand} (?:lite|light)"]
    unless: ["no longer (?:a )?starter kit"]
    yes: ["That is the starter kit.", "It is Hollowfone Lite."]
    no: ["It is no longer a starter kit.", "A kit for starters."]
"""


def ingested(tmp_path, text, *, name="rules.yaml", profile="name: Hollowfone\n"):
    if profile:
        (tmp_path / "client.yaml").write_text(profile)
    with (tmp_path / name).open("a") as file:
        file.write(text)
    kb = KnowledgeBase("hollowfone", encoder=HashingEncoder())
    return kb, kb.ingest(tmp_path)


def found(kb, words):
    turns = (Turn(speaker="agent", text=words),)
    transcript = Transcript(id="t", client="hollowfone", turns=turns)
    return [
        (finding, transcript.quote(finding.span))
        for finding in Analyser(kb).analyse(transcript)
        if finding.by.startswith("client.")
    ]


@pytest.mark.parametrize("name", ["rules.yaml", "client.yaml"])
def test_a_client_rule_raises_a_finding_with_its_words(tmp_path, name):
    kb, report = ingested(tmp_path, GOOD, name=name)
    assert not report.rejected
    assert not [warning for warning in report.warnings if "rules" in warning.message]
    ((finding, words),) = found(kb, "You have the starter kit, I see.")
    assert words == "starter kit"
    assert (finding.by, finding.severity) == ("client.bundle-talk@1", "minor")
    assert found(kb, "It is no longer a starter kit.") == []
    assert [words for _, words in found(kb, "That's Hollowfone Light.")] == ["Hollowfone Light"]
    assert failing_examples(kb) == ()


def test_rules_work_without_a_client_file_and_go_when_the_file_goes(tmp_path):
    kb, _ = ingested(tmp_path, GOOD, profile="")
    assert [rule.id for rule in client_rules(kb)] == ["client.bundle-talk"]


def test_a_test_sentence_that_fails_is_named_by_its_place(tmp_path):
    kb, _ = ingested(tmp_path, GOOD.replace('"A kit for starters."', '"The starter kit is here."'))
    assert failing_examples(kb) == ("rules.yaml, line 3: no: sentence 2 is found",)


RULE = "rules:\n  - id: a\n    label: tone.rude\n    reason: r\n    patterns: [secretword]\n"
BROKEN = {
    "not YAML": (RULE + "   - [x\n", 6),
    "unknown key": (RULE + "    patern: [x]\n", 6),
    "no label": (RULE.replace("    label: tone.rude\n", ""), 2),
    "a label that is none": (RULE.replace("tone.rude", "tone.bad"), 3),
    "a label no wording carries": (RULE.replace("tone.rude", "compliance.disclosure_made"), 3),
    "no such severity": (RULE + "    severity: huge\n", 6),
    "confidence above one": (RULE + "    confidence: 2\n", 6),
    "no patterns": (RULE.replace("[secretword]", "[]"), 5),
    "a pattern that is no text": (RULE.replace("[secretword]", "[3]"), 5),
    "an open group": (RULE.replace("[secretword]", '["(secretword"]'), 5),
    "look-ahead": (RULE.replace("[secretword]", '["(?=secretword)x"]'), 5),
    "a back-reference": (RULE.replace("[secretword]", '["(secretword)\\\\1"]'), 5),
    "a program too large": (RULE.replace("[secretword]", '["((secretword{200}){200}){20}"]'), 5),
    "matches everywhere": (RULE.replace("[secretword]", '["(?:secretword)?"]'), 5),
    "an unknown macro": (RULE.replace("[secretword]", '["{secretword} x"]'), 5),
    "too long": (RULE.replace("[secretword]", '["' + "secretword " * 60 + '"]'), 5),
    "too many rules": ("rules:\n" + "  - {id: a, label: tone.rude}\n" * 201, 1),
    "the same id twice": (RULE + "  - {id: a, label: tone.rude, reason: r, patterns: [b]}\n", 6),
    "rules that are no list": ("rules:\n  id: a\n", 1),
    "a rule that is no mapping": ("rules:\n  - secretword\n", 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_refused_with_its_line_and_none_of_its_words(name):
    text, line = BROKEN[name]
    with pytest.raises(ConfigError, match=rf"rules\.yaml, line {line}\b") as raised:
        parse_client_rules(text)
    assert "secretword" not in str(raised.value)


def test_a_broken_file_is_rejected_and_the_rest_is_taken_in(tmp_path):
    (tmp_path / "faq.md").write_text("# Hours\n\nWe are open from eight to eight.\n")
    kb, report = ingested(tmp_path, RULE.replace("secretword", "(secretword"))
    assert [entry.path for entry in report.rejected] == ["rules.yaml"]
    assert kb.profile.name == "Hollowfone"
    assert client_rules(kb) == ()
    assert report.added == ("faq",)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "rules:\n", "rules: []\n"])
def test_no_rules_are_no_error(text):
    assert parse_client_rules(text) == ()


def test_a_pattern_that_would_backtrack_is_read_in_one_pass(tmp_path):
    """`(a+)+$` takes a backtracking engine for ever on this; the test's own time limit would end it."""
    kb, _ = ingested(tmp_path, RULE.replace("[secretword]", '["(?:a+)+z"]'))
    assert found(kb, "a" * 200_000) == []


def test_a_rule_that_hits_everywhere_is_looked_at_so_often_only_and_one_after_it_still_hits(monkeypatch):
    from models.readings import read
    from qa.detectors import rules
    from qa.detectors.rules import Rule, RuleDetector

    def rule(id, pattern):
        skip = ("negated", "quoted", "reported", "apology")
        return Rule(id, "tone.rude", "en", "agent", "minor", 0.8, 1, "r", "", (pattern,), skip=skip)

    detector = RuleDetector([rule("client.all", "."), rule("shipped.one", "blockhead")])
    long = Turn("agent", "not a " * 10_000 + ". You blockhead.")
    reading = read([Transcript("c", "acme", (Turn("agent", "Hello."), *[long] * 3))])
    looks, in_scope = [], rules.in_scope
    monkeypatch.setattr(rules, "in_scope", lambda *given: looks.append(1) or in_scope(*given))
    (found,) = detector.detect(reading)
    assert 0 < len(looks) < 3_000  # of 180,000 places
    assert [one.span.turn for one in found if one.by.startswith("shipped")] == [1, 2, 3]
