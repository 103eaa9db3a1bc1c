"""Whether a statement was made in a contact: word for word, in part, or in other words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge_base.hearing import NEGATIONS, PART, changed, garbled, sureness
from models.alignment import Alignment, Template, align_words, compile_template, same_word
from models.records import Speaker, Transcript
from models.sentences import split_sentences
from models.stems import stem
from models.words import SLOT, STOP_WORDS, SpokenWord, content, is_back_channel, stretches, words

COMPLETE = 0.97
"""Share of the fixed words, in order, that make a word-for-word statement complete."""
WELL_SAID = 0.85
"""Share that makes a statement complete which need not be word for word."""
SENTENCE = 0.6
"""Share of each sentence's content words that make a paraphrase complete."""
MOST, LEAST = 0.75, 0.4
"""Or this share of all content words with at least that share of each sentence's."""
WHOLE_SENTENCE = 0.8
"""Share of one sentence's words from which a statement of several counts as begun."""
LEAST_RECALL = 0.7
"""Share that is asked for however unsure the recogniser was."""

_SPEAKERS: tuple[Speaker, ...] = ("agent", "bot", "supervisor")
_FREE = frozenset({"free", "gratis", "nothing", "neither"})
_BEGUN = 6
"""Words of a wording, one after the other, from which it was begun."""
_FEW_CONTENT = 3
_ABOUT = 2
"""Words that a sentence shares with a statement it may be about."""
_TOPICS = (
    (
        r"(?i)\b(?:call|conversation|chat|line)s?\b[^.?!]{0,40}\b(?:record|monitor|kept|keep|listened)\w*|"
        r"\b(?:record|monitor|keep)\w*[^.?!]{0,20}\b(?:call|conversation|chat)s?\b"
    ),
)
"""What a statement is about when hardly a word of it is left: "this call may be recorded"."""
_SHORT_TURN = 4
_NEARBY = 6


@dataclass(frozen=True, slots=True)
class Statement:
    """A wording, sentence by sentence."""

    verbatim: bool
    sentences: tuple[Template, ...]
    topics: tuple[int, ...] = ()
    """Positions in the list of known topics it speaks of."""


@dataclass(frozen=True, slots=True)
class Said:
    """Where a statement was made, and how far."""

    complete: bool
    words: tuple[SpokenWord, ...]
    """The words that make it, in order; never empty."""
    missing: tuple[str, ...]
    """Words of the wording that were not said; content words only when it need not be verbatim."""


def compile_statement(text: str, *, verbatim: bool, language: str = "en") -> Statement:
    """A wording made ready: headings are left out, slots may be filled with anything."""
    body = re.sub(r"^\s*#{1,6}\s.*$", "", text, flags=re.MULTILINE)
    body = re.sub(r"(?<=\S)\n(?=\S)", " ", body)
    sentences = (compile_template(body[start:end]) for start, end in split_sentences(body, language))
    topics = tuple(number for number, topic in enumerate(_TOPICS) if re.search(topic, body))
    return Statement(verbatim, tuple(template for template in sentences if template.words), topics)


@lru_cache(maxsize=512)  # several detectors ask for the same statement in the same contact
def find_statement(statement: Statement, transcript: Transcript) -> Said | None:
    """The best place where a statement was made, across turns that a short word of the customer splits.

    A word-for-word statement is complete with `COMPLETE` of its words in order, fewer when the recogniser
    says it was unsure; a number or a negation that is missing, or a negation put in, always counts as a
    change. Otherwise a paraphrase is complete when it has `SENTENCE` of each sentence's content words and
    every number. A statement begun or changed is returned with `complete` False.

    Args:
        statement: From `compile_statement`.
        transcript: Any contact; agent, bot and supervisor may make a statement.

    Returns:
        None when it was not made, not even in part.
    """
    if not statement.sentences:
        return None
    said = _said(transcript)
    candidates = [found for stretch in said for found in (_whole(statement, stretch, transcript),) if found]
    pieces = _piecewise(statement, said, transcript)
    if pieces is not None:
        candidates.append(pieces)
    if not (statement.verbatim and candidates):
        other = (_paraphrase(statement, window, transcript) for window in _windows(statement, said))
        candidates.extend(found for found in other if found)
    if not candidates:
        return _touched(statement, said, transcript)
    # `max` keeps the first of equals: the earliest complete one.
    return max(candidates, key=lambda found: (found.complete, 0 if found.complete else -len(found.missing)))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was said in one go."""

    words: tuple[SpokenWord, ...]
    texts: tuple[str, ...]
    stems: frozenset[str]
    """Of the words that carry meaning."""


@lru_cache(maxsize=4)  # one statement after the other is looked for in the same contact
def _said(transcript: Transcript) -> tuple[_Stretch, ...]:
    found = []
    for said in stretches(transcript, speakers=_SPEAKERS, passes=_lets_pass):
        texts = tuple(word.text for word in said)
        found.append(_Stretch(tuple(said), texts, frozenset(content(texts))))
    return tuple(found)


@lru_cache(maxsize=8192)  # a live contact is read again with every turn, and only its end is new
def _aligned(template: Template, texts: tuple[str, ...]) -> Alignment:
    return align_words(template, texts)


@lru_cache(maxsize=4096)
def _speaks_of(text: str, topics: tuple[int, ...]) -> bool:
    return any(re.search(_TOPICS[number], text) for number in topics)


def _touched(statement: Statement, said: Sequence[_Stretch], transcript: Transcript) -> Said | None:
    """A sentence about the same thing in wholly other words."""
    for stretch in said if statement.topics else ():
        turns = {word.turn for word in stretch.words}
        if not any(_speaks_of(transcript.turns[turn].text, statement.topics) for turn in turns):
            continue
        for sentence in by_sentence(stretch.words, transcript):
            text = transcript.turns[sentence[0].turn].text[sentence[0].start : sentence[-1].end]
            if text.count("?") == 0 and _speaks_of(text, statement.topics):
                there = {stem(word.text) for word in sentence}
                every = dict.fromkeys(word for template in statement.sentences for word in template.words)
                missing = (w for w in every if w not in STOP_WORDS and stem(w) not in there)
                return Said(False, tuple(sentence), tuple(missing))
    return None


def _lets_pass(text: str) -> bool:
    return is_back_channel(text) or ("?" not in text and len(words(text)) <= _SHORT_TURN)


def _windows(statement: Statement, said: Sequence[_Stretch]) -> Iterator[Sequence[SpokenWord]]:
    """Stretches, then pairs of them, in which a sentence may be about a statement: two of its words."""
    wanted = frozenset(word for template in statement.sentences for word in content(template.words))
    shared = [(stretch.words, stretch.stems & wanted) for stretch in said]
    yield from (stretch for stretch, own in shared if len(own) >= _ABOUT)
    for (stretch, own), (other, more) in pairwise(shared):
        if len(own | more) >= _ABOUT:
            yield (*stretch, *other)


@lru_cache(maxsize=256)
def _joined(statement: Statement) -> Template:
    slots = tuple(slot for template in statement.sentences for slot in template.slots)
    return Template(tuple(word for each in statement.sentences for word in each.words), slots)


def _whole(statement: Statement, said: _Stretch, transcript: Transcript) -> Said | None:
    template, stretch = _joined(statement), said.words
    hit = _aligned(template, said.texts)
    if not _is_part(template, stretch, hit):
        return None
    inside = stretch[hit.start : hit.end]
    sure = sureness(inside, transcript)
    complete = hit.recall >= _threshold(statement, sure) and not changed(hit, template, inside, sure)
    complete = complete or garbled(template, stretch, hit, transcript)
    return Said(complete, tuple(inside), hit.missing)


def _piecewise(statement: Statement, said: Sequence[_Stretch], transcript: Transcript) -> Said | None:
    """Sentence by sentence, when something was said in between."""
    if len(statement.sentences) == 1:
        return None
    pieces: list[tuple[Template, Alignment, Sequence[SpokenWord]]] = []
    missing: list[str] = []
    for template in statement.sentences:
        hits = [(_aligned(template, stretch.texts), stretch.words) for stretch in said]
        hit, stretch = max(hits, key=lambda item: item[0].recall * item[0].f, default=(None, ()))
        if hit is None or hit.recall < SENTENCE or hit.precision < PART:
            missing.extend(template.words)
        else:
            pieces.append((template, hit, stretch[hit.start : hit.end]))
            missing.extend(hit.missing)
    if not pieces:
        return None
    turns = [inside[0].turn for _, _, inside in pieces]
    inside = sorted({word for _, _, part in pieces for word in part}, key=lambda w: (w.turn, w.start, w.end))
    fixed = sum(len(template.words) for template in statement.sentences)
    recall = 1.0 - len(missing) / fixed
    begun = any(
        hit.recall >= WHOLE_SENTENCE and len(content(t.words)) >= _FEW_CONTENT for t, hit, _ in pieces
    )
    if not (recall >= PART or begun) or max(turns) - min(turns) > _NEARBY:
        return None
    sure = sureness(inside, transcript)
    altered = any(changed(hit, template, part, sure) for template, hit, part in pieces)
    complete = (
        len(pieces) == len(statement.sentences) and recall >= _threshold(statement, sure) and not altered
    )
    complete = complete or (
        len(pieces) == len(statement.sentences)
        and all(
            garbled(template, part, align_words(template, [word.text for word in part]), transcript)
            or (hit.recall >= _threshold(statement, sure) and not changed(hit, template, part, sure))
            for template, hit, part in pieces
        )
    )
    return Said(complete, tuple(inside), tuple(missing))


def _paraphrase(statement: Statement, window: Sequence[SpokenWord], transcript: Transcript) -> Said | None:
    wanted = [list(dict.fromkeys(content(template.words))) for template in statement.sentences]
    every = list(dict.fromkeys(word for sentence in wanted for word in sentence))
    if len(every) < _FEW_CONTENT:
        return None
    chosen = _sentences_about(set(every), window, transcript)
    there = {stem(word.text) for word in chosen}
    covered = {word for word in every if word in there or any(same_word(word, other) for other in there)}
    share = len(covered) / len(every)
    numbers = all(word in there for word in every if any(sign.isdigit() for sign in word))
    shares = [sum(word in covered for word in sentence) / len(sentence) for sentence in wanted if sentence]
    complete = (
        not statement.verbatim
        and numbers
        and _denies_alike(statement, chosen)
        and (min(shares) >= SENTENCE or (share >= MOST and min(shares) >= LEAST))
    )
    if not complete and (share < PART or len(covered) < _FEW_CONTENT):
        return None
    names = {stem(word): word for template in reversed(statement.sentences) for word in template.words}
    missing = tuple(names[word] for word in every if word not in covered)
    return Said(complete, tuple(chosen), missing)


def _denies_alike(statement: Statement, chosen: Sequence[SpokenWord]) -> bool:
    """Whether other words deny where the wording denies, and only there ("no fee" for "without a fee")."""
    wording = {word for template in statement.sentences for word in template.words}
    said = {word.text for word in chosen}
    if wording & NEGATIONS:
        return bool(said & (NEGATIONS | _FREE))
    return not said & NEGATIONS or bool(wording & _FREE)


def _sentences_about(
    wanted: set[str], window: Sequence[SpokenWord], transcript: Transcript
) -> list[SpokenWord]:
    """The sentences of a window that are about the statement, and their neighbours that add to it."""
    groups = by_sentence(window, transcript)
    shared = [(set(content(word.text for word in group)), group) for group in groups]
    core = [
        len(own & wanted) >= _ABOUT and 2 * len(own & wanted) >= len(own)  # half of them
        for own, _ in shared
    ]
    covered = {
        word for is_core, (own, _) in zip(core, shared, strict=True) if is_core for word in own & wanted
    }
    chosen: list[SpokenWord] = []
    for index, (own, group) in enumerate(shared):
        beside = any(core[max(0, index - 1) : index + 2])
        adds = len((own & wanted) - covered) >= 2 and 4 * len(own & wanted) >= len(own)  # noqa: PLR2004
        if core[index] or (beside and adds):
            chosen.extend(group)
    return chosen


def by_sentence(said: Sequence[SpokenWord], transcript: Transcript) -> list[list[SpokenWord]]:
    """Words grouped by the sentence of their turn."""
    groups: dict[tuple[int, int], list[SpokenWord]] = {}
    borders: dict[int, list[int]] = {}
    for word in said:
        if word.turn not in borders:
            turn = transcript.turns[word.turn]
            language = turn.language or transcript.language or "en"
            borders[word.turn] = [end for _, end in split_sentences(turn.text, language)]
        number = bisect_right(borders[word.turn], word.start)
        groups.setdefault((word.turn, number), []).append(word)
    return list(groups.values())


def _is_part(template: Template, stretch: Sequence[SpokenWord], hit: Alignment) -> bool:
    if hit.recall >= PART and hit.precision >= PART:
        return True
    if hit.run >= _BEGUN and hit.precision >= WHOLE_SENTENCE and hit.matched >= 0.25 * hit.fixed:
        return True
    every = [word for word in template.words if word not in STOP_WORDS and word != SLOT]
    here = {word.text for word in stretch[hit.start : hit.end]}
    matched = [word for word in every if word in here]
    return hit.precision >= 0.7 and len(matched) >= _FEW_CONTENT and len(matched) >= 0.3 * len(every)  # noqa: PLR2004


def _threshold(statement: Statement, sure: float) -> float:
    """Lower when the recogniser was unsure: 10 % uncertain words may cost 20 % of the matches."""
    least = COMPLETE if statement.verbatim else WELL_SAID
    return max(LEAST_RECALL, least - 2.0 * (1.0 - sure))
