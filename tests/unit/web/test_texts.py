from pathlib import Path
from string import Formatter

import pytest
import yaml

import web
from web.texts import DEFAULT, LANGUAGES, preferred, texts

FOLDER = Path(web.__file__).parent / "texts"
PAGES = sorted(path.stem for path in (FOLDER / DEFAULT).glob("*.yaml"))


def own(language, page):
    return yaml.safe_load((FOLDER / language / f"{page}.yaml").read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_language_says_everything(language, page):
    said, wanted = own(language, page), own(DEFAULT, page)
    assert list(said) == list(wanted)
    for key, words in said.items():
        assert isinstance(words, str) and words.strip(), key
        slots = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (words, wanted[key])]
        assert slots[0] == slots[1], f"{language} {page} {key}: other slots than in English"


def test_an_unknown_language_reads_english():
    assert texts("xx", "common") == texts("en", "common")
    assert texts("nl", "common")["save"] == "Opslaan"
    assert texts("nl", "no-such-page") == {}


@pytest.mark.parametrize(
    ("header", "chosen", "language"),
    [
        ("nl-NL,nl;q=0.9,en;q=0.8", "", "nl"),
        ("fr-FR,fr;q=0.9,de;q=0.4,es;q=0.6", "", "es"),
        ("nn-NO", "", "nb"),
        ("no", "", "nb"),
        ("fr", "", "en"),
        ("", "", "en"),
        (";;q=x,,", "", "en"),
        ("en", "de", "de"),
        ("en", "xx", "en"),
        ("../../etc", "", "en"),
    ],
)
def test_preferred(header, chosen, language):
    assert preferred(header, chosen=chosen) == language


def test_every_label_has_its_name_in_every_language():
    from models.label_names import label_names
    from web.texts import label_of, with_labels

    assert texts("en", "labels") == label_names()
    assert label_of(with_labels("nl", "review"), "brand.threat") == "dreigement"
    assert label_of(with_labels("nl", "review"), "brand.insult.of.tomorrow") == "brand.insult.of.tomorrow"
