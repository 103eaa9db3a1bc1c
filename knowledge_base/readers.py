"""Readers of PDF, DOCX, XLSX and HTML. They run in the child process only; see `convert.py`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

from models.patterns import pattern

MOST_PAGES = 2_000
MOST_ROWS = 50_000
_MOST_NAMED = 10
MOST_COLUMNS = 200
UNPACKED_BYTES = 100_000_000
"""What a DOCX or XLSX may unpack to."""
PART_BYTES = 30_000_000
"""What its main part may."""
MOST_ENTRIES = 5_000
LARGER = 1.08
"""How much larger than the body a heading's type is, bold counting as 1.1."""
REPEATED = 3
"""Pages that must share a line before it is taken for a running header or footer."""
HEADING_CHARACTERS = 120
HEADING_WORDS = 15
STREAM_BYTES = 16_000_000
"""What one stream of a PDF may unpack to."""

_DROPPED = (
    "script",
    "style",
    "nav",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "form",
    "button",
    "aside",
)
_CHROME_ROLES = ("navigation", "banner", "contentinfo", "search", "dialog", "alertdialog")
_BULLET = pattern(r"\s*(?:[•▪◦●○■–-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+\S")
_MARKS = dict.fromkeys(map(ord, "\x7f\uf0b7\uf0a7\uf0d8\uf076\uf0fc"), "•") | {0: None, 0xAD: None}
"""Bullets of symbol fonts, as they come out of a PDF; soft hyphens."""
_PROGRAM_TITLE = pattern(r"\.(?:docx?|pdf|indd|xlsx?|pptx?|html?)$|^(?:untitled|microsoft|anonymous)\b")
_ENDS = pattern(r"[.!?:;…][\"')\]”’]*$")


class UnreadableError(Exception):
    """The file cannot be used; the message says why and what to do."""


def read_html(path: Path) -> dict[str, Any]:
    """Headings, paragraphs, lists and tables of a page, as Markdown; navigation and scripts dropped."""
    return html_to_text(path.read_bytes())


def html_to_text(page: bytes | str) -> dict[str, Any]:
    """See `read_html`. The title is that of the page."""
    from bs4 import BeautifulSoup, Comment
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(page, "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for comment in soup.find_all(string=lambda string: isinstance(string, Comment)):
        comment.extract()
    for tag in soup.find_all(_DROPPED):
        tag.decompose()
    for tag in soup.find_all(role=_CHROME_ROLES):
        tag.decompose()
    for tag in soup.find_all(["header", "footer"]):
        # Those of the page are furniture; an article's header holds its heading.
        if tag.find_parent(["article", "main", "section"]) is None and tag.find("h1") is None:
            tag.decompose()
    for tag in soup.find_all(hidden=True):
        tag.decompose()
    body = soup.find("main") or soup.find(role="main") or soup.find("article") or soup.body or soup
    if len(body.get_text(strip=True)) * 3 < len(soup.get_text(strip=True)):
        body = soup.body or soup  # the marked part is a fragment
    converter = MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        strip=["img", "a"],
        escape_misc=False,
        escape_asterisks=False,
        escape_underscores=False,
        table_infer_header=True,
    )
    return {"text": _tidy(converter.convert_soup(body)), "title": title}


def read_docx(path: Path) -> dict[str, Any]:
    """A Word document with its headings, lists and tables; images dropped.

    Raises:
        UnreadableError: Damaged, not a Word document, too large, or without text.
    """
    import mammoth

    _check_package(path, "word/document.xml", "a Word document")
    with path.open("rb") as file:
        result = mammoth.convert_to_html(file, convert_image=lambda _: [])
    found = html_to_text(f"<body>{result.value}</body>")
    if not found["text"].strip():
        raise UnreadableError("holds no text")
    return {"text": found["text"], "title": ""}


def read_xlsx(path: Path) -> dict[str, Any]:
    """The rows of every visible sheet, as lists of strings.

    Raises:
        UnreadableError: Damaged, not an Excel workbook, too large, or with too many rows.
    """
    from openpyxl import load_workbook

    _check_package(path, "xl/workbook.xml", "an Excel workbook")
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheets = []
    count = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows = []
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            count += 1
            if count > MOST_ROWS:
                raise UnreadableError(f"more than {MOST_ROWS:,} rows; split the file")
            cells = [_cell(value) for value in row]
            if any(cells):
                rows.append(cells)
        sheets.append({"name": sheet.title, "rows": rows})
    return {"sheets": sheets, "text": ""}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value).replace("_x000D_", "").strip()


def _check_package(path: Path, part: str, name: str) -> None:
    """Refuse what is no Office package, and what unpacks to too much."""
    from zipfile import BadZipFile, ZipFile

    if path.open("rb").read(8).startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(
            "encrypted, or saved in the format of before 2007; save it anew without a password"
        )
    try:
        with ZipFile(path) as package:
            entries = package.infolist()
    except BadZipFile:
        raise UnreadableError(f"damaged or not {name}") from None
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
        raise UnreadableError(f"unpacks to more than {UNPACKED_BYTES // 1_000_000} MB")
    main = next((entry for entry in entries if entry.filename == part), None)
    if main is None:
        raise UnreadableError(f"not {name}")
    if main.file_size > PART_BYTES:
        raise UnreadableError(f"holds more than {PART_BYTES // 1_000_000} MB of markup; split the file")


def read_pdf(path: Path) -> dict[str, Any]:
    """The text of a PDF: headings by their type, wrapped lines joined, a form feed between pages.

    Raises:
        UnreadableError: Damaged, locked, with too many pages, or pictures of pages alone.
    """
    import pypdf
    from pypdf.errors import PdfReadError

    try:
        with _bounded(pypdf):
            reader = pypdf.PdfReader(path)
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableError("encrypted; save it without a password")
            if len(reader.pages) > MOST_PAGES:
                raise UnreadableError(f"more than {MOST_PAGES:,} pages; split the file")
            pages = [_page_lines(page) for page in reader.pages]
            title = str((reader.metadata or {}).get("/Title") or "")
    except PdfReadError as problem:
        raise UnreadableError("damaged or not a PDF") from problem
    empty = [number for number, lines in enumerate(pages, 1) if not any(text for text, _ in lines)]
    if len(empty) == len(pages):
        raise UnreadableError("no text layer: pictures of pages; run text recognition (OCR) over it first")
    warnings = []
    if empty:
        named = ", ".join(map(str, empty[:_MOST_NAMED])) + (" …" if len(empty) > _MOST_NAMED else "")
        warnings.append(f"no text on page {named}; a picture of text is not read")
    return {"text": pages_to_text(pages), "title": title if _is_title(title) else "", "warnings": warnings}


def _bounded(pypdf: Any) -> AbstractContextManager[Any]:
    """Tighter limits on what streams may unpack to than the library's own."""
    if not hasattr(pypdf, "apply_configuration"):  # before version 7
        return nullcontext()
    names = [field.name for field in fields(pypdf.Configuration) if field.name.endswith("_output_length")]
    manager: AbstractContextManager[Any] = pypdf.apply_configuration(**dict.fromkeys(names, STREAM_BYTES))
    return manager


def _is_title(title: str) -> bool:
    """Whether the title of a PDF was written by a person, not by the program that made it."""
    plain = title.strip().casefold()
    return bool(plain) and _PROGRAM_TITLE.search(plain) is None


Line = tuple[str, float]
"""A line of a page, and the size of its type in points; bold counts a little larger."""


def _page_lines(page: Any) -> list[Line]:
    """Lines in reading order, empty ones as paragraph breaks."""
    pieces: list[tuple[str, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text:
            scale = (abs(tm[3]) or abs(tm[1]) or 1.0) * (abs(cm[3]) or abs(cm[1]) or 1.0)
            bold = "bold" in str((font or {}).get("/BaseFont", "")).casefold()
            pieces.append((text, round(size * scale, 1) * (1.1 if bold else 1.0)))

    page.extract_text(visitor_text=visit)
    lines: list[Line] = []
    words: list[str] = []
    sizes: Counter[float] = Counter()
    for text, size in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append(_line(words, sizes))
                words, sizes = [], Counter()
            if part:
                words.append(part)
                sizes[size] += len(part.strip())
    lines.append(_line(words, sizes))
    return lines


def _line(words: list[str], sizes: Counter[float]) -> Line:
    text = " ".join("".join(words).translate(_MARKS).split())
    return text, (sizes.most_common(1)[0][0] if sizes and text else 0.0)


def pages_to_text(pages: list[list[Line]]) -> str:
    """Pages as Markdown, a form feed between them.

    Running headers and footers are dropped, larger or bold short lines become headings, and the
    lines of a paragraph are joined. A sentence that runs over a page stays on the page where it began.
    """
    pages = _without_furniture(pages)
    weight: Counter[float] = Counter()
    for lines in pages:
        for text, size in lines:
            weight[size] += len(text)
    body = weight.most_common(1)[0][0] if weight else 0.0
    larger = sorted(
        {size for lines in pages for text, size in lines if _is_heading(text, size, body)}, reverse=True
    )
    level = {size: min(place + 1, 4) for place, size in enumerate(larger)}
    texts = [_joined(lines, body, level) for lines in pages]
    for number in range(len(texts) - 1):
        texts[number], texts[number + 1] = _carried(texts[number], texts[number + 1])
    return "\f".join(texts)


def _is_heading(text: str, size: float, body: float) -> bool:
    """Whether a line is set larger or bolder than the body, short, and no sentence."""
    short = len(text) <= HEADING_CHARACTERS and len(text.split()) <= HEADING_WORDS
    named = any(character.isalpha() for character in text) and text[-1] not in ".;,"
    return size > body * LARGER and short and named


def _without_furniture(pages: list[list[Line]]) -> list[list[Line]]:
    """Pages without the short first and last lines that most of them share, page numbers apart."""
    edges = [_edges(lines) for lines in pages]
    counts = Counter(key for keys in edges for key in set(keys.values()))
    common = {key for key, count in counts.items() if count >= max(REPEATED, len(pages) / 2)}
    return [
        [line for number, line in enumerate(lines) if keys.get(number) not in common]
        for lines, keys in zip(pages, edges, strict=True)
    ]


def _edges(lines: list[Line]) -> dict[int, str]:
    """Lines that may be a running header or footer: line number -> words with every number alike."""
    filled = [number for number, (text, _) in enumerate(lines) if text]
    return {
        number: re.sub(r"\d+", "#", lines[number][0])
        for number in (*filled[:2], *filled[-2:])
        if len(lines[number][0].split()) <= HEADING_WORDS and not _BULLET.match(lines[number][0])
    }


def _joined(lines: list[Line], body: float, level: dict[float, int]) -> str:
    """One page: wrapped lines joined into paragraphs, headings marked."""
    width = max((len(text) for text, size in lines if size <= body * LARGER), default=0)
    paragraphs: list[str] = []
    current = ""
    last = 0
    for text, size in lines:
        heading = _is_heading(text, size, body)
        wraps = current and last >= 0.6 * width and not _BULLET.match(text) and text and not heading
        ended = _ENDS.search(current) is not None and last < 0.85 * width
        if wraps and not ended:
            soft = current.endswith("-") and text[:1].islower()
            current = current[:-1] + text if soft else f"{current} {text}"
        else:
            if current:
                paragraphs.append(current)
            current = f"{'#' * level[size]} {text}" if heading else _escaped(text)
            if heading:
                paragraphs.append(current)
                current = ""
        last = len(text)
    if current:
        paragraphs.append(current)
    return "\n\n".join(_items_together(paragraphs))


def _escaped(text: str) -> str:
    """Text that begins with a mark of Markdown's headings, kept from being one."""
    return f" {text}" if text.startswith("#") else text


def _items_together(paragraphs: Iterable[str]) -> list[str]:
    """Neighbouring list items as one block of lines."""
    joined: list[str] = []
    for paragraph in paragraphs:
        if joined and _BULLET.match(paragraph) and _BULLET.match(joined[-1].rsplit("\n", 1)[-1]):
            joined[-1] += "\n" + paragraph
        else:
            joined.append(paragraph)
    return joined


def _carried(page: str, after: str) -> tuple[str, str]:
    """Two pages with the rest of a broken sentence moved to where it began."""
    if not page or _ENDS.search(page.rstrip()) or not after[:1].islower():
        return page, after
    end = re.search(r"[.!?][\"')\]”’]*(?=\s|$)", after[:600])
    first_block = after.split("\n\n", 1)[0]
    cut = end.end() if end and end.end() <= len(first_block) else len(first_block)
    if cut > 600:  # noqa: PLR2004 - no sentence is that long
        return page, after
    return f"{page} {after[:cut]}", after[cut:].lstrip()


def _tidy(text: str) -> str:
    """No blanks at line ends, no more than one empty line, no non-breaking blanks."""
    text = text.replace("\xa0", " ").replace("\u200b", "").replace("\f", "\n")
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


READERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "html": read_html,
}
"""By format, as `Converter.convert` names it."""
