"""Heavy scripting: scripted wording in a place where it hurts.

Scripted is not bad by itself; every finding here needs a trigger. Each points at the words, says in a
layman's terms why, and offers what to say instead. Confidences are starting choices, not measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

from models.patterns import pattern
from models.records import Finding, Span, UsualScripting
from models.words import content, words
from qa.detectors.collisions import collisions
from qa.detectors.hollow_empathy import hollow_empathy
from qa.detectors.scripting import ANY, COURTESY, LEAST_WORDS, Recital, ScriptBook, addresses, scripted_share
from qa.detectors.talk import (
    CONFIDENCE,
    NAME,
    Reply,
    Talk,
    find,
    raise_finding,
    read_talk,
    says,
    seconds_between,
)

if TYPE_CHECKING:
    from models.readings import Reading

SAME = 0.92
"""Spelling similarity from which two sentences are the same sentence."""
LONG_SENTENCE = 8
"""Words from which a repeated sentence is noticed where no script is known."""
HOLD_APART_S = 180.0
"""Hold notices further apart than this are service."""
MOST_THANKS = 10
"""Words up to which a sentence of thanks is only that."""
RECITAL_WORDS = 45
"""Words of script in one reply above which it is a monologue."""
ONE_LINE = 20
"""Words a customer's question may have to be one line."""
MOSTLY = 0.7
"""Share of a reply's words that are script, for it to be a script instead of an answer."""
SAME_QUESTION = 0.8
"""Spelling similarity from which a customer's question is the earlier one again."""
NINETY = 90
"""Place of the 90th percentile among 101 quantiles."""
LEAST_HEAVY = 0.2
"""Below this share nothing is heavy, however little script is usual."""
HEAVY_SHARE = 0.6
"""Share of script in a contact that is heavy, as long as the client's own 90th percentile is not known."""

_OWN_READING = pattern(r"\b(?:i|we|i['’]m|i am|i was|we were|i have been)\s*$", re.IGNORECASE)
_OWN_WORDS = "Say it in your own words, and tie it to this customer's case."


class HeavyScriptingDetector:
    """Raises the seven heavy-scripting labels.

    Args:
        book: The client's lines.
        names: The client's own names (company, brands, products).
    """

    name = NAME
    labels: tuple[str, ...] = (*CONFIDENCE, "scripting.heavy")

    def __init__(self, book: ScriptBook, names: Sequence[str] = ()) -> None:
        self.book = book
        self.names = tuple(names)

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, trigger by trigger."""
        return [self._read(read_talk(reading, self.book)) for reading in readings]

    def _read(self, talk: Talk) -> list[Finding]:
        found: list[Finding] = []
        triggers: tuple[Callable[[Talk], list[Finding]], ...] = (
            repeated,
            unanswered,
            called_out,
            hollow_empathy,
            monologue,
        )
        for trigger in triggers:
            found.extend(trigger(talk))
        found.extend(collisions(talk, self.names))
        return [*found, *heavy(talk, found)]


# -- the same sentence again ------------------------------------------------------------------


def repeated(talk: Talk) -> list[Finding]:
    """The same script line again in this contact; any long sentence where no script is known."""
    if not talk.book.has_library and not any(r.line.label != COURTESY for r in talk.recitals.found):
        return list(_repeated_sentences(talk))
    return list(_repeated_lines(talk))


def _repeated_lines(talk: Talk) -> Iterator[Finding]:
    said: dict[str, Recital] = {}
    for recital in talk.recitals.found:
        earlier = said.get(recital.line.text)
        if earlier is not None and _is_repeat(talk, earlier, recital):
            span, _ = addresses(recital, talk.recitals.mandatory)[0]
            yield _repetition(span, earlier.turn, recital.line.source)
        said[recital.line.text] = recital


def _is_repeat(talk: Talk, earlier: Recital, later: Recital) -> bool:
    line = later.line
    if line.part == "verification" or _is_service(talk, line.text, line.part, earlier.turn, later.turn):
        return False
    return same_sentence([word.text for word in earlier.words], [word.text for word in later.words])


def _repeated_sentences(talk: Talk) -> Iterator[Finding]:
    said: list[tuple[int, list[str]]] = []
    for turn in talk.reading.agent_turns:
        for sentence in talk.reading.of(turn):
            texts = [word.text for word in words(sentence.text, drop_fillers=True)]
            if len(texts) < LONG_SENTENCE:
                continue
            earlier = next((place for place, other in said if same_sentence(other, texts)), None)
            said.append((turn, texts))
            part = next(
                (r.line.part for r in talk.recitals.of(turn) if r.words[0].start >= sentence.span.start), ""
            )
            if earlier not in (None, turn) and not _is_service(talk, sentence.text, part, earlier, turn):
                yield _repetition(sentence.span, earlier, None)


def _is_service(talk: Talk, text: str, part: str, earlier: int, later: int) -> bool:
    """Whether saying it again is right: an identity check, a later hold, a new request, or asked for."""
    turns = talk.transcript.turns
    if part == "hold" or says("hold", text):
        apart_s = seconds_between(turns[earlier], turns[later])
        if apart_s is None or apart_s > HOLD_APART_S:
            return True
    if part == "closing" or says("closing", text):
        return _new_request(talk, earlier, later)
    thanked = len(words(text)) <= MOST_THANKS and says("thanks", text)
    return thanked or says("verification", text) or _asked_to_repeat(talk, later)


def same_sentence(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two sentences are the same but for a slip: `SAME` alike, and all their numbers equal."""
    if [w for w in one if w[:1].isdigit()] != [w for w in other if w[:1].isdigit()]:
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(" ".join(one), " ".join(other)) >= 100.0 * SAME


def _asked_to_repeat(talk: Talk, turn: int) -> bool:
    asked = [index for index in talk.reading.customer_turns if index < turn][-1:]
    return any(says("repeat_asked", talk.text(index)) for index in asked)


def _new_request(talk: Talk, earlier: int, later: int) -> bool:
    """Whether the customer brought up something between, so that asking "anything else" again is right."""
    between = [talk.text(index) for index in talk.reading.customer_turns if earlier < index < later]
    return any(len(words(text)) >= 4 and not re.match(r"\W*no\b", text, re.IGNORECASE) for text in between)  # noqa: PLR2004 - not a mere no


def _repetition(span: Span, earlier: int, source: str | None) -> Finding:
    return raise_finding(
        "scripting.repeated",
        span,
        f"The same sentence was already said in turn {earlier + 1}. Heard twice, it sounds read out.",
        "Refer to what was said before, and add what is new: a step, a date, another way.",
        source=source,
    )


# -- a script instead of an answer --------------------------------------------------------------


def unanswered(talk: Talk) -> list[Finding]:
    """A reply that is nearly all script, after a question, and the customer has to ask again."""
    found: list[Finding] = []
    for reply in talk.replies:
        if reply.after is None or reply.before is None:
            continue
        question = _open_question(talk, reply)
        recited = [
            r
            for r in talk.recited(reply)
            if r.line.part != "verification" and not says("closing", r.line.text)
        ]
        approved = [r for r in recited if r.line.label != "scripting.mined" and not _is_stock(r)]
        if question is None or not approved or talk.words(reply) == 0:
            continue
        share = sum(len(r.words) for r in talk.recited(reply)) / talk.words(reply)
        again = talk.text(reply.after)
        if share < MOSTLY or not _asks_again(again, talk.text(question)):
            continue
        longest = max(approved, key=lambda r: (len(r.words), -r.turn))
        span = max((span for span, _ in addresses(longest, talk.recitals.mandatory)), key=_length)
        found.append(
            raise_finding(
                "scripting.unanswered",
                span,
                f"The customer asked in turn {question + 1}; the reply is a passage of the script, and in "
                f"turn {reply.after + 1} the customer has to ask again or says that this was no answer.",
                "Answer the question first, in one sentence; if you cannot yet, say so and say when.",
                source=longest.line.source,
            )
        )
    return found


def _is_stock(recital: Recital) -> bool:
    """A formula of ours, not a line of the client's."""
    return recital.line.label == COURTESY and recital.line.source is None


def _open_question(talk: Talk, reply: Reply) -> int | None:
    """The customer's last question or problem before a reply, at most three customer turns back."""
    last = -1 if reply.before is None else reply.before
    before = [index for index in talk.reading.customer_turns if index <= last]
    for index in reversed(before[-3:]):
        text = talk.text(index)
        if "?" in text or says("re_asked", text) or len(content(w.text for w in words(text))) >= 5:  # noqa: PLR2004 - five content words ask something, whatever the punctuation
            return index
    return None


def _asks_again(again: str, question: str) -> bool:
    if says("re_asked", again) or says("called_out", again):
        return True
    if "?" not in again:
        return False
    from rapidfuzz import fuzz

    if fuzz.token_sort_ratio(again.casefold(), question.casefold()) >= 100.0 * SAME_QUESTION:
        return True
    asked = {w for part in re.findall(r"[^.?!]*\?", question) for w in content(x.text for x in words(part))}
    asks = {w for part in re.findall(r"[^.?!]*\?", again) for w in content(x.text for x in words(part))}
    return len(asked & asks) >= 2 and 2 * len(asked & asks) >= min(len(asked), len(asks))  # noqa: PLR2004 - two words of a question, and half of the shorter one


# -- the customer says so -----------------------------------------------------------------------


def called_out(talk: Talk) -> list[Finding]:
    """The customer says that it sounds read out; near-certain."""
    found: list[Finding] = []
    spoke: int | None = None
    for index, turn in enumerate(talk.transcript.turns):
        if turn.visibility == "internal":
            continue
        if turn.speaker in {"agent", "bot"}:
            spoke = index
        elif turn.speaker == "customer" and spoke is not None:
            hit = find("called_out", turn.text)
            own = hit is not None and _OWN_READING.search(turn.text[: hit[0]]) is not None
            if hit is not None and not own and talk.transcript.turns[spoke].speaker == "agent":
                found.append(
                    raise_finding(
                        "scripting.called_out",
                        Span(index, *hit),
                        f"The customer says that the agent's words of turn {spoke + 1} sound read out.",
                        "Leave the script: answer in your own words and take up what the customer just said.",
                    )
                )
    return found


# -- a long recital -----------------------------------------------------------------------------


def monologue(talk: Talk) -> list[Finding]:
    """A block of script of more than 45 words in answer to a one-line question."""
    found: list[Finding] = []
    for reply in talk.replies:
        asked = _short_question(talk, reply)
        if asked is None:
            continue
        block = [
            r for r in talk.recited(reply) if r.line.label == "scripting.verbatim" and not _has_reason(r)
        ]
        length = sum(len(r.words) for r in block)
        if length <= RECITAL_WORDS or _is_step_by_step(block):
            continue
        first = block[0]
        inside = [
            span
            for r in block
            for span, _ in addresses(r, talk.recitals.mandatory)
            if span.turn == first.turn
        ]
        found.append(
            raise_finding(
                "scripting.monologue",
                Span(first.turn, inside[0].start, inside[-1].end),
                f"One short question in turn {asked + 1} was answered with {length} words of script.",
                "Give the one sentence that answers, then ask whether more detail is wanted.",
                source=first.line.source,
            )
        )
    return found


def _short_question(talk: Talk, reply: Reply) -> int | None:
    """The one-line question a reply answers, also when the customer was asked for details in between."""
    last = -1 if reply.before is None else reply.before
    for index in reversed([turn for turn in talk.reading.customer_turns if turn <= last][-3:]):
        text = talk.text(index)
        if "?" in text:
            return index if len(words(text)) <= ONE_LINE else None
        if not (re.search(r"\d{3}", text) and len(words(text)) <= ONE_LINE):
            return None
    return None


def _has_reason(recital: Recital) -> bool:
    return recital.line.part in {"verification", "steps"} or says("verification", recital.line.text)


def _is_step_by_step(block: Sequence[Recital]) -> bool:
    marks = r"\b(?:first|second|third|then|next|after that|finally|step|once you|click|press|select|open)\b"
    hits = sum(len(re.findall(marks, recital.line.text, re.IGNORECASE)) for recital in block)
    return hits >= 3  # noqa: PLR2004 - a sequence


# -- the contact as a whole ---------------------------------------------------------------------


def heavy(talk: Talk, triggers: Sequence[Finding]) -> list[Finding]:
    """More script than is usual, and at least one trigger. At most one a contact, at the surest trigger.

    Usual is this client's own 90th percentile for the contact reason, once 30 past contacts are known.
    """
    share, total = scripted_share(talk.recitals)
    if not triggers or total < LEAST_WORDS:
        return []
    usual = talk.book.usual(talk.transcript)
    limit = HEAVY_SHARE if usual is None else max(LEAST_HEAVY, usual.shares[NINETY])
    if share < limit or (usual is not None and share <= usual.shares[NINETY]):
        return []
    kinds = {finding.label: finding.confidence for finding in triggers}
    surest = max(triggers, key=lambda finding: finding.confidence)
    named = ", ".join(sorted(label.removeprefix("scripting.").replace("_", " ") for label in kinds))
    reason = (
        f"{share:.0%} of what the agent said, apart from greetings, identity checks and required statements, "
        f"is script, and it hurt: {named}. {_held_against(usual)}"
    )
    confidence = 1.0 - prod(1.0 - value for value in kinds.values())
    return [
        Finding(
            "scripting.heavy",
            "minor",
            surest.span,
            round(confidence, 3),
            "scripting.heavy@1",
            reason,
            _OWN_WORDS,
        )
    ]


def _held_against(usual: UsualScripting | None) -> str:
    if usual is None:
        fixed = f"Held against a fixed share of {HEAVY_SHARE:.0%}"
        return f"{fixed}, because this client's usual share is not known yet."
    about = (
        "this client's past contacts" if usual.id == ANY else "this client's past contacts for this reason"
    )
    return f"Nine in ten of {usual.contacts} of {about} have at most {usual.shares[NINETY]:.0%}."


def _length(span: Span) -> int:
    return span.end - span.start
