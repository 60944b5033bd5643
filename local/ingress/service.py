"""Who may publish, and the broadcasts that are live."""

import asyncio
import logging

from livekit.protocol.ingress import IngressInfo, IngressInput, IngressState

from local.ingress.bridge import Message, RpcFailed
from local.ingress.session import Ending, LiveKit, RtmpSession, Session, WhipSession

log = logging.getLogger(__name__)

STOP_SECONDS = 4.0


class Refused(Exception):
    """Publishing is refused; `status` is what LiveKit Ingress answers a WHIP client."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Service:
    """Admits encoders and keeps their sessions, by resource id."""

    def __init__(self, livekit: LiveKit) -> None:
        self.sessions: dict[str, Session] = {}
        self._livekit = livekit
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False
        livekit.bridge.on_event = self._on_event

    @property
    def is_well(self) -> bool:
        """Whether encoders can be taken."""
        return not self._livekit.bridge.gone.is_set() and not self._stopping

    async def admit_whip(self, stream_key: str, resource_id: str, offer: str) -> WhipSession:
        """Start a WHIP broadcast, unless it is Refused."""
        ingress = await self._admit(stream_key, IngressInput.WHIP_INPUT, resource_id)
        session = WhipSession(self._livekit, ingress, resource_id, offer)
        await self._open(session)
        self._start(session)
        return session

    async def stop(self) -> None:
        """End all broadcasts, and take no more."""
        self._stopping = True
        for session in list(self.sessions.values()):
            session.end(Ending())
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_SECONDS)

    async def _admit(self, stream_key: str, via: IngressInput, resource_id: str) -> IngressInfo:
        """The ingress of a key, where it may be used now, and in this way."""
        if self._stopping:
            raise Refused(503, "stopping")
        if not stream_key:
            raise Refused(401, "no stream key")
        try:
            ingress = await self._livekit.bridge.ingress_info(stream_key)
        except RpcFailed as failure:
            raise Refused(failure.status, failure.code) from failure
        if ingress.HasField("enabled") and not ingress.enabled:
            refusal = Refused(403, "session is disabled")
        elif ingress.input_type != via:
            refusal = Refused(400, "invalid ingress type")
        else:
            return ingress
        # LiveKit Ingress tells the server of it, which makes an `ingress_ended` without a start.
        refused = Session(self._livekit, ingress, resource_id)
        refused.state.status = IngressState.ENDPOINT_ERROR
        refused.state.error = str(refusal)
        await refused.tell()
        raise refusal

    async def _open(self, session: Session) -> None:
        await session.tell()
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
                log.warning("no such event: %s", unknown)

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
        # The server drops a deleted ingress as soon as it is answered, and with it what LiveKit
        # Ingress tells it then: no `ingress_ended` comes. An updated one is told of before.
        session.end(Ending(told=message["because"] != "Deleted"))
        await session.finished.wait()
        await self._livekit.bridge.ended(message["request"], session.state)
