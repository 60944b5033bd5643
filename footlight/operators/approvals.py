"""Approve people who want to stream, and withdraw approvals.

They only matter if `streaming` is `approved`, but can be given before. As with a suspension, the
item is what routes read, and LiveKit is changed in the background.
"""

from footlight import clock
from footlight.aws import background
from footlight.operators import log
from footlight.operators.role import Operator, count_change
from footlight.operators.suspensions import find_user
from footlight.tables.streamers import streamer_ref
from footlight.tables.transactions import commit, delete_existing, put_new


def approve(by: Operator, username: str) -> bool:
    """Let a user stream. Return False if the user is approved already.

    Raises:
        NotFound: no user has this name.
    """
    count_change(by)
    user = find_user(username)
    approval = streamer_ref(user.id).new(at=clock.now())
    is_new = commit(put_new(approval), log.record(by, "approved", user))
    # Even if nothing is new: the last background task may have failed.
    background.settle_account(user.id)
    return is_new


def withdraw(by: Operator, username: str) -> bool:
    """End a user's broadcast and turn off the stream key. Return False if there is no approval.

    Raises:
        NotFound: no user has this name.
    """
    count_change(by)
    user = find_user(username)
    was_approved = commit(delete_existing(streamer_ref(user.id)), log.record(by, "withdrawn", user))
    background.settle_account(user.id)
    return was_approved
