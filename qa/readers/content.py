"""Bytes to text, and text to JSON values: strict first, then lenient, and every repair is said aloud."""

from __future__ import annotations

import json
import re
from typing import Any

from models.errors import InputError
from models.patterns import pattern
from models.records import ReadWarning

_PROBE = 65_536
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF; export the transcript as text, CSV or JSON"),
    (b"\x1f\x8b", "gzip; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"RIFF", "audio or video; transcribe it first"),
    (b"ID3", "audio; transcribe it first"),
    (b"OggS", "audio; transcribe it first"),
    (b"fLaC", "audio; transcribe it first"),
    (b"\x89PNG", "a picture; export the transcript as text"),
    (b"\xff\xd8\xff", "a picture; export the transcript as text"),
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as XLSX or CSV"),
    (b"SQLite format 3", "a database; export the transcript as CSV or JSON"),
)
_SURROGATE_OR_NUL = pattern(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|(\\u0000)|\\.",
    re.DOTALL,
)
# An open string runs to the end of the text: that keeps both passes linear on hostile input.
_STRING_OR_COMMENT = pattern(r'("[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z))|//[^\n]*', re.DOTALL)
_STRING_OR_COMMA = pattern(r'("[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z))|,(?=\s*[}\]])', re.DOTALL)
_NEXT_VALUE = pattern(r"\n[ \t]*(?=[{\[])")
_BLANK = pattern(r"[\s,]*")
_FENCE = pattern(r"\A\s*```[ \t]*(?:[a-z]+[ \t]*(?=\n))?")


def decode(content: bytes) -> tuple[str, list[ReadWarning]]:
    """The text of a file, line ends as line feeds, with a warning for each guess or repair.

    UTF-8, UTF-16 and UTF-32 by their mark, UTF-8 without one, Shift-JIS when most of what is not
    ASCII reads as kana, else Windows-1252.

    Raises:
        InputError: When the bytes are not text.
    """
    for mark, what in _MAGIC:
        if content.startswith(mark):
            raise InputError(f"this is {what}")
    warnings: list[ReadWarning] = []
    text = _marked(content)
    if text is None:
        _refuse_binary(content[:_PROBE])
        text = _unmarked(content, warnings)
    text = text.removeprefix("\ufeff")
    nuls = text.count("\x00")
    if nuls:
        text = text.replace("\x00", " ")
        warnings.append(ReadWarning("nul-replaced", f"{nuls} NUL characters were replaced by blanks"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, warnings


def _marked(content: bytes) -> str | None:
    """The text when a byte-order mark, or the zeros of UTF-16, tell the encoding."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return content.decode("utf-32", "replace")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    probe = content[:_PROBE]
    pairs, most = len(probe) // 2, 0.7
    if pairs and probe[1::2].count(0) > most * pairs:
        return content.decode("utf-16-le", "replace")
    if pairs and probe[0::2].count(0) > most * pairs:
        return content.decode("utf-16-be", "replace")
    return None


def _refuse_binary(probe: bytes) -> None:
    controls = len(probe) - len(probe.translate(None, _CONTROLS))
    few = 0.1
    if controls > few * len(probe):
        raise InputError(
            "this is a binary file, not a transcript; known are text, CSV, XLSX, JSON, captions and vCon"
        )


def _unmarked(content: bytes, warnings: list[ReadWarning]) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(re.findall(r"[^\x00-\x7f\ufffd]", text[: 4 * _PROBE]))
    if foreign > 2 * broken:
        warnings.append(
            ReadWarning("encoding-damaged", f"{broken} places are not valid UTF-8 and read as \ufffd")
        )
        return text
    japanese = content.decode("cp932", "replace")
    kana = len(re.findall(r"[\u3040-\u30ff]", japanese[:_PROBE]))
    not_ascii = len(re.findall(r"[^\x00-\x7f]", japanese[:_PROBE]))
    if kana * 4 > not_ascii:
        warnings.append(ReadWarning("encoding-guessed", "not UTF-8; read as Shift-JIS"))
        return japanese
    warnings.append(ReadWarning("encoding-guessed", "not UTF-8; read as Windows-1252"))
    return content.decode("cp1252", "replace")


def unfenced(text: str) -> str:
    """The text without a Markdown code fence around it."""
    match = _FENCE.match(text)
    if not match:
        return text
    body = text[match.end() :].rstrip()
    return body.removesuffix("```").rstrip() + "\n"


def load_json(text: str) -> tuple[list[Any], list[ReadWarning]] | None:
    """The JSON values of a text (several for JSON lines) and what had to be mended; None if it is no JSON.

    Order: strict, then without `//` comments and trailing commas, then value by value with a warning
    about whatever stands between or after them.

    Raises:
        InputError: When it is plainly meant as JSON but broken or nested too deeply; names the line.
    """
    text = unfenced(text).strip()
    if not text.startswith(("{", "[")):
        return None
    text, warnings = _mend_escapes(text)
    try:
        return _load(text, warnings)
    except RecursionError:
        raise InputError("the JSON is nested too deeply; export it again without the nesting") from None


def _load(text: str, warnings: list[ReadWarning]) -> tuple[list[Any], list[ReadWarning]] | None:
    try:
        return [json.loads(text, strict=False)], warnings
    except ValueError as problem:
        first_problem = problem
    values, skipped = _values(text)
    if not values or skipped:
        bare = _STRING_OR_COMMENT.sub(lambda match: match.group(1) or "", text)
        bare = _STRING_OR_COMMA.sub(lambda match: match.group(1) or "", bare)
        again, left = _values(bare)
        if bare != text and again and (not values or left < skipped):
            warnings.append(
                ReadWarning("json-comments", "comments or trailing commas were left out of the JSON")
            )
            values, skipped = again, left
    if not values or (skipped and isinstance(values[0], list) and not _holds_objects(values[0])):
        if not re.match(r"\{\s*\"|\[\s*[\[{]", text):
            return None
        where = ""
        if isinstance(first_problem, json.JSONDecodeError):
            where = f" at line {first_problem.lineno}, column {first_problem.colno}"
        raise InputError(f"the JSON is broken or cut off{where}; export it again")
    if skipped:
        warnings.append(ReadWarning("json-tail", f"{skipped} characters around the JSON were not read"))
    return values, warnings


def _holds_objects(value: list[Any]) -> bool:
    return any(isinstance(item, (dict, list)) for item in value)


def _values(text: str) -> tuple[list[Any], int]:
    """The JSON values that follow one another, and how many characters could not be read."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    skipped, place, patience = 0, 0, 10_000
    while place < len(text):
        try:
            value, end = decoder.raw_decode(text, place)
        except ValueError:
            if not values:
                return [], len(text)
            patience -= 1
            following = _NEXT_VALUE.search(text, place) if patience else None
            end = following.end() if following else len(text)
            skipped += end - place
        else:
            values.append(value)
        blank = _BLANK.match(text, end)
        place = blank.end() if blank else end
    return values, skipped


def _mend_escapes(text: str) -> tuple[str, list[ReadWarning]]:
    """Lone surrogates become U+FFFD and NUL a blank, before they can become strings."""
    if not re.search(r"\\u(?:[dD][89a-fA-F]|0000)", text):
        return text, []
    lone = nul = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal lone, nul
        if match.group(2):
            lone += 1
            return "\\ufffd"
        if match.group(3):
            nul += 1
            return " "
        return match.group()

    text = _SURROGATE_OR_NUL.sub(mend, text)
    warnings = []
    if lone:
        warnings.append(ReadWarning("surrogate-replaced", f"{lone} half characters were replaced by \ufffd"))
    if nul:
        warnings.append(ReadWarning("nul-replaced", f"{nul} NUL characters were replaced by blanks"))
    return text, warnings
