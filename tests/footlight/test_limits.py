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
    """Everything may be done twice in a window."""
    told = " ".join(f"{name}=2/{WINDOW_SECONDS}" for name in limits.names())
    monkeypatch.setenv("FOOTLIGHT_LIMITS", told)


# --- whose limit it is ---


def test_a_person_s_limit_is_no_other_person_s(twice: None, api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")

    def asks(who: object, path: str = "/api/token") -> int:
        return api.post(path, {"host": "ann"}, signed_in_as=who).status

    assert [asks(bob) for _ in range(3)] == [200, 200, 429]
    assert asks(ann) == 200
    assert asks(None) == 200


def test_watching_and_changing_have_separate_limits(
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
    asked = [api.post("/api/token", {"host": f"unknown{n}"}).status for n in range(3)]
    assert asked == [404, 404, 429]
    assert livekit.made == []
    assert livekit.rooms == {}


def test_what_was_counted_is_gone_a_while_after_its_window(deployed: None, time: Clock) -> None:
    limits.count_or_refuse("write", "somebody")
    (item,) = stored().values()
    ends = time.now.replace(second=0, microsecond=0).timestamp() + limits.LIMITS["write"].seconds
    assert int(item["expires_at"]["N"]) == ends + 60
