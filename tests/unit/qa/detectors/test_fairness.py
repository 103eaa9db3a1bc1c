"""Second-language English is never evidence: rewrites of neutral service lines raise no tone finding."""

import pytest

from models.readings import read
from models.records import Transcript, Turn
from qa.detectors.context import ContextDetector
from qa.detectors.rules import RuleDetector, load_rules

LINES = [
    "I have checked the order and the lamp will come on the Thursday.",
    "Please give me the order number and the postcode.",
    "The refund is released, it takes three to five business days.",
    "I am sorry for the long wait, I will look into it now.",
    "You can return the item within the period in the policy.",
    "The engineer should arrive between the eight and the noon.",
    "I cannot change the address, but I can cancel the order for you.",
    "Could you restart the router and tell me the colour of the light?",
    "The payment was declined by the bank, you may try another card.",
    "I have noted the complaint and the team lead will call you.",
    "Your bill is higher because the reading was an estimate.",
    "Let me confirm the details before I make the change.",
    "The voucher is valid until the end of the month.",
    "I do not have the date yet, I will write to you tomorrow.",
    "It was my mistake in the note, I have corrected it.",
    "The form is on the website, I can also send it to you.",
]


def drop_articles(line):
    return " ".join(word for word in line.split() if word.lower() not in ("the", "a", "an"))


def progressive(line):
    return (
        line.replace("I have ", "I am having ")
        .replace("I cannot", "I am not able")
        .replace("is ", "is being ")
    )


def agreement(line):
    return line.replace("takes", "take").replace("was", "were").replace(" is ", " are ")


REWRITES = {
    "as it is": lambda line: line,
    "articles dropped": drop_articles,
    "agreement": agreement,
    "progressive": progressive,
    "kindly, sir": lambda line: f"Kindly note sir, {line[0].lower()}{line[1:]}",
    "do the needful": lambda line: f"{line} Kindly do the needful and revert back to us.",
    "for a while": lambda line: f"For a while ma'am. {line}",
    "Taglish": lambda line: f"Opo ma'am, {line} Sige po, wait lang po na.",
    "Hinglish": lambda line: f"Ji sir, {line} No tension, I will do the same only.",
    "fillers": lambda line: "Um, " + line.replace(", ", ", uh, ") + " You know.",
    "lower case, no stops": lambda line: line.lower().replace(".", "").replace(",", ""),
    "capitals": str.upper,
    "thrice polite": lambda line: f"Dear customer, greetings of the day. {line} Thanking you.",
}
DETECTORS = (RuleDetector(load_rules()), ContextDetector())
WENT_WELL = {"tone.empathy", "tone.ownership", "tone.courtesy", "tone.uptake", "tone.expectation"}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES.keys())
def test_a_way_of_speaking_is_no_tone(rewrite):
    turns = []
    for line in LINES:
        turns.append(Turn(speaker="customer", text="And what about my order, how does it go on?"))
        turns.append(Turn(speaker="agent", text=rewrite(line)))
    readings = read([Transcript(id="t", client="c", turns=tuple(turns))])
    raised = [
        (finding.by, readings[0].transcript.quote(finding.span))
        for detector in DETECTORS
        for finding in detector.detect(readings)[0]
        if finding.label.startswith(("tone.", "brand.")) and finding.label not in WENT_WELL
    ]
    assert raised == []
