import io
import json

import pytest

API = "/api/v1"
CARD_NUMBER = "4111 1111 1111 1111"


def transcript(id="t1", **extra):
    turns = [
        {"speaker": "customer", "text": "My order is late again."},
        {"speaker": "agent", "text": "You are an idiot, madam."},
    ]
    return {"id": id, "turns": turns, "agent": "Ana", **extra}


def test_who_is_asking_and_for_whom(client_of):
    me = client_of("ben").get(f"{API}/clients/me").json()
    assert (me["client"], me["name"], me["role"]) == ("Beta", "Ana", "agent")
    assert set(me) >= {"client_name", "colour", "currency"}


def test_search_answers_from_the_client_of_the_key(client_of):
    hits = client_of("ana").get(f"{API}/search", params={"q": "how long does a refund take"}).json()
    assert "Acme" in hits[0]["passage"]["text"]
    assert hits[0]["rank"] == 1
    assert len(client_of("ana").get(f"{API}/search", params={"q": "refund", "limit": 1}).json()) == 1


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": "x" * 2001}, {"q": "x", "limit": 0}, {"q": "x", "limit": 51}]
)
def test_search_bounds(client_of, params):
    assert client_of("ana").get(f"{API}/search", params=params).status_code == 422


def test_a_live_contact_from_first_turn_to_close(client_of):
    ana = client_of("ana")
    base = f"{API}/contacts/live-1"
    first = {"speaker": "customer", "text": "How long does a refund take?", "turn_id": "a"}
    answer = ana.post(f"{base}/turns", json={"turns": [first]}).json()
    assert (answer["accepted"], answer["replaced"], answer["ignored"]) == (1, 0, 0)
    assert "disclosures" in answer
    assert "alerts" in answer
    again = ana.post(f"{base}/turns", json={"turn": first}).json()
    assert (again["accepted"], again["replaced"], again["ignored"]) == (0, 0, 1)
    changed = ana.post(f"{base}/turns", json={"turn": first | {"text": "How long do refunds take?"}}).json()
    assert (changed["accepted"], changed["replaced"], changed["ignored"]) == (0, 1, 0)
    wrap_up = ana.post(f"{base}/close", json={})
    assert wrap_up.json()["contact"] == "live-1"
    assert ana.post(f"{base}/close").json() == wrap_up.json()
    assert ana.post(f"{base}/turns", json={"turn": first}).status_code == 409
    stored = client_of("lea").get(f"{base}").json()
    assert [turn["text"] for turn in stored["transcript"]["turns"]] == ["How long do refunds take?"]


def test_partials_wait_for_their_final(client_of):
    ana = client_of("ana")

    def post(text, final):
        turn = {"speaker": "customer", "text": text, "id": "p1", "is_final": final}
        answer = ana.post(f"{API}/contacts/live-2/turns", json={"turn": turn}).json()
        return answer["accepted"], answer["replaced"], answer["ignored"]

    assert post("how", False) == (1, 0, 0)
    assert post("how long", False) == (0, 1, 0)
    assert post("how long does it take", True) == (0, 1, 0)
    assert post("how lo", False) == (0, 0, 1)
    nameless = {"turn": {"text": "how", "is_final": False}}
    assert ana.post(f"{API}/contacts/live-2/turns", json=nameless).status_code == 422


def test_a_batch_is_put_in_order_of_time(client_of):
    turns = [
        {"speaker": "agent", "text": "Second.", "start_s": 5},
        {"speaker": "customer", "text": "First.", "start_s": 1},
    ]
    adi = client_of("adi")
    adi.post(f"{API}/contacts/live-3/turns", json={"turns": turns, "agent": "Ana"})
    adi.post(f"{API}/contacts/live-3/close")
    stored = client_of("lea").get(f"{API}/contacts/live-3").json()["transcript"]
    assert [turn["text"] for turn in stored["turns"]] == ["First.", "Second."]
    assert stored["agent"] == "Ana"


def test_a_repeated_request_is_heard_once(client_of):
    ana = client_of("ana")
    turn = {"turn": {"speaker": "customer", "text": "Hello there."}}
    key = {"Idempotency-Key": "k1"}
    first = ana.post(f"{API}/contacts/live-4/turns", json=turn, headers=key)
    second = ana.post(f"{API}/contacts/live-4/turns", json=turn, headers=key)
    assert first.content == second.content
    assert first.json()["accepted"] == 1
    other = {"turn": {"speaker": "customer", "text": "Something else."}}
    assert ana.post(f"{API}/contacts/live-4/turns", json=other, headers=key).status_code == 409


def test_an_agent_speaks_for_nobody_else(client_of):
    turn = {"turn": {"text": "Hi."}, "agent": "Bob"}
    assert client_of("ana").post(f"{API}/contacts/live-5/turns", json=turn).status_code == 422
    client_of("bob").post(f"{API}/contacts/live-5/turns", json={"turn": {"text": "Hi."}})
    assert (
        client_of("ana").post(f"{API}/contacts/live-5/turns", json={"turn": {"text": "Hi."}}).status_code
        == 409
    )


@pytest.mark.parametrize("path", ["close", "feedback"])
def test_a_colleagues_contact_looks_like_none(client_of, path):
    client_of("bob").post(f"{API}/contacts/live-6/turns", json={"turn": {"text": "Hi."}})
    body = {"suggestion": "x", "action": "shown"}
    theirs = client_of("ana").post(f"{API}/contacts/live-6/{path}", json=body)
    missing = client_of("ana").post(f"{API}/contacts/live-none/{path}", json=body)
    assert (theirs.status_code, theirs.content) == (404, missing.content)


def test_feedback_on_a_card(client_of):
    ana = client_of("ana")
    turn = {"turn": {"speaker": "customer", "text": "How long does a refund take at Acme?"}}
    cards = ana.post(f"{API}/contacts/live-7/turns", json=turn).json()["suggestions"]
    assert cards
    sent = {"suggestion": cards[0]["id"], "action": "copied"}
    assert ana.post(f"{API}/contacts/live-7/feedback", json=sent).status_code == 204
    sent["suggestion"] = "none"
    assert ana.post(f"{API}/contacts/live-7/feedback", json=sent).status_code == 404


def test_suggest_keeps_nothing(client_of):
    turns = [{"speaker": "customer", "text": "How long does a refund take at Acme?"}] * 2
    ana = client_of("ana")
    cards = ana.post(f"{API}/suggest", json={"turns": turns}).json()
    assert "ten working days" in cards[0]["text"]
    assert ana.post(f"{API}/suggest", json={"turns": []}).status_code == 422
    assert client_of("lea").get(f"{API}/contacts/suggest").status_code == 404


def test_a_draft_is_checked_with_its_contact_or_alone(client_of):
    ana = client_of("ana")
    alone = ana.post(f"{API}/check", json={"draft": "You are an idiot."}).json()
    assert alone["available"]
    assert "brand.insult" in [finding["label"] for finding in alone["findings"]]
    client_of("bob").post(f"{API}/contacts/live-8/turns", json={"turn": {"text": "Hi."}})
    theirs = ana.post(f"{API}/check", json={"draft": "You are an idiot.", "contact": "live-8"})
    missing = ana.post(f"{API}/check", json={"draft": "You are an idiot.", "contact": "live-none"})
    assert theirs.content == missing.content
    assert theirs.json() == alone


def test_analyse_quotes_redacted_words(client_of):
    sent = transcript()
    sent["turns"].append({"speaker": "customer", "text": f"My card is {CARD_NUMBER}."})
    answer = client_of("lea").post(f"{API}/analyse", json={"transcript": sent})
    found = answer.json()
    insult = next(finding for finding in found["findings"] if finding["label"] == "brand.insult")
    assert "idiot" in insult["quote"]
    assert "4111 1111" not in answer.text
    assert found["fingerprint"]
    assert "value" in found["scriptedness"]
    assert client_of("lea").get(f"{API}/contacts/t1").status_code == 404


def test_score_and_keep_and_review(client_of):
    lea = client_of("lea")
    loose = lea.post(f"{API}/score", json={"transcript": transcript("t2")}).json()
    assert loose["evaluation"]["verdicts"][0]["criterion"] == "rude"
    assert lea.get(f"{API}/contacts/t2").status_code == 404
    kept = lea.post(f"{API}/score", json={"transcript": transcript("t2"), "keep": True}).json()["evaluation"]
    assert kept == loose["evaluation"]
    again = lea.post(f"{API}/score", json={"contact": "t2", "scorecard": "short"}).json()["evaluation"]
    assert again == kept
    assert "t2" in [item["contact"] for item in lea.get(f"{API}/queue").json()["items"]]
    path = f"{API}/evaluations/{kept['id']}/review"
    changed = {"criterion": "rude", "outcome": "NOT_APPLICABLE", "reason": "  "}
    assert lea.post(path, json={"overrides": [changed]}).status_code == 422
    changed["reason"] = "said in jest"
    assert lea.post(path, json={"overrides": [changed]}).json()["status"] == "confirmed"
    view = lea.get(f"{API}/contacts/t2").json()
    assert {review["who"] for review in view["reviews"]} == {"Lea"}
    assert lea.post(f"{API}/evaluations/none/review", json={}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transcript": transcript("t3"), "contact": "call-acme"},
        {"contact": "call-acme", "scorecard": 7},
        {"transcript": transcript("")},
        {"transcript": transcript("t3", turns=[])},
        {"transcript": transcript("t3", turns=[{"speaker": "agent", "text": "x", "start_s": 2, "end_s": 1}])},
        {"transcript": transcript("t3", turns=[{"speaker": "robot", "text": "x"}])},
    ],
)
def test_what_cannot_be_scored(client_of, body):
    assert client_of("lea").post(f"{API}/score", json=body).status_code == 422


def test_an_unknown_scorecard(client_of):
    assert (
        client_of("lea").post(f"{API}/score", json={"contact": "call-acme", "scorecard": "x"}).status_code
        == 404
    )


def test_contacts_are_listed_in_pages(client_of):
    lea = client_of("bea")
    listed = lea.get(f"{API}/contacts").json()
    assert [one["id"] for one in listed["contacts"]] == ["call-beta"]
    assert listed["contacts"][0]["turns"] == 2
    assert lea.get(f"{API}/contacts", params={"offset": 1}).json() == {"total": 1, "contacts": []}


def test_files_come_in_by_content_and_a_bad_one_stops_no_other(client_of):
    csv = "contact,speaker,text\nup-1,customer,Where is it?\nup-1,agent,On its way.\n"
    vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Agent>Hello, this is Ana.\n\n00:02.000 --> 00:04.000\n<v Customer>Hi.\n"
    files = [
        ("files", ("../../a.csv", io.BytesIO(csv.encode()), "text/csv")),
        ("files", ("b.vtt", io.BytesIO(vtt.encode()), "application/octet-stream")),
        ("files", (f"{CARD_NUMBER}.pdf", io.BytesIO(b"%PDF-1.7"), "application/pdf")),
    ]
    lea = client_of("lea")
    answer = lea.post(f"{API}/ingest", files=files)
    report = answer.json()
    assert len(report["stored"]) == 2, report
    assert len(report["rejected"]) == 1
    assert "4111 1111" not in answer.text
    for id in report["stored"]:
        assert lea.get(f"{API}/contacts/{id}").status_code == 200
    assert client_of("bea").get(f"{API}/contacts").json()["total"] == 1


def test_the_format_in_the_address_must_be_the_files_own(client_of):
    csv = "contact,speaker,text\nup-2,customer,Where is it?\nup-2,agent,On its way.\n"
    files = {"files": ("a.csv", io.BytesIO(csv.encode()), "text/csv")}
    report = client_of("lea").post(f"{API}/ingest/webvtt", files=files).json()
    assert report["stored"] == []
    assert "csv" in report["rejected"][0]["reason"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{API}/search?q=x&client=Beta", None),
        ("POST", f"{API}/check", {"draft": "x", "client": "Beta"}),
        ("POST", f"{API}/check", {"draft": "x", "client": 7}),
        ("POST", f"{API}/suggest", {"turns": [{"text": "x"}], "client": "Beta"}),
        ("POST", f"{API}/contacts/x/turns", {"turns": [{"text": "x"}], "client": "beta"}),
        ("POST", f"{API}/analyse", {"transcript": transcript(client="Beta")}),
        ("POST", f"{API}/score", {"contact": "call-beta", "client": "Beta"}),
        ("POST", f"{API}/evaluations/x/review", {"client": "Beta"}),
    ],
)
def test_a_client_is_never_taken_from_the_request(client_of, method, path, body):
    answer = client_of("adi").request(method, path, json=body)
    assert answer.status_code == 422
    assert "beta" not in answer.text.lower()


def test_naming_the_own_client_is_allowed(client_of):
    assert client_of("ana").post(f"{API}/check", json={"draft": "x", "client": "acme"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("check", {"draft": {"x": CARD_NUMBER}}),
        ("check", {"draft": 7, "contact": {CARD_NUMBER: 1}}),
        ("check", [CARD_NUMBER]),
        ("contacts/x/turns", {"turns": [{"text": "x", "speaker": CARD_NUMBER}]}),
        ("contacts/x/turns", {"turns": [{"text": "x", "start_s": CARD_NUMBER}]}),
        ("contacts/x/turns", {"turns": [{CARD_NUMBER: "x"}]}),
        ("contacts/x/feedback", {"suggestion": "s", "action": CARD_NUMBER}),
        ("analyse", {"transcript": {"id": "x", "turns": CARD_NUMBER}}),
        ("analyse", {"transcript": transcript(channel=CARD_NUMBER)}),
        ("score", {"contact": CARD_NUMBER, "scorecard": CARD_NUMBER}),
    ],
)
def test_errors_do_not_say_back_what_came_in(client_of, path, body):
    answer = client_of("adi").post(f"{API}/{path}", json=body)
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert CARD_NUMBER not in answer.text
    assert CARD_NUMBER.replace(" ", "") not in answer.text


def test_a_query_is_not_said_back_either(client_of):
    answer = client_of("ana").get(f"{API}/search", params={"q": "x", "limit": CARD_NUMBER})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"where": "query.limit", "kind": "int_parsing"}]
    assert CARD_NUMBER not in answer.text


def test_broken_json_says_where(client_of):
    answer = client_of("ana").post(
        f"{API}/check",
        content=b'{"draft": ' + CARD_NUMBER.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert CARD_NUMBER not in answer.text


@pytest.mark.parametrize("path", ["/livez", "/readyz", f"{API}/health"])
def test_health_is_open_and_names_nobody(client_of, path):
    answer = client_of(None).get(path)
    assert answer.status_code == 200
    assert answer.json()["status"] in ("ok", "degraded")
    assert "acme" not in answer.text.lower()
    assert "/tmp" not in answer.text


def test_a_folder_that_cannot_be_written_is_not_ready(workspace, tmp_path):
    from storage.access import AccessKeys
    from web.api import Readiness

    keys = AccessKeys(workspace.folder)
    assert Readiness(workspace, keys).look()["status"] in ("ok", "degraded")
    workspace.folder = tmp_path / "gone"
    state = Readiness(workspace, keys).look()
    assert state["status"] == "failed"
    assert "the data folder cannot be written" in state["reasons"]


def test_openapi_is_for_people_who_are_signed_in(client_of):
    assert client_of(None).get(f"{API}/openapi.json").status_code == 401
    text = client_of("ana").get(f"{API}/openapi.json").text
    assert "/contacts/{contact}/turns" in text
    assert "HTTPValidationError" in text or json.loads(text)["paths"]


def test_a_live_contact_may_not_overwrite_a_stored_one(client_of):
    turn = {"turn": {"text": "Hi."}}
    assert client_of("ana").post(f"{API}/contacts/call-acme/turns", json=turn).status_code == 409


@pytest.mark.parametrize("id", ["x" * 201, "a%0Ab", "%20a"])
def test_ids_that_no_screen_shows(client_of, id):
    answer = client_of("ana").post(f"{API}/contacts/{id}/turns", json={"turn": {"text": "x"}})
    assert answer.status_code in (400, 422)
