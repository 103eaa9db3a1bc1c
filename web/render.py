"""Records to HTML: the one Jinja environment of the pages, and the small words it gives them.

No template uses a raw-markup filter and every attribute is quoted. What the panes render is put into the page
as it is, so this module is the wall between spoken words and the browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.patterns import pattern
from models.records import Turn
from web.texts import DEFAULT, label_of, language_of_words, texts
from web.translation import labels_named, translated

if TYPE_CHECKING:
    import jinja2

Words = Mapping[str, str]

_FIRST_NUMBER = pattern(r"\d+")
SEARCHED = pattern(r"turns? (\d+)(?:(?:[-–]| to )(\d+))?")
_COLOUR = pattern(r"#[0-9a-fA-F]{6}")
_DAY_S = 86_400
_HOUR_S = 3_600


@cache
def environment() -> jinja2.Environment:
    """The one Jinja environment of the pages with Gradio."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clock": clock,
        "counted": counted,
        "day": day,
        "fill": fill,
        "label": jinja2.pass_context(lambda context, label: label_of(context["t"], label)),
        "linked": jinja2.pass_context(
            lambda context, reason: linked(reason, language_of_words(context["t"]))
        ),
        "percent": percent,
        "said": jinja2.pass_context(lambda context, words: said(words, language_of_words(context["t"]))),
    }
    return made


def shell(name: str) -> str:
    """The static frame of a page, without any data."""
    return environment().get_template(f"{name}.html.j2").render()


def drawn(template: str, words: Words | None, **values: Any) -> str:
    """A template with the page's words as `t`; English when none are given."""
    given = words if words is not None else texts(DEFAULT, "review")
    return environment().get_template(f"{template}.html.j2").render(t=given, **values)


def message_html(title: str, words: str) -> str:
    """A short state of a pane: empty, or not available, and what to do next."""
    return environment().get_template("message.html.j2").render(title=title, words=words)


# -- small words ------------------------------------------------------------------------------


def fill(text: str, **slots: object) -> str:
    """A text with its `{slots}` filled; what is filled in is not read again."""
    return re.sub(r"\{(\w+)\}", lambda found: str(slots.get(found[1], found[0])), text)


def counted(words: Words, key: str, n: int) -> str:
    """One or many: `key_one` and `key_many`, with `{n}`."""
    return fill(words[f"{key}_{'one' if n == 1 else 'many'}"], n=n)


def clock(turn: Turn) -> str:
    """When a turn began: `m:ss` or `h:mm:ss` into the contact, else `hh:mm`, else nothing."""
    if turn.start_s is not None:
        minutes, seconds = divmod(int(turn.start_s), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{turn.at:%H:%M}" if turn.at is not None else ""


def day(moment: datetime | None, words: Words | None = None) -> str:
    """`3 May 2026`, with the month in the reader's words, or nothing."""
    if moment is None:
        return ""
    months = (words if words is not None else texts(DEFAULT, "review"))["months"].split()
    return f"{moment.day} {months[moment.month - 1]} {moment.year}"


def age(moment: datetime | None, now: datetime, words: Words) -> str:
    """How long ago, in the largest unit that fits; nothing for no time or one to come."""
    if moment is None:
        return ""
    passed = (now - (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))).total_seconds()
    if passed < 0:
        return ""
    if passed >= _DAY_S:
        return fill(words["age_days"], n=int(passed // _DAY_S))
    if passed >= _HOUR_S:
        return fill(words["age_hours"], n=int(passed // _HOUR_S))
    return fill(words["age_minutes"], n=int(passed // 60))


def percent(share: float | None) -> str:
    """A share in [0, 1] out of 100, as screens show it; a dash for none."""
    return "–" if share is None else f"{share * 100:.0f}"


def said(words: str, language: str = DEFAULT) -> str:
    """Words of a record in the reader's language, labels by name."""
    return labels_named(translated(words, language), language)


def linked(reason: str, language: str = DEFAULT) -> list[tuple[str, int | None]]:
    """A reason in pieces, labels by name; `turn 5` and `turns 1-14` come with the turn they begin with."""
    pieces = []
    turns = _turns(language)
    for piece in turns.split(said(reason, language)):
        number = _FIRST_NUMBER.search(piece) if turns.fullmatch(piece) else None
        if piece:
            pieces.append((piece, int(number[0]) if number else None))
    return pieces


@cache
def _turns(language: str) -> re.Pattern[str]:
    """`turn 5`, `turns 1-14` and `turns 1 to 14` in a language."""
    words = texts(language, "reasons")
    forms = "|".join(sorted(words["turn words"].split(), key=len, reverse=True))
    return re.compile(rf"(\b(?:{forms}) \d+(?:(?:[-–]| {words['word to']} )\d+)?)")


def safe_colour(colour: str) -> str:
    """A `#rrggbb` colour as it is, anything else as the neutral one."""
    return colour if _COLOUR.fullmatch(colour) else "#52606d"
