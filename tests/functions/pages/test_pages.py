"""The pages: home, search, channel, and dashboard."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from footlight import identities
from footlight.live.record import record_event
from footlight.live.state import SECOND, EndedByCreator
from tests.functions.webhook.test_webhook import commit_ingress, event, send
from tests.support.api import Answer, Api, Person
from tests.support.people import has_streamed
from tests.support.table import watched


def names(channels: list[dict[str, dict[str, str]]]) -> list[str]:
    return [channel["user"]["username"] for channel in channels]


def goes_live(api: Api, person: Person, *, started: int = 100) -> None:
    """Send what LiveKit sends when an encoder connects, `started` nanoseconds after 1970."""
    commit_ingress(person, f"IN_{person.username}")
    send(
        api,
        event("ingress_started", started, started + 10, ingress=f"IN_{person.username}"),
    )


def streamed(api: Api, person: Person, *, started: int = 100) -> None:
    goes_live(api, person, started=started)
    record_event(person.id, EndedByCreator(), "creator")


def test_home_lists_live_channels_and_then_others_that_have_streamed(api: Api) -> None:
    ann, bob, cleo, _ = map(api.joins, ("ann", "bob", "cleo", "dan"))
    streamed(api, bob, started=SECOND)
    streamed(api, cleo, started=2 * SECOND)
    goes_live(api, ann)

    home = api.get("/api/pages/home").body

    assert names(home["streams"]) == ["ann", "cleo", "bob"]
    assert home["following"] == []
    assert home["next"] is None


def test_home_lists_each_channel_once_across_its_pages(api: Api) -> None:
    people = [api.joins(f"person{n:02}x") for n in range(26)]
    for person in people:
        has_streamed(identities.Person(person.id, person.username))
    goes_live(api, people[3])

    first = api.get("/api/pages/home").body
    second = api.get("/api/pages/home", query={"cursor": first["next"]}).body

    assert len(first["streams"]) == 24 or len(first["streams"]) == 23
    seen = names(first["streams"]) + names(second["streams"])
    assert sorted(seen) == sorted(person.username for person in people)
    assert second["next"] is None


def test_home_lists_followed_channels_and_recommends_others(api: Api) -> None:
    ann, bob, cleo, _ = map(api.joins, ("ann", "bob", "cleo", "dan"))
    for followed in ("bob", "dan"):
        api.put(f"/api/follows/{followed}", signed_in_as=ann)
    goes_live(api, bob)
    streamed(api, cleo)

    home = api.get("/api/pages/home", signed_in_as=ann).body

    assert names(home["following"]) == ["bob", "dan"]
    assert names(home["recommended"]) == ["cleo"]


@pytest.mark.parametrize(
    ("term", "usernames"),
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
def test_search_matches_the_beginning_of_words_in_names_and_titles(
    api: Api, term: str, usernames: set[str]
) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    api.joins("anna")
    api.patch("/api/stream", {"title": "Oil on canvas"}, signed_in_as=ann)
    api.patch("/api/stream", {"title": "Auf der Straße"}, signed_in_as=bob)

    results = api.get("/api/pages/search", query={"term": term}).body["results"]

    assert set(names(results)) == usernames


def test_search_finds_the_current_title_only(api: Api) -> None:
    ann = api.joins("ann")
    api.patch("/api/stream", {"title": "Oil"}, signed_in_as=ann)
    api.patch("/api/stream", {"title": "Chalk"}, signed_in_as=ann)

    assert api.get("/api/pages/search", query={"term": "oil"}).body["results"] == []
    assert len(api.get("/api/pages/search", query={"term": "chalk"}).body["results"]) == 1


@pytest.mark.parametrize("term", ["!!", "🎮", " ", "_", "#"])
def test_a_term_of_symbols_finds_nothing(api: Api, term: str) -> None:
    ann = api.joins("ann")
    api.patch("/api/stream", {"title": "🎮 _ !! #"}, signed_in_as=ann)
    response = api.get("/api/pages/search", query={"term": term})
    assert (response.status, response.body) == (200, {"results": [], "next": None})


@pytest.mark.parametrize("term", ["", "x" * 101])
def test_an_invalid_search_term_is_rejected(api: Api, term: str) -> None:
    response = api.get("/api/pages/search", query={"term": term})
    assert response.refused_with(422, "invalid_request")


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyJsaXZlIiwgMV0"])
@pytest.mark.parametrize("path", ["home", "search"])
def test_a_forged_cursor_is_rejected(api: Api, path: str, cursor: str) -> None:
    response = api.get(f"/api/pages/{path}", query={"cursor": cursor, "term": "a"})
    assert response.refused_with(422, "invalid_request")


def test_a_channel_page_has_the_documented_fields_and_no_stream_key(api: Api) -> None:
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
        "signedInOnlyUntil", "isForAdults", "chat", "createdAt", "updatedAt",
    }  # fmt: skip
    assert page.body["isHost"] is page.body["isFollowing"] is True
    assert "key" not in page.text.lower()


def test_the_dashboard_shows_the_callers_own_channel(api: Api) -> None:
    ann = api.joins("ann")
    assert api.get("/api/pages/dashboard", signed_in_as=ann).body["user"]["id"] == ann.id
    assert api.get("/api/pages/dashboard").refused_with(401, "unauthorized")


def test_the_api_serves_its_own_description(api: Api) -> None:
    committed = json.loads((Path(__file__).parents[3] / "openapi.json").read_text())
    assert api.get("/api/openapi.json").body == committed


def test_an_unknown_path_and_a_wrong_method_are_refused_as_json(api: Api) -> None:
    assert api.get("/api/nothing").refused_with(404, "not_found")
    response = api.delete("/api/token")
    assert response.refused_with(405, "method_not_allowed")
    assert response.headers["allow"] == "POST"
    assert api.get("/api/pages/channels/%22%3E").refused_with(404, "not_found")


def get_channel_as_user(api: Api, bob: Person) -> Answer:
    return api.get("/api/pages/channels/ann", signed_in_as=bob)


def get_channel_as_guest(api: Api, _: Person) -> Answer:
    return api.get("/api/pages/channels/ann")


def post_token(api: Api, bob: Person) -> Answer:
    return api.post("/api/token", {"host": "ann"}, signed_in_as=bob)


def get_home(api: Api, _: Person) -> Answer:
    return api.get("/api/pages/home")


@pytest.mark.parametrize(
    ("request_page", "calls"),
    [
        (get_channel_as_user, 1),
        (get_channel_as_guest, 1),
        (post_token, 2),
        (get_home, 3),
    ],
)
def test_a_request_makes_the_expected_number_of_table_calls(
    api: Api,
    request_page: Callable[[Api, Person], Answer],
    calls: int,
) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    goes_live(api, ann)
    request_page(api, bob)
    with watched() as wire:
        assert request_page(api, bob).status == 200
    assert len(wire.made) == calls, wire.made


@pytest.mark.parametrize("path", ["home", "search", "channels/ann"])
def test_only_responses_to_guests_are_cacheable_and_for_two_seconds(api: Api, path: str) -> None:
    ann = api.joins("ann")
    query = {"term": "ann"} if path == "search" else None
    address = f"/api/pages/{path}"
    guest = api.get(address, query=query)
    assert guest.headers["cache-control"] == "public, max-age=0, s-maxage=2"
    assert guest.headers["vary"] == "Authorization"
    assert guest.set_cookies == []
    for private_response in (
        api.get(address, query=query, signed_in_as=ann),
        api.get(address, query=query, token="nonsense"),
        api.get("/api/pages/channels/nobody"),
        api.get("/api/pages/dashboard", signed_in_as=ann),
    ):
        assert private_response.headers["cache-control"] == "private, no-store"
