"""Checks that hostile texts haven't changed a page."""

from collections.abc import Collection, Sequence
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import ConsoleMessage, Dialog, Error, Locator, Page, Request

_SCRIPT: Final = """
    addEventListener('securitypolicyviolation', (event) =>
        window.reported(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))
"""

_AUDIT: Final = r"""(rows) => {
    const faults = []
    if (window.__owned !== undefined) faults.push('A script ran')
    const root = document.documentElement
    const over = root.scrollWidth - root.clientWidth
    if (over > 0) faults.push(`The document scrolls sideways by ${over} px`)
    const DATA = 'head > [type="application/json"][id^="/api/pages/"]'
    for (const { id, textContent } of document.querySelectorAll(DATA)) {
        try {
            JSON.parse(textContent)
        } catch {
            faults.push(`A text has broken the data of ${id}`)
        }
    }
    const alien = [
        'iframe', 'frame', 'frameset', 'object', 'embed', 'portal', 'base', 'math', 'marquee',
        'foreignObject', 'animate', 'set', 'use', 'image', 'body style', 'body link', 'template',
        `script:not([src], ${DATA})`, 'meta[http-equiv]', 'meta[name=referrer]', '[srcdoc]',
        '[src*="evil."]', 'link[href*="evil."]', 'form[action*="evil."]', '[formaction]',
    ]
    for (const element of document.querySelectorAll(alien.join())) {
        faults.push(`Made of a text: ${element.outerHTML.slice(0, 200)}`)
    }
    for (const element of document.querySelectorAll('*')) {
        for (const { name } of element.attributes) {
            if (name.startsWith('on')) faults.push(`Listens: ${element.outerHTML.slice(0, 200)}`)
        }
        const { href } = element
        if (typeof href === 'string' && href && !/^https?:$/.test(new URL(href).protocol)) {
            faults.push(`Leads to ${href.slice(0, 200)}`)
        }
    }
    for (const row of document.querySelectorAll(rows)) {
        const outer = row.getBoundingClientRect()
        if (!outer.width || row.closest('.quiet-label')) continue
        const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
        while (texts.nextNode()) {
            const node = texts.currentNode
            if (node.parentElement.closest('.quiet-label')) continue
            const range = document.createRange()
            range.selectNodeContents(node)
            let { left, right, top, bottom } = range.getBoundingClientRect()
            let isClipped = false
            for (let at = node.parentElement; ; at = at.parentElement) {
                const style = getComputedStyle(at)
                const box = at.getBoundingClientRect()
                if (style.overflowX !== 'visible') {
                    left = Math.max(left, box.left)
                    right = Math.min(right, box.right)
                }
                if (style.overflowY !== 'visible') {
                    isClipped = true
                    top = Math.max(top, box.top)
                    bottom = Math.min(bottom, box.bottom)
                }
                if (at === row) break
            }
            const isOut = left < outer.left - 1 || right > outer.right + 1 ||
                top < outer.top - 1 || bottom > outer.bottom + 1
            if (isOut) faults.push(`Leaves its place: ${node.data.slice(0, 80)}`)
            if (!isClipped && /\p{M}{9}/u.test(node.data)) {
                faults.push(`Nothing clips its marks: ${node.data.slice(0, 80)}`)
            }
        }
    }
    return faults
}"""

_SHOWN: Final = """(elements) => elements.map((element) => ({
    text: element.textContent,
    within: [...element.querySelectorAll('*')].map(({ localName }) => localName),
}))"""

_WALK: Final = """async ([rows, expected]) => {
    const audit = AUDIT
    const list = document.querySelector('[data-testid=chat-messages]')
    const frame = () => new Promise(requestAnimationFrame)
    const found = {}
    const faults = new Set()
    list.scrollTop = list.scrollHeight
    const deadline = performance.now() + 30_000
    while (Object.keys(found).length < expected && performance.now() < deadline) {
        await frame()
        await frame()
        for (const fault of audit(rows)) faults.add(fault)
        if (list.scrollWidth > list.clientWidth) faults.add('The list scrolls sideways')
        for (const row of list.querySelectorAll(rows)) {
            const text = row.querySelector('[data-testid=chat-text]')
            found[row.dataset.id] = {
                text: text.textContent,
                within: [...text.querySelectorAll('*')].map(({ localName }) => localName),
                links: [...text.querySelectorAll('a')].map(({ href }) => href),
            }
        }
        list.scrollTop -= list.clientHeight * 0.7
    }
    list.scrollTop = list.scrollHeight
    await frame()
    return { found, faults: [...faults] }
}""".replace("AUDIT", _AUDIT)


AROUND = 100
"""The margin around an item, in px, that is checked for paint outside its box."""

SMOOTH = 32
"""Pixel differences below this value are anti-aliasing, not paint."""


class Watched:
    """A page that is monitored from its first script on.

    It records dialogs, errors, CSP reports, and requests to `evil.example`.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[str] = []
        page.on("dialog", self._dialog)
        page.on("pageerror", self._fault)
        page.on("console", self._said)
        page.on("request", self._asked)
        page.expose_function("reported", self._reported)
        page.add_init_script(_SCRIPT)

    def _reported(self, what: str) -> None:
        self.seen.append(what)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"Dialog: {dialog.message}")
        dialog.dismiss()

    def _fault(self, fault: Error) -> None:
        self.seen.append(f"Fault: {fault}")

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.seen.append(message.text)

    def _asked(self, request: Request) -> None:
        if "evil.example" in request.url.partition("?")[0].split("/")[2]:
            self.seen.append(f"Asked: {request.url}")

    def is_sound(self, rows: str) -> None:
        """Check that no script ran, no text became an element, and texts stay in their `rows`."""
        faults: list[str] = self.page.evaluate(_AUDIT, rows)
        self._none_of(faults)

    def _none_of(self, faults: list[str]) -> None:
        every = [*self.seen, *faults]
        assert not every, "\n".join([self.page.url, *every])

    def shows(self, selector: str, texts: Collection[str], *, alone: bool = True) -> None:
        """Check that each text is in its own element, unchanged and without child elements.

        With `alone`, the matching elements contain no other texts.
        """
        found = self.page.locator(selector).evaluate_all(_SHOWN)
        self._none_of([str(one) for one in found if one["within"]])
        shown = {one["text"] for one in found}
        self._none_of([f"Not shown: {text}" for text in set(texts) - shown])
        self._none_of([f"Shown: {text}" for text in shown - set(texts) if alone])

    def walks_through(self, messages: Sequence[dict[str, Any]]) -> None:
        """Scroll the chat from end to start, and check that it shows these messages unchanged."""
        rows = "[data-testid=chat-message]"
        walk = self.page.evaluate(_WALK, [rows, len(messages)])
        self._none_of(walk["faults"])
        found: dict[str, Any] = walk["found"]
        for message in messages:
            row = found.get(message["id"])
            assert row, f"Not shown: {message['text']}"
            assert row["text"] == message["text"]
            assert set(row["within"]) <= {"a", "span"}, row
            # The browser normalizes URLs, so only their number and schemes are compared.
            assert len(row["links"]) == len(message["links"]), row
            assert all(link.startswith(("https://", "http://")) for link in row["links"]), row


def paints_alone(item: Locator) -> None:
    """Check that an item paints only in its own box: hiding it changes nothing around it."""
    item.scroll_into_view_if_needed()
    box, screen = item.bounding_box(), item.page.viewport_size
    assert box and screen
    left, top = max(0, box["x"] - AROUND), max(0, box["y"] - AROUND)
    right = min(screen["width"], box["x"] + box["width"] + AROUND)
    bottom = min(screen["height"], box["y"] + box["height"] + AROUND)
    pictures: list[Image.Image] = []
    for visibility in ("", "hidden"):
        item.evaluate("(element, how) => { element.style.visibility = how }", visibility)
        taken = item.page.screenshot(
            clip={"x": left, "y": top, "width": right - left, "height": bottom - top}
        )
        picture = Image.open(BytesIO(taken)).convert("RGB")
        x, y = box["x"] - left, box["y"] - top
        own = (x - 1, y - 1, x + box["width"] + 1, y + box["height"] + 1)
        ImageDraw.Draw(picture).rectangle(own, fill="black")
        pictures.append(picture)
    item.evaluate("element => { element.style.visibility = '' }")
    difference = ImageChops.difference(*pictures).convert("L")
    painted = difference.point([0] * SMOOTH + [255] * (256 - SMOOTH)).getbbox()
    assert painted is None, f"Paints on its neighbours, at {painted}"
