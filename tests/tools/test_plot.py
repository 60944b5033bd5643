"""The plots of `make bench`."""

from xml.etree import ElementTree as ET

import pytest

from bench import plot

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> list[tuple[float, float]]:
    """Return the points of the first line."""
    lines = [path for path in ET.fromstring(svg).iter(f"{SVG}path")]  # noqa: S314 - our own file
    [line] = [path.attrib["d"] for path in lines if path.attrib["class"] == "line line-0"]
    pairs = (point.split() for point in line.removeprefix("M").split("L"))
    return [(float(x), float(y)) for x, y in pairs]


def test_a_line_goes_from_the_origin_to_the_largest_values() -> None:
    svg = plot.lines("a < b", ("minutes", "seconds"), {"alone": [(0, 0), (15, 5), (30, 10)]})

    assert drawn(svg) == [(48, 276), (378, 158), (708, 40)]
    assert [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")] == [  # noqa: S314
        *("0", "2", "4", "6", "8", "10"),
        *("0", "5", "10", "15", "20", "25", "30"),
        *("minutes", "seconds", "alone"),
    ]


def test_more_series_than_colors_are_refused() -> None:
    series = {str(number): [(0.0, 0.0)] for number in range(plot.MAX_LINES + 1)}
    with pytest.raises(ValueError, match="4 series"):
        plot.lines("", ("", ""), series)
