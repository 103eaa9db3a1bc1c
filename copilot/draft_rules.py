"""What a client binds in drafts (`client.yaml`, `draft:`), and what to say instead where a rule is silent."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import ConfigError
from models.labels import LABELS
from models.records import ClientProfile, Finding

KEY = "draft"
_KEYS = ("block",)
_NEVER = ("customer.",)
"""Rooms of labels that no draft of an agent's can have."""


@dataclass(frozen=True, slots=True)
class DraftRules:
    """A client's rules for drafts. Without any, every finding is advice."""

    block: frozenset[str] = frozenset()
    """Labels that the agent must mend before sending."""


def draft_rules(profile: ClientProfile) -> DraftRules:
    """The rules of a client's profile.

    Raises:
        ConfigError: `draft` is no group, has an unknown key, or `block` names an unknown label.
    """
    given = profile.extra.get(KEY)
    if given is None:
        return DraftRules()
    if not isinstance(given, Mapping):
        raise ConfigError("client.yaml: `draft` must be a group, such as `draft: {block: [brand.threat]}`")
    unknown = sorted(str(key) for key in given if key not in _KEYS)
    if unknown:
        raise ConfigError(f"client.yaml: `draft.{unknown[0]}` is not known; known: {', '.join(_KEYS)}")
    return DraftRules(frozenset(_label(name) for name in _listed(given.get("block"))))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, (list, tuple)):
        return list(value)
    raise ConfigError("client.yaml: `draft.block` must be a list of labels")


def _label(name: Any) -> str:
    label = str(name).strip()
    if label in LABELS and not label.startswith(_NEVER):
        return label
    near = difflib.get_close_matches(label, LABELS, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else "; `docs/reference/labels.md` lists them"
    raise ConfigError(f"client.yaml: `draft.block` names a label that no draft can have{hint}")


def blocked_by(rules: DraftRules, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """The labels among the findings that the client made binding, each once, in order."""
    return tuple(dict.fromkeys(finding.label for finding in findings if finding.label in rules.block))


def remedy(label: str) -> str:
    """What to do about a label where its rule says nothing."""
    return _REMEDIES.get(label, "") or _REMEDIES.get(label.partition(".")[0], "Say it another way.")


_REMEDIES = {
    "scripting": "Say it in your own words, and to this case.",
    "scripting.verbatim": "Say it in your own words; the facts stand on the card.",
    "scripting.repeated": "It was said already: say what is new.",
    "scripting.unanswered": "Answer what was asked, before anything from the script.",
    "scripting.hollow_empathy": "Name what happened, and say what you are doing about it.",
    "scripting.collision": "Read it once more: a placeholder, a name or an offer does not fit here.",
    "scripting.monologue": "Answer in one or two sentences; offer the rest.",
    "tone": "Say the same about the matter, not about the person.",
    "tone.rude": "Leave the person out of it; say what can be done.",
    "tone.curt": "Say the answer in a whole sentence, and what happens next.",
    "tone.impatient": "Leave out the hurry; say it once more in other words.",
    "tone.dismissive": "Take up what was told, then say what you can do.",
    "tone.condescending": "Explain the step without saying how easy it is.",
    "tone.blaming": "Say what happened and what you will check, not whose fault it is.",
    "tone.argumentative": "Say what you see on your side, and ask what they see.",
    "tone.sarcastic": "Say it plainly.",
    "tone.stiff": "Say who does what: “I will send”, not “it will be sent”.",
    "tone.missed_empathy": "Begin with a word on what the customer told.",
    "brand": "Leave it out; say what the client's material says.",
    "brand.insult": "Take it out.",
    "brand.threat": "Say what happens by the rules, and what the customer can do.",
    "brand.discrimination": "Take it out; decide by the client's rules alone.",
    "brand.disparagement": "Say what you do about it now.",
    "brand.competitor": "Stay with what this client offers.",
    "brand.guarantee": "Say what usually happens and by when you will know.",
    "brand.unauthorised_offer": "Offer what the table allows, or ask the team lead first.",
    "brand.admission": "Say that you are sorry it happened and that it will be looked into.",
    "brand.policy_contradiction": "Say what the policy says.",
    "brand.dead_end": "Add the reason, and what else can be done.",
    "brand.internal_disclosure": "Leave the inside of the company out of it.",
    "brand.out_of_scope_advice": "Say who can advise on it.",
    "privacy": "Take it out.",
    "privacy.secret_request": "Do not ask for it; use the client's secure way.",
    "privacy.readback": "Give the last four digits at most.",
    "privacy.before_verification": "Verify who it is first.",
    "compliance": "Say the required statement as it stands.",
    "draft.unanswered": "Answer it, or say that you will find out.",
    "draft.unsupported_promise": "Say what the client's material says of it, or that you will find out.",
}
