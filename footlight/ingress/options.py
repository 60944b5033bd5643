"""What LiveKit is asked to do with what an encoder sends."""

from typing import Literal

from livekit.protocol.ingress import (
    CreateIngressRequest,
    IngressAudioEncodingPreset,
    IngressAudioOptions,
    IngressInput,
    IngressVideoEncodingOptions,
    IngressVideoOptions,
)
from livekit.protocol.models import TrackSource, VideoCodec, VideoLayer, VideoQuality

from footlight import identities

InputType = Literal["rtmp", "whip"]

# LiveKit's presets stop at 30 frames a second, so the layers are written out.
FRAME_RATE = 60
LAYERS = [
    VideoLayer(quality=VideoQuality.HIGH, width=1920, height=1080, bitrate=6_000_000),
    VideoLayer(quality=VideoQuality.MEDIUM, width=1280, height=720, bitrate=2_500_000),
    VideoLayer(quality=VideoQuality.LOW, width=640, height=360, bitrate=600_000),
]


def input_type_of(value: int) -> InputType:
    """Our word for LiveKit's input type."""
    return "whip" if value == IngressInput.WHIP_INPUT else "rtmp"


def request_for(
    user_id: str, username: str, input_type: InputType, *, enabled: bool
) -> CreateIngressRequest:
    """The ingress of a creator: its name is the username, its room and identity are the user id.

    RTMP is always transcoded by LiveKit. WHIP passes through untouched, which costs the least delay
    and needs an encoder that sends no B-frames.
    https://docs.livekit.io/home/ingress/overview/
    """
    request = CreateIngressRequest(
        input_type=IngressInput.WHIP_INPUT if input_type == "whip" else IngressInput.RTMP_INPUT,
        name=username,
        room_name=identities.room_of(user_id),
        participant_identity=identities.ingress_identity(user_id),
        participant_name=username,
        enabled=enabled,
    )
    if input_type == "whip":
        request.enable_transcoding = False
        return request
    request.video.CopyFrom(
        IngressVideoOptions(
            source=TrackSource.CAMERA,
            options=IngressVideoEncodingOptions(
                video_codec=VideoCodec.H264_BASELINE, frame_rate=FRAME_RATE, layers=LAYERS
            ),
        )
    )
    request.audio.CopyFrom(
        IngressAudioOptions(
            source=TrackSource.MICROPHONE, preset=IngressAudioEncodingPreset.OPUS_STEREO_96KBPS
        )
    )
    return request
