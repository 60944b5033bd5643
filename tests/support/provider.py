"""An OIDC provider in this process: a real server with a real key, so that nothing is patched."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT_ID = "footlight-test"


class Provider:
    """Discovery, keys, and the code flow with PKCE for whomever `signs_in` names."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.curve_key = ec.generate_private_key(ec.SECP256R1())
        self.signs_in = "nobody"
        self.codes: dict[str, dict[str, str]] = {}
        self.sessions: dict[str, str] = {}
        self.revoked: list[str] = []
        self.failing = False
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

    def close(self) -> None:
        """Stops the server."""
        self.server.shutdown()
        self.server.server_close()

    def token(self, subject: str, **changes: Any) -> str:
        """A signed access token, as Cognito's: `client_id` and no `aud`. None removes a claim."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": subject,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "iat": now,
            "exp": now + 600,
        } | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, algorithm="RS256", headers={"kid": "rsa"})

    def keys(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        one = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        two = json.loads(ECAlgorithm.to_jwk(self.curve_key.public_key()))
        return {"keys": [one | {"kid": "rsa", "use": "sig"}, two | {"kid": "ec", "use": "sig"}]}

    def answer(self, to: BaseHTTPRequestHandler, method: str, form: dict[str, str]) -> None:
        """One request."""
        address = urlsplit(to.path)
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
                    },
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
                return self._token(to, form)
            case "POST", "/revoke":
                self.revoked.append(form["token"])
                self.sessions.pop(form["token"], None)
                return self._say(to, 200, {})
            case _:
                return self._say(to, 404, {})

    def _token(self, to: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if not asked or asked["code_challenge"] != challenge:
                return self._say(to, 400, {"error": "invalid_grant"})
            subject = self.signs_in
        else:  # rotation: a refresh token is good once
            found = self.sessions.pop(form["refresh_token"], None)
            if found is None:
                return self._say(to, 400, {"error": "invalid_grant"})
            subject = found
        refresh_token = secrets.token_hex(16)
        self.sessions[refresh_token] = subject
        return self._say(
            to,
            200,
            {
                "access_token": self.token(subject),
                "refresh_token": refresh_token,
                "token_type": "Bearer",
                "expires_in": 600,
            },
        )

    def _say(self, to: BaseHTTPRequestHandler, status: int, body: dict[str, Any]) -> None:
        said = json.dumps(body).encode()
        to.send_response(status)
        to.send_header("Content-Type", "application/json")
        to.send_header("Content-Length", str(len(said)))
        to.end_headers()
        to.wfile.write(said)
