"""How often: the one too many is refused, says until when, costs nobody else and does nothing."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from footlight import clock, limits
from footlight.errors import RateLimited
from tests.contract.test_openapi import OPERATIONS
from tests.support.api import Answer, Api
from tests.support.deployment import put_secret
from tests.support.livekit import LiveKit
from tests.support.table import watched
from tests.support.world import CALLS, World, route_of, stored, without_limits

WINDOW_SECONDS = 60
INTO_IT = timedelta(seconds=12, milliseconds=345)
LEFT_MS = 47_655

LIMITED: dict[str, str] = {
    "POST /api/token": "token",
    "POST /api/token, a guest": "guest_token",
    "POST /api/ingress": "reset",
    "POST /api/ingress, the first": "reset",
    "PATCH /api/ingress, off": "write",
    "PATCH /api/ingress, half an hour": "write",
    "DELETE /api/ingress": "write",
    "DELETE /api/ingress, none there": "write",
    "POST /api/stream/end": "write",
    "PUT /api/me, a username": "write",
    "PUT /api/me, a bio": "write",
    "PATCH /api/stream, a title": "write",
    "PATCH /api/stream, a setting": "write",
    "PUT /api/follows/{username}": "write",
    "DELETE /api/follows/{username}": "write",
    "PUT /api/blocks/{username}": "write",
    "DELETE /api/blocks/{username}": "write",
    "DELETE /api/chat/{username}/{messageId}": "write",
    "POST /api/chat/{username}/clear": "write",
    "PUT /api/chat/{username}/timeouts/{viewerId}": "write",
    "DELETE /api/chat/{username}/timeouts/{viewerId}": "write",
    "PUT /api/chat/{username}/blocks/{viewerId}": "write",
    "PUT /api/chat/{username}/blocks/{viewerId}, a guest": "write",
    "DELETE /api/chat/{username}/blocks/{viewerId}": "write",
    "PUT /api/moderators/{username}": "write",
    "DELETE /api/moderators/{username}": "write",
    "PUT /api/blocks/guests/{guestId}": "write",
    "DELETE /api/blocks/guests/{guestId}": "write",
}
"""Each call of `CALLS` that a limit counts, and which."""


class Clock:
    """The one clock, which stands still in the middle of a window until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC) + INTO_IT

    def moves(self, **by: int) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stands = Clock()
    monkeypatch.setattr(clock, "now", lambda: stands.now)
    return stands


@pytest.fixture
def twice(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything may be done twice in a window."""
    told = " ".join(f"{name}=2/{WINDOW_SECONDS}" for name in limits.names())
    monkeypatch.setenv("FOOTLIGHT_LIMITS", told)


def test_every_limit_and_every_limited_route_is_here() -> None:
    # A chat counts its messages by itself: see its own tests.
    assert (
        set(LIMITED.values()) | {"chat", "guest_chat"} == set(limits.names()) == set(limits.LIMITS)
    )
    documented = {name for name, operation in OPERATIONS.items() if "429" in operation["responses"]}
    documented.remove("POST /api/chat/{username}")
    assert {route_of(name) for name in LIMITED} == documented


def test_the_one_too_many_is_refused_until_the_window_ends(
    api: Api,
    livekit: LiveKit,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    world = World(api, livekit)
    began = time.now
    for name in CALLS:
        with subtests.test(name):
            world.as_begun()
            time.now = began
            monkeypatch.setenv(
                "FOOTLIGHT_LIMITS", f"{LIMITED.get(name, 'reset')}=2/{WINDOW_SECONDS}"
            )
            for _ in range(2):
                assert world.call(name).status < 400
            livekit.made.clear()
            was = without_limits(stored())
            if name not in LIMITED:
                assert world.call(name).status < 400
                continue

            assert is_limited(world.call(name), LEFT_MS)
            time.moves(milliseconds=LEFT_MS - 1)
            assert is_limited(world.call(name), 1)
            assert livekit.made == []
            assert without_limits(stored()) == was

            time.moves(milliseconds=1)
            assert world.call(name).status < 400


def is_limited(answer: Answer, retry_after_ms: int) -> bool:
    """In the one shape, and it says when the next one is let through."""
    assert answer.refused_with(429, "rate_limited")
    assert answer.body["error"]["retryAfterMs"] == retry_after_ms
    return answer.headers["retry-after"] == str(-(-retry_after_ms // 1000))


# --- whose limit it is ---


def test_a_person_s_limit_is_no_other_person_s(twice: None, api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")

    def asks(who: object, path: str = "/api/token") -> int:
        return api.post(path, {"host": "ann"}, signed_in_as=who).status

    assert [asks(bob) for _ in range(3)] == [200, 200, 429]
    assert asks(ann) == 200
    assert asks(None) == 200


def test_what_somebody_watches_is_no_part_of_what_they_change(
    twice: None, api: Api, livekit: LiveKit
) -> None:
    ann = api.joins("ann")

    def times(call: Callable[[], Answer]) -> list[int]:
        return [call().status for _ in range(3)]

    token = times(lambda: api.post("/api/token", {"host": "ann"}, signed_in_as=ann))
    followed = times(lambda: api.put("/api/follows/nobody", signed_in_as=ann))
    reset = times(lambda: api.post("/api/ingress", {}, signed_in_as=ann))
    assert (token, followed, reset) == ([200, 200, 429], [404, 404, 429], [200, 200, 429])


def statuses(api: Api, *addresses: str, **rest: object) -> list[int]:
    """A guest's token from each of these addresses; each time it is a new browser."""
    answers: list[int] = []
    for address in addresses:
        api.jar.clear()
        answers.append(api.post("/api/token", {"host": "ann"}, address=address, **rest).status)
    return answers


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7", "::ffff:203.0.113.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0000:0000:0000:0009"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_guests_of_one_address_share_a_limit(
    twice: None, api: Api, address: str, same: str
) -> None:
    api.joins("ann")
    assert statuses(api, address, same, address, same) == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("203.0.113.7", "203.0.113.8"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("2001:db8:1:2::1", "203.0.113.7"),
        ("no address", "no address either"),
        ("\udcff", "fe80::1%eth0"),
    ],
)
def test_guests_of_another_address_have_their_own(
    twice: None, api: Api, address: str, other: str
) -> None:
    api.joins("ann")
    assert statuses(api, address, address, address, other) == [200, 200, 429, 200]


def test_a_guest_is_not_counted_by_a_cookie(twice: None, api: Api) -> None:
    api.joins("ann")
    answers = [
        api.post("/api/token", {"host": "ann"}, address=f"203.0.113.{number}")
        for number in range(3)
    ]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.body["name"] for answer in answers}) == 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-real-ip", "forwarded", "true-client-ip"])
def test_what_a_caller_says_of_its_address_changes_nothing(
    twice: None, api: Api, header: str
) -> None:
    api.joins("ann")
    answers = [
        statuses(api, "203.0.113.7", headers={header: f"198.51.100.{number}"})
        for number in range(3)
    ]
    assert answers == [[200], [200], [429]]


@pytest.mark.parametrize("behind_cloudfront", [False, True])
def test_cloudfront_s_word_counts_only_where_it_proves_itself(
    twice: None, api: Api, monkeypatch: pytest.MonkeyPatch, behind_cloudfront: bool
) -> None:
    api.joins("ann")
    known = {"only": "CloudFront knows"}
    proof = json.dumps(known)
    if behind_cloudfront:
        put_secret("origin", known)
        monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "origin")

    def asks(viewer: str, edge: str) -> list[int]:
        told = {"x-footlight-origin": proof, "x-footlight-client-ip": viewer}
        return statuses(api, edge, headers=told)

    # One viewer through three edges, then three viewers through one.
    one = [asks("203.0.113.7", f"192.0.2.{number}") for number in range(3)]
    many = [asks(f"198.51.100.{number}", "192.0.2.9") for number in range(3)]
    limited, free = [[200], [200], [429]], [[200], [200], [200]]
    assert (one, many) == ((limited, free) if behind_cloudfront else (free, limited))


def test_the_table_holds_no_address(twice: None, api: Api) -> None:
    api.joins("ann")
    addresses = ["203.0.113.7", "2001:db8:1:2::1", "no address"]
    statuses(api, *addresses)

    counted = json.dumps([item for (pk, _), item in stored().items() if pk.startswith("LIMIT#g")])
    assert counted.count('"kind"') == 3
    assert not any(address[:11] in counted for address in addresses)
    # Nor can it be found by trying them all, without the key.
    assert limits.address_key("203.0.113.7", b"one") != limits.address_key("203.0.113.7", b"two")


# --- floods ---


def test_of_twenty_at_once_as_many_pass_as_may(
    deployed: None, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "write=5/60")

    def passes(_: int) -> bool:
        try:
            limits.count_or_refuse("write", "somebody")
        except RateLimited:
            return False
        return True

    with watched(), ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(passes, range(20))) == 5


def test_unknown_hosts_are_counted_and_cost_livekit_nothing(
    twice: None, api: Api, livekit: LiveKit
) -> None:
    asked = [api.post("/api/token", {"host": f"nobody{n}"}).status for n in range(3)]
    assert asked == [404, 404, 429]
    assert livekit.made == []
    assert livekit.rooms == {}


def test_what_was_counted_is_gone_a_while_after_its_window(deployed: None, time: Clock) -> None:
    limits.count_or_refuse("write", "somebody")
    (item,) = stored().values()
    ends = (time.now - INTO_IT).timestamp() + limits.LIMITS["write"].seconds
    assert int(item["expires_at"]["N"]) == ends + 60
