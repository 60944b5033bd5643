"""What LiveKit's webhook means for a channel.

An encoder started, its session ended, its media came or went, or a viewer joined. Only a start
changes the state at once. After the others, the room decides in a check in the background.
"""

from livekit.protocol.webhook import WebhookEvent

from footlight import clock, identities
from footlight.aws import background
from footlight.aws.logs import log
from footlight.errors import BadRequest
from footlight.live.record import record_event
from footlight.live.state import SECOND, EncoderStarted, EncoderStopped
from footlight.tables import ingress
from footlight.tables.items import batch_get, get
from footlight.watching import admission

LAST_SECOND = (2**63 - 1) // SECOND
"""The last second whose nanoseconds fit in LiveKit's 64-bit integers."""


def receive(event: WebhookEvent) -> None:
    """Apply a verified event. Ignore event types that don't concern a channel."""
    match event.event:
        case "":
            raise BadRequest("The event has no name")
        case "ingress_started" | "ingress_ended":
            _receive_ingress(event)
        case "participant_joined":
            _receive_join(event)
        case "track_published" | "track_unpublished":
            _receive_media(event)
        case "participant_left" | "participant_connection_aborted":
            _receive_media(event, event.participant.joined_at_ms)
        case "room_started" | "room_finished":
            # One line per broadcast, by which an operator sees that LiveKit calls this address.
            log.info("room event", webhook=event.event, room=event.room.name)
        case _:
            return


def _receive_ingress(event: WebhookEvent) -> None:
    ingress_id = event.ingress_info.ingress_id
    if not ingress_id:
        raise BadRequest("The event has no ingress id")
    owner = get(ingress.owner_ref(ingress_id))
    if owner is None:
        log.info("event of an unknown ingress", webhook=event.event, ingress_id=ingress_id)
        return
    outcome = record_event(owner.user_id, _encoder_event(event), "webhook")
    if outcome.needs_check or outcome.new_state:  # The check also notifies viewers in the room.
        background.check_reported_channel(owner.user_id)
    if not outcome.is_changed:
        log.info("event without effect", webhook=event.event, user_id=owner.user_id)


def _encoder_event(event: WebhookEvent) -> EncoderStarted | EncoderStopped:
    """Return the state change that an event reports.

    An event without timestamps is ordered by its second. An end sorts after a start in the same
    second.
    """
    ingress_id, state = event.ingress_info.ingress_id, event.ingress_info.state
    if event.created_at > LAST_SECOND:
        raise BadRequest("createdAt is out of range")
    created = event.created_at * SECOND
    if event.event == "ingress_started":
        started = state.started_at or created
        return EncoderStarted(ingress_id, started, state.updated_at or started)
    if not state.started_at:
        return EncoderStopped(ingress_id, None, created + SECOND - 1)
    return EncoderStopped(ingress_id, state.started_at, state.updated_at or state.started_at)


def _receive_media(event: WebhookEvent, last_joined_ms: int = 0) -> None:
    """Let the room decide after the encoder's media has come or gone.

    LiveKit sends these events for viewers too, for whom nothing happens here. It removes a
    participant from its store before it reports that they left, and says when they had joined.
    https://github.com/livekit/livekit/blob/v1.13.5/pkg/service/roommanager.go
    """
    host_id = identities.host_of(event.room.name)
    if host_id and event.participant.identity == identities.ingress_identity(host_id):
        background.check_reported_channel(host_id, last_joined_ms)


def _receive_join(event: WebhookEvent) -> None:
    """Remove a viewer who isn't allowed in: LiveKit accepts every token until it expires."""
    host_id = identities.host_of(event.room.name)
    viewer = identities.parse(event.participant.identity)
    if host_id is None or viewer is None or viewer.is_host:
        return
    found = batch_get(*admission.refs(host_id, viewer.viewer_id), consistent=True)
    if admission.refusal(host_id, viewer.viewer_id, found, clock.now()):
        background.remove_participant(host_id, event.participant.identity)
