"""The forwarder changes the Host header and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer, unused_port
from yarl import URL

from local.forwarder import application

HOST = "abc.cloudfront.localhost:4566"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Visit = Callable[[ClientSession, URL], Awaitable[None]]


def through_forwarder(origin: Handler, visit: Visit) -> None:
    """Visit the forwarder, before an origin that answers every request with the handler."""

    async def run() -> None:
        behind = web.Application()
        behind.router.add_route("*", "/{path:.*}", origin)
        async with (
            TestServer(behind) as server,
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


def test_redirects_are_handed_back_with_every_cookie() -> None:
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


def test_without_an_emulator_the_answer_says_so() -> None:
    async def run() -> None:
        nobody = URL.build(scheme="http", host="127.0.0.1", port=unused_port())
        async with (
            TestServer(application(nobody, HOST)) as forwarder,
            ClientSession() as client,
            client.get(forwarder.make_url("/")) as answer,
        ):
            assert answer.status == 502

    asyncio.run(run())
