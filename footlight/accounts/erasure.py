"""What is left of a deleted account, erased step by step in the background.

Each step is idempotent, and a step that is done is recorded. If LiveKit, the table, or the identity
provider fails, or the process dies, a later run continues: the reconciler starts one each minute.
A run ends after `RUN_SECONDS`, and the next one continues, so a channel with 100,000 followers
takes some minutes.

Requests of the person that were in flight may still write something. So all steps are repeated
in a second pass, which begins when the last of these requests has ended.

Blocks and timeouts of the person by others stay, and so does a suspension. The person is recognized
by the account at the identity provider, and in the stack's own pool by the email address.

No function may change or delete an entry of a moderation log, so entries stay until they expire.
Without the account, no one can read the log of its channel.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from footlight import clock, identities, settings
from footlight.accounts.retention import recognized_until
from footlight.aws import invocations, metrics, user_pool
from footlight.aws.logs import log
from footlight.chat import room
from footlight.chat.room import ViewerPurged
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress.cleanup import erase_ingress
from footlight.live.current import state_at
from footlight.livekit import server
from footlight.people import emails
from footlight.tables import chat, deletions, leases, live, relations, users
from footlight.tables.attributes import Changes
from footlight.tables.deletions import Deletion, DeletionStep
from footlight.tables.items import (
    Item,
    assign_place,
    batch_get,
    delete_all,
    get,
    listed,
    listed_pages,
    pages,
    ref_of,
)
from footlight.tables.operators import operator_ref
from footlight.tables.standing import standing_ref, unchanged
from footlight.tables.transactions import (
    absent,
    add,
    commit,
    delete,
    delete_existing,
    put,
    retry,
    update,
    write,
)
from footlight.tables.users import FormerUser, Stream

RUN_SECONDS: Final = 35
"""The time in which a run begins new pages. Each page takes far less than the function's rest."""

LEASE_SECONDS: Final = 60
"""Longer than a run. If a process dies, its lease delays the next run by at most a minute."""

SETTLE: Final = timedelta(seconds=30)
"""The longest time that a request in flight takes: API Gateway's and the functions' timeouts."""

STANDING_LIFETIME: Final = timedelta(days=1)
"""How long a deleted account stays marked after the end. Viewer tokens last ten minutes, and names
are cached for five."""

MAX_STARTED: Final = 10
"""Deletions that one run of the reconciler starts, each in an execution of its own."""

PAGE: Final = 100
"""Items of a page. After each, a step may stop."""


def start_due(function: str) -> None:
    """Start all deletions that are due, those first that have waited longest.

    `function` is the ARN of the reconcile function.
    """
    due = listed(deletions.LISTED, before=clock.iso(clock.now()))
    for entry in due[:MAX_STARTED]:
        invocations.invoke(function, {"deletion": entry.owner_id})


def continue_deletion(user_id: str) -> None:
    """Continue a deletion until it ends or the time has passed. No-op if it isn't due.

    Raises:
        Unavailable: the table failed before the first step.
    """
    try:
        with leases.hold(f"deletion#{user_id}", LEASE_SECONDS):
            item = get(deletions.deletion(user_id), consistent=True)
            if item and item.due_at <= clock.now():
                _Erasure(item, monotonic() + RUN_SECONDS).run()
    except leases.Held:
        log.info("deletion is already running", user_id=user_id)


class _OutOfTime(Exception):
    """Raised if a step has no time for another page."""


class _Erasure:
    """One run of a deletion."""

    def __init__(self, item: Deletion, ends: float) -> None:
        self._item, self._ends = item, ends
        self._user_id = item.user_id

    def run(self) -> None:
        """Do the remaining steps. A step that fails doesn't prevent the others."""
        faults = 0
        try:
            for step, erase in self._steps().items():
                if step not in self._remaining or not self._may_begin(step):
                    continue
                try:
                    erase()
                except (Unavailable, ResetInProgress):
                    faults += 1
                    continue
                self._finish_step(step)
        except _OutOfTime:
            pass
        log.info("account erased", user_id=self._user_id, faults=faults, left=len(self._remaining))
        if faults:
            metrics.publish({"ReconcileFaults": faults})
        if self._remaining:
            self._wait(clock.now())
        elif self._item.is_final:
            self._end()
        else:
            self._begin_final_pass()

    @property
    def _remaining(self) -> set[str]:
        return self._item.remaining or set()

    def _steps(self) -> dict[DeletionStep, Callable[[], None]]:
        return {
            "messages": self._erase_messages,
            "chat": self._erase_chat,
            "ingress": self._erase_ingress,
            "room": self._empty_room,
            "follows": self._erase_follows,
            "followers": self._erase_followers,
            "blocks": self._erase_blocks,
            "moderating": self._erase_moderating,
            "broadcasts": self._erase_broadcasts,
            "sign_in": self._erase_sign_in,
        }

    def _may_begin(self, step: DeletionStep) -> bool:
        """Return False for the broadcasts while the end of one may still be recorded."""
        return step != "broadcasts" or "ingress" not in self._remaining

    # --- the steps ---

    def _erase_messages(self) -> None:
        """Delete the person's messages in all chats, also on the pages of current viewers."""
        for written in pages(chat.WrittenChat, chat.written_chats(self._user_id), page_size=PAGE):
            for record in written:
                host_id = record.sk
                for messages in chat.message_pages_of(host_id, self._user_id):
                    delete_all(
                        ref
                        for message in messages
                        for ref in (ref_of(message), chat.message_id(host_id, message.message_id))
                    )
                    self._check_time()
                self._notify_chat(host_id)
                delete_all([ref_of(record)])
                self._check_time()

    def _notify_chat(self, host_id: str) -> None:
        """Remove the messages from the pages in a room. Pages that load later lack them anyway."""
        state = get(live.live_state(host_id), consistent=True)
        if state_at(clock.now(), state) != "live":
            return
        try:
            room.send_event(host_id, ViewerPurged(viewer_id=self._user_id, at=clock.now_ms()))
        except Unavailable:
            log.warning("deletion event not sent", host_id=host_id)

    def _erase_chat(self) -> None:
        """Delete the chat of the person's own channel."""
        user_id = self._user_id
        for page in pages(chat.Message, chat.messages_list(user_id), page_size=PAGE):
            writers = {message.viewer_id for message in page}
            delete_all(chat.written_chat(writer, user_id) for writer in writers)
            delete_all(map(ref_of, page))
            self._check_time()
        self._erase_all(chat.MessageId, chat.message_ids(user_id))
        self._erase_all(chat.Timeout, chat.timeouts_list(user_id))

    def _erase_ingress(self) -> None:
        erase_ingress(self._user_id)

    def _empty_room(self) -> None:
        """Remove all viewers from the channel's room."""
        name = identities.room_of(self._user_id)
        viewers = [
            (name, participant.identity)
            for participant in server.list_participants(name)
            if identities.parse(participant.identity)
        ]
        server.remove_participants(viewers)

    def _erase_follows(self) -> None:
        """End the person's follows, each in the transaction that counts it."""
        partition = relations.follows_list(self._user_id)
        for page in pages(relations.Follow, partition, page_size=PAGE):
            for follow in page:
                _end_follow(self._user_id, follow.sk)
            self._check_time()

    def _erase_followers(self) -> None:
        """Delete the follows of the person. Their count was deleted with the profile."""
        for page in listed_pages(relations.followers_list(self._user_id), page_size=PAGE):
            delete_all(relations.follow(entry.owner_id, self._user_id) for entry in page)
            self._check_time()

    def _erase_blocks(self) -> None:
        """Delete the blocks that the person has made."""
        self._erase_all(relations.Block, relations.blocks_list(self._user_id))

    def _erase_moderating(self) -> None:
        """Remove the person from the operators, and from the moderators of all channels."""
        user_id = self._user_id
        commit(delete(operator_ref(user_id)))
        for host_ids, position in users.moderated_by(user_id, self._item.position):
            for host_id in host_ids:
                commit(
                    update(
                        users.stream(host_id),
                        Stream.moderators.delete({user_id}),
                        condition=Stream.moderators.contains(user_id),
                    )
                )
            self._set_position(position)
            self._check_time()

    def _set_position(self, position: Any) -> None:
        changes = Changes(self._item)
        changes.assign(Deletion.position, position)
        self._save(changes)

    def _erase_broadcasts(self) -> None:
        """Delete the past broadcasts, and take the channel off the list of home."""
        commit(delete(live.last_broadcast(self._user_id)))
        self._erase_all(live.PastBroadcast, live.past_broadcasts(self._user_id))

    def _erase_sign_in(self) -> None:
        """Delete the user of the stack's own user pool. Another provider keeps its own.

        From then on, the person can sign up again. So the hash of the address is stored before.
        """
        pool_id, subject = settings.user_pool_id(), self._item.subject
        if pool_id is None:
            return
        with suppress(user_pool.NoSuchUser):  # An earlier run has deleted the user.
            if email_hash := emails.email_hash(subject):
                self._keep_email(email_hash)
            user_pool.delete_user(pool_id, subject)

    def _keep_email(self, email_hash: str) -> None:
        changes = Changes(self._item)
        changes.assign(Deletion.email_hash, email_hash)
        self._save(changes)
        commit(put(self._former_email(email_hash)))

    def _former_email(
        self, email_hash: str, expires_at: datetime | None = None
    ) -> users.FormerEmail:
        former_email = users.former_email(email_hash)
        return former_email.new(subject_key=self._item.subject_key, expires_at=expires_at)

    def _erase_all(self, model: type[Item], partition: str) -> None:
        for page in pages(model, partition, page_size=PAGE):
            delete_all(map(ref_of, page))
            self._check_time()

    def _check_time(self) -> None:
        if monotonic() > self._ends:
            raise _OutOfTime

    # --- progress ---

    def _finish_step(self, step: DeletionStep) -> None:
        changes = Changes(self._item)
        changes.assign(Deletion.remaining, self._remaining - {step})
        changes.assign(Deletion.position, None)
        self._save(changes)

    def _begin_final_pass(self) -> None:
        """Repeat all steps after the last request in flight has ended."""
        changes = Changes(self._item)
        changes.assign(Deletion.remaining, set(deletions.STEPS))
        changes.assign(Deletion.is_final, value=True)
        self._save(changes)
        self._wait(max(clock.now(), self._item.deleted_at + SETTLE))

    def _wait(self, until: datetime) -> None:
        """Put the deletion at the end of the list of the deletions due at `until`."""
        changes = Changes(self._item)
        changes.assign(Deletion.due_at, until)
        assign_place(changes, deletions.by_due(self._user_id, until))
        self._save(changes)

    def _save(self, changes: Changes) -> None:
        ref = deletions.deletion(self._user_id)
        if not commit(update(ref, *changes.actions, condition=Deletion.pk.exists())):
            raise Unavailable  # It has ended in another run.

    def _end(self) -> None:
        """End the deletion: from now on, the person may return."""
        retry(self._write_end)
        log.info("account deleted", user_id=self._user_id)

    def _write_end(self) -> None:
        item, now = self._item, clock.now()
        former_ref = users.former_user(item.subject_key)
        found = batch_get(former_ref, standing_ref(self._user_id), consistent=True)
        former, standing = found.require(former_ref), found.require(standing_ref(self._user_id))
        if standing.state == "suspended":  # at the same moment as the deletion
            former.suspend(standing)
        email_hash = former.email_hash = item.email_hash
        without_blocks = recognized_until(
            item.deleted_at,
            is_suspended=former.suspended_at is not None,
            suspended_until=former.suspended_until,
        )
        is_blocked = bool(listed(relations.blockers_list(self._user_id)))
        former.expires_at = None if is_blocked else without_blocks
        if is_blocked and without_blocks:
            former.list_pk, former.list_sk = users.by_next_read(former, without_blocks)
        write(
            delete(ref_of(item), condition=Deletion.pk.exists()),
            put(former, condition=FormerUser.user_id == self._user_id),
            *([put(self._former_email(email_hash, former.expires_at))] if email_hash else []),
            put(
                standing_ref(self._user_id).new(
                    user_id=self._user_id,
                    state="deleted",
                    at=item.deleted_at,
                    expires_at=now + STANDING_LIFETIME,
                ),
                condition=unchanged(standing),
            ),
        )


def _end_follow(user_id: str, host_id: str) -> None:
    """End a follow and count it, exactly once."""
    follow_ref, profile_ref = relations.follow(user_id, host_id), users.profile(host_id)
    if commit(delete_existing(follow_ref), add(profile_ref, follower_count=-1)):
        return
    # The follow has ended already, or the host's account is being deleted too.
    commit(delete(follow_ref), absent(profile_ref))
