"""Encoders of the contract tests, and what LiveKit reports about them.

Tests wait for states for as long as LiveKit Ingress needs on a busy machine, and assert no times.
"""

import contextlib
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Generator

import av
from av import VideoFrame
from av.error import FFmpegError
from livekit.protocol.ingress import IngressInfo, IngressState
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import CreateRoomRequest, ListParticipantsRequest
from livekit.protocol.webhook import WebhookEvent

from tests.ingest import frame_numbers
from tests.local.servers import Ingest, eventually
from tests.local.viewer import Frame, receive

WITHIN_SECONDS = 30.0
PICTURES = 40


@contextlib.contextmanager
def encoding(
    ingest: Ingest, made: IngressInfo, *options: str
) -> Generator[subprocess.Popen[bytes]]:
    """Run an encoder with these options of `tests.ingest.encoder`. Kill it at the end."""
    url = f"rtmp://localhost:{ingest.rtmp_port}/live/{made.stream_key}"
    encoder = ingest.run(
        "encoder", [*(sys.executable, "-m", "tests.ingest.encoder", "--url", url), *options]
    )
    try:
        yield encoder
    finally:
        ingest.stop(encoder, signal.SIGKILL)


def is_refused(ingest: Ingest, path: str) -> bool:
    """Return whether the server refuses an encoder with this path in its address."""
    try:
        with av.open(f"rtmp://localhost:{ingest.rtmp_port}/{path}", "w", format="flv") as output:
            output.add_stream("aac", rate=48_000)
            output.start_encoding()
    except FFmpegError:
        return True
    return False


def state_of(ingest: Ingest, made: IngressInfo) -> IngressState:
    """Return the state of an ingress from ListIngress."""
    ingress = ingest.ingress(made.ingress_id)
    assert ingress is not None
    return ingress.state


def participants(ingest: Ingest, made: IngressInfo) -> list[ParticipantInfo]:
    """Return the participants of the ingress's room."""
    request = ListParticipantsRequest(room=made.room_name)
    return list(ingest.call(lambda livekit: livekit.room.list_participants(request)).participants)


def published(ingest: Ingest, made: IngressInfo, tracks: int = 2) -> ParticipantInfo:
    """Wait until a creator has published this number of tracks. Return the participant."""

    def find() -> ParticipantInfo | None:
        present = participants(ingest, made)
        if len(present) != 1:
            return None
        [creator] = present
        # LiveKit's list may lack one of two tracks that were published in the same moment.
        listed = {track.sid for track in creator.tracks}
        creator.tracks.extend(
            event.track
            for event in of_room(ingest, made)
            if event.event == "track_published"
            and event.participant.sid == creator.sid
            and event.track.sid not in listed
        )
        return creator if len(creator.tracks) == tracks else None

    try:
        return eventually(f"{tracks} tracks", find, WITHIN_SECONDS)
    except AssertionError:
        raise AssertionError(f"not {tracks} tracks: {participants(ingest, made)}") from None


def left(ingest: Ingest, made: IngressInfo) -> None:
    """Wait until the room is empty."""
    eventually("an empty room", lambda: not participants(ingest, made), WITHIN_SECONDS)


def delay(ingest: Ingest, made: IngressInfo, fps: int = 10) -> float:
    """Return how late pictures arrive at a viewer, in seconds.

    The reference is the encoder's first picture, so only the difference of two delays has a
    meaning.
    """
    delays: list[float] = []

    def is_enough(frame: Frame) -> bool:
        if isinstance(frame, VideoFrame):
            delays.append(time.monotonic() - frame_numbers.read(frame) / fps)
        return len(delays) >= PICTURES

    receive(ingest, made.room_name, is_enough, WITHIN_SECONDS)
    assert len(delays) >= PICTURES
    return min(delays[PICTURES // 2 :])


def started(ingest: Ingest, made: IngressInfo) -> IngressState:
    """Wait for `ingress_started`, and return the state in it."""
    return _first(ingest, made, "ingress_started")


def ended(ingest: Ingest, made: IngressInfo, within: float = WITHIN_SECONDS) -> IngressState:
    """Wait for `ingress_ended`, and return the state in it."""
    return _first(ingest, made, "ingress_ended", within)


def _first(
    ingest: Ingest, made: IngressInfo, name: str, within: float = WITHIN_SECONDS
) -> IngressState:
    events = eventually(name, lambda: ingest.sink.of(made.ingress_id, name), within)
    return events[0].ingress_info.state


def sessions(ingest: Ingest, made: IngressInfo, name: str) -> list[int]:
    """Return the start times of the sessions of which a webhook came.

    LiveKit Ingress sends the start of one session twice if sound and picture are ready together.
    """
    times = [event.ingress_info.state.started_at for event in ingest.sink.of(made.ingress_id, name)]
    return list(dict.fromkeys(times))


def of_room(ingest: Ingest, made: IngressInfo) -> list[WebhookEvent]:
    """Return the webhooks about the room and its participants, in order of arrival."""
    return [event for event in list(ingest.sink.events) if event.room.name == made.room_name]


def settle(ingest: Ingest) -> None:
    """Wait until a webhook has arrived that was caused now, so that earlier ones have too."""
    name = f"settle-{secrets.token_hex(4)}"
    ingest.call(lambda livekit: livekit.room.create_room(CreateRoomRequest(name=name)))
    eventually(
        "a later webhook",
        lambda: any(event.room.name == name for event in list(ingest.sink.events)),
        WITHIN_SECONDS,
    )
