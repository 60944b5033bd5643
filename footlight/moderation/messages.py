"""What a moderator does about what was written: take away a message, or all of them."""

from contextlib import suppress

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import clock, identities
from footlight.chat import messages
from footlight.chat.room import Cleared, Deleted
from footlight.errors import NotFound
from footlight.identities import Guest, Person
from footlight.moderation import audit_log
from footlight.moderation.rights import Authority
from footlight.tables import legacy, users


def delete(authority: Authority, message_id: str, reason: str | None) -> None:
    """Takes a message away from everybody, now and later; gone already is as good.

    Raises NotFound, Forbidden, Unavailable.
    """
    host_id = authority.host_id
    message = messages.find(host_id, message_id)
    if message is None:
        raise NotFound
    authority.over_words_of(message.viewer_id)
    if not message.deleted:
        who = message.viewer_id
        whom = Guest(who) if identities.is_guest(who) else Person(who, message.name)
        entry = audit_log.entry(
            host_id, authority.me, "deleted", whom, text=message.text, reason=reason
        )
        messages.delete(message, lambda transaction: transaction.save(entry))
    authority.tell(Deleted(id=message_id))


def clear(authority: Authority) -> None:
    """Takes away all that was written until now; gone already is as good. Raises Unavailable."""
    now_ms = clock.now_ms()
    entry = audit_log.entry(authority.host_id, authority.me, "cleared")
    stream = users.Stream(*users.stream_key(authority.host_id))

    def write(transaction: TransactWrite) -> None:
        cleared_ms = users.Stream.chat_cleared_ms
        transaction.update(
            stream,
            actions=[cleared_ms.set(now_ms)],
            condition=cleared_ms.does_not_exist() | (cleared_ms < now_ms),
        )
        transaction.save(entry)

    with suppress(TransactWriteError):  # somebody else did, later than this began
        legacy.commit(write)
    authority.tell(Cleared(at=now_ms))
