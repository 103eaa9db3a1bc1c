"""P1, P2, P5 and P6 as trials: small here, large in `unscripted evidence`; and that each of them has teeth."""

from types import SimpleNamespace

import numpy as np
import pytest

from models.errors import NotFoundError
from storage import MemoryStore
from tests.evidence import isolation_histories, isolation_routes, oracle, search_per_client
from tests.evidence.operations import OPEN, OPERATIONS, PAGES, STREAMS

LARGE = pytest.mark.nightly


@pytest.mark.parametrize("times", [1, pytest.param(5, marks=LARGE)])
def test_every_route_for_everybody(tmp_path, times):
    outcome = isolation_routes.run(times, 1, tmp_path)
    assert outcome.failures == ()
    assert outcome.tried > 1_000 * times


def test_a_route_that_no_table_knows_fails():
    routes = [*PAGES, *STREAMS, "GET /api/v1/everything", "GET /agent/gradio_api/info"]
    paths = {}
    for operation in {*OPERATIONS, *OPEN} - STREAMS:
        method, path = operation.split()
        paths.setdefault(path, {})[method.lower()] = {}
    assert isolation_routes.missing(routes, {"paths": paths}) == ["GET /api/v1/everything: in no table"]
    paths["/api/v1/more"] = {"post": {}}
    assert "POST /api/v1/more: in no table" in isolation_routes.missing(routes, {"paths": paths})
    assert isolation_routes.missing(routes[1:], {"paths": paths})


def test_words_of_another_client_are_seen_wherever_they_are():
    trial = isolation_routes.Trial(SimpleNamespace(), "")

    def answer(content=b"", status=200, **headers):
        multi = SimpleNamespace(multi_items=lambda: list(headers.items()))
        return SimpleNamespace(content=content, headers=multi, status_code=status, url="http://x/")

    word = isolation_routes.ACME
    for leak in (answer(word.encode()), answer(location=f"/{word}"), answer(b"", 500)):
        trial.look("GET /x", "qa of Beta", leak, own="Beta")
    trial.look("GET /x", None, answer(b"fine"), closed=True)
    assert len(trial.failures) == 4
    trial.look("GET /x", "qa of Acme", answer(word.encode()), own="Acme")
    trial.look("GET /x", None, answer(b"", 401), closed=True)
    assert len(trial.failures) == 4


def test_words_in_archives_and_pages_are_seen():
    import gzip
    import io
    import zipfile

    from tests.evidence.isolation_routes import searchable

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", gzip.compress(b"quokkaroo " * 50))
    assert "quokkaroo" in searchable(packed.getvalue())


@pytest.mark.parametrize("steps", [3_000, pytest.param(100_000, marks=LARGE)])
def test_random_histories_of_three_clients(tmp_path, steps):
    outcome = isolation_histories.run(steps, 2, tmp_path)
    assert outcome.failures == ()
    assert outcome.tried >= steps


class Leaky(MemoryStore):
    """Lists what all clients have: a filter that was forgotten."""

    def find(self, client, kind, *, limit=None):
        return [one for each in self.clients() for one in super(Leaky, self).find(each, kind, limit=limit)]


class Guessing(MemoryStore):
    """Looks elsewhere for what a client does not have."""

    def get(self, client, kind, id):
        for each in (client, *self.clients()):
            try:
                return super().get(each, kind, id)
            except NotFoundError as problem:
                missing = problem
        raise missing


class Shared(MemoryStore):
    """Deletes an id wherever it is."""

    def delete(self, client, kind, id):
        return max([super(Shared, self).delete(each, kind, id) for each in (client, *self.clients())])


class Lossy(MemoryStore):
    """Keeps vectors of everybody together."""

    def put_vectors(self, client, encoder, digests, vectors):
        super().put_vectors("Acme", encoder, digests, vectors)

    def get_vectors(self, client, encoder, digests):
        return super().get_vectors("Acme", encoder, digests)


@pytest.mark.parametrize("store", [Leaky, Guessing, Shared, Lossy])
def test_a_store_that_mixes_clients_is_noticed(store):
    assert isolation_histories.walk_store(store(), 400, 1).failures


@pytest.mark.parametrize("answers", [20, pytest.param(1_000, marks=LARGE)])
def test_foreign_and_missing_look_alike(tmp_path, answers):
    outcome = oracle.run(answers, 1, tmp_path, rounds=2 if answers < 100 else oracle.ROUNDS)
    assert outcome.failures == ()
    assert outcome.tried > 20 * answers


def test_a_gap_in_time_is_seen():
    """A real one is, and a machine that is busy now and then is none."""
    random = np.random.default_rng(1)
    for slower, told in ((1.0, False), (1.02, False), (1.08, True), (0.9, True)):
        foreign, missing = random.lognormal(-5, 0.15, (2, 3_000))
        for times in (foreign, missing):  # one in ten waits for somebody else
            times += random.exponential(0.05, 3_000) * (random.random(3_000) < 0.1)
        found = oracle.apart(list(zip(foreign * slower, missing, strict=True)))
        assert found.tells == told, (slower, str(found))
        assert not (found.within and told)


def test_few_answers_tell_nothing():
    random = np.random.default_rng(2)
    told = [oracle.apart([*map(tuple, random.lognormal(-5, 0.4, (30, 2)))]).tells for _ in range(300)]
    assert sum(told) <= 3


@pytest.mark.parametrize("questions", [40, pytest.param(2_000, marks=LARGE)])
def test_search_is_exact_for_each_client(tmp_path, questions):
    outcome = search_per_client.run(questions, 1, tmp_path)
    assert outcome.failures == ()
    assert outcome.tried >= questions


def test_rows_that_are_missing_or_foreign_are_noticed():
    random = np.random.default_rng(2)
    client = search_per_client._client(random, 50, 1)
    query = search_per_client._question(random, client.subjects)
    assert search_per_client._recall(client, query) == (1.0, "")
    client.index.remove(client.ids[10:])
    assert search_per_client._recall(client, query)[0] < 1
    client.index.remove(client.ids)
    assert search_per_client._recall(client, query) == (0.0, "0 results, 10 wanted")
    other = search_per_client._client(random, 50, 2)
    client.index = other.index
    assert "of another client" in search_per_client._recall(client, query)[1]
