"""Made-up documents of a client, as many as wanted, and questions to them: the same for the same seed.

The words are ours. A document is about one product and one subject; a section states amounts, days and
conditions, 60 to 120 words long, so that it becomes one passage. Names of products are made of syllables,
so that there are many rare words, as in a real catalogue, beside the few hundred that every policy uses.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

SYLLABLES = "ba be bri ca cor da del dor el fa fen gal har il ka kel lan lo mar mi nor or pa quin ra ri sel \
ta tor ul va vel wex yor za zen".split()
KINDS = "kettle,router,mattress,tablet,heater,parcel plan,travel card,phone contract,broadband line,savings \
account,car policy,season ticket,camera,washing machine,coat,gift card,meal box,meter,loan,alarm".split(",")
SUBJECTS = "returns,refunds,delivery,cancellation,warranty,repairs,billing,late payment,price changes,moving \
house,lost items,damaged goods,complaints,upgrades,identity checks,data requests,discounts,installation,\
exchanges,outages".split(",")
PLACES = "shop,depot,app,website,branch,call centre,warehouse,partner store,post office,help desk".split(",")
ACTORS = "customer,account holder,agent,supervisor,courier,engineer,billing team,guarantor,new tenant,\
carer".split(",")
THINGS = "receipt,order number,serial number,proof of address,photo,signed form,reference,meter reading,\
invoice,letter,original box,contract".split(",")
ACTS = "send back,replace,repair,collect,cancel,renew,transfer,inspect,credit,charge,return,hold,release,\
confirm,extend,suspend".split(",")
RULES = (
    "The {actor} may {act} the {name} within {days} days of {event}, if the {thing} is shown at the {place}.",
    "A fee of £{amount} applies when the {name} is opened, and no fee when it is still sealed.",
    "If the {thing} is missing, the {actor} asks the {place} for a copy, which takes {days} working days.",
    "For {subject}, the {place} needs the {thing} and the {thing2}; without them nothing is promised.",
    "Payments of more than £{amount} go to a supervisor, who answers before {hour} on the same day.",
    "When the {name} was bought with a {other}, both are handled as one order and the lower price counts.",
    "Outside the {place} hours, from {hour} to 8 am, the {actor} leaves a number and is called back.",
    "Nobody may {act} a {name} that was reported stolen; the {actor} tells the {place} at once.",
    "The {name} costs £{amount} a month in the first year and £{amount2} a month after that.",
    "In the north, {subject} takes {days} days longer, because the {place} there opens on weekdays alone.",
    "The {actor} keeps the {thing} for {months} months; after that the {place} destroys it.",
    "A second request in {months} months is refused, except after a fault that an engineer confirmed.",
)
ASKED = (
    "how long do I have to {act} my {name}",
    "what does {subject} for the {name} cost",
    "do I need the {thing} for {subject} of a {name}",
    "can I {act} the {name} at the {place}",
    "who decides about {subject} when it is more than {amount} pounds",
    "I lost the {thing} of my {name}, what now?",
    "the {name} came broken and I want my money back",
    "how much is the {name} per month after the first year",
)
EVENTS = "delivery,purchase,the first bill,activation,the move,the fault".split(",")
SECTIONS = 8
"""Sections, hence passages, of a document."""


def _fill(line: str, chance: random.Random, name: str, subject: str) -> str:
    return line.format(
        name=name, subject=subject, other=chance.choice(KINDS), actor=chance.choice(ACTORS),
        act=chance.choice(ACTS), thing=chance.choice(THINGS), thing2=chance.choice(THINGS),
        place=chance.choice(PLACES), event=chance.choice(EVENTS), days=chance.randint(2, 60),
        hour=f"{chance.randint(4, 9)} pm", months=chance.randint(2, 24), amount=chance.randint(5, 400),
        amount2=chance.randint(5, 400),
    )  # fmt: skip


def _about(number: int) -> tuple[random.Random, str, str]:
    chance = random.Random(number)
    name = "".join(chance.choices(SYLLABLES, k=3)).capitalize() + f" {chance.choice(KINDS)}"
    return chance, name, SUBJECTS[number % len(SUBJECTS)]


def document(number: int) -> tuple[str, str]:
    """Title and Markdown text of one document."""
    chance, name, subject = _about(number)
    title = f"{subject.capitalize()} for the {name}"
    parts = [f"# {title}"]
    for _ in range(SECTIONS):
        lines = [_fill(line, chance, name, subject) for line in chance.sample(RULES, chance.randint(3, 5))]
        heading = (
            f"{chance.choice(ACTS).capitalize()} at the {chance.choice(PLACES)}: {chance.choice(THINGS)}"
        )
        parts.append(f"## {heading}\n\n{' '.join(lines)}")
    return title, "\n\n".join(parts) + "\n"


def questions_with_answers(count: int, documents: int, *, seed: int = 1) -> list[tuple[str, int]]:
    """Questions, each with the number of the one of the first so many documents that it is about."""
    chance = random.Random(seed)
    asked = []
    for _ in range(count):
        number = chance.randrange(documents)
        _, name, subject = _about(number)
        asked.append((_fill(chance.choice(ASKED), chance, name, subject), number))
    return asked


def questions(count: int, documents: int, *, seed: int = 1) -> list[str]:
    """Questions, each about one of the first so many documents."""
    return [question for question, _ in questions_with_answers(count, documents, seed=seed)]


def write_folder(folder: Path, passages: int) -> int:
    """Write Markdown files that give about so many passages; how many files."""
    count = -(-passages // SECTIONS)
    for number in range(count):
        path = folder / f"{number // 500:03d}" / f"{number:06d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(number)[1], "utf-8")
    return count


def read_data(data: Path, passages: int) -> Iterator[tuple[str, str]]:
    """(title, text) of real passages, taken again with a number in front once they are used up.

    Args:
        data: A folder of JSON lines whose rows hold a `text` (and a `page_title` or `title`).
        passages: How many.
    """
    found: list[tuple[str, str]] = []
    for path in sorted(data.rglob("*passages.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found.append((str(row.get("page_title") or row.get("title") or ""), str(row["text"])))
    if not found:
        raise SystemExit(f"{data}: holds no *passages.jsonl")
    for number in range(passages):
        title, text = found[number % len(found)]
        copy = number // len(found)
        yield title, f"Notice {copy} of region {copy % 97}: {text}" if copy else text


def data_questions(data: Path, count: int) -> Sequence[str]:
    """Questions that stand beside the passages of `read_data`, a seeded sample."""
    asked = [
        str(json.loads(line)["question"])
        for path in sorted(data.rglob("*questions.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return random.Random(1).sample(asked, min(count, len(asked)))
