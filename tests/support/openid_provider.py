"""A certified OpenID provider as a process: npm's oidc-provider. It needs `make fetch`."""

import os
import re
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx2

from local.settings import path_with_tools

HOME: Final = Path(__file__).with_name("openid-provider")
SITE: Final = "https://live.example.com"


@contextmanager
def running(clock_ahead_seconds: int = 0) -> Generator[str]:
    """Run the provider until the end of the block. Yield its issuer."""
    settings = {"SITE": SITE, "CLOCK_AHEAD_SECONDS": str(clock_ahead_seconds)}
    with subprocess.Popen(
        ["node", HOME / "provider.mjs"],
        env={**os.environ, "PATH": path_with_tools(), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # warnings about the sign-in page, which is for development
        text=True,
    ) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                if re.match(r"http://127\.0\.0\.1:\d+$", line):
                    yield line.strip()
                    return
            raise AssertionError(
                "The provider doesn't start: run node tests/support/openid-provider/provider.mjs"
            )
        finally:
            process.terminate()


class Browser:
    """A browser at the provider. It keeps the provider's cookies, and leaves at the site's door."""

    def __init__(self) -> None:
        self._cookies = httpx2.Cookies()
        self.pages: list[str] = []
        """The headings of the provider's pages that it has shown."""

    def visit(self, address: str, **fields: str) -> str:
        """Fill in the provider's forms until it redirects to the site. Return that address."""
        with httpx2.Client(cookies=self._cookies) as client:
            response = client.get(address)
            for _ in range(20):
                if response.is_redirect:
                    address = urljoin(str(response.url), response.headers["location"])
                    if address.startswith(SITE):
                        self._cookies = client.cookies
                        return address
                    response = client.get(address)
                else:
                    assert response.status_code == 200, response.text
                    form = _Form(response.text)
                    self.pages.append(form.heading)
                    filled = {name: fields.get(name, value) for name, value in form.fields.items()}
                    response = client.post(urljoin(str(response.url), form.action), data=filled)
        raise AssertionError(f"The provider doesn't return to the site: {self.pages}")


class _Form(HTMLParser):
    """The first form of a page, and the page's heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.heading = self.action = ""
        self.fields: dict[str, str] = {}
        self._is_in_heading = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._is_in_heading = tag == "h1"
        if tag == "form" and not self.action:
            self.action = attributes.get("action", "")
        elif tag in ("input", "button") and "name" in attributes:
            self.fields.setdefault(attributes["name"], attributes.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._is_in_heading:
            self.heading += data.strip()

    def handle_endtag(self, tag: str) -> None:
        self._is_in_heading = False
