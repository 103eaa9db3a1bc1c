"""Moments: when the copilot speaks without being asked, as the client wrote it in `client.yaml`.

A moment has words or patterns (`when`), example sentences (`meaning`) or both, and one thing to show: a
document or passage of the client's (`show`), the best passages for a query (`search`), or a line to the
agent (`alert`). Patterns are RE2, checked as a client's wording rules are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.client_rules import MOST_MEMORY, MOST_PATTERNS, refused
from models.errors import ConfigError
from models.folding import fold, fold_pattern
from models.labels import LABELS
from models.yaml_lines import Lined

MOST_MOMENTS = 200
KEYS = (
    "id name when meaning near unless speaker priority cooldown_turns most languages title show search "
    "alert line"
).split()
NEAR = 0.6
"""Cosine at which a sentence means the same as an example, unless the moment says otherwise."""
SPEAKERS = ("customer", "agent", "any")
_ID = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_EDGE = r"(?:^|[^\pL\pN_])"
_BETWEEN = r"[^\pL\pN_]+"
_END = r"(?:$|[^\pL\pN_])"
_SHOWS = ("show", "search", "alert")
_MOST = 1
_COOLDOWN = 6
_LONGEST_LINE = 300


@dataclass(frozen=True, slots=True)
class Moment:
    """When to speak, and what to show."""

    id: str
    when: tuple[str, ...] = ()
    """Words that stand side by side, `/patterns/`, or labels of findings (`customer.complaint`)."""
    meaning: tuple[str, ...] = ()
    """Sentences; one that means the same calls for it, too."""
    near: float = NEAR
    """Cosine from which a sentence means the same, in (0, 1]."""
    unless: tuple[str, ...] = ()
    """Words or `/patterns/` that, in the same turn, rule it out."""
    speaker: str = "customer"
    """Whose turns are read: customer, agent or any."""
    priority: int = 0
    """The higher one comes first."""
    cooldown_turns: int = _COOLDOWN
    """Turns before it may come again."""
    most: int = _MOST
    """Times in one contact."""
    languages: tuple[str, ...] = ()
    """Codes; none: all."""
    title: str = ""
    show: str = ""
    """A document, or `document#2` (its second passage), or `document#a heading`."""
    search: str = ""
    alert: str = ""
    line: int = 0
    """Of the file, from 1; 0: not read from one."""


def read_moments(entries: Iterable[Mapping[str, Any]], *, origin: str = "client.yaml") -> tuple[Moment, ...]:
    """The moments of a profile (`ClientProfile.moments`), in the order written.

    Raises:
        ConfigError: Names the file, the line and the key, never the words of a pattern.
    """
    moments: list[Moment] = []
    for entry in entries:
        line = entry.get("line", 0)
        moment = moment_of(Lined(origin, dict(entry), {}, line if isinstance(line, int) else 0))
        moments.append(moment)
    check_together(moments, origin=origin)
    return tuple(moments)


def check_together(moments: Sequence[Moment], *, origin: str = "client.yaml") -> None:
    """What no moment can know of itself.

    Raises:
        ConfigError: Two have one id, or there are too many.
    """
    if len(moments) > MOST_MOMENTS:
        raise ConfigError(f"{origin}: {len(moments)} moments, {MOST_MOMENTS} at most")
    seen: set[str] = set()
    for moment in moments:
        if moment.id in seen:
            raise ConfigError(f"{origin}, line {moment.line}: id: another moment has it")
        seen.add(moment.id)


def moment_of(entry: Lined) -> Moment:
    """One moment, checked.

    Raises:
        ConfigError: Names the file, the line and the key.
    """
    entry.only(*KEYS)
    key = "id" if entry.values.get("id") is not None else "name"
    id = entry.get(key, str)
    if id is None or _ID.fullmatch(id) is None:
        raise entry.fail("id", "must be lower-case letters and digits with `-`, `_` or `.` between")
    when, meaning, unless = (_texts(entry, name) for name in ("when", "meaning", "unless"))
    if not when and not meaning:
        raise entry.fail("when", "is missing; give words (`when`) or example sentences (`meaning`)")
    for name, written in (("when", when), ("unless", unless)):
        for number, one in enumerate(written, start=1):
            problem = "has {brand}; write the name" if "{brand}" in one else refused(_pattern(one))
            if problem:
                raise entry.fail(name, f"entry {number} {problem}")
    speaker = entry.get("speaker", str, "customer")
    if speaker not in SPEAKERS:
        raise entry.fail("speaker", f"must be one of {', '.join(SPEAKERS)}")
    near = entry.get("near", (float, int), NEAR)
    if not 0 < near <= 1:
        raise entry.fail("near", "must be above 0 and at most 1")
    cooldown_turns, most = entry.get("cooldown_turns", int, _COOLDOWN), entry.get("most", int, _MOST)
    if cooldown_turns < 0:
        raise entry.fail("cooldown_turns", "must be 0 or more")
    if most < 1:
        raise entry.fail("most", "must be 1 or more; leave the moment out to switch it off")
    shown = [name for name in _SHOWS if entry.values.get(name) is not None]
    if len(shown) != 1:
        raise entry.fail(shown[1] if shown else "show", "give one of `show`, `search` and `alert`")
    words = entry.need(shown[0], str).strip()
    if not 0 < len(words) <= _LONGEST_LINE:
        raise entry.fail(shown[0], f"must be 1 to {_LONGEST_LINE} characters")
    return Moment(
        id=id,
        when=when,
        meaning=meaning,
        near=float(near),
        unless=unless,
        speaker=speaker,
        priority=entry.get("priority", int, 0),
        cooldown_turns=cooldown_turns,
        most=most,
        languages=tuple(one.casefold() for one in _texts(entry, "languages")),
        title=entry.get("title", str, "").strip(),
        line=entry.line,
        **{shown[0]: words},
    )


def finder(written: Sequence[str]) -> Callable[[str], tuple[int, int] | None]:
    """Where the first of these words or patterns stands in a text, as a half-open range; None if nowhere.

    Case, accents and blanks do not count. Labels of findings are passed over. Linear time in the text.
    """
    import re2

    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    patterns = [re2.compile(fold_pattern(_pattern(one)), options) for one in written if one not in LABELS]

    def find(text: str) -> tuple[int, int] | None:
        folded = fold(text)
        found = [hit.span(1 if hit.re.groups else 0) for p in patterns if (hit := p.search(folded.text))]
        return folded.original(*min(found)) if found else None

    return find


def _pattern(written: str) -> str:
    """`/…/` as it is; words side by side, whatever stands between them."""
    if len(written) > 2 and written.startswith("/") and written.endswith("/"):  # noqa: PLR2004 - two slashes
        return f"({written[1:-1]})"
    words = re.findall(r"[^\W_]+", fold(written).text)
    return f"{_EDGE}({_BETWEEN.join(map(re.escape, words))}){_END}" if words else ""


def _texts(entry: Lined, key: str) -> tuple[str, ...]:
    value = entry.values.get(key)
    values = [] if value is None else value if isinstance(value, (list, tuple)) else [value]
    if any(not isinstance(one, str) or not one.strip() for one in values):
        raise entry.fail(key, "must be a text or a list of texts; put quotes round each")
    if len(values) > MOST_PATTERNS:
        raise entry.fail(key, f"{len(values)} entries, {MOST_PATTERNS} at most")
    return tuple(one.strip() for one in values)
