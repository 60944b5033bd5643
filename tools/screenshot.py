"""The script behind docs/watch.png: the live watch page, taken from the running demo.

Run `make demo` in another shell, then `make screenshot`. Demo users post a few chat messages first.
"""

import json
import subprocess
import sys
import time
import uuid
from typing import Any, Final

import urllib3
from playwright.sync_api import Error, Page, sync_playwright

from local import settings
from local.tools import chromium
from tools.passages import ROOT

PICTURE: Final = ROOT / "docs" / "watch.png"
CHANNEL: Final = "ann"
WIDTH, HEIGHT = 1280, 720
LIVE_WITHIN_MS: Final = 60_000
SETTLE_SECONDS: Final = 2.0
"""The player's controls and the notice of a new viewer disappear in this time."""

CHAT: Final = (
    ("bob", "Hi Ann! What are you painting tonight?"),
    ("ann", "The Milky Way over a lake, and it's harder than it looks"),
    ("cleo", "I love that blue. Which brush is it?"),
    ("dan", "Watching while cooking dinner, as always"),
    ("ann", "A plain round one, almost dry. Clouds are next!"),
    ("cleo", "@ann the stars look great"),
)


class Unavailable(Exception):
    """The demo isn't running, or the channel isn't live."""


def main() -> int:
    """Write the picture. Return 1 after one line on what is missing."""
    try:
        site = _site_url()
        for username, text in CHAT:
            _post_message(site, username, text)
        _take(site)
    except (Unavailable, Error, urllib3.exceptions.HTTPError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(f"✓ {PICTURE.relative_to(ROOT)}")
    return 0


def _site_url() -> str:
    try:
        return str(json.loads(settings.OUTPUTS.read_text())["siteUrl"]).rstrip("/")
    except (OSError, ValueError, KeyError):
        raise Unavailable("The demo isn't running: start `make demo`") from None


def _post_message(site: str, username: str, text: str) -> None:
    """Post a chat message as a demo user, with a viewer token of the channel."""
    access_token = subprocess.run(
        [sys.executable, "-m", "local.people", username],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    viewer = _post(f"{site}/api/token", access_token, {"host": CHANNEL})
    message = {"text": text, "id": str(uuid.uuid4())}
    _post(f"{site}/api/chat/{CHANNEL}", viewer["token"], message)


def _post(url: str, bearer: str, body: dict[str, Any]) -> dict[str, Any]:
    response = urllib3.request(
        "POST", url, json=body, headers={"Authorization": f"Bearer {bearer}"}, retries=False
    )
    if response.status >= 400:
        raise Unavailable(f"{url} returned {response.status}: {response.data.decode()}")
    return response.json()


def _take(site: str) -> None:
    program = chromium()
    if not program:
        raise Unavailable("Chromium is missing: run `make fetch`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",  # as root, and in containers
                "--autoplay-policy=no-user-gesture-required",
                "--mute-audio",
                "--disable-dev-shm-usage",
                # Media comes from 127.0.0.1, so host candidates must not hide behind mDNS names.
                "--disable-features=WebRtcHideLocalIpsWithMdns",
            ],
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5
        )
        page.goto(f"{site}/{CHANNEL}")
        _wait_for_picture(page)
        page.screenshot(path=PICTURE)
        browser.close()


def _wait_for_picture(page: Page) -> None:
    """Wait until video plays, the chat is shown, and overlays have disappeared."""
    page.locator('[data-state="live"]').first.wait_for(timeout=LIVE_WITHIN_MS)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=video]')"
        "?.getVideoPlaybackQuality().totalVideoFrames > 30",
        timeout=LIVE_WITHIN_MS,
    )
    page.get_by_text(CHAT[-1][1].split("@ann ")[-1]).first.wait_for(timeout=LIVE_WITHIN_MS)
    page.mouse.move(0, 0)
    time.sleep(SETTLE_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
