"""The agent panel in a browser: from a turn to a card, drafts, keys, and standing still."""

import json
import re
from itertools import count

import httpx
import pytest
from playwright.sync_api import expect

from models.records import Document

ASKED = "How long does a card refund take?"
_numbers = count(1)


@pytest.fixture
def panel(server, sign_in):
    """A panel with a contact of its own, and a way to say something in it."""
    base, issued, _ = server
    id = f"c-{next(_numbers)}"
    page = sign_in("Ana", f"/agent/?contact={id}")
    expect(page.locator("[data-part=app][data-state=open]")).to_be_visible(timeout=30_000)

    def say(speaker, text):
        answer = httpx.post(
            f"{base}/api/v1/contacts/{id}/turns",
            json={"turns": [{"speaker": speaker, "text": text}]},
            headers={"Authorization": f"Bearer {issued['Ana']}"},
        )
        assert answer.status_code == 200, answer.text

    return page, say


def test_quiet_is_a_state_of_its_own(panel):
    page, say = panel
    expect(page.locator("[data-part=strip]")).to_have_attribute("data-kind", "quiet")
    expect(page.locator("[data-part=legend]")).to_be_visible()
    expect(page.locator("[data-part=live]")).to_have_text("live")
    say("agent", "Calls are recorded for training and quality 🙂 and you may ask for a copy.")
    say("customer", "Hello.")
    expect(page.locator("[data-part=feed] li")).to_have_count(2)
    expect(page.locator(".p-card")).to_have_count(0)
    expect(page.locator(".p-row.is-done")).to_contain_text("said, turn 1")


def test_a_question_brings_facts_with_their_source(panel):
    page, say = panel
    say("agent", "Calls are recorded for training and quality 🙂 and you may ask for a copy.")
    say("customer", f"Hi 🙂. {ASKED}")
    card = page.locator(".p-card")
    expect(card.locator(".p-because q")).to_have_text(ASKED)
    expect(card.locator(".p-because")).to_contain_text("turn 2")
    expect(card.locator(".p-cite")).to_contain_text("v7 · in force since 1 Jan 2025")
    expect(card.locator("blockquote")).to_be_hidden()
    page.keyboard.press("Alt+s")
    expect(card.locator("blockquote")).to_be_visible()
    page.keyboard.press("Alt+1")
    expect(card.locator("[data-say]")).to_have_text("Copied")
    assert "A bank refund takes up to 7 business days." in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.get_by_text("1 dismissed, show again").click()
    expect(card).to_have_count(1)


def test_a_statement_that_is_due_is_inserted_word_for_word(panel):
    page, say = panel
    say("customer", "Good morning.")
    strip = page.locator("[data-part=strip]")
    expect(strip).to_have_attribute("data-kind", "due")
    expect(strip).to_contain_text("Recording notice")
    expect(strip).to_contain_text("word for word")
    page.keyboard.press("Alt+i")
    expect(page.locator("[data-part=draft-text]")).to_have_value(
        "Calls are recorded for training and quality 🙂 and you may ask for a copy."
    )


def test_marks_stand_on_their_words_after_an_emoji(panel):
    page, say = panel
    say("customer", "Good morning.")
    page.keyboard.press("Alt+d")
    expect(page.locator("[data-part=draft-text]")).to_be_focused()
    page.keyboard.insert_text("👩‍💻🙂 Well. I guarantee it will be there by Friday.")
    mark = page.locator("[data-part=draft-mirror] mark.is-major")
    expect(mark).to_contain_text("guarantee")
    assert mark.text_content().startswith("I guarantee")
    expect(page.locator("[data-part=draft-findings] li").first).to_contain_text("unhedged promise")
    expect(page.locator("[data-part=draft-status]")).to_have_text(re.compile("to look at"))
    same = page.evaluate(
        """() => { const [a, b] = ['draft-text', 'draft-mirror'].map((n) => document.querySelector(`[data-part=${n}]`));
        const keys = ['fontSize', 'fontFamily', 'lineHeight', 'paddingLeft', 'paddingTop', 'letterSpacing', 'width', 'height', 'borderTopWidth'];
        return keys.filter((k) => getComputedStyle(a)[k] !== getComputedStyle(b)[k]); }"""
    )
    assert same == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=draft-copy] [data-say]")).to_have_text("Copied")
    assert "I guarantee" in page.evaluate("navigator.clipboard.readText()")


def test_a_check_that_fails_lets_the_agent_send(panel):
    page, _ = panel
    page.allowed.append("503")
    page.route(
        "**/api/v1/check", lambda route: route.fulfill(status=503, json={"title": "Not available now"})
    )
    page.locator("[data-part=draft-text]").fill("Anything at all.")
    expect(page.locator("[data-part=draft-status]")).to_have_text("Check unavailable, you can still send")
    expect(page.locator("[data-part=draft-copy]")).to_be_enabled()


def test_a_late_answer_to_an_old_draft_is_dropped(panel):
    page, _ = panel
    held = []

    def hold(route):
        if "slow" in route.request.post_data:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/check", hold)
    area = page.locator("[data-part=draft-text]")
    with page.expect_request("**/api/v1/check"):
        area.fill("slow: I guarantee it will be there by Friday.")
    with page.expect_response("**/api/v1/check"):
        area.fill("Thank you, I will look at it today.")
    status = page.locator("[data-part=draft-status]")
    expect(status).to_have_text("Checked, nothing found")
    finding = {"label": "brand.guarantee", "severity": "major", "span": {"turn": 0, "start": 0, "end": 4}}
    held[0].fulfill(
        json={"findings": [finding | {"remedy": "", "reason": "old"}], "available": True, "note": ""}
    )
    expect(status).to_have_text("Checked, nothing found")
    expect(page.locator("[data-part=draft-mirror] mark")).to_have_count(0)


def test_cards_stand_still_under_the_pointer(panel):
    page, say = panel
    say("customer", ASKED)
    card = page.locator(".p-card")
    expect(card).to_be_visible()
    first = card.get_attribute("data-card")
    card.hover()
    for words in ("Thanks.", "Fine.", "OK.", "Right.", "Yes.", "Good.", "Well."):
        say("customer", words)
    say("customer", "And how long does the bank refund take, in business days?")
    pill = page.locator("[data-part=news]")
    expect(pill).to_be_visible()
    expect(pill).to_contain_text("1 new")
    assert card.get_attribute("data-card") == first
    page.keyboard.press("Alt+n")
    expect(pill).to_be_hidden()
    expect(page.locator(f".p-card[data-card='{first}']")).to_have_count(0)


def test_practice_needs_no_telephony_and_ends_in_a_wrap_up(sign_in):
    page = sign_in("Ana", "/agent/")
    expect(page.get_by_text("No contact open")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Start a practice contact").click()
    says = page.get_by_label("Customer says")
    expect(says).to_be_visible(timeout=30_000)
    says.fill(ASKED)
    says.press("Enter")
    expect(page.locator(".p-card")).to_be_visible()
    page.get_by_label("I say", exact=True).fill("I will send the refund today, by noon.")
    page.get_by_label("I say", exact=True).press("Enter")
    expect(page.locator("[data-part=feed] li")).to_have_count(2)
    page.get_by_role("button", name="End").click()
    issue = page.locator("[data-heading=issue] textarea")
    expect(issue).to_have_value(re.compile(re.escape(ASKED)))
    expect(page.locator("[data-part=live]")).to_have_text("ended")
    issue.fill("Asked how long a card refund takes.")
    page.locator("[data-part=wrap-disposition]").fill("Refund question")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-part=wrap-save] [data-say]")).to_have_text("Saved")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=wrap-copy] [data-say]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Disposition: Refund question" in copied
    assert "- Asked how long a card refund takes." in copied


def test_a_lost_connection_is_said_in_words_and_nothing_goes_blank(panel, server):
    page, say = panel
    page.allowed.append("ERR_FAILED")
    say("customer", ASKED)
    base, issued, _ = server
    contact = page.url.rpartition("=")[2]
    bearer = {"Authorization": f"Bearer {issued['Ana']}"}
    state = httpx.get(f"{base}/api/live/{contact}/state", headers=bearer).json()
    events = [
        "data: " + json.dumps({"v": state["v"], "region": region, "json": value}) + "\n\n"
        for region, value in state["regions"].items()
    ]
    broken = count()

    def lose(route):
        if next(broken) == 0:
            route.fulfill(content_type="text/event-stream", body="".join(events))
        else:
            route.abort()

    page.route("**/api/live/**", lose)
    page.reload()
    live = page.locator("[data-part=live]")
    expect(live).to_have_text(re.compile(r"reconnecting, stale since \d\d:\d\d:\d\d"), timeout=30_000)
    expect(page.locator(".p-card")).to_be_visible()
    page.unroute("**/api/live/**")
    expect(live).to_have_text("live", timeout=20_000)
    expect(page.locator(".p-card")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(380, 880), (420, 700), (400, 420), (200, 440)])
def test_nothing_is_wider_than_the_window(sign_in, width, height):
    """The last two are 200 % zoom of a small window: everything is reachable by scrolling down."""
    page = sign_in("Ana", "/agent/?contact=new", width=width, height=height)
    expect(page.locator("[data-part=app][data-state=open]")).to_be_visible(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    field = page.get_by_label("I say", exact=True)
    field.scroll_into_view_if_needed()
    expect(field).to_be_in_viewport()


def test_hostile_words_stay_words(panel):
    from tests.ui.conftest import HOSTILE

    page, say = panel
    say("customer", f"{HOSTILE} {ASKED}")
    say("agent", HOSTILE)
    expect(page.locator("[data-part=feed] li").last).to_contain_text("${window.__xss=2}")
    expect(page.locator("[data-part=client]")).to_contain_text("<script>")
    expect(page.locator(".p-cite").first).to_contain_text("<script>")
    page.locator("[data-part=draft-text]").fill(f"I guarantee it will be there by Friday.\n{HOSTILE}")
    expect(page.locator("[data-part=draft-mirror] mark.is-major").first).to_contain_text("guarantee")
    assert page.locator(".u img, .u script, .u iframe").count() == 0


def test_what_was_said_is_ticked_and_what_was_said_wrong_is_put_right(panel):
    page, say = panel
    say("customer", ASKED)
    facts = page.locator(".p-card .p-fact")
    expect(facts.first).to_have_class(re.compile("is-open"))
    say("agent", "A card refund takes 3 to 5 business days from the day we release it.")
    expect(page.locator(".p-fact.is-said").first).to_contain_text("3 to 5 business days")
    say("agent", "And a bank refund takes up to 20 business days.")
    expect(page.locator(".p-fact.is-misstated")).to_contain_text("7 business days")
    strip = page.locator("[data-part=strip]")
    expect(strip).to_have_attribute("data-kind", "late")
    expect(strip).to_contain_text("Put this right")


def test_a_promise_and_a_hard_word_are_shown(panel):
    page, say = panel
    say("customer", "I'm skint until payday, that is a fortnight away.")
    expect(page.locator(".f-meaning").first).to_contain_text("=")
    say("agent", "I will call you back tomorrow by noon.")
    expect(page.locator("[data-part=promised] li")).to_contain_text("call you back tomorrow by noon")


def test_a_secret_that_is_about_to_be_spoken_comes_first(panel):
    page, say = panel
    say("customer", ASKED)
    expect(page.locator(".p-card")).to_be_visible()
    say("customer", "Let me just read you my card number.")
    strip = page.locator("[data-part=strip]")
    expect(strip).to_have_attribute("data-kind", "stop")
    expect(strip).to_contain_text("No secret numbers")


def test_a_kind_of_card_is_muted_for_this_contact(panel):
    page, say = panel
    say("customer", ASKED)
    page.get_by_role("button", name="Mute answers").click()
    expect(page.locator(".p-card")).to_have_count(0)
    say("customer", "And how long does a bank refund take?")
    expect(page.locator("[data-part=feed] li")).to_have_count(2)
    expect(page.locator(".p-card")).to_have_count(0)
    page.get_by_text("Answers are muted, show again").click()
    expect(page.get_by_role("button", name="Mute answers").first).to_be_visible()


def test_a_step_done_in_silence_gives_way_to_the_next_at_a_click(panel, server):
    page, say = panel
    steps = "# How do I reset my kettle?\n\n1. Unplug the kettle.\n2. Wait thirty seconds.\n3. Plug the kettle in again.\n"
    server[2].knowledge_base("Acme").add([Document("kettle", steps, title="Kettle", kind="faq")])
    say("customer", "How do I reset my kettle?")
    card = page.locator(".p-card.is-step")
    expect(card).to_contain_text("Unplug the kettle.")
    card.get_by_role("button", name="Done, next step").click()
    expect(card).to_contain_text("Wait thirty seconds.")
    expect(card.locator(".p-steps")).to_have_attribute("aria-label", "Step 2 of 3")


@pytest.mark.parametrize(("language", "words"), [("nl", "Luistert mee"), ("de", "Hört zu"), ("nb", "Lytter")])
def test_the_panel_speaks_the_readers_language(sign_in, language, words):
    page = sign_in("Ana", f"/agent/?contact=quiet-{language}&lang={language}")
    expect(page.locator("[data-part=strip]")).to_contain_text(words, timeout=30_000)
    expect(page.locator(f"[lang={language}]").first).to_be_attached()


def test_an_agent_sees_confirmed_scores_of_their_own_and_objects(server, sign_in):
    _, _, workspace = server
    from tests.ui.conftest import contact
    from web import desk

    workspace.add_transcripts(
        "Acme", [contact("own", ("customer", "Hello."), ("agent", "Hello, how can I help?"))]
    )
    evaluation, analysis = workspace.score("Acme", workspace.contact("Acme", "own").transcript)
    workspace.keep("Acme", evaluation, analysis)
    page = sign_in("Ana", "/agent/")
    expect(page.locator("[data-part=scores]")).to_be_visible(timeout=30_000)
    expect(page.locator(".s-row").filter(has_text="own")).to_have_count(0)  # a draft is nobody's score yet
    from qa.reviews import Correction

    desk.review(
        workspace,
        "Acme",
        evaluation.id,
        [Correction("settled", "NOT_MET", "The question stayed open.")],
        who="Lea",
    )
    page.reload()
    row = page.locator(".s-row").filter(has_text="own")
    row.locator("summary").click()
    expect(row.locator(".s-line").first).to_contain_text("Not met")
    expect(row.locator(".s-total")).to_contain_text("confirmed by Lea")
    row.get_by_role("button", name="I disagree").click()
    row.locator("select").select_option("settled")
    row.locator("textarea").fill("The customer said thank you and had the answer.")
    row.get_by_role("button", name="Send to the QA lead").click()
    expect(page.locator(".s-row").filter(has_text="own")).to_contain_text("disputed")
