"""The admin page: clients, documents, moments, scorecards, people, keys, audit and health.

The page is a static shell. A section arrives per request as HTML that the templates have escaped, for the
client of the caller's own web session; what is done goes through `act`, which looks the caller up again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from models.errors import InputError
from web import admin, admin_people, admin_settings, admin_standards, render
from web.admin import Office, check_admin, office_of
from web.admin_views import Seen, frame_html, section_html, section_of
from web.api import Readiness
from web.look import script, server_function
from web.problems import Refused
from web.reader import Answer, Reader, answered, id_in, language_of, number_in, words_in
from web.sign_in import SERVER, principal_of
from web.texts import texts
from web.translation import translated

if TYPE_CHECKING:
    from web.workspace import Workspace

Said = Mapping[str, Any]
_LONGEST_TEXT = 200_000


def admin_page(workspace: Workspace) -> Any:
    """The Gradio page, to be mounted at `/admin`; a `gradio.Blocks`."""
    import gradio as gr

    office = office_of(workspace)
    readiness = Readiness(workspace, office.keys)

    def view(said: Any, request: Any) -> Answer:
        return for_admin(office, said, request, lambda reader, said: viewed(office, readiness, reader, said))

    def act(said: Any, request: Any) -> Answer:
        return for_admin(office, said, request, lambda reader, said: acted(office, reader, said))

    with gr.Blocks(title="Administration · Unscripted", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            render.shell("admin"),
            js_on_load=script("dom", "admin"),
            apply_default_css=False,
            server_functions=[server_function(view), server_function(act)],
            elem_id="admin-page",
        )
    return page


def for_admin(office: Office, said: Any, request: Any, function: Callable[[Reader, Said], Answer]) -> Answer:
    """What a function answers an administrator; anybody else is told that there is nothing here for them."""
    principal = principal_of(request)
    language = language_of(request, principal)
    if principal is None or principal.role != "admin" or not (principal.client or principal.owner):
        return {"problem": texts(language, "admin")["session_ended"], "kind": "session"}
    try:
        return answered(function, Reader(office.workspace, principal, language), said)
    except Refused:
        return {"problem": texts(language, "admin")["not_allowed"], "kind": "refused"}


def viewed(office: Office, readiness: Readiness, reader: Reader, said: Said) -> Answer:
    """One section with its frame."""
    seen = Seen(office, reader, readiness, said)
    name = section_of(said.get("section"), reader)
    words = reader.words("admin")
    return {
        **frame_html(seen, name),
        "main": section_html(seen, name),
        "section": name,
        "title": words[f"nav_{'documents' if name == 'document' else name}"],
        "language": reader.language,
        "words": {
            key: words[key] for key in ("copy", "copied", "shown_once", "not_saved", "sending", "once_more")
        },
    }


def acted(office: Office, reader: Reader, said: Said) -> Answer:
    """Do one thing.

    Returns:
        `say`: what was done, in words; `once`: what is shown now and never again; `lines`: results to read;
        `stay`: True when the section shown has not changed.
    """
    do = _ACTIONS.get(str(said.get("do")))
    if do is None:
        raise InputError("admin: there is no such action")
    check_admin(reader.principal)
    return do(office, reader, said)


# -- actions ---------------------------------------------------------------------------------


def _told(reader: Reader, key: str, **slots: object) -> Answer:
    return {"say": reader.words("admin")[key].format(**slots)}


def _text(said: Said, name: str) -> str:
    return words_in(said, name, most=_LONGEST_TEXT)


def _ticked(said: Said, name: str) -> bool:
    return said.get(name) in (True, "on")


def _make_client(office: Office, reader: Reader, said: Said) -> Answer:
    made = admin.make_client(
        office,
        reader.principal,
        words_in(said, "client"),
        title=words_in(said, "title"),
        colour=words_in(said, "colour"),
        language=words_in(said, "language") or "en",
    )
    return _told(reader, "said_client_made", client=made)


def _change_client(office: Office, reader: Reader, said: Said) -> Answer:
    admin.change_client(
        office,
        reader.principal,
        title=words_in(said, "title"),
        colour=words_in(said, "colour"),
        language=words_in(said, "language"),
        four_eyes=_ticked(said, "four_eyes"),
    )
    return _told(reader, "said_saved")


def _check_settings(office: Office, reader: Reader, said: Said) -> Answer:
    _, warnings, missing = admin_settings.check_settings(office, reader.principal, _text(said, "text"))
    words = reader.words("admin")
    lines = [{"text": one.message, "state": "warning"} for one in warnings]
    lines += [{"text": words["no_such_document"].format(id=id), "state": "warning"} for id in missing]
    told = _told(reader, "said_settings_lints" if lines else "said_settings_fine", count=len(lines))
    return {**told, "lines": lines, "stay": True}


def _save_settings(office: Office, reader: Reader, said: Said) -> Answer:
    admin_settings.save_settings(office, reader.principal, _text(said, "text"))
    return _told(reader, "said_saved")


def _set_retention(office: Office, reader: Reader, said: Said) -> Answer:
    days = {
        name.removeprefix("days_"): number_in(said, name, low=0, high=36_500, otherwise=-1)
        for name in said
        if name.startswith("days_")
    }
    wanted = {name: None if count < 0 else count for name, count in days.items()}
    admin_settings.set_retention(office, reader.principal, wanted)
    return _told(reader, "said_saved")


def _publish_document(office: Office, reader: Reader, said: Said) -> Answer:
    proposal = admin.publish_proposal(office, reader.principal, id_in(said, "id"))
    return _told(reader, "said_published", id=proposal.document.id)


def _reject_document(office: Office, reader: Reader, said: Said) -> Answer:
    decided = admin.reject_proposal(office, reader.principal, id_in(said, "id"), words_in(said, "reason"))
    return _told(reader, "said_rejected", id=decided.document.id)


def _withdraw_document(office: Office, reader: Reader, said: Said) -> Answer:
    kept = admin.withdraw_document(office, reader.principal, id_in(said, "id"))
    return _told(reader, "said_withdrawn", id=kept.id)


def _check_card(office: Office, reader: Reader, said: Said) -> Answer:
    id, lints = admin_standards.check_scorecard(office, reader.principal, _text(said, "text"))
    lines = []
    for one in lints:
        where = f"{one.line}: {one.ref or id}" if one.line else one.ref or id
        lines.append({"text": f"{where}: {translated(one.message, reader.language)}", "state": one.level})
    told = _told(reader, "said_lints" if lints else "said_no_lints", id=id, count=len(lints))
    return {**told, "lines": lines, "stay": True}


def _try_card(office: Office, reader: Reader, said: Said) -> Answer:
    run = admin_standards.try_scorecard(office, reader.principal, _text(said, "text"))
    words = reader.words("admin")
    lines = [
        {
            "text": words["dry_line"].format(
                criterion=one.criterion,
                met=one.met,
                not_met=one.not_met,
                other=one.not_applicable + one.unscored,
            ),
            "state": "warning" if one.note else "",
        }
        for one in run.answers
    ]
    told = _told(reader, "said_tried", contacts=run.contacts, passed=run.passed, failed=run.auto_failed)
    return {**told, "lines": lines, "stay": True}


def _publish_card(office: Office, reader: Reader, said: Said) -> Answer:
    made = admin_standards.publish_scorecard(office, reader.principal, _text(said, "text"))
    key = "said_unchanged" if made.change == "unchanged" else "said_published"
    return _told(reader, key, id=made.card.id)


def _check_moments(_: Office, reader: Reader, said: Said) -> Answer:
    found = admin_standards.check_moments(reader.principal, _text(said, "text"))
    return {**_told(reader, "said_moments_fine", count=len(found)), "stay": True}


def _try_moments(office: Office, reader: Reader, said: Said) -> Answer:
    called = admin_standards.try_moments(
        office, reader.principal, _text(said, "text"), words_in(said, "line")
    )
    words = reader.words("admin")
    lines = [
        {
            "text": words["moment_line"].format(
                speaker=words[f"speaker_{one.speaker}"],
                words=one.words,
                moment=one.moment.title or one.moment.id,
                shows=one.moment.show or one.moment.search or one.moment.alert,
            ),
            "state": "ok",
        }
        for one in called
    ]
    return {
        **_told(reader, "said_called" if called else "said_silent", count=len(called)),
        "lines": lines,
        "stay": True,
    }


def _save_moments(office: Office, reader: Reader, said: Said) -> Answer:
    admin_standards.save_moments(office, reader.principal, _text(said, "text"))
    return _told(reader, "said_saved")


def _add_person(office: Office, reader: Reader, said: Said) -> Answer:
    person, token = admin_people.add_person(
        office,
        reader.principal,
        words_in(said, "login"),
        words_in(said, "name"),
        owner=_ticked(said, "owner"),
    )
    if client := words_in(said, "client"):
        admin_people.grant(office, reader.principal, person.id, client, words_in(said, "role"))
    return {**_told(reader, "said_person_made", name=person.name), "once": _link(reader, token, person.name)}


def _reset_person(office: Office, reader: Reader, said: Said) -> Answer:
    id = id_in(said, "id")
    token = admin_people.reset_person(office, reader.principal, id)
    person = office.people.get(id)
    return {**_told(reader, "said_reset", name=person.name), "once": _link(reader, token, person.name)}


def _link(reader: Reader, token: str, name: str) -> dict[str, str]:
    words = reader.words("admin")
    return {
        "title": words["link_for"].format(name=name),
        "words": words["link_why"],
        "path": f"/welcome?token={token}",
    }


def _grant(office: Office, reader: Reader, said: Said) -> Answer:
    admin_people.grant(
        office, reader.principal, id_in(said, "id"), words_in(said, "client"), words_in(said, "role")
    )
    return _told(reader, "said_saved")


def _revoke_grant(office: Office, reader: Reader, said: Said) -> Answer:
    admin_people.revoke_grant(
        office, reader.principal, id_in(said, "id"), words_in(said, "client"), words_in(said, "role")
    )
    return _told(reader, "said_taken_back")


def _put_out(office: Office, reader: Reader, said: Said) -> Answer:
    admin_people.set_active(office, reader.principal, id_in(said, "id"), active=False)
    return _told(reader, "said_put_out")


def _let_in(office: Office, reader: Reader, said: Said) -> Answer:
    admin_people.set_active(office, reader.principal, id_in(said, "id"), active=True)
    return _told(reader, "said_saved")


def _issue_key(office: Office, reader: Reader, said: Said) -> Answer:
    days = number_in(said, "days", low=1, high=admin_people.MOST_DAYS, otherwise=0) or None
    name = words_in(said, "name")
    key = admin_people.issue_key(office, reader.principal, name, words_in(said, "role"), days=days)
    words = reader.words("admin")
    once = {"title": words["key_for"].format(name=name), "words": words["key_why"], "value": key}
    return {**_told(reader, "said_key_made"), "once": once}


def _revoke_key(office: Office, reader: Reader, said: Said) -> Answer:
    admin_people.revoke_key(office, reader.principal, id_in(said, "prefix"))
    return _told(reader, "said_taken_back")


def _run_retention(office: Office, reader: Reader, _: Said) -> Answer:
    done = admin.run_retention(office, reader.principal)
    told = _told(reader, "said_retention", count=sum(done.gone.values()))
    if done.held:
        told["say"] += " " + reader.words("admin")["said_held"].format(held=done.held)
    return told


def _verify_audit(office: Office, reader: Reader, _: Said) -> Answer:
    broken = office.audit.verify(reader.client or SERVER)
    if not broken:
        return {**_told(reader, "said_chain_holds"), "stay": True}
    words = reader.words("admin")["chain_broken"]
    return {"problem": words.format(places="; ".join(f"{one.number}: {one.what}" for one in broken[:5]))}


_ACTIONS: Mapping[str, Callable[[Office, Reader, Said], Answer]] = {
    "client.make": _make_client,
    "client.change": _change_client,
    "settings.check": _check_settings,
    "settings.save": _save_settings,
    "document.publish": _publish_document,
    "document.reject": _reject_document,
    "document.withdraw": _withdraw_document,
    "scorecard.check": _check_card,
    "scorecard.try": _try_card,
    "scorecard.publish": _publish_card,
    "moments.check": _check_moments,
    "moments.try": _try_moments,
    "moments.save": _save_moments,
    "person.add": _add_person,
    "person.reset": _reset_person,
    "person.grant": _grant,
    "person.revoke": _revoke_grant,
    "person.put_out": _put_out,
    "person.let_in": _let_in,
    "key.issue": _issue_key,
    "key.revoke": _revoke_key,
    "audit.verify": _verify_audit,
    "retention.set": _set_retention,
    "retention.run": _run_retention,
}
