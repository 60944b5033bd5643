"""JSON models: snake_case in Python, camelCase in JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from footlight import clock

Instant = Annotated[datetime, PlainSerializer(clock.iso, return_type=str)]
"""An instant on the wire: ISO 8601 in UTC with milliseconds."""


class Wire(BaseModel):
    """The base of response models."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
    )


class Request(Wire):
    """The base of request models. Unknown fields are rejected, and text is never converted."""

    model_config = ConfigDict(strict=True)
