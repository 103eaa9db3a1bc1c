"""The picture that the security page shows is the one its script draws, and nothing is certified."""

import re
import runpy
from pathlib import Path

from tests.evidence.faults import FAULTS

ROOT = Path(__file__).parents[2]
NUMBERS = {33: "thirty-three", 34: "thirty-four", 35: "thirty-five"}


def test_the_picture_is_current():
    flows = runpy.run_path(str(ROOT / "docs" / "flows.py"))
    assert flows["PICTURE"].read_text("utf-8") == flows["drawn"](), "run python docs/flows.py"


def test_what_the_page_says_of_the_faults_is_so():
    said = (ROOT / "docs" / "explanation" / "security.md").read_text("utf-8")
    assert f"{NUMBERS[len(FAULTS)]} mistakes" in said


def test_no_certificate_is_claimed():
    pages = [*(ROOT / "docs" / "explanation").glob("*.md"), *(ROOT / "docs" / "templates").glob("*.md")]
    assert len(pages) >= 6
    for page in pages:
        for line in page.read_text("utf-8").splitlines():
            if re.search(r"SOC 2|ISO 27001|HIPAA|PCI", line):
                assert "No certificate" in line, f"{page.name}: {line}"
