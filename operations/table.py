"""Settings of the table that a restored one lacks, and that nothing else reports."""

from typing import Any

from operations.checks import Failed, Warned


def require_expiry(client: Any, name: str) -> None:
    """Require TTL, without which sign-ins, limits, and chat messages stay forever.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if ttl.get("AttributeName") != "expires_at" or ttl["TimeToLiveStatus"] not in (
        "ENABLED",
        "ENABLING",
    ):
        raise Failed(
            f"items of {name} never expire",
            f"aws dynamodb update-time-to-live --table-name {name} "
            "--time-to-live-specification Enabled=true,AttributeName=expires_at",
        )


def require_backups(client: Any, name: str) -> None:
    """Warn without point-in-time recovery, the only backup. A restore doesn't turn it on.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
    """
    found = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = found.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise Warned(
            f"{name} has no backup: point-in-time recovery is off",
            f"aws dynamodb update-continuous-backups --table-name {name} "
            "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
        )
