"""Delete one message of a chat, or all of them."""

from footlight import clock, identities
from footlight.chat import messages
from footlight.chat.room import ChatCleared, MessageDeleted
from footlight.errors import NotFound
from footlight.identities import Guest, Person
from footlight.moderation import audit_log
from footlight.moderation.rights import Authority
from footlight.tables import users
from footlight.tables.transactions import commit, update
from footlight.tables.users import Stream


def delete_message(authority: Authority, message_id: str, reason: str | None) -> None:
    """Delete a message for everyone, including viewers who join later. Idempotent."""
    host_id = authority.host_id
    message = messages.find_message(host_id, message_id)
    if message is None:
        raise NotFound
    sender_id = message.viewer_id
    authority.check_may_moderate(sender_id)
    if not message.deleted:
        is_guest = identities.is_guest(sender_id)
        sender = Guest(sender_id) if is_guest else Person(sender_id, message.name)
        commit(
            messages.deletion(host_id, message),  # already deleted: nothing is logged
            audit_log.record(
                host_id, authority.me, "deleted", sender, text=message.text, reason=reason
            ),
        )
    authority.notify_room(MessageDeleted(id=message_id))


def clear_chat(authority: Authority) -> None:
    """Delete all messages up to now, for everyone. Idempotent."""
    now_ms, cleared_ms = clock.now_ms(), Stream.chat_cleared_ms
    commit(
        update(
            users.stream(authority.host_id),
            cleared_ms.set(now_ms),
            # Cleared by another moderator in the meantime: nothing is logged.
            condition=cleared_ms.does_not_exist() | (cleared_ms < now_ms),
        ),
        audit_log.record(authority.host_id, authority.me, "cleared"),
    )
    authority.notify_room(ChatCleared(at=now_ms))
