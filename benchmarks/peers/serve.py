"""One peer library, driven over standard input: runs in the peers' own environment.

    python serve.py {plain|txtai|haystack|llama_index} MODEL_FOLDER

Each line in is JSON, each line out is JSON with the seconds of wall and processor time that it took.
`{"ingest": PASSAGES.jsonl}` reads, encodes and indexes with the library's own means;
`{"load": PASSAGES.jsonl, "vectors": ROWS.npy}` indexes with vectors made before, so that a large corpus
can be asked without waiting for it to be encoded; `{"ask": question}` finds five passages.

All four search by vectors alone, which is the quickest that each of them does.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HAYSTACK_TELEMETRY_ENABLED="False")
os.environ["TOKENIZERS_PARALLELISM"] = "true"
LIMIT = 5


def plain(folder: str) -> tuple[Callable, Callable]:
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu")
    held = {}

    def ingest(texts, vectors):
        if vectors is None:
            vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        held["index"] = faiss.IndexFlatIP(vectors.shape[1])
        held["index"].add(vectors)
        held["texts"] = texts

    def ask(question):
        row = model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        return [held["texts"][at] for at in held["index"].search(row, LIMIT)[1][0]]

    return ingest, ask


def txtai(folder: str) -> tuple[Callable, Callable]:
    from txtai import Embeddings

    held = {}

    def ingest(texts, vectors):
        held["embeddings"] = embeddings = Embeddings(path=folder, content=True)
        if vectors is None:
            embeddings.index(texts)
            return
        # The same index with the same query path; only passages take the vectors made before.
        known = dict(zip(texts, vectors, strict=True))
        embeddings.index(texts[:1])
        model, encode = embeddings.model, embeddings.model.encode

        def looked_up(data, category=None):
            import numpy as np

            rows = [known.get(text) for text in data]
            return encode(data, category) if any(row is None for row in rows) else np.stack(rows)

        model.encode = looked_up
        embeddings.upsert([(number, text, None) for number, text in enumerate(texts)])
        model.encode = encode

    return ingest, lambda question: [hit["text"] for hit in held["embeddings"].search(question, LIMIT)]


def haystack(folder: str) -> tuple[Callable, Callable]:
    from haystack import Document, Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    held = {}

    def ingest(texts, vectors):
        store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
        documents = [Document(content=text) for text in texts]
        if vectors is None:
            embedder = SentenceTransformersDocumentEmbedder(
                model=folder, normalize_embeddings=True, progress_bar=False
            )
            if hasattr(embedder, "warm_up"):
                embedder.warm_up()
            documents = embedder.run(documents)["documents"]
        else:
            documents = [
                Document(content=text, embedding=row.tolist())
                for text, row in zip(texts, vectors, strict=True)
            ]
        from haystack.document_stores.types import DuplicatePolicy

        store.write_documents(documents, policy=DuplicatePolicy.OVERWRITE)
        pipeline = Pipeline()
        embedder = SentenceTransformersTextEmbedder(
            model=folder, normalize_embeddings=True, progress_bar=False
        )
        pipeline.add_component("embedder", embedder)
        pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=LIMIT))
        pipeline.connect("embedder.embedding", "retriever.query_embedding")
        held["pipeline"] = pipeline

    def ask(question):
        found = held["pipeline"].run({"embedder": {"text": question}})
        return [document.content for document in found["retriever"]["documents"]]

    return ingest, ask


def llama_index(folder: str) -> tuple[Callable, Callable]:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    model = HuggingFaceEmbedding(model_name=folder, device="cpu", embed_batch_size=32)
    held = {}

    def ingest(texts, vectors):
        nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(texts)]
        if vectors is not None:
            for node, row in zip(nodes, vectors, strict=True):
                node.embedding = row.tolist()
        index = VectorStoreIndex(nodes, embed_model=model)
        held["retriever"] = index.as_retriever(similarity_top_k=LIMIT)

    return ingest, lambda question: [hit.node.text for hit in held["retriever"].retrieve(question)]


PEERS = {"plain": plain, "txtai": txtai, "haystack": haystack, "llama_index": llama_index}


def main() -> None:
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    ingest, ask = PEERS[sys.argv[1]](sys.argv[2])
    ingest(["the model is loaded and warm"] * 2, None)
    for line in sys.stdin:
        wanted = json.loads(line)
        vectors = None
        if "vectors" in wanted:
            import numpy as np

            vectors = np.load(wanted["vectors"], allow_pickle=False)
        wall, cpu = time.perf_counter(), time.process_time()
        found: list = []
        if "ask" in wanted:
            found = ask(wanted["ask"])
        else:
            with Path(wanted.get("ingest") or wanted["load"]).open(encoding="utf-8") as rows:
                texts = [json.loads(row) for row in rows]
            ingest(texts, vectors)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "found": found}
        answers.write(json.dumps(spent) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
