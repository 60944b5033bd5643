"""Words that are decided on, stored, and sent: one type for the table, the rules, and the API."""

from typing import Literal

State = Literal["offline", "live", "reconnecting"]
"""What a stream is doing. `reconnecting` is the drop grace period."""

EndReason = Literal["stopped", "ended", "reset", "capped"]
"""Why a broadcast ended: the encoder stopped, the creator ended it, the key was reset, or it was
over a cap of the site."""

Cap = Literal["live_channels", "daily_hours"]
"""A cap that the operator has set: on the channels that are live at once, or on the hours that one
channel streams on a day."""

Source = Literal["webhook", "reconciler", "repair", "creator", "operator"]
"""What reported a change of live state: a webhook, the run each minute, the check of one channel,
the creator, or an operator."""

Armed = Literal["off", "always", "half_hour"]
"""When a stream key works."""

InputType = Literal["rtmp", "whip"]
"""The protocol that an encoder speaks."""

EncoderFault = Literal[
    "no_capacity",
    "key_off",
    "ended",
    "disconnected",
    "not_ready",
    "format_changed",
    "timed_out",
    "no_media",
    "unknown",
]
"""Why LiveKit Ingress doesn't use an encoder's stream. `ended` is no failure: the creator ended the
broadcast, or changed the key. `no_media`: nothing that LiveKit can decode has arrived."""

Role = Literal["host", "moderator", "viewer", "guest"]
"""What someone is in a channel's chat."""

StandingState = Literal["suspended", "deleted"]
"""Why an account isn't in good standing."""

ReportReason = Literal["spam", "harassment", "sexual", "violence", "copyright", "other"]
"""Why something is reported."""

ReportState = Literal["open", "decided"]
"""Whether an operator has decided a report."""

Decision = Literal["dismissed", "warned", "suspended"]
"""What an operator decides about a report."""

OperatorAction = Literal[
    "suspended",
    "lifted",
    "appointed",
    "dismissed",
    "approved",
    "withdrawn",
    "report_dismissed",
    "report_warned",
    "report_suspended",
    "notice_set",
    "notice_removed",
]
"""What the operators' log records."""

ModerationAction = Literal[
    "deleted",
    "cleared",
    "timed_out",
    "timeout_ended",
    "blocked",
    "unblocked",
    "appointed",
    "dismissed",
]
"""What the moderation log records."""
