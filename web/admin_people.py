"""What an administrator does about people, what they may do, and access keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from models.errors import InputError, NotFoundError
from storage.access import AccessKey, KeyRole
from storage.names import client_key
from storage.people_rows import ROLES
from web.admin import check_admin

if TYPE_CHECKING:
    from storage.access import Principal
    from storage.people_rows import Person
    from web.admin import Office

MOST_DAYS = 3650


def people_seen_by(office: Office, who: Principal) -> list[Person]:
    """Everybody for an owner; for the administrator of a client, those who may act for it."""
    everybody = office.people.list()
    if who.owner:
        return everybody
    key = client_key(who.client)
    return [one for one in everybody if any(client_key(grant.client) == key for grant in one.grants)]


def add_person(
    office: Office, who: Principal, login: str, name: str, *, owner: bool = False, language: str = ""
) -> tuple[Person, str]:
    """Make a person, with the token of a one-time link by which they choose a password.

    Raises:
        InputError: An unusable login or name.
        ConflictError: The login or name is taken.
    """
    check_admin(who, owner=True)
    person = office.people.add(login, name, owner=owner, language=language)
    office.note(who, "person.add", person.id, after="owner" if owner else "")
    return person, office.people.link(person.id)


def grant(office: Office, who: Principal, person: str, client: str, role: str) -> None:
    """Let a person act in a role for a client.

    Raises:
        InputError: An unknown role.
        NotFoundError: No such person or client.
    """
    check_admin(who, owner=True)
    if role not in ROLES:
        raise InputError(f"grant: the role must be one of {', '.join(ROLES)}")
    known = {client_key(one): one for one in office.workspace.clients()}
    if not client or client_key(client) not in known:
        raise NotFoundError("grant: no such client")
    client = known[client_key(client)]
    if office.people.grant(person, client, role, by=who.name):
        office.note(who, "grant.give", person, client=client, after=role)


def revoke_grant(office: Office, who: Principal, person: str, client: str, role: str) -> None:
    """Take a grant back; web sessions that rest on it end at once. A client's own administrator may, too.

    Raises:
        NotFoundError: No such grant.
    """
    check_admin(who)
    if not client or (not who.owner and client_key(client) != client_key(who.client)):
        raise NotFoundError("grant: no such grant; list the people to see what they may do")
    office.people.revoke(person, client, role if role in ROLES else None)
    office.note(who, "grant.revoke", person, client=client, before=role)


def reset_person(office: Office, who: Principal, person: str) -> str:
    """Take a password away and end the person's web sessions; the token of a link for a new one.

    Raises:
        NotFoundError: No such person.
    """
    check_admin(who, owner=True)
    token = office.people.reset(person)
    office.note(who, "person.reset", person)
    return token


def set_active(office: Office, who: Principal, person: str, *, active: bool) -> None:
    """Put a person out, or let them in again.

    Raises:
        NotFoundError: No such person.
        ConflictError: They are the last owner.
    """
    check_admin(who, owner=True)
    office.people.set_active(person, active=active)
    office.note(who, "person.let_in" if active else "person.put_out", person)


def keys_of(office: Office, who: Principal) -> list[AccessKey]:
    """The keys of the own client, newest first."""
    check_admin(who, client=True)
    key = client_key(who.client)
    return [one for one in reversed(office.keys.list()) if client_key(one.principal.client) == key]


def issue_key(office: Office, who: Principal, name: str, role: str, *, days: int | None) -> str:
    """Make a key for the own client. It is returned here and can never be read again.

    Raises:
        InputError: No name, an unknown role, or a number of days out of range.
    """
    check_admin(who, client=True)
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InputError(f"access key: it must last 1 to {MOST_DAYS} days")
    expires = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    key = office.keys.issue(name, cast("KeyRole", role), who.client, expires=expires)
    office.note(who, "key.issue", key.split("_")[1], after=role)
    return key


def revoke_key(office: Office, who: Principal, prefix: str) -> None:
    """Close the door to a key of the own client, and to every web session that came in with it.

    Raises:
        NotFoundError: The client has no such key.
    """
    if prefix not in {one.prefix for one in keys_of(office, who)}:
        raise NotFoundError("access key: no such key; list the keys to see their prefixes")
    office.keys.revoke(prefix)
    office.note(who, "key.revoke", prefix)
