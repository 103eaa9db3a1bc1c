import io

import pytest

from models.errors import InputError
from qa.readers import parse, read_folder, read_upload
from qa.readers.mapped import columns_of
from qa.readers.mapping import ColumnMapping, check_name, load_mapping, mapping_of

TABLE = """Export of the night desk;;;;;;
Fall;Zeile;Wer;Inhalt;Uhr;Team;Kraft
F1;2;MA;"Guten Tag; wie kann ich helfen?";00:05;Nacht;Kim
F1;1;kd ;Hallo;00:00;Nacht;
;1;KD;Ohne Fall;;;
F2;1;KD;;;;
F2;2;XX;Wer bin ich;heute;Nacht;
F2;3;MA;Gut;00:09;Nacht;Kim;zu viel
F2;4;MA;Bitte;01:05;Nacht;Kim
"""
MAPPING = mapping_of(
    {
        "name": "night desk",
        "columns": {
            "contact": "fall",
            "order": "Zeile",
            "speaker": "Wer",
            "text": "Inhalt",
            "time": "Uhr",
            "queue": "Team",
            "agent": "Kraft",
        },
        "speakers": {"ma": "agent", "KD": "customer"},
    }
)


def workbook(rows):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_table_is_read_as_it_is_mapped_and_bad_rows_lose_no_others():
    report = read_upload(TABLE.encode(), name="night.csv", client="acme", columns=MAPPING)
    first, second = report.transcripts
    assert [(turn.speaker, turn.text, turn.start_s) for turn in first.turns] == [
        ("customer", "Hallo", 0.0),
        ("agent", "Guten Tag; wie kann ich helfen?", 5.0),
    ]
    assert (first.agent, first.metadata["queue"], first.metadata["speaker_from"]) == ("Kim", "Nacht", "user")
    assert first.metadata["format"] == "csv-mapped"
    assert [turn.speaker for turn in second.turns] == ["unknown", "agent"]
    notes = [note.message for note in second.warnings]
    assert "row 7: its speaker is none of those mapped" in notes
    assert "row 7: its time cannot be read" in notes
    assert [one.reason for one in report.rejected] == [
        "row 5: has no contact id",
        "row 6: has no text",
        "row 8: has 8 cells, the header 7",
    ]


def test_a_workbook_is_read_like_a_table():
    rows = [
        ["Fall", "Zeile", "Wer", "Inhalt"],
        ["F1", 1, "KD", "Hallo"],
        ["F1", 2, "MA", "Hi"],
        ["F1", "x", "MA", ""],
    ]
    mapping = mapping_of({"columns": {"contact": "Fall", "order": "Zeile", "speaker": "Wer", "text": "Inhalt"}, "speakers": {"KD": "customer", "MA": "agent"}})  # fmt: skip
    report = read_upload(workbook(rows), columns=mapping)
    assert [turn.speaker for turn in report.transcripts[0].turns] == ["customer", "agent"]
    assert [one.reason for one in report.rejected] == ["row 4: has no text"]


def test_without_speakers_words_for_roles_are_known_and_the_rest_is_inferred():
    text = "a;b\nagent;Hello, how can I help?\ncustomer;My bill is wrong.\n"
    mapping = ColumnMapping({"speaker": "a", "text": "b"})
    (one,) = parse(text.encode(), name="c7.csv", columns=mapping)
    assert one.id == "c7"
    assert [turn.speaker for turn in one.turns] == ["agent", "customer"]


def test_other_files_are_read_as_always_and_tables_without_the_columns_say_what_they_lack(tmp_path):
    known = "conversation_id,speaker,text\nk1,agent,Hello\nk1,customer,Hi\n"
    (tmp_path / "known.csv").write_text(known, "utf-8")
    (tmp_path / "night.csv").write_text(TABLE, "utf-8")
    (tmp_path / "call.txt").write_text("Agent: Hello there\nCustomer: Hi\nAgent: Bye\n", "utf-8")
    (tmp_path / "odd.csv").write_text("x;y;z\n1;2;3\n4;5;6\n", "utf-8")
    report = read_folder(tmp_path, columns=MAPPING)
    assert sorted(one.id for one in report.transcripts) == ["F1", "F2", "call", "k1"]
    assert ("odd.csv", "the file has no column “fall”; its columns are x, y, z") in {
        (one.path, one.reason) for one in report.rejected
    }
    with pytest.raises(InputError, match=r"known\.csv: the file has no column “fall”"):
        parse(known.encode(), name="known.csv", columns=MAPPING)
    with pytest.raises(InputError, match="this is a PDF"):
        parse(b"%PDF-1.4", name="night.pdf", columns=MAPPING)
    with pytest.raises(InputError, match="no row fits the mapping: row 2: has no contact id"):
        parse(b"Fall;Zeile;Wer;Inhalt;Uhr;Team;Kraft\n;1;KD;Hallo;;;\n", columns=MAPPING)


def test_columns_and_the_values_that_come_again():
    found = columns_of(TABLE.encode())
    assert found is not None
    assert found.names == ("Fall", "Zeile", "Wer", "Inhalt", "Uhr", "Team", "Kraft")
    assert found.values[2] == ("KD", "MA", "XX", "kd")
    assert found.values[3] == ()
    assert columns_of(b'{"turns": [{"speaker": "agent", "text": "a, b"}]}') is None
    assert columns_of(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello, you\n") is None


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "must have `columns`"),
        ([], "must have `columns`"),
        ({"columns": {"contact": "a"}}, "needs a column for the text"),
        ({"columns": {"text": "a", "mood": "b"}}, "does not know mood"),
        ({"columns": {"text": "a", "speaker": "A "}}, "names the column “A ” twice"),
        ({"columns": {"text": ["a"]}}, "is a word of at most"),
        ({"columns": {"text": "a"}, "speakers": {"x": "boss"}}, "boss is none of"),
        ({"columns": {"text": "a"}, "speakers": ["x"]}, "must be values and their roles"),
    ],
)
def test_mappings_that_are_none(value, problem):
    with pytest.raises(InputError, match=problem):
        mapping_of(value)


def test_a_mapping_from_a_file(tmp_path):
    path = tmp_path / "night.yaml"
    path.write_text(
        "name: night\ncolumns: {text: Inhalt, contact: Fall}\nspeakers: {KD: customer}\n", "utf-8"
    )
    assert load_mapping(path) == ColumnMapping(
        {"text": "Inhalt", "contact": "Fall"}, {"KD": "customer"}, "night"
    )
    path.write_text("columns: [", "utf-8")
    with pytest.raises(InputError, match="not valid YAML"):
        load_mapping(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["", " night", "a/b", "x" * 61, "night\n"])
def test_names_that_cannot_be_kept(name):
    with pytest.raises(InputError, match="the name must be"):
        check_name(name)
    assert check_name("Night desk 2.0") == "Night desk 2.0"
