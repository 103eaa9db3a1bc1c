"""What a generator must do."""

from __future__ import annotations

from collections.abc import Iterator

from models.conformance.claims import hold
from models.generators.fences import fenced
from models.ports import Generator

_MARK = "0123456789abcdef"
_FACTS = fenced("facts", "- A refund takes 5 working days.\n- The pick-up costs EUR 39.", _MARK)
_OTHER_FACTS = fenced("facts", "- Der Versand kostet 4,90 EUR.", _MARK)
_PROMPTS = (
    f"Answer from the facts alone.\n{_FACTS}\n",
    "Say hello.",
    f"Beantworte die Frage. 你好 😀 \u200b\n{_OTHER_FACTS}\n",
)
_FEW, _MORE = 8, 24


def check_generator(generator: Generator) -> None:
    """One text per prompt in order, streaming equal to the whole, the same again, bounds, odd prompts.

    Raises:
        AssertionError: With the first breach of `models.ports.Generator`.
    """
    hold(isinstance(generator, Generator), "a generator has name, generate and stream")
    hold(isinstance(generator.name, str) and generator.name, "name is a non-empty string")
    hold(generator.generate([], _FEW) == [], "no prompts give no texts")
    texts = generator.generate(_PROMPTS, _MORE)
    hold(isinstance(texts, list) and len(texts) == len(_PROMPTS), "one text per prompt")
    hold(all(isinstance(text, str) for text in texts), "texts are strings")
    hold(generator.generate(list(_PROMPTS), _MORE) == texts, "the same prompts give the same texts")
    backwards = generator.generate(_PROMPTS[::-1], _MORE)
    hold(backwards[::-1] == texts, "texts stand in the order of the prompts")
    stream = generator.stream(_PROMPTS[0], _MORE)
    hold(isinstance(stream, Iterator), "stream gives an iterator")
    pieces = list(stream)
    hold(all(isinstance(piece, str) for piece in pieces), "pieces are strings")
    hold("".join(pieces) == texts[0], "the pieces together are the text")
    fewer = generator.generate(_PROMPTS[:1], _FEW)[0]
    hold(len(fewer) <= len(texts[0]), "fewer tokens give no longer text")
    hold(texts[0].startswith(fewer.rstrip("\ufffd ")), "fewer tokens give the beginning of the text")
    hold(generator.generate(_PROMPTS[:1], 0) == [""], "no tokens give an empty text")
    broken_off = generator.stream(_PROMPTS[0], _MORE)
    next(broken_off, None)
    close = getattr(broken_off, "close", None)
    if close is not None:
        close()
    hold(generator.generate(_PROMPTS[:1], _MORE)[0] == texts[0], "a stream left early disturbs no other")
