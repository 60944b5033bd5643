"""A client of the Go program in `rpc/`, which speaks LiveKit's RPC and RTMP."""

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

MAX_LINE_BYTES = 1 << 20
START_SECONDS = 15.0
STOP_SECONDS = 2.0

Message = dict[str, Any]
"""A message of the program. Its messages.go describes them."""


class RpcFailed(Exception):
    """An error from LiveKit or from the program.

    `code` is LiveKit's: `not_found`, `permission_denied`, `unavailable`, …. `status` is the HTTP
    status that LiveKit Ingress returns to a WHIP client for this code.
    """

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Bridge:
    """The program's calls and events between `start` and `stop`. `gone` is set when it ends."""

    def __init__(self, process: Process, calls: StreamWriter, replies: StreamReader) -> None:
        self.gone = asyncio.Event()
        self.listening = asyncio.Event()
        self.on_event: Callable[[Message], Awaitable[None]] | None = None
        self._process = process
        self._lines = calls
        self._calls: dict[int, asyncio.Future[Message]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_id = 0
        self._reader = asyncio.create_task(self._read(replies))

    @classmethod
    async def start(
        cls, program: Path, *, redis: str, rtmp_port: int, media: Path, silence_seconds: float
    ) -> "Bridge":
        """Start the program, and wait until it is connected to Redis and accepts RTMP.

        Raises RuntimeError if the program ends or isn't ready after 15 s. The program logs the
        reason on standard error.
        """
        process = await asyncio.create_subprocess_exec(
            str(program.resolve()),
            *("--redis", redis, "--rtmp-port", str(rtmp_port), "--media", str(media)),
            *("--silence", f"{silence_seconds}s"),
            stdin=PIPE,
            stdout=PIPE,
            limit=MAX_LINE_BYTES,
            # In its own session, so that Ctrl-C in a terminal reaches only this process.
            start_new_session=True,
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError(f"{program} has no standard input or output")
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
            raise RuntimeError(f"{program} did not start; see its messages above")
        return bridge

    async def stop(self) -> None:
        """Close the program's standard input, which ends it. Kill it after 2 s."""
        self._lines.close()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reader

    async def ingress_info(self, stream_key: str) -> IngressInfo:
        """Return the ingress of a stream key. Raises RpcFailed, `not_found` for an unknown key."""
        reply = await self._call("GetIngressInfo", streamKey=stream_key)
        return json_format.ParseDict(reply["ingress"], IngressInfo(), ignore_unknown_fields=True)

    async def update_state(self, ingress_id: str, state: IngressState) -> None:
        """Send the state of an ingress to the server, which sends the webhook for it."""
        await self._call("UpdateIngressState", ingressId=ingress_id, state=_as_dict(state))

    async def open_session(self, ingress_id: str, resource_id: str) -> None:
        """Subscribe to the server's calls for a live ingress: `End` events."""
        await self._call("OpenSession", ingressId=ingress_id, resourceId=resource_id)

    async def watch_participant(self, resource_id: str, participant_id: str) -> None:
        """Subscribe to the server's reports about the session's participant: `Media` events."""
        await self._call("WatchParticipant", resourceId=resource_id, participantId=participant_id)

    async def close_session(self, resource_id: str) -> None:
        """Unsubscribe from the calls and reports of a session."""
        await self._call("CloseSession", resourceId=resource_id)

    async def confirm_end(self, request: int, state: IngressState) -> None:
        """Reply to an `End` event: the session has ended in this state."""
        await self._call("Ended", request=request, state=_as_dict(state))

    async def accept_publish(self, connection: str) -> Path:
        """Let an encoder publish. Return the socket with its media as FLV."""
        reply = await self._call("AcceptPublish", connection=connection)
        return Path(reply["media"])

    async def refuse_publish(self, connection: str) -> None:
        """Send NetStream.Publish.Failed to an encoder and close its connection."""
        await self._call("RefusePublish", connection=connection)

    async def disconnect(self, connection: str) -> None:
        """Close an encoder's connection. No-op if it is already closed."""
        await self._call("Disconnect", connection=connection)

    async def _call(self, method: str, **fields: object) -> Message:
        if self.gone.is_set():
            raise RpcFailed("unavailable", 503, "ingress-rpc has ended")
        self._last_id += 1
        call_id = self._last_id
        response: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._calls[call_id] = response
        try:
            line = json.dumps({"id": call_id, "method": method, **fields}) + "\n"
            self._lines.write(line.encode())
            with contextlib.suppress(ConnectionError):
                await self._lines.drain()
            reply = await response
        finally:
            del self._calls[call_id]
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
                    task = asyncio.ensure_future(self._handle(self.on_event, message))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            elif (response := self._calls.get(message["id"])) and not response.done():
                response.set_result(message)
        self.gone.set()
        for response in self._calls.values():
            if not response.done():
                response.set_exception(RpcFailed("unavailable", 503, "ingress-rpc has ended"))

    @staticmethod
    async def _handle(on_event: Callable[[Message], Awaitable[None]], message: Message) -> None:
        try:
            await on_event(message)
        except RpcFailed as failure:
            log.info("handling %s failed: %s", message["event"], failure)
        except Exception:
            log.exception("handling %s failed", message["event"])


def _as_dict(state: IngressState) -> Message:
    return json_format.MessageToDict(state)
