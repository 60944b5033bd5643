"""The video encoding that an ingress is configured for."""

from dataclasses import dataclass

from livekit.protocol.ingress import IngressVideoEncodingPreset, IngressVideoOptions


@dataclass(frozen=True)
class VideoEncoding:
    """The maximum size, frame rate, and bitrate of the video that viewers get."""

    width: int
    height: int
    fps: float
    bitrate: int
    """In bits per second."""

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """Scale a size down to the maximum. Keep its aspect ratio and make both sides even."""
        scale = min(1.0, self.width / width, self.height / height)
        return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


# The presets of LiveKit Ingress (its pkg/params/presets.go), by size and motion.
_SIZES = {
    "1080P_30FPS": VideoEncoding(1920, 1080, 30, 3_500_000),
    "720P_30FPS": VideoEncoding(1280, 720, 30, 1_900_000),
    "540P_25FPS": VideoEncoding(960, 540, 25, 1_000_000),
}
_HIGH_MOTION_BITRATES = {
    "1080P_30FPS": 4_500_000,
    "720P_30FPS": 2_500_000,
    "540P_25FPS": 1_300_000,
}
_DEFAULT_FPS = 30.0


def encoding_of(options: IngressVideoOptions) -> VideoEncoding:
    """Return the largest layer of the options. The default is 720p at 30 frames per second."""
    match options.WhichOneof("encoding_options"):
        case "options":
            custom = options.options
            fps = custom.frame_rate or _DEFAULT_FPS
            if not custom.layers:
                return VideoEncoding(1280, 720, fps, 1_700_000)
            largest = max(custom.layers, key=lambda layer: layer.width * layer.height)
            bitrate = largest.bitrate or _bitrate_for(largest.width, largest.height, fps)
            return VideoEncoding(largest.width, largest.height, fps, bitrate)
        case "preset":
            return _preset(IngressVideoEncodingPreset.Name(options.preset))
        case _:
            return _SIZES["720P_30FPS"]


def _preset(name: str) -> VideoEncoding:
    for size, encoding in _SIZES.items():
        if size in name:
            if not name.endswith("HIGH_MOTION"):
                return encoding
            bitrate = _HIGH_MOTION_BITRATES[size]
            return VideoEncoding(encoding.width, encoding.height, encoding.fps, bitrate)
    raise ValueError(f"unknown preset {name}")


def _bitrate_for(width: int, height: int, fps: float) -> int:
    """Use LiveKit Ingress's formula, based on 3.5 Mbit/s for 1080p at 30 frames per second."""
    reference = _SIZES["1080P_30FPS"]
    area = (width * height) / (reference.width * reference.height)
    return int(reference.bitrate * ((fps / reference.fps) * area) ** 0.75)
