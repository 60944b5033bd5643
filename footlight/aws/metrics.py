"""CloudWatch metrics, logged in the embedded metric format.

Separate from `logs`, so that only functions with metrics load Powertools' Metrics. The stack sets
the namespace, one for each deployment. Powertools adds the dimension `service`, which is the
function's name. CloudWatch treats each combination of dimensions as a separate metric, so alarms
must name it too.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
"""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics


def publish(counts: Mapping[str, int]) -> None:
    """Write counts by name of the metric, in one log line.

    A metric costs $0.30 a month, billed for the hours in which it has data. Leave zeros out, except
    for metrics that an alarm watches.
    """
    metrics = EphemeralMetrics()
    for name, value in counts.items():
        metrics.add_metric(name, "Count", value)
    metrics.flush_metrics()
