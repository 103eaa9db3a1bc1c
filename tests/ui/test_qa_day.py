"""A QA lead's day from the pages alone, two clients side by side, every view by the rules of accessibility."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.encoders import HashingEncoder
from models.records import Span, Transcript, Turn
from qa import Scorecard
from storage.access import AccessKeys
from tests.serving import serving
from tests.ui.conftest import HOSTILE
from web import dispute_desk
from web.workspace import Workspace

CARD = """
name: full
version: 1
title: Every kind of answer
pass_mark: 70
sections:
  - ref: manner
    title: Manner
    criteria:
      - ref: promises
        question: Did the agent promise only what is certain?
        check: {absent: [brand.guarantee]}
        weight: 10
      - ref: clarity
        question: How clear was the answer?
        answer:
          scale:
            - {ref: unclear, text: Not clear, share: 0}
            - {ref: half, text: Half clear, share: 0.5}
            - {ref: clear, text: Clear, share: 1}
          met_from: 0.5
        check: {asked: "How clear was it?"}
        weight: 10
      - ref: minutes
        question: How many minutes until the first answer?
        answer:
          number:
            - {ref: soon, text: Soon, at_most: 2, share: 1}
            - {ref: late, text: Late, share: 0}
        check: {asked: "How many minutes?"}
        weight: 5
      - ref: named
        question: What did the agent name?
        answer:
          multi:
            - {ref: price, text: The price, share: 0.5}
            - {ref: term, text: The term, share: 0.5}
        check: {asked: "What was named?"}
        weight: 5
      - ref: remark
        question: What else should the agent know?
        answer: text
        check: {asked: "Anything else?"}
        weight: 0
"""
PEOPLE = {
    "Lea": ("qa", "Acme"),
    "Kim": ("qa", "Acme"),
    "Bea": ("qa", "Beta"),
}
VIEWS = ("review", "dashboards", "disputes", "calibration", "upload", "exports")
CANARY = {"Acme": "quokka", "Beta": "narwhal"}


def fill(workspace):
    for client, canary in CANARY.items():
        workspace.knowledge_base(client, create=True)
        workspace.add_scorecard(client, Scorecard.parse(CARD))
        for number in range(8):
            said = "I guarantee it will be there by Friday." if number % 2 else "Let me look at your order."
            turns = (
                Turn("customer", f"My {canary} parcel is late. {HOSTILE}"),
                Turn("agent", f"{said} {HOSTILE}"),
                Turn("unknown", "Somebody in the room."),
                Turn("bot", "Please rate this call."),
                Turn("supervisor", "I am listening in."),
            )
            start = datetime(2026, 9, 1, 9, tzinfo=UTC) + timedelta(days=5 * number)
            transcript = Transcript(
                f"{canary}-{number}",
                client,
                turns,
                agent=f"Ana {HOSTILE[:40]}" if number < 6 else "Bo",
                channel="voice",
                started_at=start,
                metadata={"site": f"Team {HOSTILE[:30]}"},
            )
            workspace.add_transcripts(client, [transcript])
            workspace.score(client, workspace.contact(client, transcript.id).transcript, keep=True)
        for number in (1, 3, 4, 5, 6):
            workspace.review(client, f"{canary}-{number}:full", [], who="Sam Ito")
        dispute_desk.dispute(
            workspace,
            client,
            f"{canary}-1:full",
            "promises",
            who="Ana",
            reason=f"The customer asked for it. {HOSTILE}",
            evidence=[Span(1, 0, 20)],
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from web.review_page import review_page
    from web.server import Page, create_app

    workspace = Workspace(tmp_path_factory.mktemp("day"), encoder=HashingEncoder())
    fill(workspace)
    keys = AccessKeys(workspace.folder)
    issued = {name: keys.issue(name, role, client) for name, (role, client) in PEOPLE.items()}
    page = Page("/qa", review_page, ("qa", "admin"))
    with serving(create_app(workspace, pages=[page])) as address:
        yield address, issued, workspace


@pytest.fixture
def qa(sign_in):
    def open_as(name="Lea", path="/qa/", **options):
        page = sign_in(name, path, **({"width": 1440, "height": 900} | options))
        shown = page.locator("[data-view]:not([hidden]) :is(.q-item, .v-body, .r-message)")
        expect(shown.first).to_be_visible(timeout=30_000)
        return page

    return open_as


def view(page, name):
    page.locator(f".r-tab[data-go={name}]").click()
    pane = page.locator(f"[data-view={name}]")
    expect(pane.locator(".v-body, .q-item, .r-message").first).to_be_visible(timeout=15_000)
    return pane


def test_a_day_of_a_qa_lead(qa, server, tmp_path):
    _, _, workspace = server
    page = qa()
    # In the morning: files.
    good, bad = tmp_path / "call.txt", tmp_path / "broken.json"
    good.write_text("Agent: Hello, how can I help?\nCustomer: My kettle is broken. <b>Help</b>\n", "utf-8")
    bad.write_text('{"turns": [', "utf-8")
    upload = view(page, "upload")
    page.set_input_files("[data-part=files]", [good, bad])
    upload.get_by_role("button", name="Look at them").click()
    expect(upload.locator(".w-file.is-bad")).to_contain_text("broken.json")
    expect(upload.locator("[data-part=preview-state]")).to_have_text("1 can be read, 1 cannot")
    upload.locator("summary").click()
    expect(upload.locator(".w-turn").last).to_contain_text("<b>Help</b>")
    assert "call" not in {one.id for one in workspace.transcripts("Acme")}
    upload.get_by_role("button", name="Put into the queue").click()
    expect(upload.locator("[data-part=file-list] [data-file='call.txt']")).to_have_attribute(
        "data-state", "ok", timeout=30_000
    )
    upload.get_by_role("button", name="Open the queue").click()
    page.locator(".q-item[data-contact=call]").click()
    expect(page.locator(".t-id")).to_have_text("call")

    # Review: every kind of answer, reasons, Ctrl+S, and the next contact.
    card = page.locator(".r-card")
    card.locator("[data-criterion=clarity] select").select_option("o:half")
    card.locator("[data-criterion=minutes] input[type=number]").fill("1")
    card.locator("[data-criterion=minutes] input[type=number]").blur()
    card.get_by_label("The price").check()
    card.locator("[data-criterion=remark] textarea").fill("Name the term as well.")
    card.locator("[data-criterion=remark] textarea").blur()
    expect(page.locator("[data-part=save-state]")).to_contain_text("4 overrides · 3 reasons missing")
    expect(page.locator("[data-act=save]")).to_be_disabled()
    for ref in ("clarity", "minutes", "named"):
        card.locator(f"[data-criterion={ref}] .c-why input").fill(f"Heard in turn one. {HOSTILE}"[:400])
    # Promised nothing: 10 of 10; half clear 5 of 10; soon 5 of 5; one of two named 2.5 of 5.
    expect(page.locator("[data-part=score]")).to_have_text("75")
    page.keyboard.press("Control+s")
    expect(page.locator(".t-id")).not_to_have_text("call")
    stored = workspace.contact("Acme", "call").evaluation
    assert stored.status == "confirmed"
    assert stored.score == pytest.approx(0.75)
    values = {one.criterion: one.value for one in stored.verdicts}
    assert (values["clarity"], values["minutes"], values["named"]) == ("half", 1.0, ("price",))

    # A coaching note stands under its turn.
    page.locator("#t-2 .t-note-add").click()
    page.locator("[data-part=note-text]").fill(f"Say the weekday as an estimate. {HOSTILE}")
    page.get_by_role("button", name="Pin the note").click()
    expect(page.locator("#t-2 .t-coach")).to_contain_text("Say the weekday as an estimate.")

    # The recogniser had mixed the sides up.
    contact = page.locator(".t-id").text_content()
    page.get_by_role("button", name="Who is who").click()
    page.get_by_role("button", name="Swap agent and customer").click()
    page.get_by_role("button", name="Read again").click()
    expect(page.locator("[data-part=speakers-problem]")).to_contain_text("reason")
    page.locator("[data-part=speakers-reason]").fill(f"The sides were mixed up. {HOSTILE}")
    page.get_by_role("button", name="Read again").click()
    expect(page.locator(".t-corrected")).to_contain_text("Lea")
    assert workspace.contact("Acme", contact).transcript.turns[0].speaker == "agent"

    # A dispute, heard by another than the one who confirmed.
    disputes = view(page, "disputes")
    expect(disputes.locator(".p-quote").first).to_contain_text("I guarantee it")
    disputes.get_by_role("button", name="Uphold the answer").click()
    expect(disputes.locator("[data-problem]")).to_contain_text("reason")
    disputes.get_by_role("button", name="Take it up").click()
    expect(disputes.locator(".p-steps")).to_contain_text("under review")
    disputes.locator("textarea").fill("The customer asked for the weekday; an estimate was meant.")
    disputes.locator(".p-new").get_by_role("radio", name="Met", exact=True).check()
    disputes.get_by_role("button", name="Change the answer").click()
    expect(disputes).to_contain_text("No disputes here")
    assert workspace.contact("Acme", "quokka-1").evaluation.status == "resolved"

    # A point of the dashboard leads to its contacts.
    board = view(page, "dashboards")
    expect(board.locator("[data-tile=score] .d-number")).to_have_text(re.compile(r"^\d+$"))
    expect(board.locator("[data-tile=score]")).to_contain_text("n 6")
    expect(board.locator("[data-part=agents]")).to_have_count(0)
    board.get_by_label("Single agents").check()
    expect(board).to_contain_text("Left out for having fewer: ")
    board.get_by_label("Machine against people").check()
    expect(board.locator("[data-part=trust]")).to_contain_text("How clear was the answer?")
    week = board.locator(".d-point").last
    wanted = week.get_attribute("data-week")
    week.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=chips]")).to_contain_text(wanted)
    expect(page.locator(".q-item").first).to_be_visible()
    assert {one.week for one in workspace.knowledge_base("Acme").store.cases("Acme", {"week": wanted})} == {
        wanted
    }

    # In the evening: a file.
    exports = view(page, "exports")
    with page.expect_download() as saved:
        exports.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "evaluations.csv"
    assert "quokka-1" in Path(saved.value.path()).read_text("utf-8")
    page.allowed.append("404")
    exports.get_by_role("textbox", name="One contact").fill("no-such-contact")
    exports.get_by_role("button", name="Download").click()
    expect(exports.locator("[data-problem]")).to_have_text("No evaluation fits this choice.")


def test_two_people_score_blind_and_agree_on_words(qa, server):
    lea = qa("Lea")
    pane = view(lea, "calibration")
    pane.locator("[data-field=id]").fill("autumn")
    pane.locator("[data-field=raters]").fill("Lea, Kim")
    pane.locator("[data-field=size]").fill("1")
    pane.get_by_role("button", name="Draw and begin").click()

    def score_all(page, answer):
        pane = page.locator("[data-view=calibration]")
        pane.locator("[data-blind]").first.click()
        card = pane.locator(".k-card")
        expect(card).to_be_visible()
        assert pane.locator("mark, .n-note").count() == 0
        card.locator("[data-act=handin]").click()
        expect(card.locator("[data-part=blind-problem]")).to_contain_text("answers missing")
        card.locator("[data-criterion=promises]").get_by_role("radio", name=answer, exact=True).check()
        card.locator("[data-criterion=clarity] select").select_option("o:clear")
        card.locator("[data-criterion=minutes] input").fill("1")
        card.get_by_label("The term").check()
        card.locator("[data-act=handin]").click()

    score_all(lea, "Met")
    # One's own are in: what is there so far shows, and it is the automatic answers alone.
    expect(pane.locator("[data-criterion-row=promises]")).to_be_visible()
    kim = qa("Kim", "/qa/?view=calibration")
    kim.locator("[data-view=calibration] .k-item").first.click()
    score_all(kim, "Not met")
    theirs = kim.locator("[data-view=calibration]")
    row = theirs.locator("[data-criterion-row=promises]")
    expect(row).to_contain_text("1 contact")
    row.locator("summary").click()
    expect(row).to_contain_text("Not met")
    row.locator("[data-field=words]").fill("An estimate is no promise.")
    row.get_by_role("button", name="Adopt as guideline").click()
    expect(row.get_by_role("button", name="Adopted")).to_be_visible()
    _, _, workspace = server
    criterion = next(one for one in workspace.scorecard("Acme").criteria if one.ref == "promises")
    assert "An estimate is no promise." in criterion.guideline


def test_two_clients_side_by_side_share_nothing(qa):
    pages = {"Acme": qa("Kim"), "Beta": qa("Bea")}
    for client, page in pages.items():
        other = CANARY["Beta" if client == "Acme" else "Acme"]
        for name in VIEWS:
            view(page, name)
            assert other not in page.content()
        page.goto(page.url.split("?")[0] + f"?contact={other}-2")
        expect(page.locator("[data-part=transcript]")).to_contain_text(
            "There is no such contact.", timeout=15_000
        )
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_every_view_holds_to_the_rules_of_accessibility(qa, dark):
    import axe_playwright_python

    script = (Path(axe_playwright_python.__file__).with_name("axe.min.js")).read_text("utf-8")
    page = qa("Kim", "/qa/?contact=quokka-2", dark=dark)
    expect(page.locator(".s-foot")).to_be_visible()
    page.evaluate(script)
    wrong = {}
    for name in VIEWS:
        pane = view(page, name)
        if name == "dashboards":
            pane.get_by_label("Machine against people").check()
            expect(pane.locator("[data-part=trust]")).to_be_visible()
            pane.get_by_label("Single agents").check()
            expect(pane.get_by_role("heading", name="Single agents")).to_be_visible()
        found = page.evaluate(
            "axe.run('#qa-review', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        wrong[name] = [
            (one["id"], node["html"][:160], node["failureSummary"][-200:])
            for one in found["violations"]
            for node in one["nodes"][:3]
        ]
    assert {name: said for name, said in wrong.items() if said} == {}


@pytest.mark.parametrize(
    ("locale", "queue", "save"),
    [
        ("nl-NL", "Wachtrij", "Bevestigen"),
        ("de-DE", "Warteschlange", "Bestätigen"),
        ("es-ES", "Cola", "Confirmar"),
        ("nb-NO", "Kø", "Bekreft"),
    ],
)
def test_the_page_speaks_the_readers_language(server, browser, locale, queue, save):
    base, issued, _ = server
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=locale)
    page = context.new_page()
    page.goto(f"{base}/login")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.locator("input[name=key]").fill(issued["Kim"])
    page.locator("form:has(input[name=key]) button").click()
    page.goto(f"{base}/qa/?contact=quokka-2")
    expect(page.locator("[data-act=save]")).to_contain_text(save, timeout=30_000)
    expect(page.locator("section.r-queue")).to_have_attribute("aria-label", queue)
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    context.close()


def test_columns_of_an_unknown_table_are_mapped_and_remembered(qa, server, tmp_path):
    _, _, workspace = server
    page = qa()
    night = tmp_path / "night.csv"
    night.write_text(
        "Fall;Wer;Inhalt\nN1;KD;Where is my parcel & why?\nN1;MA;I will look.\n;KD;Lost\n", "utf-8"
    )
    upload = view(page, "upload")
    page.set_input_files("[data-part=files]", [night])
    upload.get_by_role("button", name="Look at them").click()
    file = upload.locator(".w-file")
    expect(file.locator(".w-why")).to_contain_text("a table with unknown columns")
    for what, column in (("contact", "Fall"), ("speaker", "Wer"), ("text", "Inhalt")):
        file.locator(f"[data-column={what}]").select_option(column)
    file.locator("[data-value=KD]").select_option("customer")
    file.locator("[data-value=MA]").select_option("agent")
    file.locator("[data-part=columns-name]").fill("night desk")
    file.get_by_role("button", name="Keep").click()
    expect(file.get_by_role("button", name="Kept")).to_be_visible()
    file.get_by_role("button", name="Read it so").click()
    expect(file.locator(".w-turn").first).to_contain_text("Where is my parcel & why?")
    expect(file.locator(".w-turn").last).to_contain_text("Agent")
    expect(file).to_contain_text("1 row left out")
    upload.get_by_role("button", name="Put into the queue").click()
    expect(upload.locator("[data-part=file-list] [data-file='night.csv']")).to_contain_text(
        "row 4: has no contact id", timeout=60_000
    )
    turns = workspace.contact("Acme", "N1").transcript.turns
    assert [turn.speaker for turn in turns] == ["customer", "agent"]

    # The next time the kept mapping fits, and is used by itself.
    upload.get_by_role("button", name="Start again").click()
    expect(upload.get_by_role("button", name="Look at them")).to_be_visible()  # the first step is there anew
    page.set_input_files("[data-part=files]", [night])
    upload.get_by_role("button", name="Look at them").click()
    expect(upload.locator(".w-file:not(.is-bad)")).to_contain_text("csv-mapped")
