"""Trials: checks that create something harmless and delete it. They run only if asked for."""

import contextlib
import secrets
from typing import Any, Final

from botocore.exceptions import ClientError, WaiterError

from operations.checks import Failed, Skipped, Warned
from operations.deployment import stored_keys
from operations.doctor.account import Planned
from operations.livekit import Server

COMMENT: Final = "A trial by Footlight's make doctor. It can be deleted"
CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""The managed cache policy that caches nothing.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html"""
WAIT: Final = {"Delay": 20, "MaxAttempts": 45}
"""Fifteen minutes. CloudFront needs about five."""
TRIAL_NAME: Final = "footlight-doctor"


def cloudfront(planned: Planned) -> str:
    """Create a distribution and delete it. It is disabled, so it serves nothing and costs nothing.

    A new account may be refused its first distribution, which IAM doesn't show. A deploy then fails
    after minutes. CloudFront deletes a distribution only once it is the same everywhere.
    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteDistribution.html
    """
    client = planned.client("cloudfront")
    for id in _trials(client):
        _delete(client, id)
    try:
        made = client.create_distribution(DistributionConfig=_configuration())["Distribution"]
    except ClientError as error:
        if "must be verified" not in str(error):
            raise
        raise Failed(
            "CloudFront refuses the account until AWS has verified it",
            "ask AWS Support (Account and billing) to verify the account for CloudFront",
        ) from error
    try:
        client.get_waiter("distribution_deployed").wait(Id=made["Id"], WaiterConfig=WAIT)
        _delete(client, made["Id"])
    except (ClientError, WaiterError) as error:
        raise Warned(
            f"the account may create distributions, but the trial {made['Id']} is still there: "
            f"{error}",
            "run this again later, which deletes it",
        ) from error
    return "a distribution was created and deleted"


def _configuration() -> dict[str, Any]:
    origin: dict[str, Any] = {
        "Id": "none",
        "DomainName": "example.com",
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
        },
    }
    return {
        "CallerReference": f"{TRIAL_NAME}-{secrets.token_hex(8)}",
        "Comment": COMMENT,
        "Enabled": False,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "none",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": CACHING_DISABLED,
        },
    }


def _trials(client: Any) -> list[str]:
    """Return the distributions that an interrupted run has left."""
    pages = client.get_paginator("list_distributions").paginate()
    return [
        each["Id"]
        for page in pages
        for each in page.get("DistributionList", {}).get("Items", [])
        if each["Comment"] == COMMENT and not each["Enabled"] and each["Status"] == "Deployed"
    ]


def _delete(client: Any, id: str) -> None:
    client.delete_distribution(Id=id, IfMatch=client.get_distribution(Id=id)["ETag"])


def ingress(planned: Planned) -> str:
    """Create an ingress at LiveKit and delete it, as a creator's first stream key does.

    A server without LiveKit Ingress, and a plan without a free ingress, refuse this only.
    https://docs.livekit.io/reference/server/server-apis/
    """
    url = planned.config.livekit_url
    name = planned.stack.outputs.get("LiveKitSecretName") if planned.stack else None
    if not url or not name:
        raise Skipped("the keys are stored after the first deploy: make livekit-keys")
    keys = stored_keys(planned.client("secretsmanager"), name)
    if keys is None:
        raise Skipped("LiveKit's secret is empty: make livekit-keys")
    server = Server(url, keys)
    made, _ = server.call(
        "Ingress",
        "CreateIngress",
        {
            "input_type": "WHIP_INPUT",
            "name": TRIAL_NAME,
            "room_name": TRIAL_NAME,
            "participant_identity": TRIAL_NAME,
        },
    )
    id = (made or {}).get("ingress_id")
    if not id:
        raise Failed(f"LiveKit created no ingress: {made}", "connect LiveKit Ingress, with Redis")
    with contextlib.suppress(Failed):
        server.call("Ingress", "DeleteIngress", {"ingress_id": id})
        return "an ingress was created and deleted"
    raise Warned(f"the ingress {id} wasn't deleted", f"lk ingress delete {id}")
