"""What the copilot says, measured on cases of our own: ticks, commitments, secrets about to be spoken.

    python benchmarks/guidance.py [DATA] [--half tuned|held] [--show]

`guidance/*.yaml` holds the cases; of each file one half was looked at while the rules were written, and the
other was written before them and not changed since. With DATA (a folder of public sets), ordinary agents'
turns follow: cards of the example clients are on display in contacts about other things, so that every
tick in them is a false one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(__file__).parent / "guidance"
STARTED = "2026-03-04T10:30:00+01:00"


@dataclass
class Counted:
    """Right, wrong and missed, and what went wrong."""

    name: str
    right: int = 0
    wrong: int = 0
    missed: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, *, wanted: bool, found: bool, what: str) -> None:
        """One answer held against the right one."""
        self.right += wanted and found
        self.wrong += found and not wanted
        self.missed += wanted and not found
        if wanted != found:
            self.problems.append(f"{'missed' if wanted else 'wrong '}  {what}")

    def __str__(self) -> str:
        raised, wanted = self.right + self.wrong, self.right + self.missed
        precision = f"{self.right}/{raised} = {self.right / raised:.3f}" if raised else "none raised"
        recall = f"{self.right}/{wanted} = {self.right / wanted:.3f}" if wanted else "none wanted"
        return f"{self.name:34} precision {precision:18} recall {recall}"


def load(name: str, half: str) -> list[dict[str, Any]]:
    import yaml

    cases: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))[half]
    return cases


def card_of(kb: Any, document: str, ask: str) -> Any:
    from copilot.facts import fact_lines
    from models.records import Span, Suggestion

    passage = kb.passages(document)[0]
    lines = fact_lines(passage, passage.text)  # all of it: what is shown is another matter
    return Suggestion(
        id=document,
        kind="answer",
        title=passage.heading,
        facts=tuple(line.text for line in lines),
        text=passage.text,
        sources=(passage,),
        because=Span(0, 0, len(ask)),
        by="benchmark",
        lines=lines,
    )


def ticking(half: str) -> list[Counted]:
    from copilot.ticking import ticks
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.records import Document, Turn

    kb = KnowledgeBase("bench", encoder=HashingEncoder())
    blocks = load("ticking", half)
    kb.add([Document(one["document"], one["text"], kind="policy") for one in blocks])
    said, misstated = Counted(f"said ({half})"), Counted(f"misstated ({half})")
    for block in blocks:
        card = card_of(kb, block["document"], block["ask"])
        keys = {
            name: next(i for i, fact in enumerate(card.facts) if words in fact)
            for name, words in block["facts"].items()
        }
        for spoken, wanted in block["cases"]:
            lines = [f"A: {spoken}"] if isinstance(spoken, str) else spoken
            turns = [Turn("customer", block["ask"])]
            turns += [Turn("agent" if line[0] == "A" else "customer", line[3:]) for line in lines]
            found = ticks(kb, [card], turns)
            for name, line in keys.items():
                progress = found[line].progress
                what = f"{name} of “{' / '.join(lines)}”: {progress} {found[line].reason}"
                said.note(wanted=wanted.get(name) == "said", found=progress == "said", what=what)
                misstated.note(
                    wanted=wanted.get(name) == "misstated", found=progress == "misstated", what=what
                )
    return [said, misstated]


def promising(half: str) -> list[Counted]:
    from copilot.commitments import commitments
    from models.records import Transcript, Turn

    found, dues = Counted(f"commitments ({half})"), Counted(f"their moment ({half})")
    for case in load("commitments", half):
        turn = Turn(case.get("who", "agent"), case["say"], language=case.get("language"))
        started = datetime.fromisoformat(STARTED)
        talk = Transcript("c", "bench", (turn,), started_at=started)
        promised = commitments(talk)
        wanted = case["due"] not in (False, "no")
        found.note(wanted=wanted, found=bool(promised), what=case["say"])
        due = promised[0].due if promised else None
        moment = f"{due:%Y-%m-%dT%H:%M}" if due is not None else ""
        if wanted and promised and (case["due"] != "open" or moment):
            right = moment == case["due"]
            dues.note(
                wanted=case["due"] != "open", found=right, what=f"{case['say']} → {moment}, not {case['due']}"
            )
            dues.wrong += bool(moment) and not right
    return [found, dues]


def secrets(half: str) -> list[Counted]:
    from copilot.alerts import alerts
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.records import Turn

    detectors = installed(KnowledgeBase("bench", encoder=HashingEncoder()))
    counted = Counted(f"secrets ahead ({half})")
    for case in load("secrets", half):
        turns = [Turn(case.get("who", "customer"), case["say"], language=case.get("language"))]
        raised = any(one.label == "privacy.secret_ahead" for one in alerts(turns, 0, detectors))
        counted.note(wanted=case["ahead"] in (True, "yes"), found=raised, what=case["say"])
    return [counted]


def installed(kb: Any) -> tuple[Any, ...]:
    from copilot import installed_detectors

    return installed_detectors(kb)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    path = path if path.exists() else path.with_name(path.name + ".gz")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


SETS = ("star", "wmt_chat_2024", "twitter_airlines", "dstc11_track5")


def conversations(data: Path, most: int) -> Iterator[tuple[str, list[Any]]]:
    """Turns of ordinary contacts; every n-th of a set, so that all of it is met."""
    from models.records import Turn

    for name in SETS:
        for path in sorted((data / name).glob("*.jsonl*")):
            every = list(rows(path))
            if not every or not isinstance(every[0].get("turns"), list):
                continue
            for row in every[:: max(1, len(every) // most)][:most]:
                turns = []
                for turn in row["turns"]:
                    speaker = str(turn.get("speaker", "")).lower()
                    agent = speaker in ("agent", "wizard", "system", "s", "company", "a")
                    written = turn.get("text", "")  # agents write English there, customers are translated
                    text = str(written if agent else turn.get("translation") or written)
                    turns.append(Turn("agent" if agent else "customer", text))
                yield name, turns


def ordinary(data: Path, most: int, *, show: bool) -> None:
    """False ticks, commitments and secrets in contacts that have nothing to do with the cards."""
    from copilot.alerts import alerts
    from copilot.commitments import commitments
    from copilot.facts import fact_lines
    from copilot.ticking import ticks
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.records import Suggestion, Transcript

    kb = KnowledgeBase("bench", encoder=HashingEncoder())
    kb.ingest(ROOT / "examples" / "fernhollow")
    passages = [p for one in kb.documents() if one.kind in ("policy", "faq") for p in kb.passages(one.id)]
    cards = []
    for passage in passages:
        lines = fact_lines(passage, passage.heading)
        facts = tuple(line.text for line in lines)
        if facts:
            cards.append(
                Suggestion(passage.id, "answer", "", facts, passage.text, (passage,), None, "b", lines=lines)
            )
    detectors = installed(kb)
    spent = spoken = heard = said = misstated = promised = ahead = 0.0
    samples: list[str] = []
    for number, (name, turns) in enumerate(conversations(data, most)):
        shown = [cards[(3 * number + place) % len(cards)] for place in range(3)]
        begun = time.process_time()
        found = ticks(kb, shown, turns)
        spent += time.process_time() - begun
        agent = [i for i, turn in enumerate(turns) if turn.speaker == "agent"]
        spoken += len(agent)
        heard += len(turns) - len(agent)
        said += sum(one.progress == "said" for one in found)
        misstated += sum(one.progress == "misstated" for one in found)
        promised += len(commitments(Transcript("c", "bench", tuple(turns))))
        for index, turn in enumerate(turns):
            raised = [one for one in alerts(turns, index, detectors) if one.label == "privacy.secret_ahead"]
            ahead += len(raised)
            if raised and show:
                samples.append(f"ahead {name} {turn.speaker}: {turn.text[:160]}")
        if show:
            for one in found:
                if one.progress != "open" and one.span is not None:
                    text = turns[one.span.turn].text[one.span.start : one.span.end]
                    fact = next(c for c in shown if c.id == one.suggestion).facts[one.line]
                    samples.append(f"{one.progress} {name}: {text[:120]} ⟵ {fact[:120]} {one.reason}")
    thousand = 1_000 / max(1.0, spoken)
    print(f"ordinary contacts: {spoken:.0f} agent turns, {heard:.0f} of others")
    print(
        f"  false ticks a 1,000 agent turns   said {said * thousand:.2f}, "
        f"misstated {misstated * thousand:.2f}"
    )
    print(f"  commitments a 1,000 agent turns   {promised * thousand:.1f} (not judged: these agents promise)")
    print(f"  secrets ahead a 1,000 turns       {1_000 * ahead / max(1.0, spoken + heard):.2f}")
    print(f"  ticking, three cards              {1_000 * spent / max(1.0, spoken):.2f} CPU-ms an agent turn")
    for line in samples:
        print("   ", line)


def faithful(data: Path, most: int, *, show: bool) -> None:
    """Replies that people wrote from a passage: some of its facts are said, and none should be misstated."""
    from copilot.facts import fact_lines
    from copilot.ticking import ticks
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.records import Document, Suggestion, Turn

    folder = data / "dstc9_track1"
    sources = {str(row["doc_id"]): row for row in rows(folder / "docs.jsonl")}
    replies = [{**row, "gold": row["gold"][0]} for row in rows(folder / "responses.jsonl") if row["gold"]]
    replies = [row for row in replies if str(row["gold"]) in sources]
    replies = replies[:: max(1, len(replies) // most)][:most]
    kb = KnowledgeBase("bench", encoder=HashingEncoder())
    wanted = {str(row["gold"]): sources[str(row["gold"])] for row in replies}
    kb.add([Document(id, f"# {row['title']}\n\n{row['text']}", kind="faq") for id, row in wanted.items()])
    said = misstated = 0
    for row in replies:
        passage = kb.passages(str(row["gold"]))[0]
        lines = fact_lines(passage, passage.text)
        facts = tuple(line.text for line in lines)
        card = Suggestion("c", "answer", "", facts, passage.text, (passage,), None, "b", lines=lines)
        turns = [
            Turn("customer", str(sources[str(row["gold"])]["title"])),
            Turn("agent", str(row["response"])),
        ]
        found = ticks(kb, [card], turns)
        said += any(one.progress == "said" for one in found)
        wrong = [one for one in found if one.progress == "misstated"]
        misstated += bool(wrong)
        if show and wrong:
            print("   ", row["response"][:160], "⟵", facts[wrong[0].line][:120], wrong[0].reason)
    print(f"faithful replies: {len(replies)}, with a fact said {said}, with one misstated {misstated}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--half", choices=("tuned", "held"))
    parser.add_argument("--show", action="store_true", help="what went wrong, line by line")
    parser.add_argument("--most", type=int, default=150, help="contacts of each public file")
    given = parser.parse_args()
    for half in (given.half,) if given.half else ("tuned", "held"):
        for counted in (*ticking(half), *promising(half), *secrets(half)):
            print(counted)
            if given.show:
                for line in counted.problems:
                    print("     ", line)
    if given.data:
        faithful(given.data, 4 * given.most, show=given.show)
        ordinary(given.data, given.most, show=given.show)


if __name__ == "__main__":
    main()
