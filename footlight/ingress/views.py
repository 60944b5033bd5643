"""What the API shows of an ingress. Only its owner sees it, and LiveKit stores it."""

from typing import Final, Literal

from livekit.protocol.ingress import IngressInfo, IngressState
from pydantic import Field

from footlight import clock, limits
from footlight.aws import background
from footlight.errors import NotFound
from footlight.identities import Person
from footlight.ingress.approval import approval_refs, require_approved
from footlight.ingress.key import armed_of
from footlight.ingress.options import input_type_of
from footlight.literals import Armed, Cap, EncoderFault, InputType
from footlight.live.caps import OverCap, over_cap
from footlight.livekit import server
from footlight.tables.ingress import Ingress as IngressItem
from footlight.tables.ingress import ingress_ref
from footlight.tables.items import batch_get
from footlight.tables.live import LiveState, live_state
from footlight.wire import Instant, Wire

Status = Literal["inactive", "buffering", "publishing", "error", "complete"]


class EncoderVideo(Wire):
    """The video that LiveKit receives."""

    mime_type: str
    width: int
    height: int
    framerate: float
    average_bitrate: int = Field(description="bit/s")


class EncoderAudio(Wire):
    """The audio that LiveKit receives."""

    mime_type: str
    channels: int
    sample_rate: int = Field(description="Hz")
    average_bitrate: int = Field(description="bit/s")


class Encoder(Wire):
    """The encoder's state, as LiveKit reports it."""

    status: Status
    error: EncoderFault | None
    started_at: Instant | None
    video: EncoderVideo | None
    audio: EncoderAudio | None


class Ingress(Wire):
    """The server URL and the stream key, for the owner only."""

    ingress_id: str
    input_type: InputType
    server_url: str
    stream_key: str
    armed: Armed = Field(description="When the key works")
    armed_until: Instant | None = Field(description="With `half_hour`")
    resting_until: Instant | None = Field(
        description="Until when the key is refused after the creator has ended a broadcast. Null if"
        " it works, or if `armed` is `off`. It may have passed: the key works a moment later, or"
        " with `overCap` as soon as the channel may go live."
    )
    resting_for: Cap | None = Field(
        description="With `restingUntil`: the cap for which the key rests, or null after an end by"
        " the creator"
    )
    over_cap: OverCap | None = Field(
        description="Why the channel can't go live now, because of a cap that the operator has set"
    )
    encoder: Encoder


def own_ingress(creator: Person) -> Ingress:
    """Return the creator's ingress. Reads are limited.

    Raises:
        NotApproved: the creator may not stream.
        NotFound: there is no key, because the creator hasn't reset it, or LiveKit has lost it.
    """
    limits.count_or_refuse("ingress", creator.id)
    stored_ref, state_ref = ingress_ref(creator.id), live_state(creator.id)
    found = batch_get(stored_ref, state_ref, *approval_refs(creator.id), consistent=True)
    require_approved(creator.id, found)
    stored, state = found.get(stored_ref), found.get(state_ref)
    if stored is None or not stored.ingress_id:
        raise NotFound("There is no stream key yet")
    info = server.find_ingress(stored.ingress_id)
    if info is None:
        raise NotFound("The stream key no longer exists")
    rest = state.resting_until if state else None
    over = over_cap(state)
    if rest and rest < clock.now() and not (over and over.until):
        background.finish_ingress(creator.id)
    return ingress_view(stored, info, state, over)


def ingress_view(
    stored: IngressItem,
    info: IngressInfo,
    state: LiveState | None = None,
    over: OverCap | None = None,
) -> Ingress:
    """Return the view of an ingress: when its key works is stored here, the rest in LiveKit.

    `state` is given if the key may rest.
    """
    armed, until = armed_of(stored, clock.now())
    resting = state if armed != "off" else None
    return Ingress(
        ingress_id=info.ingress_id,
        input_type=input_type_of(info.input_type),
        server_url=info.url,
        stream_key=info.stream_key,
        armed=armed,
        armed_until=until,
        resting_until=resting.resting_until if resting else None,
        resting_for=resting.resting_for if resting else None,
        over_cap=over,
        encoder=_encoder(info.state),
    )


_STATUS: dict[int, Status] = {
    IngressState.ENDPOINT_INACTIVE: "inactive",
    IngressState.ENDPOINT_BUFFERING: "buffering",
    IngressState.ENDPOINT_PUBLISHING: "publishing",
    IngressState.ENDPOINT_ERROR: "error",
    IngressState.ENDPOINT_COMPLETE: "complete",
}


_FAULTS: Final[tuple[tuple[str, EncoderFault], ...]] = (
    ("server capacity exceeded", "no_capacity"),
    ("session is disabled", "key_off"),
    ("context canceled", "ended"),
    ("room disconnected", "disconnected"),
    ("source encoder not ready", "not_ready"),
    ("failed to add element to pipeline", "format_changed"),
    ("i/o timeout", "timed_out"),
    ("unsupported ", "no_media"),
)
"""How error texts of LiveKit Ingress 1.5 start. It has no codes for them.

https://github.com/livekit/ingress/blob/v1.5.0/pkg/errors/errors.go
"""


def _fault(state: IngressState) -> EncoderFault | None:
    """Return our code for LiveKit's error text.

    The text itself may contain internal addresses and tokens. It is never sent or logged.
    """
    if not state.error:
        return None
    for start, fault in _FAULTS:
        if state.error.startswith(start):
            return fault
    has_media = state.video.mime_type or state.audio.mime_type
    return "unknown" if has_media else "no_media"


def _encoder(state: IngressState) -> Encoder:
    is_publishing = state.status == IngressState.ENDPOINT_PUBLISHING
    video, audio = state.video, state.audio
    return Encoder(
        status=_STATUS.get(state.status, "inactive"),
        error=_fault(state),
        started_at=clock.from_nanoseconds(state.started_at) if state.started_at else None,
        video=EncoderVideo(
            mime_type=video.mime_type,
            width=video.width,
            height=video.height,
            framerate=video.framerate,
            average_bitrate=video.average_bitrate,
        )
        if is_publishing and video.width
        else None,
        audio=EncoderAudio(
            mime_type=audio.mime_type,
            channels=audio.channels,
            sample_rate=audio.sample_rate,
            average_bitrate=audio.average_bitrate,
        )
        if is_publishing and audio.mime_type
        else None,
    )
