"""Are documents found from questions in other languages?

    python benchmarks/languages.py ARTICLES [--encoder default multilingual]

ARTICLES is a folder with five articles on outsourcing: back-office-nl.txt, bpo-nl.txt, bpo-no.txt,
bpo-service-de.txt and understanding-bpo-en.txt, ingested as they are as one client's documents. The
questions (languages_questions.txt) are ours: eight an article, each in Dutch, German, Norwegian,
French, Spanish and English.
Articles overlap (each says what outsourcing is), so a question asks for something that one of them says.

hit@1, hit@5: the article is that of the first passage, or among those of the first five; with five
articles hit@5 is easy, hit@1 of five by chance .2. Intervals: 95 %, bootstrap over questions (40).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--encoder", nargs="*", default=["default", "multilingual"])
    options = parser.parse_args()
    asked = questions()
    for setting in options.encoder:
        kb = KnowledgeBase("articles", encoder=open_encoder(setting))
        report = kb.ingest(options.articles)
        said = {one.id: one.language for one in kb.documents()}
        print(f"{setting}: {len(report.added)} articles, languages {said}")
        hits = kb.search_many([text for _, _, text in asked], limit=5)
        first = np.array(
            [
                bool(found) and found[0].passage.document == article
                for (article, _, _), found in zip(asked, hits, strict=True)
            ],
            float,
        )
        five = np.array(
            [
                any(hit.passage.document == article for hit in found)
                for (article, _, _), found in zip(asked, hits, strict=True)
            ],
            float,
        )
        sure = np.array([found[0].answerable if found else 0.0 for found in hits])
        for code in LANGUAGES:
            chosen = np.array([language == code for _, language, _ in asked])
            own = np.array(
                [
                    article.endswith(code) or (code, article) == ("de", "bpo-service-de")
                    for article, _, _ in asked
                ]
            )
            line = f"  {code}  hit@1 {interval(first[chosen])}  hit@5 {interval(five[chosen])}"
            if (chosen & own).any():
                rest = first[chosen & ~own].mean()
                line += f"  own language {first[chosen & own].mean():.2f}, others {rest:.2f}"
            print(f"{line}  answerable, median {np.median(sure[chosen]):.2f}", flush=True)
        print(f"  all hit@1 {interval(first)}  hit@5 {interval(five)}")


if __name__ == "__main__":
    main()
