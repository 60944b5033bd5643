"""What a deployment sets for its functions: every environment variable, declared once.

Each is read when it is asked for, so that importing a module needs none of them, and a function is
given only those that it uses (`infra/` holds the two in step by a test).
"""

import os
import re
from functools import cache


class MissingSetting(RuntimeError):
    """Raised when a function is deployed without a variable that it needs."""


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSetting(name)
    return value


def table() -> str:
    """Name of the table. Read while the models are made, hence the default."""
    return os.environ.get("FOOTLIGHT_TABLE", "footlight")


def site_url() -> str:
    """Origin of the site, `https://…`, without a slash at the end."""
    return _required("FOOTLIGHT_SITE_URL")


def livekit_url() -> str:
    """LiveKit's address for browsers, `wss://…`; the server API is at the same host."""
    return _required("FOOTLIGHT_LIVEKIT_URL")


def livekit_secret_id() -> str:
    """Secrets Manager id of LiveKit's keys."""
    return _required("FOOTLIGHT_LIVEKIT_SECRET_ID")


def site_secret_id() -> str:
    """Secrets Manager id of the site's own secret: `cookieKey`, `oidcClientSecret`."""
    return _required("FOOTLIGHT_SITE_SECRET_ID")


def origin_secret_id() -> str | None:
    """Secrets Manager id of what CloudFront sends to prove itself; None: not checked."""
    return os.environ.get("FOOTLIGHT_ORIGIN_SECRET_ID") or None


def oidc_issuer() -> str:
    """Issuer of the access tokens, as their `iss` has it."""
    return _required("FOOTLIGHT_OIDC_ISSUER")


def oidc_discovery_url() -> str:
    """Where the issuer's metadata lie; at the issuer, unless an emulated one signs as another."""
    told = os.environ.get("FOOTLIGHT_OIDC_DISCOVERY_URL")
    return told or f"{oidc_issuer().rstrip('/')}/.well-known/openid-configuration"


def oidc_client_id() -> str:
    """The site's client id at the issuer."""
    return _required("FOOTLIGHT_OIDC_CLIENT_ID")


def oidc_audience() -> str:
    """What `aud` must hold (or `client_id`, `azp` where there is no `aud`)."""
    return os.environ.get("FOOTLIGHT_OIDC_AUDIENCE") or oidc_client_id()


def oidc_algorithms() -> list[str]:
    """Signature algorithms that are believed; never taken from the token."""
    return os.environ.get("FOOTLIGHT_OIDC_ALGORITHMS", "RS256,ES256").split(",")


def oidc_scopes() -> str:
    """Scopes asked for at sign-in, separated by blanks."""
    return os.environ.get("FOOTLIGHT_OIDC_SCOPES", "openid email")


def drop_grace_seconds() -> int:
    """How long a stream whose encoder has dropped is 'reconnecting' before it is offline."""
    return int(os.environ.get("FOOTLIGHT_DROP_GRACE_SECONDS", "75"))


def chat_history_hours() -> int:
    """How long chat messages are kept."""
    return int(os.environ.get("FOOTLIGHT_CHAT_HISTORY_HOURS", "24"))


def reconcile_function() -> str:
    """Name of the function that does what is begun beside a request."""
    return _required("FOOTLIGHT_RECONCILE_FUNCTION")


def limits() -> dict[str, tuple[int, int]]:
    """What the operator set of `footlight.limits`: `name=times/seconds`, separated by blanks."""
    return _parsed_limits(os.environ.get("FOOTLIGHT_LIMITS", ""))


@cache
def _parsed_limits(text: str) -> dict[str, tuple[int, int]]:
    found = re.findall(r"(\w+)=(\d+)/(\d+)", text)
    return {name: (int(times), int(seconds)) for name, times, seconds in found}
