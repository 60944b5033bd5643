"""A real OBS goes live on the local stack, is watched, is ended, returns, and is killed.

It needs OBS and Xvfb: `apt-get install obs-studio xvfb`. `tests/ingest/obs` has its settings.
"""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Generator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from livekit import rtc
from numpy.typing import NDArray

from local import encoder
from tests.local.servers import program
from tests.stack.rooms import admitted, eventually, in_room
from tests.stack.support import LIVE_WITHIN_SECONDS, Stack, is_live, run_async, wait_until

pytestmark = pytest.mark.obs

SETTINGS = Path(__file__).parent / "obs"
NAME = "Footlight"
START_SECONDS = 90.0
FRAMES = 15

Picture = NDArray[np.int16]


@pytest.fixture
def display() -> Generator[str]:
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


def test_obs_goes_live_with_a_key_of_the_product_and_ends(
    stack: Stack, display: str, tmp_path: Path
) -> None:
    bob = stack.api("bob")
    ingress = bob.post("/api/ingress", {"inputType": "rtmp"}).json
    write_settings(ingress["serverUrl"], ingress["streamKey"], tmp_path)

    with obs(display, tmp_path):
        wait_until(lambda: is_live(stack, "bob"), within=START_SECONDS, what="bob to be live")
        arrives = wait_until(
            lambda: bob.get("/api/ingress").json["encoder"]["video"],
            within=START_SECONDS,
            what="the format of the picture",
        )
        assert arrives["mimeType"] == "video/H264"
        assert (arrives["width"], arrives["height"]) == (640, 360)
        first, last = run_async(pictures(stack, "bob"))
        # The clip's block and clock move by much more than the noise of the encoder.
        assert np.abs(first - last).max() > 100

        assert bob.post("/api/stream/end").status == 204
        assert state_of(stack, "bob") == "offline"
        # OBS reconnects on its own after 2 s, and the key rests.
        wait_until(
            lambda: bob.get("/api/ingress").json["encoder"]["error"] == "key_off",
            within=START_SECONDS,
            what="OBS to be refused",
        )
        assert state_of(stack, "bob") == "offline"

        assert bob.patch("/api/ingress", {"armed": "always"}).status == 200
        wait_until(lambda: is_live(stack, "bob"), within=START_SECONDS, what="OBS to return")

    # Killed, OBS is gone without a word.
    wait_until(
        lambda: state_of(stack, "bob") == "reconnecting",
        within=LIVE_WITHIN_SECONDS,
        what="the end of OBS to be noticed",
    )
    assert bob.delete("/api/ingress").status == 204
    assert state_of(stack, "bob") == "offline"


@contextlib.contextmanager
def obs(display: str, home: Path) -> Generator[None]:
    """Run OBS, which starts to stream."""
    with (home / "obs.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(program("obs"), "--startstreaming", "--multi", "--disable-updater"),
                *("--profile", NAME, "--collection", NAME),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ
            | {
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / ".config"),
                "DISPLAY": display,
                "LIBGL_ALWAYS_SOFTWARE": "1",
                "QT_QPA_PLATFORM": "xcb",
            },
        )
    try:
        yield
    finally:
        # Asked to end while streaming, it would wait for an answer to a dialog.
        process.kill()
        process.wait(10)


def state_of(stack: Stack, username: str) -> str:
    """Return the state on a channel's page."""
    state: str = stack.api().get(f"/api/pages/channels/{username}").json["stream"]["state"]
    return state


async def pictures(stack: Stack, host: str) -> tuple[Picture, Picture]:
    """Return the brightness of two frames that a guest sees, about a second apart."""
    token = admitted(stack.api(), host)["token"]
    async with in_room(stack, token) as room:

        async def find() -> rtc.Track | None:
            return next(
                (
                    publication.track
                    for participant in room.remote_participants.values()
                    for publication in participant.track_publications.values()
                    if publication.kind == rtc.TrackKind.KIND_VIDEO and publication.track
                ),
                None,
            )

        track = await eventually(find, "the picture")
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.I420)
        seen: list[Picture] = []
        try:
            async for event in stream:
                size = event.frame.width * event.frame.height
                brightness = np.frombuffer(event.frame.data, np.uint8, size).astype(np.int16)
                # The size may grow while the layers arrive.
                seen = [picture for picture in seen if picture.size == size] + [brightness]
                if len(seen) == FRAMES:
                    break
        finally:
            await stream.aclose()
    return seen[0], seen[-1]


def write_settings(server: str, key: str, home: Path) -> None:
    """Write a profile with the stream key, and a scene with a moving clip."""
    config = home / ".config" / "obs-studio"
    profile, scenes = config / "basic" / "profiles" / NAME, config / "basic" / "scenes"
    profile.mkdir(parents=True)
    scenes.mkdir(parents=True)
    shutil.copy(SETTINGS / "global.ini", config)
    shutil.copy(SETTINGS / "basic.ini", profile)
    service = {"type": "rtmp_custom", "settings": {"server": server, "key": key}}
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
