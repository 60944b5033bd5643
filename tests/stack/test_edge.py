"""The site's one origin: pages, deep links, API errors, and webhooks not from LiveKit."""

import json

import urllib3

from tests.stack.support import Stack


def test_a_deep_link_returns_the_page_and_an_unknown_api_route_an_error(stack: Stack) -> None:
    page = urllib3.request("GET", f"{stack.site_url}/ann", retries=False)
    assert page.status == 200
    assert b'<script type="module"' in page.data

    assert stack.api().get("/api/nothing").refused_with(404, "not_found")
    assert stack.api().delete("/api/token").refused_with(405, "method_not_allowed")


def test_the_site_reads_its_settings_at_run_time(stack: Stack) -> None:
    answer = urllib3.request("GET", f"{stack.site_url}/config.json", retries=False)
    assert json.loads(answer.data)["livekitUrl"] == stack.livekit_url


def test_a_webhook_without_livekit_s_signature_is_rejected(stack: Stack) -> None:
    body = json.dumps({"event": "ingress_started", "id": "EV_1"}).encode()
    for authorization in ({}, {"Authorization": "x"}, {"Authorization": "Bearer x"}):
        answer = stack.api().call(
            "POST",
            "/api/webhook/livekit",
            content=body,
            headers={"Content-Type": "application/webhook+json"} | authorization,
        )
        assert answer.refused_with(401, "unauthorized"), answer


def test_a_guest_keeps_the_same_name_with_the_same_cookie(stack: Stack) -> None:
    guest = stack.api()
    names = {guest.post("/api/token", {"host": "ann"}).json["name"] for _ in range(3)}
    assert len(names) == 1
    assert names.pop().startswith("guest-")


def test_a_signed_in_person_gets_their_own_profile(stack: Stack) -> None:
    assert stack.api("cleo").get("/api/me").json["username"] == "cleo"
    assert stack.api().get("/api/me").refused_with(401, "unauthorized")
