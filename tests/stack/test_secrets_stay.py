"""After a broadcast, a reset, sign-ins and tokens, whatever the run left holds none of the secrets.

Three files of `.local/` hold secrets by design and are not looked at, each readable by its owner
alone: `livekit.yaml` and `livekit-keys.json` (LiveKit's own key and secret), `outputs.json` (the
same, and the demo people's passwords). They stand beside the logs, not among them.
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

BY_DESIGN: Final = (settings.LIVEKIT_CONFIG, settings.LIVEKIT_KEYS, settings.OUTPUTS)
ADDRESS: Final = "203.0.113.77"  # of a documentation network: found nowhere by chance
PLANTED: Final = "planted0needle"
SHORTEST_SECRET: Final = 12


@dataclass(frozen=True)
class Place:
    """Where something may have been left, each text by its name; `has` is certainly in one."""

    has: str
    texts: dict[str, bytes]


@dataclass(frozen=True)
class Run:
    """What was used, and what it left behind."""

    secrets: dict[str, str]
    places: dict[str, Place]


@pytest.fixture(scope="module")
def run(stack: Stack) -> Run:
    """Everything that a secret could be left by, and then a look into every corner."""
    stack.api().get(f"/api/pages/channels/{PLANTED}")
    cleo, guest = stack.api("cleo"), stack.api()
    tokens = {"a viewer token": admitted(cleo, "bob"), "a guest's token": admitted(guest, "bob")}
    with broadcast(stack, "bob") as bob:
        bob_id = bob.get("/api/pages/channels/bob").json["user"]["id"]
        first = bob.get("/api/ingress").json["streamKey"]
        second = bob.post("/api/ingress", {"inputType": "whip"}).json["streamKey"]
    wears = {name: ADDRESS for name in ("X-Forwarded-For", "Forwarded", "True-Client-IP")}
    for caller in (cleo, guest):  # taken, and refused in several ways
        caller.call("POST", "/api/token", {"host": "bob"}, headers=wears)
        caller.call("POST", "/api/token", {"host": second}, headers=wears)
        caller.call("GET", f"/api/pages/search?term={PLANTED}", headers=wears)
    expired = {"Authorization": f"Bearer {tokens['a viewer token']['token']}"} | wears
    stack.api().call("GET", "/api/me", headers=expired)
    stack.api().call("POST", "/api/webhook/livekit", content=second.encode(), headers=expired)

    used = {name: admission["token"] for name, admission in tokens.items()}
    used |= {"an access token": cleo.token or "", "bob's access token": bob.token or ""}
    used |= {f"the guest's cookie {name}": value for name, value in guest.cookies.items()}
    assert first in told_keys(stack)
    used |= {f"stream key {key[:4]}…": key for key in {first, second, *told_keys(stack)}}
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


def told_keys(stack: Stack) -> set[str]:
    """Stream keys of other tests before: LiveKit tells them in clear in its webhooks."""
    bodies = b"\n".join(webhook.body for webhook in webhooks(stack))
    return {key.decode() for key in re.findall(rb'"streamKey":\s*"(\w+)"', bodies)}


def deployed_secrets() -> dict[str, str]:
    """Each value of each secret in Secrets Manager that is one, and no name."""
    manager = aws("secretsmanager")
    found: dict[str, str] = {}
    for secret in manager.list_secrets()["SecretList"]:
        value = manager.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        try:
            found |= json.loads(value)
        except ValueError:
            found[secret["Name"]] = value
    assert "LIVEKIT_API_SECRET" in found
    del found["LIVEKIT_API_KEY"]  # a name: each token says it
    return {name: value for name, value in found.items() if value}


def json_of(item: dict[str, Any]) -> bytes:
    return json.dumps(item).encode()


def function_logs() -> Iterator[tuple[str, bytes]]:
    """All that the functions have written; the emulator keeps it as CloudWatch would."""
    logs = aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
        lines = [event["message"] for page in pages for event in page["events"]]
        yield name, "\n".join(lines).encode()


def files(folder: Path) -> dict[str, bytes]:
    """All files under a folder by their names; of equal ones (libraries, in each asset) one."""
    found = {path.read_bytes(): path for path in folder.rglob("*") if path.is_file()}
    return {str(path.relative_to(folder)): text for text, path in found.items()}


def disguises(text: str) -> set[bytes]:
    """A text as it is, in an address, and within base64, wherever it begins there."""
    plain = text.encode()
    found = {plain, quote(text, safe="").encode()}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        # The first and the last letters are those of what stands around as well.
        found.add(coded[4 if before else 0 : -4])
    return found


def found_in(place: Place, wanted: dict[str, str]) -> set[tuple[str, str]]:
    """Which of what is wanted was found, and in which text, both by name."""
    return {
        (label, name)
        for label, looks in {label: disguises(text) for label, text in wanted.items()}.items()
        for name, text in place.texts.items()
        if any(look in text for look in looks)
    }


PLACES: Final = (
    "the parts' logs",
    "the functions' logs",
    "the table",
    "the site's files",
    "the templates and assets",
)


@pytest.mark.parametrize("name", PLACES)
def test_none_of_the_secrets_was_left_in(run: Run, name: str) -> None:
    place = run.places[name]
    assert found_in(place, {"what is there": place.has})
    assert found_in(place, run.secrets) == set()


@pytest.mark.parametrize("name", ["the functions' logs", "the table", "the parts' logs"])
def test_the_address_that_a_caller_claims_was_not_left_in(run: Run, name: str) -> None:
    assert found_in(run.places[name], {"an address": ADDRESS}) == set()


@pytest.mark.parametrize("name", ["the functions' logs", "the table"])
def test_nothing_that_leads_to_a_person_was_left_in(stack: Stack, run: Run, name: str) -> None:
    # The address that the functions see is the emulator's for everybody.
    about = {"an address": f'"{settings.LISTEN_ON}"', "a field for it": "sourceIp"}
    about |= {user.email: user.email for user in stack.users}
    assert found_in(run.places[name], about) == set()


def test_a_secret_is_found_in_whichever_guise(run: Run) -> None:
    secret = run.secrets["LIVEKIT_API_SECRET"]
    wanted = {"it": secret}
    for before in ("", "x", "xy", "xyz"):
        text = f"{before}{secret}."
        for guise in (text, quote(text, safe=""), base64.b64encode(text.encode()).decode()):
            place = Place("", {"a": b"nothing", "b": guise.encode()})
            assert found_in(place, wanted) == {("it", "b")}
        place = Place("", {"a": text.replace(secret, secret[1:]).encode()})
        assert found_in(place, wanted) == set()


def test_what_holds_secrets_by_design_is_its_owner_s_alone() -> None:
    for path in BY_DESIGN:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert settings.LOGS not in path.parents
