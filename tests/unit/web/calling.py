"""Requests to the guard before a bare application that says what reached it."""

import json

from storage.access import AccessKeys
from tests import loops
from web.doors import Mount
from web.guard import Guard
from web.sign_in import SignIn

MOUNTS = (Mount("/agent", ("agent", "admin"), ("", "history")), Mount("/qa", ("qa", "admin")))
JOIN = "/agent/gradio_api/queue/join"


async def echo(scope, receive, send):
    body = b""
    if scope["method"] == "POST":
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"reached " + body})


class Caller:
    """Sends one ASGI request and keeps the answer."""

    def __init__(self, tmp_path, app=echo, **options):
        self.keys = AccessKeys(tmp_path)
        self.sign_in = SignIn(self.keys, home=["/agent", "/qa"])
        self.guard = Guard(app, sign_in=self.sign_in, mounts=MOUNTS, **options)
        self.cookies = {}

    def person(self, name, role, client="Acme"):
        key = self.keys.issue(name, role, client)
        made = self.sign_in.sessions.begin(self.keys.principal(key), prefix=key.split("_")[1])
        self.cookies[name] = made.id
        return key

    def __call__(self, *arguments, **options):
        return loops.run(self.later(*arguments, **options))

    async def later(self, method, target, *, who=None, headers=None, body=b"", chunks=None):
        path, _, query = target.partition("?")
        sent = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}
        if method == "POST":
            sent |= {"content-type": "application/json", "content-length": str(len(body))}
        if who:
            sent["cookie"] = f"unscripted={self.cookies[who]}"
        sent |= headers or {}
        from urllib.parse import unquote

        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent.items() if v is not None],
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 5000),
        }
        waiting = list(chunks if chunks is not None else [body])
        answer = {"body": b"", "status": None, "headers": {}}

        async def receive():
            if waiting:
                return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                answer["headers"] = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                answer["body"] += message.get("body", b"")

        await self.guard(scope, receive, send)
        return answer


def joined(hash="h1", **extra):
    return json.dumps({"session_hash": hash, "data": [], **extra}).encode()
