"""Rate limits of browsers whose user isn't known, by their network address."""

from footlight import limits
from footlight.people import site_keys


def count_or_refuse(name: limits.Name, address: str) -> None:
    """Count one use of a limit by an address, as `limits.count_or_refuse` does.

    The table contains only a keyed hash of the address.
    """
    limits.count_or_refuse(
        name, limits.address_key(address, site_keys.current_key("addresses").secret)
    )
