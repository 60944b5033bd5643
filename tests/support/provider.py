"""An OIDC provider in this process: a real server with a real key."""

import base64
import hashlib
import json
import secrets
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from footlight import clock

CLIENT_ID = "footlight-test"


class Provider:
    """Discovery, keys, and the code flow with PKCE for the subject in `signs_in`.

    As strict as a real one: it checks the verifier, the redirect URI, and the client, and a code
    works once. The attributes that `as_new` sets make it fail on request.
    """

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.curve_key = ec.generate_private_key(ec.SECP256R1())
        self.as_new()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, "GET", {})

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                form = parse_qs(self.rfile.read(size).decode())
                provider.answer(self, "POST", {name: values[0] for name, values in form.items()})

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def as_new(self) -> None:
        """Forget all sessions, and serve without faults."""
        self.signs_in = "nobody"
        self.codes: dict[str, dict[str, str]] = {}
        self.sessions: dict[str, str] = {}
        self.revoked: list[str] = []
        self.failing = False
        """If set, every request fails with 500."""
        self.client_secret = ""
        """If set, the client is confidential."""
        self.rotates = True
        """If set, a refresh token works once."""
        self.refuses: tuple[int, str] | None = None
        """If set, the whole response of the token endpoint."""
        self.answers: dict[str, Any] = {}
        """Changes to the response of the token endpoint. None removes a field."""
        self.metadata: dict[str, Any] = {}
        """Changes to the discovery document."""
        self.asked: list[dict[str, str]] = []
        """The forms that the token endpoint received."""
        self.visited: list[str] = []
        """The paths of all requests, in order."""

    def close(self) -> None:
        """Stop the server."""
        self.server.shutdown()
        self.server.server_close()

    def token(self, subject: str, **changes: Any) -> str:
        """Sign an access token like Cognito's, with `client_id` and without `aud`.

        A change of None removes a claim. A `timedelta` is relative to now.
        """
        now = int(clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": subject,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "iat": now,
            "exp": now + 600,
        } | changes
        claims = {name: _instant(value, now) for name, value in claims.items()}
        return jwt.encode(without_none(claims), self.key, algorithm="RS256", headers={"kid": "rsa"})

    def keys(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517)."""
        one = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        two = json.loads(ECAlgorithm.to_jwk(self.curve_key.public_key()))
        return {"keys": [one | {"kid": "rsa", "use": "sig"}, two | {"kid": "ec", "use": "sig"}]}

    def answer(self, to: BaseHTTPRequestHandler, method: str, form: dict[str, str]) -> None:
        """Answer one request."""
        address = urlsplit(to.path)
        self.visited.append(address.path)
        if self.failing:
            return self._say(to, 500, {"error": "server_error"})
        match method, address.path:
            case "GET", "/.well-known/openid-configuration":
                return self._say(
                    to,
                    200,
                    {
                        "issuer": self.issuer,
                        "jwks_uri": f"{self.issuer}/jwks",
                        "authorization_endpoint": f"{self.issuer}/authorize",
                        "token_endpoint": f"{self.issuer}/token",
                        "revocation_endpoint": f"{self.issuer}/revoke",
                    }
                    | self.metadata,
                )
            case "GET", "/jwks":
                return self._say(to, 200, self.keys())
            case "GET", "/authorize":
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                code = secrets.token_hex(8)
                self.codes[code] = asked
                back = urlencode({"code": code, "state": asked["state"]})
                to.send_response(302)
                to.send_header("Location", f"{asked['redirect_uri']}?{back}")
                to.end_headers()
                return None
            case "POST", "/token":
                self.asked.append(form)
                if self.refuses:
                    return self._send(to, *self.refuses)
                if not self._is_the_client(to, form):
                    return self._say(to, 401, {"error": "invalid_client"})
                return self._token(form, to)
            case "POST", "/revoke":
                if not self._is_the_client(to, form):
                    return self._say(to, 401, {"error": "invalid_client"})
                self.revoked.append(form["token"])
                self.sessions.pop(form["token"], None)
                return self._say(to, 200, {})
            case _:
                return self._say(to, 404, {})

    def _is_the_client(self, to: BaseHTTPRequestHandler, form: dict[str, str]) -> bool:
        """Check the client: by HTTP Basic if it is confidential, otherwise by its id alone."""
        if not self.client_secret:
            return form.get("client_id") == CLIENT_ID and "Authorization" not in to.headers
        expected = base64.b64encode(f"{CLIENT_ID}:{self.client_secret}".encode()).decode()
        return to.headers.get("Authorization") == f"Basic {expected}"

    def _token(self, form: dict[str, str], to: BaseHTTPRequestHandler) -> None:
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if (
                not asked
                or asked["code_challenge_method"] != "S256"
                or asked["code_challenge"] != challenge
                or asked["redirect_uri"] != form["redirect_uri"]
                or asked["client_id"] != CLIENT_ID
            ):
                return self._say(to, 400, {"error": "invalid_grant"})
            subject = self.signs_in
        else:
            found = self.sessions.get(form["refresh_token"])
            if found is None:
                return self._say(to, 400, {"error": "invalid_grant"})
            if self.rotates:
                del self.sessions[form["refresh_token"]]
            subject = found
        answer: dict[str, Any] = {
            "access_token": self.token(subject),
            "token_type": "Bearer",
            "expires_in": 600,
        }
        if self.rotates or form["grant_type"] == "authorization_code":
            answer["refresh_token"] = secrets.token_hex(16)
        answer = without_none(answer | self.answers)
        if "refresh_token" in answer:
            self.sessions[answer["refresh_token"]] = subject
        return self._say(to, 200, answer)

    def _say(self, to: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        self._send(to, status, json.dumps(without_none(body)))

    def _send(self, to: BaseHTTPRequestHandler, status: int, text: str) -> None:
        said = text.encode()
        to.send_response(status)
        to.send_header("Content-Type", "application/json")
        to.send_header("Content-Length", str(len(said)))
        to.end_headers()
        to.wfile.write(said)


def _instant(value: object, now: int) -> object:
    return now + int(value.total_seconds()) if isinstance(value, timedelta) else value


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def visit_provider(address: str) -> dict[str, str]:
    """Visit an address of the provider. Return the parameters of its redirect."""
    return query_of(httpx2.get(address, verify=False).headers["location"])


def query_of(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
