#!/usr/bin/env bash
# livekit-api 1.2.2 ignores the `timeout` given to LiveKitAPI: a call may take any time.
#
# The constructor puts the timeout on its aiohttp session, but each call then passes `timeout=None`
# to `session.post`, and aiohttp takes None as "no limit", not as "the session's limit".
# Seen: with a limit of 0.5 s, a call whose response takes 2 s succeeds. The same session, used
# directly, raises TimeoutError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" \
  livekit-api==1.2.2 aiohttp==3.14.5

PYTHONPATH=$folder python3 - <<'PYTHON'
import asyncio

import aiohttp
from aiohttp import web
from livekit import api

LIMIT = aiohttp.ClientTimeout(total=0.5)


async def slow(request: web.Request) -> web.Response:
    await asyncio.sleep(2)
    return web.Response(content_type="application/protobuf")  # an empty ListRoomsResponse


async def main() -> None:
    app = web.Application()
    app.router.add_post("/twirp/livekit.RoomService/ListRooms", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession(timeout=LIMIT) as session:
            try:
                await session.post(f"{url}/twirp/livekit.RoomService/ListRooms")
                control = "success"
            except TimeoutError:
                control = "TimeoutError"
        async with api.LiveKitAPI(url, "key", "s" * 32, timeout=LIMIT, failover=False) as client:
            try:
                await client.room.list_rooms(api.ListRoomsRequest())
                outcome = "success after 2 s"
            except TimeoutError:
                outcome = "TimeoutError"
    finally:
        await runner.cleanup()
    print(f"aiohttp session with the same limit: {control}")
    print(f"LiveKitAPI with a limit of 0.5 s:    {outcome}")
    assert (control, outcome) == ("TimeoutError", "success after 2 s")


asyncio.run(main())
PYTHON
