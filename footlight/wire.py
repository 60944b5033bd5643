"""Everything that is JSON: snake_case inside, camelCase outside."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from footlight import clock

Instant = Annotated[datetime, PlainSerializer(clock.iso, return_type=str)]
"""An instant on the wire: ISO 8601 in UTC with milliseconds."""


class Wire(BaseModel):
    """Base of what the API answers."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )


class Request(Wire):
    """Base of what the API takes: unknown fields are refused, text is never coerced."""

    model_config = ConfigDict(strict=True)
