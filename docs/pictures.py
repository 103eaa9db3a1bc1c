"""Makes the pictures of the pages: `python docs/pictures.py`. Needs Chromium and Playwright.

Everything shown is the invented client Lumenor Energy, read, scored and served for real. So that the
dashboards have weeks to tell apart, each example contact stands there twice, on days of seven weeks.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from models.errors import UnscriptedError  # noqa: E402
from models.records import Evaluation, Transcript  # noqa: E402
from qa import Scorecard, read_transcripts  # noqa: E402
from qa.readers import read_folder  # noqa: E402
from qa.reviews import Correction  # noqa: E402
from storage.access import AccessKeys  # noqa: E402
from web import desk  # noqa: E402
from web.server import create_app  # noqa: E402
from web.workspace import Workspace  # noqa: E402

EXAMPLES = ROOT / "examples"
PICTURES = ROOT / "docs" / "pictures"
CLIENT = "lumenor"
TURNS = 6
DRAFT = "I completely understand how frustrating this must be for you. I guarantee that you will have your money by Friday."
CONTACT = "april-bill-paid-twice"
FIRST_DAY = datetime(2026, 9, 21, 9, 30, tzinfo=UTC)
DAYS = 46
WAITING = (CONTACT, "online-account-locked", "meter-reading-help", "late-fee-question", "price-change-letter")


def fill(workspace: Workspace) -> None:
    workspace.ingest(CLIENT, EXAMPLES / CLIENT)
    for card in workspace.knowledge_base(CLIENT).profile.scorecards:
        workspace.add_scorecard(CLIENT, Scorecard.load(EXAMPLES / "scorecards" / f"{card}.yaml"))
    transcripts = read_folder(EXAMPLES / "contacts" / CLIENT, client=CLIENT).transcripts
    workspace.add_transcripts(CLIENT, dated(transcripts))
    for transcript in workspace.transcripts(CLIENT):
        workspace.score(CLIENT, transcript, keep=True)
    confirm(workspace)


def dated(transcripts: Sequence[Transcript]) -> list[Transcript]:
    """Each contact, and once more under another id, except those that wait; spread over the weeks."""
    twice = [
        *transcripts,
        *(replace(one, id=f"{one.id}-again") for one in transcripts if one.id not in WAITING),
    ]
    done = [one for one in twice if one.id not in WAITING]
    waiting = [one for one in twice if one.id in WAITING]
    spread = [
        replace(
            one, started_at=FIRST_DAY + timedelta(days=DAYS * place / len(done), minutes=17 * place % 300)
        )
        for place, one in enumerate(sorted(done, key=lambda one: hash_of(one.id)))
    ]
    newest = FIRST_DAY + timedelta(days=DAYS + 1)
    return [
        *spread,
        *(replace(one, started_at=newest + timedelta(hours=place)) for place, one in enumerate(waiting)),
    ]


def hash_of(id: str) -> str:
    """The same order on every machine, and none that means anything."""
    return hashlib.sha256(id.encode()).hexdigest()


def confirm(workspace: Workspace) -> None:
    """A person stands behind all but the last few, so that the dashboards have something to show."""
    evaluations = workspace.knowledge_base(CLIENT).store.find(CLIENT, Evaluation)
    for evaluation in evaluations:
        if evaluation.transcript in WAITING:
            continue
        said = [
            Correction(verdict.criterion, "MET", "Listened to: it was done as asked.")
            for verdict in evaluation.verdicts
            if verdict.outcome == "UNSCORED"
        ]
        with contextlib.suppress(UnscriptedError):
            desk.review(workspace, CLIENT, evaluation.id, said, who="Dana Reyes")


def serve(workspace: Workspace) -> tuple[uvicorn.Server, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(create_app(workspace), host="127.0.0.1", port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.1)
    return server, f"http://127.0.0.1:{port}"


def say(base: str, key: str, contact: str) -> None:
    turns = read_transcripts(EXAMPLES / "live" / f"{CLIENT}.txt", client=CLIENT)[0].turns[:TURNS]
    for turn in turns:
        body = {"turns": [{"speaker": turn.speaker, "text": turn.text}]}
        address = f"{base}/api/v1/contacts/{contact}/turns"
        httpx.post(
            address, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=60
        ).raise_for_status()


def sign_in(page: Page, base: str, key: str) -> None:
    page.goto(f"{base}/login")
    page.locator("details:has(input[name=key]) summary").click()
    page.locator("input[name=key]").fill(key)
    page.locator("form:has(input[name=key]) button").click()


def agent_panel(page: Page, base: str, path: Path, contact: str) -> None:
    page.goto(f"{base}/agent/?contact={contact}")
    page.locator("[data-part=feed] li").nth(5).wait_for(timeout=60_000)
    page.locator("[data-part=draft-text]").fill(DRAFT)
    page.locator("[data-part=draft-mirror] mark.is-major").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=path)


def review(page: Page, base: str, path: Path) -> None:
    page.goto(f"{base}/qa/?contact={CONTACT}")
    page.locator(".s-foot").wait_for(timeout=60_000)
    page.locator("mark.is-bad").first.click()
    page.wait_for_timeout(300)
    page.screenshot(path=path)


def dashboards(page: Page, base: str, path: Path) -> None:
    page.goto(f"{base}/qa/?view=dashboards")
    page.locator("[data-view=dashboards]").wait_for(state="visible", timeout=60_000)
    page.locator(".d-tile").first.wait_for(timeout=120_000)
    page.wait_for_timeout(300)
    page.screenshot(path=path)


def administration(page: Page, base: str, path: Path) -> None:
    page.goto(f"{base}/admin/")
    page.locator(".a-events tr").nth(3).wait_for(timeout=120_000)
    page.wait_for_timeout(300)
    page.screenshot(path=path)


def shrink(path: Path) -> None:
    """To 256 colours: plain surfaces and text need no more, and the file is a third."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        )
        few.save(path, optimize=True)  # with the colours that are rare, such as the client's


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    PICTURES.mkdir(exist_ok=True)
    workspace = Workspace(folder)
    fill(workspace)
    keys = AccessKeys(workspace.folder)
    server, base = serve(workspace)
    people = {
        role: keys.issue(name, role, CLIENT)
        for name, role in (("Thandi", "agent"), ("Dana Reyes", "qa"), ("Ines Moor", "admin"))
    }
    say(base, people["agent"], "LUM-2291")
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for mode, suffix in (("light", ""), ("dark", "-dark")):
            for role, size, scale in (
                ("agent", (400, 900), 2),
                ("qa", (1440, 900), 1.5),
                ("admin", (1280, 860), 1.5),
            ):
                context = browser.new_context(
                    viewport={"width": size[0], "height": size[1]},
                    device_scale_factor=scale,
                    color_scheme=mode,
                )
                page = context.new_page()
                sign_in(page, base, people[role])
                if role == "agent":
                    agent_panel(page, base, PICTURES / f"agent-panel{suffix}.png", "LUM-2291")
                elif role == "qa":
                    review(page, base, PICTURES / f"qa-review{suffix}.png")
                    dashboards(page, base, PICTURES / f"qa-dashboards{suffix}.png")
                else:
                    administration(page, base, PICTURES / f"admin{suffix}.png")
                context.close()
        browser.close()
    for path in PICTURES.glob("*.png"):
        shrink(path)
    server.should_exit = True
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
