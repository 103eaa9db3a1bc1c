"""Which generator words a client's cards: the deployer offers one, the client opts in.

The deployer's settings say where a model is; `client.yaml` says whether this client's cards may be
worded, and by which: `generator: {use: local}` or `generator: {use: remote, deadline_s: 3}`. Without a
line, nothing is worded. A client's file can never name an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from copilot import Copilot
from models.errors import ConfigError
from models.generators import (
    GuardedGenerator,
    OpenAICompatibleGenerator,
    QuotingGenerator,
    TransformersGenerator,
)
from models.records import ClientProfile

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector, Generator

Use = Literal["off", "local", "remote", "quotes"]
_USES: dict[str, Use] = {"off": "off", "local": "local", "remote": "remote", "quotes": "quotes"}
_LONGEST_DEADLINE_S = 20.0


@dataclass(frozen=True, slots=True)
class GenerationSettings:
    """What the deployer offers, nothing unless it says so; read by `app.py` alone."""

    local: str = ""
    """`local:PATH` or `local:package:NAME` without its `local:`; empty: none."""
    remote_url: str = ""
    remote_model: str = ""
    remote_key: str = ""

    def __repr__(self) -> str:
        return f"GenerationSettings(local={bool(self.local)}, remote={bool(self.remote_url)})"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a client wants."""

    use: Use = "off"
    deadline_s: float = 4.0


def choice_of(profile: ClientProfile) -> Choice:
    """The `generator` line of a client's file.

    Raises:
        ConfigError: A value that cannot be meant; an address, which only the deployer gives.
    """
    written = profile.extra.get("generator")
    if written is None or written is False:
        return Choice()
    if isinstance(written, str):
        written = {"use": written}
    if not isinstance(written, Mapping):
        raise ConfigError("client.yaml: `generator` must be a word or a group with `use`")
    unknown = sorted(set(map(str, written)) - {"use", "deadline_s"})
    if unknown:
        raise ConfigError(
            f"client.yaml: `generator.{unknown[0]}` is not known; the address and model are the deployer's"
        )
    use = _USES.get(str(written.get("use", "off") or "off"))
    if use is None:
        raise ConfigError(f"client.yaml: `generator.use` must be one of {', '.join(_USES)}")
    deadline = written.get("deadline_s", 4.0)
    if isinstance(deadline, bool) or not isinstance(deadline, int | float):
        raise ConfigError("client.yaml: `generator.deadline_s` must be a number of seconds")
    if not 0 < deadline <= _LONGEST_DEADLINE_S:
        raise ConfigError(f"client.yaml: `generator.deadline_s` must be in (0, {_LONGEST_DEADLINE_S:g}]")
    return Choice(use, float(deadline))


def generator_for(settings: GenerationSettings, profile: ClientProfile) -> Generator | None:
    """The generator for a client's cards and wrap-ups; None when there is none for it.

    All clients share one local model and one cap; the circuit breaker of a remote one is shared too.

    Raises:
        ConfigError: As `choice_of`, or the deployer's address is none.
    """
    use = choice_of(profile).use
    if use == "quotes":
        return QuotingGenerator()
    if use == "local" and settings.local:
        return _local(settings.local)
    if use == "remote" and settings.remote_url:
        return _remote(settings.remote_url, settings.remote_model, settings.remote_key)
    return None


def copilot_for(
    settings: GenerationSettings, knowledge_base: KnowledgeBase, detectors: Sequence[Detector]
) -> Copilot:
    """The copilot of a client, with the generator that it may use.

    Raises:
        ConfigError: As `generator_for`.
    """
    profile = knowledge_base.profile
    return Copilot(
        knowledge_base,
        detectors=detectors,
        generator=generator_for(settings, profile),
        wording_deadline_s=choice_of(profile).deadline_s,
    )


@lru_cache(maxsize=4)
def _local(source: str) -> GuardedGenerator:
    return GuardedGenerator(TransformersGenerator(source), most_at_once=1)


@lru_cache(maxsize=4)
def _remote(url: str, model: str, key: str) -> GuardedGenerator:
    return GuardedGenerator(OpenAICompatibleGenerator(url, model, key), most_at_once=8)


def offered(local: str, url: str, model: str, key: str) -> GenerationSettings:
    """The deployer's settings, as they were written.

    Raises:
        ConfigError: Something that is no generator, an address that is none, or one without a model.
    """
    if local and not local.startswith("local:"):
        raise ConfigError("generator: say local:PATH or local:package:NAME")
    if url and not model:
        raise ConfigError("generator: the endpoint needs the name of a model")
    if url:
        OpenAICompatibleGenerator(url, model, key)
    return GenerationSettings(local.removeprefix("local:"), url, model, key)
