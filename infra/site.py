"""The site: its bucket, and the distribution that puts files and API on one origin."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aws_cdk import Duration, Fn, RemovalPolicy, Token
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.accepted import accept
from infra.config import Domain
from infra.local import Place

EDGE: Final = Path(__file__).parent / "edge"

ORIGIN_HEADER: Final = "x-footlight-origin"
"""By which CloudFront proves to the API that a request came through it."""

ERRORS_NEVER_KEPT: Final = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""CloudFront would keep them for ten seconds, and for all callers alike."""


class Site(Construct):
    """A private bucket and the distribution in front of it and of the API."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        place: Place,
        http_api: apigatewayv2.HttpApi,
        origin_secret: str,
        livekit_url: str,
        domain: Domain | None,
        web_acl_arn: str | None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=place.https,
            # Made anew by each deployment: nothing in it is worth keeping.
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=place.uploads_site,
        )
        viewer = (
            cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
            if place.https
            else cloudfront.ViewerProtocolPolicy.ALLOW_ALL
        )
        origin = place.api_origin(http_api, {ORIGIN_HEADER: origin_secret})
        api_headers = self._headers("ApiHeaders", API_POLICY)
        client_address = self._on_request("client_address")

        def api(cache_policy: cloudfront.ICachePolicy) -> cloudfront.BehaviorOptions:
            return cloudfront.BehaviorOptions(
                origin=origin,
                viewer_protocol_policy=viewer,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cache_policy,
                compress=True,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy=api_headers,
                function_associations=[client_address],
            )

        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Footlight",
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            # CloudFront's own certificate has a policy of its own.
            minimum_protocol_version=(
                cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if domain else None
            ),
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            domain_names=[domain.name] if domain else None,
            certificate=acm.Certificate.from_certificate_arn(
                self, "Certificate", domain.certificate_arn
            )
            if domain
            else None,
            web_acl_id=web_acl_arn,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
                viewer_protocol_policy=viewer,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                compress=True,
                response_headers_policy=self._headers(
                    "PageHeaders", page_policy(livekit_url, https=place.https)
                ),
                function_associations=[self._on_request("deep_links")],
            ),
            # The first pattern that matches counts.
            additional_behaviors={
                "/api/pages/*": api(self._kept_as_the_api_says()),
                "/api/*": api(cloudfront.CachePolicy.CACHING_DISABLED),
            },
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
                for status in ERRORS_NEVER_KEPT
            ],
        )
        accept(
            self.bucket,
            {
                "AwsSolutions-S1": "Read by CloudFront alone, and holds nothing that is not public",
            },
        )
        accept(
            self.distribution,
            {
                "AwsSolutions-CFR1": "A site for everyone, everywhere",
                "AwsSolutions-CFR3": "A log of who watched whom is not kept; the API has its own "
                "without addresses",
                **(
                    {}
                    if web_acl_arn
                    else {"AwsSolutions-CFR2": "A web ACL costs by the month: the setting `waf`"}
                ),
                **(
                    {}
                    if domain
                    else {
                        "AwsSolutions-CFR4": "CloudFront's own certificate fixes its policy; with "
                        "`domainName` it is TLS 1.2 and newer"
                    }
                ),
            },
        )
        name = domain.name if domain else self.distribution.distribution_domain_name
        self.url = f"https://{name}"

    def _kept_as_the_api_says(self) -> cloudfront.ICachePolicy:
        """What guests are shown is the same for all of them and may be two seconds old, so that a
        crowd which waits for one broadcast costs the API no more than one of them does."""
        return cloudfront.CachePolicy(
            self,
            "Pages",
            comment="Footlight: as Cache-Control says, apart for each caller",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.seconds(5),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list("Authorization"),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _on_request(self, script: str) -> cloudfront.FunctionAssociation:
        return cloudfront.FunctionAssociation(
            event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
            function=cloudfront.Function(
                self,
                script.title().replace("_", ""),
                code=cloudfront.FunctionCode.from_file(file_path=str(EDGE / f"{script}.js")),
                runtime=cloudfront.FunctionRuntime.JS_2_0,
            ),
        )

    def _headers(self, id: str, policy: str) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            id,
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365),
                    include_subdomains=False,  # the operator's other hosts are not ours to bind
                    override=True,
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=(
                        cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN
                    ),
                    override=True,
                ),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=header, value=value, override=True)
                    for header, value in MORE_HEADERS.items()
                ]
            ),
        )


MORE_HEADERS: Final = {
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"


def page_policy(livekit_url: str, *, https: bool) -> str:
    """The pages' Content-Security-Policy: this site and LiveKit, no inline code, no eval."""
    directives: Mapping[str, str] = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": " ".join(["'self'", *_livekit_addresses(livekit_url)]),
        "media-src": "'self' blob:",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    policy = "; ".join(f"{name} {value}" for name, value in directives.items())
    return f"{policy}; upgrade-insecure-requests" if https else policy


def _livekit_addresses(livekit_url: str) -> list[str]:
    """LiveKit's address for its WebSocket and for its validation request over HTTP.

    LiveKit Cloud moves clients to other regions' hosts of `livekit.cloud`; where the address is
    known only when deploying, it may be such a one.
    """
    cloud = ["wss://*.livekit.cloud", "https://*.livekit.cloud"]
    if Token.is_unresolved(livekit_url):
        host = Fn.select(1, Fn.split("://", livekit_url))
        return [livekit_url, Fn.join("", ["https://", host]), *cloud]
    addresses = [livekit_url, livekit_url.replace("ws", "http", 1)]
    return [*addresses, *cloud] if livekit_url.endswith(".livekit.cloud") else addresses
