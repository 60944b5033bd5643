"""`python -m operations.doctor`: check a machine, an account, and the settings before a deploy.

It changes nothing, except for the trials that an option asks for. It prints OK, WARN, FAIL, or SKIP
for each check, with the command that helps, and exits 1 if one failed.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from operations import checks
from operations.checks import Check, Finding
from operations.deployment import configured, is_emulated
from operations.doctor import account, dns_records, others, trials
from operations.doctor.account import Planned

CHECKS: Final = (
    Check("machine", account.machine),
    Check("account", account.identity),
    Check("bootstrap", account.bootstrap),
    Check("CDK roles", account.roles),
    Check("stack", account.stack),
    Check("leftovers", account.orphans),
    Check("settings", account.losses),
    Check("concurrency", account.concurrency),
    Check("CloudFront", account.cloudfront),
    Check("account plan", account.plan),
    Check("budget", account.money),
    Check("table", account.table),
    Check("certificate", account.certificate),
    Check("certificate authorities", dns_records.authorities),
    Check("DNS record", dns_records.record),
    Check("web ACL", account.web_acl),
    Check("sign-up", account.sign_up),
    Check("identity provider", others.identity_provider),
    Check("LiveKit", others.livekit),
    Check("LiveKit's keys", others.livekit_keys),
)


TRY_CLOUDFRONT: Final = Check("CloudFront trial", trials.cloudfront)
TRY_INGRESS: Final = Check("ingress trial", trials.ingress)


def main(arguments: Sequence[str]) -> int:
    """Check what the settings plan. Return the exit code."""
    parser = argparse.ArgumentParser(prog="make doctor", description="Check before a deploy")
    parser.add_argument(
        "--try-cloudfront",
        action="store_const",
        const=[TRY_CLOUDFRONT],
        default=[],
        help="create and delete a disabled distribution, which takes about five minutes",
    )
    parser.add_argument(
        "--try-ingress",
        action="store_const",
        const=[TRY_INGRESS],
        default=[],
        help="create and delete an ingress at LiveKit",
    )
    chosen = parser.parse_args(arguments)
    try:
        config, session, stack = configured()
        planned = Planned(config, session, stack)
        if stack:
            found = session.client("cloudformation").get_template(StackName=config.name)
            planned.template = found["TemplateBody"] or {}
        on_emulator = is_emulated()
    except (Finding, ClientError, BotoCoreError) as error:
        print(f"FAIL  {error}", file=sys.stderr)
        return 1
    all_checks = (*CHECKS, *chosen.try_cloudfront, *chosen.try_ingress)
    lines = checks.run_all(all_checks, planned, on_emulator=on_emulator)
    print(checks.summary(lines))
    return checks.exit_code(lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
