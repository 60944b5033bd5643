"""The number of a frame, drawn into its picture as a row of black and white squares.

Timestamps can't show how late a picture is, because LiveKit Ingress sets them after its queue.
"""

from av import VideoFrame

BITS = 16
BLACK, GRAY, WHITE = 16, 128, 235
NO_COLOR = 128


def draw(frame: VideoFrame, number: int) -> VideoFrame:
    """Return the frame, which is in `yuv420p`, with the number along its top."""
    # The rows of the brightness come first, then two planes of color with a quarter of its size.
    picture = frame.to_ndarray()
    side = frame.width // BITS
    for plane in (frame.height, frame.height * 5 // 4):
        picture[plane : plane + side // 4] = NO_COLOR
    for bit in range(BITS):
        is_set = number >> bit & 1
        picture[:side, bit * side : (bit + 1) * side] = WHITE if is_set else BLACK
    return VideoFrame.from_ndarray(picture, format="yuv420p")


def read(frame: VideoFrame) -> int:
    """Return the number along the top of a frame."""
    brightness = frame.to_ndarray(format="gray")
    side = frame.width // BITS
    middle = slice(side // 4, side * 3 // 4)
    number = 0
    for bit in range(BITS):
        square = brightness[:side, bit * side : (bit + 1) * side][middle, middle]
        number |= int(square.mean() > GRAY) << bit
    return number
