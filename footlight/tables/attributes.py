"""Attributes that convert: items hold aware datetimes, integers, and literals, never raw text.

PynamoDB's own `UTCDateTimeAttribute` stores another text format, and its `NumberAttribute` returns
floats to the type checker.
"""

from datetime import datetime
from typing import Any, TypeVar, cast

from pynamodb.attributes import Attribute
from pynamodb.constants import NUMBER, STRING
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from footlight import clock

T = TypeVar("T")


class IntegerAttribute(Attribute[int]):
    """An integer, stored as a number."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        return str(int(value))

    def deserialize(self, value: Any) -> int:
        return int(value)


class InstantAttribute(Attribute[datetime]):
    """An instant, stored as ISO 8601 text in UTC with milliseconds."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return clock.iso(value)

    def deserialize(self, value: str) -> datetime:
        return clock.parse(value)


class MillisecondsAttribute(Attribute[datetime]):
    """An instant, stored as a number of milliseconds since 1970."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(clock.ms(value))

    def deserialize(self, value: Any) -> datetime:
        return clock.from_ms(int(value))


class ExpiryAttribute(Attribute[datetime]):
    """When DynamoDB may delete an item (TTL), stored as a number of seconds since 1970.

    DynamoDB deletes expired items within a few days, so reads filter them.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    """

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(int(value.timestamp()))

    def deserialize(self, value: Any) -> datetime:
        return clock.from_ms(int(value) * 1000)


class LiteralAttribute(Attribute[T]):
    """One of a fixed set of words, stored as text: `LiteralAttribute[Role]()`."""

    attr_type = STRING


def optional(attribute: Attribute[T]) -> Attribute[T | None]:
    """Make an attribute optional. It is None if an item lacks it."""
    attribute.null = True
    return cast("Attribute[T | None]", attribute)


def assign(attribute: Attribute[T], value: T | None) -> Action:
    """Return the update action that sets the attribute, or removes it for None and empty sets."""
    return attribute.remove() if value is None or value == set() else attribute.set(value)


class Changes:
    """Changes to an item: applied to it immediately, and collected as update actions."""

    def __init__(self, item: Model) -> None:
        self._item = item
        self.actions: list[Action] = []

    def assign(self, attribute: Attribute[T], value: T | None) -> None:
        """Set the attribute, or remove it for None and empty sets."""
        attribute.__set__(self._item, None if value == set() else value)
        self.actions.append(assign(attribute, value))

    def assign_given(self, attribute: Attribute[T], value: T | None) -> None:
        """Set the attribute. None leaves it unchanged."""
        if value is not None:
            self.assign(attribute, value)
