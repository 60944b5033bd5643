"""Which channels a viewer may not find in lists."""

from footlight.identities import Person
from footlight.tables import relations
from footlight.tables.items import listed


def hosts_blocking(viewer: Person | None) -> set[str]:
    """Return the ids of the hosts who blocked a viewer. Guests can find every channel."""
    if viewer is None:
        return set()
    return {entry.owner_id for entry in listed(relations.blockers_list(viewer.id))}
