"""The stand-in's video encoding for the options of an ingress."""

import pytest
from livekit.protocol.ingress import (
    IngressVideoEncodingOptions,
    IngressVideoEncodingPreset,
    IngressVideoOptions,
)
from livekit.protocol.models import VideoLayer

from footlight.ingress.options import create_request
from local.ingress.encodings import VideoEncoding, encoding_of


def test_the_default_is_720p_at_30_frames_per_second() -> None:
    assert encoding_of(IngressVideoOptions()) == VideoEncoding(1280, 720, 30, 1_900_000)


@pytest.mark.parametrize("name", IngressVideoEncodingPreset.keys())
def test_every_preset_is_known(name: str) -> None:
    encoding = encoding_of(IngressVideoOptions(preset=name))

    assert f"{encoding.height}P_{encoding.fps:.0f}FPS" in name


def test_the_largest_layer_is_used() -> None:
    layers = [VideoLayer(width=640, height=360), VideoLayer(width=1920, height=1080)]
    options = IngressVideoEncodingOptions(frame_rate=60, layers=layers)

    encoding = encoding_of(IngressVideoOptions(options=options))

    assert (encoding.width, encoding.height, encoding.fps) == (1920, 1080, 60)
    assert encoding.bitrate > 3_500_000


@pytest.mark.parametrize(
    ("source", "encoded"),
    [
        ((1280, 720), (1280, 720)),
        ((1920, 1080), (1280, 720)),
        ((320, 180), (320, 180)),
        ((1080, 1920), (404, 720)),
        ((641, 361), (640, 360)),
    ],
)
def test_video_keeps_its_aspect_ratio_and_never_grows(
    source: tuple[int, int], encoded: tuple[int, int]
) -> None:
    assert VideoEncoding(1280, 720, 30, 1_900_000).size_for(*source) == encoded


@pytest.mark.parametrize(
    ("source", "encoded"),
    [
        ((1920, 1080), (1920, 1080)),
        ((720, 1280), (720, 1280)),
        ((1080, 1920), (1080, 1920)),
        ((2560, 1080), (2560, 1080)),
        ((1440, 1080), (1440, 1080)),
        ((3440, 1440), (2560, 1072)),
        ((3840, 2160), (2560, 1440)),
    ],
)
def test_a_key_of_the_product_keeps_the_size_of_every_shape(
    source: tuple[int, int], encoded: tuple[int, int]
) -> None:
    request = create_request("ann-id", "ann", "rtmp", enabled=True)

    assert encoding_of(request.video).size_for(*source) == encoded


def test_a_key_of_the_product_has_stereo_sound_without_gaps() -> None:
    sound = create_request("ann-id", "ann", "rtmp", enabled=True).audio.options

    assert (sound.channels, sound.disable_dtx) == (2, True)
