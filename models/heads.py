"""Small learned heads: a weighted sum and its calibration, in files that ship with the library.

A head lives in `models/weights/<name>@<version>/`: `head.safetensors` holds the numbers, `head.json`
their SHA-256, the names of the features, thresholds and the date, `MODEL_CARD.md` what a person should
know before trusting it. Nothing here is trained at run time; `benchmarks/heads/` rebuilds them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import exp
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelError
from models.patterns import pattern

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "weights"
NUMBERS = "head.safetensors"
MANIFEST = "head.json"
_NAME = pattern(r"[a-z][a-z0-9_]{0,40}(?:@[1-9][0-9]{0,3})?")
_SMALL = 64
"""Features up to which plain Python adds faster than numpy is called."""
_FAR = 500.0


@dataclass(frozen=True, slots=True)
class Head:
    """Logistic weights with a Platt calibration: features in, a probability out."""

    name: str
    """`name@version`, as a finding's `by` says it."""
    features: tuple[str, ...]
    """Names of the features in order; empty where they are too many to name (vectors, hashed words)."""
    weights: NDArray[np.float32]
    """Shape `(size,)`; scaling of the features is folded in."""
    bias: float
    slope: float
    """Platt: the probability is `1 / (1 + exp(-(slope * logit + offset)))`."""
    offset: float
    thresholds: Mapping[str, float]
    """Probabilities from which something is done, by what they are for; fixed in advance."""
    about: Mapping[str, Any]
    """The manifest: data, licences, date, figures."""
    _plain: tuple[float, ...] = field(repr=False)

    @property
    def size(self) -> int:
        """Number of features."""
        return len(self.weights)

    def logit(self, features: Sequence[float] | Mapping[int, float] | NDArray[Any]) -> float:
        """The uncalibrated weighted sum.

        Args:
            features: One value per feature in order, or a mapping of position to value for sparse ones.

        Raises:
            ValueError: Not as many values as the head has weights.
        """
        if isinstance(features, Mapping):
            return self.bias + sum(float(self.weights[place]) * value for place, value in features.items())
        if len(features) != len(self.weights):
            raise ValueError(f"{self.name}: {len(features)} features given, it has {len(self.weights)}")
        if self._plain:
            return self.bias + float(sum(map(mul, self._plain, features)))
        return self.bias + float(self.weights @ features)

    def score(self, features: Sequence[float] | Mapping[int, float] | NDArray[Any]) -> float:
        """Calibrated probability in (0, 1); see `logit` for the features."""
        return sigmoid(self.slope * self.logit(features) + self.offset)

    def score_many(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Calibrated probabilities, shape `(n,)`, of dense features, shape `(n, size)`."""
        import numpy as np

        logits = rows @ self.weights.astype(np.float64) + self.bias
        return 1.0 / (1.0 + np.exp(-np.clip(self.slope * logits + self.offset, -_FAR, _FAR)))


def sigmoid(value: float) -> float:
    """`1 / (1 + exp(-value))`, without overflow."""
    return 1.0 / (1.0 + exp(-max(-_FAR, min(_FAR, value))))


@cache
def load_head(name: str, *, folder: Path = FOLDER) -> Head:
    """A head that ships, verified; read once per process.

    Args:
        name: `scripting@1`, or `scripting` for its highest version.
        folder: Where heads live.

    Raises:
        ModelError: There is no such head, a file is missing, or it is not the one its manifest names.
    """
    if not _NAME.fullmatch(name):
        raise ModelError(f"head {name!r}: a name is lower case, such as scripting or scripting@1")
    home = folder / name if "@" in name else _newest(name, folder)
    try:
        about = json.loads((home / MANIFEST).read_text(encoding="utf-8"))
        stored = (home / NUMBERS).read_bytes()
    except (OSError, ValueError) as problem:
        raise ModelError(f"head {name}: {home} cannot be read; reinstall unscripted") from problem
    if hashlib.sha256(stored).hexdigest() != about.get("sha256"):
        raise ModelError(f"head {name}: {home / NUMBERS} was altered; reinstall unscripted")
    from safetensors.numpy import load

    numbers = load(stored)
    weights = numbers["weights"]
    slope, offset = (float(value) for value in numbers["calibration"])
    return Head(
        name=home.name,
        features=tuple(about.get("features", ())),
        weights=weights,
        bias=float(numbers["bias"][0]),
        slope=slope,
        offset=offset,
        thresholds=dict(about.get("thresholds", {})),
        about=about,
        _plain=tuple(float(weight) for weight in weights) if len(weights) <= _SMALL else (),
    )


def save_head(
    home: Path,
    *,
    weights: Sequence[float] | NDArray[Any],
    bias: float,
    calibration: tuple[float, float] = (1.0, 0.0),
    features: Sequence[str] = (),
    thresholds: Mapping[str, float] | None = None,
    about: Mapping[str, Any] | None = None,
) -> str:
    """Write a head's two files; the model card is the trainer's to write.

    Args:
        home: `…/weights/name@version`; made when absent.
        weights: One per feature, scaling folded in.
        bias: Added to the weighted sum.
        calibration: Platt slope and offset.
        features: Names in order, or none.
        thresholds: Probabilities by purpose.
        about: Data sets with licences, date, figures; kept in `head.json`.

    Returns:
        SHA-256 of `head.safetensors`.
    """
    import numpy as np
    from safetensors.numpy import save

    stored = save(
        {
            "weights": np.asarray(weights, dtype=np.float32),
            "bias": np.asarray([bias], dtype=np.float64),
            "calibration": np.asarray(calibration, dtype=np.float64),
        }
    )
    digest = hashlib.sha256(stored).hexdigest()
    manifest = {
        **(about or {}),
        "name": home.name,
        "features": list(features),
        "thresholds": dict(thresholds or {}),
        "sha256": digest,
    }
    home.mkdir(parents=True, exist_ok=True)
    (home / NUMBERS).write_bytes(stored)
    (home / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return digest


def _newest(name: str, folder: Path) -> Path:
    versions = [(int(path.name.split("@")[1]), path) for path in folder.glob(f"{name}@[0-9]*")]
    if not versions:
        known = sorted({path.name.split("@")[0] for path in folder.glob("*@*")})
        raise ModelError(f"head {name}: there is none; there are: {', '.join(known) or 'none'}")
    return max(versions)[1]
