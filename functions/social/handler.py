"""Follows, and reports to the operators."""

from typing import Annotated

from footlight.edge.auth import Anyone, CurrentUser
from footlight.edge.guests import keep_guest_id
from footlight.edge.http import Api
from footlight.errors import NotFound, Oneself, RateLimited, Suspended
from footlight.literals import ReportReason
from footlight.operators.reports import ReportReceipt, file_report, guest_of
from footlight.people import follows
from footlight.text import ReportText
from footlight.wire import Request

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

app = Api("people")
handler = app.resolve

Username = Annotated[str, Path()]


class ReportRequest(Request):
    """What to report: a channel, or a message in its chat and so the author."""

    username: Annotated[str, Field(max_length=64, description="The host's username")]
    message_id: Annotated[
        str | None, Field(max_length=64, description="A message in the host's chat")
    ] = None
    reason: ReportReason
    text: ReportText | None = None


@app.put("/api/follows/<username>", NotFound, Oneself, RateLimited)
def put_follow(username: Username, me: CurrentUser) -> None:
    """Follow a channel. Idempotent."""
    follows.follow(me, username)


@app.delete("/api/follows/<username>", NotFound, Oneself, RateLimited)
def delete_follow(username: Username, me: CurrentUser) -> None:
    """Unfollow a channel. Idempotent."""
    follows.unfollow(me, username)


@app.post("/api/reports", NotFound, Oneself, Suspended, RateLimited, ok=201)
def post_report(request: ReportRequest, caller: Anyone) -> Response[ReportReceipt]:
    """Report a channel or a message to the operators.

    Idempotent: a repeat by the same person, with the same reason, returns 200.
    """
    guest = guest_of(caller)
    if guest:  # even if this request fails, so that its retry is the same guest's
        keep_guest_id(app, guest)
    receipt, is_new = file_report(
        caller,
        guest,
        username=request.username,
        message_id=request.message_id.lower() if request.message_id else None,
        reason=request.reason,
        text=request.text,
    )
    status = 201 if is_new else 200
    return Response(status_code=status, content_type="application/json", body=receipt)
