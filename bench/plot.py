"""Plots as SVG, whose colors follow the reader's light or dark scheme.

A plotting library would fix the colors when it draws, and need two files for the two schemes.
"""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 40, 44
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.grid { stroke: #d1d9e0 }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round }
.line-0 { stroke: #bc4c00 } .key-0 { fill: #bc4c00 }
.line-1 { stroke: #0969da } .key-1 { fill: #0969da }
.line-2 { stroke: #1a7f37 } .key-2 { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .grid { stroke: #3d444d }
  .line-0 { stroke: #f0883e } .key-0 { fill: #f0883e }
  .line-1 { stroke: #58a6ff } .key-1 { fill: #58a6ff }
  .line-2 { stroke: #3fb950 } .key-2 { fill: #3fb950 }
}
"""
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MAX_TICKS = 8
MAX_LINES = 3


def lines(
    title: str, axes: tuple[str, str], series: Mapping[str, Sequence[tuple[float, float]]]
) -> str:
    """Return an SVG with one line for each series of (x, y), from 0 to the largest values.

    At most three series have a color. Raise `ValueError` if there are more.
    """
    if len(series) > MAX_LINES:
        raise ValueError(f"{len(series)} series, and colors for {MAX_LINES}")
    points = [point for line in series.values() for point in line]
    right, top = (max(1.0, *(point[axis] for point in points)) for axis in (0, 1))

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + x / right * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM),
        )

    parts: list[str] = []
    for y in _ticks(top):
        _, height = at(0, y)
        parts += [
            f'<path class="grid" d="M{LEFT} {height:.1f}H{WIDTH - RIGHT}"/>',
            _text(LEFT - 6, height + 4, str(y), "end"),
        ]
    parts += [_text(at(x, 0)[0], HEIGHT - BOTTOM + 18, str(x)) for x in _ticks(right)]
    parts += [_text(WIDTH / 2, HEIGHT - 8, axes[0]), _text(4, TOP - 9, axes[1], "start")]
    for number, (name, line) in enumerate(series.items()):
        path = "L".join("{:.1f} {:.1f}".format(*at(x, y)) for x, y in line)
        left = LEFT + 24 + 140 * number
        parts += [
            f'<path class="line line-{number}" d="M{path}"/>',
            f'<path class="key-{number}" d="M{left} {TOP - 16}h12v4h-12z"/>',
            _text(left + 18, TOP - 9, name, "start"),
        ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _ticks(largest: float) -> range:
    """Return the marks of an axis that begins at 0, at most eight of them."""
    step = next((step for step in STEPS if largest / step < MAX_TICKS), STEPS[-1])
    return range(0, int(largest) + 1, step)


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
