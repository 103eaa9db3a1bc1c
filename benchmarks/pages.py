"""How fast the pages are: a real server over loopback, its demo data, a real Chromium.

    python benchmarks/pages.py [--rounds 30] [--starts 3] [--only draft,card] [--json FILE] [--cache FOLDER]

draft    a draft check: from the last keystroke to the frame that shows the verdict, the debounce taken off
card     from the moment a customer's turn is posted to the frame that shows the card it called for
load     from the navigation to a page that can be used, with a warm cache: the agent's panel with its live
         contact, the review desk with queue, transcript and scorecard, the admin page with its overview
start    from the start of the process to the first page over HTTP, and to a review desk that can be used;
         the encoder's cache is warm
desk     a contact of 500 turns in the review desk, scrolled from top to bottom: frames and long tasks
live     a contact of 500 turns in the agent's panel: a turn more, and the whole scrolled when it has ended

Beside every figure stand the load average while it was taken, and two that depend on it less: processor time
of the server and of the page's main thread for each of them. The demo data is made once, in the cache folder,
and copied for every run.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from live_server import Server  # noqa: E402

CLIENT = "lumenor"
LONG = "five-hundred-turns"
TURNS = 500
DEBOUNCE_MS = 250
"""As in `web/static/draft.js`."""
WATCH = Path(__file__).with_name("pages_watch.js")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
AIMS = {
    "draft check seen": 60,
    "card seen": 120,
    "/agent/ usable": 1_500,
    "/qa/ usable": 1_500,
    "/admin/ usable": 1_500,
    "first page": 15_000,
}
"""In milliseconds; of the median on an idle machine with two cores."""
ASKED = (
    "How long does a refund to my card take?",
    "When is a late fee added to my bill?",
    "Can I have more time to pay this bill?",
    "When do I get my final bill after moving?",
    "Can I take my fixed tariff to my new home?",
    "Will I get my deposit back?",
    "How much is the credit for a power cut?",
    "How long is the cooling-off period?",
    "Do you cover food spoiled in a power cut?",
    "What does the letter E next to a reading mean?",
)
DRAFTS = (
    "I guarantee that you will have your money by Friday.",
    "Thank you, I can see both payments and I am sending the second one back today.",
    "That is not my department, you will have to call somebody else.",
    "I completely understand how frustrating this must be for you.",
    "A card refund takes three to five business days, so it should be there by next Wednesday.",
    "As I said before, there is nothing I can do about it.",
    "I will give you $400 for the trouble, no questions asked.",
)
SAID = (
    ("customer", "I looked at it again and the amount is still the same as last month."),
    ("agent", "Let me open that bill, one moment please."),
    ("customer", "It says the meter was read on the fourth, and nobody was here on the fourth."),
    ("agent", "I see an estimate there, so we can put your own reading in its place."),
    ("customer", "I understand that, and I would rather have it settled today."),
    ("agent", "I guarantee it will be settled by Friday."),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Times of one thing, in milliseconds."""

    name: str
    times: list[float]
    load: float
    server_ms: float | None = None
    """Processor time of the server, for each."""
    page_ms: float | None = None
    """Time of the page's main thread, for each."""
    note: str = ""

    def row(self) -> str:
        """As a line of a table."""
        aim = f"{AIMS[self.name]:,}" if self.name in AIMS else ""
        rest = [f"{one:,.0f}" if one is not None else "" for one in (self.server_ms, self.page_ms)]
        if not self.times:
            return f"| {self.name} | 0 | | | {aim} | {self.load:.1f} | {' | '.join(rest)} | {self.note} |"
        shown = f"{len(self.times)} | {at(self.times, 0.5):,.0f} | {at(self.times, 0.95):,.0f}"
        return f"| {self.name} | {shown} | {aim} | {self.load:.1f} | {' | '.join(rest)} | {self.note} |"


def at(times: list[float], share: float) -> float:
    """A quantile, the nearest one that was measured."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


# -- the server and its data --------------------------------------------------------------------


def demo_data(folder: Path) -> Path:
    """The demo's data and one contact of 500 turns, made when it is not there yet."""
    if (folder / "made").exists():
        return folder
    from app import _examples_folder
    from models.encoders import default_encoder
    from models.records import Transcript, Turn
    from web.demo import run_demo
    from web.terminal import Terminal
    from web.workspace import Workspace

    print("making the demo data, once", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    workspace = Workspace(folder, encoder=default_encoder())
    with redirect_stdout(io.StringIO()):
        run_demo(workspace, _examples_folder(), Terminal())
    turns = tuple(Turn(who, f"{words} That was number {n + 1}.") for n, (who, words) in said(TURNS))
    transcript = Transcript(LONG, CLIENT, turns, agent="Ana")
    workspace.add_transcripts(CLIENT, [transcript])
    stored = workspace.contact(CLIENT, LONG).transcript
    workspace.score(CLIENT, stored, keep=True)
    (folder / "made").touch()
    return folder


def said(count: int) -> Iterator[tuple[int, tuple[str, str]]]:
    """So many turns of a contact, numbered."""
    return ((n, SAID[n % len(SAID)]) for n in range(count))


def processor_ms(pid: int) -> float | None:
    """Processor time that a process has used; None where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


class Site:
    """A running server, somebody who posts turns, and pages that are signed in."""

    def __init__(self, data: Path, browser: Any, keys: dict[str, str]) -> None:
        self.server = Server(data, "default")
        self.keys = keys
        self._browser = browser
        self._line: http.client.HTTPConnection | None = None
        self._asked = 0.0
        self.cpu_at_first = 0.0

    def start(self) -> float:
        """Start the process; the seconds until it answers with its first page."""
        began = time.perf_counter()
        command = [sys.executable, str(ROOT / "app.py"), "serve", "--data", str(self.server.data)]
        command += ["--port", str(self.server.port)]
        self.server.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
        while time.perf_counter() - began < 300:
            try:
                status, _ = self.ask("GET", "/login", key=False)
            except OSError:
                time.sleep(0.05)
                continue
            if status == 200:
                self.cpu_at_first = self.cpu() or 0.0
                return time.perf_counter() - began
        raise SystemExit("the server did not start")

    def wait_until_warm(self) -> None:
        """Until models and indices are in memory."""
        while self.ask("GET", "/api/v1/search?q=refund")[0] != 200:
            time.sleep(0.2)
        self.ask("POST", "/api/v1/check", {"draft": "Thank you for waiting."})
        calm, before = 0, self.cpu() or 0.0
        while calm < 3:
            time.sleep(0.5)
            after = self.cpu() or 0.0
            calm, before = (calm + 1 if after - before < 60 else 0), after

    def cpu(self) -> float | None:
        """Processor time of the server so far, in milliseconds."""
        assert self.server.process is not None
        return processor_ms(self.server.process.pid)

    def ask(self, method: str, path: str, body: Any = None, *, key: bool = True) -> tuple[int, bytes]:
        """One request over a connection that is kept, as the agent."""
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {self.keys['agent']}"
        if time.monotonic() - self._asked > 15:
            self._line = None  # the server lets an idle line go
        self._asked = time.monotonic()
        try:
            self._line = self._line or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            self._line.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self._line.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self._line = None
            raise OSError(str(problem)) from problem

    def say(self, contact: str, *turns: tuple[str, str]) -> None:
        """Post turns of a contact."""
        body = {"turns": [{"speaker": who, "text": words} for who, words in turns]}
        status, answer = self.ask("POST", f"/api/v1/contacts/{contact}/turns", body)
        if status != 200:
            raise SystemExit(f"a turn was refused: {status} {answer[:200]!r}")

    @contextmanager
    def page(self, role: str, *, width: int = 400, height: int = 860) -> Iterator[Any]:
        """A page signed in with the role's key, watched from its first moment."""
        context = self._browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
        try:
            page = context.new_page()
            page.add_init_script(path=str(WATCH))
            base = f"http://127.0.0.1:{self.server.port}"
            page.goto(f"{base}/login")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.locator("input[name=key]").fill(self.keys[role])
            page.locator("form:has(input[name=key]) button").click()
            page.base = base
            page.tools = context.new_cdp_session(page)
            page.tools.send("Performance.enable")
            yield page
        finally:
            context.close()

    def stop(self) -> None:
        """End it."""
        if self._line is not None:
            self._line.close()
        self.server.stop()


def opened(page: Any, path: str, *, patience_s: int = 60) -> float:
    """Go to a page and wait until it can be used; the milliseconds that took in the page's own clock."""
    page.goto(page.base + path)
    page.wait_for_function("window.__watch && __watch.usable", timeout=1000 * patience_s, polling=50)
    return float(page.evaluate("__watch.usable"))


def busy_ms(page: Any) -> float:
    """Processor time of the page's main thread so far."""
    metrics = page.tools.send("Performance.getMetrics")["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "ThreadTime")


@contextmanager
def costs(site: Site, page: Any, count: int) -> Iterator[dict[str, float | None]]:
    """What server and page spend meanwhile, for each of so many."""
    spent: dict[str, float | None] = {}
    server, script = site.cpu(), busy_ms(page)
    yield spent
    after = site.cpu()
    spent["server_ms"] = (after - server) / count if after is not None and server is not None else None
    spent["page_ms"] = (busy_ms(page) - script) / count


# -- what is measured ---------------------------------------------------------------------------


def draft(site: Site, rounds: int) -> list[Figure]:
    """Draft checks in a live contact."""
    site.say("bench-draft", *[turn for _, turn in said(6)])
    with site.page("agent") as page:
        opened(page, "/agent/?contact=bench-draft")
        page.evaluate("__watch.draft()")
        area = page.locator("[data-part=draft-text]")
        area.click()
        with costs(site, page, rounds) as spent:
            for number in range(rounds):
                area.fill("")
                page.keyboard.insert_text(f"{DRAFTS[number % len(DRAFTS)]} ({number})")
                page.wait_for_function(f"__watch.checks.length > {number}", polling=50)
        times = [one - DEBOUNCE_MS for one in page.evaluate("__watch.checks")]
    return [Figure("draft check seen", times, load(), **spent)]


def card(site: Site, rounds: int) -> list[Figure]:
    """Cards that customers' questions call for, in one contact after the other."""
    times, heard, silent = [], [], 0
    with site.page("agent") as page:
        shift = clock_shift(page)
        spent: dict[str, float | None] = {"server_ms": 0.0, "page_ms": 0.0}
        for number in range(rounds):
            contact = f"bench-card-{number // len(ASKED)}"
            question = ASKED[number % len(ASKED)]
            if number % len(ASKED) == 0:
                site.say(contact, ("agent", "Good morning, how can I help?"))
                opened(page, f"/agent/?contact={contact}")
                page.evaluate("__watch.cardsAndRows()")
            site.say(contact, ("agent", "Let me look that up for you."))
            page.wait_for_timeout(250)
            page.evaluate("__watch.cards = []; __watch.heard = []")
            with costs(site, page, 1) as one:
                posted = 1000 * time.time() + shift
                site.say(contact, ("customer", question))
                try:
                    page.wait_for_function("__watch.cards.length", timeout=3_000, polling=50)
                except Exception as problem:
                    if "Timeout" not in type(problem).__name__:
                        raise
                    silent += 1
                    continue
            spent = {name: (spent[name] or 0) + (one[name] or 0) / rounds for name in spent}
            times.append(page.evaluate("__watch.cards[0][1]") - posted)
            arrived = page.evaluate(
                "__watch.heard.filter((one) => one[2].includes('\"cards\"')).map((one) => one[0])"
            )
            heard += [arrived[0] - posted] if arrived else []
    return [
        Figure("card seen", times, load(), **spent, note=f"{silent} questions called for none that was new"),
        Figure("  of it, until the event is in the page", heard, load()),
    ]


def clock_shift(page: Any) -> float:
    """What to add to this process's clock to have the page's, in milliseconds."""
    trips = []
    for _ in range(30):
        before = time.time()
        there = page.evaluate("performance.timeOrigin + performance.now()")
        after = time.time()
        trips.append((after - before, there - 1000 * (before + after) / 2))
    return min(trips)[1]


def loads(site: Site, rounds: int) -> list[Figure]:
    """Warm loads of the three pages."""
    figures = []
    site.say("bench-load", *[turn for _, turn in said(6)])
    for role, path, width in (
        ("agent", "/agent/?contact=bench-load", 400),
        ("qa", "/qa/", 1440),
        ("admin", "/admin/", 1280),
    ):
        with site.page(role, width=width) as page:
            opened(page, path)
            before = site.cpu()
            times, busy = [], []
            for _ in range(rounds):
                times.append(opened(page, path))
                busy.append(busy_ms(page))
            after = site.cpu()
            server = (after - before) / rounds if after is not None and before is not None else None
            name = f"{path.partition('?')[0]} usable"
            figures.append(Figure(name, times, load(), server, at(busy, 0.5)))
    return figures


def desk(site: Site, _: int) -> list[Figure]:
    """A long contact in the review desk."""
    with site.page("qa", width=1440) as page:
        took = opened(page, f"/qa/?contact={LONG}")
        page.wait_for_function(f"document.querySelectorAll('.t-turn').length >= {TURNS}", timeout=60_000)
        shown = page.evaluate("performance.now()")
        figures = scrolled(page, '[data-part="transcript"]', "desk, 500 turns: frame")
        return [Figure("desk, 500 turns: opened", [max(took, shown)], load()), *figures]


def live(site: Site, rounds: int) -> list[Figure]:
    """A long contact in the agent's panel."""
    contact, figures, times = "bench-long", [], []
    before = [turn for _, turn in said(TURNS - rounds)]
    for start in range(0, len(before), 50):
        site.say(contact, *before[start : start + 50])
    with site.page("agent") as page:
        took = opened(page, f"/agent/?contact={contact}")
        figures.append(Figure("live, 500 turns: opened", [took], load()))
        shift = clock_shift(page)
        page.evaluate("__watch.cardsAndRows(); __watch.heard = []")
        page.evaluate("__watch.film()")
        with costs(site, page, rounds) as spent:
            for number in range(TURNS - rounds, TURNS):
                posted = 1000 * time.time() + shift
                site.say(contact, SAID[number % len(SAID)])
                page.wait_for_function(f"__watch.rows.some((one) => one[0] === {number})", polling=20)
                times.append(page.evaluate(f"__watch.rows.find((one) => one[0] === {number})[1]") - posted)
        sent = page.evaluate("__watch.heard.reduce((sum, one) => sum + one[1], 0)")
        note = f"{sent / rounds / 1024:,.1f} KB sent for each"
        figures.append(Figure("live, 500 turns: a turn more seen", times, load(), **spent, note=note))
        figures.append(frames(page, "live, 500 turns: frame meanwhile"))
        page.locator("[data-part=end]").click()
        page.wait_for_function(f"document.querySelectorAll('.f-turn').length >= {TURNS}", timeout=30_000)
        page.wait_for_timeout(500)
        figures += scrolled(page, '[data-part="feed"]', "live, 500 turns, ended: frame")
    return figures


def frames(page: Any, name: str) -> Figure:
    """The frames since the film began."""
    seen, long = page.evaluate("(__watch.cut = true, [__watch.frames, __watch.long])")
    over = sum(one > 34 for one in seen)
    tasks = f"{len(long)} long tasks, {sum(long):.0f} ms"
    note = f"longest {max(seen):.0f}; {over} of {len(seen)} over 34 ms; {tasks}"
    return Figure(name, seen, load(), note=note)


def scrolled(page: Any, selector: str, name: str) -> list[Figure]:
    """A scroller moved from top to bottom, as a wheel would."""
    box = page.locator(selector)
    box.evaluate("(one) => { one.scrollTop = 0; }")
    page.wait_for_timeout(300)
    place = box.bounding_box()
    page.evaluate("__watch.film()")
    ended = False
    for _ in range(200):
        page.tools.send(
            "Input.synthesizeScrollGesture",
            {
                "x": place["x"] + place["width"] / 2,
                "y": place["y"] + place["height"] / 2,
                "yDistance": -4000,
                "speed": 6000,
                "gestureSourceType": "mouse",
            },
        )
        ended = box.evaluate("(one) => one.scrollTop + one.clientHeight >= one.scrollHeight - 2")
        if ended:
            break
    if not ended:
        raise SystemExit(f"{name}: the end was not reached")
    return [frames(page, name)]


def starts(data: Path, browser: Any, keys: dict[str, str], count: int) -> list[Figure]:
    """Servers started one after the other."""
    first, cpu, usable, noted = [], [], [], load()
    for _ in range(count):
        site = Site(data, browser, keys)
        try:
            began = time.perf_counter()
            first.append(1000 * site.start())
            cpu.append(site.cpu_at_first)
            with site.page("qa", width=1440) as page:
                opened(page, "/qa/", patience_s=120)
            usable.append(1000 * (time.perf_counter() - began))
        finally:
            site.stop()
    noted = max(noted, load())
    server = at(cpu, 0.5) or None
    return [
        Figure("first page", first, noted, server),
        Figure("first review desk usable", usable, noted, note="signed in with an empty browser cache"),
    ]


PARTS: dict[str, Callable[[Site, int], list[Figure]]] = {
    "draft": draft,
    "card": card,
    "load": loads,
    "desk": desk,
    "live": live,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--only", default="", help="Of start, draft, card, load, desk, live; by commas.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "unscripted-pages")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    given = parser.parse_args()
    wanted = given.only.split(",") if given.only else ["start", *PARTS]
    unknown = set(wanted) - {"start", *PARTS}
    if unknown or given.chromium is None:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "there is no Chromium on this machine")

    from playwright.sync_api import sync_playwright

    from storage.access import AccessKeys

    made = demo_data(given.cache / "demo")
    figures: list[Figure] = []
    print("| what | n | p50 ms | p95 ms | aim ms | load | server CPU ms | page CPU ms | |")
    print("|---|---|---|---|---|---|---|---|---|")

    def tell(measured: list[Figure]) -> None:
        figures.extend(measured)
        for one in measured:
            print(one.row(), flush=True)

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(shutil.copytree(made, Path(folder) / "data"))
        keys = {
            role: AccessKeys(data).issue(name, role, CLIENT)
            for name, role in (("Ana", "agent"), ("Lea", "qa"), ("Adi", "admin"))
        }
        browser = playwright.chromium.launch(executable_path=given.chromium, headless=True, args=[*FLAGS])
        if "start" in wanted:
            tell(starts(data, browser, keys, given.starts))
        parts = [one for one in PARTS if one in wanted]
        if parts:
            site = Site(data, browser, keys)
            try:
                site.start()
                site.wait_until_warm()
                for name in parts:
                    tell(PARTS[name](site, given.rounds))
            finally:
                site.stop()
        browser.close()
    if given.json:
        rows = [
            asdict(one) | {"n": len(one.times), "p50": at(one.times, 0.5), "p95": at(one.times, 0.95)}
            for one in figures
            if one.times
        ]
        given.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
