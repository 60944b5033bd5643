"""`make deploy`, as in README: from a bare clone, on a machine without Node, to the emulator."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from local import settings
from operations.deployment import read_stack
from tests.stack.support import Stack, aws

NAME: Final = "Second"
"""The name of this deployment, next to the running stack `Footlight`."""

THIRD: Final = "Third"
"""The name of the deployment that is restored and removed."""

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

    def configure(self, text: str, file: str = "footlight.toml") -> None:
        """Write `footlight.toml`, or another file of settings."""
        (self.folder / file).write_text(text)

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


ANN: Final = {"pk": {"S": "NAME#ann"}, "sk": {"S": "NAME"}, "user_id": {"S": "a"}}


def _is_stored(table: str) -> bool:
    """Return whether a table has Ann's item."""
    key = {name: ANN[name] for name in ("pk", "sk")}
    return aws("dynamodb").get_item(TableName=table, Key=key).get("Item") == ANN


def _function(stack: str, folder: str) -> dict[str, Any]:
    """Return the configuration of a deployment's function."""
    found = read_stack(aws("cloudformation"), stack)
    assert found
    return aws("lambda").get_function_configuration(FunctionName=found.function(folder).name)


def test_an_upgrade_and_the_way_back_keep_the_data(clone: Clone) -> None:
    """As in docs/operating.md: the way back is a deploy of the earlier version."""
    before = _outputs(NAME)
    code = _function(NAME, "pages")["CodeSha256"]
    aws("dynamodb").put_item(TableName=before["TableName"], Item=ANN)
    handler = clone.folder / "functions" / "pages" / "handler.py"
    earlier = handler.read_text()

    handler.write_text(f"{earlier}\nLATER = True\n")
    clone.configure(SETTINGS.replace("The second site", "The later site"))
    upgraded = clone.deploy()
    assert upgraded.returncode == 0, upgraded.stdout
    assert _function(NAME, "pages")["CodeSha256"] != code
    assert '"siteName":"The later site"' in _outputs(NAME)["SiteConfig"]

    handler.write_text(earlier)
    clone.configure(SETTINGS)
    returned = clone.deploy()
    assert returned.returncode == 0, returned.stdout
    assert _function(NAME, "pages")["CodeSha256"] == code
    assert _outputs(NAME) == before
    assert _is_stored(before["TableName"])


def test_a_restored_table_replaces_the_stack_s_own_and_outlives_it(clone: Clone) -> None:
    """As in docs/operating.md. The emulator deletes the stack's own table, and AWS keeps it."""
    file, restored = "footlight.third.toml", f"{THIRD}-restored"
    third = SETTINGS.replace(f'"{NAME}"', f'"{THIRD}"')
    clone.configure(third, file)
    deployed = clone.deploy(FOOTLIGHT_SETTINGS=file)
    assert deployed.returncode == 0, deployed.stdout
    table = _outputs(THIRD)["TableName"]
    aws("dynamodb").put_item(TableName=table, Item=ANN)
    aws("dynamodb").restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=restored, UseLatestRestorableTime=True
    )
    try:
        clone.configure(f'{third}tableName = "{restored}"\n', file)
        switched = clone.deploy(FOOTLIGHT_SETTINGS=file)
        assert switched.returncode == 0, switched.stdout
        assert _outputs(THIRD)["TableName"] == restored
        assert _function(THIRD, "pages")["Environment"]["Variables"]["FOOTLIGHT_TABLE"] == restored

        removed = clone.make("destroy", ARGS="--force", FOOTLIGHT_SETTINGS=file)
        assert removed.returncode == 0, removed.stdout
        assert read_stack(aws("cloudformation"), THIRD) is None
        assert _named(THIRD) == [restored]
        assert _is_stored(restored)

        left = clone.make("verify", ARGS="--destroyed", FOOTLIGHT_SETTINGS=file)
        assert left.returncode == 0, left.stdout
        assert "lk ingress list" in left.stdout
    finally:
        aws("dynamodb").delete_table(TableName=restored)


def _named(stack: str) -> list[str]:
    """Return what the account has that is named after a stack."""
    names = [
        *aws("dynamodb").list_tables()["TableNames"],
        *(pool["Name"] for pool in aws("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]),
        *(each["FunctionName"] for each in aws("lambda").list_functions()["Functions"]),
        *(group["logGroupName"] for group in aws("logs").describe_log_groups()["logGroups"]),
        *(bucket["Name"] for bucket in aws("s3").list_buckets()["Buckets"]),
        *(secret["Name"] for secret in aws("secretsmanager").list_secrets()["SecretList"]),
        *(role["RoleName"] for role in aws("iam").list_roles()["Roles"]),
        *(each["Name"] for each in aws("scheduler").list_schedules()["Schedules"]),
        *(api["Name"] for api in aws("apigatewayv2").get_apis()["Items"]),
    ]
    return [name for name in names if stack.lower() in name.lower()]
