"""The settings of a deployment: every environment variable, declared once.

Each is read on first use, so importing a module needs none. A function gets only the variables that
it uses, which a test in `tests/infra` checks.
"""

import os
import re
from functools import cache


class MissingSetting(RuntimeError):
    """Raised if a function is deployed without a variable that it needs."""


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSetting(name)
    return value


def _optional_number(name: str) -> int | None:
    value = os.environ.get(name, "")
    return int(value) if value else None


def table() -> str:
    """Return the name of the table."""
    return os.environ.get("FOOTLIGHT_TABLE", "footlight")


def site_url() -> str:
    """Return the site's origin, `https://…`, without a trailing slash."""
    return _required("FOOTLIGHT_SITE_URL")


def site_name() -> str:
    """Return the site's name, for the titles of pages. No username may imitate it."""
    return os.environ.get("FOOTLIGHT_SITE_NAME", "")


def livekit_url() -> str:
    """Return LiveKit's address, `wss://…`, for browsers and for the server API."""
    return _required("FOOTLIGHT_LIVEKIT_URL")


def livekit_secret_id() -> str:
    """Return the Secrets Manager id of LiveKit's keys."""
    return _required("FOOTLIGHT_LIVEKIT_SECRET_ID")


def site_secret_id() -> str:
    """Return the Secrets Manager id of the site's secret.

    Its fields are `cookieKey`, `previousCookieKey`, `cookieKeyRotatedAt`, `emailKey`, and
    `oidcClientSecret`.
    """
    return _required("FOOTLIGHT_SITE_SECRET_ID")


def origin_secret_id() -> str | None:
    """Return the Secrets Manager id of CloudFront's origin secret, or None to skip the check."""
    return os.environ.get("FOOTLIGHT_ORIGIN_SECRET_ID") or None


def oidc_issuer() -> str:
    """Return the issuer of access tokens, as in their `iss`."""
    return _required("FOOTLIGHT_OIDC_ISSUER")


def oidc_discovery_url() -> str:
    """Return the address of the issuer's metadata.

    The variable is for an emulated issuer, whose tokens name a different issuer.
    """
    address = os.environ.get("FOOTLIGHT_OIDC_DISCOVERY_URL")
    return address or f"{oidc_issuer().rstrip('/')}/.well-known/openid-configuration"


def oidc_client_id() -> str:
    """Return the site's client id at the issuer."""
    return _required("FOOTLIGHT_OIDC_CLIENT_ID")


def oidc_audience() -> str:
    """Return the audience that `aud` must contain, or `client_id` or `azp` without `aud`."""
    return os.environ.get("FOOTLIGHT_OIDC_AUDIENCE") or oidc_client_id()


def oidc_algorithms() -> list[str]:
    """Return the accepted signature algorithms. They never come from the token."""
    return os.environ.get("FOOTLIGHT_OIDC_ALGORITHMS", "RS256,ES256").split(",")


def oidc_scopes() -> str:
    """Return the scopes requested at sign-in, separated by spaces."""
    return os.environ.get("FOOTLIGHT_OIDC_SCOPES", "openid email")


def is_sign_up_closed() -> bool:
    """Return whether no one else may choose a username. Only the pool knows who is invited."""
    return os.environ.get("FOOTLIGHT_SIGN_UP") == "closed"


def user_pool_id() -> str | None:
    """Return the id of the stack's Cognito user pool, or None for the operator's own provider."""
    return os.environ.get("FOOTLIGHT_USER_POOL_ID") or None


def drop_grace_seconds() -> int:
    """Return how long a stream is 'reconnecting' after its encoder drops, before it is offline."""
    return int(os.environ.get("FOOTLIGHT_DROP_GRACE_SECONDS", "75"))


def needs_approval() -> bool:
    """Return True if only people whom an operator has approved may stream."""
    return os.environ.get("FOOTLIGHT_STREAMING") == "approved"


def max_live_channels() -> int | None:
    """Return how many channels may be live at once, or None for any number."""
    return _optional_number("FOOTLIGHT_MAX_LIVE_CHANNELS")


def max_daily_hours() -> int | None:
    """Return how many hours one channel may stream on a day, or None for all of it."""
    return _optional_number("FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL")


def max_viewers() -> int:
    """Return the most viewers in a room."""
    return int(os.environ.get("FOOTLIGHT_MAX_VIEWERS", "10000"))


def chat_history_hours() -> int:
    """Return how long chat messages are kept."""
    return int(os.environ.get("FOOTLIGHT_CHAT_HISTORY_HOURS", "24"))


def reconcile_function() -> str:
    """Return the name of the function that works in the background."""
    return _required("FOOTLIGHT_RECONCILE_FUNCTION")


def limits() -> dict[str, tuple[int, int]]:
    """Return the operator's limits: `name=times/seconds`, separated by spaces."""
    return _parsed_limits(os.environ.get("FOOTLIGHT_LIMITS", ""))


@cache
def _parsed_limits(text: str) -> dict[str, tuple[int, int]]:
    limits = re.findall(r"(\w+)=(\d+)/(\d+)", text)
    return {name: (int(times), int(seconds)) for name, times, seconds in limits}
