"""A real OBS goes live, is watched, reconnects after it was removed, and ends.

It needs OBS and Xvfb: `apt-get install obs-studio xvfb`. `tests/ingest/obs` has its settings.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Generator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import pytest
from livekit.protocol.ingress import IngressInfo, IngressState
from livekit.protocol.models import TrackSource
from livekit.protocol.room import RoomParticipantIdentity

from local import encoder
from tests.ingest.broadcasts import ended, left, participants, published, started, state_of
from tests.local.servers import Ingest, eventually, program
from tests.local.viewer import watch

pytestmark = pytest.mark.obs

SETTINGS = Path(__file__).parent / "obs"
NAME = "Footlight"
START_SECONDS = 90.0


@pytest.fixture
def display(ingest: Ingest) -> Generator[str]:
    """The name of a screen of its own."""
    read, write = os.pipe()
    screen = subprocess.Popen(
        [program("Xvfb"), "-displayfd", str(write), "-screen", "0", "1024x768x24"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as number:
        yield f":{number.readline().strip()}"
    screen.terminate()
    screen.wait(10)


def test_obs_goes_live_reconnects_and_ends(ingest: Ingest, display: str, tmp_path: Path) -> None:
    made = ingest.create_ingress()
    write_settings(ingest, made, tmp_path)
    obs = ingest.run(
        "obs",
        [
            *(program("obs"), "--startstreaming", "--multi", "--disable-updater"),
            *("--profile", NAME, "--collection", NAME),
        ],
        {
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path / ".config"),
            "DISPLAY": display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "QT_QPA_PLATFORM": "xcb",
        },
    )
    eventually("live", lambda: ingest.sink.of(made.ingress_id, "ingress_started"), START_SECONDS)
    creator = published(ingest, made)
    assert {track.source for track in creator.tracks} == {
        TrackSource.CAMERA,
        TrackSource.MICROPHONE,
    }
    eventually("the size", lambda: state_of(ingest, made).video.width, 20)
    state = state_of(ingest, made)
    assert (state.video.mime_type, state.video.width, state.video.height) == (
        "video/H264",
        640,
        360,
    )
    assert len(watch(ingest, made.room_name, frames=15, audible_frames=0).sizes) >= 15

    host = RoomParticipantIdentity(room=made.room_name, identity=made.participant_identity)
    ingest.call(lambda livekit: livekit.room.remove_participant(host))
    assert ended(ingest, made).error == "room disconnected"
    eventually(
        "OBS is back",
        lambda: any(p.sid != creator.sid and p.tracks for p in participants(ingest, made)),
        START_SECONDS,
    )

    # Asked to end while streaming, it would wait for an answer to a dialog.
    ingest.stop(obs, signal.SIGKILL)
    left(ingest, made)
    eventually(
        "offline",
        lambda: state_of(ingest, made).status == IngressState.ENDPOINT_INACTIVE,
        20,
    )
    assert started(ingest, made).started_at < state_of(ingest, made).started_at


def write_settings(ingest: Ingest, made: IngressInfo, home: Path) -> None:
    """Write a profile with the stream key, and a scene with a moving clip."""
    config = home / ".config" / "obs-studio"
    profile, scenes = config / "basic" / "profiles" / NAME, config / "basic" / "scenes"
    profile.mkdir(parents=True)
    scenes.mkdir(parents=True)
    shutil.copy(SETTINGS / "global.ini", config)
    shutil.copy(SETTINGS / "basic.ini", profile)
    server = f"rtmp://localhost:{ingest.rtmp_port}/live"
    service = {"type": "rtmp_custom", "settings": {"server": server, "key": made.stream_key}}
    (profile / "service.json").write_text(json.dumps(service))
    clip = home / "clip.mp4"
    write_clip(clip)
    scene = (SETTINGS / "scene.json").read_text().replace("CLIP", str(clip))
    (scenes / f"{NAME}.json").write_text(scene)


def write_clip(path: Path) -> None:
    """Write two seconds of the moving test card."""
    card = encoder.TestCard(640, 360)
    with av.open(path, "w") as output:
        video = output.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 640, 360, "yuv420p"
        for number in range(20):
            frame = card.frame(number, datetime.now().astimezone())
            frame.pts = number
            frame.time_base = Fraction(1, 10)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
