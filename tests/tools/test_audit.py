"""`make audit`, and the workflow that runs it."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tools import audit

WORKFLOW = audit.ROOT / ".github" / "workflows" / "audit.yml"


def test_every_lock_file_is_checked() -> None:
    patterns = ("requirements/*.txt", "*package-lock.json")
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=audit.ROOT, check=True, capture_output=True, text=True
    )
    assert sorted(audit.commands()) == sorted(listed.stdout.split())


def test_a_lock_file_that_can_not_be_checked_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pip-audit, nothing is checked."""
    lock = "requirements/audit.txt"
    monkeypatch.setattr(audit, "PIP_AUDIT", tmp_path)
    assert audit.failing({lock: audit.commands()[lock]}) == [lock]


def test_the_workflow_runs_on_a_schedule() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    # YAML 1.1 reads the key `on` as true.
    assert workflow[True]["schedule"][0]["cron"]
    assert {"run": "make audit"} in workflow["jobs"]["audit"]["steps"]
