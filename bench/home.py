"""Measure the size of the home page's data while 200 channels are live."""

import gzip

from bench.report import Goal, Report
from bench.scene import set_scene
from footlight import identities
from tests.support.api import Api, Person
from tests.support.people import a_person, follows, goes_live

LIVE = 200
FOLLOWED = 60


def create_live_channels(api: Api) -> Person:
    """Create 200 live channels with titles of typical length. Return a follower of 60 of them."""
    fan = api.joins("fan")
    for number in range(LIVE):
        title = f"Building a synthesizer from scratch, evening {number} of many"
        host = a_person(f"creator_{number:03d}", number=number, title=title)
        goes_live(host, viewers=number)
        if number < FOLLOWED:
            follows(identities.Person(fan.id, fan.username), host, number=number)
    return fan


def measure() -> Report:
    """Measure the first page for a guest and for a follower, and all pages for a guest."""
    api = set_scene()
    fan = create_live_channels(api)
    pages = [api.get("/api/pages/home")]
    while after := pages[-1].body["next"]:
        pages.append(api.get("/api/pages/home", query={"cursor": after}))
    texts = {
        "first page, a guest": pages[0].text,
        f"first page, follows {FOLLOWED}": api.get("/api/pages/home", signed_in_as=fan).text,
        f"all {len(pages)} pages, a guest": "".join(page.text for page in pages),
    }
    kilobytes = {
        name: (len(text.encode()) / 1000, len(gzip.compress(text.encode())) / 1000)
        for name, text in texts.items()
    }
    full, small = (max(sizes) for sizes in zip(*list(kilobytes.values())[:2], strict=True))
    return Report(
        title=f"Home page data, {LIVE} channels live",
        columns=["", "JSON kB", "gzip kB"],
        rows=[[name, f"{json:.1f}", f"{gz:.1f}"] for name, (json, gz) in kilobytes.items()],
        figures={name: {"json_kb": json, "gzip_kb": gz} for name, (json, gz) in kilobytes.items()},
        goals=[
            Goal("Home, first page, JSON, kB", full, 60),
            Goal("Home, first page, gzip, kB", small, 10),
        ],
    )
