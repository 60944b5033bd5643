"""LiveKit's webhooks: the signature is checked, and LiveKit calls our address."""

import json
import secrets
import time
from typing import Final

from operations import web
from operations.checks import Failed
from operations.deployment import Deployment
from operations.livekit import Keys

SEEN_WITHIN_SECONDS: Final = 30


def signed_webhook(deployment: Deployment) -> str:
    """Require that an event signed with the stored key is accepted. This event changes nothing."""
    status = _send_webhook(deployment, deployment.livekit.keys)
    if status != 200:
        raise Failed(
            f"a webhook signed with the stored key returned {status}",
            f"aws logs tail {_log_group(deployment)} --since 10m",
        )
    return "200"


def forged_webhook(deployment: Deployment) -> str:
    """Require that events signed with another secret, or another key, are refused."""
    keys = deployment.livekit.keys
    for forged in (Keys(keys.key, secrets.token_hex(32)), Keys("APIother", keys.secret)):
        status = _send_webhook(deployment, forged)
        if status != 401:
            raise Failed(f"a webhook signed with a wrong key returned {status}, not 401")
    return "401 for a wrong key"


def calls_webhook(deployment: Deployment) -> str:
    """Create and delete a room at LiveKit, and require the event in the webhook function's log."""
    room = f"footlight-verify-{secrets.token_hex(6)}"
    group = _log_group(deployment)
    livekit, logs = deployment.livekit, deployment.client("logs")
    started_ms = int((time.time() - 60) * 1000)
    livekit.call("RoomService", "CreateRoom", {"name": room, "emptyTimeout": 10})
    livekit.call("RoomService", "DeleteRoom", {"room": room})
    deadline = time.monotonic() + SEEN_WITHIN_SECONDS
    while time.monotonic() < deadline:
        events = logs.filter_log_events(
            logGroupName=group, startTime=started_ms, filterPattern=f'"{room}"'
        )["events"]
        if any(room in event["message"] for event in events):
            return f"LiveKit calls {deployment.output('WebhookUrl')}"
        time.sleep(1)
    raise Failed(
        f"LiveKit doesn't call {deployment.output('WebhookUrl')}, or signs with another key",
        "enter this address and the stored key in LiveKit's settings (Settings → Webhooks, or "
        "webhook.urls and webhook.api_key)",
    )


def _send_webhook(deployment: Deployment, keys: Keys) -> int:
    body = json.dumps({"event": "footlight_verify", "id": f"EV_{secrets.token_hex(6)}"}).encode()
    return web.request(
        "POST",
        deployment.output("WebhookUrl"),
        content=body,
        headers={
            "Content-Type": "application/webhook+json",
            "Authorization": keys.sign_webhook(body),
        },
    ).status


def _log_group(deployment: Deployment) -> str:
    return deployment.stack.function("webhook", "AWS::Logs::LogGroup").name
