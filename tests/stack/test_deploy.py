"""`make deploy`, as in README: from a bare clone, on a machine without Node, to the emulator."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from local import settings
from tests.stack.support import Stack, aws

NAME: Final = "Second"
"""The name of this deployment, next to the running stack `Footlight`."""

NODE: Final = frozenset({"node", "nodejs", "npm", "npx", "corepack"})

SETTINGS: Final = f"""
name = "{NAME}"
siteName = "The second site"
chatHistoryHours = 48
livekitUrl = "{settings.LIVEKIT_URL}"
siteUrl = "http://localhost:9999"
local = true
"""


class Clone:
    """A bare clone of this project on a machine without Node, with the emulator as its AWS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self._path = folder / "bin"
        self._path.mkdir()
        for system in map(Path, ("/usr/bin", "/bin")):
            for program in system.iterdir():
                link = self._path / program.name
                if program.name not in NODE and not link.is_symlink():
                    link.symlink_to(program)
        python = self._path / "python3"
        python.unlink(missing_ok=True)
        python.symlink_to(Path(sys.executable).resolve())
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=settings.ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        for name in filter(None, files):
            if (settings.ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(settings.ROOT / name, self.folder / name)

    def configure(self, text: str) -> None:
        """Write `footlight.toml`."""
        (self.folder / "footlight.toml").write_text(text)

    def deploy(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `make deploy` without a terminal."""
        return self.make("deploy", ARGS="--require-approval never --no-notices", **variables)

    def make(self, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a target of the Makefile, with variables."""
        environment = {
            name: value
            for name, value in (os.environ | settings.EMULATOR_ENVIRONMENT).items()
            if not name.startswith(("MAKE", "FOOTLIGHT_", "CDK_")) and name != "VIRTUAL_ENV"
        }
        return subprocess.run(
            ["make", target, *(f"{name}={value}" for name, value in variables.items())],
            cwd=self.folder,
            env={**environment, "PATH": str(self._path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def clone(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Generator[Clone]:
    """A clone whose settings are deployed, as in README."""
    clone = Clone(tmp_path_factory.mktemp("machine"))
    clone.configure(SETTINGS)
    deployed = clone.deploy()
    assert deployed.returncode == 0, deployed.stdout
    yield clone
    aws("cloudformation").delete_stack(StackName=NAME)


def _outputs(name: str) -> dict[str, str]:
    (stack,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {
        output["OutputKey"]: output["OutputValue"]
        for output in stack.get("Outputs", [])
        if "OutputKey" in output and "OutputValue" in output
    }


def test_a_second_deployment_fits_in_the_account_and_region(clone: Clone, stack: Stack) -> None:
    first, second = _outputs(settings.STACK), _outputs(NAME)
    assert first["TableName"] != second["TableName"]
    assert first["DistributionId"] != second["DistributionId"]
    assert '"siteName":"The second site"' in second["SiteConfig"]
    assert stack.api().get("/api/pages/home").status == 200


def test_a_deploy_drops_a_setting_only_on_purpose(clone: Clone) -> None:
    before = _outputs(NAME)
    assert clone.deploy().returncode == 0
    assert _outputs(NAME) == before

    clone.configure(SETTINGS.replace("chatHistoryHours = 48", ""))
    refused = clone.deploy()
    assert refused.returncode != 0
    assert "chatHistoryHours: the running stack has '48'" in refused.stdout
    assert "make deploy ALLOW=chatHistoryHours" in refused.stdout
    assert not re.search("Traceback", refused.stdout)
    assert _outputs(NAME) == before

    deployed = clone.deploy(ALLOW="chatHistoryHours")
    assert deployed.returncode == 0, deployed.stdout
