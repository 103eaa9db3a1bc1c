"""Who is the agent: words for roles, inference with a confidence, and swapping by hand."""

import pytest
from shape_parts import js

from models.errors import InputError
from qa.readers import parse, swap_speakers
from qa.readers.roles import cast, is_diarised, role_of

ROLES = [
    ("Agent", "agent"),
    ("AGENT", "agent"),
    ("agent_2", "agent"),
    ("Agent1", "agent"),
    ("Rep", "agent"),
    ("CSR", "agent"),
    ("Customer Service", "agent"),
    ("Customer Care", "agent"),
    ("customer support", "agent"),
    ("Human_Agent", "agent"),
    ("Sales Rep", "agent"),
    ("Agent (Ben)", "agent"),
    ("Ben (Agent)", "agent"),
    ("Alice (Customer Service)", "agent"),
    ("Admin", "agent"),
    ("internal", "agent"),
    ("Agent Ben", "agent"),
    ("Bank Advisor", "agent"),
    ("Customer", "customer"),
    ("CALLER", "customer"),
    ("client", "customer"),
    ("end-user", "customer"),
    ("END_USER", "customer"),
    ("visitor", "customer"),
    ("external", "customer"),
    ("Bob (Customer)", "customer"),
    ("Customer 2", "customer"),
    ("User", "customer"),
    ("bot", "bot"),
    ("AUTOMATED_AGENT", "bot"),
    ("Virtual Agent", "bot"),
    ("CUSTOM_BOT", "bot"),
    ("IVR", "bot"),
    ("SYSTEM", "system"),
    ("acd", "system"),
    ("Supervisor", "supervisor"),
    ("Team Leader", "supervisor"),
    ("Priya", None),
    ("Speaker 1", None),
    ("SPEAKER_00", None),
    ("", None),
    ("Customer Agent Interaction", None),
    ("お客様", "customer"),
    ("オペレーター", "agent"),
    ("Kundin", "customer"),
    ("Conseiller", "agent"),
]


@pytest.mark.parametrize(("label", "role"), ROLES)
def test_words_for_roles(label, role):
    assert role_of(label) == role


@pytest.mark.parametrize(
    "label", ["A", "B", "S1", "UU", "0", "SPEAKER_00", "speaker 1", "spk_0", "channel 1", "ch_0"]
)
def test_labels_of_diarisers(label):
    assert is_diarised(label)


@pytest.mark.parametrize("label", ["Ben", "Agent", "Priya K", "Eva-Maria"])
def test_names_are_no_diarised_labels(label):
    assert not is_diarised(label)


TELLING = {
    "greeting": ("Thank you for calling Nordlicht, how can I help you?", "Hi, I want to cancel."),
    "verification": ("May I have your date of birth please?", "The first of May."),
    "brand and name": ("Welcome to Nordlicht, you are speaking with Dana.", "My card is lost."),
    "closing": ("Is there anything else I can help you with?", "No, that's all, thanks for your help."),
    "promise": ("I'm sorry to hear that. Let me check this for you.", "It has been weeks."),
    "typographic": ("I’m sorry to hear that, I’ll be happy to help.", "My phone isn’t working."),
    "German": ("Guten Tag, wie kann ich Ihnen helfen?", "Mein Paket fehlt."),
    "Spanish": ("Gracias por llamar, ¿en qué puedo ayudarle?", "Mi pedido no llega."),
    "French": ("Bonjour, comment puis-je vous aider ?", "Mon colis est perdu."),
}


@pytest.mark.parametrize("case", TELLING)
def test_inference_holds_whoever_speaks_first(case):
    agent, customer = TELLING[case]
    for lines in ([("x", agent), ("y", customer)], [("y", customer), ("x", agent)]):
        found = cast(lines, {})
        assert found.roles == {"x": "agent", "y": "customer"}
        assert found.confidence >= 0.6


SILENT = {
    "nothing said": (("x", "Hello."), ("y", "Hello.")),
    "both alike": (("x", "I want to know."), ("y", "I want to know.")),
    "one voice": (("x", "Thank you for calling, how can I help? My bill is wrong."),),
    "radio": (("x", "Roger, switch three to off."), ("y", "Switch three is off.")),
}


@pytest.mark.parametrize("case", SILENT)
def test_what_cannot_be_told_stays_unknown(case):
    found = cast(SILENT[case], {})
    assert set(found.roles.values()) == {"unknown"}
    assert found.confidence < 0.6


def test_three_voices_and_a_transfer():
    found = cast(
        [
            ("S1", "Thank you for calling Nordlicht, how can I help you?"),
            ("S2", "I'm calling because my order is late and I want my money back."),
            ("S1", "Let me transfer you to a colleague."),
            (
                "S3",
                "You are speaking with Dana from billing, how may I help you? May I have your order number?",
            ),
        ],
        {},
    )
    assert found.roles == {"S1": "agent", "S2": "customer", "S3": "agent"}


def test_second_language_wording_tells_the_agent_too():
    found = cast(
        [("x", "Kindly do the needful and provide your order number ma'am."), ("y", "My order is lost.")], {}
    )
    assert found.roles == {"x": "agent", "y": "customer"}


def test_swapping_by_hand():
    words = [
        {"speaker": f"SPEAKER_0{n % 2}", "text": f"Line {n}.", "start": n, "end": n + 1} for n in range(4)
    ]
    transcript = parse(js({"segments": words}))[0]
    assert {t.speaker for t in transcript.turns} == {"unknown"}
    mended = swap_speakers(transcript, {"SPEAKER_00": "agent", "SPEAKER_01": "customer"})
    assert [t.speaker for t in mended.turns] == ["agent", "customer"] * 2
    assert (mended.metadata["speaker_from"], mended.metadata["speaker_confidence"]) == ("user", 1.0)
    assert not {"speaker-unknown", "no-agent-turns", "speaker-inferred"} & {w.code for w in mended.warnings}
    back = swap_speakers(mended, {"agent": "customer", "customer": "agent"})
    assert [t.speaker for t in back.turns] == ["customer", "agent"] * 2
    assert [t.text for t in back.turns] == [t.text for t in transcript.turns]
    with pytest.raises(InputError, match="neither a speaker nor a participant"):
        swap_speakers(transcript, {"nobody": "agent"})


def test_a_swap_survives_being_written_and_read():
    from models.codec import to_json

    transcript = parse(b"Ann: Well.\nBob: Well.\nAnn: Yes.\nBob: No.", name="x.txt")[0]
    mended = swap_speakers(transcript, {"Ann": "agent", "Bob": "customer"})
    again = parse(to_json(mended).encode(), name="x.json")[0]
    assert again.turns == mended.turns
    assert again.metadata["speaker_from"] == "user"


def test_no_agent_is_said_and_not_an_error():
    transcript = parse(b"Customer: Hello?\nCustomer: Anybody?\nBot: Please wait.")[0]
    assert "no-agent-turns" in {w.code for w in transcript.warnings}
    assert "speaker-unknown" not in {w.code for w in transcript.warnings}


def test_a_customers_number_or_address_is_not_kept_as_a_name():
    chat = "[23/11/26, 13:05:10] +44 1632 960001: My order is late.\n[23/11/26, 13:06:10] Dana: How can I help you?\n[23/11/26, 13:07:10] +44 1632 960001: Hm."
    transcript = parse(chat.encode(), agent="Dana")[0]
    assert [t.participant for t in transcript.turns] == ["participant-1", "Dana", "participant-1"]
    assert "960001" not in str(transcript)
