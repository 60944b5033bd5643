"""Figures for CloudWatch, written into the log in its embedded metric format.

Apart from `telemetry`, so that only functions which count load Powertools' Metrics.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from typing import Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE: Final = "Footlight"


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """Adds to a figure, apart for each combination of dimensions."""
    with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE) as metric:
        for dimension, what in dimensions.items():
            metric.add_dimension(name=dimension, value=what)
