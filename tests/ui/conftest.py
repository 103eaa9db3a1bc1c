"""One server with a hostile client, and pages signed in to it. Skipped where there is no Chromium."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models.encoders import HashingEncoder
from models.records import Finding, Span, Transcript, Turn
from qa import Scorecard
from storage.access import AccessKeys
from tests.serving import serving
from web.workspace import Workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",  # containers only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAYLOADS = (
    '<img src="https://evil.example/x" onerror="window.__xss=1">',
    "${window.__xss=2}",
    "\\u003cimg src\\u003dx onerror\\u003d'window.__xss=3'\\u003e",
    '"><script>window.__xss=4</script>',
    "price ${ unclosed",
    "C:\\new\\table",
)
HOSTILE = " ".join(PAYLOADS)
CARD = """
name: short
version: 1
title: Short
pass_mark: 80
sections:
  - ref: manner
    title: Manner
    criteria:
      - ref: promises
        question: Did the agent promise only what is certain?
        check: {absent: [brand.guarantee]}
        weight: 10
      - ref: polite
        question: Was the agent's wording respectful?
        check: {absent: [tone.rude]}
        weight: 10
        auto_fail: form
      - ref: settled
        question: Was it settled?
        check: {asked: "Did they leave with an answer?"}
"""
CLIENT = """
name: '%s'
colour: "#0B6E63"
disclosures:
  - document: disclosures/notice
    when: always
    deadline: opening
"""
REFUNDS = """---
title: 'Refunds %s'
kind: policy
version: "7"
effective_from: 2025-01-01
---
# How long a refund takes

How long does a card refund take? A card refund takes 3 to 5 business days from the day we release it.

How long does a bank refund take? A bank refund takes up to 7 business days.

# ${window.__xss=5} Deliveries <img src=x onerror="window.__xss=6">

A parcel that was sent on Monday arrives on Wednesday, and a sofa within two weeks.
"""
NOTICE = """---
title: Recording notice
kind: disclosure
verbatim: true
required_when: always
due: opening
---
Calls are recorded for training and quality 🙂 and you may ask for a copy.
"""
PROMISED = "I guarantee it will be there by Friday."


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def contact(id, *turns):
    return Transcript(id=id, client="Acme", agent="Ana", turns=tuple(Turn(who, text) for who, text in turns))


def fill(workspace, folder):
    quoted = HOSTILE.replace("'", "''")
    for path, text in {
        "client.yaml": CLIENT % quoted,
        "policies/refunds.md": REFUNDS % quoted,
        "disclosures/notice.md": NOTICE,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    workspace.ingest("Acme", folder)
    workspace.add_scorecard("Acme", Scorecard.parse(CARD))
    long = [("customer" if n % 2 else "agent", f"Turn {n}: {PROMISED} {HOSTILE}") for n in range(500)]
    workspace.add_transcripts(
        "Acme",
        [
            contact(
                "promise",
                ("customer", "How long does it take? 🙂"),
                ("agent", f"So 🙂 {PROMISED}"),
                ("customer", "Good."),
            ),
            contact("second", ("customer", "Hello."), ("agent", "Hello, how can I help?")),
            contact("hostile", ("customer", HOSTILE), ("agent", f"{HOSTILE} {PROMISED}")),
            contact("long", *long),
        ],
    )
    for id in ("promise", "second", "hostile"):
        transcript = workspace.contact("Acme", id).transcript
        evaluation, analysis = workspace.score("Acme", transcript)
        if id == "hostile":
            extra = Finding("tone.stiff", "minor", Span(1, 2, 40), 0.5, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
            analysis = replace(analysis, findings=(*analysis.findings, extra))
        workspace.keep("Acme", evaluation, analysis)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    from web.server import create_app

    folder = tmp_path_factory.mktemp("ui")
    workspace = Workspace(folder / "data", encoder=HashingEncoder())
    fill(workspace, folder / "client")
    keys = AccessKeys(workspace.folder)
    issued = {
        name: keys.issue(name, role, "Acme")
        for name, role in (("Ana", "agent"), ("Lea", "qa"), ("Adi", "admin"))
    }
    with serving(create_app(workspace)) as address:
        yield address, issued, workspace


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # on a busy machine; nothing here measures time
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def sign_in(server, browser):
    """A page signed in as somebody, watched: nothing leaves the host and the console stays clean."""
    base, issued, _ = server
    contexts, faults = [], []

    def watch(page):
        def requested(request):
            if not request.url.startswith((base, "data:", "blob:")):
                faults.append(f"left the host: {request.url}")

        def said(message):
            if message.type == "error" and not any(words in message.text for words in page.allowed):
                faults.append(f"console: {message.text}")

        page.allowed = []
        page.on("request", requested)
        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))

    def open_as(name, path, *, width=400, height=880, dark=False):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(f"{base}/login")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.locator("input[name=key]").fill(issued[name])
        page.locator("form:has(input[name=key]) button").click()
        page.goto(base + path)
        return page

    yield open_as
    for context in contexts:
        for page in context.pages:
            assert page.evaluate("window.__xss") is None
        context.close()
    assert faults == []
