"""`POST /api/webhook/livekit`: LiveKit tells that an encoder came or went, or who joined."""

import base64
import binascii
import hashlib
from typing import Any

import jwt
from aws_lambda_powertools.event_handler import Response
from google.protobuf.json_format import Parse, ParseError
from livekit.protocol.webhook import WebhookEvent

from footlight import clock, identities
from footlight.aws import background, secrets
from footlight.aws.logs import log
from footlight.edge.http import Api, answers
from footlight.errors import BadRequest, Unauthorized
from footlight.live.record import record
from footlight.live.state import SECOND, Started, Stopped
from footlight.livekit.tokens import UnknownKey, claims_of
from footlight.tables import base
from footlight.tables.ingress import IngressOwner, owner_key
from footlight.watching import admission

MAX_BODY_BYTES = 256 * 1024
CLOCK_SKEW_SECONDS = 60
LAST_SECOND = (2**63 - 1) // SECOND
"""Of those that can be told in nanoseconds, as LiveKit tells them."""

app = Api(max_body_bytes=MAX_BODY_BYTES)


@app.post(
    "/api/webhook/livekit",
    summary="LiveKit's webhook",
    operation_id="postWebhook",
    responses=answers(BadRequest, Unauthorized, says="Taken, or of no interest here"),
    tags=["livekit"],
)
def post_webhook() -> Response[dict[str, str]]:
    """Own faults answer 503, which LiveKit tries again; any other refusal is final for it."""
    event = app.current_event
    body = _raw_body(event.raw_event)
    _verify(body, event.headers.get("authorization") or "")
    _take(_parse(body))
    return Response(status_code=200, content_type="application/json", body={})


def _raw_body(event: dict[str, Any]) -> bytes:
    """The bytes that LiveKit signed: behind an HTTP API they come in base64, for their type."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise BadRequest from error


def _verify(body: bytes, token: str) -> None:
    """The signature over the raw body, by the key that `iss` names.

    https://docs.livekit.io/home/server/webhooks/
    """
    try:
        claims = claims_of(token, require=["exp", "iss"], leeway=CLOCK_SKEW_SECONDS)
    except UnknownKey as error:
        raise Unauthorized("The webhook is signed by a key that is not ours") from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The webhook is not signed") from error
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not secrets.equal(str(claims.get("sha256", "")), digest):
        raise Unauthorized("The webhook's signature is of another body")


def _parse(body: bytes) -> WebhookEvent:
    try:
        return Parse(body.decode(), WebhookEvent(), ignore_unknown_fields=True)
    except (ParseError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadRequest from error


def _take(event: WebhookEvent) -> None:
    match event.event:
        case "":
            raise BadRequest("The event has no name")
        case "ingress_started" | "ingress_ended":
            _take_ingress(event)
        case "participant_joined":
            _take_joined(event)
        case _:
            return


def _take_ingress(event: WebhookEvent) -> None:
    ingress_id = event.ingress_info.ingress_id
    if not ingress_id:
        raise BadRequest("The event names no ingress")
    owner = base.get(owner_key(ingress_id))
    if not isinstance(owner, IngressOwner):
        log.info("stale_ingress_event", webhook=event.event, ingress_id=ingress_id)
        return
    outcome = record(owner.user_id, _news(event), "webhook")
    if outcome.is_unsure or outcome.change:
        background.check_channel(owner.user_id)  # and those in the room hear of it
    if not outcome.is_changed:
        log.info("webhook_stale", webhook=event.event, user_id=owner.user_id)


def _news(event: WebhookEvent) -> Started | Stopped:
    """An event without a state is ordered by its second, an end after a start of that second."""
    ingress_id, state = event.ingress_info.ingress_id, event.ingress_info.state
    if event.created_at > LAST_SECOND:
        raise BadRequest("The event is of no time that there is")
    created = event.created_at * SECOND
    if event.event == "ingress_started":
        started = state.started_at or created
        return Started(ingress_id, started, state.updated_at or started)
    if not state.started_at:
        return Stopped(ingress_id, None, created + SECOND - 1)
    return Stopped(ingress_id, state.started_at, state.updated_at or state.started_at)


def _take_joined(event: WebhookEvent) -> None:
    """Who may not be in the room is put out again: LiveKit takes a token as long as it lives."""
    host_id = identities.host_of(event.room.name)
    viewer = identities.parse(event.participant.identity)
    if host_id is None or viewer is None or viewer.is_host:
        return
    found = base.batch_get(admission.keys(host_id, viewer.viewer_id), consistent=True)
    if admission.refusal(host_id, viewer.viewer_id, found, clock.now()):
        background.remove_participant(host_id, event.participant.identity)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
