"""How long something of a deleted account is kept.

A block keeps a former user and the hash of the email address beyond that end. From it on, the
blocks are read each day. When none is left, both are deleted.
"""

from datetime import datetime, timedelta
from typing import Final

from footlight import clock
from footlight.tables import relations, users
from footlight.tables.items import Ref, get, listed, ref_of
from footlight.tables.transactions import commit, delete, update
from footlight.tables.users import FormerEmail, FormerUser

RESERVED: Final = timedelta(days=90)
"""How long only the same person can choose the username, and so how long they are recognized."""


BLOCKS_READ_EVERY: Final = timedelta(days=1)
"""How often the blocks of a former user are read whom nothing else keeps."""

MAX_READ: Final = 20
"""Former users whose blocks one run reads."""


def recognized_until(
    deleted_at: datetime, *, is_suspended: bool, suspended_until: datetime | None
) -> datetime | None:
    """Return until when a person is recognized who returns without a block, or None for always.

    A suspension without an end would otherwise be escaped.
    """
    if is_suspended and suspended_until is None:
        return None
    reserved_until = deleted_at + RESERVED
    return max(reserved_until, suspended_until) if suspended_until else reserved_until


def forget_unblocked() -> None:
    """Delete the former users whom only a block kept, and whom no channel blocks now.

    Raises:
        Unavailable: the table failed. The next run continues.
    """
    due = listed(users.LISTED_BLOCKED, before=clock.iso(clock.now()))
    for entry in due[:MAX_READ]:
        _forget_unless_blocked(users.former_user(f"SUBJECT#{entry.owner_id}"))


def _forget_unless_blocked(former_ref: Ref[FormerUser]) -> None:
    """Delete a former user, or read the blocks again later. No-op if the person has returned."""
    former = get(former_ref, consistent=True)
    if former is None or former.list_sk is None:
        return
    is_unchanged = FormerUser.list_sk == former.list_sk
    if listed(relations.blockers_list(former.user_id)):
        later = users.by_next_read(former, clock.now() + BLOCKS_READ_EVERY)
        commit(update(former_ref, FormerUser.list_sk.set(later.list_sk), condition=is_unchanged))
        return
    email = _email_of(former)
    is_same = FormerEmail.subject_key == former_ref.pk
    commit(
        delete(former_ref, condition=is_unchanged),
        *([delete(ref_of(email), condition=is_same)] if email else []),
    )


def _email_of(former: FormerUser) -> FormerEmail | None:
    """Return the item of the email address that leads to this former user, if there is one."""
    if former.email_hash is None:
        return None
    email = get(users.former_email(former.email_hash), consistent=True)
    return email if email and email.subject_key == former.pk else None
