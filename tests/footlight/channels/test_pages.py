"""Home and a channel's page, beside what `tests/functions/pages` holds over HTTP."""

import pytest

from footlight import cursors
from footlight.channels import home as module
from footlight.channels.home import Home, home
from footlight.channels.page import channel_page, own_channel
from footlight.channels.views import Channel
from footlight.errors import InvalidRequest, NotFound, UsernameRequired
from footlight.identities import Person
from footlight.tables import live
from tests.support.people import a_person, blocks, caller, drops, follows, goes_live
from tests.support.table import watched

pytestmark = pytest.mark.usefixtures("deployed", "no_livekit")


def names(found: list[Channel]) -> list[str]:
    return [channel.user.username for channel in found]


def pages(viewer: Person | None = None) -> list[Home]:
    read = [home(caller(viewer), None)]
    while read[-1].next:
        read.append(home(caller(viewer), read[-1].next))
        assert len(read) < 20
    return read


def shown(read: list[Home]) -> list[str]:
    return [name for page in read for name in names(page.streams)]


def many(number: int) -> list[Person]:
    return [a_person(f"person{n:03}", number=n) for n in range(number)]


@pytest.mark.parametrize("number", [0, 1, 23, 24, 25, 48, 49, 60])
def test_each_channel_is_on_home_once(number: int) -> None:
    people = many(number)
    read = pages()
    assert shown(read) == [person.username for person in reversed(people)]
    assert read[-1].streams or number == 0


@pytest.mark.parametrize("lively", [1, 10, 23, 24, 25, 40, 60])
def test_the_live_come_first_by_viewers_and_are_not_shown_again(lively: int) -> None:
    people = many(60)
    for viewers, person in enumerate(people[:lively]):
        goes_live(person, viewers=viewers)

    read = pages()

    live_names = [person.username for person in reversed(people[:lively])]
    rest = [person.username for person in reversed(people[lively:])]
    assert shown(read) == live_names + rest


def test_home_reads_on_past_many_live_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 30)
    people = many(50)
    for viewers, person in enumerate(people[:40]):
        goes_live(person, viewers=viewers)
    viewer = a_person("viewer", number=-1)
    for number, person in enumerate([people[0], people[45], people[39]]):
        follows(viewer, person, number=number)

    read = pages(viewer)

    assert len(shown(read)) == len(set(shown(read))) == 51
    # person000 is live, though not within the window of the live that was read
    assert names(read[0].following) == ["person039", "person000", "person045"]


def test_a_reconnecting_channel_is_among_the_rest() -> None:
    drops(a_person("ann", number=1), seconds_ago=10)
    goes_live(a_person("bob"), viewers=3)
    drops(a_person("cleo", number=2), seconds_ago=300)

    found = home(caller(None), None).streams

    assert [(c.user.username, c.stream.state, c.stream.viewer_count) for c in found] == [
        ("bob", "live", 3),
        ("cleo", "offline", 0),
        ("ann", "reconnecting", 0),
    ]
    assert [c.stream.is_live for c in found] == [True, False, False]
    assert [c.stream.started_at is None for c in found] == [False, True, False]


def test_those_who_blocked_the_viewer_are_nowhere_on_home() -> None:
    people = many(30)
    viewer = a_person("viewer")
    goes_live(people[3], viewers=9)
    for host in (people[3], people[29], people[0]):
        blocks(host, viewer)

    read = pages(viewer)

    hidden = {"person003", "person029", "person000"}
    assert not hidden & {*shown(read), *names(read[0].following), *names(read[0].recommended)}
    assert len(shown(read)) == 28
    assert hidden <= set(shown(pages()))


def test_following_is_the_live_first_then_the_newest_follow() -> None:
    people = many(60)
    viewer = a_person("viewer")
    for number, person in enumerate(people):
        follows(viewer, person, number=number)
    goes_live(people[0], viewers=1)  # followed longest ago, beyond the fifty newest
    goes_live(people[7], viewers=4)

    following = names(home(caller(viewer), None).following)

    assert following[:4] == ["person007", "person000", "person059", "person058"]
    assert len(following) == 50


def test_recommended_are_the_live_then_the_newest_whom_one_does_not_follow() -> None:
    people = many(15)
    viewer = a_person("viewer", number=100)
    follows(viewer, people[14])
    goes_live(people[2], viewers=1)
    old = a_person("old_but_busy", number=200, joined=-1)

    recommended = names(home(caller(viewer), None).recommended)

    assert recommended == [
        "person002", "person013", "person012", "person011", "person010", "person009",
        "person008", "person007", "person006", "person005",
    ]  # fmt: skip
    assert old.username in shown(pages(viewer))


def test_only_the_first_page_has_following_and_recommended() -> None:
    people = many(30)
    follows(people[0], people[1])
    first, second = pages(people[0])
    assert first.following
    assert first.recommended
    assert (second.following, second.recommended) == ([], [])


def test_a_guest_follows_nobody_and_is_recommended_channels() -> None:
    many(3)
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
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        home(caller(None), cursor)
    assert list(refused.value.fields) == ["cursor"]


def test_somebody_signed_in_without_a_username_is_told_so_everywhere() -> None:
    a_person("ann")
    nobody = caller(Person("0" * 32, "nobody"))
    with pytest.raises(UsernameRequired):
        home(nobody, None)
    with pytest.raises(UsernameRequired):
        channel_page(nobody, "ann")


@pytest.mark.parametrize("username", ["nobody", "", "x" * 3000, "\x00", "a/b", "guest1"])
def test_no_channel_is_not_found(username: str) -> None:
    with pytest.raises(NotFound):
        channel_page(caller(None), username)


def test_the_page_knows_how_the_viewer_stands_to_the_channel() -> None:
    ann, bob, cleo = a_person("ann"), a_person("bob"), a_person("cleo")
    follows(bob, ann)

    def standing(viewer: Person | None) -> tuple[bool, bool]:
        page = channel_page(caller(viewer), "Ann")
        return page.is_following, page.is_host

    assert standing(ann) == (True, True)
    assert standing(bob) == (True, False)
    assert standing(cleo) == (False, False)
    assert standing(None) == (False, False)


def test_an_ingress_that_was_never_started_is_offline() -> None:
    ann = a_person("ann")
    live.live_state(ann.id).new(user_id=ann.id, ingress_id="IN_1").save()
    stream = own_channel(ann).stream
    assert (stream.state, stream.is_live, stream.viewer_count) == ("offline", False, 0)
    assert stream.started_at is None


def test_each_page_takes_as_many_calls_as_this() -> None:
    people = many(40)
    goes_live(people[0])
    ann, cursor = people[3], home(caller(None), None).next
    follows(ann, people[4])
    lists = ["Query", "Query"]

    def made(viewer: Person | None, after: str | None = None) -> list[str]:
        with watched() as wire:
            home(caller(viewer), after)
        return wire.made

    with watched() as wire:
        channel_page(caller(ann), "person000")
        channel_page(caller(ann), "person000")
    # Who the two are is read once; then only what may change.
    assert wire.made == ["BatchGetItem"] * 3
    with watched() as wire:
        own_channel(ann)
    assert wire.made == ["BatchGetItem"]
    # live, the rest; for a viewer: blockers, follows; 24 channels and those recommended
    assert made(None) == [*lists, "BatchGetItem"]
    assert made(ann) == ["Query", *lists, "Query", "BatchGetItem"]
    assert made(None, cursor) == ["Query", "BatchGetItem"]
    assert made(ann, cursor) == ["Query", "Query", "BatchGetItem"]
