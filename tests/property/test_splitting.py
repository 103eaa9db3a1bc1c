"""What must hold for the passages of any text whatever."""

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge_base.splitting import LONGEST, TABLE_WHOLE, WHOLE, split, words_in
from models.records import Document

KINDS = (None, "policy", "script", "faq", "disclosure", "macro", "authority", "glossary")

words = st.sampled_from(
    [
        "refund",
        "card",
        "déjà",
        "30",
        "e.g.",
        "Mr.",
        "no.",
        "（注）",
        "返金",
        "ok.",
        "What?",
        "**bold**",
        "`x`",
        "a|b",
    ]
)
sentences = st.lists(words, min_size=1, max_size=40).map(lambda chosen: " ".join(chosen) + ".")
lines = st.one_of(
    sentences,
    sentences.map("- {}".format),
    sentences.map("  1. {}".format),
    sentences.map("| {} | x |".format),
    sentences.map("> {}".format),
    st.sampled_from(
        [
            "",
            "",
            "# One",
            "## Two",
            "### Three?",
            "Q: How long?",
            "A: Five days.",
            "**Bold line**",
            "---",
            "===",
        ]
    ),
    st.sampled_from(["```", "|---|---|", "\f", " \t", "Say:", "Short Heading", "\r", "x" * 250, "#", "# "]),
)
texts = st.lists(lines, max_size=60).map("\n".join)


def made(text, kind=None):
    return Document(id="folder/file", text=text, title="One", kind=kind, effective_from=date(2026, 1, 1))


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(texts, st.text(max_size=400)), kind=st.sampled_from(KINDS))
@example(text="", kind=None)
@example(text="# Only a heading", kind="policy")
@example(text="Q: One?\nA:\n\nQ: Two?\nA: Yes.", kind="faq")
@example(text="word " * 5000, kind="policy")
@example(text="返金" * 3000, kind="policy")
def test_passages_of_any_text(text, kind):
    document = made(text, kind)
    passages = split(document)
    assert [passage.id for passage in passages] == [f"folder/file#{n + 1}" for n in range(len(passages))]
    before = 0
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.start >= before, "passages overlap"
        assert passage.text.strip() == passage.text != ""
        assert words_in(passage.text) <= max(WHOLE, LONGEST, TABLE_WHOLE) + LONGEST
        assert "\f" not in passage.text, "a passage crosses a page"
        before = passage.end
    assert bool(passages) == any(character.isalnum() for character in text)


@settings(max_examples=150, deadline=None)
@given(text=texts, kind=st.sampled_from(KINDS))
def test_no_word_is_lost(text, kind):
    passages = split(made(text, kind))
    kept = " ".join(f"{passage.title} {passage.heading} {passage.text}" for passage in passages)
    for line in text.replace("\f", "\n").split("\n"):
        for word in line.replace("A:", " ").replace("Q:", " ").replace("**", " ").split():
            if any(character.isalnum() for character in word):
                assert word.strip("*_`#") in kept


@settings(max_examples=50, deadline=None)
@given(text=texts)
def test_the_same_document_gives_the_same_passages(text):
    assert split(made(text)) == split(made(text))
