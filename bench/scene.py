"""The setup of a measurement: an empty table, the secrets, and a real identity provider.

It is like the unit tests' setup, but uses the emulator and a livekit-server, so that the servers'
work doesn't count as our own process's time.
"""

import importlib
import os
from typing import Any

from bench.cold_start import CONTEXT as CONTEXT
from footlight.tables.items import Item, get
from footlight.tables.live import live_state
from local import settings
from tests.support.api import Api, Person
from tests.support.deployment import put_secrets, settings_at
from tests.support.provider import Provider
from tests.support.webhook import event, signature

Event = dict[str, Any]


def set_scene() -> Api:
    """Create an empty site and this process's settings. Return a client of the site."""
    provider = Provider()
    os.environ.update(settings_at(provider) | {"FOOTLIGHT_LIVEKIT_URL": settings.LIVEKIT_URL})
    if Item.exists():
        Item.delete_table()
    Item.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    put_secrets()
    return Api(provider)


def function(name: str) -> Any:
    """Return a Lambda function's `handler(event, context)`."""
    return importlib.import_module(f"functions.{name}.handler").handler


def create_ingress(api: Api, creator: Person) -> str:
    """Create an ingress for the creator and return its id."""
    response = api.post("/api/ingress", {"inputType": "rtmp"}, signed_in_as=creator)
    assert response.status == 200, response.text
    ingress_id: str = response.body["ingressId"]
    return ingress_id


def webhook(api: Api, body: str) -> Event:
    """Return a webhook as API Gateway's event."""
    headers = {"content-type": "application/webhook+json", "authorization": signature(body)}
    return api.event("POST", "/api/webhook/livekit", headers=headers, raw=body.encode())


SECOND = 1_000_000_000


def ingress_started(api: Api, ingress_id: str, at: int) -> Event:
    """Return the webhook of a broadcast that started at `at` (nanoseconds since 1970)."""
    return webhook(api, event("ingress_started", at, ingress=ingress_id, created=at // SECOND))


def ignored_webhook(api: Api) -> Event:
    """Return a webhook that the handler ignores."""
    return webhook(api, event("track_published"))


def last_broadcast_start(person: Person) -> int | None:
    """Return when a person's last reported broadcast started (nanoseconds), if any."""
    state = get(live_state(person.id), consistent=True)
    return (state.last_started or None) if state else None
