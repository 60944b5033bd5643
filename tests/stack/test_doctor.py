"""`make doctor` against the running stack."""

from operations.doctor.__main__ import CHECKS
from tests.stack.support import Stack, run_command


def test_the_command_runs_every_check_and_fails_without_livekit_s_address(stack: Stack) -> None:
    run = run_command("operations.doctor")

    assert "Traceback" not in run.stderr
    printed = [
        line for line in run.stdout.splitlines() if line[:4] in ("OK  ", "WARN", "FAIL", "SKIP")
    ]
    assert [line[6:].partition(":")[0] for line in printed] == [check.name for check in CHECKS]
    assert "FAIL  LiveKit: livekitUrl isn't set" in run.stdout
    assert run.returncode == 1
