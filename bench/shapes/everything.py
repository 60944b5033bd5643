"""A viewer token function that imports everything at the top.

It uses Powertools with validation, pydantic, PynamoDB for the table, boto3 for the secret, PyJWT
for the access token, and livekit-api for the viewer token.
"""

import hashlib
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
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import ForbiddenError, NotFoundError
from livekit import api
from pydantic import BaseModel, Field
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

app = APIGatewayHttpResolver(enable_validation=True)
log = Logger()
secrets_manager = boto3.client("secretsmanager")


class Item(Model):
    """An item of the table, with the attributes that a token needs."""

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride] - the rest has defaults
        table_name = os.environ.get("FOOTLIGHT_TABLE", "footlight")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    user_id = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)


class TokenRequest(BaseModel):
    """The host to watch, and the browser tab."""

    host: str = Field(max_length=64)
    tab: str | None = Field(None, pattern="^[a-z0-9]{8}$")


class ViewerToken(BaseModel):
    """The token and everything else that a tab needs to join a host's room."""

    token: str
    serverUrl: str
    room: str
    identity: str
    name: str


@cache
def livekit_keys() -> tuple[str, str]:
    """Return LiveKit's key and secret."""
    secret = secrets_manager.get_secret_value(SecretId=os.environ["FOOTLIGHT_LIVEKIT_SECRET_ID"])
    keys = json.loads(secret["SecretString"])
    return keys["LIVEKIT_API_KEY"], keys["LIVEKIT_API_SECRET"]


@cache
def signing_keys() -> jwt.PyJWKClient:
    """Return the identity provider's signing keys."""
    address = f"{os.environ['FOOTLIGHT_OIDC_ISSUER']}/.well-known/openid-configuration"
    with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own provider
        return jwt.PyJWKClient(json.load(response)["jwks_uri"])


def subject() -> str | None:
    """Return the subject of the access token, or None for a guest."""
    header = app.current_event.headers.get("authorization")
    if header is None:
        return None
    token = header.removeprefix("Bearer ")
    claims = jwt.decode(
        token,
        signing_keys().get_signing_key_from_jwt(token),
        algorithms=["RS256", "ES256"],
        issuer=os.environ["FOOTLIGHT_OIDC_ISSUER"],
    )
    sub: str = claims["sub"]
    return sub


@app.post("/api/token")
def post_token(request: TokenRequest) -> ViewerToken:
    """Return a token after two reads, like Footlight's function."""
    token_subject = subject()
    keys = [(f"NAME#{request.host}", "NAME")]
    if token_subject is not None:
        issued = f"{os.environ['FOOTLIGHT_OIDC_ISSUER']}\n{token_subject}"
        keys.append((f"SUBJECT#{hashlib.sha256(issued.encode()).hexdigest()}", "SUBJECT"))
    items = {item.sk: item for item in Item.batch_get(keys)}
    if "NAME" not in items:
        raise NotFoundError("Host not found")
    room = items["NAME"].user_id or ""
    if token_subject is not None:
        viewer, name = items["SUBJECT"].user_id or "", items["SUBJECT"].username or ""
    else:
        viewer = str(uuid.uuid4())
        name = f"guest-{uuid.UUID(viewer).int % 10**9:09d}"
    if list(Item.batch_get([(f"BLOCK#{room}", viewer)], consistent_read=True)):
        raise ForbiddenError("User is blocked")
    tab = request.tab or secrets.token_hex(4)
    grants = api.VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
        hidden=token_subject is None,
    )
    token = (
        api.AccessToken(*livekit_keys())
        .with_identity(f"{viewer}:{tab}")
        .with_name(name)
        .with_grants(grants)
        .with_ttl(timedelta(minutes=10))
    )
    return ViewerToken(
        token=token.to_jwt(),
        serverUrl=os.environ["FOOTLIGHT_LIVEKIT_URL"],
        room=room,
        identity=f"{viewer}:{tab}",
        name=name,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
