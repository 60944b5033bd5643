"""cdk-nag findings that we accept, each with its reason, next to the construct it concerns."""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept_findings(construct: IConstruct, findings: Mapping[str, str]) -> None:
    """Accept findings on a construct and everything inside it: {rule: reason}."""
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=rule, reason=reason) for rule, reason in findings.items())
    )
