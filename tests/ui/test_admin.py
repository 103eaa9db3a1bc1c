"""The administrator's path in a browser: one-time link, a client, documents by two people, an agent who comes in."""

import re
from pathlib import Path

import pytest

from models.encoders import HashingEncoder
from models.records import Document
from storage.people import People
from tests.serving import serving
from tests.ui.conftest import PAYLOADS
from web.workspace import Workspace

GOOD = "three odd green bicycles"
REFUNDS = """---
title: Refunds
version: "3"
---
# How long does a card refund take?

A card refund takes 3 to 5 business days from the day we release it.
"""


@pytest.fixture
def desk(tmp_path, browser):
    """A new data folder, served; pages of several people, watched."""
    from web.server import create_app

    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    faults, contexts = [], []

    def open_page(*, width=1280, height=900, dark=False, language="en-GB"):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=language,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.allowed = ()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: (
                faults.append(f"console: {said.text}")
                if said.type == "error" and not any(words in said.text for words in page.allowed)
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((address, "data:", "blob:"))
                else faults.append(f"left: {asked.url}")
            ),
        )
        return page

    with serving(create_app(workspace)) as address:
        yield address, workspace, open_page
        for context in contexts:
            for page in context.pages:
                assert page.evaluate("window.__xss") is None
            context.close()
    assert faults == []


def set_password(page, link, **fields):
    page.goto(link)
    for name, value in {**fields, "password": GOOD, "again": GOOD}.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("button.first").click()


def sign_in(page, address, login):
    page.goto(f"{address}/login")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(GOOD)
    page.locator("form:has(input[name=login]) button").click()


def section(page, name):
    """Go there, and wait until what stood before is replaced, also when it is the same section."""
    page.evaluate(
        "document.querySelector('[data-part=main]').firstElementChild?.setAttribute('data-before', '')"
    )
    page.locator(f".a-nav [data-go={name}]").click()
    page.locator("[data-before]").first.wait_for(state="detached")
    page.locator(f"[data-part=app][data-section={name}]").wait_for()


def add_person(page, name, login, role):
    section(page, "people")
    form = page.locator('form[data-do="person.add"]')
    form.locator("[name=name]").fill(name)
    form.locator("[name=login]").fill(login)
    form.locator("[name=role]").select_option(role)
    form.locator("button").click()
    page.locator(f'[data-person="{login}"]').wait_for()
    return page.locator("[data-part=secret]").inner_text()


def test_the_administrators_path(desk, tmp_path):
    from playwright.sync_api import expect

    address, workspace, open_page = desk
    ada = open_page()
    link = f"{address}/welcome?token={People(workspace.folder).link(None)}"
    set_password(ada, link, name="Ada Vos", login="ada@example.com")
    expect(ada.locator("[data-health]")).to_have_attribute("data-health", re.compile("ok|degraded"))
    expect(ada.locator(".a-nav [data-go]")).to_have_count(4)

    section(ada, "clients")
    form = ada.locator('form[data-do="client.make"]')
    form.locator("[name=client]").fill("Lumenor")
    form.locator("[name=title]").fill(f"Lumenor {PAYLOADS[0]}")
    form.locator("[name=colour]").fill("#aa3366")
    form.locator("button").click()
    ada.locator("[data-client=Lumenor] button").click()
    expect(ada.locator(".a-client")).to_contain_text("Lumenor <img")
    assert ada.locator(".a-client rect").get_attribute("fill") == "#aa3366"

    section(ada, "clients")
    ada.locator("[name=four_eyes]").check()
    ada.locator('form[data-do="client.change"] button.u-primary').click()
    expect(ada.locator("[data-part=said]")).to_have_text("Saved.")

    settings = ada.locator('form[data-do="settings.check"]')
    field, example = settings.locator("textarea"), settings.locator("[data-fill]")
    example.click()
    expect(field).to_have_value(re.compile("four_eyes"))  # what stands there is not lost at the first click
    example.click()
    expect(field).to_have_value(re.compile("goodwill_credit: 25"))
    field.fill("authority: {goodwill_credit: 25}\ncolour: [red")
    settings.locator('[value="settings.save"]').click()
    expect(ada.locator("[data-part=problem]")).to_contain_text("line 2")
    field.fill(f"name: 'Lumenor {PAYLOADS[0]}'\ncolour: '#aa3366'\nauthority: {{goodwill_credit: 25}}")
    settings.locator('[value="settings.save"]').click()
    expect(ada.locator("[data-part=said]")).to_have_text("Saved.")
    expect(ada.locator("[name=four_eyes]")).to_be_checked()
    section(ada, "overview")
    expect(ada.locator(".a-steps .is-done")).to_have_count(1)
    section(ada, "retention")
    ada.locator("[name=days_transcripts]").fill("30")
    ada.locator('form[data-do="retention.set"] button').click()
    expect(ada.locator("[data-kept=transcripts]")).to_contain_text("client.yaml")

    (tmp_path / "refunds.md").write_text(REFUNDS, "utf-8")
    section(ada, "documents")
    ada.locator("[name=files]").set_input_files(str(tmp_path / "refunds.md"))
    ada.locator("[name=folder]").fill("faq")
    ada.locator("form[data-upload] button").click()
    proposal = ada.locator('[data-proposal="faq/refunds"]')
    expect(proposal).to_contain_text("A card refund takes 3 to 5 business days")
    expect(proposal.locator('[data-do="document.publish"]')).to_have_count(0)
    assert workspace.search("Lumenor", "How long does a card refund take?") == []

    bo_link = add_person(ada, "Bo Lind", "bo@example.com", "admin")
    cy_link = add_person(ada, f"Cy {PAYLOADS[1]}", "cy@example.com", "agent")

    bo = open_page()
    set_password(bo, bo_link)
    bo.locator("[data-health]").wait_for()
    section(bo, "documents")
    bo.locator('[data-proposal="faq/refunds"] [data-do="document.publish"] button').click()
    expect(bo.locator('[data-document="faq/refunds"]')).to_contain_text("in force")
    hits = workspace.search("Lumenor", "How long does a card refund take?")
    assert "3 to 5 business days" in hits[0].passage.text

    cy = open_page(width=420)
    set_password(cy, cy_link)
    cy.wait_for_url("**/agent/**")
    expect(cy.locator("body")).to_contain_text("Lumenor <img")
    cy.allowed = ("403",)
    assert cy.goto(f"{address}/admin/").status == 403

    section(ada, "audit")
    events = ada.locator(".a-events tbody")
    for words in (
        "Made the client",
        "Proposed a document",
        "Published a document",
        "Gave a role",
        "Signed in",
        "Changed settings",
    ):
        expect(events).to_contain_text(words)
    expect(events.locator('[title="client.make"]')).to_have_count(1)
    expect(events).to_contain_text("proposed by Ada Vos")
    ada.locator('[data-do="audit.verify"] button').click()
    expect(ada.locator("[data-part=said]")).to_contain_text("holds")

    section(ada, "people")
    grant = ada.locator('[data-person="cy@example.com"] form[data-do="person.revoke"] button')
    grant.click()
    expect(grant).to_contain_text("Press again")
    grant.click()
    expect(ada.locator("[data-part=said]")).to_contain_text("Taken back")
    cy.allowed = ("401", "403")
    assert "/login" in cy.goto(f"{address}/agent/").url


def test_by_keyboard_narrow_dark_and_in_another_language(desk):
    from playwright.sync_api import expect

    address, workspace, open_page = desk
    people = People(workspace.folder)
    people.redeem(people.link(None), GOOD, login="ada@example.com", name="Ada")
    workspace.knowledge_base("Acme", create=True).store.put("Acme", workspace.knowledge_base("Acme").profile)
    page = open_page(width=390, dark=True, language="de-DE")
    sign_in(page, address, "ada@example.com")
    page.goto(f"{address}/clients")
    page.locator('button[value="admin Acme"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Übersicht")
    assert page.evaluate("document.documentElement.lang") == "de"
    section(page, "keys")
    page.locator('form[data-do="key.issue"] [name=name]').focus()
    page.keyboard.type("Telefonie")
    page.keyboard.press("Enter")
    secret = page.locator("[data-part=secret]")
    expect(secret).to_contain_text("un_")
    key = secret.inner_text()
    page.locator("[data-part=once] .a-once-head button").click()
    expect(page.locator("[data-part=once]")).to_be_hidden()
    section(page, "keys")
    assert key not in page.content()
    # Nothing is wider than a telephone: at 200 % zoom a desk is as narrow.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("overview", "clients", "documents", "moments", "scorecards", "people", "retention", "audit"):
        section(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        unnamed = page.evaluate(
            """() => [...document.querySelectorAll(".a-main :is(input, select, textarea, button)")]
                .filter((one) => one.type !== "hidden" && !one.labels?.length && !one.textContent.trim()
                    && !one.getAttribute("aria-label")).map((one) => one.outerHTML)"""
        )
        assert unnamed == []


def test_moments_and_scorecards_are_tried_before_they_count(desk):
    from playwright.sync_api import expect

    address, workspace, open_page = desk
    people = People(workspace.folder)
    people.redeem(people.link(None), GOOD, login="ada@example.com", name="Ada")
    workspace.knowledge_base("Acme", create=True).store.put("Acme", workspace.knowledge_base("Acme").profile)
    page = open_page()
    sign_in(page, address, "ada@example.com")
    page.locator("[data-health]").wait_for()
    section(page, "moments")
    page.locator("[name=text]").fill(
        "- id: cancel\n  when: [cancel my contract]\n  speaker: nobody\n  alert: Offer it\n"
    )
    page.locator("button[value='moments.check']").click()
    expect(page.locator("[data-part=problem]")).to_contain_text("speaker")
    page.locator("[name=text]").fill("- id: cancel\n  when: [cancel my contract]\n  alert: Say how\n")
    page.locator("[name=line]").fill("I want to cancel my contract.")
    page.locator("button[value='moments.try']").click()
    expect(page.locator("[data-part=results] li")).to_contain_text("Say how")
    assert workspace.knowledge_base("Acme").profile.moments == ()
    page.locator("button[value='moments.save']").click()
    expect(page.locator(".a-table")).to_contain_text("cancel")
    assert len(workspace.knowledge_base("Acme").profile.moments) == 1

    section(page, "scorecards")
    card = "name: short\nversion: 1\ntitle: Short\nsections:\n  - ref: s\n    title: Manner\n    criteria:\n"
    card += "      - {ref: rude, question: Was nobody insulted?, check: {absent: [tone.rude]}, weight: 10}\n"
    page.locator("[name=text]").fill("name: [")
    page.locator("button[value='scorecard.check']").click()
    expect(page.locator("[data-part=problem]")).to_be_visible()
    page.locator("[name=text]").fill(card)
    page.locator("button[value='scorecard.publish']").click()
    expect(page.locator('[data-card="short@1"]')).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_accessibility(desk, dark):
    import axe_playwright_python

    address, workspace, open_page = desk
    people = People(workspace.folder)
    people.redeem(people.link(None), GOOD, login="ada@example.com", name="Ada")
    people.add("bo@example.com", "Bo")
    kb = workspace.knowledge_base("Acme", create=True)
    kb.add([Document(id="faq/refunds", title="Refunds", text=REFUNDS, kind="faq")])
    script = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
    page = open_page(dark=dark)
    page.add_init_script(script)
    # The pages without Gradio forbid scripts that are not theirs, axe too; their labels and inks are the same.
    sign_in(page, address, "ada@example.com")
    page.locator("[data-health]").wait_for()
    for name in (
        "overview",
        "clients",
        "documents",
        "moments",
        "scorecards",
        "people",
        "keys",
        "retention",
        "audit",
    ):
        section(page, name)
        found = page.evaluate(
            "axe.run('#admin-page', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        wrong = {one["id"]: [node["html"][:120] for node in one["nodes"]] for one in found["violations"]}
        assert wrong == {}, name
