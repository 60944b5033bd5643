"""Measure a first visitor's cold path: from the page's HTML to everything that the media needs.

Each function is its real asset in a fresh process. The path is the slowest chain of requests that
wait for each other:

    before   guest   channel page -> viewer token
             member  session -> channel page -> viewer token
    now      guest   live status -> viewer token, both by the token function
             member  session and live status -> viewer token

The page is requested too, but nothing on the path waits for it. The second request to the token
function finds a warm process, as it does in Lambda. The network is the same for both and left out.
"""

import os
import statistics
import tempfile
from pathlib import Path
from typing import Final

from bench.cold import ColdStart, build_asset, run_cold_start
from bench.report import Goal, Report, in_turns, ratios_of, sized, summary
from bench.scene import Event, set_scene
from footlight import identities
from infra import dependencies
from infra.function import FOR_LIBRARIES
from tests.support.api import Api
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.support.people import goes_live
from tests.support.provider import visit_provider

ROUNDS: Final = sized(10, quick=2)
Events = dict[str, tuple[str, list[Event]]]
"""The function of each cold start, and its requests."""


def _events() -> Events:
    """Return the requests of a guest's and of a member's visit to a live channel."""
    api = set_scene()
    ann, bob = api.joins("ann"), api.joins("bob")
    goes_live(identities.Person(ann.id, ann.username))
    api.provider.rotates = False  # so that one session serves all rounds
    api.provider.signs_in = bob.subject
    login = api.get("/api/session/login", query={"return": "/"})
    api.get("/api/session/callback", query=visit_provider(login.headers["location"]))
    guest = Api(api.provider)
    live = guest.event("GET", "/api/pages/live/ann")
    guest_token = guest.event("POST", "/api/token", {"host": "ann"})
    member_token = api.event("POST", "/api/token", {"host": "ann"}, signed_in_as=bob)
    page = "/api/pages/channels/ann"
    return {
        "session": ("session", [api.event("POST", "/api/session/token")]),
        "page, guest": ("pages", [guest.event("GET", page)]),
        "page, member": ("pages", [api.event("GET", page, signed_in_as=bob)]),
        "token, guest": ("token", [guest_token]),
        "token, member": ("token", [member_token]),
        "status, token, guest": ("token", [live, guest_token]),
        "status, token, member": ("token", [live, member_token]),
    }


def measure() -> Report:
    """Measure all cold starts in turns, and add them up along the paths of each round."""
    os.environ.update(LIVEKIT_API_KEY=LIVEKIT_KEY, LIVEKIT_API_SECRET=LIVEKIT_SECRET)
    with tempfile.TemporaryDirectory(dir=dependencies.CACHE.parent) as folder:
        events = _events()
        folders = {name: build_asset(name, Path(folder)) for name in ("session", "pages", "token")}
        later: dict[str, list[float]] = {name: [] for name in events}

        def total(name: str) -> float:
            function, requests = events[name]
            module = f"functions.{function}.handler"
            parts = run_cold_start(ColdStart(folders[function], module, requests, FOR_LIBRARIES))
            later[name].append(parts.get("later", 0.0))
            return parts["import"] + parts["request"]

        totals = in_turns({name: lambda name=name: total(name) for name in events}, ROUNDS)
    return _report(totals, {name: values[-ROUNDS:] for name, values in later.items()})


def _report(first: dict[str, list[float]], later: dict[str, list[float]]) -> Report:
    rounds = range(ROUNDS)
    warm_guest, warm_member = later["status, token, guest"], later["status, token, member"]
    paths = {
        "guest, before": [first["page, guest"][n] + first["token, guest"][n] for n in rounds],
        "guest, now": [first["status, token, guest"][n] + warm_guest[n] for n in rounds],
        "member, before": [
            first["session"][n] + first["page, member"][n] + first["token, member"][n]
            for n in rounds
        ],
        "member, now": [
            max(first["session"][n], first["status, token, member"][n]) + warm_member[n]
            for n in rounds
        ],
    }
    ratios = {
        who: ratios_of(paths[f"{who}, now"], paths[f"{who}, before"]) for who in ("guest", "member")
    }
    return Report(
        title="A first visit until media can connect, wall ms of the functions: median/minimum",
        columns=["", "ms", "cold starts deep", "now ÷ before"],
        rows=[
            [
                name,
                f"{statistics.median(values):.0f}/{min(values):.0f}",
                str(COLD_STARTS[name]),
                "{:.2f}/{:.2f}".format(*ratios[name.partition(",")[0]]) if "now" in name else "",
            ]
            for name, values in paths.items()
        ],
        figures={name: summary(values) for name, values in (paths | first).items()}
        | {f"{who}, now ÷ before": ratio for who, ratio in ratios.items()},
        goals=[
            Goal(f"Visit: {who}, now ÷ before", min(ratio), 0.5, is_of_time=True)
            for who, ratio in ratios.items()
        ],
    )


COLD_STARTS: Final = {"guest, before": 2, "guest, now": 1, "member, before": 3, "member, now": 1}
