"""How often does each route call DynamoDB? One good request to each, and what it made of it."""

import time
from collections.abc import Callable
from typing import Any

from tests.support.api import Answer, Api
from tests.support.provider import there
from tests.support.table import watched
from tests.support.webhook import event, signature

GUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
OF_SECRETS_MANAGER = "GetSecretValue"
SECOND = 1_000_000_000


def calls_of_each_route(api: Api) -> dict[str, list[str] | None]:
    """DynamoDB's operations, in order, by route and by who asks; None where it was not answered.

    On a site where nobody is yet. Routes that speak to LiveKit need one that answers; those of
    webhooks need an ingress, and so one as well.
    """
    counted: dict[str, list[str] | None] = {}

    def count(name: str, ask: Callable[[], Answer]) -> Answer:
        with watched() as wire:
            answer = ask()
        made = [operation for operation in wire.made if operation != OF_SECRETS_MANAGER]
        counted[name] = made if answer.status < 400 else None
        return answer

    def one(method: str, path: str, body: Any = None, who: str = "", **rest: Any) -> Answer:
        route = path.replace("/ann", "/{username}").replace("/bob", "/{username}")
        route = route.replace(GUEST_ID, "{guestId}")
        name = f"{method} {route}" + (f", {who}" if who else "")
        return count(name, lambda: api.call(method, path, body, **rest))

    def told(kind: str, ingress_id: str, started: int, updated: int) -> None:
        text = event(kind, started, updated, ingress=ingress_id, created=updated // SECOND)
        headers = {"content-type": "application/webhook+json", "authorization": signature(text)}
        one("POST", "/api/webhook/livekit", who=kind, headers=headers, raw=text.encode())

    ann, bob = api.joins("ann"), api.joins("bob")
    one("GET", "/api/me", signed_in_as=bob)
    one("PUT", "/api/me", {"bio": "Hello"}, signed_in_as=ann)
    one("PATCH", "/api/stream", {"title": "Evening stream"}, signed_in_as=ann)
    one("PUT", "/api/follows/ann", signed_in_as=bob)

    ingress = one("POST", "/api/ingress", {"inputType": "rtmp"}, signed_in_as=ann)
    one("GET", "/api/ingress", signed_in_as=ann)
    told("track_published", "IN_1", 1, 1)
    if ingress.status == 200:
        ingress_id, at = ingress.body["ingressId"], time.time_ns() - 60 * SECOND
        told("ingress_started", ingress_id, at, at)
        told("ingress_ended", ingress_id, at, at + SECOND)
        told("ingress_started", ingress_id, at + 2 * SECOND, at + 2 * SECOND)

    for who, person in (("signed in", bob), ("guest", None)):
        api.jar.clear()
        one("GET", "/api/pages/channels/ann", who=who, signed_in_as=person)
        one("POST", "/api/token", {"host": "ann"}, who, signed_in_as=person)
        one("GET", "/api/pages/home", who=who, signed_in_as=person)
        one("GET", "/api/pages/search", who=who, query={"term": "eve"}, signed_in_as=person)
    one("GET", "/api/pages/dashboard", signed_in_as=ann)
    one("GET", "/api/openapi.json")

    one("POST", "/api/stream/end", signed_in_as=ann)
    one("DELETE", "/api/ingress", signed_in_as=ann)
    one("DELETE", "/api/follows/ann", signed_in_as=bob)
    one("PUT", "/api/blocks/bob", signed_in_as=ann)
    one("PUT", f"/api/blocks/guests/{GUEST_ID}", signed_in_as=ann)
    one("GET", "/api/blocks", signed_in_as=ann)
    one("DELETE", "/api/blocks/bob", signed_in_as=ann)
    one("DELETE", f"/api/blocks/guests/{GUEST_ID}", signed_in_as=ann)

    api.provider.signs_in = bob.subject
    begun = one("GET", "/api/session/login", query={"return": "/"})
    one("GET", "/api/session/callback", query=there(begun.headers["location"]))
    one("POST", "/api/session/token")
    one("DELETE", "/api/session")
    return counted
