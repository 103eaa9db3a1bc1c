"""What a live contact's cards leave behind, and what the command makes of it."""

import json
from datetime import UTC, datetime, timedelta

from typer.testing import CliRunner

import app
from models.encoders import HashingEncoder
from models.records import Document, Turn
from storage.panel_use import FILE, PanelNote, PanelUse
from web.panel_use import report
from web.safety_schedule import Schedule
from web.workspace import Workspace

TEXT = "# Refunds\n\nRefunds take five working days after we get the item back.\n"


def opened(folder):
    workspace = Workspace(folder, encoder=HashingEncoder())
    kb = workspace.knowledge_base("acme", create=True)
    kb.add([Document(id="faq", text=TEXT, kind="faq")])
    return workspace


def test_a_live_contact_notes_into_the_clients_own_file(tmp_path):
    workspace = opened(tmp_path)
    for number in range(6):
        contact = f"c{number}"
        (card, *_) = workspace.hear(
            "acme",
            contact,
            [Turn("customer", "How long do refunds take after you get the item back?")],
            agent="a1",
        )
        workspace.feedback("acme", contact, card.id, "used" if number else "dismissed", agent="a1")
    found = report(workspace, "acme")
    (line,) = found.passages
    assert (line.passage, line.heading.split(" > ")[-1], line.shown) == ("faq#1", "Refunds", 6)
    assert (line.used.count, line.dismissed.count) == (5, 1)
    assert (workspace.own_folder("acme") / FILE).is_file()


def test_the_command_names_no_agent(tmp_path):
    opened(tmp_path)
    book = PanelUse(tmp_path)
    for number in range(5):
        book.note("acme", PanelNote(f"s{number}", ("faq#1",), "copied", datetime.now(UTC), "agent-0815"))
    for number in range(5):
        note = PanelNote(f"n{number}", (), "shown", datetime.now(UTC), "agent-0815", "alert", "Refunds")
        book.note("acme", note)
    book.close()
    table = CliRunner().invoke(app.cli, ["cards", "acme", "--data", str(tmp_path), "--encoder", "hashing"])
    assert table.exit_code == 0, table.output
    assert "shown 5: used 100 %" in table.output
    assert "not in the material 5 times, nearest heading: Refunds" in table.output
    plain = CliRunner().invoke(
        app.cli, ["cards", "acme", "--data", str(tmp_path), "--encoder", "hashing", "--json"]
    )
    assert json.loads(plain.output)["gaps"] == [["Refunds", 5]]
    assert "0815" not in table.output + plain.output


def test_the_hourly_run_unlinks(tmp_path):
    opened(tmp_path)
    book = PanelUse(tmp_path, clock=lambda: datetime.now(UTC) - timedelta(hours=25))
    book.note(
        "acme", PanelNote("s1", ("faq#1",), "used", datetime.now(UTC) - timedelta(hours=25), "agent-0815")
    )
    book.close()
    Schedule(tmp_path).once()
    assert b"agent-0815" not in b"".join(path.read_bytes() for path in tmp_path.rglob(f"{FILE}*"))
