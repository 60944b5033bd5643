"""A cap on live channels with real encoders: it cuts the last one, and lets it return."""

from typing import Final

from tests.stack.rooms import is_key_refused, participants
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    broadcast,
    encoder,
    functions_with,
    is_live,
    run_async,
    wait_until,
)

FIRST: Final = "bob"
LAST: Final = "cleo"
CAP: Final = "FOOTLIGHT_MAX_LIVE_CHANNELS"
RUNS_WITHIN_SECONDS: Final = 90.0
"""The reconciler runs each minute. It may have started just before the cap changed."""
RETURNS_WITHIN_SECONDS: Final = 180.0
"""A minute of rest, the next run, and the encoder's next attempt."""


def test_a_lower_cap_cuts_the_last_encoder_and_a_removed_cap_lets_it_return(stack: Stack) -> None:
    cleo = stack.api(LAST)
    room = cleo.get("/api/me").json["id"]

    with broadcast(stack, FIRST):
        ingress = cleo.post("/api/ingress", {"inputType": "rtmp"}).json
        with encoder(stack, ingress["streamKey"]):
            wait_until(lambda: is_live(stack, LAST), within=LIVE_WITHIN_SECONDS, what="cleo live")
            usage = stack.api(stack.operator.username).get("/api/admin/usage").json
            fewer = usage["liveChannels"] - 1
            with functions_with(CAP, f"{fewer}", like="FOOTLIGHT_STREAMING"):
                wait_until(
                    lambda: not is_live(stack, LAST),
                    within=RUNS_WITHIN_SECONDS,
                    what="the reconciler to end the broadcast over the cap",
                )
                assert is_live(stack, FIRST)
                wait_until(
                    lambda: room not in participants(stack, room),
                    within=LIVE_WITHIN_SECONDS,
                    what="no encoder in the room",
                )
                wait_until(
                    lambda: run_async(is_key_refused(stack, ingress["ingressId"])),
                    within=LIVE_WITHIN_SECONDS,
                    what="a key that rests",
                )
                shown = cleo.get("/api/ingress").json
                assert shown["overCap"] == {"cap": "live_channels", "limit": fewer, "until": None}
                assert shown["restingFor"] == "live_channels"
                past = cleo.get("/api/pages/sessions").json["sessions"]
                assert past[0]["reason"] == "capped"
                go_live = cleo.patch("/api/ingress", {"armed": "always"})
                assert go_live.refused_with(429, "cap_reached")
            wait_until(
                lambda: is_live(stack, LAST),
                within=RETURNS_WITHIN_SECONDS,
                what="the key to work again without the cap",
            )
            assert is_live(stack, FIRST)
    assert cleo.post("/api/stream/end").status == 204
