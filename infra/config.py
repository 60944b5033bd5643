"""The operator's settings, all read and checked before anything is built.

Settings are in `footlight.toml`, which isn't tracked. `docs/footlight.example.toml` lists them with
their meaning and defaults. CDK context (`-c name=value`) overrides the file. This module imports
nothing of CDK, so other programs can read the settings quickly.

- `name`: the stack's name (default `Footlight`). Deployments with different names fit in one
  account and region.
- `livekitUrl`: LiveKit's URL, `wss://…`. Without it, the template has the required CloudFormation
  parameter `LiveKitUrl`, so `cdk synth` works in a bare clone and `cdk deploy` asks for the URL.
- `siteName`: the site's name on its pages (default `Footlight`).
- `pagesLanguage`: the language of the pages in `branding/`, a tag such as `de` or `pt-BR` (default
  `en`): https://www.rfc-editor.org/info/bcp47
- `domainName`, `certificateArn`: the site's own domain, and its certificate in us-east-1.
- `oidcIssuer`, `oidcClientId`, `oidcAudience`: an identity provider that replaces the stack's
  Cognito user pool. The audience defaults to the client id.
- `signUp`: who may get an account (default `open`): everyone, people whom `make invite` has invited
  (`invited`), or no one (`closed`). Not `invited` with `oidcIssuer`, where the provider invites.
- `emailFrom`, `replyTo`: the sender of the user pool's emails, an address that is verified in SES
  in the stack's region, and the address for replies. Without `emailFrom`, Cognito sends them, at
  most 50 a day. With `oidcIssuer`, they have no effect.
- `alarmEmail`: the address that receives alarms.
- `securityContact`: the email address or `https://` page for people who found a weakness. The site
  then has a `/.well-known/security.txt`.
- `budget`: dollars a month for the whole account. `alarmEmail` receives a warning at 80 %, and if
  the forecast for the month is higher.
- `dashboard`: `true` for a CloudWatch dashboard. The account's first three are free, a further one
  costs $3 a month.
- `reserve`: `true` to reserve concurrent executions for the webhook and reconcile functions, so
  that a flood of requests can't stop them. The account needs a concurrency of 1,000.
- `waf`: the ARN of a web ACL in us-east-1, or `true` to create one, which requires a stack in
  us-east-1. Off by default: a web ACL costs at least $5 a month.
- `snapStart`: `true` for Lambda SnapStart: faster cold starts, about $20 a month.
- `dropGraceSeconds`: how long a channel is 'reconnecting' after its encoder drops, before it is
  offline (60 to 90, default 75).
- `limits`: rate limits, `name=times/seconds` separated by spaces. Limits that are left out keep
  their defaults.
  - `token`: viewer tokens per person; `guest_token`: viewer tokens for all guests of one address.
  - `session`: access tokens and sign-outs of all browsers of one address.
  - `ingress`: reads of a stream key; `reset`: its resets; `export`: downloads of one's own data;
    `write`: all other changes by one person.
  - `chat`: messages per person; `guest_chat`: messages by all guests of one address.
  - `report`: reports per person; `guest_report`: reports by all guests of one address.
- `crowdRequestsPerSecond`: requests a second to each route that a whole audience calls at once
  (200 to 10,000, default 1,000). Lower it if the account's Lambda concurrency is below 1,000.
- `livekitRequestsPerMinute`: LiveKit's quota of API requests (0 to 1,000,000; 0 for none). Chat
  may use half of it, reads of stream keys a fifth. The default is that of LiveKit Cloud, 1,000, if
  `livekitUrl` is there, else 0: https://docs.livekit.io/cloud/quotas-and-limits/
- `streaming`: who may stream: `everyone` (default), or only people whom an operator has `approved`.
- `maxLiveChannels`: how many channels may be live at once (1 to 100,000). Without it, any number.
- `maxDailyHoursPerChannel`: how many hours one channel may stream on a day, in UTC (1 to 24).
  Without it, all day.
- `maxViewers`: the most viewers in a room (1 to 100,000, default 10,000).
- `tableName`: an existing table to use in place of the stack's own, after a restore.
- `chatHistoryHours`: how long chat messages are stored (1 to 720, default 24).
- `branding/`: not a setting but a folder next to the settings file, which git ignores. The site
  gets a page for each of these files in it: `terms.md`, `privacy.md`, `copyright.md`, `imprint.md`.
- `allow`: names of settings and resources of the running stack that this deploy may drop
  (`infra/running.py`), separated by commas. Only in the context, because it is for one deploy.
- `local`: `true` for the emulator on a laptop (`infra/local.py`), with `siteUrl`, the URL of the
  forwarder in front of the emulated distribution.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parent.parent
FILE_VARIABLE: Final = "FOOTLIGHT_SETTINGS"
"""The environment variable that names another settings file, relative to the project's folder."""

SETTINGS = frozenset(
    {
        "name",
        "livekitUrl",
        "siteName",
        "pagesLanguage",
        "domainName",
        "certificateArn",
        "oidcIssuer",
        "oidcClientId",
        "oidcAudience",
        "signUp",
        "emailFrom",
        "replyTo",
        "alarmEmail",
        "securityContact",
        "budget",
        "dashboard",
        "reserve",
        "waf",
        "snapStart",
        "dropGraceSeconds",
        "limits",
        "chatHistoryHours",
        "crowdRequestsPerSecond",
        "livekitRequestsPerMinute",
        "streaming",
        "maxLiveChannels",
        "maxDailyHoursPerChannel",
        "maxViewers",
        "tableName",
        "allow",
        "local",
        "siteUrl",
    }
)

PAGES: Final = ("terms", "privacy", "copyright", "imprint")
"""The pages that an operator can write. Their names are paths, so usernames can't have them."""

FOR_ONE_DEPLOY: Final = frozenset({"allow"})
"""Settings that a file may not have."""

NOT_RECORDED: Final = frozenset({"name", "allow", "local", "siteUrl"})
"""Settings whose absence drops nothing from a running stack."""

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
LIVEKIT_URL_PATTERN = rf"^wss://{_HOST}(?::\d+)?$"
"""Pattern of LiveKit's URL, used for the setting and for the CloudFormation parameter."""

LOCAL_LIVEKIT_URL_PATTERN = rf"^wss?://{_HOST}(?::\d+)?$"

EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
"""Pattern of an address as browsers check it:
https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address"""

LIMIT_NAMES = (
    *("token", "guest_token", "session", "ingress", "reset", "export", "write", "chat"),
    "guest_chat",
    "report",
    "guest_report",
)
"""The limits of `footlight/limits.py`. A test keeps the two in sync."""

_LIMIT = rf"(?:{'|'.join(LIMIT_NAMES)})=[1-9]\d{{0,6}}/[1-9]\d{{0,5}}"
_LIMITS = rf"{_LIMIT}(?: {_LIMIT})*"

MIN_GRACE_SECONDS, MAX_GRACE_SECONDS = 60, 90
"""Long enough for an encoder to reconnect, short enough for lists to be correct soon."""


CLOUD_REQUESTS_PER_MINUTE = 1_000
"""https://docs.livekit.io/cloud/quotas-and-limits/"""


SignUp = Literal["open", "invited", "closed"]


class InvalidSettings(ValueError):
    """All problems with the settings, one per line."""


@dataclass(frozen=True)
class IdentityProvider:
    """An existing OpenID provider of the operator's."""

    issuer: str
    client_id: str
    audience: str


@dataclass(frozen=True)
class Sender:
    """The sender of the user pool's emails."""

    address: str
    reply_to: str | None


@dataclass(frozen=True)
class Domain:
    """The site's own domain. Without one, the site uses CloudFront's."""

    name: str
    certificate_arn: str


@dataclass(frozen=True)
class Emulator:
    """The AWS emulator on this machine, and the forwarder in front of its distribution."""

    host: str
    port: int
    site_url: str


@dataclass(frozen=True)
class Config:
    """The checked settings of one deployment."""

    name: str
    livekit_url: str | None
    site_name: str
    pages_language: str
    domain: Domain | None
    identity_provider: IdentityProvider | None
    sign_up: SignUp
    sender: Sender | None
    alarm_email: str | None
    security_contact: str | None
    """A URI: `mailto:` or `https:`."""
    budget_dollars: int
    dashboard: bool
    reserve: bool
    waf: bool | str
    snap_start: bool
    drop_grace_seconds: int
    limits: str
    chat_history_hours: int
    crowd_requests_per_second: int
    livekit_requests_per_minute: int
    streaming: str
    max_live_channels: int | None
    max_daily_hours: int | None
    max_viewers: int
    table_name: str | None
    emulator: Emulator | None
    allow: frozenset[str] = frozenset()
    pages: Mapping[str, str] = field(default_factory=dict[str, str])
    """The Markdown of the operator's pages by name, in the order of `PAGES`."""
    recorded: Mapping[str, str] = field(default_factory=dict[str, str])
    """Every setting that is set, for the stack's metadata. `infra/running.py` reads it back."""


class _Reader:
    """Reads settings from the context and collects all problems."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.problems: list[str] = []

    def text(self, name: str, pattern: str | None = None, example: str = "") -> str | None:
        value = self.context.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or (pattern and not re.fullmatch(pattern, value)):
            self.problems.append(f"{name}: {value!r} should look like {example or 'text'}")
            return None
        return value

    def flag(self, name: str) -> bool:
        value = self.context.get(name)
        if value in (None, "", False, "false"):
            return False
        if value in (True, "true"):
            return True
        self.problems.append(f"{name}: {value!r} should be true or false")
        return False

    def optional_number(self, name: str, minimum: int, maximum: int) -> int | None:
        if self.context.get(name) in (None, ""):
            return None
        return self.number(name, minimum, minimum, maximum)

    def number(self, name: str, default: int, minimum: int, maximum: int) -> int:
        value = self.context.get(name, default)
        if not str(value).isdecimal() or not minimum <= int(value) <= maximum:
            self.problems.append(
                f"{name}: {value!r} should be a number from {minimum} to {maximum}"
            )
            return default
        return int(value)

    def check_names(self) -> None:
        """Reject unknown names, so typos aren't ignored. CDK's keys contain a colon or slash."""
        for name in self.context:
            if name in SETTINGS or re.search(r"[:/]", name):
                continue
            similar = difflib.get_close_matches(name, SETTINGS, n=1)
            self.problems.append(
                f"{name}: unknown setting{f', did you mean {similar[0]}?' if similar else ''}"
            )

    def both_set(self, first: str, second: str) -> bool:
        """Return whether both settings of a pair are set. One without the other is a problem."""
        names = [name for name in (first, second) if self.context.get(name)]
        if len(names) == 1:
            self.problems.append(f"{first} and {second} go together: only {names[0]} is set")
        return len(names) == 2


def read_file() -> dict[str, Any]:
    """Return the settings in `footlight.toml`, unchecked, or none if there is no file.

    Raises InvalidSettings if it isn't TOML, or if `FOOTLIGHT_SETTINGS` names a missing file.
    """
    file = settings_file()
    try:
        settings = tomllib.loads(file.read_text())
    except FileNotFoundError:
        if os.environ.get(FILE_VARIABLE):
            raise InvalidSettings(f"{FILE_VARIABLE}: there is no file {file}") from None
        return {}
    except (OSError, ValueError) as error:  # ValueError: not UTF-8, or not TOML
        raise InvalidSettings(f"{file}: {error}") from error
    misplaced = sorted(FOR_ONE_DEPLOY & settings.keys())
    if misplaced:
        raise InvalidSettings(
            f"{file}: {misplaced[0]} is for one deploy: make deploy ALLOW=name, "
            f"or cdk deploy -c {misplaced[0]}=name"
        )
    return settings


def read_pages() -> dict[str, str]:
    """Return the Markdown of the operator's pages by name.

    Raises InvalidSettings if a file isn't UTF-8, or if it has another name, such as a misspelled
    one. Hidden files are ignored, because editors and file managers create them.
    """
    folder = settings_file().parent / "branding"
    allowed = {f"{name}.md": name for name in PAGES}
    pages: dict[str, str] = {}
    problems: list[str] = []
    for file in sorted(folder.glob("[!.]*")):
        if file.name not in allowed:
            problems.append(f"{file}: not a page of the site. Pages are {', '.join(allowed)}")
            continue
        try:
            pages[allowed[file.name]] = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:  # ValueError: not UTF-8
            problems.append(f"{file}: {error}")
    if problems:
        raise InvalidSettings("\n".join(problems))
    return {name: pages[name] for name in PAGES if name in pages}


def settings_file() -> Path:
    """Return the path of the settings file, which may be missing."""
    return ROOT / (os.environ.get(FILE_VARIABLE) or "footlight.toml")


def deployment_config(context: Mapping[str, Any] | None = None) -> Config:
    """Return the settings of the file, overridden by CDK context, and the operator's pages.

    Raises InvalidSettings.
    """
    return read_config({**read_file(), **(context or {})}, read_pages())


def read_config(context: Mapping[str, Any], pages: Mapping[str, str] | None = None) -> Config:
    """Return checked settings. Raises InvalidSettings with all problems.

    The emulator's address comes from `AWS_ENDPOINT_URL`, which the CDK CLI uses too.
    """
    reader = _Reader(context)
    reader.check_names()
    local = reader.flag("local")
    config = Config(
        name=reader.text("name", r"[A-Za-z][A-Za-z0-9-]{0,39}", "Footlight-Test") or "Footlight",
        livekit_url=reader.text(
            "livekitUrl",
            LOCAL_LIVEKIT_URL_PATTERN if local else LIVEKIT_URL_PATTERN,
            "wss://project.livekit.cloud",
        ),
        site_name=reader.text("siteName", r"[^\x00-\x1f<>]{1,60}", "Footlight") or "Footlight",
        pages_language=reader.text(
            "pagesLanguage", r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "de or pt-BR"
        )
        or "en",
        domain=_domain(reader),
        identity_provider=_identity_provider(reader),
        sign_up=_sign_up(reader),
        sender=_sender(reader),
        alarm_email=reader.text("alarmEmail", r"[^@\s]+@[^@\s]+", "ops@example.com"),
        security_contact=_security_contact(reader),
        budget_dollars=reader.number("budget", 0, 0, 1_000_000),
        dashboard=reader.flag("dashboard"),
        reserve=reader.flag("reserve"),
        waf=_waf(reader),
        snap_start=reader.flag("snapStart"),
        drop_grace_seconds=reader.number(
            "dropGraceSeconds", 75, MIN_GRACE_SECONDS, MAX_GRACE_SECONDS
        ),
        limits=reader.text("limits", _LIMITS, "reset=5/3600 write=60/60") or "",
        chat_history_hours=reader.number("chatHistoryHours", 24, 1, 720),
        crowd_requests_per_second=reader.number("crowdRequestsPerSecond", 1_000, 200, 10_000),
        livekit_requests_per_minute=reader.number(
            "livekitRequestsPerMinute",
            CLOUD_REQUESTS_PER_MINUTE if _is_at_cloud(context) else 0,
            0,
            1_000_000,
        ),
        streaming=reader.text("streaming", r"everyone|approved", "everyone or approved")
        or "everyone",
        max_live_channels=reader.optional_number("maxLiveChannels", 1, 100_000),
        max_daily_hours=reader.optional_number("maxDailyHoursPerChannel", 1, 24),
        max_viewers=reader.number("maxViewers", 10_000, 1, 100_000),
        table_name=reader.text("tableName", r"[A-Za-z0-9_.-]{3,255}", "Footlight-restored"),
        emulator=_emulator(reader) if local else None,
        allow=frozenset(re.findall(r"[^,\s]+", reader.text("allow") or "")),
        pages=pages or {},
        recorded={**_recorded(context), **{f"branding/{name}.md": "page" for name in pages or {}}},
    )
    if config.budget_dollars and not config.alarm_email:
        reader.problems.append("budget: requires alarmEmail")
    if local and config.livekit_url is None:
        reader.problems.append("livekitUrl: needed with local=true")
    if not local and context.get("siteUrl"):
        reader.problems.append(
            "siteUrl: only for local=true; use domainName for the site's own domain"
        )
    if reader.problems:
        raise InvalidSettings("\n".join(["Invalid settings:", *reader.problems]))
    return config


def _is_at_cloud(context: Mapping[str, Any]) -> bool:
    return str(context.get("livekitUrl") or "").endswith(".livekit.cloud")


def _recorded(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings that are set, as `-c` takes them."""
    texts = {name: context.get(name) for name in SETTINGS - NOT_RECORDED}
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in sorted(texts.items())
        if value not in (None, "")
    }


def _domain(reader: _Reader) -> Domain | None:
    name = reader.text("domainName", _HOST, "live.example.com")
    certificate = reader.text(
        "certificateArn",
        r"arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate/[\w-]+",
        "arn:aws:acm:us-east-1:123456789012:certificate/… (CloudFront requires us-east-1)",
    )
    if not reader.both_set("domainName", "certificateArn") or not (name and certificate):
        return None
    return Domain(name, certificate)


def _identity_provider(reader: _Reader) -> IdentityProvider | None:
    issuer = reader.text(
        "oidcIssuer", rf"https://{_HOST}(?::\d+)?(?:/\S*)?", "https://id.example.com"
    )
    client_id = reader.text("oidcClientId")
    audience = reader.text("oidcAudience")
    if audience and not issuer:
        reader.problems.append("oidcAudience: requires oidcIssuer")
    if not reader.both_set("oidcIssuer", "oidcClientId") or not (issuer and client_id):
        return None
    return IdentityProvider(issuer, client_id, audience or client_id)


def _security_contact(reader: _Reader) -> str | None:
    value = reader.text(
        "securityContact",
        rf"[\w.+-]+@{_HOST}|https://{_HOST}(?::\d+)?(?:/[^\s\"<>\\]*)?",
        "security@example.com or https://example.com/security",
    )
    return f"mailto:{value}" if value and "@" in value.partition("/")[0] else value


def _sign_up(reader: _Reader) -> SignUp:
    value = reader.text("signUp", "open|invited|closed", "open, invited, or closed") or "open"
    if value == "invited" and reader.context.get("oidcIssuer"):
        reader.problems.append(
            "signUp: with oidcIssuer, your identity provider invites people; use open or closed"
        )
    return cast("SignUp", value)


def _sender(reader: _Reader) -> Sender | None:
    address = reader.text("emailFrom", EMAIL, "no-reply@example.com")
    reply_to = reader.text("replyTo", EMAIL, "help@example.com")
    if reply_to and not reader.context.get("emailFrom"):
        reader.problems.append("replyTo: requires emailFrom")
    return Sender(address, reply_to) if address else None


def _waf(reader: _Reader) -> bool | str:
    value = reader.context.get("waf")
    if isinstance(value, str) and value.startswith("arn:"):
        return value
    if not reader.flag("waf"):
        return False
    if os.environ.get("CDK_DEFAULT_REGION") != "us-east-1":
        reader.problems.append(
            "waf: CloudFront requires a web ACL in us-east-1; set the ARN of one, "
            "or deploy the stack in us-east-1"
        )
    return True


def _emulator(reader: _Reader) -> Emulator:
    address = urlsplit(os.environ.get("AWS_ENDPOINT_URL") or "http://127.0.0.1:4566")
    site_url = reader.text("siteUrl", r"http://[\w.-]+(?::\d+)?", "http://localhost:8080")
    return Emulator(
        # CloudFront origins must be host names, not IP addresses.
        host="localhost" if address.hostname in (None, "127.0.0.1") else str(address.hostname),
        port=address.port or 80,
        site_url=site_url or "http://localhost:8080",
    )
