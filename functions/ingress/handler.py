"""`/api/ingress`: a creator's server URL and stream key; `/api/stream/end` and `catch-up`."""

from footlight.edge.auth import CurrentCreator
from footlight.edge.http import Api
from footlight.errors import (
    CapReached,
    NotApproved,
    NotConfigured,
    NotFound,
    RateLimited,
    ResetInProgress,
)
from footlight.ingress import reset
from footlight.ingress.arming import arm, catch_up, end_broadcast
from footlight.ingress.views import Ingress, ingress_view, own_ingress
from footlight.literals import Armed, InputType
from footlight.wire import Request

app = Api("creating")
handler = app.resolve


class IngressRequest(Request):
    """The protocol of the encoder."""

    input_type: InputType = "rtmp"


class ArmRequest(Request):
    """When the key works: never, always, or for the next half hour."""

    armed: Armed


@app.get("/api/ingress", NotConfigured, NotApproved, NotFound, RateLimited)
def get_ingress(me: CurrentCreator) -> Ingress:
    """Get your server URL, stream key, and encoder state. 404 before the first reset."""
    return own_ingress(me)


@app.post("/api/ingress", NotConfigured, NotApproved, RateLimited, ResetInProgress)
def post_ingress(request: IngressRequest, me: CurrentCreator) -> Ingress:
    """Reset your stream key.

    The old key stops working, and a broadcast with it ends. Viewers stay in the room.
    """
    return ingress_view(*reset.reset_ingress(me, request.input_type))


@app.patch(
    "/api/ingress",
    *(NotConfigured, NotApproved, CapReached, RateLimited, ResetInProgress, NotFound),
)
def patch_ingress(request: ArmRequest, me: CurrentCreator) -> Ingress:
    """Set when your stream key works. `always` and `half_hour` also end its rest.

    `off` ends a running broadcast. When the half hour ends, a running broadcast continues, but the
    key can't start another one. 429 `cap_reached` says which cap of the site keeps the channel from
    going live now.
    """
    return ingress_view(*arm(me, request.armed))


@app.delete("/api/ingress", NotConfigured, RateLimited, ResetInProgress)
def delete_ingress(me: CurrentCreator) -> None:
    """Delete your stream key. Idempotent."""
    reset.delete_ingress(me)


@app.post("/api/stream/end", NotConfigured, RateLimited)
def end_stream(me: CurrentCreator) -> None:
    """End your broadcast immediately, without the grace period for a dropped encoder.

    An encoder that is still sending is disconnected. Then the stream key rests for a minute, in
    which it can't reconnect. `PATCH /api/ingress` with the current `armed` ends the rest.
    """
    end_broadcast(me)


@app.post("/api/stream/catch-up", NotConfigured, NotApproved, RateLimited, ResetInProgress)
def catch_up_stream(me: CurrentCreator) -> None:
    """Restart your encoder's connection, so that viewers are no longer behind.

    The broadcast and its viewers stay. The encoder must reconnect on its own, as OBS does. No-op if
    nothing is live.
    """
    catch_up(me)
