"""A new user of the stack's own pool with the email address of a deleted account."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest

from footlight import identities
from footlight.accounts import erasure, retention
from footlight.errors import Unavailable
from footlight.people import emails
from footlight.tables import relations, users
from footlight.tables.items import ListEntry, get, listed
from tests.footlight.accounts.conftest import run_task
from tests.support.api import Answer, Person
from tests.support.clock import Clock
from tests.support.deployment import COOKIE_KEY, forget, put_secret
from tests.support.people import a_block
from tests.support.process import FAULTS, Killed, process
from tests.support.stored import stored
from tests.support.table import FAULTS as CALL_FAULTS
from tests.support.table import watched
from tests.support.world import World

Minutes = Callable[[], int]
Drawn = Callable[[Sequence[Any]], Sequence[Any]]

EMAIL = "pam@example.com"
UNTIL = timedelta(days=400)


class Pool:
    """The people of the stack's user pool."""

    def __init__(self, world: World, pool_id: str, minutes: Minutes) -> None:
        self._api, self._world, self._minutes = world.api, world, minutes
        self._client: Any = boto3.client("cognito-idp")
        self._id = pool_id

    def sign_up(self, email: str = EMAIL, *, verified: str = "true") -> Person:
        """Return a new user of the pool, who has no username yet."""
        attributes = [
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": verified},
        ]
        created = self._client.admin_create_user(
            UserPoolId=self._id, Username=email, UserAttributes=attributes
        )
        (subject,) = (a["Value"] for a in created["User"]["Attributes"] if a["Name"] == "sub")
        return Person(subject)

    def choose(self, person: Person, username: str) -> Answer:
        return self._api.put("/api/me", {"username": username}, signed_in_as=person)

    def join(self, username: str = "pam", **user: Any) -> Person:
        """Return a new user of the pool, with a username."""
        person = self.sign_up(**user)
        answer = self.choose(person, username)
        assert answer.status == 200, answer.text
        return Person(person.subject, username, answer.body["id"])

    def request_deletion(self, person: Person) -> None:
        assert self._api.delete("/api/me", signed_in_as=person).status == 202

    def delete(self, person: Person) -> None:
        """Delete an account, and wait until nothing of it is left."""
        self.request_deletion(person)
        self._minutes()

    def block(self, person: Person) -> None:
        """Let ann block a person."""
        ann = self._world.people.ann
        a_block(
            by=identities.Person(ann.id, ann.username),
            of=identities.Person(person.id, person.username),
        )

    def suspend(self, person: Person, **until: str) -> None:
        self._as_operator("PUT", person.username, {"reason": "spam", **until})

    def lift(self, username: str) -> None:
        self._as_operator("DELETE", username)

    def _as_operator(self, method: str, username: str, body: Any = None) -> None:
        path = f"/api/admin/suspensions/{username}"
        olga = self._world.people.olga
        assert self._api.call(method, path, body, signed_in_as=olga).status == 204

    def watches(self, person: Person) -> Answer:
        """Ask for a token to watch ann's channel."""
        return self._api.post("/api/token", {"host": "ann"}, signed_in_as=person)


@pytest.fixture
def people(world: World, pool: str, minutes: Minutes) -> Pool:
    return Pool(world, pool, minutes)


def kept(kind: str) -> list[Any]:
    return [item for item in stored().values() if item["kind"]["S"] == kind]


@pytest.mark.parametrize("again", [EMAIL, "PAM@Example.COM"])
def test_a_block_is_not_escaped(people: Pool, time: Clock, again: str) -> None:
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    time.moves(days=1000)  # A block has no end.

    returned = people.join("another", email=again)

    assert returned.subject != pam.subject
    assert returned.id == pam.id
    assert people.watches(returned).refused_with(403, "blocked")


@pytest.mark.parametrize("until", [None, UNTIL])
def test_a_suspension_is_not_escaped(
    world: World, people: Pool, time: Clock, until: timedelta | None
) -> None:
    end = time.after(days=until.days) if until else None
    pam = people.join()
    people.suspend(pam, **({"until": end} if end else {}))
    people.delete(pam)
    time.moves(days=UNTIL.days - 1)

    returned = people.join("another")

    suspension = world.api.get("/api/me", signed_in_as=returned).body["suspension"]
    assert (suspension["reason"], suspension["until"]) == ("spam", end)
    assert people.watches(returned).refused_with(403, "suspended")


def test_a_suspension_that_has_ended_since_is_not_kept(people: Pool, time: Clock) -> None:
    pam = people.join()
    people.suspend(pam, until=time.after(days=UNTIL.days))
    people.delete(pam)
    time.moves(days=UNTIL.days + 1)
    assert people.join().id != pam.id


def test_a_lifted_suspension_stays_lifted(people: Pool) -> None:
    pam = people.join()
    people.suspend(pam)
    people.delete(pam)
    returned = people.join("another")
    people.lift("another")
    people.delete(returned)
    again = people.join("third")
    assert again.id == pam.id
    assert people.watches(again).status == 200


def test_an_unblocked_account_is_free_when_the_person_returns(world: World, people: Pool) -> None:
    pam, ann = people.join(), world.people.ann
    people.block(pam)
    people.delete(pam)
    assert world.api.delete("/api/blocks/pam", signed_in_as=ann).status == 204
    assert people.watches(people.join("another")).status == 200


def test_a_block_after_the_return_holds_after_the_next_one(people: Pool) -> None:
    pam = people.join()
    people.delete(pam)
    returned = people.join("another")
    people.block(returned)
    people.delete(returned)
    assert people.watches(people.join("third")).refused_with(403, "blocked")


def test_the_username_is_free_at_once_for_the_same_person_only(people: Pool) -> None:
    pam = people.join()
    people.delete(pam)
    other = people.sign_up("other@example.com")
    assert people.choose(other, "pam").refused_with(409, "username_taken")
    assert people.join("pam").id == pam.id


@pytest.mark.parametrize("again", ["pam+1@example.com", "pam@example.net", "p.am@example.com"])
def test_another_address_is_another_person(people: Pool, again: str) -> None:
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    assert people.join("another", email=again).id != pam.id


@pytest.mark.parametrize(("first", "second"), [("true", "false"), ("false", "true")])
def test_an_address_that_is_not_verified_proves_nothing(
    people: Pool, first: str, second: str
) -> None:
    pam = people.join(verified=first)
    people.block(pam)
    people.delete(pam)
    assert bool(kept("former_email")) is (first == "true")
    assert people.join("another", verified=second).id != pam.id


def test_a_live_account_is_never_joined_to_another(people: Pool, pool: str) -> None:
    """Someone else, whose address the pool accepts after the first user changed theirs."""
    pam = people.join()
    client: Any = boto3.client("cognito-idp")
    moved = [
        {"Name": "email", "Value": "moved@example.com"},
        {"Name": "email_verified", "Value": "true"},
    ]
    client.admin_update_user_attributes(UserPoolId=pool, Username=pam.subject, UserAttributes=moved)
    assert kept("former_email") == []
    assert people.join("another").id != pam.id
    people.delete(pam)
    assert people.join("third", email="moved@example.com").id == pam.id


def test_the_address_is_stored_as_a_keyed_hash_only(
    people: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    everything = str(stored()) + "".join(capsys.readouterr())
    assert emails.hash_of(EMAIL) in everything
    assert EMAIL not in everything
    assert pam.subject not in everything


def test_the_hash_is_kept_as_long_as_the_username_is_reserved(people: Pool, time: Clock) -> None:
    pam = people.join()
    people.delete(pam)
    (email,) = kept("former_email")
    former = get(users.former_user(email["subject_key"]["S"]), consistent=True)
    assert former is not None
    assert former.expires_at is not None
    assert email["expires_at"]["N"] == str(int(former.expires_at.timestamp()))
    time.moves(days=retention.RESERVED.days + 1)
    assert people.join().id != pam.id  # even if DynamoDB has deleted neither item yet
    assert kept("former_email") == []


def test_nothing_of_the_address_is_kept_after_the_return(people: Pool) -> None:
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    people.join("another")
    assert kept("former_email") == kept("former_user") == []


def test_the_person_is_recognized_while_the_deletion_runs(people: Pool, minutes: Minutes) -> None:
    pam = people.join()
    people.block(pam)
    people.request_deletion(pam)
    erasure.continue_deletion(pam.id)  # the first pass deletes the user of the pool
    again = people.sign_up()
    assert people.choose(again, "another").refused_with(409, "deletion_in_progress")
    minutes()
    assert people.choose(again, "another").body["id"] == pam.id


def test_an_access_token_of_a_deleted_user_makes_no_account(people: Pool) -> None:
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    assert people.choose(pam, "another").refused_with(401, "unauthorized")
    people.join("another")
    assert people.choose(pam, "third").refused_with(401, "unauthorized")


@pytest.mark.parametrize("fault", ["throttled", "out of reach", "timed out"])
def test_no_one_chooses_a_username_while_the_pool_does_not_respond(
    people: Pool, fault: str
) -> None:
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    again = people.sign_up()
    with watched() as wire:
        wire.faults = {2: CALL_FAULTS[fault]}
        assert people.choose(again, "another").refused_with(503, "unavailable")
    assert wire.made[2:] == ["AdminGetUser"]
    assert people.choose(again, "another").body["id"] == pam.id


def test_the_key_survives_rotations_of_the_cookie_key(people: Pool) -> None:
    pam = people.join()
    people.delete(pam)
    value = {"cookieKey": "third", "previousCookieKey": "second", "emailKey": COOKIE_KEY}
    put_secret("site", value)  # as `make cookie-key` stores it
    forget()
    assert people.join().id == pam.id


def test_a_user_of_another_key_has_another_hash(people: Pool) -> None:
    before = emails.hash_of(EMAIL)
    put_secret("site", {"cookieKey": "another"})
    forget()
    assert emails.hash_of(EMAIL) != before


# --- a block that is lifted after the deletion ---


@pytest.fixture
def blocked(people: Pool) -> Person:
    """A blocked person whose account has been deleted."""
    pam = people.join()
    people.block(pam)
    people.delete(pam)
    return pam


def unblock(world: World) -> None:
    assert world.api.delete("/api/blocks/pam", signed_in_as=world.people.ann).status == 204


def test_nothing_is_kept_90_days_after_the_deletion_if_no_one_blocks_the_person(
    world: World, blocked: Person, time: Clock
) -> None:
    time.moves(days=10)
    unblock(world)
    time.moves(days=retention.RESERVED.days - 11)
    run_task({})
    assert kept("former_email")
    assert kept("former_user")
    time.moves(days=2)
    run_task({})
    assert kept("former_email") == kept("former_user") == []


def test_a_block_that_is_lifted_years_later_leaves_nothing_after_a_day(
    world: World, blocked: Person, time: Clock
) -> None:
    for _ in range(10):
        time.moves(days=100)
        run_task({})
    assert kept("former_email")
    unblock(world)
    time.moves(days=1, seconds=1)
    run_task({})
    assert kept("former_email") == kept("former_user") == []


def test_the_blocks_of_a_former_user_are_read_once_a_day(blocked: Person, time: Clock) -> None:
    def reads() -> list[str]:
        with watched() as wire:
            retention.forget_unblocked()
        return wire.made

    assert reads() == ["Query"]
    time.moves(days=retention.RESERVED.days)
    assert reads() == ["Query", "GetItem", "Query", "UpdateItem"]
    assert reads() == ["Query"]
    time.moves(days=1, seconds=1)
    assert reads() == ["Query", "GetItem", "Query", "UpdateItem"]


def test_another_block_still_keeps_the_former_user(world: World, people: Pool, time: Clock) -> None:
    pam, mia = people.join(), world.people.mia
    people.block(pam)
    a_block(by=identities.Person(mia.id, mia.username), of=identities.Person(pam.id, pam.username))
    people.delete(pam)
    unblock(world)
    time.moves(days=1000)
    run_task({})
    assert people.join("another").id == pam.id


def test_a_suspension_keeps_the_former_user_after_the_block(
    world: World, people: Pool, time: Clock
) -> None:
    pam = people.join()
    people.block(pam)
    people.suspend(pam, until=time.after(days=UNTIL.days))
    people.delete(pam)
    unblock(world)
    time.moves(days=UNTIL.days - 1)
    run_task({})
    assert kept("former_email")
    time.moves(days=2)
    run_task({})
    assert kept("former_email") == kept("former_user") == []


def test_a_suspension_without_an_end_keeps_the_former_user_without_a_block(
    world: World, people: Pool, time: Clock
) -> None:
    pam = people.join()
    people.block(pam)
    people.suspend(pam)
    people.delete(pam)
    unblock(world)
    time.moves(days=1000)
    run_task({})
    assert people.join("another").id == pam.id


def test_a_person_who_returns_while_the_reconciler_reads_the_blocks_is_kept(
    world: World, people: Pool, blocked: Person, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has found no block, and is about to delete the former user."""
    unblock(world)
    time.moves(days=retention.RESERVED.days + 1)
    returned: list[Person] = []

    def blocks_of(list_pk: str, *, before: str | None = None) -> list[ListEntry]:
        if list_pk == relations.blockers_list(blocked.id):
            returned.append(people.join("another"))
        return listed(list_pk, before=before)

    monkeypatch.setattr(retention, "listed", blocks_of)
    retention.forget_unblocked()
    assert [person.id for person in returned] == [blocked.id]
    assert world.api.get("/api/me", signed_in_as=returned[0]).body["username"] == "another"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", range(1, 6))
def test_a_fault_while_the_reconciler_forgets_leaves_the_rest_to_the_next_run(
    world: World, blocked: Person, time: Clock, nth: int, fault: str
) -> None:
    unblock(world)
    time.moves(days=retention.RESERVED.days)
    with process(nth, fault), suppress(Unavailable, Killed):
        retention.forget_unblocked()
    time.moves(minutes=1)
    retention.forget_unblocked()
    assert kept("former_email") == kept("former_user") == []


# --- a fault at each call ---


class Attempts:
    """Deletions of blocked users of the pool, each with a fault. Then the person returns."""

    def __init__(self, people: Pool, minutes: Minutes, time: Clock) -> None:
        self._people, self._minutes, self._time = people, minutes, time
        self._numbers = count()
        self.calls = self._calls()

    def cases(self) -> list[tuple[str, int, str]]:
        return [
            (part, nth, fault)
            for part in ("first", "second")
            for nth in range(1, self.calls + 1)
            for fault in FAULTS
        ]

    def check(self, part: str, nth: int, fault: str) -> None:
        pam, email = self._begin()
        if part == "second":
            self._run(pam, 0, "none")
            self._time.moves(seconds=31)
        self._run(pam, nth, fault)
        self._minutes()
        self._check_return(pam, email)

    def _check_return(self, pam: Person, email: str) -> None:
        returned = self._people.join(f"{pam.username}b", email=email)
        assert returned.id == pam.id
        assert self._people.watches(returned).refused_with(403, "blocked")
        assert kept("former_email") == kept("former_user") == []

    def _begin(self) -> tuple[Person, str]:
        number = next(self._numbers)
        email = f"fay{number}@example.com"
        pam = self._people.join(f"fay{number}", email=email)
        self._people.block(pam)
        self._people.request_deletion(pam)
        return pam, email

    def _run(self, pam: Person, nth: int, fault: str) -> int:
        with process(nth, fault) as running, suppress(Unavailable, Killed):
            erasure.continue_deletion(pam.id)
        return running.calls

    def _calls(self) -> int:
        pam, email = self._begin()
        calls = self._run(pam, 0, "none")
        self._minutes()
        self._check_return(pam, email)
        return calls


@pytest.fixture
def attempts(people: Pool, minutes: Minutes, time: Clock) -> Attempts:
    return Attempts(people, minutes, time)


def test_the_person_is_recognized_after_a_fault_of_the_deletion(
    attempts: Attempts, drawn: Drawn, subtests: pytest.Subtests
) -> None:
    for case in drawn(attempts.cases()):
        with subtests.test(str(case)):
            attempts.check(*case)


@pytest.mark.faults
def test_the_person_is_recognized_after_each_fault_of_the_deletion(
    attempts: Attempts, subtests: pytest.Subtests
) -> None:
    assert attempts.calls > 20
    for case in attempts.cases():
        with subtests.test(str(case)):
            attempts.check(*case)
