"""PDF, DOCX, XLSX and HTML, and what happens when they are broken or hostile."""

import io
import os
import pathlib
import subprocess
import sys
import zipfile
from datetime import date

import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.conversion import Converter
from knowledge_base.readers import pages_to_text
from models.encoders import HashingEncoder
from models.errors import InputError

BODY = (
    "A refund is paid to the card that was used for the order. It takes five working days from the day on which "
    "the parcel is scanned at our warehouse. Gift cards are refunded as gift cards. "
)


def a_pdf(path, *, pages=3, encrypt=None, text=True):
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.pdfgen import canvas
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

    if not text:
        drawing = canvas.Canvas(str(path), pagesize=A4)
        for _ in range(pages):
            drawing.rect(50, 50, 200, 200, fill=1)
            drawing.showPage()
        drawing.save()
        return path
    styles = getSampleStyleSheet()
    flow = [Paragraph("Refund handbook", styles["Title"])]
    for number in range(pages):
        flow += [
            Paragraph(f"Chapter {'ABCDE'[number]}", styles["Heading1"]),
            Paragraph(BODY * 3, styles["BodyText"]),
        ]
        flow += [
            Paragraph("• First step", styles["BodyText"]),
            Paragraph("• Second step", styles["BodyText"]),
        ]
        flow += [PageBreak()]

    def furniture(drawing, document):
        drawing.drawString(60, 820, "Acme internal")
        drawing.drawString(300, 20, f"Page {document.page} of {pages}")

    document = SimpleDocTemplate(str(path), pagesize=A4, title="Handbook", encrypt=encrypt)
    document.build(flow, onFirstPage=furniture, onLaterPages=furniture)
    return path


def a_docx(path):
    import docx

    document = docx.Document()
    document.add_heading("Return rules", 1)
    document.add_paragraph(BODY)
    document.add_heading("Exceptions", 2)
    for item in ("Opened mattresses", "Cut fabric"):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("Item", "Days", "Sofa", "30"), strict=True
    ):
        cell.text = text
    document.save(path)
    return path


def an_xlsx(path, rows, hidden=()):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    if hidden:
        sheet = book.create_sheet("internal")
        sheet.sheet_state = "hidden"
        for row in hidden:
            sheet.append(row)
    book.save(path)
    return path


HTML = """<!doctype html><html><head><title>Refunds | Acme help</title><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><header>Acme help centre</header><script>alert(1)</script>
<main><h1>Refunds</h1><p>Five days, see <a href="https://example.org/x">the terms</a>.</p><!-- internal -->
<h2>Steps</h2><ul><li>Send it back</li><li>Wait</li></ul><p hidden>not shown</p>
<table><tr><th>Item</th><th>Days</th></tr><tr><td>Sofa</td><td>30</td></tr></table>
<img src="x.png" alt="x"></main><footer>Imprint</footer></body></html>"""


def ingested(path):
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    return kb, kb.ingest(path)


def test_pdf(tmp_path):
    a_pdf(tmp_path / "handbook.pdf")
    kb, report = ingested(tmp_path)
    assert (report.added, report.rejected, report.warnings) == (("handbook",), (), ())
    document = kb.document("handbook")
    assert document.title == "Refund handbook"
    assert document.text.count("\f") == 2 or document.text.count("\f") == 3
    assert "Acme internal" not in document.text
    assert "Page 1 of" not in document.text
    assert BODY.strip() in document.text
    assert document.text.count("• First step\n• Second step") == 3
    headings = [passage.heading for passage in kb.passages("handbook")]
    assert headings[0].endswith("Chapter A > page 1")
    assert headings[-1].endswith("Chapter C > page 3")


def test_docx(tmp_path):
    a_docx(tmp_path / "returns.docx")
    kb, report = ingested(tmp_path)
    assert report.added == ("returns",)
    text = kb.document("returns").text
    assert text.startswith("# Return rules\n\nA refund is paid")
    assert "## Exceptions\n\n- Opened mattresses\n- Cut fabric" in text
    assert "| Item | Days |" in text
    assert "| Sofa | 30 |" in text
    assert kb.document("returns").title == "Return rules"


def test_xlsx(tmp_path):
    rows = [
        ["Question", "Answer", "Valid to"],
        ["How long?", "Five days.", date(2026, 6, 30)],
        ["How many?", 5, date(2026, 6, 30)],
    ]
    an_xlsx(tmp_path / "faq.xlsx", rows, hidden=[["Question", "Answer"], ["Secret?", "Yes."]])
    kb, report = ingested(tmp_path)
    assert report.added == ("faq",)
    document = kb.document("faq")
    assert document.text == "## How long?\n\nFive days.\n\n## How many?\n\n5"
    assert (document.kind, document.effective_until) == ("faq", date(2026, 6, 30))


def test_html(tmp_path):
    (tmp_path / "refunds.html").write_text(HTML)
    kb, report = ingested(tmp_path)
    assert report.added == ("refunds",)
    text = kb.document("refunds").text
    assert text.startswith("# Refunds\n\nFive days, see the terms.\n\n## Steps\n\n- Send it back\n- Wait")
    assert "| Sofa | 30 |" in text
    for absent in (
        "Home",
        "alert",
        "help centre",
        "Imprint",
        "internal",
        "not shown",
        "example.org",
        "x.png",
    ):
        assert absent not in text
    assert kb.document("refunds").title == "Refunds"


@pytest.mark.parametrize(
    "page",
    [
        "<p>Only a paragraph.",
        "<h1>Open<p>never closed",
        "\ufeff<html><body>Words &amp; more</body></html>",
        "plain words",
    ],
)
def test_html_of_any_shape(tmp_path, page):
    (tmp_path / "a.htm").write_text(page)
    assert ingested(tmp_path)[1].added == ("a",)


def zipped(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return buffer.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)
XXE = LAUGHS.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/hostname">').replace("&j;", "&a;")
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
}


def test_bad_files_are_rejected_with_reasons_and_good_ones_go_in(tmp_path):
    whole = a_pdf(tmp_path / "good.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "fake.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (tmp_path / "text.pdf").write_text("just words")
    a_pdf(tmp_path / "locked.pdf", encrypt="secret")
    a_pdf(tmp_path / "scan.pdf", text=False)
    (tmp_path / "old.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (tmp_path / "zip.docx").write_bytes(zipped(**{"a.txt": "words"}))
    (tmp_path / "bad.docx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "laughs.docx").write_bytes(zipped(**PARTS, **{"word/document.xml": LAUGHS}))
    (tmp_path / "xxe.docx").write_bytes(zipped(**PARTS, **{"word/document.xml": XXE}))
    (tmp_path / "huge.docx").write_bytes(zipped(**PARTS, **{"word/document.xml": " " * 40_000_000}))
    (tmp_path / "bomb.xlsx").write_bytes(zipped(**{"xl/workbook.xml": b"\0" * 120_000_000}))
    an_xlsx(tmp_path / "prices.xlsx", [["Item", "Price"], ["Bolt", 3]])
    (tmp_path / "empty.html").write_text("<html><script>x</script></html>")
    (tmp_path / "good.md").write_text("Good words.")
    _, report = ingested(tmp_path)
    assert set(report.added) == {"good", "good.pdf"}
    found = {one.path: one.reason for one in report.rejected}
    wanted = {
        "cut.pdf": "damaged|no text",
        "fake.pdf": "damaged",
        "text.pdf": "damaged",
        "locked.pdf": "encrypted",
        "scan.pdf": "no text layer",
        "old.docx": "encrypted, or",
        "zip.docx": "not a Word",
        "bad.docx": "damaged",
        "laughs.docx": "damaged",
        "xxe.docx": "damaged",
        "huge.docx": "30 MB",
        "bomb.xlsx": "100 MB",
        "prices.xlsx": "question and answer",
        "empty.html": "no text",
    }
    import re

    assert set(found) == set(wanted)
    for path, pattern in wanted.items():
        assert re.search(pattern, found[path]), (path, found[path])


def test_a_slow_file_is_stopped_and_the_next_one_is_read(tmp_path):
    (tmp_path / "a.html").write_text(HTML)
    with Converter(wall_s=0.01) as converter:
        with pytest.raises(InputError, match="took longer than"):
            converter.convert(tmp_path / "a.html", "html")
        converter._wall_s = 30
        assert "Five days" in converter.convert(tmp_path / "a.html", "html")["text"]


def test_a_killed_child_is_replaced(tmp_path):
    (tmp_path / "a.html").write_text(HTML)
    with Converter() as converter:
        converter.convert(tmp_path / "a.html", "html")
        converter._child.kill()
        converter._child.wait()
        assert "Five days" in converter.convert(tmp_path / "a.html", "html")["text"]


PROBES = """\
import resource, socket, subprocess, sys
from knowledge_base.convert import _limit_time, _protect
_protect()
_limit_time()
print(resource.getrlimit(resource.RLIMIT_CPU)[0] <= 30)
for attempt in (
    lambda: bytearray(600_000_000),
    lambda: open(sys.argv[1], "w"),
    lambda: open(sys.argv[1], "ab"),
    lambda: socket.socket(),
    lambda: subprocess.Popen(["true"]),
):
    try:
        attempt()
        print("allowed")
    except (MemoryError, PermissionError) as problem:
        print(type(problem).__name__)
print(len(open(sys.argv[2]).read()))
"""


@pytest.mark.skipif(os.name == "nt", reason="limits are set with setrlimit")
def test_the_child_is_limited(tmp_path):
    (tmp_path / "in.txt").write_text("words")
    told = subprocess.run(
        [sys.executable, "-c", PROBES, str(tmp_path / "out"), str(tmp_path / "in.txt")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True", "MemoryError", *["PermissionError"] * 4, "5"]
    assert not (tmp_path / "out").exists()


def test_a_child_gets_nothing_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_SECRET", "x")
    (tmp_path / "a.html").write_text(HTML)
    with Converter() as converter:
        converter.convert(tmp_path / "a.html", "html")
        environment = pathlib.Path(f"/proc/{converter._child.pid}/environ")
        if not environment.exists():
            pytest.skip("no /proc here")
        assert b"SOME_SECRET" not in environment.read_bytes()


def test_lines_of_a_page_are_joined():
    line = ("Refunds are paid to the card that was used for the", 10.0)
    pages = [
        [
            ("Rules", 14.0),
            line,
            ("order and they take no more than about five work-", 10.0),
            ("ing days.", 10.0),
        ],
        [("Late parcels", 14.0), line, ("order. The next sentence runs over the page and it", 10.0)],
        [("ends only here. Another one.", 10.0), ("1. One", 10.0), ("2. Two", 10.0)],
    ]
    assert pages_to_text(pages) == (
        "# Rules\n\nRefunds are paid to the card that was used for the order and they take no more "
        "than about five working days.\f"
        "# Late parcels\n\nRefunds are paid to the card that was used for the order. "
        "The next sentence runs over the page and it ends only here.\fAnother one.\n\n1. One\n2. Two"
    )
