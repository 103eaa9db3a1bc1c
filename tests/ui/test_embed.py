"""The panel in another product's page: our example CRM frames it, and a replayed file drives it."""

import functools
import http.server
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.encoders import HashingEncoder
from storage.access import AccessKeys
from tests.serving import serving
from tests.ui.conftest import fill
from web.server import create_app
from web.workspace import Workspace

ROOT = Path(__file__).parents[2]
CONTACT = """Agent: Calls are recorded for training and quality and you may ask for a copy.
Customer: Hello. How long does a card refund take?
Agent: Three to five business days from the day we release it.
"""


@pytest.fixture(scope="module")
def crm():
    """`examples/crm`, served as another product would serve it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(ROOT / "examples" / "crm"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def copilot(tmp_path_factory, crm):
    """A server that lets the CRM frame its pages."""
    folder = tmp_path_factory.mktemp("embed")
    workspace = Workspace(folder / "data", encoder=HashingEncoder())
    fill(workspace, folder / "client")
    key = AccessKeys(workspace.folder).issue("Ana", "agent", "Acme")
    with serving(create_app(workspace, frame_ancestors=[crm])) as address:
        yield address, key


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 880})
    yield context.new_page()
    context.close()


def sign_in(page, base, key):
    page.goto(f"{base}/login")
    field = page.locator("input[name=key]")
    if not field.is_visible():
        page.locator("details:has(input[name=key]) summary").click()
    field.fill(key)
    page.locator("form:has(input[name=key]) button").click()
    page.wait_for_url(re.compile("/agent/"))


def test_a_replayed_file_drives_the_framed_panel(page, crm, copilot, tmp_path):
    base, key = copilot
    file = tmp_path / "contact.txt"
    file.write_text(CONTACT, "utf-8")
    sign_in(page, base, key)
    page.goto(f"{crm}/index.html?panel={base}&contact=crm-1")
    expect(page.locator("#contact")).to_have_text("crm-1")
    panel = page.frame_locator("#panel")
    expect(panel.locator("[data-part=app][data-state=open]")).to_be_visible(timeout=30_000)
    expect(panel.locator(".p-card")).to_have_count(0)
    played = subprocess.run(
        [sys.executable, "-m", "app", "replay", str(file), "--speed", "20", "--partials"]
        + ["--url", base, "--key", key, "--as", "crm-1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert played.returncode == 0, played.stderr
    assert "3 to 5 business days" in played.stdout
    expect(panel.locator(".p-card").first).to_contain_text("3 to 5 business days")
    expect(panel.locator("[data-part=feed] li")).to_have_count(3)


def test_a_server_that_was_not_told_of_the_crm_is_not_framed(page, crm, server):
    base, issued, _ = server
    sign_in(page, base, issued["Ana"])
    page.goto(f"{crm}/index.html?panel={base}&contact=crm-2")
    page.wait_for_function("() => window.frames.length === 1")
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert frame.url.startswith("chrome-error:")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "contact: add"),
        ("?contact=x&panel=http://copilot.example.com", "must be https"),
        ("?contact=x&panel=javascript:alert(1)", "panel:"),
    ],
)
def test_the_example_says_what_is_missing(page, crm, asked, said):
    page.goto(f"{crm}/index.html{asked}")
    expect(page.locator("#wrong")).to_contain_text(said)
    assert page.locator("#panel").get_attribute("src") is None
