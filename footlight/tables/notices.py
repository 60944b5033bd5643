"""The notice of the site, which every page shows."""

from pynamodb.attributes import UnicodeAttribute

from footlight.tables.attributes import InstantAttribute
from footlight.tables.items import Item, Ref


class SiteNotice(Item, discriminator="notice"):
    """A text of the operators for everyone. There is at most one."""

    text = UnicodeAttribute()
    at = InstantAttribute()


def notice_ref() -> Ref[SiteNotice]:
    return Ref(SiteNotice, "NOTICE", "NOTICE")
