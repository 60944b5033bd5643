"""Ann's chat, as its members use it."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from footlight import clock, identities
from footlight.identities import Guest, Viewer
from footlight.tables import items, live, users
from footlight.tables.chat import Message, message, message_place, messages_list
from footlight.watching import viewer_tokens
from tests.support.api import Answer, Api, Person
from tests.support.livekit import LiveKit
from tests.support.people import goes_live
from tests.support.stored import change_item, write_items
from tests.support.world import GUEST, TAB

Heard = dict[str, Any]


def viewer(who: Person | Guest) -> Viewer:
    """Return the viewer that a viewer token is made for."""
    return who if isinstance(who, Guest) else identities.Person(who.id, who.username)


class Chat:
    """Ann is live. Mia is her moderator; bob, carl and a guest watch, each with a viewer token."""

    def __init__(self, api: Api, livekit: LiveKit) -> None:
        self.api, self.livekit = api, livekit
        self.ann, self.bob, self.carl, self.mia = map(api.joins, ("ann", "bob", "carl", "mia"))
        self.guest = Guest(GUEST)
        self.writes_settings(moderators={self.mia.id})
        goes_live(identities.Person(self.ann.id, "ann"))
        watching = [self.identity(who) for who in (self.bob, self.carl, self.mia, self.guest)]
        livekit.rooms[self.ann.id] = [self.ann.id, *watching]

    def identity(self, who: Person | Guest, tab: str = TAB) -> str:
        """Return the identity of one tab in ann's room."""
        return identities.viewer_identity(viewer(who), tab, host_id=self.ann.id)

    def token(self, who: Person | Guest, host: Person | None = None) -> str:
        """Return a viewer token, for ann's room by default."""
        host_id = (host or self.ann).id
        return viewer_tokens.mint(viewer(who), host_id=host_id, tab=TAB, hidden=False).token

    # --- in the chat ---

    def says(self, who: Person | Guest, text: str, id: str | None = None) -> Answer:
        """Post a message."""
        body = {"text": text, "id": id or str(uuid.uuid4())}
        return self.api.post("/api/chat/ann", body, token=self.token(who))

    def said(self, who: Person | Guest, text: str) -> str:
        """Post a message, and return its id."""
        answer = self.says(who, text)
        assert answer.status == 201, answer.text
        message_id: str = answer.body["id"]
        return message_id

    def reads(self, who: Person | Guest, before: str | None = None) -> Any:
        """Read a page of the chat."""
        query = {"before": before} if before else None
        answer = self.api.get("/api/chat/ann", token=self.token(who), query=query)
        assert answer.status == 200, answer.text
        return answer.body

    def texts(self) -> list[str]:
        """Return the texts that carl reads."""
        return [message["text"] for message in self.reads(self.carl)["messages"]]

    def heard(self) -> list[Heard]:
        """Return the events sent to the room since the last call."""
        assert {topic for topic, _ in self.livekit.heard} <= {"chat.v1"}
        heard = [news for _, news in self.livekit.heard]
        self.livekit.heard.clear()
        return heard

    # --- what ann and her moderators do ---

    def does(self, who: Person, method: str, what: str, body: Any = None, **rest: Any) -> Answer:
        """Moderate ann's chat."""
        return self.api.call(method, f"/api/chat/ann/{what}", body, signed_in_as=who, **rest)

    def sets(self, **changes: Any) -> None:
        """Change ann's settings through the API."""
        answer = self.api.patch("/api/stream", changes, signed_in_as=self.ann)
        assert answer.status == 200, answer.text

    def log(self) -> list[dict[str, Any]]:
        """Return the entries of ann's audit log, newest first."""
        answer = self.api.get("/api/moderation/log", signed_in_as=self.ann)
        assert answer.status == 200, answer.text
        entries: list[dict[str, Any]] = answer.body["entries"]
        return entries

    # --- the table ---

    def stream(self) -> users.Stream:
        """Return ann's stored settings."""
        stream = items.get(users.stream(self.ann.id), consistent=True)
        assert isinstance(stream, users.Stream)
        return stream

    def writes_settings(self, **settings: Any) -> None:
        """Write ann's settings to the table."""
        change_item(users.stream(self.ann.id), **settings)

    def goes_offline(self) -> None:
        """End ann's broadcast and empty her room."""
        write_items(live.live_state(self.ann.id).new(user_id=self.ann.id, live=False))
        self.livekit.rooms.pop(self.ann.id, None)

    def kept(self) -> list[Message]:
        """Return all stored messages, oldest first."""
        return list(Message.query(messages_list(self.ann.id), consistent_read=True))

    def keeps(
        self,
        sent_ms: list[int],
        *,
        who: Person | None = None,
        expires_at: datetime | None = None,
    ) -> list[str]:
        """Store messages by bob or another person. Return their ids in order."""
        sender = who or self.bob
        ids = sorted(str(uuid.uuid4()) for _ in sent_ms)
        write_items(
            *(
                message(self.ann.id, message_place(at, message_id)).new(
                    message_id=message_id,
                    sent_ms=at,
                    text=f"said at {at}",
                    viewer_id=sender.id,
                    identity=self.identity(sender),
                    name=sender.username,
                    role="viewer",
                    expires_at=expires_at or clock.now() + timedelta(hours=1),
                )
                for at, message_id in zip(sorted(sent_ms), ids, strict=True)
            )
        )
        return ids
