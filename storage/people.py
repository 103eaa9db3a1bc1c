"""People who sign in with a password: who they are, what they may do for which client.

Kept beside the clients' files and never inside one of them. A password is kept as its Argon2id hash
(see `storage.passwords`); a one-time link as its SHA-256. People hold grants (a client and a role, as
many as needed); an owner may also make clients, people and grants.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, InputError, NotFoundError
from storage.access import KeyRole, Role
from storage.names import check_client_name, client_key
from storage.passwords import as_typed, check_password, hash_password, is_outdated, matches, spelled
from storage.people_rows import (
    LONGEST_LOGIN,
    ROLES,
    UNKNOWN_LINK,
    Grant,
    Person,
    another_owner,
    insert_person,
    linked_person,
    moment_text,
    person_of,
    prepare,
    token_digest,
)
from storage.shared_file import SharedFile

if TYPE_CHECKING:
    import apsw

LINK_HOURS = 24


class People:
    """The people of a data folder. Safe to share between threads; several processes may use the folder."""

    def __init__(self, folder: str | Path) -> None:
        self._file = SharedFile(Path(folder) / "people.sqlite", prepare=prepare, read=_read)

    # -- who there is -----------------------------------------------------------------------

    def list(self) -> list[Person]:
        """Everybody, oldest first, put out or not."""
        return [*self._file.known().values()]

    def get(self, id: str) -> Person:
        """The person of an id.

        Raises:
            NotFoundError: There is none.
        """
        try:
            return self._file.known()[id]
        except KeyError:
            raise NotFoundError("person: no such person; list them to see who there is") from None

    def find(self, login: str) -> Person:
        """The person of a login, in any spelling of it.

        Raises:
            NotFoundError: There is none.
        """
        key = spelled(login)
        for person in self._file.known().values():
            if spelled(person.login) == key:
                return person
        raise NotFoundError("person: no such login; list the people to see who there is")

    def has_owner(self) -> bool:
        """Whether somebody can make clients and people."""
        return any(one.owner and one.active and one.has_password for one in self._file.known().values())

    def stands(self, id: str, stamp: int, client: str, role: KeyRole) -> bool:
        """Whether a web session of this person would still be let in. With no client: as themselves."""
        person = self._file.known().get(id)
        if person is None or not person.active or person.stamp != stamp:
            return False
        return person.may(client, role) if client else True

    # -- making and changing ----------------------------------------------------------------

    def add(self, login: str, name: str, *, language: str = "", owner: bool = False) -> Person:
        """Make a person without a password; `link` lets them set one.

        Raises:
            InputError: A login or name is empty, too long, or holds what cannot be shown.
            ConflictError: The login or the name is taken.
        """
        with self._file.writing() as connection:
            return self.get(insert_person(connection, login, name, language=language, owner=owner))

    def grant(self, id: str, client: str, role: Role, *, by: str) -> bool:
        """Let a person act in a role for a client. False when they may already.

        Raises:
            NotFoundError: No such person.
            InputError: An unknown role or an unusable client name.
        """
        if role not in ROLES:
            raise InputError(f"grant: the role must be one of {', '.join(ROLES)}")
        self.get(id)
        row = (id, client_key(client), check_client_name(client), role, by, moment_text(datetime.now(UTC)))
        with self._file.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO grants VALUES (?, ?, ?, ?, ?, ?)", row)
            return bool(connection.changes())

    def revoke(self, id: str, client: str, role: Role | None = None) -> None:
        """Take a grant back; web sessions that rest on it end at once.

        Args:
            id: The person.
            client: Of the grant.
            role: None: every role at that client.

        Raises:
            NotFoundError: There is no such grant.
        """
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM grants WHERE person = ? AND client_key = ? AND (? IS NULL OR role = ?)",
                (id, client_key(client), role, role),
            )
            if not connection.changes():
                raise NotFoundError("grant: no such grant; list the people to see what they may do")

    def set_active(self, id: str, *, active: bool) -> Person:
        """Put a person out, or let them in again; their web sessions end.

        Raises:
            NotFoundError: No such person.
            ConflictError: They are the last owner.
        """
        person = self.get(id)
        with self._file.writing() as connection:
            if not active and person.owner and not another_owner(connection, id):
                raise ConflictError("person: is the last owner; make another one first")
            connection.execute(
                "UPDATE people SET active = ?, stamp = stamp + 1 WHERE id = ?", (int(active), id)
            )
        return self.get(id)

    def set_owner(self, id: str, *, owner: bool) -> Person:
        """Give or take the right to make clients and people.

        Raises:
            NotFoundError: No such person.
            ConflictError: They are the last owner.
        """
        self.get(id)
        with self._file.writing() as connection:
            if not owner and not another_owner(connection, id):
                raise ConflictError("person: is the last owner; make another one first")
            connection.execute(
                "UPDATE people SET owner = ?, stamp = stamp + 1 WHERE id = ?", (int(owner), id)
            )
        return self.get(id)

    def set_language(self, id: str, language: str) -> None:
        """The language of the pages for this person; empty: the browser's.

        Raises:
            NotFoundError: No such person.
        """
        self.get(id)
        with self._file.writing() as connection:
            connection.execute("UPDATE people SET language = ? WHERE id = ?", (language, id))

    # -- passwords --------------------------------------------------------------------------

    def verify(self, login: str, password: str) -> Person | None:
        """The person, if login and password are theirs and they are active.

        Costs one hash whoever is named, so that time does not tell a known login from another. Bound
        how many run at once: each takes some 0.1 s and 19 MiB.
        """
        with self._file.held() as connection:
            found = connection.execute(
                "SELECT id, password FROM people WHERE login_key = ? AND active = 1 AND password IS NOT NULL",
                (spelled(login[:LONGEST_LOGIN]),),
            ).fetchone()
        id, kept = found or ("", None)
        if not matches(kept, password) or kept is None:
            return None
        if is_outdated(kept):
            with self._file.writing() as connection:
                connection.execute(
                    "UPDATE people SET password = ? WHERE id = ? AND password = ?",
                    (hash_password(as_typed(password)), id, kept),
                )
        return self._file.known().get(id)

    def link(self, id: str | None) -> str:
        """A token that sets a password once, within a day. Earlier ones of the same person are void.

        Args:
            id: The person; None: whoever becomes the first owner.

        Raises:
            NotFoundError: No such person.
            ConflictError: The first owner is wanted and there is one.
        """
        if id is not None:
            self.get(id)
        elif self.has_owner():
            raise ConflictError("link: this data folder has an owner, who makes the next people")
        token = secrets.token_urlsafe(32)
        until = datetime.now(UTC) + timedelta(hours=LINK_HOURS)
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM links WHERE person IS ? OR until < ?", (id, moment_text(datetime.now(UTC)))
            )
            connection.execute(
                "INSERT INTO links VALUES (?, ?, ?)", (token_digest(token), id, moment_text(until))
            )
        return token

    def linked(self, token: str) -> Person | None:
        """Whom a link is for; None: for the first owner.

        Raises:
            NotFoundError: The link is used up, too old or was never made.
        """
        with self._file.held() as connection:
            id = linked_person(connection, token)
        if id is None and self.has_owner():
            raise NotFoundError(UNKNOWN_LINK)
        return None if id is None else self.get(id)

    def redeem(self, token: str, password: str, *, login: str = "", name: str = "") -> Person:
        """Set a password by a one-time link; older web sessions of the person end.

        Args:
            token: Of the link.
            password: 12 to 256 characters.
            login: Of the first owner; not read for anybody else.
            name: Likewise.

        Raises:
            NotFoundError: The link is used up, too old or was never made.
            InputError: The password is too easy, or a login or name cannot be used.
            ConflictError: The login or the name is taken.
        """
        person = self.linked(token)
        kept = hash_password(
            check_password(
                password, login=person.login if person else login, name=person.name if person else name
            )
        )
        with self._file.writing() as connection:
            id = linked_person(connection, token)  # of two at once, the second finds nothing
            if id is None:
                if another_owner(connection, ""):
                    raise NotFoundError(UNKNOWN_LINK)
                id = insert_person(connection, login, name, language="", owner=True)
            connection.execute("UPDATE people SET password = ?, stamp = stamp + 1 WHERE id = ?", (kept, id))
            connection.execute("DELETE FROM links WHERE digest = ? OR person IS ?", (token_digest(token), id))
        return self.get(id)

    def reset(self, id: str) -> str:
        """Take a person's password away, end their web sessions, and give a link for a new one.

        Raises:
            NotFoundError: No such person.
        """
        self.get(id)
        with self._file.writing() as connection:
            connection.execute("UPDATE people SET password = NULL, stamp = stamp + 1 WHERE id = ?", (id,))
        return self.link(id)

    def remove(self, id: str) -> None:
        """Erase a person, with grants, links and web sessions.

        Raises:
            NotFoundError: No such person.
            ConflictError: They are the last owner.
        """
        person = self.get(id)
        with self._file.writing() as connection:
            if person.owner and not another_owner(connection, id):
                raise ConflictError("person: is the last owner; make another one first")
            for table in ("grants", "links", "web_sessions"):
                connection.execute(f"DELETE FROM {table} WHERE person = ?", (id,))  # noqa: S608 - our words
            connection.execute("DELETE FROM people WHERE id = ?", (id,))

    def close(self) -> None:
        """Close the file. It opens again when it is used."""
        self._file.close()


def _read(connection: apsw.Connection) -> dict[str, Person]:
    """Everybody by id: this is asked with every request."""
    grants: dict[str, list[Grant]] = {}
    for id, client, role, by, at in connection.execute(
        "SELECT person, client, role, granted_by, granted_at FROM grants ORDER BY client, role"
    ):
        grants.setdefault(id, []).append(Grant(client, role, by, datetime.fromisoformat(at)))
    rows: Sequence[Any] = connection.execute(
        "SELECT id, login, name, language, owner, active, password IS NOT NULL, stamp, made_at "
        "FROM people ORDER BY rowid"
    ).fetchall()
    return {row[0]: person_of(row, grants.get(row[0], ())) for row in rows}
