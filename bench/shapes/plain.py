"""A viewer token and webhook function that uses only livekit-api and boto3's resource.

It has no framework, no validation, and no secret to fetch: the minimum with these two libraries.
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
    """Return the identity provider's signing keys."""
    address = f"{os.environ['FOOTLIGHT_OIDC_ISSUER']}/.well-known/openid-configuration"
    with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own provider
        return jwt.PyJWKClient(json.load(response)["jwks_uri"])


def post_token(event: dict[str, Any]) -> dict[str, Any]:
    """Return a token after two GetItems. The viewer id is the provider's subject."""
    viewer, hidden = str(uuid.uuid4()), True
    if header := event["headers"].get("authorization"):
        token = header.removeprefix("Bearer ")
        key = signing_keys().get_signing_key_from_jwt(token)
        viewer, hidden = jwt.decode(token, key, algorithms=["RS256", "ES256"])["sub"], False
    request = json.loads(event["body"])
    host = table.get_item(Key={"pk": f"NAME#{request['host']}", "sk": "NAME"}).get("Item")
    if host is None:
        return {"statusCode": 404}
    room = host["user_id"]
    block = {"pk": f"BLOCK#{room}", "sk": viewer}
    if "Item" in table.get_item(Key=block, ConsistentRead=True):
        return {"statusCode": 403}
    identity = f"{viewer}:{request.get('tab') or secrets.token_hex(4)}"
    grants = api.VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
        hidden=hidden,
    )
    access_token = (
        api.AccessToken(*LIVEKIT_KEYS)
        .with_identity(identity)
        .with_name(viewer)
        .with_grants(grants)
        .with_ttl(timedelta(minutes=10))
    )
    body = {
        "token": access_token.to_jwt(),
        "serverUrl": os.environ["FOOTLIGHT_LIVEKIT_URL"],
        "room": room,
        "identity": identity,
        "name": viewer,
    }
    return {"statusCode": 200, "body": json.dumps(body)}


def post_webhook(event: dict[str, Any]) -> dict[str, Any]:
    """Use one GetItem and one UpdateItem when a broadcast starts or ends."""
    webhook = receiver.receive(
        base64.b64decode(event["body"]).decode(), event["headers"]["authorization"]
    )
    if webhook.event in ("ingress_started", "ingress_ended"):
        ingress = webhook.ingress_info
        key = {"pk": f"INGRESS#{ingress.ingress_id}", "sk": "INGRESS"}
        owner = table.get_item(Key=key)["Item"]["user_id"]
        table.update_item(
            Key={"pk": f"PLAIN#{owner}", "sk": "LIVE"},
            UpdateExpression="SET is_live = :live, started = :started",
            ConditionExpression="attribute_not_exists(started) OR started < :started",
            ExpressionAttributeValues={
                ":live": webhook.event == "ingress_started",
                ":started": ingress.state.started_at,
            },
        )
    return {"statusCode": 200, "body": "{}"}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    if event["rawPath"] == "/api/token":
        return post_token(event)
    return post_webhook(event)
