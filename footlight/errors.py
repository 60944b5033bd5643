"""Every refusal that a caller can meet, with its status and code.

    Refused
    ├── BadRequest 400            bad_json
    ├── Unauthorized 401          unauthorized
    │   └── TokenExpired          token_expired
    ├── Forbidden 403             forbidden
    │   ├── Blocked               blocked
    │   └── SignedInOnly          signed_in_only
    ├── NotFound 404              not_found
    │   └── HostNotFound          host_not_found
    ├── MethodNotAllowed 405      method_not_allowed
    ├── Conflict 409
    │   ├── Oneself               self
    │   ├── ResetInProgress       reset_in_progress
    │   ├── UsernameFixed         username_fixed
    │   ├── UsernameRequired      username_required
    │   └── UsernameTaken         username_taken
    ├── TooLarge 413              too_large
    ├── InvalidRequest 422        invalid_request    with `fields`
    ├── RateLimited 429           rate_limited       with `Retry-After`
    └── Unavailable 503           unavailable        with `Retry-After`
        └── NotConfigured         not_configured     with `Retry-After`

The domain raises them; `footlight.http` alone turns them into answers.
"""


class Refused(Exception):
    """A request that is understood and not granted.

    `status` is the HTTP status, `code` the stable word that clients branch on, `message` the
    sentence shown to people.
    """

    status = 500
    code = "internal"
    message = "Something went wrong"

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


class Oneself(Conflict):
    code, message = "self", "Nobody follows or blocks themselves"


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


class RateLimited(Refused):
    """Too many of the same in a while; `retry_after_ms` is when the next one is let through."""

    status, code, message = 429, "rate_limited", "Too often: wait a moment"

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__()
        self.retry_after_ms = retry_after_ms


class Unavailable(Refused):
    """Something that this rests on does not answer; the same call may go through later."""

    status, code, message = 503, "unavailable", "Try again in a moment"
    retry_after_ms = 2_000


class NotConfigured(Unavailable):
    code, message = "not_configured", "The operator has not set up LiveKit yet"
    retry_after_ms = 60_000
