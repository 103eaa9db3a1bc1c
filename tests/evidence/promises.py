"""The promises, each with the module that tries it: what `unscripted evidence` runs and what it names as not tried.

A trial that is written later needs one thing here: its module's name, which is a file of this folder with
`run(n, seed, folder) -> Outcome`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise and how it is tried."""

    id: str
    says: str
    module: str = ""
    """A module of this folder; empty: there is none, and `elsewhere` says why."""
    unit: str = ""
    """What N counts."""
    small: int = 0
    """N where every change is tried."""
    full: int = 0
    """N of the published report."""
    function: str = "run"
    elsewhere: str = ""
    """Why it is not tried here."""

    @property
    def there(self) -> bool:
        """Whether its trial exists."""
        return bool(self.module) and (FOLDER / f"{self.module}.py").is_file()

    def n(self, size: str) -> int:
        """N for `small`, `full`, or a factor of the small one such as `2.5`; at least 1.

        Raises:
            ValueError: Something else, or a factor that is not above 0.
        """
        if size in ("small", "full"):
            return self.full if size == "full" else self.small
        factor = float(size)
        if not 0 < factor < float("inf"):
            raise ValueError("a size is small, full, or a number above 0")
        return max(1, round(self.small * factor))


_LATER = "Later: it is about PostgreSQL, and the data is in SQLite so far."
_LOAD = "Later: it is about overload; benchmarks/live_server.py measures the live server as it is."

PROMISES = (
    Promise(
        "P1",
        "No client ever sees another's data, by any operation, page, download, stream or server function.",
        "isolation_routes",
        "times through all of them",
        1,
        5,
    ),
    Promise(
        "P2",
        "No client sees another's data after any history of writing, searching, exporting, erasing and restoring.",
        "isolation_histories",
        "steps",
        10_000,
        100_000,
    ),
    Promise("P3", "No client sees another's data when code forgets to filter by client.", elsewhere=_LATER),
    Promise(
        "P4",
        "No client sees another's data through pooled connections and cancelled tasks.",
        elsewhere=_LATER,
    ),
    Promise(
        "P5",
        "What belongs to another client cannot be told from what never was, by the answer or by its time.",
        "oracle",
        "answers of each kind",
        60,
        1_000,
    ),
    Promise(
        "P6",
        "Search finds for each client what comparing with every one of its passages would find.",
        "search_per_client",
        "questions",
        120,
        2_000,
    ),
    Promise(
        "P7",
        "Card numbers and security codes never reach a disk, a log, an export, a backup or a generator.",
        "card_data",
        "contacts",
        60,
        3_000,
    ),
    Promise(
        "P8",
        "What redaction finds is known per kind of identifier, and ordinary numbers survive it.",
        "pii_recall",
        "contacts of each kind and noise",
        15,
        400,
    ),
    Promise(
        "P9",
        "When redaction fails, nothing is stored and nothing is sent.",
        "fails_closed",
        "faults",
        20,
        500,
    ),
    Promise(
        "P10",
        "What was acknowledged is there after the process is killed.",
        "kills",
        "kills",
        20,
        1_000,
    ),
    Promise(
        "P11",
        "What was acknowledged is there after the power goes.",
        "power_cut",
        "cuts",
        25,
        2_000,
    ),
    Promise(
        "P12",
        "A disk that is full or broken loses nothing: a write is there whole, or was refused.",
        "disk_errors",
        "writes",
        150,
        10_000,
    ),
    Promise(
        "P13",
        "A search index is replaced whole or not at all, wherever the process ends.",
        "index_swap",
        "ends",
        20,
        500,
    ),
    Promise(
        "P14",
        "A damaged or foreign search index is never used.",
        "index_damage",
        "damaged files",
        100,
        2_000,
    ),
    Promise(
        "P15",
        "Reading the same documents again, in any order or interrupted, leaves each of them once.",
        "ingest",
        "readings",
        20,
        500,
    ),
    Promise(
        "P16",
        "A batch accounts for every contact, whatever is in it and whoever is killed.",
        "batch",
        "contacts",
        60,
        10_000,
    ),
    Promise("P17", "Too much work is refused early instead of slowing everybody down.", elsewhere=_LOAD),
    Promise("P18", "The live panel goes on without the parts that are missing.", elsewhere=_LOAD),
    Promise("P19", "One busy client does not starve the others.", elsewhere=_LOAD),
    Promise(
        "P20",
        "Hostile text does nothing, in any page and in any export.",
        "hostile_text",
        "payloads",
        20,
        200,
    ),
    Promise(
        "P21",
        "Instructions hidden in contacts and documents change no score and no policy that is shown.",
        "injection",
        "attacks",
        60,
        2_000,
    ),
    Promise(
        "P22",
        "Files that explode are bounded in memory and time.",
        "uploads",
        "files",
        20,
        500,
    ),
    Promise(
        "P23",
        "A client's rules cannot hang the reading of a contact.",
        "rules",
        "rules",
        100,
        10_000,
    ),
    Promise(
        "P24",
        "The server cannot be made to call an address that nobody allowed.",
        "ssrf",
        "addresses",
        60,
        2_000,
    ),
    Promise(
        "P25",
        "What was erased is gone from every file, and stays gone when a backup is restored.",
        "erasure",
        "erasures",
        6,
        200,
    ),
    Promise(
        "P26",
        "Whatever is changed in an audit is seen.",
        "audit",
        "tamperings",
        40,
        2_000,
    ),
    Promise(
        "P27",
        "A backup made while people write is whole, or is refused.",
        "backup",
        "backups",
        6,
        200,
    ),
    Promise(
        "P28",
        "Web sessions and keys open one client's doors, for one role, until they end.",
        "doors",
        "attempts",
        100,
        5_000,
    ),
    Promise(
        "P29",
        "Every score can be explained by what was said, and made again to the byte.",
        "reproducible",
        "contacts",
        30,
        1_000,
    ),
    Promise(
        "P30",
        "These trials notice a fault that was put in on purpose.",
        "teeth",
        "faults",
        3,
        100,
    ),
)
