"""Errors as answers: `application/problem+json` (RFC 9457), or a short page for a person.

No answer holds what came in: a card number typed into the wrong field must not come back. All 404
answers are the same bytes, so another client's record looks like one that never was.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.codec import field_path
from models.errors import (
    ConfigError,
    ConflictError,
    InputError,
    MissingExtraError,
    ModelError,
    NotFoundError,
    RedactionError,
    StorageError,
    UnscriptedError,
)
from web.texts import DEFAULT, preferred, texts
from web.translation import translated

if TYPE_CHECKING:
    import jinja2
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger("unscripted.web")

TITLES: dict[int, str] = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not found",
    408: "The request took too long",
    409: "In conflict with what is there",
    413: "Too large",
    415: "Wrong kind of content",
    421: "Wrong address",
    422: "The input is not usable",
    429: "Too many requests",
    500: "Something broke",
    501: "Not installed",
    503: "Not available now",
}
_DETAILS: dict[int, str] = {
    401: "Send an access key, or sign in at /login.",
    403: "Your role does not include this.",
    404: "There is no such record or page.",
    405: "There is no such record or page.",
    413: "Send less at a time.",
    429: "Wait a moment and try again.",
    500: "It was logged. Nothing that you sent is in the log.",
}
_STATUSES: tuple[tuple[type[UnscriptedError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (MissingExtraError, 501),
    (ModelError, 503),
    (StorageError, 503),
    (RedactionError, 500),
    (InputError, 422),
    (ConfigError, 422),
)
_UNREDACTED = "Secrets could not be taken out of the words, so nothing was stored. Try again later."
_MOST_ERRORS = 20


class Refused(Exception):  # noqa: N818 - an answer of the web edge, not a fault
    """An answer with an error status, raised from inside a route."""

    def __init__(self, status: int, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


@cache
def pages() -> jinja2.Environment:
    """Templates of the pages without Gradio; everything put into them is escaped."""
    import jinja2

    folder = Path(__file__).with_name("templates")
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )


def problem(
    status: int,
    detail: str = "",
    *,
    as_page: bool = False,
    headers: Mapping[str, str] | None = None,
    errors: Iterable[Mapping[str, str]] = (),
    language: str = DEFAULT,
) -> Response:
    """An error answer, in the reader's language. `errors` names fields, never values."""
    from starlette.responses import HTMLResponse, Response

    if status == 405:  # noqa: PLR2004 - which methods a path knows is nobody's business
        status = 404
    title = translated(TITLES.get(status, "Error"), language)
    words = translated(detail or _DETAILS.get(status, ""), language)
    extra = dict(headers or {})
    if as_page:
        page = (
            pages()
            .get_template("notice.html")
            .render(title=title, words=words, language=language, t=texts(language, "common"))
        )
        return HTMLResponse(page, status, extra)
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": words}
    listed = list(errors)
    if listed:
        body["errors"] = listed
    return Response(
        json.dumps(body, ensure_ascii=False), status, extra, media_type="application/problem+json"
    )


def problem_of(error: UnscriptedError, language: str = DEFAULT) -> Response:
    """The answer for an error of our tree, in the reader's language."""
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if status == 404:  # noqa: PLR2004 - the message names the id; a foreign one must not differ
        return problem(404, language=language)
    if isinstance(error, ConfigError):
        log.error("%s: %s", type(error).__name__, error)
        detail = "A settings file of this client or server is wrong; its log says which."
        return problem(status, detail, language=language)
    again = isinstance(error, StorageError) or (isinstance(error, ModelError) and error.retryable)
    headers = {"Retry-After": "5"} if again else None
    return problem(status, reason_of(str(error)), headers=headers, language=language)


def install(app: FastAPI) -> None:
    """Replace FastAPI's own error answers, which echo the offending value."""
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return problem(error.status, error.detail, headers=error.headers, language=_asked(request))

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, UnscriptedError)
        return problem_of(error, _asked(request))

    async def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        detail = "Some fields are missing or wrong."
        return problem(422, detail, errors=_fields(error.errors()), language=_asked(request))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, language=_asked(request))

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(UnscriptedError, ours)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, http)


def _asked(request: Request) -> str:
    """The language that a request asks for: pages name theirs, programs none, and get English."""
    return preferred(request.headers.get("accept-language", ""))


def log_break(error: BaseException) -> None:
    """Note what kind of error broke an answer, and where; its message might hold somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    log.error("%s at %s", type(error).__name__, place)


def _fields(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Where and what kind, without the value. A key that the caller made up is a value too."""
    return [
        {"where": field_path(error["loc"]), "kind": str(error["type"])}
        for error in list(errors)[:_MOST_ERRORS]
    ]


def safe_words(message: str) -> str:
    """The message, with whatever looks like a secret masked: ids and file names are chosen by callers."""
    from models.redaction import redact

    try:
        return redact(message)
    except Exception:  # noqa: BLE001 - an answer without a reason is better than one with a card number
        return ""


def reason_of(message: str) -> str:
    """Why something was refused, as `safe_words`; where those cannot be made, that is the reason."""
    return safe_words(message) or _UNREDACTED
