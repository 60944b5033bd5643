"""Webhooks as LiveKit writes and signs them."""

import base64
import hashlib
import json
import time
from typing import Any

import jwt

from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET


def event(kind: str, started: int | None = None, updated: int | None = None, **rest: Any) -> str:
    """An event as LiveKit writes it: numbers of 64 bits are strings."""
    info: dict[str, Any] = {"ingressId": rest.pop("ingress", "IN_1"), "streamKey": "the-secret-key"}
    if started is not None:
        info["state"] = {"startedAt": str(started), "updatedAt": str(updated or started)}
    created = str(rest.pop("created", int(time.time())))
    return json.dumps(
        {"event": kind, "id": "EV_1", "createdAt": created, "ingressInfo": info} | rest
    )


def signature(body: str, **changes: Any) -> str:
    """The `Authorization` header of a body; `changes` are to its claims, None takes one out."""
    secret = changes.pop("secret", LIVEKIT_SECRET)
    algorithm = changes.pop("algorithm", "HS256")
    now = int(time.time()) + changes.pop("skew", 0)
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    claims = {"iss": LIVEKIT_KEY, "nbf": now, "iat": now, "exp": now + 300, "sha256": digest}
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(kept, secret if algorithm != "none" else "", algorithm=algorithm)
