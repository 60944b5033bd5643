"""The HTML of a channel's page: for previews, for the first requests, and the same for everyone."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from footlight.channels import shell
from footlight.identities import Person
from tests.support.api import Answer, Api
from tests.support.people import a_block, a_person, a_suspension, goes_live

HOSTILE = '</script><script>alert("1")</script><!-- <script> \'&amp; "> \u2028'


class Page(HTMLParser):
    """What a browser finds in the HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        """Of elements whose content is text, by id, or by name without an id."""
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") or tag

    def handle_data(self, data: str) -> None:
        self.text[self._inside] = self.text.get(self._inside, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def meta(self, name: str) -> list[str | None]:
        """Return the contents of all `<meta>` with this name or property."""
        return [
            attributes.get("content")
            for tag, attributes in self.elements
            if tag == "meta" and name in (attributes.get("name"), attributes.get("property"))
        ]

    def links(self, rel: str) -> list[str | None]:
        return [a["href"] for tag, a in self.elements if tag == "link" and a.get("rel") == rel]


def request(api: Api, page: str | None, method: str = "GET", **rest: Any) -> Answer:
    """Request a page as CloudFront does."""
    headers = {} if page is None else {"x-footlight-page": page}
    return api.call(method, "/index.html", headers=headers, **rest)


def test_a_live_channel_has_a_card(api: Api) -> None:
    ann = api.joins("ann")
    api.put("/api/me", {"bio": "Bread,\nand what\tgoes with it."}, signed_in_as=ann)
    api.patch("/api/stream", {"title": "Rye on a Sunday"}, signed_in_as=ann)
    goes_live(Person(ann.id, ann.username))

    answer = request(api, "Ann")

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    address, text = (
        "https://live.example.com/ann",
        "ann is live on Footlight. Bread, and what goes with it.",
    )
    assert page.text["title"] == "Rye on a Sunday · ann · Footlight"
    assert page.links("canonical") == page.meta("og:url") == [address]
    assert page.meta("og:title") == ["Rye on a Sunday · ann"]
    assert page.meta("description") == page.meta("og:description") == [text]
    assert page.meta("og:site_name") == ["Footlight"]
    assert page.meta("og:type") == ["website"]
    assert page.meta("twitter:card") == ["summary"]
    assert page.meta("robots") == page.meta("rating") == []


def test_a_page_carries_what_a_guest_would_request_first(api: Api) -> None:
    goes_live(a_person("ann", title=HOSTILE), viewers=3)
    page = Page(request(api, "ann").text)
    blocks = {
        attributes["id"]: attributes
        for tag, attributes in page.elements
        if tag == "script" and attributes.get("type") == "application/json"
    }
    assert set(blocks) == {"/api/pages/live/ann", "/api/pages/channels/ann"}
    for path, attributes in blocks.items():
        assert path is not None
        assert json.loads(page.text[path]) == api.get(path).body
        assert re.fullmatch(r"\d{13}", attributes["data-at"] or "")


def test_what_people_write_is_text_wherever_it_appears(api: Api) -> None:
    calm, hostile = a_person("calm", title="calm"), api.joins("hostile")
    goes_live(calm)
    api.put("/api/me", {"bio": HOSTILE}, signed_in_as=hostile)
    title = HOSTILE.replace("\u2028", "")
    assert api.patch("/api/stream", {"title": title}, signed_in_as=hostile).status == 200
    goes_live(Person(hostile.id, hostile.username))

    pages = [Page(request(api, name).text) for name in ("calm", "hostile")]

    calm_shape, hostile_shape = (
        [(tag, sorted(attributes)) for tag, attributes in page.elements] for page in pages
    )
    assert hostile_shape == calm_shape
    assert pages[1].meta("og:title")[0] == f"{title.strip()} · hostile"


def test_a_channel_for_adults_says_so(api: Api) -> None:
    ann = api.joins("ann")
    api.patch("/api/stream", {"isForAdults": True}, signed_in_as=ann)
    page = Page(request(api, "ann").text)
    assert page.meta("rating") == ["adult"]
    assert page.meta("og:description") == ["ann streams on Footlight."]


def test_an_offline_channel_has_a_card(api: Api) -> None:
    a_person("ann", title="Rye")
    assert Page(request(api, "ann").text).meta("og:description") == ["ann streams on Footlight."]


def test_a_long_description_is_shortened_between_words(api: Api) -> None:
    ann = api.joins("ann")
    api.put("/api/me", {"bio": "word " * 50}, signed_in_as=ann)
    (text,) = Page(request(api, "ann").text).meta("description")
    assert text is not None
    assert len(text) <= shell.CARD_TEXT
    assert text.endswith("word…")


@pytest.mark.parametrize("name", ["absent", "-", "sam", "x" * 300])
def test_an_unknown_or_suspended_channel_is_not_found_by_browsers_without_scripts(
    api: Api, name: str
) -> None:
    a_suspension(a_person("sam", title="Secret").id)
    answer = request(api, name)
    page = Page(answer.text)
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=2"
    assert answer.text == request(api, "another").text
    assert page.text["title"] == "Page not found · Footlight"
    assert page.meta("robots") == ["noindex"]
    assert page.text["h1"] == "Page not found"
    assert page.links("canonical") == page.meta("og:title") == []
    assert "application/json" not in answer.text


@pytest.mark.parametrize("name", [None, "ann", "absent"])
def test_every_page_runs_the_site(api: Api, name: str | None) -> None:
    a_person("ann")
    page = Page(request(api, name).text)
    built = Page(shell.FILE.read_text())
    scripts = [element for element in page.elements if element[0] == "script"]
    assert [s for s in scripts if s[1]["type"] == "module"] == [
        element for element in built.elements if element[0] == "script"
    ]
    assert ("div", {"id": "app"}) in page.elements
    assert [tag for tag, _ in page.elements].count("title") == 1
    assert page.links("stylesheet") == built.links("stylesheet")
    if name is None:
        assert page.elements == built.elements


def test_a_page_is_the_same_for_everyone_and_may_be_shared(api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    a_block(by=Person(ann.id, ann.username), of=Person(bob.id, bob.username))

    def without_time(answer: Answer) -> str:
        return re.sub(r'data-at="\d+"', "", answer.text)

    guest = request(api, "ann")
    for person in (ann, bob):
        other = request(api, "ann", signed_in_as=person)
        assert (without_time(other), other.headers) == (without_time(guest), guest.headers)
    cache = "public, max-age=0, s-maxage=2, stale-while-revalidate=300"
    assert guest.headers["cache-control"] == cache
    assert guest.set_cookies == []


@pytest.mark.parametrize(("name", "status"), [("ann", 200), ("absent", 404)])
def test_head_gets_the_headers_alone(api: Api, name: str, status: int) -> None:
    a_person("ann")
    answer = request(api, name, method="HEAD")
    assert (answer.status, answer.text) == (status, "")
    assert answer.headers == request(api, name).headers
