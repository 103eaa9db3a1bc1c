"""Are documents found from questions in other languages?

    python benchmarks/languages.py ARTICLES [--encoder default multilingual]

ARTICLES is a folder with five articles on outsourcing: back-office-nl.txt, bpo-nl.txt, bpo-no.txt,
bpo-service-de.txt and understanding-bpo-en.txt, ingested as they are as one client's documents. The
questions (languages_questions.txt) are ours: eight an article, each in Dutch, German, Norwegian,
French, Spanish and English.
Articles overlap (each says what outsourcing is), so a question asks for something that one of them says.

hit@1, hit@5: the article is that of the first passage, or among those of the first five; with five
articles hit@5 is easy, hit@1 of five by chance .2. Same, cross: article and question in one language, or in
two. Answered: the question gets a card (`Quietness.threshold`), and in brackets a card of the right article.
Carded: the same for what nobody's document answers (ours, in the six languages: languages_elsewhere.txt,
none of it among the utterances by which a client's scale is measured).
Intervals: 95 %, bootstrap over questions. The second table is by language of article and of question.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from copilot import Quietness  # noqa: E402
from knowledge_base import KnowledgeBase  # noqa: E402
from models.encoders import open_encoder  # noqa: E402

LANGUAGES = ("nl", "de", "no", "fr", "es", "en")


def questions() -> list[tuple[str, str, str]]:
    """Article, language and question."""
    found = []
    article = ""
    for line in (Path(__file__).parent / "languages_questions.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            article = line.strip("[]")
        elif line and not line.startswith("#"):
            found += [(article, code, text) for code, text in zip(LANGUAGES, line.split("|"), strict=True)]
    return found


def interval(values: np.ndarray, *, resamples: int = 2000) -> str:
    generator = np.random.default_rng(0)
    means = values[generator.integers(0, len(values), (resamples, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{values.mean():.2f} [{low:.2f}, {high:.2f}]"


def elsewhere() -> list[tuple[str, str]]:
    """Language and question about something that none of the articles says."""
    lines = (Path(__file__).parent / "languages_elsewhere.txt").read_text("utf-8").splitlines()
    return [
        (code, text)
        for line in lines
        if line and not line.startswith("#")
        for code, text in zip(LANGUAGES, line.split("|"), strict=True)
    ]


def shares(first: np.ndarray, five: np.ndarray, carded: np.ndarray, chosen: np.ndarray) -> str:
    return (
        f"hit@1 {interval(first[chosen])}  hit@5 {interval(five[chosen])}  "
        f"answered {carded[chosen].mean():.2f} ({(carded * first)[chosen].mean():.2f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--encoder", nargs="*", default=["default", "multilingual"])
    options = parser.parse_args()
    asked, foreign = questions(), elsewhere()
    languages = np.array([language for _, language, _ in asked])
    of = np.array([article for article, _, _ in asked])
    least = Quietness().threshold
    for setting in options.encoder:
        kb = KnowledgeBase("articles", encoder=open_encoder(setting))
        report = kb.ingest(options.articles)
        said = {one.id: one.language for one in kb.documents()}
        print(f"{setting}: {len(report.added)} articles, languages {said}")
        hits = kb.search_many([text for _, _, text in asked], limit=5)
        first = np.array(
            [
                bool(found) and found[0].passage.document == article
                for article, found in zip(of, hits, strict=True)
            ],
            float,
        )
        five = np.array(
            [
                any(hit.passage.document == article for hit in found)
                for article, found in zip(of, hits, strict=True)
            ],
            float,
        )
        carded = np.array([bool(found) and found[0].answerable >= least for found in hits], float)
        written = np.array([said.get(article) for article in of])
        same = written == languages
        for code in LANGUAGES:
            chosen = languages == code
            print(f"  {code}     {shares(first, five, carded, chosen)}")
        for name, chosen in (("same ", same), ("cross", ~same), ("all  ", same | ~same)):
            print(f"  {name}  {shares(first, five, carded, chosen)}")
        print("  article in, question in: hit@1, hit@5, answered")
        for code in dict.fromkeys(written):
            cells = []
            for language in LANGUAGES:
                chosen = (written == code) & (languages == language)
                numbers = (values[chosen].mean() for values in (first, five, carded))
                cells.append(language + " " + "/".join(f"{value:.2f}" for value in numbers))
            print(f"  {code}     {'  '.join(cells)}")
        cards = np.array(
            [
                bool(found) and found[0].answerable >= least
                for found in kb.search_many([text for _, text in foreign], limit=1)
            ],
            float,
        )
        each = (
            f"{code} {cards[[language == code for language, _ in foreign]].mean():.2f}" for code in LANGUAGES
        )
        print(f"  carded, asked about something else: {interval(cards)}  {'  '.join(each)}", flush=True)


if __name__ == "__main__":
    main()
