"""`python -m operations.notice`: set or remove the notice that every page of the site shows."""

import argparse
import sys
from collections.abc import Sequence

from footlight import text
from footlight.errors import Unavailable
from footlight.operators import notices
from operations.checks import Failed, exit_code_of
from operations.deployment import deployed
from operations.migrate import connect
from operations.operators import SHELL


def run(arguments: Sequence[str]) -> str:
    """Set the notice, or remove it if there is no text. Return what to print. Idempotent.

    Raises:
        Failed: the text is invalid, or the table is unavailable.
    """
    parser = argparse.ArgumentParser(prog="make notice", description="The notice of the site")
    parser.add_argument("text", help="what every page shows; empty to remove the notice")
    wanted: str = parser.parse_args(arguments).text
    try:
        if not wanted:
            notices.remove_notice(SHELL)
            return "there is no notice"
        notices.set_notice(SHELL, text.notice(wanted))
    except ValueError as error:
        raise Failed(f"TEXT: {error}") from error
    except Unavailable as error:
        raise Failed("the table is unavailable", "try again in a moment") from error
    return "every page shows the notice"


def main(arguments: Sequence[str]) -> int:
    """Set or remove the notice of the deployment that the settings name. Return the exit code."""

    def run_here() -> None:
        connect(deployed())
        print(f"✓ {run(arguments)}")

    return exit_code_of(run_here)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
