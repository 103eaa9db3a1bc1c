"""Labelled text: every shape of label, continuation lines, names, asides, times."""

import pytest

from qa.readers import parse

AGENT, CUSTOMER = "Good morning, how can I help?", "My parcel is late."


def read(text, **options):
    return parse(text.encode(), name="t.txt", **options)[0]


def said(text, **options):
    return [(t.speaker, t.text) for t in read(text, **options).turns]


TWO = [("agent", AGENT), ("customer", CUSTOMER)]
LABELS = {
    "label": "Agent: {a}\nCustomer: {c}",
    "upper case": "AGENT: {a}\nCUSTOMER: {c}",
    "bold, colon inside": "**Agent:** {a}\n\n**Customer:** {c}",
    "bold, colon outside": "**Agent**: {a}\n\n**Customer**: {c}",
    "bold name and role": "**Ben (Agent)**: {a}\n\n**Eva (Customer)**: {c}",
    "name in brackets": "Agent (Ben): {a}\nCustomer (Eva): {c}",
    "role in brackets": "Ben (Agent): {a}\nEva (Customer): {c}",
    "role and name": "Agent Ben: {a}\nCustomer Eva: {c}",
    "time before": "[00:12] Agent: {a}\n[00:15] Customer: {c}",
    "long time before": "[00:00:12.500] Agent: {a}\n[00:00:15] Customer: {c}",
    "bare time before": "00:12 Agent: {a}\n00:15 Customer: {c}",
    "time range": "[00:12 - 00:14] Agent: {a}\n[00:15 - 00:17] Customer: {c}",
    "time after": "Agent (00:12): {a}\nCustomer (00:15): {c}",
    "bare time after": "Agent 00:12: {a}\nCustomer 00:15: {c}",
    "time after, words below": "Agent 00:12\n{a}\n\nCustomer 00:15\n{c}",
    "offset in words": "( 12s ) Agent: {a}\n( 1m 13s ) Customer: {c}",
    "date before": "[2026-03-01 09:00:00] Agent: {a}\n[2026-03-01 09:00:09] Customer: {c}",
    "bold after a time": "[00:12] **Agent:** {a}\n[00:15] **Customer:** {c}",
    "bullets": "- Agent: {a}\n- Customer: {c}",
    "brackets": "[Agent]: {a}\n[Customer]: {c}",
    "wide colon": "Agent：{a}\nCustomer：{c}",
    "other role words": "Representative: {a}\nCaller: {c}",
    "numbered": "Agent 1: {a}\nCustomer 1: {c}",
    "company": "Nordlicht Inc. Representative: {a}\nClient: {c}",
    "German": "Kundenberater: {a}\nKunde: {c}",
    "Spanish": "Agente: {a}\nCliente: {c}",
    "heading lines": "Call of March\nDuration: 00:05:30\n\nAgent: {a}\nCustomer: {c}",
    "named headings": "Agent: Ben\nCustomer: Eva\n\nBen: {a}\nEva: {c}\nBen: Sure.\nEva: Thanks.",
}


@pytest.mark.parametrize("shape", LABELS)
def test_label_shapes(shape):
    assert said(LABELS[shape].format(a=AGENT, c=CUSTOMER))[:2] == TWO


TIMES = {
    "time before": (12.0, 15.0),
    "long time before": (12.5, 15.0),
    "bare time before": (12.0, 15.0),
    "time after": (12.0, 15.0),
    "bare time after": (12.0, 15.0),
    "time after, words below": (12.0, 15.0),
    "offset in words": (12.0, 73.0),
    "label": (None, None),
    "date before": (None, None),
}


@pytest.mark.parametrize("shape", TIMES)
def test_times_of_labels(shape):
    turns = read(LABELS[shape].format(a=AGENT, c=CUSTOMER)).turns
    assert (turns[0].start_s, turns[1].start_s) == TIMES[shape]


def test_ranges_dates_and_clocks():
    turns = read("[00:12 - 00:14] Agent: a b\n[00:15 - 00:17] Customer: c").turns
    assert [t.end_s for t in turns] == [14.0, 17.0]
    dated = read("[2026-03-01 09:00:00] Agent: hello\n[2026-03-01 09:00:09] Customer: c")
    assert dated.started_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert "zone-assumed" in {w.code for w in dated.warnings}
    clock = read("[10:02] Agent: hello\n[10:04] Customer: c\n[10:05] Agent: d")
    assert [t.start_s for t in clock.turns] == [0.0, 120.0, 180.0]
    assert "clock-times" in {w.code for w in clock.warnings}
    noon = read("[11:59 AM] Agent: hello\n[12:01 PM] Customer: c")
    assert [t.start_s for t in noon.turns] == [0.0, 120.0]
    midnight = read("[23:59:50] Agent: hello\n[00:00:10] Customer: c")
    assert [t.start_s for t in midnight.turns] == [0.0, 20.0]


def test_times_that_open_the_words():
    text = "Agent Ben: 00:00:05 Good day\nCustomer Eva: 00:00:09 Hello\nAgent Ben: 00:00:12 Right"
    assert [(t.start_s, t.text) for t in read(text).turns] == [
        (5.0, "Good day"),
        (9.0, "Hello"),
        (12.0, "Right"),
    ]
    kept = "Agent: When suits you?\nCustomer: 10:30 works for me\nAgent: Fine"
    assert said(kept)[1] == ("customer", "10:30 works for me")


def test_lines_without_a_label_belong_to_the_turn_above():
    text = "Agent: The settings are:\nName: Nordlicht\nPort: 80\nProxy: none\n\nSave them.\nCustomer: Done.\nAgent: Good."
    assert said(text) == [
        ("agent", "The settings are:\nName: Nordlicht\nPort: 80\nProxy: none\n\nSave them."),
        ("customer", "Done."),
        ("agent", "Good."),
    ]


def test_note_is_never_a_speaker():
    text = (
        "Agent: First.\nNote: read this\nCustomer: Second.\nNote: and this\nAgent: https://example.invalid/x"
    )
    assert [t.speaker for t in read(text).turns] == ["agent", "customer", "agent"]


def test_a_label_must_recur_or_be_a_word_for_a_role():
    assert said("One thing: here.\nAnother thing: there.") == [
        ("unknown", "One thing: here.\nAnother thing: there.")
    ]
    assert said("Contact: us by mail") == [("unknown", "Contact: us by mail")]


def test_stage_directions_are_nobodys_words():
    text = "Agent: One moment.\n\n[A few moments later]\n\nAgent: Here I am.\nCustomer: Fine.\n(End of the recording)"
    assert said(text) == [
        ("agent", "One moment."),
        ("system", "[A few moments later]"),
        ("agent", "Here I am."),
        ("customer", "Fine."),
        ("system", "(End of the recording)"),
    ]
    assert said("Agent: One.\n[redacted]\nCustomer: Two.")[0] == ("agent", "One.\n[redacted]")


def test_names_follow_from_labels_and_elimination():
    full = read("Agent (Ben): Hello.\nCustomer (Eva): Hi.\nBen: How are things?\nEva: So so.\nAgent: Right.")
    assert [(t.speaker, t.participant) for t in full.turns] == [
        ("agent", "Ben"),
        ("customer", "Eva"),
        ("agent", "Ben"),
        ("customer", "Eva"),
        ("agent", "Ben"),
    ]
    assert full.agent == "Ben"
    rest = read("Agent: Hello.\nEva: Hi.\nAgent: Yes?\nEva: My bill.")
    assert [t.speaker for t in rest.turns] == ["agent", "customer"] * 2
    assert rest.metadata["speaker_from"] == "inferred"
    said_so = read("Shop Representative: My name is Dana.\nCustomer: Hi.\nDana: So?\nDana: Still there?")
    assert [t.speaker for t in said_so.turns] == ["agent", "customer", "agent", "agent"]


def test_names_alone_are_told_from_the_words():
    text = (
        "Priya: Thank you for calling Nordlicht, how can I help you?\nSam: Hi, I'm calling because my order is late.\n"
        "Priya: May I have your order number please?\nSam: It is on my screen."
    )
    transcript = read(text)
    assert [t.speaker for t in transcript.turns] == ["agent", "customer"] * 2
    assert [t.participant for t in transcript.turns] == ["Priya", "Sam"] * 2
    assert transcript.metadata["speaker_from"] == "inferred"
    assert transcript.metadata["speaker_confidence"] >= 0.6
    assert "speaker-inferred" in {w.code for w in transcript.warnings}


def test_the_caller_may_name_the_agent():
    text = "Priya: Well.\nSam: Well.\nPriya: Yes.\nSam: No."
    assert [t.speaker for t in read(text, agent="Priya").turns] == ["agent", "customer"] * 2
    unknown = read(text)
    assert {t.speaker for t in unknown.turns} == {"unknown"}
    assert {"speaker-unknown", "no-agent-turns"} <= {w.code for w in unknown.warnings}


def test_two_agents_and_a_bot_in_one_contact():
    text = "Bot: Hi, I am the assistant.\nAgent 1: Hello.\nCustomer: My bill.\nAgent 1: I pass you on.\nAgent 2: Hello again.\nSupervisor: And me."
    transcript = read(text)
    assert [(t.speaker, t.participant) for t in transcript.turns] == [
        ("bot", "Bot"),
        ("agent", "Agent 1"),
        ("customer", "Customer"),
        ("agent", "Agent 1"),
        ("agent", "Agent 2"),
        ("supervisor", "Supervisor"),
    ]


def test_what_stands_before_the_first_speaker_is_left_out_and_said():
    transcript = read("A title\nDate: 1 May\n\nAgent: Hello.\nCustomer: Hi.")
    assert len(transcript.turns) == 2
    assert [w.message for w in transcript.warnings if w.code == "preamble-skipped"] == [
        "2 lines before the first speaker were left out"
    ]


def test_html_transcripts_with_offsets():
    page = (
        '<p align="center">Chat Started: Monday</p>( 3s ) Ben: Thank you for contacting Nordlicht, how can I help?<br>'
        "( 1m 5s ) Eva: My order &amp; my refund are late.<br>( 2m 0s ) Ben: Let me check that.<br>( 2m 9s ) Eva: ok"
    )
    transcript = read(page)
    assert [(t.speaker, t.start_s) for t in transcript.turns] == [
        ("agent", 3.0),
        ("customer", 65.0),
        ("agent", 120.0),
        ("customer", 129.0),
    ]
    assert transcript.turns[1].text == "My order & my refund are late."
