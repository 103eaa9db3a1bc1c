"""`client.yaml`: who the client is and what its agents may do.

Every key is optional and a single word stands for a list of one. Unknown keys are kept in
`ClientProfile.extra` and warned about; so is, without a warning, a `verification` that is a group (its
`never_ask` has no field of its own). A value of a shape that cannot be meant is a `ConfigError`
that names the line.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from knowledge_base.protection import protection_of
from models.errors import ConfigError
from models.records import ClientProfile, Deadline, DisclosureRule, ReadWarning, Severity
from models.redaction.masking import masking_of
from models.yaml_lines import Lined, compose

Node = Any
"""A node of the YAML tree; the library's types know neither `id` nor `value`."""

MAX_BYTES = 1_000_000
"""A longer file is not a client profile."""

DOCUMENT_SUFFIXES = (".md", ".txt", ".html", ".htm", ".pdf", ".docx", ".csv", ".xlsx")
KEPT = frozenset(
    {"disputes", "dispositions", "draft", "generator", "per_agent", "protection", "publishing", "redact"}
)
"""Keys that other rooms read from `ClientProfile.extra`; each checks its own."""
SPELLINGS = {"color": "colour", "brand": "brands", "product": "products", "competitor": "competitors"}
HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


def read_profile(path: Path | str, client: str) -> tuple[ClientProfile, tuple[ReadWarning, ...]]:
    """Read a `client.yaml`.

    Args:
        path: The file, in UTF-8 (a byte-order mark is allowed), at most 1 MB.
        client: Name of the client, which becomes the profile's id.

    Returns:
        The profile, and what had to be assumed: unknown keys, a colour that is none.

    Raises:
        ConfigError: No such file, not UTF-8, not YAML, or a value of the wrong shape;
            names the file and the line, never the value.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path.name}: larger than 1 MB; a client profile is a page")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise ConfigError(f"{path.name}: cannot be read ({problem.strerror or 'no such file'})") from problem
    except UnicodeDecodeError as problem:
        raise ConfigError(f"{path.name}: not UTF-8 at byte {problem.start}; save it as UTF-8") from None
    return parse_profile(text, client, name=path.name)


def parse_profile(
    text: str, client: str, *, name: str = "client.yaml"
) -> tuple[ClientProfile, tuple[ReadWarning, ...]]:
    """The profile written in `text`; see `read_profile`.

    Raises:
        ConfigError: Not YAML, or a value of the wrong shape; names the line, never the value.
    """
    root = compose(text, origin=name, aliases=False)
    reader = _Reader(name)
    profile = ClientProfile(id=client)
    if root is None or _empty(root):
        return profile, ()
    if root.id != "mapping":
        raise ConfigError(f"{name}, line {_line(root)}: expected `key: value` lines")
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key_node, value in root.value:
        written = str(key_node.value)
        key = written.strip().casefold().replace("-", "_").replace(" ", "_")
        key = SPELLINGS.get(key, key)
        read = READERS.get(key)
        if key in KEPT:
            extra[key] = reader.plain(value, written)
        elif read is None:
            extra[written] = reader.plain(value, written)
            near = difflib.get_close_matches(key, READERS, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            reader.warn("unknown-key", f"line {_line(key_node)}: `{written}` is not known and is kept{hint}")
        elif key in fields:
            raise ConfigError(f"{name}, line {_line(key_node)}: `{written}` stands twice")
        elif not _empty(value):
            fields[key] = read(reader, value, written)
            if key == "verification" and value.id == "mapping":
                extra[key] = reader.plain(value, written)
        elif key == "colour":
            reader.warn("colour", f"line {_line(key_node)}: `{written}` is empty; put quotes round #rrggbb")
    whole = replace(profile, **fields, extra=extra)
    protection_of(whole)
    masking_of(whole)
    return whole, tuple(reader.warnings)


class _Reader:
    """Reads YAML nodes into plain values, and collects warnings on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.warnings: list[ReadWarning] = []

    def warn(self, code: str, message: str) -> None:
        self.warnings.append(ReadWarning(code, message, path=self.name))

    def fail(self, node: Node, key: str, wanted: str) -> ConfigError:
        return ConfigError(f"{self.name}, line {_line(node)}: `{key}` must be {wanted}")

    def plain(self, node: Node, key: str) -> Any:
        """Strings, numbers, dates, lists and dicts."""
        import yaml

        if node.id == "mapping":
            pairs = node.value
            return {_scalar(name) or "": self.plain(value, key) for name, value in pairs}
        if node.id == "sequence":
            return [self.plain(item, key) for item in node.value]
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError):
            return node.value

    def word(self, node: Node, key: str) -> str:
        """The scalar as it is written: `language: no` is Norwegian, not False."""
        text = _scalar(node)
        if text is None:
            raise self.fail(node, key, "one word or line of text")
        return text

    def words(self, node: Node, key: str) -> tuple[str, ...]:
        """A list of names; one name stands for a list of one."""
        if node.id == "scalar":
            return (self.word(node, key),)
        if node.id == "mapping":
            raise self.fail(node, key, "a list of words (`- one` per line)")
        names = []
        for item in node.value:
            if _empty(item):
                continue
            name = self._named(item) if item.id == "mapping" else _scalar(item)
            if name is None:
                raise self.fail(item, key, "a list of words (`- one` per line)")
            names.append(name)
        return tuple(dict.fromkeys(names))

    def _named(self, node: Node) -> str | None:
        """The `name` of a mapping, for lists such as `- name: Acme`."""
        for name, value in node.value:
            if name.value in ("name", "ref", "id", "file") and value.id == "scalar":
                if len(node.value) > 1:
                    self.warn("ignored-key", f"line {_line(node)}: only `{name.value}` of the entry is used")
                return _scalar(value)
        return None

    def limits(self, node: Node, key: str) -> Mapping[str, Any]:
        """The authority table: a mapping; a list or prose is kept under a key of its own."""
        if node.id == "mapping":
            return dict(self.plain(node, key))
        own = "limits" if node.id == "sequence" else "text"
        self.warn("authority", f"line {_line(node)}: `{key}` is not `offer: limit` lines; kept as `{own}`")
        return {own: self.plain(node, key)}

    def days(self, node: Node, key: str) -> Mapping[str, int]:
        """Whole days by kind of record."""
        if node.id != "mapping":
            raise self.fail(node, key, "`record: days` lines")
        found = {}
        for name, value in node.value:
            text = (_scalar(value) or "").casefold().removesuffix("days").removesuffix("d").strip()
            if not text.isdecimal():
                raise self.fail(value, key, "whole days for each kind of record")
            found[str(name.value)] = int(text)
        return found

    def moments(self, node: Node, key: str) -> tuple[Mapping[str, Any], ...]:
        """A list of moments, checked; plain values with the line of each (`knowledge_base.moments`)."""
        from knowledge_base.moments import check_together, moment_of

        items = node.value if node.id == "sequence" else [node]
        if any(item.id != "mapping" for item in items):
            raise self.fail(node, key, "a list of `key: value` groups")
        values = [{**self.plain(item, key), "line": _line(item)} for item in items]
        lines = [{str(name.value): _line(name) for name, _ in item.value} for item in items]
        entries = [Lined(self.name, one, at, one["line"]) for one, at in zip(values, lines, strict=True)]
        check_together([moment_of(entry) for entry in entries], origin=self.name)
        return tuple(values)

    def facts(self, node: Node, key: str) -> tuple[str, ...]:
        """What must be known before account facts: a list, or a mapping whose `need` is the list.

        `one_of: [postcode, e-mail]` becomes the one fact `postcode or e-mail`.
        """
        if node.id == "mapping":
            for name, value in node.value:
                if str(name.value).strip().casefold() in ("need", "needs", "require", "required", "facts"):
                    return self.facts(value, f"{key}.{name.value}")
            raise self.fail(node, key, "a list of facts, or a group with `need:` and such a list")
        if node.id == "scalar":
            return self.words(node, key)
        facts = []
        for item in node.value:
            if item.id == "mapping" and len(item.value) == 1 and item.value[0][1].id == "sequence":
                facts.append(" or ".join(self.words(item.value[0][1], key)))
            else:
                facts.append(self.word(item, key))
        return tuple(facts)

    def colour(self, node: Node, key: str) -> str:
        """`#rrggbb`; anything else is warned about, since it only paints."""
        text = self.word(node, key).strip()
        digits = text.removeprefix("#")
        if len(digits) == 3:  # noqa: PLR2004 - the short form of a colour
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) == 6 and set(digits) <= HEX_DIGITS:  # noqa: PLR2004 - rrggbb
            return f"#{digits.lower()}"
        self.warn("colour", f"line {_line(node)}: `{key}` is not #rrggbb; the default is used")
        return ClientProfile(id="any").colour

    def disclosures(self, node: Node, key: str) -> tuple[DisclosureRule, ...]:
        """Rules as a list of groups, a list of ids, or `id: when` lines."""
        if node.id == "scalar":
            return (DisclosureRule(_document_id(self.word(node, key))),)
        if node.id == "mapping":
            pairs = node.value
            if not any(str(name.value) == "document" for name, _ in pairs):
                return tuple(self._keyed_rule(name, value, key) for name, value in pairs)
            return (self._rule(node, key),)
        return tuple(
            self._rule(item, key)
            if item.id == "mapping"
            else DisclosureRule(_document_id(self.word(item, key)))
            for item in node.value
        )

    def _keyed_rule(self, name: Node, value: Node, key: str) -> DisclosureRule:
        rule = self._rule(value, key, needs_document=False) if value.id == "mapping" else DisclosureRule("-")
        if value.id != "mapping" and not _empty(value):
            rule = replace(rule, when=self.words(value, key))
        return replace(rule, document=_document_id(str(name.value)))

    def _rule(self, node: Node, key: str, *, needs_document: bool = True) -> DisclosureRule:
        fields: dict[str, Any] = {}
        unless: tuple[str, ...] = ()
        for name_node, value in node.value:
            name = str(name_node.value).strip().casefold()
            if name in ("document", "id"):
                fields["document"] = _document_id(self.word(value, f"{key}.document"))
            elif name in ("when", "required_when"):
                fields["when"] = self.words(value, f"{key}.when") or ("always",)
            elif name == "unless":
                unless = tuple(f"unless {one}" for one in self.words(value, f"{key}.unless"))
            elif name in ("deadline", "due"):
                fields["deadline"] = self._choice(value, f"{key}.{name}", get_args(Deadline))
            elif name == "severity":
                fields["severity"] = self._choice(value, f"{key}.severity", get_args(Severity))
            else:
                self.warn("unknown-key", f"line {_line(name_node)}: `{key}.{name}` is not known and not used")
        if needs_document and not fields.get("document"):
            raise self.fail(node, key, "entries that name a `document`")
        if unless:
            fields["when"] = (*fields.get("when", ("always",)), *unless)
        return DisclosureRule(**{"document": "-", **fields})

    def switch(self, node: Node, key: str) -> bool:
        """Yes or no, in any of YAML's spellings."""
        word = self.word(node, key).strip().casefold()
        if word not in _SWITCH:
            raise self.fail(node, key, "on or off")
        return _SWITCH[word]

    def _choice(self, node: Node, key: str, known: tuple[str, ...]) -> str:
        word = self.word(node, key).strip().casefold().replace(" ", "_").replace("-", "_")
        if word not in known:
            raise self.fail(node, key, f"one of {', '.join(known)}")
        return word


_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}

READERS: dict[str, Callable[[_Reader, Node, str], Any]] = {
    "name": _Reader.word,
    "industry": _Reader.word,
    "currency": _Reader.word,
    "language": _Reader.word,
    "brands": _Reader.words,
    "products": _Reader.words,
    "competitors": _Reader.words,
    "undisclosed_partners": _Reader.words,
    "authority": _Reader.limits,
    "verification": _Reader.facts,
    "disclosures": _Reader.disclosures,
    "colour": _Reader.colour,
    "retention": _Reader.days,
    "moments": _Reader.moments,
    "scorecards": _Reader.words,
    "card_use": _Reader.switch,
}
"""How each known key is read, by its name."""


def _line(node: Node) -> int:
    """Line in the file, from 1."""
    return int(node.start_mark.line) + 1


def _scalar(node: Node) -> str | None:
    return str(node.value) if node.id == "scalar" else None


def _empty(node: Node) -> bool:
    return node.id == "scalar" and (node.tag.endswith(":null") or not str(node.value).strip())


def _document_id(written: str) -> str:
    """`disclosures/recording.md` and `disclosures/recording` name the same document."""
    written = written.strip().replace("\\", "/").removeprefix("./")
    for suffix in DOCUMENT_SUFFIXES:
        if written.casefold().endswith(suffix):
            return written[: -len(suffix)]
    return written
