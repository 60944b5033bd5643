"""The example of a privacy page states how long the code really keeps each kind of data."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from footlight import limits, settings
from footlight.accounts import retention
from footlight.chat import messages
from footlight.moderation import audit_log, timeouts
from footlight.operators import decisions
from footlight.people import guests, sign_in
from infra import config
from infra.branding import parse_pages
from tests.support import templates

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "branding" / "privacy.md"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def periods() -> Iterator[tuple[str, str]]:
    """Yield the first words of each row with a number, and the period that it states."""
    for data, kept in re.findall(r"^\| (.+?) \| (.+?) \|$", EXAMPLE.read_text(), re.MULTILINE):
        if found := re.search(r"\d+ (?:minutes|hours|days)", kept):
            yield " ".join(data.split()[:4]), found[0]


def days(period: timedelta) -> str:
    assert period % DAY == timedelta()
    return f"{period // DAY} days"


def hours(period: timedelta) -> str:
    assert period % HOUR == timedelta()
    return f"{period // HOUR} hours"


def log_retentions() -> set[int]:
    resources = templates.template("production")["Resources"].values()
    return {
        resource["Properties"]["RetentionInDays"]
        for resource in resources
        if resource["Type"] == "AWS::Logs::LogGroup"
    }


def test_every_period_of_the_example_is_that_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTLIGHT_CHAT_HISTORY_HOURS", raising=False)
    (logs_days,) = log_retentions()
    longest_window = timedelta(seconds=max(limit.seconds for limit in limits.LIMITS.values()))
    assert dict(periods()) == {
        "Your username after you": days(retention.RESERVED),
        "A hash of your": days(retention.RESERVED),
        "Timeouts that moderators set": days(timedelta(seconds=timeouts.MAX_SECONDS)),
        "Your chat messages": hours(timedelta(hours=settings.chat_history_hours())),
        "How often you write,": hours(messages.CHATTER_LIFETIME),
        "Which chats you wrote": hours(messages.RECORD_MARGIN),
        "A channel's moderation log:": days(audit_log.LIFETIME),
        "Reports that you make,": days(decisions.DECIDED_LIFETIME),
        # A counter outlives its window by a minute.
        "Counters of your requests,": f"{longest_window // timedelta(minutes=1) + 1} minutes",
        "Logs of requests, with": f"{logs_days} days",
        # The default of DynamoDB, and its maximum:
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
        "Copies of the database,": "35 days",
        "A cookie that keeps": days(timedelta(seconds=sign_in.SESSION_SECONDS)),
        "A cookie while you": f"{sign_in.LOGIN_SECONDS // 60} minutes",
        "A cookie that gives": days(timedelta(seconds=guests.GUEST_SECONDS)),
    }


def test_the_example_states_the_default_of_the_chat_s_history() -> None:
    assert config.read_config({}).chat_history_hours == settings.chat_history_hours()


def test_the_example_is_a_page_of_the_site() -> None:
    page = parse_pages({"privacy": EXAMPLE.read_text()})["privacy"]
    assert page.title == "Privacy"
    assert page.content.count("<table>") == 2
