"""CloudWatch metrics, logged in the embedded metric format.

Separate from `logs`, so that only functions with metrics load Powertools' Metrics.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from typing import Final

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE: Final = "Footlight"


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """Add to a metric. Each combination of dimensions is a separate metric."""
    with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE) as metric:
        for dimension, content in dimensions.items():
            metric.add_dimension(name=dimension, value=content)
