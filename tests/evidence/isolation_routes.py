"""P1: every operation, page, download, stream and server function, for everybody who should get nothing.

What is tried is what the application has: its routes, its OpenAPI document, and the functions that its
pages offer to their scripts. One that the tables do not know is a failure, so nothing is added unseen.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.evidence import Outcome
from tests.evidence.operations import API, IDS, LEADS, LIVE, OPEN, OPERATIONS, PAGES, STREAMS
from tests.evidence.two_clients import CANARIES, RATES, TwoClients, contents, people_and_keys, two_clients
from tests.serving import serving
from web.server import create_app

ACME, BETA = CANARIES["Acme"], CANARIES["Beta"]
LIVE_ENDS = ("/turns", "/feedback", "/close", "/open", "/drafts", "/wrap-up", "/wording", "/step")
FORMATS = ("csv", "xlsx", "html", "pdf", "connect", "vcon")
MOUNTS = {"/agent": LIVE, "/qa": LEADS, "/admin": {"admin"}}
STRANGERS = ("agent of Beta", "qa of Beta", "admin of Beta", "feed of Beta", "of no client")
NOBODIES = (None, "expired", "revoked")
OVERRIDES = ({"X-Client": "Acme"}, {"X-Forwarded-User": "Lea", "X-Forwarded-Host": "acme"})
READ_BY_ACME = {
    "qa": {"contact", "disputes", "blind"},
    "agent": {"wording", "own_score"},
}
"""Server functions that answer with Acme's canary when Acme asks: without them the trial proves nothing."""
TARGETS = {"document": ("proposal", "document"), "person": ("person",), "scorecard": ("scorecard",)}
"""What the actions of the admin page are aimed at, by the first word of their names."""
_SILENCE_S = 0.4
"""How long a stream of others is listened to."""


@dataclass
class Trial:
    """What was tried so far and what came of it."""

    world: TwoClients
    address: str
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    callers: dict[str, httpx.Client] = field(default_factory=dict)

    def caller(self, who: str | None, *, cookie: bool = False) -> httpx.Client:
        """A connection of somebody: by key, or signed in as a browser is."""
        name = f"{who} {cookie}"
        if name not in self.callers:
            headers = {"Origin": self.address, "Sec-Fetch-Site": "same-origin"} if cookie else {}
            made = httpx.Client(base_url=self.address, headers=headers, timeout=60)
            if who and cookie:
                made.post("/login", data={"key": self.world.keys[who]})
            elif who:
                made.headers["Authorization"] = f"Bearer {self.world.keys[who]}"
            self.callers[name] = made
        return self.callers[name]

    def look(
        self, what: str, who: str | None, answer: httpx.Response, *, own: str = "", closed: bool = False
    ) -> None:
        """Search an answer for what is not for this person.

        Args:
            what: Asked for.
            who: Who asked.
            answer: What came.
            own: Their client; its canary may be there.
            closed: Nothing but a refusal is right.
        """
        self.tried += 1
        self.kinds[what.partition(" ")[0]] += 1
        text = searchable(answer.content) + repr(answer.headers.multi_items()) + str(answer.url)
        seen = [client for client, canary in CANARIES.items() if client != own and canary in text]
        self.failures += [f"{what}, asked by {who}: words of {client}" for client in seen]
        if answer.status_code >= 500 and not what.startswith(
            "mounted"
        ):  # Gradio's own, of what it cannot read
            self.failures.append(f"{what}, asked by {who}: {answer.status_code}")
        if closed and answer.status_code not in (303, 401, 403, 404, 405, 429):
            self.failures.append(f"{what}, asked by {who}: {answer.status_code}, to be refused")


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Ask for everything as everybody, `n` times through, in another order each time.

    Args:
        n: Times.
        seed: Decides the order.
        folder: For the data; empty.
    """
    world = two_clients(folder / "data")
    app = create_app(world.workspace, limits=RATES)
    acme, people = contents(world.workspace, "Acme"), people_and_keys(world.workspace)
    random = Random(seed)
    with serving(app) as address:
        trial = Trial(world, address)
        routes = sorted(set(_routes_of(app.routes)))
        trial.failures += missing(routes, app.openapi())
        functions = {mount: _functions(trial.caller("admin of Acme", cookie=True), mount) for mount in MOUNTS}
        trial.failures += unknown_functions(functions)
        for number in range(n):
            acts: list[Callable[[], None]] = [
                *_rest(trial),
                *_pages(trial, routes, random),
                *_server_functions(trial, functions),
                *_streams(trial),
            ]
            random.shuffle(acts)
            for act in acts:
                act()
            if not number:
                _ended_sessions(trial)
        after = contents(world.workspace, "Acme")
        trial.failures += [
            f"changed at Acme by others: {name}" for name in sorted(set(after.items()) ^ set(acme.items()))
        ]
        if people_and_keys(world.workspace) != people:
            trial.failures.append("people or keys of Acme were changed by others")
        _acme_is_served(trial, functions)
        for one in trial.callers.values():
            one.close()
    counts = {mount: len(names) for mount, (_, names) in functions.items()}
    notes = (
        f"{len(OPERATIONS)} operations of REST, {len(routes)} routes in all, server functions: {counts}",
        f"asked by {len(NOBODIES)} kinds of nobody, {len(STRANGERS)} of Beta or no client, and Acme's wrong roles",
        ", ".join(f"{kind}: {count}" for kind, count in sorted(trial.kinds.items())),
    )
    return Outcome(trial.tried, 0, tuple(trial.failures), notes)


# -- what there is -----------------------------------------------------------------------------


def missing(routes: Iterable[str], document: dict[str, Any]) -> list[str]:
    """Routes that no table knows."""
    listed = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    known = set(OPERATIONS) | OPEN | STREAMS | PAGES
    found = {name for name in (one.replace(":path}", "}") for one in routes) if not _mounted(name)} | listed
    unknown = {name for name in found - known if not name.endswith(("/favicon.ico", "/manifest.json"))}
    return [f"{name}: in no table" for name in sorted(unknown)] + [
        f"{name}: in a table, but not there" for name in sorted(known - found)
    ]


def unknown_functions(functions: dict[str, tuple[int, list[str]]]) -> list[str]:
    """Pages without functions, and actions of the admin page that nothing is sent to."""
    from web.admin_page import _ACTIONS
    from web.review_page import FUNCTIONS

    found = [f"{mount}: its functions were not found" for mount, (_, names) in functions.items() if not names]
    found += [
        f"/qa offers {name}, which is not looked for" for name in set(functions["/qa"][1]) ^ set(FUNCTIONS)
    ]
    return found if _ACTIONS else [*found, "/admin has no actions"]


def _mounted(name: str) -> bool:
    path = name.split(" ")[1]
    return any(path.startswith(f"{mount}/") for mount in MOUNTS)


def _routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """`METHOD /path` of every route, mounts and included routers gone into."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _routes_of(route.original_router.routes, prefix + route.include_context.prefix)
        elif getattr(route, "methods", None) is not None:
            yield from (f"{method} {prefix}{route.path}" for method in route.methods if method != "HEAD")
        else:
            yield from _routes_of(route.routes, prefix + route.path)


def _functions(client: httpx.Client, mount: str) -> tuple[int, list[str]]:
    """Number of a page's component and the names that its script may call."""
    text = client.get(f"{mount}/").text
    found = re.search(r"window\.gradio_config = (\{.*?\});\s*(?:</script>|window)", text, re.DOTALL)
    for one in json.loads(found[1])["components"] if found else ():
        if names := one["props"].get("server_fns"):
            return one["id"], names
    return -1, []


# -- what is asked -----------------------------------------------------------------------------


def _rest(trial: Trial) -> Iterator[Callable[[], None]]:
    for operation, (roles, _) in OPERATIONS.items():
        formats = FORMATS if "{file_format}" in operation else ("",)
        for format in formats:
            for nobody in NOBODIES:
                yield lambda o=operation, w=nobody, f=format: trial.look(
                    o, w, _asked(trial, o, w, f), closed=True
                )
            for who in STRANGERS:
                client = "Beta" if who.endswith("Beta") else ""
                refused = (
                    who.split(" ")[0] in ("agent", "qa", "admin", "feed") and who.split(" ")[0] not in roles
                )
                yield lambda o=operation, w=who, f=format, c=client, r=refused: trial.look(
                    o, w, _asked(trial, o, w, f), own=c, closed=r
                )
            for role in {"agent", "qa", "admin", "feed"} - roles:
                who = f"{role} of Acme"
                yield lambda o=operation, w=who, f=format: trial.look(
                    o, w, _asked(trial, o, w, f), closed=True
                )
        for override in OVERRIDES:
            who = f"{'qa' if 'qa' in roles else 'admin'} of Beta"
            yield lambda o=operation, w=who, h=override: trial.look(
                o, w, _asked(trial, o, w, headers=h, params={"client": "Acme"}), own="Beta"
            )


def _asked(
    trial: Trial,
    operation: str,
    who: str | None,
    format: str = "",
    *,
    headers: dict[str, str] | None = None,
    params: dict[str, str] | None = None,
) -> httpx.Response:
    """One operation with ids of Acme."""
    ids = trial.world.ids
    method, path = operation.split()
    is_live = "live" in path or path.endswith(LIVE_ENDS)
    contact = ids["live"] if is_live else ids["contact"]
    if path.endswith(("/turns", "/open")):
        contact = "live-elsewhere"  # the first turn makes a contact: of Acme's id it would make Beta's own
    marks = IDS | {
        "{contact}": contact,
        "{document}": ids["document"],
        "{evaluation}": ids["evaluation"],
        "{card}": ids["card"],
    }
    if format:
        marks["{file_format}"] = format
    for mark, id in marks.items():
        path = path.replace(mark, id)
    options = dict(OPERATIONS[operation][1])
    if "json" in options:
        options["json"] = json.loads(json.dumps(options["json"]).replace('"CARD"', json.dumps(ids["card"])))
    if "files" in options:
        options["files"] = {"files": _another(options["files"]["files"])}
    if params:
        options["params"] = {**options.get("params", {}), **params}
    return trial.caller(who).request(method, path, headers=headers, **options)


def _another(file: tuple[str, bytes, str]) -> tuple[str, io.BytesIO, str]:
    return file[0], io.BytesIO(file[1]), file[2]


def _pages(trial: Trial, routes: Iterable[str], random: Random) -> Iterator[Callable[[], None]]:
    """Every route that is no operation of REST, as a browser asks for it, Gradio's own among them."""
    ids = trial.world.ids
    for route in routes:
        method, path = route.split()
        if method not in ("GET", "POST") or (path.startswith("/api/") and "/admin/" not in path):
            continue
        filled = re.sub(r"\{[^}]*\}", ids["contact"], path.replace("{api_name}", "predict"))
        mount = next((one for one in MOUNTS if path.startswith(f"{one}/")), "")
        if path in ("/login", "/logout", "/welcome") and method == "POST":
            continue  # they end the caller's own web session; `_ended_sessions` and P28 try them
        if "heartbeat" in path or path.endswith("/queue/data"):
            continue  # they stream; asked for in `_streams`
        body = {"json": {"data": [ids], "fn_index": 0, "session_hash": "x1"}} if method == "POST" else {}
        people = [None, *STRANGERS[:3], "of no client"]
        if mount:  # there are hundreds, which the guard treats alike: nobody and one of the others, each time
            people = [None, random.choice(people[1:])]
        for who in people:
            own = "Beta" if (who or "").endswith("Beta") else ""
            yield lambda r=route, m=method, p=filled, w=who, o=own, b=body, t=mount: trial.look(
                f"{'mounted' if t else 'page'} {r}", w, trial.caller(w, cookie=True).request(m, p, **b), own=o
            )


def _server_functions(
    trial: Trial, functions: dict[str, tuple[int, list[str]]]
) -> Iterator[Callable[[], None]]:
    for mount, (component, names) in functions.items():
        for name in names:
            for said in payloads(trial.world.ids, mount, name):
                for who in (None, *STRANGERS[:3], "of no client"):
                    role = (who or "").split(" ")[0]
                    own = "Beta" if (who or "").endswith("Beta") else ""
                    yield lambda m=mount, c=component, f=name, s=said, w=who, o=own, r=role: trial.look(
                        f"function {m} {f}",
                        w,
                        _called(trial, m, c, f, s, w),
                        own=o,
                        closed=r in ("", "agent", "qa", "admin") and r not in MOUNTS[m],
                    )
                for role in {"agent", "qa"} - MOUNTS[mount]:
                    who = f"{role} of Acme"
                    yield lambda m=mount, c=component, f=name, s=said, w=who: trial.look(
                        f"function {m} {f}", w, _called(trial, m, c, f, s, w), closed=True
                    )


def payloads(ids: dict[str, str], mount: str, name: str) -> list[Any]:
    """What a page's script may send, with ids of Acme under every name that a function reads."""
    from web.admin_page import _ACTIONS
    from web.admin_views import SECTIONS

    said: dict[str, Any] = {
        "contact": ids["contact"],
        "evaluation": ids["evaluation"],
        "dispute": ids["dispute"],
        "session": ids["session"],
        "criterion": "rude",
        "reason": "It was said.",
        "text": "Be brief.",
        "turn": 1,
        "take": True,
        "facets": True,
        "agents": True,
        "trust": True,
        "step": "withdrawn",
        "words": "Be brief.",
        "raters": "Lea",
        "size": 1,
        "roles": [{"speaker": "agent", "participant": "", "role": "customer"}],
        "answers": [{"criterion": "rude", "outcome": "MET", "reason": ""}],
        "client": "Acme",
    }
    if name == "wording":
        return [ids["notice"], ids["document"]]
    if mount != "/admin":
        return [said, {**said, "contact": ids["draft"], "evaluation": f"{ids['draft']}:short"}]
    if name == "view":
        own = {"id": ids["document"], "client": "Acme", "all": True}
        return [{**own, "section": section} for section in (*SECTIONS, "document")]
    plain = {
        "prefix": ids["prefix"],
        "client": "Acme",
        "role": "admin",
        "reason": "x",
        "name": "Eve",
        "login": "eve",
    }
    return [
        {**plain, "do": action, "id": ids[target]}
        for action in sorted(_ACTIONS)
        for target in TARGETS.get(action.partition(".")[0], ("client",))
    ]


def _called(  # noqa: PLR0917
    trial: Trial, mount: str, component: int, name: str, said: Any, who: str | None
) -> httpx.Response:
    body = {
        "data": said,
        "component_id": component,
        "fn_name": name,
        "session_hash": f"h{abs(hash(who)) % 10**8}",
    }
    return trial.caller(who, cookie=True).post(f"{mount}/gradio_api/component_server/", json=body)


def _streams(trial: Trial) -> Iterator[Callable[[], None]]:
    live = trial.world.ids["live"]
    for who in (*STRANGERS[:3], None, "expired", "revoked", "colleague", "of no client"):
        for contact in (live, trial.world.ids["contact"]):
            yield lambda w=who, c=contact: _listen(trial, f"/api/live/{c}", w)
    for mount in MOUNTS:
        for path in ("gradio_api/heartbeat/x1", "gradio_api/queue/data?session_hash=x1"):
            yield lambda m=mount, p=path: _listen(trial, f"{m}/{p}", None)


def _listen(trial: Trial, path: str, who: str | None) -> str:
    """The beginning of a stream, as much as comes at once."""
    heard = b""
    headers = {"Authorization": f"Bearer {trial.world.keys[who]}"} if who else {}
    with (
        suppress(httpx.ReadTimeout),
        httpx.stream("GET", f"{trial.address}{path}", headers=headers, timeout=_SILENCE_S) as answer,
    ):
        for piece in answer.iter_bytes():
            heard += piece
            if heard.count(b"\ndata: ") > 3:
                break
    trial.tried += 1
    trial.kinds["stream"] += 1
    text = heard.decode("utf-8", "replace")
    if ACME in text and who != "agent of Acme":
        # A colleague may know the client's name, and no word of the contact.
        trial.failures.append(f"stream {path}, heard by {who}: words of Acme")
    return text


def _ended_sessions(trial: Trial) -> None:
    """Web sessions that were left, or whose key was revoked, open nothing any more, not even their own."""
    from storage.access import AccessKeys

    ended = []
    for who in ("admin of Acme", "to be revoked"):
        client = httpx.Client(
            base_url=trial.address,
            headers={"Origin": trial.address, "Sec-Fetch-Site": "same-origin"},
            timeout=60,
        )
        client.post("/login", data={"key": trial.world.keys[who]})
        cookies = dict(client.cookies)
        if who == "to be revoked":
            AccessKeys(trial.world.workspace.folder).revoke(trial.world.keys[who].split("_")[1])
        else:
            client.post("/logout")
            client.cookies.update(cookies)
        ended.append((who, client))
    for who, client in ended:
        for path in (
            "/agent/",
            "/qa/",
            "/admin/",
            f"{API}/search?q=refund",
            f"/api/live/{trial.world.ids['live']}/state",
        ):
            trial.look(f"ended GET {path}", who, client.get(path), closed=True)
        client.close()


def _acme_is_served(trial: Trial, functions: dict[str, tuple[int, list[str]]]) -> None:
    """The same questions, asked by Acme, are answered: a server that serves nobody would hold the promise too."""
    for operation in (
        f"GET {API}/search",
        f"GET {API}/contacts/{{contact}}",
        f"GET {API}/evaluations/{{evaluation}}",
    ):
        answer = _asked(trial, operation, "qa of Acme")
        if ACME not in answer.text and "evaluations" not in operation:
            trial.failures.append(f"{operation}: Acme itself is not served ({answer.status_code})")
    for format in FORMATS:
        answer = _asked(trial, f"GET {API}/exports/{{file_format}}", "qa of Acme", format)
        if ACME not in searchable(answer.content):
            trial.failures.append(
                f"export {format}: Acme's own words were not found in it ({answer.status_code})"
            )
    for page, names in READ_BY_ACME.items():
        component, _ = functions[f"/{page}"]
        who = f"{page} of Acme"
        for name in sorted(names):
            said = [
                _called(trial, f"/{page}", component, name, one, who)
                for one in payloads(trial.world.ids, f"/{page}", name)
            ]
            if not any(ACME in one.text for one in said):
                trial.failures.append(f"function /{page} {name}: Acme itself is not served")
    if ACME not in _listen(trial, f"/api/live/{trial.world.ids['live']}", "agent of Acme"):
        trial.failures.append("stream: Acme itself is not served")


def searchable(content: bytes) -> str:
    """All words in a body: archives unpacked, streams of a PDF inflated."""
    parts = [content]
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts += [searchable(archive.read(name)).encode() for name in archive.namelist()]
    elif content[:2] == b"\x1f\x8b":
        parts.append(gzip.decompress(content))
    elif content[:5] == b"%PDF-":
        parts.append(_pdf_words(content).encode())
    return "\n".join(part.decode("utf-8", "replace") for part in parts)


def _pdf_words(content: bytes) -> str:
    from pypdf import PdfReader

    with suppress(zlib.error):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return ""
