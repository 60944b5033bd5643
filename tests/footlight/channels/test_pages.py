"""Home and the channel page. `tests/functions/pages` tests them over HTTP."""

import pytest

from footlight import cursors
from footlight.channels import home as module
from footlight.channels.home import Home, home
from footlight.channels.page import channel_page, own_channel
from footlight.channels.views import Channel
from footlight.errors import InvalidRequest, NotFound, UsernameRequired
from footlight.identities import Person
from footlight.tables import live
from tests.support.people import (
    a_person,
    blocks,
    caller,
    drops,
    follows,
    goes_live,
    has_streamed,
)
from tests.support.table import watched

pytestmark = pytest.mark.usefixtures("deployed", "no_livekit")


def names(channels: list[Channel]) -> list[str]:
    return [channel.user.username for channel in channels]


def read_all_pages(viewer: Person | None = None) -> list[Home]:
    pages = [home(caller(viewer), None)]
    while pages[-1].next:
        pages.append(home(caller(viewer), pages[-1].next))
        assert len(pages) < 20
    return pages


def shown_names(pages: list[Home]) -> list[str]:
    return [name for page in pages for name in names(page.streams)]


def a_streamer(username: str, *, number: int = 0) -> Person:
    """Write a user who last went live `number` seconds after the start."""
    person = a_person(username)
    has_streamed(person, number=number)
    return person


def create_streamers(number: int) -> list[Person]:
    return [a_streamer(f"person{n:03}", number=n) for n in range(number)]


@pytest.mark.parametrize("number", [0, 1, 23, 24, 25, 48, 49, 60])
def test_home_lists_each_channel_once(number: int) -> None:
    people = create_streamers(number)
    pages = read_all_pages()
    assert shown_names(pages) == [person.username for person in reversed(people)]
    assert pages[-1].streams or number == 0


@pytest.mark.parametrize("live_count", [1, 10, 23, 24, 25, 40, 60])
def test_home_lists_live_channels_once_ordered_by_viewers_and_first(live_count: int) -> None:
    people = create_streamers(60)
    for viewers, person in enumerate(people[:live_count]):
        goes_live(person, viewers=viewers)

    pages = read_all_pages()

    live_names = [person.username for person in reversed(people[:live_count])]
    offline_names = [person.username for person in reversed(people[live_count:])]
    assert shown_names(pages) == live_names + offline_names


def test_home_lists_every_channel_if_many_are_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 30)
    people = create_streamers(50)
    for viewers, person in enumerate(people[:40]):
        goes_live(person, viewers=viewers)
    viewer = a_person("viewer")
    for number, person in enumerate([people[0], people[45], people[39]]):
        follows(viewer, person, number=number)

    pages = read_all_pages(viewer)

    assert len(shown_names(pages)) == len(set(shown_names(pages))) == 50
    # person000 is live, but beyond the window of live channels that home reads
    assert names(pages[0].following) == ["person039", "person000", "person045"]


def test_home_lists_a_reconnecting_channel_with_the_offline_ones() -> None:
    drops(a_person("ann"), seconds_ago=10, number=1)
    goes_live(a_person("bob"), viewers=3)
    drops(a_person("cleo"), seconds_ago=300, number=2)

    streams = home(caller(None), None).streams

    assert [(c.user.username, c.stream.state, c.stream.viewer_count) for c in streams] == [
        ("bob", "live", 3),
        ("cleo", "offline", 0),
        ("ann", "reconnecting", 0),
    ]
    assert [c.stream.is_live for c in streams] == [True, False, False]
    assert [c.stream.started_at is None for c in streams] == [False, True, False]


def test_home_hides_hosts_who_blocked_the_viewer() -> None:
    people = create_streamers(30)
    viewer = a_person("viewer")
    goes_live(people[3], viewers=9)
    for host in (people[3], people[29], people[0]):
        blocks(host, viewer)

    pages = read_all_pages(viewer)

    hidden = {"person003", "person029", "person000"}
    assert not hidden & {
        *shown_names(pages),
        *names(pages[0].following),
        *names(pages[0].recommended),
    }
    assert len(shown_names(pages)) == 27
    assert hidden <= set(shown_names(read_all_pages()))


def test_following_lists_live_channels_and_then_the_newest_follows() -> None:
    people = create_streamers(60)
    viewer = a_person("viewer")
    for number, person in enumerate(people):
        follows(viewer, person, number=number)
    goes_live(people[0], viewers=1)  # the oldest follow, beyond the 50 newest
    goes_live(people[7], viewers=4)

    following = names(home(caller(viewer), None).following)

    assert following[:4] == ["person007", "person000", "person059", "person058"]
    assert len(following) == 50


def test_recommended_lists_live_and_then_recent_channels_without_followed_ones() -> None:
    people = create_streamers(15)
    viewer = a_streamer("viewer", number=100)
    follows(viewer, people[14])
    goes_live(people[2], viewers=1)

    recommended = names(home(caller(viewer), None).recommended)

    assert recommended == [
        "person002", "person013", "person012", "person011", "person010", "person009",
        "person008", "person007", "person006", "person005",
    ]  # fmt: skip


def test_a_channel_that_never_streamed_is_listed_only_for_its_followers() -> None:
    ann, bob, cleo = a_person("ann"), a_streamer("bob"), a_person("cleo")
    follows(cleo, ann)

    pages = read_all_pages(cleo)

    assert shown_names(pages) == ["bob"]
    assert names(pages[0].following) == ["ann"]
    assert names(pages[0].recommended) == ["bob"]
    goes_live(ann)
    assert shown_names(read_all_pages(bob)) == ["ann", "bob"]


def test_only_the_first_page_has_following_and_recommended() -> None:
    people = create_streamers(30)
    follows(people[0], people[1])
    first, second = read_all_pages(people[0])
    assert first.following
    assert first.recommended
    assert (second.following, second.recommended) == ([], [])


def test_a_guest_gets_recommended_channels_and_an_empty_following_list() -> None:
    create_streamers(3)
    page = home(caller(None), None)
    assert page.following == []
    assert names(page.recommended) == ["person002", "person001", "person000"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%",
        "é",
        "a" * 2000,
        cursors.encode(),
        cursors.encode("all", "x"),
        cursors.encode("live"),
        cursors.encode("live", ""),
        cursors.encode("live", "\ud800"),
        cursors.encode("rest", "x" * 300),
    ],
)
def test_an_invalid_cursor_is_rejected(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        home(caller(None), cursor)
    assert list(refused.value.fields) == ["cursor"]


def test_a_user_without_a_username_must_choose_one_on_every_page() -> None:
    a_person("ann")
    newcomer = caller(Person("0" * 32, "nobody"))
    with pytest.raises(UsernameRequired):
        home(newcomer, None)
    with pytest.raises(UsernameRequired):
        channel_page(newcomer, "ann")


@pytest.mark.parametrize("username", ["nobody", "", "x" * 3000, "\x00", "a/b", "guest1"])
def test_an_unknown_channel_is_not_found(username: str) -> None:
    with pytest.raises(NotFound):
        channel_page(caller(None), username)


def test_the_channel_page_shows_whether_the_viewer_follows_or_hosts_it() -> None:
    ann, bob, cleo = a_person("ann"), a_person("bob"), a_person("cleo")
    follows(bob, ann)

    def flags(viewer: Person | None) -> tuple[bool, bool]:
        page = channel_page(caller(viewer), "Ann")
        return page.is_following, page.is_host

    assert flags(ann) == (True, True)
    assert flags(bob) == (True, False)
    assert flags(cleo) == (False, False)
    assert flags(None) == (False, False)


def test_a_channel_with_an_unused_ingress_is_offline() -> None:
    ann = a_person("ann")
    live.live_state(ann.id).new(user_id=ann.id, ingress_id="IN_1").save()
    stream = own_channel(ann).stream
    assert (stream.state, stream.is_live, stream.viewer_count) == ("offline", False, 0)
    assert stream.started_at is None


def test_each_page_makes_the_expected_table_calls() -> None:
    people = create_streamers(40)
    goes_live(people[0])
    ann, cursor = people[3], home(caller(None), None).next
    follows(ann, people[-1])  # on the first page
    two_lists = ["Query", "Query"]

    def calls_of_home(viewer: Person | None, after: str | None = None) -> list[str]:
        with watched() as wire:
            home(caller(viewer), after)
        return wire.made

    with watched() as wire:
        channel_page(caller(ann), "person000")
        channel_page(caller(ann), "person000")
    # The caller and the host are cached; the second visit reads only changeable items.
    assert wire.made == ["BatchGetItem"] * 3
    with watched() as wire:
        own_channel(ann)
    assert wire.made == ["BatchGetItem"]
    # Guests: live and offline channels. Users also: blockers and follows.
    # The batch reads 24 channels, of which some are recommended or followed, and the notice.
    assert calls_of_home(None) == [*two_lists, "BatchGetItem"]
    assert calls_of_home(ann) == ["Query", *two_lists, "Query", "BatchGetItem"]
    # With a further channel, it has more than 100 keys.
    follows(ann, people[4])
    assert calls_of_home(ann)[-2:] == ["BatchGetItem", "BatchGetItem"]
    assert calls_of_home(None, cursor) == ["Query", "BatchGetItem"]
    assert calls_of_home(ann, cursor) == ["Query", "Query", "BatchGetItem"]
