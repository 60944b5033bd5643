"""The ingress that LiveKit creates for a creator: its protocol, and its encodings."""

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
from footlight.literals import InputType

# LiveKit's presets have at most 30 frames per second, so the layers are listed here.
FRAME_RATE = 60
LAYERS = [
    VideoLayer(quality=VideoQuality.HIGH, width=1920, height=1080, bitrate=6_000_000),
    VideoLayer(quality=VideoQuality.MEDIUM, width=1280, height=720, bitrate=2_500_000),
    VideoLayer(quality=VideoQuality.LOW, width=640, height=360, bitrate=600_000),
]


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
    request.audio.CopyFrom(
        IngressAudioOptions(
            source=TrackSource.MICROPHONE, preset=IngressAudioEncodingPreset.OPUS_STEREO_96KBPS
        )
    )
    return request
