"""The export of what the site holds about a person: complete, bounded, and without secrets."""

import json
from datetime import timedelta
from typing import Any

import pytest

from footlight import clock
from footlight.accounts import export as exporting
from footlight.tables import chat as chats
from footlight.tables import relations, users
from tests.support.api import Api, Person
from tests.support.chat import Chat
from tests.support.clock import Clock
from tests.support.stored import change_item, stored, write_items


def exported(api: Api, person: Person) -> Any:
    answer = api.get("/api/me/export", signed_in_as=person)
    assert answer.status == 200, answer.text
    return answer.body


def test_the_export_has_all_that_a_creator_has_made(chat: Chat, time: Clock) -> None:
    api, ann, bob = chat.api, chat.ann, chat.bob
    api.put("/api/me", {"bio": "I paint"}, signed_in_as=ann)
    api.patch(
        "/api/stream",
        {"title": "Oil on canvas", "chat": {"blockedWords": ["spam"]}},
        signed_in_as=ann,
    )
    api.put("/api/follows/bob", signed_in_as=ann)
    api.put("/api/follows/ann", signed_in_as=bob)
    api.put("/api/blocks/carl", signed_in_as=ann)
    time.moves(seconds=1)
    api.put(f"/api/chat/ann/timeouts/{bob.id}", {"seconds": 60}, signed_in_as=ann)
    chat.said(ann, "hello from ann")
    api.post("/api/ingress", {}, signed_in_as=ann)

    document = exported(api, ann)

    assert document["exportedAt"] == clock.iso(time.now)
    assert document["signIn"] == {"issuer": api.provider.issuer, "subject": ann.subject}
    assert document["profile"]["username"] == "ann"
    assert (document["profile"]["bio"], document["profile"]["followerCount"]) == ("I paint", 1)
    channel = document["channel"]
    assert channel["stream"]["title"] == "Oil on canvas"
    assert channel["stream"]["chat"]["blockedWords"] == ["spam"]
    assert channel["searchWords"] == ["ann", "oil", "on", "canvas"]
    assert channel["moderators"] == [{"id": chat.mia.id, "username": "mia"}]
    assert document["streamKey"]["inputType"] == "rtmp"
    assert [follow["username"] for follow in document["following"]] == ["bob"]
    assert [block["name"] for block in document["blocks"]] == ["carl"]
    assert [timeout["name"] for timeout in document["timeouts"]] == ["bob"]
    assert [message["text"] for message in document["messages"]] == ["hello from ann"]
    assert [entry["action"] for entry in document["moderationLog"]] == ["timed_out", "blocked"]
    assert len(document["broadcasts"]) == 1  # the first stream key ended the broadcast
    assert document["incomplete"] == []


def test_the_export_has_what_a_viewer_has_written_in_all_chats(chat: Chat) -> None:
    bob = chat.bob
    chat.said(bob, "first")
    chat.said(chat.carl, "of someone else")
    gone = chat.said(bob, "deleted by ann")
    chat.api.delete(f"/api/chat/ann/{gone}", signed_in_as=chat.ann)

    messages = exported(chat.api, bob)["messages"]

    assert [(message["channel"], message["text"]) for message in messages] == [("ann", "first")]


def test_the_export_has_neither_a_stream_key_nor_the_texts_of_others(chat: Chat) -> None:
    api, ann = chat.api, chat.ann
    deleted = chat.said(chat.bob, "a private slip")
    api.delete(f"/api/chat/ann/{deleted}", signed_in_as=ann)
    key = api.post("/api/ingress", {}, signed_in_as=ann).body["streamKey"]

    text = json.dumps(exported(api, ann))

    assert key not in text
    assert "a private slip" in json.dumps(list(stored().values()))
    assert "a private slip" not in text


def test_the_export_of_a_person_without_a_username_has_the_account_only(api: Api) -> None:
    document = exported(api, Person("unused-subject"))
    signs_in = document.pop("signIn")
    assert signs_in["subject"] == "unused-subject"
    document.pop("exportedAt")
    assert not any(document.values())


def test_expired_messages_and_timeouts_are_not_exported(chat: Chat, time: Clock) -> None:
    chat.said(chat.ann, "long ago")
    chat.api.put(f"/api/chat/ann/timeouts/{chat.bob.id}", {"seconds": 60}, signed_in_as=chat.ann)
    time.moves(days=2)
    document = exported(chat.api, chat.ann)
    assert (document["messages"], document["timeouts"]) == ([], [])


def test_an_export_that_is_too_large_names_the_lists_that_are_cut(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = api.joins("ann")
    write_items(
        *(
            relations.block(ann.id, f"{number:032x}").new(created_at=clock.now(), name="\U0001f600")
            for number in range(30)
        )
    )
    monkeypatch.setattr(exporting, "MAX_BYTES", 2_000)

    answer = api.get("/api/me/export", signed_in_as=ann)

    document = answer.body
    assert 5 < len(document["blocks"]) < 30
    assert document["incomplete"] == ["blocks"]
    # Lambda puts the text into JSON once more.
    entries = json.dumps(json.dumps(document["blocks"]))
    assert len(entries) < 2_000 + len("[]") + 2 * len(document["blocks"])


def test_an_export_that_takes_too_long_names_the_lists_that_are_cut(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.said(chat.bob, "one")
    monkeypatch.setattr(exporting, "EXPORT_SECONDS", -1)
    assert "messages" in exported(chat.api, chat.bob)["incomplete"]


# --- the record of the chats in which a user has written ---


def expiry_of_record(chat: Chat, person: Person) -> int | None:
    ref = chats.written_chat(person.id, chat.ann.id)
    item = stored().get((ref.pk, ref.sk))
    return int(item["expires_at"]["N"]) if item else None


def test_the_record_of_a_written_chat_outlives_each_message_of_its_day(
    chat: Chat, time: Clock
) -> None:
    chat.said(chat.bob, "in the evening")
    first = expiry_of_record(chat, chat.bob)
    time.moves(hours=3, minutes=55)  # just before midnight
    chat.said(chat.bob, "late at night")
    assert expiry_of_record(chat, chat.bob) == first
    last_expires = time.now + timedelta(hours=24)
    assert first is not None
    assert first > last_expires.timestamp()

    time.moves(hours=1)
    chat.said(chat.bob, "on the next day")
    second = expiry_of_record(chat, chat.bob)
    assert second is not None
    assert second > first


def test_a_guest_has_no_record_of_written_chats(chat: Chat) -> None:
    chat.said(chat.guest, "hello")
    assert not [pk for pk, _ in stored() if pk.startswith("WROTE#")]


def test_a_deleted_channel_is_exported_without_its_name(chat: Chat) -> None:
    chat.said(chat.bob, "hello")
    change_item(users.profile(chat.ann.id), username="ann")  # it exists until here
    profile = users.profile(chat.ann.id)
    users.Profile(profile.pk, profile.sk).delete()
    (message,) = exported(chat.api, chat.bob)["messages"]
    assert (message["channel"], message["channelId"]) == (None, chat.ann.id)
