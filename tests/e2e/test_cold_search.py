"""A search in a fresh process loads no library that it does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base import KnowledgeBase
from models.encoders import open_encoder
from models.records import Document

ROOT = Path(__file__).parents[2]
NOT_NEEDED = (
    "torch transformers sentence_transformers spacy gradio scipy bm25s fastapi pandas sklearn".split()
)

CHILD = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import app
try:
    app.main()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *[name for name in {NOT_NEEDED!r} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("encoder", ["hashing", pytest.param("default", marks=pytest.mark.weights)])
def test_neither_torch_nor_anything_else_heavy(tmp_path, encoder):
    kb = KnowledgeBase.open(tmp_path, "acme", encoder=open_encoder(encoder))
    kb.add([Document(id="refunds", text="# Refunds\n\nA refund takes five working days.", kind="policy")])
    kb.search("warm")  # what is measured once on a machine is measured
    command = [sys.executable, "-c", CHILD, "search", "acme", "how long does a refund take"]
    run = subprocess.run(
        [*command, "--data", tmp_path, "--encoder", encoder, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    hits = json.loads(run.stdout)
    assert hits[0]["passage"]["document"] == "refunds"
    assert not hits[0]["degraded"]
    assert run.stderr.splitlines()[-1].strip() == "loaded:"
