"""Help desks: Zendesk tickets, Zendesk QA import, Zendesk Chat, Intercom, Freshdesk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.records import Speaker
from qa.readers.drafts import Draft, Said, channel_of, kept, rows, under, words
from qa.readers.markup import without_markup
from qa.readers.roles import role_of
from qa.readers.times import moment, number

# -- Zendesk ------------------------------------------------------------------------------------


def is_zendesk_ticket(value: object) -> bool:
    """`comments[].public` with an author."""
    ticket = under(value)
    comments = rows(ticket.get("comments")) or rows(under(ticket.get("ticket")).get("comments"))
    return any("public" in item and ("author_id" in item or "author" in item) for item in comments)


def read_zendesk_ticket(value: Mapping[str, Any]) -> list[Draft]:
    """Comments are turns, private ones notes. Staff: by the users' role, else not the requester."""
    ticket = under(value.get("ticket")) or value
    comments = rows(value.get("comments")) or rows(ticket.get("comments"))
    roles = {
        user.get("id"): _zendesk_role(user) for user in rows(value.get("users")) or rows(ticket.get("users"))
    }
    requester = ticket.get("requester_id") or under(ticket.get("requester")).get("id")
    said, staff = [], set()
    for item in comments:
        author = under(item.get("author"))
        id = item.get("author_id", author.get("id"))
        internal = item.get("public") is False
        role = roles.get(id) or _zendesk_role(author)
        if role is None and requester is not None:
            role = "customer" if id == requester and not internal else "agent"
        if role == "agent":
            staff.add(words(id))
        said.append(
            Said(
                without_markup(words(item.get("plain_body") or item.get("body") or item.get("html_body"))),
                words(id),
                role,
                at=moment(item.get("created_at")),
                visibility="internal" if internal else "public",
                id=words(item.get("id")) or None,
            )
        )
    channel = words(under(ticket.get("via")).get("channel") or under((comments[0]).get("via")).get("channel"))
    agent = words(ticket.get("assignee_id"))
    return [
        Draft(
            said,
            id=words(ticket.get("id") or value.get("id")),
            agent=agent or (staff.pop() if len(staff) == 1 else ""),
            client=words(ticket.get("brand_id")),
            channel=channel_of(channel, "email"),
            started_at=moment(ticket.get("created_at")),
            speaker_from="vendor" if roles or any("author" in item for item in comments) else "label",
            metadata=kept(
                vendor="zendesk", tags=_texts(ticket.get("tags")), disposition=words(ticket.get("status"))
            ),
        )
    ]


def _zendesk_role(user: Mapping[str, Any]) -> Speaker | None:
    return role_of(words(user.get("role")))


def is_zendesk_qa(value: object) -> bool:
    """`data[].comments[].authorIsNotClient`, with or without the envelope."""
    found = _qa_conversations(value)
    return any(
        "authorIsNotClient" in item for conversation in found for item in rows(conversation.get("comments"))
    )


def _qa_conversations(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, list):
        return rows(value)
    return rows(under(value).get("data")) or [under(value)]


def read_zendesk_qa(value: Any) -> list[Draft]:
    """The import contract of Zendesk QA, accepted as it stands."""
    drafts = []
    for conversation in _qa_conversations(value):
        said = [
            Said(
                without_markup(words(item.get("comment"))),
                words(item.get("authorEmail")),
                "agent" if item.get("authorIsNotClient") is True else "customer",
                at=moment(item.get("created")),
                visibility="internal" if item.get("public") is False else "public",
            )
            for item in rows(conversation.get("comments"))
        ]
        drafts.append(
            Draft(
                said,
                id=words(conversation.get("id")),
                agent=words(conversation.get("assigneeEmail")),
                channel=channel_of(conversation.get("channel")),
                started_at=moment(conversation.get("created")),
                metadata=kept(vendor="zendesk-qa", tags=_texts(conversation.get("tags"))),
            )
        )
    return drafts


def is_zendesk_chat(value: object) -> bool:
    """`history[].type` is `chat.msg`."""
    return any(words(item.get("type")).startswith("chat.") for item in rows(under(value).get("history")))


def read_zendesk_chat(value: Mapping[str, Any]) -> list[Draft]:
    """The speaker is known by name: the visitor's, or one of the agents'."""
    visitor = words(under(value.get("visitor")).get("name"))
    agents = {name for name in value.get("agent_names") or [] if isinstance(name, str)}
    said, events = [], []
    for item in sorted(rows(value["history"]), key=lambda item: number(item.get("index")) or 0.0):
        at, kind, who = moment(item.get("timestamp")), words(item.get("type")), words(item.get("name"))
        if kind != "chat.msg":
            events.append(kept(type=kind, at=at.isoformat() if at else None))
            continue
        role: Speaker | None = role_of(words(item.get("sender_type")))
        if who in agents:
            role = "agent"
        elif who and who == visitor:
            role = "customer"
        elif words(item.get("actor_id")).startswith("__"):
            role = "system"
        said.append(Said(words(item.get("msg")), who, role, at=at))
    return [
        Draft(
            said,
            id=words(value.get("id")),
            agent=next(iter(agents)) if len(agents) == 1 else "",
            channel="chat",
            started_at=moment(value.get("timestamp")),
            metadata=kept(vendor="zendesk-chat", tags=_texts(value.get("tags")), events=events),
        )
    ]


# -- Intercom -----------------------------------------------------------------------------------

_INTERCOM: Mapping[str, Speaker] = {
    "admin": "agent",
    "user": "customer",
    "lead": "customer",
    "contact": "customer",
    "bot": "bot",
    "team": "system",
}


def is_intercom(value: object) -> bool:
    """`conversation_parts`."""
    return isinstance(value, dict) and "conversation_parts" in value


def read_intercom(value: Mapping[str, Any]) -> list[Draft]:
    """The source is the first turn, then the parts with a body; notes are internal, the rest are events."""
    parts = value["conversation_parts"]
    parts = rows(parts) or rows(under(parts).get("conversation_parts"))
    source = under(value.get("source"))
    said = [_intercom_turn(source, moment(value.get("created_at")))] if source.get("body") else []
    events = []
    for part in parts:
        at, kind = moment(part.get("created_at")), words(part.get("part_type"))
        if part.get("body"):
            said.append(_intercom_turn(part, at))
        if "comment" not in kind and "note" not in kind:
            events.append(kept(type=kind, at=at.isoformat() if at else None))
    agents = {one.who for one in said if one.speaker == "agent"}
    delivered = words(source.get("type"))
    return [
        Draft(
            said,
            id=words(value.get("id")),
            agent=words(value.get("admin_assignee_id")) or (agents.pop() if len(agents) == 1 else ""),
            channel=channel_of(delivered, "chat"),
            started_at=moment(value.get("created_at")),
            metadata=kept(vendor="intercom", events=events, disposition=words(value.get("state"))),
        )
    ]


def _intercom_turn(part: Mapping[str, Any], at: Any) -> Said:
    author = under(part.get("author"))
    return Said(
        without_markup(words(part.get("body"))),
        words(author.get("id")),
        _INTERCOM.get(words(author.get("type")), "unknown"),
        at=at,
        visibility="internal" if "note" in words(part.get("part_type")) else "public",
        id=words(part.get("id")) or None,
    )


# -- Freshdesk ----------------------------------------------------------------------------------


def is_freshdesk(value: object) -> bool:
    """A list of objects with `incoming` and `private`, or a ticket with such conversations."""
    found = rows(value) if isinstance(value, list) else rows(under(value).get("conversations"))
    return bool(found) and {"incoming", "private"} <= set(found[0])


def read_freshdesk(value: Any) -> list[Draft]:
    """The description, then the conversations; `incoming` is the customer, `private` a note."""
    ticket = under(value)
    said = []
    description = words(ticket.get("description_text")) or without_markup(words(ticket.get("description")))
    if description:
        said.append(
            Said(
                description,
                words(ticket.get("requester_id")),
                "customer",
                at=moment(ticket.get("created_at")),
            )
        )
    items = rows(value) if isinstance(value, list) else rows(ticket.get("conversations"))
    said += [
        Said(
            words(item.get("body_text")) or without_markup(words(item.get("body"))),
            words(item.get("user_id")),
            "customer" if item.get("incoming") is True else "agent",
            at=moment(item.get("created_at")),
            visibility="internal" if item.get("private") is True else "public",
            id=words(item.get("id")) or None,
        )
        for item in items
    ]
    id = words(ticket.get("id")) or next(
        (words(item["ticket_id"]) for item in items if item.get("ticket_id")), ""
    )
    agent = words(ticket.get("responder_id"))
    return [
        Draft(
            said,
            id,
            agent=agent,
            channel="email",
            started_at=moment(ticket.get("created_at")),
            metadata={"vendor": "freshdesk"},
        )
    ]


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
