"""Scripting where contacts are whole: shares per contact, mining without a library, ordinary agents."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scripting_star as star
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from knowledge_base import KnowledgeBase
from models import script_match
from models.alignment import ScriptIndex, align_words, compile_template
from models.encoders import HashingEncoder
from models.heads import Head
from models.readings import read
from models.records import Document, Transcript, Turn
from models.words import words
from qa.detectors.heavy_scripting import HeavyScriptingDetector
from qa.detectors.scripting import ScriptBook
from qa.mining import mine

Row = dict[str, Any]
Fitted = tuple[np.ndarray[Any, Any], float]


def contact_shares(
    dialogues: Sequence[dict[str, Any]],
    responses: dict[str, dict[str, str]],
    heads: Sequence[Fitted],
    customers: Sequence[str],
) -> list[Row]:
    """Share of scripted words per contact against the truth, 30 dialogues of each group of tasks.

    Turns whose suggestion has fewer than three fixed words, or is not in the library, leave both sums.
    """
    rows = []
    shipped = script_match.head
    for rate in (0.0, 0.1, 0.2):
        truth, ours = [], []
        for group, (weights, bias) in zip(star.task_groups(responses), heads, strict=True):
            draw = random.Random(star.SEED)
            library = {name: text for task in group for name, text in responses[task].items()}
            findable = {
                name
                for name, text in library.items()
                if len(compile_template(text).words) >= star.LEAST_FIXED
            }
            book = _book(set(library.values()))
            head = _as_head(weights, bias)
            script_match.head = lambda head=head: head  # type: ignore[assignment]
            inside = [d for d in dialogues if set(d["tasks"]) <= group and d["completion"] == "Complete"]
            for dialogue in draw.sample(inside, min(30, len(inside))):
                contact, scripted, unknown = _contact(dialogue, rate, customers, draw, findable)
                recitals = book.recite(contact)
                counted = {turn: n for turn, n in recitals.counted.items() if turn not in unknown}
                total = sum(counted.values())
                if total == 0:
                    continue
                lines = (r for r in recitals.found if r.turn in counted)
                ours.append(sum(len(r.words) * r.p for r in lines) / total)
                truth.append(sum(n for turn, n in counted.items() if turn in scripted) / total)
        gaps = np.abs(np.array(ours) - np.array(truth))
        rows.append(
            {
                "part": "share of script per contact, unseen tasks",
                "word_error_rate": rate,
                "contacts": len(truth),
                "spearman": float(spearmanr(ours, truth).statistic),
                "mean_absolute_error": float(gaps.mean()),
                "bias": float(np.mean(ours) - np.mean(truth)),
            }
        )
    script_match.head = shipped
    return rows


def unknown_library(
    dialogues: Sequence[dict[str, Any]], responses: dict[str, dict[str, str]], most: int
) -> list[Row]:
    """Mine one half of a group's dialogues, read the other half with nothing else."""
    rows = []
    for count in (50, 150, most):
        aucs, right, judged = [], 0, 0
        for group in star.task_groups(responses):
            inside = [d for d in dialogues if set(d["tasks"]) <= group]
            random.Random(star.SEED).shuffle(inside)
            past, later = inside[: len(inside) // 2][:count], inside[len(inside) // 2 :][:300]
            draw = random.Random(star.SEED)
            proposals = mine(read([_contact(one, 0.0, (), draw)[0] for one in past]))
            index = ScriptIndex([proposal.template for proposal in proposals])
            library = [compile_template(text) for task in sorted(group) for text in responses[task].values()]
            for proposal in proposals[:50]:
                said = [word for word in proposal.template.split() if word != "{}"]
                judged += 1
                right += any(align_words(line, said).matched >= 0.7 * len(said) for line in library)
            label, score = [], []
            for one in later:
                for turn in one["turns"]:
                    said = [word.text for word in words(turn["text"], drop_fillers=True)]
                    if turn["speaker"] != "agent" or len(said) < star.LEAST_FIXED:
                        continue
                    hits = index.find(said, recall=0.6)
                    label.append(bool(turn["scripted"]))
                    score.append(sum(h.alignment.matched for h in hits) / len(said))
            aucs.append(roc_auc_score(label, score))
        rows.append(
            {
                "part": "library unknown: mined",
                "past_contacts": count,
                "auc_mean": float(np.mean(aucs)),
                "auc_lowest": float(np.min(aucs)),
                "auc_highest": float(np.max(aucs)),
                "precision_at_50": right / max(1, judged),
                "proposals_judged": judged,
            }
        )
    return rows


def findings_per_thousand(data: Path, sample: int | None) -> list[Row]:
    """Heavy-scripting findings among ordinary agents: no library, then with every mined phrase approved."""
    rows = []
    sets = {
        "wmt_chat_2024 nl": list(_chats(data / "wmt_chat_2024" / "train_en-nl.jsonl.gz")),
        "wmt_chat_2024 ko": list(_chats(data / "wmt_chat_2024" / "train_en-ko.jsonl.gz")),
        "twitter_airlines": list(_chats(data / "twitter_airlines" / "dialogs.jsonl.gz")),
    }
    for name, every in sets.items():
        contacts = random.Random(star.SEED).sample(every, min(len(every), sample or 2000))
        half = len(contacts) // 2
        mined = [proposal.template for proposal in mine(read(contacts[:half]))]
        for library, chosen, approved in (
            ("none", contacts, []),
            ("mined, all approved", contacts[half:], mined),
        ):
            book = ScriptBook(KnowledgeBase("ordinary", encoder=HashingEncoder()), approved=approved)
            found = HeavyScriptingDetector(book).detect(read(chosen))
            turns = sum(turn.speaker == "agent" for contact in chosen for turn in contact.turns)
            count = Counter(finding.label.removeprefix("scripting.") for each in found for finding in each)
            rows.append(
                {
                    "part": "heavy-scripting findings per 1,000 ordinary agent turns",
                    "set": name,
                    "library": library,
                    "lines": len(approved),
                    "contacts": len(chosen),
                    "agent_turns": turns,
                    "all": 1000.0 * count.total() / max(1, turns),
                    **{label: 1000.0 * n / max(1, turns) for label, n in sorted(count.items())},
                }
            )
    return rows


def _chats(path: Path) -> Iterator[Transcript]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            turns: list[Turn] = []
            for one in row["turns"]:
                text = one["text"] if one.get("lang", "en") == "en" else one.get("translation") or ""
                if not text.strip():
                    continue
                if turns and turns[-1].speaker == one["speaker"]:
                    turns[-1] = Turn(speaker=one["speaker"], text=f"{turns[-1].text} {text}")
                else:
                    turns.append(Turn(speaker=one["speaker"], text=text))
            if turns:
                yield Transcript(id=str(row["id"]), client="ordinary", turns=tuple(turns))


def _contact(
    dialogue: dict[str, Any],
    rate: float,
    customers: Sequence[str],
    draw: random.Random,
    findable: set[str] | frozenset[str] = frozenset(),
) -> tuple[Transcript, frozenset[int], frozenset[int]]:
    """The contact as heard, its turns picked from suggestions, and those picked from no findable line."""
    turns, scripted, unknown = [], set(), set()
    for number, turn in enumerate(dialogue["turns"]):
        agent = turn["speaker"] == "agent"
        text = star.misheard(turn["text"], rate, customers, draw) if agent else turn["text"]
        sure = star.heard(rate, draw) if agent and rate else None
        turns.append(Turn(speaker=turn["speaker"], text=text or "um", confidence=sure))
        if turn.get("scripted"):
            scripted.add(number)
            if turn["template"] not in findable:
                unknown.add(number)
    contact = Transcript(
        id=str(dialogue["id"]), client="star", turns=tuple(turns), agent=str(dialogue["wizard"])
    )
    return contact, frozenset(scripted), frozenset(unknown)


def _book(lines: set[str]) -> ScriptBook:
    kb = KnowledgeBase("star", encoder=HashingEncoder())
    body = "\n".join(f"- {' '.join(line.split())}" for line in sorted(lines))
    kb.add([Document(id="scripts/star", kind="script", text=body)])
    return ScriptBook(kb)


def _as_head(weights: np.ndarray[Any, Any], bias: float) -> Head:
    plain = tuple(float(weight) for weight in weights)
    return Head("scripting@fold", (), weights.astype(np.float32), bias, 1.0, 0.0, {}, {}, plain)
