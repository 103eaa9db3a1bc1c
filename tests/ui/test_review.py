"""The review page in a browser: evidence and criteria, answers and reasons, files."""

import re

import pytest
from playwright.sync_api import expect

PANEL = "[data-criterion='{}']"


@pytest.fixture
def review(sign_in):
    def open_contact(id="", **options):
        page = sign_in(
            "Lea", f"/qa/?contact={id}" if id else "/qa/", **({"width": 1440, "height": 900} | options)
        )
        expect(page.locator(".t-turns, .r-message").first).to_be_visible(timeout=30_000)
        return page

    return open_contact


def test_the_riskiest_comes_first_with_its_reason_and_without_its_score(review):
    page = review()
    first = page.locator(".q-item").first
    expect(first).to_contain_text("unhedged promise")
    expect(first).to_have_attribute("aria-current", "")
    expect(page.locator("[data-part=who]")).to_have_text("Lea, qa")
    page.get_by_label("Filter the queue").fill("second")
    expect(page.locator(".q-item:visible")).to_have_count(1)


def test_a_mark_leads_to_its_criterion_and_back(review):
    page = review("promise")
    mark = page.locator("mark.is-bad").first
    assert mark.text_content().startswith("I guarantee")
    expect(page.locator(".m-tag.is-bad")).to_have_text("unhedged promise")
    mark.click()
    expect(page.locator(PANEL.format("promises"))).to_have_class(re.compile("is-selected"))
    note = page.locator(".n-note[data-label='brand.guarantee']")
    expect(note.locator(".n-more")).to_be_visible()
    expect(note).to_contain_text(re.compile(r"confidence \d\.\d\d"))
    page.keyboard.press("Escape")
    expect(note.locator(".n-more")).to_be_hidden()
    page.locator(PANEL.format("promises")).locator(".c-question").click()
    expect(mark).to_have_class(re.compile("is-picked"))
    page.locator(PANEL.format("promises")).get_by_role("button", name="turn 2").click()
    expect(page.locator("#t-2")).to_have_class(re.compile("is-selected"))


def test_keys_walk_through_findings_and_contacts(review):
    page = review("promise")
    page.keyboard.press("j")
    expect(page.locator(".n-note.is-picked")).to_have_count(1)
    page.keyboard.press("/")
    expect(page.get_by_label("Filter the queue")).to_be_focused()
    page.keyboard.press("Escape")
    before = page.locator(".q-item[aria-current]").get_attribute("data-contact")
    page.keyboard.press("n")
    expect(page.locator(f".q-item[aria-current]:not([data-contact='{before}'])")).to_have_count(1)


def test_a_changed_answer_needs_a_reason_before_it_can_be_saved(review, server):
    page = review("promise")
    save = page.locator("[data-act=save]")
    state = page.locator("[data-part=save-state]")
    expect(save).to_be_enabled()
    criterion = page.locator(PANEL.format("promises"))
    criterion.get_by_role("radio", name="Met", exact=True).check()
    expect(state).to_contain_text("1 override · 1 reason missing")
    expect(save).to_be_disabled()
    expect(page.locator("[data-part=score]")).to_have_text("100")
    why = criterion.locator(".c-why input")
    why.fill("no")
    expect(save).to_be_disabled()
    page.keyboard.press("Control+s")
    expect(why).to_be_focused()
    why.fill("The customer asked for the weekday only.")
    expect(save).to_be_enabled()
    with page.expect_response("**/review") as answer:
        page.keyboard.press("Control+s")
    assert answer.value.status == 200
    expect(page.locator(".q-item[aria-current]")).not_to_have_attribute("data-contact", "promise")
    page.locator(".q-item[data-contact=promise]").click()
    expect(criterion.locator(".c-review")).to_contain_text("Lea")
    expect(page.locator(".s-confirmed")).to_contain_text("by Lea")
    _, _, workspace = server
    assert workspace.contact("Acme", "promise").evaluation.status == "confirmed"


def test_a_refused_save_says_so_and_keeps_the_answers(review):
    page = review("second")
    page.allowed.append("409")
    page.route(
        "**/review", lambda route: route.fulfill(status=409, json={"detail": "Somebody else was faster."})
    )
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part=save-problem]")).to_contain_text("Not saved. Somebody else was faster.")
    expect(page.locator("[data-act=save]")).to_be_enabled()


def test_an_answer_by_arrow_keys(review):
    page = review("second")
    chosen = page.locator(PANEL.format("settled")).get_by_role("radio", name="Could not tell")
    chosen.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(PANEL.format("settled")).get_by_role("radio", name="Not applicable")).to_be_checked()
    expect(page.locator("[data-part=save-state]")).to_contain_text("1 override")


def test_an_unscored_contact_of_500_turns_is_scored_here_and_scrolls(review):
    page = review("long")
    expect(page.locator(".t-turn")).to_have_count(500)
    page.get_by_role("button", name="Apply the scorecard").click()
    expect(page.locator(".s-foot")).to_be_visible(timeout=60_000)
    spent = page.evaluate(
        """async () => { const pane = document.querySelector('[data-part=transcript]'); let worst = 0;
        for (let i = 0; i < 40; i += 1) { const t = performance.now(); pane.scrollTop += 900;
        await new Promise(requestAnimationFrame); worst = Math.max(worst, performance.now() - t); } return worst; }"""
    )
    assert spent < 1000


def test_files_report_one_by_one(review, tmp_path):
    good, bad = tmp_path / "call.txt", tmp_path / "broken.json"
    good.write_text("Agent: Hello, how can I help?\nCustomer: My kettle is broken.\n", "utf-8")
    bad.write_text('{"turns": [', "utf-8")
    page = review("second")
    page.allowed.append("4")
    page.get_by_role("button", name="Upload transcripts").click()
    page.set_input_files("[data-part=files]", [good, bad])
    page.get_by_role("button", name="Analyse and queue").click()
    expect(page.locator("[data-file='call.txt']")).to_have_attribute("data-state", "ok", timeout=60_000)
    expect(page.locator("[data-file='broken.json']")).to_have_attribute("data-state", "bad")
    expect(page.locator("[data-part=upload-state]")).to_contain_text("1 contact in the queue · 1 not read")
    expect(page.locator(".q-item[data-contact=call]")).to_contain_text("to review")


def test_a_missing_contact_and_a_broken_server_are_said_in_words(review):
    page = review("no-such-contact")
    expect(page.locator("[data-part=transcript]")).to_contain_text("There is no such contact.")
    page.allowed.append("500")
    page.route("**/component_server/**", lambda route: route.fulfill(status=500, body="{}"))
    page.locator(".q-item").last.click()
    expect(page.locator("[data-part=transcript]")).to_contain_text("The server did not answer.")


def test_an_agent_sees_no_review_page(sign_in, server):
    page = sign_in("Ana", "/agent/?contact=mine")
    page.allowed += ["401", "403"]
    answer = page.goto(f"{server[0]}/qa/")
    assert answer.status in (401, 403)


def test_hostile_words_stay_words(review):
    page = review("hostile")
    expect(page.locator(".t-text").first).to_contain_text("${window.__xss=2}")
    expect(page.locator("[data-part=client]")).to_contain_text("<script>")
    page.locator("mark.is-warn").first.click()
    expect(page.locator(".n-note.is-warn")).to_contain_text("<script>")
    assert page.locator(".u img, .u script, .u iframe").count() == 0


@pytest.mark.parametrize("width", [720, 1024, 1440])
def test_nothing_is_wider_than_the_window(review, width):
    page = review("promise", width=width, height=450 if width == 720 else 900)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    save = page.locator("[data-act=save], [data-act=next]").first
    save.scroll_into_view_if_needed()
    expect(save).to_be_in_viewport()
