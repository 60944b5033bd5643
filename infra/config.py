"""What may an operator set? Every setting, read and checked once, before anything is built.

Settings are CDK context: `-c name=value` on the command line or `"context"` in `cdk.json`.

- `livekitUrl`: LiveKit's address, `wss://…`. Where it is left out the template asks for it as the
  CloudFormation parameter `LiveKitUrl`: so `cdk synth` works in a bare clone, and `cdk deploy`
  can't forget it.
- `siteName`: the site's name on its pages (default `Footlight`).
- `domainName`, `certificateArn`: the site's own domain, and its certificate in us-east-1.
- `oidcIssuer`, `oidcClientId`, `oidcAudience`: another identity provider in place of the Cognito
  that the stack makes; the audience is the client id where it is left out.
- `alarmEmail`: whom the alarms tell.
- `waf`: ARN of a web ACL in us-east-1, or `true` to have one made (in a stack of us-east-1). Off by
  default: a web ACL costs $5 a month and more.
- `snapStart`: `true` for Lambda SnapStart: faster cold starts, about $2 a month for each function.
- `dropGraceSeconds`: how long a channel whose encoder has dropped is 'reconnecting' before it is
  offline (60 to 90, default 75).
- `limits`: how often somebody may do something, `name=times/seconds` separated by blanks: `token`
  (viewer tokens of one person), `guest_token` (of all guests of one address), `reset` (of a stream
  key), `write` (whatever else one person changes), `chat` (messages of one person in one chat),
  `guest_chat` (of all guests of one address in one chat).
  What is left out has its default.
- `chatHistoryHours`: how long chat messages are kept (1 to 720, default 24).
- `local`: `true` for the emulator on a laptop (`infra/local.py`), with `siteUrl`, the address of
  the forwarder before the emulated distribution.
"""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SETTINGS = frozenset(
    {
        "livekitUrl",
        "siteName",
        "domainName",
        "certificateArn",
        "oidcIssuer",
        "oidcClientId",
        "oidcAudience",
        "alarmEmail",
        "waf",
        "snapStart",
        "dropGraceSeconds",
        "limits",
        "chatHistoryHours",
        "local",
        "siteUrl",
    }
)

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
LIVEKIT_URL_PATTERN = rf"^wss://{_HOST}(?::\d+)?$"
"""What a LiveKit address looks like, here and as the pattern of the CloudFormation parameter."""

LOCAL_LIVEKIT_URL_PATTERN = rf"^wss?://{_HOST}(?::\d+)?$"

LIMIT_NAMES = ("token", "guest_token", "reset", "write", "chat", "guest_chat")
"""Those of `footlight/limits.py`; a test holds the two in step."""

_LIMIT = rf"(?:{'|'.join(LIMIT_NAMES)})=[1-9]\d{{0,6}}/[1-9]\d{{0,5}}"
_LIMITS = rf"{_LIMIT}(?: {_LIMIT})*"

SHORTEST_GRACE, LONGEST_GRACE = 60, 90
"""Seconds: long enough for an encoder to reconnect, short enough for a list to be right soon."""


class WrongSettings(ValueError):
    """Raised with everything that is wrong with the settings, a line each."""


@dataclass(frozen=True)
class IdentityProvider:
    """An OpenID provider that the operator has already."""

    issuer: str
    client_id: str
    audience: str


@dataclass(frozen=True)
class Domain:
    """The site's own name, without which it is reached by CloudFront's."""

    name: str
    certificate_arn: str


@dataclass(frozen=True)
class Emulator:
    """The AWS emulator and the forwarder before its distribution, on this machine."""

    host: str
    port: int
    site_url: str


@dataclass(frozen=True)
class Config:
    """The settings of one deployment, checked."""

    livekit_url: str | None
    site_name: str
    domain: Domain | None
    identity_provider: IdentityProvider | None
    alarm_email: str | None
    waf: bool | str
    snap_start: bool
    drop_grace_seconds: int
    limits: str
    chat_history_hours: int
    emulator: Emulator | None


class _Reader:
    """Takes settings out of the context and keeps a list of what is wrong with them."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.wrong: list[str] = []

    def text(self, name: str, pattern: str | None = None, like: str = "") -> str | None:
        value = self.context.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or (pattern and not re.fullmatch(pattern, value)):
            self.wrong.append(f"{name}: {value!r} should look like {like or 'text'}")
            return None
        return value

    def switch(self, name: str) -> bool:
        value = self.context.get(name)
        if value in (None, "", False, "false"):
            return False
        if value in (True, "true"):
            return True
        self.wrong.append(f"{name}: {value!r} should be true or false")
        return False

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.context.get(name, default)
        if not str(value).isdecimal() or not least <= int(value) <= most:
            self.wrong.append(f"{name}: {value!r} should be a number from {least} to {most}")
            return default
        return int(value)

    def known(self) -> None:
        """A misspelt setting would be left out in silence; CDK's own keys hold a colon or slash."""
        for name in self.context:
            if name in SETTINGS or re.search(r"[:/]", name):
                continue
            near = difflib.get_close_matches(name, SETTINGS, n=1)
            self.wrong.append(
                f"{name}: no such setting{f', did you mean {near[0]}?' if near else ''}"
            )

    def together(self, first: str, second: str) -> bool:
        """Whether two settings that mean nothing without each other are there."""
        given = [name for name in (first, second) if self.context.get(name)]
        if len(given) == 1:
            self.wrong.append(f"{first} and {second} go together: only {given[0]} is set")
        return len(given) == 2


def read(context: Mapping[str, Any]) -> Config:
    """The settings in a CDK app's context. Raises WrongSettings, which names all that is wrong.

    The emulator's address is that of `AWS_ENDPOINT_URL`, by which the CDK CLI reaches it too.
    """
    reader = _Reader(context)
    reader.known()
    local = reader.switch("local")
    config = Config(
        livekit_url=reader.text(
            "livekitUrl",
            LOCAL_LIVEKIT_URL_PATTERN if local else LIVEKIT_URL_PATTERN,
            "wss://project.livekit.cloud",
        ),
        site_name=reader.text("siteName", r"[^\x00-\x1f<>]{1,60}", "Footlight") or "Footlight",
        domain=_domain(reader),
        identity_provider=_identity_provider(reader),
        alarm_email=reader.text("alarmEmail", r"[^@\s]+@[^@\s]+", "ops@example.com"),
        waf=_waf(reader),
        snap_start=reader.switch("snapStart"),
        drop_grace_seconds=reader.number("dropGraceSeconds", 75, SHORTEST_GRACE, LONGEST_GRACE),
        limits=reader.text("limits", _LIMITS, "reset=5/3600 write=60/60") or "",
        chat_history_hours=reader.number("chatHistoryHours", 24, 1, 720),
        emulator=_emulator(reader) if local else None,
    )
    if local and config.livekit_url is None:
        reader.wrong.append("livekitUrl: needed with local=true")
    if not local and context.get("siteUrl"):
        reader.wrong.append("siteUrl: only with local=true; a site's own name is domainName")
    if reader.wrong:
        raise WrongSettings("\n".join(["The settings are wrong:", *reader.wrong]))
    return config


def _domain(reader: _Reader) -> Domain | None:
    name = reader.text("domainName", _HOST, "live.example.com")
    certificate = reader.text(
        "certificateArn",
        r"arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate/[\w-]+",
        "arn:aws:acm:us-east-1:123456789012:certificate/… (CloudFront takes no other region's)",
    )
    if not reader.together("domainName", "certificateArn") or not (name and certificate):
        return None
    return Domain(name, certificate)


def _identity_provider(reader: _Reader) -> IdentityProvider | None:
    issuer = reader.text(
        "oidcIssuer", rf"https://{_HOST}(?::\d+)?(?:/\S*)?", "https://id.example.com"
    )
    client_id = reader.text("oidcClientId")
    audience = reader.text("oidcAudience")
    if audience and not issuer:
        reader.wrong.append("oidcAudience: means nothing without oidcIssuer")
    if not reader.together("oidcIssuer", "oidcClientId") or not (issuer and client_id):
        return None
    return IdentityProvider(issuer, client_id, audience or client_id)


def _waf(reader: _Reader) -> bool | str:
    value = reader.context.get("waf")
    if isinstance(value, str) and value.startswith("arn:"):
        return value
    if not reader.switch("waf"):
        return False
    if os.environ.get("CDK_DEFAULT_REGION") != "us-east-1":
        reader.wrong.append(
            "waf: CloudFront takes web ACLs of us-east-1 only; give the ARN of one, "
            "or deploy the stack in us-east-1"
        )
    return True


def _emulator(reader: _Reader) -> Emulator:
    address = urlsplit(os.environ.get("AWS_ENDPOINT_URL") or "http://127.0.0.1:4566")
    site_url = reader.text("siteUrl", r"http://[\w.-]+(?::\d+)?", "http://localhost:8080")
    return Emulator(
        # CloudFront's origins have names, not addresses.
        host="localhost" if address.hostname in (None, "127.0.0.1") else str(address.hostname),
        port=address.port or 80,
        site_url=site_url or "http://localhost:8080",
    )
