"""The deployer offers a generator, the client opts in; a client's file names no address."""

import pytest

from models.errors import ConfigError
from models.generators import GuardedGenerator, QuotingGenerator
from models.records import ClientProfile
from web.generation import Choice, GenerationSettings, choice_of, generator_for, offered

OFFERED = GenerationSettings("/models/a", "https://llm.example/v1", "small", "secret-key")


def profile(written):
    return ClientProfile(id="acme", extra={} if written is None else {"generator": written})


@pytest.mark.parametrize("written", [None, False, "off", {"use": False}, {}, {"use": "off"}])
def test_nothing_is_worded_unless_the_client_says_so(written):
    assert choice_of(profile(written)) == Choice("off", 4.0)
    assert generator_for(OFFERED, profile(written)) is None


@pytest.mark.parametrize("use", ["local", "remote"])
def test_nothing_is_worded_unless_the_deployer_offers_it(use):
    assert generator_for(GenerationSettings(), profile({"use": use})) is None
    made = generator_for(OFFERED, profile({"use": use}))
    assert isinstance(made, GuardedGenerator)
    assert made is generator_for(OFFERED, profile(use))


def test_quotes_need_no_model():
    assert isinstance(generator_for(GenerationSettings(), profile("quotes")), QuotingGenerator)


@pytest.mark.parametrize(
    "written",
    [
        {"use": "remote", "url": "https://evil.example"},
        {"use": "remote", "key": "k"},
        {"use": "cloud"},
        {"use": "local", "deadline_s": 0},
        {"use": "local", "deadline_s": 21},
        {"use": "local", "deadline_s": "soon"},
        ["local"],
    ],
)
def test_what_a_clients_file_cannot_say(written):
    with pytest.raises(ConfigError, match="generator") as caught:
        choice_of(profile(written))
    assert "evil" not in str(caught.value)


def test_settings_are_checked_and_show_no_key():
    assert "secret-key" not in repr(OFFERED)
    assert offered("local:/a", "", "", "") == GenerationSettings("/a")
    for wrong in (("/a", "", ""), ("", "https://llm.example/v1", ""), ("", "http://llm.example/v1", "m")):
        with pytest.raises(ConfigError, match="generator"):
            offered(*wrong, "secret-key")
