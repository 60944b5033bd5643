"""With every webhook lost the list is right all the same, within the minute's look.

Only the list is asked: a read of a channel has that channel looked at.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import pytest
from livekit.protocol.ingress import DeleteIngressRequest

from tests.stack.rooms import server_api
from tests.stack.support import (
    Api,
    Stack,
    awaited,
    encoder,
    lost_webhooks,
    stored,
    told,
    wait_until,
)

RIGHT_WITHIN_SECONDS: Final = 75.0


@pytest.fixture(autouse=True)
def _no_webhook(stack: Stack) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    with lost_webhooks(stack):
        yield


def listed(stack: Stack, username: str) -> dict[str, Any]:
    """A channel's stream as home lists it."""
    path: str | None = "/api/pages/home"
    while path:
        page = stack.api().get(path).json
        for channel in page["streams"]:
            if channel["user"]["username"] == username:
                return channel["stream"]
        path = page["next"] and f"/api/pages/home?cursor={page['next']}"
    raise AssertionError(f"{username} is not on home")


def comes(stack: Stack, username: str, state: str, what: str) -> dict[str, Any]:
    """Waits until home says so, tells how long it took, and returns the stream."""
    began = time.monotonic()

    def as_it_should_be() -> dict[str, Any] | None:
        stream = listed(stack, username)
        return stream if stream["state"] == state else None

    stream = wait_until(
        as_it_should_be, within=RIGHT_WITHIN_SECONDS, what=f"{username}: {what}", every=0.5
    )
    sys.stdout.write(f"{what}: {state} on home after {time.monotonic() - began:.1f} s\n")
    return stream


def source_of(stack: Stack, username: str) -> str:
    """Who told last what is recorded of a channel."""
    (item,) = [item for item in stored("live") if item["user_id"]["S"] == user_id(stack, username)]
    return item["source"]["S"]


def user_id(stack: Stack, username: str) -> str:
    """A demo person's id, without a read of their channel."""
    return stack.api(username).get("/api/me").json["id"]


def new_ingress(stack: Stack, username: str) -> tuple[Api, dict[str, str]]:
    creator = stack.api(username)
    answer = creator.post("/api/ingress", {"inputType": "rtmp"})
    assert answer.status == 200, answer
    return creator, answer.json


def test_what_two_creators_do_is_seen_each_time(stack: Stack) -> None:
    """Two at once, since each look is a minute after the one before."""
    bob, by_bob = new_ingress(stack, "bob")
    dan, by_dan = new_ingress(stack, "dan")
    with ExitStack() as of_bob, ExitStack() as of_dan:
        of_bob.enter_context(encoder(stack, by_bob["streamKey"]))
        dropped = of_dan.enter_context(encoder(stack, by_dan["streamKey"]))
        comes(stack, "bob", "live", "a start")
        first = comes(stack, "dan", "live", "a start")
        for ingress in (by_bob, by_dan):
            assert told(stack, "ingress_started", ingress["ingressId"])  # and lost

        of_bob.close()
        dropped.kill()
        comes(stack, "bob", "reconnecting", "a stop")
        comes(stack, "dan", "reconnecting", "a drop")

        of_dan.enter_context(encoder(stack, by_dan["streamKey"]))
        again = comes(stack, "dan", "live", "a return")
        assert again["startedAt"] == first["startedAt"]  # the same broadcast

        awaited(delete(stack, by_dan["ingressId"]))  # and LiveKit tells nothing of it, ever
        comes(stack, "dan", "reconnecting", "a deleted ingress")
        comes(stack, "bob", "offline", "the end of the grace")
    assert {source_of(stack, creator) for creator in ("bob", "dan")} == {"reconciler"}
    for creator in (bob, dan):
        assert creator.delete("/api/ingress").status == 204


async def delete(stack: Stack, ingress_id: str) -> None:
    """Behind our back, as somebody in LiveKit's own console would."""
    async with server_api(stack) as client:
        await client.ingress.delete_ingress(DeleteIngressRequest(ingress_id=ingress_id))
