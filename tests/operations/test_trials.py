"""The trials of `make doctor`: each creates something and deletes it, or says what is left."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from infra.config import read_config
from operations.checks import Line, result
from operations.deployment import Stack
from operations.doctor import __main__ as doctor
from operations.doctor import trials
from operations.doctor.account import Planned
from tests.support.aws_answers import refuse
from tests.support.http_server import QuietHandler, serving

NOT_VERIFIED = (
    "Your account must be verified before you can add new CloudFront resources. To verify your "
    "account, please contact AWS Support"
)


@pytest.fixture
def planned(account: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Planned:
    monkeypatch.setattr(trials, "WAIT", {"Delay": 0, "MaxAttempts": 3})
    return Planned(read_config({"livekitUrl": "wss://livekit.example.com"}), account)


def distributions(planned: Planned) -> list[dict[str, Any]]:
    return planned.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])


# ---- CloudFront


def outcome(planned: Planned) -> Line:
    return result(doctor.TRY_CLOUDFRONT, planned)


def test_a_distribution_is_created_disabled_and_deleted(planned: Planned) -> None:
    created: list[bool] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        created.append(params["DistributionConfig"]["Enabled"])

    planned.session.events.register("provide-client-params.cloudfront.CreateDistribution", note)
    assert outcome(planned).status == "OK"
    assert created == [False]
    assert distributions(planned) == []


def test_an_account_that_is_not_verified_fails_and_names_support(planned: Planned) -> None:
    refuse(planned.session, "cloudfront.CreateDistribution", NOT_VERIFIED)
    line = outcome(planned)
    assert line.status == "FAIL"
    assert "AWS Support" in line.help


def test_a_missing_right_fails_and_names_it(planned: Planned) -> None:
    refuse(planned.session, "cloudfront.CreateDistribution")
    line = outcome(planned)
    assert (line.status, "CreateDistribution" in line.help) == ("FAIL", True)


def test_a_distribution_that_is_left_is_deleted_by_the_next_trial(planned: Planned) -> None:
    session = boto3.Session()
    refuse(session, "cloudfront.DeleteDistribution")
    line = outcome(Planned(planned.config, session))
    (left,) = distributions(planned)
    assert (line.status, left["Id"] in line.text) == ("WARN", True)

    assert outcome(planned).status == "OK"
    assert distributions(planned) == []


def test_a_distribution_of_someone_else_stays(planned: Planned) -> None:
    other = trials._configuration() | {"Comment": "another"}  # pyright: ignore[reportPrivateUsage]
    planned.client("cloudfront").create_distribution(DistributionConfig=other)
    assert outcome(planned).status == "OK"
    assert [each["Comment"] for each in distributions(planned)] == ["another"]


# ---- LiveKit Ingress


@contextmanager
def livekit(**answers: tuple[int, str]) -> Generator[tuple[str, list[str]]]:
    """Answer each method of the server API. Yield the address and the methods called."""
    called: list[str] = []

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            self.read_body()
            method = self.path.rpartition("/")[2]
            called.append(method)
            status, text = answers[method]
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

    with serving(Handler) as address:
        yield f"ws{address[4:]}", called


CREATED = (200, '{"ingress_id": "IN_1"}')
DELETED = (200, "{}")
BROKEN = (500, '{"code": "internal", "msg": "ingress not connected (redis required)"}')


@pytest.mark.parametrize(
    ("create", "delete", "expected", "text"),
    [
        (CREATED, DELETED, "OK", "created and deleted"),
        (BROKEN, DELETED, "FAIL", "redis required"),
        ((401, ""), DELETED, "FAIL", "doesn't accept the key"),
        ((200, "{}"), DELETED, "FAIL", "no ingress"),
        (CREATED, BROKEN, "WARN", "IN_1"),
    ],
)
def test_an_ingress_is_created_and_deleted(
    planned: Planned, create: tuple[int, str], delete: tuple[int, str], expected: str, text: str
) -> None:
    keys = '{"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "%s"}' % ("s" * 32)
    planned.client("secretsmanager").create_secret(Name="livekit", SecretString=keys)
    planned.stack = Stack("Footlight", "CREATE_COMPLETE", {"LiveKitSecretName": "livekit"})
    with livekit(CreateIngress=create, DeleteIngress=delete) as (address, called):
        planned.config = read_config({"livekitUrl": address, "local": True})
        line = result(doctor.TRY_INGRESS, planned)
    assert (line.status, text in line.text) == (expected, True)
    assert called == (
        ["CreateIngress", "DeleteIngress"] if create == CREATED else ["CreateIngress"]
    )


def test_a_trial_without_keys_is_skipped(planned: Planned) -> None:
    assert result(doctor.TRY_INGRESS, planned).status == "SKIP"
    planned.client("secretsmanager").create_secret(Name="livekit")
    planned.stack = Stack("Footlight", "CREATE_COMPLETE", {"LiveKitSecretName": "livekit"})
    assert result(doctor.TRY_INGRESS, planned).status == "SKIP"


def test_trials_run_only_if_asked_for() -> None:
    assert not {doctor.TRY_CLOUDFRONT, doctor.TRY_INGRESS} & {*doctor.CHECKS}
