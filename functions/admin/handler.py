"""`/api/admin/*`: what operators do: find people, suspend them, and read the log."""

from typing import Annotated

from footlight.edge.http import Api
from footlight.edge.operator_auth import CurrentOperator
from footlight.errors import NotFound, Oneself, RateLimited
from footlight.operators import suspensions
from footlight.operators.log import OperatorLog, read_log
from footlight.operators.people import PeopleForOperators, find_people
from footlight.text import RequiredReason
from footlight.wire import Request

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AwareDatetime, Field

app = Api("operating")
handler = app.resolve

Username = Annotated[str, Path()]
Cursor = Annotated[str | None, Query(max_length=1024)]


class SuspensionRequest(Request):
    """Why an account is suspended, which its owner can read, and until when."""

    reason: RequiredReason
    until: Annotated[
        AwareDatetime | None, Field(strict=False, description="Null: until it is lifted")
    ] = None


@app.put("/api/admin/suspensions/<username>", NotFound, Oneself, RateLimited)
def put_suspension(username: Username, request: SuspensionRequest, me: CurrentOperator) -> None:
    """Suspend an account. Idempotent.

    Its channel disappears for everyone, its broadcast ends, and its stream key stops working. The
    owner may only read. Another reason or end replaces the current one.
    """
    suspensions.suspend(me, username, request.reason, request.until)


@app.delete("/api/admin/suspensions/<username>", NotFound, Oneself, RateLimited)
def delete_suspension(username: Username, me: CurrentOperator) -> None:
    """Lift a suspension. Idempotent."""
    suspensions.lift(me, username)


@app.get("/api/admin/people")
def get_people(
    me: CurrentOperator,
    term: Annotated[
        str, Query(max_length=100, description="Omit it to list the suspended people")
    ] = "",
    cursor: Cursor = None,
) -> PeopleForOperators:
    """Find people by words of their username or title, suspended ones too."""
    del me
    return find_people(term, cursor)


@app.get("/api/admin/log")
def get_operator_log(me: CurrentOperator, cursor: Cursor = None) -> OperatorLog:
    """List what operators did, newest first."""
    del me
    return read_log(cursor)
