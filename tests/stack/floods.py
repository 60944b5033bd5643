"""Requests to every route of the API description, by each role that reaches further than a guest.

The table of the routes has who may call each, and a good body. The requests name a channel or a
person that a flood of them can't harm.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.stack.rooms import admitted
from tests.stack.support import Answer, Api, Stack, new_login, sign_in
from tests.support.routes import OPERATOR, ROUTES, VIEWER_TOKEN, Route

HOST: Final = "bob"
NO_ONE: Final = "no_one_has_this_name"
"""Whom operators suspend and approve."""
SENDS_MESSAGES: Final = "POST /api/chat/{username}"
DELETES_ACCOUNT: Final = "DELETE /api/me"
ROWS: Final = {row.route: row for row in reversed(ROUTES)}
"""The first row of each route."""


def message(number: int) -> dict[str, Any]:
    return {"text": f"{number}", "id": str(uuid.uuid4())}


@dataclass(frozen=True)
class Flood:
    """The requests to one route, and its attackers, who take turns."""

    row: Route
    path: str
    attackers: list[Api]

    def send(self, caller: Api, number: int) -> Answer:
        body = self.row.call.body if isinstance(self.row.call.body, dict) else None
        given = message(number) if self.row.route == SENDS_MESSAGES else body
        return caller.call(self.row.method, self.path, given)


def flood_of(
    route: str,
    stack: Stack,
    account: Api,
    admit: Callable[[Api, str], dict[str, str]] = admitted,
) -> Flood:
    """Return the flood of a route by an account and a guest, or by an operator and an account.

    `admit` gets the viewer tokens, which routes of the chat need.
    """
    row = ROWS[route]
    account, guest = Api(account.base, account.token), stack.api()
    attackers = [account, guest]
    if row.who == OPERATOR:
        attackers = [stack.api(stack.operator.username), account]
    elif row.who == VIEWER_TOKEN:
        for caller in attackers:
            caller.token = admit(caller, HOST)["token"]
    elif route == DELETES_ACCOUNT:  # A person without an account has nothing to lose.
        attackers = [sign_in(stack, new_login("", "flood@example.com")), guest]
    if "session" in row.path:
        guest.cookies["footlight_session"] = "made-up"
    username = NO_ONE if row.who == OPERATOR else HOST
    names = {"username": username, "guestId": uuid.uuid4(), "viewerId": uuid.uuid4()}
    path = row.path.format(**names, messageId=uuid.uuid4(), id=uuid.uuid4())
    query = "&".join(f"{name}={value}" for name, value in (row.call.query or {}).items())
    return Flood(row, path + (f"?{query}" if query else ""), attackers)
