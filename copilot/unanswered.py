"""Questions whose answer must stand in the client's material, so that its lack is worth saying.

"Do you deliver to Norway?" asks for a rule or an offer. "Can you check my order?" asks for something to be
done, and "did it go through?" for a state: no document answers those, and nothing is said about it. English;
in other languages the copilot stays silent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copilot.cues import content_words, cues
from models.patterns import pattern

if TYPE_CHECKING:
    from copilot.questions import Question

_FEWEST_WORDS = 2
_RULE = pattern(
    r"\bdo (?:you|they) (?:guys )?(?:sell|offer|deliver|ship|accept|take|support|provide|buy|charge|allow|"
    r"have (?:an?|any))\b(?! my\b)"
    r"|\b(?:is|are) there (?:an?|any)\b"
    r"|\bcan (?:i|we|one) (?:still )?(?:pay|get an?|have an?|use|return|exchange|order|buy|book|"
    r"transfer|bring|keep|rent)\b"
    r"|\b(?:am i|are we) allowed\b|\bdo (?:i|we) (?:need|have) (?:to|an?)\b"
    r"|\bhow (?:much|long) (?:is|are|does|do)\b"
    r"|\bwhat(?:'s|’s| is| are) (?:the|your) (?:policy|price|fee|charge|cost|rule|limit|deadline|opening)",
    re.IGNORECASE,
)
_STATE = pattern(
    r"\b(?:my|it|its|that|this|they|them|these|those|he|she|him|her|again|yet|already|now)\b", re.IGNORECASE
)


def asks_for_rule(question: Question) -> bool:
    """Whether a question asks for a rule or an offer, and says by itself which."""
    asked = question.asked
    return (
        "?" in asked
        and _RULE.search(asked) is not None
        and _STATE.search(asked) is None
        and not cues().leaning.search(asked)
        and len(content_words(asked)) >= _FEWEST_WORDS
    )
