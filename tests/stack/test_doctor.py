"""`make doctor` against the running stack."""

import boto3
import pytest

from infra.config import read_config
from local import settings
from operations.checks import result
from operations.deployment import Deployment, read_stack
from operations.doctor.__main__ import CHECKS, TRY_INGRESS
from operations.doctor.account import Planned
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


def test_the_ingress_trial_leaves_no_ingress_at_livekit(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", settings.AWS_URL)
    session = boto3.Session("test", "test", region_name=settings.REGION)
    found = read_stack(session.client("cloudformation"), settings.STACK)
    assert found
    livekit = Deployment(found, session, on_emulator=True).livekit

    def ingresses() -> set[str]:
        listed, _ = livekit.call("Ingress", "ListIngress")
        return {each["ingress_id"] for each in listed.get("items", [])}

    before = ingresses()
    config = read_config({"livekitUrl": stack.livekit_url, "local": True})

    line = result(TRY_INGRESS, Planned(config, session, found))

    assert (line.status, line.text) == ("OK", "an ingress was created and deleted")
    assert ingresses() == before
