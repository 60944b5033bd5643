"""`/api/ingress`: a creator's server URL and stream key; `POST /api/stream/end`."""

from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response
from livekit.protocol.ingress import IngressInfo, IngressState
from pydantic import Field

from footlight import clock
from footlight.edge.auth import CurrentCreator
from footlight.edge.http import Api, answers, no_content
from footlight.errors import (
    NotConfigured,
    NotFound,
    RateLimited,
    ResetInProgress,
    Unauthorized,
    UsernameRequired,
)
from footlight.ingress.arming import arm, end_broadcast
from footlight.ingress.key import Armed, armed_of, key_of
from footlight.ingress.options import InputType, input_type_of
from footlight.ingress.reset import end_ingress, reset_ingress
from footlight.livekit import server
from footlight.tables.ingress import Key
from footlight.wire import Instant, Request, Wire

app = Api()

Status = Literal["inactive", "buffering", "publishing", "error", "complete"]


class EncoderVideo(Wire):
    """The picture that LiveKit receives."""

    mime_type: str
    width: int
    height: int
    framerate: float
    average_bitrate: int = Field(description="bit/s")


class EncoderAudio(Wire):
    """The sound that LiveKit receives."""

    mime_type: str
    channels: int
    sample_rate: int = Field(description="Hz")
    average_bitrate: int = Field(description="bit/s")


class Encoder(Wire):
    """What LiveKit says of the encoder at the other end."""

    status: Status
    error: str | None
    started_at: Instant | None
    video: EncoderVideo | None
    audio: EncoderAudio | None


class Ingress(Wire):
    """Where to send video, and by which key. For its owner alone; kept by LiveKit, not here."""

    ingress_id: str
    input_type: InputType
    server_url: str
    stream_key: str
    armed: Armed = Field(description="When the key works")
    armed_until: Instant | None = Field(description="With `half_hour`")
    encoder: Encoder


class IngressRequest(Request):
    """Which protocol the encoder speaks."""

    input_type: InputType = "rtmp"


class ArmRequest(Request):
    """When the key works: not at all, always, or for the next half hour."""

    armed: Armed


REFUSALS = (Unauthorized, UsernameRequired, NotConfigured)
CHANGING = (*REFUSALS, RateLimited, ResetInProgress)


@app.get(
    "/api/ingress",
    summary="Your server URL, stream key and encoder",
    operation_id="getIngress",
    responses=answers(*REFUSALS, NotFound, body=Ingress, says="The current ingress"),
    tags=["creating"],
)
def get_ingress(me: CurrentCreator) -> Ingress:
    """404 before the first reset."""
    key = key_of(me.id)
    if not key.ingress_id:
        raise NotFound("There is no stream key yet")
    found = server.find_ingress(key.ingress_id)
    if found is None:
        raise NotFound("There is no stream key any more")
    return _ingress(key, found)


@app.post(
    "/api/ingress",
    summary="Reset your stream key",
    operation_id="postIngress",
    responses=answers(*CHANGING, body=Ingress, says="The new ingress"),
    tags=["creating"],
)
def post_ingress(request: IngressRequest, me: CurrentCreator) -> Ingress:
    """The old key stops working and a broadcast with it ends; viewers stay in the room."""
    return _ingress(*reset_ingress(me, request.input_type))


@app.patch(
    "/api/ingress",
    summary="Say when your stream key works",
    operation_id="patchIngress",
    responses=answers(*CHANGING, NotFound, body=Ingress, says="The ingress"),
    tags=["creating"],
)
def patch_ingress(request: ArmRequest, me: CurrentCreator) -> Ingress:
    """Off, a broadcast that is on ends. After the half hour it goes on, and the key is off then."""
    return _ingress(*arm(me, request.armed))


@app.delete(
    "/api/ingress",
    summary="Forget your stream key",
    operation_id="deleteIngress",
    responses=answers(*CHANGING, ok=204),
    tags=["creating"],
)
def delete_ingress(me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    end_ingress(me)
    return no_content()


@app.post(
    "/api/stream/end",
    summary="End your broadcast at once",
    operation_id="endStream",
    responses=answers(*CHANGING, ok=204),
    tags=["creating"],
)
def end_stream(me: CurrentCreator) -> Response[None]:
    """Without the drop grace. An encoder that goes on sending is cut off; it may come back."""
    end_broadcast(me)
    return no_content()


def _ingress(key: Key, info: IngressInfo) -> Ingress:
    armed, until = armed_of(key, clock.now())
    return Ingress(
        ingress_id=info.ingress_id,
        input_type=input_type_of(info.input_type),
        server_url=info.url,
        stream_key=info.stream_key,
        armed=armed,
        armed_until=until,
        encoder=_encoder(info.state),
    )


_STATUS: dict[int, Status] = {
    IngressState.ENDPOINT_INACTIVE: "inactive",
    IngressState.ENDPOINT_BUFFERING: "buffering",
    IngressState.ENDPOINT_PUBLISHING: "publishing",
    IngressState.ENDPOINT_ERROR: "error",
    IngressState.ENDPOINT_COMPLETE: "complete",
}


def _encoder(state: IngressState) -> Encoder:
    sending = state.status == IngressState.ENDPOINT_PUBLISHING
    video, audio = state.video, state.audio
    return Encoder(
        status=_STATUS.get(state.status, "inactive"),
        error=state.error or None,
        started_at=clock.from_nanoseconds(state.started_at) if state.started_at else None,
        video=EncoderVideo(
            mime_type=video.mime_type,
            width=video.width,
            height=video.height,
            framerate=video.framerate,
            average_bitrate=video.average_bitrate,
        )
        if sending and video.width
        else None,
        audio=EncoderAudio(
            mime_type=audio.mime_type,
            channels=audio.channels,
            sample_rate=audio.sample_rate,
            average_bitrate=audio.average_bitrate,
        )
        if sending and audio.mime_type
        else None,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
