"""Each difference between the stand-in and LiveKit Ingress is as it is listed."""

import asyncio
import itertools
import signal
import sys
import time

import pytest
from av import VideoFrame
from livekit.protocol.ingress import IngressInfo, IngressInput
from livekit.protocol.models import TrackType

from tests.ingest.broadcasts import delay, encoding, ended, left, published, started
from tests.ingest.differences import (
    DELETE_WITH_ANOTHER_KEY,
    IS_BEHIND_AFTER_A_FREEZE,
    KEY_FRAME_SECONDS,
    LAYERS,
    VANISHED_WHIP_ENCODER,
)
from tests.ingest.whip import Publisher, bearer, publish
from tests.local.servers import Ingest, eventually
from tests.local.viewer import Frame, receive

FROZEN_SECONDS = 10.0


@pytest.mark.parametrize("size", LAYERS)
def test_the_layers_of_a_picture(ingest: Ingest, size: str) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--size", size, "--fps", "5"):
        creator = published(ingest, made)

    [video] = [track for track in creator.tracks if track.type == TrackType.VIDEO]
    layers = {(layer.width, layer.height) for layer in video.layers}
    assert sorted(layers, reverse=True) == LAYERS[size].of(ingest)


def test_a_delete_with_another_key(ingest: Ingest) -> None:
    made = ingest.create_ingress(IngressInput.WHIP_INPUT)
    statuses: list[int] = []

    async def broadcast(encoder: Publisher) -> None:
        await asyncio.to_thread(published, ingest, made)
        address = encoder.resource.replace(made.stream_key, "another-key")
        async with encoder.http.delete(address) as response:
            statuses.append(response.status)

    publish(made.url, bearer(made.stream_key), broadcast)

    assert statuses == [DELETE_WITH_ANOTHER_KEY.of(ingest)]


def test_the_start_of_a_room_is_its_first_webhook(ingest: Ingest) -> None:
    """The others come in any order.

    A participant has joined once the connection works, which may be after the tracks are published:
    https://github.com/livekit/livekit/blob/v1.13.5/pkg/telemetry/events.go: `ParticipantActive`.
    Webhooks of an ingress have a queue of their own, so its start may come even before its room:
    https://github.com/livekit/protocol/blob/main/webhook/notifier.go: `EventKey`.
    """
    made = ingest.create_ingress()
    with encoding(ingest, made):
        published(ingest, made)
        started(ingest, made)
        eventually("the tracks", lambda: of_room(ingest, made).count("track_published") == 2, 20)

    assert of_room(ingest, made)[0] == "room_started"


def of_room(ingest: Ingest, made: IngressInfo) -> list[str]:
    """Return the names of the webhooks about a room, in order of arrival."""
    events = list(ingest.sink.events)
    return [event.event for event in events if event.room.name == made.room_name]


def test_the_delay_after_a_freeze_of_the_encoder(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made) as encoder:
        published(ingest, made)
        before = delay(ingest, made)
        encoder.send_signal(signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        encoder.send_signal(signal.SIGCONT)
        added = delay(ingest, made) - before

    assert (added > FROZEN_SECONDS / 2) == IS_BEHIND_AFTER_A_FREEZE.of(ingest), added


def test_the_interval_of_key_frames(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    times: list[float] = []

    def is_enough(frame: Frame) -> bool:
        if isinstance(frame, VideoFrame) and frame.key_frame:
            times.append(frame.time)
        return len(times) == 3

    with encoding(ingest, made):
        published(ingest, made)
        receive(ingest, made.room_name, is_enough, within=60)

    # A viewer who loses a packet asks for a key frame earlier.
    longest = max(next - time for time, next in itertools.pairwise(times))
    assert longest == pytest.approx(KEY_FRAME_SECONDS.of(ingest), abs=0.2)


def test_the_end_after_a_whip_encoder_has_vanished(ingest: Ingest) -> None:
    made = ingest.create_ingress(IngressInput.WHIP_INPUT)
    command = [sys.executable, "-m", "tests.ingest.whip", "--url", made.url]
    encoder = ingest.run("whip-encoder", [*command, "--key", made.stream_key])
    published(ingest, made)
    ingest.stop(encoder, signal.SIGKILL)

    state = ended(ingest, made, within=60)

    assert (state.status, state.error) == VANISHED_WHIP_ENCODER.of(ingest)
    left(ingest, made)
