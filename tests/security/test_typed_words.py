"""What people type or machines word beside a contact is redacted like the contact itself."""

from datetime import UTC, datetime

import pytest

from models.encoders import HashingEncoder
from models.records import (
    Dispute,
    DisputeStep,
    Document,
    Evaluation,
    MinedPhrase,
    RaterAnswers,
    Review,
    StatusChange,
    Transcript,
    Turn,
    UsualScripting,
    Verdict,
    WrapUp,
    WrapUpLine,
)
from models.records.coaching import CoachingNote
from storage import MemoryStore, open_store
from web.phrase_commands import learn
from web.terminal import Terminal
from web.workspace import Workspace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRETS = {
    "card": "4539 1488 0343 6467",
    "spoken": "four five three nine one four eight eight zero three four three six four six seven",
    "mail": "jane.canary@example.com",
    "telephone": "+1 415 555 0142",
    "password": "the password is Xylophone",
}


def records(said):
    by_person = Verdict("c", "MET", 1.0, said, "Lea", (), said)
    by_generator = Verdict("c", "UNSCORED", None, said, "some-generator@1", (), said)
    return [
        CoachingNote("c", 0, said, "Lea", NOW, said, said),
        DisputeStep("d", "upheld", "Lea", NOW, said),
        Dispute("e", "c", said, "Ana", NOW, (), "d1"),
        StatusChange("e", "draft", "confirmed", "Lea", NOW, said),
        Review("e", "c", None, said, "Lea", NOW, said),
        RaterAnswers("r", "c", "s", "Lea", (by_person,)),
        WrapUp("c", (WrapUpLine("issue", said),), (), said),
        Evaluation(
            "e", "c", "0", "acme", "Ana", "s@1", (by_person, by_generator), 1.0, 1.0, machine=(by_generator,)
        ),
    ]


@pytest.mark.parametrize("kind", SECRETS)
def test_no_free_text_is_kept_as_it_was_typed(kind, tmp_path):
    needle = SECRETS[kind].removeprefix("the password is ")
    memory, files = MemoryStore(), open_store(tmp_path)
    for record in records(f"they said {SECRETS[kind]}."):
        for store in (memory, files):
            store.put("acme", record)
        kept = memory.find("acme", type(record))
        assert needle not in repr(kept), type(record).__name__
        assert files.find("acme", type(record)) == kept
    files.close()
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert needle.encode() not in whole


@pytest.mark.parametrize("gone", [False, True])
def test_lines_of_the_register_are_clean_and_go_with_the_contact(gone, tmp_path):
    said = {name: f"{name} {secret}" for name, secret in SECRETS.items()}
    store = open_store(tmp_path)
    for number, secret in enumerate(said.values()):
        about = {"site": f"xsite {secret}", "reason": f"xreason {secret}", "queue": secret}
        contact = Transcript(f"c{number}", "acme", (Turn("agent", "Hello."),), "Ana", metadata=about)
        store.put("acme", contact)
        if gone:
            assert store.delete("acme", Transcript, contact.id)
    assert len(store.cases("acme")) == (0 if gone else len(said))
    store.close()
    whole = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in SECRETS.values():
        assert secret.removeprefix("the password is ").encode() not in whole
    if gone:
        assert b"xsite" not in whole
        assert b"xreason" not in whole


def test_what_is_learned_from_a_folder_is_redacted_before_it_is_kept(tmp_path, capsys):
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    kb = workspace.knowledge_base("Acme", create=True)
    kb.add([Document("scripts/opening", "Thank you for calling Acme.", kind="script")])
    folder = tmp_path / "past"
    folder.mkdir()
    line = "Please write to jane dot canary at example dot com or jane.canary@example.com about the parcel."
    for number in range(12):
        said = f"Agent: {line}\nCustomer: Thanks.\nAgent: The parcel travels slowly over the hills today.\n"
        (folder / f"c{number}.txt").write_text(said, "utf-8")
    learn(workspace, Terminal(), "Acme", folder)
    phrases = kb.store.find(kb.client, MinedPhrase)
    assert phrases
    kept = repr([*phrases, *kb.store.find(kb.client, UsualScripting)])
    assert "canary" not in kept + capsys.readouterr().out
