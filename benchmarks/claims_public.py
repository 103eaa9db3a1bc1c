"""Real policies and ordinary agents, from public sets that are not part of the repository."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parent.parent
STAR_DIALOGUES = 1_500
_VALUE = re.compile(
    r"\b\d{1,4}(?= (?:calendar |business )?(?:days?|weeks?|months?|years?|hours?|minutes?)\b|%| percent)|"
    r"(?<=\$)\d{1,4}\b"
)


def rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON lines file, packed or not."""
    path = path if path.exists() else path.with_name(path.name + ".gz")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def ordinary(data: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(source, turns) of ordinary contacts."""
    for name in ("nl", "ko"):
        for row in rows(data / "wmt_chat_2024" / f"train_en-{name}.jsonl"):
            # Agents write English; what customers write is translated.
            said = [
                (t["speaker"], t["text"] if t["speaker"] == "agent" else t.get("translation") or t["text"])
                for t in row["turns"]
            ]
            yield f"wmt_chat {name}", said
    for row in rows(data / "star" / "dialogues.jsonl")[:STAR_DIALOGUES]:
        yield "star", [(t["speaker"], t["text"]) for t in row["turns"]]


def false_alarms(data: Path) -> None:
    """Ordinary agents held against the example clients' policies, which are none of theirs."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.readings import read
    from models.records import Transcript, Turn
    from qa.detectors.contradictions import contradiction_detector
    from qa.detectors.offers import offer_detector

    print("\nordinary agents against foreign policies: found per 1,000 agent turns")
    for client in ("lumenor", "fernhollow"):
        kb = KnowledgeBase(client, encoder=HashingEncoder())
        kb.ingest(ROOT / "examples" / client)
        detectors = (contradiction_detector(kb), offer_detector(kb))
        turns: Counter[str] = Counter()
        found: Counter[tuple[str, int]] = Counter()
        for number, (source, said) in enumerate(ordinary(data)):
            lines = tuple(
                Turn(speaker="agent" if who == "agent" else "customer", text=text)
                for who, text in said
                if text
            )
            turns[source] += sum(turn.speaker == "agent" for turn in lines)
            readings = read([Transcript(id=str(number), client=client, turns=lines)])
            for place, detector in enumerate(detectors):
                found[source, place] += len(detector.detect(readings)[0])
        for source, count in turns.items():
            shares = (
                f"{name} {found[source, place]} ({1000 * found[source, place] / count:.2f})"
                for place, name in enumerate(("contradictions", "offers"))
            )
            print(f"  {client:<11}{source:<12}{count:>7} turns: {', '.join(shares)}")


def perturbed(data: Path) -> None:
    """Sentences of real policies said again: unchanged, in other words, with another value, denied."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.readings import read
    from models.records import Document, Transcript, Turn
    from qa.detectors.contradictions import contradiction_detector

    print("\nreal policies, sentences said with a change: raised / said")
    sets = {
        "basecamp": [(row["id"], row["text"]) for row in rows(data / "basecamp_policies" / "policies.jsonl")],
        "abcd": [(row["doc_id"], row["text"]) for row in rows(data / "abcd" / "policy_docs.jsonl")],
    }
    for name, documents in sets.items():
        kb = KnowledgeBase(name, encoder=HashingEncoder())
        kb.add(Document(id=str(id), text=text, kind="policy", title=str(id)) for id, text in documents)
        detector = contradiction_detector(kb)
        said: Counter[str] = Counter()
        raised: Counter[str] = Counter()
        for kind, line in _changes(documents):
            contact = Transcript(id="t", client=name, turns=(Turn(speaker="agent", text=line),))
            said[kind] += 1
            raised[kind] += bool(detector.detect(read([contact]))[0])
        for kind in sorted(said):
            print(f"  {name:<10}{kind:<18}{raised[kind]:>5} / {said[kind]}")


def _changes(documents: list[tuple[Any, str]]) -> Iterator[tuple[str, str]]:
    from models.sentences import split_sentences

    draw = Random(5)
    for _, text in documents:
        for start, end in split_sentences(text):
            sentence = re.sub(r"\s+", " ", text[start:end]).strip(" -*#|")
            if not 25 < len(sentence) < 220 or "|" in sentence or sentence.endswith("?"):
                continue
            value = _VALUE.search(sentence)
            if value:
                yield "same", sentence
                yield "same, introduced", "Let me explain, " + sentence[0].lower() + sentence[1:]
                other = int(value.group()) * draw.choice((2, 3, 5)) + draw.choice((0, 1))
                yield "other value", sentence[: value.start()] + str(other) + sentence[value.end() :]
            denied = re.sub(r"\b(can|must|may|are|is)(?! not|not| no)\b(?= \w)", r"\1 not", sentence, count=1)
            if denied != sentence and re.search(r"\b(?:can|must|may) not\b", denied) and not value:
                if " not " in sentence or "n't" in sentence or " no " in sentence:
                    continue
                yield "same, no number", sentence
                yield "denied", denied


def public(data: Path) -> None:
    """Both tables."""
    false_alarms(data)
    perturbed(data)
