"""The settings, secrets, and rights of each Lambda function, as data.

`stack.py` turns settings into environment variables, `grants.py` turns rights into IAM statements.
"""

from dataclasses import dataclass
from typing import Final, Literal

Setting = Literal[
    "site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits", "chat_history"
]
"""Each stands for one or more variables that the product's `settings.py` declares."""

SecretName = Literal["origin", "livekit", "site"]

Keys = tuple[str, ...]
"""Patterns of partition keys, such as `USER#*`. An empty tuple grants nothing."""

ALL: Final[Keys] = ("*",)
"""Every item in the table."""

GATEWAY_SECONDS: Final = 29
"""API Gateway stops waiting for a function after 30 s."""

RUN_SECONDS: Final = 50
"""The reconciler's timeout. The next run starts one minute after the previous one started."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The settings and rights of one function. All rights on the table are partition key patterns.

    A function that answers requests needs the `site_url` setting and the `origin` secret, which
    proves that a request came through CloudFront.
    """

    settings: tuple[Setting, ...]
    secrets: tuple[SecretName, ...]
    read: Keys = ()
    """GetItem and BatchGetItem."""
    query: Keys = ()
    query_index: bool = False
    """Query the index `lists`, which can't be limited by key."""
    write: Keys = ()
    """PutItem, UpdateItem, DeleteItem, and ConditionCheckItem."""
    batch_write: Keys = ()
    put: Keys = ()
    update: Keys = ()
    check: Keys = ()
    """ConditionCheckItem."""
    starts_checks: bool = False
    """Invoke the reconcile function, which checks one channel in the background."""
    starts_parts: bool = False
    """Invoke itself, to split its work."""
    timeout_seconds: int = 10


CHAT: Final = ("CHAT#*", "CHATID#*", "CHATTER#*", "LIMIT#*")
MODERATION: Final = (
    *("CHAT#*", "CHATTER#*", "TIMEOUT#*", "BLOCK#*", "FOLLOW#*", "USER#*", "LIMIT#*"),
)

FUNCTIONS: Final = {
    "token": Needs(
        settings=("site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits"),
        secrets=("origin", "livekit", "site"),
        read=("NAME#*", "SUBJECT#*", "BLOCK#*", "LIVE#*", "USER#*"),
        update=("LIMIT#*",),
        starts_checks=True,
    ),
    "ingress": Needs(
        settings=("site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits"),
        secrets=("origin", "livekit"),
        read=ALL,
        write=("USER#*", "INGRESS#*", "LIVE#*", "SESSION#*", "LEASE#*", "LIMIT#*"),
        starts_checks=True,
        timeout_seconds=GATEWAY_SECONDS,
    ),
    "webhook": Needs(
        settings=("site_url", "table", "drop_grace"),
        secrets=("origin", "livekit"),
        read=("INGRESS#*", "LIVE#*", "BLOCK#*", "USER#*"),
        put=("LIVE#*", "SESSION#*"),
        starts_checks=True,
    ),
    "pages": Needs(
        settings=("site_url", "table", "sign_in", "drop_grace"),
        secrets=("origin",),
        read=ALL,
        query=ALL,
        query_index=True,
        starts_checks=True,
    ),
    "account": Needs(
        settings=("site_url", "table", "sign_in", "drop_grace", "limits"),
        secrets=("origin",),
        read=ALL,
        write=("NAME#*", "SKELETON#*", "SUBJECT#*", "USER#*", "WORD#*", "LIMIT#*"),
        starts_checks=True,
    ),
    "social": Needs(
        settings=("site_url", "table", "sign_in", "limits"),
        secrets=("origin",),
        read=ALL,
        write=("FOLLOW#*", "USER#*", "LIMIT#*"),
        check=("BLOCK#*",),
    ),
    "chat": Needs(
        settings=("site_url", "table", "livekit_url", "drop_grace", "chat_history", "limits"),
        secrets=("origin", "livekit", "site"),
        read=("USER#*", "LIVE#*", "BLOCK#*", "FOLLOW#*", "TIMEOUT#*", *CHAT),
        query=("CHAT#*",),
        put=CHAT,
        update=CHAT,
    ),
    "moderation": Needs(
        settings=("site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits"),
        secrets=("origin", "livekit"),
        read=ALL,
        query=ALL,
        write=MODERATION,
        batch_write=MODERATION,
        # Entries of the audit log are added but never changed: each one has its own key.
        put=("MODLOG#*",),
        starts_checks=True,
    ),
    "session": Needs(settings=("site_url", "sign_in"), secrets=("origin", "site")),
    "reconcile": Needs(
        settings=("table", "livekit_url", "drop_grace"),
        secrets=("livekit",),
        read=ALL,
        query=ALL,
        query_index=True,
        write=("LIVE#*", "SESSION#*", "LEASE#*", "USER#*"),
        starts_parts=True,
        timeout_seconds=RUN_SECONDS,
    ),
}
