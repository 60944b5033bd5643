"""`make livekit-keys` with the real LiveKit server and the emulated Secrets Manager."""

import json
import time
from collections.abc import Iterator

import pytest

from operations.checks import Failed
from operations.deployment import Deployment, stored_keys
from operations.deployment import Stack as AwsStack
from operations.livekit import Keys
from operations.livekit_keys import store
from tests.stack.support import Stack, aws, run_command


@pytest.fixture
def deployment(stack: Stack) -> Iterator[Deployment]:
    """A deployment whose secret has no value yet."""
    secrets, name = aws("secretsmanager"), f"livekit-keys-{time.time_ns()}"
    secrets.create_secret(Name=name)
    outputs = {
        "SiteConfig": json.dumps({"livekitUrl": stack.livekit_url}),
        "LiveKitSecretName": name,
    }
    made = Deployment(AwsStack("Footlight", "CREATE_COMPLETE", outputs))
    made._clients["secretsmanager", None] = secrets  # pyright: ignore[reportPrivateUsage]
    yield made
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def stored(deployment: Deployment) -> Keys | None:
    return stored_keys(deployment.client("secretsmanager"), deployment.output("LiveKitSecretName"))


def test_keys_that_livekit_accepts_are_stored(stack: Stack, deployment: Deployment) -> None:
    keys = Keys(stack.livekit_api_key, stack.livekit_api_secret)
    store(deployment, keys)
    assert stored(deployment) == keys


@pytest.mark.parametrize("secret", ["", "a-secret-of-another-project-00000"])
def test_keys_that_livekit_refuses_are_not_stored(
    stack: Stack, deployment: Deployment, secret: str
) -> None:
    with pytest.raises(Failed):
        store(deployment, Keys(stack.livekit_api_key, secret))
    assert stored(deployment) is None


def test_the_previous_pair_of_keys_stays(stack: Stack, deployment: Deployment) -> None:
    secrets, id = deployment.client("secretsmanager"), deployment.output("LiveKitSecretName")
    secrets.put_secret_value(SecretId=id, SecretString='{"LIVEKIT_PREVIOUS_API_KEY": "old"}')
    store(deployment, Keys(stack.livekit_api_key, stack.livekit_api_secret))
    value = json.loads(secrets.get_secret_value(SecretId=id)["SecretString"])
    assert value["LIVEKIT_PREVIOUS_API_KEY"] == "old"


def test_the_command_stores_the_keys_and_never_shows_the_secret(stack: Stack) -> None:
    typed = f"{stack.livekit_api_key}\n{stack.livekit_api_secret}\n"
    run = run_command("operations.livekit_keys", typed)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "LiveKit accepts the keys" in run.stdout
    assert stack.livekit_api_secret not in run.stdout + run.stderr


def test_the_command_fails_with_one_line_if_livekit_refuses_the_keys(stack: Stack) -> None:
    typed = f"{stack.livekit_api_key}\na-secret-of-another-project-00000\n"
    run = run_command("operations.livekit_keys", typed)
    assert run.returncode == 1
    assert "doesn't accept the key" in run.stderr
    assert "Traceback" not in run.stderr
