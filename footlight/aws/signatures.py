"""Signatures of requests to AWS: Signature Version 4, for a POST to the path `/`.

botocore's `SigV4Auth` loads most of botocore, a tenth of a cold start. A test compares the two.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

ALGORITHM: Final = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """A pair of keys. Only temporary keys come with a token."""

    access_key: str
    secret_key: str
    token: str | None


class Scope(NamedTuple):
    """What a signature is valid for, on one day."""

    region: str
    service: str


def signed(
    headers: Mapping[str, str], body: bytes, credentials: Credentials, scope: Scope, now: datetime
) -> dict[str, str]:
    """Return the headers of a request with its signature.

    `headers` has all that are signed, among them `Host`, and `now` is in UTC.
    """
    time = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {**headers, "X-Amz-Date": time}
    if credentials.token:
        headers["X-Amz-Security-Token"] = credentials.token
    canonical = {name.lower(): value.strip() for name, value in sorted(headers.items())}
    names = ";".join(canonical)
    lines = (f"{name}:{value}\n" for name, value in canonical.items())
    request = f"POST\n/\n\n{''.join(lines)}\n{names}\n{sha256(body).hexdigest()}"

    parts = (time[:8], *scope, "aws4_request")
    place = "/".join(parts)
    key = f"AWS4{credentials.secret_key}".encode()
    for part in parts:
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"{ALGORITHM}\n{time}\n{place}\n{sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{place}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers
