"""Are the site's files private, its headers strict, and the API behind it out of the cache?"""

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from infra.site import EDGE

if TYPE_CHECKING:
    from .conftest import Reading

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}


def distribution(template: "Reading") -> dict[str, Any]:
    return template.one("AWS::CloudFront::Distribution")["DistributionConfig"]


def api_behaviours(template: "Reading") -> tuple[dict[str, Any], dict[str, Any]]:
    """Pages, and all the rest of the API."""
    pages, rest = distribution(template)["CacheBehaviors"]
    return pages, rest


def api_behaviour(template: "Reading") -> dict[str, Any]:
    return api_behaviours(template)[1]


def origin_of(template: "Reading", behaviour: dict[str, Any]) -> dict[str, Any]:
    (origin,) = [
        origin
        for origin in distribution(template)["Origins"]
        if origin["Id"] == behaviour["TargetOriginId"]
    ]
    return origin


def policy_of(template: "Reading", behaviour: dict[str, Any]) -> dict[str, Any]:
    properties = template.resources[behaviour["ResponseHeadersPolicyId"]["Ref"]]["Properties"]
    return properties["ResponseHeadersPolicyConfig"]


def content_security_policy(template: "Reading") -> dict[str, str]:
    policy = policy_of(template, distribution(template)["DefaultCacheBehavior"])
    given = policy["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if isinstance(given, dict):  # with a parameter in it
        given = "".join(
            part if isinstance(part, str) else "PARAMETER" for part in given["Fn::Join"][1]
        )
    directives = (part.strip().partition(" ") for part in given.split(";"))
    return {name: value for name, _, value in directives}


def test_the_bucket_is_read_by_this_distribution_alone(production: "Reading") -> None:
    bucket = production.one("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    origin = origin_of(production, distribution(production)["DefaultCacheBehavior"])
    assert origin["OriginAccessControlId"]
    assert origin["S3OriginConfig"]["OriginAccessIdentity"] == ""
    statements = production.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    readers = [s for s in statements if s["Effect"] == "Allow" and s["Action"] == "s3:GetObject"]
    (reader,) = readers
    assert reader["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in reader["Condition"]["StringEquals"]
    assert any(s["Effect"] == "Deny" and "aws:SecureTransport" in str(s) for s in statements)


def test_the_api_is_never_cached_and_gets_all_but_the_host(production: "Reading") -> None:
    behaviour = api_behaviour(production)
    assert behaviour["PathPattern"] == "/api/*"
    assert set(behaviour["AllowedMethods"]) >= {"GET", "PUT", "PATCH", "POST", "DELETE"}
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behaviour["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def test_pages_are_kept_as_the_api_says_apart_for_each_caller(production: "Reading") -> None:
    pages, rest = api_behaviours(production)
    assert pages["PathPattern"] == "/api/pages/*"
    policy = production.resources[pages["CachePolicyId"]["Ref"]]["Properties"]["CachePolicyConfig"]
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": ["Authorization"]}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    alike = rest.keys() - {"PathPattern", "CachePolicyId"}
    assert {name: pages[name] for name in alike} == {name: rest[name] for name in alike}


def test_errors_are_not_kept_and_never_turned_into_pages(production: "Reading") -> None:
    responses = distribution(production)["CustomErrorResponses"]
    assert {response["ErrorCode"] for response in responses} >= {400, 403, 404, 405, 500, 502, 503}
    for response in responses:
        assert response["ErrorCachingMinTTL"] == 0
        assert "ResponsePagePath" not in response


def test_the_origin_s_secret_is_a_reference(production: "Reading") -> None:
    origin = origin_of(production, api_behaviour(production))
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-footlight-origin"
    before, secret, after = header["HeaderValue"]["Fn::Join"][1]
    assert before == "{{resolve:secretsmanager:"
    assert after == ":SecretString:::}}"
    assert production.resources[secret["Ref"]]["Type"] == "AWS::SecretsManager::Secret"


def test_viewers_come_by_https_http_2_and_3(production: "Reading", full: "Reading") -> None:
    for template in (production, full):
        config = distribution(template)
        assert config["HttpVersion"] == "http2and3"
        for behaviour in (config["DefaultCacheBehavior"], api_behaviour(template)):
            assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
            assert behaviour["Compress"] is True
    certificate = distribution(full)["ViewerCertificate"]
    assert certificate["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution(full)["Aliases"] == ["live.example.com"]
    assert distribution(full)["WebACLId"].startswith("arn:aws:wafv2:us-east-1")
    assert "WebACLId" not in distribution(production)


def test_pages_may_run_this_site_s_code_alone(
    production: "Reading", full: "Reading", laptop: "Reading"
) -> None:
    for template in (production, full, laptop):
        policy = content_security_policy(template)
        assert policy.items() >= STRICT.items()
        assert "unsafe" not in str(policy)
    assert "upgrade-insecure-requests" in content_security_policy(production)
    assert "upgrade-insecure-requests" not in content_security_policy(laptop)


def test_pages_may_connect_to_the_api_and_to_livekit(
    production: "Reading", full: "Reading", laptop: "Reading"
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


def test_both_behaviours_have_the_security_headers(production: "Reading") -> None:
    for behaviour in (
        distribution(production)["DefaultCacheBehavior"],
        api_behaviour(production),
    ):
        headers = policy_of(production, behaviour)["SecurityHeadersConfig"]
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
        assert headers["ContentTypeOptions"]["Override"] is True
        assert headers["FrameOptions"]["FrameOption"] == "DENY"
        assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "strict-origin-when-cross-origin"


def test_hashed_files_are_kept_for_ever_and_the_rest_asked_for_anew(
    production: "Reading",
) -> None:
    uploads = [properties for _, properties in production.all("Custom::CDKBucketDeployment")]
    by_policy = {upload["SystemMetadata"]["cache-control"]: upload for upload in uploads}
    assert set(by_policy) == {"public, max-age=31536000, immutable", "no-cache"}
    hashed = by_policy["public, max-age=31536000, immutable"]
    assert (hashed["Exclude"], hashed["Include"]) == (["*"], ["assets/*"])
    assert by_policy["no-cache"]["Exclude"] == ["assets/*"]
    assert {upload["Prune"] for upload in uploads} == {False}


# --- what runs at the edge ---


def at_the_edge(script: str, event: dict[str, Any]) -> dict[str, Any]:
    """Run a CloudFront Function's script in Node."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node is not on the PATH")
    source = (EDGE / f"{script}.js").read_text()
    done = subprocess.run(
        [node, "-e", f"{source}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/", "/index.html"),
        ("/ann", "/index.html"),
        ("/u/ann/keys", "/index.html"),
        ("/ann/chat", "/index.html"),
        ("/u/ann/", "/index.html"),
        ("/v1.2/ann", "/index.html"),
        ("/assets/index-abc123.js", "/assets/index-abc123.js"),
        ("/config.json", "/config.json"),
        ("/favicon.ico", "/favicon.ico"),
    ],
)
def test_a_page_s_path_is_drawn_by_the_one_file(path: str, served: str) -> None:
    assert at_the_edge("deep_links", {"request": {"uri": path, "headers": {}}})["uri"] == served


def test_the_caller_cannot_say_their_own_address() -> None:
    event = {
        "viewer": {"ip": "203.0.113.9"},
        "request": {"uri": "/api/me", "headers": {"x-footlight-client-ip": {"value": "6.6.6.6"}}},
    }
    headers = at_the_edge("client_address", event)["headers"]
    assert headers == {"x-footlight-client-ip": {"value": "203.0.113.9"}}


def test_each_script_runs_where_it_belongs(production: "Reading") -> None:
    codes = {
        id: properties["FunctionCode"]
        for id, properties in production.all("AWS::CloudFront::Function")
    }
    for behaviour, script in (
        (distribution(production)["DefaultCacheBehavior"], "deep_links"),
        (api_behaviour(production), "client_address"),
    ):
        (association,) = behaviour["FunctionAssociations"]
        assert association["EventType"] == "viewer-request"
        function = association["FunctionARN"]["Fn::GetAtt"][0]
        assert codes[function] == (EDGE / f"{script}.js").read_text()
