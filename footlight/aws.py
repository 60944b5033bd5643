"""Clients of AWS's own APIs, with time-outs set.

Only `botocore`, which PynamoDB loads anyway: boto3 would add to the cold start of every function.
"""

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config


@cache
def client(service: str) -> Any:
    """A service's client, made once; `infra/assets.py` names the services that there may be."""
    return botocore.session.get_session().create_client(
        service,
        config=Config(
            connect_timeout=0.5,
            read_timeout=0.8,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )
