"""The viewer token and the webhook by livekit-api and boto3's resource alone.

No framework, no validation, no secret to fetch: the least that those two libraries allow.
"""

import base64
import json
import os
import secrets
import urllib.request
import uuid
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
import jwt
from livekit import api

LIVEKIT_KEYS = (os.environ["LIVEKIT_API_KEY"], os.environ["LIVEKIT_API_SECRET"])

table: Any = boto3.resource("dynamodb").Table(os.environ.get("FOOTLIGHT_TABLE", "footlight"))
receiver = api.WebhookReceiver(api.TokenVerifier(*LIVEKIT_KEYS))


@cache
def signing_keys() -> jwt.PyJWKClient:
    """The identity provider's keys."""
    address = f"{os.environ['FOOTLIGHT_OIDC_ISSUER']}/.well-known/openid-configuration"
    with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own provider
        return jwt.PyJWKClient(json.load(answer)["jwks_uri"])


def post_token(event: dict[str, Any]) -> dict[str, Any]:
    """Two GetItems and a token; the provider's subject stands for the viewer's own id."""
    viewer, hidden = str(uuid.uuid4()), True
    if header := event["headers"].get("authorization"):
        token = header.removeprefix("Bearer ")
        key = signing_keys().get_signing_key_from_jwt(token)
        viewer, hidden = jwt.decode(token, key, algorithms=["RS256", "ES256"])["sub"], False
    asked = json.loads(event["body"])
    host = table.get_item(Key={"pk": f"NAME#{asked['host']}", "sk": "NAME"}).get("Item")
    if host is None:
        return {"statusCode": 404}
    room = host["user_id"]
    block = {"pk": f"BLOCK#{room}", "sk": viewer}
    if "Item" in table.get_item(Key=block, ConsistentRead=True):
        return {"statusCode": 403}
    identity = f"{viewer}:{asked.get('tab') or secrets.token_hex(4)}"
    grants = api.VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
        hidden=hidden,
    )
    made = (
        api.AccessToken(*LIVEKIT_KEYS)
        .with_identity(identity)
        .with_name(viewer)
        .with_grants(grants)
        .with_ttl(timedelta(minutes=10))
    )
    answer = {
        "token": made.to_jwt(),
        "serverUrl": os.environ["FOOTLIGHT_LIVEKIT_URL"],
        "room": room,
        "identity": identity,
        "name": viewer,
    }
    return {"statusCode": 200, "body": json.dumps(answer)}


def post_webhook(event: dict[str, Any]) -> dict[str, Any]:
    """One GetItem and one UpdateItem for a broadcast that begins or ends."""
    told = receiver.receive(
        base64.b64decode(event["body"]).decode(), event["headers"]["authorization"]
    )
    if told.event in ("ingress_started", "ingress_ended"):
        ingress = told.ingress_info
        key = {"pk": f"INGRESS#{ingress.ingress_id}", "sk": "INGRESS"}
        owner = table.get_item(Key=key)["Item"]["user_id"]
        table.update_item(
            Key={"pk": f"PLAIN#{owner}", "sk": "LIVE"},
            UpdateExpression="SET is_live = :live, started = :started",
            ConditionExpression="attribute_not_exists(started) OR started < :started",
            ExpressionAttributeValues={
                ":live": told.event == "ingress_started",
                ":started": ingress.state.started_at,
            },
        )
    return {"statusCode": 200, "body": "{}"}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    if event["rawPath"] == "/api/token":
        return post_token(event)
    return post_webhook(event)
