"""The site and the shape of the API, as a browser sees them."""

import re
import socket
from urllib.parse import urlsplit

from operations import web
from operations.checks import Absent, Failed
from operations.deployment import Deployment

PAGES_HOME = "/api/pages/home"
CACHE_TRIES = 6
RESERVED_NAME = "staff"


def page(deployment: Deployment) -> str:
    """Require the page, with a policy that lets it connect to LiveKit, and HSTS."""
    response = web.get(f"{deployment.site_url}/")
    if response.status != 200 or "text/html" not in response.header("Content-Type"):
        raise Failed(f"/ returned {response}, not the page", "make deploy")
    host = urlsplit(_config(deployment)["livekitUrl"]).netloc
    if host not in response.header("Content-Security-Policy"):
        raise Failed(f"the page's Content-Security-Policy doesn't allow {host}", "make deploy")
    if not response.header("Strict-Transport-Security"):
        raise Failed("the page has no Strict-Transport-Security header", "make deploy")
    return f"{deployment.site_url}/ with its security headers"


def deep_link(deployment: Deployment) -> str:
    """Require the page at the address of search too, which has no file of its own."""
    root, deep = web.get(f"{deployment.site_url}/"), web.get(f"{deployment.site_url}/search")
    if deep.status != 200 or deep.body != root.body:
        raise Failed(f"/search returned {deep}, not the page", "make deploy")
    return "an address without a file returns the page"


def channel_page(deployment: Deployment) -> str:
    """Require a 404 with the page from the API for a reserved username, which no channel has.

    If the API fails, CloudFront sends the bucket's page with the status 200.
    """
    response = web.get(f"{deployment.site_url}/{RESERVED_NAME}")
    if response.status == 200:
        raise Failed(
            f"/{RESERVED_NAME} returned the bucket's page, so the API couldn't render it",
            "read the log of the function `pages`",
        )
    if response.status != 404 or b"noindex" not in response.body:
        raise Failed(f"/{RESERVED_NAME} returned {response}, not the page", "make deploy")
    return "the API renders it: 404 for a reserved name"


def https(deployment: Deployment) -> str:
    """Require a redirect from HTTP to HTTPS."""
    address = urlsplit(deployment.site_url)
    if address.scheme != "https":
        raise Absent("the site has no HTTPS", "make deploy")
    response = web.get(f"http://{address.netloc}/")
    if response.status not in (301, 308):
        raise Failed(f"http://{address.netloc}/ returned {response}, not a redirect", "make deploy")
    return "HTTP is redirected"


def settings(deployment: Deployment) -> str:
    """Require the site's settings, which browsers must not keep."""
    config = _config(deployment)
    if f'"livekitUrl":"{config["livekitUrl"]}"' not in deployment.output("SiteConfig"):
        raise Failed("/config.json isn't the one of this deployment", "make deploy")
    caching = web.get(f"{deployment.site_url}/config.json").header("Cache-Control")
    if "no-cache" not in caching:
        raise Failed(f"/config.json has Cache-Control {caching!r}", "make deploy")
    return f"LiveKit is {config['livekitUrl']}"


def assets(deployment: Deployment) -> str:
    """Require that browsers keep the page's script forever."""
    response = _script(deployment)
    if response.status != 200:
        raise Failed(f"{response.url} returned {response}", "make deploy")
    if "immutable" not in response.header("Cache-Control"):
        raise Failed(f"{response.url} isn't cached forever", "make deploy")
    return "cached forever"


def compression(deployment: Deployment) -> str:
    """Require a compressed script.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
    """
    encoding = _script(deployment).header("Content-Encoding")
    if encoding not in ("br", "gzip"):
        raise Absent("the script isn't compressed", "make deploy")
    return encoding


def cache(deployment: Deployment) -> str:
    """Require that guests share a page: a second request soon after the first is a hit.

    Edge servers keep caches of their own, so it may take a few requests.
    """
    address = deployment.site_url + PAGES_HOME
    found: list[str] = []
    for _ in range(CACHE_TRIES):
        response = web.get(address)
        if response.status != 200:
            raise Failed(
                f"GET {PAGES_HOME} returned {response}",
                "aws logs tail LOG_GROUP, of the function pages",
            )
        found.append(response.header("X-Cache"))
        if "Hit" in found[-1]:
            return "guests share a page"
    raise Absent(f"{CACHE_TRIES} requests for {PAGES_HOME} were all {found[-1]!r}", "make deploy")


def cache_per_caller(deployment: Deployment) -> str:
    """Require that a page for one caller is never another's."""
    address = deployment.site_url + PAGES_HOME
    for _ in range(2):
        response = web.get(address, Authorization="Bearer x")
        if response.status != 401 or response.code != "unauthorized":
            raise Failed(
                f"GET {PAGES_HOME} with an invalid token returned {response}, not 401",
                "look up CloudFront's cache policy of /api/pages/*: Authorization is in its key",
            )
        if "Hit" in response.header("X-Cache"):
            raise Failed("CloudFront caches the response to an invalid token", "make deploy")
    return "an invalid token is refused, and the refusal isn't cached"


def unknown_path(deployment: Deployment) -> str:
    """Require our own 404 for unknown paths, which needs a right of API Gateway."""
    response = web.get(f"{deployment.site_url}/api/nothing")
    if response.status != 404 or response.code != "not_found":
        raise Failed(
            f"GET /api/nothing returned {response}, not 404 not_found: API Gateway may not "
            "invoke the function of its default route",
            "make deploy",
        )
    return "404 in the API's shape"


def unknown_method(deployment: Deployment) -> str:
    """Require our own 405, with the methods that exist."""
    response = web.request("DELETE", deployment.site_url + PAGES_HOME)
    if response.status != 405 or response.code != "method_not_allowed":
        raise Failed(f"DELETE {PAGES_HOME} returned {response}, not 405", "make deploy")
    if "GET" not in response.header("Allow"):
        raise Failed(f"DELETE {PAGES_HOME} has Allow {response.header('Allow')!r}", "make deploy")
    return "405 with Allow"


def api_address(deployment: Deployment) -> str:
    """Require that the API refuses requests that didn't come through CloudFront."""
    response = web.get(deployment.output("ApiUrl").rstrip("/") + PAGES_HOME)
    if response.status == 200:
        raise Absent("the API answers at its own address, past CloudFront", "make deploy")
    if response.status != 404:
        raise Failed(f"the API's own address returned {response}, not 404", "make deploy")
    return "the API's own address returns 404"


def domain(deployment: Deployment) -> str:
    """Require that the site's own domain leads to the distribution, and the old name to it."""
    if not deployment.domain:
        return "CloudFront's (the setting domainName)"
    target = deployment.output("DistributionDomain")
    record = f"create a DNS record: {deployment.domain} CNAME (or ALIAS) {target}"
    try:
        socket.getaddrinfo(deployment.domain, 443)
    except OSError as error:
        raise Failed(f"{deployment.domain} has no address: {error}", record) from error
    config = deployment.client("cloudfront").get_distribution_config(
        Id=deployment.output("DistributionId")
    )["DistributionConfig"]
    if deployment.domain not in config.get("Aliases", {}).get("Items", []):
        raise Failed(f"the distribution doesn't serve {deployment.domain}", "make deploy")
    if not web.get(f"https://{deployment.domain}/config.json").header("X-Amz-Cf-Id"):
        raise Failed(f"{deployment.domain} doesn't lead to CloudFront", record)
    old = web.get(f"https://{target}/")
    if old.status not in (301, 308) or deployment.domain not in old.header("Location"):
        raise Failed(f"https://{target}/ returned {old}, not a redirect", "make deploy")
    return f"{deployment.domain} leads to {target}"


def _config(deployment: Deployment) -> dict[str, str]:
    response = web.get(f"{deployment.site_url}/config.json")
    config = response.json
    if response.status != 200 or not isinstance(config, dict) or "livekitUrl" not in config:
        raise Failed(f"/config.json returned {response}, not the site's settings", "make deploy")
    return config


def _script(deployment: Deployment) -> web.Response:
    root = web.get(f"{deployment.site_url}/").body.decode(errors="replace")
    path = re.search(r'"(/assets/[^"]+\.js)"', root)
    if not path:
        raise Failed("the page loads no script", "make deploy")
    return web.get(deployment.site_url + path[1], Accept_Encoding="br, gzip")
