"""What a generator makes of the cards on display and of a wrap-up: afterwards, beside the turns.

A few workers of their own stream the words of each new card into the live region `wording`, and of a
contact that has ended into its stored wrap-up. No turn, card or close waits for them: what finds no free
place goes without, what is late is dropped, and a card that has left the display takes its words with it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from copilot.wording import label_of
from copilot.wrap_up import draft
from models.codec import to_plain
from models.errors import UnscriptedError
from models.records import Transcript, WrapUp
from web.generation import choice_of, generator_for

if TYPE_CHECKING:
    from models.ports import Generator
    from web.live_contacts import LiveView
    from web.workspace import Workspace

log = logging.getLogger("unscripted.wording")

WORKERS = 2
"""Wordings under way at once: grounding takes processor time that turns need."""
MOST_WAITING = 16
"""Wordings that are under way or wait; a card beyond them goes without."""
_DRAFT_TIMES = 2.0
"""A wrap-up's deadline, in deadlines of a card: nobody is waiting on the line any more."""
GRACE_S = 2.0
"""How much longer than the deadline somebody who asks for a wording may wait for it."""
Outcome = Literal["worded", "nothing", "late", "failed", "not asked"]
Put = Callable[[str, str, str, Any], None]
"""Client, contact, region, what it is now."""


@dataclass(frozen=True, slots=True)
class WordedCard:
    """What a generator made of a card, so far."""

    text: str = ""
    """Sentences that are grounded in the card's sources; empty: the card stands alone."""
    label: str = ""
    """Must stand beside the text."""
    done: bool = False
    outcome: Outcome = "nothing"
    """`late`, `failed`: the card stands, with what was grounded until then. `not asked`: no generator,
    nothing to word, or too many wordings under way."""


class _Task:
    """The wording of one card."""

    __slots__ = ("dropped", "future", "now")

    def __init__(self) -> None:
        self.dropped = False
        self.now = WordedCard()
        self.future: Future[WordedCard] = Future()

    def end(self, made: WordedCard) -> None:
        """Tell whoever waits."""
        self.now = made
        with contextlib.suppress(InvalidStateError):  # it was dropped, or it ended by itself, meanwhile
            self.future.set_result(made)


class Wordings:
    """Words of live cards and wrap-ups. Safe to share between threads.

    Args:
        workspace: The data folder; its live contacts are listened to.
        put: Told of a live region as it is now.
        workers: Threads.
        most_waiting: Wordings that are under way or wait.
    """

    def __init__(
        self, workspace: Workspace, put: Put, *, workers: int = WORKERS, most_waiting: int = MOST_WAITING
    ) -> None:
        self._workspace = workspace
        self._put = put
        self._pool = ThreadPoolExecutor(workers, "wordings")
        self._places = threading.BoundedSemaphore(most_waiting)
        self._lock = threading.Lock()
        self._tasks: dict[tuple[str, str], dict[str, _Task]] = {}
        workspace.live.listeners.append(self.heard)

    def heard(self, view: LiveView) -> None:
        """A contact has changed: word its new cards, and let go of those that left. Never waits."""
        client, contact = view.transcript.client, view.transcript.id
        shown = () if view.ended else view.cards
        with self._lock:
            known = self._tasks.get((client, contact), {})
            gone = [known.pop(id) for id in set(known) - {card.id for card in shown}]
            for task in gone:
                task.dropped = True
            if not known:
                self._tasks.pop((client, contact), None)
        if gone:
            self._publish(client, contact)
        for task in gone:
            task.end(replace(task.now, done=True))
        if not shown and not view.ended:
            return
        if self._generator(client) is None:
            return
        for card in shown:
            if card.kind != "alert":
                self.begin(client, contact, card.id)
        if view.ended and view.transcript.turns:
            self._later(lambda: self._draft(client, contact))

    def begin(self, client: str, contact: str, card: str) -> Future[WordedCard]:
        """The wording of a card of a live contact, begun when it is not; the future always ends."""
        if self._generator(client) is None:
            return _ended()
        with self._lock:
            tasks = self._tasks.setdefault((client, contact), {})
            known = tasks.get(card)
            if known is not None:
                return known.future
            task = tasks[card] = _Task()
        if not self._later(lambda: self._word(client, contact, card, task), otherwise=task):
            with self._lock:  # there may be room when it is asked for again
                self._tasks.get((client, contact), {}).pop(card, None)
        return task.future

    def deadline_s(self, client: str) -> float:
        """How long somebody who asks for a wording may wait, in seconds."""
        return choice_of(self._workspace.knowledge_base(client).profile).deadline_s + GRACE_S

    def stop(self) -> None:
        """Begin nothing more; what is under way ends by its own deadline."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    # -- parts ------------------------------------------------------------------------------

    def _generator(self, client: str) -> Generator | None:
        """As the client wants it now: an opt-in that was taken back counts at once."""
        try:
            profile = self._workspace.knowledge_base(client).profile
            return generator_for(self._workspace.generation, profile)
        except UnscriptedError as problem:
            log.warning("no generator: %s", type(problem).__name__)
            return None

    def _later(self, work: Callable[[], None], *, otherwise: _Task | None = None) -> bool:
        """Whether there was a place for it. A task always ends, whatever becomes of the work."""

        def run() -> None:
            try:
                work()
            except Exception as problem:  # noqa: BLE001 - whatever breaks, the card stands
                log.warning("wording failed: %s", type(problem).__name__)
            finally:
                self._places.release()
                if otherwise is not None and not otherwise.future.done():
                    otherwise.end(replace(otherwise.now, done=True, outcome="failed"))

        if self._places.acquire(blocking=False):
            try:
                self._pool.submit(run)
            except RuntimeError:  # the server is stopping
                self._places.release()
            else:
                return True
        if otherwise is not None:
            otherwise.end(WordedCard(done=True, outcome="not asked"))
        return False

    def _word(self, client: str, contact: str, card: str, task: _Task) -> None:
        if task.dropped:
            return
        stream = self._workspace.live.session(client, contact).word(card)
        label = ""
        while True:
            try:
                sentence = next(stream)
            except StopIteration as end:
                made = end.value
                break
            if task.dropped:
                stream.close()
                return
            label = label or self._label(client, contact, card)
            task.now = WordedCard(f"{task.now.text} {sentence}".strip(), label)
            self._publish(client, contact)
        task.end(WordedCard(made.text, made.label, done=True, outcome=made.outcome))
        if not task.dropped:
            self._publish(client, contact)

    def _label(self, client: str, contact: str, card: str) -> str:
        """Words of a generator never stand without their label, also while they come."""
        made = self._workspace.live.session(client, contact).state.made
        return next((label_of(one.sources) for one in made if one.id == card), label_of(()))

    def _publish(self, client: str, contact: str) -> None:
        with self._lock:
            tasks = self._tasks.get((client, contact), {})
            words = {
                id: {"text": task.now.text, "label": task.now.label, "done": task.now.done}
                for id, task in tasks.items()
                if task.now.text
            }
            # Within the lock, so that an older state never comes after a newer one.
            self._put(client, contact, "wording", words)

    def _draft(self, client: str, contact: str) -> None:
        """Put a drafted text beside the lines of a stored wrap-up, unless a person was faster."""
        kb = self._workspace.knowledge_base(client)
        generator = self._generator(client)
        if generator is None:
            return
        transcript = kb.store.get(kb.client, Transcript, contact)
        before = kb.store.get(kb.client, WrapUp, contact)
        if before.drafted or before.edited_by:
            return
        language = transcript.language or "en"
        deadline_s = _DRAFT_TIMES * choice_of(kb.profile).deadline_s
        after, made = draft(before, generator, deadline_s=deadline_s, encoder=kb.encoder, language=language)
        if not made.text:
            return
        # Refused when a person has changed it meanwhile, or it was erased: theirs counts.
        kb.store.put(kb.client, after, expected=before)
        self._put(client, contact, "wrap_up", to_plain(kb.store.get(kb.client, WrapUp, contact)))


def _ended() -> Future[WordedCard]:
    task = _Task()
    task.end(WordedCard(done=True, outcome="not asked"))
    return task.future
