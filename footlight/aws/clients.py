"""Clients of AWS's own APIs, with time-outs set.

Only `botocore`, which PynamoDB loads anyway: boto3 would add to the cold start of every function.
"""

from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config

session: Final = botocore.session.get_session()
"""The one session of the process, PynamoDB's too: the first client of each costs some 40 ms."""


@cache
def client(service: str) -> Any:
    """A service's client, made once; `infra/assets.py` names the services that there may be."""
    return session.create_client(
        service,
        config=Config(
            connect_timeout=0.5,
            read_timeout=0.8,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )
