"""CSV and XLSX: separators, encodings, aliases, several contacts, a row a call, odd files."""

import csv
import datetime as dt
import io
import json

import pytest
from shape_parts import xlsx

from models.errors import InputError
from qa.readers import parse
from storage.register import lines_of


def read(text, encoding="utf-8"):
    return parse(text.encode(encoding), name="t.csv", client="acme")


HEADERS = [
    "conversation_id,speaker,text",
    "Call ID,Role,Message",
    "contact_id,participant,utterance",
    "ticket_id,author,body",
    "interaction_id,from,content",
    "ContactId,ParticipantRole,Content",
    "SESSION-ID,Sender,msg",
]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_aliases_and_separators(header, separator):
    rows = [header, "c1,Agent,Hello there", "c1,Customer,Hi", "c2,Agent,Good day"]
    found = read("\n".join(row.replace(",", separator) for row in rows))
    assert [(t.id, [x.speaker for x in t.turns]) for t in found] == [
        ("c1", ["agent", "customer"]),
        ("c2", ["agent"]),
    ]


@pytest.mark.parametrize(
    ("encoding", "words", "warned"),
    [
        ("utf-8", "Grüße aus Köln, señor", False),
        ("utf-8-sig", "Grüße aus Köln, señor", False),
        ("utf-16", "Grüße aus Köln, señor", False),
        ("utf-16-le", "Grusse aus Koln und viel mehr", False),
        ("cp1252", "Grüße aus Köln – señor’s café", True),
        ("cp932", "お電話ありがとうございます。注文番号をお願いします。", True),
    ],
)
def test_encodings(encoding, words, warned):
    transcript = read(f'id,speaker,text\n1,Agent,"{words}"\n1,Customer,ok\n', encoding)[0]
    assert transcript.turns[0].text == words
    assert ("encoding-guessed" in {w.code for w in transcript.warnings}) is warned


def test_japanese_headers():
    found = read(
        "通話ID,話者,発話\n7,オペレーター,お電話ありがとうございます\n7,お客様,注文が届きません\n", "cp932"
    )
    assert [(t.id, [x.speaker for x in t.turns]) for t in found] == [("7", ["agent", "customer"])]


def test_rows_are_grouped_ordered_and_timed():
    found = read(
        "call_id,turn,speaker,text,start,end\n"
        "a,2,Customer,second,00:00:05,00:00:07.5\n"
        "b,1,Agent,other,1.5,2\n"
        'a,1,Agent,first,0,"4,25"\n'
    )
    assert [(t.id, [(x.text, x.start_s, x.end_s) for x in t.turns]) for t in found] == [
        ("a", [("first", 0.0, 4.25), ("second", 5.0, 7.5)]),
        ("b", [("other", 1.5, 2.0)]),
    ]


def test_dates_in_the_time_column_become_wall_clock():
    turns = read(
        "id,speaker,text,timestamp\n1,Agent,a,2026-03-01T09:00:00Z\n1,Customer,b,2026-03-01T09:00:05Z\n"
    )[0].turns
    assert [(t.start_s, t.at.isoformat()) for t in turns] == [
        (None, "2026-03-01T09:00:00+00:00"),
        (None, "2026-03-01T09:00:05+00:00"),
    ]


def test_columns_about_the_contact():
    transcript = read(
        "call_id,agent,client,channel,language,queue,required,speaker,text,visibility\n"
        "1,Dana,other client,chat,en-GB,billing,recording; fees,Agent,hello,public\n"
        "1,Dana,other client,chat,en-GB,billing,,Agent,note to self,internal\n"
    )[0]
    assert (transcript.client, transcript.agent, transcript.channel, transcript.language) == (
        "acme",
        "Dana",
        "chat",
        "en-GB",
    )
    assert transcript.metadata["client_in_file"] == "other client"
    assert transcript.metadata["queue"] == "billing"
    assert transcript.metadata["required"] == ["recording", "fees"]
    assert [t.visibility for t in transcript.turns] == ["public", "internal"]


def test_a_transfer_keeps_both_agents():
    transcript = read(
        "id,speaker,agent,text\n1,Agent,Dana,hello\n1,Customer,Dana,hi\n1,Agent,Lee,taking over\n"
    )[0]
    assert [(t.speaker, t.participant) for t in transcript.turns] == [
        ("agent", "Dana"),
        ("customer", None),
        ("agent", "Lee"),
    ]
    assert transcript.agent == ""
    assert transcript.metadata["agents"] == ["Dana", "Lee"]


def test_names_as_speakers_and_an_agent_column():
    transcript = read("id,speaker,agent,text\n1,Dana,Dana,well\n1,Eva,Dana,well\n")[0]
    assert [t.speaker for t in transcript.turns] == ["agent", "customer"]


def test_quoted_cells_may_hold_line_breaks_and_separators():
    turns = read('id,speaker,text\n1,Agent,"one, two;\nthree ""quoted"""\n1,Customer,ok\n')[0].turns
    assert turns[0].text == 'one, two;\nthree "quoted"'


def test_a_row_a_call_with_text_json_and_a_cut_cell():
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["call_id", "agent", "date", "transcript"])
    writer.writerow(["1", "Dana", "2026-03-01T09:00:00Z", "Agent: Hello.\nCustomer: Hi."])
    writer.writerow(
        [
            "2",
            "Lee",
            "",
            json.dumps([{"speaker": "agent", "text": "Hello."}, {"speaker": "customer", "text": "Hi."}]),
        ]
    )
    writer.writerow(["3", "Lee", "", ("Agent: " + "word " * 10_000)[:32_767]])
    writer.writerow(["4", "Lee", "", "Agent: Hello.\\nCustomer: Hi."])
    writer.writerow(["", "", "", ""])
    found = read(out.getvalue())
    assert [(t.id, t.agent, len(t.turns)) for t in found] == [
        ("1", "Dana", 2),
        ("2", "Lee", 2),
        ("3", "Lee", 1),
        ("4", "Lee", 2),
    ]
    assert found[0].started_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert ["cell-cut" in {w.code for w in t.warnings} for t in found] == [False, False, True, False]


def test_ragged_rows_are_read_and_said():
    transcript = read("id,speaker,text\n1,Agent,hello,extra\n1,Customer\n1,Customer,hi\n")[0]
    assert [t.text for t in transcript.turns] == ["hello", "hi"]
    assert {"ragged-rows", "empty-turns"} <= {w.code for w in transcript.warnings}


def test_without_contact_ids_the_file_is_one_contact():
    assert [t.id for t in read("speaker,text\nAgent,hello\nCustomer,hi\n")] == ["t"]


def test_a_table_without_a_header_with_times():
    turns = read("09:00:01,agent,hello there everyone\n09:00:05,customer,hi\n")[0].turns
    assert [(t.speaker, t.text) for t in turns] == [("agent", "hello there everyone"), ("customer", "hi")]


def test_xlsx_types_and_several_contacts():
    rows = [
        ["Call ID", "Speaker", "Text", "Date"],
        [17, "Agent", "hello", dt.datetime(2026, 3, 1, 9, 0)],
        [17, "Customer", 42, dt.datetime(2026, 3, 1, 9, 1)],
        [18, "Agent", "=A1&A2", None],
    ]
    found = parse(xlsx(rows), name="calls.xlsx")
    assert [(t.id, [x.text for x in t.turns]) for t in found] == [("17", ["hello", "42"])]
    assert found[0].turns[1].at.isoformat() == "2026-03-01T09:01:00+00:00"
    # A formula nobody has calculated yet has no value: the contact has no words and says so.
    assert [w.code for w in found[0].warnings if w.code == "contacts-rejected"] == ["contacts-rejected"]


def test_workbooks_that_cannot_be_read():
    with pytest.raises(InputError, match="unknown columns"):
        parse(xlsx([["a", "b"], [1, 2]]))
    with pytest.raises(InputError, match="damaged"):
        parse(xlsx([["speaker", "text"], ["agent", "x"]])[:-200])


def test_a_long_line_of_sentences_is_no_table():
    prose = "First of all, we went there, and then, as usual, " * 1_000
    assert parse(prose.encode())[0].metadata["format"] == "unlabelled"


def test_tables_of_more_rows_than_anybody_has_are_refused():
    rows = "agent,hello\n" * 200_001
    with pytest.raises(InputError, match="more than 200,000 rows"):
        parse(f"speaker,text\n{rows}".encode())
    with pytest.raises(InputError, match="more than 200,000 lines"):
        parse(b"Agent: hello\n" * 200_002)


def test_a_workbook_costs_what_it_holds_and_not_its_widest_row():
    import tracemalloc

    content = xlsx([["speaker", "text", "note"], *[["agent", "hello", None]] * 3_000])
    parse(content)
    tracemalloc.start()
    found = parse(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found[0].turns) == 3_000
    assert not any(warning.code == "ragged-rows" for warning in found[0].warnings)
    assert peak < 15_000_000


def test_why_the_customer_came_where_from_and_what_they_thought():
    (contact,) = read(
        "call_id,Contact Reason,Site,CSAT,speaker,text\n"
        "c1,late delivery,Cebu,4,customer,Where is my order?\n"
        "c1,late delivery,Cebu,4,agent,It left this morning.\n"
    )
    told = contact.metadata
    assert (told["reason"], told["site"], told["csat"]) == ("late delivery", "Cebu", "4")
    (case,) = lines_of(contact, None, []).cases
    assert (case["reason"], case["site"], case["csat"]) == ("late delivery", "Cebu", 4.0)
