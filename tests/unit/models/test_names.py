"""Names of customers: masked only when a client wants it, then wherever they stand."""

from __future__ import annotations

import pytest

from models.errors import ConfigError, RedactionError
from models.records import ClientProfile, Transcript, Turn
from models.redaction import KINDS, NAME, redact, redact_turn
from models.redaction.masking import Masking, masking_of, without_metadata_names

SPEAKERS = {"A": "agent", "C": "customer", "U": "unknown"}
WITH_NAMES = (*KINDS, NAME)


def texts(*lines, **fields):
    turns = tuple(Turn(SPEAKERS[line[0]], line[3:]) for line in lines)
    masked = redact(Transcript("c1", "acme", turns, **fields), kinds=WITH_NAMES)
    assert redact(masked, kinds=WITH_NAMES) == masked
    return [turn.text for turn in masked.turns]


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("C: My name is Oluwaseun Adeyemi.", "My name is [NAME]."),
        ("C: my name is oluwaseun adeyemi and i called", "my name is [NAME] and i called"),
        ("C: this is priya uh raghunathan speaking", "this is [NAME] speaking"),
        ("C: Hi, I'm José de la Cruz and my parcel is late.", "Hi, I'm [NAME] and my parcel is late."),
        ("C: It was signed for by Nguyễn Thị Hoa.", "It was signed for by [NAME]."),
        ("C: Joke van der Meer here, sorry", "[NAME] here, sorry"),
        ("A: Thank you, Mrs. Øvergård, one moment.", "Thank you, Mrs. [NAME], one moment."),
        ("A: Dear Kwame, thank you for waiting.", "Dear [NAME], thank you for waiting."),
        ("C: mein Name ist Jürgen Groß", "mein Name ist [NAME]"),
        ("C: Mijn naam is Anneke de Vries.", "Mijn naam is [NAME]."),
        ("C: me llamo Lucía Ñíguez", "me llamo [NAME]"),
        ("C: je m'appelle Aurélie Lefèvre", "je m'appelle [NAME]"),
        ("C: Jeg heter Bjørn Haugland", "Jeg heter [NAME]"),
        ("C: my surname is spelled A D E Y E M I", "my surname is spelled [NAME]"),
        ("C: Please charge 4111 1111 1111 1111, I'm Aisha Khan", "Please charge [CARD ****1111], I'm [NAME]"),
    ],
)
def test_names_are_masked_by_what_stands_beside_them(line, masked):
    assert texts(line) == [masked]
    assert redact(line[3:]) == line[3:].replace("4111 1111 1111 1111", "[CARD ****1111]")


@pytest.mark.parametrize(
    "line",
    [
        "C: I'm calling about my order", "C: It's broken and I'm very upset", "C: Thank you, goodbye.", "C: My name is wrong on the bill.",
        "C: Please send it to London by Friday.", "C: I spoke with a manager on Monday.", "C: can you put it under warranty?", "C: yes that's seven two five",
        "A: Hi, my name is Ana and I will help you.", "A: You're speaking with Bob.", "C: THIS IS RIDICULOUS", "A: What is your full name?",
        "C: I paid with Visa at the shop.", "A: Let me transfer you to Billing.", "C: my husband already phoned about this", "C: yes, Monday works for me",
    ],
)  # fmt: skip
def test_what_is_no_name_and_how_agents_introduce_themselves_stays(line):
    assert texts(line) == [line[3:]]


def test_a_name_told_once_is_masked_everywhere_in_the_contact():
    assert texts(
        "C: It's Raghunathan again, the adeyemi order",
        "A: Who am I speaking to?",
        "C: priya raghunathan",
        "A: Thanks Priya. Raghunathan with an R?",
        "C: r a g h u n a t h a n",
    ) == ["It's [NAME] again, the adeyemi order", "Who am I speaking to?", "[NAME]", "Thanks [NAME]. [NAME] with an R?", "[NAME]"]  # fmt: skip


def test_the_agent_and_what_the_client_sells_are_no_customers():
    turns = (Turn("customer", "Thanks Ana, it's the Zyxel from Norvane."),)
    contact = Transcript("c1", "acme", turns, agent="Ana Ruiz")
    assert redact(contact, kinds=WITH_NAMES, kept=("Norvane", "Zyxel")) == contact


def test_names_in_metadata_are_learned_and_masked_for_the_store_alone():
    metadata = {"customer_name": "Thabo Nkosi", "note": "call nkosi back", "queue": "billing"}
    contact = Transcript("c1", "acme", (Turn("agent", "so nkosi it is"),), metadata=metadata)
    masked = redact(contact, kinds=WITH_NAMES)
    assert masked.turns[0].text == "so [NAME] it is"
    assert masked.metadata == metadata
    assert without_metadata_names(masked).metadata == {
        "customer_name": "[NAME]",
        "note": "call [NAME] back",
        "queue": "billing",
    }


def test_live_what_was_told_before_is_known():
    masking = Masking(names=True)
    first, second = Turn("customer", "I'm Oluwaseun Adeyemi"), Turn("agent", "the adeyemi account, yes")
    known = masking.told([second], masking.told([first], frozenset()))
    heard = redact_turn(first, [], kinds=masking.kinds, known=known)
    assert heard.text == "I'm [NAME]"
    assert redact_turn(second, [heard], kinds=masking.kinds, known=known).text == "the [NAME] account, yes"


def test_the_setting_of_a_client():
    assert masking_of(ClientProfile("acme")) == Masking()
    chosen = ClientProfile("acme", name="Norvane", brands=("Zyxel",), extra={"redact": {"names": True}})
    assert masking_of(chosen) == Masking(names=True, kept=("acme", "Norvane", "Zyxel"))
    assert masking_of(ClientProfile("acme", extra={"redact": {"names": False}})).kinds == KINDS
    for wrong in ({"name": True}, {"names": "some"}, "yes", ["names"]):
        with pytest.raises(ConfigError, match="`redact` must be"):
            masking_of(ClientProfile("acme", extra={"redact": wrong}))


def test_names_fail_closed(monkeypatch):
    def broken(*_, **__):
        raise ValueError("Oluwaseun")

    monkeypatch.setattr("models.redaction.names", broken)
    monkeypatch.setattr("models.redaction.masking.names", broken)
    with pytest.raises(RedactionError) as refused:
        redact("I'm Oluwaseun Adeyemi", kinds=WITH_NAMES)
    with pytest.raises(RedactionError):
        Masking(names=True).told([Turn("customer", "I'm Oluwaseun")], frozenset())
    assert "Oluwaseun" not in str(refused.value)


def test_a_store_masks_what_its_client_wants_masked():
    from storage import MemoryStore

    store = MemoryStore()
    contact = Transcript("c1", "acme", (Turn("customer", "I'm Oluwaseun Adeyemi"),))
    store.put("acme", contact)
    store.put("acme", ClientProfile("acme", extra={"redact": {"names": True}}))
    store.put("acme", Transcript("c2", "acme", contact.turns))
    assert store.get("acme", Transcript, "c1").turns[0].text == "I'm Oluwaseun Adeyemi"
    assert store.get("acme", Transcript, "c2").turns[0].text == "I'm [NAME]"
