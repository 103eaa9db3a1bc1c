"""What every shape holds, two turns with the agent first, and what shapes are made with."""

from __future__ import annotations

import io
import json

HELLO = "Thank you for calling Nordlicht, how can I help you?"
ANSWER = "Hi, my parcel is two days late and I would like to know why."


def js(value: object) -> bytes:
    return json.dumps(value).encode()


def xlsx(rows: list[list[object]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def words(text: str, start: float, step: float, make) -> list[dict]:
    return [
        make(word, start + index * step, start + (index + 1) * step)
        for index, word in enumerate(text.split())
    ]
