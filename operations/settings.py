"""The operator's settings, read without the CDK."""

from typing import Final

from infra.config import Config, read_config

STACK: Final = "Footlight"


def read_settings() -> Config:
    """Return the checked settings. Raises InvalidSettings."""
    return read_config({})
