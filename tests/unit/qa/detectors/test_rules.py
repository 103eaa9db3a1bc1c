"""Every shipped rule against its own sentences, and the engine's behaviour."""

import pytest

from models.errors import ConfigError
from models.labels import LABELS
from models.readings import read
from models.records import Transcript, Turn
from qa.detectors.patterns import PhraseSet, expand
from qa.detectors.rules import RuleDetector, load_rules

RULES = load_rules()
DETECTOR = RuleDetector(RULES, ("Fernhollow", "Hollowfone"))


def found(say, *, before="", speaker="agent"):
    other = "customer" if speaker == "agent" else "agent"
    turns = [Turn(speaker=other, text=before)] if before else []
    turns.append(Turn(speaker=speaker, text=say))
    transcript = Transcript(id="t", client="c", turns=tuple(turns))
    (findings,) = DETECTOR.detect(read([transcript]))
    return [
        (finding, transcript.quote(finding.span))
        for finding in findings
        if finding.span.turn == len(turns) - 1
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_holds_on_its_own_sentences(rule):
    assert rule.label in LABELS
    assert rule.reason
    assert len(rule.yes) >= (3 if rule.language == "en" else 1)
    assert len(rule.no) >= (3 if rule.language == "en" else 1)
    for example in rule.yes:
        hits = found(example.say, before=example.before, speaker=rule.speaker)
        words = [words for finding, words in hits if finding.label == rule.label]
        assert words, f"{rule.id} misses {example.say!r}"
        assert words[0].strip()
    for example in rule.no:
        hits = found(example.say, before=example.before, speaker=rule.speaker)
        wrong = [words for finding, words in hits if finding.label == rule.label]
        assert not wrong, f"{rule.id}: {example.say!r} raised {wrong}"


def test_the_span_is_exact_in_the_original_text():
    text = "Hello \u200b there.  That\u2019s   YOUR  own fault, s\u00ed?"
    ((finding, words),) = found(text)
    assert finding.label == "tone.blaming"
    assert words == "That\u2019s   YOUR  own fault"


def test_customers_words_are_not_held_against_the_agent():
    assert [
        f for f, _ in found("That's your own fault!", speaker="customer") if f.label == "tone.blaming"
    ] == []


def test_internal_notes_are_not_read():
    turn = Turn(speaker="agent", text="It's your own fault.", visibility="internal")
    assert DETECTOR.detect(read([Transcript(id="t", client="c", turns=(turn,))])) == [[]]


def test_an_unknown_macro_is_an_error():
    with pytest.raises(ConfigError, match="no_such"):
        expand("{no_such} words")


def test_groups_are_not_kept_apart():
    """RE2 goes a second, slower way over the text when somebody asks what a group held."""
    phrases = PhraseSet([[r"(a|aa)+ (?P<n>b)", "c"]])
    assert phrases._ready().searchers[0].options.never_capture
    assert list(phrases.spans(0, "aaa b, c")) == [(0, 5), (7, 8)]
