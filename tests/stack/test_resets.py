"""Many concurrent resets on the real server leave one key, and the page shows that key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from livekit.protocol.ingress import ListIngressRequest

from tests.stack.rooms import server_api
from tests.stack.support import Answer, Api, Stack, livekit_hangs, run_async, wait_until

pytestmark = pytest.mark.attack

AT_ONCE = 20
STEP = 4
REFUSED_WITHIN_SECONDS = 60.0
RACES = 4
CLEANED_UP_WITHIN_SECONDS = 90.0


def test_one_of_twenty_concurrent_resets_succeeds_and_one_key_remains(stack: Stack) -> None:
    dan = stack.api("dan")
    room = dan.get("/api/pages/channels/dan").json["user"]["id"]
    assert dan.post("/api/ingress", {"inputType": "rtmp"}).status == 200
    tabs = [stack.api("dan") for _ in range(AT_ONCE)]

    def ask(tab: Api, together: Barrier) -> None:
        together.wait()
        tab.get("/api/ingress")

    def reset(tab: Api) -> Answer:
        return tab.post("/api/ingress", {"inputType": "rtmp"})

    with ThreadPoolExecutor(AT_ONCE) as threads:
        # Warm up enough functions, so that no reset starts after another one is done. Warm up a few
        # at a time, because 20 cold starts at once would keep two processors busy for 30 s.
        for count in range(STEP, AT_ONCE + 1, STEP):
            list(threads.map(ask, tabs[:count], [Barrier(count)] * count))
        answers = race(threads, tabs, reset)
        for _ in range(RACES - 1):
            statuses = [answer.status for answer in answers]
            assert statuses.count(200) <= 1, answers
            if 503 not in statuses:
                break
            # The machine was slow: the call of LiveKit timed out before all resets had started.
            wait_until(
                lambda: reset(tabs[0]).status == 200,
                within=CLEANED_UP_WITHIN_SECONDS,
                what="the lease of the abandoned reset to expire",
                every=2,
            )
            answers = race(threads, tabs, reset)

    (done,) = [answer for answer in answers if answer.status == 200]
    others = [answer for answer in answers if answer is not done]
    assert all(answer.refused_with(409, "reset_in_progress") for answer in others), others
    remaining = {done.json["ingressId"]: done.json["streamKey"]}
    # If LiveKit delayed the reset for too long, the next check deletes the old ingress.
    wait_until(
        lambda: run_async(ingresses(stack, room)) == remaining,
        within=CLEANED_UP_WITHIN_SECONDS,
        what="one ingress to remain",
    )
    shown = dan.get("/api/ingress").json
    assert {shown["ingressId"]: shown["streamKey"]} == remaining


def race(
    threads: ThreadPoolExecutor, tabs: list[Api], reset: Callable[[Api], Answer]
) -> list[Answer]:
    """Reset from all tabs at once, while LiveKit delays the first reset until all have started."""
    with livekit_hangs():
        resets = [threads.submit(reset, tab) for tab in tabs]
        wait_until(
            lambda: sum(each.done() for each in resets) >= AT_ONCE - 1,
            within=REFUSED_WITHIN_SECONDS,
            what="all but one to be refused",
        )
    return [each.result() for each in resets]


async def ingresses(stack: Stack, room: str) -> dict[str, str]:
    """Return the stream keys of a room's ingresses in LiveKit, by ingress id."""
    async with server_api(stack) as client:
        listing = await client.ingress.list_ingress(ListIngressRequest(room_name=room))
        return {ingress.ingress_id: ingress.stream_key for ingress in listing.items}
