"""The session of botocore, and clients of the services that `json_api` does not call.

Their timeouts are short. boto3 would add to every cold start.
"""

import os
from functools import cache
from typing import Any

import botocore.config
import botocore.session


@cache
def session() -> "botocore.session.Session":
    """Return the process's only session. Loading it takes about 60 ms, its first client 40."""
    return botocore.session.get_session()


# SnapStart replaces the credentials' variables by an address, so each request needs the session.
# https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    session()


@cache
def client(service: str) -> Any:
    """Return the cached client of a service. `infra/dependencies.py` lists the allowed services."""
    return session().create_client(
        service,
        config=botocore.config.Config(
            connect_timeout=0.5,
            read_timeout=0.8,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )
