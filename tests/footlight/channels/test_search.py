"""Search results and their pages. `tests/functions/pages` tests search over HTTP."""

import pytest

from footlight.channels.search import PAGE, search
from footlight.channels.views import Channel
from tests.support.people import a_person, blocks, caller, drops, goes_live, has_streamed
from tests.support.table import watched

pytestmark = pytest.mark.usefixtures("deployed", "no_livekit")


def names(channels: list[Channel]) -> list[str]:
    return [channel.user.username for channel in channels]


def search_all_pages(term: str) -> list[list[str]]:
    cursor, pages = None, list[list[str]]()
    while True:
        page = search(caller(None), term, cursor)
        pages.append(names(page.results))
        cursor = page.next
        if cursor is None:
            return pages
        assert len(pages) < 50


@pytest.mark.parametrize("number", [0, 1, PAGE, PAGE + 1, 2 * PAGE + 5])
def test_each_channel_is_on_one_page_and_the_last_page_has_no_cursor(number: int) -> None:
    people = [a_person(f"painter{n:02}") for n in range(number)]

    pages = search_all_pages("paint")

    assert sorted(name for page in pages for name in page) == [p.username for p in people]
    assert [len(page) for page in pages[:-1]] == [PAGE] * (len(pages) - 1)
    assert pages[-1] or number == 0


def test_a_channel_with_many_words_that_match_is_shown_once() -> None:
    for n in range(PAGE + 1):
        a_person(f"painter{n:02}", title=f"painting paint{n} paints painted")
    shown = [name for page in search_all_pages("paint") for name in page]
    assert len(shown) == len(set(shown)) == PAGE + 1


def test_live_channels_come_first_on_a_page() -> None:
    for n in range(3):
        a_person(f"painter{n}")
    goes_live(a_person("painter8"), viewers=2)
    goes_live(a_person("painter9"), viewers=5)

    assert search_all_pages("painter") == [
        ["painter9", "painter8", "painter0", "painter1", "painter2"]
    ]


def test_channels_that_have_streamed_come_before_the_others() -> None:
    a_person("painter0")
    has_streamed(a_person("painter1"))
    drops(a_person("painter2"), seconds_ago=300)
    goes_live(a_person("painter3"))

    assert search_all_pages("painter") == [["painter3", "painter1", "painter2", "painter0"]]


def test_a_full_page_is_read_with_one_batch() -> None:
    for n in range(PAGE + 1):
        a_person(f"painter{n:02}")
    with watched() as wire:
        search(caller(None), "painter", None)
    assert wire.made == ["Query", "BatchGetItem"]


def test_hosts_who_blocked_the_viewer_are_left_out_and_pages_stay_full() -> None:
    people = [a_person(f"painter{n:02}") for n in range(PAGE + 2)]
    viewer = a_person("viewer")
    for host in people[:2]:
        blocks(host, viewer)

    results = search(caller(viewer), "paint", None)

    assert len(results.results) == PAGE
    assert results.next is None


def test_one_page_reads_a_limited_number_of_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("footlight.channels.search.READ", 10)
    for n in range(30):
        a_person(f"person{n:02}", title="paintings")
    a_person("person99", title="paintingz xy")
    with watched() as wire:
        first = search(caller(None), "painting xy", None)
    assert (first.results, wire.made) == ([], ["Query"])
    assert first.next
    assert [name for page in search_all_pages("painting xy") for name in page] == ["person99"]


def test_a_search_makes_the_expected_table_calls() -> None:
    ann = a_person("ann")
    with watched() as guest_wire:
        search(caller(None), "ann", None)
    with watched() as user_wire:
        search(caller(ann), "ann", None)
    assert guest_wire.made == ["Query", "BatchGetItem"]
    assert user_wire.made == ["BatchGetItem", "Query", "Query", "BatchGetItem"]
