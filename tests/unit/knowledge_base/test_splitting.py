from datetime import date

import pytest

from knowledge_base.splitting import LONGEST, WHOLE, split, words_in
from models.records import Document

LONG = "The refund is paid to the card that was used. It takes five working days, sometimes more. "


def pieces(text, kind="policy", title=""):
    return [
        (passage.heading, passage.text)
        for passage in split(Document(id="d", text=text, kind=kind, title=title))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("---\n\n***\n", []),
        ("One line.", [("", "One line.")]),
        ("# A\n\nText.", [("A", "Text.")]),
        ("A\n=\n\nText.\n\nB\n---\n\nMore text.", [("A", "Text."), ("A > B", "More text.")]),
        ("# A #\n## **B** [link](x)\nText.", [("A > B link", "Text.")]),
        ("Text.\n\n# Only a heading", [("", "Text."), ("", "# Only a heading")]),
        ("```\n# no heading\n```", [("", "```\n# no heading\n```")]),
        ("**Late fees**\n\nTen euros.", [("Late fees", "Ten euros.")]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", [("", "| a | b |\n|---|---|\n| 1 | 2 |")]),
        (
            "Q: How long?\nA: Five days.\n\n**Q2: Where?**\n\nOnline.",
            [("How long?", "Five days."), ("Where?", "Online.")],
        ),
        (
            "What we do\nWe answer the phone for other companies, day and night.",
            [("What we do", "We answer the phone for other companies, day and night.")],
        ),
    ],
)
def test_headings_and_blocks(text, expected):
    assert pieces(text) == expected


def test_short_neighbours_are_put_together_under_their_heading():
    text = "# Fees\n\n## Late\n\nTen euros.\n\n## Early\n\nNone.\n\n## Long\n\n" + LONG * 5
    found = pieces(text)
    assert found[0] == ("Fees", "## Late\n\nTen euros.\n\n## Early\n\nNone.")
    assert found[1][0] == "Fees > Long"


def test_questions_are_never_put_together():
    text = "# Help\n\n## How long?\n\nFive days.\n\n## Where?\n\nOnline.\n\n## Why?\n\nRules."
    assert [heading for heading, _ in pieces(text)] == ["Help > How long?", "Help > Where?", "Help > Why?"]


def test_the_title_is_not_repeated_in_the_heading():
    assert pieces("# Fees\n\n## Late fees\n\n" + LONG * 3, title="Fees")[0][0] == "Late fees"
    assert pieces("# Fees\n\nTen euros.", title="Fees")[0][0] == "Fees"


def test_a_long_section_is_cut_evenly_at_sentences():
    passages = split(Document(id="d", text="# A\n\n" + LONG * 40, kind="policy"))
    sizes = [words_in(passage.text) for passage in passages]
    assert len(passages) > 1
    assert max(sizes) <= LONGEST
    assert min(sizes) > 60
    assert all(passage.text.endswith(".") for passage in passages)
    assert {passage.heading for passage in passages} == {"A"}


def test_wrapped_lines_are_no_sentence_ends():
    wrapped = (LONG * 40).replace("used. It", "used. It").replace("card that", "card\nthat")
    assert all(passage.text.endswith(".") for passage in split(Document(id="d", text=wrapped, kind="policy")))


def test_list_items_stay_whole_and_with_the_line_that_announces_them():
    item = "- " + " ".join(["word"] * 40) + "\n  and its second line"
    text = LONG * 8 + "\n\nThe steps are:\n\n" + "\n".join([item] * 6)
    passages = split(Document(id="d", text=text, kind="policy"))
    assert all(passage.text.count("- word") == passage.text.count("second line") for passage in passages)
    assert not any(passage.text.endswith("are:") for passage in passages)


def test_a_table_stays_whole_until_it_is_long():
    table = "| Offer | Limit |\n|---|---|\n" + "\n".join(
        f"| offer number {n} | {n} euros |" for n in range(20)
    )
    assert len(pieces(table)) == 1
    longer = "| Offer | Limit |\n|---|---|\n" + "\n".join(
        f"| offer number {n} | {n} euros |" for n in range(80)
    )
    found = pieces(longer)
    assert len(found) > 1
    assert all(text.startswith("|") and text.endswith("|") for _, text in found)


def test_each_script_line_is_a_passage():
    text = "## Opening\nThank you for calling {brand}.\nHow can I help?\n\n- May I put you on hold?\n\nSay:\n> Goodbye."
    assert [text for _, text in pieces(text, kind="script")] == [
        "Thank you for calling {brand}.",
        "How can I help?",
        "- May I put you on hold?",
        "Say:\n> Goodbye.",
    ]


def test_each_row_of_a_faq_table_is_a_passage():
    text = "| Question | Answer |\n|---|---|\n| How long? | Five days. |\n| Where? | Online. |"
    assert [text for _, text in pieces(text, kind="faq")] == [
        "| Question | Answer |\n|---|---|\n| How long? | Five days. |",
        "| Where? | Online. |",
    ]


def test_pages_are_named_and_never_crossed():
    assert pieces("# A\n\nOne.\f\nTwo.\fThree.") == [
        ("A > page 1", "One."),
        ("A > page 2", "Two."),
        ("A > page 3", "Three."),
    ]


def test_fields_go_with_the_passage():
    document = Document(
        id="policies/a", text="Words.", title="A", kind="policy", version="2", language="de",
        effective_from=date(2026, 1, 1), effective_until=date(2026, 12, 31),
    )  # fmt: skip
    (passage,) = split(document)
    assert passage.id == "policies/a#1"
    assert (passage.document, passage.title, passage.kind, passage.version) == (
        "policies/a",
        "A",
        "policy",
        "2",
    )
    assert (passage.language, passage.effective_from, passage.effective_until) == (
        "de", date(2026, 1, 1), date(2026, 12, 31),
    )  # fmt: skip


def test_a_section_that_fits_stays_whole():
    text = "\n\n".join([LONG * 2] * 6)
    assert words_in(text) <= WHOLE
    assert len(pieces(text)) == 1
