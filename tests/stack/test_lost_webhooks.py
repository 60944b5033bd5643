"""If every webhook is lost, the list of channels is still correct after the check of each minute.

The tests read only the list, because reading a channel schedules a check of that channel.
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
    encoder,
    find_webhook,
    lost_webhooks,
    run_async,
    stored,
    wait_until,
)

CORRECT_WITHIN_SECONDS: Final = 75.0


@pytest.fixture(autouse=True)
def _no_webhook(stack: Stack) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    with lost_webhooks(stack):
        yield


def listed(stack: Stack, username: str) -> dict[str, Any] | None:
    """Return a channel's stream from the home page, or None if it has never streamed."""
    path: str | None = "/api/pages/home"
    while path:
        page = stack.api().get(path).json
        for channel in page["streams"]:
            if channel["user"]["username"] == username:
                return channel["stream"]
        path = page["next"] and f"/api/pages/home?cursor={page['next']}"
    return None


def wait_for(stack: Stack, username: str, state: str, what: str) -> dict[str, Any]:
    """Wait until home shows a state, print how long it took, and return the stream."""
    started = time.monotonic()

    def stream_in_state() -> dict[str, Any] | None:
        stream = listed(stack, username)
        return stream if stream and stream["state"] == state else None

    stream = wait_until(
        stream_in_state, within=CORRECT_WITHIN_SECONDS, what=f"{username}: {what}", every=0.5
    )
    sys.stdout.write(f"{what}: {state} on home after {time.monotonic() - started:.1f} s\n")
    return stream


def source_of(stack: Stack, username: str) -> str:
    """Return the source of the recorded state of a channel."""
    (item,) = [item for item in stored("live") if item["user_id"]["S"] == user_id(stack, username)]
    return item["source"]["S"]


def user_id(stack: Stack, username: str) -> str:
    """Return a demo person's id without reading their channel."""
    return stack.api(username).get("/api/me").json["id"]


def new_ingress(stack: Stack, username: str) -> tuple[Api, dict[str, str]]:
    creator = stack.api(username)
    answer = creator.post("/api/ingress", {"inputType": "rtmp"})
    assert answer.status == 200, answer
    return creator, answer.json


def test_every_change_of_two_creators_is_detected(stack: Stack) -> None:
    """Use two creators at once, because the checks are a minute apart."""
    bob, by_bob = new_ingress(stack, "bob")
    dan, by_dan = new_ingress(stack, "dan")
    with ExitStack() as of_bob, ExitStack() as of_dan:
        of_bob.enter_context(encoder(stack, by_bob["streamKey"]))
        dropped = of_dan.enter_context(encoder(stack, by_dan["streamKey"]))
        wait_for(stack, "bob", "live", "a start")
        first = wait_for(stack, "dan", "live", "a start")
        for ingress in (by_bob, by_dan):
            assert find_webhook(stack, "ingress_started", ingress["ingressId"])  # sent, but lost

        of_bob.close()
        dropped.kill()
        wait_for(stack, "bob", "reconnecting", "a stop")
        wait_for(stack, "dan", "reconnecting", "a drop")

        of_dan.enter_context(encoder(stack, by_dan["streamKey"]))
        again = wait_for(stack, "dan", "live", "a return")
        assert again["startedAt"] == first["startedAt"]  # the same broadcast

        run_async(delete(stack, by_dan["ingressId"]))  # LiveKit sends no webhook for it
        wait_for(stack, "dan", "reconnecting", "a deleted ingress")
        wait_for(stack, "bob", "offline", "the end of the grace")
    assert {source_of(stack, creator) for creator in ("bob", "dan")} == {"reconciler"}
    for creator in (bob, dan):
        assert creator.delete("/api/ingress").status == 204


async def delete(stack: Stack, ingress_id: str) -> None:
    """Delete an ingress directly in LiveKit, without using the product."""
    async with server_api(stack) as client:
        await client.ingress.delete_ingress(DeleteIngressRequest(ingress_id=ingress_id))
