"""Do AWS's rules for good solutions find nothing that is not explained?"""

import json
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from infra import config
from infra.stack import Footlight

from .conftest import CONTEXT


def test_every_finding_is_explained(tmp_path: Path) -> None:
    app = cdk.App(context=CONTEXT, outdir=str(tmp_path))
    Footlight(app, "Footlight", config=config.read({"alarmEmail": "ops@example.com"}))
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks())
    app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert [
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ] == []
