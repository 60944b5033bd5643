"""Print the demo's steps and, if one fails, one clear line."""

import contextlib
import time
from collections.abc import Generator

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


class Trouble(Exception):
    """The run can't continue; the message says why and what to do."""


@contextlib.contextmanager
def step(title: str) -> Generator[None]:
    """Print a step and its duration: with a spinner on a terminal, else as plain lines."""
    started = time.monotonic()
    spinner = console.status(title) if console.is_terminal else contextlib.nullcontext()
    if not console.is_terminal:
        console.print(f"… {title}")
    try:
        with spinner:
            yield
    except BaseException:
        console.print(f"[red]✗[/] {title} ({time.monotonic() - started:.1f} s)")
        raise
    console.print(f"[green]✓[/] {title} ({time.monotonic() - started:.1f} s)")
