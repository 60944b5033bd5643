"""Run the stand-in for LiveKit Ingress: `python -m local.ingress --help`."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

import aiohttp
from aiohttp import web
from av import logging as av_logging

from local.ingress.bridge import Bridge
from local.ingress.service import Service
from local.ingress.session import LiveKit
from local.ingress.whip import Whip

log = logging.getLogger("local.ingress")

RPC = Path(__file__).parents[2] / ".local" / "bin" / "ingress-rpc"
HOSTS = ("127.0.0.1", "::1")
SERVER_SECONDS = 10.0


def main() -> int:
    """Run until SIGTERM or SIGINT. Return the exit code."""
    options = _options()
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    for library in ("aiortc", "aioice", "aiohttp.access"):
        logging.getLogger(library).setLevel(logging.WARNING)
    av_logging.set_level(av_logging.ERROR)
    try:
        key, secret = os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"]
    except KeyError as missing:
        log.error("%s is not set", missing.args[0])  # noqa: TRY400 - a sentence, not a traceback
        return 2
    if not options.rpc.exists():
        log.error("%s is missing: `make demo` builds it", options.rpc)
        return 2
    return asyncio.run(_run(options, key, secret))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.ingress", description=__doc__)
    parser.add_argument("--livekit-url", default="ws://127.0.0.1:7880")
    parser.add_argument(
        "--redis", default="127.0.0.1:6399", help="host:port of the Redis that livekit-server uses"
    )
    parser.add_argument("--rtmp-port", type=int, default=1935)
    parser.add_argument("--whip-port", type=int, default=8085)
    parser.add_argument("--rpc", type=Path, default=RPC, help="the program of local/ingress/rpc")
    parser.add_argument(
        "--silence-seconds",
        type=float,
        default=60.0,
        help="after how many seconds without data an RTMP encoder is disconnected",
    )
    parser.add_argument(
        "--capacity", type=int, help="how many encoders may publish at once (default: any number)"
    )
    return parser.parse_args()


async def _run(options: argparse.Namespace, key: str, secret: str) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        # A short path, because a Unix socket's may have only about a hundred characters.
        media = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ingress-")))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SERVER_SECONDS))
        )
        try:
            bridge = await Bridge.start(
                options.rpc,
                redis=options.redis,
                rtmp_port=options.rtmp_port,
                media=media,
                silence_seconds=options.silence_seconds,
            )
        except RuntimeError as failure:
            log.error("%s", failure)  # noqa: TRY400 - the program has logged the reason
            return 1
        stack.push_async_callback(bridge.stop)
        livekit = LiveKit(options.livekit_url, key, secret, http, bridge)
        service = Service(livekit, options.capacity)
        runner = web.AppRunner(Whip(service).application(), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(service.stop)
        for host in HOSTS:
            try:
                await web.TCPSite(runner, host, options.whip_port).start()
            except OSError as failure:
                if host == HOSTS[0]:
                    log.error("%s", failure)  # noqa: TRY400 - a sentence, not a traceback
                    return 1
        log.info(
            "listening for RTMP on port %s and for WHIP on port %s",
            options.rtmp_port,
            options.whip_port,
        )

        ends = [asyncio.create_task(stop.wait()), asyncio.create_task(bridge.gone.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if not stop.is_set():
            log.error("ingress-rpc ended unexpectedly; see its messages above")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
