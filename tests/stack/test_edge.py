"""The site's one origin: pages, deep links, the API's errors, webhooks that are not LiveKit's."""

import json

import urllib3

from tests.stack.support import Stack


def test_a_deep_link_is_the_page_and_an_unknown_route_of_the_api_is_an_error(stack: Stack) -> None:
    page = urllib3.request("GET", f"{stack.site_url}/ann", retries=False)
    assert page.status == 200
    assert b'<script type="module"' in page.data

    assert stack.api().get("/api/nothing").refused_with(404, "not_found")
    assert stack.api().delete("/api/token").refused_with(405, "method_not_allowed")


def test_the_settings_are_read_at_run_time(stack: Stack) -> None:
    answer = urllib3.request("GET", f"{stack.site_url}/config.json", retries=False)
    assert json.loads(answer.data)["livekitUrl"] == stack.livekit_url


def test_a_webhook_that_livekit_did_not_sign_is_refused(stack: Stack) -> None:
    body = json.dumps({"event": "ingress_started", "id": "EV_1"}).encode()
    for authorization in ({}, {"Authorization": "x"}, {"Authorization": "Bearer x"}):
        answer = stack.api().call(
            "POST",
            "/api/webhook/livekit",
            content=body,
            headers={"Content-Type": "application/webhook+json"} | authorization,
        )
        assert answer.refused_with(401, "unauthorized"), answer


def test_a_guest_keeps_the_name_that_the_cookie_stands_for(stack: Stack) -> None:
    guest = stack.api()
    names = {guest.post("/api/token", {"host": "ann"}).json["name"] for _ in range(3)}
    assert len(names) == 1
    assert names.pop().startswith("guest-")


def test_someone_signed_in_is_who_they_are(stack: Stack) -> None:
    assert stack.api("cleo").get("/api/me").json["username"] == "cleo"
    assert stack.api().get("/api/me").refused_with(401, "unauthorized")
