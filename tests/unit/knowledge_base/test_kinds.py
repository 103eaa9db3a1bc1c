import pytest

from knowledge_base.kinds import guess_kind, kind_named

SCRIPT = """\
Thank you for calling {brand}, my name is {agent name}.
How can I help you today?
May I have your [account number], please?
Is there anything else I can help you with, {customer name}?
"""
PROCEDURE = """\
Ask the customer for the account number, then open [Pull up Account].
Check the order in [Verify Purchase] before the customer is told anything.
If the customer has no receipt, use [Ask the Supervisor].
"""
TABLE = """\
| Offer | Agent may grant | Supervisor |
|---|---|---|
| Goodwill credit | up to $25 | up to $100 |
| Late fee waiver | up to $15 | any |
"""
QUOTES = """\
> I am sorry to hear that, let me look into it.

> Please hold while I check.

Say it slowly.
"""


@pytest.mark.parametrize(
    ("text", "parts", "kind"),
    [
        ("Refunds take five days.", [], "policy"),
        ("", [], "policy"),
        ("anything", ["policies", "refunds"], "policy"),
        ("anything", ["Scripts", "opening"], "script"),
        ("anything", ["Canned Replies", "a"], "macro"),
        ("anything", ["scripts", "legal", "disclosures", "a"], "disclosure"),
        ("anything", ["faq", "glossary"], "glossary"),
        ("anything", ["acme", "refund faq"], "faq"),
        ("anything", ["policies", "terms"], "policy"),
        (SCRIPT, ["acme", "call"], "script"),
        (PROCEDURE, [], "policy"),
        (QUOTES, [], "script"),
        (TABLE, [], "authority"),
        ("# A table of times\n\n| Day | Hours |\n|---|---|\n| Mon | 9 |\n| Tue | 9 |\n", [], "policy"),
        ("Q: How long?\nA: Five days.\n\nQ: Where?\nA: Online.", [], "faq"),
        (
            "# Help\n\n## How long do refunds take?\n\nFive days.\n\n## Where is my parcel?\n\nOn its way.",
            [],
            "faq",
        ),
        (
            "# Why us?\n\nBecause. See [terms](https://example.org) and [prices](https://example.org).",
            [],
            "policy",
        ),
    ],
)
def test_guess(text, parts, kind):
    assert guess_kind(text, parts) == kind


@pytest.mark.parametrize(
    ("word", "kind"), [("FAQs", "faq"), ("canned-responses", "macro"), ("Q&A", "faq"), ("poem", None)]
)
def test_kind_named(word, kind):
    assert kind_named(word) == kind
