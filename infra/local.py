"""What differs between AWS and the emulator on a laptop, and why? The one place that says it.

`Place` lists every difference; the constructs ask it and know nothing of the emulator.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aws_cdk import Aws, Fn
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cognito as cognito

from infra.assets import Target
from infra.config import Emulator


@dataclass(frozen=True)
class Place:
    """Where the stack is deployed to."""

    target: Target
    """The emulator runs functions with its own Python on this machine's processor, whatever their
    runtime and architecture say."""

    keeps_data: bool
    """A laptop's data go with its stack: nothing is retained or protected from deletion."""

    checks_origin: bool
    """On AWS the API answers only what came through CloudFront. A laptop's API is called beside it
    too, by tests and tools."""

    uploads_site: bool
    """On AWS CDK's BucketDeployment uploads the site's files. Its function wants the AWS CLI at a
    fixed path, so the local stack uploads them itself, and needs no site to synthesise."""

    has_alarms: bool
    """The emulator has no alarms over several metrics, and a laptop's operator is awake."""

    https: bool
    """The forwarder speaks http to the emulated distribution, which does so to its bucket: no
    redirect to https, no `upgrade-insecure-requests` in the pages' policy, no bucket policy that
    wants TLS."""

    api_origin: Callable[[apigatewayv2.HttpApi, dict[str, str]], origins.HttpOrigin]
    """The API as CloudFront's origin, given headers to send along. The emulated CloudFront answers
    502 for an origin at one of AWS's own host names, S3's aside."""

    api_url: Callable[[apigatewayv2.HttpApi], str]
    """`*.execute-api.localhost` does not resolve on every machine; the emulator's path does."""

    discovery_url: Callable[[cognito.UserPool], str | None]
    """Where the issuer's metadata lie, if not at the issuer. The emulated Cognito signs tokens as
    AWS's issuer, whose address leads to AWS and not to the emulator."""


def aws() -> Place:
    """The real thing."""

    def api_host(api: apigatewayv2.HttpApi) -> str:
        return Fn.join(".", [api.api_id, "execute-api", Aws.REGION, Aws.URL_SUFFIX])

    return Place(
        target=Target.lambda_runtime(),
        keeps_data=True,
        checks_origin=True,
        uploads_site=True,
        has_alarms=True,
        https=True,
        api_origin=lambda api, headers: origins.HttpOrigin(
            api_host(api),
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers=headers,
        ),
        api_url=lambda api: api.api_endpoint,
        discovery_url=lambda _: None,
    )


def emulator(at: Emulator) -> Place:
    """The emulator that listens at an address of this machine."""
    base = f"http://{at.host}:{at.port}"

    def api_path(api: apigatewayv2.HttpApi) -> str:
        return f"/_aws/execute-api/{api.api_id}/$default"

    return Place(
        target=Target.this_machine(),
        keeps_data=False,
        checks_origin=False,
        uploads_site=False,
        has_alarms=False,
        https=False,
        api_origin=lambda api, headers: origins.HttpOrigin(
            at.host,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTP_ONLY,
            http_port=at.port,
            origin_path=api_path(api),
            custom_headers=headers,
        ),
        api_url=lambda api: base + api_path(api),
        discovery_url=lambda pool: f"{base}/{pool.user_pool_id}/.well-known/openid-configuration",
    )
