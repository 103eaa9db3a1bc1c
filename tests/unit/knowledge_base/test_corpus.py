"""Short ways through a search give what the long ways give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.corpus import _by_words, _distinct
from knowledge_base.files import find_title
from knowledge_base.sections import read_sections

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.9, 1.0, 3.2]), max_size=40)


@given(SCORES, st.lists(st.booleans(), min_size=40, max_size=40), st.booleans(), st.integers(1, 45))
def test_the_best_by_words_are_those_of_sorting_all(values, marks, some, depth):
    scores = np.array(values, dtype=np.float32)
    allowed = np.array(marks[: len(values)], dtype=bool) if some else None
    there = [at for at, value in enumerate(values) if value > 0 and (allowed is None or allowed[at])]
    expected = sorted(there, key=lambda at: (-scores[at], at))[:depth]
    assert _by_words(scores, allowed, depth).tolist() == expected


@given(st.lists(st.integers(0, 30), max_size=60))
def test_each_place_once_and_rising(places):
    assert _distinct(np.array(places, dtype=np.intp)).tolist() == sorted(set(places))


LINES = [
    "# Title",
    "# Does it?",
    "#",
    "# ",
    "## Sub",
    "Text here.",
    "```",
    "",
    "---",
    "===",
    "**Bold**",
    " # x",
]


@pytest.mark.parametrize("kind", ["policy", "faq"])
@given(st.lists(st.sampled_from(LINES), max_size=6))
def test_a_title_that_says_it_is_one_is_that_of_the_whole_text(kind, rest):
    text = "\n".join(["# Returns of goods", *rest])
    sections = read_sections(text)
    assert sections[0].headings[0] == "Returns of goods"
    assert find_title(text, kind) == "Returns of goods"
