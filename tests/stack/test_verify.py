"""`make verify` against the running stack, and each of its checks with a planted fault."""

import contextlib
import dataclasses
import time
from collections.abc import Generator, Iterator
from typing import Any

import boto3
import pytest

from local import settings
from operations.checks import Line, result
from operations.deployment import Deployment, Resource, read_stack
from operations.livekit import Keys
from operations.verify import livekit
from operations.verify.__main__ import CHECKS
from operations.verify.people import Person, Visit, create, remove_accounts, removed_afterwards
from tests.stack.support import Stack as LocalStack
from tests.stack.support import aws, lost_webhooks, run_command, stored
from tests.support.proxy import Fault, Passed, proxy

NOT_ON_THE_EMULATOR = [
    *("table", "HTTPS", "compression", "cache", "API's own address"),
    *("alarm metrics", "alarm states", "alarm email", "access log"),
]
"""Checks that need what only AWS has. A check that the emulator learns to answer leaves the list,
and one that it no longer answers fails."""


@pytest.fixture(scope="module")
def deployment(stack: LocalStack) -> Deployment:
    session = boto3.Session("test", "test", region_name=settings.REGION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", settings.AWS_URL)
        found = read_stack(session.client("cloudformation"), settings.STACK)
        assert found
        made = Deployment(found, session, on_emulator=True)
        for service in (
            *("cloudformation", "cloudfront", "scheduler", "lambda", "cognito-idp", "dynamodb"),
            *("secretsmanager", "logs", "cloudwatch", "sns"),
        ):
            made.client(service)
    return made


@pytest.fixture
def people(deployment: Deployment) -> Iterator[tuple[Person, Person]]:
    visit = Visit(deployment)
    create(visit)
    yield visit.people
    remove_accounts(deployment, deployment.output("UserPoolId"))


def outcome(name: str, visit: Visit) -> Line:
    (check,) = (check for check in CHECKS if check.name == name)
    return result(check, visit, on_emulator=visit.deployment.on_emulator)


def changed(deployment: Deployment, **outputs: str) -> Deployment:
    """Return a deployment with other outputs and the same clients."""
    stack = dataclasses.replace(deployment.stack, outputs={**deployment.stack.outputs, **outputs})
    other = dataclasses.replace(deployment, stack=stack)
    other._clients.update(deployment._clients)  # pyright: ignore[reportPrivateUsage]
    return other


def with_stack(deployment: Deployment, **changes: Any) -> Deployment:
    """Return a deployment whose stack has other attributes."""
    other = changed(deployment)
    other.stack = dataclasses.replace(other.stack, **changes)
    return other


@contextlib.contextmanager
def faulty_site(deployment: Deployment, fault: Fault) -> Generator[Deployment]:
    with proxy(deployment.site_url, fault) as address:
        yield changed(deployment, SiteUrl=address, WebhookUrl=f"{address}/api/webhook/livekit")


def lasting() -> list[dict[str, Any]]:
    """Return the items that people have written, without counters and the reconciler's marks."""
    passing = ("taken", "lease", "live")
    return sorted(
        (item for item in stored() if item.get("kind", {}).get("S") not in passing),
        key=lambda item: (item["pk"]["S"], item["sk"]["S"]),
    )


def test_the_command_passes_and_leaves_nothing(stack: LocalStack) -> None:
    before = lasting()
    run = run_command("operations.verify")

    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    skipped = [line[6:].partition(":")[0] for line in lines if line.startswith("SKIP")]
    assert skipped == NOT_ON_THE_EMULATOR
    assert all("not on the emulator" in line for line in lines if line.startswith("SKIP"))
    assert lines[-1].startswith(
        f"{len(CHECKS) - len(skipped)} OK, 0 WARN, 0 FAIL, {len(skipped)} SKIP"
    )
    assert lasting() == before


def test_what_an_interrupted_run_left_is_removed_by_the_next(deployment: Deployment) -> None:
    before = lasting()
    visit = Visit(deployment)
    create(visit)
    assert lasting() != before

    assert remove_accounts(deployment, deployment.output("UserPoolId")) == 2

    assert lasting() == before


@pytest.mark.parametrize("name", ["HTTPS", "compression", "cache", "API's own address"])
def test_what_the_emulator_lacks_is_a_failure_on_aws(deployment: Deployment, name: str) -> None:
    on_aws = changed(deployment)
    on_aws.on_emulator = False
    assert outcome(name, Visit(on_aws)).status == "FAIL"


@pytest.mark.parametrize("name", ["alarm metrics", "alarm states", "alarm email", "access log"])
def test_a_stack_without_alarms_or_an_access_log_is_a_failure_on_aws(
    deployment: Deployment, name: str
) -> None:
    on_aws = changed(deployment)
    on_aws.on_emulator = False
    assert outcome(name, Visit(on_aws)).status == "FAIL"


# ---- the stack's parts


def test_a_stack_that_was_rolled_back_fails(deployment: Deployment) -> None:
    rolled_back = with_stack(deployment, status="UPDATE_ROLLBACK_COMPLETE")
    assert outcome("stack", Visit(rolled_back)).status == "FAIL"


def test_a_distribution_that_is_off_fails(deployment: Deployment) -> None:
    cloudfront = deployment.client("cloudfront")
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": str(time.time_ns()),
            "Comment": "",
            "Enabled": False,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "one",
                        "DomainName": "bucket.s3.us-east-1.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "one",
                "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        }
    )
    id = made["Distribution"]["Id"]
    try:
        off = Visit(changed(deployment, DistributionId=id))
        assert outcome("distribution", off).status == "FAIL"
    finally:
        cloudfront.delete_distribution(Id=id, IfMatch=made["ETag"])


def test_a_disabled_schedule_fails(deployment: Deployment) -> None:
    scheduler = deployment.client("scheduler")
    (name,) = deployment.stack.names("AWS::Scheduler::Schedule")
    found = scheduler.get_schedule(Name=name)

    def set_state(state: str) -> None:
        scheduler.update_schedule(
            Name=name,
            State=state,
            ScheduleExpression=found["ScheduleExpression"],
            FlexibleTimeWindow=found["FlexibleTimeWindow"],
            Target=found["Target"],
        )

    set_state("DISABLED")
    try:
        assert outcome("schedule", Visit(deployment)).status == "FAIL"
    finally:
        set_state("ENABLED")
    assert outcome("schedule", Visit(deployment)).status == "OK"


def test_a_function_without_its_snapshot_fails(deployment: Deployment) -> None:
    """The emulator takes no snapshots, so a function that should have one has none."""
    name = f"verify-{time.time_ns()}"
    lambda_ = deployment.client("lambda")
    source = lambda_.get_function_configuration(
        FunctionName=deployment.stack.function("token").name
    )
    lambda_.create_function(
        FunctionName=name,
        Role=source["Role"],
        Runtime="python3.13",  # the stack's may be older than SnapStart
        Handler=source["Handler"],
        Code={"ZipFile": empty_zip()},
        SnapStart={"ApplyOn": "PublishedVersions"},
    )
    lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
    try:
        with_one = with_stack(
            deployment, resources=[Resource("TokenFunction1", "AWS::Lambda::Function", name)]
        )
        assert outcome("SnapStart", Visit(with_one)).status == "FAIL"
    finally:
        lambda_.delete_function(FunctionName=name)


def empty_zip() -> bytes:
    return b"PK\x05\x06" + bytes(18)


# ---- the site and the API


def on(path: str, change: Fault, method: str = "GET") -> Fault:
    """Return a fault of the responses to one path only."""

    def fault(passed: Passed) -> None:
        if passed.method == method and passed.path.partition("?")[0].startswith(path):
            change(passed)

    return fault


def without(header: str) -> Fault:
    def change(passed: Passed) -> None:
        passed.headers.pop(header, None)

    return change


def header(name: str, value: str) -> Fault:
    return lambda passed: passed.headers.update({name: value})


def status(number: int, body: bytes = b'{"message":"Internal Server Error"}') -> Fault:
    """Return API Gateway's or CloudFront's own error."""

    def change(passed: Passed) -> None:
        passed.status, passed.body = number, body

    return change


def replaced(old: bytes, new: bytes) -> Fault:
    def change(passed: Passed) -> None:
        passed.body = passed.body.replace(old, new)

    return change


FAULTS: list[tuple[str, Fault]] = [
    ("page", on("/", status(403, b"<Error>AccessDenied</Error>"))),
    ("page", on("/", header("Content-Security-Policy", "default-src 'none'"))),
    ("page", on("/", without("Strict-Transport-Security"))),
    ("deep link", on("/search", status(403, b"<Error>AccessDenied</Error>"))),
    ("channel page", on("/staff", status(403, b"<Error>AccessDenied</Error>"))),
    ("channel page", on("/staff", status(200))),
    ("site settings", on("/config.json", status(404))),
    ("site settings", on("/config.json", replaced(b"ws://", b"wss://other."))),
    ("site settings", on("/config.json", header("Cache-Control", "max-age=86400"))),
    ("assets", on("/assets/", status(403))),
    ("assets", on("/assets/", header("Cache-Control", "no-cache"))),
    ("cache", on("/api/pages/home", status(502))),
    ("cache per caller", on("/api/pages/home", status(200, b"{}"))),
    ("cache per caller", on("/api/pages/home", header("X-Cache", "Hit from cloudfront"))),
    ("unknown path", on("/api/nothing", status(500))),
    ("unknown method", on("/api/pages/home", status(500), "DELETE")),
    ("unknown method", on("/api/pages/home", without("Allow"), "DELETE")),
    ("sign-in page", on("/api/session/login", status(500))),
    (
        "sign-in page",
        on("/api/session/login", header("Location", "/api/nothing?error=redirect_mismatch")),
    ),
    ("sign-in refusals", on("/api/session/token", status(200, b"{}"), "POST")),
    (
        "sign-in refusals",
        lambda passed: status(401)(passed) if passed.status == 403 else None,
    ),
]


@pytest.mark.parametrize(
    ("name", "fault"), FAULTS, ids=[f"{name} {number}" for number, (name, _) in enumerate(FAULTS)]
)
def test_a_fault_of_the_site_fails(deployment: Deployment, name: str, fault: Fault) -> None:
    with faulty_site(deployment, fault) as faulty:
        assert outcome(name, Visit(faulty)).status == "FAIL"


PASSES: list[tuple[str, Fault]] = [
    ("compression", on("/assets/", header("Content-Encoding", "br"))),
    ("cache", on("/api/pages/home", header("X-Cache", "Hit from cloudfront"))),
]


@pytest.mark.parametrize(("name", "change"), PASSES)
def test_a_feature_that_only_aws_has_passes(
    deployment: Deployment, name: str, change: Fault
) -> None:
    with faulty_site(deployment, change) as site:
        assert outcome(name, Visit(site)).status == "OK"


def test_an_api_that_refuses_direct_requests_passes(deployment: Deployment) -> None:
    with proxy(deployment.output("ApiUrl"), status(404)) as address:
        assert outcome("API's own address", Visit(changed(deployment, ApiUrl=address))).status == (
            "OK"
        )


# ---- people


def moderation_fault(method: str, part: str) -> Fault:
    """Return a 503 for one moderation route, as after AccessDenied from DynamoDB."""

    def fault(passed: Passed) -> None:
        if passed.method == method and part in passed.path:
            status(503, b'{"error":{"code":"unavailable"}}')(passed)

    return fault


def without_entries(passed: Passed) -> None:
    if passed.path.startswith("/api/moderation/log"):
        passed.body = passed.body.replace(b"timed_out", b"cleared")


def with_other_title(passed: Passed) -> None:
    if passed.path.startswith("/api/pages/channels/"):
        passed.body = passed.body.replace(b"A test of this site", b"Another title")


def with_forged_token(passed: Passed) -> None:
    if passed.path == "/api/token":
        token = Keys("devkey", "x" * 32).sign(video={"roomJoin": True, "room": "r"}, sub="a:b")
        passed.body = b'{"token":"%s"}' % token.encode()


PEOPLE_FAULTS: list[tuple[str, Fault]] = [
    ("test people", on("/api/me", status(503), "PUT")),
    ("moderation", moderation_fault("PUT", "/timeouts/")),
    ("moderation", moderation_fault("PUT", "/api/moderators/")),
    ("moderation", moderation_fault("PUT", "/api/blocks/")),
    ("moderation deletions", moderation_fault("DELETE", "/api/blocks/")),
    ("moderation deletions", moderation_fault("DELETE", "/timeouts/")),
    ("moderation log", without_entries),
    ("channel", with_other_title),
    ("channel", on("/api/follows/", status(503), "PUT")),
    ("stream key", on("/api/ingress", status(503), "POST")),
    ("stream key", on("/api/ingress", status(503), "DELETE")),
    ("guest token", with_forged_token),
    ("guest token", on("/api/token", status(503), "POST")),
    ("guest chat", on("/api/chat/", status(500))),
    ("guest chat", on("/api/chat/", status(200, b"{}"), "POST")),
]


@pytest.mark.parametrize(
    ("name", "fault"),
    PEOPLE_FAULTS,
    ids=[f"{name} {number}" for number, (name, _) in enumerate(PEOPLE_FAULTS)],
)
def test_a_fault_in_what_people_do_fails(
    deployment: Deployment, people: tuple[Person, Person], name: str, fault: Fault
) -> None:
    with faulty_site(deployment, fault) as faulty:
        assert outcome(name, Visit(faulty, *people)).status == "FAIL"


def test_checks_without_their_people_are_skipped(deployment: Deployment) -> None:
    assert outcome("moderation", Visit(deployment)).status == "SKIP"


def test_accounts_that_can_t_be_removed_fail(deployment: Deployment) -> None:
    other = changed(deployment, UserPoolId="us-east-1_missing")
    assert outcome("test people removed", Visit(other)).status == "FAIL"


# ---- LiveKit


def test_a_webhook_function_that_refuses_livekit_s_key_fails(deployment: Deployment) -> None:
    with faulty_site(deployment, on("/api/webhook", status(401), "POST")) as faulty:
        assert outcome("signed webhook", Visit(faulty)).status == "FAIL"


def test_a_webhook_function_that_accepts_every_key_fails(deployment: Deployment) -> None:
    with faulty_site(deployment, on("/api/webhook", status(200), "POST")) as faulty:
        assert outcome("forged webhook", Visit(faulty)).status == "FAIL"


def test_a_livekit_that_calls_another_address_fails(
    stack: LocalStack, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(livekit, "SEEN_WITHIN_SECONDS", 3)
    with lost_webhooks(stack):
        assert outcome("LiveKit's webhooks", Visit(deployment)).status == "FAIL"


def test_an_empty_livekit_secret_fails_and_names_the_command(deployment: Deployment) -> None:
    secrets = aws("secretsmanager")
    name = f"verify-{time.time_ns()}"
    secrets.create_secret(Name=name)
    try:
        line = outcome("signed webhook", Visit(changed(deployment, LiveKitSecretName=name)))
    finally:
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert (line.status, line.help) == ("FAIL", "make livekit-keys")


# ---- logs


def test_a_refused_right_in_a_log_fails(deployment: Deployment) -> None:
    group = f"/verify/{time.time_ns()}"
    logs = aws("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    in_group = with_stack(
        deployment, resources=[Resource("TokenFunctionLog1", "AWS::Logs::LogGroup", group)]
    )
    try:
        assert outcome("logs", Visit(in_group)).status == "OK"
        message = "An error occurred (AccessDeniedException) when calling PutItem"
        logs.put_log_events(
            logGroupName=group,
            logStreamName="one",
            logEvents=[{"timestamp": int(time.time() * 1000), "message": message}],
        )
        line = outcome("logs", Visit(in_group))
        assert line.status == "FAIL"
        assert "PutItem" in line.text
        assert group in line.help
    finally:
        logs.delete_log_group(logGroupName=group)


def test_an_access_log_with_entries_passes(deployment: Deployment) -> None:
    group = f"/verify/{time.time_ns()}"
    logs = aws("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    event = {"timestamp": int(time.time() * 1000), "message": "{}"}
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
    in_group = with_stack(
        deployment, resources=[Resource("ApiAccessLog1", "AWS::Logs::LogGroup", group)]
    )
    try:
        assert outcome("access log", Visit(in_group)).status == "OK"
    finally:
        logs.delete_log_group(logGroupName=group)


def test_every_check_has_a_test_in_which_it_fails() -> None:
    elsewhere = {
        *NOT_ON_THE_EMULATOR,
        *("stack", "distribution", "schedule", "SnapStart", "test people removed"),
        *("signed webhook", "forged webhook", "LiveKit's webhooks", "logs"),
        "domain",  # tests/operations/test_watching.py
    }
    planted = {name for name, _ in (*FAULTS, *PEOPLE_FAULTS)}
    assert {check.name for check in CHECKS} == planted | elsewhere


def test_the_people_are_removed_after_an_interruption(deployment: Deployment) -> None:
    before = lasting()
    visit = Visit(deployment)
    with pytest.raises(KeyboardInterrupt), removed_afterwards(visit):
        create(visit)
        raise KeyboardInterrupt
    assert lasting() == before
