"""How does one command bring up the whole product on real parts?

`python -m local.demo` starts the parts in order, deploys the same CDK app as production into the
emulator, makes demo people, and lets the first creator go live. It stays up until Ctrl-C or
`make down`. LIVE=0 leaves the encoder out.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from typing import Any, cast
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.markup import escape
from rich.table import Table

from local import people, processes, settings, site
from local.progress import Trouble, console, step
from local.settings import BIN, LOGS, PORTS, ROOT, STATE, VENV
from local.supervisor import Part, Supervisor, answers_http, answers_tcp

LIVEKIT_KEY = "devkey"
PYTHON = VENV / "bin" / "python"
LIVE_WITHIN_SECONDS = 60
LIMITS = (
    "token=100000/60 guest_token=100000/60 reset=100000/3600 write=100000/60 guest_chat=100000/60"
)
"""So high that nobody who tries things out is stopped; what they do is shown by unit tests."""
STAND_IN = not os.environ.get("FOOTLIGHT_LIVEKIT_INGRESS")
"""FOOTLIGHT_LIVEKIT_INGRESS=1: a real LiveKit Ingress runs on the Redis and ports of this stack."""


async def bring_up(stack: Supervisor, *, live: bool) -> None:
    """Every step of the demo, in order; returns when all is up."""
    keys = _livekit_keys()
    with step("AWS emulator"):
        await stack.start(emulator())
    with step("Redis"):
        await stack.start(redis())
    with step("LiveKit"):
        await stack.start(livekit(keys))
    await _build_site(stack)
    outputs = await _deploy(stack)
    with step("The site's files"):
        await stack.guard(
            asyncio.to_thread(site.upload, outputs["SiteBucket"], outputs["SiteConfig"])
        )
    with step("LiveKit's key and secret, into Secrets Manager"):
        await stack.guard(asyncio.to_thread(_tell_livekit_keys, outputs["LiveKitSecretName"], keys))
    with step("The site's address"):
        await stack.start(_forwarder(outputs["DistributionDomain"]))
    _write_outputs(outputs, keys)
    with step("Demo people"):
        await stack.guard(asyncio.to_thread(people.register, outputs["UserPoolId"]))
        await stack.guard(people.furnish())
    creator = people.PEOPLE[0].username
    with step(f"{creator}'s ingress"):
        ingress = await stack.guard(_ingress_of(creator))
    if STAND_IN:
        with step("RTMP and WHIP ingest"):
            await stack.start(_ingest(keys))
    if live:
        with step(f"Encoder, until {creator} is live"):
            await stack.start(_encoder(creator, ingress))


# ---- the parts


def emulator() -> Part:
    home = STATE / "emulator-files"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return Part(
        "emulator",
        [settings.EMULATOR / "bin" / "ministack"],
        answers_http(f"{settings.AWS_URL}/_ministack/health"),
        {
            "GATEWAY_PORT": str(PORTS.aws),
            "BIND_HOST": settings.LISTEN_ON,
            "TMPDIR": str(home),
            "S3_DATA_DIR": str(home / "s3"),
            "STATE_DIR": str(home / "state"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        },
    )


def redis() -> Part:
    # Nothing is kept: LiveKit's rooms and ingresses live as long as the stack.
    options = ["--save", "", "--appendonly", "no", "--dir", STATE]
    return Part(
        "redis",
        [BIN / "redis-server", "--bind", settings.LISTEN_ON, "--port", str(PORTS.redis), *options],
        answers_tcp(settings.LISTEN_ON, PORTS.redis),
    )


def livekit(keys: dict[str, str]) -> Part:
    config = {
        "port": PORTS.livekit,
        "bind_addresses": [settings.LISTEN_ON],
        "rtc": {
            "tcp_port": PORTS.livekit_tcp,
            "udp_port": PORTS.livekit_udp,
            "node_ip": settings.LISTEN_ON,
            "use_external_ip": False,
        },
        "redis": {"address": f"{settings.LISTEN_ON}:{PORTS.redis}"},
        "keys": {keys["LIVEKIT_API_KEY"]: keys["LIVEKIT_API_SECRET"]},
        "ingress": {"rtmp_base_url": settings.RTMP_URL, "whip_base_url": settings.WHIP_URL},
        "webhook": {"api_key": keys["LIVEKIT_API_KEY"], "urls": [settings.WEBHOOK_URL]},
        "logging": {"level": "info"},
    }
    # JSON is YAML.
    _write_privately(settings.LIVEKIT_CONFIG, json.dumps(config, indent=2))
    program = shutil.which("livekit-server", path=settings.path_with_tools())
    return Part(
        "livekit",
        [program or BIN / "livekit-server", "--config", settings.LIVEKIT_CONFIG],
        answers_http(settings.LIVEKIT_HTTP_URL),
    )


def _forwarder(domain: str) -> Part:
    label = domain.partition(".")[0]
    return Part(
        "forwarder",
        [
            *(PYTHON, "-m", "local.forwarder", "--port", str(PORTS.site)),
            *("--to", settings.AWS_URL, "--host", f"{label}.cloudfront.localhost:{PORTS.aws}"),
        ],
        answers_http(f"{settings.SITE_URL}/config.json"),
    )


def _ingest(keys: dict[str, str]) -> Part:
    return Part(
        "ingress",
        [
            *(PYTHON, "-m", "local.ingress"),
            *("--livekit-url", f"ws://{settings.LISTEN_ON}:{PORTS.livekit}"),
            *("--redis", f"{settings.LISTEN_ON}:{PORTS.redis}"),
            *("--rtmp-port", str(PORTS.rtmp), "--whip-port", str(PORTS.whip)),
        ],
        answers_http(f"http://{settings.LISTEN_ON}:{PORTS.whip}/healthz"),
        keys,
    )


def _encoder(creator: str, ingress: dict[str, Any]) -> Part:
    async def is_live() -> bool:
        async with people.signed_in(None) as api:
            channel = await api.call("GET", f"/api/pages/channels/{creator}")
        return bool(channel["stream"]["isLive"])

    return Part(
        "encoder",
        [
            *(PYTHON, "-m", "local.encoder"),
            *("--url", ingress["serverUrl"], "--key", ingress["streamKey"]),
        ],
        is_live,
        patience_seconds=LIVE_WITHIN_SECONDS,
    )


# ---- the steps between


async def _build_site(stack: Supervisor) -> None:
    state = site.sources()
    if site.is_built_from(state):
        console.print("[green]✓[/] Site (unchanged)")
        return
    with step("Site"):
        await stack.run("site", ["npm", "run", "build"], cwd=settings.WEB)
        site.mark_built_from(state)


async def _deploy(stack: Supervisor) -> dict[str, str]:
    """Bootstrap and deploy the CDK app; the stack's outputs."""
    cdk = [VENV / "bin" / "cdk"]
    context = {
        "local": "true",
        "siteUrl": settings.SITE_URL,
        "livekitUrl": settings.LIVEKIT_URL,
        "limits": LIMITS,
    }
    options = [word for name, value in context.items() for word in ("-c", f"{name}={value}")]
    options += ["--output", str(STATE / "cdk.out"), "--no-notices"]
    target = f"aws://{settings.ACCOUNT}/{settings.REGION}"
    with step("CDK bootstrap"):
        # Away from cdk.json: a named environment needs no app, which would be synthesised for it.
        await stack.run("bootstrap", [*cdk, "bootstrap", target, "--no-notices"], cwd=STATE)
    with step("CDK deploy"):
        settings.CDK_OUTPUTS.unlink(missing_ok=True)
        await stack.run(
            "deploy",
            [
                *(*cdk, "deploy", settings.STACK, *options, "--require-approval", "never"),
                *("--outputs-file", settings.CDK_OUTPUTS),
            ],
        )
    return json.loads(settings.CDK_OUTPUTS.read_text())[settings.STACK]


def _tell_livekit_keys(secret: str, keys: dict[str, str]) -> None:
    """What an operator does once with `aws secretsmanager put-secret-value`."""
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(keys))


async def _ingress_of(creator: str) -> dict[str, Any]:
    async with people.signed_in(creator) as api:
        ingress = await api.call("GET", "/api/ingress", missing_is_none=True)
        return ingress or await api.call("POST", "/api/ingress", {"inputType": "rtmp"})


def _write_outputs(outputs: dict[str, str], keys: dict[str, str]) -> None:
    """`.local/outputs.json`: where everything is, for people, tests and scripts."""
    everything = {
        "siteUrl": settings.SITE_URL,
        "apiUrl": _resolvable(outputs["ApiUrl"]),
        "webhookUrl": settings.WEBHOOK_URL,
        "livekitUrl": settings.LIVEKIT_URL,
        "livekitApiKey": keys["LIVEKIT_API_KEY"],
        "livekitApiSecret": keys["LIVEKIT_API_SECRET"],
        "rtmpUrl": settings.RTMP_URL,
        "whipUrl": settings.WHIP_URL,
        "redisUrl": settings.REDIS_URL,
        "users": [
            {"username": person.username, "email": person.email, "password": people.PASSWORD}
            for person in people.PEOPLE
        ],
    }
    _write_privately(settings.OUTPUTS, json.dumps(everything, indent=2) + "\n")


def _resolvable(api_url: str) -> str:
    """The API's address in the emulator's path form, where it is one that plain DNS has not."""
    host = urlsplit(api_url).hostname or ""
    if host == "localhost" or host[0].isdigit():
        return api_url.rstrip("/")
    return f"http://localhost:{PORTS.aws}/_aws/execute-api/{host.partition('.')[0]}/$default"


def _livekit_keys() -> dict[str, str]:
    """LiveKit's key and secret; the secret is made at the first run and kept."""
    try:
        return json.loads(settings.LIVEKIT_KEYS.read_text())
    except FileNotFoundError:
        keys = {"LIVEKIT_API_KEY": LIVEKIT_KEY, "LIVEKIT_API_SECRET": secrets.token_urlsafe(36)}
        _write_privately(settings.LIVEKIT_KEYS, json.dumps(keys))
        return keys


def _write_privately(path: os.PathLike[str], text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 (Path.open takes no mode bits)
        file.write(text)


# ---- before and after


def no_port_is_taken() -> None:
    """Raises `Trouble` for the first port that something listens on already."""
    ports = PORTS.named()
    if not STAND_IN:
        ports = {name: port for name, port in ports.items() if "ingest" not in name}
    wanted = [(*port, name, socket.SOCK_STREAM) for name, port in ports.items()]
    wanted.append(
        (PORTS.livekit_udp, "FOOTLIGHT_PORT_LIVEKIT", "LiveKit's media over UDP", socket.SOCK_DGRAM)
    )
    for port, variable, name, kind in wanted:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.LISTEN_ON, port))
            except OSError:
                raise Trouble(
                    f"Port {port}, for {name}, is taken: end what uses it, or set {variable}"
                ) from None


def _tell(*, live: bool, seconds: float) -> None:
    creator = people.PEOPLE[0].username
    console.print(f"\n[bold]Footlight is up[/] after {seconds:.0f} s: {settings.SITE_URL}")
    if live:
        console.print(f"Live now: {settings.SITE_URL}/{creator}")
    else:
        console.print(
            f"Nobody is live: sign in as {creator}, take the key from "
            f"{settings.SITE_URL}/u/{creator}/keys and stream with OBS to {settings.RTMP_URL}"
        )
    logins = Table("Username", "Sign in with", "Password", "Who")
    for person in people.PEOPLE:
        who = "creator" if person.title else "viewer"
        logins.add_row(person.username, person.email, people.PASSWORD, who)
    console.print(logins)
    console.print(f"Logs: {LOGS}. Ctrl-C or `make down` ends everything.", soft_wrap=True)


async def run(*, live: bool) -> int:
    """The whole life of a demo; the exit code."""
    this, loop = cast("asyncio.Task[int]", asyncio.current_task()), asyncio.get_running_loop()
    asked = False

    def end() -> None:
        nonlocal asked
        if not asked:  # a second Ctrl-C must not interrupt the ending itself
            asked = True
            this.cancel()

    for reason in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(reason, end)
    started = time.monotonic()
    code = 0
    with contextlib.suppress(asyncio.CancelledError):
        async with Supervisor(logs=LOGS, record=settings.PROCESSES, cwd=ROOT) as stack:
            try:
                await bring_up(stack, live=live)
                _tell(live=live, seconds=time.monotonic() - started)
                await stack.until_crash()
            except Trouble as why:
                console.print(f"[red]✗[/] {escape(str(why))}")
                code = 1
            except (BotoCoreError, ClientError) as why:
                console.print(
                    f"[red]✗[/] The AWS emulator refused: {escape(str(why))} (see {LOGS})"
                )
                code = 1
            finally:
                settings.OUTPUTS.unlink(missing_ok=True)
                console.print("Ending everything …")
    console.print("Ended.")
    return code


def down() -> None:
    """End a demo that another shell has started, and whatever a killed one left behind."""
    stopped = processes.stop_all(settings.PROCESSES)
    console.print(f"Ended: {', '.join(stopped)}" if stopped else "Nothing was up.")


def main() -> int:
    """Bring everything up and stay; 1, with one clear line, where something goes wrong."""
    if sys.argv[1:] == ["down"]:
        down()
        return 0
    STATE.mkdir(parents=True, exist_ok=True)
    running = processes.written_down(settings.PROCESSES)
    if running and running[0].runs:
        console.print("The local stack is up already; `make down` ends it.")
        return 1
    processes.stop_all(settings.PROCESSES)
    settings.use_emulator()
    os.environ["PATH"] = settings.path_with_tools()
    # The emulator's hundred modules and the functions would be compiled anew at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        no_port_is_taken()
    except Trouble as why:
        console.print(f"[red]✗[/] {escape(str(why))}")
        return 1
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(run(live=os.environ.get("LIVE", "1") != "0"))
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
