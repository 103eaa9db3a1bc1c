from datetime import date, datetime

import pytest

from knowledge_base.front_matter import document_fields, read_date, read_front_matter

WHOLE = """\
---
kind: Policies
title: Refunds
version: 1.10
effective_from: 2026-03-01
effective_until: 31/12/2026
language: no
owner: Finance
verbatim: yes
required_when: card payment
due: before payment
audience: second line
---
# Refunds
"""


def test_every_key():
    front = read_front_matter(WHOLE)
    assert front.text == "# Refunds\n"
    assert front.fields == {
        "kind": "policy",
        "title": "Refunds",
        "version": "1.10",
        "effective_from": date(2026, 3, 1),
        "effective_until": date(2026, 12, 31),
        "language": "no",
        "owner": "Finance",
        "verbatim": True,
        "required_when": ("card payment",),
        "due": "before_payment",
        "metadata": {"audience": "second line"},
    }
    assert front.warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "Refunds take five days.",
        "",
        "---",
        "---\n\n---\ntext",
        "---\nA line between two rulers.\n---\nmore",
        "# Title\n\n---\nkind: policy\n---\n",
    ],
)
def test_no_front_matter(text):
    front = read_front_matter(text)
    assert (front.fields, front.warnings) == ({}, ())
    assert front.text in (text, "text")


@pytest.mark.parametrize(
    "block",
    [
        "---\nkind: [policy\n---\n",
        "---\nkind: policy\n\ttitle: x\n---\n",
        "---\na: &x 1\nb: *x\n---\n",
        "---\nkind: policy\n",
    ],
)
def test_a_broken_block_loses_nothing(block):
    front = read_front_matter(block + "Words.", path="a.md")
    assert front.text == block + "Words."
    assert front.fields == {}
    assert [(warning.code, warning.path) for warning in front.warnings] == [("front-matter", "a.md")]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("kind: poem", {}),
        ("effective_from: soon", {}),
        ("effective_until: 01/02/2026", {}),
        ("effective_from: 2026-02-31", {}),
        ("verbatim: perhaps", {}),
        ("due: never", {}),
        ("title: {a: b}", {}),
        ("required_when: {a: b}", {}),
    ],
)
def test_a_strange_value_is_left_out_with_a_warning(line, kept):
    front = read_front_matter(f"---\n{line}\n---\nWords.")
    assert front.text == "Words."
    assert front.fields == kept
    assert line.split(":")[0] in front.warnings[0].message
    assert line.split(": ")[1] not in front.warnings[0].message


def test_never_in_force_is_warned_about():
    _, problems = document_fields({"effective_from": "2026-02-01", "effective_until": "2026-01-01"})
    assert "never in force" in problems[0]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026/03/01", date(2026, 3, 1)),
        ("2026-03-01T10:00:00Z", date(2026, 3, 1)),
        ("1 March 2026", date(2026, 3, 1)),
        ("1st Mar. 2026", date(2026, 3, 1)),
        ("March 1, 2026", date(2026, 3, 1)),
        ("31.12.2026", date(2026, 12, 31)),
        ("12/31/2026", date(2026, 12, 31)),
        ("05/05/2026", date(2026, 5, 5)),
        ("01/02/2026", None),
        ("99/99/2026", None),
        ("1 Sometime 2026", None),
        ("2026", None),
        (datetime(2026, 3, 1, 12), date(2026, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 1)),
        (20260301, None),
    ],
)
def test_days(value, day):
    assert read_date(value) == day
