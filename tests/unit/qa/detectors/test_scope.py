"""Negation, quotation, reported speech, supposition, apology: one table for all rules."""

import pytest

from qa.detectors.folding import fold
from qa.detectors.scope import in_scope, quotations

TABLE = [
    ("negated", "i would never call you stupid", "stupid", True),
    ("negated", "you are not stupid", "stupid", True),
    ("negated", "no, you broke it", "you broke", False),
    ("negated", "don't worry, you are late", "you are late", False),
    ("negated", "not only are you late", "late", False),
    ("negated", "no es culpa suya", "es culpa", True),
    ("negated", "u bent niet dom", "dom", True),
    ("reported", "you said he called you an idiot", "idiot", True),
    ("reported", "the customer called me an idiot", "idiot", True),
    ("reported", "i told you already, hurry up", "hurry", False),
    ("reported", "he said it was late, but you are an idiot", "you are an idiot", False),
    ("reported", "er sagte, beeilen sie sich", "beeilen", True),
    ("hypothetical", "if i promised you a date", "promised", True),
    ("hypothetical", "i promise you a date", "promise", False),
    ("question", "did i promise that?", "promise", True),
    ("apology", "sorry if that sounded like it's your fault", "your fault", True),
    ("apology", "i'm sorry but it's your fault", "your fault", False),
    ("apology", "i didn't mean to say you are wrong", "wrong", True),
    ("corrected", "it takes 60 days, no wait, i misspoke", "60", True),
    ("corrected", "it takes 60 days", "60", False),
    ("doubted", "it should arrive friday", "arrive", True),
]


@pytest.mark.parametrize(("scope", "sentence", "words", "expected"), TABLE)
def test_scope(scope, sentence, words, expected):
    start = sentence.index(words)
    assert in_scope(scope, sentence, start, start + len(words)) is expected


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He wrote "you idiot" to me', '"you idiot"'),
        ("He wrote \u201cyou idiot\u201d to me", "\u201cyou idiot\u201d"),
        ("He said 'you're an idiot', really", "'you're an idiot'"),
        ("It's the customer's own choice", None),
    ],
)
def test_quotations(text, quoted):
    found = [text[start:end] for start, end in quotations(text)]
    assert found == ([quoted] if quoted else [])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("It\u2019s  NOT", "it's not"),
        ("d\u00e9j\u00e0 vu", "deja vu"),
        ("Stra\u00dfe \u00d8y", "strasse oy"),
        ("Well, um, you know", "well, you know"),
        ("stu\u200bpid **really**", "stupid really"),
        ("a\n\tb", "a b"),
        ("", ""),
    ],
)
def test_folding_keeps_the_way_back(text, folded):
    result = fold(text)
    assert result.text == folded
    for start in range(len(folded)):
        low, high = result.original(start, start + 1)
        assert 0 <= low < high <= len(text)
    assert result.original(0, 0) == (0, 0)
