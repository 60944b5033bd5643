"""An RTMP encoder publishes through the ingress stand-in to a real livekit-server."""

import signal

import pytest
from livekit.protocol.ingress import IngressInfo, IngressState

from tests.ingest.broadcasts import state_of
from tests.local.servers import Ingest, eventually
from tests.local.viewer import watch


def is_live(ingest: Ingest, made: IngressInfo) -> bool:
    """Return whether the ingress is publishing."""
    return state_of(ingest, made).status == IngressState.ENDPOINT_PUBLISHING


@pytest.mark.parametrize("bframes", [0, 2], ids=["without B-frames", "with B-frames"])
def test_a_viewer_receives_video_and_audio(ingest: Ingest, bframes: int) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key, "--bframes", str(bframes))
    eventually("live", lambda: is_live(ingest, made))

    received = watch(ingest, made.room_name, frames=15, audible_frames=50)

    assert len(received.sizes) >= 15
    assert set(received.sizes) == {(320, 180)}
    assert received.times == sorted(received.times)
    assert not received.is_silent
    ingest.stop(encoder)


def test_a_silent_encoder_ends_the_broadcast_after_a_timeout(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    encoder.send_signal(signal.SIGSTOP)

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 7)
    ingest.stop(encoder, signal.SIGKILL)


def test_the_encoder_reconnects_when_the_stand_in_restarts(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    ingest.stop(ingest.ingress_process, signal.SIGKILL)
    ingest.start_ingress()

    eventually("live again", lambda: len(ingest.sink.of(made.ingress_id, "ingress_started")) == 2)
    assert ingest.sink.of(made.ingress_id, "ingress_ended") == []

    assert ingest.stop(ingest.ingress_process) == 0
    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 2)
    ingest.start_ingress()
    ingest.stop(encoder)
    assert made.stream_key not in ingest.log("ingress") + ingest.log("encoder")
