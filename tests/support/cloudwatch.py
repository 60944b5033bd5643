"""What CloudWatch reads in a log and in a template, according to its documentation."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

EMBEDDED_METRICS: Final = 100
"""The maximum of metrics in one line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""


class Metric(NamedTuple):
    """The identity of a metric. Each combination of dimensions is a separate metric."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()


def metric(namespace: str, name: str, **dimensions: str) -> Metric:
    return Metric(namespace, name, frozenset(dimensions.items()))


# --- written ---


def embedded(log: str) -> set[Metric]:
    """Return the metrics that CloudWatch extracts from a log in the embedded metric format."""
    return {metric for line in log.splitlines() for metric in _embedded_in(line)}


def _embedded_in(line: str) -> Iterator[Metric]:
    try:
        event = json.loads(line)
    except ValueError:
        return
    for directive in event.get("_aws", {}).get("CloudWatchMetrics", ()):
        assert 0 < len(directive["Metrics"]) <= EMBEDDED_METRICS
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, event[name]) for name in names)
            for definition in directive["Metrics"]:
                values = event[definition["Name"]]
                assert values
                assert all(isinstance(value, int | float) for value in values)
                yield Metric(directive["Namespace"], definition["Name"], dimensions)


def filtered(resources: Mapping[str, Any]) -> set[Metric]:
    """Return the metrics of a template's metric filters."""
    return {
        Metric(transformation["MetricNamespace"], transformation["MetricName"])
        for properties in _properties(resources, "AWS::Logs::MetricFilter")
        for transformation in properties["MetricTransformations"]
    }


# --- watched ---


def of_alarm(alarm: Mapping[str, Any]) -> Metric:
    """Return the metric of an alarm. Ours watch exactly one, because each is billed."""
    assert "Metrics" not in alarm
    dimensions = alarm.get("Dimensions", ())
    return Metric(
        alarm["Namespace"],
        alarm["MetricName"],
        frozenset((one["Name"], _text(one["Value"])) for one in dimensions),
    )


def on_dashboards(resources: Mapping[str, Any]) -> list[tuple[Metric, str]]:
    """Return the metrics of a template's dashboards, each with its region.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    found: list[tuple[Metric, str]] = []
    for dashboard in _properties(resources, "AWS::CloudWatch::Dashboard"):
        for widget in json.loads(_text(dashboard["DashboardBody"]))["widgets"]:
            properties = widget["properties"]
            for row in properties.get("metrics", ()):
                options = row[-1] if isinstance(row[-1], dict) else {}
                namespace, name, *rest = (part for part in row if not isinstance(part, dict))
                dimensions = frozenset(zip(rest[::2], rest[1::2], strict=True))
                region = options.get("region", properties["region"])
                found.append((Metric(namespace, name, dimensions), region))
    return found


def _properties(resources: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    return (one["Properties"] for one in resources.values() if one["Type"] == kind)


def _text(value: Any) -> str:
    """Return a value of a template as text, with `${…}` for what CloudFormation inserts."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        separator, parts = argument
        return separator.join(map(_text, parts))
    return "${" + (argument if isinstance(argument, str) else ".".join(argument)) + "}"


# --- filter patterns ---

_TOKEN: Final = re.compile(r'\s*(&&|\|\||!=|[(){}=]|"[^"]*"|\$(?:\.\w+)+)')


def matches(pattern: str, line: str) -> bool:
    """Return whether a filter pattern for JSON matches a line of a log.

    Knows the subset `{ $.a.b = "x" && ($.c != "y" || …) }`, without regular expressions and
    wildcards. A selector of a missing field matches nothing.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    tokens = _TOKEN.findall(pattern)
    assert "".join(tokens) == re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", pattern)
    assert (tokens[0], tokens[-1]) == ("{", "}")
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and _Pattern(tokens[1:-1], event).read()


class _Pattern:
    def __init__(self, tokens: list[str], event: dict[str, Any]) -> None:
        self._tokens = tokens
        self._event = event

    def read(self) -> bool:
        result = self._any()
        assert not self._tokens
        return result

    def _any(self) -> bool:
        result = self._all()
        while self._tokens[:1] == ["||"]:
            self._tokens.pop(0)
            result = self._all() or result
        return result

    def _all(self) -> bool:
        result = self._one()
        while self._tokens[:1] == ["&&"]:
            self._tokens.pop(0)
            result = self._one() and result
        return result

    def _one(self) -> bool:
        token = self._tokens.pop(0)
        if token == "(":
            result = self._any()
            assert self._tokens.pop(0) == ")"
            return result
        operator, text = self._tokens.pop(0), self._tokens.pop(0).strip('"')
        value = self._event
        for name in token.removeprefix("$.").split("."):
            if not isinstance(value, dict) or name not in value:
                return False
            value = value[name]
        return (value == text) == {"=": True, "!=": False}[operator]
