"""REST under requests that nobody thought of: made by schemathesis from the OpenAPI document, in-process.

A few per operation here; many more with `-m slow`. Sent by every role; held: no answer of 5xx, every answer
as the document says, nothing that was sent comes back in an error, and no operation works without a key.
"""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from storage.access import AccessKeys
from tests.unit.web.conftest import fill
from web.limits import Limits
from web.server import create_app
from web.sessions import Buckets
from web.workspace import Workspace

ROLES = ("agent", "qa", "admin", "feed")
QUICK = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
LONG = settings(QUICK, max_examples=60, derandomize=False)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FILES = ("/ingest", "/admin/documents", "/exports/")
"""Operations with files have tests of their own (`tests/security/test_hostile_*.py`)."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Acme and Beta with a live contact of Ana's, and a key per role."""
    workspace = Workspace(tmp_path_factory.mktemp("fuzz"), encoder=HashingEncoder())
    fill(workspace)
    keys = AccessKeys(workspace.folder)
    people = {role: keys.issue("Ana", role, "Acme") for role in ROLES}
    endless = Limits(per_key_per_s=1e6, per_client_per_s=1e6)
    app = create_app(workspace, pages=(), limits=endless)
    app.state.sign_in._failures = Buckets(per_s=1e6, burst=1e6)
    sent = {"Authorization": f"Bearer {people['agent']}"}
    turn = {"id": "t1", "speaker": "customer", "text": "How long does a refund take?"}
    TestClient(app, base_url="http://127.0.0.1").post(
        "/api/v1/contacts/live-1/turns", json={"turn": turn}, headers=sent
    )
    return app, people


@pytest.fixture(scope="module")
def schema(world):
    """The OpenAPI document as it is served."""
    app, people = world
    headers = {"Authorization": f"Bearer {people['admin']}"}
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=headers)


def every(schema, how, check):
    """Run `check` on cases of every operation but those that take files; how many operations there were."""
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if any(part in operation.path for part in FILES):
            continue
        count += 1
        try:
            how(given(operation.as_strategy())(check))()
        except BaseException as problem:
            problem.add_note(operation.label)
            raise
    return count


def run(case, world):
    app, people = world
    for role in ROLES:
        headers = {"Authorization": f"Bearer {people[role]}"}
        answer = case.call(app=app, headers=headers, base_url="http://127.0.0.1")
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            body = answer.text
            assert said_by(case).isdisjoint(body.split('"')), (case.operation.label, answer.status_code)


def said_by(case):
    """Whole strings of the request that are long enough to be nobody's but the caller's."""
    found = set()

    def walk(value):
        if isinstance(value, str) and len(value) > 7:
            found.add(value)
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(key)
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    for part in (case.body, case.query, case.path_parameters):
        walk(dict(part) if hasattr(part, "items") else part)
    # Names that the document itself has are no secret of the caller's.
    document = json.dumps(case.operation.schema.raw_schema)
    return {one for one in found if one not in document}


def test_a_few_of_everything_by_every_role(schema, world):
    assert every(schema, QUICK, lambda case: run(case, world)) > 30


@pytest.mark.nightly
def test_many_of_everything_by_every_role(schema, world):
    assert every(schema, LONG, lambda case: run(case, world)) > 30


def test_no_operation_works_without_a_key(schema, world):
    app, people = world
    admin = {"Authorization": f"Bearer {people['admin']}"}

    def check(case):
        if "security" not in case.operation.definition.raw:
            return
        answer = case.call(app=app, headers=admin, base_url="http://127.0.0.1")
        case.validate_response(answer, checks=[ignored_auth], headers=admin)
        assert case.call(app=app, base_url="http://127.0.0.1").status_code in (401, 429)

    assert every(schema, settings(QUICK, max_examples=1), check) > 30
