"""The notice of the site, which an operator sets and removes while the site runs."""

from footlight import clock
from footlight.identities import Person
from footlight.operators import log
from footlight.operators.role import Operator, count_change
from footlight.tables.notices import SiteNotice, notice_ref
from footlight.tables.transactions import commit, delete_existing, put

SITE = Person("site", "the site")
"""The target in the operators' log: a notice is about no one."""


def set_notice(by: Operator, text: str) -> None:
    """Show a text on every page. Another text replaces it. Idempotent.

    Raises:
        RateLimited: the operator has changed too much in a short time.
    """
    count_change(by)
    ref = notice_ref()
    commit(
        put(
            ref.new(text=text, at=clock.now()),
            # The same text again changes nothing, and adds nothing to the log.
            condition=SiteNotice.pk.does_not_exist() | (SiteNotice.text != text),
        ),
        log.record(by, "notice_set", SITE, reason=text),
    )


def remove_notice(by: Operator) -> None:
    """Remove the notice. Idempotent.

    Raises:
        RateLimited: the operator has changed too much in a short time.
    """
    count_change(by)
    commit(delete_existing(notice_ref()), log.record(by, "notice_removed", SITE))
