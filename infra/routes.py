"""The routes of each function. A test compares them with `openapi.json`."""

from typing import Final

DEFAULT: Final = "$default"
"""Every other path and method."""

WEBHOOK: Final = "POST /api/webhook/livekit"
"""What LiveKit calls."""

ROUTES: Final[dict[str, tuple[str, ...]]] = {
    "token": ("POST /api/token", "GET /api/pages/live/{username}"),
    "ingress": (
        "GET /api/ingress",
        "POST /api/ingress",
        "PATCH /api/ingress",
        "DELETE /api/ingress",
        "POST /api/stream/end",
        "POST /api/stream/catch-up",
    ),
    "webhook": (WEBHOOK,),
    "pages": (
        "GET /api/pages/home",
        "GET /api/pages/search",
        "GET /api/pages/channels/{username}",
        "GET /api/pages/dashboard",
        "GET /api/pages/sessions",
        "GET /api/openapi.json",
        "GET /index.html",
        # So that 404 and 405 have the same error shape as all other errors.
        DEFAULT,
    ),
    "account": (
        "GET /api/me",
        "PUT /api/me",
        "DELETE /api/me",
        "GET /api/me/export",
        "PATCH /api/stream",
    ),
    "social": (
        "PUT /api/follows/{username}",
        "DELETE /api/follows/{username}",
        "POST /api/reports",
    ),
    "chat": ("POST /api/chat/{username}", "GET /api/chat/{username}"),
    "moderation": (
        "DELETE /api/chat/{username}/{messageId}",
        "POST /api/chat/{username}/clear",
        "GET /api/chat/{username}/timeouts",
        "PUT /api/chat/{username}/timeouts/{viewerId}",
        "DELETE /api/chat/{username}/timeouts/{viewerId}",
        "PUT /api/chat/{username}/blocks/{viewerId}",
        "DELETE /api/chat/{username}/blocks/{viewerId}",
        "PUT /api/blocks/{username}",
        "DELETE /api/blocks/{username}",
        "PUT /api/blocks/guests/{guestId}",
        "DELETE /api/blocks/guests/{guestId}",
        "GET /api/blocks",
        "GET /api/moderators",
        "PUT /api/moderators/{username}",
        "DELETE /api/moderators/{username}",
        "GET /api/moderation/log",
    ),
    "admin": (
        "PUT /api/admin/suspensions/{username}",
        "DELETE /api/admin/suspensions/{username}",
        "PUT /api/admin/streamers/{username}",
        "DELETE /api/admin/streamers/{username}",
        "GET /api/admin/usage",
        "GET /api/admin/people",
        "GET /api/admin/log",
        "GET /api/admin/reports",
        "PATCH /api/admin/reports/{id}",
        "PUT /api/admin/notice",
        "DELETE /api/admin/notice",
    ),
    "session": (
        "GET /api/session/login",
        "GET /api/session/callback",
        "GET /api/session/passkey",
        "POST /api/session/token",
        "DELETE /api/session",
    ),
}
"""Routes by function, as `METHOD path`."""

CROWDED: Final = (
    "POST /api/token",
    "POST /api/session/token",
    "GET /api/pages/live/{username}",
    "GET /api/pages/home",
    "GET /api/pages/channels/{username}",
    "GET /api/chat/{username}",
    "GET /index.html",
)
"""Routes that a whole audience calls at once when a channel goes live. They have a higher limit.

Removing a route takes two deployments: first from here, then from `ROUTES`. The gateway rejects a
stage whose settings name a route that doesn't exist. That also applies to `infra/api.py`.
"""
