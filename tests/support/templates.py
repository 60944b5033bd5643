"""The CloudFormation templates, synthesized once per version of `infra/` and kept on disk.

A run without changes to `infra/` starts neither CDK nor Node.
"""

import fcntl
import functools
import hashlib
import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / ".local" / "templates"

SETTINGS: Final[dict[str, dict[str, str]]] = {
    # What `cdk synth` creates in a bare clone.
    "production": {},
    # Every setting of the operator.
    "full": {
        "livekitUrl": "wss://studio.livekit.cloud",
        "siteName": "My site",
        "pagesLanguage": "de",
        "domainName": "live.example.com",
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1234-abcd",
        "oidcIssuer": "https://id.example.com/realms/a",
        "oidcClientId": "footlight",
        "oidcAudience": "https://live.example.com",
        "signUp": "closed",
        "alarmEmail": "ops@example.com",
        "securityContact": "security@example.com",
        "waf": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b",
        "budget": "20",
        "dashboard": "true",
        "reserve": "true",
        "snapStart": "true",
        "dropGraceSeconds": "60",
        "maxViewers": "100",
        "streaming": "approved",
        "maxLiveChannels": "20",
        "maxDailyHoursPerChannel": "6",
    },
    # A second deployment with a web ACL of its own, and a table that was restored.
    "second": {
        "name": "Second",
        "waf": "true",
        "tableName": "restored",
        "crowdRequestsPerSecond": "200",
        "alarmEmail": "ops@example.com",
        "budget": "20",
        "dashboard": "true",
        "siteName": "Ours, wholly",
        "signUp": "invited",
        "emailFrom": "no-reply@example.com",
        "replyTo": "help@example.com",
    },
    # What is deployed to the emulator.
    "laptop": {
        "local": "true",
        "siteUrl": "http://localhost:8080",
        "livekitUrl": "ws://localhost:7880",
    },
}
PAGES: Final = {"full": {"terms": "# Rules", "imprint": "Who we are"}}
"""The Markdown of the operator's pages, for each of the templates that has some."""

FOUND_BY_NAG: Final = {
    "alarmEmail": "ops@example.com",
    "budget": "20",
    "dashboard": "true",
    "reserve": "true",
    "snapStart": "true",
}
"""The settings of the stack that cdk-nag checks."""


def template(name: str) -> dict[str, Any]:
    """Return the template with one of the sets of settings."""
    return _kept(name, lambda folder: _synthesize(name, folder))


def nag_report() -> dict[str, Any]:
    """Return cdk-nag's report."""
    return _kept("nag", _check)


def table() -> dict[str, Any]:
    """Return the table in production, as boto3's `create_table` takes it."""
    (properties,) = (
        resource["Properties"]
        for resource in template("production")["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::GlobalTable"
    )
    names = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
    return {name: properties[name] for name in names}


def _synthesize(name: str, folder: Path) -> Any:
    settings = SETTINGS[name]
    with pytest.MonkeyPatch.context() as patch:
        _use_one_python(patch)
        if settings.get("waf") == "true":
            patch.setenv("CDK_DEFAULT_REGION", "us-east-1")
        _app(settings, folder, PAGES.get(name)).synth()
    return json.loads((folder / f"{settings.get('name', 'Footlight')}.template.json").read_text())


def _check(folder: Path) -> Any:
    import aws_cdk as cdk
    import cdk_nag

    with pytest.MonkeyPatch.context() as patch:
        _use_one_python(patch)
        app = _app(FOUND_BY_NAG, folder)
        cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks())
        app.synth()
    return json.loads((folder / "validation-report.json").read_text())


def _use_one_python(patch: pytest.MonkeyPatch) -> None:
    """Give the functions the same runtime whichever Python runs the tests."""
    from infra import building

    patch.setattr(building, "PYTHON", building.RECOMMENDED)


def _app(settings: dict[str, str], folder: Path, pages: Mapping[str, str] | None = None) -> Any:
    # Imported here because it takes two seconds and starts Node.
    import aws_cdk as cdk

    from infra.config import read_config
    from infra.stack import Footlight

    context = {
        **json.loads((ROOT / "cdk.json").read_text())["context"],
        "aws:cdk:bundling-stacks": [],  # builds neither zips nor the site
    }
    app = cdk.App(context=context, outdir=str(folder))
    config = read_config(settings, pages)
    Footlight(app, config.name, config=config)
    return app


def _kept(name: str, make: Callable[[Path], Any]) -> Any:
    """Return what was made from these sources before, or make it. Safe among processes."""
    kept = FOLDER / _digest() / f"{name}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with tempfile.TemporaryDirectory() as folder:
                partial = kept.with_suffix(".partial")
                partial.write_text(json.dumps(make(Path(folder))))
                partial.replace(kept)
    return json.loads(kept.read_text())


@functools.cache
def _digest() -> str:
    """Return a hash of everything that a template is made from.

    The hashes of assets in a template may be old, because zips and the site aren't hashed here.
    """
    digest = hashlib.sha256()
    files = sorted(file for file in (ROOT / "infra").rglob("*") if file.suffix in {".py", ".js"})
    for file in (*files, ROOT / "cdk.json", Path(__file__)):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    for package in ("aws-cdk-lib", "cdk-nag", "constructs", "jsii"):
        digest.update(f"{package} {importlib.metadata.version(package)}\0".encode())
    for variable in ("CDK_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        digest.update(f"{variable}={os.environ.get(variable)}\0".encode())
    digest.update(f"{sys.version} {sys.platform} {os.uname().machine}".encode())
    return digest.hexdigest()[:16]
