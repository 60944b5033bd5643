"""Every difference between AWS and the emulator on a laptop, with its reason.

Constructs read the fields of `Place` and contain no code about the emulator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cognito as cognito

from infra.building import Target
from infra.config import Emulator


@dataclass(frozen=True)
class Place:
    """The place where the stack is deployed: AWS or a laptop."""

    target: Target
    """The emulator ignores a function's runtime and architecture. It uses its own Python and this
    machine's processor."""

    links_layer: bool
    """The emulator unpacks the layer, 60 MB, for each process of each function. A laptop's layer
    only names the folder of the dependencies on this machine."""

    keeps_data: bool
    """On a laptop, data is deleted with the stack: nothing is retained or protected."""

    checks_origin: bool
    """On AWS, the API accepts only requests that came through CloudFront. On a laptop, tests and
    tools also call it directly."""

    uploads_site: bool
    """On AWS, CDK's BucketDeployment uploads the site's files. Its function requires the AWS CLI at
    a fixed path, so the local stack uploads the files itself and synthesizes without a site."""

    has_login_style: bool
    """The emulator has no managed login style and no passkeys. On a laptop, people sign in with a
    password only, on one page."""

    has_alarms: bool
    """The emulator reads no metrics in logs, so alarms would have no data."""

    https: bool
    """On a laptop, the forwarder, the emulated distribution, and its bucket use plain HTTP. The
    stack has no redirect to HTTPS, no `upgrade-insecure-requests` in the pages' policy, and no
    bucket policy that requires TLS."""

    api_origin: Callable[[apigatewayv2.HttpApi, dict[str, str]], origins.HttpOrigin]
    """Return the API as CloudFront's origin, with headers to add to each request. The emulated
    CloudFront returns 502 for origins at AWS host names, except S3's."""

    page_origin: Callable[
        [apigatewayv2.HttpApi, dict[str, str], cloudfront.IOrigin], cloudfront.IOrigin
    ]
    """Return the API as the origin of channels' pages. On AWS, CloudFront falls back to the bucket,
    which has the plain page. The emulated CloudFront has no groups of origins."""

    api_url: Callable[[apigatewayv2.HttpApi], str]
    """`*.execute-api.localhost` doesn't resolve on every machine, so a laptop uses a path."""

    discovery_url: Callable[[cognito.UserPool], str | None]
    """Return the URL of the issuer's metadata, or None if it is under the issuer's URL. The
    emulated Cognito signs tokens as AWS's issuer, whose URL leads to AWS, not to the emulator."""


PAGE_SECONDS: Final = 2
"""How long CloudFront waits for a channel's page before it sends the plain page: longer than most
cold starts. Attempts are limited to one, because each would wait this long.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
"""

FAILS_OVER: Final = (500, 502, 503, 504)
"""Responses for which CloudFront sends the plain page. 404 isn't one: it is what an unknown channel
gets. 429 would be one, but CloudFront accepts only 400, 403, 404, 416, and these."""


def aws() -> Place:
    """Return the settings for AWS."""

    def api_host(api: apigatewayv2.HttpApi) -> str:
        return Fn.join(".", [api.api_id, "execute-api", Aws.REGION, Aws.URL_SUFFIX])

    def api_origin(
        api: apigatewayv2.HttpApi, headers: dict[str, str], **waiting: Any
    ) -> origins.HttpOrigin:
        return origins.HttpOrigin(
            api_host(api),
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            custom_headers=headers,
            **waiting,
        )

    def page_origin(
        api: apigatewayv2.HttpApi, headers: dict[str, str], files: cloudfront.IOrigin
    ) -> cloudfront.IOrigin:
        wait = Duration.seconds(PAGE_SECONDS)
        first = api_origin(
            api, headers, connection_attempts=1, connection_timeout=wait, read_timeout=wait
        )
        group = origins.OriginGroup(
            primary_origin=cast("cloudfront.IOrigin", first),
            fallback_origin=files,
            fallback_status_codes=list(FAILS_OVER),
        )
        return cast("cloudfront.IOrigin", group)

    return Place(
        target=Target.lambda_runtime(),
        links_layer=False,
        keeps_data=True,
        checks_origin=True,
        uploads_site=True,
        has_login_style=True,
        has_alarms=True,
        https=True,
        api_origin=api_origin,
        page_origin=page_origin,
        api_url=lambda api: api.api_endpoint,
        discovery_url=lambda _: None,
    )


def emulator(at: Emulator) -> Place:
    """Return the settings for the emulator at an address of this machine."""
    base = f"http://{at.host}:{at.port}"

    def api_path(api: apigatewayv2.HttpApi) -> str:
        return f"/_aws/execute-api/{api.api_id}/$default"

    def api_origin(api: apigatewayv2.HttpApi, headers: dict[str, str]) -> origins.HttpOrigin:
        return origins.HttpOrigin(
            at.host,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTP_ONLY,
            http_port=at.port,
            origin_path=api_path(api),
            custom_headers=headers,
        )

    return Place(
        target=Target.this_machine(),
        links_layer=True,
        keeps_data=False,
        checks_origin=False,
        uploads_site=False,
        has_login_style=False,
        has_alarms=False,
        https=False,
        api_origin=api_origin,
        page_origin=lambda api, headers, _: cast("cloudfront.IOrigin", api_origin(api, headers)),
        api_url=lambda api: base + api_path(api),
        discovery_url=lambda pool: f"{base}/{pool.user_pool_id}/.well-known/openid-configuration",
    )
