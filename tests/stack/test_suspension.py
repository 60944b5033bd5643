"""A suspension while a real encoder streams: the picture is gone, and the key is dead."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pytest

from tests.stack.rooms import admitted, eventually, is_key_refused, participants_in
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Api,
    Stack,
    encoder,
    is_live,
    run_command,
    stored,
    wait_until,
)
from tests.stack.test_blocks import visit

HOST: Final = "bob"
PATH: Final = f"/api/admin/suspensions/{HOST}"
SETTLED_WITHIN_SECONDS: Final = 30.0


@pytest.fixture
def bob(stack: Stack) -> Iterator[Api]:
    """The creator. The suspension is lifted, and the broadcast ended, after the test."""
    bob = stack.api(HOST)
    yield bob
    assert stack.api("olga").delete(PATH).status == 204
    assert bob.post("/api/stream/end").status == 204


async def suspended_while_watched(
    stack: Stack, suspend: Callable[[], None], admission: dict[str, str], ingress_id: str
) -> None:
    """Suspend the host while a viewer watches, and wait until nothing of it is left in LiveKit."""
    room = admission["room"]

    async def picture_is_gone() -> bool:
        return room not in await participants_in(stack, room)

    key_is_refused = partial(is_key_refused, stack, ingress_id)

    async with visit(stack, admission) as viewer:
        await eventually(viewer.is_in, "the viewer to be in the room")
        viewer.since = time.monotonic()
        await asyncio.to_thread(suspend)
        await viewer.ends("viewer of a suspended channel", SETTLED_WITHIN_SECONDS)
        await eventually(picture_is_gone, "no encoder in the room", within=SETTLED_WITHIN_SECONDS)
        sys.stdout.write(f"picture gone after {time.monotonic() - viewer.since:.2f} s\n")
        await eventually(key_is_refused, "a dead key", within=SETTLED_WITHIN_SECONDS)
        sys.stdout.write(f"key refused after {time.monotonic() - viewer.since:.2f} s\n")
    async with visit(stack, admission) as rejoined:
        await rejoined.ends("rejoined the room of a suspended channel")
    assert await picture_is_gone()


def by_route(stack: Stack) -> None:
    assert stack.api("olga").put(PATH, {"reason": "A test"}).status == 204


def by_command(_stack: Stack) -> None:
    arguments = ("suspend", HOST, "--reason", "A test", "--until", "2100-01-01")
    done = run_command("operations.operators", arguments=arguments)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("suspend", [by_route, by_command])
def test_a_suspension_cuts_the_encoder_and_lifting_it_lets_it_return(
    stack: Stack, bob: Api, suspend: Callable[[Stack], None]
) -> None:
    ingress = bob.post("/api/ingress", {"inputType": "rtmp"}).json
    guest, olga = stack.api(), stack.api("olga")
    admission = admitted(guest, HOST)
    with encoder(stack, ingress["streamKey"]):
        wait_until(lambda: is_live(stack, HOST), within=LIVE_WITHIN_SECONDS, what="bob to be live")
        asyncio.run(
            suspended_while_watched(stack, lambda: suspend(stack), admission, ingress["ingressId"])
        )
        assert guest.get(f"/api/pages/channels/{HOST}").refused_with(404, "not_found")
        assert guest.post("/api/token", {"host": HOST}).refused_with(404, "host_not_found")
        assert bob.post("/api/ingress", {}).refused_with(403, "suspended")
        assert bob.get("/api/me").json["suspension"]["reason"] == "A test"
        people = olga.get("/api/admin/people").json["people"]
        assert [person["username"] for person in people] == [HOST]

        assert olga.delete(PATH).status == 204
        wait_until(
            lambda: not stored("standing"),
            within=LIVE_WITHIN_SECONDS,
            what="the key to work as it was armed",
        )
        assert bob.patch("/api/ingress", {"armed": "always"}).status == 200  # ends its rest
        wait_until(lambda: is_live(stack, HOST), within=LIVE_WITHIN_SECONDS, what="bob to be back")


def test_the_demo_has_an_operator_and_the_command_takes_the_role(stack: Stack) -> None:
    assert stack.operator.username == "olga"
    olga = stack.api("olga")
    assert olga.get("/api/admin/log").status == 200
    assert stack.api("cleo").get("/api/admin/log").refused_with(403, "forbidden")
    assert stack.api().get("/api/admin/log").refused_with(401, "unauthorized")
    for command, status in (("dismiss", 403), ("appoint", 200)):
        done = run_command("operations.operators", arguments=(command, "olga"))
        assert done.returncode == 0, done.stderr
        assert olga.get("/api/admin/log").status == status
