"""`/api/admin/*`: what operators do: find people, suspend them, decide reports, read the log."""

from typing import Annotated

from footlight.edge.http import Api
from footlight.edge.operator_auth import CurrentOperator
from footlight.errors import NotFound, Oneself, RateLimited
from footlight.literals import Decision, ReportState
from footlight.operators import approvals, decisions, notices, suspensions
from footlight.operators.decisions import Reports, ReportView
from footlight.operators.log import OperatorLog, read_log
from footlight.operators.people import PeopleForOperators, find_people
from footlight.operators.usage import Usage, read_usage
from footlight.text import NoticeText, Reason, RequiredReason
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


class DecisionRequest(Request):
    """What an operator decides about a report. With `suspended`, the person can read the note."""

    decision: Decision
    note: Reason | None = None


class NoticeRequest(Request):
    """What every page of the site shows."""

    text: NoticeText


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


@app.put("/api/admin/streamers/<username>", NotFound, RateLimited)
def put_streamer(username: Username, me: CurrentOperator) -> None:
    """Approve a person, who may then stream. Idempotent.

    It matters if the setting `streaming` is `approved`, but may be done before.
    """
    approvals.approve(me, username)


@app.delete("/api/admin/streamers/<username>", NotFound, RateLimited)
def delete_streamer(username: Username, me: CurrentOperator) -> None:
    """Withdraw an approval. Idempotent.

    If the setting `streaming` is `approved`, a broadcast ends, and the stream key stops working.
    """
    approvals.withdraw(me, username)


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


@app.get("/api/admin/usage")
def get_usage(me: CurrentOperator) -> Usage:
    """Get how many channels are live, and how many people watch."""
    del me
    return read_usage()


@app.get("/api/admin/reports")
def get_reports(
    me: CurrentOperator, state: Annotated[ReportState, Query()] = "open", cursor: Cursor = None
) -> Reports:
    """List the open reports, or the decided ones, newest first."""
    del me
    return decisions.read_reports(state, cursor)


@app.patch("/api/admin/reports/<id>", NotFound, Oneself, RateLimited)
def patch_report(
    report_id: Annotated[str, Path(alias="id", max_length=64)],
    request: DecisionRequest,
    me: CurrentOperator,
) -> ReportView:
    """Decide a report. Idempotent.

    `suspended` also suspends the account that it is about. Another decision replaces the first.
    """
    return decisions.decide(me, report_id, request.decision, request.note or None)


@app.put("/api/admin/notice", RateLimited)
def put_notice(request: NoticeRequest, me: CurrentOperator) -> None:
    """Show a notice on every page of the site. Idempotent. Another text replaces it."""
    notices.set_notice(me, request.text)


@app.delete("/api/admin/notice", RateLimited)
def delete_notice(me: CurrentOperator) -> None:
    """Remove the notice of the site. Idempotent."""
    notices.remove_notice(me)


@app.get("/api/admin/log")
def get_operator_log(me: CurrentOperator, cursor: Cursor = None) -> OperatorLog:
    """List what operators did, newest first."""
    del me
    return read_log(cursor)
