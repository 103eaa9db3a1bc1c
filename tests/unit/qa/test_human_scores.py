import pytest

from models.errors import InputError
from qa.human_scores import read_human_scores
from tests.unit.qa.test_answers import FULL
from tests.unit.qa.test_scoring import VOICE

WIDE = """\
contact_id,evaluator,date,notice,No secrets?,own-words,Room temperature,total,comment
c1,Dana,2026-03-02,yes,NO,n/a,21,85 %,fine
c2,Lea,02.03.2026,1,0,,22,"0,5",
c3,,2026-03-02,yes,yes,yes,21,90,
c4,Dana,2026-03-02,maybe,yes,yes,21,90,
c5,Dana,2026-03-02,yes
c1,Dana,2026-03-05,no,no,no,21,10,
,Dana,2026-03-02,yes,yes,yes,21,90,
c6,Dana,2026-03-02,yes,yes,yes,21,900,
"""


def answers(one):
    return {verdict.criterion: verdict.outcome for verdict in one.answers}


def read(text, card=VOICE, **options):
    return read_human_scores(text.encode() if isinstance(text, str) else text, card, **options)


def test_a_row_per_contact():
    found = read(WIDE, origin="past.csv")
    first, second = found.answers
    assert (found.shape, found.unmatched) == ("wide", (7,))
    assert answers(first) == {"notice": "MET", "privacy": "NOT_MET", "own-words": "NOT_APPLICABLE"}
    assert answers(second) == {"notice": "MET", "privacy": "NOT_MET"}
    assert (first.who, first.total, second.total) == ("Dana", 0.85, 0.5)
    assert (first.at.date().isoformat(), second.at.date().isoformat()) == ("2026-03-02", "2026-03-02")
    assert (first.origin, first.scorecard, first.answers[0].reason) == ("past.csv", "voice", "fine")
    assert [(row.line, row.reason[:30]) for row in found.rejected] == [
        (4, "does not say who scored it; na"),
        (5, "notice: is no answer that this"),
        (6, "has 4 cells, the header has 9"),
        (7, "the same person scored this co"),
        (8, "has no contact id"),
        (9, "the total is no number from 0 "),
    ]
    assert not any("maybe" in row.reason for row in found.rejected)


def test_a_name_for_rows_without_one():
    assert [one.who for one in read(WIDE, rater="Team").answers] == ["Dana", "Lea", "Team"]


LONG = """\
Conversation ID;Reviewer;Question;Answer;Comment
c1;Dana;Was the notice given?;Ja;gleich am Anfang
c1;Dana;privacy;Nein;
c1;Lea;privacy;100%;
c1;Lea;privacy;0;
c1;Lea;something else;yes;
c2;Lea;own-words;8/10;
c2;Lea;notice;10/10;
"""


def test_a_row_per_answer():
    found = read(LONG)
    assert found.shape == "long"
    assert [(one.contact, one.who, answers(one)) for one in found.answers] == [
        ("c1", "Dana", {"notice": "MET", "privacy": "NOT_MET"}),
        ("c1", "Lea", {"privacy": "MET"}),
        ("c2", "Lea", {"notice": "MET", "own-words": "NOT_MET"}),
    ]
    assert [row.line for row in found.rejected] == [5, 6]
    assert found.answers[0].answers[0].reason == "gleich am Anfang"


def test_scales_numbers_and_several():
    table = 'id,rater,curt,offer,faults,remark\nc1,Dana,2,Part,late|short,well done\nc2,Dana,"1,0",all,late,\nc3,Dana,many,all,,\nc4,Dana,1,some,,\n'
    found = read(table, FULL)
    values = [{verdict.criterion: verdict.value for verdict in one.answers} for one in found.answers]
    assert values == [
        {"curt": 2.0, "offer": "part", "faults": ("late", "short"), "remark": "well done"},
        {"curt": 1.0, "offer": "all", "faults": ("late",)},
    ]
    assert [row.line for row in found.rejected] == [4, 5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_delimiters_and_encodings(delimiter, encoding):
    table = (
        delimiter.join(("contact", "rater", "notice"))
        + "\r\n"
        + delimiter.join(("c1", "José", "sí"))
        + "\r\n"
    )
    found = read(table.encode(encoding))
    assert [(one.who, answers(one)) for one in found.answers] == [("José", {"notice": "MET"})]


def test_only_totals():
    found = read("call_id,qa,score\nc1,Dana,87\n")
    assert [(one.total, one.answers) for one in found.answers] == [(0.87, ())]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("name,notice\nDana,yes\n", "contact_id"),
        ("contact,rater,whatever\nc1,Dana,yes\n", "a column per criterion"),
        ("", "contact_id"),
        ('contact,notice\n"c1,yes\n', "line 2: not CSV"),
        ("contact\0,notice\n", "is no text"),
    ],
)
def test_no_table_of_scores(table, words):
    with pytest.raises(InputError, match=words):
        read(table)


def test_the_same_file_again_gives_the_same_ids():
    assert [one.id for one in read(WIDE).answers] == [one.id for one in read(WIDE).answers]
    assert len({one.id for one in read(LONG).answers}) == 3
