"""The few sentences of a contact that its summary is made of; each is a slice of a turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from copilot import wrap_up_words as words_of
from copilot.cues import content_words, cues
from copilot.grounding import speaks_to_a_generator
from models.folding import fold
from models.patterns import pattern
from models.records import Commitment, Finding, Span, Transcript, Turn
from models.sentences import split_sentences
from models.stems import without_ending

MOST_ISSUES, MOST_DONE, MOST_COMMITMENTS, MOST_OPEN, MOST_WORDINGS = 2, 4, 3, 3, 3
_LONGEST_LINE = 140
"""Characters beyond which a line is cut to the clause that says it."""
_SHORTEST_CLAUSE = 18
_OPENING_TURNS = 4
"""Customer turns in which the issue is looked for."""
_ALIKE = 0.6
"""Share of the shorter line's words from which two lines say the same."""
_ANSWER_TURNS = 2
_SOON = 6
"""Turns within which a question counts as asked again."""
_ROOT = 3
_LATER = 1.2
"""What a customer turn is worth less as the issue than the one before it."""
_FEWEST = 2
"""Words that a matter has at least."""
_NUMBER = pattern(r"\d")


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    text: str
    folded: str
    stems: frozenset[str]


def issues(transcript: Transcript) -> list[Span]:
    """What the customer came for: the problem and the wish, as first told; and matters brought up later."""
    spoken = [one for one in _sentences(transcript, _of_customer) if one.stems]
    turns = list(dict.fromkeys(one.span.turn for one in spoken))
    opening = set(turns[:_OPENING_TURNS])
    rated = [
        (_worth_as_issue(one, turns), place) for place, one in enumerate(spoken) if one.span.turn in opening
    ]
    best = sorted((pair for pair in rated if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    chosen: list[_Sentence] = []
    for _, place in best:
        one = spoken[place]
        beside = not chosen or one.span.turn == chosen[0].span.turn
        if beside and not _said(one, chosen) and len(chosen) < MOST_ISSUES:
            chosen.append(one)
    if not chosen:
        chosen = [one for one in spoken if len(one.stems) > _FEWEST][:1]
    chosen += _told_before(chosen, spoken)
    for one in spoken:
        later = chosen and one.span.turn > chosen[0].span.turn
        further = later and words_of.FURTHER.search(one.folded) and len(one.stems) > _FEWEST - _is_matter(one)
        if further and len(chosen) <= MOST_ISSUES and not _said(one, chosen):
            chosen.append(one)
    chosen.sort(key=lambda one: (one.span.turn, one.span.start))
    return [_cut(transcript, one.span, words_of.PROBLEM.search) for one in chosen]


def done(transcript: Transcript) -> list[Span]:
    """What the agent says was done about the matter; the latest word on each thing."""
    found: list[_Sentence] = []
    for one in _sentences(transcript, _of_agent):
        hit = words_of.DONE.search(one.folded)
        if hit is None or one.text.rstrip().endswith("?") or words_of.ABOUT_THE_CALL.search(one.folded):
            continue
        before = one.folded[: hit.end()]
        clause = before[max(before.rfind(mark) + 1 for mark in ",;:.") :]
        if words_of.NOT_DONE.search(clause) or words_of.RULE.search(one.folded):
            continue
        made = _sentence(transcript, _cut(transcript, _told(transcript, one), words_of.DONE.search))
        if len(made.stems) > 1 or _NUMBER.search(made.text):
            found.append(made)
    kept: list[_Sentence] = []
    for one in reversed(found):
        if not _said(one, kept):
            kept.append(one)
    return [one.span for one in reversed(kept[:MOST_DONE])]


def split_commitments(
    transcript: Transcript, promised: Sequence[Commitment], finished: Sequence[Span]
) -> tuple[list[Span], list[Span]]:
    """Promises for later, and those for this contact that nobody kept.

    A promise is kept when something said later to be done has most of its words.
    """
    later: list[_Sentence] = []
    unkept: list[_Sentence] = []
    ends = [_sentence(transcript, span) for span in finished]
    for commitment in promised:
        one = _sentence(transcript, _cut(transcript, commitment.span, cues().commitment.search))
        if words_of.GREETING.search(one.folded):
            continue
        if any(end.span.turn > one.span.turn and _alike(one, end) for end in ends):
            continue
        same = any(
            end.span.turn == one.span.turn and end.span.start < one.span.end and one.span.start < end.span.end
            for end in ends
        )
        when = fold(transcript.quote(commitment.when)).text if commitment.when is not None else ""
        for_now = not when or words_of.NOW.search(when) is not None
        put_off = words_of.DEFERS.search(one.folded) is not None
        listed = unkept if for_now and commitment.when is None and put_off else later
        if not same and len(one.stems) >= _FEWEST and not _said(one, listed):
            listed.append(one)
    return [one.span for one in later[-MOST_COMMITMENTS:]], [one.span for one in unkept]


def unanswered(transcript: Transcript) -> list[Span]:
    """Customer questions that the agent left without an answer, the latest asking of each."""
    spoken = list(_sentences(transcript, _of_customer))
    left: list[_Sentence] = []
    for place, one in enumerate(spoken):
        if not _is_question(one):
            continue
        again = [later for later in spoken[place + 1 :] if _asks_again(one, later)]
        last = again[-1] if again else one
        replies = list(_replies(transcript, last.span))
        if _is_answered(one, replies, insisted=bool(again)) or _answered_later(transcript, one):
            continue
        left = [other for other in left if not _alike(other, one)]
        left.append(one)
    return [_cut(transcript, one.span, cues().asks.search) for one in left[-MOST_OPEN:]]


def customer_wordings(transcript: Transcript, alerts: Sequence[Finding]) -> list[Span]:
    """The customer's words that call for care, one line for each label, in order."""
    kept: dict[str, Span] = {}
    for alert in alerts:
        if alert.span is not None and alert.label.startswith("customer.") and alert.label not in kept:
            kept[alert.label] = _around(transcript, alert.span)
    spans: list[Span] = []
    for span in kept.values():
        if not any(span.turn == one.turn and span.start < one.end and one.start < span.end for one in spans):
            spans.append(span)
    return sorted(spans, key=lambda span: (span.turn, span.start))[:MOST_WORDINGS]


# -- parts --------------------------------------------------------------------------------------


def _of_agent(turn: Turn) -> bool:
    return turn.speaker == "agent" and turn.visibility == "public"


def _of_customer(turn: Turn) -> bool:
    return turn.speaker == "customer" and turn.visibility == "public"


def _sentences(transcript: Transcript, wanted: Callable[[Turn], bool]) -> Iterator[_Sentence]:
    for index, turn in enumerate(transcript.turns):
        if not wanted(turn):
            continue
        for start, end in split_sentences(turn.text, turn.language or transcript.language or "en"):
            words = turn.text[start:end]
            if speaks_to_a_generator(words):
                break  # nor is what follows it meant for a colleague
            if not cues().small_talk.match(words):
                yield _sentence(transcript, Span(index, start, end))


def _sentence(transcript: Transcript, span: Span) -> _Sentence:
    text = transcript.quote(span)
    stems = frozenset(
        without_ending(word, shortest=_ROOT) for word in content_words(text) if not word.isdigit()
    )
    return _Sentence(span, text, fold(text).text, stems)


def _worth_as_issue(one: _Sentence, turns: Sequence[int]) -> float:
    told = len(one.stems) > _FEWEST and "[" not in one.text  # a mark of the redactor: it tells who, not what
    if words_of.TRIVIAL.match(one.folded) or not (told or _is_matter(one)):
        return 0.0
    worth = 1.0 * (words_of.PROBLEM.search(one.folded) is not None)
    worth += 0.7 * (one.text.rstrip().endswith("?") or words_of.WANTS.search(one.folded) is not None)
    worth += 0.1 * min(6, len(one.stems))
    return worth - _LATER * turns.index(one.span.turn)


def _told_before(chosen: Sequence[_Sentence], spoken: Sequence[_Sentence]) -> list[_Sentence]:
    """Of a lone question, what the customer told right before it: "They sent beige. Can I swap it?"."""
    if len(chosen) != 1:
        return []
    at = spoken.index(chosen[0])
    before = spoken[at - 1] if at else None
    told = before is not None and before.span.turn == chosen[0].span.turn and len(before.stems) > _FEWEST
    return [before] if before is not None and told else []


def _is_matter(one: _Sentence) -> bool:
    wants = one.text.rstrip().endswith("?") or words_of.WANTS.search(one.folded)
    wrong = words_of.PROBLEM.search(one.folded)
    return bool(wants or wrong) and len(one.stems) >= (1 if wants else _FEWEST)


def _is_question(one: _Sentence) -> bool:
    return (
        one.text.rstrip().endswith("?")
        and bool(one.stems)
        and not words_of.TRIVIAL.match(one.folded)
        and not words_of.RHETORICAL.search(one.folded)
    )


def _replies(transcript: Transcript, asked: Span) -> Iterator[_Sentence]:
    """What the agent said next, up to two turns and not past the customer's next question."""
    seen = 0
    for index in range(asked.turn + 1, len(transcript.turns)):
        turn = transcript.turns[index]
        if _of_customer(turn) and "?" in turn.text and seen:
            return
        if _of_agent(turn):
            seen += 1
            for start, end in split_sentences(turn.text, turn.language or transcript.language or "en"):
                yield _sentence(transcript, Span(index, start, end))
            if seen == _ANSWER_TURNS:
                return


def _asks_again(one: _Sentence, later: _Sentence) -> bool:
    near = later.span.turn - one.span.turn <= _SOON
    return (
        near
        and later.span.turn > one.span.turn
        and (
            (words_of.ASKED_AGAIN.search(later.folded) is not None and bool(later.stems & one.stems))
            or (later.text.rstrip().endswith("?") and _alike(one, later))
        )
    )


def _is_answered(one: _Sentence, replies: Sequence[_Sentence], *, insisted: bool) -> bool:
    """Whether what the agent said next answers; of a customer who insists only words about it do."""
    said = [reply for reply in replies if not reply.text.rstrip().endswith("?")]
    if not any(content_words(reply.text) or words_of.YES_NO.search(reply.folded) for reply in said):
        return bool(replies) and any(reply.text.rstrip().endswith("?") for reply in replies)
    defers = [reply for reply in said if words_of.DEFERS.search(reply.folded)]
    if defers:
        rest = [reply for reply in said if reply not in defers and len(reply.stems & one.stems) > 0]
        return bool(rest) or any(words_of.ANSWERS.search(reply.folded) for reply in said[:1])
    if not insisted:
        return True
    return any(reply.stems & one.stems or words_of.YES_NO.search(reply.folded) for reply in said)


def _answered_later(transcript: Transcript, one: _Sentence) -> bool:
    """Whether a later agent sentence takes the question's words up without putting it off."""
    later = (reply for reply in _sentences(transcript, _of_agent) if reply.span.turn > one.span.turn)
    need = 2 if len(one.stems) > 1 else 1
    return any(
        len(reply.stems & one.stems) >= need
        and not words_of.DEFERS.search(reply.folded)
        and not reply.text.rstrip().endswith("?")
        for reply in later
    )


def _said(one: _Sentence, others: Iterable[_Sentence]) -> bool:
    return any(_alike(one, other) for other in others)


def _alike(one: _Sentence, other: _Sentence) -> bool:
    shorter = min(len(one.stems), len(other.stems))
    return shorter > 0 and len(one.stems & other.stems) >= _ALIKE * shorter


def _told(transcript: Transcript, one: _Sentence) -> Span:
    """The sentence; a bare "It's done." with the one after it, which says what."""
    if len(one.stems) > 1:
        return one.span
    turn = transcript.turns[one.span.turn]
    for start, end in split_sentences(turn.text, turn.language or transcript.language or "en"):
        if start >= one.span.end:
            asks = turn.text[start:end].rstrip().endswith("?")
            return one.span if asks else Span(one.span.turn, one.span.start, end)
    return one.span


def _around(transcript: Transcript, span: Span) -> Span:
    """The sentence or clause that the words of an alert stand in."""
    turn = transcript.turns[span.turn]
    for start, end in split_sentences(turn.text, turn.language or transcript.language or "en"):
        if start <= span.start < end:
            whole = Span(span.turn, start, max(end, span.end))
            wanted = fold(turn.text[span.start : span.end]).text
            return _cut(transcript, whole, partial(_has, wanted))
    return span


def _has(wanted: str, folded: str) -> bool:
    return wanted in folded


def _cut(transcript: Transcript, span: Span, says: Callable[[str], object]) -> Span:
    """A sentence without its lead-in, and when it is long only the clauses round the one that says it."""
    text = transcript.turns[span.turn].text
    start, end = span.start, span.end
    lead = words_of.LEAD_IN.match(text[start:end])
    if lead is not None and end - start - lead.end() >= _SHORTEST_CLAUSE:
        start += lead.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start <= _LONGEST_LINE:
        return Span(span.turn, start, end)
    borders = [start, *(start + hit.start() for hit in words_of.CLAUSE_BORDER.finditer(text[start:end])), end]
    pieces = [(a, b) for a, b in pairwise(borders) if b > a]
    at = next((place for place, (a, b) in enumerate(pieces) if says(fold(text[a:b]).text)), 0)
    first = last = at
    while True:
        after = last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= _LONGEST_LINE
        before = first > 0 and pieces[last][1] - pieces[first - 1][0] <= _LONGEST_LINE
        if after:
            last += 1
        elif before:
            first -= 1
        else:
            break
    start, end = pieces[first][0], min(pieces[last][1], pieces[first][0] + 2 * _LONGEST_LINE)
    while start < end and not text[start].isalnum():
        start += 1
    return Span(span.turn, start, end)
