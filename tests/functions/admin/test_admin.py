"""Operators find people, suspend them, lift suspensions, and read the log."""

from datetime import timedelta
from typing import Any

import pytest

from footlight import clock, identities
from footlight.live.record import record_event
from footlight.live.state import (
    MILLISECOND,
    EncoderStarted,
    EndedByCap,
    EndedByCreator,
    IngressReplaced,
    RoomSeen,
)
from footlight.operators import log as operators_log
from tests.support.api import Answer, Api, Person
from tests.support.clock import Clock
from tests.support.deployment import BEGUN
from tests.support.livekit import LiveKit
from tests.support.people import a_person, a_suspension, an_operator, drops, goes_live
from tests.support.webhook import run_background

SUSPENSIONS = "/api/admin/suspensions"


@pytest.fixture
def olga(api: Api, time: Clock) -> Person:
    operator = api.joins("olga")
    an_operator(operator.id)
    return operator


@pytest.fixture
def ann(api: Api, time: Clock) -> Person:
    return api.joins("ann")


def log(api: Api, olga: Person) -> list[dict[str, Any]]:
    return api.get("/api/admin/log", signed_in_as=olga).body["entries"]


def suspended(api: Api, olga: Person, username: str = "ann", **body: Any) -> Answer:
    body = {"reason": "spam"} | body
    return api.put(f"{SUSPENSIONS}/{username}", body, signed_in_as=olga)


def test_a_suspension_is_in_the_log_and_in_the_list_of_people(
    api: Api, olga: Person, ann: Person, time: Clock
) -> None:
    until = time.after(days=7)
    assert suspended(api, olga, reason="Many reports", until=until).status == 204
    assert [{"channel": ann.id, "settles": True}] == BEGUN
    assert log(api, olga) == [
        {
            "at": clock.iso(time.now),
            "by": {"id": olga.id, "name": "olga"},
            "action": "suspended",
            "whom": {"id": ann.id, "name": "ann"},
            "reason": "Many reports",
            "until": until,
            "reportId": None,
        }
    ]
    found = api.get("/api/admin/people", query={"term": "ann"}, signed_in_as=olga).body
    assert found["people"][0] | {"createdAt": ""} == {
        "id": ann.id,
        "username": "ann",
        "image": None,
        "bio": "",
        "title": "ann's stream",
        "state": "offline",
        "isForAdults": False,
        "followerCount": 0,
        "createdAt": "",
        "suspension": {"reason": "Many reports", "until": until, "at": clock.iso(time.now)},
        "openReports": 0,
        "isApproved": None,
    }


def test_an_operator_sees_that_a_channel_is_for_adults(api: Api, olga: Person, ann: Person) -> None:
    assert api.patch("/api/stream", {"isForAdults": True}, signed_in_as=ann).status == 200
    found = api.get("/api/admin/people", query={"term": "ann"}, signed_in_as=olga).body
    assert found["people"][0]["isForAdults"] is True


def test_a_repeat_changes_nothing_and_another_reason_replaces(
    api: Api, olga: Person, ann: Person, time: Clock
) -> None:
    until = (time.now + timedelta(days=1)).isoformat(timespec="microseconds")
    for _ in range(2):
        assert suspended(api, olga, until=until).status == 204
        time.moves(seconds=1)
    assert suspended(api, olga, reason="violence").status == 204
    reasons = [(entry["reason"], entry["until"]) for entry in log(api, olga)]
    assert reasons == [("violence", None), ("spam", clock.iso(clock.parse(until)))]
    assert len(BEGUN) == 2
    assert api.put("/api/me", {"bio": "x"}, signed_in_as=ann).refused_with(403, "suspended")


def test_lifting_is_idempotent(api: Api, olga: Person, ann: Person, time: Clock) -> None:
    suspended(api, olga)
    for _ in range(2):
        assert api.delete(f"{SUSPENSIONS}/ann", signed_in_as=olga).status == 204
        assert api.put("/api/me", {"bio": "x"}, signed_in_as=ann).status == 200
    assert [entry["action"] for entry in log(api, olga)].count("lifted") == 1
    time.moves(seconds=1)
    assert suspended(api, olga).status == 204
    assert api.get("/api/pages/channels/ann").refused_with(404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_operators_act_on_others_who_exist(
    api: Api, olga: Person, ann: Person, method: str
) -> None:
    for name, (status, code) in {
        "unknown": (404, "not_found"),
        "OLGA": (409, "self"),
        "\x00": (404, "not_found"),
    }.items():
        body = {"reason": "spam"} if method == "PUT" else None
        answer = api.call(method, f"{SUSPENSIONS}/{name}", body, signed_in_as=olga)
        assert answer.refused_with(status, code)
    assert log(api, olga) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "\u200b"}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"reason": "spam", "until": "2026-11-24T20:00:04.500Z"}, "until"),
        ({"reason": "spam", "until": "2027-01-01T00:00:00"}, "until"),
        ({"reason": "spam", "until": "tomorrow"}, "until"),
    ],
)
def test_a_suspension_needs_a_reason_and_an_end_in_the_future(
    api: Api, olga: Person, ann: Person, body: dict[str, str], field: str
) -> None:
    answer = api.put(f"{SUSPENSIONS}/ann", body, signed_in_as=olga)
    assert answer.refused_with(422, "invalid_request")
    assert set(answer.body["error"]["fields"]) == {field}
    assert BEGUN == []


def test_approvals_are_idempotent_and_in_the_log(
    api: Api, olga: Person, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_approved() -> bool:
        query = {"term": "ann"}
        found = api.get("/api/admin/people", query=query, signed_in_as=olga).body
        return found["people"][0]["isApproved"]

    monkeypatch.setenv("FOOTLIGHT_STREAMING", "approved")
    assert not is_approved()
    for method, expected in (("PUT", True), ("DELETE", False)):
        for _ in range(2):
            answer = api.call(method, "/api/admin/streamers/ann", signed_in_as=olga)
            assert answer.status == 204
            assert is_approved() is expected
    actions = [(entry["action"], entry["whom"]["name"]) for entry in log(api, olga)]
    assert sorted(actions) == [("approved", "ann"), ("withdrawn", "ann")]
    answer = api.put("/api/admin/streamers/unknown", signed_in_as=olga)
    assert answer.refused_with(404, "not_found")


def test_a_person_who_is_not_approved_gets_no_key(
    api: Api, olga: Person, ann: Person, livekit: LiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_STREAMING", "approved")
    answers = [
        api.get("/api/ingress", signed_in_as=ann),
        api.post("/api/ingress", {}, signed_in_as=ann),
        api.patch("/api/ingress", {"armed": "always"}, signed_in_as=ann),
    ]
    assert all(answer.refused_with(403, "not_approved") for answer in answers)
    assert livekit.made == []
    api.put("/api/admin/streamers/ann", signed_in_as=olga)
    assert api.post("/api/ingress", {}, signed_in_as=ann).status == 200
    api.delete("/api/admin/streamers/ann", signed_in_as=olga)
    run_background()
    assert livekit.enabled_keys(ann.id) == []


def test_an_operator_sees_how_many_channels_are_live_and_how_many_people_watch(
    api: Api, olga: Person, ann: Person
) -> None:
    def usage() -> tuple[int, int]:
        body = api.get("/api/admin/usage", signed_in_as=olga).body
        return body["liveChannels"], body["viewers"]

    assert usage() == (0, 0)
    goes_live(a_person("bob"), viewers=3)
    goes_live(a_person("carl"), viewers=40)
    drops(a_person("dan"), seconds_ago=1)
    assert usage() == (2, 43)


def test_an_operator_sees_the_caps_and_a_creator_reads_which_one_is_reached(
    api: Api,
    olga: Person,
    ann: Person,
    livekit: LiveKit,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def caps() -> tuple[int | None, int | None]:
        body = api.get("/api/admin/usage", signed_in_as=olga).body
        return body["maxLiveChannels"], body["maxDailyHoursPerChannel"]

    assert caps() == (None, None)
    monkeypatch.setenv("FOOTLIGHT_MAX_LIVE_CHANNELS", "1")
    monkeypatch.setenv("FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL", "6")
    assert caps() == (1, 6)
    key = api.post("/api/ingress", {}, signed_in_as=ann).body
    started = time.ms * MILLISECOND
    record_event(ann.id, EncoderStarted(key["ingressId"], started, started), "webhook")
    record_event(ann.id, EndedByCap(f"{time.ms:013d}", "live_channels"), "webhook")
    refused = api.call("PATCH", "/api/ingress", {"armed": "always"}, signed_in_as=ann)
    assert refused.refused_with(429, "cap_reached")
    error = refused.body["error"]
    assert (error["cap"], error["limit"], error["retryAfterMs"]) == ("live_channels", 1, 60_000)
    assert error["message"] == (
        "The site is at its limit of 1 live channel; try again when one ends"
    )
    assert api.get("/api/ingress", signed_in_as=ann).body["overCap"] == {
        "cap": "live_channels",
        "limit": 1,
        "until": None,
    }


def test_an_operator_sees_how_long_all_channels_have_streamed_today(
    api: Api, olga: Person, ann: Person, time: Clock
) -> None:
    """At 20:00: an hour that has ended, another that runs, and a third in its grace period."""

    def hours() -> float:
        usage = api.get("/api/admin/usage", signed_in_as=olga).body
        return round(usage["streamedSecondsToday"] / 3_600, 2)

    def starts(name: str) -> identities.Person:
        person = a_person(name)
        record_event(person.id, IngressReplaced("IN_" + name), "creator")
        started = time.ms * MILLISECOND
        record_event(person.id, EncoderStarted("IN_" + name, started, started), "webhook")
        return person

    bob, carl, dan = starts("bob"), starts("carl"), starts("dan")
    time.moves(hours=1)
    record_event(bob.id, EndedByCreator(), "creator")
    record_event(dan.id, RoomSeen(is_publishing=False), "reconciler")
    assert hours() == 3
    time.moves(minutes=30)
    record_event(dan.id, RoomSeen(is_publishing=False), "reconciler")  # its grace has ended
    assert hours() == 3.5
    time.moves(hours=3)  # 00:30 UTC
    assert hours() == 0.5
    record_event(carl.id, IngressReplaced(None), "creator")
    assert hours() == 0.5
    time.moves(hours=24)
    assert hours() == 0


def test_an_operator_can_be_suspended_and_then_has_no_role(
    api: Api, olga: Person, ann: Person
) -> None:
    an_operator(ann.id)
    assert api.get("/api/admin/log", signed_in_as=ann).status == 200
    suspended(api, olga)
    assert api.get("/api/admin/log", signed_in_as=ann).refused_with(403, "forbidden")
    answer = api.delete(f"{SUSPENSIONS}/ann", signed_in_as=ann)
    assert answer.refused_with(403, "suspended")


def test_a_person_reads_whether_they_are_an_operator(api: Api, olga: Person, ann: Person) -> None:
    assert api.get("/api/me", signed_in_as=olga).body["isOperator"]
    assert api.put("/api/me", {"bio": "x"}, signed_in_as=olga).body["isOperator"]
    assert not api.get("/api/me", signed_in_as=ann).body["isOperator"]


def test_without_a_term_people_who_are_suspended_are_listed_in_pages(
    api: Api, olga: Person, time: Clock
) -> None:
    people = [api.joins(f"person{number}") for number in range(45)]
    for number, person in enumerate(people):
        a_suspension(person.id, until=time.now + timedelta(hours=number))
    api.joins("good")
    names: list[str] = []
    query: dict[str, str] = {}
    while True:
        page = api.get("/api/admin/people", query=query, signed_in_as=olga).body
        names += [person["username"] for person in page["people"]]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert sorted(names) == sorted(f"person{number}" for number in range(1, 45))


def test_the_log_has_pages(
    api: Api, olga: Person, ann: Person, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operators_log, "PAGE", 2)
    for reason in "abc":
        suspended(api, olga, reason=reason)
        time.moves(seconds=1)
    first = api.get("/api/admin/log", signed_in_as=olga).body
    second = api.get("/api/admin/log", query={"cursor": first["next"]}, signed_in_as=olga).body
    reasons = [entry["reason"] for entry in first["entries"] + second["entries"]]
    assert (reasons, second["next"]) == (["c", "b", "a"], None)


# --- the notice of the site ---

NOTICE = "/api/admin/notice"


def notice(api: Api, **caller: Any) -> Any:
    return api.get("/api/pages/home", **caller).body["notice"]


def test_a_notice_is_on_every_page_until_it_is_removed(
    api: Api, olga: Person, ann: Person, time: Clock
) -> None:
    assert notice(api) is None
    text = {"text": " Maintenance at 22:00\u202e UTC "}
    assert api.put(NOTICE, text, signed_in_as=olga).status == 204
    shown = {"text": "Maintenance at 22:00 UTC", "at": clock.iso(time.now)}
    assert notice(api) == shown  # to guests
    assert notice(api, signed_in_as=ann) == shown

    assert api.put(NOTICE, {"text": "Done"}, signed_in_as=olga).status == 204
    assert notice(api)["text"] == "Done"
    assert api.delete(NOTICE, signed_in_as=olga).status == 204
    assert notice(api) is None


def test_repeats_of_a_notice_are_not_in_the_log(api: Api, olga: Person, time: Clock) -> None:
    for _ in range(2):
        assert api.put(NOTICE, {"text": "Hello"}, signed_in_as=olga).status == 204
        time.moves(seconds=1)
    at = notice(api)["at"]
    assert at == clock.iso(time.now - timedelta(seconds=2))
    for _ in range(2):
        assert api.delete(NOTICE, signed_in_as=olga).status == 204
        time.moves(seconds=1)
    entries = [
        (entry["action"], entry["whom"]["name"], entry["reason"]) for entry in log(api, olga)
    ]
    assert entries == [
        ("notice_removed", "the site", None),
        ("notice_set", "the site", "Hello"),
    ]


@pytest.mark.parametrize("text", ["", " \u200b ", "a\x00b", "x" * 501])
def test_a_notice_needs_a_visible_text_of_at_most_500_characters(
    api: Api, olga: Person, text: str
) -> None:
    refused = api.put(NOTICE, {"text": text}, signed_in_as=olga)
    assert refused.refused_with(422, "invalid_request")
    assert api.put(NOTICE, {"text": "x" * 500}, signed_in_as=olga).status == 204


def test_only_operators_set_a_notice(api: Api, ann: Person) -> None:
    assert api.put(NOTICE, {"text": "x"}).refused_with(401, "unauthorized")
    assert api.put(NOTICE, {"text": "x"}, signed_in_as=ann).refused_with(403, "forbidden")
    assert api.delete(NOTICE, signed_in_as=ann).refused_with(403, "forbidden")
    assert notice(api) is None
