"""The session of botocore, and clients of the services that `json_api` does not call.

Their timeouts are short. boto3 would add to every cold start.
"""

from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config

session: Final = botocore.session.get_session()
"""The process's only session, for credentials and clients. Its first client takes about 40 ms."""


@cache
def client(service: str) -> Any:
    """Return the cached client of a service. `infra/dependencies.py` lists the allowed services."""
    return session.create_client(
        service,
        config=Config(
            connect_timeout=0.5,
            read_timeout=0.8,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )
