"""The promises, each with the module that tries it: what `unscripted evidence` runs and what it names as not tried.

A trial that is written later needs one thing here: its module's name, which is a file of this folder with
`run(n, seed, folder) -> Outcome`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
    name: str = ""
    """A few words, for tables."""
    counts: Literal["n", "tried", ""] = "n"
    """What of a trial without a failure is counted as independent, for the bound of 3 in N; empty: nothing."""
    short: tuple[str, ...] = ()
    """Where it falls short of what was asked, whatever comes of its trial."""

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
        name="Isolation: every operation, page and stream",
        counts="tried",
    ),
    Promise(
        "P2",
        "No client sees another's data after any history of writing, searching, exporting, erasing and restoring.",
        "isolation_histories",
        "steps",
        10_000,
        100_000,
        name="Isolation: random histories",
        short=("Tried on SQLite alone; PostgreSQL comes later.",),
    ),
    Promise(
        "P3",
        "No client sees another's data when code forgets to filter by client.",
        elsewhere=_LATER,
        name="Isolation: forgotten filters",
        counts="",
        short=(
            "Not tried: it is about PostgreSQL. In SQLite each client has a file of its own, so there is no filter to forget.",
        ),
    ),
    Promise(
        "P4",
        "No client sees another's data through pooled connections and cancelled tasks.",
        elsewhere=_LATER,
        name="Isolation: pools and cancelled tasks",
        counts="",
        short=("Not tried: it is about PostgreSQL.",),
    ),
    Promise(
        "P5",
        "What belongs to another client cannot be told from what never was, by the answer or by its time.",
        "oracle",
        "answers of each kind",
        60,
        1_000,
        name="No oracle of existence or time",
        counts="",
        short=(
            "Times are compared on one machine, over its own network; 1,000 answers of each kind cannot see a difference below a few percent.",
        ),
    ),
    Promise(
        "P6",
        "Search finds for each client what comparing with every one of its passages would find.",
        "search_per_client",
        "questions",
        120,
        2_000,
        name="Search per client is complete",
    ),
    Promise(
        "P7",
        "Card numbers and security codes never reach a disk, a log, an export, a backup or a generator.",
        "card_data",
        "contacts",
        60,
        3_000,
        name="Card data stays out",
        short=(
            "The contacts are made by generators that the redactor was developed with: expect less of other talk.",
        ),
    ),
    Promise(
        "P8",
        "What redaction finds is known per kind of identifier, and ordinary numbers survive it.",
        "pii_recall",
        "contacts of each kind and noise",
        15,
        400,
        name="Redaction, by kind",
        counts="",
        short=(
            "Names are masked only for clients that ask for it; addresses are not masked.",
            "Recall on talk with recognition errors is below .99 for several kinds (cards .945 masked whole); the report has each.",
        ),
    ),
    Promise(
        "P9",
        "When redaction fails, nothing is stored and nothing is sent.",
        "fails_closed",
        "faults",
        20,
        500,
        name="Redaction fails closed",
    ),
    Promise(
        "P10",
        "What was acknowledged is there after the process is killed.",
        "kills",
        "kills",
        20,
        1_000,
        name="Killed processes lose nothing",
    ),
    Promise(
        "P11",
        "What was acknowledged is there after the power goes.",
        "power_cut",
        "cuts",
        25,
        2_000,
        name="Cut power loses nothing",
        short=("The power cut is simulated at the file system's calls; no plug was pulled.",),
    ),
    Promise(
        "P12",
        "A disk that is full or broken loses nothing: a write is there whole, or was refused.",
        "disk_errors",
        "writes",
        150,
        10_000,
        name="Broken and full disks lose nothing",
    ),
    Promise(
        "P13",
        "A search index is replaced whole or not at all, wherever the process ends.",
        "index_swap",
        "ends",
        20,
        330,
        name="Indexes are replaced whole",
    ),
    Promise(
        "P14",
        "A damaged or foreign search index is never used.",
        "index_damage",
        "damaged files",
        100,
        2_000,
        name="Damaged indexes are never used",
        short=(
            "The sums of index files have no key: they find damage and foreign files, not somebody who may write the folder and makes new sums.",
        ),
    ),
    Promise(
        "P15",
        "Reading the same documents again, in any order or interrupted, leaves each of them once.",
        "ingest",
        "readings",
        20,
        500,
        name="Documents are read once",
    ),
    Promise(
        "P16",
        "A batch accounts for every contact, whatever is in it and whoever is killed.",
        "batch",
        "contacts",
        60,
        10_000,
        name="Batches account for every contact",
        short=("Processes of one machine; Ray and several machines are not tried.",),
    ),
    Promise(
        "P17",
        "Too much work is refused early instead of slowing everybody down.",
        elsewhere=_LOAD,
        name="Overload is refused early",
        counts="",
        short=("Not tried: how the server behaves beyond its capacity.",),
    ),
    Promise(
        "P18",
        "The live panel goes on without the parts that are missing, and shows no policy that is none.",
        "missing_parts",
        "contacts",
        9,
        270,
        name="The live panel goes on without parts",
        short=("Each part is missing alone: two at once are not tried.",),
    ),
    Promise(
        "P19",
        "One busy client does not starve the others.",
        elsewhere=_LOAD,
        name="No client starves the others",
        counts="",
        short=("Not tried: one client at twenty times the load of the others.",),
    ),
    Promise(
        "P20",
        "Hostile text does nothing, in any page and in any export.",
        "hostile_text",
        "payloads",
        20,
        200,
        name="Hostile text is inert",
    ),
    Promise(
        "P21",
        "Instructions hidden in contacts and documents change no score and no policy that is shown.",
        "injection",
        "attacks",
        60,
        2_000,
        name="Injection changes nothing",
    ),
    Promise(
        "P22",
        "Files that explode are bounded in memory and time.",
        "uploads",
        "files",
        20,
        250,
        name="Exploding files are bounded",
    ),
    Promise(
        "P23",
        "A client's rules cannot hang the reading of a contact.",
        "rules",
        "rules",
        100,
        10_000,
        name="Rules cannot hang",
        short=(
            "The bound of one second is for a contact of 100,000 characters, about two hours of talk, not for a megabyte.",
        ),
    ),
    Promise(
        "P24",
        "The server cannot be made to call an address that nobody allowed.",
        "ssrf",
        "addresses",
        60,
        2_000,
        name="No foreign address is called",
        short=(
            "Whoever may set a webhook may point it at this very machine, written out as localhost, 127.0.0.1 or ::1.",
        ),
    ),
    Promise(
        "P25",
        "What was erased is gone from every file, and stays gone when a backup is restored.",
        "erasure",
        "erasures",
        6,
        200,
        name="Erasure is complete",
        short=(
            "Copies that left the folder (exports that were downloaded, backups that are not restored) are out of its reach.",
        ),
    ),
    Promise(
        "P26",
        "Whatever is changed in an audit is seen.",
        "audit",
        "tamperings",
        40,
        2_000,
        name="Audit tampering is seen",
        short=("A cut tail is seen only against an anchor that is kept elsewhere.",),
    ),
    Promise(
        "P27",
        "A backup made while people write is whole, or is refused.",
        "backup",
        "backups",
        6,
        200,
        name="Backups are whole",
        short=("The time to restore 10 GB is not measured.",),
    ),
    Promise(
        "P28",
        "Web sessions and keys open one client's doors, for one role, until they end.",
        "doors",
        "attempts",
        100,
        5_000,
        name="Sessions and keys hold",
        short=("No second factor and no single sign-on.",),
    ),
    Promise(
        "P29",
        "Every score can be explained by what was said, and made again to the byte.",
        "reproducible",
        "contacts",
        30,
        1_000,
        name="Scores are reproducible",
        short=(
            "On the same machine and versions; another processor may round an encoder's numbers otherwise.",
        ),
    ),
    Promise(
        "P30",
        "These trials notice a fault that was put in on purpose.",
        "teeth",
        "faults",
        3,
        100,
        name="The trials notice faults",
        counts="",
    ),
)
