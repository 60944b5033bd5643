"""Many resets at once on the real server leave one key, and it is the one that is shown."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from livekit.protocol.ingress import ListIngressRequest

from tests.stack.rooms import server_api
from tests.stack.support import Answer, Api, Stack, awaited, livekit_hangs, wait_until

AT_ONCE = 20
PATIENCE_SECONDS = 20.0


def test_of_twenty_resets_at_once_one_is_done_and_one_key_is_left(stack: Stack) -> None:
    dan = stack.api("dan")
    room = dan.get("/api/pages/channels/dan").json["user"]["id"]
    assert dan.post("/api/ingress", {"inputType": "rtmp"}).status == 200
    tabs = [stack.api("dan") for _ in range(AT_ONCE)]

    def reset(tab: Api) -> Answer:
        return tab.post("/api/ingress", {"inputType": "rtmp"})

    with ThreadPoolExecutor(AT_ONCE) as threads:
        together = Barrier(AT_ONCE)

        def warm(tab: Api) -> None:  # so that none starts when another is done
            together.wait()
            tab.get("/api/ingress")

        list(threads.map(warm, tabs))
        with livekit_hangs():  # which holds up the one that is let through until all have tried
            asked = [threads.submit(reset, tab) for tab in tabs]
            wait_until(
                lambda: sum(each.done() for each in asked) == AT_ONCE - 1,
                within=PATIENCE_SECONDS,
                what="all but one to be refused",
            )
        answers = [each.result() for each in asked]

    (done,) = [answer for answer in answers if answer.status == 200]
    others = [answer for answer in answers if answer is not done]
    assert all(answer.refused_with(409, "reset_in_progress") for answer in others), others
    left = awaited(ingresses(stack, room))
    assert left == {done.json["ingressId"]: done.json["streamKey"]}
    shown = dan.get("/api/ingress").json
    assert left == {shown["ingressId"]: shown["streamKey"]}


async def ingresses(stack: Stack, room: str) -> dict[str, str]:
    """The stream key of each ingress that LiveKit has of a room."""
    async with server_api(stack) as client:
        found = await client.ingress.list_ingress(ListIngressRequest(room_name=room))
        return {ingress.ingress_id: ingress.stream_key for ingress in found.items}
