"""Records to HTML: what is shown, where, and that hostile words stay words."""

import html.parser
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.label_names import label_name, label_names
from models.labels import LABELS
from models.records import (
    Analysis,
    ClientProfile,
    Finding,
    Passage,
    ReadWarning,
    Review,
    Scriptedness,
    Span,
    Transcript,
    Turn,
)
from qa import Scorecard
from qa.card_use import CardUse
from qa.marks import Piece, cut, labels_after_stops
from web import look, render, review_page
from web.look import SHARED_SHEETS, SHEETS, mount_settings, stylesheet
from web.queue_pane import Entry, queue_html
from web.scorecard_pane import Tab, scorecard_html
from web.texts import LANGUAGES, texts
from web.transcript_pane import concerns, tone_of, transcript_html
from web.workspace import ContactView, QueueItem

PAYLOADS = (
    '<img src=x onerror="window.__xss=1">',
    "${window.__xss=2}",
    "\\u003cimg src\\u003dx onerror\\u003d'window.__xss=3'\\u003e",
    "{{ ''.__class__ }}",
    '"><script>window.__xss=5</script>',
    "' onmouseover='window.__xss=6",
    "javascript:window.__xss=7",
)
TEMPLATES = Path(render.__file__).with_name("templates")
CARD = Scorecard.parse(
    """
name: card
version: 1
title: A card
pass_mark: 80
sections:
  - ref: promises
    title: Promises
    criteria:
      - ref: sure
        question: Did the agent promise only what is certain?
        weight: 4
        copc: business
        check: {absent: [brand.guarantee]}
      - ref: notice
        question: Was the notice given?
        weight: 2
        copc: compliance
        auto_fail: form
        check: {absent: [compliance.missing_disclosure], document: disclosures/notice}
  - ref: people
    title: People
    criteria:
      - ref: settled
        question: Was it settled?
        check: {asked: "Did they leave with an answer?"}
"""
)


def finding(label="brand.guarantee", span=Span(1, 0, 3), **changes):
    values = {"severity": "major", "confidence": 0.9, "by": "rule@1", "reason": "because", "remedy": ""}
    return Finding(label=label, span=span, **(values | changes))


def view(findings=(), *, turns=None, reviews=(), scored=True, scriptedness=None, **changes):
    turns = turns or (Turn("customer", "Hello there", start_s=3.0), Turn("agent", "I promise it 🙂 today"))
    transcript = Transcript(id="c-1", client="acme", turns=turns, agent="ana", **changes)
    measured = scriptedness or Scriptedness(None, None, None, 7)
    analysis = Analysis("c-1", transcript.digest, tuple(findings), measured, "f")
    evaluation = CARD.evaluate(transcript, findings, scriptedness=measured) if scored else None
    return ContactView(transcript, analysis, evaluation, tuple(reviews))


def transcript_of(given, **changes):
    return transcript_html(given, ClientProfile("acme", name="Acme"), criteria=CARD.criteria, **changes)


class Elements(html.parser.HTMLParser):
    """Every element with its attributes, and the text."""

    def __init__(self, markup):
        super().__init__()
        self.found = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def inert(markup):
    """No element and no attribute that could run or fetch anything."""
    allowed = {
        *"article blockquote br button details div fieldset footer h2 h3 header input kbd label legend li mark ol p rect".split(),
        *"section span strong summary svg ul form select option textarea".split(),
    }
    for tag, attributes in Elements(markup).found:
        assert tag in allowed
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href", "style")]


# -- pieces -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ranges", "expected"),
    [
        ("abc", [], [("abc", ())]),
        ("abc", [(0, 3)], [("abc", (0,))]),
        ("abcdef", [(0, 4), (2, 6)], [("ab", (0,)), ("cd", (0, 1)), ("ef", (1,))]),
        ("abcdef", [(0, 6), (2, 4)], [("ab", (0,)), ("cd", (0, 1)), ("ef", (0,))]),
        ("abcdef", [(1, 3), (1, 3)], [("a", ()), ("bc", (0, 1)), ("def", ())]),
        ("🙂 ok", [(2, 4)], [("🙂 ", ()), ("ok", (0,))]),
        ("abc", [(2, 99)], [("ab", ()), ("c", (0,))]),
        ("abc", [(1, 1), (9, 12), (-4, 0)], [("abc", ())]),
        ("", [(0, 2)], []),
    ],
)
def test_a_text_is_cut_at_every_border(text, ranges, expected):
    assert [(piece.text, piece.over) for piece in cut(text, ranges)] == expected


RANGES = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=6)


@given(st.text(max_size=30), RANGES)
def test_pieces_are_the_text_again_and_every_range_starts_and_ends_once(text, ranges):
    pieces = labels_after_stops(cut(text, ranges))
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    shown = {number for piece in pieces for number in piece.over}
    for number in shown:
        assert sum(number in piece.starts for piece in pieces) == 1
        assert sum(number in piece.ends for piece in pieces) == 1
        start, end = max(ranges[number][0], 0), min(ranges[number][1], len(text))
        assert "".join(p.text for p in pieces if number in p.over) == text[start:end]


def test_a_label_stands_behind_the_full_stop():
    pieces = labels_after_stops(cut("I promise. Bye", [(0, 9)]))
    assert pieces == [Piece("I promise", (0,), (0,)), Piece(".", ends=(0,)), Piece(" Bye")]


# -- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (Turn("agent", "x"), ""),
        (Turn("agent", "x", start_s=0.0), "0:00"),
        (Turn("agent", "x", start_s=75.9), "1:15"),
        (Turn("agent", "x", start_s=3723.0), "1:02:03"),
        (Turn("agent", "x", at=datetime(2026, 5, 3, 9, 7, tzinfo=UTC)), "09:07"),
    ],
)
def test_clock(turn, expected):
    assert render.clock(turn) == expected


def test_reasons_link_their_turns_and_name_their_labels():
    said = "brand.guarantee (turn 5): a date; searched turns 2 to 14, turns 1-3 too"
    assert render.linked(said) == [
        ("unhedged promise (", None),
        ("turn 5", 5),
        ("): a date; searched ", None),
        ("turns 2 to 14", 2),
        (", ", None),
        ("turns 1-3", 1),
        (" too", None),
    ]
    assert render.said("no tone.rude in turns 1-2") == "no “demeaning words” in turns 1-2"
    assert render.linked("brand.insult (turn 5): Insults the customer.", "de") == [
        ("Beleidigung (", None),
        ("Beitrag 5", 5),
        ("): Beleidigt den Kunden.", None),
    ]
    assert render.linked("no tone.rude in turns 1-2", "nl") == [
        ("niet gevonden in ", None),
        ("beurten 1-2", 1),
        (": “vernederende woorden”", None),
    ]


def test_every_label_has_a_short_name():
    assert set(label_names()) == set(LABELS)
    assert all(name != label and len(name) <= 34 for label, name in label_names().items())
    assert label_name("future.label") == "future.label"


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#000000;x:url(//e)", "", "#00000g"])
def test_only_plain_colours_reach_the_page(colour):
    assert render.safe_colour(colour) == "#52606d"
    assert render.safe_colour("#0B6E63") == "#0B6E63"


# -- the transcript ---------------------------------------------------------------------------


def test_marks_hold_exactly_the_words_also_after_an_emoji():
    markup = transcript_of(view([finding(span=Span(1, 15, 20))]))
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", markup) == ["today"]
    assert "unhedged promise</span>" in markup


def test_overlapping_findings_share_a_mark_that_shows_the_gravest():
    markup = transcript_of(
        view([finding(span=Span(1, 0, 9)), finding("tone.expectation", Span(1, 2, 12), severity="note")])
    )
    marks = Elements(markup).all("mark")
    assert [mark["data-findings"] for mark in marks] == ["f1", "f1 f2", "f2"]
    assert ["is-bad" in mark["class"] for mark in marks] == [True, True, False]
    assert [mark.get("tabindex") for mark in marks] == ["0", "0", None]


def test_a_mark_knows_its_criterion():
    notes = Elements(transcript_of(view([finding()]))).all("article")
    assert notes[0]["data-criteria"] == "sure"


def test_a_finding_of_another_document_does_not_count_for_a_criterion():
    other = finding("compliance.missing_disclosure", None, source="disclosures/other#1")
    own = finding("compliance.missing_disclosure", None, source="disclosures/notice")
    notice = next(c for c in CARD.criteria if c.ref == "notice")
    assert not concerns(other, notice)
    assert concerns(own, notice)


def test_absence_says_which_turns_were_searched():
    missing = finding("compliance.missing_disclosure", None, reason="not said; searched: agent turns 1 to 17")
    note = Elements(transcript_of(view([missing]))).all("article")[0]
    assert (note["data-from"], note["data-to"]) == ("1", "17")


def test_notes_show_reason_remedy_rule_confidence_and_source():
    passage = Passage(
        "p#1", "p", "The whole passage.", 0, 18, title="Refunds", heading="Refunds > Cards", version="7"
    )
    shown = finding(remedy="Say Friday.", source="p#1", confidence=0.41)
    text = Elements(transcript_of(view([shown]), passages={"p#1": passage})).text
    for words in (
        "because",
        "Say Friday.",
        "rule@1",
        "0.41",
        "low confidence",
        "Refunds · Cards · v7",
        "The whole passage.",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("label", "severity", "tone"),
    [
        ("brand.guarantee", "major", "bad"),
        ("tone.rude", "critical", "bad"),
        ("tone.stiff", "minor", "warn"),
        ("tone.empathy", "note", "good"),
        ("customer.complaint", "note", "customer"),
        ("scripting.verbatim", "note", "script"),
        ("compliance.disclosure_made", "note", "good"),
    ],
)
def test_how_loudly_a_finding_is_shown(label, severity, tone):
    assert tone_of(finding(label, severity=severity)) == tone


def test_unknown_speakers_are_said_aloud():
    unknown = view(turns=(Turn("unknown", "Hello"),))
    assert "Who is who is not certain" in transcript_of(unknown)
    guessed = view(warnings=(ReadWarning("speaker-inferred", "Speakers were guessed."),))
    assert "Speakers were guessed." in transcript_of(guessed)
    assert "Who is who is not certain" not in transcript_of(view())


def test_internal_notes_are_told_apart_and_no_turn_is_lost():
    turns = (Turn("agent", "one"), Turn("agent", "two", visibility="internal"), Turn("bot", "three"))
    markup = transcript_of(view(turns=turns))
    assert markup.count("data-turn-number=") == 3
    assert markup.count("is-internal") == 1
    assert "Bot" in markup


# -- the scorecard ----------------------------------------------------------------------------


def card_of(given, who="Dana"):
    return scorecard_html(given, CARD, who=who)


def test_what_became_of_the_cards_stands_beside_and_is_never_points():
    used = CardUse("s1", "Refunds <b>", "read out", Span(0, 0, 3))
    markup = scorecard_html(view([finding()]), CARD, who="Dana", cards=[used])
    assert "Refunds &lt;b&gt;" in markup
    assert "its words were read out" in markup
    assert "Never points" in markup
    assert "copilot’s cards" not in card_of(view([finding()]))


def test_the_number_comes_after_all_evidence():
    markup = card_of(view([finding()]))
    assert markup.index("c-evidence") < markup.rindex("c-evidence") < markup.index('data-part="score"')


def test_each_criterion_has_four_answers_and_the_automatic_one_is_chosen():
    radios = [a for a in Elements(card_of(view([finding()]))).all("input") if a["type"] == "radio"]
    by_name = {}
    for radio in radios:
        by_name.setdefault(radio["name"], []).append(radio)
    assert [len(group) for group in by_name.values()] == [4, 4, 4]
    chosen = {name: [r["value"] for r in group if "checked" in r] for name, group in by_name.items()}
    assert chosen == {
        "c-promises-sure": ["NOT_MET"],
        "c-promises-notice": ["MET"],
        "c-people-settled": ["UNSCORED"],
    }
    assert {radio["aria-label"] for radio in radios} == {"Met", "Not met", "Not applicable", "Could not tell"}


def test_an_auto_fail_keeps_the_raw_score_beside_it():
    missing = finding("compliance.missing_disclosure", None, source="disclosures/notice")
    text = " ".join(Elements(card_of(view([missing]))).text.split())
    assert "Auto-fail: notice. Without it: 67." in text


def test_a_draft_says_whose_name_it_will_carry_and_a_confirmed_one_whose_it_does():
    assert "Dana" in card_of(view())
    at = datetime(2026, 5, 3, tzinfo=UTC)
    draft = view([finding()])
    from dataclasses import replace

    reviews = (
        Review(draft.evaluation.id, "sure", "MET", "It was hedged before.", "Mo", at),
        Review(draft.evaluation.id, "", None, "", "Mo", at),
    )
    confirmed = replace(draft, evaluation=replace(draft.evaluation, status="confirmed"), reviews=reviews)
    elements = Elements(card_of(confirmed))
    assert "It was hedged before." in elements.text
    assert "Mo" in elements.text
    assert all("disabled" in fieldset for fieldset in elements.all("fieldset"))
    assert [button for button in elements.all("button") if button.get("data-act") == "correct"]


def test_scriptedness_is_described_with_its_interval_and_not_measured_below_60_words():
    assert "fewer than 60 agent words" in card_of(view())
    text = Elements(card_of(view(scriptedness=Scriptedness(34.4, 21.6, 47.2, 168)))).text
    assert "interval 22 to 47" in text
    assert "not a fault in itself" in text


def test_a_contact_without_an_evaluation_offers_to_score_it():
    assert 'data-act="score"' in card_of(view(scored=False))


# -- the queue --------------------------------------------------------------------------------


def test_the_queue_says_why_and_never_how_much():
    items = [
        QueueItem("c-1", "ana", "e-1", 0.4375, "draft", 36, "critical: tone.rude", "Kim"),
        QueueItem("c-2", "", None, None, "unscored", 0, "not scored yet", "Lea"),
        QueueItem("c-3", "bo", "e-3", 1.0, "confirmed", 40, "nothing grave found"),
    ]
    entries = [Entry(item, "3 d", item.status != "confirmed") for item in items]
    markup = queue_html(entries, me="Lea", total=140)
    buttons = [one for one in Elements(markup).all("button") if "data-contact" in one]
    assert [button["data-waits"] for button in buttons] == ["yes", "yes", "no"]
    assert ["is-grave" in button["class"] for button in buttons] == [True, False, False]
    assert "critical: demeaning words" in markup
    assert "44" not in markup
    assert "43" not in markup
    assert "Kim is on it" in markup
    assert "in your hands" in markup
    assert "1–3 of 140" in markup
    assert "Nothing waits" in queue_html([])
    assert "Nothing fits these filters" in queue_html([], narrowed=True)


def test_several_evaluations_of_a_contact_are_all_within_reach():
    tabs = [Tab("e-1", "Ana", "Voice", "draft", True), Tab("e-2", "Bo <b>", "Voice", "confirmed", False)]
    found = Elements(scorecard_html(view([finding()]), CARD, who="Dana", tabs=tabs)).all("button")
    shown = [
        (one["data-open-evaluation"], one["aria-pressed"]) for one in found if "data-open-evaluation" in one
    ]
    assert shown == [("e-1", "true"), ("e-2", "false")]


def test_an_answer_that_rests_on_an_unsure_finding_says_so():
    assert "low confidence" not in card_of(view([finding(confidence=0.9)]))
    assert "low confidence" in card_of(view([finding(confidence=0.3)]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_panes_have_words_in_every_language(language):
    words = texts(language, "review")
    shown = scorecard_html(view([finding()]), CARD, who="Dana", words=words)
    assert words["confirm_and_next"] in Elements(shown).text
    assert words["outcome_unscored"] in shown
    assert words["role_customer"] in transcript_html(view(), ClientProfile("acme"), words=words)


@pytest.mark.parametrize(
    ("days", "hours", "minutes", "shown"),
    [(3, 2, 0, "3 d"), (0, 5, 59, "5 h"), (0, 0, 7, "7 min"), (-1, 0, 0, "")],
)
def test_age_in_the_largest_unit(days, hours, minutes, shown):
    now = datetime(2026, 5, 3, 12, tzinfo=UTC)
    began = now - timedelta(days=days, hours=hours, minutes=minutes)
    assert render.age(began, now, texts("en", "review")) == shown
    assert render.age(None, now, texts("en", "review")) == ""


# -- hostile words ----------------------------------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_stay_words_in_every_field(payload):
    at = datetime(2026, 5, 3, tzinfo=UTC)
    hostile = view(
        [
            finding(span=Span(1, 2, 9), by=payload, reason=payload, remedy=payload, source="p#1"),
            finding("tone.stiff", Span(1, 4, 12), severity="minor", source=payload, reason=payload),
            finding("compliance.missing_disclosure", None, reason=payload),
        ],
        turns=(
            Turn("customer", payload),
            Turn("agent", payload * 2),
            Turn("unknown", payload, visibility="internal"),
        ),
        warnings=(ReadWarning("speaker-inferred", payload), ReadWarning("json-tail", payload, turn=0)),
        reviews=(Review("c-1:card", "sure", "MET", payload, payload, at),),
    )
    passage = Passage(
        "p#1",
        payload,
        payload,
        0,
        1,
        title=payload,
        heading=payload,
        version=payload,
        effective_from=date(2026, 1, 1),
    )
    profile = ClientProfile("acme", name=payload, colour=payload)
    transcript = transcript_html(hostile, profile, criteria=CARD.criteria, passages={"p#1": passage})
    card = scorecard_html(hostile, CARD, who=payload)
    queue = queue_html(
        [Entry(QueueItem(payload, payload, payload, 0.1, "draft", 40, payload, payload), payload, True)]
    )
    message = render.message_html(payload, payload)
    for markup in (transcript, card, queue, message):
        inert(markup)
    assert Elements(transcript).text.count(payload) >= 8
    assert payload in Elements(card).text
    assert payload in Elements(queue).text


def test_no_template_turns_escaping_off():
    sources = [path.read_text("utf-8") for path in TEMPLATES.glob("*.j2")]
    assert len(sources) >= 6
    for source in sources:
        assert not re.search(r"\|\s*safe|autoescape|Markup", source)
        assert not re.search(r"=\{\{", source), "attributes are always quoted"


def test_shells_hold_no_data_and_settings_are_closed():
    for name in ("agent_panel", "review"):
        assert "${" not in render.shell(name)
        assert "`" not in render.shell(name)
    settings = mount_settings("/qa")
    assert settings["show_error"] is False
    assert settings["allowed_paths"] == []
    assert settings["run_history"] is False


MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment"
)
FROM_TEMPLATES = {
    "answer.html",
    "answer.transcript",
    "answer.card",
    "answer.bar",
    "answer.nav",
    "answer.main",
}
"""What the server's templates made, escaped; nothing else becomes markup."""


def test_scripts_never_build_markup_from_data():
    scripts = sorted((Path(review_page.__file__).parent / "static").glob("*.js"))
    assert len(scripts) > 15
    for path in scripts:
        found = path.read_text("utf-8")
        assigned = re.findall(r"\.innerHTML = ([^;]+);", found)
        assert set(assigned) <= FROM_TEMPLATES, path.name
        assert len(MARKUP.findall(found)) == len(assigned), path.name
        if path.name.startswith(("agent_", "dom", "draft", "live", "words")):
            assert not assigned, path.name


# -- contrast ---------------------------------------------------------------------------------

TOKEN = re.compile(r"--u-([a-z-]+): (#[0-9a-f]{6});")
PAIRS = [
    *((ink, ground) for ink in ("ink", "quiet") for ground in ("bg", "surface", "sunken")),
    *((name, ground) for name in ("accent", "ok", "warn", "bad") for ground in ("bg", "surface")),
    *((name, f"{name}-soft") for name in ("accent", "ok", "warn", "bad")),
    *(
        (ink, ground)
        for ink in ("ink", "quiet")
        for ground in ("accent-soft", "ok-soft", "warn-soft", "bad-soft")
    ),
    ("accent", "sunken"),
    ("on-accent", "accent"),
    ("warn", "accent-soft"),
    ("bad", "accent-soft"),
    ("accent", "warn-soft"),
]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("mode", [":root", ".dark"])
def test_ink_on_every_ground_it_stands_on_reaches_aa(mode):
    css = stylesheet("/qa")
    block = css[css.index(f"{mode} {{") :]
    tokens = dict(TOKEN.findall(block[: block.index("}")]))
    low = {}
    for ink, ground in PAIRS:
        a, b = sorted((luminance(tokens[ink]), luminance(tokens[ground])), reverse=True)
        ratio = (a + 0.05) / (b + 0.05)
        if ratio < 4.5:
            low[ink, ground] = round(ratio, 2)
    assert low == {}


CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*-[\w-]+)")


def test_no_mount_gets_the_sheets_of_another_or_needs_them():
    static, templates = Path(look.__file__).parent / "static", Path(look.__file__).parent / "templates"
    sheets = {path.stem: set(CLASS.findall(path.read_text("utf-8"))) for path in static.glob("*.css")}
    shared = set().union(*(sheets[name] for name in SHARED_SHEETS))
    begins = {"/agent": ("agent", "draft", "live", "words"), "/admin": ("admin",)}
    taken = sum(begins.values(), ())
    for path, names in SHEETS.items():
        own = shared.union(*(sheets[name] for name in names))
        foreign = set().union(*(sheets[n] for others in SHEETS.values() for n in others)) - own
        files = [
            file
            for file in (*templates.glob("*.j2"), *static.glob("*.js"))
            if (file.name.startswith(begins[path]) if path in begins else not file.name.startswith(taken))
        ]
        used = {word for file in files for word in re.findall(r"[\w-]+", file.read_text("utf-8"))}
        assert sorted(used & foreign) == [], path
        for other, others in SHEETS.items():
            if other != path:
                head = (static / f"{others[0]}.css").read_text("utf-8")[:200]
                assert head not in stylesheet(path)
