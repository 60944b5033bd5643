"""Names that AWS requires to be unique in a whole account."""

from typing import Final

from aws_cdk import Aws

MAX_LENGTH: Final = 64
"""Of the name of a CloudFront function, the shortest limit.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
"""

MAX_REGION_LENGTH: Final = 15
MAX_STACK_LENGTH: Final = 40
MAX_KIND_LENGTH: Final = MAX_LENGTH - MAX_REGION_LENGTH - MAX_STACK_LENGTH - len("--")


def global_name(kind: str) -> str:
    """Return a name that no other stack has, in any region of the account.

    CloudFront, WAF for CloudFront, dashboards, and budgets have one namespace per account. CDK's
    own names contain the region or the construct's path, but not always both.
    """
    if len(kind) > MAX_KIND_LENGTH:
        raise ValueError(kind)
    return f"{Aws.REGION}-{Aws.STACK_NAME}-{kind}"
