"""What a card holds: made of a passage, of a moment of the client's, or of the lack of an answer."""

from __future__ import annotations

import hashlib
import weakref
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from copilot.facts import fact_lines
from copilot.steps import as_step, procedure
from copilot.wordings import alternatives
from models.errors import NotFoundError
from models.records import Document, Passage, Span, Suggestion, SuggestionKind

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from knowledge_base.moments import Moment
    from models.records import Hit

BY = "copilot.v1"
NEWS_FOR = timedelta(days=14)
"""How long a card says that its document has changed."""
NOT_HERE = "Not in this client's material: ask your supervisor."
_news: weakref.WeakKeyDictionary[KnowledgeBase, dict[tuple[str, date], str]] = weakref.WeakKeyDictionary()
_MOST_NEWS = 10_000


def answer_card(
    kb: KnowledgeBase,
    passage: Passage,
    *,
    contact: str,
    because: Span,
    query: str,
    hit: Hit | None = None,
    moment: Moment | None = None,
) -> Suggestion:
    """The card of a passage: facts first, the source words below; of a procedure its first step.

    Args:
        kb: Of the client.
        passage: What answers.
        contact: Whose card it is.
        because: The words that called for it.
        query: What was asked, to choose the facts by.
        hit: How it was found; None when a moment pins it.
        moment: That called for it; None when a question did.
    """
    lines = fact_lines(passage, query)
    card = Suggestion(
        id=_id(contact, because, passage.id, passage.version),
        kind="answer",
        title=(moment.title if moment is not None else "") or _title(passage),
        facts=tuple(line.text for line in lines),
        text=passage.text,
        sources=(passage,),
        because=because,
        by=BY,
        confidence=hit.score if hit is not None else 1.0,
        degraded=hit.degraded if hit is not None else False,
        lines=lines,
        alternatives=alternatives(kb, passage),
        moment=moment.id if moment is not None else "",
        notice=news(kb, passage),
    )
    # A passage may hold steps beside other things; what was asked for decides.
    of_steps = sum(line.kind == "step" for line in lines)
    return as_step(card, 1) if 2 * of_steps > len(lines) and procedure(passage) else card


def alert_card(contact: str, because: Span, moment: Moment) -> Suggestion:
    """A line of the client's to the agent."""
    words = moment.alert
    title = moment.title or words
    return _told(contact, because, f"moment {moment.id}", title, words, moment=moment.id)


def nothing_here(contact: str, because: Span) -> Suggestion:
    """That the client's material does not answer, instead of a guess."""
    return _told(contact, because, "nothing", "No answer in this client's material", NOT_HERE)


def is_nothing_here(card: Suggestion) -> bool:
    """Whether a card says that nothing answers."""
    return card.kind == "alert" and card.notice == NOT_HERE


def news(kb: KnowledgeBase, passage: Passage) -> str:
    """That the passage's document has changed lately, in plain words; empty when it has not.

    It has when it came into force within the last fourteen days, or when the store took in another text of
    it within them.
    """
    today = date.today()  # noqa: DTZ011 - a policy starts at midnight where the centre is
    known = _news.setdefault(kb, {})
    key = (f"{passage.document}\n{passage.version}\n{passage.text}", today)
    if key not in known:
        if len(known) >= _MOST_NEWS:
            known.clear()
        known[key] = _news_of(kb, passage, today)
    return known[key]


def _news_of(kb: KnowledgeBase, passage: Passage, today: date) -> str:
    try:
        document = kb.document(passage.document)
    except NotFoundError:
        return ""
    revisions = kb.store.history(kb.client, Document, document.id)
    same = [
        at for at, one in reversed(revisions) if (one.text, one.version) == (document.text, document.version)
    ]
    others = [one for _, one in revisions if (one.text, one.version) != (document.text, document.version)]
    before = others[-1].version if others else ""
    was = f"; before it was version {before}" if before and before != document.version else ""
    version = f"version {document.version}" if document.version else "this text"
    since = document.effective_from
    if since is not None and timedelta(0) <= today - since <= NEWS_FOR:
        return f"New: {version} holds since {_day(since)}{was}."
    if others and same and datetime.now(UTC) - same[0] <= NEWS_FOR:
        return f"Changed on {_day(same[0].astimezone().date())}: now {version}{was}."
    return ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _title(passage: Passage) -> str:
    return passage.heading.split(" > ")[-1] or passage.title


def _told(contact: str, because: Span, what: str, title: str, words: str, *, moment: str = "") -> Suggestion:
    kind: SuggestionKind = "alert"
    return Suggestion(
        id=_id(contact, because, what, ""),
        kind=kind,
        title=title,
        facts=(),
        text="",
        sources=(),
        because=because,
        by=BY,
        moment=moment,
        notice=words,
    )


def _id(contact: str, because: Span, what: str, version: str) -> str:
    key = f"{contact}\n{because.turn}\n{what}\n{version}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]
