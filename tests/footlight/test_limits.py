"""Rate limits: a request over the limit is refused with a retry time and changes nothing."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from footlight import limits
from footlight.errors import RateLimited
from tests.support.api import Answer, Api
from tests.support.clock import Clock
from tests.support.deployment import put_secret
from tests.support.livekit import LiveKit
from tests.support.stored import stored
from tests.support.table import watched

WINDOW_SECONDS = 60


@pytest.fixture
def twice(deployed: None, time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set every limit to two requests per window."""
    setting = " ".join(f"{name}=2/{WINDOW_SECONDS}" for name in limits.names())
    monkeypatch.setenv("FOOTLIGHT_LIMITS", setting)


# --- who shares a limit ---


def test_each_user_has_their_own_limit(twice: None, api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")

    def request_token(user: object, path: str = "/api/token") -> int:
        return api.post(path, {"host": "ann"}, signed_in_as=user).status

    assert [request_token(bob) for _ in range(3)] == [200, 200, 429]
    assert request_token(ann) == 200
    assert request_token(None) == 200


def test_watching_and_changing_have_separate_limits(
    twice: None, api: Api, livekit: LiveKit
) -> None:
    ann = api.joins("ann")

    def three_statuses(call: Callable[[], Answer]) -> list[int]:
        return [call().status for _ in range(3)]

    token = three_statuses(lambda: api.post("/api/token", {"host": "ann"}, signed_in_as=ann))
    followed = three_statuses(lambda: api.put("/api/follows/nobody", signed_in_as=ann))
    reset = three_statuses(lambda: api.post("/api/ingress", {}, signed_in_as=ann))
    assert (token, followed, reset) == ([200, 200, 429], [404, 404, 429], [200, 200, 429])


def statuses(api: Api, *addresses: str, **rest: object) -> list[int]:
    """Request a guest token from each address with a new browser; return the statuses."""
    results: list[int] = []
    for address in addresses:
        api.jar.clear()
        results.append(api.post("/api/token", {"host": "ann"}, address=address, **rest).status)
    return results


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
def test_guests_with_the_same_address_share_a_limit(
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
def test_guests_with_another_address_have_their_own_limit(
    twice: None, api: Api, address: str, other: str
) -> None:
    api.joins("ann")
    assert statuses(api, address, address, address, other) == [200, 200, 429, 200]


def test_guests_are_counted_by_address_and_not_by_cookie(twice: None, api: Api) -> None:
    api.joins("ann")
    responses = [
        api.post("/api/token", {"host": "ann"}, address=f"203.0.113.{number}")
        for number in range(3)
    ]
    assert [response.status for response in responses] == [200, 200, 200]
    assert len({response.body["name"] for response in responses}) == 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-real-ip", "forwarded", "true-client-ip"])
def test_address_headers_of_the_caller_are_ignored(twice: None, api: Api, header: str) -> None:
    api.joins("ann")
    responses = [
        statuses(api, "203.0.113.7", headers={header: f"198.51.100.{number}"})
        for number in range(3)
    ]
    assert responses == [[200], [200], [429]]


@pytest.mark.parametrize("behind_cloudfront", [False, True])
def test_the_address_from_cloudfront_is_used_only_with_its_secret(
    twice: None, api: Api, monkeypatch: pytest.MonkeyPatch, behind_cloudfront: bool
) -> None:
    api.joins("ann")
    secret = {"only": "CloudFront knows"}
    if behind_cloudfront:
        put_secret("origin", secret)
        monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "origin")

    def request_token(viewer: str, edge: str) -> list[int]:
        origin = json.dumps(secret)
        headers = {"x-footlight-origin": origin, "x-footlight-client-ip": viewer}
        return statuses(api, edge, headers=headers)

    # One viewer through three edge servers, then three viewers through one edge server.
    one_viewer = [request_token("203.0.113.7", f"192.0.2.{number}") for number in range(3)]
    many_viewers = [request_token(f"198.51.100.{number}", "192.0.2.9") for number in range(3)]
    limited, free = [[200], [200], [429]], [[200], [200], [200]]
    assert (one_viewer, many_viewers) == ((limited, free) if behind_cloudfront else (free, limited))


def test_the_table_stores_no_addresses(twice: None, api: Api) -> None:
    api.joins("ann")
    addresses = ["203.0.113.7", "2001:db8:1:2::1", "no address"]
    statuses(api, *addresses)

    counted = json.dumps([item for (pk, _), item in stored().items() if pk.startswith("LIMIT#g")])
    assert counted.count('"kind"') == 3
    assert not any(address[:11] in counted for address in addresses)
    # Without the key, an address can't be found by hashing every address.
    assert limits.address_key("203.0.113.7", b"one") != limits.address_key("203.0.113.7", b"two")


# --- floods ---


def test_concurrent_requests_pass_up_to_the_limit(
    deployed: None, monkeypatch: pytest.MonkeyPatch, time: Clock
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "write=5/60")

    def passes(_: int) -> bool:
        try:
            limits.count_or_refuse("write", "a-subject")
        except RateLimited:
            return False
        return True

    with watched(), ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(passes, range(20))) == 5


def test_requests_for_unknown_hosts_are_counted_and_do_not_call_livekit(
    twice: None, api: Api, livekit: LiveKit
) -> None:
    results = [api.post("/api/token", {"host": f"unknown{n}"}).status for n in range(3)]
    assert results == [404, 404, 429]
    assert livekit.made == []
    assert livekit.rooms == {}


def test_a_counter_expires_a_minute_after_its_window(deployed: None, time: Clock) -> None:
    limits.count_or_refuse("write", "a-subject")
    (item,) = stored().values()
    ends = time.now.replace(second=0, microsecond=0).timestamp() + limits.LIMITS["write"].seconds
    assert int(item["expires_at"]["N"]) == ends + 60
