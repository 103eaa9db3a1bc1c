"""P7: no card number reaches a file, the log, the terminal or an answer, by any way in.

Every number is unique and goes in once, so a hit says which way leaked. What is scanned afterwards is
every byte below the data folder and below the temporary folder, which the test keeps for itself.
"""

import gc
import io
import logging
import random
import re
import tempfile
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from models.errors import ConflictError, RedactionError
from models.records import (
    Analysis,
    ClientProfile,
    DisclosureState,
    Dispute,
    Document,
    Evaluation,
    Feedback,
    Finding,
    ReadWarning,
    Review,
    Scriptedness,
    Span,
    Transcript,
    Turn,
    Verdict,
    WrapUp,
    WrapUpLine,
)
from storage import MemoryStore, open_store
from storage.access import AccessKeys
from tests.unit.web.conftest import CARD as SCORECARD
from tests.unit.web.conftest import fill
from web import commands
from web.server import create_app
from web.terminal import Terminal
from web.workspace import Workspace

API = "/api/v1"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = "zero one two three four five six seven eight nine".split()
TURNS_OF_A_CONTACT = 4


class Cards:
    """Unique card numbers and the shapes in which people write and say them."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        self.used: list[str] = []

    def number(self) -> str:
        prefix = self._random.choice(("4539", "5412", "2221", "6011"))
        body = prefix + "".join(self._random.choices("0123456789", k=11))
        doubled = [int(d) if place % 2 else sum(divmod(2 * int(d), 10)) for place, d in enumerate(body)]
        card = f"{body}{-sum(doubled) % 10}"
        self.used.append(card)
        return card

    def __call__(self) -> str:
        """One more number, in the next shape."""
        card = self.number()
        fours = [card[first : first + 4] for first in range(0, 16, 4)]
        shapes = (
            card,
            " ".join(fours),
            "-".join(fours),
            ".".join(fours),
            " ".join(card),
            ", ".join(" ".join(part) for part in fours),
            "".join(chr(0xFF10 + int(d)) for d in card),
            " ".join(WORDS[int(d)] for d in card),
            " uh ".join(" ".join(WORDS[int(d)] for d in part) for part in fours),
            "\u200b".join(fours),
        )
        return shapes[len(self.used) % len(shapes)]

    def in_(self, content: bytes) -> list[str]:
        """Numbers that stand in some bytes, in any shape."""
        text = content.decode("utf-8", "ignore").translate({0xFF10 + d: str(d) for d in range(10)})
        spoken = re.sub(rf"\b({'|'.join(WORDS)})\b", lambda m: str(WORDS.index(m[1])), text)
        plain = [re.sub(r"\\u200b|[\s,.\-\u200b]|\buh\b", "", read) for read in (text, spoken)]
        return [card for card in self.used if any(card in read for read in plain)]


def files_with(cards, *roots):
    return {
        str(path.relative_to(root)): found
        for root in roots
        for path in sorted(root.rglob("*"))
        if (found := cards.in_(str(path.relative_to(root)).encode()))
        or (path.is_file() and (found := cards.in_(path.read_bytes())))
    }


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The data folder and the temporary folder, both the test's own."""
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return data, temporary


def test_the_scan_sees_every_shape():
    cards = Cards()
    for _ in range(20):
        said = cards()
        assert cards.in_(f"before {said} after".encode()) == cards.used[-1:]
    assert cards.in_(b"nothing 1234 here") == []


def test_no_way_in_leaves_a_card_anywhere(places, tmp_path, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the caller's own log names addresses
    logging.getLogger("httpx").setLevel(logging.WARNING)
    data, temporary = places
    cards = Cards()
    workspace = Workspace(data, encoder=HashingEncoder())
    fill(workspace)
    keys = AccessKeys(data)
    app = create_app(workspace, pages=())
    people = {}
    for name, role in (("Ana", "agent"), ("Lea", "qa")):
        people[role] = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        people[role].headers["Authorization"] = f"Bearer {keys.issue(name, role, 'Acme')}"
    answers = []

    def call(role, method, path, **options):
        answer = people[role].request(method, f"{API}{path}", **options)
        answers.append((f"{method} {path}", answer.status_code, answer.content))
        return answer

    ingest_documents(workspace, tmp_path / "documents", cards)
    upload(call, cards)
    contact_goes_live(call, cards)
    analyse_and_score(call, cards)
    send_what_is_refused(call, cards)
    run_commands(workspace, tmp_path / "contacts", tmp_path / "out.jsonl", cards)

    assert len(cards.used) >= 200
    assert {status for _, status, _ in answers} >= {200, 422}
    leaks = {what: found for what, _, body in answers if (found := cards.in_(body))}
    printed = capsys.readouterr()
    leaks |= {"terminal": found for found in (cards.in_((printed.out + printed.err).encode()),) if found}
    leaks |= {"log": found for found in (cards.in_(caplog.text.encode()),) if found}
    leaks |= {"--out": found for found in (cards.in_((tmp_path / "out.jsonl").read_bytes()),) if found}
    assert leaks == {}
    assert files_with(cards, data, temporary) == {}
    workspace._store.close()
    keys.close()
    gc.collect()
    assert files_with(cards, data, temporary) == {}


def test_an_upload_is_not_on_a_disk_while_it_comes_in(places, monkeypatch):
    # An unnamed file is no file that a scan would find, and its bytes are on the disk all the same.
    workspace = Workspace(places[0], encoder=HashingEncoder())
    fill(workspace)
    app = create_app(workspace, pages=())
    lead = TestClient(app, base_url="http://127.0.0.1:8000")
    lead.headers["Authorization"] = f"Bearer {AccessKeys(places[0]).issue('Lea', 'qa', 'Acme')}"
    rolled = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", lambda file: rolled.append(file))
    large = b"Agent: Hello.\nCustomer: Hi.\n" * 90_000
    files = [("files", ("large.txt", io.BytesIO(large)))]
    assert len(lead.post(f"{API}/ingest", files=files).json()["stored"]) == 1
    assert len(large) > 2_000_000
    assert rolled == []


def ingest_documents(workspace, folder, cards):
    folder.mkdir()
    for number in range(10):
        text = f"---\ntitle: Paying {cards()}\nnote: {cards()}\n---\n# Paying\n\nTest with {cards()} only.\n"
        (folder / f"doc-{number}.md").write_text(text, "utf-8")
    (folder / "client.yaml").write_text(
        f"name: Acme\nindustry: retail\nsandbox: '{cards.number()}'\n", "utf-8"
    )
    report = workspace.ingest("Acme", folder)
    assert len(report.added) == 10


def upload(call, cards):
    small = [
        f"Agent: The number please?\nCustomer: It is {cards()} thanks.\nAgent: So {cards()}, right?\n"
        for _ in range(15)
    ]
    rows = "\n".join(f'c{n},customer,"my card is {cards()}",{n}' for n in range(10))
    small.append(f"conversation_id,speaker,text,start\n{rows}\n")
    named = cards.number()
    files = [("files", (f"call-{n}.txt", io.BytesIO(text.encode()))) for n, text in enumerate(small)]
    files.append(("files", (f"{named}.txt", io.BytesIO(b"Agent: Hello.\nCustomer: Hi there.\n"))))
    assert len(call("qa", "POST", "/ingest", files=files).json()["stored"]) >= 16
    # Larger than what the multipart parser keeps in memory.
    padding = "Customer: I have waited for a long time for my order.\nAgent: I see.\n" * 30_000
    large = f"Agent: Hello.\nCustomer: {cards()}\n{padding}"
    call("qa", "POST", "/ingest", files=[("files", ("large.txt", io.BytesIO(large.encode())))])
    call(
        "qa", "POST", "/ingest", files=[("files", ("broken.json", io.BytesIO(f'{{"x": "{cards()}'.encode())))]
    )


def contact_goes_live(call, cards):
    for number in range(10):
        base = f"/contacts/live-{number}"
        for place in range(TURNS_OF_A_CONTACT):
            turn = {"speaker": "customer", "text": f"My card is {cards()}, how long does a refund take?"}
            extra = {"id": cards.number(), "participant": cards.number()} if place == 0 else {}
            call("agent", "POST", f"{base}/turns", json={"turns": [turn | extra]})
        call("agent", "POST", "/check", json={"draft": f"I noted {cards()}.", "contact": f"live-{number}"})
        call("agent", "POST", f"{base}/feedback", json={"suggestion": cards.number(), "action": "used"})
        assert call("agent", "POST", f"{base}/close", json={}).status_code == 200


def analyse_and_score(call, cards):
    for number in range(5):
        turns = [{"speaker": "customer", "text": f"Card {cards()}"}, {"speaker": "agent", "text": cards()}]
        about = {"metadata": {"note": cards(), cards.number(): "key"}, "agent": cards.number()}
        transcript = {"id": f"sent-{number}", "turns": turns, **about}
        assert call("qa", "POST", "/analyse", json={"transcript": transcript}).status_code == 200
        scored = call("qa", "POST", "/score", json={"transcript": transcript, "keep": True})
        assert scored.status_code == 200
        override = {"criterion": "rude", "outcome": "MET", "reason": f"They said {cards()}"}
        call("qa", "POST", f"/evaluations/sent-{number}:short/review", json={"overrides": [override]})
        call("qa", "GET", f"/contacts/sent-{number}")


def send_what_is_refused(call, cards):
    for _ in range(3):
        call("agent", "GET", "/search", params={"q": cards()})
        call("agent", "GET", "/search", params={"q": "x", "limit": cards.number()})
        call("agent", "POST", "/check", json={"draft": 7, cards.number(): cards()})
        call("agent", "POST", "/suggest", json={"turns": [{"text": "x", "speaker": cards()}]})
        call("qa", "GET", f"/contacts/{cards.number()}")
        call(
            "qa",
            "POST",
            f"/ingest/{cards.number()}",
            files=[("files", ("a.txt", b"Agent: Hi\nCustomer: Yo\n"))],
        )
        call("qa", "POST", "/score", json={"contact": "live-0", "scorecard": cards.number()})
        call("qa", "POST", "/score", content=f'{{"contact": "{cards()}'.encode())


def run_commands(workspace, folder, out, cards):
    folder.mkdir()
    for number in range(15):
        text = f"Agent: Which card?\nCustomer: {cards()}\nAgent: Thank you, {cards()}.\n"
        (folder / f"batch-{number}.txt").write_text(text, "utf-8")
    (folder / f"{cards.number()}.txt").write_text("Agent: Hello.\nCustomer: Hi there.\n", "utf-8")
    card = folder.parent / "short.yaml"
    card.write_text(SCORECARD, "utf-8")
    for as_json in (True, False):
        terminal = Terminal(as_json=as_json)
        commands.analyse(workspace, terminal, "Acme", str(folder))
        commands.score(workspace, terminal, "Acme", str(folder), scorecard=str(card))
        commands.suggest(workspace, terminal, "Acme", str(folder / "batch-1.txt"))
        commands.batch(
            workspace, terminal, "Acme", folder, scorecard=None, processes=1, encoder="hashing", out=out
        )


def records(said):
    """One of every type that a store keeps, with a secret wherever somebody may have put one."""
    reason = f"they said “{said}” there"
    return [
        Transcript(
            "t",
            "acme",
            (Turn("agent", said, id=said, participant=said),),
            agent=said,
            metadata={"a": [said], said: 1},
            warnings=(ReadWarning("x", reason, said),),
        ),
        Document("d", said, title=said, metadata={"a": said}),
        WrapUp(
            "t",
            (WrapUpLine("issue", said),),
            (DisclosureState("d", said, "due", "opening", verbatim=True, missing=(said,), because=reason),),
            disposition=said,
        ),
        Review("e", "c", None, reason, f"Lea {said}", NOW),
        Dispute("e", "c", reason, "Ana", NOW),
        Feedback("t", "s", "used", NOW, agent=said),
        Analysis(
            "t",
            "0",
            (Finding("tone.rude", "major", Span(0, 0, 1), 0.9, "x@1", reason, reason),),
            Scriptedness(None, None, None, 1),
            "f",
        ),
        Evaluation("t:s", "t", "0", "acme", "Ana", "s@1", (Verdict("c", "MET", 1.0, reason, "x"),), 1.0, 1.0),
        ClientProfile("acme", name=said, authority={"never": [said]}, extra={said: {"b": said}}),
    ]


@pytest.mark.parametrize("place", range(len(records("x"))))
def test_a_store_keeps_no_record_with_a_card(place, tmp_path):
    cards = Cards()
    on_disk, in_memory = open_store(tmp_path), MemoryStore()
    for _ in range(10):
        record = records(cards())[place]
        for store in (on_disk, in_memory):
            store.put("acme", record, supersede=True)
        kept = in_memory.find("acme", type(record))
        assert cards.in_(str(kept).encode()) == []
        assert on_disk.find("acme", type(record)) == kept
    assert files_with(cards, tmp_path) == {}


def test_when_the_redactor_breaks_nothing_is_stored_by_any_route(places, monkeypatch):
    data, temporary = places
    workspace = Workspace(data, encoder=HashingEncoder())
    fill(workspace)
    keys = AccessKeys(data)
    app = create_app(workspace, pages=())
    cards = Cards()

    def client(role):
        made = TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
        made.headers["Authorization"] = f"Bearer {keys.issue('Ana', role, 'Acme')}"
        return made

    agent, lead = client("agent"), client("qa")

    def count():
        kinds = (Transcript, Document, Analysis, Evaluation, Review, Feedback)
        return [len(workspace._store.find("Acme", kind)) for kind in kinds]

    before = count()

    def broken(*_, **__):
        raise ValueError(f"a library quotes {cards.used[-1]}")

    monkeypatch.setattr("models.redaction.scan", broken)
    said = cards.number()
    turn = {"speaker": "customer", "text": said}
    transcript = {"id": "t", "turns": [turn]}
    answers = [
        agent.post(f"{API}/contacts/c/turns", json={"turns": [turn]}),
        agent.post(f"{API}/contacts/c/close", json={}),
        agent.post(f"{API}/suggest", json={"turns": [turn]}),
        lead.post(f"{API}/analyse", json={"transcript": transcript}),
        lead.post(f"{API}/score", json={"transcript": transcript, "keep": True}),
        lead.post(f"{API}/ingest", files=[("files", ("a.txt", f"Agent: Hi\nCustomer: {said}\n".encode()))]),
        lead.post(
            f"{API}/evaluations/call-acme:short/review",
            json={"overrides": [{"criterion": "rude", "outcome": "NOT_MET", "reason": said}]},
        ),
    ]
    report = workspace.knowledge_base("Acme").add([Document("d", said)])
    assert [one.path for one in report.rejected] == ["d"]
    for record in records(said):
        with pytest.raises((RedactionError, ConflictError)):
            workspace._store.put("Acme", record)
    assert count() == before
    assert not any(said in answer.text for answer in answers)
    assert files_with(cards, data, temporary) == {}
