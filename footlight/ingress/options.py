"""The ingress that LiveKit creates for a creator: its protocol, and its encodings."""

from livekit.protocol.ingress import (
    CreateIngressRequest,
    IngressAudioEncodingOptions,
    IngressAudioOptions,
    IngressInput,
    IngressVideoEncodingOptions,
    IngressVideoOptions,
)
from livekit.protocol.models import AudioCodec, TrackSource, VideoCodec, VideoLayer, VideoQuality

from footlight import identities
from footlight.literals import InputType

FRAME_RATE = 60
"""LiveKit's presets have at most 30 frames per second. The source may have less."""

LAYERS = [
    VideoLayer(quality=VideoQuality.HIGH, width=2560, height=1920, bitrate=6_000_000),
    VideoLayer(quality=VideoQuality.MEDIUM, width=1280, height=1280, bitrate=2_500_000),
    VideoLayer(quality=VideoQuality.LOW, width=640, height=640, bitrate=600_000),
]
"""The boxes that LiveKit Ingress fits the source into, from the lowest layer up.

It keeps the aspect ratio, never enlarges, and stops at the first layer with the source's own size.
So tall boxes cost nothing for landscape, and give portrait its full size: 720x1280 stays 720x1280.
The width of the highest admits ultrawide sources and 1440p.
https://github.com/livekit/ingress/blob/v1.5.0/pkg/media/webrtc_sink.go
"""

AUDIO = IngressAudioEncodingOptions(
    audio_codec=AudioCodec.OPUS, bitrate=128_000, channels=2, disable_dtx=True
)
"""LiveKit's presets save bandwidth in silence (DTX), which makes gaps in quiet music."""


def input_type_of(value: int) -> InputType:
    """Return our name of LiveKit's input type."""
    return "whip" if value == IngressInput.WHIP_INPUT else "rtmp"


def create_request(
    user_id: str, username: str, input_type: InputType, *, enabled: bool
) -> CreateIngressRequest:
    """Return the request for a creator's ingress.

    The name is the username. The room and the identity are the user id. LiveKit always transcodes
    RTMP. It forwards WHIP unchanged, which has the least delay but requires an encoder that sends
    no B-frames.
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
    request.audio.CopyFrom(IngressAudioOptions(source=TrackSource.MICROPHONE, options=AUDIO))
    return request
