"""P9: when the redactor fails, by whatever fault and on whatever way in, nothing is stored and nothing is sent."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from copilot.wording import worded
from models.errors import ConflictError, ModelError, RedactionError, UnscriptedError
from models.records import Document, StatusChange, Transcript, Turn
from models.records.coaching import CoachingNote
from models.records.events import LiveEvent
from models.redaction.decide import Decider
from tests.evidence import Outcome
from tests.evidence.office import CLIENT, Office, files_of, own_temporary
from tests.security.test_injection import card as policy_card
from tests.security.test_no_secret_on_disk import records
from web.delivery import Delivery
from web.webhooks import add_target

FAULTS: tuple[Callable[[str], BaseException], ...] = (
    lambda said: TimeoutError(said),
    lambda said: MemoryError(said),
    lambda said: RecursionError(said),
    lambda said: FileNotFoundError(2, "a model is missing", said),
    lambda said: ModuleNotFoundError(said),
    lambda said: ValueError(f"a library quotes {said}"),
    lambda said: KeyError(said),
    lambda said: ModelError("the model answered nothing", retryable=True),
    lambda said: UnicodeDecodeError("utf-8", said.encode(), 0, 1, said),
    lambda said: ZeroDivisionError(said),
)
BREAKS = ("reading", "deciding", "all of it")
"""What raises: the step that reads a text, the one that decides, or every function of the redactor."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in."""

    name: str
    go: Callable[[Office, str, int], str]
    """Sends words that hold a secret; what went wrong, or nothing when they were refused with a reason."""


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Break the redactor `n` times, each time on the next way in, and look at what is kept and sent.

    Args:
        n: Faults.
        seed: Decides which fault meets which way in.
        folder: For the data; empty.
    """
    random = Random(seed)
    failures: list[str] = []
    used: list[str] = []
    asked = _Generator()
    with own_temporary(folder / "tmp") as temporary:
        office = Office(folder / "data")
        add_target(office.data, CLIENT, "http://127.0.0.1:9/hook")
        sent: list[str] = []
        delivery = Delivery(office.workspace, send=lambda _, message, __: sent.append(message.body()) or 200)
        ways = [*_ways(asked), *_kinds()]
        before = _held(office)
        for number in range(n):
            way = ways[number % len(ways)]
            secret, canary = _card(random), f"zq{random.randrange(16**10):010x}"
            used += [secret, canary]
            said = f"{canary} my card number is {secret}"
            fault, place = random.choice(FAULTS), random.choice(BREAKS)
            if way.name == "live, at its end":  # what is said before the fault is stored, and it is no secret
                office.call("agent", "POST", f"/contacts/open-{number}/turns", json=_turns("Hello there."))
                before = _held(office)
            with _broken(place, fault, said):
                wrong = way.go(office, said, number)
            told = f"{way.name}, {place}, {type(fault(said)).__name__}"
            failures += [f"{told}: {wrong}"] if wrong else []
            delivery.round()
            after = _held(office)
            failures += [f"{told}: something was stored"] if after != before else []
            before = after
        failures += [f"{len(asked.prompts)} prompts left for a generator"] * bool(asked.prompts)
        failures += [f"{len(sent)} webhooks were sent"] * bool(sent)
        failures += _afterwards(office)
        failures += _found(used, ((what, body) for what, _, body in office.answers), "an answer")
        office.close()
        failures += _found(used, files_of(office.data, temporary), "a file")
    faults = f"{len(FAULTS)} kinds of fault, {len(BREAKS)} places"
    return Outcome(n, n, tuple(failures), (f"{len(ways)} ways in", faults))


@contextmanager
def _broken(place: str, fault: Callable[[str], BaseException], said: str) -> Iterator[None]:
    def broken(*_: Any, **__: Any) -> Any:
        raise fault(said)

    if place == "deciding":
        with patch.object(Decider, "decide", broken):
            yield
    elif place == "reading":
        with patch("models.redaction.scan", broken):
            yield
    else:
        with patch("models.redaction.redact", broken), patch("models.redaction.redact_turn", broken):
            with patch("copilot.tools.redact_turn", broken), patch("models.redaction.masking.redact", broken):
                yield


class _Generator:
    """Remembers what it was asked."""

    name = "recording@1"

    def __init__(self) -> None:
        self.prompts: list[str] = []

    def generate(self, prompts: Any, max_tokens: int) -> list[str]:
        self.prompts += prompts
        return ["" for _ in prompts]

    def stream(self, prompt: str, max_tokens: int) -> Iterator[str]:
        self.prompts.append(prompt)
        yield ""


def _ways(asked: _Generator) -> list[Way]:
    """Every way in by which words come: requests, commands and the parts that send."""

    def request(role: str, method: str, path: str, body: Callable[[str], Any]) -> Callable[..., str]:
        def go(office: Office, said: str, number: int) -> str:
            answer = office.call(role, method, path.replace("#", str(number)), json=body(said))
            return "" if answer.status_code >= 400 and _reason(answer) else f"answered {answer.status_code}"

        return go

    def upload(path: str, listed: str, name: str, text: str) -> Callable[..., str]:
        def go(office: Office, said: str, number: int) -> str:
            file = (name.replace("#", str(number)), io.BytesIO(text.format(said=said).encode()))
            answer = office.call("admin", "POST", path, files=[("files", file)])
            if answer.status_code >= 400:
                return "" if _reason(answer) else "no reason is given"
            refused = answer.json()[listed]
            return (
                "" if refused and all(one["reason"] for one in refused) else "it is not refused with a reason"
            )

        return go

    def transcript(said: str) -> dict[str, Any]:
        return {"id": f"sent-{said[:12]}", "turns": [{"speaker": "customer", "text": said}]}

    plain = "Agent: Hello.\nCustomer: {said}\n"
    return [
        Way("live turn", request("agent", "POST", "/contacts/new-#/turns", _turns)),
        Way("live turn, partial", request("agent", "POST", "/contacts/new-#/turns", _partial)),
        Way("live, at its end", request("agent", "POST", "/contacts/open-#/close", lambda _: {})),
        Way("telephony", request("feed", "POST", "/feeds/plain", lambda s: {"contact": "fed", **_turns(s)})),
        Way("analyse", request("qa", "POST", "/analyse", lambda s: {"transcript": transcript(s)})),
        Way("score", request("qa", "POST", "/score", lambda s: {"transcript": transcript(s), "keep": True})),
        Way("suggest", request("agent", "POST", "/suggest", _turns)),
        Way("upload", upload("/ingest", "rejected", "call-#.txt", plain)),
        Way(
            "upload, csv",
            upload("/ingest", "rejected", "c-#.csv", 'conversation_id,speaker,text\nc9,customer,"{said}"\n'),
        ),
        Way("look at an upload", upload("/ingest/preview", "files", "call-#.txt", plain)),
        Way(
            "document",
            request("admin", "PUT", "/documents/policies/new-#", lambda s: {"text": f"# A\n\n{s}\n"}),
        ),
        Way("document file", _document),
        Way(
            "review",
            request(
                "qa",
                "POST",
                "/evaluations/call-acme:short/review",
                lambda s: {"overrides": [{"criterion": "rude", "outcome": "NOT_MET", "reason": s}]},
            ),
        ),
        Way("audit", lambda office, said, _: _refused(lambda: _audit(office, said))),
        Way("prompt", lambda _, said, __: _prompt(said, asked)),
    ]


def _kinds() -> list[Way]:
    """Every kind of record that a store keeps with words in it."""

    def made(said: str) -> list[Any]:
        now = datetime(2026, 3, 1, tzinfo=UTC)
        return [
            *records(said),
            LiveEvent("c", 0, "heard", now, turn=Turn("customer", said, id=said)),
            CoachingNote("c", 0, said, "Lea", now, said, said),
            StatusChange("e", "draft", "confirmed", "Lea", now, reason=said),
        ]

    def one(place: int) -> Callable[[Office, str, int], str]:
        return lambda office, said, _: _refused(lambda: office.store.put(CLIENT, made(said)[place]))

    return [Way(f"store, {type(record).__name__}", one(place)) for place, record in enumerate(made("x"))]


def _turns(said: str) -> dict[str, Any]:
    return {"turns": [{"speaker": "customer", "text": said}]}


def _partial(said: str) -> dict[str, Any]:
    return {"turns": [{"speaker": "customer", "text": said, "id": "p1", "is_final": False}]}


def _document(office: Office, said: str, number: int) -> str:
    report = office.workspace.knowledge_base(CLIENT).add([Document(f"policies/file-{number}", said)])
    return "" if report.rejected and all(one.reason for one in report.rejected) else "it is not rejected"


def _audit(office: Office, said: str) -> None:
    office.workspace.audit.note(CLIENT, who="Lea", action="evaluation.confirm", of="x", reason=said)


def _prompt(said: str, asked: _Generator) -> str:
    try:
        made = worded(policy_card(), said, asked, deadline_s=5)
    except Exception:
        return ""
    return "" if made.outcome == "failed" and not made.text else f"the wording is {made.outcome}"


def _refused(act: Callable[[], object]) -> str:
    try:
        act()
    except (RedactionError, ConflictError) as problem:
        return "" if str(problem) else "no reason is given"
    except UnscriptedError:
        return ""
    except Exception:
        return ""
    return "it is not refused"


def _reason(answer: Any) -> bool:
    """Whether a person learns what happened, and that nothing was kept."""
    try:
        said = answer.json()
    except json.JSONDecodeError:
        return False
    return bool(said.get("title") and said.get("detail"))


def _held(office: Office) -> tuple[int, ...]:
    """How many records of each kind there are, of every kind in the client's file, and in its audit."""
    import sqlite3

    counts = []
    for path in sorted(office.data.glob("clients/*/*.sqlite")):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as rows:
            tables = [
                name
                for (name,) in rows.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%' ORDER BY name"
                )
            ]
            counts += [rows.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables]
    return tuple(counts)


def _afterwards(office: Office) -> list[str]:
    """When the redactor works again, so does everything; nothing has to be repaired."""
    failures = []
    if (
        office.call(
            "agent", "POST", "/contacts/after/turns", json=_turns("How long does a refund take?")
        ).status_code
        != 200
    ):
        failures.append("afterwards: a live turn is refused")
    elif office.call("agent", "POST", "/contacts/after/close", json={}).status_code != 200:
        failures.append("afterwards: a live contact cannot be ended")
    upload = [("files", ("afterwards.txt", io.BytesIO(b"Agent: Hello.\nCustomer: Hi.\n")))]
    if not office.call("qa", "POST", "/ingest", files=upload).json().get("stored"):
        failures.append("afterwards: an upload is refused")
    live = [one.transcript.id for one in office.workspace.live.views(CLIENT)]
    for id in live:
        if office.call("admin", "POST", f"/contacts/{id}/close", json={}).status_code != 200:
            failures.append("afterwards: a contact that could not be ended cannot be ended now")
    kept = {one.id for one in office.store.find(CLIENT, Transcript)}
    if {id for id in live if id.startswith("open-")} - kept:
        failures.append("afterwards: a contact is lost")
    return failures


def _found(used: list[str], places: Any, what: str) -> list[str]:
    """Each secret and each word beside it that stands somewhere, in one pass over the bytes."""
    pattern = re.compile("|".join(map(re.escape, used)).encode())
    return [
        f"{what} ({name if what == 'an answer' else Path(name).name}) holds words that were refused"
        for name, body in places
        if pattern.search(body)
    ]


def _card(random: Random) -> str:
    from benchmarks.redaction_corpus import card

    return card(random)
