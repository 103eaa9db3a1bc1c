"""The OpenAPI document: whole answers, errors as they are, examples that are usable."""

import pytest
from pydantic import TypeAdapter

from web import shapes, shapes_out
from web.shape_examples import EXAMPLES


@pytest.fixture(scope="module")
def document(app):
    return app.openapi()


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_usable(name, document):
    kind = getattr(shapes, name, None) or getattr(shapes_out, name)
    TypeAdapter(kind).validate_python(EXAMPLES[name])
    assert document["components"]["schemas"][name]["examples"] == [EXAMPLES[name]]


def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_json_answer_has_a_shape(document):
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                if kind == "application/json" and status.startswith("2"):
                    assert content["schema"], name


def test_errors_are_problems_everywhere(document):
    problem = {"$ref": "#/components/schemas/Problem"}
    for name, operation in operations(document):
        if "security" not in operation:
            continue
        for status in ("401", "403", "404", "422", "429"):
            content = operation["responses"][status]["content"]
            assert content == {"application/problem+json": {"schema": problem}}, (name, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_post_of_ours_takes_an_idempotency_key(document):
    elsewhere = ("/admin/", "/ingest/preview")
    for name, operation in operations(document):
        if name.startswith("POST") and not any(part in name for part in elsewhere):
            named = {one["name"].lower() for one in operation.get("parameters", ())}
            assert "idempotency-key" in named, name
