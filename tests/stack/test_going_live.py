"""A broadcast from the key to the end, over HTTP, with a real livekit-server and webhooks."""

from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    broadcast,
    encoder,
    is_live,
    wait_until,
)


def test_an_encoder_with_the_key_is_live_on_home_and_offline_after_its_end(stack: Stack) -> None:
    with broadcast(stack, "bob") as bob:
        home = stack.api().get("/api/pages/home").json["streams"]
        assert home[0]["user"]["username"] == "bob" or home[0]["stream"]["isLive"]
        encoding = wait_until(
            lambda: bob.get("/api/ingress").json["encoder"]["video"],
            within=LIVE_WITHIN_SECONDS,
            what="LiveKit to report the encoder's video",
        )
        assert (encoding["width"], encoding["height"]) == (640, 360)

    assert stack.api().get("/api/pages/channels/bob").json["stream"]["state"] == "offline"


def test_an_encoder_that_stops_is_shown_as_reconnecting(stack: Stack) -> None:
    bob = stack.api("bob")
    key = bob.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    with encoder(stack, key):
        wait_until(lambda: is_live(stack, "bob"), within=LIVE_WITHIN_SECONDS, what="bob to be live")
    wait_until(
        lambda: (
            stack.api().get("/api/pages/channels/bob").json["stream"]["state"] == "reconnecting"
        ),
        within=LIVE_WITHIN_SECONDS,
        what="bob to be reconnecting",
    )
    assert not is_live(stack, "bob")


def test_a_reset_ends_the_old_key_and_creates_a_new_one(stack: Stack) -> None:
    bob = stack.api("bob")
    first = bob.post("/api/ingress", {"inputType": "rtmp"}).json
    with encoder(stack, first["streamKey"]):
        wait_until(lambda: is_live(stack, "bob"), within=LIVE_WITHIN_SECONDS, what="bob to be live")

        second = bob.post("/api/ingress", {"inputType": "rtmp"})

        assert second.status == 200
        assert second.json["streamKey"] != first["streamKey"]
        assert second.json["ingressId"] != first["ingressId"]
        assert not is_live(stack, "bob")  # the reset changes this: LiveKit sends no event
    assert bob.get("/api/ingress").json["ingressId"] == second.json["ingressId"]


def test_whip_returns_a_url_and_a_bearer(stack: Stack) -> None:
    answer = stack.api("bob").post("/api/ingress", {"inputType": "whip"})
    assert answer.json["inputType"] == "whip"
    assert answer.json["serverUrl"].startswith(stack.whip_url)


def test_an_ingress_can_be_deleted(stack: Stack) -> None:
    bob = stack.api("bob")
    bob.post("/api/ingress", {"inputType": "rtmp"})
    assert bob.delete("/api/ingress").status == 204
    assert bob.get("/api/ingress").refused_with(404, "not_found")
    assert bob.delete("/api/ingress").status == 204


def test_a_key_is_shown_only_to_its_owner(stack: Stack) -> None:
    assert stack.api().get("/api/ingress").refused_with(401, "unauthorized")
    answer = stack.api("bob").post("/api/ingress", {"inputType": "rtmp"})
    key = answer.json["streamKey"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    for caller in (stack.api(), stack.api("cleo"), stack.api("bob")):
        page = caller.get("/api/pages/channels/bob")
        assert key not in str(page.json)
