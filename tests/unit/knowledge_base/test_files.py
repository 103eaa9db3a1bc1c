"""Folders and files of the formats that are read in this process."""

import json
import os

import pytest

from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.records import ClientProfile


def written(folder, **files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def ingested(folder, files, **options):
    kb = KnowledgeBase("acme", encoder=HashingEncoder(), **options)
    return kb, kb.ingest(written(folder, **files))


def reasons(report):
    return {one.path: one.reason for one in report.rejected}


FOLDER = {
    "client.yaml": "name: Acme\nbrands: [Acme]\n",
    "policies/refunds.md": "---\nversion: 2\naudience: all\n---\n# Refund rules\n\nFive days.",
    "policies/deep/er/late.txt": "Late parcels\n\nA parcel is late after five working days, counted from the order.",
    "faq/common.csv": "question,answer\nHow long?,Five days.\nWhere?,Online.\n",
    "scripts/opening.md": "Thank you for calling {brand}.",
    ".hidden/secret.md": "no",
    ".notes.md": "no",
    "~$opening.docx": "no",
    "logo.png": b"\x89PNG",
    "scorecards.yaml": "name: x",
    "Thumbs.db": b"\0",
}


def test_a_folder(tmp_path):
    kb, report = ingested(tmp_path / "acme", FOLDER)
    assert set(report.added) == {"policies/refunds", "policies/deep/er/late", "faq/common", "scripts/opening"}
    assert (report.rejected, report.warnings, report.profile_changed) == ((), (), True)
    assert kb.profile == ClientProfile(id="acme", name="Acme", brands=("Acme",))
    refunds = kb.document("policies/refunds")
    assert (refunds.title, refunds.kind, refunds.version) == ("Refund rules", "policy", "2")
    assert refunds.metadata == {"audience": "all", "file": "policies/refunds.md"}
    assert kb.document("policies/deep/er/late").title == "Late parcels"
    assert [one.heading for one in kb.passages("faq/common")] == ["How long?", "Where?"]
    assert kb.document("scripts/opening").title == "Opening"
    again = kb.ingest(tmp_path / "acme")
    assert set(again.unchanged) == set(report.added)
    assert not again.changed


def test_a_changed_and_a_vanished_file(tmp_path):
    kb, _ = ingested(tmp_path, {"policies/a.md": "One.", "policies/b.md": "Two.", "faq/c.md": "Three."})
    (tmp_path / "policies/a.md").unlink()
    (tmp_path / "policies/b.md").write_text("Two and a half.")
    report = kb.ingest(tmp_path)
    assert (report.missing, report.replaced, report.unchanged) == (
        ("policies/a",),
        ("policies/b",),
        ("faq/c",),
    )
    assert kb.document("policies/a").text == "One."
    # Another folder of the same client says nothing about these.
    assert kb.ingest(written(tmp_path / "more", **{"scripts/d.md": "Four."})).missing == ()


def test_one_file(tmp_path):
    kb, _ = ingested(tmp_path / "data", {"x.md": "X."})
    written(tmp_path, **{"disclosures/recording.md": "This call is recorded."})
    report = kb.ingest(tmp_path / "disclosures/recording.md")
    assert report.added == ("recording",)
    assert report.missing == ()
    assert kb.document("recording").kind == "disclosure"


def test_nothing_there(tmp_path):
    from models.errors import InputError

    with pytest.raises(InputError, match="no such file"):
        KnowledgeBase("acme").ingest(tmp_path / "none")
    assert KnowledgeBase("acme").ingest(written(tmp_path / "empty", **{".x": ""})).added == ()


def test_the_same_name_twice(tmp_path):
    kb, report = ingested(
        tmp_path, {"a.txt": "Text.", "a.md": "# Markdown", "a.csv": "question,answer\nQ?,A.\n"}
    )
    assert set(report.added) == {"a", "a.txt", "a.csv"}
    assert kb.document("a").text == "# Markdown"


def test_names_without_a_suffix(tmp_path):
    kb, report = ingested(tmp_path, {"replies/Notice received": "Words.", "Fees v1.2": "Words."})
    assert set(report.added) == {"replies/Notice received", "Fees v1.2"}
    assert kb.document("replies/Notice received").kind == "macro"


def test_names_of_an_export_lose_their_number(tmp_path):
    _, report = ingested(
        tmp_path,
        {"Refunds 0123456789abcdef0123456789abcdef/Late 00000000000000000000000000000000.md": "Words."},
    )
    assert report.added == ("Refunds/Late",)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b" \n\n", "no text"),
        ("a.md", b"---\nkind: policy\n---\n", "no text"),
        ("a.txt", b"PK\x03\x04\x00\x00\x00binary", "not a text file"),
        ("a.txt", b"\xff\xfea\x00b", "UTF-16"),
        ("a.xyz", b"words", "not read"),
        ("a", b"\x7fELF\0", "not a text file"),
        ("a.md", b"x" * 2_000_001, "2 MB at most"),
        ("a.csv", b"name,price\nbolt,3\n", "question and answer columns"),
        ("a.csv", b"question,answer\nonly a question,\n", "no row with both"),
        ("a.csv", b"\n\n", "empty"),
        ("a.json", b"{broken", "neither JSON"),
        ("a.json", b"[1, 2]", "no list of objects"),
        ("a.json", b'{"name": "no text"}', "no objects with a `text`"),
        ("a.json", b'[{"id": 1, "text": "x"}, {"id": 1, "text": "y"}]', "same `id`"),
        ("a.json", b"[" * 100_000, "nested|neither"),
    ],
)
def test_a_bad_file_is_rejected_and_the_rest_goes_in(tmp_path, name, content, reason):
    written(tmp_path, **{name: content, "good.md": "Good words."})
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    report = kb.ingest(tmp_path, max_bytes=2_000_000)
    assert report.added == ("good",)
    assert list(reasons(report)) == [name]
    import re

    assert re.search(reason, reasons(report)[name])


def test_a_broken_profile_is_rejected_and_the_old_one_kept(tmp_path):
    kb, _ = ingested(tmp_path, {"client.yaml": "name: Acme\n", "a.md": "Words."})
    (tmp_path / "client.yaml").write_text("name: [\n")
    report = kb.ingest(tmp_path)
    assert "line" in reasons(report)["client.yaml"]
    assert (kb.profile.name, report.unchanged) == ("Acme", ("a",))


def test_strange_front_matter_is_warned_about(tmp_path):
    kb, report = ingested(
        tmp_path, {"a.md": "---\nkind: poem\n---\nWords.", "b.md": "---\nkind: [broken\n---\nWords."}
    )
    assert set(report.added) == {"a", "b"}
    assert [(one.code, one.path) for one in report.warnings] == [
        ("front-matter", "a.md"),
        ("front-matter", "b.md"),
    ]
    assert kb.document("b").text.startswith("---")


@pytest.mark.parametrize(
    ("raw", "warned"),
    [
        ("Grüße für Käufer: die Rückgabe größerer Möbel dauert länger.".encode(), 0),
        ("\ufeffGrüße für Käufer: die Rückgabe größerer Möbel dauert länger.".encode(), 0),
        ("Grüße für Käufer: die Rückgabe größerer Möbel dauert länger.".encode("utf-16"), 0),
        ("Grüße für Käufer: die Rückgabe größerer Möbel dauert länger.".encode("cp1252"), 1),
    ],
)
def test_encodings(tmp_path, raw, warned):
    kb, report = ingested(tmp_path, {"a.txt": raw})
    assert kb.document("a").text == "Grüße für Käufer: die Rückgabe größerer Möbel dauert länger."
    assert len(report.warnings) == warned


def test_line_ends_become_one_kind(tmp_path):
    kb, _ = ingested(tmp_path, {"a.md": b"One.\r\n\r\nTwo.\rThree."})
    assert kb.document("a").text == "One.\n\nTwo.\nThree."


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_links_do_not_lead_outside(tmp_path):
    written(tmp_path, **{"outside/secret.md": "Secret."})
    inside = written(tmp_path / "in", **{"a.md": "Words."})
    (inside / "link.md").symlink_to(tmp_path / "outside/secret.md")
    (inside / "folder").symlink_to(tmp_path / "outside")
    (inside / "gone.md").symlink_to(tmp_path / "nowhere.md")
    written(tmp_path, **{"outside/client.yaml": "name: Another Company"})
    (inside / "client.yaml").symlink_to(tmp_path / "outside/client.yaml")
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    report = kb.ingest(inside)
    assert report.added == ("a",)
    assert set(reasons(report)) == {"link.md", "gone.md", "client.yaml"}
    assert kb.profile.name == ""


TABLE = """\
Question;Answer;Client;Valid from;Valid to
How long?;"Five days;
or six.";Acme;;
Where?;Online.;Other;;
Why?;;Acme;;
When open?;Nine to five.;;2026-01-01;2026-06-30
When closed?;At night.;;2026-01-01;2026-06-30
Old?;Yes.;;;31.12.2024
What?;# Not a heading;;sometime;
"""


def test_a_table_of_questions(tmp_path):
    kb, report = ingested(tmp_path, {"faq/hours.csv": TABLE.encode("utf-8-sig")})
    assert report.added == (
        "faq/hours",
        "faq/hours from 2026-01-01 until 2026-06-30",
        "faq/hours until 2024-12-31",
    )
    assert (
        kb.document("faq/hours").text == "## How long?\n\nFive days;\nor six.\n\n## What?\n\n # Not a heading"
    )
    assert [one.text for one in kb.passages("faq/hours")] == ["Five days;\nor six.", "# Not a heading"]
    assert kb.document("faq/hours").kind == "faq"
    assert kb.document("faq/hours").title == "Hours"
    said = " ".join(one.message for one in report.warnings)
    assert "another client" in said
    assert "without a question or an answer" in said
    assert "Valid from" in said
    assert "Online" not in str(kb.documents(all_dates=True))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    kb, _ = ingested(
        tmp_path, {"a.csv": f"id{delimiter}Frage{delimiter}Antwort\n1{delimiter}Wie lange?{delimiter}5\n"}
    )
    assert kb.document("a").text == "## Wie lange?\n\n5"


def test_json_documents(tmp_path):
    items = [
        {
            "id": "refunds",
            "title": "Refunds",
            "text": "Five days.",
            "kind": "policy",
            "effective_from": "2026-01-01",
        },
        {"body": "Words without an id.", "views": 3},
        {"title": "no text"},
    ]
    kb, report = ingested(
        tmp_path,
        {
            "a.json": json.dumps({"articles": items, "count": 3}),
            "b.jsonl": "\n".join(map(json.dumps, items)),
            "c.json": json.dumps([{"question": "How long?", "answer": "Five days."}]),
        },
    )
    assert set(report.added) == {"a/refunds", "a/2", "b/refunds", "b/2", "c"}
    assert kb.document("a/refunds").effective_from.isoformat() == "2026-01-01"
    assert kb.document("a/2").metadata == {"views": 3, "file": "a.json"}
    assert kb.document("c").kind == "faq"
    assert {one.code for one in report.warnings} == {"json"}


def test_progress_names_the_files(tmp_path):
    seen = []
    written(tmp_path, **{"a.md": "One.", "b.md": "Two."})
    KnowledgeBase("acme", encoder=HashingEncoder()).ingest(tmp_path, progress=lambda *told: seen.append(told))
    assert seen[:3] == [(0, 2, "a.md"), (1, 2, "b.md"), (2, 2, "files read")]
    assert seen[-1] == (2, 2, "passages encoded")
