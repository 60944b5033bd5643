"""Tests of the alarms: their descriptions, metrics, and recipients."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Template

ROOT = Path(__file__).resolve().parents[2]


def test_every_alarm_has_a_description(production: "Template") -> None:
    alarms = dict(production.all("AWS::CloudWatch::Alarm"))
    assert len(alarms) == 5
    for alarm in alarms.values():
        assert len(alarm["AlarmDescription"]) > 40


def test_missing_runs_of_the_reconciler_alarm_and_missing_drift_does_not(
    production: "Template",
) -> None:
    by_metric = {
        alarm["MetricName"]: alarm
        for _, alarm in production.all("AWS::CloudWatch::Alarm")
        if alarm.get("Namespace") == "Footlight"
    }
    assert by_metric["LiveChannels"]["TreatMissingData"] == "breaching"
    assert by_metric["LiveChannels"]["ComparisonOperator"] == "LessThanThreshold"
    assert by_metric["ReconcileDrift"]["TreatMissingData"] == "notBreaching"
    assert by_metric["ReconcileDrift"]["EvaluationPeriods"] == 2


def test_the_code_writes_every_metric_that_an_alarm_uses(production: "Template") -> None:
    sources = "".join(path.read_text() for path in (ROOT / "footlight").rglob("*.py"))
    written = set(re.findall(r'metrics\.count\(\s*"(\w+)"', sources))
    for _, alarm in production.all("AWS::CloudWatch::Alarm"):
        if alarm.get("Namespace") == "Footlight":
            assert alarm["MetricName"] in written


def test_alarms_are_emailed_if_an_address_is_set(production: "Template", full: "Template") -> None:
    assert all("AlarmActions" not in alarm for _, alarm in production.all("AWS::CloudWatch::Alarm"))
    assert all(alarm["AlarmActions"] for _, alarm in full.all("AWS::CloudWatch::Alarm"))
