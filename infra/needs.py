"""The settings, secrets, and rights of each Lambda function, as data.

`stack.py` turns settings into environment variables, `grants.py` turns rights into IAM statements.
"""

from dataclasses import dataclass
from typing import Final, Literal

Setting = Literal[
    "site_url",
    "site_name",
    "table",
    "sign_in",
    "sign_up",
    "user_pool",
    "livekit_url",
    "drop_grace",
    "limits",
    "chat_history",
    "max_viewers",
    "streaming",
    "caps",
]
"""Each stands for one or more variables that the product's `settings.py` declares."""

UserAction = Literal["AdminGetUser", "AdminDeleteUser"]

SecretName = Literal["origin", "livekit", "site"]

Keys = tuple[str, ...]
"""Patterns of partition keys, such as `USER#*`. An empty tuple grants nothing."""

GATEWAY_SECONDS: Final = 29
"""API Gateway stops waiting for a function after 30 s."""

RUN_SECONDS: Final = 50
"""The reconciler's timeout. The next run starts one minute after the previous one started."""

ERASED: Final[Keys] = (
    *("FOLLOW#*", "BLOCK#*", "SESSION#*", "WROTE#*"),
    *("CHAT#*", "CHATID#*", "TIMEOUT#*"),
)
"""What is erased of a deleted account, page by page. Entries of the moderation log expire: no
function may delete one."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The settings and rights of one function. All rights on the table are partition key patterns.

    Each action has one list of patterns, and `grants.py` makes one statement of it. A transaction
    may put two kinds of items, and AWS doesn't document whether IAM compares `LeadingKeys` with the
    key of each item or with the keys of all items that are put. One statement allows both.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html

    A function that answers requests needs the `site_url` setting and the `origin` secret, which
    proves that a request came through CloudFront.
    """

    settings: tuple[Setting, ...]
    secrets: tuple[SecretName, ...]
    read: Keys = ()
    """GetItem and BatchGetItem."""
    get: Keys = ()
    """GetItem alone."""
    query: Keys = ()
    query_index: bool = False
    """Query the index `lists`, which can't be limited by key."""
    put: Keys = ()
    update: Keys = ()
    delete: Keys = ()
    check: Keys = ()
    """ConditionCheckItem."""
    batch_write: Keys = ()
    starts_checks: bool = False
    """Invoke the reconcile function, which checks one channel in the background."""
    starts_parts: bool = False
    """Invoke itself, to split its work."""
    users: tuple[UserAction, ...] = ()
    """Actions on users of the stack's own user pool."""
    timeout_seconds: int = 10


FUNCTIONS: Final = {
    "token": Needs(
        settings=(
            *("site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits"),
            "max_viewers",
        ),
        secrets=("origin", "livekit", "site"),
        read=("NAME#*", "SUBJECT#*", "BLOCK#*", "LIVE#*", "USER#*", "STANDING#*"),
        update=("LIMIT#*",),
        starts_checks=True,
    ),
    "ingress": Needs(
        settings=(
            *("site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits"),
            *("streaming", "caps"),
        ),
        secrets=("origin", "livekit"),
        read=("SUBJECT#*", "USER#*", "LIVE#*", "STANDING#*", "STREAMER#*"),
        get=("LEASE#*",),
        put=("INGRESS#*", "LIVE#*", "SESSION#*"),
        update=("USER#*", "LEASE#*", "LIMIT#*", "USAGE#*"),
        delete=("INGRESS#*", "LEASE#*"),
        check=("LEASE#*",),
        starts_checks=True,
        timeout_seconds=GATEWAY_SECONDS,
    ),
    "webhook": Needs(
        settings=("site_url", "table", "drop_grace"),
        secrets=("origin", "livekit"),
        read=("INGRESS#*", "LIVE#*", "BLOCK#*", "USER#*", "STANDING#*"),
        put=("LIVE#*", "SESSION#*"),
        update=("USAGE#*",),
        starts_checks=True,
    ),
    "pages": Needs(
        settings=("site_url", "site_name", "table", "sign_in", "drop_grace"),
        secrets=("origin",),
        read=(
            *("NAME#*", "SUBJECT#*", "USER#*", "LIVE#*", "FOLLOW#*", "BLOCK#*", "STANDING#*"),
            "NOTICE",
        ),
        query=("FOLLOW#*", "SESSION#*", "WORD#*"),
        query_index=True,
        starts_checks=True,
    ),
    "account": Needs(
        settings=(
            *("site_url", "site_name", "table", "sign_in", "sign_up", "drop_grace", "limits"),
            "user_pool",
        ),
        secrets=("origin", "site"),
        read=(
            *("SUBJECT#*", "EMAIL#*", "USER#*", "LIVE#*"),
            *("STANDING#*", "OPERATOR#*", "REPORTED#*"),
        ),
        # The export.
        query=(
            *("FOLLOW#*", "BLOCK#*", "TIMEOUT#*", "SESSION#*"),
            *("WROTE#*", "CHAT#*", "MODLOG#*"),
        ),
        put=(
            *("NAME#*", "SKELETON#*", "SUBJECT#*", "USER#*", "WORD#*"),
            *("STANDING#*", "DELETION#*"),
        ),
        update=("USER#*", "LIMIT#*"),
        # The deletion of the caller's own account; the last two when the person returns.
        delete=(
            *("NAME#*", "SKELETON#*", "SUBJECT#*", "USER#*", "WORD#*"),
            *("STANDING#*", "EMAIL#*"),
        ),
        check=("NAME#*", "SKELETON#*", "DELETION#*"),
        starts_checks=True,
        users=("AdminGetUser",),
    ),
    "social": Needs(
        settings=("site_url", "table", "sign_in", "limits"),
        secrets=("origin", "site"),
        read=(
            *("NAME#*", "SUBJECT#*", "STANDING#*"),
            *("USER#*", "CHAT#*", "CHATID#*", "REPORT#*"),  # what is reported
        ),
        put=("FOLLOW#*", "REPORT#*"),
        update=("USER#*", "LIMIT#*", "REPORTED#*"),
        delete=("FOLLOW#*",),
        check=("BLOCK#*", "STANDING#*"),
    ),
    "chat": Needs(
        settings=("site_url", "table", "livekit_url", "drop_grace", "chat_history", "limits"),
        secrets=("origin", "livekit", "site"),
        read=(
            *("USER#*", "LIVE#*", "BLOCK#*", "FOLLOW#*", "TIMEOUT#*"),
            *("CHAT#*", "CHATID#*", "CHATTER#*", "STANDING#*"),
        ),
        query=("CHAT#*",),
        put=("CHAT#*", "CHATID#*", "WROTE#*"),
        update=("CHATTER#*", "LIMIT#*"),
    ),
    "moderation": Needs(
        settings=("site_url", "table", "sign_in", "livekit_url", "drop_grace", "limits"),
        secrets=("origin", "livekit"),
        read=(
            *("NAME#*", "SUBJECT#*", "USER#*", "LIVE#*"),
            *("BLOCK#*", "FOLLOW#*", "CHAT#*", "CHATID#*", "STANDING#*"),
        ),
        query=("BLOCK#*", "CHAT#*", "MODLOG#*", "TIMEOUT#*"),
        # The code adds entries of the moderation log only if their key is new. IAM can't require
        # that of PutItem. No function may update or delete an entry.
        put=("BLOCK#*", "TIMEOUT#*", "MODLOG#*"),
        update=("USER#*", "CHAT#*", "CHATTER#*", "LIMIT#*"),
        delete=("BLOCK#*", "FOLLOW#*", "TIMEOUT#*"),
        check=("BLOCK#*", "FOLLOW#*", "STANDING#*"),
        batch_write=("CHAT#*",),
        starts_checks=True,
    ),
    "admin": Needs(
        settings=("site_url", "table", "sign_in", "drop_grace", "limits", "streaming", "caps"),
        secrets=("origin",),
        # No function may write the role, or update or delete an entry of the operators' log.
        read=(
            *("NAME#*", "SUBJECT#*", "USER#*", "LIVE#*", "STANDING#*", "OPERATOR#*"),
            *("REPORT#*", "REPORTED#*", "STREAMER#*", "USAGE#*"),
        ),
        query=("WORD#*", "OPLOG"),
        query_index=True,
        put=("STANDING#*", "STREAMER#*", "OPLOG", "NOTICE"),
        update=("LIMIT#*", "REPORT#*", "REPORTED#*"),
        delete=("STREAMER#*", "NOTICE"),
        starts_checks=True,
    ),
    "session": Needs(
        settings=("site_url", "table", "sign_in", "limits"),
        secrets=("origin", "site"),
        read=("SIGNOUT#*",),
        update=("LIMIT#*", "SIGNOUT#*"),
    ),
    "reconcile": Needs(
        settings=("table", "livekit_url", "drop_grace", "user_pool", "streaming", "caps"),
        secrets=("livekit", "site"),
        read=(
            *("LIVE#*", "USER#*", "BLOCK#*", "STANDING#*", "STREAMER#*"),
            *("DELETION#*", "SUBJECT#*", "EMAIL#*"),
        ),
        query=ERASED,
        query_index=True,
        put=("LIVE#*", "SESSION#*", "SUBJECT#*", "EMAIL#*", "STANDING#*"),
        update=("USER#*", "LEASE#*", "STANDING#*", "DELETION#*", "USAGE#*", "SUBJECT#*"),
        delete=(
            *("LEASE#*", "STANDING#*", "DELETION#*", "SUBJECT#*", "EMAIL#*"),
            *("FOLLOW#*", "USER#*", "LIVE#*", "INGRESS#*", "OPERATOR#*", "STREAMER#*"),
        ),
        check=("LEASE#*", "USER#*"),
        batch_write=ERASED,
        starts_parts=True,
        users=("AdminGetUser", "AdminDeleteUser"),
        timeout_seconds=RUN_SECONDS,
    ),
}
