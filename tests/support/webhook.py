"""Webhooks, written and signed as by LiveKit."""

import base64
import hashlib
import json
from typing import Any

import jwt

from footlight import clock
from functions.reconcile.handler import handler
from tests.support.api import Answer, Api
from tests.support.deployment import BEGUN, LIVEKIT_KEY, LIVEKIT_SECRET

SECOND = 1_000_000_000


def event(kind: str, started: int | None = None, updated: int | None = None, **rest: Any) -> str:
    """Return an ingress event. Its 64-bit numbers are strings."""
    info: dict[str, Any] = {"ingressId": rest.pop("ingress", "IN_1"), "streamKey": "the-secret-key"}
    if started is not None:
        info["state"] = {"startedAt": str(started), "updatedAt": str(updated or started)}
    created = str(rest.pop("created", int(clock.now().timestamp())))
    return json.dumps(
        {"event": kind, "id": "EV_1", "createdAt": created, "ingressInfo": info} | rest
    )


def of_participant(kind: str, room: str, identity: str, joined_ms: int = 0) -> str:
    """Return an event of a participant or a track. Those of a track have no time of joining."""
    joined = {"joinedAtMs": str(joined_ms)} if joined_ms else {}
    return event(kind, room={"name": room}, participant={"identity": identity, **joined})


def joined(room: str, identity: str) -> str:
    """Return the event of a participant who joined a room."""
    return of_participant("participant_joined", room, identity)


def signature(body: str | bytes, **changes: Any) -> str:
    """Return the token that LiveKit sends with a body. A change of None removes a claim."""
    secret = changes.pop("secret", LIVEKIT_SECRET)
    algorithm = changes.pop("algorithm", "HS256")
    now = int(clock.now().timestamp()) + changes.pop("skew", 0)
    raw = body.encode() if isinstance(body, str) else body
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    claims = {"iss": LIVEKIT_KEY, "nbf": now, "iat": now, "exp": now + 300, "sha256": digest}
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(kept, secret if algorithm != "none" else "", algorithm=algorithm)


def send(api: Api, body: str, authorization: str | None = None, *, plain: bool = False) -> Answer:
    """Send a webhook, base64-encoded as the gateway passes it on, or plain."""
    headers = {
        "content-type": "application/webhook+json",
        "authorization": authorization or signature(body),
    }
    if plain:
        return api.post("/api/webhook/livekit", body, headers=headers)
    return api.post("/api/webhook/livekit", headers=headers, raw=body.encode())


def run_background() -> None:
    """Run the tasks that were started in the background."""
    tasks = BEGUN.copy()
    BEGUN.clear()
    for task in tasks:
        handler(task, None)
