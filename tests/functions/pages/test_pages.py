"""Home, search, channel, dashboard."""

import json
from collections.abc import Callable
from pathlib import Path

import botocore.client
import pytest

from tests.functions.webhook.test_webhook import commit_ingress, event, send
from tests.support.api import Answer, Api, Person


def names(channels: list[dict[str, dict[str, str]]]) -> list[str]:
    return [channel["user"]["username"] for channel in channels]


def goes_live(api: Api, person: Person) -> None:
    commit_ingress(person, f"IN_{person.username}")
    send(api, event("ingress_started", 100, 110, ingress=f"IN_{person.username}"))


def test_home_shows_the_live_first_then_the_newest(api: Api) -> None:
    ann, _, _ = api.joins("ann"), api.joins("bob"), api.joins("cleo")
    goes_live(api, ann)

    home = api.get("/api/pages/home").body

    assert names(home["streams"]) == ["ann", "cleo", "bob"]
    assert home["following"] == []
    assert home["next"] is None


def test_home_goes_on_page_by_page_with_each_channel_once(api: Api) -> None:
    people = [api.joins(f"person{n:02}x") for n in range(26)]
    goes_live(api, people[3])

    first = api.get("/api/pages/home").body
    second = api.get("/api/pages/home", query={"cursor": first["next"]}).body

    assert len(first["streams"]) == 24 or len(first["streams"]) == 23
    seen = names(first["streams"]) + names(second["streams"])
    assert sorted(seen) == sorted(person.username for person in people)
    assert second["next"] is None


def test_home_knows_whom_one_follows_and_recommends_others(api: Api) -> None:
    ann, bob, _ = api.joins("ann"), api.joins("bob"), api.joins("cleo")
    api.put("/api/follows/bob", signed_in_as=ann)
    goes_live(api, bob)

    home = api.get("/api/pages/home", signed_in_as=ann).body

    assert names(home["following"]) == ["bob"]
    assert names(home["recommended"]) == ["cleo"]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("oil", {"ann"}),
        ("CANV", {"ann"}),
        ("canvas o", {"ann"}),
        ("ann", {"ann", "anna"}),
        ("anna", {"anna"}),
        ("anvas", set[str]()),
        ("oil bob", set[str]()),
        ("straße", {"bob"}),
        ("STRASSE", {"bob"}),
    ],
)
def test_each_term_begins_a_word_of_the_name_or_the_title(
    api: Api, term: str, found: set[str]
) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    api.joins("anna")
    api.patch("/api/stream", {"title": "Oil on canvas"}, signed_in_as=ann)
    api.patch("/api/stream", {"title": "Auf der Straße"}, signed_in_as=bob)

    results = api.get("/api/pages/search", query={"term": term}).body["results"]

    assert set(names(results)) == found


def test_an_old_title_is_not_found_any_more(api: Api) -> None:
    ann = api.joins("ann")
    api.patch("/api/stream", {"title": "Oil"}, signed_in_as=ann)
    api.patch("/api/stream", {"title": "Chalk"}, signed_in_as=ann)

    assert api.get("/api/pages/search", query={"term": "oil"}).body["results"] == []
    assert len(api.get("/api/pages/search", query={"term": "chalk"}).body["results"]) == 1


@pytest.mark.parametrize("term", ["", "!!", "x" * 101])
def test_a_search_for_nothing_is_refused(api: Api, term: str) -> None:
    answer = api.get("/api/pages/search", query={"term": term})
    assert answer.refused_with(422, "invalid_request")


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyJsaXZlIiwgMV0"])
@pytest.mark.parametrize("path", ["home", "search"])
def test_a_forged_cursor_is_refused(api: Api, path: str, cursor: str) -> None:
    answer = api.get(f"/api/pages/{path}", query={"cursor": cursor, "term": "a"})
    assert answer.refused_with(422, "invalid_request")


def test_a_channel_has_the_contracts_fields_and_no_key(api: Api) -> None:
    ann = api.joins("ann")
    goes_live(api, ann)

    page = api.get("/api/pages/channels/Ann", signed_in_as=ann)

    assert set(page.body) == {"user", "stream", "isFollowing", "isHost"}
    assert set(page.body["user"]) == {
        "id", "username", "image", "bio", "followerCount", "createdAt",
    }  # fmt: skip
    assert set(page.body["stream"]) == {
        "title", "thumbnail", "state", "isLive", "viewerCount", "startedAt", "isChatEnabled",
        "isChatDelayed", "isChatFollowersOnly", "isSignedInOnly",
        "signedInOnlyUntil", "chat", "createdAt", "updatedAt",
    }  # fmt: skip
    assert page.body["isHost"] is page.body["isFollowing"] is True
    assert "key" not in page.text.lower()


def test_the_dashboard_is_ones_own(api: Api) -> None:
    ann = api.joins("ann")
    assert api.get("/api/pages/dashboard", signed_in_as=ann).body["user"]["id"] == ann.id
    assert api.get("/api/pages/dashboard").refused_with(401, "unauthorized")


def test_the_api_describes_itself(api: Api) -> None:
    kept = json.loads((Path(__file__).parents[3] / "openapi.json").read_text())
    assert api.get("/api/openapi.json").body == kept


def test_an_unknown_path_and_a_wrong_method_have_the_one_shape(api: Api) -> None:
    assert api.get("/api/nothing").refused_with(404, "not_found")
    answer = api.delete("/api/token")
    assert answer.refused_with(405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    assert api.get("/api/pages/channels/%22%3E").refused_with(404, "not_found")


def a_page_for_someone(api: Api, bob: Person) -> Answer:
    return api.get("/api/pages/channels/ann", signed_in_as=bob)


def a_page_for_a_guest(api: Api, _: Person) -> Answer:
    return api.get("/api/pages/channels/ann")


def a_token(api: Api, bob: Person) -> Answer:
    return api.post("/api/token", {"host": "ann"}, signed_in_as=bob)


def the_home_page(api: Api, _: Person) -> Answer:
    return api.get("/api/pages/home")


@pytest.mark.parametrize(
    ("ask", "calls"),
    [
        (a_page_for_someone, 1),
        (a_page_for_a_guest, 1),
        (a_token, 2),
        (the_home_page, 3),
    ],
)
def test_a_visit_makes_no_more_calls_of_the_table_than_this(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Api, Person], Answer],
    calls: int,
) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    goes_live(api, ann)
    ask(api, bob)
    made: list[str] = []
    call = botocore.client.BaseClient._make_api_call  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]

    def counted(self: object, operation: str, kwargs: object) -> object:
        made.append(operation)
        return call(self, operation, kwargs)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)

    assert ask(api, bob).status == 200

    assert len(made) == calls, made


@pytest.mark.parametrize("path", ["home", "search", "channels/ann"])
def test_what_guests_are_shown_may_be_kept_for_two_seconds_and_nothing_else(
    api: Api, path: str
) -> None:
    ann = api.joins("ann")
    query = {"term": "ann"} if path == "search" else None
    address = f"/api/pages/{path}"
    guest = api.get(address, query=query)
    assert guest.headers["cache-control"] == "public, max-age=0, s-maxage=2"
    assert guest.headers["vary"] == "Authorization"
    assert guest.set_cookies == []
    for kept_apart in (
        api.get(address, query=query, signed_in_as=ann),
        api.get(address, query=query, token="nonsense"),
        api.get("/api/pages/channels/nobody"),
        api.get("/api/pages/dashboard", signed_in_as=ann),
    ):
        assert kept_apart.headers["cache-control"] == "private, no-store"
