"""What the client's agents may offer: limits from `client.yaml` and from authority documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.patterns import pattern
from qa.detectors.folding import fold
from qa.detectors.quantities import quantities

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase

_FAMILIES = {
    "gift": "credit voucher goodwill coupon bonus gift compensation compensate loyalty gesture points",
    "refund": "refund reimburse reimbursement back repay",
    "discount": "discount reduction reduce cheaper off",
    "waiver": "waive waiver waiving drop remove cancel write forgive",
    "extension": "extension extend postpone",
    "plan": "plan installments instalments",
    "replacement": "replace replacement exchange",
    "payment": "pay payment cover cash",
    "match": "match",
}
FAMILIES: Mapping[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in _FAMILIES.items()}
"""Words that tell what kind of offer it is."""
_UNITS = {"percent": "percent", "days": "days", "months": "months", "weeks": "days", "hours": "hours"}
_SMALL = frozenset(
    "a an the of or and for to in on by up per with any all one each is are be at from not no than that "
    "this it as "
    "when before without outside except unless customer customers has been have will was were do agent "
    "agents nobody anybody anyone".split()
)
_STEM = 3
"""Shortest stem."""
_NEVER = pattern(r"\b(?:never|not allowed|forbidden|nobody|no one)\b")
_GRANTED = pattern(r"\b([a-z]{4,}) (?:credits?|compensation|vouchers?|allowances?|rebates?|bonus)\b")
_SAME = {
    "whole": "full",
    "entire": "full",
    "complete": "full",
    "fully": "full",
    "keeps": "keep",
    "kept": "keep",
    "keeping": "keep",
    "reimbursement": "refund",
    "reimburse": "refund",
    "written": "write",
    "writing": "write",
    "guaranteed": "guarantee",
    "waiver": "waive",
    "waiving": "waive",
    "compensate": "compensation",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most an agent may give of one kind."""

    name: str
    """As the client wrote it."""
    family: str
    words: frozenset[str]
    """Stems of the name beyond its family: which fee, which refund."""
    dimension: str
    most: float
    source: str
    """Document or passage id; `client.yaml` when it stands there."""


@dataclass(frozen=True, slots=True)
class Ban:
    """Something nobody may offer."""

    text: str
    words: frozenset[str]
    """Stems that must all be there."""
    condition: frozenset[str]
    """One of these must be there too, when there are any."""
    connective: str
    """`before`, `when` and the like, which must be there unless it is `when`."""
    source: str


@dataclass(frozen=True, slots=True)
class Authority:
    """All limits and bans of one client, and what its policies grant anyway."""

    limits: tuple[Limit, ...] = ()
    bans: tuple[Ban, ...] = ()
    granted: frozenset[str] = frozenset()
    """Stems before "credit" and the like in policies: an outage credit is no gift of the agent's."""
    amounts: frozenset[float] = frozenset()
    """Money that policies name."""

    def __bool__(self) -> bool:
        return bool(self.limits or self.bans)


def stem(word: str) -> str:
    """A word without its common endings; equal for "fee" and "fees", "waived" and "waive"."""
    word = _SAME.get(word, word)
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    return _SAME.get(word, word).removesuffix("e")


def stems(text: str) -> frozenset[str]:
    """Stems of the content words of a text."""
    words = re.findall(r"[a-z']+", fold(text).text)
    return frozenset(stem(word) for word in words if word not in _SMALL and len(word) > 1)


_FAMILY_STEMS = {name: frozenset(stem(word) for word in words) for name, words in FAMILIES.items()}


def family_of(words: frozenset[str]) -> str:
    """The kind of offer that these stems speak of; empty when none."""
    return next((name for name in FAMILIES if words & _FAMILY_STEMS[name]), "")


def _limit(name: str, dimension: str, most: float, source: str) -> Limit | None:
    words = stems(name.replace("_", " "))
    family = next(
        (
            f
            for f in ("waiver", "extension", "plan", "match", "refund", "gift", "discount", "replacement")
            if words & _FAMILY_STEMS[f]
        ),
        "",
    )
    if not family:
        return None
    own = words - _FAMILY_STEMS[family] - {stem(unit) for unit in _UNITS}
    return Limit(name.replace("_", " "), family, own, dimension, most, source)


def authority_of(kb: KnowledgeBase) -> Authority:
    """The client's limits: `client.yaml` first, then every authority document in force."""
    limits: list[Limit] = []
    bans: list[Ban] = []
    for key, value in kb.profile.authority.items():
        if key == "never":
            bans.extend(ban for item in _items(value) for ban in _bans(item, "client.yaml"))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            unit = next((unit for word, unit in _UNITS.items() if key.endswith(word)), "money")
            if limit := _limit(key, unit, float(value), "client.yaml"):
                limits.append(limit)
        else:
            for item in _items(value):
                limits.extend(_from_line(f"{key.replace('_', ' ')} {item}", "client.yaml"))
    for document in kb.documents(kind="authority"):
        found, forbidden = read_authority(document.text, document.id)
        limits.extend(found)
        bans.extend(forbidden)
    granted: set[str] = set()
    amounts: set[float] = set()
    for document in (*kb.documents(kind="policy"), *kb.documents(kind="faq")):
        text = fold(f"{document.title}\n{document.text}").text
        granted.update(stem(word) for word in _GRANTED.findall(text) if word not in _SMALL)
        amounts.update(found.high for found in quantities(text) if found.dimension == "money")
    known = frozenset().union(*(limit.words | _FAMILY_STEMS[limit.family] for limit in limits))
    return Authority(tuple(limits), tuple(bans), frozenset(granted) - known, frozenset(amounts))


def _items(value: Any) -> list[str]:
    if isinstance(value, str):
        return [line for line in value.splitlines() if line.strip()]
    if isinstance(value, Sequence):
        return [str(item) for item in value]
    return [str(value)]


def read_authority(text: str, source: str) -> tuple[list[Limit], list[Ban]]:
    """Limits and bans of a Markdown table, a list or prose."""
    limits: list[Limit] = []
    bans: list[Ban] = []
    never = False
    column = 1
    for line in text.splitlines():
        plain = line.strip()
        if plain.startswith("#"):
            never = _NEVER.search(plain.lower()) is not None
        elif plain.startswith("|"):
            cells = [cell.strip() for cell in plain.strip("|").split("|")]
            if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                continue
            agent = [
                place for place, cell in enumerate(cells) if re.fullmatch(r"(?:\w+ )?agents?", cell.lower())
            ]
            if agent:
                column = agent[0]
            elif len(cells) > column:
                limits.extend(_from_cells(cells[0], cells[column], source))
        elif plain:
            item = re.sub(r"^(?:[-*+]|\d+[.)])\s+", "", plain)
            if never:
                bans.extend(_bans(item, source))
            else:
                for sentence in re.split(r"(?<=[.;])\s+", item):
                    limits.extend(_from_line(sentence, source))
    return limits, bans


def _from_cells(name: str, cell: str, source: str) -> Iterator[Limit]:
    text = fold(cell).text
    found = list(quantities(text))
    if re.search(r"\b(?:not allowed|none|never|no)\b", text) and not found:
        limit = _limit(name, "money", 0.0, source)
    elif found and (found[0].high > 0 or "free" not in text):
        limit = _limit(name, found[0].dimension, found[0].high, source)
    else:
        limit = None
    if limit:
        yield limit


def _from_line(line: str, source: str) -> Iterator[Limit]:
    """Prose such as "Agents may give a goodwill credit of up to EUR 25."."""
    text = fold(line).text
    if re.search(r"\b(?:team ?leads?|supervisors?|managers?)\b", text) and not re.search(
        r"\bagents?\b", text
    ):
        return
    if not re.search(r"\bup to\b|\bat most\b|\bno more than\b|\bmaximum\b|\blimit\b|:|\bmax\b", text):
        return
    for quantity in quantities(text):
        if quantity.high <= 0:
            continue
        # A team lead's limit in the same sentence is not the agent's.
        clause = re.split(r"[,;]| and | but ", text[: quantity.start])[-1]
        if re.search(r"\b(?:team ?lead|supervisor|manager)", clause):
            continue
        if limit := _limit(
            text[: quantity.start] + text[quantity.end :], quantity.dimension, quantity.high, source
        ):
            yield limit
        return


def _bans(item: str, source: str) -> Iterator[Ban]:
    """A ban, once per alternative: "compensation for damage, injury or spoiled food" is three."""
    text = re.sub(r",? except\b.*", "", fold(item).text.strip(" .;"))
    text = re.sub(r",? by anybody.*| in chat$", "", text)
    main, connective, rest = text, "", ""
    found = re.search(r"\b(before|when|without|outside|unless|longer than|if)\b", text)
    if found:
        main, connective, rest = text[: found.start()], found.group(), text[found.end() :]
    # "a free or reduced care plan" is a free care plan or a reduced care plan.
    main = re.sub(r"^((?:an? )?)(\w+) or (\w+) ((?:\w+ ?)+)$", r"\1\2 \4, \3 \4", main.strip())
    parts = [part for part in re.split(r", | or ", main) if part.strip()]
    head, joint, first = parts[0].partition(" for ") if parts else ("", "", "")
    heads = stems(head) if joint and len(parts) > 1 else frozenset()
    for part in [first if heads else parts[0], *parts[1:]] if parts else []:
        words = stems(part) | heads
        if words:
            yield Ban(item.strip(), words, stems(rest), connective, source)
