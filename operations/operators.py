"""`python -m operations.operators`: the operator role, suspensions, and who may stream.

Suspensions are the same as those of the page `/admin`, for an incident while no operator can sign
in. The table is written from here. The reconcile function changes LiveKit.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from footlight import text
from footlight.errors import InvalidRequest, NotFound, Unavailable
from footlight.operators import appointments, approvals, suspensions
from footlight.operators.role import Operator
from operations.checks import Failed, exit_code_of
from operations.deployment import deployed
from operations.migrate import connect

SHELL: Final = Operator(None, "command line")
"""Who acts, in the operators' log."""


def appoint(username: str) -> str:
    """Give a user the operator role. Idempotent. Return what to print."""
    is_new = appointments.appoint(SHELL, username)
    return f"{username} is an operator" + ("" if is_new else " already")


def dismiss(username: str) -> str:
    """Take the operator role from a user. Idempotent. Return what to print."""
    was_one = appointments.dismiss(SHELL, username)
    return f"{username} is no operator" + (" anymore" if was_one else "")


def suspend(username: str, reason: str, until: str) -> str:
    """Suspend an account, until a date or an instant if given. Return what to print."""
    try:
        reason = text.required_reason(reason)
    except ValueError as error:
        raise Failed(f"REASON: {error}") from error
    suspensions.suspend(SHELL, username, reason, _instant(until) if until else None)
    return f"{username} is suspended" + (f" until {until}" if until else "")


def lift(username: str) -> str:
    """Lift a suspension. Idempotent. Return what to print."""
    suspensions.lift(SHELL, username)
    return f"{username} is not suspended"


def approve(username: str) -> str:
    """Let a user stream. Idempotent. Return what to print."""
    is_new = approvals.approve(SHELL, username)
    return f"{username} is approved" + ("" if is_new else " already")


def withdraw(username: str) -> str:
    """Withdraw the approval of a user. Idempotent. Return what to print."""
    approvals.withdraw(SHELL, username)
    return f"{username} is not approved"


def _instant(value: str) -> datetime:
    """Return an instant in ISO 8601. UTC is the default."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise Failed(f"UNTIL: {value} is no date in ISO 8601, such as 2027-01-31") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


_COMMANDS: Final[dict[str, Callable[[str], str]]] = {
    "appoint": appoint,
    "dismiss": dismiss,
    "lift": lift,
    "approve": approve,
    "withdraw": withdraw,
}
"""The commands that take only a username."""


def run(arguments: Sequence[str]) -> str:
    """Run one command, after `connect`. Return what to print.

    Raises:
        Failed: there is no such user, an argument is invalid, or the table is unavailable.
    """
    parser = argparse.ArgumentParser(prog="make operator", description="Operators and suspensions")
    parser.add_argument("command", choices=(*_COMMANDS, "suspend"))
    parser.add_argument("username")
    parser.add_argument("--reason", default="", help="why, which the person can read")
    parser.add_argument("--until", default="", help="when the suspension ends, in ISO 8601")
    chosen = parser.parse_args(arguments)
    username: str = chosen.username
    if not username:
        raise Failed("name a user of the site: USER=ann")
    try:
        if chosen.command == "suspend":
            return suspend(username, chosen.reason, chosen.until)
        return _COMMANDS[chosen.command](username)
    except NotFound as error:
        raise Failed(f"no user has the name {username}") from error
    except InvalidRequest as error:
        raise Failed("; ".join(f"{name}: {why}" for name, why in error.fields.items())) from error
    except Unavailable as error:
        raise Failed("the table is unavailable", "try again in a moment") from error


def main(arguments: Sequence[str]) -> int:
    """Run one command for the deployment that the settings name. Return the exit code."""

    def run_here() -> None:
        deployment = deployed()
        connect(deployment)
        reconcile = deployment.stack.function("reconcile").name
        os.environ["FOOTLIGHT_RECONCILE_FUNCTION"] = reconcile
        print(f"✓ {run(arguments)}")

    return exit_code_of(run_here)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
