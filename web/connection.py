"""`Connection`: the API from Python, with the library's own records.

    with Connection("https://copilot.example.com", key) as connection:
        heard = connection.hear("call-17", [Turn("customer", "How long does a refund take?", id="t1")])
        for event in connection.events("call-17"):
            ...

Errors are the library's own tree. Requests that may be repeated are: reading, and POSTs under an
`Idempotency-Key` that is made for each call. A server that asks to wait (429, 503 with `Retry-After`) is
given the time it asks for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import quote

from models.codec import from_json, to_plain
from models.errors import ModelError
from models.records import (
    Channel,
    Dispute,
    Document,
    DocumentKind,
    DraftCheck,
    Evaluation,
    EvaluationStatus,
    FeedbackAction,
    Hit,
    Outcome,
    Span,
    Suggestion,
    Transcript,
    Turn,
    WrapUp,
    WrapUpLine,
)
from web.live_contacts import Arrival, LiveView
from web.shapes_out import (
    AnalysisOut,
    ContactList,
    ContactOut,
    DocumentList,
    EvaluationList,
    FedOut,
    HealthOut,
    HeardOut,
    HistoryOut,
    LiveList,
    MeOut,
    PublishedOut,
    QueueOut,
    ScoreOut,
)
from web.transport import AccessError, Transport, backoff

Made = TypeVar("Made")
_PREFIX = "/api/v1"
__all__ = ["AccessError", "Connection", "RegionEvent"]


@dataclass(frozen=True, slots=True)
class RegionEvent:
    """One region of a live contact, whole, as it stands since version `v`."""

    v: int
    """Rises with every change; `events(since=v)` goes on from here."""
    region: str
    """`contact`, `turns`, `suggestions`, `disclosures`, `alerts` and others."""
    value: Any
    """Plain values: dicts, lists, strings and numbers."""


class Connection:
    """A server, by its address and a key. Safe to share between threads.

    Args:
        url: Such as `https://copilot.example.com`; http only to this machine.
        key: An access key, `un_…`. The client and what may be done come from it.
        timeout_s: For one answer; analysing and scoring take longest.
        attempts: How often a request is sent at most when the server is busy or out of reach.

    Raises:
        InputError: The address is not https, nor http of this machine.
    """

    def __init__(self, url: str, key: str, *, timeout_s: float = 30.0, attempts: int = 4) -> None:
        self._transport = Transport(url, key, timeout_s=timeout_s, attempts=attempts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the sockets."""
        self._transport.close()

    # -- who and whether ----------------------------------------------------------------------

    def me(self) -> MeOut:
        """The client of the key, and who is asking."""
        return self._get(MeOut, "/clients/me")

    def ready(self) -> HealthOut:
        """Whether the server can serve, and what is missing; also when it cannot."""
        answer = self._transport.send("GET", f"{_PREFIX}/health", accept=(503,))
        return from_json(HealthOut, answer.content)

    # -- while a contact is live ----------------------------------------------------------------

    def open(self, contact: str, *, agent: str | None = None, channel: Channel = "other") -> LiveView:
        """Open a contact before its first turn."""
        return self._post(LiveView, f"/contacts/{_id(contact)}/open", {"agent": agent, "channel": channel})

    def hear(self, contact: str, turns: Sequence[Turn | Arrival], *, agent: str | None = None) -> HeardOut:
        """Turns of a live contact. A known turn id replaces the turn; give partials an id.

        Args:
            contact: Id of the contact; new: it begins.
            turns: Turns that are final, or arrivals that say so.
            agent: Whose contact it is; only an admin's key may say.
        """
        body = {"turns": [_turn(one) for one in turns], "agent": agent}
        return self._post(HeardOut, f"/contacts/{_id(contact)}/turns", body)

    def feed(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        contact: str = "",
        agent: str = "",
        close: bool = False,
    ) -> FedOut:
        """A payload as a telephony pushes it, with a `feed` key; see docs/how-to/telephony.md."""
        params = {"contact": contact, "agent": agent, "close": "true" if close else "false"}
        return self._post(FedOut, f"/feeds/{_id(kind)}", dict(payload), params=params)

    def live(self) -> LiveList:
        """Contacts that are going on: an agent's own, an admin's all."""
        return self._get(LiveList, "/live")

    def view(self, contact: str) -> LiveView:
        """All that a panel shows of a live contact, as it is now."""
        return self._get(LiveView, f"/live/{_id(contact)}")

    def check(self, draft: str, *, contact: str = "") -> DraftCheck:
        """A draft reply before it is sent, with the live contact it belongs to or by itself."""
        if contact:
            return self._post(DraftCheck, f"/contacts/{_id(contact)}/drafts", {"draft": draft})
        return self._post(DraftCheck, "/check", {"draft": draft})

    def suggest(self, turns: Sequence[Turn]) -> list[Suggestion]:
        """Cards for the last of these turns. Nothing is kept."""
        return self._post(list[Suggestion], "/suggest", {"turns": [_turn(one) for one in turns]})

    def feedback(self, contact: str, suggestion: str, action: FeedbackAction) -> None:
        """What the agent did with a card. QA never reads it."""
        body = {"suggestion": suggestion, "action": action}
        self._transport.send("POST", f"{_PREFIX}/contacts/{_id(contact)}/feedback", body=body)

    def end(self, contact: str) -> WrapUp:
        """End a contact. Again: the same wrap-up."""
        return self._post(WrapUp, f"/contacts/{_id(contact)}/close", {})

    def wrap_up(self, contact: str) -> WrapUp:
        """The wrap-up of a contact that has ended."""
        return self._get(WrapUp, f"/contacts/{_id(contact)}/wrap-up")

    def change_wrap_up(
        self,
        contact: str,
        *,
        lines: Sequence[WrapUpLine] | None = None,
        disposition: str | None = None,
        drafted: str | None = None,
    ) -> WrapUp:
        """The wrap-up as the agent changed it; None leaves a part as it is."""
        said = None if lines is None else [{"heading": one.heading, "text": one.text} for one in lines]
        body = {"lines": said, "disposition": disposition, "drafted": drafted}
        answer = self._transport.send("PUT", f"{_PREFIX}/contacts/{_id(contact)}/wrap-up", body=body)
        return from_json(WrapUp, answer.content)

    def events(self, contact: str, *, since: int = 0, seconds: float | None = None) -> Iterator[RegionEvent]:
        """What changes in a live contact, as it changes; goes on by itself after a break.

        Args:
            contact: Id of the contact; it need not have begun.
            since: Only what is newer than this version.
            seconds: How long to listen; None: until the caller stops.

        Raises:
            AccessError: The key does not open this stream, or no longer.
        """
        import httpx

        until = None if seconds is None else time.monotonic() + seconds
        failures = 0
        while until is None or time.monotonic() < until:
            try:
                for said in self._transport.stream(f"/api/live/{_id(contact)}", since, until):
                    failures = 0
                    since = max(since, said["v"])
                    yield RegionEvent(said["v"], said["region"], said["json"])
            except (httpx.HTTPError, ModelError):
                failures += 1
                if failures > self._transport.attempts:
                    raise ModelError("connection: the event stream is out of reach", retryable=True) from None
                time.sleep(backoff(failures))

    # -- what the client wants said ---------------------------------------------------------------

    def search(self, query: str, *, limit: int = 5) -> list[Hit]:
        """Passages of the client's documents that answer a question, best first."""
        return self._get(list[Hit], "/search", {"q": query, "limit": limit})

    def documents(self, kind: DocumentKind | None = None, *, all_dates: bool = False) -> DocumentList:
        """Documents in force, in short."""
        params = {"all_dates": "true" if all_dates else "false", **({"kind": kind} if kind else {})}
        return self._get(DocumentList, "/documents", params)

    def document(self, id: str) -> Document:
        """One document as it stands."""
        return self._get(Document, f"/documents/{_id(id)}")

    def put_document(self, document: Document) -> PublishedOut:
        """Make this the current version of a document; needs an admin's key."""
        body = {name: value for name, value in to_plain(document).items() if name not in ("id", "metadata")}
        answer = self._transport.send("PUT", f"{_PREFIX}/documents/{_id(document.id)}", body=body)
        return from_json(PublishedOut, answer.content)

    def withdraw_document(self, id: str) -> None:
        """Take a document out of force from now on; needs an admin's key."""
        self._transport.send("DELETE", f"{_PREFIX}/documents/{_id(id)}")

    # -- afterwards -------------------------------------------------------------------------------

    def contacts(self, *, limit: int = 100, offset: int = 0) -> ContactList:
        """Stored contacts, in short."""
        return self._get(ContactList, "/contacts", {"limit": limit, "offset": offset})

    def contact(self, id: str) -> ContactOut:
        """A stored contact with its findings, evaluation and reviews."""
        return self._get(ContactOut, f"/contacts/{_id(id)}")

    def queue(self, *, limit: int = 100, offset: int = 0) -> QueueOut:
        """Contacts that wait for a person, riskiest first."""
        return self._get(QueueOut, "/queue", {"limit": limit, "offset": offset})

    def analyse(self, transcript: Transcript) -> AnalysisOut:
        """Findings and scriptedness of a transcript; nothing is kept."""
        return self._post(AnalysisOut, "/analyse", {"transcript": _transcript(transcript)})

    def score(
        self, contact: Transcript | str, *, scorecard: str | None = None, keep: bool = False
    ) -> ScoreOut:
        """A transcript, or a stored contact by its id, held against a scorecard."""
        which = {"contact": contact} if isinstance(contact, str) else {"transcript": _transcript(contact)}
        return self._post(ScoreOut, "/score", {**which, "scorecard": scorecard, "keep": keep})

    def evaluations(
        self, *, status: EvaluationStatus | None = None, agent: str = "", limit: int = 100, offset: int = 0
    ) -> EvaluationList:
        """Evaluations with their contacts; an agent's own confirmed ones."""
        params = {"agent": agent, "limit": limit, "offset": offset, **({"status": status} if status else {})}
        return self._get(EvaluationList, "/evaluations", params)

    def evaluation(self, id: str) -> Evaluation:
        """One evaluation."""
        return self._get(Evaluation, f"/evaluations/{_id(id)}")

    def history(self, evaluation: str) -> HistoryOut:
        """All that people did with an evaluation."""
        return self._get(HistoryOut, f"/evaluations/{_id(evaluation)}/history")

    def review(self, evaluation: str, overrides: Iterable[tuple[str, Outcome, str]] = ()) -> Evaluation:
        """Confirm an evaluation under the key's name; (criterion, answer, reason) for each changed answer."""
        changed = [{"criterion": one[0], "outcome": one[1], "reason": one[2]} for one in overrides]
        return self._post(Evaluation, f"/evaluations/{_id(evaluation)}/review", {"overrides": changed})

    def acknowledge(self, evaluation: str) -> Evaluation:
        """The agent has read the score."""
        return self._post(Evaluation, f"/evaluations/{_id(evaluation)}/acknowledge", {})

    def dispute(
        self, evaluation: str, criterion: str, reason: str, *, evidence: Sequence[Span] = ()
    ) -> Dispute:
        """Object to one answer, with a reason and the words it rests on."""
        body = {"criterion": criterion, "reason": reason, "evidence": to_plain(list(evidence))}
        return self._post(Dispute, f"/evaluations/{_id(evaluation)}/disputes", body)

    # -- inside -------------------------------------------------------------------------------------

    def _get(self, kind: type[Made], path: str, params: Mapping[str, Any] | None = None) -> Made:
        return from_json(kind, self._transport.send("GET", _PREFIX + path, params=params).content)

    def _post(
        self, kind: type[Made], path: str, body: Mapping[str, Any], *, params: Mapping[str, Any] | None = None
    ) -> Made:
        return from_json(kind, self._transport.send("POST", _PREFIX + path, body=body, params=params).content)


def _id(id: str) -> str:
    return quote(id, safe="")


def _turn(one: Turn | Arrival) -> dict[str, Any]:
    turn, final = (one.turn, one.is_final) if isinstance(one, Arrival) else (one, True)
    return {**to_plain(turn), "is_final": final}


def _transcript(transcript: Transcript) -> dict[str, Any]:
    plain = to_plain(transcript)
    return {
        name: plain[name]
        for name in ("id", "turns", "agent", "channel", "language", "started_at", "metadata")
    }
