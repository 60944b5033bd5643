"""Builds the site while synthesising, and puts it into its bucket when deploying."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final, cast

import jsii
from aws_cdk import (
    AssetHashType,
    BundlingOptions,
    CfnElement,
    DockerImage,
    Duration,
    ILocalBundling,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.accepted import accept
from infra.assets import ROOT

WEB: Final = ROOT / "web"
NOT_SOURCES: Final = {"node_modules", "dist", "coverage", ".vite"}
OLDEST_NODE: Final = (22, 12)


class SiteFault(RuntimeError):
    """Raised where the site can't be built; says why."""


class SiteFiles(Construct):
    """The built site and its `config.json` in the bucket.

    Files under `assets/` have a hash in their names and are kept for ever by browsers; those of
    earlier deployments stay, for pages that are still open. All else is asked for anew each time.
    """

    def __init__(self, scope: Construct, id: str, *, bucket: s3.IBucket, config: object) -> None:
        super().__init__(scope, id)
        site = deployment.Source.asset(
            str(WEB),
            asset_hash=fingerprint(),
            asset_hash_type=AssetHashType.CUSTOM,
            bundling=BundlingOptions(
                # CDK asks for an image though none is ever run.
                image=DockerImage.from_registry("none"),
                local=_Bundling(),
            ),
        )
        log = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        hashed = deployment.BucketDeployment(
            self,
            "Hashed",
            sources=[site],
            destination_bucket=bucket,
            exclude=["*"],
            include=["assets/*"],
            prune=False,
            cache_control=[
                deployment.CacheControl.set_public(),
                deployment.CacheControl.max_age(Duration.days(365)),
                deployment.CacheControl.immutable(),
            ],
            log_group=log,
        )
        rest = deployment.BucketDeployment(
            self,
            "Rest",
            sources=[site, deployment.Source.json_data("config.json", config)],
            destination_bucket=bucket,
            exclude=["assets/*"],
            prune=False,
            cache_control=[deployment.CacheControl.no_cache()],
            log_group=log,
        )
        rest.node.add_dependency(hashed)  # no page before what it loads
        self._accept_what_cdk_grants(rest, bucket)

    def _accept_what_cdk_grants(
        self, uploads: deployment.BucketDeployment, bucket: s3.IBucket
    ) -> None:
        function = uploads.handler_role.node.scope
        if function is None:
            return
        bucket_id = Stack.of(self).get_logical_id(cast("CfnElement", bucket.node.default_child))
        granted = (
            "Action::s3:GetBucket*",
            "Action::s3:GetObject*",
            "Action::s3:List*",
            "Action::s3:Abort*",
            "Action::s3:DeleteObject*",
            f"Resource::<{bucket_id}.Arn>/*",
            # Where `cdk bootstrap` keeps assets.
            "Resource::arn:<AWS::Partition>:s3:::"
            "cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*",
        )
        basic = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        rules = (
            "AwsSolutions-L1",
            f"AwsSolutions-IAM4[Policy::{basic}]",
            *(f"AwsSolutions-IAM5[{right}]" for right in granted),
        )
        reason = "CDK's own function for uploads: its runtime, role and grants are the library's"
        accept(function, dict.fromkeys(rules, reason))


@jsii.implements(ILocalBundling)
class _Bundling:
    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        build(Path(output_dir))
        return True


def fingerprint() -> str:
    """Hash of all that the site is built from. Raises SiteFault."""
    if not (WEB / "package-lock.json").is_file():
        raise SiteFault("web/package-lock.json is missing: there is no site to build")
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(files):
            file = Path(folder, name)
            content = file.read_bytes()
            digest.update(f"{file.relative_to(WEB)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def build(into: Path) -> None:
    """Build the site into a folder, with the packages of its lock file. Raises SiteFault."""
    environment = {**os.environ, "PATH": _path_with_node()}
    with (WEB / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several may synthesise at once
        installed = WEB / "node_modules" / ".footlight-lock"
        wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
        if not installed.is_file() or installed.read_text() != wanted:
            _npm(["ci", "--no-audit", "--no-fund"], environment)
            installed.write_text(wanted)
        _npm(["run", "build"], environment)
        shutil.copytree(WEB / "dist", into, dirs_exist_ok=True)


def _npm(arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        ["npm", *arguments],  # noqa: S607 - npm of the PATH below
        cwd=WEB,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteFault(f"npm {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def _path_with_node() -> str:
    """A PATH on which Node is new enough: that of this machine, or the one under `.local/`."""
    path = os.environ.get("PATH", os.defpath)
    for candidate in (path, *(str(node.parent) for node in (ROOT / ".local").glob("**/bin/node"))):
        searched = os.pathsep.join([candidate, path])
        node = shutil.which("node", path=searched)
        if node and _version(node) >= OLDEST_NODE:
            return searched
    raise SiteFault(
        f"Building the site needs Node {'.'.join(map(str, OLDEST_NODE))} or newer: `make tools`"
    )


def _version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2])
