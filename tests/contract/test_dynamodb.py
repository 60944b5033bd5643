"""What DynamoDB refuses, recognizes, or answers otherwise than moto: see docs/dynamodb.md.

With moto, some of these tests can't fail. `make test-dynamodb` runs them on dynoxide.
"""

import re
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from footlight import clock, cursors
from footlight.channels.search import search
from footlight.errors import InvalidRequest
from footlight.tables import users
from footlight.tables.items import get, newest
from footlight.tables.transactions import add, commit, delete, put_new
from footlight.tables.users import Name, Profile
from local.settings import ROOT
from local.tools import DYNOXIDE_VERSION
from tests.support.chat import Chat
from tests.support.people import a_person, caller
from tests.support.routes import ROUTES, Route
from tests.support.world import World

DEVELOPMENT, EMULATOR = "requirements/dev.txt", "requirements/emulator.txt"

pytestmark = pytest.mark.usefixtures("deployed")


def a_profile(user_id: str) -> Profile:
    return users.profile(user_id).new(user_id=user_id, username="ann", created_at=clock.now())


def test_the_documentation_names_the_versions_that_it_compares() -> None:
    stated = re.findall(
        r"^\| \[\w+\]\S+ \| (.+?) \|", (ROOT / "docs/dynamodb.md").read_text(), re.M
    )
    pinned = [
        re.findall(rf"^{name}(?:\[.*\])?==([\d.]+)", (ROOT / lock).read_text(), re.M)
        for name, lock in (("moto", DEVELOPMENT), ("ministack", EMULATOR))
    ]
    assert stated == [*pinned[0], f"dynoxide-rs {DYNOXIDE_VERSION}", *pinned[1]]


# --- transactions ---


@pytest.fixture
def sent(deployed: None, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies of requests. The first gets no response, although it is done."""
    bodies: list[bytes] = []
    send: Any = URLLib3Session.send

    def lose_the_first(self: Any, request: Any) -> Any:
        response = send(self, request)
        bodies.append(request.body)
        if len(bodies) == 1:
            raise ReadTimeoutError(endpoint_url=request.url)
        return response

    monkeypatch.setattr(URLLib3Session, "send", lose_the_first)
    return bodies


@pytest.mark.strict
def test_a_resent_transaction_is_done_once(sent: list[bytes]) -> None:
    """Moto ignores the token of the request, and does it again."""
    profile = a_profile("a")
    assert commit(put_new(profile), put_new(users.name("ann").new(user_id="a")))
    assert len(sent) == 2
    assert sent[0] == sent[1]

    sent.clear()
    assert commit(add(users.profile("a"), follower_count=1), delete(users.name("ann")))
    assert len(sent) == 2
    found = get(users.profile("a"), consistent=True)
    assert found
    assert found.follower_count == 1


# --- what requests must not contain ---


def test_a_search_refuses_the_cursor_of_another_search() -> None:
    """DynamoDB refuses a start outside of the key condition."""
    ann = a_person("ann")
    cursor = cursors.encode(f"ann#{ann.id}")
    assert search(caller(None), "ann", cursor).results == []
    with pytest.raises(InvalidRequest):
        search(caller(None), "bob", cursor)


def test_a_page_of_the_chat_that_begins_before_a_reset_is_empty(chat: Chat) -> None:
    """DynamoDB refuses a range whose first key sorts after its last."""
    chat.said(chat.bob, "hello")
    old = cursors.encode(f"{chat.kept()[0].sent_ms - 1:013d}#")
    chat.writes_settings(chat_cleared_ms=clock.ms(clock.now()))
    assert chat.reads(chat.carl, before=old)["messages"] == []


WITH_PARAMETERS = [
    pytest.param(row, parameter, id=f"{row.name}: {parameter}")
    for row in ROUTES
    for parameter in re.findall(r"{\w+}", row.path)
]


@pytest.mark.parametrize(("row", "parameter"), WITH_PARAMETERS)
def test_a_parameter_that_is_longer_than_a_key_is_refused(
    world: World, row: Route, parameter: str
) -> None:
    """DynamoDB refuses partition keys over 2,048 bytes and sort keys over 1,024, in reads too."""
    arguments = row.call.arguments(world, row.method, row.path)
    template = row.path.replace(parameter, "a" * 3000)
    arguments["path"] = row.call.path(template, world.people)
    assert 400 <= world.api.call(**arguments).status < 500


# --- pages ---


def test_a_page_that_ends_with_the_items_is_the_last() -> None:
    """DynamoDB announces another page if it read as many items as requested."""
    for number in range(3):
        Name("NAME#ann", f"{number}", user_id="a").save()
    pages = [newest(Name, "NAME#ann", before, 2) for before in (None, "2")]
    assert [([item.sk for item in found], more) for found, more in pages] == [
        (["2", "1"], True),
        (["1", "0"], False),
    ]


def test_a_partition_over_a_megabyte_is_read_whole() -> None:
    for number in range(4):
        Name("NAME#ann", f"{number}", user_id="x" * 350_000).save()
    found, has_more = newest(Name, "NAME#ann", None, 10)
    assert ([item.sk for item in found], has_more) == (["3", "2", "1", "0"], False)
