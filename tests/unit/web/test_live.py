import json
import socket
import threading
import time

import httpx
import pytest

from models.records import ClientProfile, Transcript, Turn
from storage.access import AccessKeys, Principal
from web.live import Broker
from web.live_contacts import LiveView

API = "/api/v1"
PROFILE = ClientProfile(id="Acme", name="Acme Ltd", colour="#112233")
ANA = Principal("Ana", "agent", "Acme")
REGIONS = frozenset(
    "contact turns partials cards suggestions disclosures alerts ticks commitments explanations health".split()
)


def view(*texts, id="c1", agent="Ana", client="Acme"):
    turns = tuple(Turn("customer", text) for text in texts)
    return LiveView(Transcript(id=id, client=client, turns=turns, agent=agent), (), (), ())


class TestBroker:
    def test_only_what_changed_is_new(self):
        broker = Broker()
        broker.publish(view("one"), PROFILE)
        first = broker.since(ANA, "c1", 0)
        assert {event.region for event in first} == REGIONS
        newest = first[-1].v
        assert broker.since(ANA, "c1", newest) == []
        broker.publish(view("one"), PROFILE)
        assert broker.since(ANA, "c1", newest) == []
        broker.publish(view("one", "two"), PROFILE)
        (event,) = broker.since(ANA, "c1", newest)
        assert event.region == "turns"
        assert event.v > newest
        assert [turn["text"] for turn in json.loads(event.json)] == ["one", "two"]

    def test_a_version_from_the_future_gets_everything(self):
        broker = Broker()
        broker.publish(view("one"), PROFILE)
        assert len(broker.since(ANA, "c1", 10**15)) == len(REGIONS)

    @pytest.mark.parametrize(
        ("principal", "sees"),
        [
            (ANA, True),
            (Principal("Bob", "agent", "Acme"), False),
            (Principal("Ana", "agent", "Beta"), False),
            (Principal("Ana", "qa", "Acme"), True),
            (Principal("Adi", "admin", "Acme"), True),
            (Principal("Adi", "admin", "Beta"), False),
        ],
    )
    def test_whose_it_is(self, principal, sees):
        broker = Broker()
        broker.publish(view("one"), PROFILE)
        assert bool(broker.since(principal, "c1", 0)) is sees

    def test_a_contact_without_an_agent_is_for_admins(self):
        broker = Broker()
        broker.publish(view("one", agent=""), PROFILE)
        assert broker.since(ANA, "c1", 0) == []
        assert broker.since(Principal("", "agent", "Acme"), "c1", 0) != []
        assert broker.since(Principal("Adi", "admin", "Acme"), "c1", 0) != []

    def test_versions_rise_after_a_restart(self):
        before = Broker()
        before.publish(view("one"), PROFILE)
        time.sleep(0.02)
        after = Broker()
        after.publish(view("one"), PROFILE)
        assert after.since(ANA, "c1", 0)[0].v > before.since(ANA, "c1", 0)[0].v

    def test_it_is_bounded(self):
        broker = Broker()
        for number in range(2_100):
            broker.publish(view("one", id=f"c{number}"), PROFILE)
        assert len(broker._topics) == 2_000
        assert broker.since(ANA, "c0", 0) == []


class Stream:
    """A live stream, read in a thread: its events and comments as they come."""

    def __init__(self, address, path, **options):
        self.events, self.lines = [], []
        self.status = None
        self.ended = threading.Event()
        self._news = threading.Condition()
        self._client = httpx.Client(base_url=address, timeout=30)
        self._thread = threading.Thread(target=self._read, args=(path, options), daemon=True)
        self._thread.start()

    def _read(self, path, options):
        try:
            with self._client.stream("GET", path, **options) as answer:
                self._socket = answer.extensions["network_stream"].get_extra_info("socket")
                self.headers = answer.headers
                self.status = answer.status_code
                for line in answer.iter_lines():
                    with self._news:
                        self.lines.append(line)
                        if line.startswith("data: "):
                            self.events.append(json.loads(line[6:]))
                        self._news.notify_all()
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()

    def wait(self, holds, seconds=15):
        with self._news:
            assert self._news.wait_for(lambda: holds(self), seconds), self.lines

    def regions(self):
        return [event["region"] for event in self.events]

    def last(self, region):
        return next((event["json"] for event in reversed(self.events) if event["region"] == region), None)

    def close(self):
        """Hang up, as a browser does that closes its tab."""
        self._socket.shutdown(socket.SHUT_RDWR)
        assert self.ended.wait(5)


def headers_of(keys, who):
    return {"Authorization": f"Bearer {keys[who]}"}


def say(address, keys, contact, text, who="ana"):
    body = {"turn": {"speaker": "customer", "text": text}}
    answer = httpx.post(f"{address}{API}/contacts/{contact}/turns", json=body, headers=headers_of(keys, who))
    assert answer.status_code == 200, answer.text


def test_a_panel_opened_before_the_first_turn_sees_it_come(served, keys):
    stream = Stream(served, "/api/live/s1", headers=headers_of(keys, "ana"))
    stream.wait(lambda s: s.regions() == ["contact"])
    assert stream.last("contact")["agent"] == "Ana"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.headers["content-type"].startswith("text/event-stream")
    began = time.monotonic()
    say(served, keys, "s1", "How long does a refund take at Acme?")
    stream.wait(lambda s: s.last("suggestions"))
    assert time.monotonic() - began < 10
    assert stream.last("turns")[0]["text"].startswith("How long")
    ids = [int(line[4:]) for line in stream.lines if line.startswith("id: ")]
    assert ids == sorted(ids)
    stream.close()


def test_a_reader_that_comes_back_gets_what_it_missed(served, keys):
    say(served, keys, "s2", "One.")
    state = httpx.get(f"{served}/api/live/s2/state", headers=headers_of(keys, "ana")).json()
    assert [turn["text"] for turn in state["regions"]["turns"]] == ["One."]
    seen = state["v"]
    later = httpx.get(f"{served}/api/live/s2/state", params={"since": seen}, headers=headers_of(keys, "ana"))
    assert (later.status_code, later.content) == (204, b"")
    say(served, keys, "s2", "Two.")
    for options in ({"params": {"since": seen}}, {"headers": {"Last-Event-ID": str(seen)}}):
        sent = headers_of(keys, "ana") | options.get("headers", {})
        stream = Stream(served, "/api/live/s2", headers=sent, params=options.get("params"))
        stream.wait(lambda s: s.events)
        assert stream.regions()[0] == "turns"
        assert "suggestions" not in stream.regions()[:1]
        stream.close()


def test_closing_is_told(served, keys):
    say(served, keys, "s3", "One.")
    stream = Stream(served, "/api/live/s3", headers=headers_of(keys, "ana"))
    stream.wait(lambda s: s.last("contact"))
    assert stream.last("contact")["ended"] is False
    httpx.post(f"{served}{API}/contacts/s3/close", headers=headers_of(keys, "ana"))
    stream.wait(lambda s: s.last("contact")["ended"] is True)
    stream.close()


@pytest.mark.parametrize("who", ["bob", "ben"])
def test_somebody_elses_contact_looks_like_one_that_is_not_there(served, keys, who):
    say(served, keys, "s4", "One quokka.")
    theirs = Stream(served, "/api/live/s4", headers=headers_of(keys, who))
    missing = Stream(served, "/api/live/s-none", headers=headers_of(keys, who))
    for stream in (theirs, missing):
        stream.wait(lambda s: s.events)
    say(served, keys, "s4", "Two quokka.")
    time.sleep(0.5)
    assert theirs.lines == missing.lines
    assert "quokka" not in json.dumps(theirs.lines)
    for path in ("s4", "s-none"):
        answer = httpx.get(f"{served}/api/live/{path}/state", headers=headers_of(keys, who))
        assert (answer.status_code, answer.content) == (204, b"")
    theirs.close()
    missing.close()


@pytest.mark.parametrize("path", ["/api/live/s5", "/api/live/s5/state"])
def test_who_may_listen(served, keys, path):
    assert httpx.get(served + path).status_code == 401
    assert httpx.get(served + path, headers=headers_of(keys, "lea")).status_code == 403


def test_signing_out_ends_the_stream_at_the_next_push(served, keys, filled):
    made = AccessKeys(filled.folder)
    key = made.issue("Ana", "agent", "Acme")
    say(served, keys, "s6", "One.")
    stream = Stream(served, "/api/live/s6", headers={"Authorization": f"Bearer {key}"})
    stream.wait(lambda s: s.last("turns"))
    made.revoke(key.split("_")[1])
    say(served, keys, "s6", "Two quokka.")
    assert stream.ended.wait(10)
    assert "Two quokka." not in json.dumps(stream.events)


def test_one_person_may_not_open_all_streams(served, keys):
    time.sleep(0.3)
    streams = [Stream(served, f"/api/live/many-{n}", headers=headers_of(keys, "ben")) for n in range(20)]
    for stream in streams:
        stream.wait(lambda s: s.events)
    refused = httpx.get(f"{served}/api/live/many-20", headers=headers_of(keys, "ben"))
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "15"
    other = Stream(served, "/api/live/many-20", headers=headers_of(keys, "ana"))
    other.wait(lambda s: s.events)
    streams.pop().close()
    until = time.monotonic() + 50
    while True:
        again = Stream(served, "/api/live/many-21", headers=headers_of(keys, "ben"))
        again.wait(lambda s: s.lines)
        if again.status == 200:
            break
        assert time.monotonic() < until, "the place of a stream that was closed is not free again"
    for stream in (*streams, other, again):
        stream.close()


def test_a_quiet_stream_says_that_it_is_there(served, keys, monkeypatch):
    import web.live

    monkeypatch.setattr(web.live, "BEAT_S", 0.2)
    stream = Stream(served, "/api/live/s8", headers=headers_of(keys, "ana"))
    stream.wait(lambda s: sum(line.startswith(":") for line in s.lines) >= 2)
    stream.close()
