"""The stage of a measurement: an empty table, the secrets, people who sign in at a real provider.

As the unit tests have it, but against the emulator and a livekit-server, so that what the servers
do is not in our own process's time.
"""

import importlib
import os
from typing import Any

from bench.cold_start import CONTEXT as CONTEXT
from footlight.tables import base
from footlight.tables.live import Live, live_key
from local import settings
from tests.support.api import Api, Person
from tests.support.deployment import put_secrets, settings_at
from tests.support.provider import Provider
from tests.support.webhook import event, signature

Event = dict[str, Any]


def set_scene() -> Api:
    """A client of an empty site, and this process's settings for its handlers."""
    provider = Provider()
    os.environ.update(settings_at(provider) | {"FOOTLIGHT_LIVEKIT_URL": settings.LIVEKIT_URL})
    if base.Item.exists():
        base.Item.delete_table()
    base.Item.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    put_secrets()
    return Api(provider)


def function(name: str) -> Any:
    """A function's entry: `handler(event, context)`."""
    return importlib.import_module(f"functions.{name}.handler").handler


def ingress_of(api: Api, creator: Person) -> str:
    """The id of an ingress that the creator makes at LiveKit."""
    answer = api.post("/api/ingress", {"inputType": "rtmp"}, signed_in_as=creator)
    assert answer.status == 200, answer.text
    ingress_id: str = answer.body["ingressId"]
    return ingress_id


def webhook(api: Api, body: str) -> Event:
    """A webhook as the gateway hands it over."""
    headers = {"content-type": "application/webhook+json", "authorization": signature(body)}
    return api.event("POST", "/api/webhook/livekit", headers=headers, raw=body.encode())


SECOND = 1_000_000_000


def started(api: Api, ingress_id: str, at: int) -> Event:
    """The webhook of a broadcast that began at an instant (nanoseconds since 1970)."""
    return webhook(api, event("ingress_started", at, ingress=ingress_id, created=at // SECOND))


def shed(api: Api) -> Event:
    """A webhook that nobody here wants."""
    return webhook(api, event("track_published"))


def session_started(person: Person) -> int | None:
    """When a person's last broadcast that was told of began (nanoseconds), None for none."""
    item = base.get(live_key(person.id), consistent=True)
    begun = item.last_started if isinstance(item, Live) else None
    return int(begun) if begun else None
