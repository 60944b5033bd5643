"""Helpers of the tests against the running stack.

The tests use a stack that is already running. Otherwise they start one, without its encoder, and
stop it after the last test. They wait for states (`wait_until`), never for a time.
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
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import boto3
import pytest
import urllib3

from local import people, processes, settings, site

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
"""The chat settings of a new channel, in the format of `PATCH /api/stream`."""


@dataclass(frozen=True)
class User:
    """A demo person's login."""

    username: str
    email: str
    password: str


@dataclass(frozen=True)
class Stack:
    """The addresses and keys of the running stack, from `.local/outputs.json`."""

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
    operator: User

    def user(self, username: str) -> User:
        """Return a demo person by username."""
        return next(user for user in (*self.users, self.operator) if user.username == username)

    def api(self, username: str | None = None) -> "Api":
        """Return a client of the product's API as a demo person, or as a new guest."""
        return Api(self.site_url, _access_token(username) if username else None)


@dataclass(frozen=True)
class Answer:
    """A response of the API. `json` is None if the body isn't JSON."""

    status: int
    json: Any
    headers: urllib3.HTTPHeaderDict

    def refused_with(self, status: int, code: str) -> bool:
        """Return whether it is this refusal, in the API's error format."""
        return self.status == status and bool(self.json) and self.json["error"]["code"] == code


class Api:
    """One caller, who keeps cookies like a browser and doesn't follow redirects."""

    def __init__(self, base: str, token: str | None) -> None:
        self.base = base
        self.token = token
        self.cookies: dict[str, str] = {}
        self._pool = urllib3.PoolManager(timeout=30.0, retries=False)

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET request."""
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a POST request with an optional JSON body."""
        return self.call("POST", path, body, headers=headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a PUT request with an optional JSON body."""
        return self.call("PUT", path, body, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        """Send a PATCH request with a JSON body."""
        return self.call("PATCH", path, body, headers=headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """Send a DELETE request."""
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
        """Send a request with `body` as JSON, or with `content` unchanged."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        response = self._pool.request(method, self.base + path, body=content, headers=sent)
        for cookie in response.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
        return Answer(response.status, _json(response.data), response.headers)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


@functools.cache
def _access_token(username: str) -> str:
    """Return a demo person's access token. It is requested once, since it outlives the tests."""
    return run_async(people.access_token(username))


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine and return its result, for tests that aren't async."""
    # In another thread, because Playwright runs an event loop in the thread of the browser tests.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def running_stack() -> Stack | None:
    """Return the running stack, or None."""
    try:
        outputs = json.loads(settings.OUTPUTS.read_text())
        response = urllib3.request(
            "GET", f"{outputs['siteUrl']}/config.json", timeout=5, retries=False
        )
    except (OSError, ValueError, urllib3.exceptions.HTTPError):
        return None
    if response.status != 200:
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
        operator=User(**outputs["operator"]),
    )


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Use the running local stack, or start one, with rate limits that tests don't reach."""
    yield from stack_with_limits("off")


def stack_with_limits(limits: str) -> Iterator[Stack]:
    """Yield the running local stack, or start one. `limits` is the variable LIMITS."""
    running = running_stack()
    if running:
        found = json.loads(settings.OUTPUTS.read_text())["limits"]
        if found != limits:
            pytest.fail(
                f"The running stack has LIMITS={found}, and these tests need LIMITS={limits}. "
                f"Stop it with `make down`, or start it with `make demo LIMITS={limits}`",
                pytrace=False,
            )
        _set_faults(running.site_url, {})  # a killed run may have left some
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
            env={**os.environ, "LIVE": "0", "LIMITS": limits},
        )
    try:
        wait_until(
            lambda: demo.poll() is not None or "Footlight is up" in log.read_text(),
            within=UP_WITHIN_SECONDS,
            what="the local stack to start",
        )
        running = running_stack()
        if not running:
            pytest.fail(f"The local stack did not start:\n{log.read_text()}", pytrace=False)
        yield running
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(timeout=60)


@contextlib.contextmanager
def encoder(
    stack: Stack, key: str, *, size: str = "640x360", fps: int = 15, url: str | None = None
) -> Generator[subprocess.Popen[bytes]]:
    """Run the demo encoder with a stream key, with a picture small enough for two cores."""
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    address = ["--url", url or stack.rtmp_url, "--key", key]
    with (settings.LOGS / "test-encoder.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.encoder", *address, "--size", size, "--fps", str(fps)],
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
    """Make a creator live with a new key, and offline again after the block."""
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
    """A webhook request from LiveKit. The signature covers exactly these bytes."""

    token: str
    content_type: str
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The parsed event."""
        return json.loads(self.body)


def webhooks(stack: Stack) -> list[Webhook]:
    """Return the newest webhooks that the site received, oldest first, including lost ones."""
    received = Api(stack.site_url, None).get("/_local/webhooks").json
    result: list[Webhook] = []
    for webhook in received:
        headers = urllib3.HTTPHeaderDict(webhook["headers"])
        body = base64.b64decode(webhook["body"])
        result.append(
            Webhook(headers.get("Authorization", ""), headers.get("Content-Type", ""), body)
        )
    return result


def find_webhook(stack: Stack, event: str, ingress_id: str) -> Webhook | None:
    """Return LiveKit's webhook about the start or end of an ingress, or None."""
    for webhook in webhooks(stack):
        # Forged webhooks of other tests may not be JSON.
        if ingress_id.encode() in webhook.body and webhook.event["event"] == event:
            return webhook
    return None


def lost_webhooks(stack: Stack) -> contextlib.AbstractContextManager[None]:
    """Lose all webhooks during the block. LiveKit gets 200 for each and doesn't retry."""
    return _fault(stack, webhooks="lose")


def api_gone(stack: Stack) -> contextlib.AbstractContextManager[None]:
    """Reset all connections to the API during the block. LiveKit retries its webhooks."""
    return _fault(stack, api="gone")


def api_hangs(stack: Stack) -> contextlib.AbstractContextManager[None]:
    """Accept requests to the API during the block, but answer them only after it."""
    return _fault(stack, api="hang")


@contextlib.contextmanager
def _fault(stack: Stack, **fault: str) -> Generator[None]:
    """Add a fault to the current ones, and restore them after the block."""
    before = Api(stack.site_url, None).get("/_local/faults").json
    _set_faults(stack.site_url, before | fault)
    try:
        yield
    finally:
        _set_faults(stack.site_url, before)


def _set_faults(site_url: str, faults: dict[str, str | None]) -> None:
    response = Api(site_url, None).put("/_local/faults", faults)
    assert response.status == 200, response


@contextlib.contextmanager
def livekit_hangs() -> Generator[None]:
    """Make LiveKit accept requests during the block, but answer them only after it."""
    parts = processes.read_record(settings.PROCESSES)
    livekit = next(part.pid for part in parts if part.name == "livekit")
    os.kill(livekit, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(livekit, signal.SIGCONT)


def aws(service: Any) -> Any:
    """Return a client of the emulated AWS, never of the machine's own account."""
    return boto3.client(
        service,
        endpoint_url=settings.AWS_URL,
        region_name=settings.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def table_name() -> str:
    """Return the name of the running stack's table."""
    return _outputs()["TableName"]


def new_login(username: str, email: str) -> User:
    """Create a person at the identity provider, who has not chosen a username yet. Idempotent."""
    people.add_login(aws("cognito-idp"), _outputs()["UserPoolId"], email)
    return User(username, email, people.PASSWORD)


def sign_in(stack: Stack, user: User) -> Api:
    """Sign in on the hosted page, and return a client of the product's API."""
    return Api(stack.site_url, run_async(people.sign_in(user.email)))


@contextlib.contextmanager
def functions_with(name: str, value: str, *, like: str = "") -> Generator[None]:
    """Run the functions that read an environment variable with another value during the block.

    If it isn't set, it is set for the functions that have the variable `like`.

    A deploy with another setting makes the same change, and Lambda then starts new processes:
    https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
    """
    client = aws("lambda")
    variables = {
        function["FunctionName"]: function["Environment"]["Variables"]
        for page in client.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if (like or name) in function.get("Environment", {}).get("Variables", {})
    }
    assert variables, f"No function reads {like or name}"

    def update(**changed: str) -> None:
        for function, before in variables.items():
            client.update_function_configuration(
                FunctionName=function, Environment={"Variables": before | changed}
            )

    update(**{name: value})
    try:
        yield
    finally:
        update()


@contextlib.contextmanager
def site_config_with(**changed: Any) -> Generator[None]:
    """Serve another `/config.json` during the block, as after a deploy with other settings."""
    s3, bucket, config = aws("s3"), site.bucket(), _outputs()["SiteConfig"]
    site.upload_config(s3, bucket, json.dumps(json.loads(config) | changed))
    try:
        yield
    finally:
        site.upload_config(s3, bucket, config)


def _outputs() -> dict[str, str]:
    return json.loads(settings.CDK_OUTPUTS.read_text())[settings.STACK]


def stored(kind: str | None = None) -> list[dict[str, Any]]:
    """Return all items of the table, or all of one kind, in DynamoDB's JSON format."""
    pages = (
        aws("dynamodb").get_paginator("scan").paginate(TableName=table_name(), ConsistentRead=True)
    )
    items = [item for page in pages for item in page["Items"]]
    return [item for item in items if kind in (None, item.get("kind", {}).get("S"))]


def is_live(stack: Stack, username: str) -> bool:
    """Return whether a guest sees the channel as live."""
    page = stack.api().get(f"/api/pages/channels/{username}")
    return page.status == 200 and page.json["stream"]["isLive"]


def wait_until(state: Callable[[], T | None], *, within: float, what: str, every: float = 0.2) -> T:
    """Return the first true result of `state`. Fail after `within` seconds and name the state."""
    deadline = time.monotonic() + within
    while True:
        result = state()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"Timed out after {within:.0f} s waiting for {what}")
        time.sleep(every)


def run_command(
    module: str, typed: str = "", *, arguments: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run an operator's command against the emulator, with this text on its standard input."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_")
    } | {
        "FOOTLIGHT_SETTINGS": os.devnull,
        "AWS_ENDPOINT_URL": settings.AWS_URL,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": settings.REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        cwd=settings.ROOT,
        env=environment,
    )
