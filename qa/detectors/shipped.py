"""The word lists and rules that ship with the detectors."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from models.errors import ConfigError

FOLDER = Path(__file__).parent


@cache
def read_shipped(name: str) -> Any:
    """A YAML file beside this module, such as `rules/cues.yaml`; read once, so never to be changed.

    Raises:
        ConfigError: When it is not valid YAML; names the file and the line.
    """
    import yaml

    # The reader in C, ten times as fast, where PyYAML was built with it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe, both
    except yaml.YAMLError as problem:
        raise ConfigError(f"detectors/{name}: not valid YAML: {problem}") from problem
