"""An RTMP encoder publishes through the ingress stand-in to a real livekit-server."""

import signal
import time

import av
import pytest
from av.error import FFmpegError
from livekit.protocol.ingress import (
    DeleteIngressRequest,
    IngressInfo,
    IngressInput,
    IngressState,
    UpdateIngressRequest,
)
from livekit.protocol.models import ParticipantInfo, TrackSource
from livekit.protocol.room import ListParticipantsRequest, RoomParticipantIdentity

from tests.local.servers import Ingest, eventually
from tests.local.viewer import watch


def participants(ingest: Ingest, room: str) -> list[ParticipantInfo]:
    """Return the participants of a room."""
    request = ListParticipantsRequest(room=room)
    return list(ingest.call(lambda livekit: livekit.room.list_participants(request)).participants)


def state_of(ingest: Ingest, made: IngressInfo) -> IngressState:
    """Return the state of an ingress from ListIngress."""
    ingress = ingest.ingress(made.ingress_id)
    assert ingress is not None
    return ingress.state


def is_live(ingest: Ingest, made: IngressInfo) -> bool:
    """Return whether the ingress is publishing."""
    return state_of(ingest, made).status == IngressState.ENDPOINT_PUBLISHING


def is_refused(address: str) -> bool:
    """Return whether the server refuses an encoder with this address."""
    try:
        with av.open(address, "w", format="flv") as output:
            output.add_stream("aac", rate=48_000)
            output.start_encoding()
    except FFmpegError:
        return True
    return False


def test_a_broadcast_starts_and_ends_with_signed_webhooks(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: ingest.sink.of(made.ingress_id, "ingress_started"))

    assert ingest.stop(encoder) == 0

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 2)
    [started] = ingest.sink.of(made.ingress_id, "ingress_started")
    [ended] = ingest.sink.of(made.ingress_id, "ingress_ended")
    first, last = started.ingress_info.state, ended.ingress_info.state
    assert first.status == IngressState.ENDPOINT_PUBLISHING
    assert last.status == IngressState.ENDPOINT_INACTIVE
    assert first.started_at == last.started_at
    assert first.updated_at < last.updated_at
    assert ingest.sink.forged == 0
    assert not is_live(ingest, made)


def test_the_creator_joins_the_room_and_the_state_is_reported(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    [creator] = participants(ingest, made.room_name)
    assert creator.identity == made.participant_identity
    assert creator.name == made.participant_name
    assert creator.kind == ParticipantInfo.Kind.INGRESS
    assert creator.attributes["ingress.ingressID"] == made.ingress_id
    sources = {track.source for track in creator.tracks}
    assert sources == {TrackSource.CAMERA, TrackSource.MICROPHONE}

    eventually("measured", lambda: state_of(ingest, made).video.average_bitrate)
    state = state_of(ingest, made)
    assert (state.video.width, state.video.height) == (320, 180)
    assert state.video.mime_type == "video/H264"
    assert state.video.framerate == pytest.approx(10, abs=2)
    assert (state.audio.sample_rate, state.audio.channels) == (48_000, 2)
    assert state.audio.average_bitrate > 10_000
    assert state.room_id.startswith("RM_")
    assert state.resource_id == creator.attributes["ingress.resourceID"]
    ingest.stop(encoder)


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


def test_an_unknown_key_is_refused(ingest: Ingest) -> None:
    assert is_refused(f"rtmp://127.0.0.1:{ingest.rtmp_port}/live/no-such-key")
    assert is_refused(f"rtmp://127.0.0.1:{ingest.rtmp_port}/live/")


def test_a_key_of_another_kind_is_refused(ingest: Ingest) -> None:
    made = ingest.create_ingress(IngressInput.WHIP_INPUT)

    assert is_refused(f"rtmp://127.0.0.1:{ingest.rtmp_port}/live/{made.stream_key}")

    assert state_of(ingest, made).error == "invalid ingress type"


def test_disabling_ends_the_broadcast_and_refuses_the_next(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    disable = UpdateIngressRequest(ingress_id=made.ingress_id, enabled=False)
    began = time.monotonic()
    ingest.call(lambda livekit: livekit.ingress.update_ingress(disable))

    assert time.monotonic() - began < 2
    assert not is_live(ingest, made)
    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 2)
    assert participants(ingest, made.room_name) == []
    ingest.stop(encoder)
    assert is_refused(f"{made.url}/{made.stream_key}")
    assert state_of(ingest, made).error == "session is disabled"


def test_deleting_ends_the_broadcast_without_a_webhook(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    delete = DeleteIngressRequest(ingress_id=made.ingress_id)
    began = time.monotonic()
    ingest.call(lambda livekit: livekit.ingress.delete_ingress(delete))

    assert time.monotonic() - began < 2
    assert participants(ingest, made.room_name) == []
    assert ingest.ingress(made.ingress_id) is None
    ingest.stop(encoder)
    assert ingest.sink.of(made.ingress_id, "ingress_ended") == []


def test_removing_the_creator_ends_the_broadcast(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    creator = RoomParticipantIdentity(room=made.room_name, identity=made.participant_identity)
    ingest.call(lambda livekit: livekit.room.remove_participant(creator))

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 3)
    [ended] = ingest.sink.of(made.ingress_id, "ingress_ended")
    assert ended.ingress_info.state.error == "room disconnected"
    ingest.stop(encoder)


def test_a_newer_encoder_replaces_the_older(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    older = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))
    first = state_of(ingest, made).started_at
    # Otherwise it would reconnect, and then be the newer one.
    older.send_signal(signal.SIGSTOP)

    newer = ingest.start_encoder(made.stream_key)

    eventually("newer live", lambda: len(ingest.sink.of(made.ingress_id, "ingress_started")) == 2)
    state = state_of(ingest, made)
    assert state.started_at > first
    [creator] = participants(ingest, made.room_name)
    assert creator.attributes["ingress.resourceID"] == state.resource_id
    # The server ignores the end of the older session.
    ingest.stop(older, signal.SIGKILL)
    assert ingest.sink.of(made.ingress_id, "ingress_ended") == []
    assert is_live(ingest, made)
    ingest.stop(newer)


def test_a_killed_encoder_ends_the_broadcast_at_once(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: is_live(ingest, made))

    ingest.stop(encoder, signal.SIGKILL)

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 2)


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
