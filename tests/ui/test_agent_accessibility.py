"""The agent's panel for everybody: rules of WCAG 2.2 AA in every state, and a path for the keyboard."""

import json
import re
from itertools import count

import httpx
import pytest
from playwright.sync_api import expect

from qa.reviews import Correction
from tests.ui.conftest import contact
from web import desk

RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"
TALK = (
    ("customer", "Hello, I want to make a complaint."),
    ("agent", "I will call you back tomorrow by noon."),
    ("customer", "How long does a card refund take?"),
    ("customer", "And when does a parcel arrive that was sent on Monday, is it within two weeks?"),
)
_numbers = count(1)


@pytest.fixture
def talked(server, sign_in):
    """A panel in the middle of a contact, with cards."""
    base, issued, _ = server

    def open_panel(**look):
        id = f"a-{next(_numbers)}"
        page = sign_in("Ana", f"/agent/?contact={id}", **look)
        expect(page.locator("[data-part=app][data-state=open]")).to_be_visible(timeout=30_000)
        for speaker, text in TALK:
            answer = httpx.post(
                f"{base}/api/v1/contacts/{id}/turns",
                json={"turns": [{"speaker": speaker, "text": text}]},
                headers={"Authorization": f"Bearer {issued['Ana']}"},
            )
            assert answer.status_code == 200, answer.text
        expect(page.locator("[data-part=feed] li")).to_have_count(len(TALK))
        expect(page.locator("[data-card]").first).to_be_visible()
        return page

    return open_panel


@pytest.fixture
def score_of_ana(server):
    """One confirmed score, with something not met."""
    workspace = server[2]
    id = f"scored-{next(_numbers)}"
    workspace.add_transcripts("Acme", [contact(id, ("customer", "Hello."), ("agent", "Hello."))])
    evaluation, analysis = workspace.score("Acme", workspace.contact("Acme", id).transcript)
    workspace.keep("Acme", evaluation, analysis)
    desk.review(
        workspace, "Acme", evaluation.id, [Correction("settled", "NOT_MET", "It stayed open.")], who="Lea"
    )
    return id


def wrong_in(page):
    from pathlib import Path

    import axe_playwright_python

    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8"))
    found = page.evaluate(f"axe.run('#agent-panel', {RULES})")
    return [
        (one["id"], node["html"][:160], node["failureSummary"][-200:])
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_every_state_of_the_panel_holds_to_the_rules_of_accessibility(talked, sign_in, score_of_ana, dark):
    wrong = {}
    page = talked(dark=dark)
    wrong["cards"] = wrong_in(page)
    page.locator("[data-part=draft-text]").fill("I guarantee it will be there by Friday.")
    expect(page.locator("[data-part=draft-findings] li").first).to_be_visible()
    page.evaluate("document.querySelectorAll('.p-app details').forEach((one) => { one.open = true; })")
    wrong["a draft with findings, all open"] = wrong_in(page)
    page.set_viewport_size({"width": 200, "height": 440})
    assert page.evaluate("document.documentElement.scrollWidth") <= 200
    wrong["200 % zoom"] = wrong_in(page)
    page.set_viewport_size({"width": 400, "height": 880})
    page.evaluate("document.querySelector('[data-part=app]').dataset.live = 'stale'")
    wrong["stale"] = wrong_in(page)
    page.locator("[data-part=end]").click()
    expect(page.locator("[data-part=wrap-save]")).to_be_in_viewport()
    wrong["wrap-up"] = wrong_in(page)
    page.goto(page.url.partition("?")[0])
    row = page.locator(".s-row").filter(has_text=score_of_ana)
    row.locator("summary").first.click(timeout=30_000)
    row.get_by_role("button", name="I disagree").click()
    expect(row).not_to_contain_text("null")
    wrong["scores and a dispute"] = wrong_in(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert {name: said for name, said in wrong.items() if said} == {}


def test_the_keyboard_reaches_everything_and_shows_where_it_is(talked):
    page = talked()
    reached = {}
    page.locator("[data-part=client]").click()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, ring = page.evaluate(
            """() => { const at = document.activeElement, look = getComputedStyle(at);
            return [at.getAttribute('aria-label') || at.textContent || at.id, look.outlineStyle !== 'none' && parseFloat(look.outlineWidth)]; }"""
        )
        reached[re.sub(r"\s+", " ", name).strip()] = ring
        if name == "Conversation":
            break
    there = " | ".join(reached)
    for wanted in (
        "wording:",
        "End",
        "Insert",
        "Copy facts",
        "Dismiss",
        "Mute answers",
        "Alt S",
        "p-draft-text",
        "Conversation",
    ):
        assert wanted in there, json.dumps(reached)
    assert all(ring and ring >= 2 for ring in reached.values()), json.dumps(reached)
    page.keyboard.press("Alt+d")
    page.keyboard.insert_text("Thank you, I will look at it today.")
    expect(page.locator("[data-part=draft-status]")).to_have_text("Checked, nothing found")
    page.keyboard.press("Escape")
    cards = page.locator("[data-card]").count()
    page.keyboard.press("Escape")
    expect(page.locator("[data-card]")).to_have_count(cards - 1)


def test_before_anything_comes_the_panel_says_whose_it_is_and_that_it_waits(sign_in):
    page = sign_in("Ana", "/agent/")
    page.allowed.append("ERR_FAILED")
    page.route("**/api/live/**", lambda route: route.abort())
    page.goto(f"{page.url.partition('?')[0]}?contact=not-yet")
    expect(page.locator("[data-part=no-connection]")).to_contain_text("No connection yet", timeout=30_000)
    expect(page.locator("[data-part=client]")).not_to_be_empty()
    page.unroute("**/api/live/**")
    expect(page.locator("[data-part=strip]")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-part=no-connection]")).to_be_hidden()
