"""What do the tests against the running stack share?

A stack that is up is used as it is; otherwise one is started, without its encoder, and ended after
the last test. Tests wait for states (`wait_until`), never for a time.
"""

import asyncio
import base64
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import boto3
import pytest
import urllib3

from local import people, processes, settings

T = TypeVar("T")

UP_WITHIN_SECONDS: Final = 420.0
LIVE_WITHIN_SECONDS: Final = 45.0

CHAT_AS_NEW: Final[dict[str, Any]] = {
    "isChatEnabled": True,
    "isChatDelayed": False,
    "isChatFollowersOnly": False,
    "chat": {
        "delaySeconds": 3,
        "followersMinutes": 0,
        "isSignedInOnly": False,
        "areLinksBlocked": False,
        "areRepeatsBlocked": False,
        "blockedWords": [],
    },
}
"""The settings of a new channel's chat, as `PATCH /api/stream` takes them."""


@dataclass(frozen=True)
class User:
    """A demo person's login."""

    username: str
    email: str
    password: str


@dataclass(frozen=True)
class Stack:
    """Where the running stack is: `.local/outputs.json` in Python's words."""

    site_url: str
    api_url: str
    webhook_url: str
    livekit_url: str
    livekit_api_key: str
    livekit_api_secret: str
    rtmp_url: str
    whip_url: str
    redis_url: str
    users: tuple[User, ...]

    def user(self, username: str) -> User:
        """A demo person by name."""
        return next(user for user in self.users if user.username == username)

    def api(self, username: str | None = None) -> "Api":
        """The product's API as a demo person, or as a new guest."""
        return Api(self.site_url, _access_token(username) if username else None)


@dataclass(frozen=True)
class Answer:
    """What the API said: `json` is None where there is no body."""

    status: int
    json: Any
    headers: urllib3.HTTPHeaderDict

    def refused_with(self, status: int, code: str) -> bool:
        """Whether it is this refusal, in the one error shape."""
        return self.status == status and bool(self.json) and self.json["error"]["code"] == code


class Api:
    """One caller: redirects are not followed, cookies kept as one browser would keep them."""

    def __init__(self, base: str, token: str | None) -> None:
        self.base = base
        self.token = token
        self.cookies: dict[str, str] = {}
        self._pool = urllib3.PoolManager(timeout=30.0, retries=False)

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST, with a JSON body where one is given."""
        return self.call("POST", path, body, headers=headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        """PUT, with a JSON body where one is given."""
        return self.call("PUT", path, body, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        """PATCH with a JSON body."""
        return self.call("PATCH", path, body, headers=headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """DELETE."""
        return self.call("DELETE", path, headers=headers)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request: `body` as JSON, or `content` as it is."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        answer = self._pool.request(method, self.base + path, body=content, headers=sent)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
        return Answer(answer.status, _json(answer.data), answer.headers)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


@functools.cache
def _access_token(username: str) -> str:
    """A demo person's access token, had once a run: it outlives the tests."""
    return awaited(people.access_token(username))


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What comes of it, for a test that awaits nothing itself."""
    # In a thread of its own: Playwright keeps a loop running in that of the browser's tests.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()


def running_stack() -> Stack | None:
    """The stack that is up, or None."""
    try:
        outputs = json.loads(settings.OUTPUTS.read_text())
        seen = urllib3.request("GET", f"{outputs['siteUrl']}/config.json", timeout=5, retries=False)
    except (OSError, ValueError, urllib3.exceptions.HTTPError):
        return None
    if seen.status != 200:
        return None
    return Stack(
        site_url=outputs["siteUrl"],
        api_url=outputs["apiUrl"],
        webhook_url=outputs["webhookUrl"],
        livekit_url=outputs["livekitUrl"],
        livekit_api_key=outputs["livekitApiKey"],
        livekit_api_secret=outputs["livekitApiSecret"],
        rtmp_url=outputs["rtmpUrl"],
        whip_url=outputs["whipUrl"],
        redis_url=outputs["redisUrl"],
        users=tuple(User(**user) for user in outputs["users"]),
    )


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The local stack: the one that is up, else one of the tests' own."""
    running = running_stack()
    if running:
        _choose_faults(running.site_url, {})  # those that a run which was killed left
        yield running
        return
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    log = settings.LOGS / "demo.log"
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [sys.executable, "-m", "local.demo"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=settings.ROOT,
            env={**os.environ, "LIVE": "0"},
        )
    try:
        wait_until(
            lambda: demo.poll() is not None or "Footlight is up" in log.read_text(),
            within=UP_WITHIN_SECONDS,
            what="the local stack to be up",
        )
        running = running_stack()
        if not running:
            pytest.fail(f"The local stack did not come up:\n{log.read_text()}", pytrace=False)
        yield running
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(timeout=60)


@contextlib.contextmanager
def encoder(
    stack: Stack, key: str, *, size: str = "640x360", fps: int = 15, url: str | None = None
) -> Generator[subprocess.Popen[bytes]]:
    """The demo encoder pushing RTMP with a stream key, small enough for two cores."""
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    where = ["--url", url or stack.rtmp_url, "--key", key]
    with (settings.LOGS / "test-encoder.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.encoder", *where, "--size", size, "--fps", str(fps)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=settings.ROOT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def broadcast(stack: Stack, username: str) -> Generator[Api]:
    """A creator who is live, with a fresh key; offline again when the block is left."""
    creator = stack.api(username)
    ingress = creator.post("/api/ingress", {"inputType": "rtmp"})
    assert ingress.status == 200, ingress
    with encoder(stack, ingress.json["streamKey"]):
        wait_until(
            lambda: is_live(stack, username),
            within=LIVE_WITHIN_SECONDS,
            what=f"{username} to be live",
        )
        yield creator
    creator.post("/api/stream/end")
    wait_until(
        lambda: not is_live(stack, username),
        within=LIVE_WITHIN_SECONDS,
        what=f"{username} to be offline",
    )


@dataclass(frozen=True)
class Webhook:
    """A webhook request as it came from LiveKit: the signature is over these very bytes."""

    token: str
    content_type: str
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What it tells."""
        return json.loads(self.body)


def webhooks(stack: Stack) -> list[Webhook]:
    """The newest webhooks that came to the site, the oldest first, lost ones included."""
    kept = Api(stack.site_url, None).get("/_local/webhooks").json
    found: list[Webhook] = []
    for webhook in kept:
        headers = urllib3.HTTPHeaderDict(webhook["headers"])
        body = base64.b64decode(webhook["body"])
        found.append(
            Webhook(headers.get("Authorization", ""), headers.get("Content-Type", ""), body)
        )
    return found


def told(stack: Stack, event: str, ingress_id: str) -> Webhook | None:
    """The webhook by which LiveKit told that an ingress started or ended, None where it did not."""
    for webhook in webhooks(stack):
        # Forged ones of other tests need not be JSON.
        if ingress_id.encode() in webhook.body and webhook.event["event"] == event:
            return webhook
    return None


def lost_webhooks(stack: Stack) -> contextlib.AbstractContextManager[None]:
    """No webhook arrives, and LiveKit believes that all do."""
    return _fault(stack, webhooks="lose")


def api_gone(stack: Stack) -> contextlib.AbstractContextManager[None]:
    """The whole API is gone: connections are reset, also LiveKit's, which tries again."""
    return _fault(stack, api="gone")


def api_hangs(stack: Stack) -> contextlib.AbstractContextManager[None]:
    """The API takes requests and answers none; all that hang are answered at the end."""
    return _fault(stack, api="hang")


@contextlib.contextmanager
def _fault(stack: Stack, **fault: str) -> Generator[None]:
    """One fault more than there are; as it was when the block is left."""
    before = Api(stack.site_url, None).get("/_local/faults").json
    _choose_faults(stack.site_url, before | fault)
    try:
        yield
    finally:
        _choose_faults(stack.site_url, before)


def _choose_faults(site_url: str, faults: dict[str, str | None]) -> None:
    answer = Api(site_url, None).put("/_local/faults", faults)
    assert answer.status == 200, answer


@contextlib.contextmanager
def livekit_hangs() -> Generator[None]:
    """LiveKit takes requests and answers none until the block is left, and then all of them."""
    parts = processes.read_record(settings.PROCESSES)
    livekit = next(part.pid for part in parts if part.name == "livekit")
    os.kill(livekit, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(livekit, signal.SIGCONT)


def aws(service: Any) -> Any:
    """A client of the emulated AWS, whatever account this machine is signed in to."""
    return boto3.client(
        service,
        endpoint_url=settings.AWS_URL,
        region_name=settings.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def stored(kind: str | None = None) -> list[dict[str, Any]]:
    """Every item of the table, or those of one kind, in DynamoDB's own words."""
    table = json.loads(settings.CDK_OUTPUTS.read_text())[settings.STACK]["TableName"]
    pages = aws("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    return [item for item in items if kind in (None, item.get("kind", {}).get("S"))]


def is_live(stack: Stack, username: str) -> bool:
    """What the channel's page says to a guest."""
    answer = stack.api().get(f"/api/pages/channels/{username}")
    return answer.status == 200 and answer.json["stream"]["isLive"]


def wait_until(state: Callable[[], T | None], *, within: float, what: str, every: float = 0.2) -> T:
    """Ask until the answer is true, and return it; fails by name when time is up."""
    deadline = time.monotonic() + within
    while True:
        answer = state()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {within:.0f} s in vain for {what}")
        time.sleep(every)
