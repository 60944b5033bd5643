"""Run the whole product on this machine.

`python -m local.demo` starts the parts in order, deploys the same CDK app as production to the
emulator, creates demo people, and makes the first creator go live. It runs until Ctrl-C or
`make down`. LIVE=0 omits the encoder. The rate limits are production's, unless LIMITS=off.
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

from infra import site_build
from infra.config import LIMIT_NAMES
from local import people, processes, settings, site
from local.livekit_ingress import configuration
from local.livekit_server import media
from local.progress import Trouble, console, step
from local.settings import BIN, LOGS, PORTS, ROOT, STATE, VENV
from local.supervisor import Part, Supervisor, accepts_tcp, responds_to_http

LIVEKIT_KEY = "devkey"
PYTHON = VENV / "bin" / "python"
LIVE_WITHIN_SECONDS = 60
RAISED_LIMITS = " ".join(f"{name}=100000/60" for name in LIMIT_NAMES if name != "chat")
"""What `LIMITS=off` sets: so high that tests, which act faster than people, never reach them.

The chat keeps its limit, which a page handles without an error.
"""


async def bring_up(stack: Supervisor, *, live: bool) -> None:
    """Run every step of the demo in order. Return when everything is running."""
    keys = _livekit_keys()
    with step("AWS emulator"):
        await stack.start(emulator())
    with step("Redis"):
        await stack.start(redis())
    with step("LiveKit"):
        await stack.start(livekit(keys))
    await _build_site(stack)
    outputs = await _deploy(stack)
    with step("Uploading the site"):
        await stack.guard(
            asyncio.to_thread(site.upload, outputs["SiteBucket"], outputs["SiteConfig"])
        )
    with step("LiveKit's key and secret in Secrets Manager"):
        await stack.guard(
            asyncio.to_thread(_store_livekit_keys, outputs["LiveKitSecretName"], keys)
        )
    with step("The site's address"):
        await stack.start(_forwarder(outputs["DistributionDomain"]))
    _write_outputs(outputs, keys)
    with step("Demo people"):
        await stack.guard(asyncio.to_thread(people.register, outputs["UserPoolId"]))
        await stack.guard(people.set_up_profiles())
        operator = people.OPERATOR.username
        appoint = [PYTHON, "-m", "operations.operators", "appoint", operator]
        await stack.run("operator", appoint)
    creator = people.PEOPLE[0].username
    with step(f"{creator}'s ingress"):
        ingress = await stack.guard(_ingress_of(creator))
    with step("RTMP and WHIP ingest"):
        await stack.start(INGRESSES[settings.INGRESS](keys))
    if live:
        with step(f"Encoder (waiting until {creator} is live)"):
            await stack.start(_encoder(creator, ingress))


# ---- the parts


def emulator() -> Part:
    home = STATE / "emulator-files"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return Part(
        "emulator",
        [settings.EMULATOR / "bin" / "python", "-m", "local.emulator"],
        responds_to_http(f"{settings.AWS_URL}/_ministack/health"),
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
    # Nothing is saved to disk: LiveKit's rooms and ingresses last as long as the stack.
    options = ["--save", "", "--appendonly", "no", "--dir", STATE]
    return Part(
        "redis",
        [BIN / "redis-server", "--bind", settings.LISTEN_ON, "--port", str(PORTS.redis), *options],
        accepts_tcp(settings.LISTEN_ON, PORTS.redis),
    )


def livekit(keys: dict[str, str]) -> Part:
    config = {
        "port": PORTS.livekit,
        "bind_addresses": [settings.LISTEN_ON],
        "rtc": media(PORTS.livekit_udp),
        "redis": {"address": f"{settings.LISTEN_ON}:{PORTS.redis}"},
        "keys": {keys["LIVEKIT_API_KEY"]: keys["LIVEKIT_API_SECRET"]},
        "ingress": {"rtmp_base_url": settings.RTMP_URL, "whip_base_url": settings.WHIP_URL},
        "webhook": {"api_key": keys["LIVEKIT_API_KEY"], "urls": [settings.WEBHOOK_URL]},
        "logging": {"level": "info"},
    }
    # JSON is valid YAML.
    _write_private(settings.LIVEKIT_CONFIG, json.dumps(config, indent=2))
    program = shutil.which("livekit-server", path=settings.path_with_tools())
    return Part(
        "livekit",
        [program or BIN / "livekit-server", "--config", settings.LIVEKIT_CONFIG],
        responds_to_http(settings.LIVEKIT_HTTP_URL),
    )


def _forwarder(domain: str) -> Part:
    label = domain.partition(".")[0]
    return Part(
        "forwarder",
        [
            *(PYTHON, "-m", "local.forwarder", "--port", str(PORTS.site)),
            *("--to", settings.AWS_URL, "--host", f"{label}.cloudfront.localhost:{PORTS.aws}"),
        ],
        responds_to_http(f"{settings.SITE_URL}/config.json"),
    )


def _stand_in(keys: dict[str, str]) -> Part:
    return Part(
        "ingress",
        [
            *(PYTHON, "-m", "local.ingress"),
            *("--livekit-url", f"ws://{settings.LISTEN_ON}:{PORTS.livekit}"),
            *("--redis", f"{settings.LISTEN_ON}:{PORTS.redis}"),
            *("--rtmp-port", str(PORTS.rtmp), "--whip-port", str(PORTS.whip)),
        ],
        responds_to_http(f"http://{settings.LISTEN_ON}:{PORTS.whip}/health"),
        keys,
    )


def _livekit_ingress(keys: dict[str, str]) -> Part:
    config = configuration(
        keys,
        livekit_url=f"ws://{settings.LISTEN_ON}:{PORTS.livekit}",
        redis=f"{settings.LISTEN_ON}:{PORTS.redis}",
        rtmp_port=PORTS.rtmp,
        whip_port=PORTS.whip,
        relay_port=PORTS.ingress_relay,
        udp_port=PORTS.ingress_udp,
    )
    _write_private(settings.INGRESS_CONFIG, config)
    return Part(
        "ingress",
        [BIN / "ingress", "--config", settings.INGRESS_CONFIG],
        responds_to_http(f"http://{settings.LISTEN_ON}:{PORTS.whip}/health"),
        # It starts a process per session by the name `ingress`.
        {"PATH": settings.path_with_tools()},
        # SIGTERM would wait for the sessions to end.
        stop_signal=signal.SIGINT,
    )


INGRESSES = {"stand-in": _stand_in, "livekit": _livekit_ingress}
"""The part that receives RTMP and WHIP, by the value of the variable INGRESS."""


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
        timeout_seconds=LIVE_WITHIN_SECONDS,
    )


# ---- the steps between


async def _build_site(stack: Supervisor) -> None:
    sources = site_build.fingerprint()
    if site_build.is_built_from(sources):
        console.print("[green]✓[/] Site (unchanged)")
        return
    with step("Site"):
        await stack.run("site", ["npm", "run", "build"], cwd=settings.WEB)
        site_build.mark_built_from(sources)


async def _deploy(stack: Supervisor) -> dict[str, str]:
    """Bootstrap and deploy the CDK app. Return the stack's outputs."""
    cdk = [settings.CDK]
    context = {
        "local": "true",
        "siteUrl": settings.SITE_URL,
        "livekitUrl": settings.LIVEKIT_URL,
    }
    if settings.LIMITS == "off":
        context["limits"] = RAISED_LIMITS
    options = [part for name, value in context.items() for part in ("-c", f"{name}={value}")]
    options += ["--output", str(STATE / "cdk.out"), "--no-notices"]
    target = f"aws://{settings.ACCOUNT}/{settings.REGION}"
    with step("CDK bootstrap"):
        # In a folder without cdk.json, so that CDK doesn't synthesize the app: bootstrapping a
        # named environment doesn't need it.
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


def _store_livekit_keys(secret: str, keys: dict[str, str]) -> None:
    """Do what an operator does once with `make livekit-keys`."""
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(keys))


async def _ingress_of(creator: str) -> dict[str, Any]:
    async with people.signed_in(creator) as api:
        ingress = await api.call("GET", "/api/ingress", missing_is_none=True)
        return ingress or await api.call("POST", "/api/ingress", {"inputType": "rtmp"})


def _write_outputs(outputs: dict[str, str], keys: dict[str, str]) -> None:
    """Write the addresses, keys, and logins to `.local/outputs.json` for tests and scripts."""
    contents = {
        "siteUrl": settings.SITE_URL,
        "apiUrl": _resolvable(outputs["ApiUrl"]),
        "webhookUrl": settings.WEBHOOK_URL,
        "limits": settings.LIMITS,
        "livekitUrl": settings.LIVEKIT_URL,
        "livekitApiKey": keys["LIVEKIT_API_KEY"],
        "livekitApiSecret": keys["LIVEKIT_API_SECRET"],
        "rtmpUrl": settings.RTMP_URL,
        "whipUrl": settings.WHIP_URL,
        "redisUrl": settings.REDIS_URL,
        "users": [_login(person) for person in people.PEOPLE],
        "operator": _login(people.OPERATOR),
    }
    _write_private(settings.OUTPUTS, json.dumps(contents, indent=2) + "\n")


def _login(person: people.Person) -> dict[str, str]:
    return {"username": person.username, "email": person.email, "password": people.PASSWORD}


def _resolvable(api_url: str) -> str:
    """Return the API's address, in the emulator's path form if DNS can't resolve its host."""
    host = urlsplit(api_url).hostname or ""
    if host == "localhost" or host[0].isdigit():
        return api_url.rstrip("/")
    return f"http://localhost:{PORTS.aws}/_aws/execute-api/{host.partition('.')[0]}/$default"


def _livekit_keys() -> dict[str, str]:
    """Return LiveKit's key and secret. The first run creates the secret; later runs reuse it."""
    try:
        return json.loads(settings.LIVEKIT_KEYS.read_text())
    except FileNotFoundError:
        keys = {"LIVEKIT_API_KEY": LIVEKIT_KEY, "LIVEKIT_API_SECRET": secrets.token_urlsafe(36)}
        _write_private(settings.LIVEKIT_KEYS, json.dumps(keys))
        return keys


def _write_private(path: os.PathLike[str], text: str) -> None:
    """Write a file that only the current user can read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 (Path.open takes no mode bits)
        file.write(text)


# ---- before and after


def clear_ports() -> None:
    """End the remaining parts of a killed run. Then raise `Trouble` for the first port in use."""
    running = processes.read_record(settings.PROCESSES)
    if running and running[0].is_running:
        raise Trouble("The local stack is already running. Stop it with `make down`.")
    processes.stop_all(settings.PROCESSES)
    required = [
        *((*port, name, socket.SOCK_STREAM) for name, port in PORTS.named().items()),
        *((*port, name, socket.SOCK_DGRAM) for name, port in PORTS.named_udp().items()),
    ]
    for port, variable, name, kind in required:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.LISTEN_ON, port))
            except OSError:
                raise Trouble(
                    f"Port {port}, for {name}, is in use: end the program that uses it, "
                    f"or set {variable}"
                ) from None


def _print_summary(*, live: bool, seconds: float) -> None:
    creator = people.PEOPLE[0].username
    console.print(f"\n[bold]Footlight is up[/] after {seconds:.0f} s: {settings.SITE_URL}")
    if live:
        console.print(f"Live now: {settings.SITE_URL}/{creator}")
    else:
        console.print(
            f"No one is live. Sign in as {creator}, copy the stream key from "
            f"{settings.SITE_URL}/u/{creator}/keys, and stream with OBS to {settings.RTMP_URL}"
        )
    logins = Table("Username", "Email", "Password", "Role")
    for person in people.EVERYONE:
        role = "creator" if person.title else "viewer"
        if person == people.OPERATOR:
            role = "operator"
        logins.add_row(person.username, person.email, people.PASSWORD, role)
    console.print(logins)
    console.print(
        f"Logs: {LOGS}. Press Ctrl-C or run `make down` to stop everything.", soft_wrap=True
    )


async def run(*, live: bool) -> int:
    """Run a demo until it ends. Return the exit code."""
    this, loop = cast("asyncio.Task[int]", asyncio.current_task()), asyncio.get_running_loop()
    is_stopping = False

    def stop() -> None:
        nonlocal is_stopping
        if not is_stopping:  # a second Ctrl-C must not interrupt the cleanup
            is_stopping = True
            this.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    started = time.monotonic()
    code = 0
    with contextlib.suppress(asyncio.CancelledError):
        async with Supervisor(logs=LOGS, record=settings.PROCESSES, cwd=ROOT) as stack:
            try:
                await bring_up(stack, live=live)
                _print_summary(live=live, seconds=time.monotonic() - started)
                await stack.until_crash()
            except Trouble as error:
                console.print(f"[red]✗[/] {escape(str(error))}")
                code = 1
            except (BotoCoreError, ClientError) as error:
                console.print(
                    f"[red]✗[/] The AWS emulator returned an error: {escape(str(error))} "
                    f"(see {LOGS})"
                )
                code = 1
            finally:
                settings.OUTPUTS.unlink(missing_ok=True)
                console.print("Stopping everything …")
    console.print("Stopped.")
    return code


def down() -> None:
    """Stop a demo that another shell started, and the remaining parts of a killed one."""
    stopped = processes.stop_all(settings.PROCESSES)
    console.print(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing was running.")


def main() -> int:
    """Run the demo, or stop it with `down`. Return 1, after one clear line, if it fails."""
    if sys.argv[1:] == ["down"]:
        down()
        return 0
    STATE.mkdir(parents=True, exist_ok=True)
    if settings.INGRESS not in INGRESSES:
        console.print(
            f"[red]✗[/] INGRESS is {escape(settings.INGRESS)}: use {' or '.join(INGRESSES)}"
        )
        return 1
    if settings.LIMITS not in ("on", "off"):
        console.print(f"[red]✗[/] LIMITS is {escape(settings.LIMITS)}: use on or off")
        return 1
    settings.use_emulator()
    os.environ["PATH"] = settings.path_with_tools()
    # Without bytecode files, each start would compile the emulator and the functions again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        clear_ports()
    except Trouble as error:
        console.print(f"[red]✗[/] {escape(str(error))}")
        return 1
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(run(live=os.environ.get("LIVE", "1") != "0"))
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
