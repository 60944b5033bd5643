"""Refuse requests that other websites make a browser send to the local stack.

The emulator checks no signature. A page of another site that reached it would have the developer's
rights. Browsers reveal such requests by three headers:

- `Origin` names the page's site: https://fetch.spec.whatwg.org/#origin-header
- `Sec-Fetch-Site` compares it with this address: https://www.w3.org/TR/fetch-metadata/
- `Host` is the name that the browser resolved. A foreign name that resolves to this machine is an
  attack by DNS rebinding.

Programs such as boto3, the AWS CLI, and CDK send neither `Origin` nor `Sec-Fetch-Site`. Standard
library only: the emulator imports this module in an environment of its own.
"""

from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

LOCAL_NAMES: Final = ("localhost", "127.0.0.1")
DISTRIBUTIONS: Final = ".cloudfront.localhost"
CORS: Final = "access-control-"
"""Prefix of the headers by which a server lets pages of other sites read its responses."""


def refusal(headers: Iterable[tuple[str, str]], sites: Collection[str] = ()) -> str | None:
    """Return why a request is refused, or None if it is allowed.

    `sites` are origins that may call this address besides its own, `http://localhost:8080`. Another
    program at localhost counts as the same site for browsers. Without an `Origin`, it may only
    navigate here, as the pages of a sign-in do.
    """
    given: dict[str, list[str]] = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value)
    hosts, origins = given.get("host", []), given.get("origin", [])
    if len(hosts) != 1 or not _is_local(hosts[0]):
        return "The Host header is not an address of the local stack"
    allowed = {f"http://{hosts[0]}".lower(), *sites}
    if any(origin.lower() not in allowed for origin in origins):
        return "This request comes from a page of another site"
    navigates = given.get("sec-fetch-mode") == ["navigate"]
    for site in given.get("sec-fetch-site", []):
        is_own = site in ("same-origin", "none")
        if not is_own and not (site == "same-site" and (origins or navigates)):
            return "This request comes from another site. Type the address instead"
    return None


def _is_local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # not a host
        return False
    # A login name or a path in the header would make the name differ from what others see.
    if any(mark in host for mark in "@/?#\\"):
        return False
    return name in LOCAL_NAMES or (name.endswith(DISTRIBUTIONS) and name != DISTRIBUTIONS)


def is_cors(header: str) -> bool:
    """Return whether a response header lets pages of other sites read the response."""
    return header.lower().startswith(CORS)
