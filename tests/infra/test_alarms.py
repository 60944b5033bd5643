"""What wakes the operator up, and what an alarm is about?"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Reading

ROOT = Path(__file__).resolve().parents[2]


def test_every_alarm_says_what_it_means(production: "Reading") -> None:
    alarms = dict(production.all("AWS::CloudWatch::Alarm"))
    assert len(alarms) == 5
    for alarm in alarms.values():
        assert len(alarm["AlarmDescription"]) > 40


def test_a_reconciler_that_is_silent_is_a_fault_and_drift_that_is_not_is_none(
    production: "Reading",
) -> None:
    by_figure = {
        alarm["MetricName"]: alarm
        for _, alarm in production.all("AWS::CloudWatch::Alarm")
        if alarm.get("Namespace") == "Footlight"
    }
    assert by_figure["LiveChannels"]["TreatMissingData"] == "breaching"
    assert by_figure["LiveChannels"]["ComparisonOperator"] == "LessThanThreshold"
    assert by_figure["ReconcileDrift"]["TreatMissingData"] == "notBreaching"
    assert by_figure["ReconcileDrift"]["EvaluationPeriods"] == 2


def test_every_figure_of_an_alarm_is_one_that_the_code_writes(production: "Reading") -> None:
    sources = "".join(path.read_text() for path in (ROOT / "footlight").rglob("*.py"))
    written = set(re.findall(r'metrics\.count\(\s*"(\w+)"', sources))
    for _, alarm in production.all("AWS::CloudWatch::Alarm"):
        if alarm.get("Namespace") == "Footlight":
            assert alarm["MetricName"] in written


def test_alarms_are_told_where_an_address_is_set(production: "Reading", full: "Reading") -> None:
    assert all("AlarmActions" not in alarm for _, alarm in production.all("AWS::CloudWatch::Alarm"))
    assert all(alarm["AlarmActions"] for _, alarm in full.all("AWS::CloudWatch::Alarm"))
