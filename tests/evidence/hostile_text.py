"""P20: hostile text does nothing: not in any page in Chromium, not in any export in LibreOffice."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from copilot.wording import worded
from models.encoders import HashingEncoder
from models.errors import UnscriptedError
from models.records import Document, Finding, Span, Transcript, Turn
from qa import Scorecard
from storage.access import AccessKeys
from storage.people import People
from tests.evidence import Outcome
from tests.evidence.hostile_texts import FORMULA, payloads, sums
from tests.security.test_injection import ObedientGenerator
from tests.security.test_injection import card as policy_card
from tests.serving import serving
from tests.ui.conftest import CARD, CHROMIUM, FLAGS
from web import dispute_desk, reporting
from web.reporting import Choice
from web.workspace import Workspace

CLIENT = "Acme"
VIEWS = ("dashboards", "disputes", "calibration", "upload", "exports")
SECTIONS = (
    "overview",
    "clients",
    "documents",
    "moments",
    "scorecards",
    "people",
    "keys",
    "audit",
    "retention",
)
_PER_CONTACT = 25
_LOAD_MS = 60_000
_SETTLE_MS = 700
_FORMULA_SIGNS = "=+-@|%"


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Put `n` hostile texts wherever somebody may write, and open every page and every export.

    Args:
        n: Texts.
        seed: Decides which, above the first 115.
        folder: For the data; empty.
    """
    texts = payloads(n, seed)
    workspace = Workspace(folder / "data", encoder=HashingEncoder())
    contacts = _fill(workspace, texts, folder)
    failures = [*_replies(texts)]
    notes = [f"{len(contacts)} contacts with {_PER_CONTACT} texts each, and documents, names, reasons, notes"]
    if Path(CHROMIUM).exists():
        seen, wrong = _pages(workspace, contacts, texts)
        failures += wrong
        notes.append(f"{seen} pages and views opened in Chromium")
    else:
        notes.append("Chromium is not installed: no page was opened")
    files = _exports(workspace, contacts, folder / "exports")
    failures += _cells(files)
    office = shutil.which("soffice")
    if office is None:
        notes.append("LibreOffice is not installed: no export was opened in it")
    else:
        failures += _evaluated(office, files, folder, n)
        notes.append("tables opened in LibreOffice, where a table of our own with formulas was evaluated")
    return Outcome(n, 0, tuple(failures), tuple(notes))


# -- where the texts are put -------------------------------------------------------------------


def _fill(workspace: Workspace, texts: list[str], folder: Path) -> list[str]:
    """A client all of whose words are hostile; the ids of its contacts."""
    own = folder / "client"
    own.mkdir()
    lines = [f"name: {_quoted(texts[0])}", "moments:"]
    for number, text in enumerate(texts[:5]):
        shown = _quoted(" ".join(_printable(text).split())[:80] or "x")
        lines += [
            f"  - name: m-{number}",
            f"    title: {shown}",
            "    when: {said: refund}",
            f"    say: [{shown}]",
        ]
    (own / "client.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    with suppress(UnscriptedError):
        workspace.ingest(CLIENT, own)
    kb = workspace.knowledge_base(CLIENT, create=True)
    kb.add(
        [
            Document(
                f"policies/p{number}",
                f"# How long does a refund take? {text}\n\nA refund takes {number + 3} days. {text}\n",
                kind="policy",
                title=text,
                version=_printable(text)[:20],
            )
            for number, text in enumerate(texts)
        ]
    )
    workspace.add_scorecard(CLIENT, Scorecard.parse(CARD))
    contacts = []
    for first in range(0, len(texts), _PER_CONTACT):
        some = texts[first : first + _PER_CONTACT]
        id = f"hostile-{first}"
        turns = [Turn("customer" if place % 2 else "agent", text) for place, text in enumerate(some)]
        turns.append(Turn("agent", "I guarantee it will be there by Friday."))
        name = _name(some[0])
        _scored(
            workspace,
            Transcript(id, CLIENT, tuple(turns), agent=name, metadata={"file": some[0], some[-1]: some}),
        )
        contacts.append(id)
    _typed(workspace, contacts, texts)
    return contacts


def _scored(workspace: Workspace, transcript: Transcript) -> None:
    workspace.add_transcripts(CLIENT, [transcript])
    kept = workspace.contact(CLIENT, transcript.id).transcript
    evaluation, analysis = workspace.score(CLIENT, kept)
    said = kept.turns[0].text[:200]
    extra = Finding(
        "tone.stiff", "minor", Span(0, 0, max(1, len(kept.turns[0].text) // 2)), 0.5, "x@1", said, said, said
    )
    workspace.keep(CLIENT, evaluation, replace(analysis, findings=(*analysis.findings, extra)))


def _typed(workspace: Workspace, contacts: list[str], texts: list[str]) -> None:
    """What people type: reasons, objections, notes, names."""
    from web.given_answers import correction_of

    for number, contact in enumerate(contacts):
        text = texts[number * _PER_CONTACT]
        evaluation = workspace.contact(CLIENT, contact).evaluation
        assert evaluation is not None
        with suppress(UnscriptedError):
            workspace.review(
                CLIENT, evaluation.id, [correction_of("polite", "NOT_MET", None, text)], who=_name(text)
            )
        with suppress(UnscriptedError):
            dispute_desk.dispute(
                workspace, CLIENT, evaluation.id, "polite", who=evaluation.agent, reason=text
            )
        with suppress(UnscriptedError):
            reporting.pin_note(workspace, CLIENT, contact, 1, text, who=_name(text), before=text, after=text)
    people = People(workspace.folder)
    for number, text in enumerate(texts[:20]):
        with suppress(UnscriptedError):
            people.add(f"person-{number}", _name(text))
    for text in texts:
        with suppress(UnscriptedError):
            workspace.audit.note(CLIENT, who=_name(text), action="document.publish", of=text, reason=text)


def _name(text: str) -> str:
    return " ".join(_printable(text).split())[:80] or "Ana"


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _quoted(text: str) -> str:
    return "'" + _printable(text).replace("'", "''") + "'"


def _replies(texts: list[str]) -> list[str]:
    """A generator that says them has none of it shown."""
    failures = []
    for number, text in enumerate(texts):
        made = worded(
            policy_card(),
            "When do I get my money back?",
            ObedientGenerator(f"{text} A refund."),
            deadline_s=20,
        )
        if any(sign in made.text for sign in ("<", ">", "`", "${", "{{", "http", "](", "\x1b", "\u202e")):
            failures.append(f"text {number}: a generator's reply is shown with it")
    return failures


# -- pages -------------------------------------------------------------------------------------


def _pages(workspace: Workspace, contacts: list[str], texts: list[str]) -> tuple[int, list[str]]:
    from playwright.sync_api import Error, sync_playwright

    from web.server import create_app

    keys = AccessKeys(workspace.folder)
    people = {
        role: keys.issue(name, role, CLIENT)
        for name, role in (("Ana", "agent"), ("Lea", "qa"), ("Adi", "admin"))
    }  # type: ignore[arg-type]
    faults: list[str] = []
    opened = 0
    with serving(create_app(workspace)) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            for role, place, live in _visits(contacts):
                with _page(browser, base, people[role], faults, place) as page:
                    if live:
                        _talk(base, people[role], texts, live)
                    page.goto(f"{base}{place}", timeout=_LOAD_MS)
                    with suppress(Error):
                        page.wait_for_load_state("networkidle", timeout=8_000)
                    page.wait_for_timeout(_SETTLE_MS)
                    opened += 1
                    with suppress(Error):  # whatever waits to be opened
                        page.evaluate(
                            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
                        )
                    shows = bool(live) or "contact=" in place
                    with suppress(Error):  # on a busy machine its parts come one after the other
                        if shows:
                            page.wait_for_function(_SHOWN, arg=list(_SIGNS), timeout=_LOAD_MS)
                    page.wait_for_timeout(_SETTLE_MS)
                    faults += _looked_at(page, place, shows=shows)
        finally:
            browser.close()
    return opened, faults


_SIGNS = ("__xss", "evil.example", str(FORMULA))
_SHOWN = "(signs) => signs.some((sign) => document.body.innerText.includes(sign))"


def _visits(contacts: list[str]) -> Iterator[tuple[str, str, str]]:
    """Whose page, where, and the id of the live contact that is heard there."""
    yield "agent", "/agent/?contact=live-one", "live-one"
    yield from (("qa", f"/qa/?contact={id}", "") for id in contacts)
    yield from (("qa", f"/qa/?view={view}", "") for view in VIEWS)
    yield from (("admin", f"/admin/#{section}", "") for section in SECTIONS)
    yield "admin", "/admin/#document/policies%2Fp0", ""


@contextmanager
def _page(browser: Any, base: str, key: str, faults: list[str], place: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()

    def asked(request: Any) -> None:
        if not request.url.startswith((base, "data:", "blob:", "about:")):
            faults.append(f"{place}: asks {request.url[:60]}")

    def talked(dialog: Any) -> None:
        faults.append(f"{place}: opens a dialog")
        dialog.dismiss()

    page.on("request", asked)
    page.on("dialog", talked)
    context.on("page", lambda other: faults.append(f"{place}: opens a window") if other is not page else None)
    try:
        page.goto(f"{base}/login", timeout=_LOAD_MS)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.locator("input[name=key]").fill(key)
        page.locator("form:has(input[name=key]) button").click()
        page.wait_for_load_state()
        yield page
    finally:
        context.close()


def _looked_at(page: Any, place: str, *, shows: bool) -> list[str]:
    failures = []
    if page.evaluate("window.__xss") is not None:
        failures.append(f"{place}: script ran (text {page.evaluate('window.__xss') - 1})")
    if page.evaluate("[...document.querySelectorAll('*')].some((one) => [...one.attributes].some("
                     "(a) => a.name.startsWith('on') && a.value.includes('__xss')))"):  # fmt: skip
        failures.append(f"{place}: an element has a hostile handler")
    if shows and not page.evaluate(_SHOWN, list(_SIGNS)):
        failures.append(f"{place}: shows nothing of the hostile texts, so nothing was tried")
    return failures


def _talk(base: str, key: str, texts: list[str], contact: str) -> None:
    import httpx

    turns = [{"speaker": "customer", "text": f"How long does a refund take? {text}"} for text in texts]
    for first in range(0, len(turns), 100):
        httpx.post(
            f"{base}/api/v1/contacts/{contact}/turns",
            json={"turns": turns[first : first + 100]},
            headers={"Authorization": f"Bearer {key}"},
            timeout=120,
        ).raise_for_status()


# -- exports -----------------------------------------------------------------------------------


def _exports(workspace: Workspace, contacts: list[str], into: Path) -> dict[str, Path]:
    into.mkdir()
    made = {}
    for format in reporting.FORMATS:
        choices = (
            [Choice(), *(Choice(contact=id) for id in contacts)] if format in ("html", "pdf") else [Choice()]
        )
        for place, choice in enumerate(choices):
            for name, content in reporting.export(workspace, CLIENT, format, choice):
                made[f"{format}-{place}-{name}"] = into / f"{format}-{place}-{name}"
                (into / f"{format}-{place}-{name}").write_bytes(content)
    return made


def _cells(files: dict[str, Path]) -> list[str]:
    """No cell of a table begins as a formula, whatever program opens it; no page holds live markup."""
    import openpyxl

    failures = []
    for name, path in files.items():
        if path.suffix == ".csv":
            for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))):
                bad = [cell for cell in row if _begins_formula(cell)]
                failures += [f"{name}: a cell begins as a formula"] if bad else []
        elif path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            failures += [f"{name}: a cell is a formula"] * any(cell.data_type == "f" for cell in cells)
        elif path.suffix == ".html":
            page = path.read_text("utf-8")
            failures += [f"{name}: holds live markup"] if "<img src=" in page or "<script" in page else []
    return failures


def _begins_formula(cell: str) -> bool:
    bare = unicodedata.normalize("NFKC", cell)
    bare = "".join(sign for sign in bare if unicodedata.category(sign) not in ("Cf", "Cc")).lstrip()
    if not bare or bare[0] not in _FORMULA_SIGNS:
        return False
    try:
        float(bare.rstrip("%"))
    except ValueError:
        return True
    return False


def _evaluated(office: str, files: dict[str, Path], folder: Path, n: int) -> list[str]:
    """Tables through LibreOffice with evaluation asked for: no sum may stand there that somebody had to make."""
    control = folder / "control.csv"
    control.write_text(f'"={FORMULA}+1999999"\n', "utf-8")
    tables = [path for path in files.values() if path.suffix in (".csv", ".xlsx")]
    shown = sums(n)
    if str(FORMULA + 1_999_999) not in _opened(office, control, folder):
        return ["LibreOffice evaluates nothing here, so nothing was tried"]
    failures = []
    for path in tables:
        text = _opened(office, path, folder)
        if not text:
            failures.append(f"{path.name}: LibreOffice could not open it")
        failures += [f"{path.name}: a formula was evaluated"] * any(one in text for one in shown)
    return failures


def _opened(office: str, path: Path, folder: Path) -> str:
    """What LibreOffice shows of a table: all its sheets as text."""
    out = folder / f"opened-{path.stem}"
    asked = (
        ["--infilter=CSV:44,34,UTF8,1,,0,false,true,false,false,false,-1,true"]
        if path.suffix == ".csv"
        else []
    )
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            *asked,
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
            "--outdir",
            str(out),
            str(path),
        ],
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "HOME": str(folder)},
    )
    return "\n".join(one.read_text("utf-8", "replace") for one in sorted(out.glob("*.csv")))
