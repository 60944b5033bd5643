"""Every refusal of the API, with its HTTP status and error code.

    Refused 500               internal
    ├── BadRequest 400            bad_json
    ├── Unauthorized 401          unauthorized
    │   └── TokenExpired          token_expired
    ├── Forbidden 403             forbidden
    │   ├── Blocked               blocked
    │   ├── ChatDisabled          chat_disabled
    │   ├── FollowersOnly         followers_only     with a retry time for a follower
    │   ├── NotApproved           not_approved
    │   ├── SignedInOnly          signed_in_only
    │   ├── SignUpClosed          sign_up_closed
    │   ├── Suspended             suspended          with `reason` and `until`
    │   └── TimedOut              timed_out          with a retry time
    ├── NotFound 404              not_found
    │   └── HostNotFound          host_not_found
    ├── MethodNotAllowed 405      method_not_allowed
    ├── Conflict 409          conflict
    │   ├── BlockListFull         block_list_full
    │   ├── DeletionInProgress    deletion_in_progress   with a retry time
    │   ├── HostOffline           host_offline
    │   ├── Oneself               self
    │   ├── ResetInProgress       reset_in_progress
    │   ├── UsernameFixed         username_fixed
    │   ├── UsernameRequired      username_required
    │   └── UsernameTaken         username_taken
    ├── TooLarge 413              too_large
    ├── InvalidRequest 422        invalid_request    with `fields`
    ├── NotAllowed 422            not_allowed
    ├── TextTooLong 422           text_too_long
    ├── RateLimited 429           rate_limited       with a retry time
    │   ├── CapReached            cap_reached        with `cap`, `limit`, and a retry time
    │   ├── RoomFull              room_full          with a retry time
    │   └── SlowMode              slow_mode          with a retry time
    └── Unavailable 503           unavailable        with a retry time
        └── NotConfigured         not_configured     with a retry time

A retry time is sent as `retryAfterMs` in the body and as the header `Retry-After`.

The domain raises refusals. `footlight.edge.http` turns them into responses.
"""

import math

from footlight.literals import Cap


class Refused(Exception):
    """A request that the API refuses.

    `code` is the stable string that clients branch on. `message` is the text for people.
    `retry_after_ms` is set if a later retry can succeed.
    """

    status = 500
    code = "internal"
    message = "Something went wrong"
    retry_after_ms: int | None = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)

    def details(self) -> dict[str, object]:
        """Return the fields of the error body besides code, message, and request id."""
        return {} if self.retry_after_ms is None else {"retryAfterMs": self.retry_after_ms}

    def headers(self) -> dict[str, str]:
        """Return the response headers of this refusal."""
        if self.retry_after_ms is None:
            return {}
        return {"Retry-After": str(math.ceil(self.retry_after_ms / 1000))}


class BadRequest(Refused):
    status, code, message = 400, "bad_json", "The body is not valid JSON"


class Unauthorized(Refused):
    status, code, message = 401, "unauthorized", "Sign in first"

    def headers(self) -> dict[str, str]:
        return super().headers() | {"WWW-Authenticate": "Bearer"}


class TokenExpired(Unauthorized):
    code, message = "token_expired", "The token has expired"


class Forbidden(Refused):
    status, code, message = 403, "forbidden", "This is not allowed"


class Blocked(Forbidden):
    code, message = "blocked", "User is blocked"


class SignedInOnly(Forbidden):
    code, message = "signed_in_only", "Sign in to watch this channel"


class NotApproved(Forbidden):
    code, message = "not_approved", "An operator has to approve you before you can stream"


class SignUpClosed(Forbidden):
    code, message = "sign_up_closed", "This site accepts no new accounts"


class Suspended(Forbidden):
    """The caller's account is suspended, without an end if `until` is None.

    `until` is an instant in ISO 8601, because pure modules import this one and no clock.
    """

    code, message = "suspended", "Your account is suspended"

    def __init__(self, reason: str, until: str | None) -> None:
        super().__init__()
        self.reason, self.until = reason, until

    def details(self) -> dict[str, object]:
        return super().details() | {"reason": self.reason, "until": self.until}


class ChatDisabled(Forbidden):
    code, message = "chat_disabled", "Chat is turned off"


class TimedOut(Forbidden):
    """The viewer is timed out for the next `retry_after_ms`."""

    code, message = "timed_out", "You are timed out"

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class FollowersOnly(Forbidden):
    """`retry_after_ms` is set for a follower who hasn't followed for long enough."""

    code, message = "followers_only", "Only followers can chat"

    def __init__(self, retry_after_ms: int | None = None) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class NotFound(Refused):
    status, code, message = 404, "not_found", "Not found"


class HostNotFound(NotFound):
    code, message = "host_not_found", "Host not found"


class MethodNotAllowed(Refused):
    status, code, message = 405, "method_not_allowed", "This path doesn't support this method"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__()
        self.allowed = allowed

    def headers(self) -> dict[str, str]:
        return super().headers() | {"Allow": ", ".join(self.allowed)}


class Conflict(Refused):
    status, code, message = 409, "conflict", "This conflicts with the current state"


class BlockListFull(Conflict):
    code, message = "block_list_full", "The list of blocks is full; unblock some viewers first"


class DeletionInProgress(Conflict):
    """The person's former account is still being deleted. A retry may succeed."""

    code = "deletion_in_progress"
    message = "Your former account is still being deleted; try again in a minute"
    retry_after_ms = 30_000


class HostOffline(Conflict):
    code, message = "host_offline", "Chat is closed while the host is offline"


class Oneself(Conflict):
    code, message = "self", "You can't do this to yourself"


class ResetInProgress(Conflict):
    code, message = "reset_in_progress", "A key reset is already in progress"


class UsernameFixed(Conflict):
    code, message = "username_fixed", "A username can't be changed"


class UsernameRequired(Conflict):
    code, message = "username_required", "Choose a username first"


class UsernameTaken(Conflict):
    code, message = "username_taken", "This username is taken"


class TooLarge(Refused):
    status, code, message = 413, "too_large", "The body is too large"


class InvalidRequest(Refused):
    """`fields` maps the name of each invalid field to its problem."""

    status, code, message = 422, "invalid_request", "The request is not valid"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields

    def details(self) -> dict[str, object]:
        return {"fields": self.fields} | super().details()


class TextTooLong(Refused):
    status, code, message = 422, "text_too_long", "A message can have at most 500 characters"


class NotAllowed(Refused):
    status, code, message = 422, "not_allowed", "This message is not allowed here"


class RateLimited(Refused):
    """Too many requests. The next one is accepted after `retry_after_ms`."""

    status, code, message = 429, "rate_limited", "Too many requests; try again shortly"

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class CapReached(RateLimited):
    """The channel can't go live now, because of a cap that the operator has set."""

    code, message = "cap_reached", "This channel can't go live now"

    def __init__(self, cap: Cap, limit: int, retry_after_ms: int) -> None:
        super().__init__(retry_after_ms)
        self.cap, self.limit = cap, limit
        plural = "" if limit == 1 else "s"
        self.args = (
            f"The site is at its limit of {limit} live channel{plural}; try again when one ends"
            if cap == "live_channels"
            else f"This channel has used its {limit} hour{plural} of streaming today;"
            " it can stream again at 00:00 UTC",
        )

    def details(self) -> dict[str, object]:
        return super().details() | {"cap": self.cap, "limit": self.limit}


class RoomFull(RateLimited):
    code, message = "room_full", "This channel has no room for more viewers now"

    def __init__(self, retry_after_ms: int = 30_000) -> None:
        super().__init__(retry_after_ms)


class SlowMode(RateLimited):
    code, message = "slow_mode", "Slow mode is on; wait before your next message"


class Unavailable(Refused):
    """A service that this request depends on doesn't respond. A retry may succeed."""

    status, code, message = 503, "unavailable", "Temporarily unavailable; try again in a moment"
    retry_after_ms = 2_000


class NotConfigured(Unavailable):
    code, message = "not_configured", "The operator hasn't set up LiveKit yet"
    retry_after_ms = 60_000
