"""Wording rules that a client brings: checked line by line, compiled by RE2 alone.

They stand in `rules.yaml` beside `client.yaml`, or in its key `rules`, and are kept in
`ClientProfile.extra["rules"]`. RE2 reads every text in time linear in its length, whatever the pattern,
so a client's rule can slow nobody down; what RE2 does not know (look-around, back-references) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from knowledge_base.scope import SCOPES
from models.errors import ConfigError
from models.folding import fold_pattern
from models.labels import LABELS
from models.records import Severity
from models.yaml_lines import Lined, compose, load_lined

RULE_FILE = "rules.yaml"
KEYS = (
    "id label language speaker severity confidence version reason remedy patterns unless skip unit yes no"
).split()
MOST_RULES = 200
MOST_PATTERNS = 50
"""Of one rule, in each of its lists."""
LONGEST = 500
"""Of one pattern, in characters."""
MOST_MEMORY = 1 << 20
"""Bytes RE2 may spend on the program of one pattern; `(a{1000}){1000}` is refused by it."""

_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_MACRO = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_FAMILIES = ("tone", "brand", "privacy", "customer", "scripting")
"""First part of the labels a wording can carry; a disclosure is no wording rule."""


def read_client_rules(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The rules of a file: its key `rules`, or the rules beside each other below it.

    Args:
        path: `rules.yaml` or `client.yaml`, UTF-8.

    Returns:
        One mapping of plain values for each rule, its line under `line`; none when the file has no rules.

    Raises:
        ConfigError: Names the file and the line, never the words of a pattern or an example.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise ConfigError(f"{path.name}: cannot be read ({problem.strerror or 'no such file'})") from None
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{path.name}: not UTF-8 at byte {problem.start}; save it as UTF-8") from None
    return parse_client_rules(text, origin=path.name)


def parse_client_rules(text: str, *, origin: str = RULE_FILE) -> tuple[Mapping[str, Any], ...]:
    """The rules written in a text; see `read_client_rules`.

    Example:
        >>> (rule,) = parse_client_rules("rules: [{id: yo, label: tone.rude, reason: slang, patterns: [yo]}]")
        >>> rule["label"], rule["line"]
        ('tone.rude', 1)

    Raises:
        ConfigError: Names the file and the line, never the words of a pattern or an example.
    """
    if compose(text, origin=origin, aliases=False) is None:
        return ()
    root = load_lined(text, origin=origin)
    entries = [] if root.values.get("rules") is None else root.get("rules", list)
    if len(entries) > MOST_RULES:
        raise root.fail("rules", f"{len(entries)} rules, {MOST_RULES} at most")
    rules: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    for entry in entries:
        if not isinstance(entry, Lined):
            raise root.fail("rules", "must be a list of rules, each with `id`, `label` and `patterns`")
        rule = _rule(entry)
        if rule["id"] in seen:
            raise entry.fail("id", "another rule has it")
        seen.add(rule["id"])
        rules.append(rule)
    return tuple(rules)


def _rule(entry: Lined) -> Mapping[str, Any]:
    entry.only(*KEYS)
    if _ID.fullmatch(entry.need("id", str)) is None:
        raise entry.fail("id", "must be lower-case letters and digits with `-` or `.` between")
    label = entry.need("label", str)
    if label not in LABELS or label.split(".")[0] not in _FAMILIES:
        raise entry.fail("label", "is not a label of wording; see the reference of labels")
    if not entry.need("reason", str).strip():
        raise entry.fail("reason", "is empty; say in one line what is wrong with the words")
    _one_of(entry, "severity", get_args(Severity))
    _one_of(entry, "speaker", ("agent", "customer"))
    _one_of(entry, "unit", ("sentence", "turn"))
    confidence = entry.get("confidence", (float, int), 0.8)
    if not 0 < confidence <= 1:
        raise entry.fail("confidence", "must be above 0 and at most 1")
    if entry.get("version", int, 1) < 1:
        raise entry.fail("version", "must be 1 or more")
    for key in ("language", "remedy"):
        entry.get(key, str)
    if set(_texts(entry, "skip")) - set(SCOPES):
        raise entry.fail("skip", f"must be of {', '.join(SCOPES)}")
    _patterns(entry)
    for key in ("yes", "no"):
        _texts(entry, key)
    values = {key: value for key, value in entry.values.items() if value is not None}
    return {**values, "confidence": float(confidence), "line": entry.line, "file": entry.origin}


def _patterns(entry: Lined) -> None:
    if not _texts(entry, "patterns"):
        raise entry.fail("patterns", "needs at least one pattern")
    for key in ("patterns", "unless"):
        for number, pattern in enumerate(_texts(entry, key), start=1):
            if problem := refused(pattern):
                raise entry.fail(key, f"pattern {number} {problem}")


def _one_of(entry: Lined, key: str, known: Sequence[str]) -> None:
    value = entry.get(key, str)
    if value is not None and value not in known:
        raise entry.fail(key, f"must be one of {', '.join(known)}")


def _texts(entry: Lined, key: str) -> Sequence[str]:
    values: list[Any] = entry.get(key, list, [])
    if any(not isinstance(value, str) or not value.strip() for value in values):
        raise entry.fail(key, "must be a list of texts; put quotes round each")
    if len(values) > MOST_PATTERNS:
        raise entry.fail(key, f"{len(values)} entries, {MOST_PATTERNS} at most")
    return values


def refused(pattern: str) -> str:
    """Why RE2 cannot take a pattern, without its words; empty when it can."""
    import re2

    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if "\\C" in pattern.replace("\\\\", ""):
        return "has \\C, which matches half a letter; write a dot"
    unknown = [name for name in _MACRO.findall(pattern) if name != "brand"]
    if unknown:
        return "has a word in braces that is not known; {brand} is the only one"
    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    try:
        compiled = re2.compile(fold_pattern(_MACRO.sub("x", pattern)), options)
    except re2.error as problem:
        said = problem.args[0] if problem.args else ""
        said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return f"cannot be compiled ({said.partition(':')[0]}); RE2 has no look-around and no back-references"
    if any(found.end() == found.start() for text in ("", "a b, 1") if (found := compiled.search(text))):
        return "matches nothing at all, so it would match everywhere; ask for at least one word"
    return ""
