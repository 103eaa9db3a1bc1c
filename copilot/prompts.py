"""What a generator is asked: template files, filled with fenced and redacted material.

The task (what is asked, how the reply is read) is apart from the generator. A template's name carries a
version and never changes meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import Template

from models.generators.fences import fenced, new_mark, without_marks

ANSWER = "answer.v1"
WRAP_UP = "wrap_up.v1"
_TEMPLATES = Path(__file__).with_name("prompt_templates")


def answer_prompt(facts: Iterable[str], question: str, *, mark: str | None = None) -> str:
    """The prompt that asks for the wording of an answer.

    Args:
        facts: Of the passage, one line each.
        question: The customer's words.
        mark: Of the fences; None draws one.

    Raises:
        RedactionError: The words could not be made safe; nothing may be sent.
    """
    mark = mark or new_mark()
    return _template(ANSWER).substitute(
        facts=fenced("facts", _listed(facts, of_documents=True), mark),
        question=fenced("question", _redacted(question), mark),
    )


def wrap_up_prompt(lines: Iterable[str], *, mark: str | None = None) -> str:
    """The prompt that asks for the wording of a wrap-up.

    Args:
        lines: Of the wrap-up, each with its heading.
        mark: Of the fences; None draws one.

    Raises:
        RedactionError: As `answer_prompt`.
    """
    return _template(WRAP_UP).substitute(
        facts=fenced("facts", _listed(lines, of_documents=False), mark or new_mark())
    )


def _listed(lines: Iterable[str], *, of_documents: bool) -> str:
    cleaned = (_redacted(line, of_documents=of_documents) for line in lines)
    return "\n".join(f"- {' '.join(without_marks(line).split())}" for line in cleaned)


def _redacted(text: str, *, of_documents: bool = False) -> str:
    from models.redaction import DOCUMENT_KINDS, redact

    return redact(text, kinds=DOCUMENT_KINDS) if of_documents else redact(text)


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.txt").read_text("utf-8"))
