"""Every action that a room allows, tried with viewer tokens and LiveKit's own client.

An observer in the room records what arrives. After the viewers, a publisher with all rights does
the same. Its action arrives, which proves that the observer would have received the viewers' too.
"""

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import pytest
import urllib3
from aiortc import AudioStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from livekit import rtc
from livekit.protocol import agent_dispatch, egress, ingress, room, sip
from livekit.protocol.rtc import SignalResponse

from tests.stack.rooms import (
    admitted,
    eventually,
    in_room,
    own_token,
    participants_in,
)
from tests.stack.support import Stack, broadcast

pytestmark = pytest.mark.attack

HOST: Final = "eve"
OTHER_HOST: Final = "dan"  # for tests without the gathering
OBSERVER: Final = "observer"
PUBLISHER: Final = "publisher"
ROUND_TRIP_SECONDS: Final = 1.0
JUST_JOINED_SECONDS: Final = 3.0
Attempt = Callable[[rtc.LocalParticipant], Awaitable[object]]


@dataclass
class Gathering:
    """Four people in one room: a viewer, a guest, a publisher with all rights, and an observer."""

    stack: Stack
    name: str
    runner: asyncio.Runner
    viewer: rtc.Room
    guest: rtc.Room
    publisher: rtc.Room
    seen: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    """Events that reached the observer, each with the sender's identity if it has one."""

    async def of_viewers(self) -> list[tuple[object, ...]]:
        """Return the two viewers' state on the server that a viewer might try to change."""
        participants = await participants_in(self.stack, self.name)
        return [
            (
                each.name,
                each.metadata,
                dict(each.attributes),
                list(each.tracks),
                str(each.permission),
            )
            for identity, each in sorted(participants.items())
            if identity not in (self.name, OBSERVER, PUBLISHER)  # the first is the host's encoder
        ]


@pytest.fixture(scope="module")
def live(stack: Stack) -> Iterator[None]:
    """The host is live, because guests may not stay in the room of an offline channel."""
    with broadcast(stack, HOST):
        yield


@pytest.fixture(scope="module")
def gathering(stack: Stack, live: None) -> Iterator[Gathering]:
    del live
    signed_in = admitted(stack.api("cleo"), HOST)
    guest = admitted(stack.api(), HOST)
    name = signed_in["room"]
    observer_token = own_token(stack, name, OBSERVER, can_publish_data=True)
    publisher_token = own_token(
        stack,
        name,
        PUBLISHER,
        can_publish=True,
        can_publish_data=True,
        can_update_own_metadata=True,
    )

    async def gather(leaving: AsyncExitStack, runner: asyncio.Runner) -> Gathering:
        def enter(token: str) -> Awaitable[rtc.Room]:
            return leaving.enter_async_context(in_room(stack, token))

        observer = await enter(observer_token)
        gathered = Gathering(
            stack,
            name,
            runner,
            viewer=await enter(signed_in["token"]),
            guest=await enter(guest["token"]),
            publisher=await enter(publisher_token),
        )
        watch(observer, gathered.seen)

        async def have_joined() -> bool:
            return PUBLISHER in observer.remote_participants

        await eventually(have_joined, "the observer to see the publisher")
        assert len(await gathered.of_viewers()) == 2
        return gathered

    with asyncio.Runner() as runner:
        leaving = AsyncExitStack()
        try:
            yield runner.run(gather(leaving, runner))
        finally:
            runner.run(leaving.aclose())


def watch(observer: rtc.Room, seen: list[tuple[str, str | None]]) -> None:
    """Record all events that reach the observer."""

    def on(event: Any, at: int, name: str = "identity") -> None:
        """Record an event. Its argument number `at` has the sender's identity in `name`."""

        def record(*arguments: Any) -> None:
            seen.append((event, getattr(arguments[at], name, None)))

        observer.on(event, record)

    def on_packet(event: Any) -> None:
        def record(packet: rtc.DataPacket | rtc.SipDTMF) -> None:
            seen.append((event, packet.participant and packet.participant.identity))

        observer.on(event, record)

    on("track_published", 1)
    on("data_track_published", 0, "publisher_identity")
    on("participant_name_changed", 0)
    on("participant_metadata_changed", 0)
    on("participant_attributes_changed", 1)
    on_packet("data_received")
    on_packet("sip_dtmf_received")
    for topic in ("chat", "lk.chat"):
        observer.register_text_stream_handler(
            topic, lambda _, sender: seen.append(("text", sender))
        )
    observer.register_byte_stream_handler("file", lambda _, sender: seen.append(("bytes", sender)))

    async def called(call: rtc.RpcInvocationData) -> str:
        seen.append(("call", call.caller_identity))
        return "done"

    observer.local_participant.register_rpc_method("method", called)


async def publish_sound(me: rtc.LocalParticipant) -> None:
    track = rtc.LocalAudioTrack.create_audio_track("sound", rtc.AudioSource(48_000, 1))
    await me.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))


async def publish_picture(me: rtc.LocalParticipant) -> None:
    track = rtc.LocalVideoTrack.create_video_track("picture", rtc.VideoSource(64, 36))
    await me.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))


async def send_bytes(me: rtc.LocalParticipant) -> None:
    writer = await me.stream_bytes("file", topic="file")
    await writer.write(b"bytes")
    await writer.aclose()


async def call_method(me: rtc.LocalParticipant) -> None:
    await me.perform_rpc(
        destination_identity=OBSERVER,
        method="method",
        payload="",
        max_round_trip_latency=ROUND_TRIP_SECONDS,
    )


CHAT: Final = json.dumps(
    {
        "type": "message",
        "id": str(uuid.uuid4()),
        "text": "I am the server",
        "sentAt": 1_800_000_000_000,
        "from": {"identity": "Host-1", "name": "eve", "role": "host"},
        "links": [],
    }
)
IMITATIONS: Final[list[Attempt]] = [
    lambda me: me.publish_data(CHAT, topic="chat.v1"),
    lambda me: me.publish_data(CHAT, topic="chat.v1", reliable=False),
    lambda me: me.publish_data(CHAT, topic="chat.v1", destination_identities=[OBSERVER]),
]
ATTEMPTS: Final[dict[str, tuple[Attempt, str]]] = {
    "publish a sound": (publish_sound, "track_published"),
    "publish a picture": (publish_picture, "track_published"),
    "send a packet that looks like a message": (IMITATIONS[0], "data_received"),
    "send a packet that may be lost": (IMITATIONS[1], "data_received"),
    "send a packet to one": (IMITATIONS[2], "data_received"),
    "publish a data track": (lambda me: me.publish_data_track(name="data"), "data_track_published"),
    "send a text": (lambda me: me.send_text("text", topic="chat"), "text"),
    "send a message of LiveKit's own chat": (
        lambda me: me.send_text("text", topic="lk.chat"),
        "text",
    ),
    "send a file": (send_bytes, "bytes"),
    "call a method of another": (call_method, "call"),
    "press a telephone's key": (
        lambda me: me.publish_dtmf(code=1, digit="1"),
        "sip_dtmf_received",
    ),
    "take another name": (lambda me: me.set_name("ann"), "participant_name_changed"),
    "set metadata": (lambda me: me.set_metadata("other"), "participant_metadata_changed"),
    "set attributes": (
        lambda me: me.set_attributes({"role": "host"}),
        "participant_attributes_changed",
    ),
}


@pytest.mark.parametrize(("attempt", "event"), ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_a_viewer_token_does_not_allow_to(
    gathering: Gathering, attempt: Attempt, event: str
) -> None:
    async def attempt_all() -> None:
        gathering.seen.clear()
        before = await gathering.of_viewers()

        # The client raises an error for some refusals, and ignores others silently.
        viewers = (gathering.viewer.local_participant, gathering.guest.local_participant)
        await asyncio.gather(*(attempt(viewer) for viewer in viewers), return_exceptions=True)
        await attempt(gathering.publisher.local_participant)

        async def publisher_is_seen() -> bool:
            return (event, PUBLISHER) in gathering.seen

        await eventually(publisher_is_seen, "the publisher's action to reach the observer")
        assert gathering.seen == [(event, PUBLISHER)]
        assert await gathering.of_viewers() == before

    gathering.runner.run(attempt_all())


@pytest.mark.parametrize("role", ["signed in", "guest"])
def test_a_new_participant_is_not_mistaken_for_the_server(
    gathering: Gathering, stack: Stack, role: str
) -> None:
    """Clients can't identify the sender of a newcomer's packet yet, as with the server's own."""
    newcomer = admitted(stack.api("dan" if role == "signed in" else None), HOST)

    async def attempt_all() -> None:
        gathering.seen.clear()
        async with (
            in_room(stack, admitted(stack.api("cleo"), HOST)["token"]) as other,
            in_room(stack, newcomer["token"]) as new,
        ):
            heard_by_other: list[tuple[str, str | None]] = []
            watch(other, heard_by_other)
            deadline = time.monotonic() + JUST_JOINED_SECONDS
            while time.monotonic() < deadline:
                for imitate in IMITATIONS:
                    await imitate(new.local_participant)
                await asyncio.sleep(0.05)
            # The last packet is from another newcomer, who has the right to send it.
            permitted_token = own_token(stack, gathering.name, "new", can_publish_data=True)
            async with in_room(stack, permitted_token) as permitted:
                await IMITATIONS[0](permitted.local_participant)

                async def is_heard() -> bool:
                    return bool(gathering.seen) and bool(heard_by_other)

                await eventually(is_heard, "the packet of the permitted newcomer")
            for seen in (gathering.seen, heard_by_other):
                assert [event for event, _ in seen] == ["data_received"]

    gathering.runner.run(attempt_all())


SERVICES: Final = (room, ingress, egress, sip, agent_dispatch)
CALLS: Final = [
    (
        f"{service.full_name}/{method.name}",
        [name.name for name in method.input_type.fields if name.name in ("room", "room_name")],
    )
    for module in SERVICES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]


# LiveKit checks these fields before it checks the token.
REQUIRED: Final = {
    "livekit.SIP/TransferSIPParticipant": {"participantIdentity": "x", "transferTo": "tel:+1"}
}


def call_server(stack: Stack, call: str, token: str, body: dict[str, str]) -> int:
    """Call LiveKit's server API and return the status."""
    url = stack.livekit_url.replace("ws", "http", 1)
    response = urllib3.request(
        "POST", f"{url}/twirp/{call}", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    return response.status


@pytest.mark.parametrize(("call", "names"), CALLS, ids=[call for call, _ in CALLS])
def test_a_viewer_token_has_no_access_to_the_server_api(
    stack: Stack, call: str, names: list[str]
) -> None:
    for caller in (stack.api("cleo"), stack.api()):
        viewer = admitted(caller, OTHER_HOST)
        body = dict.fromkeys(names, viewer["room"]) | REQUIRED.get(call, {})
        assert call_server(stack, call, viewer["token"], body) == 401


def test_an_admin_token_has_access_to_the_server_api(stack: Stack) -> None:
    viewer = admitted(stack.api("cleo"), OTHER_HOST)
    token = own_token(stack, viewer["room"], OBSERVER, room_list=True, room_admin=True)
    assert call_server(stack, "livekit.RoomService/ListRooms", token, {}) == 200
    body = {"room": viewer["room"]}
    assert call_server(stack, "livekit.RoomService/ListParticipants", token, body) == 200
    assert call_server(stack, "livekit.RoomService/NoSuchCall", token, body) == 404


def test_a_viewer_token_joins_its_own_room_whatever_room_is_requested(stack: Stack) -> None:
    viewer = admitted(stack.api("cleo"), OTHER_HOST)
    other = admitted(stack.api("cleo"), "bob")["room"]

    async def join() -> None:
        query = {"access_token": viewer["token"], "room": other, "protocol": "16"}
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(f"{stack.livekit_url}/rtc", params=query) as signal,
        ):
            joined = SignalResponse.FromString(await signal.receive_bytes()).join
            assert joined.room.name == viewer["room"]
            assert viewer["identity"] not in await participants_in(stack, other)

    asyncio.run(join())


def test_a_viewer_receives_only_the_tracks_of_their_room(stack: Stack) -> None:
    here = admitted(stack.api("cleo"), OTHER_HOST)
    there = stack.api().get("/api/pages/channels/cleo").json["user"]["id"]

    async def watch_and_publish() -> None:
        publishers: list[str] = []
        async with (
            in_room(stack, here["token"]) as viewer,
            in_room(stack, own_token(stack, there, "there", can_publish=True)) as elsewhere,
            in_room(stack, own_token(stack, here["room"], "here", can_publish=True)) as near,
        ):

            def on_track(_: object, __: object, participant: rtc.RemoteParticipant) -> None:
                publishers.append(participant.identity)

            viewer.on("track_subscribed", on_track)
            await publish_sound(elsewhere.local_participant)
            await publish_sound(near.local_participant)

            async def has_track() -> list[str]:
                return publishers

            await eventually(has_track, "the viewer to get a track")
            assert publishers == ["here"]
            assert "there" not in viewer.remote_participants

    asyncio.run(watch_and_publish())


def test_a_viewer_token_can_not_publish_over_whip(stack: Stack) -> None:
    viewer = admitted(stack.api("cleo"), OTHER_HOST)
    url = stack.livekit_url.replace("ws", "http", 1) + "/whip/v1"
    publisher = own_token(stack, viewer["room"], "over whip", can_publish=True)

    async def publish(client: aiohttp.ClientSession, sound: RTCPeerConnection, token: str) -> None:
        connected = asyncio.Event()

        def on_change() -> None:
            if sound.connectionState == "connected":
                connected.set()

        sound.on("connectionstatechange", on_change)
        sound.addTrack(AudioStreamTrack())
        await sound.setLocalDescription(await sound.createOffer())
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
        async with client.post(url, data=sound.localDescription.sdp, headers=headers) as response:
            assert response.status == 201
            answer = RTCSessionDescription(await response.text(), "answer")
        await sound.setRemoteDescription(answer)
        await connected.wait()

    async def publish_both() -> None:
        sounds = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)]
        try:
            async with aiohttp.ClientSession() as client:
                # The viewer may join, so the server accepts the offer, but publishes no track.
                await publish(client, sounds[0], viewer["token"])
                await publish(client, sounds[1], publisher)

                async def is_published() -> bool:
                    participants = await participants_in(stack, viewer["room"])
                    return "over whip" in participants and bool(participants["over whip"].tracks)

                await eventually(is_published, "the publisher's sound")
                participants = await participants_in(stack, viewer["room"])
                assert not participants[viewer["identity"]].tracks
        finally:
            for sound in sounds:
                await sound.close()

    asyncio.run(publish_both())
