"""Accessibility faults of a page, found by axe-core: https://github.com/dequelabs/axe-core."""

from typing import Any

from playwright.sync_api import Page

from local.settings import WEB

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"


def faults_of(page: Page, part: str = "body") -> list[str]:
    """Return what axe finds in a part of a page, one line for each element."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "part => axe.run(part, { resultTypes: ['violations'] })", part
    )
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
