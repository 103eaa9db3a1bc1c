"""What agents did in the panel and typed in drafts never reaches QA, a file or a log."""

import ast
import logging
import subprocess
import sys
from pathlib import Path

from copilot import Copilot
from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.records import Document, Finding, Span, Turn
from storage.panel_use import FILE

ROOT = Path(__file__).parents[2]


def test_importing_qa_and_its_exports_reaches_no_panel_use():
    code = (
        "import sys, pkgutil, importlib, qa\n"
        "for one in pkgutil.walk_packages(qa.__path__, 'qa.'): importlib.import_module(one.name)\n"
        "print([name for name in sys.modules if 'panel_use' in name or name.startswith('copilot')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_no_word_of_qa_names_it():
    for path in (ROOT / "qa").rglob("*.py"):
        names = {
            node.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute)
        }
        assert "panel_use" not in names, path.name
        assert FILE not in path.read_text("utf-8"), path.name


class Rude:
    name = "rude.v1"
    labels = ("tone.rude",)

    def detect(self, readings):
        return [
            [
                Finding(
                    "tone.rude", "critical", Span(len(r.transcript.turns) - 1, 0, 5), 0.9, "rude@1", "why"
                )
                for _ in (0,)
            ]
            for r in readings
        ]


class Broken:
    name = "broken.v1"
    labels = ("tone.curt",)

    def detect(self, readings):
        raise ValueError(readings[0].transcript.turns[-1].text)


def test_a_draft_is_neither_stored_nor_logged(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    kb = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder())
    kb.add([Document(id="faq", text="Refunds take five days.", kind="faq")])
    session = Copilot(kb, detectors=[Rude(), Broken()]).session("c1", agent="a1")
    session.hear(Turn("customer", "How long do refunds take?", id="1"))
    draft = "Zanzibarquokka idiot, your card 4111 1111 1111 1111 is refunded within 99 days."
    check = session.check(draft)
    assert "tone.rude" in {finding.label for finding in check.findings}
    assert "broken.v1" in check.note
    assert "Zanzibar" not in check.note
    session.close()
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Refunds take five days" in on_disk
    assert b"anzibarquokka" not in on_disk
    assert "anzibarquokka" not in caplog.text
    assert "4111" not in caplog.text


def test_feedback_leaves_the_clients_store_alone():
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add(
        [
            Document(
                id="faq",
                text="# Refunds\n\nRefunds take five working days after we get the item.",
                kind="faq",
            )
        ]
    )
    session = Copilot(kb, detectors=[]).session("c1", agent="a1")
    noted = []
    session.note_use = noted.append
    cards = session.hear(Turn("customer", "How long do refunds take after you get the item?", id="1"))
    assert cards, "a test without a card tests nothing"
    session.feedback(cards[0].id, "used")
    assert [note.action for note in noted] == ["shown", "used"]
    assert noted[0].passages == ("faq#1",)
    from models.records import Feedback

    assert kb.store.find("acme", Feedback) == []
