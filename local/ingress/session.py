"""One broadcast, from the encoder's connection to its end, and its reports to the server."""

import asyncio
import contextlib
import logging
import re
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from google.protobuf import json_format
from livekit import api
from livekit.protocol.ingress import IngressInfo, IngressState, InputAudioState, InputVideoState
from livekit.protocol.models import ParticipantInfo, TrackType
from livekit.protocol.room import ListRoomsRequest, RoomParticipantIdentity

from local.ingress.bridge import Bridge, RpcFailed
from local.ingress.encodings import encoding_of
from local.ingress.publisher import NotPublished, Publisher, Resource, WhipClient
from local.ingress.transcoder import AUDIO_CHANGED, OPEN_SECONDS, Source, Transcoder

log = logging.getLogger(__name__)

# How long LiveKit Ingress continues after it has reported that it can't follow a change.
CHANGED_SECONDS = 10.0
TRACKS_SECONDS = 10.0
OTHER_TRACK_SECONDS = 1.0
END_CALL_SECONDS = 0.5
POLL_SECONDS = 0.25
TOKEN_TTL = timedelta(hours=24)


@dataclass(frozen=True)
class Ending:
    """How a broadcast ended: ENDPOINT_ERROR if there is an `error`, else ENDPOINT_INACTIVE.

    `is_reported` is false if the ingress is being deleted, because the server has forgotten it.
    """

    error: str = ""
    is_reported: bool = True


@dataclass(frozen=True)
class LiveKit:
    """The server and its credentials, shared by all broadcasts."""

    url: str
    api_key: str
    api_secret: str
    http: aiohttp.ClientSession
    bridge: Bridge

    def whip_client(self, ingress: IngressInfo, resource_id: str) -> WhipClient:
        """Return a client of the server's WHIP endpoint for the ingress's participant."""
        # The claims of LiveKit's BuildIngressToken. LiveKit sets the resource id after joining.
        token = (
            api.AccessToken(self.api_key, self.api_secret)
            .with_identity(ingress.participant_identity)
            .with_name(ingress.participant_name)
            .with_metadata(ingress.participant_metadata)
            .with_kind("ingress")
            .with_grants(
                api.VideoGrants(
                    room_join=True,
                    room=ingress.room_name,
                    can_publish=True,
                    can_subscribe=False,
                    can_update_own_metadata=True,
                )
            )
            .with_attributes(
                {"ingress.ingressID": ingress.ingress_id, "ingress.resourceID": resource_id}
            )
            .with_ttl(TOKEN_TTL)
            .to_jwt()
        )
        return WhipClient(self.http, self.url, token)

    def api(self) -> api.LiveKitAPI:
        """Return a client of the server's HTTP API."""
        return api.LiveKitAPI(
            self.url, self.api_key, self.api_secret, session=self.http, failover=False
        )


class Session:
    """A broadcast. `run` returns when it ends, and `end` ends it from outside."""

    def __init__(self, livekit: LiveKit, ingress: IngressInfo, resource_id: str) -> None:
        self.ingress = ingress
        self.resource_id = resource_id
        self.state = IngressState(
            status=IngressState.ENDPOINT_BUFFERING,
            started_at=time.time_ns(),
            resource_id=resource_id,
        )
        self.finished = asyncio.Event()
        self._livekit = livekit
        self._work: asyncio.Task[Ending] | None = None
        self._requested: Ending | None = None

    async def report(self) -> None:
        """Send the current state to the server.

        Like LiveKit Ingress, continue if the server rejects it: the ingress may be deleted, a newer
        broadcast may have replaced this one, or the server may not respond.
        """
        self.state.updated_at = time.time_ns()
        try:
            await self._livekit.bridge.update_state(self.ingress.ingress_id, self.state)
        except RpcFailed as failure:
            log.info("%s: the server rejected the state: %s", self, failure.code)

    def end(self, ending: Ending) -> None:
        """Request the end of the broadcast. Only the first request counts."""
        if self._requested is None:
            self._requested = ending
            if self._work is not None:
                self._work.cancel()

    async def run(self) -> None:
        """Broadcast until the encoder, the server, or `end` ends it, then report the end."""
        bridge = self._livekit.bridge
        self._work = asyncio.create_task(self._broadcast())
        if self._requested is not None:
            self._work.cancel()
        try:
            ending = await self._work
        except asyncio.CancelledError:
            ending = self._requested or Ending("stopped")
        except (NotPublished, RpcFailed) as failure:
            ending = Ending(str(failure))
        except Exception:
            log.exception("%s: failed", self)
            ending = Ending("internal error")
        with contextlib.suppress(RpcFailed):
            await self._leave()
        self.state.status = (
            IngressState.ENDPOINT_ERROR if ending.error else IngressState.ENDPOINT_INACTIVE
        )
        self.state.error = ending.error
        self.state.ended_at = time.time_ns()
        if ending.is_reported:
            await self.report()
        log.info("%s: ended%s", self, f": {ending.error}" if ending.error else "")
        self.finished.set()
        with contextlib.suppress(RpcFailed):
            await bridge.close_session(self.resource_id)

    async def on_media(self, report: dict[str, Any]) -> None:
        """Handle a report about the participant. `closed` is set if it left or was removed."""
        raise NotImplementedError

    async def _broadcast(self) -> Ending:
        raise NotImplementedError

    async def _leave(self) -> None:
        raise NotImplementedError

    async def _publishing(self) -> None:
        self.state.status = IngressState.ENDPOINT_PUBLISHING
        self.state.room_id = await self._room_id()
        await self.report()
        log.info("%s: live", self)

    async def _room_id(self) -> str:
        """Return the room's id, which the WHIP response lacks. Return "" if the request fails."""
        try:
            listed = await self._livekit.api().room.list_rooms(
                ListRoomsRequest(names=[self.ingress.room_name])
            )
        except (api.TwirpError, aiohttp.ClientError, TimeoutError):
            return ""
        return listed.rooms[0].sid if listed.rooms else ""

    def __str__(self) -> str:
        return f"{self.ingress.ingress_id} {self.resource_id}"


class RtmpSession(Session):
    """An RTMP encoder's broadcast, which is transcoded and published.

    Its resource id is the id of the encoder's connection.
    """

    def __init__(self, livekit: LiveKit, ingress: IngressInfo, resource_id: str) -> None:
        super().__init__(livekit, ingress, resource_id)
        self._publisher = Publisher(livekit.whip_client(ingress, resource_id))
        self._transcoder: Transcoder | None = None

    async def on_media(self, report: dict[str, Any]) -> None:
        if report.get("closed"):
            self._publisher.lost.set()
            self.end(Ending("room disconnected"))

    async def _broadcast(self) -> Ending:
        media = await self._livekit.bridge.accept_publish(self.resource_id)
        transcoder = Transcoder(media, encoding_of(self.ingress.video))
        self._transcoder = transcoder
        transcoder.start()
        try:
            source = await asyncio.wait_for(asyncio.shield(transcoder.opened), OPEN_SECONDS)
        except (EOFError, OSError, TimeoutError):
            return Ending("source encoder not ready")
        tracks = [track for track in (transcoder.video, transcoder.audio) if track is not None]
        participant_id = await self._publisher.publish(tracks)
        await self._livekit.bridge.watch_participant(self.resource_id, participant_id)
        self._describe(source)
        await self._publishing()

        lost = asyncio.create_task(self._publisher.lost.wait())
        ends = {lost, transcoder.ended}
        try:
            await asyncio.wait({*ends, transcoder.changed}, return_when=asyncio.FIRST_COMPLETED)
            if transcoder.changed.done():
                # LiveKit Ingress reports the end at once. It disconnects the encoder later, or not
                # at all if only the sound has changed.
                ending = Ending(transcoder.changed.result())
                self.state.status = IngressState.ENDPOINT_ERROR
                self.state.error = ending.error
                await self.report()
                limit = None if ending.error == AUDIO_CHANGED else CHANGED_SECONDS
                await asyncio.wait(ends, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
                return ending
            if lost.done():
                # The server's report, which ends this with a better reason, may be in flight.
                await asyncio.sleep(END_CALL_SECONDS)
                return Ending("room disconnected unexpectedly")
            return Ending()
        finally:
            lost.cancel()

    async def _leave(self) -> None:
        if self._transcoder is not None:
            self._transcoder.stop()
        # Disconnect the encoder first: if it reconnects at once, that is another broadcast.
        with contextlib.suppress(RpcFailed):
            await self._livekit.bridge.disconnect(self.resource_id)
        await self._publisher.close()

    def _describe(self, source: Source) -> None:
        if source.video_type:
            self.state.video.CopyFrom(
                InputVideoState(
                    mime_type=source.video_type,
                    width=source.width,
                    height=source.height,
                    framerate=source.fps,
                )
            )
        if source.audio_type:
            self.state.audio.CopyFrom(
                InputAudioState(
                    mime_type=source.audio_type,
                    channels=source.channels,
                    sample_rate=source.sample_rate,
                )
            )


class WhipSession(Session):
    """A WHIP encoder's broadcast. Its media goes directly to the server.

    `answered` is resolved with the server's answer to the offer, or fails with NotPublished.
    """

    def __init__(
        self, livekit: LiveKit, ingress: IngressInfo, resource_id: str, offer: str
    ) -> None:
        super().__init__(livekit, ingress, resource_id)
        self.whip = livekit.whip_client(ingress, resource_id)
        self.answered: asyncio.Future[Resource] = asyncio.get_running_loop().create_future()
        self._offer = offer
        self._resource: Resource | None = None
        self._has_left = False

    async def on_media(self, report: dict[str, Any]) -> None:
        if report.get("closed"):
            self._has_left = True
            self.end(Ending())
            return
        if video := report.get("video"):
            self.state.video.MergeFrom(json_format.ParseDict(video, InputVideoState()))
        if audio := report.get("audio"):
            self.state.audio.MergeFrom(json_format.ParseDict(audio, InputAudioState()))
        # LiveKit Ingress doesn't report them while live.
        self.state.video.ClearField("average_bitrate")
        self.state.video.ClearField("framerate")
        self.state.audio.ClearField("average_bitrate")
        if self.state.status == IngressState.ENDPOINT_PUBLISHING:
            await self.report()

    async def _broadcast(self) -> Ending:
        try:
            resource = await self.whip.create(self._offer)
        except NotPublished as refusal:
            self.answered.set_exception(refusal)
            raise
        self._resource = resource
        await self._livekit.bridge.watch_participant(self.resource_id, resource.participant_id)
        self.answered.set_result(resource)
        if not await self._wait_for_tracks(resource):
            return Ending("source encoder not ready")
        await self._publishing()
        await asyncio.Future()  # until `end`: the server reports when the encoder disconnects
        raise AssertionError

    async def _leave(self) -> None:
        self.answered.cancel()
        if self._resource is not None and not self._has_left:
            await self.whip.delete(self._resource)

    async def _wait_for_tracks(self, resource: Resource) -> bool:
        identity = RoomParticipantIdentity(
            room=self.ingress.room_name, identity=self.ingress.participant_identity
        )
        offered = len(re.findall("^m=(?:audio|video) ", self._offer, re.MULTILINE))
        has_tracks = False
        deadline = time.monotonic() + TRACKS_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(api.TwirpError, aiohttp.ClientError, TimeoutError):
                participant = await self._livekit.api().room.get_participant(identity)
                if participant.sid == resource.participant_id and participant.tracks:
                    self._describe(participant)
                    has_tracks = True
                    if len(participant.tracks) >= offered:
                        return True
                    # An offered track may follow, or never send anything.
                    deadline = min(deadline, time.monotonic() + OTHER_TRACK_SECONDS)
            await asyncio.sleep(POLL_SECONDS)
        return has_tracks

    def _describe(self, participant: ParticipantInfo) -> None:
        for track in participant.tracks:
            if track.type == TrackType.VIDEO:
                self.state.video.CopyFrom(
                    InputVideoState(
                        mime_type=track.mime_type, width=track.width, height=track.height
                    )
                )
            elif track.type == TrackType.AUDIO:
                self.state.audio.CopyFrom(
                    InputAudioState(mime_type=track.mime_type, channels=2 if track.stereo else 1)
                )
