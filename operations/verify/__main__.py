"""`python -m operations.verify`: check a deployment, after a deploy.

It creates a test creator and a test viewer, and removes them. It prints OK, WARN, FAIL, or SKIP for
each check, and exits 1 if one failed.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Final

from operations import checks
from operations.checks import Check, Finding, Line
from operations.deployment import Deployment, Stack, configured, is_emulated
from operations.leftovers import leftovers
from operations.verify import livekit, parts, people, sign_in, site, watching
from operations.verify.people import Visit

OfDeployment = Callable[[Deployment], str]


def _of(run: OfDeployment) -> Callable[[Visit], str]:
    return lambda visit: run(visit.deployment)


CHECKS: Final = (
    Check("stack", _of(parts.stack)),
    Check("distribution", _of(parts.distribution)),
    Check("table", _of(parts.table)),
    Check("schedule", _of(parts.schedule)),
    Check("SnapStart", _of(parts.snap_start)),
    Check("page", _of(site.page)),
    Check("deep link", _of(site.deep_link)),
    Check("channel page", _of(site.channel_page)),
    Check("HTTPS", _of(site.https)),
    Check("site settings", _of(site.settings)),
    Check("assets", _of(site.assets)),
    Check("compression", _of(site.compression)),
    Check("cache", _of(site.cache)),
    Check("cache per caller", _of(site.cache_per_caller)),
    Check("unknown path", _of(site.unknown_path)),
    Check("unknown method", _of(site.unknown_method)),
    Check("API's own address", _of(site.api_address)),
    Check("domain", _of(site.domain)),
    Check("sign-in page", _of(sign_in.login)),
    Check("sign-in refusals", _of(sign_in.refusals)),
    Check("test people", people.create),
    Check("moderation", people.moderation),
    Check("moderation deletions", people.deletions),
    Check("moderation log", people.moderation_log),
    Check("channel", people.channel),
    Check("stream key", people.stream_key),
    Check("guest token", people.guest),
    Check("guest chat", people.guest_chat),
    Check("signed webhook", _of(livekit.signed_webhook)),
    Check("forged webhook", _of(livekit.forged_webhook)),
    Check("LiveKit's webhooks", _of(livekit.calls_webhook)),
    Check("alarm metrics", _of(watching.alarm_metrics)),
    Check("alarm states", _of(watching.alarm_states)),
    Check("alarm email", _of(watching.alarm_mail)),
    Check("access log", _of(watching.access_log)),
    Check("logs", _of(watching.logs)),
    Check("test people removed", people.removal),
)
"""In this order: moderation comes first of what people do, because it depends on how IAM reads
`dynamodb:LeadingKeys`."""

SENDS_MAIL: Final = Check("alarm delivery", _of(watching.alarm_delivery))


def verify(deployment: Deployment, *, sends_alarm: bool = False) -> list[Line]:
    """Run all checks of a deployment, and remove the test people whatever happens."""
    visit = Visit(deployment)
    all_checks = (*CHECKS, SENDS_MAIL) if sends_alarm else CHECKS
    with people.removed_afterwards(visit):
        return checks.run_all(all_checks, visit, on_emulator=deployment.on_emulator)


def print_leftovers(deployment: Deployment) -> int:
    """Print what the removed stack has left, with the commands that remove it."""
    found = leftovers(deployment)
    for each in found:
        print(f"{each.kind} {each.name}")
        for command in each.commands:
            print(f"    {command}")
    print(
        "LiveKit keeps the creators' ingresses: lk ingress list, then lk ingress delete ID\n"
        'The CDK\'s bucket keeps old uploads: make cdk ARGS="gc --unstable=gc"'
    )
    return int(bool(found))


def main(arguments: Sequence[str]) -> int:
    """Check the deployment that the settings name. Return the exit code."""
    parser = argparse.ArgumentParser(prog="make verify", description="Check a deployment")
    parser.add_argument("--destroyed", action="store_true", help="print what make destroy left")
    parser.add_argument("--send-alarm", action="store_true", help="also send a test alarm's email")
    chosen = parser.parse_args(arguments)
    try:
        settings, session, stack = configured()
        on_emulator = is_emulated()
        if chosen.destroyed:
            if stack and stack.status != "DELETE_COMPLETE":
                sys.exit(f"{stack.name} still exists and is {stack.status}: make destroy")
            removed = Stack(settings.name, "DELETE_COMPLETE", {})
            return print_leftovers(Deployment(removed, session, on_emulator))
        if stack is None:
            sys.exit(f"There is no stack {settings.name} in {session.region_name}: make deploy")
    except Finding as error:
        sys.exit(str(error))
    deployment = Deployment(
        stack, session, on_emulator, settings.domain.name if settings.domain else None
    )
    lines = verify(deployment, sends_alarm=chosen.send_alarm)
    print(checks.summary(lines))
    return checks.exit_code(lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
