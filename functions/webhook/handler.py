"""`POST /api/webhook/livekit`: LiveKit reports encoders and new participants."""

import base64
import binascii
import hashlib
from typing import Any

from footlight.aws import secrets
from footlight.edge.http import Api
from footlight.errors import BadRequest, Unauthorized
from footlight.livekit import tokens
from footlight.sync import webhook

import jwt
from aws_lambda_powertools.event_handler import Response
from google.protobuf.json_format import Parse, ParseError
from livekit.protocol.webhook import WebhookEvent

MAX_BODY_BYTES = 256 * 1024
CLOCK_SKEW_SECONDS = 60

app = Api("livekit", max_body_bytes=MAX_BODY_BYTES)
handler = app.resolve


@app.post("/api/webhook/livekit", BadRequest, Unauthorized)
def post_webhook() -> Response[dict[str, str]]:
    """Receive an event from LiveKit. Events that don't concern this site are ignored.

    LiveKit retries after 503, our status for outages. It doesn't retry after any other refusal.
    """
    body = _raw_body(app.event.raw_event)
    _verify(body, app.event.headers.get("authorization") or "")
    webhook.receive(_parse(body))
    return Response(status_code=200, content_type="application/json", body={})


def _raw_body(event: dict[str, Any]) -> bytes:
    """Return the bytes that LiveKit signed. An HTTP API encodes this content type in base64."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise BadRequest from error


def _verify(body: bytes, token: str) -> None:
    """Verify the signature over the raw body with the key that `iss` names.

    https://docs.livekit.io/home/server/webhooks/
    """
    try:
        claims = tokens.verify(token, require=["exp", "iss"], leeway=CLOCK_SKEW_SECONDS)
    except tokens.UnknownKey as error:
        raise Unauthorized("The webhook is signed with an unknown key") from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The webhook is not signed") from error
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not secrets.equal(str(claims.get("sha256", "")), digest):
        raise Unauthorized("The signature doesn't match the body")


def _parse(body: bytes) -> WebhookEvent:
    try:
        return Parse(body.decode(), WebhookEvent(), ignore_unknown_fields=True)
    except (ParseError, RecursionError, ValueError) as error:
        raise BadRequest from error
