"""Services outside AWS: the identity provider and LiveKit."""

from typing import Final
from urllib.parse import urlsplit

from operations import web
from operations.checks import Failed, Skipped, Warned
from operations.deployment import stored_keys
from operations.doctor.account import Planned
from operations.livekit import Server, clock_skew_seconds, http_url

ALGORITHMS: Final = frozenset({"RS256", "ES256"})
MAX_SKEW_SECONDS: Final = 30


def identity_provider(planned: Planned) -> str:
    """Require the metadata of the provider that replaces Cognito.

    OpenID Connect Discovery 1.0, sections 3 and 4.
    """
    provider = planned.config.identity_provider
    if provider is None:
        return "a Cognito user pool"
    return check_provider(provider.issuer)


def check_provider(issuer: str) -> str:
    """Require that the metadata under an issuer's URL is the issuer's, and fits the site."""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    response = web.get(address)
    found = response.json
    if response.status != 200 or not isinstance(found, dict):
        raise Failed(f"{address} returned {response.status}, not metadata", "correct oidcIssuer")
    if found.get("issuer") != issuer:
        raise Failed(
            f"the provider's issuer is {found.get('issuer')!r}, not {issuer!r}",
            "set oidcIssuer to exactly what the provider says",
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not found.get(name):
            raise Failed(f"the provider's metadata lacks {name}", "use another provider")
    methods = found.get("code_challenge_methods_supported", ["S256"])
    if "S256" not in methods:
        raise Failed(f"the provider supports PKCE with {methods}, not S256", "allow PKCE there")
    signed = set(found.get("id_token_signing_alg_values_supported", ALGORITHMS))
    if not ALGORITHMS & signed:
        raise Failed(f"the provider signs with {sorted(signed)}", "choose RS256 or ES256 there")
    return f"{issuer}; register SITE/api/session/callback and, for signing out, SITE/ there"


def livekit(planned: Planned) -> str:
    """Require that LiveKit answers, and, if its keys are stored, that it accepts them."""
    url = planned.config.livekit_url
    if not url:
        raise Failed("livekitUrl isn't set", "set livekitUrl in footlight.toml")
    base = http_url(url)
    response = web.get(base)
    if response.status != 200:
        raise Failed(f"{base} returned {response.status}, not LiveKit's 200", "correct livekitUrl")
    return f"{urlsplit(url).hostname} answers"


def livekit_keys(planned: Planned) -> str:
    """Require that LiveKit accepts the stored keys, and that this machine's clock is right."""
    url = planned.config.livekit_url
    name = planned.stack.outputs.get("LiveKitSecretName") if planned.stack else None
    if not url or not name:
        raise Skipped("the keys are stored after the first deploy: make livekit-keys")
    keys = stored_keys(planned.client("secretsmanager"), name)
    if keys is None:
        raise Warned("LiveKit's secret is empty", "make livekit-keys")
    rooms, response = Server(url, keys).call("RoomService", "ListRooms")
    skew = clock_skew_seconds(response)
    if skew is not None and abs(skew) > MAX_SKEW_SECONDS:
        raise Failed(f"this machine's clock is off by {skew:.0f} s", "sudo timedatectl set-ntp on")
    return f"accepted, {len((rooms or {}).get('rooms', []))} rooms"
