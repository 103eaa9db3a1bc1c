"""Faults as somebody could make them by mistake, each with the tests that ought to notice it.

One is a piece of text that stands exactly once in one file, and what takes its place. When a file changes so
far that the piece is gone, the fault must be written anew: `tests/security/test_teeth.py` says so at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    """As pytest names them: files, or single tests."""

    def put_in(self, tree: Path) -> str:
        """Put the fault into a tree; the file as it was.

        Raises:
            ValueError: The text that it changes does not stand there exactly once.
        """
        path = tree / self.file
        whole = path.read_text("utf-8")
        if whole.count(self.old) != 1:
            raise ValueError(f"{self.name}: its text stands {whole.count(self.old)} times in {self.file}")
        path.write_text(whole.replace(self.old, self.new), "utf-8")
        return whole


_WEB = "tests/unit/web"

FAULTS = (
    Fault(
        "a store reads from whichever client's file is open",
        "storage/sqlite.py",
        "known = self._connections.get(key)\n",
        "known = self._connections.get(key) or next(iter(self._connections.values()), None)\n",
        ("tests/security/test_isolation.py::test_nothing_of_another_client_is_seen",),
    ),
    Fault(
        "the register drops its conditions",
        "storage/register.py",
        "parts.append(f'\"{name}\" IS ?')",
        "parts.append('? IS NOT NULL')",
        ("tests/unit/storage/test_register.py",),
    ),
    Fault(
        "an agent's list of scores is everybody's",
        "web/own_scores.py",
        '{"agent": reader.name, "status": _SHOWN}',
        '{"status": _SHOWN}',
        (f"{_WEB}/test_own_scores.py",),
    ),
    Fault(
        "commits are not synced (synchronous=NORMAL)",
        "storage/opening.py",
        '"synchronous = FULL"',
        '"synchronous = NORMAL"',
        ("tests/security/test_power_cut.py::test_nothing_that_was_acknowledged_is_lost",),
    ),
    Fault(
        "an index takes another's place before it is synced",
        "knowledge_base/index_file.py",
        "            os.fsync(file.fileno())\n",
        "",
        ("tests/security/test_synced.py",),
    ),
    Fault(
        "a rename is not synced",
        "storage/opening.py",
        "    try:\n        os.fsync(handle)\n    finally:",
        "    try:\n        pass\n    finally:",
        ("tests/security/test_synced.py",),
    ),
    Fault(
        "a redactor that breaks lets the words through",
        "storage/keys.py",
        "        raise RedactionError(\n"
        '            f"{type(record).__name__}: the redactor failed, so the record was not stored"\n'
        "        ) from None",
        "        return record",
        ("tests/unit/storage/test_sqlite.py::test_nothing_is_stored_when_the_redactor_fails",),
    ),
    Fault(
        "what is written is what came in, and the redacted record is returned",
        "storage/writing.py",
        "body = to_json(safe)",
        "body = to_json(record)",
        ("tests/unit/storage/test_sqlite.py::test_card_numbers_never_reach_the_disk",),
    ),
    Fault(
        "events of live contacts are stored as they were said",
        "storage/keys.py",
        "return replace(record, turn=_turn_cleaned(record.turn), suggestion=redact(record.suggestion))",
        "return record",
        ("tests/unit/storage/test_keys.py",),
    ),
    Fault(
        "a 422 says back what came in",
        "web/problems.py",
        '"kind": str(error["type"])}',
        '"kind": str(error["input"])}',
        (f"{_WEB}/test_api.py::test_errors_do_not_say_back_what_came_in",),
    ),
    Fault(
        "a contact of another agent is forbidden instead of not there",
        "web/live_contacts.py",
        "        if live is None or (agent and live.session and live.session.transcript.agent != agent):\n"
        '            raise NotFoundError("contact: no such live contact")\n',
        "        if live is None:\n"
        '            raise NotFoundError("contact: no such live contact")\n'
        "        if agent and live.session and live.session.transcript.agent != agent:\n"
        '            raise ConflictError("contact: belongs to another agent")\n',
        (f"{_WEB}/test_live_contacts.py::test_somebody_elses_and_missing_are_the_same",),
    ),
    Fault(
        "a customer's words reach the page as markup",
        "web/templates/transcript.html.j2",
        "{% else %}{{ piece.text }}{% endif %}",
        "{% else %}{{ piece.text | safe }}{% endif %}",
        (f"{_WEB}/test_render.py::test_payloads_stay_words_in_every_field",),
    ),
    Fault(
        "a script builds markup from a card's words",
        "web/static/agent_cards.js",
        'h("blockquote", { tabindex: "0" }, card.text)',
        'Object.assign(h("blockquote", {}), { innerHTML: card.text })',
        (f"{_WEB}/test_render.py::test_scripts_never_build_markup_from_data",),
    ),
    Fault(
        "agents may read the queue over REST",
        "web/api_qa.py",
        "def queue(who: Lead,",
        'def queue(who: Annotated[Principal, Depends(allowed("agent", "qa", "admin"))],',
        ("tests/security/test_web_isolation.py::test_roles",),
    ),
    Fault(
        "a server function asks for no role",
        "web/reader.py",
        "if principal is None or principal.role not in roles:",
        "if principal is None:",
        (f"{_WEB}/test_qa_views.py::test_the_role_is_looked_at_by_the_server_function_itself",),
    ),
    Fault(
        "choosing another client leaves the old web session open",
        "web/sessions.py",
        "        self.end(instead_of)\n",
        "",
        (f"{_WEB}/test_sessions.py",),
    ),
    Fault(
        "a revoked key still opens",
        "storage/access.py",
        "return self.revoked_at is None and (",
        "return (",
        ("tests/unit/storage/test_access.py",),
    ),
    Fault(
        "pages of other sites may send with a person's cookie",
        "web/doors.py",
        "    if site is not None and site not in",
        "    if site is None or site == 'cross-site':\n        return True\n    if site is not None and site not in",
        (f"{_WEB}/test_sign_in.py::test_other_sites_cannot_sign_anybody_in_or_out",),
    ),
    Fault(
        "what no door leads to is let through to Gradio",
        "web/doors.py",
        "    if body is None:\n        return None\n    return Door(open=False, mount=mount, body=body,",
        "    return Door(open=False, mount=mount, body=body or 'json',",
        (f"{_WEB}/test_guard.py",),
    ),
    Fault(
        "a cell of an export begins a formula",
        "qa/exports/tables.py",
        """return f"'{value}" if value.lstrip(" ").startswith(_STARTS_A_FORMULA) else value""",
        "return value",
        ("tests/unit/qa/exports/test_exports.py",),
    ),
    Fault(
        "an erasure forgets notes of coaches",
        "storage/subjects.py",
        '"CoachingNote": Names("contact", people=("who",)),',
        '"CoachingNote": Names(people=("who",)),',
        ("tests/security/test_erasure.py",),
    ),
    Fault(
        "a restored backup brings back what was erased since",
        "storage/restore.py",
        "if stone.at >= made_at}",
        "if stone.at < made_at}",
        ("tests/security/test_backup.py",),
    ),
    Fault(
        "an audit's seals are not compared",
        "storage/audit_check.py",
        "if said is None or sealed(body) != seal:",
        "if said is None:",
        ("tests/security/test_audit.py",),
    ),
    Fault(
        "a backup's digests are not compared",
        "storage/backup.py",
        'if digests[name] != one["sha256"]:',
        "if False:",
        ("tests/security/test_backup.py",),
    ),
    Fault(
        "dead letters are kept for ever",
        "storage/retention.py",
        '    "dead_letters": ("DeadLetter",),\n',
        "",
        ("tests/security/test_retention.py",),
    ),
    Fault(
        "drafts count",
        "models/records/cases.py",
        'COUNTED = ("confirmed",',
        'COUNTED = ("draft", "confirmed",',
        ("tests/unit/qa/test_reports.py",),
    ),
    Fault(
        "an answer is changed without a reason",
        "qa/reviews.py",
        "    if len(reason) < SHORTEST_REASON:\n",
        "    if reason is None:\n",
        ("tests/unit/qa/test_reviews.py",),
    ),
    Fault(
        "a batch loses what it could not score",
        "qa/batch.py",
        "dead=tuple(outcome for outcome in ordered if isinstance(outcome, DeadLetter)),",
        "dead=(),",
        (
            "tests/e2e/test_batch.py::test_a_contact_of_another_client_is_a_dead_letter_and_the_rest_is_scored",
        ),
    ),
    Fault(
        "an index with a flipped bit is used",
        "knowledge_base/index_file.py",
        '"rows": hashlib.sha256(raw).hexdigest(),',
        '"rows": len(raw),',
        ("tests/contract/test_index.py",),
    ),
    Fault(
        "a webhook is signed without its body",
        "web/webhooks.py",
        'f"{id}.{timestamp}.{body}".encode()',
        'f"{id}.{timestamp}.".encode()',
        (f"{_WEB}/test_webhooks.py::test_a_signature_is_that_of_the_specification",),
    ),
    Fault(
        "a generator's sentence is shown whatever the passage says",
        "copilot/grounding.py",
        "        if reason is None:\n            kept.append(clean)",
        '        if reason != "repeated":\n            kept.append(clean)',
        ("tests/unit/copilot/test_grounding.py",),
    ),
    Fault(
        "a request that is sent twice is done twice",
        "web/idempotency.py",
        "        if mark.fingerprint != fingerprint:\n            raise ConflictError(_USED)\n        return True",
        "        return False",
        (f"{_WEB}/test_api_limits.py::test_a_review_is_done_once_also_after_a_restart",),
    ),
    Fault(
        "a document that is no longer in force is found",
        "knowledge_base/corpus.py",
        "    return starts and (passage.effective_until is None or on <= passage.effective_until)",
        "    return starts",
        ("tests/security/test_in_force.py",),
    ),
)
