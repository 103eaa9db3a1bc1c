import math

import pytest

from knowledge_base.lexical import LexicalIndex, primary, stems


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("How do I return my shoes?", "en", ["return", "shoe"]),
        ("Customer’s refunds", "en-GB", ["custom", "refund"]),
        ("Die Rückgaben dauern", "de", ["ruckgab", "dau"]),
        ("Ｒｅｆｕｎｄ 30", "en", ["refund", "30"]),
        ("返金の手続き", "ja", ["返金", "金の", "の手", "手続", "続き"]),
        ("zwroty pieniędzy", "pl", ["zwroty", "pieniędzy"]),
        ("", "en", []),
        ("?! …", "en", []),
    ],
)
def test_stems(text, language, expected):
    assert stems(text, language) == expected


@pytest.mark.parametrize(("code", "expected"), [("en-US", "en"), ("PT_br", "pt"), ("", ""), ("de", "de")])
def test_primary(code, expected):
    assert primary(code) == expected


PASSAGES = [["refund", "card", "refund"], ["parcel", "late"], ["card", "late", "fee", "fee", "fee"], []]


def bm25(query, passage):
    """Lucene's formula written out."""
    total = len(PASSAGES)
    mean = sum(map(len, PASSAGES)) / total
    score = 0.0
    for word in query:
        having = sum(word in other for other in PASSAGES)
        count = passage.count(word)
        weight = math.log(1 + (total - having + 0.5) / (having + 0.5))
        score += weight * count / (count + 1.5 * (1 - 0.75 + 0.75 * len(passage) / mean))
    return score


@pytest.mark.parametrize(
    "query", [["refund"], ["card", "late"], ["fee", "alien"], ["card", "refund", "parcel"]]
)
def test_scores_are_bm25(query):
    known = [word for word in query if word != "alien"]
    expected = [bm25(known, passage) for passage in PASSAGES]
    assert LexicalIndex(PASSAGES).scores(query).tolist() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("query", [[], ["alien"]])
def test_nothing_shared_scores_nothing(query):
    assert LexicalIndex(PASSAGES).scores(query).tolist() == [0.0] * 4


def test_no_passages_and_no_words():
    assert LexicalIndex([]).scores(["card"]).tolist() == []
    assert LexicalIndex([[], []]).scores(["card"]).tolist() == [0.0, 0.0]


def test_full_share_bounds_the_scores():
    index = LexicalIndex(PASSAGES)
    for query in (["refund"], ["card", "late"], ["refund", "card"]):
        assert 0 < max(index.scores(query)) <= index.full_share(query, 5)
    assert index.full_share(["alien"], 5) >= index.full_share(["refund"], 5)
    assert index.full_share(["refund", "card", "late"], 1) == index.full_share(["refund"], 1)
    assert index.full_share([], 5) == 0
