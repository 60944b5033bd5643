"""Anyone reports a channel or a message, and operators decide."""

from typing import Any

import pytest

from footlight.operators import decisions
from footlight.tables.items import get
from footlight.tables.reports import reported_ref
from tests.support.api import Answer, Person
from tests.support.clock import Clock
from tests.support.deployment import BEGUN
from tests.support.world import MESSAGE, World

REPORTS = "/api/admin/reports"


def report(world: World, by: Person | None = None, **body: Any) -> Answer:
    body = {"username": "ann", "reason": "spam"} | body
    return world.api.post("/api/reports", body, signed_in_as=by)


def reports(world: World, state: str = "open") -> list[dict[str, Any]]:
    query = {"state": state}
    answer = world.api.get(REPORTS, query=query, signed_in_as=world.people.olga)
    return answer.body["reports"]


def decide(world: World, id: str, **body: Any) -> Answer:
    return world.api.patch(f"{REPORTS}/{id}", body, signed_in_as=world.people.olga)


def open_reports(target_id: str) -> int:
    counted = get(reported_ref(target_id), consistent=True)
    return counted.open_reports if counted else 0


def test_a_report_of_a_channel_has_its_context(world: World, time: Clock) -> None:
    ann, bob = world.people.ann, world.people.bob
    time.moves(seconds=1)
    answer = report(world, bob, text="Look\nat this")
    assert answer.status == 201
    world.api.patch("/api/stream", {"title": "Another title"}, signed_in_as=ann)
    newest, _ = reports(world)
    assert newest == {
        "id": answer.body["id"],
        "at": time.after(seconds=0),
        "state": "open",
        "reason": "spam",
        "text": "Look\nat this",
        "by": {"id": bob.id, "name": "bob"},
        "whom": {"id": ann.id, "name": "ann", "isGuest": False, "suspension": None},
        "channel": {"id": ann.id, "username": "ann", "title": "ann's stream"},
        "message": None,
        "decision": None,
        "decidedAt": None,
        "decidedBy": None,
        "note": None,
    }


def test_a_report_of_a_message_keeps_the_message_as_it_was(world: World, time: Clock) -> None:
    """Of the author, even if a moderator then deletes the message."""
    people = world.people
    assert report(world, people.mia, messageId=MESSAGE).status == 201
    path = f"/api/chat/ann/{MESSAGE}"
    assert world.api.delete(path, signed_in_as=people.ann).status == 204
    (shown,) = [each for each in reports(world) if each["by"]["name"] == "mia"]
    assert shown["message"] == {"id": MESSAGE, "text": "hello", "sentAt": time.ms}
    assert (shown["whom"]["id"], shown["whom"]["name"]) == (people.bob.id, "bob")
    assert report(world, people.carl, messageId=MESSAGE).refused_with(404, "not_found")


def test_the_same_report_by_the_same_person_is_stored_once(world: World) -> None:
    bob = world.people.bob
    first, again = report(world, bob), report(world, bob, text="Other words")
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert len(reports(world)) == 2  # one is eve's
    assert open_reports(world.people.ann.id) == 1
    other = [report(world, bob, reason="sexual"), report(world, world.people.mia)]
    assert [answer.status for answer in other] == [201, 201]
    assert open_reports(world.people.ann.id) == 3


def test_a_guest_is_recognized_by_the_cookie_that_the_report_sets(world: World) -> None:
    assert [report(world).status, report(world).status] == [201, 200]
    world.api.jar.clear()
    assert report(world).status == 201
    names = {each["by"]["name"] for each in reports(world)} - {"eve"}
    assert len(names) == 2
    assert all(name.startswith("guest-") for name in names)


def test_the_message_of_a_guest_is_reported_by_guest_id(world: World) -> None:
    people = world.people
    admitted = world.api.post("/api/token", {"host": "ann"}).body
    token, guest_id = admitted["token"], admitted["identity"].partition(":")[0]
    message = "99999999-8888-4777-a666-555555555555"
    body = {"text": "bad words", "id": message}
    assert world.api.post("/api/chat/ann", body, token=token).status == 201
    own = report(world, messageId=message)
    assert own.refused_with(409, "self")

    filed = report(world, people.bob, messageId=message)
    (shown,) = [each for each in reports(world) if each["id"] == filed.body["id"]]
    assert shown["whom"]["id"] == guest_id
    assert shown["whom"]["isGuest"]
    refused = decide(world, filed.body["id"], decision="suspended")
    assert refused.refused_with(422, "invalid_request")
    assert decide(world, filed.body["id"], decision="warned").status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "unknown"}, 404, "not_found"),
        ({"username": ""}, 404, "not_found"),
        ({"username": "sam"}, 404, "not_found"),
        ({"messageId": "unknown"}, 404, "not_found"),
        ({"username": "bob"}, 409, "self"),
        ({"messageId": MESSAGE}, 409, "self"),
        ({"reason": "boring"}, 422, "invalid_request"),
        ({"text": "x" * 1001}, 422, "invalid_request"),
    ],
)
def test_what_can_not_be_reported(
    world: World, body: dict[str, str], status: int, code: str
) -> None:
    before = len(reports(world))
    assert report(world, world.people.bob, **body).refused_with(status, code)
    assert len(reports(world)) == before


def test_a_blocked_viewer_may_report_and_a_suspended_one_not(world: World) -> None:
    people = world.people
    assert report(world, people.carl).status == 201
    assert report(world, people.sam).refused_with(403, "suspended")


@pytest.mark.parametrize("decision", ["dismissed", "warned"])
def test_a_decision_closes_a_report_and_is_in_the_log(
    world: World, time: Clock, decision: str
) -> None:
    people = world.people
    time.moves(seconds=1)
    answer = decide(world, people.report_id, decision=decision, note="Not here")
    assert answer.status == 200
    assert answer.body["state"] == "decided"
    decided = {"decision": decision, "decidedBy": "olga", "note": "Not here"}
    assert decided.items() <= answer.body.items()
    assert reports(world) == []
    assert reports(world, "decided") == [answer.body]
    assert open_reports(people.bob.id) == 0
    again = decide(world, people.report_id, decision=decision, note="Not here")
    assert (again.status, again.body) == (200, answer.body)
    log = world.api.get("/api/admin/log", signed_in_as=people.olga).body["entries"]
    assert [entry["action"] for entry in log] == [f"report_{decision}", "suspended"]
    assert log[0] == {
        "at": time.after(seconds=0),
        "by": {"id": people.olga.id, "name": "olga"},
        "action": f"report_{decision}",
        "whom": {"id": people.bob.id, "name": "bob"},
        "reason": "Not here",
        "until": None,
        "reportId": people.report_id,
    }


def test_the_decision_to_suspend_suspends(world: World) -> None:
    people = world.people
    answer = decide(world, people.report_id, decision="suspended", note="Third time")
    assert answer.body["whom"]["suspension"]["reason"] == "Third time"
    refused = world.api.put("/api/me", {"bio": "x"}, signed_in_as=people.bob)
    assert refused.refused_with(403, "suspended")
    assert {"channel": people.bob.id, "settles": True} in BEGUN


def test_a_warned_user_reads_the_warning_until_it_is_taken_back(world: World, time: Clock) -> None:
    def warning_of_bob() -> object:
        return world.api.get("/api/me", signed_in_as=world.people.bob).body["warning"]

    assert warning_of_bob() is None
    decide(world, world.people.report_id, decision="warned", note="Not here")
    assert warning_of_bob() == {"reason": "Not here", "at": time.after()}
    decide(world, world.people.report_id, decision="dismissed")
    assert warning_of_bob() is None


def test_a_warning_that_is_taken_back_leaves_a_later_one(world: World, time: Clock) -> None:
    def warning_of_bob() -> object:
        return world.api.get("/api/me", signed_in_as=world.people.bob).body["warning"]

    first = world.people.report_id
    later = report(world, world.people.mia, username="bob").body["id"]
    decide(world, first, decision="warned", note="Not here")
    time.moves(seconds=1)
    decide(world, later, decision="warned", note="Again not here")
    newest = {"reason": "Again not here", "at": time.after()}
    assert warning_of_bob() == newest

    assert decide(world, first, decision="dismissed").status == 200
    assert warning_of_bob() == newest
    assert decide(world, later, decision="dismissed").status == 200
    assert warning_of_bob() is None


def test_another_decision_replaces_the_first_and_counts_once(world: World) -> None:
    people = world.people
    for decision in ("warned", "dismissed", "suspended"):
        assert decide(world, people.report_id, decision=decision).status == 200
    assert reports(world, "decided")[0]["decision"] == "suspended"
    assert open_reports(people.bob.id) == 0


def test_an_operator_reads_the_open_reports_of_a_person(world: World) -> None:
    def of_bob() -> int:
        query = {"term": "bob"}
        found = world.api.get("/api/admin/people", query=query, signed_in_as=world.people.olga)
        return found.body["people"][0]["openReports"]

    assert of_bob() == 1
    report(world, world.people.mia, username="bob")
    assert of_bob() == 2
    decide(world, world.people.report_id, decision="dismissed")
    assert of_bob() == 1


def test_an_operator_does_not_decide_to_suspend_themselves(world: World) -> None:
    filed = report(world, world.people.bob, username="olga")
    assert decide(world, filed.body["id"], decision="suspended").refused_with(409, "self")
    assert decide(world, "0" * 32, decision="warned").refused_with(404, "not_found")


def test_reports_are_listed_newest_first_in_pages(
    world: World, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "PAGE", 2)
    for reason in ("spam", "sexual", "other"):
        time.moves(seconds=1)
        assert report(world, reason=reason).status == 201
    shown: list[str] = []
    query: dict[str, str] = {}
    while True:
        page = world.api.get(REPORTS, query=query, signed_in_as=world.people.olga).body
        shown += [each["reason"] for each in page["reports"]]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert shown == ["other", "sexual", "spam", "harassment"]


def test_a_decided_report_expires(world: World, time: Clock) -> None:
    decide(world, world.people.report_id, decision="dismissed")
    time.moves(days=181)
    assert reports(world, "decided") == []
    assert decide(world, world.people.report_id, decision="warned").refused_with(404, "not_found")
