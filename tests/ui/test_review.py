"""The review desk in a browser: evidence and criteria, answers and reasons, who is who, what goes wrong."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from qa.queues import Claim

PANEL = ".r-card [data-criterion='{}']"


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
    expect(first).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-part=who]")).to_have_text("Lea")
    page.get_by_label("Search by id").fill("second")
    expect(page.locator(".q-item")).to_have_count(1)
    page.get_by_label("Search by id").fill("no such thing")
    expect(page.locator("[data-part=queue]")).to_contain_text("Nothing fits these filters")
    page.locator("[data-part=queue]").get_by_role("button", name="Clear the filters").click()
    expect(page.locator(".q-item").nth(2)).to_be_visible()


def test_filters_narrow_and_can_be_taken_off(review):
    page = review("promise")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Finding").select_option(label="unhedged promise")
    expect(page.locator("[data-part=chips]")).to_contain_text("brand.guarantee")
    expect(page.locator(".q-item[data-contact=second]")).to_have_count(0)
    expect(page.locator(".q-item[data-contact=promise]")).to_have_count(1)
    page.locator("[data-unfilter=label]").click()
    expect(page.locator(".q-item[data-contact=second]")).to_have_count(1)


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


def test_keys_walk_through_findings_criteria_and_contacts(review):
    page = review("promise")
    page.keyboard.press("j")
    expect(page.locator(".n-note.is-picked")).to_have_count(1)
    page.keyboard.press("/")
    expect(page.get_by_label("Search by id")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.press("c")
    expect(page.locator(".c.is-selected")).to_have_count(1)
    page.keyboard.press("3")
    expect(page.locator(".c.is-selected").get_by_role("radio", name="Not applicable")).to_be_checked()
    page.keyboard.press("Control+z")
    expect(page.locator(".c.is-changed")).to_have_count(0)
    before = page.locator(".q-item[aria-current]").get_attribute("data-contact")
    page.keyboard.press("n")
    expect(page.locator(f".q-item[aria-current]:not([data-contact='{before}'])")).to_have_count(1)


def test_an_answer_by_arrow_keys_and_undone(review):
    page = review("second")
    chosen = page.locator(PANEL.format("settled")).get_by_role("radio", name="Could not tell")
    chosen.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(PANEL.format("settled")).get_by_role("radio", name="Not applicable")).to_be_checked()
    state = page.locator("[data-part=save-state]")
    expect(state).to_contain_text("1 override")
    page.locator("[data-undo=settled]").click()
    expect(state).not_to_contain_text("override")


def test_what_was_typed_stays_while_one_looks_elsewhere(review):
    page = review("second")
    criterion = page.locator(PANEL.format("polite"))
    criterion.get_by_role("radio", name="Not met").check()
    criterion.locator(".c-why input").fill("A word that nobody should hear.")
    page.locator(".q-item[data-contact=hostile]").click()
    expect(page.locator(".t-id")).to_have_text("hostile")
    page.locator(".q-item[data-contact=second]").click()
    expect(page.locator(".t-id")).to_have_text("second")
    expect(criterion.locator(".c-why input")).to_have_value("A word that nobody should hear.")
    page.locator("[data-undo=polite]").click()


def test_a_lost_connection_keeps_the_answers_and_says_so(review):
    page = review("second")
    page.allowed += ["500", "Failed"]
    page.route("**/component_server/**", lambda route: route.abort())
    page.locator(PANEL.format("polite")).get_by_role("radio", name="Not met").check()
    why = page.locator(PANEL.format("polite")).locator(".c-why input")
    why.fill("It was rude in tone.")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-part=save-problem]")).to_contain_text("What you typed is still here.")
    expect(page.locator("[data-part=connection]")).to_contain_text("No connection")
    expect(why).to_have_value("It was rude in tone.")
    page.unroute("**/component_server/**")
    page.locator("[data-undo=polite]").click()


def test_somebody_else_on_it_is_named(review, server):
    _, _, workspace = server
    from datetime import UTC, datetime

    kb, now = workspace.knowledge_base("Acme"), datetime.now(UTC)
    kb.store.put("Acme", Claim("hostile", "Ben", now, now + timedelta(minutes=20)), supersede=True)
    page = review("hostile")
    expect(page.locator("[data-part=held]")).to_contain_text("Ben is on this contact until")
    expect(page.locator(".q-item[data-contact=hostile]")).to_contain_text("Ben is on it")
    kb.store.put("Acme", Claim("hostile", "Ben", now, now), supersede=True)


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
    page.keyboard.press("Control+s")
    expect(page.locator(".t-id")).not_to_have_text("promise")
    _, _, workspace = server
    assert workspace.contact("Acme", "promise").evaluation.status == "confirmed"
    page.locator("select[data-filter=status]").select_option("done")
    page.locator(".q-item[data-contact=promise]").click()
    expect(criterion.locator(".c-review")).to_contain_text("Lea")
    expect(page.locator(".s-confirmed")).to_contain_text("Lea")


def test_somebody_else_was_faster_and_nothing_typed_is_lost(review, server):
    _, _, workspace = server
    page = review("second")
    criterion = page.locator(PANEL.format("polite"))
    criterion.get_by_role("radio", name="Not met").check()
    criterion.locator(".c-why input").fill("Rude on turn two.")
    evaluation = workspace.contact("Acme", "second").evaluation
    workspace.review("Acme", evaluation.id, [], who="Ben")
    page.keyboard.press("Control+s")
    problem = page.locator("[data-part=save-problem]")
    expect(problem).to_contain_text("Ben confirmed it meanwhile.")
    expect(criterion.locator(".c-why input")).to_have_value("Rude on turn two.")
    problem.get_by_role("button", name="Show what stands now").click()
    expect(page.locator(".s-confirmed")).to_contain_text("Ben")
    expect(problem).to_contain_text("Rude on turn two.")
    page.get_by_role("button", name="Let it go").click()
    expect(problem).to_be_hidden()
