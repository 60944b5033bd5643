"""The Go program beside this package, which speaks LiveKit's RPC and RTMP, as an object."""

import asyncio
import contextlib
import json
import logging
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from livekit.protocol.ingress import IngressInfo, IngressState

log = logging.getLogger(__name__)

LONGEST_LINE = 1 << 20
START_SECONDS = 15.0
STOP_SECONDS = 2.0

Message = dict[str, Any]
"""One message of the program, as its messages.go describes it."""


class RpcFailed(Exception):
    """LiveKit, or the program itself, answered an error.

    `status` is the HTTP status that LiveKit Ingress answers a WHIP client for it; `code` is
    LiveKit's word: `not_found`, `permission_denied`, `unavailable`, …
    """

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Bridge:
    """Calls and events, between `start` and `stop`; `gone` is set when the program has ended."""

    def __init__(self, process: Process, calls: StreamWriter, replies: StreamReader) -> None:
        self.gone = asyncio.Event()
        self.listening = asyncio.Event()
        self.on_event: Callable[[Message], Awaitable[None]] | None = None
        self._process = process
        self._lines = calls
        self._calls: dict[int, asyncio.Future[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked = 0
        self._reader = asyncio.create_task(self._read(replies))

    @classmethod
    async def start(
        cls, program: Path, *, redis: str, rtmp_port: int, media: Path, silence_seconds: float
    ) -> "Bridge":
        """Start the program, and wait until it has reached Redis and takes RTMP.

        Raises FileNotFoundError where the program is missing, RuntimeError where it ends at once
        (it says why on standard error).
        """
        process = await asyncio.create_subprocess_exec(
            str(program.resolve()),
            *("--redis", redis, "--rtmp-port", str(rtmp_port), "--media", str(media)),
            *("--silence", f"{silence_seconds}s"),
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST_LINE,
            # Apart, so that a terminal's Ctrl-C reaches it only through this process.
            start_new_session=True,
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError(f"{program} can't be spoken to")
        bridge = cls(process, process.stdin, process.stdout)
        waits = [
            asyncio.create_task(bridge.listening.wait()),
            asyncio.create_task(bridge.gone.wait()),
        ]
        await asyncio.wait(waits, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not bridge.listening.is_set():
            await bridge.stop()
            raise RuntimeError(f"{program} has not started")
        return bridge

    async def stop(self) -> None:
        """End the program, which ends when it is asked nothing more."""
        self._lines.close()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader

    async def ingress_info(self, stream_key: str) -> IngressInfo:
        """The ingress of a stream key. RpcFailed: `not_found` for an unknown one."""
        reply = await self._call("GetIngressInfo", streamKey=stream_key)
        return json_format.ParseDict(reply["ingress"], IngressInfo(), ignore_unknown_fields=True)

    async def update_state(self, ingress_id: str, state: IngressState) -> None:
        """Tell the server how the ingress is; it sends the webhook that this makes due."""
        await self._call("UpdateIngressState", ingressId=ingress_id, state=_as_dict(state))

    async def open_session(self, ingress_id: str, resource_id: str) -> None:
        """Take the server's calls for a live ingress: `End` events."""
        await self._call("OpenSession", ingressId=ingress_id, resourceId=resource_id)

    async def watch_participant(self, resource_id: str, participant_id: str) -> None:
        """Take what the server tells of the session's participant: `Media` events."""
        await self._call("WatchParticipant", resourceId=resource_id, participantId=participant_id)

    async def close_session(self, resource_id: str) -> None:
        """Take no more calls for it."""
        await self._call("CloseSession", resourceId=resource_id)

    async def ended(self, request: int, state: IngressState) -> None:
        """Answer an `End` event: the session has ended, in this state."""
        await self._call("Ended", request=request, state=_as_dict(state))

    async def accept_publish(self, connection: str) -> Path:
        """Let an encoder publish; the socket to read its media from, as FLV."""
        reply = await self._call("AcceptPublish", connection=connection)
        return Path(reply["media"])

    async def refuse_publish(self, connection: str) -> None:
        """Answer an encoder NetStream.Publish.Failed, and close its connection."""
        await self._call("RefusePublish", connection=connection)

    async def disconnect(self, connection: str) -> None:
        """Close an encoder's connection; one that has gone already is no error."""
        await self._call("Disconnect", connection=connection)

    async def _call(self, method: str, **fields: object) -> Message:
        if self.gone.is_set():
            raise RpcFailed("unavailable", 503, "the RPC program has ended")
        self._asked += 1
        number = self._asked
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        try:
            line = json.dumps({"id": number, "method": method, **fields}) + "\n"
            self._lines.write(line.encode())
            with contextlib.suppress(ConnectionError):
                await self._lines.drain()
            reply = await answer
        finally:
            del self._calls[number]
        if error := reply.get("error"):
            raise RpcFailed(error["code"], error["status"], error["message"])
        return reply

    async def _read(self, replies: StreamReader) -> None:
        async for line in replies:
            message: Message = json.loads(line)
            if message.get("event") == "Listening":
                self.listening.set()
            elif "event" in message:
                if self.on_event is not None:
                    task = asyncio.ensure_future(self._tell(self.on_event, message))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            elif (answer := self._calls.get(message["id"])) and not answer.done():
                answer.set_result(message)
        self.gone.set()
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(RpcFailed("unavailable", 503, "the RPC program has ended"))

    @staticmethod
    async def _tell(on_event: Callable[[Message], Awaitable[None]], message: Message) -> None:
        try:
            await on_event(message)
        except RpcFailed as failure:
            log.info("%s not answered: %s", message["event"], failure)
        except Exception:
            log.exception("%s not answered", message["event"])


def _as_dict(state: IngressState) -> Message:
    return json_format.MessageToDict(state)
