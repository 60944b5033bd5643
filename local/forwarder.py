"""Give the emulated distribution an address that resolves everywhere.

The emulator identifies distributions by host name, `{label}.cloudfront.localhost`, which neither
Python nor Go resolves. This program forwards `http://localhost:8080` to the distribution and
changes only the Host header. It passes redirects, cookies, and errors through. Like CloudFront, it
keeps files that never change, which the emulator would send one after another. It refuses requests
that other websites cause (`local.guard`). Tests can inject faults (`local.faults`).

`python -m local.forwarder --port 8080 --to http://127.0.0.1:4566 --host LABEL.cloudfront.localhost`
"""

import argparse
import logging
from collections.abc import AsyncGenerator, Mapping

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from aiohttp.typedefs import Handler
from multidict import CIMultiDict
from yarl import URL

from local import guard
from local.faults import Faults

# Headers that belong to one connection, not to the message (RFC 9110, section 7.6.1).
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
TO = web.AppKey("to", URL)
HOST = web.AppKey("host", str)
MAX_BODY_BYTES = 16 * 1024 * 1024
CLIENT = web.AppKey("client", ClientSession)
KEPT = web.AppKey("kept", dict[str, tuple[CIMultiDict[str], bytes]])
"""The headers and bodies of files that never change, by path."""


@web.middleware
async def refuse_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Respond with 403 to requests that other websites cause."""
    if reason := guard.refusal(request.headers.items()):
        return web.Response(status=403, text=f"{reason}\n")
    return await handler(request)


async def forward(request: web.Request) -> web.StreamResponse:
    """Forward a request and stream the response.

    Return 502 if the emulator doesn't respond, and 400 if the path isn't one: joined to the
    emulator's address, `//host/` and `http://host/` would name another host (RFC 3986, 4.2).
    """
    if not request.raw_path.startswith("/") or request.raw_path.startswith("//"):
        return web.Response(status=400, text="The path must start with one slash\n")
    kept = request.app[KEPT]
    if request.method == "GET" and request.raw_path in kept:
        headers, body = kept[request.raw_path]
        return web.Response(headers=headers, body=body)
    headers = _end_to_end(request.headers)
    headers["Host"] = request.app[HOST]
    try:
        async with request.app[CLIENT].request(
            request.method,
            URL(f"{request.app[TO].origin()}{request.raw_path}", encoded=True),
            headers=headers,
            data=await request.read() if request.body_exists else None,
            allow_redirects=False,
        ) as upstream:
            headers = _end_to_end(upstream.headers)
            if (request.method, upstream.status) == ("GET", 200) and _never_changes(headers):
                kept[request.raw_path] = headers, await upstream.read()
                return web.Response(headers=headers, body=kept[request.raw_path][1])
            response = web.StreamResponse(
                status=upstream.status, reason=upstream.reason, headers=headers
            )
            await response.prepare(request)
            async for chunk in upstream.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response
    except ClientError as error:
        logging.warning("%s %s failed: %s", request.method, request.path, error)
        return web.Response(
            status=502,
            text="The AWS emulator doesn't respond. Restart the local stack: make demo\n",
        )


def _end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict(
        (name, value) for name, value in headers.items() if name.lower() not in HOP_BY_HOP
    )


def _never_changes(headers: Mapping[str, str]) -> bool:
    """Return whether a response may be kept forever (RFC 8246)."""
    return "immutable" in headers.get("Cache-Control", "")


def application(to: URL, host: str) -> web.Application:
    """Return the forwarder. `host` is the distribution's host name in the emulator."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[refuse_other_sites])
    app[TO], app[HOST], app[KEPT] = to, host, {}
    Faults().add_to(app)

    async def client(app: web.Application) -> AsyncGenerator[None]:
        async with ClientSession(
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),
            connector=TCPConnector(limit=0),
            timeout=ClientTimeout(total=60),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        ) as app[CLIENT]:
            yield

    app.cleanup_ctx.append(client)
    app.router.add_route("*", "/{path:.*}", forward)
    return app


def main() -> None:
    """Serve until the process is terminated."""
    arguments = argparse.ArgumentParser(description="Forward a port to an emulated distribution")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--to", required=True, help="the emulator, http://127.0.0.1:4566")
    arguments.add_argument("--host", required=True, help="the Host header to send")
    chosen = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    web.run_app(
        application(URL(chosen.to), chosen.host),
        host="127.0.0.1",
        port=chosen.port,
        shutdown_timeout=1.0,
        access_log_format='"%r" %s %b %Dus',
        print=None,
    )


if __name__ == "__main__":
    main()
