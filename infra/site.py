"""The site: its bucket, and the distribution that serves files and the API from one origin."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from aws_cdk import Annotations, Aws, Duration, Fn, RemovalPolicy, Token
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.accepted import accept_findings
from infra.config import Domain
from infra.local import Place
from infra.names import global_name

EDGE: Final = Path(__file__).parent / "edge"

ORIGIN_HEADER: Final = "x-footlight-origin"
"""The header that proves to the API that a request came through CloudFront."""

PUBLIC: Final = ("/api/pages/live/*", "/api/openapi.json")
"""What is the same for everyone. Waiting pages request the live status every few seconds, so it
must cost as little as possible."""

CHANNEL_HEADER: Final = "x-footlight-page"
"""The header in which `deep_links` sends the name of the channel whose page is requested."""

CHANNELS: Final = "/?*"
"""The pattern of channels' pages: all paths with one part that `FILES` don't match."""

FILES: Final = ("/*/*", "*.*", "/search", "/admin")
"""What comes from the bucket although `CHANNELS` matches it, besides the operator's pages."""

PAGE_QUERIES: Final = ("cursor", "term")
"""The query parameters of pages. Any other parameter must not cause a cache miss."""

UNCACHED_ERRORS: Final = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""By default, CloudFront caches these for 10 s and shares them between callers."""


class Site(Construct):
    """A private bucket, and the distribution in front of the bucket and the API."""

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
        pages: Sequence[str],
        security_contact: str | None,
    ) -> None:
        super().__init__(scope, id)
        self._viewer_protocol = (
            cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
            if place.https
            else cloudfront.ViewerProtocolPolicy.ALLOW_ALL
        )
        self.bucket = self._bucket(place)
        headers = {ORIGIN_HEADER: origin_secret}
        files = self._files()
        page_behavior = self._page_behavior(
            files,
            page_policy(livekit_url, https=place.https),
            {
                "DOMAIN": domain.name.lower() if domain else "",
                "PAGES": list(pages),
                "CONTACT": security_contact or "",
            },
        )
        self.distribution = self._distribution(
            behaviors={
                **self._api_behaviors(place.api_origin(http_api, headers)),
                **dict.fromkeys((*FILES, *(f"/{page}" for page in pages)), page_behavior),
                CHANNELS: self._channel_behavior(
                    page_behavior, place.page_origin(http_api, headers, files)
                ),
            },
            page_behavior=page_behavior,
            domain=domain,
            web_acl_arn=web_acl_arn,
        )
        self._accept_findings(has_domain=domain is not None, has_web_acl=web_acl_arn is not None)
        name = domain.name if domain else self.distribution.distribution_domain_name
        self.url = f"https://{name}"

    def _bucket(self, place: Place) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=place.https,
            # Each deployment uploads all files, so nothing here needs to be kept.
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=place.uploads_site,
        )

    def _api_behaviors(
        self, origin: origins.HttpOrigin
    ) -> Mapping[str, cloudfront.BehaviorOptions]:
        """Return the API's behaviors by path pattern. The first pattern that matches applies."""
        headers = self._headers("ApiHeaders", API_POLICY)
        client_address = self._on_request("client_address", "Address")

        def behavior(cache_policy: cloudfront.ICachePolicy) -> cloudfront.BehaviorOptions:
            return cloudfront.BehaviorOptions(
                origin=origin,
                viewer_protocol_policy=self._viewer_protocol,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cache_policy,
                compress=True,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy=headers,
                function_associations=[client_address],
            )

        public = cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=self._viewer_protocol,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=self._public_cache_policy(),
            compress=True,
            response_headers_policy=headers,
        )
        return {
            **dict.fromkeys(PUBLIC, public),
            "/api/pages/*": behavior(self._pages_cache_policy()),
            "/api/*": behavior(cloudfront.CachePolicy.CACHING_DISABLED),
        }

    def _page_behavior(
        self, files: cloudfront.IOrigin, policy: str, constants: Mapping[str, object]
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=files,
            viewer_protocol_policy=self._viewer_protocol,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            response_headers_policy=self._headers("PageHeaders", policy),
            function_associations=[self._on_request("deep_links", "Links", **constants)],
        )

    def _channel_behavior(
        self, page: cloudfront.BehaviorOptions, origin: cloudfront.IOrigin
    ) -> cloudfront.BehaviorOptions:
        """Return the behavior of channels' pages, which the API renders.

        CloudFront chooses a behavior by the path of the request, before `deep_links` changes it.
        All other pages therefore come from the bucket and invoke no function. `deep_links` changes
        a channel's path to the plain page's, because the bucket gets the same path if the API
        fails. A header names the channel.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
        """
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=self._viewer_protocol,
            cache_policy=self._channel_cache_policy(),
            compress=True,
            response_headers_policy=page.response_headers_policy,
            function_associations=page.function_associations,
        )

    def _files(self) -> cloudfront.IOrigin:
        """Return the bucket as an origin. It may list its files, so a missing file is a 404.

        Without that right, S3 answers 403:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_Permissions
        """
        access = cloudfront.S3OriginAccessControl(
            self, "BucketAccess", origin_access_control_name=global_name("Bucket")
        )
        # Nothing can request the list itself: `/` is a page, and queries aren't forwarded.
        Annotations.of(self).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk"
        )
        return origins.S3BucketOrigin.with_origin_access_control(
            self.bucket,
            origin_access_control=cast("cloudfront.IOriginAccessControl", access),
            origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
        )

    def _distribution(
        self,
        *,
        behaviors: Mapping[str, cloudfront.BehaviorOptions],
        page_behavior: cloudfront.BehaviorOptions,
        domain: Domain | None,
        web_acl_arn: str | None,
    ) -> cloudfront.Distribution:
        certificate = domain and acm.Certificate.from_certificate_arn(
            self, "Certificate", domain.certificate_arn
        )
        return cloudfront.Distribution(
            self,
            "Distribution",
            comment=Aws.STACK_NAME,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            # CloudFront's own certificate has a fixed policy.
            minimum_protocol_version=(
                cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if domain else None
            ),
            price_class=cloudfront.PriceClass.PRICE_CLASS_ALL,
            domain_names=[domain.name] if domain else None,
            certificate=certificate,
            web_acl_id=web_acl_arn,
            default_behavior=page_behavior,
            additional_behaviors=behaviors,
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0))
                for status in UNCACHED_ERRORS
            ],
        )

    def _accept_findings(self, *, has_domain: bool, has_web_acl: bool) -> None:
        accept_findings(
            self.bucket,
            {"AwsSolutions-S1": "Only CloudFront reads the bucket, and all its files are public"},
        )
        findings = {
            "AwsSolutions-CFR1": "The site is open to viewers in every country",
            "AwsSolutions-CFR3": "We keep no log of who watched whom. The API has its own log, "
            "without addresses",
        }
        if not has_web_acl:
            findings["AwsSolutions-CFR2"] = (
                "A web ACL has a monthly price. The setting `waf` turns it on"
            )
        if not has_domain:
            findings["AwsSolutions-CFR4"] = (
                "CloudFront's own certificate fixes the policy. With `domainName`, "
                "the minimum is TLS 1.2"
            )
        accept_findings(self.distribution, findings)

    def _pages_cache_policy(self) -> cloudfront.ICachePolicy:
        """Cache pages per access token.

        All guests see the same pages, which may be 2 s old. A crowd of guests that waits for one
        broadcast therefore costs the API as much as one guest.
        """
        return self._cache_policy(
            "Pages",
            "separately per access token",
            max_ttl=Duration.seconds(5),
            header="Authorization",
            query=cloudfront.CacheQueryStringBehavior.allow_list(*PAGE_QUERIES),
        )

    def _public_cache_policy(self) -> cloudfront.ICachePolicy:
        """Cache for all callers.

        Only the path is part of the key. Without an origin request policy, CloudFront forwards
        nothing else of a request: no token, no cookie, no query. So no response can depend on them.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
        """
        return self._cache_policy("Public", "the same for all callers")

    def _channel_cache_policy(self) -> cloudfront.ICachePolicy:
        """Cache channels' pages for all callers.

        `deep_links` overwrites the header of each request, so that no caller chooses its value.
        """
        return self._cache_policy("Shared", "separately per channel", header=CHANNEL_HEADER)

    def _cache_policy(
        self,
        id: str,
        comment: str,
        *,
        max_ttl: Duration | None = None,
        header: str | None = None,
        query: cloudfront.CacheQueryStringBehavior | None = None,
    ) -> cloudfront.ICachePolicy:
        """Cache for as long as the API's Cache-Control allows, and at most `max_ttl`."""
        headers = cloudfront.CacheHeaderBehavior
        return cloudfront.CachePolicy(
            self,
            id,
            cache_policy_name=global_name(id),
            comment=f"Footlight: follows Cache-Control, {comment}",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=max_ttl or Duration.minutes(5),
            header_behavior=headers.allow_list(header) if header else headers.none(),
            query_string_behavior=query or cloudfront.CacheQueryStringBehavior.none(),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )

    def _on_request(
        self, script: str, kind: str, **constants: object
    ) -> cloudfront.FunctionAssociation:
        """Run a script at the edge before each request. `constants` precede its code."""
        return cloudfront.FunctionAssociation(
            event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
            function=cloudfront.Function(
                self,
                script.title().replace("_", ""),
                function_name=global_name(kind),
                code=cloudfront.FunctionCode.from_inline(edge_code(script, **constants)),
                runtime=cloudfront.FunctionRuntime.JS_2_0,
            ),
        )

    def _headers(self, id: str, policy: str) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            id,
            response_headers_policy_name=global_name(id.removesuffix("Headers")),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365),
                    include_subdomains=False,  # the operator's other hosts may use plain HTTP
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


def edge_code(script: str, **constants: object) -> str:
    """Return the code of a script in `infra/edge/`, after the constants that it uses."""
    lines = [f"var {name} = {json.dumps(value)};\n" for name, value in constants.items()]
    return "".join(lines) + (EDGE / f"{script}.js").read_text()


MORE_HEADERS: Final = {
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"


def page_policy(livekit_url: str, *, https: bool) -> str:
    """Return the pages' Content-Security-Policy: this site and LiveKit, no inline code, no eval."""
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
        # No code of the site makes a policy, so no injected code may make one.
        "trusted-types": "'none'",
    }
    policy = "; ".join(f"{name} {value}" for name, value in directives.items())
    return f"{policy}; upgrade-insecure-requests" if https else policy


def _livekit_addresses(livekit_url: str) -> list[str]:
    """Return LiveKit's URLs for its WebSocket and for its validation request over HTTP.

    LiveKit Cloud moves clients to hosts of `livekit.cloud` in other regions. If the URL is a
    parameter of the deployment, it may belong to LiveKit Cloud, so those hosts are allowed too.
    """
    cloud = ["wss://*.livekit.cloud", "https://*.livekit.cloud"]
    if Token.is_unresolved(livekit_url):
        host = Fn.select(1, Fn.split("://", livekit_url))
        return [livekit_url, Fn.join("", ["https://", host]), *cloud]
    addresses = [livekit_url, livekit_url.replace("ws", "http", 1)]
    return [*addresses, *cloud] if livekit_url.endswith(".livekit.cloud") else addresses
