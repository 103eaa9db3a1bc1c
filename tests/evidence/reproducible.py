"""P29: a score made again has the same bytes, and every finding leads to the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from models.codec import to_json
from models.encoders import HashingEncoder
from models.records import Analysis, Evaluation, Span, Transcript, Turn
from models.records.vocabulary import Outcome as Answered
from qa import Scorecard
from qa.readers import read_folder
from qa.reviews import Correction
from tests.evidence import Outcome
from web import desk
from web.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
_CLIENTS = (("fernhollow", "fernhollow-chat.yaml"), ("lumenor", "lumenor-voice.yaml"))
_REVIEWED = 4
"""One in so many is confirmed by a person, with another answer."""
_ALTERED = 5
"""One in so many is altered behind the software's back, after everything was found sound."""
_FEWEST_TURNS, _MOST_TURNS = 4, 24


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Score `n` contacts of two clients, close everything, open it again and make every score again.

    Then some of what is stored is altered, by a word, an answer or a sum: making it again must tell.

    Args:
        n: Contacts.
        seed: Decides what is said in them, which are reviewed and what is altered.
        folder: For the data; empty.
    """
    random = Random(seed)
    workspace = _opened(folder)
    for client, card in _CLIENTS:
        workspace.ingest(client, EXAMPLES / client)
        workspace.add_scorecard(client, Scorecard.load(EXAMPLES / "scorecards" / card))
        spoken = read_folder(EXAMPLES / "contacts" / client, client=client).transcripts
        for number in range(n // 2 + (n % 2 if client == _CLIENTS[0][0] else 0)):
            _score(workspace, client, _contact(random, client, number, spoken), random)
    del workspace
    again = _opened(folder)
    failures: list[str] = []
    words = sources = altered = 0
    for client, _ in _CLIENTS:
        store = again.knowledge_base(client).store
        for verified in desk.verify(again, client):
            if verified.state != "identical":
                failures.append(f"{client} {verified.evaluation}: {verified.state} ({verified.note})")
        kb = again.knowledge_base(client)
        known = {document.id for document in kb.documents(all_dates=True)}
        known |= {passage.id for id in tuple(known) for passage in kb.passages(id)}
        for evaluation in store.find(client, Evaluation):
            transcript = store.get(client, Transcript, evaluation.transcript)
            analysis = store.get(client, Analysis, evaluation.transcript)
            failures += _addresses(client, transcript, analysis, evaluation)
            failures += _same_bytes(again, client, transcript, evaluation)
            words += sum(finding.span is not None for finding in analysis.findings)
            for finding in analysis.findings:
                sources += finding.source is not None
                if finding.source is not None and finding.source not in known:
                    failures.append(f"{client} {transcript.id}: {finding.label} names no passage there is")
        for evaluation in store.find(client, Evaluation)[::_ALTERED]:
            altered += 1
            failures += _noticed(again, client, evaluation, random)
    notes = (
        f"{words} findings lead to words of their contact, {sources} to a passage",
        f"{altered} stored scores or contacts altered, to be noticed",
        "texts compared by the small hashing encoder",
    )
    return Outcome(n, altered, tuple(failures), notes)


def _opened(folder: Path) -> Workspace:
    return Workspace(folder / "data", encoder=HashingEncoder())


def _contact(random: Random, client: str, number: int, spoken: Sequence[Transcript]) -> Transcript:
    """Turns of the examples in an order that nobody said them in: what detectors see is many a mixture."""
    turns = [turn for one in random.sample(list(spoken), 3) for turn in one.turns]
    first = random.randrange(max(1, len(turns) - _FEWEST_TURNS))
    mixed = turns[first : first + random.randrange(_FEWEST_TURNS, _MOST_TURNS)]
    if random.random() < 0.5:
        random.shuffle(mixed)
    plain = tuple(Turn(turn.speaker, turn.text) for turn in mixed)
    return Transcript(f"made-{number}", client, plain, agent=f"agent {number % 7}", channel="voice")


def _score(workspace: Workspace, client: str, transcript: Transcript, random: Random) -> None:
    workspace.add_transcripts(client, [transcript])
    stored = workspace.contact(client, transcript.id).transcript
    made, _ = workspace.score(client, stored, keep=True)
    if random.randrange(_REVIEWED):
        return
    card = workspace.scorecard(client)
    plain = {one.ref for one in card.criteria if one.answer.kind == "yes_no"}
    answer = next((one for one in made.verdicts if one.criterion in plain and one.outcome == "MET"), None)
    changes = [] if answer is None else [Correction(answer.criterion, "NOT_MET", "It was said too late.")]
    desk.review(workspace, client, made.id, changes, who="Lea")


def _addresses(client: str, transcript: Transcript, analysis: Analysis, evaluation: Evaluation) -> list[str]:
    """Findings and answers whose address leads to no words of the contact that they were made of."""
    where = f"{client} {transcript.id}"
    found = [] if analysis.transcript_digest == transcript.digest else [f"{where}: of another transcript"]
    spans = [(finding.label, finding.span) for finding in analysis.findings if finding.span is not None]
    spans += [(verdict.criterion, span) for verdict in evaluation.verdicts for span in verdict.evidence]
    return found + [f"{where}: {what} leads nowhere" for what, span in spans if not _leads(transcript, span)]


def _leads(transcript: Transcript, span: Span) -> bool:
    if not 0 <= span.turn < len(transcript.turns):
        return False
    text = transcript.turns[span.turn].text
    return 0 <= span.start < span.end <= len(text) and transcript.quote(span) == text[span.start : span.end]


def _same_bytes(workspace: Workspace, client: str, transcript: Transcript, stored: Evaluation) -> list[str]:
    """A draft made again from the stored contact, compared whole with the stored one."""
    if stored.status != "draft":
        return []
    made, _ = workspace.score(client, transcript)
    same = to_json(made) == to_json(stored)
    return [] if same else [f"{client} {stored.id}: the draft made again has other bytes"]


def _noticed(workspace: Workspace, client: str, stored: Evaluation, random: Random) -> list[str]:
    """Alter what is stored, look whether it is told, and put it back."""
    store = workspace.knowledge_base(client).store
    transcript = store.get(client, Transcript, stored.transcript)
    way = random.choice(("word", "answer", "score"))
    if way == "word":
        turns = (replace(transcript.turns[0], text=f"{transcript.turns[0].text} Well"), *transcript.turns[1:])
        before: Transcript | Evaluation = transcript
        after: Transcript | Evaluation = replace(transcript, turns=turns)
    elif way == "answer":
        first = stored.verdicts[0]
        other: Answered = "NOT_MET" if first.outcome != "NOT_MET" else "MET"
        changed = replace(first, outcome=other, points=None, reason="")
        # What the machine said is kept apart from what a person changed; here it is changed in both.
        machine = tuple(
            replace(one, outcome=other, points=None, reason="") if one.criterion == first.criterion else one
            for one in stored.machine
        )
        before, after = stored, replace(stored, verdicts=(changed, *stored.verdicts[1:]), machine=machine)
    else:
        before, after = stored, replace(stored, score=0.123)
    store.put(client, after, supersede=True)
    state = desk.verify(workspace, client, [stored.id])[0].state
    store.put(client, before, supersede=True)
    back = desk.verify(workspace, client, [stored.id])[0].state
    found = [f"{client} {stored.id}: a changed {way} is not noticed"] if state == "identical" else []
    return found + ([] if back == "identical" else [f"{client} {stored.id}: put back, it is {back}"])
