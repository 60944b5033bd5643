"""`python -m operations.migrate`: change older items of the table, after a deploy.

The site keeps running. Each migration scans the table once, page by page. It can be stopped at any
time, and the next run continues at the page where this one stopped. A finished migration is not
repeated, except with `--again`. Running it twice at once is harmless, but saves no time.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TimeElapsedColumn

from footlight import clock
from footlight.errors import Unavailable
from footlight.tables.items import Item, get
from footlight.tables.migrations import MigrationProgress, progress_ref, scan
from footlight.tables.transactions import put, retry, write
from operations.checks import exit_code_of
from operations.deployment import Deployment, deployed
from operations.migrations import MIGRATIONS, Migration

UNITS_PER_SECOND: Final = 200
"""Read units of the scan. DynamoDB's tables on demand start with 12,000.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"""
PAUSES_SECONDS: Final = (1, 2, 4, 8, 16)
"""Pauses after DynamoDB refuses or times out, before the migration gives up."""
TIMEOUT_SECONDS: Final = 10
"""More than the functions have, because an operator may be far from the region."""


class Unfinished(Exception):
    """The table stayed unavailable. The position of the migration is stored."""


@dataclass
class Run:
    """A run of one migration. A dry run writes nothing, and starts at the beginning."""

    migration: Migration
    dry_run: bool = False
    units_per_second: float = UNITS_PER_SECOND
    on_page: Callable[[MigrationProgress], None] = lambda _: None
    """Called after each page, when its position is stored."""

    def start(self, *, again: bool = False) -> MigrationProgress:
        """Run the migration from where an earlier run stopped to its end. Return the counts.

        Raises:
            Unfinished: the table stayed unavailable.
        """
        ref = progress_ref(self.migration.name)
        progress = get(ref, consistent=True) or ref.new()
        if self.dry_run or (again and progress.finished_at):
            progress = ref.new()
        pauses = iter(PAUSES_SECONDS)
        while not progress.finished_at:
            read_before = progress.read
            try:
                self._pages(progress)
            except Unavailable as error:
                if progress.read > read_before:
                    pauses = iter(PAUSES_SECONDS)
                pause = next(pauses, None)
                if pause is None:
                    raise Unfinished from error
                time.sleep(pause)
        return progress

    def _pages(self, progress: MigrationProgress) -> None:
        """Migrate page by page, and store the position after each page."""
        pages = scan(
            self.migration.models, progress.position, units_per_second=self.units_per_second
        )
        for page in pages:
            for item in page.items:
                progress.changed += self._item(item)
            progress.position = page.position
            progress.read += page.read
            progress.checked += len(page.items)
            progress.finished_at = None if page.position else clock.now()
            if not self.dry_run:
                write(put(progress))
            self.on_page(progress)

    def _item(self, item: Item) -> bool:
        """Migrate an item, and return whether it had to change.

        If another write comes between the read and the write, it wins: the item is read again.
        """
        if self.dry_run:
            return bool(self.migration.changes(item))
        return retry(lambda: self._attempt(item))

    def _attempt(self, item: Item) -> bool:
        operations = self.migration.changes(item)
        if operations:
            write(*operations)
        return bool(operations)


def connect(deployment: Deployment) -> None:
    """Point the table code of this process to the deployment's table. Call it before any read."""
    os.environ["FOOTLIGHT_TABLE"] = deployment.output("TableName")
    if deployment.session.region_name:
        os.environ["AWS_DEFAULT_REGION"] = deployment.session.region_name
    Item.Meta.connect_timeout_seconds = Item.Meta.read_timeout_seconds = TIMEOUT_SECONDS


def run_all(
    migrations: Iterable[Migration],
    *,
    dry_run: bool = False,
    again: bool = False,
    units_per_second: float = UNITS_PER_SECOND,
    items: int = 0,
) -> None:
    """Run migrations in order, with a progress bar. `items` is about how many the table has.

    Raises:
        Unfinished: the table stayed unavailable.
    """
    console = Console(highlight=False, soft_wrap=True)
    for each in migrations:
        columns = (
            "{task.description}",
            BarColumn(),
            "{task.completed} of about {task.total} items",
        )
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
            update = partial(_update, bar, bar.add_task(each.name, total=items))
            progress = Run(each, dry_run, units_per_second, update).start(again=again)
        console.print(f"{each.name}: {each.title}\n    {_summary(progress, dry_run=dry_run)}")


def _update(bar: Progress, task: TaskID, progress: MigrationProgress) -> None:
    bar.update(task, completed=progress.read)


def _summary(progress: MigrationProgress, *, dry_run: bool) -> str:
    counts = f"{progress.read} items read, {progress.checked} checked"
    if dry_run:
        return f"{counts}, {progress.changed} would change"
    finished = clock.iso(progress.finished_at) if progress.finished_at else "not"
    return f"{counts}, {progress.changed} changed, finished {finished}"


def main(arguments: Sequence[str]) -> int:
    """Migrate the table of the deployment that the settings name. Return the exit code."""
    parser = argparse.ArgumentParser(prog="make migrate", description="Change older items")
    parser.add_argument("--dry-run", action="store_true", help="only count what would change")
    parser.add_argument("--again", action="store_true", help="repeat finished migrations")
    parser.add_argument(
        "--units", type=float, default=UNITS_PER_SECOND, help="read units a second of the scan"
    )
    chosen = parser.parse_args(arguments)

    def migrate() -> None:
        deployment = deployed()
        connect(deployment)
        name = deployment.output("TableName")
        run_all(
            MIGRATIONS,
            dry_run=chosen.dry_run,
            again=chosen.again,
            units_per_second=chosen.units,
            items=deployment.client("dynamodb").describe_table(TableName=name)["Table"][
                "ItemCount"
            ],
        )

    try:
        return exit_code_of(migrate)
    except (Unfinished, KeyboardInterrupt):
        print("✗ Stopped. To continue here: make migrate", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
