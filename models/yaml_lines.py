"""YAML that remembers its lines, so that an error can say where it is."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from models.errors import ConfigError

_MOST_NODES = 50_000
_DEEPEST = 100
"""Levels; what people write has six or seven."""
_LARGEST = 1 << 53
"""A whole number that a float still holds; far larger ones cannot become one at all."""


@dataclass(frozen=True, slots=True)
class Lined:
    """A mapping read from YAML: its values, and the line (from 1) of each key."""

    origin: str
    values: dict[str, Any]
    lines: dict[str, int]
    line: int

    def fail(self, key: str, problem: str) -> ConfigError:
        """The error for a key; raise what this returns."""
        return ConfigError(f"{self.origin}, line {self.lines.get(key, self.line)}: {key}: {problem}")

    def only(self, *known: str) -> None:
        """Refuse keys that are not known, with the nearest one that is.

        Raises:
            ConfigError: Names the line and the key.
        """
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
                raise self.fail(key, f"is not a key; {hint}")

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """The value of a key, checked for its type. A bool is not taken for a number.

        Raises:
            ConfigError: Names the line, the key and the type that was wanted.
        """
        if key not in self.values:
            return default
        value = self.values[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        huge = isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or huge:
            wanted = " or ".join(_WORDS.get(k, k.__name__) for k in kinds)
            raise self.fail(key, f"must be {wanted}")
        return value

    def need(self, key: str, kind: type | tuple[type, ...]) -> Any:
        """Like `get`, for a key that must be there.

        Raises:
            ConfigError: Missing, or not of that type; names the line and the key.
        """
        if key not in self.values:
            raise ConfigError(f"{self.origin}, line {self.line}: {key!r} is missing")
        return self.get(key, kind)


_WORDS = {str: "text", int: "a whole number", float: "a number", list: "a list", bool: "true or false"}
_WORDS[Lined] = "a mapping"


def load_lined(text: str, *, origin: str) -> Lined:
    """Read a YAML mapping; nested mappings become `Lined` too.

    Raises:
        ConfigError: Not YAML, not a mapping, a key twice, or far too large; says the line.
    """
    node = compose(text, origin=origin)
    try:
        value = _build(node, origin, [_MOST_NODES]) if node is not None else None
    except RecursionError:
        raise ConfigError(f"{origin}: nested too deeply") from None
    if not isinstance(value, Lined):
        raise ConfigError(f"{origin}, line 1: must be keys and values (`name: …`)")
    return value


def compose(text: str, *, origin: str, aliases: bool = True) -> Any:
    """The YAML tree of a text; None when it is empty.

    Args:
        text: YAML.
        origin: Name of the file, for messages.
        aliases: False to refuse `*name`, which may stand for a tree that doubles on every line.

    Raises:
        ConfigError: Not YAML, an alias that is not wanted, or nested too deeply; says the line.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        # Events first: the C composer calls itself for every level and takes the process down with it.
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.events.CollectionStartEvent):
                depth += 1
                if depth > _DEEPEST:
                    raise ConfigError(f"{origin}: nested too deeply")
            elif isinstance(event, yaml.events.CollectionEndEvent):
                depth -= 1
            elif not aliases and isinstance(event, yaml.events.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise ConfigError(
                    f"{origin}, line {line}: aliases (*name) are not supported; write the value out"
                )
        return yaml.compose(text, Loader=loader)
    except yaml.YAMLError as problem:
        raise _not_yaml(problem, origin, text) from None
    except RecursionError:
        raise ConfigError(f"{origin}: nested too deeply") from None


def _not_yaml(problem: Exception, origin: str, text: str) -> ConfigError:
    """What the parser says, without the names it quotes from the file."""
    mark, opened = getattr(problem, "problem_mark", None), getattr(problem, "context_mark", None)
    if opened is not None and (mark is None or mark.line > text.rstrip().count("\n")):
        mark = opened  # what was opened and never closed is noticed at the end of the file
    where = f", line {mark.line + 1}" if mark is not None else ""
    what = getattr(problem, "problem", None) or "cannot be read"
    if " alias" in what or " anchor" in what or " tag" in what:
        what = what.partition(" '")[0]
    return ConfigError(f"{origin}{where}: not valid YAML: {what}")


def _build(node: Any, origin: str, budget: list[int]) -> Any:
    import yaml

    budget[0] -= 1
    if budget[0] < 0:
        raise ConfigError(f"{origin}: more than {_MOST_NODES} values; is this the right file?")
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(getattr(key_node, "value", ""))
            line = key_node.start_mark.line + 1
            if key in values:
                raise ConfigError(f"{origin}, line {line}: {key!r} stands twice")
            values[key] = _build(value_node, origin, budget)
            lines[key] = line
        return Lined(origin, values, lines, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, origin, budget) for item in node.value]
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        line = node.start_mark.line + 1
        raise ConfigError(f"{origin}, line {line}: not a value; put quotes round it") from None


def plain(value: Any) -> Any:
    """A `Lined` tree as dicts and lists."""
    if isinstance(value, Lined):
        return {key: plain(item) for key, item in value.values.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
