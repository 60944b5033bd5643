"""What the API shows of an encoder: never LiveKit's own words about it."""

from io import StringIO
from typing import get_args

import pytest
from livekit.protocol.ingress import (
    IngressInfo,
    IngressState,
    InputAudioState,
    InputVideoState,
)

from footlight.ingress.views import Encoder, ingress_view
from footlight.literals import EncoderFault
from footlight.tables.ingress import ingress_ref
from tests.support.api import Api
from tests.support.livekit import LiveKit

VIDEO = InputVideoState(mime_type="video/H264", width=1280, height=720, framerate=30)
AUDIO = InputAudioState(mime_type="audio/aac", channels=2, sample_rate=48_000)

SECRETS = ("10.0.0.12", "9090", "rtmp/IN_relay", "hd7Vq2k9relaytoken")
# LiveKit Ingress 1.5 ends a stream of HEVC without sound with this text.
INTERNAL = 'Get "http://10.0.0.12:9090/rtmp/IN_relay?token=hd7Vq2k9relaytoken": context canceled'

ERRORS: list[tuple[str, EncoderFault]] = [
    ("server capacity exceeded", "no_capacity"),
    ("session is disabled", "key_off"),
    ("context canceled", "ended"),
    ("room disconnected", "disconnected"),
    ("room disconnected unexpectedly", "disconnected"),
    ("source encoder not ready", "not_ready"),
    ("failed to add element to pipeline: video output bin", "format_changed"),
    ("failed to add element to pipeline: audio", "format_changed"),
    ("i/o timeout\ni/o timeout", "timed_out"),
    ("unsupported format for the source media", "no_media"),
    ("unsupported mime type (video/x-h265) for the source media", "no_media"),
    ("Internal data stream error.", "unknown"),
    (INTERNAL, "unknown"),
]


def view(state: IngressState) -> Encoder:
    return ingress_view(ingress_ref("ann").new(user_id="ann"), IngressInfo(state=state)).encoder


@pytest.mark.parametrize(("text", "fault"), ERRORS)
def test_each_error_of_livekit_becomes_our_code(text: str, fault: EncoderFault) -> None:
    failed = IngressState.ENDPOINT_ERROR
    encoder = view(IngressState(status=failed, error=text, video=VIDEO, audio=AUDIO))
    assert (encoder.status, encoder.error) == ("error", fault)


def test_each_code_has_an_error_of_livekit() -> None:
    assert {fault for _, fault in ERRORS} == set(get_args(EncoderFault))


def test_an_error_before_any_media_says_that_none_was_usable() -> None:
    encoder = view(IngressState(status=IngressState.ENDPOINT_ERROR, error=INTERNAL))
    assert encoder.error == "no_media"


def test_an_encoder_without_an_error_has_none() -> None:
    encoder = view(IngressState(status=IngressState.ENDPOINT_PUBLISHING, video=VIDEO))
    assert encoder.error is None
    assert encoder.video
    assert encoder.audio is None


def test_an_internal_address_and_its_token_reach_neither_the_response_nor_the_log(
    livekit: LiveKit, api: Api, logged: StringIO
) -> None:
    ann = api.joins("ann")
    created = api.post("/api/ingress", {"inputType": "rtmp"}, signed_in_as=ann).body
    livekit.ingresses[created["ingressId"]].state.CopyFrom(
        IngressState(status=IngressState.ENDPOINT_ERROR, error=INTERNAL, audio=AUDIO)
    )
    for method, body in (("GET", None), ("PATCH", {"armed": "always"})):
        response = api.call(method, "/api/ingress", body, signed_in_as=ann)
        assert response.status == 200
        assert response.body["encoder"]["error"] == "unknown"
        assert not [secret for secret in SECRETS if secret in response.text]
    assert not [secret for secret in SECRETS if secret in logged.getvalue()]
