"""Calls of DynamoDB, Secrets Manager, and Cognito, built from botocore's parts without its clients.

A client reads a model of its service, up to 400 kB of JSON, and walks it at each call. These
services need no model: their requests and responses are the JSON of the API reference.
https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html

botocore signs the requests, finds the credentials, and sends. Errors are botocore's. Endpoints are
those of the `aws` partition, or what `AWS_ENDPOINT_URL` and its variants per service name.
"""

import json
import os
import random
import time
import uuid
from collections.abc import Mapping
from functools import cache
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, Final, Literal, NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ClientError, HTTPClientError, NoCredentialsError
from botocore.httpsession import URLLib3Session

from footlight.aws import clients

MAX_PAUSE_SECONDS: Final = 0.1

THROTTLED: Final = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
"""Errors of a request that a second attempt may pass.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""


class Api(NamedTuple):
    """A service's JSON API. `target` is its name and version in requests."""

    target: str
    version: Literal["1.0", "1.1"]


APIS: Final = {
    "dynamodb": Api("DynamoDB_20120810", "1.0"),
    "secretsmanager": Api("secretsmanager", "1.1"),
    "cognito-idp": Api("AWSCognitoIdentityProviderService", "1.1"),
}


class JsonApi:
    """One service in the session's region. A warm function keeps its connections."""

    def __init__(
        self,
        service: str,
        *,
        connect_seconds: float = 0.5,
        read_seconds: float = 0.8,
        attempts: int = 2,
    ) -> None:
        self._service, self._api, self._attempts = service, APIS[service], attempts
        self._region: str = _region()
        timeout: Any = (connect_seconds, read_seconds)
        at_once: Any = [(IPPROTO_TCP, TCP_NODELAY, 1)]  # a body doesn't wait for its headers' ACK
        self._http = URLLib3Session(timeout=timeout, socket_options=at_once)

    def call(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the response of an operation. Lost and throttled requests are resent.

        Raises:
            ClientError: the service refuses the request.
            BotoCoreError: the service doesn't respond, or there are no credentials.
        """
        if operation == "TransactWriteItems":  # DynamoDB recognizes a repeated one by this token.
            arguments = {"ClientRequestToken": str(uuid.uuid4()), **arguments}
        body = json.dumps(arguments).encode()
        for _ in range(self._attempts - 1):
            try:
                return self._attempt(operation, body)
            except (ClientError, HTTPClientError) as error:
                if not _may_pass(error):
                    raise
            pause = random.uniform(0, MAX_PAUSE_SECONDS)  # noqa: S311 - spreads retries
            time.sleep(pause)
        return self._attempt(operation, body)

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        request = AWSRequest(
            method="POST",
            url=f"{self._endpoint().rstrip('/')}/",
            data=body,
            headers={
                "Content-Type": f"application/x-amz-json-{self._api.version}",
                "X-Amz-Target": f"{self._api.target}.{operation}",
            },
        )
        SigV4Auth(_credentials(), self._service, self._region).add_auth(request)
        response = self._http.send(request.prepare())
        if response.status_code != 200:
            raise _error(response, operation)
        return json.loads(response.content or b"{}")  # Cognito sends an empty body.

    def _endpoint(self) -> str:
        name = self._service.upper().replace("-", "_")
        variables = (f"AWS_ENDPOINT_URL_{name}", "AWS_ENDPOINT_URL")
        configured = next(filter(None, map(os.environ.get, variables)), None)
        return configured or f"https://{self._service}.{self._region}.amazonaws.com"


@cache
def json_api(service: str) -> JsonApi:
    """Return the API of a service."""
    return JsonApi(service)


class Credentials(NamedTuple):
    """A pair of keys, as `SigV4Auth` reads it. Only temporary keys come with a token."""

    access_key: str
    secret_key: str
    token: str | None


def _credentials() -> Any:
    """Return the credentials for the next request.

    Lambda sets these variables to the credentials of the function's role. botocore's session, which
    also prefers them, finds all others: those of a profile, or of a function with SnapStart.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    if access_key and secret_key:
        return Credentials(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN"))
    credentials = clients.session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    return credentials.get_frozen_credentials()  # renewed before they expire


def _region() -> str:
    """Return the region. Lambda sets the variable; elsewhere, a profile may name one."""
    return os.environ.get("AWS_DEFAULT_REGION") or clients.session().get_config_variable("region")


def _may_pass(error: ClientError | HTTPClientError) -> bool:
    if isinstance(error, HTTPClientError):
        return True
    response: Any = error.response
    status: int = response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= 500 or response["Error"]["Code"] in THROTTLED


def _error(response: AWSResponse, operation: str) -> ClientError:
    try:
        body = json.loads(response.content)
    except ValueError:  # not the service's own response, but a proxy's
        body = {}
    code = str(body.pop("__type", response.status_code)).rpartition("#")[2]
    message = body.get("message") or body.get("Message") or ""
    parsed: Any = {
        **body,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {
            "HTTPStatusCode": response.status_code,
            "HTTPHeaders": {name.lower(): value for name, value in response.headers.items()},
        },
    }
    return ClientError(parsed, operation)
