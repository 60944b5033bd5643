"""How does the emulated distribution get an address that resolves everywhere?

The emulator tells its distributions apart by host name, `{label}.cloudfront.localhost`, which
neither Python nor Go resolves. This forwards `http://localhost:8080` there and changes nothing
but the Host header: no redirect is followed, every cookie and every error passes through. Tests
can have it lose what the internet loses (`local.faults`).

`python -m local.forwarder --port 8080 --to http://127.0.0.1:4566 --host LABEL.cloudfront.localhost`
"""

import argparse
import logging
from collections.abc import AsyncGenerator, Mapping

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from multidict import CIMultiDict
from yarl import URL

from local.faults import Faults

# Of one connection, not of the message (RFC 9110, 7.6.1).
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


async def forward(request: web.Request) -> web.StreamResponse:
    """One request, its answer streamed; 502 where the emulator does not answer."""
    headers = _passed_on(request.headers)
    headers["Host"] = request.app[HOST]
    try:
        async with request.app[CLIENT].request(
            request.method,
            request.app[TO].join(URL(request.raw_path, encoded=True)),
            headers=headers,
            data=await request.read() if request.body_exists else None,
            allow_redirects=False,
        ) as answer:
            response = web.StreamResponse(
                status=answer.status, reason=answer.reason, headers=_passed_on(answer.headers)
            )
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response
    except ClientError as why:
        logging.warning("%s %s: %s", request.method, request.path, why)
        return web.Response(status=502, text="The AWS emulator does not answer.\n")


def _passed_on(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict(
        (name, value) for name, value in headers.items() if name.lower() not in HOP_BY_HOP
    )


def application(to: URL, host: str) -> web.Application:
    """The forwarder as an application; `host` is what the emulator knows the distribution by."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[TO], app[HOST] = to, host
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
    """Serve until ended."""
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
