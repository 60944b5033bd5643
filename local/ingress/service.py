"""Admission of encoders, and the live broadcasts."""

import asyncio
import logging

from livekit.protocol.ingress import IngressInfo, IngressInput, IngressState

from local.ingress.bridge import Message, RpcFailed
from local.ingress.session import Ending, LiveKit, RtmpSession, Session, WhipSession

log = logging.getLogger(__name__)

STOP_SECONDS = 4.0


class Refused(Exception):
    """An encoder may not publish. `status` is LiveKit Ingress's status for a WHIP client."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Service:
    """The sessions of all admitted encoders, by resource id.

    Further encoders are refused while there are `capacity` sessions. None is without a limit.
    """

    def __init__(self, livekit: LiveKit, capacity: int | None) -> None:
        self.sessions: dict[str, Session] = {}
        self._livekit = livekit
        self._capacity = capacity
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False
        livekit.bridge.on_event = self._on_event

    @property
    def is_healthy(self) -> bool:
        """Return whether new encoders can be admitted."""
        return not self._livekit.bridge.gone.is_set() and not self._stopping

    async def admit_whip(self, stream_key: str, resource_id: str, offer: str) -> WhipSession:
        """Start a WHIP broadcast. Raises Refused."""
        ingress = await self._admit(stream_key, IngressInput.WHIP_INPUT, resource_id)
        session = WhipSession(self._livekit, ingress, resource_id, offer)
        await self._open(session)
        self._start(session)
        return session

    async def stop(self) -> None:
        """End all broadcasts and admit no new ones."""
        self._stopping = True
        for session in list(self.sessions.values()):
            session.end(Ending())
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_SECONDS)

    async def _admit(self, stream_key: str, via: IngressInput, resource_id: str) -> IngressInfo:
        """Return the ingress of a key.

        Raises Refused if it is disabled or of another kind, or if there is no capacity.
        """
        if self._stopping:
            raise Refused(503, "stopping")
        if not stream_key:
            raise Refused(500, "request needs to specify either IngressId or StreamKey")
        try:
            ingress = await self._livekit.bridge.ingress_info(stream_key)
        except RpcFailed as failure:
            raise Refused(failure.status, str(failure)) from failure
        if ingress.HasField("enabled") and not ingress.enabled:
            refusal = Refused(403, "session is disabled")
        elif ingress.input_type != via:
            refusal = Refused(400, "invalid ingress type")
        elif self._capacity is not None and len(self.sessions) >= self._capacity:
            refusal = Refused(429, "server capacity exceeded")
        else:
            return ingress
        # Like LiveKit Ingress, report the error: the server sends `ingress_ended` without a start.
        refused = Session(self._livekit, ingress, resource_id)
        refused.state.status = IngressState.ENDPOINT_ERROR
        refused.state.error = str(refusal)
        await refused.report()
        raise refusal

    async def _open(self, session: Session) -> None:
        await session.report()
        await self._livekit.bridge.open_session(session.ingress.ingress_id, session.resource_id)
        self.sessions[session.resource_id] = session

    def _start(self, session: Session) -> None:
        task = asyncio.create_task(self._run(session))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, session: Session) -> None:
        try:
            await session.run()
        finally:
            del self.sessions[session.resource_id]

    async def _on_event(self, message: Message) -> None:
        match message["event"]:
            case "Publish":
                await self._on_publish(message["connection"], message["streamKey"])
            case "End":
                await self._on_end(message)
            case "Media":
                if session := self.sessions.get(message["resourceId"]):
                    await session.on_media(message)
            case unknown:
                log.warning("unknown event: %s", unknown)

    async def _on_publish(self, connection: str, stream_key: str) -> None:
        bridge = self._livekit.bridge
        try:
            ingress = await self._admit(stream_key, IngressInput.RTMP_INPUT, connection)
            session = RtmpSession(self._livekit, ingress, connection)
            await self._open(session)
        except (Refused, RpcFailed) as refusal:
            log.info("%s: refused: %s", connection, refusal)
            await bridge.refuse_publish(connection)
            return
        self._start(session)

    async def _on_end(self, message: Message) -> None:
        session = self.sessions.get(message["resourceId"])
        if session is None:
            return
        # The server forgets a deleted ingress when it gets this reply. LiveKit Ingress reports the
        # end after that, so no `ingress_ended` is sent. For an update, the report comes first.
        session.end(Ending("context canceled", is_reported=message["because"] != "Deleted"))
        await session.finished.wait()
        await self._livekit.bridge.confirm_end(message["request"], session.state)
