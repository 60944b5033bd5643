"""`make migrate`: an older table becomes as the site writes it now, whatever comes between."""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any

import pytest

from footlight import clock
from footlight.aws import background
from footlight.channels.settings import StreamChanges, change_stream
from footlight.errors import Unavailable
from footlight.identities import Person
from footlight.tables import live, migrations, search, users
from footlight.tables.items import Item, get, listed
from footlight.tables.migrations import MigrationProgress, progress_ref
from operations import migrate
from operations.migrate import Run, Unfinished, run_all
from operations.migrations import MIGRATIONS
from tests.support.deployment import BEGUN
from tests.support.people import START, a_person, goes_live, has_streamed
from tests.support.stored import Stored, change_item, stored, write_items
from tests.support.table import Wire, watched

INDEX, STREAMED = MIGRATIONS
HOUR = timedelta(hours=1)
MARK = (f"MIGRATION#{INDEX.name}", "MIGRATION")


@pytest.fixture(autouse=True)
def _undelayed(table: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty table, and migrations without pauses."""
    monkeypatch.setattr(migrate, "PAUSES_SECONDS", (0, 0))
    monkeypatch.setattr(background, "_start", BEGUN.append)  # moto has no functions to invoke


@pytest.fixture
def wire() -> Generator[Wire]:
    with watched() as wire:
        yield wire


def run(**options: Any) -> MigrationProgress:
    return Run(INDEX, **options).start()


def people() -> Stored:
    """Return what is stored, without the position of the migration."""
    return {key: item for key, item in stored().items() if key != MARK}


def words_of(person: Person) -> dict[str, str]:
    """Return the search words of a person, each with the words stored beside it."""
    found = {sk: item for (pk, sk), item in stored().items() if pk.startswith("WORD#")}
    return {
        sk.rpartition("#")[0]: item["words"]["S"]
        for sk, item in found.items()
        if item["user_id"]["S"] == person.id
    }


def forget(*refs: Any) -> None:
    for ref in refs:
        ref.new().delete()


def age(person: Person, words: list[str]) -> None:
    """Write a channel's index as a release did that split titles otherwise, and listed none."""
    forget(*(search.word(word, person.id) for word in words_of(person)))
    write_items(*(search.word_item(word, person.id, words) for word in words))
    stream = users.stream(person.id).new()
    stream.update(actions=[Item.list_pk.remove(), Item.list_sk.remove()])


# ---- what it changes


def test_an_older_channel_becomes_as_the_site_writes_it() -> None:
    ann = a_person("ann", title="Painting with oils")
    a_person("bob")
    expected = stored()
    age(ann, ["ann's", "painting-with", "oils"])
    assert stored() != expected

    progress = run()

    assert people() == expected
    assert (progress.changed, progress.checked) == (3, 8)


def test_nothing_changes_twice(wire: Wire) -> None:
    ann = a_person("ann", title="Painting with oils")
    age(ann, ["painting-with"])
    run()
    once = people()
    wire.made.clear()

    progress = Run(INDEX).start(again=True)

    assert progress.changed == 0
    assert people() == once
    assert set(wire.made) == {"GetItem", "Scan", "BatchGetItem", "PutItem"}  # the last: the mark


def test_a_finished_migration_is_not_repeated(wire: Wire) -> None:
    ann = a_person("ann")
    first = run()
    forget(search.word("ann", ann.id))
    wire.made.clear()

    assert run().finished_at == first.finished_at
    assert wire.made == ["GetItem"]

    assert Run(INDEX).start(again=True).changed == 1
    assert "ann" in words_of(ann)


def test_words_of_a_user_who_is_gone_are_deleted() -> None:
    ann, bob = a_person("ann"), a_person("bob")
    expected = words_of(bob)
    forget(users.stream(ann.id), users.profile(ann.id))

    run()

    assert words_of(ann) == {}
    assert words_of(bob) == expected


def test_a_dry_run_counts_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    age(a_person("ann"), ["old"])
    before = stored()

    run_all(MIGRATIONS, dry_run=True)

    assert stored() == before
    assert "2 would change" in capsys.readouterr().out
    assert run().changed == 2


def broadcasts(person: Person, *hours: int) -> None:
    """Write past broadcasts, each by the hour of its start, as a release did without the list."""
    starts = [START + timedelta(hours=hour) for hour in hours]
    write_items(
        *(
            live.past_broadcast(person.id, f"{clock.ms(start):013d}").new(
                started_at=start, ended_at=start, reason="stopped", peak_viewers=0
            )
            for start in starts
        )
    )


def last_starts() -> list[tuple[str, int]]:
    """Return the owners in the list of channels that have streamed, with the hours."""
    return [
        (entry.owner_id, (clock.parse(entry.list_sk.partition("#")[0]) - START) // HOUR)
        for entry in listed(live.LISTED_STREAMED)
    ]


def test_channels_that_have_streamed_are_listed_by_their_last_start(wire: Wire) -> None:
    ann, bob, cleo = a_person("ann"), a_person("bob"), a_person("cleo")
    broadcasts(ann, 1, 7, 30)
    broadcasts(bob, 5)
    goes_live(cleo)
    forget(live.last_broadcast(cleo.id))
    live.live_state(a_person("dan").id).new(user_id="dan", ingress_id="IN_1").save()

    progress = Run(STREAMED).start()

    assert last_starts() == [(cleo.id, 0), (bob.id, 5), (ann.id, 30)]
    assert (progress.changed, progress.checked) == (3, 6)
    wire.made.clear()
    assert Run(STREAMED).start(again=True).changed == 0
    assert not {"TransactWriteItems", "UpdateItem"} & set(wire.made)


def test_a_broadcast_that_starts_between_read_and_write_wins(wire: Wire) -> None:
    ann = a_person("ann")
    broadcasts(ann, 1)
    wire.meanwhile = lambda: has_streamed(ann, number=2 * 3600)

    Run(STREAMED).start()

    assert wire.meanwhile is None
    assert last_starts() == [(ann.id, 2)]


def test_an_account_that_is_deleted_between_read_and_write_is_not_listed(wire: Wire) -> None:
    ann = a_person("ann")
    broadcasts(ann, 1)
    wire.meanwhile = lambda: forget(users.stream(ann.id))

    Run(STREAMED).start()

    assert wire.meanwhile is None
    assert last_starts() == []


# ---- what comes between


def test_a_title_that_changes_between_read_and_write_wins(wire: Wire) -> None:
    ann = a_person("ann", title="Painting with oils")
    age(ann, [])

    def changes_title() -> None:
        change_stream(ann, StreamChanges(title="Watercolors"))

    wire.meanwhile = changes_title
    run()

    assert wire.meanwhile is None
    stream = get(users.stream(ann.id))
    assert stream
    assert stream.title == "Watercolors"
    listing = users.by_last_change(ann.id, stream.updated_at)
    assert (stream.list_pk, stream.list_sk) == listing
    assert words_of(ann) == dict.fromkeys(("ann", "watercolors"), "ann watercolors")


def test_a_word_that_a_new_title_needs_again_is_kept(wire: Wire) -> None:
    ann = a_person("ann", title="Painting")
    write_items(search.word_item("oils", ann.id, ["oils"]))

    def changes_title() -> None:
        change_stream(ann, StreamChanges(title="Oils"))

    wire.meanwhile = changes_title
    run()

    assert wire.meanwhile is None
    assert words_of(ann) == dict.fromkeys(("ann", "oils"), "ann oils")


def test_a_setting_that_changes_between_read_and_write_wins(wire: Wire) -> None:
    ann = a_person("ann")
    age(ann, ["ann"])

    wire.meanwhile = lambda: change_item(users.stream(ann.id), updated_at=clock.now())
    run()

    assert wire.meanwhile is None
    stream = get(users.stream(ann.id))
    assert stream
    assert (stream.list_pk, stream.list_sk) == users.by_last_change(ann.id, stream.updated_at)


# ---- interruptions


def stop_after(pages: int) -> Callable[[MigrationProgress], None]:
    def stop(_: MigrationProgress) -> None:
        nonlocal pages
        pages -= 1
        if not pages:
            raise KeyboardInterrupt

    return stop


def test_a_run_that_was_stopped_continues_at_its_page(
    monkeypatch: pytest.MonkeyPatch, wire: Wire
) -> None:
    monkeypatch.setattr(migrations, "PAGE", 5)
    all_of_them = [a_person(f"person{number}") for number in range(10)]
    expected = stored()
    for person in all_of_them:
        age(person, ["old"])

    with pytest.raises(KeyboardInterrupt):
        run(on_page=stop_after(3))
    mark = get(progress_ref(INDEX.name))
    assert mark
    assert (mark.read, mark.finished_at) == (15, None)
    assert people() != expected
    wire.asked.clear()

    progress = run()

    starts = [asked["ExclusiveStartKey"] for name, asked in wire.asked if name == "Scan"]
    assert starts[0] == mark.position
    assert people() == expected
    assert progress.changed == 20


@pytest.mark.parametrize("stop", [3, 8, 14, 21])
def test_a_run_that_was_stopped_anywhere_is_completed_by_the_next(
    monkeypatch: pytest.MonkeyPatch, wire: Wire, stop: int
) -> None:
    """Stop before the call with this number, within a page."""
    monkeypatch.setattr(migrations, "PAGE", 5)
    all_of_them = [a_person(f"person{number}") for number in range(4)]
    expected = stored()
    for person in all_of_them:
        age(person, ["old"])

    def before(operation: str, arguments: Any) -> None:
        wire.made.append(operation)
        if len(wire.made) == stop:
            raise KeyboardInterrupt

    wire.made.clear()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(wire, "before", before)
        run()
    run()

    assert people() == expected


def test_a_throttled_table_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_person("ann")
    expected = stored()
    age(ann, ["old"])
    failures = iter([Unavailable(), Unavailable()])

    def throttled(item: Item) -> Any:
        for failure in failures:
            raise failure
        return INDEX.changes(item)

    Run(migrate.Migration(INDEX.name, "", INDEX.models, throttled)).start()

    assert people() == expected


def test_a_table_that_stays_unavailable_ends_the_run_with_its_position(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(migrations, "PAGE", 5)
    for number in range(4):
        a_person(f"person{number}")
    calls = 0

    def throttled(item: Item) -> Any:
        nonlocal calls
        calls += 1
        if calls > 6:
            raise Unavailable
        return INDEX.changes(item)

    with pytest.raises(Unfinished):
        Run(migrate.Migration(INDEX.name, "", INDEX.models, throttled)).start()

    mark = get(progress_ref(INDEX.name))
    assert mark
    assert mark.finished_at is None
    assert mark.read % 5 == 0
    assert mark.read > 0
    assert calls == 9  # two pauses


def test_the_scan_reads_no_faster_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """PynamoDB's limiter sleeps before a page. Moto reports no units."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr(migrations, "PAGE", 5)
    for number in range(4):
        a_person(f"person{number}")
    run(units_per_second=1)
    assert slept
