"""What the table stores, attribute by attribute, so that no release misreads another's items."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from footlight.tables import (
    _pynamodb,
    audit_log,
    chat,
    deletions,
    ingress,
    leases,
    limits,
    live,
    migrations,
    notices,
    operators,
    relations,
    reports,
    search,
    sign_outs,
    standing,
    streamers,
    usage,
    users,
)
from footlight.tables.attributes import Changes, assign
from footlight.tables.items import Item, Ref, get
from footlight.tables.transactions import update_and_return
from footlight.tables.users import Profile, Stream

pytestmark = pytest.mark.usefixtures("deployed")

INSTANT = datetime(2026, 11, 30, 2, 5, 7, 89_000, tzinfo=UTC)
EXPIRY = INSTANT.replace(microsecond=0)
TEXT, MS, SECONDS = "2026-11-30T02:05:07.089Z", "1796004307089", "1796004307"

ITEMS: dict[str, tuple[Item, dict[str, Any]]] = {
    "streamer": (
        streamers.streamer_ref("a").new(at=INSTANT),
        {"pk": {"S": "STREAMER#a"}, "sk": {"S": "STREAMER"}, "at": {"S": TEXT}},
    ),
    "usage": (
        usage.day_usage(INSTANT, "a").new(streamed_seconds=3_600, expires_at=EXPIRY),
        {
            "pk": {"S": "USAGE#2026-11-30"},
            "sk": {"S": "03"},
            "streamed_seconds": {"N": "3600"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "name": (
        users.name("ann").new(user_id="a"),
        {"pk": {"S": "NAME#ann"}, "sk": {"S": "NAME"}, "user_id": {"S": "a"}},
    ),
    "skeleton": (
        users.skeleton("ann").new(user_id="a"),
        {"pk": {"S": "SKELETON#ann"}, "sk": {"S": "SKELETON"}, "user_id": {"S": "a"}},
    ),
    "subject": (
        users.subject("https://issuer.example.com", "ann").new(user_id="a", username="ann"),
        {
            "pk": {"S": "SUBJECT#84cdb5513ca0d91be62db33bf1afa437d19e6ca09344430d69134f86564f7987"},
            "sk": {"S": "SUBJECT"},
            "user_id": {"S": "a"},
            "username": {"S": "ann"},
        },
    ),
    "sign_out": (
        sign_outs.sign_out(users.subject("https://issuer.example.com", "ann")).new(
            at=INSTANT, expires_at=int(EXPIRY.timestamp())
        ),
        {
            "pk": {"S": "SIGNOUT#84cdb5513ca0d91be62db33bf1afa437d19e6ca09344430d69134f86564f7987"},
            "sk": {"S": "SIGNOUT"},
            "at": {"S": TEXT},
            "expires_at": {"N": SECONDS},
        },
    ),
    "profile": (
        users.profile("a").new(user_id="a", username="ann", created_at=INSTANT),
        {
            "pk": {"S": "USER#a"},
            "sk": {"S": "PROFILE"},
            "user_id": {"S": "a"},
            "username": {"S": "ann"},
            "bio": {"S": ""},
            "follower_count": {"N": "0"},
            "created_at": {"S": TEXT},
        },
    ),
    "stream": (
        users.stream("a").new(
            user_id="a",
            title="Oils",
            thumbnail="https://example.com/a.jpg",
            is_chat_enabled=False,
            is_chat_delayed=True,
            chat_delay_seconds=30,
            chat_blocked_words={"spam", "sp*m"},
            chat_cleared_ms=1796004307089,
            block_count=2,
            moderators={"b"},
            signed_in_only_until=INSTANT,
            is_for_adults=True,
            created_at=INSTANT,
            updated_at=INSTANT,
            **users.by_last_change("a", INSTANT).attributes(),
        ),
        {
            "pk": {"S": "USER#a"},
            "sk": {"S": "STREAM"},
            "list_pk": {"S": "CHANNELS"},
            "list_sk": {"S": f"{TEXT}#a"},
            "user_id": {"S": "a"},
            "title": {"S": "Oils"},
            "thumbnail": {"S": "https://example.com/a.jpg"},
            "is_chat_enabled": {"BOOL": False},
            "is_chat_delayed": {"BOOL": True},
            "is_chat_followers_only": {"BOOL": False},
            "chat_delay_seconds": {"N": "30"},
            "chat_followers_minutes": {"N": "0"},
            "is_chat_signed_in_only": {"BOOL": False},
            "are_chat_links_blocked": {"BOOL": False},
            "are_chat_repeats_blocked": {"BOOL": False},
            "chat_blocked_words": {"SS": ["sp*m", "spam"]},
            "chat_cleared_ms": {"N": MS},
            "block_count": {"N": "2"},
            "moderators": {"SS": ["b"]},
            "signed_in_only_until": {"S": TEXT},
            "is_for_adults": {"BOOL": True},
            "created_at": {"S": TEXT},
            "updated_at": {"S": TEXT},
        },
    ),
    "live": (
        live.live_state("a").new(
            user_id="a",
            version=3,
            source="webhook",
            ingress_id="IN_1",
            live=True,
            session_id="1796004307089",
            session_started_at=INSTANT,
            peak_viewers=9,
            viewer_sum=20,
            viewer_samples=4,
            last_started=1796004307089000001,
            last_updated=1796004307089000000,
            viewers=7,
            verified_at=INSTANT,
            resting_for="live_channels",
            streamed_until=INSTANT,
            streamed_seconds=3_600,
            **live.by_viewers("a", 7).attributes(),
        ),
        {
            "pk": {"S": "LIVE#a"},
            "sk": {"S": "LIVE"},
            "list_pk": {"S": "LIVE"},
            "list_sk": {"S": "00000007#a"},
            "user_id": {"S": "a"},
            "version": {"N": "3"},
            "source": {"S": "webhook"},
            "ingress_id": {"S": "IN_1"},
            "live": {"BOOL": True},
            "session_id": {"S": "1796004307089"},
            "session_started_at": {"S": TEXT},
            "peak_viewers": {"N": "9"},
            "viewer_sum": {"N": "20"},
            "viewer_samples": {"N": "4"},
            "last_started": {"N": "1796004307089000001"},
            "last_updated": {"N": "1796004307089000000"},
            "viewers": {"N": "7"},
            "verified_at": {"S": TEXT},
            "resting_for": {"S": "live_channels"},
            "streamed_until": {"S": TEXT},
            "streamed_seconds": {"N": "3600"},
        },
    ),
    "last_broadcast": (
        live.last_broadcast_item("a", INSTANT),
        {
            "pk": {"S": "LIVE#a"},
            "sk": {"S": "LAST"},
            "list_pk": {"S": "STREAMED"},
            "list_sk": {"S": f"{TEXT}#a"},
            "user_id": {"S": "a"},
            "started_at": {"S": TEXT},
        },
    ),
    "session": (
        live.past_broadcast("a", "1796004307089").new(
            started_at=INSTANT, ended_at=INSTANT, reason="stopped", peak_viewers=9
        ),
        {
            "pk": {"S": "SESSION#a"},
            "sk": {"S": "1796004307089"},
            "started_at": {"S": TEXT},
            "ended_at": {"S": TEXT},
            "reason": {"S": "stopped"},
            "peak_viewers": {"N": "9"},
        },
    ),
    "key": (
        ingress.ingress_ref("a").new(
            user_id="a",
            version=1,
            ingress_id="IN_1",
            input_type="whip",
            last_four="wxyz",
            created_at=INSTANT,
            armed="half_hour",
            armed_until=INSTANT,
            **ingress.by_armed_until("a", INSTANT).attributes(),
        ),
        {
            "pk": {"S": "USER#a"},
            "sk": {"S": "KEY"},
            "list_pk": {"S": "ARMED"},
            "list_sk": {"S": f"{TEXT}#a"},
            "user_id": {"S": "a"},
            "version": {"N": "1"},
            "ingress_id": {"S": "IN_1"},
            "input_type": {"S": "whip"},
            "last_four": {"S": "wxyz"},
            "created_at": {"S": TEXT},
            "armed": {"S": "half_hour"},
            "armed_until": {"S": TEXT},
        },
    ),
    "ingress": (
        ingress.owner_ref("IN_1").new(user_id="a"),
        {"pk": {"S": "INGRESS#IN_1"}, "sk": {"S": "INGRESS"}, "user_id": {"S": "a"}},
    ),
    "standing": (
        standing.standing_ref("a").new(
            user_id="a",
            state="suspended",
            reason="spam",
            until=INSTANT,
            at=INSTANT,
            **standing.by_due("a", INSTANT).attributes(),
        ),
        {
            "pk": {"S": "STANDING#a"},
            "sk": {"S": "STANDING"},
            "list_pk": {"S": "SUSPENDED"},
            "list_sk": {"S": f"{TEXT}#a"},
            "user_id": {"S": "a"},
            "state": {"S": "suspended"},
            "reason": {"S": "spam"},
            "until": {"S": TEXT},
            "at": {"S": TEXT},
        },
    ),
    "report": (
        reports.report_ref("r").new(
            reporter_id="b",
            reporter_name="bob",
            reason="spam",
            text="Look",
            at=INSTANT,
            host_id="a",
            host_name="ann",
            title="A title",
            target_id="c",
            target_name="carl",
            message_id="m",
            message_text="Hi",
            message_sent_at=INSTANT,
            decision="warned",
            decided_at=INSTANT,
            decided_by="olga",
            note="A note",
            expires_at=EXPIRY,
            **reports.by_time("r", "decided", INSTANT).attributes(),
        ),
        {
            "pk": {"S": "REPORT#r"},
            "sk": {"S": "REPORT"},
            "list_pk": {"S": "REPORTS#decided"},
            "list_sk": {"S": f"{TEXT}#r"},
            "reporter_id": {"S": "b"},
            "reporter_name": {"S": "bob"},
            "reason": {"S": "spam"},
            "text": {"S": "Look"},
            "at": {"S": TEXT},
            "host_id": {"S": "a"},
            "host_name": {"S": "ann"},
            "title": {"S": "A title"},
            "target_id": {"S": "c"},
            "target_name": {"S": "carl"},
            "message_id": {"S": "m"},
            "message_text": {"S": "Hi"},
            "message_sent_ms": {"N": MS},
            "decision": {"S": "warned"},
            "decided_at": {"S": TEXT},
            "decided_by": {"S": "olga"},
            "note": {"S": "A note"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "reported": (
        reports.reported_ref("c").new(
            open_reports=2, warning="spam", warned_at=INSTANT, warning_report_id="r"
        ),
        {
            "pk": {"S": "REPORTED#c"},
            "sk": {"S": "REPORTED"},
            "open_reports": {"N": "2"},
            "warning": {"S": "spam"},
            "warned_at": {"S": TEXT},
            "warning_report_id": {"S": "r"},
        },
    ),
    "notice": (
        notices.notice_ref().new(text="Maintenance at noon", at=INSTANT),
        {
            "pk": {"S": "NOTICE"},
            "sk": {"S": "NOTICE"},
            "text": {"S": "Maintenance at noon"},
            "at": {"S": TEXT},
        },
    ),
    "operator": (
        operators.operator_ref("a").new(at=INSTANT),
        {"pk": {"S": "OPERATOR#a"}, "sk": {"S": "OPERATOR"}, "at": {"S": TEXT}},
    ),
    "oplog": (
        operators.operator_entry("1796004307089#00000000").new(
            at=INSTANT,
            by_id="o",
            by_name="olga",
            action="suspended",
            target_id="a",
            target_name="ann",
            reason="spam",
            until=INSTANT,
            report_id="r",
        ),
        {
            "pk": {"S": "OPLOG"},
            "sk": {"S": "1796004307089#00000000"},
            "at_ms": {"N": MS},
            "by_id": {"S": "o"},
            "by_name": {"S": "olga"},
            "action": {"S": "suspended"},
            "whom_id": {"S": "a"},
            "whom_name": {"S": "ann"},
            "reason": {"S": "spam"},
            "until": {"S": TEXT},
            "report_id": {"S": "r"},
        },
    ),
    "lease": (
        leases.lease("reconcile").new(holder="h", until=INSTANT),
        {
            "pk": {"S": "LEASE#reconcile"},
            "sk": {"S": "LEASE"},
            "holder": {"S": "h"},
            "is_background": {"BOOL": False},
            "until_ms": {"N": MS},
        },
    ),
    "taken": (
        limits.taken("write", "a", 42).new(times=2, expires_at=1796004307),
        {
            "pk": {"S": "LIMIT#write#a"},
            "sk": {"S": "42"},
            "times": {"N": "2"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "message": (
        chat.message("a", chat.message_place(1796004307089, "m")).new(
            message_id="m",
            sent_ms=1796004307089,
            text="Hi",
            links=[[0, 2, "https://hi.example.com"]],
            viewer_id="b",
            identity="u_b",
            name="bob",
            role="viewer",
            expires_at=EXPIRY,
        ),
        {
            "pk": {"S": "CHAT#a"},
            "sk": {"S": "1796004307089#m"},
            "message_id": {"S": "m"},
            "sent_ms": {"N": MS},
            "text": {"S": "Hi"},
            "links": {"S": '[[0, 2, "https://hi.example.com"]]'},
            "viewer_id": {"S": "b"},
            "identity": {"S": "u_b"},
            "name": {"S": "bob"},
            "role": {"S": "viewer"},
            "deleted": {"BOOL": False},
            "expires_at": {"N": SECONDS},
        },
    ),
    "reservation": (
        users.name_reservation("ann").new(user_id="a", until=INSTANT, expires_at=EXPIRY),
        {
            "pk": {"S": "NAME#ann"},
            "sk": {"S": "RESERVATION"},
            "user_id": {"S": "a"},
            "until": {"S": TEXT},
            "expires_at": {"N": SECONDS},
        },
    ),
    "former_user": (
        users.former_user("SUBJECT#hash").new(
            user_id="a",
            suspended_at=INSTANT,
            suspended_until=INSTANT,
            suspension_reason="spam",
            email_hash="hash",
            expires_at=EXPIRY,
            list_pk="FORMER",
            list_sk=f"{TEXT}#a",
        ),
        {
            "pk": {"S": "SUBJECT#hash"},
            "sk": {"S": "FORMER"},
            "user_id": {"S": "a"},
            "suspended_at": {"S": TEXT},
            "suspended_until": {"S": TEXT},
            "suspension_reason": {"S": "spam"},
            "email_hash": {"S": "hash"},
            "expires_at": {"N": SECONDS},
            "list_pk": {"S": "FORMER"},
            "list_sk": {"S": f"{TEXT}#a"},
        },
    ),
    "former_email": (
        users.former_email("hash").new(subject_key="SUBJECT#hash", expires_at=EXPIRY),
        {
            "pk": {"S": "EMAIL#hash"},
            "sk": {"S": "FORMER"},
            "subject_key": {"S": "SUBJECT#hash"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "deletion": (
        deletions.deletion("a").new(
            user_id="a",
            username="ann",
            subject="provider-1",
            subject_key="SUBJECT#hash",
            deleted_at=INSTANT,
            due_at=INSTANT,
            email_hash="hash",
            remaining={"follows", "blocks"},
            position={"pk": {"S": "USER#b"}},
            is_final=True,
            **deletions.by_due("a", INSTANT).attributes(),
        ),
        {
            "pk": {"S": "DELETION#a"},
            "sk": {"S": "DELETION"},
            "list_pk": {"S": "DELETIONS"},
            "list_sk": {"S": f"{TEXT}#a"},
            "user_id": {"S": "a"},
            "username": {"S": "ann"},
            "subject": {"S": "provider-1"},
            "subject_key": {"S": "SUBJECT#hash"},
            "deleted_at": {"S": TEXT},
            "due_at": {"S": TEXT},
            "email_hash": {"S": "hash"},
            "remaining": {"SS": ["blocks", "follows"]},
            "position": {"S": '{"pk": {"S": "USER#b"}}'},
            "is_final": {"BOOL": True},
        },
    ),
    "written_chat": (
        chat.written_chat("b", "a").new(expires_at=EXPIRY),
        {"pk": {"S": "WROTE#b"}, "sk": {"S": "a"}, "expires_at": {"N": SECONDS}},
    ),
    "message_id": (
        chat.message_id("a", "m").new(viewer_id="b", place="p", expires_at=EXPIRY),
        {
            "pk": {"S": "CHATID#a"},
            "sk": {"S": "m"},
            "viewer_id": {"S": "b"},
            "place": {"S": "p"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "chatter": (
        chat.chatter("b").new(
            window=5,
            times=0,
            chats={"a": [1796004307089, "f"]},
            fences=2,
            fenced={"a"},
            fenced_ms=1796004307089,
            expires_at=EXPIRY,
        ),
        {
            "pk": {"S": "CHATTER#b"},
            "sk": {"S": "CHATTER"},
            "window": {"N": "5"},
            "times": {"N": "0"},
            "chats": {"S": '{"a": [1796004307089, "f"]}'},
            "fences": {"N": "2"},
            "fenced": {"SS": ["a"]},
            "fenced_ms": {"N": MS},
            "expires_at": {"N": SECONDS},
        },
    ),
    "timeout": (
        chat.timeout("a", "b").new(until=INSTANT, name="bob", by_name="ann", expires_at=EXPIRY),
        {
            "pk": {"S": "TIMEOUT#a"},
            "sk": {"S": "b"},
            "until_ms": {"N": MS},
            "name": {"S": "bob"},
            "by_name": {"S": "ann"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "modlog": (
        audit_log.log_entry("a", "1796004307089#00").new(
            at=INSTANT,
            by_id="a",
            by_name="ann",
            action="timed_out",
            target_id="b",
            target_name="bob",
            until=INSTANT,
            reason="spam",
            expires_at=EXPIRY,
        ),
        {
            "pk": {"S": "MODLOG#a"},
            "sk": {"S": "1796004307089#00"},
            "at_ms": {"N": MS},
            "by_id": {"S": "a"},
            "by_name": {"S": "ann"},
            "action": {"S": "timed_out"},
            "whom_id": {"S": "b"},
            "whom_name": {"S": "bob"},
            "until_ms": {"N": MS},
            "reason": {"S": "spam"},
            "expires_at": {"N": SECONDS},
        },
    ),
    "follow": (
        relations.follow("b", "a").new(
            created_at=INSTANT, **relations.by_follower("b", "a", INSTANT).attributes()
        ),
        {
            "pk": {"S": "FOLLOW#b"},
            "sk": {"S": "a"},
            "list_pk": {"S": "FOLLOWERS#a"},
            "list_sk": {"S": f"{TEXT}#b"},
            "created_at": {"S": TEXT},
        },
    ),
    "block": (
        relations.block("a", "b").new(
            created_at=INSTANT, name="bob", **relations.by_blocker("a", "b").attributes()
        ),
        {
            "pk": {"S": "BLOCK#a"},
            "sk": {"S": "b"},
            "list_pk": {"S": "BLOCKERS#b"},
            "list_sk": {"S": "a"},
            "created_at": {"S": TEXT},
            "name": {"S": "bob"},
        },
    ),
    "word": (
        search.word_item("oils", "a", ["ann", "oils"]),
        {
            "pk": {"S": "WORD#o"},
            "sk": {"S": "oils#a"},
            "user_id": {"S": "a"},
            "words": {"S": "ann oils"},
        },
    ),
    "migration": (
        migrations.progress_ref("0001-index").new(
            position={"pk": {"S": "USER#a"}, "sk": {"S": "STREAM"}},
            read=200,
            checked=10,
            changed=2,
            finished_at=INSTANT,
        ),
        {
            "pk": {"S": "MIGRATION#0001-index"},
            "sk": {"S": "MIGRATION"},
            "position": {"S": '{"pk": {"S": "USER#a"}, "sk": {"S": "STREAM"}}'},
            "read": {"N": "200"},
            "checked": {"N": "10"},
            "changed": {"N": "2"},
            "finished_at": {"S": TEXT},
        },
    ),
}
"""By `kind`: an item, and what DynamoDB stores of it, apart from `kind` itself."""


def stored(item: Item) -> dict[str, Any]:
    """Return an item as DynamoDB stores it. Sets are sorted."""
    raw = _pynamodb.shared_connection(Item).get_item(item.pk, item.sk)["Item"]
    return {
        name: {"SS": sorted(value["SS"])} if "SS" in value else dict(value)
        for name, value in raw.items()
    }


def stored_stream(**attributes: Any) -> dict[str, Any]:
    stream = new_stream(**attributes)
    stream.save()
    return stored(stream)


def new_stream(**attributes: Any) -> Stream:
    return users.stream("a").new(
        user_id="a", title="Oils", created_at=INSTANT, updated_at=INSTANT, **attributes
    )


def test_every_kind_of_item_is_listed_here() -> None:
    models = Item.kind.get_registered_subclasses(Item)
    assert {Item.kind.get_discriminator(model) for model in models} == ITEMS.keys()


@pytest.mark.parametrize("kind", ITEMS)
def test_an_item_has_this_stored_format(kind: str) -> None:
    item, raw = ITEMS[kind]
    item.save()
    assert stored(item) == raw | {"kind": {"S": kind}}


@pytest.mark.parametrize("kind", ITEMS)
def test_an_item_is_read_as_it_was_written(kind: str) -> None:
    item, _ = ITEMS[kind]
    item.save()
    found = get(Ref(type(item), item.pk, item.sk), consistent=True)
    assert found
    assert found.attribute_values == item.attribute_values


def test_an_instant_is_stored_with_its_milliseconds_cut_off_and_in_utc() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    late = INSTANT.replace(microsecond=89_999).astimezone(zone)
    assert stored_stream(signed_in_only_until=late)["signed_in_only_until"] == {"S": TEXT}


def test_milliseconds_and_expiries_are_cut_off() -> None:
    late = INSTANT.replace(microsecond=999_999)
    timeout = chat.timeout("a", "b").new(until=late, name="", by_name="", expires_at=late)
    timeout.save()
    assert stored(timeout)["until_ms"] == {"N": "1796004307999"}
    assert stored(timeout)["expires_at"] == {"N": SECONDS}


def test_each_millisecond_of_a_second_survives_a_round_trip() -> None:
    attribute = chat.Timeout.until
    for milliseconds in range(1000):
        instant = INSTANT.replace(microsecond=milliseconds * 1000)
        assert attribute.deserialize(attribute.serialize(instant)) == instant


def test_always_is_stored_as_a_word() -> None:
    stream = new_stream(signed_in_only_until=users.ALWAYS)
    stream.save()
    assert stored(stream)["signed_in_only_until"] == {"S": "always"}
    found = get(users.stream("a"))
    assert found
    assert found.signed_in_only_until == users.ALWAYS


def test_optional_attributes_without_a_value_are_not_stored() -> None:
    raw = stored_stream(thumbnail=None, moderators=None)
    optional = {"thumbnail", "moderators", "chat_blocked_words", "signed_in_only_until"}
    assert not raw.keys() & (optional | {"list_pk", "list_sk"})


def test_an_item_that_lacks_attributes_is_read_with_their_defaults() -> None:
    ref = users.stream("a")
    key = {"pk": {"S": ref.pk}, "sk": {"S": ref.sk}, "kind": {"S": "stream"}}
    _pynamodb.shared_connection(Item).put_item(ref.pk, ref.sk, attributes=key)
    stream = get(ref)
    assert stream
    assert stream.is_chat_enabled is True
    assert stream.is_chat_delayed is False
    assert stream.is_for_adults is False
    assert (stream.chat_delay_seconds, stream.chat_followers_minutes) == (3, 0)
    assert (stream.moderators, stream.signed_in_only_until, stream.thumbnail) == (None, None, None)


def test_a_number_is_read_as_an_integer() -> None:
    ITEMS["live"][0].save()
    state = get(live.live_state("a"))
    assert state
    assert state.last_started == 1796004307089000001
    assert isinstance(state.viewers, int)


def test_changes_are_applied_to_the_item_and_collected_as_actions() -> None:
    stored_stream(moderators={"b"}, signed_in_only_until=users.ALWAYS, is_chat_enabled=True)
    stream = new_stream(moderators={"b"}, signed_in_only_until=users.ALWAYS)
    changes = Changes(stream)
    changes.assign(Stream.title, "Pastels")
    changes.assign(Stream.is_chat_enabled, False)
    changes.assign(Stream.chat_followers_minutes, 0)
    changes.assign(Stream.moderators, set())
    changes.assign(Stream.signed_in_only_until, None)
    changes.assign(Stream.updated_at, INSTANT + timedelta(seconds=1))
    written = update_and_return(
        users.stream("a"), *changes.actions, condition=Stream.title == "Oils"
    )
    assert written
    assert (written.title, written.is_chat_enabled) == (stream.title, False) == ("Pastels", False)
    assert (stream.moderators, stream.signed_in_only_until) == (None, None)
    raw = stored(stream)
    assert (raw["title"], raw["is_chat_enabled"]) == ({"S": "Pastels"}, {"BOOL": False})
    assert raw["updated_at"] == {"S": "2026-11-30T02:05:08.089Z"}
    assert "moderators" not in raw
    assert "signed_in_only_until" not in raw


def test_a_change_that_is_not_given_leaves_the_attribute_unchanged() -> None:
    stream = new_stream(thumbnail="old")
    changes = Changes(stream)
    changes.assign_given(Stream.thumbnail, None)
    assert (stream.thumbnail, changes.actions) == ("old", [])
    changes.assign_given(Stream.is_chat_enabled, False)
    assert stream.is_chat_enabled is False
    assert len(changes.actions) == 1


def test_none_and_the_empty_set_remove_an_attribute() -> None:
    assert assign(Profile.image, None) == Profile.image.remove()
    assert assign(Stream.moderators, set()) == Stream.moderators.remove()


def test_other_empty_values_are_set() -> None:
    assert assign(Profile.bio, "") == Profile.bio.set("")
    assert assign(Profile.follower_count, 0) == Profile.follower_count.set(0)
    assert assign(Stream.is_chat_enabled, False) == Stream.is_chat_enabled.set(False)
