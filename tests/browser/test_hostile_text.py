"""Disguised scripts and hostile Unicode in every text field: shown as text, or rejected."""

import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import Watched, paints_alone
from tests.browser.conftest import NewContext
from tests.browser.hostile import (
    CHANGED,
    CONTROLS,
    EMOJI_10_000,
    FAMILY,
    RETURNS,
    SCRIPTS,
    UNICODE,
    UNSEEN,
    ZALGO,
)
from tests.browser.signing_in import fill_sign_in
from tests.stack.rooms import admitted
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Answer,
    Api,
    Stack,
    User,
    broadcast,
    new_login,
)

SEEN_MS = LIVE_WITHIN_SECONDS * 1000
AT_ONCE = 3
SHARE = 28
"""Messages per person, since 30 in 10 s exceed the rate limit."""

MESSAGE, TITLE, BIO, REASON, WORD, TERM, USERNAME = 500, 140, 500, 200, 50, 100, 64
"""The maximum length of each field, in characters."""

PEOPLE = ("ann", "bob", "cleo", "dan", "eve")
nfc = partial(unicodedata.normalize, "NFC")

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}

FULL = [FAMILY * 71, "🤯" * 500, "W" * 500, "﷽" * 500, f"Z{ZALGO}" * 4]
"""Texts of the maximum length of a message or bio."""
ODD_PATHS = ("%", "%ff%fe", "%00", "a%2fb")

HARMLESS = list(map(nfc, UNICODE.values()))

NewWatched = Callable[..., Watched]


def packed(texts: Iterable[str], most: int, joint: str = " ") -> list[str]:
    """Join texts up to the size of a field, and omit texts that are too long."""
    full: list[str] = []
    for text in sorted(texts, key=len, reverse=True):
        if len(text) > most:
            continue
        for place, before in enumerate(full):
            if len(before) + len(joint) + len(text) <= most:
                full[place] = before + joint + text
                break
        else:
            full.append(text)
    return full


def refused(answer: Answer, field: str) -> bool:
    """Return whether the API rejected this field."""
    return answer.refused_with(422, "invalid_request") and field in answer.json["error"]["fields"]


@pytest.fixture(scope="module")
def bob(stack: Stack) -> Iterator[Api]:
    """Make bob live. All titles and bios are restored after the tests."""
    before = {name: stack.api(name).get("/api/pages/dashboard").json for name in PEOPLE}
    with broadcast(stack, "bob") as bob:
        yield bob
    for name, channel in before.items():
        title, bio = channel["stream"]["title"], channel["user"]["bio"]
        assert stack.api(name).patch("/api/stream", {"title": title}).status == 200
        assert stack.api(name).put("/api/me", {"bio": bio}).status == 200


@pytest.fixture
def open_chat(bob: Api) -> Iterator[Api]:
    """Clear bob's chat before and after the test."""
    assert bob.post("/api/chat/bob/clear").status == 204
    yield bob
    assert bob.post("/api/chat/bob/clear").status == 204


@pytest.fixture
def watched(new_context: NewContext, sign_in: Callable[[Page, str], User]) -> NewWatched:
    """Return a function that opens a monitored page, signed in or as a guest."""

    def make(username: str | None = None, size: Any = DESK) -> Watched:
        page = new_context().new_page()
        page.set_viewport_size(size)
        if username:
            sign_in(page, username)
        return Watched(page)

    return make


class Talker:
    """A person who posts in bob's chat."""

    def __init__(self, caller: Api) -> None:
        self._caller = caller
        self._token = admitted(caller, "bob")["token"]

    def says(self, text: str) -> Answer:
        """Post a message."""
        body = {"text": text, "id": str(uuid.uuid4())}
        return self._caller.post("/api/chat/bob", body, Authorization=f"Bearer {self._token}")

    def sends(self, content: bytes) -> Answer:
        """Post any bytes as the body."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        return self._caller.call("POST", "/api/chat/bob", content=content, headers=headers)


def all_say(stack: Stack, texts: Sequence[str]) -> list[Answer]:
    """Post each text as a message from enough people to stay below the rate limit."""

    def some_say(some: Sequence[str]) -> list[Answer]:
        talker = Talker(stack.api())
        return [talker.says(text) for text in some]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        shares = [texts[start : start + SHARE] for start in range(0, len(texts), SHARE)]
        return [answer for answers in threads.map(some_say, shares) for answer in answers]


def wait_for_messages(page: Page) -> None:
    """Wait until the chat shows messages."""
    expect(page.get_by_test_id("chat-message").last).to_be_visible(timeout=SEEN_MS)


def test_there_are_at_least_200_scripts() -> None:
    assert len(set(SCRIPTS)) >= 200
    assert max(map(len, [*SCRIPTS, *UNICODE.values(), *CHANGED])) <= TITLE


def test_messages_show_hostile_texts_unchanged(
    stack: Stack, open_chat: Api, watched: NewWatched, screenshot: Callable[[Page, str], None]
) -> None:
    before = all_say(stack, [*SCRIPTS, *CHANGED])
    assert {answer.status for answer in before} == {201}
    messages = [answer.json for answer in before]
    assert [message["text"] for message in messages] == [*SCRIPTS, *CHANGED.values()]
    assert all(
        urlsplit(link["url"]).scheme in ("http", "https")
        for message in messages
        for link in message["links"]
    )

    talker = Talker(stack.api("eve"))
    for text in (*CONTROLS, *UNSEEN[:-1]):
        assert refused(talker.says(text), "text"), text
    assert talker.says(EMOJI_10_000).refused_with(413, "too_large")
    for text in ("😀" * (MESSAGE + 1), "W" * (MESSAGE + 1), f"Z{ZALGO}" * 5):
        assert talker.says(text).refused_with(422, "text_too_long")
    assert talker.sends(b'{"text": "a NUL \x00 as it is"}').refused_with(400, "bad_json")
    for value in (None, 1, ["x"], {"__html": "<img src=x>"}, True):
        body = json.dumps({"text": value, "id": str(uuid.uuid4())})
        assert refused(talker.sends(body.encode()), "text")

    guest, phone, window, host = watched(), watched(size=PHONE), watched(), watched("bob")
    for each, path in ((guest, "/bob"), (phone, "/bob"), (window, "/bob/chat"), (host, "/u/bob")):
        each.page.goto(path)
        wait_for_messages(each.page)
    live = all_say(stack, [*UNICODE.values(), *FULL])
    live += [talker.says(text) for text in (FULL[-1], "The last")]
    assert {answer.status for answer in live} == {201}
    said = [*HARMLESS, *map(nfc, [*FULL, FULL[-1]]), "The last"]
    assert [answer.json["text"] for answer in live] == said
    messages += [answer.json for answer in live]
    rows = "[data-testid=chat-message]"
    for each in (guest, phone, window, host):
        expect(each.page.get_by_test_id("chat-message").last).to_contain_text("The last")
    for each in (guest, phone):
        each.walks_through(messages)
        marked = each.page.get_by_test_id("chat-message").filter(has_text=HARMLESS[0]).last
        paints_alone(marked)
    window.is_sound(rows)
    host.is_sound(rows)
    for text in (SCRIPTS[0], f"Z{ZALGO}", "https://evil.example/?x=<b>", FAMILY * 71):
        phone.page.get_by_test_id("chat-input").fill(text)
        phone.is_sound(rows)
        phone.page.get_by_test_id("chat-input").press("Enter")
        phone.is_sound(f"{rows}, [data-testid=unsent]")
    expect(phone.page.get_by_test_id("unsent")).to_have_count(0)
    phone.page.get_by_test_id("chat-input").fill(EMOJI_10_000)
    phone.is_sound(f"{rows}, [data-testid=unsent]")
    screenshot(phone.page, "phone")
    screenshot(host.page, "host")


def test_titles_and_bios_show_hostile_texts_unchanged(
    stack: Stack, bob: Api, watched: NewWatched, screenshot: Callable[[Page, str], None]
) -> None:
    """Test five channels at once. One is live and in the sidebar."""
    apis = {name: stack.api(name) for name in PEOPLE}
    for text in CONTROLS:
        assert refused(apis["eve"].patch("/api/stream", {"title": text}), "title"), text
        assert refused(apis["eve"].put("/api/me", {"bio": text}), "bio"), text
    for text in (*UNSEEN, "😀" * (TITLE + 1), "two\nlines"):
        assert refused(apis["eve"].patch("/api/stream", {"title": text}), "title"), text
    assert refused(apis["eve"].put("/api/me", {"bio": "😀" * (BIO + 1)}), "bio")
    for change in (
        apis["eve"].patch("/api/stream", {"title": EMOJI_10_000}),
        apis["eve"].put("/api/me", {"bio": EMOJI_10_000}),
    ):
        assert change.refused_with(413, "too_large")

    titles = [*packed(SCRIPTS, TITLE), *CHANGED, *UNICODE.values()]
    bios = [*packed(SCRIPTS, BIO, "\n"), *packed(UNICODE.values(), BIO, "\n"), *FULL]
    viewer, phone = watched(), watched(size=PHONE)
    while titles or bios:
        shown: dict[str, str] = {}
        written: dict[str, str] = {}
        for name in PEOPLE:
            if titles:
                title = titles.pop(0)
                answer = apis[name].patch("/api/stream", {"title": title})
                assert answer.status == 200, title
                shown[name] = answer.json["title"]
                assert shown[name] == CHANGED.get(title, nfc(title))
            if bios:
                bio = bios.pop(0)
                answer = apis[name].put("/api/me", {"bio": bio})
                assert answer.status == 200, bio
                written[name] = answer.json["bio"]
                assert written[name] == nfc(bio)
        is_last = not titles and not bios
        for each in (viewer, phone) if is_last else (viewer,):
            for name, title in shown.items():
                each.page.goto(f"/search?term={name}")
                expect(each.page.get_by_test_id("channel-card")).not_to_have_count(
                    0, timeout=SEEN_MS
                )
                each.shows("[data-testid=channel-card] h3", [title], alone=False)
                each.is_sound("[data-testid=channel-card], nav a")
            for name, bio in written.items():
                each.page.goto(f"/{name}")
                expect(each.page.get_by_test_id("bio")).to_be_visible()
                each.shows("[data-testid=bio]", [bio])
                each.is_sound("[data-testid=title], [data-testid=bio], nav a")


def test_blocked_words_show_hostile_texts_unchanged(
    open_chat: Api, watched: NewWatched, screenshot: Callable[[Page, str], None]
) -> None:
    def block(words: list[str]) -> Answer:
        return open_chat.patch("/api/stream", {"chat": {"blockedWords": words}})

    for text in (*CONTROLS, *UNSEEN, "*", "😀" * (WORD + 1)):
        assert refused(block(["fine", text]), "chat.blockedWords.1"), text
    assert block([EMOJI_10_000]).refused_with(413, "too_large")
    assert refused(block([f"word {number}" for number in range(101)]), "chat.blockedWords")

    host, phone = watched("bob"), watched("bob", PHONE)
    scripts = [text for text in SCRIPTS if len(text) <= WORD]
    for words in (scripts[:100], scripts[100:], [text[:WORD] for text in UNICODE.values()]):
        answer = block(words)
        assert answer.status == 200
        kept: list[str] = answer.json["chat"]["blockedWords"]
        assert {*map(nfc, kept)} == {nfc(word.strip()).casefold() for word in words}
        for each in (host, phone):
            each.page.goto("/u/bob/chat")
            expect(each.page.locator("main li bdi")).not_to_have_count(0, timeout=SEEN_MS)
            each.shows("main li bdi", kept)
            each.is_sound("main li")
    screenshot(phone.page, "words")
    field = host.page.get_by_label("Words to add")
    for text in (SCRIPTS[0], "W" * 500, f"Z{ZALGO}", "*"):
        field.fill(text)
        field.press("Enter")
        host.is_sound("main li, main form")


def test_the_log_shows_hostile_reasons_unchanged(
    stack: Stack, open_chat: Api, watched: NewWatched
) -> None:
    """Time out unknown guests, delete messages, and block guests, each with a reason."""
    moderators = [open_chat, *map(stack.api, ("cleo", "dan", "eve"))]
    for name in ("cleo", "dan", "eve"):
        assert open_chat.put(f"/api/moderators/{name}").status == 204

    def time_out(number: int, reason: str) -> Answer:
        path = f"/api/chat/bob/timeouts/{uuid.uuid4()}"
        return moderators[number % 4].put(path, {"seconds": 300, "reason": reason})

    for text in CONTROLS:
        assert refused(time_out(0, text), "reason"), text
        path = f"/api/chat/bob/blocks/{uuid.uuid4()}"
        assert refused(open_chat.put(path, {"reason": text}), "reason"), text
    assert time_out(0, EMOJI_10_000).refused_with(413, "too_large")
    assert refused(time_out(0, "😀" * (REASON + 1)), "reason")

    reasons = [*packed(SCRIPTS, REASON), *HARMLESS, *(nfc(text)[:REASON] for text in FULL)]
    for number, reason in enumerate(reasons):
        assert time_out(number, reason).status == 204, reason
    messages = [answer.json for answer in all_say(stack, [*HARMLESS, *FULL])]
    for number, message in enumerate(messages):
        why = quote(SCRIPTS[number])
        path = f"/api/chat/bob/{message['id']}?reason={why}"
        assert moderators[1 + number % 3].delete(path).status == 204
    for guest in (blocked := [uuid.uuid4(), uuid.uuid4()]):
        path = f"/api/chat/bob/blocks/{guest}"
        assert open_chat.put(path, {"reason": SCRIPTS[1]}).status == 204

    for each in (watched("bob"), watched("bob", PHONE)):
        each.page.goto("/u/bob/community")
        log = each.page.get_by_role("region", name="Moderation log", exact=True)
        timed_out = each.page.get_by_role("region", name="Timed out", exact=True)
        entries = log.get_by_role("listitem")
        expect(entries).not_to_have_count(0, timeout=SEEN_MS)
        expect(timed_out.get_by_role("listitem")).not_to_have_count(0, timeout=SEEN_MS)
        while entries.count() < len(reasons) + len(messages) + len(blocked):
            before = entries.count()
            log.get_by_role("button", name="Show more").click()
            expect(entries).not_to_have_count(before)
        while (more := log.get_by_role("button", name="Show all")).count():
            more.first.click()
        each.shows("main li bdi", [*reasons, *SCRIPTS[: len(messages)]], alone=False)
        each.shows("main blockquote bdi", [message["text"] for message in messages], alone=False)
        each.is_sound("main li")
        marked = entries.filter(has_text=HARMLESS[0]).last
        paints_alone(marked)
    for guest in blocked:
        assert open_chat.delete(f"/api/chat/bob/blocks/{guest}").status == 204
    for name in ("cleo", "dan", "eve"):
        assert open_chat.delete(f"/api/moderators/{name}").status == 204


def goes_to(page: Page, path: str) -> None:
    """Navigate like a link of the site, without loading the page again."""
    page.evaluate(
        """path => {
            history.pushState(null, '', path)
            dispatchEvent(new PopStateEvent('popstate'))
        }""",
        path,
    )


def test_search_shows_hostile_terms_unchanged(
    stack: Stack, watched: NewWatched, screenshot: Callable[[Page, str], None]
) -> None:
    asker = stack.api()
    for text in (*CONTROLS, *UNSEEN, *CHANGED, *UNICODE.values(), "W" * (TERM + 1)):
        term = quote(text, errors="surrogatepass")
        assert asker.get(f"/api/pages/search?term={term}").status in (200, 422), text
    guest, phone = watched(), watched(size=PHONE)
    terms = [*packed(SCRIPTS, TERM), *(text[:TERM] for text in HARMLESS)]
    for each, some in ((guest, terms), (phone, terms[-len(HARMLESS) :])):
        each.page.goto("/search")
        for term in some:
            goes_to(each.page, f"/search?term={quote(term)}")
            heading = each.page.locator("main :is(h1, [role=alert])")
            expect(heading).to_contain_text(term.strip())
            expect(each.page.get_by_label("Search channels")).to_have_value(term)
            each.is_sound("main :is(h1, [role=alert])")
        screenshot(each.page, "search")
        goes_to(each.page, f"/search?term={quote(HARMLESS[0][:TERM])}")
        expect(each.page.locator("main h1")).to_contain_text(HARMLESS[0][:TERM])
        paints_alone(each.page.locator("main h1"))


def test_hostile_paths_show_the_not_found_page(stack: Stack, watched: NewWatched) -> None:
    asker = stack.api()
    for text in (*packed(SCRIPTS, 200), *CONTROLS, *CHANGED, *UNICODE.values()):
        path = quote(text, safe="", errors="surrogatepass")
        answer = asker.get(f"/api/pages/channels/{path}")
        assert answer.refused_with(404, "not_found"), text
    guest = watched()
    guest.page.goto("/")
    for text in [*packed(SCRIPTS, 2000), *HARMLESS]:
        for path in (f"/{quote(text, safe='')}", f"/{quote(text)}", f"/u/{quote(text, safe='')}"):
            goes_to(guest.page, path)
            expect(guest.page.locator("main h1")).to_be_visible()
            guest.is_sound("main")
    for text in (
        SCRIPTS[0],
        f'"{SCRIPTS[0]}',
        f"Z{ZALGO}",
        *ODD_PATHS,
    ):
        guest.page.goto(f"/{text}#{text}")
        expect(guest.page.locator("main h1")).to_be_visible()
        guest.is_sound("main")


@pytest.fixture(scope="module")
def unnamed(stack: Stack) -> list[User]:
    """Create people who have never chosen a username."""
    return [new_login("", f"unnamed-{number}@example.com") for number in range(4)]


def test_hostile_usernames_are_rejected(
    stack: Stack, unnamed: list[User], watched: NewWatched, screenshot: Callable[[Page, str], None]
) -> None:
    """Usernames must be plain letters. The page shows the closest text as an address."""
    texts = [*packed(SCRIPTS, USERNAME), *CONTROLS, *UNSEEN, *CHANGED, EMOJI_10_000]
    texts += [text[:USERNAME] for text in UNICODE.values()]
    for number, user in enumerate(unnamed):
        newcomer = watched(size=(PHONE, DESK)[number % 2])
        page = newcomer.page
        page.goto("/api/session/login?return=/")
        fill_sign_in(page, user)
        expect(page.get_by_test_id("username-input")).to_be_visible()
        for text in (SCRIPTS[number], HARMLESS[number], "W" * 64, "pаypal", "ｂｏｂ"):  # noqa: RUF001
            field = page.get_by_test_id("username-input")
            field.fill(text)
            page.get_by_test_id("username-submit").click()
            shown = closest(field.input_value())[:8]  # the field takes 64 characters
            expect(page.get_by_role("dialog")).to_contain_text(shown)
            newcomer.is_sound("dialog p, dialog h2")
        screenshot(page, f"naming-{number}")
        asked = page.request.post("/api/session/token", headers={"Origin": stack.site_url})
        api = Api(stack.site_url, asked.json()["accessToken"])
        for text in texts[number :: len(unnamed)]:
            answer = api.put("/api/me", {"username": text})
            assert refused(answer, "username") or answer.refused_with(413, "too_large"), text
        assert api.get("/api/me").json["username"] is None


def closest(text: str) -> str:
    """Return the text that the dialog makes of what was typed: `josé b` is `jose_b`."""
    plain = "".join(map(without_accents, unicodedata.normalize("NFC", text)))
    return "_".join(plain.lower().split())


def without_accents(each: str) -> str:
    if unicodedata.category(each)[0] != "L":
        return each
    parts = unicodedata.normalize("NFD", each)
    return "".join(part for part in parts if unicodedata.category(part)[0] != "M")


def test_sign_in_redirects_only_to_this_site(
    stack: Stack, watched: NewWatched, sign_in: Callable[[Page, str], User]
) -> None:
    for text in (*RETURNS, *packed(SCRIPTS, 512), *CONTROLS):
        browser = stack.api()
        back = quote(text, safe="", errors="surrogatepass")
        begun = browser.get(f"/api/session/login?return={back}")
        assert begun.status == 302, text
        state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
        ended = browser.get(f"/api/session/callback?error=access_denied&state={state}")
        assert ended.status == 302, text
        where = ended.headers["Location"]
        assert where.isascii() and where.isprintable(), text
        assert urlsplit(where)[:2] == urlsplit(stack.site_url)[:2], text
        assert text[0] == "/" or where == f"{stack.site_url}/?signin=denied", text
    guest = watched()
    for text in SCRIPTS[:3]:
        guest.page.goto(f"/?signin={quote(text)}")
        expect(guest.page.locator("main")).to_contain_text(re.compile(r"\w"), timeout=SEEN_MS)
        guest.is_sound("main")
    guest.page.goto(f"/api/session/login?return={quote('javascript:window.__owned=1//')}")
    fill_sign_in(guest.page, stack.user("dan"))
    guest.page.wait_for_url(f"{stack.site_url}/")
    expect(guest.page.get_by_test_id("user-menu")).to_be_visible()
    guest.is_sound("main")
