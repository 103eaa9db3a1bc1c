"""Draws how data flows: `python docs/flows.py` writes docs/pictures/data-flows.svg. A test holds it up to date."""

from __future__ import annotations

from html import escape
from pathlib import Path

PICTURE = Path(__file__).parent / "pictures" / "data-flows.svg"
WIDTH, HEIGHT = 980, 470
BOX = 176, 62

PLACES = {
    "telephony": (20, 40, "Telephony, chat, CRM", "text of contacts, with a key"),
    "people": (20, 180, "Browsers", "agents, QA leads, admins"),
    "files": (20, 305, "Files", "documents, contacts, scores"),
    "guard": (230, 110, "Guard", "who, which client, which role"),
    "child": (230, 305, "Reader of files", "bounded; a process apart"),
    "redactor": (440, 180, "Redaction", "in memory, fails closed"),
    "client": (650, 110, "A client's own file", "SQLite, one per client"),
    "index": (650, 220, "Search index", "a cache beside it, checked"),
    "audit": (650, 318, "Audit", "one sealed chain per client"),
    "generator": (440, 14, "Generator", "off unless set; redacted text"),
    "exports": (785, 14, "Exports, webhooks", "on request; webhooks: ids"),
    "backup": (785, 404, "Backups", "sealed; replay erasures"),
}
"""Left and top in the drawing, name, what it is."""
ARROWS = (
    ("telephony", "guard"),
    ("people", "guard"),
    ("files", "child"),
    ("guard", "redactor"),
    ("child", "redactor"),
    ("redactor", "client"),
    ("redactor", "generator"),
    ("client", "index"),
    ("redactor", "audit"),
    ("client", "exports"),
    ("audit", "backup"),
)
INSIDE = 215, 90, 632, 308
"""The one process: left, top, width, height."""


def drawn() -> str:
    """The picture."""
    x, y, wide, high = INSIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t" font-family="sans-serif" font-size="13">',
        '<title id="t">How data flows: text comes in through a guard or a reader of files, is redacted in '
        "memory, and is written to the client's own file; what leaves is exports, webhooks and backups.</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#52606d"/></marker></defs>',
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="8" fill="#f3f5f7" stroke="#9aa5b1" '
        'stroke-dasharray="6 4"/>',
        f'<text x="{x + 12}" y="{y + high - 12}" fill="#52606d">one server, one data folder, no outgoing call '
        "by itself</text>",
    ]
    parts += [_arrow(one, other) for one, other in ARROWS]
    parts += [_box(*place) for place in PLACES.values()]
    return "\n".join([*parts, "</svg>", ""])


def _box(x: int, y: int, name: str, what: str) -> str:
    wide, high = BOX
    return (
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="6" fill="#ffffff" stroke="#1f4e79"/>'
        f'<text x="{x + 10}" y="{y + 25}" font-weight="bold" fill="#1f2933">{escape(name)}</text>'
        f'<text x="{x + 10}" y="{y + 45}" font-size="11" fill="#3e4c59">{escape(what)}</text>'
    )


def _arrow(one: str, other: str) -> str:
    """From the nearer side of one box to the nearer side of the other."""
    (x1, y1), (x2, y2) = PLACES[one][:2], PLACES[other][:2]
    wide, high = BOX
    if x2 >= x1 + wide:
        start, end = (x1 + wide, y1 + high // 2), (x2, y2 + high // 2)
    else:
        down = y2 > y1
        start = (x1 + wide // 2, y1 + high if down else y1)
        end = (x2 + wide // 2, y2 if down else y2 + high)
    return (
        f'<path d="M{start[0]} {start[1]} {end[0]} {end[1]}" stroke="#52606d" stroke-width="1.5" fill="none" '
        'marker-end="url(#a)"/>'
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(), "utf-8")
