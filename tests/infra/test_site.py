"""Tests of the site: private files, strict headers, cache rules, and code at the edge."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.site import edge_code

if TYPE_CHECKING:
    from .conftest import Template

OPENAPI = Path(__file__).resolve().parents[2] / "openapi.json"
FOREVER, REVALIDATED = "public, max-age=31536000, immutable", "no-cache"
ROBOTS = OPENAPI.parent / "web" / "public" / "robots.txt"

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}


def distribution(template: "Template") -> dict[str, Any]:
    return template.one("AWS::CloudFront::Distribution")["DistributionConfig"]


def uploads(template: "Template") -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the ids and properties of the uploads to the bucket, by their Cache-Control."""
    found = list(template.all("Custom::CDKBucketDeployment"))
    by_policy = {
        properties["SystemMetadata"]["cache-control"]: (id, properties) for id, properties in found
    }
    assert len(by_policy) == len(found)
    return by_policy


def behaviors(template: "Template") -> list[dict[str, Any]]:
    """Return all behaviors but the default one. The first whose pattern matches applies."""
    return distribution(template)["CacheBehaviors"]


def api_behaviors(template: "Template") -> list[dict[str, Any]]:
    """Return the behaviors of what is public, of pages, and of all other API routes."""
    return [one for one in behaviors(template) if one["PathPattern"].startswith("/api/")]


def channel_behavior(template: "Template") -> dict[str, Any]:
    return behaviors(template)[-1]


def behavior_of(template: "Template", path: str) -> dict[str, Any]:
    """Return the behavior that CloudFront applies to the path of a request.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
    """
    for behavior in behaviors(template):
        pattern = re.escape("/" + behavior["PathPattern"].removeprefix("/"))
        if re.fullmatch(pattern.replace(r"\*", ".*").replace(r"\?", "."), path):
            return behavior
    return distribution(template)["DefaultCacheBehavior"]


def api_behavior(template: "Template") -> dict[str, Any]:
    return api_behaviors(template)[-1]


def cache_policy(template: "Template", behavior: dict[str, Any]) -> dict[str, Any]:
    properties = template.resources[behavior["CachePolicyId"]["Ref"]]["Properties"]
    return properties["CachePolicyConfig"]


def origin_of(template: "Template", behavior: dict[str, Any]) -> dict[str, Any]:
    (origin,) = [
        origin
        for origin in distribution(template)["Origins"]
        if origin["Id"] == behavior["TargetOriginId"]
    ]
    return origin


def policy_of(template: "Template", behavior: dict[str, Any]) -> dict[str, Any]:
    properties = template.resources[behavior["ResponseHeadersPolicyId"]["Ref"]]["Properties"]
    return properties["ResponseHeadersPolicyConfig"]


def content_security_policy(template: "Template") -> dict[str, str]:
    policy = policy_of(template, distribution(template)["DefaultCacheBehavior"])
    header = policy["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if isinstance(header, dict):  # it contains a parameter
        header = "".join(
            part if isinstance(part, str) else "PARAMETER" for part in header["Fn::Join"][1]
        )
    directives = (part.strip().partition(" ") for part in header.split(";"))
    return {name: value for name, _, value in directives}


def test_only_this_distribution_may_read_the_bucket(production: "Template") -> None:
    bucket = production.one("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    origin = origin_of(production, distribution(production)["DefaultCacheBehavior"])
    assert origin["OriginAccessControlId"]
    assert origin["S3OriginConfig"]["OriginAccessIdentity"] == ""
    statements = production.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    readers = [s for s in statements if s["Effect"] == "Allow" and "s3:GetObject" in s["Action"]]
    (reader,) = readers
    # With the right to list, S3 answers 404 for a missing file, not 403.
    assert reader["Action"] == ["s3:GetObject", "s3:ListBucket"]
    assert reader["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in reader["Condition"]["StringEquals"]
    assert any(s["Effect"] == "Deny" and "aws:SecureTransport" in str(s) for s in statements)


def test_the_api_is_never_cached_and_receives_every_header_except_host(
    production: "Template",
) -> None:
    behavior = api_behavior(production)
    assert behavior["PathPattern"] == "/api/*"
    assert set(behavior["AllowedMethods"]) >= {"GET", "PUT", "PATCH", "POST", "DELETE"}
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behavior["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def page_queries() -> set[str]:
    """Return the query parameters of all pages."""
    return {
        parameter["name"]
        for path, operations in json.loads(OPENAPI.read_text())["paths"].items()
        if path.startswith("/api/pages/")
        for parameter in operations["get"].get("parameters", [])
        if parameter["in"] == "query"
    }


def test_pages_are_cached_per_access_token_as_the_api_allows(production: "Template") -> None:
    *_, pages, rest = api_behaviors(production)
    assert pages["PathPattern"] == "/api/pages/*"
    policy = cache_policy(production, pages)
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]}
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "whitelist"
    # A parameter that no page reads must not cause a cache miss: `?x=RANDOM` would reach the API.
    assert set(key["QueryStringsConfig"]["QueryStrings"]) == page_queries()
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    shared = rest.keys() - {"PathPattern", "CachePolicyId"}
    assert {name: pages[name] for name in shared} == {name: rest[name] for name in shared}


@pytest.mark.parametrize("path", ["/api/pages/live/*", "/api/openapi.json"])
def test_what_is_public_is_cached_once_for_all_callers(production: "Template", path: str) -> None:
    *_, pages, _ = api_behaviors(production)
    (live,) = [one for one in api_behaviors(production) if one["PathPattern"] == path]
    # CloudFront compresses a response only if the cache policy names the encodings:
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
    key = cache_policy(production, live)["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["EnableAcceptEncodingGzip"] is True
    assert key["EnableAcceptEncodingBrotli"] is True
    policy = cache_policy(production, live)
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    # What is not in the key must not reach the API either.
    assert "OriginRequestPolicyId" not in live
    # A function at the edge would cost a tenth more per request.
    assert "FunctionAssociations" not in live
    shared = {"TargetOriginId", "ResponseHeadersPolicyId", "ViewerProtocolPolicy", "AllowedMethods"}
    assert {name: live[name] for name in shared} == {name: pages[name] for name in shared}


def test_errors_are_not_cached_or_replaced_by_pages(production: "Template") -> None:
    responses = distribution(production)["CustomErrorResponses"]
    assert {response["ErrorCode"] for response in responses} >= {400, 403, 404, 405, 500, 502, 503}
    for response in responses:
        assert response["ErrorCachingMinTTL"] == 0
        assert "ResponsePagePath" not in response


@pytest.mark.parametrize(
    ("path", "is_rendered"),
    [
        ("/ann", True),
        ("/Ann", True),
        ("/a", True),
        ("/search_party", True),
        ("/imprint2", True),
        ("/%C3%A4nn", True),
        ("/", False),
        ("/index.html", False),
        ("/ann/", False),
        ("/ann/chat", False),
        ("/u/ann", False),
        ("/search", False),
        ("/admin", False),
        ("/terms", False),
        ("/assets/index-abc123.js", False),
        ("/config.json", False),
        ("/.well-known/security.txt", False),
        ("/api/me", False),
    ],
)
def test_the_api_renders_the_pages_of_channels_and_no_others(
    full: "Template", path: str, is_rendered: bool
) -> None:
    behavior = behavior_of(full, path)
    assert (behavior == channel_behavior(full)) is is_rendered
    if not is_rendered and not path.startswith("/api/"):
        default = distribution(full)["DefaultCacheBehavior"]
        assert {**behavior, "PathPattern": "*"} == {**default, "PathPattern": "*"}


def test_a_channel_s_page_comes_from_the_bucket_if_the_api_fails_or_is_slow(
    production: "Template",
) -> None:
    config = distribution(production)
    (group,) = config["OriginGroups"]["Items"]
    assert channel_behavior(production)["TargetOriginId"] == group["Id"]
    members = [member["OriginId"] for member in group["Members"]["Items"]]
    page, bucket = (
        next(origin for origin in config["Origins"] if origin["Id"] == id) for id in members
    )
    assert bucket == origin_of(production, config["DefaultCacheBehavior"])
    api = origin_of(production, api_behavior(production))
    same = {"DomainName", "OriginCustomHeaders"}
    assert {name: page[name] for name in same} == {name: api[name] for name in same}
    # A page of the bucket must not replace the response to an unknown channel.
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [500, 502, 503, 504]
    # By default, CloudFront waits for 30 s, three times.
    waits = page["CustomOriginConfig"]["OriginReadTimeout"], page["ConnectionTimeout"]
    assert (page["ConnectionAttempts"], max(waits)) == (1, 2)
    assert "OriginReadTimeout" not in api["CustomOriginConfig"]


def test_a_channel_s_page_is_cached_for_all_callers_by_the_name_that_the_edge_sets(
    production: "Template", laptop: "Template"
) -> None:
    for template in (production, laptop):
        behavior, default = (
            channel_behavior(template),
            distribution(template)["DefaultCacheBehavior"],
        )
        policy = cache_policy(template, behavior)
        assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
        key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
        assert key["HeadersConfig"] == {
            "HeaderBehavior": "whitelist",
            "Headers": ["x-footlight-page"],
        }
        assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
        assert key["CookiesConfig"] == {"CookieBehavior": "none"}
        assert key["EnableAcceptEncodingGzip"] is key["EnableAcceptEncodingBrotli"] is True
        assert "OriginRequestPolicyId" not in behavior
        assert "AllowedMethods" not in behavior  # by default, GET and HEAD
        shared = {"FunctionAssociations", "ResponseHeadersPolicyId", "ViewerProtocolPolicy"}
        assert {name: behavior[name] for name in shared} == {name: default[name] for name in shared}
    # The emulated CloudFront has no groups of origins.
    assert "OriginGroups" not in distribution(laptop)
    assert "/_aws/execute-api/" in str(origin_of(laptop, channel_behavior(laptop))["OriginPath"])


def test_the_page_in_a_function_s_zip_names_scripts_that_are_uploaded(
    production: "Template", full: "Template", second: "Template"
) -> None:
    for template in (production, full, second):
        scripts, _ = uploads(template)[FOREVER]
        (pages,) = [id for id, name in template.function_ids().items() if name == "pages"]
        assert scripts in template.needed_by(pages)


def test_the_origin_secret_is_a_reference(production: "Template") -> None:
    origin = origin_of(production, api_behavior(production))
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-footlight-origin"
    before, secret, after = header["HeaderValue"]["Fn::Join"][1]
    assert before == "{{resolve:secretsmanager:"
    assert after == ":SecretString:::}}"
    assert production.resources[secret["Ref"]]["Type"] == "AWS::SecretsManager::Secret"


def test_viewers_connect_over_https_with_http_2_or_3(
    production: "Template", full: "Template"
) -> None:
    for template in (production, full):
        config = distribution(template)
        assert config["HttpVersion"] == "http2and3"
        for behavior in (config["DefaultCacheBehavior"], api_behavior(template)):
            assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
            assert behavior["Compress"] is True
    certificate = distribution(full)["ViewerCertificate"]
    assert certificate["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution(full)["Aliases"] == ["live.example.com"]
    assert distribution(full)["WebACLId"].startswith("arn:aws:wafv2:us-east-1")
    assert "WebACLId" not in distribution(production)


def test_pages_may_run_only_code_of_this_site(
    production: "Template", full: "Template", laptop: "Template"
) -> None:
    for template in (production, full, laptop):
        policy = content_security_policy(template)
        assert policy.items() >= STRICT.items()
        assert "unsafe" not in str(policy)
    assert "upgrade-insecure-requests" in content_security_policy(production)
    assert "upgrade-insecure-requests" not in content_security_policy(laptop)


def test_pages_may_connect_only_to_the_api_and_livekit(
    production: "Template", full: "Template", laptop: "Template"
) -> None:
    cloud = {"wss://*.livekit.cloud", "https://*.livekit.cloud"}
    assert set(content_security_policy(full)["connect-src"].split()) == {
        "'self'",
        "wss://studio.livekit.cloud",
        "https://studio.livekit.cloud",
        *cloud,
    }
    assert set(content_security_policy(laptop)["connect-src"].split()) == {
        "'self'",
        "ws://localhost:7880",
        "http://localhost:7880",
    }
    assert set(content_security_policy(production)["connect-src"].split()) == {
        "'self'",
        "PARAMETER",
        "https://PARAMETER",
        *cloud,
    }


def test_both_behaviors_have_the_security_headers(production: "Template") -> None:
    for behavior in (
        distribution(production)["DefaultCacheBehavior"],
        api_behavior(production),
    ):
        headers = policy_of(production, behavior)["SecurityHeadersConfig"]
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
        assert headers["ContentTypeOptions"]["Override"] is True
        assert headers["FrameOptions"]["FrameOption"] == "DENY"
        assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "strict-origin-when-cross-origin"


def test_hashed_files_are_cached_forever_and_other_files_are_revalidated(
    production: "Template",
) -> None:
    by_policy = uploads(production)
    assert set(by_policy) == {FOREVER, REVALIDATED}
    (_, hashed), (_, others) = by_policy[FOREVER], by_policy[REVALIDATED]
    assert (hashed["Exclude"], hashed["Include"]) == (["*"], ["assets/*"])
    assert others["Exclude"] == ["assets/*"]
    # Open pages still load the files of earlier deployments. A page that the operator deletes goes:
    # `aws s3 sync --delete` deletes nothing that its filters exclude.
    assert (hashed["Prune"], others["Prune"]) == (False, True)


def test_the_operators_pages_are_uploaded_and_named_in_the_site_s_settings(
    production: "Template", full: "Template"
) -> None:
    def sources(template: "Template") -> int:
        _, pages = uploads(template)[REVALIDATED]
        return len(pages["SourceObjectKeys"])

    # A page is a source of its own, next to the built site and `config.json`.
    assert (sources(production), sources(full)) == (2, 4)
    config = json.loads(full.body["Outputs"]["SiteConfig"]["Value"])
    assert config["pages"] == {"terms": "Rules", "imprint": "Imprint"}
    assert "pages" not in str(production.body["Outputs"]["SiteConfig"])


@pytest.mark.parametrize(
    ("path", "may_be_read"),
    [
        ("/", True),
        ("/ann", True),
        ("/terms", True),
        ("/admins_fan", True),
        ("/assets/index-abc123.js", True),
        ("/api/pages/home", False),
        ("/api/session/login", False),
        ("/u/ann", False),
        ("/u/ann/keys", False),
        ("/admin", False),
        ("/searcher", True),
        ("/search", False),
        ("/search?term=ann", False),
        ("/ann/chat", False),
    ],
)
def test_crawlers_may_read_only_public_pages(path: str, may_be_read: bool) -> None:
    assert may_crawl(ROBOTS.read_text(), path) is may_be_read


def may_crawl(robots: str, path: str) -> bool:
    """Apply the rules for all crawlers: the longest one that matches decides.

    `urllib.robotparser` doesn't know `*` and `$`.
    https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2
    """
    agent, *rules = robots.splitlines()
    assert agent == "User-agent: *"
    decisions: list[tuple[int, bool]] = []
    for rule in filter(None, rules):
        name, pattern = rule.split(": ")
        assert name in ("Allow", "Disallow")
        expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\$", "$")
        if re.match(expression, path):
            decisions.append((len(pattern), name == "Allow"))
    return max(decisions)[1]


# --- CloudFront Functions ---


def run_at_the_edge(script: str, event: dict[str, Any], **constants: object) -> dict[str, Any]:
    """Run a CloudFront Function's script in Node."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node is not on the PATH")
    source = edge_code(script, **constants)
    done = subprocess.run(
        [node, "-e", f"{source}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def page_request(path: str, host: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an event of CloudFront's for a page.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
    """
    headers = {"host": {"value": host}}
    return {"request": {"uri": path, "querystring": query or {}, "headers": headers}}


PATHS = [
    ("/", "/index.html"),
    ("/ann", "/index.html"),
    ("/u/ann/keys", "/index.html"),
    ("/ann/chat", "/index.html"),
    ("/u/ann/", "/index.html"),
    ("/v1.2/ann", "/index.html"),
    ("/terms", "/terms.html"),
    ("/imprint", "/index.html"),
    ("/ann/terms", "/index.html"),
    ("/assets/index-abc123.js", "/assets/index-abc123.js"),
    ("/config.json", "/config.json"),
    ("/favicon.ico", "/favicon.ico"),
]


@pytest.mark.parametrize(("path", "served"), PATHS)
@pytest.mark.parametrize("domain", ["", "live.example.com"])
def test_every_page_path_is_served_by_index_html(path: str, served: str, domain: str) -> None:
    request = page_request(path, domain or "d111.cloudfront.net")
    run = run_at_the_edge("deep_links", request, DOMAIN=domain, PAGES=["terms"], CONTACT="")
    assert run["uri"] == served


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("/ann", "ann"),
        ("/Ann_2", "ann_2"),
        ("/" + "x" * 24, "x" * 24),
        ("/" + "x" * 25, "-"),
        ("/an", "-"),
        ("/%22ann%22", "-"),
        ("/ann-b", "-"),
        ("/ann%0a", "-"),
        ("/ann/chat", "-"),
        ("/", "-"),
    ],
)
def test_only_the_edge_names_the_channel_of_a_page(path: str, channel: str) -> None:
    request = page_request(path, "d111.cloudfront.net")
    request["request"]["headers"]["x-footlight-page"] = {"value": "sent"}
    run = run_at_the_edge("deep_links", request, DOMAIN="", PAGES=["terms"], CONTACT="")
    assert run["uri"] == "/index.html"
    assert run["headers"]["x-footlight-page"] == {"value": channel}


@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/", {}, "https://live.example.com/"),
        ("/ann", {}, "https://live.example.com/ann"),
        (
            "/ann/chat",
            {
                "a": {"value": "1", "multiValue": [{"value": "1"}, {"value": "x%26y"}]},
                "b": {"value": ""},
            },
            "https://live.example.com/ann/chat?a=1&a=x%26y&b",
        ),
    ],
)
def test_pages_at_cloudfront_s_domain_redirect_to_the_site_s_own(
    path: str, query: dict[str, Any], location: str
) -> None:
    request = page_request(path, "d111.cloudfront.net", query)
    response = run_at_the_edge(
        "deep_links", request, DOMAIN="live.example.com", PAGES=["ann"], CONTACT=""
    )
    assert response["statusCode"] == 302
    assert response["headers"] == {"location": {"value": location}}


def test_files_at_cloudfront_s_domain_are_still_served() -> None:
    request = page_request("/assets/index-abc123.js", "d111.cloudfront.net")
    served = run_at_the_edge("deep_links", request, DOMAIN="live.example.com", PAGES=[], CONTACT="")
    assert served["uri"] == "/assets/index-abc123.js"


def test_security_txt_has_the_contact_and_expires_within_a_year() -> None:
    """https://www.rfc-editor.org/rfc/rfc9116#section-2.5.5 and #section-3."""

    def run(contact: str) -> dict[str, Any]:
        request = page_request("/.well-known/security.txt", "d111.cloudfront.net")
        return run_at_the_edge(
            "deep_links", request, DOMAIN="live.example.com", PAGES=[], CONTACT=contact
        )

    response = run("mailto:security@example.com")
    assert response["statusCode"] == 200
    assert response["headers"]["content-type"] == {"value": "text/plain; charset=utf-8"}
    contact, expires, end = response["body"].split("\n")
    assert (contact, end) == ("Contact: mailto:security@example.com", "")
    left = datetime.fromisoformat(expires.removeprefix("Expires: ")) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)
    assert run("")["uri"] == "/.well-known/security.txt"  # S3 returns 404


def test_a_caller_cannot_set_their_own_address() -> None:
    event = {
        "viewer": {"ip": "203.0.113.9"},
        "request": {"uri": "/api/me", "headers": {"x-footlight-client-ip": {"value": "6.6.6.6"}}},
    }
    headers = run_at_the_edge("client_address", event)["headers"]
    assert headers == {"x-footlight-client-ip": {"value": "203.0.113.9"}}


def test_each_script_runs_for_its_behavior(production: "Template", full: "Template") -> None:
    for template, domain, pages, contact in (
        (production, "", [], ""),
        (full, "live.example.com", ["terms", "imprint"], "mailto:security@example.com"),
    ):
        codes = {
            id: properties["FunctionCode"]
            for id, properties in template.all("AWS::CloudFront::Function")
        }
        for behavior, code in (
            (
                distribution(template)["DefaultCacheBehavior"],
                edge_code("deep_links", DOMAIN=domain, PAGES=pages, CONTACT=contact),
            ),
            (api_behavior(template), edge_code("client_address")),
        ):
            (association,) = behavior["FunctionAssociations"]
            assert association["EventType"] == "viewer-request"
            function = association["FunctionARN"]["Fn::GetAtt"][0]
            assert codes[function] == code


def test_pages_are_uploaded_after_the_api_that_they_call(
    production: "Template", full: "Template", second: "Template"
) -> None:
    for template in (production, full, second):
        pages, _ = uploads(template)[REVALIDATED]
        before = template.needed_by(pages)
        assert set(template.function_ids()) <= before
        for kind in ("Stage", "Route", "Integration"):
            assert {id for id, _ in template.all(f"AWS::ApiGatewayV2::{kind}")} <= before


def test_nothing_that_a_rollback_keeps_is_created_before_the_distribution(
    each: "Template",
) -> None:
    """AWS refuses CloudFront to some new accounts, which rolls the first deployment back."""
    ((site, _),) = each.all("AWS::CloudFront::Distribution")
    for id, resource in each.resources.items():
        if resource.get("DeletionPolicy", "Delete") != "Delete":
            assert site in each.needed_by(id), id
            assert id not in each.needed_by(site), id
