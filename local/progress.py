"""How does the demo say what it is doing, and in one clear line what went wrong?"""

import contextlib
import time
from collections.abc import Generator

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


class Trouble(Exception):
    """The run can't go on; the message says why and what to do about it."""


@contextlib.contextmanager
def step(what: str) -> Generator[None]:
    """One step, with its seconds; a spinner on a terminal, plain lines elsewhere."""
    started = time.monotonic()
    waiting = console.status(what) if console.is_terminal else contextlib.nullcontext()
    if not console.is_terminal:
        console.print(f"… {what}")
    try:
        with waiting:
            yield
    except BaseException:
        console.print(f"[red]✗[/] {what} ({time.monotonic() - started:.1f} s)")
        raise
    console.print(f"[green]✓[/] {what} ({time.monotonic() - started:.1f} s)")
