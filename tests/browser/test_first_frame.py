"""`make bench first_frame` at its smallest. Here the site itself isn't compressed."""

from playwright.sync_api import Browser

from bench import first_frame
from bench.first_frame import COLD, OURS, Case
from local import site
from tests.stack.support import Stack, broadcast

CASES = {COLD: Case(), "the opposite": Case(line=None, is_warm=True, is_signed_in=True)}


def test_the_bench_sees_the_first_frame_of_every_page(stack: Stack, browser: Browser) -> None:
    first_frame.build_peers()
    first_frame.upload(site.bucket(), first_frame.BUILT, "peers/")
    with broadcast(stack, first_frame.HOST):
        loads = first_frame.load_all(stack, browser, CASES, rounds=1, unmeasured=0)

    assert len(loads) == len(CASES) * len(first_frame.PATHS)
    for load in (load for some in loads.values() for load in some):
        assert not load.is_lost
        assert load.script_bytes
        steps = [name for name, _ in load.events]
        assert steps.index("WebSocket") < steps.index("WebSocket open") < steps.index("joined")
        assert "video track" in steps
    for case in CASES:
        (load,) = loads[OURS, case]
        names = [name for name, *_ in load.requests]
        assert names.count("/api/token") == 1  # the page uses the one that the shell requested
        assert sum("/liveRoom-" in name for name in names) == 1
        # The shell finds in the page what it would request first. It requests a guest's token at
        # once, and then LiveKit's client. A signed-in viewer's token waits for the session.
        client = next(name for name in names if "/liveRoom-" in name)
        assert CASES[case].is_signed_in or names.index("/api/token") < names.index(client)
        requested = {name for name in names if name.endswith(f"/{first_frame.HOST}")}
        # The page carries what guests get of the channel, but not a member's own view of it.
        of_member = {f"/api/pages/channels/{first_frame.HOST}"}
        allowed = of_member if CASES[case].is_signed_in else set[str]()
        assert requested - {first_frame.PATHS[OURS]} <= allowed
    report = first_frame.report(loads, browser.version)
    assert len(report.rows) == len(loads)
    assert {goal.at_most for goal in report.goals} == {0.6, 0.8}
