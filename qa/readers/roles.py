"""Who is the agent: by the source's word, by the label's name, or from the words, with a confidence.

Few vendors say it, and a score on swapped roles is worthless. So a role told from the words carries
a confidence, and below `SURE` the speaker stays `unknown` and the role-dependent checks are refused.
"""

# ruff: noqa: E501 - a row of the table reads best on one line

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.records import Speaker

SURE = 0.6
"""Below this confidence a speaker stays `unknown`."""
_BY_ELIMINATION = 0.9
_BY_NAME = 0.9
_SCALE = 4.0
"""Points between two speakers that make the log-odds 1; set so that one weak cue stays below `SURE`."""
_STRONG_CUE = 2.0
_WITHOUT_STRONG = 0.4
_MOST_PAIRS = 2_000
_READ_CHARACTERS = 20_000
"""Of each speaker: greetings and questions stand early, and a long contact must stay cheap."""

_STRONG: Mapping[Speaker, str] = {
    "agent": (
        "agent agents rep representative advisor adviser operator csr associate consultant specialist human_agent "
        "agente asesor asesora conseiller conseillere operatore operatrice atendente berater beraterin kundenberater "
        "mitarbeiter mitarbeiterin medewerker オペレーター 担当者 担当"
    ),
    "customer": (
        "customer customers caller client visitor end_user enduser shopper passenger cardholder policyholder "
        "cliente kunde kundin klant cliente お客様 顧客"
    ),
    "bot": "bot chatbot ivr automated_agent virtual_agent virtual_assistant custom_bot voicebot",
    "supervisor": "supervisor manager team_leader team_lead",
    "system": "system acd workflow",
}
_WEAK: Mapping[Speaker, str] = {
    "agent": "internal admin support seller assistant staff helpdesk",
    "customer": "user external contact lead guest buyer member",
    "system": "trigger action event",
}
"""Words that are also ordinary: as the label of a line they count only beside another label."""
_PHRASES: tuple[tuple[str, Speaker], ...] = (
    ("virtual agent", "bot"),
    ("automated agent", "bot"),
    ("virtual assistant", "bot"),
    ("customer service", "agent"),
    ("customer care", "agent"),
    ("customer support", "agent"),
    ("client service", "agent"),
    ("technical support", "agent"),
    ("tech support", "agent"),
    ("help desk", "agent"),
    ("service desk", "agent"),
    ("call center", "agent"),
    ("call centre", "agent"),
    ("human agent", "agent"),
    ("end user", "customer"),
    ("account holder", "customer"),
    ("team leader", "supervisor"),
    ("team lead", "supervisor"),
)


def _table(source: Mapping[Speaker, str]) -> dict[str, Speaker]:
    return {word.replace("_", " "): role for role, names in source.items() for word in names.split()}


_STRONG_WORDS, _WEAK_WORDS = _table(_STRONG), _table(_WEAK)
_LONGEST_LABEL = 300
_BRACKET = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]+)[)\]]\s*$")
_DIARISED = re.compile(
    r"(?:speaker|spk|spkr|channel|ch|party|participant|voice|s)?[ _-]*(?:\d{1,3}|[a-z]|uu)\Z", re.IGNORECASE
)


def is_diarised(label: str) -> bool:
    """Whether a label only tells speakers apart: `SPEAKER_00`, `S1`, `A`, `spk_0`, `channel 1`."""
    return bool(_DIARISED.match(label.strip()))


@lru_cache(maxsize=4096)
def role_of(label: str) -> Speaker | None:
    """The role a label names (`AGENT`, `Agent (Ben)`, `Ben (Customer)`, `Customer Care`), else None."""
    if len(label) > _LONGEST_LABEL:  # a sentence; patterns for labels are not made for it
        return None
    bracket = _BRACKET.match(label)
    if bracket:
        return _named(bracket.group(1)) or _named(bracket.group(2))
    return _named(label)


@lru_cache(maxsize=4096)
def is_weak(label: str) -> bool:
    """Whether the label is an ordinary word too (`Contact`, `Support`)."""
    return _plain(label) in _WEAK_WORDS


def _plain(label: str) -> str:
    text = re.sub(r"[^\w]+|_+", " ", label.casefold()).strip()
    return re.sub(r"[ ]*\d{1,3}$", "", text) if not text.isdigit() else text


def _named(label: str) -> Speaker | None:
    text = _plain(label)
    found = _STRONG_WORDS.get(text) or _WEAK_WORDS.get(text)
    if found:
        return found
    parts = text.split()
    most_words = 5
    if not 1 < len(parts) <= most_words:
        return None
    for phrase, role in _PHRASES:
        if text.startswith(phrase) or text.endswith(phrase):
            return role
    known = [part for part in parts if part in _STRONG_WORDS]
    if len(known) == 1 and known[0] in (parts[0], parts[-1]):
        return _STRONG_WORDS[known[0]]
    if len(known) > 1 and known[-1] == parts[-1]:
        return _STRONG_WORDS[parts[-1]]
    return None


_CUES: tuple[tuple[float, str], ...] = (
    (
        3,
        r"\bthank(?:s| you)(?: very much| so much)? for (?:calling|contacting|reaching|chatting|holding|choosing|phoning|getting in touch|being)\b",
    ),
    (3, r"\bhow (?:can|may|could|might) (?:i|we) (?:help|assist|be of)\b|\bwhat can i (?:do for|help)\b"),
    (
        3,
        r"\banything else (?:that )?(?:i|we) (?:can|could|may)\b|\bis there anything else\b|\bany(?:thing| other questions?) (?:else )?(?:for|from) me\b",
    ),
    (
        2,
        r"\b(?:you(?:'re| are) (?:speaking|chatting|talking) (?:with|to)|speaking with you|this is \w+ (?:speaking|from|with))\b",
    ),
    (
        2,
        r"\b(?:may|can|could) i (?:please )?(?:have|get|take|ask|confirm|verify) (?:for )?(?:your|the|you)\b",
    ),
    (
        2,
        r"\b(?:please|kindly|could you|can you|would you)\b[^.?!\n]{0,24}\b(?:confirm|verify|provide|spell|share) (?:me |us |with me |with us )?(?:your|the|with)\b|\bfor (?:security|verification)\b",
    ),
    (3, r"\b(?:calls?|line|conversation|chat)\b[^.?!\n]{0,40}\b(?:recorded|monitored)\b"),
    (
        2,
        r"\byour (?:full )?(?:name|account number|order number|postcode|date of birth|booking)\b[^.?!\n]{0,40}\bplease\b",
    ),
    (
        2,
        r"\b(?:check|look into|look up|do|arrange|process|sort|fix|book|cancel|take care of) (?:that|this|it|these) (?:out |up )?for you\b",
    ),
    (
        1.5,
        r"\blet me (?:just |quickly |go ahead and )?(?:check|look|pull|see what|see if|take a look|transfer|verify|bring up|have a look)\b",
    ),
    (
        1.5,
        r"\bi(?:'ll| will|'m going to|'ve| have)(?: just| now| go ahead and)? (?:check|look into|process|transfer|connect you|escalate|raise|located|pulled up|sen[dt] you|credit|refund|arrange|place you|put you|added|submit)",
    ),
    (
        1.5,
        r"\b(?:one moment|bear with me|on (?:a brief |a short )?hold|thank(?:s| you) for (?:waiting|your patience|holding)|while i (?:check|look|pull))\b",
    ),
    (
        1.5,
        r"\b(?:i|we) (?:sincerely |do |truly |really )?apologi[sz]e for\b|\bi(?:'m| am) (?:so |very |really )?sorry (?:to hear|for the|about)|\bi (?:completely |fully |can |totally )?understand your\b",
    ),
    (
        2,
        r"\bi(?:'d| would|'ll| will) be (?:more than )?(?:happy|glad|delighted) to (?:help|assist|look|check)|\bi can (?:certainly |definitely )?(?:help|assist) you\b",
    ),
    (
        1,
        r"\bhave a (?:great|nice|good|lovely|wonderful) (?:day|evening|weekend|one|rest)\b|\bwelcome to\b",
    ),
    (
        1,
        r"\b(?:our (?:records?|system|policy|team|terms)|on (?:my|our) (?:end|side|screen|system)|i (?:can )?see (?:here|that your|your))\b",
    ),
    (
        0.5,
        r"\byour (?:account|order|policy|booking|reservation|bill|name|date of birth|postcode|zip|address|phone number|details)\b",
    ),
    (
        -2.5,
        r"\bi(?:'m| am|'ve| have)?(?: just| only)? (?:calling|ringing|phoning|called|writing|contacting you)\b|\bthe reason i(?:'m| am) calling\b",
    ),
    (
        -2,
        r"\bi(?:'d| would) (?:like|want|love) to (?:cancel|return|order|know|add|change|speak|complain|report|check|get|buy|book|make|activate|see if i)\b|\bi(?:'d| would) like (?:a|some|my|you|the)\b",
    ),
    (
        -1.5,
        r"\bi (?:want(?:ed)?|need(?:ed)?|was hoping|tried|can'?t|cannot|couldn'?t|didn'?t|haven'?t|ordered|bought|purchased|received|paid|was charged|got charged|was told|lost|forgot)\b",
    ),
    (
        -1,
        r"\bmy (?:account|order|bill|phone|card|internet|package|parcel|flight|booking|money|refund|policy|subscription|password|name is|number is|address is|husband|wife|son|daughter)\b",
    ),
    (
        -1.5,
        r"\b(?:isn'?t|is not|stopped|not|doesn'?t|won'?t|keeps?) (?:working|work|arrived|turn|dropping|crashing)\b|\bi have a (?:problem|question|issue)|\bi(?:'m| am) having (?:trouble|a problem|some|an? )",
    ),
    (
        -1,
        r"\bcan you (?:help|tell|check|please tell|fix|explain)\b|\bhow (?:long|much) (?:will|does|is|do)\b|\bthank(?:s| you),? (?:for your help|you too)|\bno,? that(?:'s| is| will be) (?:all|it|everything)\b",
    ),
    (
        3,
        r"\bwie (?:kann|darf) ich (?:ihnen|dir) (?:be)?hilf|\bwie (?:kann|darf) ich (?:ihnen|dir) (?:weiter)?helfen|\bdanke für ihren anruf|\bwas kann ich für sie tun",
    ),
    (
        3,
        r"\ben qué (?:le |te )?puedo (?:ayudar|servir)|\bgracias por (?:llamar|comunicarse|contactar)|\bcomment puis-je vous aider|\bmerci (?:d'avoir appelé|de votre appel)",
    ),
    (
        3,
        r"\bwaarmee kan ik (?:u|je) (?:van dienst|helpen)|\bcome posso (?:aiutar|esser)|\bem que posso (?:ajudar|ser útil)|\bお電話ありがとうございます|\bどのようなご用件",
    ),
)
_MOST_HITS = 2
_INTRODUCES = r"(?:my name is|my name's|this is|i'm|i am|you're speaking with|ich bin|mein name ist|me llamo|mi nombre es|je suis)\s+(?:agent\s+)?{name}\b"


@lru_cache(maxsize=1)
def _cues() -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((weight, re.compile(pattern, re.IGNORECASE)) for weight, pattern in _CUES)


def points(text: str) -> tuple[float, bool]:
    """How much a text reads like an agent's (above 0) or a customer's (below), and whether a strong cue is in it.

    A strong cue is one that hardly anybody but an agent says: greeting, verification, closing.
    """
    text = text[:_READ_CHARACTERS].replace("’", "'")
    total = 0.0
    strong = False
    for weight, cue in _cues():
        hits = 0
        for _ in cue.finditer(text):
            hits += 1
            if hits == _MOST_HITS:
                break
        total += weight * hits
        strong = strong or bool(hits and weight >= _STRONG_CUE)
    return total, strong


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays which role."""

    roles: Mapping[str, Speaker]
    """By the source's name of the speaker; those who could not be told are `unknown`."""
    confidence: float
    """In [0, 1]: the least of the roles told from the words or by elimination; 1.0 when nothing was in
    doubt, 0.5 when nobody was told."""


def cast(lines: Iterable[tuple[str, str]], stated: Mapping[str, Speaker]) -> Cast:
    """Give every speaker of `lines` (name, text) a role, starting from the `stated` ones."""
    spoken: dict[str, list[str]] = {}
    size: dict[str, int] = {}
    for who, text in lines:
        if size.setdefault(who, 0) < _READ_CHARACTERS:
            spoken.setdefault(who, []).append(text)
            size[who] += len(text)
    texts = {who: "\n".join(pieces) for who, pieces in spoken.items()}
    roles: dict[str, Speaker] = {who: stated[who] for who in texts if who in stated}
    doubtful = [who for who in texts if who not in roles]
    if not doubtful:
        return Cast(roles, 1.0)
    certainty = _by_introduction(doubtful, texts, roles, stated)
    left = [who for who in doubtful if who not in roles]
    certainty |= _by_words(left, texts, roles)
    told = (certainty[who] for who in doubtful if roles[who] != "unknown")
    return Cast(roles, round(min(told, default=0.5), 2))


def _by_introduction(
    doubtful: list[str], texts: Mapping[str, str], roles: dict[str, Speaker], stated: Mapping[str, Speaker]
) -> dict[str, float]:
    """`Ben` is the agent when someone known as the agent says "my name is Ben", and the other way round."""
    certainty: dict[str, float] = {}
    if len(doubtful) * len(stated) > _MOST_PAIRS:
        return certainty
    for who in doubtful:
        for name, role in stated.items():
            known, unknown = (name, who) if name not in texts else (who, name)
            if len(known) > 1 and known[0].isalpha() and not is_diarised(known):
                pattern = _INTRODUCES.format(name=re.escape(known.split("(")[0].strip()))
                if re.search(pattern, texts.get(unknown, ""), re.IGNORECASE):
                    roles[who], certainty[who] = role, _BY_NAME
                    break
    return certainty


def _by_words(left: list[str], texts: Mapping[str, str], roles: dict[str, Speaker]) -> dict[str, float]:
    if not left:
        return {}
    sides = {role for role in roles.values() if role in ("agent", "customer")}
    if len(left) == 1 and len(sides) == 1 and left[0]:
        roles[left[0]] = "customer" if "agent" in sides else "agent"
        return {left[0]: _BY_ELIMINATION}
    read = {who: points(texts[who]) for who in texts if who in left or roles[who] in ("agent", "customer")}
    marks = {who: mark for who, (mark, _) in read.items()}
    if len(marks) < 2:  # noqa: PLR2004 - one voice alone cannot be compared with anybody
        roles.update(dict.fromkeys(left, "unknown"))
        return dict.fromkeys(left, 0.5)
    top = _mean([marks[who] for who in marks if roles.get(who) == "agent"], max(marks.values()))
    low = _mean([marks[who] for who in marks if roles.get(who) == "customer"], min(marks.values()))
    # Two friends on the phone differ by small words too: without a strong cue they count for less.
    told = bool(sides) or any(strong and marks[who] == top for who, (_, strong) in read.items())
    scale = _SCALE if told else _SCALE / _WITHOUT_STRONG
    certainty: dict[str, float] = {}
    for who in left:
        if not who:  # words nobody is named for are not one voice
            roles[who], certainty[who] = "unknown", 0.5
            continue
        lean = (marks[who] - low) - (top - marks[who])
        certainty[who] = 1 / (1 + math.exp(-min(abs(lean), 60.0) / scale))
        sure = certainty[who] >= SURE and top > low
        roles[who] = ("agent" if lean > 0 else "customer") if sure else "unknown"
    return certainty


def _mean(values: list[float], without: float) -> float:
    return sum(values) / len(values) if values else without
