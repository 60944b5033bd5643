"""After a broadcast, a reset, sign-ins, and tokens, no logs, data, or files contain secrets.

Three files of `.local/` contain secrets by design, and only their owner can read them:
`livekit.yaml` and `livekit-keys.json` (LiveKit's key and secret), and `outputs.json` (the same, and
the demo people's passwords). They are not checked, and they are outside the folder of the logs.
"""

import base64
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest

from local import settings
from tests.stack.rooms import admitted
from tests.stack.support import Stack, aws, broadcast, stored, webhooks

pytestmark = pytest.mark.attack

BY_DESIGN: Final = (settings.LIVEKIT_CONFIG, settings.LIVEKIT_KEYS, settings.OUTPUTS)
ADDRESS: Final = "203.0.113.77"  # reserved for documentation, so it appears nowhere by chance
PLANTED: Final = "planted0needle"
SHORTEST_SECRET: Final = 12


@dataclass(frozen=True)
class Place:
    """Texts by name that may contain secrets. One of them certainly contains `has`."""

    has: str
    texts: dict[str, bytes]


@dataclass(frozen=True)
class Run:
    """The secrets that were used, and the texts to search for them."""

    secrets: dict[str, str]
    places: dict[str, Place]


@pytest.fixture(scope="module")
def run(stack: Stack) -> Run:
    """Do everything that could leak a secret, then collect all texts."""
    stack.api().get(f"/api/pages/channels/{PLANTED}")
    cleo, guest = stack.api("cleo"), stack.api()
    tokens = {"a viewer token": admitted(cleo, "bob"), "a guest's token": admitted(guest, "bob")}
    with broadcast(stack, "bob") as bob:
        bob_id = bob.get("/api/pages/channels/bob").json["user"]["id"]
        first = bob.get("/api/ingress").json["streamKey"]
        second = bob.post("/api/ingress", {"inputType": "whip"}).json["streamKey"]
    spoofed = {name: ADDRESS for name in ("X-Forwarded-For", "Forwarded", "True-Client-IP")}
    for caller in (cleo, guest):  # some requests succeed, others are refused
        caller.call("POST", "/api/token", {"host": "bob"}, headers=spoofed)
        caller.call("POST", "/api/token", {"host": second}, headers=spoofed)
        caller.call("GET", f"/api/pages/search?term={PLANTED}", headers=spoofed)
    expired = {"Authorization": f"Bearer {tokens['a viewer token']['token']}"} | spoofed
    stack.api().call("GET", "/api/me", headers=expired)
    stack.api().call("POST", "/api/webhook/livekit", content=second.encode(), headers=expired)

    used = {name: admission["token"] for name, admission in tokens.items()}
    used |= {"an access token": cleo.token or "", "bob's access token": bob.token or ""}
    used |= {f"the guest's cookie {name}": value for name, value in guest.cookies.items()}
    assert first in webhook_keys(stack)
    used |= {f"stream key {key[:4]}…": key for key in {first, second, *webhook_keys(stack)}}
    used |= deployed_secrets()
    assert min(map(len, used.values())) >= SHORTEST_SECRET
    return Run(
        secrets=used,
        places={
            "the parts' logs": Place(PLANTED, files(settings.LOGS)),
            "the functions' logs": Place(bob_id, dict(function_logs())),
            "the table": Place(bob_id, {item["pk"]["S"]: json_of(item) for item in stored()}),
            "the site's files": Place("<html", files(settings.SITE_FILES)),
            "the templates and assets": Place("Footlight", files(settings.STATE / "cdk.out")),
        },
    )


def webhook_keys(stack: Stack) -> set[str]:
    """Return all stream keys in LiveKit's webhooks, including those of earlier tests."""
    bodies = b"\n".join(webhook.body for webhook in webhooks(stack))
    return {key.decode() for key in re.findall(rb'"streamKey":\s*"(\w+)"', bodies)}


def deployed_secrets() -> dict[str, str]:
    """Return all secret values in Secrets Manager."""
    manager = aws("secretsmanager")
    values: dict[str, str] = {}
    for secret in manager.list_secrets()["SecretList"]:
        value = manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        try:
            values |= json.loads(value)
        except ValueError:
            values[secret["Name"]] = value
    assert "LIVEKIT_API_SECRET" in values
    del values["LIVEKIT_API_KEY"]  # not a secret: each token contains it
    return {name: value for name, value in values.items() if value}


def json_of(item: dict[str, Any]) -> bytes:
    return json.dumps(item).encode()


def function_logs() -> Iterator[tuple[str, bytes]]:
    """Yield the functions' logs from the emulated CloudWatch."""
    logs = aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
        lines = [event["message"] for page in pages for event in page["events"]]
        yield name, "\n".join(lines).encode()


def files(folder: Path) -> dict[str, bytes]:
    """Return all files in a folder by name. Of identical files, return only one."""
    by_content = {path.read_bytes(): path for path in folder.rglob("*") if path.is_file()}
    return {str(path.relative_to(folder)): text for text, path in by_content.items()}


def encoded_forms(text: str) -> set[bytes]:
    """Return a text unchanged, URL-encoded, and as part of base64 at each of the three offsets."""
    plain = text.encode()
    forms = {plain, quote(text, safe="").encode()}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        # The first and last letters also depend on the surrounding bytes.
        forms.add(coded[4 if before else 0 : -4])
    return forms


def found_in(place: Place, wanted: dict[str, str]) -> set[tuple[str, str]]:
    """Return the name of each wanted text that occurs, with the name of the text it is in."""
    return {
        (label, name)
        for label, encodings in {
            label: encoded_forms(text) for label, text in wanted.items()
        }.items()
        for name, text in place.texts.items()
        if any(encoding in text for encoding in encodings)
    }


PLACES: Final = (
    "the parts' logs",
    "the functions' logs",
    "the table",
    "the site's files",
    "the templates and assets",
)


@pytest.mark.parametrize("name", PLACES)
def test_no_secrets_are_in(run: Run, name: str) -> None:
    place = run.places[name]
    assert found_in(place, {"a known text": place.has})
    assert found_in(place, run.secrets) == set()


@pytest.mark.parametrize("name", ["the functions' logs", "the table", "the parts' logs"])
def test_a_caller_s_spoofed_address_is_not_in(run: Run, name: str) -> None:
    assert found_in(run.places[name], {"an address": ADDRESS}) == set()


@pytest.mark.parametrize("name", ["the functions' logs", "the table"])
def test_no_personal_data_is_in(stack: Stack, run: Run, name: str) -> None:
    # The functions see the emulator's address for every caller.
    about = {"an address": f'"{settings.LISTEN_ON}"', "a field for it": "sourceIp"}
    about |= {user.email: user.email for user in stack.users}
    assert found_in(run.places[name], about) == set()


def test_a_secret_is_found_in_every_encoding(run: Run) -> None:
    secret = run.secrets["LIVEKIT_API_SECRET"]
    wanted = {"it": secret}
    for before in ("", "x", "xy", "xyz"):
        text = f"{before}{secret}."
        for encoding in (text, quote(text, safe=""), base64.b64encode(text.encode()).decode()):
            place = Place("", {"a": b"nothing", "b": encoding.encode()})
            assert found_in(place, wanted) == {("it", "b")}
        place = Place("", {"a": text.replace(secret, secret[1:]).encode()})
        assert found_in(place, wanted) == set()


def test_only_the_owner_can_read_files_with_secrets_by_design() -> None:
    for path in BY_DESIGN:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert settings.LOGS not in path.parents
