"""`make operator`, `make suspend`, `make unsuspend`, and `make approve`."""

from collections.abc import Generator

import pytest

from footlight.aws import background
from footlight.identities import Person
from footlight.operators.log import read_log
from footlight.standing import current_standing
from footlight.tables.items import batch_get
from footlight.tables.operators import operator_ref
from footlight.tables.standing import standing_ref
from footlight.tables.streamers import streamer_ref
from operations import operators
from operations.checks import Failed
from tests.support.deployment import BEGUN
from tests.support.people import a_person


@pytest.fixture
def ann(table: None, monkeypatch: pytest.MonkeyPatch) -> Generator[Person]:
    """A user of the deployment."""
    monkeypatch.setattr(background, "_start", BEGUN.append)
    BEGUN.clear()
    yield a_person("ann")
    BEGUN.clear()


def actions() -> list[tuple[str | None, str, str, str]]:
    return [
        (entry.by.id, entry.by.name, entry.action, entry.whom.name)
        for entry in reversed(read_log(None).entries)
    ]


def is_operator(person: Person) -> bool:
    role = operator_ref(person.id)
    return role in batch_get(role, consistent=True)


def test_the_role_is_given_and_taken_once(ann: Person) -> None:
    assert operators.run(["appoint", "ann"]) == "ann is an operator"
    assert operators.run(["appoint", "ann"]) == "ann is an operator already"
    assert is_operator(ann)
    assert operators.run(["dismiss", "ann"]) == "ann is no operator anymore"
    assert operators.run(["dismiss", "ann"]) == "ann is no operator"
    assert not is_operator(ann)
    assert actions() == [
        (None, "command line", "appointed", "ann"),
        (None, "command line", "dismissed", "ann"),
    ]


@pytest.mark.parametrize(
    ("until", "stored"),
    [
        ("", None),
        ("2100-01-31", "2100-01-31T00:00:00+00:00"),
        ("2100-01-31T01:00+01:00", "2100-01-31T00:00:00+00:00"),
    ],
)
def test_an_account_is_suspended_and_the_suspension_lifted(
    ann: Person, until: str, stored: str | None
) -> None:
    operators.run(["suspend", "ann", "--reason", "Don't", "--until", until])
    item = current_standing(ann.id, batch_get(standing_ref(ann.id), consistent=True))
    assert item
    assert (item.reason, item.until.isoformat() if item.until else None) == ("Don't", stored)
    assert operators.run(["lift", "ann"]) == "ann is not suspended"
    assert not current_standing(ann.id, batch_get(standing_ref(ann.id), consistent=True))
    assert [each[2] for each in actions()] == ["suspended", "lifted"]
    assert [{"channel": ann.id, "settles": True}] * 2 == BEGUN


def test_a_person_is_approved_and_the_approval_withdrawn(ann: Person) -> None:
    approval = streamer_ref(ann.id)
    assert operators.run(["approve", "ann"]) == "ann is approved"
    assert operators.run(["approve", "ann"]) == "ann is approved already"
    assert approval in batch_get(approval, consistent=True)
    for _ in range(2):
        assert operators.run(["withdraw", "ann"]) == "ann is not approved"
        assert approval not in batch_get(approval, consistent=True)
    assert [each[2] for each in actions()] == ["approved", "withdrawn"]
    assert [{"channel": ann.id, "settles": True}] * 4 == BEGUN


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["appoint", ""], "name a user"),
        (["appoint", "noel"], "no user has the name noel"),
        (["lift", "noel"], "no user has the name noel"),
        (["approve", "noel"], "no user has the name noel"),
        (["suspend", "ann"], "REASON"),
        (["suspend", "ann", "--reason", "spam", "--until", "soon"], "UNTIL: soon"),
        (["suspend", "ann", "--reason", "spam", "--until", "2020-01-01"], "future"),
    ],
)
def test_an_invalid_command_says_what_is_wrong(
    ann: Person, arguments: list[str], problem: str
) -> None:
    with pytest.raises(Failed, match=problem):
        operators.run(arguments)
    assert actions() == []
