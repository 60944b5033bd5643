"""A WHIP endpoint that accepts a stream key. The server's own endpoint needs a token."""

import logging
import secrets
from urllib.parse import quote

from aiohttp import web

from local.ingress.publisher import NotPublished
from local.ingress.service import Refused, Service
from local.ingress.session import Ending, WhipSession

log = logging.getLogger(__name__)

CORS = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = CORS | {
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Allow-Methods": "PATCH, OPTIONS, DELETE, POST",
    "Access-Control-Expose-Headers": "Location",
    "Accept-Post": "application/sdp",
}


class Whip:
    """The routes of LiveKit Ingress's WHIP server: `/{app}`, `/{app}/{key}`, and resources."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def application(self) -> web.Application:
        """Return an application with these routes and `/health`."""
        app = web.Application()
        app.router.add_get("/health", self._health)
        for path in ("/{app}", "/{app}/{stream_key}"):
            app.router.add_post(path, self._create)
            app.router.add_options(path, self._preflight)
        resource = "/{app}/{stream_key}/{resource_id}"
        app.router.add_delete(resource, self._delete)
        app.router.add_patch(resource, self._patch)
        app.router.add_options(resource, self._preflight)
        return app

    async def _health(self, _request: web.Request) -> web.Response:
        is_healthy = self._service.is_healthy
        return web.json_response(
            {"status": "ok" if is_healthy else "failing", "sessions": len(self._service.sessions)},
            status=200 if is_healthy else 503,
        )

    async def _preflight(self, _request: web.Request) -> web.Response:
        return web.Response(status=204, headers=PREFLIGHT)

    async def _create(self, request: web.Request) -> web.Response:
        # Some clients omit the scheme.
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        key = request.match_info.get("stream_key") or bearer
        resource_id = f"WH_{secrets.token_hex(6)}"
        try:
            session = await self._service.admit_whip(key, resource_id, await request.text())
            resource = await session.answered
        except Refused as refusal:
            log.info("%s: refused: %s", resource_id, refusal)
            # Like LiveKit Ingress, without a CORS header.
            return web.Response(status=refusal.status, text=str(refusal))
        except NotPublished as failure:
            log.info("%s: %s", resource_id, failure)
            return web.Response(status=502, text=str(failure), headers=CORS)
        headers = CORS | {
            "Access-Control-Expose-Headers": "Location",
            "Location": f"/{request.match_info['app']}/{quote(key, safe='')}/{resource_id}",
        }
        if resource.etag:
            headers["ETag"] = resource.etag
        return web.Response(
            status=201,
            text=resource.answer,
            content_type="application/sdp",
            headers=headers,
        )

    async def _delete(self, request: web.Request) -> web.Response:
        session = self._session(request)
        session.end(Ending())
        await session.finished.wait()
        return web.Response(headers=CORS)

    async def _patch(self, request: web.Request) -> web.Response:
        session = self._session(request)
        offered = await request.read()
        if not all(part in offered for part in (b"a=ice-ufrag:", b"a=ice-pwd:")):
            invalid = "whip restart request was invalid"
            return web.Response(status=400, text=invalid, headers=CORS)
        status, etag, fragment = await session.whip.patch(
            await session.answered, offered, request.headers.get("If-Match", "")
        )
        return web.Response(
            status=status,
            text=fragment if status == web.HTTPOk.status_code else None,
            content_type="application/trickle-ice-sdpfrag",
            headers=CORS | ({"ETag": etag} if etag else {}),
        )

    def _session(self, request: web.Request) -> WhipSession:
        session = self._service.sessions.get(request.match_info["resource_id"])
        key = request.match_info["stream_key"]
        if not isinstance(session, WhipSession) or not session.answered.done():
            raise web.HTTPNotFound(headers=CORS)
        if not secrets.compare_digest(session.ingress.stream_key.encode(), key.encode()):
            raise web.HTTPNotFound(headers=CORS)
        return session
