"""The product's functions in this process, with the real LiveKit and its webhooks.

Only AWS is moto's. A test delivers the webhooks itself, so that no thread of the receiver runs a
function.
"""

import contextlib
import signal
import time
from collections.abc import Generator
from dataclasses import dataclass

from google.protobuf import json_format
from livekit.protocol.ingress import IngressInfo
from livekit.protocol.webhook import WebhookEvent

from footlight.tables.items import get
from footlight.tables.live import LiveState, live_state
from functions.reconcile.handler import handler
from tests.ingest.broadcasts import WITHIN_SECONDS
from tests.local.servers import Ingest, Webhook, eventually
from tests.support.api import Api, Person
from tests.support.webhook import run_background, send, signature


@dataclass
class Product:
    """A creator's channel."""

    servers: Ingest
    api: Api
    creator: Person
    made: IngressInfo
    """The creator's ingress."""
    _delivered: int = 0

    @contextlib.contextmanager
    def broadcast(self) -> Generator[None]:
        """Run an encoder that reconnects, from when the channel is live."""
        encoder = self.servers.start_encoder(self.made.stream_key)
        try:
            self.becomes("live")
            yield
        finally:
            self.servers.stop(encoder, signal.SIGKILL)

    def deliver(self) -> None:
        """Deliver the webhooks that have arrived, and run the tasks that they start."""
        received = self.servers.sink.received[self._delivered :]
        self._delivered += len(received)
        for webhook in received:
            self.repeat(webhook)
        run_background()

    def repeat(self, webhook: Webhook) -> None:
        """Deliver a webhook, perhaps once more."""
        assert send(self.api, webhook.body, webhook.signature).status == 200

    def resumed(self, start: Webhook) -> Webhook:
        """Return a start of the same session that was reported now, signed like LiveKit's."""
        event = WebhookEvent()
        event.CopyFrom(start.event)
        event.ingress_info.state.updated_at = time.time_ns()
        body = json_format.MessageToJson(event)
        return Webhook(event, body, signature(body, secret=self.servers.secret))

    def has_seen_the_media(self) -> None:
        """Wait until a check has seen the media in the room."""

        def is_seen() -> bool:
            self.deliver()
            return self.stored.reported_at is None

        eventually("the media", is_seen, WITHIN_SECONDS)

    def run_of_the_minute(self) -> None:
        """Do what the schedule starts each minute. If LiveKit doesn't respond, nothing changes."""
        handler({}, None)

    def becomes(self, state: str) -> None:
        """Wait until the channel's page shows a state."""
        eventually(state, lambda: self.state == state, WITHIN_SECONDS)

    @property
    def state(self) -> str:
        """The state on the channel's page, after all webhooks that have arrived."""
        self.deliver()
        return self._page["state"]

    @property
    def started_at(self) -> str:
        """The start of the broadcast on the channel's page."""
        return self._page["startedAt"]

    @property
    def stored(self) -> LiveState:
        """The stored state, with its version."""
        state = get(live_state(self.creator.id), consistent=True)
        assert state
        return state

    @property
    def starts(self) -> list[Webhook]:
        """The webhooks that reported a start, in order of arrival."""
        return [
            webhook
            for webhook in list(self.servers.sink.received)
            if webhook.event.event == "ingress_started"
            and webhook.event.ingress_info.ingress_id == self.made.ingress_id
        ]

    @property
    def past_broadcasts(self) -> list[object]:
        """The ended broadcasts."""
        answer = self.api.get("/api/pages/sessions", signed_in_as=self.creator)
        return answer.body["sessions"]

    @property
    def _page(self) -> dict[str, str]:
        page = self.api.get(f"/api/pages/channels/{self.creator.username}")
        return page.body["stream"]
