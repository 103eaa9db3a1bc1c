"""Words out of HTML bodies. Nothing is rendered, fetched or kept as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from models.patterns import pattern

_BREAKS = {
    "p",
    "div",
    "br",
    "li",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "ul",
    "ol",
    "table",
}
_UNSEEN = {"script", "style", "head", "title"}
_TAG = pattern(
    r"</?(?:p|br|div|span|b|i|a|ul|ol|li|strong|em|html|body|table|h[1-6]|img|font|blockquote)\b[^>]*>",
    re.IGNORECASE,
)
_ENTITY = pattern(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in _UNSEEN
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)


def looks_like_html(text: str) -> bool:
    """Whether common tags stand in the text."""
    return bool(_TAG.search(text, 0, 20_000))


def without_markup(text: str) -> str:
    """The words of an HTML body, a line per block; text that is not HTML comes back as it was."""
    if not (_TAG.search(text) or _ENTITY.search(text)):
        return text
    parser = _Words()
    parser.feed(text)
    parser.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(parser.pieces).split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
