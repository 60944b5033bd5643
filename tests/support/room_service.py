"""LiveKit's RoomService as far as a block needs it: a real server speaking Twirp with protobufs.

https://docs.livekit.io/home/server/managing-participants/
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import (
    ListParticipantsRequest,
    ListParticipantsResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
)


class RoomService:
    """`rooms` maps a room to the identities in it."""

    def __init__(self) -> None:
        self.rooms: dict[str, list[str]] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = service.answer(self.path.rpartition("/")[2], body)
                self.send_response(200 if answer is not None else 404)
                known = answer is not None
                said = answer.SerializeToString() if known else b'{"code":"not_found","msg":"gone"}'
                kind = "application/protobuf" if known else "application/json"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"ws://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stops the server."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, body: bytes) -> Any:
        """One call; None where there is no such room or participant."""
        if method == "ListParticipants":
            room = self.rooms.get(ListParticipantsRequest.FromString(body).room)
            if room is None:
                return None
            there = [ParticipantInfo(identity=identity) for identity in room]
            return ListParticipantsResponse(participants=there)
        asked = RoomParticipantIdentity.FromString(body)
        if asked.identity not in self.rooms.get(asked.room, []):
            return None
        self.rooms[asked.room].remove(asked.identity)
        return RemoveParticipantResponse()
