"""What the stand-in does otherwise than LiveKit Ingress, and can't do alike.

`local/ingress/README.md` explains each. The tests assert both values, so that the list stays true.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from livekit.protocol.ingress import IngressState

from tests.local.servers import Ingest

T = TypeVar("T")


@dataclass(frozen=True)
class Difference(Generic[T]):
    """A value that depends on the ingress."""

    livekit: T
    stand_in: T

    def of(self, ingest: Ingest) -> T:
        """Return the value for the ingress under test."""
        return self.livekit if ingest.is_real else self.stand_in


UNKNOWN = [(0, 0)]
LAYERS = {
    "1280x720": Difference(livekit=[(1280, 720), (640, 360), (320, 180)], stand_in=UNKNOWN),
    "360x640": Difference(livekit=[(360, 640), (202, 360), (102, 180)], stand_in=UNKNOWN),
    "320x180": Difference(livekit=[(320, 180)], stand_in=UNKNOWN),
}
"""The layers of a track with LiveKit's default encoding, largest first, by the source's size.

The stand-in publishes one layer, of a size that the server doesn't know.
"""

DELETE_WITH_ANOTHER_KEY = Difference(livekit=200, stand_in=404)
"""The status of a DELETE of a WHIP resource with another stream key in its path."""

TRACKS_AFTER_ANOTHER_LAYOUT = Difference(livekit=3, stand_in=2)
"""The number of tracks after the number of audio channels has changed."""

IS_STEREO_LISTED = Difference(livekit=True, stand_in=False)
"""Whether the server lists stereo audio as stereo."""

IS_BEHIND_AFTER_A_FREEZE = Difference(livekit=True, stand_in=False)
"""Whether viewers stay behind by the time that the encoder was frozen."""

KEY_FRAME_SECONDS = Difference(livekit=10.0, stand_in=0.5)
"""The interval of key frames, as viewers receive them."""

VANISHED_WHIP_ENCODER = Difference(
    livekit=(IngressState.ENDPOINT_ERROR, "i/o timeout\ni/o timeout"),
    stand_in=(IngressState.ENDPOINT_INACTIVE, ""),
)
"""How the session of a WHIP encoder ends that sends nothing anymore."""
