"""Who speaks: what stands beside a turn's role."""

import pytest

from models.records import Transcript, Turn
from web.transcript_pane import names_beside

NUMBER, OTHER = "3fa85f64-5717-4562-b3fc-2c963f66afa6", "9c858901-8a57-4791-81fe-4c455b099bc9"


def contact(*voices: tuple[str, str | None], agent: str = "") -> Transcript:
    turns = tuple(
        Turn(speaker, f"Words {place}.", participant=who) for place, (speaker, who) in enumerate(voices)
    )
    return Transcript("c1", "lumenor", turns=turns, agent=agent)


@pytest.mark.parametrize(
    ("transcript", "expected"),
    [
        (contact(("agent", NUMBER), ("customer", OTHER)), {}),
        (contact(("agent", NUMBER), ("agent", OTHER)), {NUMBER: "3fa85f64…", OTHER: "9c858901…"}),
        (contact(("agent", "maria"), ("customer", "AGENT 7")), {"maria": "maria", "AGENT 7": "AGENT 7"}),
        (contact(("agent", "maria"), ("customer", "Customer"), agent="maria"), {}),
        (contact(("agent", None), ("customer", "")), {}),
        (contact(("customer", "A" * 32), ("customer", "Ann")), {"A" * 32: "AAAAAAAA…", "Ann": "Ann"}),
    ],
)
def test_a_number_that_tells_nothing_stays_out_of_sight(transcript, expected):
    assert names_beside(transcript) == expected
