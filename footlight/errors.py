"""Every refusal that a caller can meet, with its status and code.

    Refused
    ├── BadRequest 400            bad_json
    ├── Unauthorized 401          unauthorized
    │   └── TokenExpired          token_expired
    ├── Forbidden 403             forbidden
    │   ├── Blocked               blocked
    │   ├── ChatDisabled          chat_disabled
    │   ├── FollowersOnly         followers_only     with `retryAfterMs` for a follower
    │   ├── SignedInOnly          signed_in_only
    │   └── TimedOut              timed_out          with `retryAfterMs`
    ├── NotFound 404              not_found
    │   └── HostNotFound          host_not_found
    ├── MethodNotAllowed 405      method_not_allowed
    ├── Conflict 409
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
    ├── RateLimited 429           rate_limited       with `Retry-After`
    │   └── SlowMode              slow_mode          with `Retry-After`
    └── Unavailable 503           unavailable        with `Retry-After`
        └── NotConfigured         not_configured     with `Retry-After`

The domain raises them; `footlight.edge.http` alone turns them into answers.
"""


class Refused(Exception):
    """A request that is understood and not granted.

    `status` is the HTTP status, `code` the stable word that clients branch on, `message` the
    sentence shown to people. `retry_after_ms`: when it will be granted, where that is known.
    """

    status = 500
    code = "internal"
    message = "Something went wrong"
    retry_after_ms: int | None = None

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class BadRequest(Refused):
    status, code, message = 400, "bad_json", "The body is not valid JSON"


class Unauthorized(Refused):
    status, code, message = 401, "unauthorized", "Sign in first"


class TokenExpired(Unauthorized):
    code, message = "token_expired", "The token has run out"


class Forbidden(Refused):
    status, code, message = 403, "forbidden", "This is not allowed"


class Blocked(Forbidden):
    code, message = "blocked", "User is blocked"


class SignedInOnly(Forbidden):
    code, message = "signed_in_only", "Sign in to watch this channel"


class ChatDisabled(Forbidden):
    code, message = "chat_disabled", "The chat is off"


class TimedOut(Forbidden):
    """A moderator keeps somebody from writing until `retry_after_ms` from now."""

    code, message = "timed_out", "You can't write here for a while"

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class FollowersOnly(Forbidden):
    """`retry_after_ms` for somebody who follows, and has not for long enough."""

    code, message = "followers_only", "Only followers can chat"

    def __init__(self, retry_after_ms: int | None = None) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class NotFound(Refused):
    status, code, message = 404, "not_found", "Not found"


class HostNotFound(NotFound):
    code, message = "host_not_found", "Host not found"


class MethodNotAllowed(Refused):
    status, code, message = 405, "method_not_allowed", "This method is not allowed here"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__()
        self.allowed = allowed


class Conflict(Refused):
    status, code, message = 409, "conflict", "This clashes with what is there"


class HostOffline(Conflict):
    code, message = "host_offline", "The chat is closed while the host is offline"


class Oneself(Conflict):
    code, message = "self", "Nobody follows or moderates themselves"


class ResetInProgress(Conflict):
    code, message = "reset_in_progress", "The key is being reset already"


class UsernameFixed(Conflict):
    code, message = "username_fixed", "A username can't be changed once chosen"


class UsernameRequired(Conflict):
    code, message = "username_required", "Choose a username first"


class UsernameTaken(Conflict):
    code, message = "username_taken", "This username is taken"


class TooLarge(Refused):
    status, code, message = 413, "too_large", "The body is too large"


class InvalidRequest(Refused):
    """`fields` maps the name of each wrong field to what is wrong with it."""

    status, code, message = 422, "invalid_request", "The request is not valid"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


class TextTooLong(Refused):
    status, code, message = 422, "text_too_long", "A message has 500 characters at most"


class NotAllowed(Refused):
    status, code, message = 422, "not_allowed", "This message is not allowed here"


class RateLimited(Refused):
    """Too many of the same in a while; `retry_after_ms` is when the next one is let through."""

    status, code, message = 429, "rate_limited", "Too often: wait a moment"

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class SlowMode(RateLimited):
    code, message = "slow_mode", "Slow mode: wait a moment"


class Unavailable(Refused):
    """Something that this rests on does not answer; the same call may go through later."""

    status, code, message = 503, "unavailable", "Try again in a moment"
    retry_after_ms = 2_000


class NotConfigured(Unavailable):
    code, message = "not_configured", "The operator has not set up LiveKit yet"
    retry_after_ms = 60_000
