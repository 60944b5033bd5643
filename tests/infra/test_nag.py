"""A test that cdk-nag's AWS Solutions rules have no unexplained findings."""

import json
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from infra.config import read_config
from infra.stack import Footlight

from .conftest import CONTEXT


def test_every_finding_has_a_reason(tmp_path: Path) -> None:
    app = cdk.App(context=CONTEXT, outdir=str(tmp_path))
    Footlight(app, "Footlight", config=read_config({"alarmEmail": "ops@example.com"}))
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks())
    app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert [
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ] == []
