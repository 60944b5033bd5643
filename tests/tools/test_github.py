"""The files under .github/ refer to things that exist, and actions are pinned."""

import re
from pathlib import Path
from typing import Any

import yaml

from tools.passages import ROOT

GITHUB = ROOT / ".github"


def go_modules() -> list[Path]:
    return [path for folder in ("local", "bench") for path in (ROOT / folder).rglob("go.mod")]


def read(path: str) -> Any:
    return yaml.safe_load((GITHUB / path).read_text())


def test_actions_are_pinned_by_commit_with_their_version():
    uses = re.findall(r"uses: (.*)", (GITHUB / "workflows" / "ci.yml").read_text())

    assert uses
    assert [
        line for line in uses if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", line)
    ] == []


def test_the_workflow_can_only_read_and_runs_ci():
    workflow = read("workflows/ci.yml")

    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["run"]["steps"][-1] == {"run": ".ci/run"}


def test_dependabot_covers_every_lock_file():
    updates = read("dependabot.yml")["updates"]
    folders = {
        (update["package-ecosystem"], folder.strip("/"))
        for update in updates
        for folder in update.get("directories", [update.get("directory")])
    }
    modules = {str(path.parent.relative_to(ROOT)) for path in go_modules()}

    assert {("gomod", module) for module in modules} <= folders
    assert {("pip", "requirements"), ("npm", "web"), ("github-actions", "")} <= folders
    assert all(update["groups"] for update in updates)
    assert all((ROOT / folder).is_dir() for _, folder in folders)


def test_every_local_hook_runs_from_the_clone():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert [repo["repo"] for repo in hooks] == ["local"]
    assert {hook["language"] for hook in hooks[0]["hooks"]} == {"system"}
