"""Who reads a page: the person, their client and their language; and the one way a page's script asks.

A page's script sends raw JSON to a server function. Here, and for every function alike, the caller's role and
client are looked up again, what was sent is taken apart with care, and a problem becomes words to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, InputError, NotFoundError, UnscriptedError
from web.look import server_function
from web.problems import safe_words
from web.sign_in import principal_of
from web.texts import preferred, texts, with_labels
from web.translation import translated

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from storage.access import Principal, Role
    from web.workspace import Workspace

Answer = dict[str, Any]
LONGEST_ID = 300
_LONGEST_WORDS = 4_000
_MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Reader:
    """One person at a page."""

    workspace: Workspace
    principal: Principal
    language: str = "en"

    @property
    def client(self) -> str:
        """The client of the person's sign-in; never what the script says."""
        return self.principal.client

    @property
    def name(self) -> str:
        """Under which what they do is kept."""
        return self.principal.name

    @property
    def kb(self) -> KnowledgeBase:
        """The client's documents and store."""
        return self.workspace.knowledge_base(self.client)

    def words(self, page: str) -> Mapping[str, str]:
        """The page's words in the person's language."""
        return with_labels(self.language, page)


def language_of(request: Any, principal: Principal | None = None) -> str:
    """The language for whoever sent a request: what they set for themselves, else the browser's."""
    inner = getattr(request, "request", None) or request
    headers = getattr(inner, "headers", None) or {}
    return preferred(
        str(headers.get("accept-language", "")), chosen=str(getattr(principal, "language", "") or "")
    )


def for_script(
    workspace: Workspace,
    name: str,
    function: Callable[[Reader, Mapping[str, Any]], Answer],
    *,
    roles: Sequence[Role],
) -> Callable[[Any, Any], Any]:
    """A server function under a name, for these roles alone.

    Args:
        workspace: The data folder.
        name: How the script calls it: `server.<name>(what)`.
        function: What it does, for a reader and an object that the script sent.
        roles: Looked up again at every call.
    """

    def call(said: Any, request: Any) -> Answer:
        principal = principal_of(request)
        language = language_of(request, principal)
        if principal is None or principal.role not in roles:
            return {"problem": texts(language, "review")["session_ended"], "kind": "session"}
        return answered(function, Reader(workspace, principal, language), said)

    call.__name__ = name
    return server_function(call)


def answered(function: Callable[[Reader, Mapping[str, Any]], Answer], reader: Reader, said: Any) -> Answer:
    """What a function answers, or its problem in words that hold nothing a customer said."""
    try:
        return function(reader, said if isinstance(said, dict) else {})
    except UnscriptedError as problem:
        kinds = ((ConflictError, "conflict"), (NotFoundError, "missing"), (InputError, "input"))
        kind = next((kind for error, kind in kinds if isinstance(problem, error)), "other")
        return {"problem": translated(safe_words(str(problem)), reader.language), "kind": kind}


# -- what a script sent ---------------------------------------------------------------------------


def words_in(said: Mapping[str, Any], name: str, *, most: int = _LONGEST_WORDS) -> str:
    """A text; empty when it was left out.

    Raises:
        InputError: No text, or too long.
    """
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise InputError(f"{name}: must be text of at most {most:,} characters")
    return value.strip()


def id_in(said: Mapping[str, Any], name: str) -> str:
    """An id.

    Raises:
        NotFoundError: None, or no usable one; in the words for an id that never was.
    """
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise NotFoundError(f"{name}: no such record")
    return value


def number_in(said: Mapping[str, Any], name: str, *, low: int, high: int, otherwise: int) -> int:
    """A whole number within bounds; `otherwise` when it was left out.

    Raises:
        InputError: No whole number, or outside.
    """
    value = said.get(name)
    if value is None or value == "":
        return otherwise
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= len(str(high)):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(f"{name}: must be a whole number from {low} to {high}")
    return value


def list_in(said: Mapping[str, Any], name: str) -> list[Any]:
    """A list; empty when it was left out.

    Raises:
        InputError: No list, or too long.
    """
    value = said.get(name, [])
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise InputError(f"{name}: must be a list of at most {_MOST_ITEMS} entries")
    return value
