"""A broadcast from the encoder's connection to its end, as LiveKit reports it."""

import secrets
import signal

import pytest
from livekit.protocol.ingress import (
    DeleteIngressRequest,
    IngressState,
    UpdateIngressRequest,
)
from livekit.protocol.models import ParticipantInfo, TrackSource, TrackType
from livekit.protocol.room import DeleteRoomRequest, RoomParticipantIdentity

from footlight.ingress.options import create_request
from local.encoder import TONE_LOUDNESS
from tests.ingest.broadcasts import (
    encoding,
    ended,
    left,
    of_room,
    participants,
    published,
    sessions,
    settle,
    started,
    state_of,
)
from tests.ingest.differences import IS_STEREO_LISTED, TRACKS_AFTER_ANOTHER_LAYOUT
from tests.local.servers import Ingest, eventually
from tests.local.viewer import AUDIBLE, Frame, Received, receive, watch

PUBLISHING = IngressState.ENDPOINT_PUBLISHING
INACTIVE = IngressState.ENDPOINT_INACTIVE
ERROR = IngressState.ENDPOINT_ERROR
QUIET = 0.02
"""The volume of a quiet passage, 34 dB below the tone's."""


def test_the_webhooks_of_a_broadcast_are_signed_and_of_one_session(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made):
        first = started(ingest, made)
        published(ingest, made)

    last = ended(ingest, made)
    assert (first.status, last.status) == (PUBLISHING, INACTIVE)
    assert last.error == ""
    assert first.started_at == last.started_at
    assert first.updated_at < last.updated_at
    assert first.resource_id == last.resource_id
    assert state_of(ingest, made).status == INACTIVE
    left(ingest, made)
    names = {event.event for event in of_room(ingest, made)}
    assert {"room_started", "participant_joined", "track_published", "participant_left"} <= names
    gone = next(event for event in of_room(ingest, made) if event.event == "participant_left")
    # By this, the webhook function knows which start the participant belonged to.
    assert gone.participant.joined_at_ms * 1_000_000 > first.started_at
    assert ingest.sink.forged == 0


def test_the_creator_joins_the_room_as_an_ingress(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made):
        creator = published(ingest, made)
        state = started(ingest, made)

    assert creator.identity == made.participant_identity
    assert creator.name == made.participant_name
    assert creator.kind == ParticipantInfo.Kind.INGRESS
    assert creator.metadata == ""
    assert creator.attributes["ingress.ingressID"] == made.ingress_id
    assert creator.attributes["ingress.resourceID"] == state.resource_id
    allowed = creator.permission
    assert (allowed.can_publish, allowed.can_publish_data) == (True, True)
    assert (allowed.can_update_metadata, allowed.can_subscribe) == (True, False)
    assert not allowed.hidden


def test_the_state_names_what_arrives_but_no_bitrate_while_live(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--size", "640x360", "--fps", "15"):
        published(ingest, made)
        eventually("the picture", lambda: state_of(ingest, made).video.width, 20)
        eventually("the sound", lambda: state_of(ingest, made).audio.channels, 20)
        state = state_of(ingest, made)

    assert state.status == PUBLISHING
    assert state.video.mime_type == "video/H264"
    assert (state.video.width, state.video.height) == (640, 360)
    assert state.video.framerate == pytest.approx(15, abs=1)
    assert state.video.average_bitrate == 0
    assert state.audio.mime_type in ("audio/aac", "audio/mpeg")
    assert (state.audio.channels, state.audio.sample_rate) == (2, 48_000)
    assert state.audio.average_bitrate == 0


def test_viewers_see_and_hear_it(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made):
        published(ingest, made)
        received = watch(ingest, made.room_name, frames=15, audible_frames=50, within=30)

    assert len(received.sizes) >= 15
    assert set(received.sizes) == {(320, 180)}
    assert received.times == sorted(received.times)
    assert sum(loud > AUDIBLE for loud in received.loudness) >= 50


def test_quiet_music_has_no_gaps(ingest: Ingest) -> None:
    """With LiveKit's presets, Opus sends less in quiet passages (DTX)."""
    request = create_request(secrets.token_hex(4), "ann", "rtmp", enabled=True)
    made = ingest.call(lambda livekit: livekit.ingress.create_ingress(request))
    received = Received()

    def is_enough(frame: Frame) -> bool:
        received.add(frame)
        return len(received.loudness) >= 300  # of 20 ms each

    with encoding(ingest, made, "--volume", str(QUIET)):
        creator = published(ingest, made)
        receive(ingest, made.room_name, is_enough, within=30)

    [sound] = [track for track in creator.tracks if track.type == TrackType.AUDIO]
    assert sound.disable_dtx
    assert sound.stereo == IS_STEREO_LISTED.of(ingest)
    # The tone swells between a fifth and all of its loudness.
    loudest = TONE_LOUDNESS * QUIET / 2**0.5
    heard = received.loudness[50:]  # the first ones fill the viewer's buffer
    assert len(heard) >= 250
    assert loudest / 10 < min(heard)
    assert max(heard) < loudest * 2


@pytest.mark.parametrize(
    ("without", "source"),
    [("--audio", TrackSource.CAMERA), ("--video", TrackSource.MICROPHONE)],
    ids=["video alone", "audio alone"],
)
def test_one_kind_of_media_is_enough(ingest: Ingest, without: str, source: int) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, without, "none"):
        assert started(ingest, made).status == PUBLISHING
        creator = published(ingest, made, tracks=1)

    assert [track.source for track in creator.tracks] == [source]
    assert ended(ingest, made).status == INACTIVE


def test_after_another_size_the_end_comes_before_the_media_ends(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--next-size", "640x360") as encoder:
        published(ingest, made)
        state = ended(ingest, made)
        assert state.status == ERROR
        assert state.error == "failed to add element to pipeline: video output bin"

        # The creator is still there, and the encoder still connected.
        assert len(participants(ingest, made)) == 1
        assert encoder.poll() is None

        assert encoder.wait(30) == 1
        left(ingest, made)
    # LiveKit Ingress may report the same end once more, as INACTIVE, when the encoder is cut off.
    last = state_of(ingest, made)
    assert last.status in (ERROR, INACTIVE)
    assert last.error == state.error
    assert len(sessions(ingest, made, "ingress_ended")) == 1


def test_after_another_layout_of_the_sound_the_media_continues(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--layout", "mono", "--next-layout", "stereo") as encoder:
        published(ingest, made)
        state = ended(ingest, made)
        assert (state.status, state.error) == (ERROR, "failed to add element to pipeline: audio")

        published(ingest, made, tracks=TRACKS_AFTER_ANOTHER_LAYOUT.of(ingest))
        received = watch(ingest, made.room_name, frames=15, audible_frames=50, within=30)
        assert len(received.sizes) >= 15
        assert sum(loud > AUDIBLE for loud in received.loudness) >= 50
        assert encoder.poll() is None

    left(ingest, made)
    settle(ingest)
    assert state_of(ingest, made).error == state.error
    assert len(sessions(ingest, made, "ingress_ended")) == 1


def test_hevc_with_sound_is_a_broadcast_of_the_sound(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--video", "hevc"):
        assert started(ingest, made).status == PUBLISHING
        creator = published(ingest, made, tracks=1)
        state = state_of(ingest, made)

    assert creator.tracks[0].type == TrackType.AUDIO
    assert (state.status, state.error) == (PUBLISHING, "")
    assert not state.video.width


def test_hevc_alone_never_starts(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--video", "hevc", "--audio", "none") as encoder:
        eventually(
            "buffering",
            lambda: state_of(ingest, made).status == IngressState.ENDPOINT_BUFFERING,
            20,
        )
        # LiveKit Ingress waits for 60 s.
        eventually("the end", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 120)
        assert encoder.wait(20) == 1

    state = ended(ingest, made)
    assert state.status == ERROR
    assert state.error
    assert not sessions(ingest, made, "ingress_started")


def test_a_killed_encoder_ends_the_broadcast(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as encoder:
        published(ingest, made)
        encoder.kill()
        assert ended(ingest, made).status == INACTIVE
        left(ingest, made)


def test_a_frozen_encoder_continues_the_broadcast(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as encoder:
        before = published(ingest, made)
        encoder.send_signal(signal.SIGSTOP)
        with pytest.raises(AssertionError):
            eventually("the end", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 10)
        encoder.send_signal(signal.SIGCONT)
        settle(ingest)

        assert published(ingest, made).sid == before.sid
        assert state_of(ingest, made).status == PUBLISHING


def test_the_newer_of_two_encoders_wins(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as older:
        first = published(ingest, made)
        with encoding(ingest, made):
            assert older.wait(20) == 1  # the server drops it
            eventually(
                "another participant",
                lambda: [p for p in participants(ingest, made) if p.sid != first.sid],
                20,
            )
            second = published(ingest, made)
            eventually("two starts", lambda: len(sessions(ingest, made, "ingress_started")) == 2)
            settle(ingest)
            assert not ingest.sink.of(made.ingress_id, "ingress_ended")
            assert second.attributes["ingress.resourceID"] == state_of(ingest, made).resource_id

    # The older session's end is never sent.
    assert ended(ingest, made).started_at == sessions(ingest, made, "ingress_started")[1]
    left(ingest, made)
    settle(ingest)
    assert len(sessions(ingest, made, "ingress_ended")) == 1


def test_of_many_connections_the_last_is_the_broadcast(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    for _ in range(5):
        with encoding(ingest, made) as encoder, pytest.raises(AssertionError):
            eventually("an early end", lambda: encoder.poll() is not None, 0.4)
    with encoding(ingest, made):

        def settled() -> bool:
            state, present = state_of(ingest, made), participants(ingest, made)
            return (
                state.status == PUBLISHING
                and len(present) == 1
                and len(present[0].tracks) == 2
                and present[0].attributes["ingress.resourceID"] == state.resource_id
            )

        eventually("one broadcast", settled, 60)
        last = state_of(ingest, made)

    eventually(
        "its end",
        lambda: last.started_at in sessions(ingest, made, "ingress_ended"),
        20,
    )
    left(ingest, made)
    assert state_of(ingest, made).status == INACTIVE


def test_deleting_the_ingress_ends_the_broadcast_without_a_webhook(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as encoder:
        published(ingest, made)
        delete = DeleteIngressRequest(ingress_id=made.ingress_id)
        ingest.call(lambda livekit: livekit.ingress.delete_ingress(delete))

        assert encoder.wait(20) == 1
        left(ingest, made)
        assert ingest.ingress(made.ingress_id) is None
    settle(ingest)
    assert not ingest.sink.of(made.ingress_id, "ingress_ended")


@pytest.mark.parametrize("change", [{"enabled": False}, {"name": "another"}], ids=str)
def test_any_update_ends_the_broadcast(ingest: Ingest, change: dict[str, object]) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as encoder:
        published(ingest, made)
        update = UpdateIngressRequest(ingress_id=made.ingress_id, **change)  # pyright: ignore[reportArgumentType]
        ingest.call(lambda livekit: livekit.ingress.update_ingress(update))

        assert encoder.wait(20) == 1
        state = ended(ingest, made)
        left(ingest, made)
    assert state.status == ERROR
    # LiveKit Ingress gives the cause that it notices first.
    assert state.error in ("context canceled", "room disconnected")
    assert state_of(ingest, made).error == state.error


@pytest.mark.parametrize("what", ["participant", "room"])
def test_removing_the_creator_ends_the_broadcast(ingest: Ingest, what: str) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as encoder:
        published(ingest, made)
        if what == "room":
            room = DeleteRoomRequest(room=made.room_name)
            ingest.call(lambda livekit: livekit.room.delete_room(room))
        else:
            creator = RoomParticipantIdentity(
                room=made.room_name, identity=made.participant_identity
            )
            ingest.call(lambda livekit: livekit.room.remove_participant(creator))

        assert encoder.wait(20) == 1
        state = ended(ingest, made)
    assert (state.status, state.error) == (ERROR, "room disconnected")


def test_a_reconnect_is_another_session(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made):
        before = published(ingest, made)
    ended(ingest, made)
    left(ingest, made)
    with encoding(ingest, made):
        after = published(ingest, made)
        eventually("two starts", lambda: len(sessions(ingest, made, "ingress_started")) == 2)

    assert before.sid != after.sid
    assert before.attributes["ingress.resourceID"] != after.attributes["ingress.resourceID"]
    eventually("two ends", lambda: len(sessions(ingest, made, "ingress_ended")) == 2, 20)
    assert sessions(ingest, made, "ingress_started") == sessions(ingest, made, "ingress_ended")
