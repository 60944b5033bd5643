"""Measure the latency and rate of chat messages through the whole local stack.

The forwarder and the emulator's CloudFront, API Gateway, and Lambda replace AWS on this machine's
processors. An encoder is live at the same time.
"""

import json

import urllib3

from bench import crowd
from bench.report import Goal, Report
from tests.stack.rooms import admitted
from tests.stack.support import Api, Stack, encoder, is_live, running_stack, wait_until

HOST = "bob"
PATH = f"/api/chat/{HOST}"
WRITING_PROCESSES = 8
LIVE_WITHIN_SECONDS = 60
WARM_UP_SECONDS = 5.0


def measure() -> Report:
    """Measure the full rate and, if the stack can't sustain it, a lower one."""
    stack = running_stack()
    assert stack
    owner = stack.api(HOST)
    key = owner.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    tokens = [admitted(stack.api(), HOST)["token"] for _ in range(crowd.LISTENERS + crowd.WRITERS)]
    listeners = tokens[: crowd.LISTENERS]
    with encoder(stack, key, size="160x90", fps=5):
        wait_until(
            lambda: is_live(stack, HOST), within=LIVE_WITHIN_SECONDS, what="the host to be live"
        )

        def run_at(rate: float, seconds: float) -> crowd.Run:
            return crowd.run(
                stack.livekit_url,
                (stack.livekit_api_key, stack.livekit_api_secret),
                listeners,
                post_by_http,
                (stack.site_url + PATH, tokens[crowd.LISTENERS :]),
                rate=rate,
                seconds=seconds,
                processes=WRITING_PROCESSES,
            )

        run_at(crowd.RATE, WARM_UP_SECONDS)
        runs = crowd.measure_runs(run_at)
    history = _history(stack, listeners[0])
    assert owner.post("/api/stream/end").status == 204
    return Report(
        title=f"Chat through the local stack: {crowd.WRITERS} writers, {crowd.LISTENERS} listeners",
        columns=["", "measured"],
        rows=[row for run in runs for row in crowd.rows(run, history)],
        figures={"runs": [run.figures for run in runs]},
        goals=[Goal("Chat through the stack: messages lost", sum(run.lost for run in runs), 0)],
    )


def post_by_http(target: tuple[str, list[str]]) -> crowd.Post:
    """Return a function that sends each message as a request, over one connection."""
    url, tokens = target
    pool = urllib3.PoolManager(retries=False, timeout=30.0)

    def post(writer: int, message_id: str) -> int:
        response = pool.request(
            "POST",
            url,
            body=json.dumps({"text": crowd.TEXT, "id": message_id}),
            headers={
                "Authorization": f"Bearer {tokens[writer]}",
                "Content-Type": "application/json",
            },
        )
        return response.status

    return post


def _history(stack: Stack, token: str) -> list[tuple[int, str]]:
    api = Api(stack.site_url, token)
    return crowd.read_history(lambda query: api.get(PATH + query).json)
