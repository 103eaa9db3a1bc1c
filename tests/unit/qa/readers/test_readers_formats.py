"""Content decides the format: one small contact in every shape gives the same two turns."""

import json

import pytest
from reader_shapes import SHAPES
from shape_parts import ANSWER, HELLO, js

from models.errors import InputError
from qa.readers import parse, read_folder, read_transcripts
from qa.readers.registry import FORMATS

TABLE = [(name, *SHAPES[name]) for name in SHAPES]


@pytest.mark.parametrize(("name", "format", "content"), TABLE, ids=[row[0] for row in TABLE])
def test_content_decides_the_format(name, format, content):
    for misleading in ("", "call.txt", "call.json", "call.xlsx"):
        transcripts = parse(content, name=misleading)
        assert {t.metadata["format"] for t in transcripts} == {format}


@pytest.mark.parametrize(("name", "format", "content"), TABLE, ids=[row[0] for row in TABLE])
def test_every_shape_gives_the_same_words_and_roles(name, format, content):
    transcript = parse(content, name="x")[0]
    said = [(t.speaker, t.text) for t in transcript.turns if t.visibility == "public"]
    assert said == [("agent", HELLO), ("customer", ANSWER)]
    assert not {"speaker-unknown", "no-agent-turns"} & {w.code for w in transcript.warnings}


@pytest.mark.parametrize(("name", "format", "content"), TABLE, ids=[row[0] for row in TABLE])
def test_every_transcript_says_where_it_came_from(name, format, content):
    import hashlib

    transcript = parse(content, name="folder/call one.dat", client="acme")[0]
    assert transcript.client == "acme"
    assert transcript.metadata["file"] == "call one.dat"
    assert transcript.metadata["sha256"] == hashlib.sha256(content).hexdigest()
    assert transcript.metadata["speaker_from"] in ("vendor", "channel", "label", "inferred", "user")
    assert 0.0 <= transcript.metadata["speaker_confidence"] <= 1.0
    json.dumps(transcript.metadata)


def test_every_format_of_the_table_has_a_shape():
    covered = {format for format, _ in SHAPES.values()}
    assert {row.name for row in FORMATS} - covered == {"vcon-encrypted"}
    assert len({row.name for row in FORMATS}) == len(FORMATS)


TIMED = {
    "Contact Lens voice": (0.5, 4.0, 3.9, 9.0),
    "Genesys file": (1.0, 3.5, 4.0, 7.0),
    "Google CCAI": (0.0, None, 4.5, None),
    "Azure batch": (0.5, 3.5, 4.0, 7.0),
    "Azure fast": (0.5, 3.5, 4.0, 7.0),
    "Azure Content Understanding": (0.5, 4.0, 4.5, 9.0),
    "AssemblyAI": (0.5, 4.0, 4.5, 9.0),
    "AWS PCA": (0.5, 4.0, 4.5, None),
    "Rev": (0.5, 4.0, 4.5, 9.0),
    "WebVTT": (0.5, 4.0, 4.5, 9.0),
    "SRT": (0.5, 4.0, 4.5, 9.0),
    "SBV": (0.5, 4.0, 4.5, 9.0),
    "Twilio": (0.5, 4.0, 4.5, 9.0),
    "CSV, a row a turn": (0.5, 4.0, 4.5, 9.0),
    "XLSX, a row a turn": (0.5, 4.0, 4.5, 9.0),
    "our JSON": (0.5, 4.0, 4.5, 9.0),
    "plain text": (None, None, None, None),
    "Contact Lens chat": (None, None, None, None),
    "WhatsApp": (None, None, None, None),
}


@pytest.mark.parametrize("name", TIMED)
def test_times_are_seconds_or_none(name):
    turns = parse(SHAPES[name][1])[0].turns
    assert (turns[0].start_s, turns[0].end_s, turns[1].start_s, turns[1].end_s) == TIMED[name]


IDS = {
    "Contact Lens chat": ("chat-7", "", None),
    "AWS PCA": ("pca-1", "a17", "acme"),
    "Genesys file": ("gen-1", "u-9", "acme"),
    "accelerator blob": ("blob-1", "Ben", "10003"),
    "vCon": ("vcon-1", "Ben", "acme"),
    "Zendesk ticket": ("41", "3", "99"),
    "Zendesk QA import": ("qa-1", "ben@bpo.example", None),
    "Intercom": ("503", "11", None),
    "our JSON": ("own-1", "a17", "acme"),
    "CSV, a row a call": ("c-1", "Ben", None),
    "plain text": ("call", "", None),
}


@pytest.mark.parametrize("name", IDS)
def test_id_agent_and_the_client_in_the_file(name):
    transcript = parse(SHAPES[name][1], name="call.txt", client="mine")[0]
    assert (transcript.id, transcript.agent, transcript.metadata.get("client_in_file")) == IDS[name]
    assert transcript.client == "mine"


def test_notes_are_internal_and_events_are_kept_apart():
    zendesk = parse(SHAPES["Zendesk ticket"][1])[0]
    assert [t.visibility for t in zendesk.turns] == ["public", "public", "internal"]
    chat = parse(SHAPES["Contact Lens chat"][1])[0]
    assert [e["type"] for e in chat.metadata["events"]] == ["participant.joined"]
    assert [e["type"] for e in parse(SHAPES["Intercom"][1])[0].metadata["events"]] == ["close"]


NOT_TRANSCRIPTS = [
    (b"", "empty"),
    (b"  \n ", "empty"),
    (b"%PDF-1.7 xxx", "PDF"),
    (b"\x1f\x8b\x08\x00", "gzip"),
    (b"RIFF\x00\x00WAVE", "transcribe"),
    (bytes(range(256)) * 40, "binary"),
    (b"PK\x03\x04" + b"\x00" * 60, "zip"),
    (js({"$schema": "x", "properties": {}}), "schema"),
    (js({"Name": "r", "TriggerEventSource": {}, "Function": "{}"}), "rule"),
    (js({"schemaVersion": "3.1", "evaluationId": "e", "questions": []}), "evaluation"),
    (js({"EvaluationFormId": "e", "Items": [{"Section": {}}]}), "evaluation"),
    (js({"ciphertext": "x", "recipients": []}), "encrypted"),
    (js({"some": "thing"}), "unknown shape"),
    (js([]), "unknown shape"),
    (js([1, 2, 3]), "unknown shape"),
    (b'{"turns": [{"speaker": "agent", "text": "cut o', "broken"),
    (b"id,name,email\n1,a,b\n2,c,d\n3,e,f\n", "unknown columns"),
    (b"speaker,text\n", "no rows"),
    (
        js({"turns": [{"speaker": "agent", "text": " "}, {"speaker": "customer", "text": ""}]}),
        "no turn has words",
    ),
    (js({"uuid": "u", "parties": [], "dialog": [{"type": "recording", "url": "s3://x"}]}), "no words"),
    (b"[" * 200_000, "nested"),
    (b'{"a":' * 200_000, "nested"),
    (b",".join(b"c%d" % i for i in range(50_000)) + b"\n1,2\n", "1000 columns"),
]


@pytest.mark.parametrize(
    ("content", "words"), NOT_TRANSCRIPTS, ids=[f"{w}-{i}" for i, (_, w) in enumerate(NOT_TRANSCRIPTS)]
)
def test_what_is_no_transcript_says_so_and_what_to_do(content, words):
    with pytest.raises(InputError, match=words) as problem:
        parse(content, name="odd.bin")
    assert str(problem.value).startswith("odd.bin: ")


def test_text_without_labels_is_one_unknown_turn_with_warnings():
    transcript = parse(b"Just some words.\nAnd some more of them.", name="a.txt")[0]
    assert [t.speaker for t in transcript.turns] == ["unknown"]
    assert {"no-labels", "speaker-unknown", "no-agent-turns"} <= {w.code for w in transcript.warnings}


def test_a_folder_skips_what_is_bad_and_says_why(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "good.txt").write_text("Agent: Hello there.\nCustomer: Hi.")
    (tmp_path / "sub" / "good.json").write_bytes(SHAPES["our JSON"][1])
    (tmp_path / "bad.bin").write_bytes(bytes(range(256)) * 10)
    (tmp_path / ".hidden").write_text("Agent: no")
    (tmp_path / "link.txt").symlink_to(tmp_path / "good.txt")
    seen = []
    report = read_folder(tmp_path, client="acme", progress=lambda *step: seen.append(step))
    assert [t.id for t in report.transcripts] == ["good", "own-1"]
    assert {r.path: r.reason.split(";")[0] for r in report.rejected} == {
        "bad.bin": "this is a binary file, not a transcript",
        "link.txt": "a link",
    }
    assert seen[0] == (0, 4, "bad.bin")
    assert seen[-1] == (4, 4, "")
    assert [t.id for t in read_transcripts(tmp_path, client="acme")] == ["good", "own-1"]


def test_ids_are_made_distinct_with_a_warning(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.json").write_bytes(SHAPES["our JSON"][1])
    transcripts = read_transcripts(tmp_path)
    assert [t.id for t in transcripts] == ["own-1", "own-1-2", "own-1-3"]
    assert [[w.code for w in t.warnings] for t in transcripts] == [[], ["id-repeated"], ["id-repeated"]]


def test_of_raw_and_redacted_twins_the_redacted_one_is_kept(tmp_path):
    lens = json.loads(SHAPES["Contact Lens voice"][1])
    (tmp_path / "c9_analysis_2026-03-01T09_00Z.json").write_bytes(js(lens))
    lens["ContentMetadata"]["Output"] = "Redacted"
    (tmp_path / "c9_analysis_redacted_2026-03-01T09_00Z.json").write_bytes(js(lens))
    (tmp_path / "d.txt").write_text("Agent: My name is Ben.\nCustomer: Hi.")
    (tmp_path / "d_redacted.txt").write_text("Agent: My name is [NAME].\nCustomer: Hi.")
    report = read_folder(tmp_path)
    assert [(t.id, t.metadata["redacted"]) for t in report.transcripts] == [("c9", "yes"), ("d", "yes")]
    assert [r.path for r in report.rejected] == ["c9_analysis_2026-03-01T09_00Z.json", "d.txt"]
    assert all("raw twin" in r.reason for r in report.rejected)


def test_a_single_bad_path_raises(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_transcripts(tmp_path / "missing.txt")
    with pytest.raises(InputError, match="no such file"):
        read_folder(tmp_path / "missing")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(InputError, match=r"^b\.pdf: .*export"):
        read_transcripts(tmp_path / "b.pdf")


def test_size_limit(tmp_path):
    (tmp_path / "big.txt").write_bytes(b"Agent: hi\n" * 100)
    with pytest.raises(InputError, match=r"big\.txt: over 500 bytes; split it"):
        read_transcripts(tmp_path / "big.txt", max_bytes=500)
    with pytest.raises(InputError, match="over 50 MB; split it"):
        parse(b"a" * 50_000_001)
    assert read_folder(tmp_path, max_bytes=500).rejected[0].reason == "over 500 bytes; split it"


def test_one_bad_contact_of_a_file_does_not_stop_the_others(tmp_path):
    good, empty = json.loads(SHAPES["our JSON"][1]), {"id": "e", "turns": [{"speaker": "agent", "text": ""}]}
    content = js([good, empty, {"nothing": 1}])
    transcripts = parse(content, name="all.json")
    assert [t.id for t in transcripts] == ["own-1"]
    assert "contacts-rejected" in {w.code for w in transcripts[0].warnings}
    (tmp_path / "all.json").write_bytes(content)
    assert len(read_folder(tmp_path).rejected) == 2


def test_messages_hold_no_spoken_words(tmp_path):
    secret = "xyzzy-4111111111111111"
    for content in (
        b'{"turns": [{"speaker": "agent", "text": "' + secret.encode(),
        js({"answer": secret}),
        f"a,b,c\n{secret},1,2\n{secret},1,2\n".encode(),
    ):
        with pytest.raises(InputError) as problem:
            parse(content)
        assert "4111" not in str(problem.value)


YAML = b"""# what we expect
contacts:
  one.txt:
    kind: good
    agent: dana
    labels:
      - {label: tone.rude, turn: 3}
  two.txt:
    kind: tone
    agent: lee
    labels: []
"""


def test_settings_beside_the_contacts_are_no_transcript():
    with pytest.raises(InputError, match="YAML"):
        parse(YAML, name="expected.yaml")
    assert (
        len(parse(b"agent: hello there\ncustomer: hi\nagent: what is it?\ncustomer: my bill")[0].turns) == 4
    )
