"""Many resets at once on the real server leave one key, and it is the one that is shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from livekit.protocol.ingress import ListIngressRequest

from tests.stack.rooms import server_api
from tests.stack.support import Answer, Api, Stack, awaited, livekit_hangs, wait_until

AT_ONCE = 20
STEP = 4
PATIENCE_SECONDS = 60.0
RACES = 4
CLEARED_WITHIN_SECONDS = 90.0


def test_of_twenty_resets_at_once_one_is_done_and_one_key_is_left(stack: Stack) -> None:
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
        # As many functions are warm then, so that none begins when another is done. A few more each
        # time: twenty cold starts at once would keep two processors busy for half a minute.
        for count in range(STEP, AT_ONCE + 1, STEP):
            list(threads.map(ask, tabs[:count], [Barrier(count)] * count))
        answers = raced(threads, tabs, reset)
        for _ in range(RACES - 1):
            statuses = [answer.status for answer in answers]
            assert statuses.count(200) <= 1, answers
            if 503 not in statuses:
                break
            # The machine was so slow that LiveKit was given up before all had tried.
            wait_until(
                lambda: reset(tabs[0]).status == 200,
                within=CLEARED_WITHIN_SECONDS,
                what="the lease of a reset that was given up to run out",
                every=2,
            )
            answers = raced(threads, tabs, reset)

    (done,) = [answer for answer in answers if answer.status == 200]
    others = [answer for answer in answers if answer is not done]
    assert all(answer.refused_with(409, "reset_in_progress") for answer in others), others
    one = {done.json["ingressId"]: done.json["streamKey"]}
    # Where LiveKit held it up for too long, the minute's look deletes the one before.
    wait_until(
        lambda: awaited(ingresses(stack, room)) == one,
        within=CLEARED_WITHIN_SECONDS,
        what="one ingress to be left",
    )
    shown = dan.get("/api/ingress").json
    assert {shown["ingressId"]: shown["streamKey"]} == one


def raced(
    threads: ThreadPoolExecutor, tabs: list[Api], reset: Callable[[Api], Answer]
) -> list[Answer]:
    """All at once, while LiveKit holds up the one that is let through until all have tried."""
    with livekit_hangs():
        asked = [threads.submit(reset, tab) for tab in tabs]
        wait_until(
            lambda: sum(each.done() for each in asked) >= AT_ONCE - 1,
            within=PATIENCE_SECONDS,
            what="all but one to be refused",
        )
    return [each.result() for each in asked]


async def ingresses(stack: Stack, room: str) -> dict[str, str]:
    """The stream key of each ingress that LiveKit has of a room."""
    async with server_api(stack) as client:
        found = await client.ingress.list_ingress(ListIngressRequest(room_name=room))
        return {ingress.ingress_id: ingress.stream_key for ingress in found.items}
