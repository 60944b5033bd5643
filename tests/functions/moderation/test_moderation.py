"""Moderation: rights, effects, the moderation log, and the events sent to the room."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any, NamedTuple

import pytest

from footlight import cursors, identities
from footlight.chat import messages
from footlight.errors import InvalidRequest
from footlight.identities import Guest, new_guest_id, new_user_id
from footlight.moderation import audit_log, moderators
from footlight.moderation import messages as moderated_messages
from footlight.moderation.rights import authorize_owner
from footlight.tables import relations
from footlight.tables.chat import timeout
from footlight.tables.items import Item, get
from tests.support.api import Answer, Api, Person
from tests.support.chat import Chat
from tests.support.clock import Clock
from tests.support.people import a_person, drops
from tests.support.stored import stored, without_limits
from tests.support.table import watched
from tests.support.world import TAB


def entry(
    chat: Chat,
    by: Person,
    action: str,
    whom: Person | Guest | None = None,
    *,
    at: str,
    text: str | None = None,
    until: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Return an entry of the moderation log, as the API returns it."""
    name = whom.name if isinstance(whom, Guest) else whom.username if whom else ""
    return {
        "at": at,
        "by": {"id": by.id, "name": by.username},
        "action": action,
        "whom": {"viewerId": whom.id, "name": name} if whom else None,
        "text": text,
        "until": until,
        "reason": reason,
    }


# --- who may do what to whom ---


class Action(NamedTuple):
    """A request. `{target}` is a viewer id, or the id of one of the viewer's messages."""

    method: str
    what: str
    body: Any = None


ON_PEOPLE = {
    "time out": Action("PUT", "timeouts/{target}", {"seconds": 60}),
    "end timeout": Action("DELETE", "timeouts/{target}"),
    "block": Action("PUT", "blocks/{target}", {}),
    "unblock": Action("DELETE", "blocks/{target}"),
}
ON_THE_CHAT = {
    "clear": Action("POST", "clear"),
    "list timeouts": Action("GET", "timeouts"),
}
CALLERS = (
    "creator",
    "moderator",
    "viewer",
    "blocked",
    "former moderator",
    "guest",
    "user without username",
)
TARGETS = ("self", "host", "moderator", "viewer", "guest", "unknown")


def expected(caller: str, action: str, target: str) -> tuple[int, str | None]:
    """Return the status and error code that the contract requires."""
    if caller == "guest":
        return 401, "unauthorized"
    if caller == "user without username":
        return 409, "username_required"
    if caller not in ("creator", "moderator"):
        return 403, "forbidden"
    if action in ON_THE_CHAT:
        return (204, None) if action == "clear" else (200, None)
    is_own = target == "self" or (caller, target) == ("creator", "host")
    if action == "delete":
        if target == "unknown":
            return 404, "not_found"
        if is_own:
            return 204, None
    elif is_own:
        return 409, "self"
    if caller == "moderator" and target in ("host", "moderator"):
        return 403, "forbidden"
    return (404, "not_found") if target == "unknown" else (204, None)


def test_each_caller_may_do_only_what_the_contract_allows(
    chat: Chat, api: Api, subtests: pytest.Subtests
) -> None:
    max_, eve, fred = (api.joins(name) for name in ("max", "eve", "fred"))
    callers: dict[str, Person | None] = {
        "creator": chat.ann,
        "moderator": chat.mia,
        "viewer": chat.bob,
        "blocked": eve,
        "former moderator": fred,
        "guest": None,
        "user without username": Person("subject-of-somebody"),
    }
    targets: dict[str, Person | Guest | None] = {
        "host": chat.ann,
        "moderator": max_,
        "viewer": chat.carl,
        "guest": chat.guest,
        "unknown": None,
    }
    chat.writes_settings(moderators={chat.mia.id, max_.id, fred.id})
    assert api.delete("/api/moderators/fred", signed_in_as=chat.ann).status == 204
    assert chat.does(chat.ann, "PUT", f"blocks/{eve.id}").status == 204
    stream = chat.stream()
    assert stream.moderators == {chat.mia.id, max_.id}

    def call(caller: Person | None, action: Action, target: str = "") -> Answer:
        path = f"/api/chat/ann/{action.what.format(target=target)}"
        return api.call(action.method, path, action.body, signed_in_as=caller)

    def check(caller: str, action: str, target: str, answer: Answer) -> None:
        status, code = expected(caller, action, target)
        with subtests.test(f"{caller}: {action} {target}"):
            if code is None:
                assert answer.status == status
            else:
                assert answer.refused_with(status, code)

    for caller, who in callers.items():
        for action, call_of in ON_THE_CHAT.items():
            check(caller, action, "", call(who, call_of))
        for target in TARGETS:
            whom = who if target == "self" else targets[target]
            for action, call_of in ON_PEOPLE.items():
                viewer_id = whom.id if whom and whom.id else new_user_id()
                answer = call(who, call_of, viewer_id)
                check(caller, action, target, answer)
                if action in ("end timeout", "unblock"):  # nothing has changed
                    continue
                was_done = get(relations.block(chat.ann.id, viewer_id)) or get(
                    timeout(chat.ann.id, viewer_id)
                )
                assert bool(was_done) == (answer.status == 204 or viewer_id == eve.id)
            if target == "moderator" and caller == "creator":
                chat.writes_settings(moderators={chat.mia.id, max_.id})
    written: dict[str, str] = {}
    for caller, who in callers.items():
        for target in TARGETS:
            whom = who if target == "self" else targets[target]
            if target == "self" and (whom is None or whom is eve or not whom.id):
                continue  # these callers can't write messages
            if whom and whom.id not in written:
                written[whom.id] = chat.said(whom, "hello")
            message_id = written[whom.id] if whom else str(uuid.uuid4())
            answer = call(who, Action("DELETE", "{target}"), message_id)
            check(caller, "delete", target, answer)
            if whom:
                message = messages.find_message(chat.ann.id, message_id)
                assert message is not None
                assert message.deleted == (answer.status == 204)
                if message.deleted:
                    written.pop(whom.id)


@pytest.mark.parametrize("caller", ["mia", "bob"])
def test_creator_routes_act_on_the_caller_s_own_channel(chat: Chat, api: Api, caller: str) -> None:
    who = getattr(chat, caller)
    assert api.put("/api/moderators/carl", signed_in_as=who).status == 204
    assert chat.stream().moderators == {chat.mia.id}
    assert [each["username"] for each in moderators_of(api, who)] == ["carl"]
    chat.does(chat.ann, "POST", "clear")
    entries = api.get("/api/moderation/log", signed_in_as=who).body["entries"]
    assert [each["action"] for each in entries] == ["appointed"]


def test_moderating_an_unknown_channel_returns_not_found(chat: Chat, api: Api) -> None:
    for method, path, body in (
        ("DELETE", str(uuid.uuid4()), None),
        ("POST", "clear", None),
        ("GET", "timeouts", None),
        ("PUT", f"timeouts/{chat.bob.id}", {"seconds": 60}),
        ("DELETE", f"timeouts/{chat.bob.id}", None),
        ("PUT", f"blocks/{chat.bob.id}", None),
        ("DELETE", f"blocks/{chat.bob.id}", None),
    ):
        answer = api.call(method, f"/api/chat/unknown/{path}", body, signed_in_as=chat.mia)
        assert answer.refused_with(404, "not_found")


def test_an_invalid_viewer_id_is_refused(chat: Chat) -> None:
    calls = (
        ("PUT", "timeouts", {"seconds": 60}),
        ("DELETE", "timeouts", None),
        ("PUT", "blocks", None),
        ("DELETE", "blocks", None),
    )
    wrong = ("x", "0" * 31, "A" * 32, f"Host-{'0' * 32}", "0" * 33)
    for (method, what, body), viewer_id in product(calls, wrong):
        answer = chat.does(chat.mia, method, f"{what}/{viewer_id}", body)
        assert answer.refused_with(422, "invalid_request")
        assert set(answer.body["error"]["fields"]) == {"viewerId"}


def test_a_reason_has_at_most_200_characters(chat: Chat) -> None:
    message = chat.said(chat.bob, "hello")
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("PUT", f"timeouts/{chat.bob.id}", {"body": {"seconds": 60, "reason": "x" * 201}}),
        ("PUT", f"blocks/{chat.bob.id}", {"body": {"reason": "x" * 201}}),
        ("PUT", f"blocks/{chat.bob.id}", {"body": {"reason": "\ud800"}}),
        ("DELETE", message, {"query": {"reason": "x" * 201}}),
    ]
    for method, what, rest in calls:
        answer = chat.does(chat.mia, method, what, rest.pop("body", None), **rest)
        assert answer.refused_with(422, "invalid_request")
        assert set(answer.body["error"]["fields"]) == {"reason"}
    assert chat.log() == []
    assert chat.texts() == ["hello"]


# --- messages ---


def test_deleting_a_message_removes_it_for_everyone_and_from_the_table(
    chat: Chat, time: Clock
) -> None:
    message, other = chat.said(chat.bob, "see https://a.example"), chat.said(chat.bob, "stays")
    chat.heard()

    assert chat.does(chat.mia, "DELETE", message, query={"reason": " spam "}).status == 204
    assert chat.heard() == [{"type": "deleted", "id": message}]
    assert [each["id"] for each in chat.reads(chat.bob)["messages"]] == [other]
    kept = {each.message_id: each for each in chat.kept()}
    assert (kept[message].text, kept[message].links, kept[message].deleted) == ("", None, True)
    assert (kept[other].text, kept[other].deleted) == ("stays", False)
    assert chat.log() == [
        entry(
            chat,
            chat.mia,
            "deleted",
            chat.bob,
            at=time.after(),
            text="see https://a.example",
            reason="spam",
        )
    ]

    was = without_limits(stored())
    assert chat.does(chat.ann, "DELETE", message.upper()).status == 204
    assert without_limits(stored()) == was
    assert chat.heard() == [{"type": "deleted", "id": message}]  # for pages that missed the event


def test_concurrent_deletions_of_a_message_are_logged_once(chat: Chat) -> None:
    message = chat.said(chat.bob, "hello")
    ann = authorize_owner(identities.Person(chat.ann.id, "ann"))
    with watched() as wire:
        wire.meanwhile = lambda: moderated_messages.delete_message(ann, message, None)
        done(chat.does(chat.mia, "DELETE", message))
    assert [(each["by"]["name"], each["text"]) for each in chat.log()] == [("ann", "hello")]


def done(answer: Answer) -> None:
    assert answer.status == 204, answer.text


def test_a_message_of_another_chat_is_not_found(chat: Chat, api: Api) -> None:
    message = chat.said(chat.bob, "hello")
    answer = api.delete(f"/api/chat/carl/{message}", signed_in_as=chat.carl)
    assert answer.refused_with(404, "not_found")
    for unknown in (str(uuid.uuid4()), "x", "x" * 64):
        assert chat.does(chat.mia, "DELETE", unknown).refused_with(404, "not_found")
    assert chat.does(chat.mia, "DELETE", "x" * 65).refused_with(422, "invalid_request")
    assert chat.texts() == ["hello"]


def test_clearing_hides_all_messages_up_to_now(chat: Chat, time: Clock) -> None:
    chat.said(chat.bob, "before")
    time.moves(milliseconds=1)
    chat.said(chat.bob, "in that millisecond")
    chat.heard()
    done(chat.does(chat.mia, "POST", "clear"))
    assert chat.heard() == [{"type": "cleared", "at": time.ms}]
    assert chat.log() == [entry(chat, chat.mia, "cleared", at=time.after())]
    assert chat.texts() == []
    time.moves(milliseconds=1)
    chat.said(chat.bob, "after")
    assert chat.texts() == ["after"]


# --- timeouts ---


@pytest.mark.parametrize(("target", "seconds"), [("bob", 60), ("guest", 1_209_600)])
def test_a_timed_out_viewer_may_not_write_until_the_timeout_ends(
    chat: Chat, time: Clock, target: str, seconds: int
) -> None:
    whom: Person | Guest = getattr(chat, target)
    chat.said(whom, "gone")
    chat.said(chat.carl, "stays")
    chat.heard()
    until = time.after(seconds=seconds)

    body = {"seconds": seconds, "reason": "spam"}
    done(chat.does(chat.mia, "PUT", f"timeouts/{whom.id}", body))
    event = {"type": "timedOut", "viewerId": whom.id, "at": time.ms, "until": until}
    assert chat.heard() == [event]
    assert chat.texts() == ["stays"]
    assert "gone" not in [each.text for each in chat.kept()]
    answer = chat.says(whom, "hello")
    assert answer.refused_with(403, "timed_out")
    assert answer.body["error"]["retryAfterMs"] == seconds * 1000
    assert chat.says(chat.carl, "hello").status == 201
    assert chat.log() == [
        entry(chat, chat.mia, "timed_out", whom, at=time.after(), until=until, reason="spam")
    ]
    name = whom.name if isinstance(whom, Guest) else whom.username
    listed = {"viewerId": whom.id, "name": name, "until": until, "by": "mia", "reason": "spam"}
    assert timeouts(chat) == [listed]

    time.moves(seconds=seconds)
    time.moves(milliseconds=-1)
    assert timeouts(chat) == [listed]
    assert chat.says(whom, "hello").refused_with(403, "timed_out")
    time.moves(milliseconds=1)
    assert timeouts(chat) == []
    assert chat.says(whom, "hello").status == 201


@pytest.mark.parametrize("wrote_before", [False, True])
@pytest.mark.parametrize(
    ("what", "body", "code"),
    [("timeouts", {"seconds": 60}, "timed_out"), ("blocks", None, "blocked")],
)
def test_a_message_in_flight_during_a_timeout_or_block_is_not_stored(
    chat: Chat, what: str, body: Any, code: str, wrote_before: bool
) -> None:
    if wrote_before:
        chat.said(chat.bob, "gone")
    with watched() as wire:
        wire.meanwhile = lambda: done(chat.does(chat.mia, "PUT", f"{what}/{chat.bob.id}", body))
        assert chat.says(chat.bob, "in flight").refused_with(403, code)
    assert not any(each.text for each in chat.kept())


def timeouts(chat: Chat) -> Any:
    return chat.does(chat.mia, "GET", "timeouts").body["timeouts"]


def test_a_timeout_lasts_one_minute_to_fourteen_days(chat: Chat) -> None:
    for seconds in (59, 0, -60, 1_209_601, 60.5, "60", True, None):
        answer = chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": seconds})
        assert answer.refused_with(422, "invalid_request")
        assert set(answer.body["error"]["fields"]) == {"seconds"}
    assert (timeouts(chat), chat.heard(), chat.log()) == ([], [], [])


def test_a_second_timeout_replaces_the_first(chat: Chat, time: Clock) -> None:
    path = f"timeouts/{chat.bob.id}"
    done(chat.does(chat.mia, "PUT", path, {"seconds": 600}))
    time.moves(seconds=10)
    done(chat.does(chat.ann, "PUT", path, {"seconds": 60, "reason": "enough"}))
    until = time.after(seconds=60)
    assert [(each["until"], each["by"], each["reason"]) for each in timeouts(chat)] == [
        (until, "ann", "enough")
    ]
    assert [(each["by"]["name"], each["until"]) for each in chat.log()] == [
        ("ann", until),
        ("mia", time.after(seconds=590)),
    ]


def test_ending_a_timeout_lets_the_viewer_write_again(chat: Chat, time: Clock) -> None:
    path = f"timeouts/{chat.bob.id}"
    done(chat.does(chat.mia, "PUT", path, {"seconds": 600}))
    chat.heard()
    time.moves(seconds=1)
    for _ in range(2):
        done(chat.does(chat.ann, "DELETE", path))
        event = {"type": "timedOut", "viewerId": chat.bob.id, "at": time.ms, "until": None}
        assert chat.heard() == [event]
    assert timeouts(chat) == []
    assert chat.says(chat.bob, "hello").status == 201
    time.moves(seconds=60)
    done(chat.does(chat.mia, "PUT", path, {"seconds": 60}))
    time.moves(seconds=60)
    done(chat.does(chat.mia, "DELETE", path))  # it has already ended on its own
    assert [each["action"] for each in chat.log()] == ["timed_out", "timeout_ended", "timed_out"]
    assert chat.log()[1] == entry(
        chat, chat.ann, "timeout_ended", chat.bob, at=time.after(seconds=-120)
    )


def test_timeouts_are_listed_by_their_end(chat: Chat, time: Clock) -> None:
    for who, seconds in ((chat.bob, 300), (chat.guest, 60), (chat.carl, 120)):
        done(chat.does(chat.mia, "PUT", f"timeouts/{who.id}", {"seconds": seconds}))
    ids = [each["viewerId"] for each in timeouts(chat)]
    assert ids == [chat.guest.id, chat.carl.id, chat.bob.id]


def test_the_creator_can_time_out_a_moderator(chat: Chat) -> None:
    done(chat.does(chat.ann, "PUT", f"timeouts/{chat.mia.id}", {"seconds": 60}))
    assert chat.says(chat.mia, "hello").refused_with(403, "timed_out")


# --- blocks ---


def test_a_user_blocked_by_a_moderator_is_removed_and_kept_out(
    chat: Chat, time: Clock, api: Api
) -> None:
    for path, who in (("ann", chat.bob), ("bob", chat.ann)):
        assert api.put(f"/api/follows/{path}", signed_in_as=who).status == 204
    second_tab = chat.identity(chat.bob, "zzzz9999")
    room = chat.livekit.rooms[chat.ann.id]
    room.append(second_tab)
    before = set(room)
    chat.said(chat.bob, "gone")
    chat.said(chat.carl, "stays")
    chat.heard()

    for _ in range(2):
        done(chat.does(chat.mia, "PUT", f"blocks/{chat.bob.id}", {"reason": "spam"}))
        assert chat.heard() == [{"type": "purged", "viewerId": chat.bob.id, "at": time.ms}]
    assert before - set(room) == {chat.identity(chat.bob), second_tab}
    assert chat.texts() == ["stays"]
    assert "gone" not in [each.text for each in chat.kept()]
    assert chat.says(chat.bob, "hello").refused_with(403, "blocked")
    body = {"host": "ann", "tab": TAB}
    assert api.post("/api/token", body, signed_in_as=chat.bob).refused_with(403, "blocked")
    for who, whom in ((chat.ann, chat.bob), (chat.bob, chat.ann)):
        assert get(relations.follow(who.id, whom.id)) is None
        page = api.get(f"/api/pages/channels/{whom.username}", signed_in_as=chat.carl).body
        assert page["user"]["followerCount"] == 0
    assert chat.log() == [
        entry(chat, chat.mia, "blocked", chat.bob, at=time.after(), reason="spam")
    ]
    blocks = api.get("/api/blocks", signed_in_as=chat.ann).body["blocks"]
    assert [(each["username"], each["name"]) for each in blocks] == [("bob", "bob")]


def test_a_guest_blocked_by_a_moderator_is_removed_and_kept_out(
    chat: Chat, time: Clock, api: Api
) -> None:
    token = api.post("/api/token", {"host": "ann", "tab": TAB})
    guest = Guest(token.body["identity"].partition(":")[0])
    assert token.body["name"] == guest.name
    chat.livekit.rooms[chat.ann.id].append(token.body["identity"])
    done(chat.does(chat.mia, "PUT", f"blocks/{guest.id}"))
    assert token.body["identity"] not in chat.livekit.rooms[chat.ann.id]
    assert chat.identity(chat.guest) in chat.livekit.rooms[chat.ann.id]
    assert chat.says(guest, "hello").refused_with(403, "blocked")
    assert api.post("/api/token", {"host": "ann", "tab": TAB}).refused_with(403, "blocked")
    assert chat.says(chat.guest, "hello").status == 201
    assert chat.log() == [entry(chat, chat.mia, "blocked", guest, at=time.after())]


def test_an_unblocked_user_may_watch_and_write_again(chat: Chat, time: Clock, api: Api) -> None:
    path = f"blocks/{chat.bob.id}"
    done(chat.does(chat.mia, "PUT", path))
    time.moves(seconds=1)
    for _ in range(2):
        done(chat.does(chat.ann, "DELETE", path))
    body = {"host": "ann", "tab": TAB}
    assert api.post("/api/token", body, signed_in_as=chat.bob).status == 200
    assert chat.says(chat.bob, "hello").status == 201
    assert chat.log() == [
        entry(chat, chat.ann, "unblocked", chat.bob, at=time.after()),
        entry(chat, chat.mia, "blocked", chat.bob, at=time.after(seconds=-1)),
    ]


def test_blocks_and_unblocks_without_effect_are_not_logged(chat: Chat) -> None:
    done(chat.does(chat.mia, "DELETE", f"blocks/{chat.bob.id}"))
    assert chat.log() == []
    for who in (chat.mia, chat.ann):
        done(chat.does(who, "PUT", f"blocks/{chat.bob.id}"))
    assert [each["by"]["name"] for each in chat.log()] == ["mia"]


def test_a_block_holds_even_if_livekit_does_not_respond(chat: Chat) -> None:
    chat.said(chat.bob, "gone")
    chat.livekit.before = chat.livekit.breaks
    done(chat.does(chat.mia, "PUT", f"blocks/{chat.bob.id}"))
    chat.livekit.before = None
    assert chat.says(chat.bob, "hello").refused_with(403, "blocked")
    assert chat.texts() == []


def test_a_block_is_sent_to_the_room_even_if_participants_cannot_be_listed(chat: Chat) -> None:
    chat.said(chat.bob, "gone")
    chat.heard()

    def breaks_when_listing(method: str) -> None:
        if method == "ListParticipants":
            chat.livekit.breaks(method)

    chat.livekit.before = breaks_when_listing
    done(chat.does(chat.mia, "PUT", f"blocks/{chat.bob.id}"))
    assert [news["type"] for news in chat.heard()] == ["purged"]


def test_a_purge_finds_a_message_among_thousands(chat: Chat, time: Clock) -> None:
    begin = time.ms - 100_000
    chat.keeps([begin])  # bob's, before all others
    chat.keeps([begin + number for number in range(1, 3001)], who=chat.carl)
    with watched() as wire:
        done(chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60}))
        assert wire.made.count("Query") <= messages.MAX_PURGE_QUERIES
    first, *others = chat.kept()
    assert (first.viewer_id, first.text) == (chat.bob.id, "")
    assert {(each.viewer_id, each.text != "") for each in others} == {(chat.carl.id, True)}


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_blocked_moderator_is_no_longer_a_moderator(
    chat: Chat, api: Api, meanwhile: bool
) -> None:
    """Even if the user is appointed while the block is being written."""

    ann = identities.Person(chat.ann.id, "ann")
    if meanwhile:
        done(api.delete("/api/moderators/mia", signed_in_as=chat.ann))
    with watched() as wire:
        wire.meanwhile = (lambda: moderators.appoint(ann, "mia")) if meanwhile else None
        done(chat.does(chat.ann, "PUT", f"blocks/{chat.mia.id}"))
    assert moderators_of(api, chat.ann) == []
    assert chat.does(chat.mia, "POST", "clear").refused_with(403, "forbidden")
    assert chat.says(chat.mia, "hello").refused_with(403, "blocked")

    done(chat.does(chat.ann, "DELETE", f"blocks/{chat.mia.id}"))
    assert chat.does(chat.mia, "POST", "clear").refused_with(403, "forbidden")


# --- empty rooms, and LiveKit outages ---


def test_no_event_is_sent_while_the_host_is_offline(chat: Chat) -> None:
    message = chat.said(chat.bob, "hello")
    chat.heard()
    chat.goes_offline()
    chat.livekit.made.clear()
    for method, what, body in (
        ("DELETE", message, None),
        ("POST", "clear", None),
        ("PUT", f"timeouts/{chat.bob.id}", {"seconds": 60}),
        ("DELETE", f"timeouts/{chat.bob.id}", None),
    ):
        done(chat.does(chat.mia, method, what, body))
    assert "SendData" not in chat.livekit.made
    done(chat.does(chat.mia, "PUT", f"blocks/{chat.bob.id}"))
    assert chat.heard() == []
    assert len(chat.log()) == 5


def test_no_event_is_sent_to_an_empty_room_during_the_grace_period(chat: Chat) -> None:
    message = chat.said(chat.bob, "hello")
    chat.heard()
    drops(identities.Person(chat.ann.id, "ann"), seconds_ago=1)
    watching = chat.livekit.rooms.pop(chat.ann.id)
    done(chat.does(chat.mia, "DELETE", message))
    assert chat.heard() == []
    chat.livekit.rooms[chat.ann.id] = watching[1:]
    done(chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60}))
    assert [news["type"] for news in chat.heard()] == ["timedOut"]


def test_a_repeat_sends_the_event_that_could_not_be_sent(chat: Chat) -> None:
    message = chat.said(chat.bob, "hello")
    chat.heard()
    chat.livekit.before = chat.livekit.breaks
    assert chat.does(chat.mia, "DELETE", message).refused_with(503, "unavailable")
    assert chat.texts() == []
    chat.livekit.before = None
    done(chat.does(chat.mia, "DELETE", message))
    assert chat.heard() == [{"type": "deleted", "id": message}]
    assert len(chat.log()) == 1


# --- moderators ---


def moderators_of(api: Api, who: Person) -> list[dict[str, Any]]:
    answer = api.get("/api/moderators", signed_in_as=who)
    assert answer.status == 200
    listed: list[dict[str, Any]] = answer.body["moderators"]
    return listed


def test_a_creator_appoints_and_dismisses_a_moderator(chat: Chat, time: Clock, api: Api) -> None:
    assert chat.does(chat.bob, "POST", "clear").refused_with(403, "forbidden")
    for _ in range(2):
        done(api.put("/api/moderators/BOB", signed_in_as=chat.ann))
    assert moderators_of(api, chat.ann) == [
        {"id": who.id, "username": who.username, "image": None} for who in (chat.bob, chat.mia)
    ]
    done(chat.does(chat.bob, "POST", "clear"))
    assert chat.says(chat.bob, "hello").body["from"]["role"] == "moderator"

    time.moves(seconds=1)
    for _ in range(2):
        done(api.delete("/api/moderators/bob", signed_in_as=chat.ann))
    assert [each["username"] for each in moderators_of(api, chat.ann)] == ["mia"]
    assert chat.does(chat.bob, "POST", "clear").refused_with(403, "forbidden")
    assert chat.says(chat.bob, "hello").body["from"]["role"] == "viewer"
    entries = [each for each in chat.log() if each["action"] != "cleared"]
    assert entries == [
        entry(chat, chat.ann, "dismissed", chat.bob, at=time.after()),
        entry(chat, chat.ann, "appointed", chat.bob, at=time.after(seconds=-1)),
    ]


def test_creators_can_appoint_neither_themselves_nor_unknown_users(chat: Chat, api: Api) -> None:
    for method in ("PUT", "DELETE"):
        for name, refusal in (("ann", (409, "self")), ("nobody", (404, "not_found"))):
            answer = api.call(method, f"/api/moderators/{name}", signed_in_as=chat.ann)
            assert answer.refused_with(*refusal)
    assert chat.log() == []


def test_a_blocked_user_cannot_be_appointed(chat: Chat, api: Api) -> None:
    done(chat.does(chat.ann, "PUT", f"blocks/{chat.bob.id}"))
    answer = api.put("/api/moderators/bob", signed_in_as=chat.ann)
    assert answer.refused_with(422, "invalid_request")
    assert answer.body["error"]["fields"] == {"username": "Unblock this user first"}
    assert [each["username"] for each in moderators_of(api, chat.ann)] == ["mia"]
    assert [each["action"] for each in chat.log()] == ["blocked"]


def test_a_creator_has_at_most_fifty_moderators(chat: Chat, api: Api) -> None:
    chat.writes_settings(moderators={chat.mia.id, *(new_user_id() for _ in range(48))})
    done(api.put("/api/moderators/bob", signed_in_as=chat.ann))
    answer = api.put("/api/moderators/carl", signed_in_as=chat.ann)
    assert answer.refused_with(422, "invalid_request")
    assert set(answer.body["error"]["fields"]) == {"username"}
    done(api.put("/api/moderators/bob", signed_in_as=chat.ann))  # already a moderator
    assert len(chat.stream().moderators or ()) == 50
    done(api.delete("/api/moderators/bob", signed_in_as=chat.ann))
    done(api.put("/api/moderators/carl", signed_in_as=chat.ann))


def test_concurrent_appointments_stop_at_fifty_moderators(chat: Chat) -> None:
    chat.writes_settings(moderators={new_user_id() for _ in range(47)})
    names = [a_person(f"new{number}").username for number in range(6)]
    ann = identities.Person(chat.ann.id, "ann")

    def appoint(name: str) -> bool:
        try:
            moderators.appoint(ann, name)
        except InvalidRequest:
            return False
        return True

    with watched(), ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(appoint, names))
    assert sorted(outcomes) == [False] * 3 + [True] * 3
    assert len(chat.stream().moderators or ()) == 50
    assert len(chat.log()) == 3


# --- the moderation log ---


def test_the_log_has_pages_of_fifty_entries_newest_first(chat: Chat, time: Clock, api: Api) -> None:
    by, whom = identities.Person(chat.mia.id, "mia"), identities.Guest(new_guest_id())
    reasons = [f"{number}" for number in range(120)]
    with Item.batch_write() as batch:
        for reason in reasons:
            time.moves(milliseconds=1)
            record = audit_log.record(chat.ann.id, by, "timed_out", whom, reason=reason)
            batch.save(record.item)
    read: list[str] = []
    sizes: list[int] = []
    query = None
    while True:
        page = api.get("/api/moderation/log", signed_in_as=chat.ann, query=query).body
        sizes.append(len(page["entries"]))
        read += [each["reason"] for each in page["entries"]]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert sizes == [50, 50, 20]
    assert read == reasons[::-1]


def test_an_invalid_cursor_of_the_log_is_refused(chat: Chat, api: Api) -> None:
    for cursor in ("x", "W10", "e30", cursors.encode(""), cursors.encode("a", "b")):
        answer = api.get("/api/moderation/log", signed_in_as=chat.ann, query={"cursor": cursor})
        assert answer.refused_with(422, "invalid_request")
        assert set(answer.body["error"]["fields"]) == {"cursor"}


def test_the_log_keeps_names_and_deleted_texts(chat: Chat, time: Clock) -> None:
    """Even after the message was deleted and its moderator was dismissed."""
    message = chat.said(chat.guest, "<b>hello</b>")
    done(chat.does(chat.mia, "DELETE", message))
    was = chat.log()
    done(chat.does(chat.ann, "PUT", f"blocks/{chat.mia.id}"))
    done(chat.does(chat.ann, "POST", "clear"))
    time.moves(hours=25)
    assert [each for each in chat.log() if each["action"] == "deleted"] == was
    assert was[0]["text"] == "<b>hello</b>"
    assert was[0]["whom"] == {"viewerId": chat.guest.id, "name": chat.guest.name}
