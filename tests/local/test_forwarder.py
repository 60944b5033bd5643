"""The forwarder changes only the Host header, and injects faults on request."""

import asyncio
import base64
import itertools
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import ClientConnectionError, ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer, unused_port
from yarl import URL

from local.forwarder import application

HOST = "abc.cloudfront.localhost:4566"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Visit = Callable[[ClientSession, URL], Awaitable[None]]


def through_forwarder(origin: Handler, visit: Visit) -> None:
    """Visit a forwarder in front of an origin that handles every request with `origin`."""

    async def run() -> None:
        upstream = web.Application()
        upstream.router.add_route("*", "/{path:.*}", origin)
        async with (
            TestServer(upstream) as server,
            TestServer(application(server.make_url("/"), HOST)) as forwarder,
            ClientSession(cookie_jar=DummyCookieJar(), auto_decompress=False) as client,
        ):
            await visit(client, forwarder.make_url("/"))

    asyncio.run(run())


def test_host_path_headers_and_body_arrive_as_they_were_sent() -> None:
    async def origin(request: web.Request) -> web.Response:
        return web.json_response(
            {
                "host": request.headers["Host"],
                "path": request.raw_path,
                "cookie": request.headers["Cookie"],
                "body": (await request.read()).decode(),
            }
        )

    async def visit(client: ClientSession, site: URL) -> None:
        address = URL(f"{site}api/x%2Fy?term=a%20b&c=", encoded=True)
        headers = {"Cookie": "a=1; b=2"}
        async with client.put(address, data=b"some text", headers=headers) as answer:
            assert await answer.json() == {
                "host": HOST,
                "path": "/api/x%2Fy?term=a%20b&c=",
                "cookie": "a=1; b=2",
                "body": "some text",
            }

    through_forwarder(origin, visit)


def test_redirects_are_returned_with_every_cookie() -> None:
    async def origin(_: web.Request) -> web.Response:
        answer = web.Response(status=302, headers={"Location": "http://localhost:8080/home"})
        answer.set_cookie("session", "one", httponly=True)
        answer.set_cookie("guest", "two")
        return answer

    async def visit(client: ClientSession, site: URL) -> None:
        async with client.get(site, allow_redirects=False) as answer:
            assert answer.status == 302
            assert answer.headers["Location"] == "http://localhost:8080/home"
            cookies = answer.headers.getall("Set-Cookie")
            assert [cookie.partition("=")[0] for cookie in cookies] == ["session", "guest"]

    through_forwarder(origin, visit)


def test_errors_and_their_bodies_pass_through() -> None:
    async def origin(_: web.Request) -> web.Response:
        return web.json_response({"error": {"code": "not_found"}}, status=404)

    async def visit(client: ClientSession, site: URL) -> None:
        async with client.delete(site / "api/none") as answer:
            assert answer.status == 404
            assert (await answer.json())["error"]["code"] == "not_found"

    through_forwarder(origin, visit)


def test_compressed_files_stay_compressed_and_keep_their_length() -> None:
    async def origin(_: web.Request) -> web.Response:
        return web.Response(body=b"\x1f\x8b not really", headers={"Content-Encoding": "gzip"})

    async def visit(client: ClientSession, site: URL) -> None:
        async with client.get(site) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Length"] == "13"
            assert await answer.read() == b"\x1f\x8b not really"

    through_forwarder(origin, visit)


def test_files_that_never_change_are_requested_once() -> None:
    requested: list[str] = []

    async def origin(request: web.Request) -> web.Response:
        requested.append(f"{request.method} {request.path}")
        forever = request.path.startswith("/assets/")
        headers = {
            "Cache-Control": "max-age=31536000, immutable" if forever else "no-cache",
            "Content-Security-Policy": "default-src 'self'",
        }
        status = 404 if request.path.endswith("gone.js") else 200
        return web.Response(status=status, body=b"the file", headers=headers)

    async def visit(client: ClientSession, site: URL) -> None:
        for _ in range(2):
            for path in ("assets/a.js", "assets/gone.js", "index.html"):
                async with client.get(site / path) as answer:
                    assert await answer.read() == b"the file"
                    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
                    assert answer.headers["Content-Length"] == "8"
        await client.post(site / "assets/a.js")

    through_forwarder(origin, visit)
    once, twice = ["GET /assets/a.js"], ["GET /assets/gone.js", "GET /index.html"]
    assert sorted(requested) == sorted([*once, *twice, *twice, "POST /assets/a.js"])


def counting() -> Handler:
    """Return an origin that returns each request's path and how many requests came before it."""
    earlier = itertools.count()

    async def origin(request: web.Request) -> web.Response:
        return web.json_response({"path": request.path, "before": next(earlier)})

    return origin


async def set_faults(client: ClientSession, site: URL, **faults: str | None) -> None:
    async with client.put(site / "_local/faults", json=faults) as answer:
        assert answer.status == 200
        chosen = {"webhooks": None, "api": None} | faults
        assert await answer.json() == chosen
    async with client.get(site / "_local/faults") as answer:
        assert await answer.json() == chosen


def test_a_lost_webhook_gets_200_and_is_not_forwarded() -> None:
    async def visit(client: ClientSession, site: URL) -> None:
        await set_faults(client, site, webhooks="lose")
        async with client.post(site / "api/webhook/livekit", data=b"lost") as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        async with client.get(site / "api/me") as answer:
            assert await answer.json() == {"path": "/api/me", "before": 0}
        await set_faults(client, site)
        async with client.post(site / "api/webhook/livekit", data=b"kept") as answer:
            assert await answer.json() == {"path": "/api/webhook/livekit", "before": 1}

    through_forwarder(counting(), visit)


def test_webhooks_are_stored_as_received_including_lost_ones() -> None:
    async def visit(client: ClientSession, site: URL) -> None:
        bodies = [b'{"event": "one"}', b"\xff\x00 not text"]
        for fault, body in zip((None, "lose"), bodies, strict=True):
            await set_faults(client, site, webhooks=fault)
            headers = {"Authorization": "a.b.c", "Content-Type": "application/webhook+json"}
            await client.post(site / "api/webhook/livekit", data=body, headers=headers)
        await client.get(site / "api/webhook/livekit")
        await client.post(site / "api/token", data=b"not a webhook")
        async with client.get(site / "_local/webhooks") as answer:
            webhooks = await answer.json()
        assert [base64.b64decode(webhook["body"]) for webhook in webhooks] == bodies
        for webhook in webhooks:
            assert ["Authorization", "a.b.c"] in webhook["headers"]
            assert ["Content-Type", "application/webhook+json"] in webhook["headers"]

    through_forwarder(counting(), visit)


def test_the_body_of_a_webhook_is_forwarded() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def visit(client: ClientSession, site: URL) -> None:
        async with client.post(site / "api/webhook/livekit", data=b"\xff a body") as answer:
            assert await answer.read() == b"\xff a body"

    through_forwarder(echo, visit)


def test_a_gone_api_resets_connections_and_the_site_still_responds() -> None:
    async def visit(client: ClientSession, site: URL) -> None:
        await set_faults(client, site, api="gone")
        for method in ("GET", "POST"):
            with pytest.raises(ClientConnectionError):
                await client.request(method, site / "api/token", data=b"x")
        async with client.get(site / "ann") as answer:
            assert await answer.json() == {"path": "/ann", "before": 0}
        await set_faults(client, site)
        async with client.get(site / "api/me") as answer:
            assert await answer.json() == {"path": "/api/me", "before": 1}

    through_forwarder(counting(), visit)


def test_hanging_requests_are_answered_when_the_fault_is_cleared() -> None:
    async def visit(client: ClientSession, site: URL) -> None:
        await set_faults(client, site, api="hang")
        hanging = asyncio.ensure_future(client.get(site / "api/me"))
        # A later request gets its response, so the earlier one has arrived by now.
        async with client.get(site / "ann") as answer:
            assert answer.status == 200
        assert not hanging.done()
        await set_faults(client, site, api="gone")
        assert await (await hanging).json() == {"path": "/api/me", "before": 1}

    through_forwarder(counting(), visit)


@pytest.mark.parametrize(
    "faults", [b"", b"[]", b'"lose"', b'{"webhooks": "gone"}', b'{"api": []}', b'{"sites": null}']
)
def test_an_unknown_fault_is_rejected_and_changes_nothing(faults: bytes) -> None:
    async def visit(client: ClientSession, site: URL) -> None:
        await set_faults(client, site, webhooks="lose")
        async with client.put(site / "_local/faults", data=faults) as answer:
            assert answer.status == 400
        async with client.get(site / "_local/faults") as answer:
            assert await answer.json() == {"webhooks": "lose", "api": None}

    through_forwarder(counting(), visit)


def test_a_missing_emulator_causes_a_502() -> None:
    async def run() -> None:
        unused_address = URL.build(scheme="http", host="127.0.0.1", port=unused_port())
        async with (
            TestServer(application(unused_address, HOST)) as forwarder,
            ClientSession() as client,
            client.get(forwarder.make_url("/")) as answer,
        ):
            assert answer.status == 502

    asyncio.run(run())
