"""A deployment on AWS or on the emulator: its stack, and clients for its account and region."""

import functools
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.config import Config, InvalidSettings, deployment_config
from operations import web
from operations.checks import Failed
from operations.livekit import Keys, Server

COMMON_REGION: Final = "us-east-1"
"""The region of CloudFront's certificates and web ACLs."""


class Resource(NamedTuple):
    """A resource of the stack. `id` is its logical id, `name` the id that AWS gave it."""

    id: str
    type: str
    name: str


@dataclass(frozen=True)
class Stack:
    """A CloudFormation stack."""

    name: str
    status: str
    outputs: Mapping[str, str]
    resources: Sequence[Resource] = ()

    def of_type(self, type: str) -> list[Resource]:
        """Return the resources of a type, such as `AWS::Lambda::Function`."""
        return [resource for resource in self.resources if resource.type == type]

    def names(self, type: str) -> list[str]:
        """Return the names of the resources of a type."""
        return [resource.name for resource in self.of_type(type)]

    def function(self, name: str, type: str = "AWS::Lambda::Function") -> Resource:
        """Return the function (or its log group) of a folder under `functions/`."""
        for resource in self.of_type(type):
            if resource.id.startswith(f"{name.title()}Function"):
                return resource
        raise Failed(f"the stack has no function {name}", "make deploy")


@dataclass
class Deployment:
    """A stack, and where it runs."""

    stack: Stack
    session: Any = field(default_factory=boto3.Session, repr=False)
    on_emulator: bool = False
    domain: str | None = None
    """The site's own domain, from the settings."""

    @functools.cached_property
    def _clients(self) -> dict[tuple[str, str | None], Any]:
        return {}

    def client(self, service: str, region: str | None = None) -> Any:
        """Return the cached client of a service."""
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self.session.client(service, region_name=region)
        return self._clients[key]

    def output(self, name: str) -> str:
        """Return an output of the stack. Raises Failed if it has no such output."""
        try:
            return self.stack.outputs[name]
        except KeyError:
            raise Failed(f"the stack has no output {name}", "make deploy") from None

    @property
    def site_url(self) -> str:
        """The site's origin."""
        return self.output("SiteUrl").rstrip("/")

    @property
    def site_secret_id(self) -> str:
        """The id of the site's secret."""
        for resource in self.stack.of_type("AWS::SecretsManager::Secret"):
            if resource.id.startswith("SecretsSite"):
                return resource.name
        raise Failed("the stack has no site secret", "make deploy")

    @functools.cached_property
    def livekit(self) -> Server:
        """LiveKit, with the keys in the deployment's secret. Raises Failed if it has none."""
        keys = stored_keys(self.client("secretsmanager"), self.output("LiveKitSecretName"))
        if keys is None:
            raise Failed("LiveKit's secret is empty", "make livekit-keys")
        return Server(json.loads(self.output("SiteConfig"))["livekitUrl"], keys)


def secret_fields(secrets_manager: Any, secret_id: str) -> dict[str, str]:
    """Return the fields of a secret, or none if it has no value yet."""
    try:
        # The emulator returns a secret without a value, and AWS an error.
        text = secrets_manager.get_secret_value(SecretId=secret_id).get("SecretString")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            return {}
        raise
    return json.loads(text or "{}")


def stored_keys(secrets_manager: Any, secret_id: str) -> Keys | None:
    """Return LiveKit's keys in a secret, or None if it doesn't have both."""
    value = secret_fields(secrets_manager, secret_id)
    if not value.get("LIVEKIT_API_KEY") or not value.get("LIVEKIT_API_SECRET"):
        return None
    return Keys(value["LIVEKIT_API_KEY"], value["LIVEKIT_API_SECRET"])


def read_stack(cloudformation: Any, name: str) -> Stack | None:
    """Return a stack, or None if there is none of this name."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return Stack(
        name=name,
        status=found["StackStatus"],
        outputs={output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
        resources=[
            Resource(
                resource["LogicalResourceId"],
                resource["ResourceType"],
                resource.get("PhysicalResourceId", ""),
            )
            for page in pages
            for resource in page["StackResourceSummaries"]
        ],
    )


class Configured(NamedTuple):
    """The operator's settings, and the stack of this name in the credentials' account and region.

    `stack` is None if there is none.
    """

    config: Config
    session: Any
    stack: Stack | None


def session_of_environment() -> Any:
    """Return a session in the region that the CDK and the AWS CLI choose: they prefer AWS_REGION.

    Boto3 itself reads only AWS_DEFAULT_REGION and the profile.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    """
    return boto3.Session(region_name=os.environ.get("AWS_REGION") or None)


def configured() -> Configured:
    """Read the settings and the stack. Raises Failed if one of them can't be read."""
    try:
        config = deployment_config()
        session = session_of_environment()
        return Configured(
            config, session, read_stack(session.client("cloudformation"), config.name)
        )
    except (InvalidSettings, ClientError, BotoCoreError) as error:
        raise Failed(str(error)) from error


def deployed() -> Deployment:
    """Return the deployment that the settings name. Raises Failed if there is none."""
    config, session, stack = configured()
    if stack is None:
        raise Failed(f"there is no stack {config.name} in {session.region_name}", "make deploy")
    return Deployment(stack, session)


def is_emulated() -> bool:
    """Return whether `AWS_ENDPOINT_URL` leads to the local stack's emulator."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return False
    return web.get(f"{endpoint.rstrip('/')}/_ministack/health").status == 200
