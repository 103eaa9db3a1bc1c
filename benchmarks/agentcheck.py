"""AgentCheck: pass rate per function and per group, a keyword list beside it, and the time of a long turn.

    python benchmarks/agentcheck.py

Cases and rules come from the same hand: the test half was not looked at while rules were mended, but it is
no blind test. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from models.records import Finding, Span, Transcript, Turn  # noqa: E402
from tests.agentcheck.suite import (  # noqa: E402
    SPLITS,
    Outcome,
    client,
    functions,
    run,
    scriptedness_gaps,
)

KEYWORDS = {
    "tone.rude": "deaf|shut up|stupid|dumb",
    "brand.insult": "idiot|moron|fuck|liar|fool|pathetic|bitch",
    "tone.impatient": "already told|hurry|how many times|wasting",
    "tone.dismissive": "calm down|not a big deal|only a|relax",
    "tone.condescending": "obviously|dear|simple|everyone knows",
    "tone.blaming": "your fault|own fault|should have",
    "tone.sarcastic": "good luck|congratulations",
    "tone.stiff": "hereby|pursuant|aforementioned",
    "tone.empathy": "sorry|understand",
    "tone.ownership": "i'll|i will|let me",
    "brand.threat": "or we'll|regret|police",
    "brand.discrimination": "you people|your country|foreigners|women",
    "brand.admission": "negligent|liable|our fault|we knew",
    "brand.unauthorised_offer": "refund|credit|waive|free|discount|compensate",
    "brand.guarantee": "guarantee|promise|definitely|100%",
    "brand.competitor": "telvia|northstar|apex mobile|harbour broadband|bridge",
    "brand.disparagement": "garbage|useless|terrible|clueless|rubbish",
    "brand.dead_end": "nothing i can do|can't help|policy|department",
    "brand.out_of_scope_advice": "doctor|tablets|sue|invest|shares",
    "brand.internal_disclosure": "call cent|staffed|outsourced|management",
    "privacy.secret_request": "password|pin|code|card number",
    "customer.complaint": "complain|unacceptable|terrible",
    "customer.churn": "cancel|leaving|switch",
    "customer.escalation": "manager|supervisor",
    "customer.legal": "lawyer|court|sue|ombudsman",
    "customer.vulnerable": "died|cancer|lost my job|hospital",
    "scripting.called_out": "script|robot|reading",
}
"""What a team would put in a word list in an afternoon."""


def by_keywords(contacts: Sequence[Transcript]) -> list[list[Finding]]:
    """The baseline: a label wherever one of its words stands."""
    patterns = {label: re.compile(rf"\b(?:{words})", re.IGNORECASE) for label, words in KEYWORDS.items()}
    found: list[list[Finding]] = []
    for transcript in contacts:
        findings = []
        for index, turn in enumerate(transcript.turns):
            for label, pattern in patterns.items():
                customers = label.startswith(("customer.", "scripting.called"))
                hit = pattern.search(turn.text)
                if hit is not None and (turn.speaker == "customer") == customers:
                    grave = "note" if customers or label in ("tone.empathy", "tone.ownership") else "major"
                    findings.append(Finding(label, grave, Span(index, *hit.span()), 0.5, "keywords", "-"))
        found.append(findings)
    return found


def wilson(passed: int, count: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, share = 1.96, passed / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5 / (1 + z * z / count)
    return middle - half, middle + half


def share(outcomes: Sequence[Outcome], split: str | None = None) -> tuple[int, int]:
    """How many passed, of how many."""
    chosen = [outcome for outcome in outcomes if split in (None, outcome.case.split)]
    return sum(outcome.passed for outcome in chosen), len(chosen)


def long_turn() -> tuple[float, float]:
    """CPU seconds of all wording rules on a turn of a quarter and of one million characters."""
    from models.readings import read
    from qa.detectors.client_rules import rule_detector

    detector = rule_detector(client())
    words = "I have looked at your bill and the ten dollars are for the second line. That is your own fault. "
    times = []
    for size in (1_000, 250_000, 1_000_000):
        turn = Turn(speaker="agent", text=(words * (size // len(words) + 1))[:size])
        readings = read([Transcript(id="long", client="norvane", turns=(turn,))])
        readings[0].of(0)
        start = time.process_time()
        detector.detect(readings)
        times.append(time.process_time() - start)
    return times[1], times[2]


def main() -> None:
    """Print the tables."""
    from qa import Analyser

    analyser = Analyser(client())
    everything: dict[str, list[Outcome]] = {"ours": [], "keywords": []}
    print(f"{'function':<28}{'cases':>6}{'dev':>7}{'test':>7}{'  interval of test':<19}{'keywords':>9}")
    for function in functions():
        if function.kind == "script":
            continue
        ours, listed = run(function, analyser.analyse_many), run(function, by_keywords)
        everything["ours"] += ours
        everything["keywords"] += listed
        (dev, devs), (test, tests), (words, all_of) = share(ours, "dev"), share(ours, "test"), share(listed)
        low, high = wilson(test, tests)
        print(
            f"{function.id:<28}{len(ours):>6}{dev / devs:>7.2f}{test / tests:>7.2f}"
            f"{f'  {low:.2f}-{high:.2f}':<19}{words / all_of:>9.2f}"
        )
    for name, outcomes in everything.items():
        for split in SPLITS:
            passed, count = share(outcomes, split)
            low, high = wilson(passed, count)
            print(f"all, {name}, {split}: {passed} of {count} = {passed / count:.3f} ({low:.3f}-{high:.3f})")
    print(f"\n{'group':<20}{'pairs':>6}{'flips':>7}{'at fault, plain':>17}{'group':>7}{'keyword flips':>15}")
    for function in functions():
        if function.kind in ("inv", "names"):
            ours, listed = run(function, analyser.analyse_many), run(function, by_keywords)
            plain, group = (sum(outcome.alarms[side] > 0 for outcome in ours) for side in (0, 1))
            flips, theirs = (sum(not outcome.passed for outcome in side) for side in (ours, listed))
            print(f"{function.group:<20}{len(ours):>6}{flips:>7}{plain:>17}{group:>7}{theirs:>15}")
        elif function.kind == "script":
            gaps = scriptedness_gaps(function, lambda transcript: analyser.scriptedness(transcript).value)
            apart = f"{gaps['dev']:.1f} (dev), {gaps['test']:.1f} (test)"
            print(f"scriptedness, {function.group}: {apart} points apart")
    quarter, whole = long_turn()
    print(
        f"\nall wording rules on one turn: {quarter:.2f} s for 250,000 letters, {whole:.2f} s for 1 million"
    )


if __name__ == "__main__":
    main()
