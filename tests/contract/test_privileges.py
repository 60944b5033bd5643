"""The privilege matrix: what every route of the description answers to every role.

Each role makes the first good call of the route table, with its own credential. The roles are about
the channel of ann, which the path or the body names.
"""

import re
from typing import Any, Final

import pytest

from footlight import identities
from footlight.watching import viewer_tokens
from tests.support.api import Answer, Person
from tests.support.openapi import OPERATIONS
from tests.support.routes import ROUTES, VIEWER_TOKEN, Route
from tests.support.world import GUEST, TAB, World

ROLES: Final = {
    "guest": "",
    "person": "bob",
    "creator": "ann",
    "moderator": "mia",
    "suspended": "sam",
    "operator": "olga",
}
"""The person of the world in each role. A guest has no access token. Bob moderates no channel."""

MATRIX: Final = """
route                                            guest         person        creator       moderator     suspended     operator
GET /api/admin/log                               unauthorized  forbidden     forbidden     forbidden     forbidden     200
DELETE /api/admin/notice                         unauthorized  forbidden     forbidden     forbidden     suspended     204
PUT /api/admin/notice                            unauthorized  forbidden     forbidden     forbidden     suspended     204
GET /api/admin/people                            unauthorized  forbidden     forbidden     forbidden     forbidden     200
GET /api/admin/reports                           unauthorized  forbidden     forbidden     forbidden     forbidden     200
PATCH /api/admin/reports/{id}                    unauthorized  forbidden     forbidden     forbidden     suspended     200
DELETE /api/admin/streamers/{username}           unauthorized  forbidden     forbidden     forbidden     suspended     204
PUT /api/admin/streamers/{username}              unauthorized  forbidden     forbidden     forbidden     suspended     204
DELETE /api/admin/suspensions/{username}         unauthorized  forbidden     forbidden     forbidden     suspended     204
PUT /api/admin/suspensions/{username}            unauthorized  forbidden     forbidden     forbidden     suspended     204
GET /api/admin/usage                             unauthorized  forbidden     forbidden     forbidden     forbidden     200
GET /api/blocks                                  unauthorized  200           200           200           200           200
DELETE /api/blocks/guests/{guestId}              unauthorized  204           204           204           suspended     204
PUT /api/blocks/guests/{guestId}                 unauthorized  204           204           204           suspended     204
DELETE /api/blocks/{username}                    unauthorized  204           204           204           suspended     204
PUT /api/blocks/{username}                       unauthorized  self          204           204           suspended     204
GET /api/chat/{username}                         200           200           200           200           200           200
POST /api/chat/{username}                        201           201           201           201           suspended     201
DELETE /api/chat/{username}/blocks/{viewerId}    unauthorized  forbidden     204           204           suspended     forbidden
PUT /api/chat/{username}/blocks/{viewerId}       unauthorized  forbidden     204           204           suspended     forbidden
POST /api/chat/{username}/clear                  unauthorized  forbidden     204           204           suspended     forbidden
GET /api/chat/{username}/timeouts                unauthorized  forbidden     200           200           forbidden     forbidden
DELETE /api/chat/{username}/timeouts/{viewerId}  unauthorized  forbidden     204           204           suspended     forbidden
PUT /api/chat/{username}/timeouts/{viewerId}     unauthorized  forbidden     204           204           suspended     forbidden
DELETE /api/chat/{username}/{messageId}          unauthorized  forbidden     204           204           suspended     forbidden
DELETE /api/follows/{username}                   unauthorized  204           self          204           suspended     204
PUT /api/follows/{username}                      unauthorized  self          204           204           suspended     204
DELETE /api/ingress                              unauthorized  204           204           204           suspended     204
GET /api/ingress                                 unauthorized  not_found     200           not_found     not_found     not_found
PATCH /api/ingress                               unauthorized  not_found     200           not_found     suspended     not_found
POST /api/ingress                                unauthorized  200           200           200           suspended     200
DELETE /api/me                                   unauthorized  202           202           202           202           202
GET /api/me                                      unauthorized  200           200           200           200           200
PUT /api/me, a bio                               unauthorized  200           200           200           suspended     200
GET /api/me/export                               unauthorized  200           200           200           200           200
GET /api/moderation/log                          unauthorized  200           200           200           200           200
GET /api/moderators                              unauthorized  200           200           200           200           200
DELETE /api/moderators/{username}                unauthorized  204           204           self          suspended     204
PUT /api/moderators/{username}                   unauthorized  self          204           204           suspended     204
GET /api/openapi.json                            200           200           200           200           200           200
GET /api/pages/channels/{username}               200           200           200           200           200           200
GET /api/pages/dashboard                         unauthorized  200           200           200           200           200
GET /api/pages/home                              200           200           200           200           200           200
GET /api/pages/live/{username}                   200           200           200           200           200           200
GET /api/pages/search                            200           200           200           200           200           200
GET /api/pages/sessions                          unauthorized  200           200           200           200           200
POST /api/reports                                201           201           self          201           suspended     201
DELETE /api/session                              200           200           200           200           200           200
GET /api/session/callback                        302           302           302           302           302           302
GET /api/session/login                           302           302           302           302           302           302
GET /api/session/passkey                         302           302           302           302           302           302
POST /api/session/token                          200           200           200           200           200           200
PATCH /api/stream                                unauthorized  200           200           200           suspended     200
POST /api/stream/catch-up                        unauthorized  204           204           204           suspended     204
POST /api/stream/end                             unauthorized  204           204           204           suspended     204
POST /api/token                                  200           200           200           200           suspended     200
POST /api/webhook/livekit                        unauthorized  unauthorized  unauthorized  unauthorized  unauthorized  unauthorized
GET /index.html                                  200           200           200           200           200           200
"""  # noqa: E501 - a table
"""The status or the error code of each route for each role. A route stands for its first row of the
route table."""


(_, *COLUMNS), *LINES = (re.split(r" {2,}", line) for line in MATRIX.strip().splitlines())
EXPECTED: Final = {name: dict(zip(COLUMNS, answers, strict=True)) for name, *answers in LINES}
ROWS: Final = {row.route: row for row in reversed(ROUTES)} | {row.name: row for row in ROUTES}
PAIRS: Final = [(name, role) for name in EXPECTED for role in ROLES]


def test_every_route_of_the_description_has_its_answers() -> None:
    assert sorted(name.partition(",")[0] for name in EXPECTED) == sorted(OPERATIONS)


def called_by(world: World, row: Route, person: Person | None) -> Answer:
    """Make the call of a row with the credential of someone else.

    That is a viewer token for ann's room if the route takes one, and an access token otherwise.
    """
    call: dict[str, Any] = row.call.arguments(world, row.method, row.path)
    call |= {"headers": None, "signed_in_as": person, "token": None}  # without LiveKit's signature
    if row.who == VIEWER_TOKEN:
        viewer = (
            identities.Person(person.id, person.username) if person else identities.Guest(GUEST)
        )
        token = viewer_tokens.mint(viewer, host_id=world.people.ann.id, tab=TAB, hidden=False).token
        call |= {"signed_in_as": None, "token": token}
    return world.api.call(**call)


@pytest.mark.parametrize(("name", "role"), PAIRS)
def test_a_role_gets_the_answer_of_the_matrix(world: World, name: str, role: str) -> None:
    row, person = ROWS[name], ROLES[role]
    answer = called_by(world, row, getattr(world.people, person) if person else None)
    if answer.status < 400:
        assert str(answer.status) == EXPECTED[name][role]
        return
    code = answer.body["error"]["code"]
    assert code == EXPECTED[name][role]
    assert f"`{code}`" in OPERATIONS[row.route]["responses"][str(answer.status)]["description"]
    assert world.is_as_begun()
