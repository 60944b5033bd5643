"""The processor time of a piece of code, for tests of searches that must not backtrack."""

import gc
import time
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def at_most_processor_seconds(limit: float) -> Generator[None]:
    """Assert that the block takes less processor time than `limit`.

    The garbage collector is off in the block: in a whole test run, a collection of all objects can
    take longer than the search.
    """
    gc.disable()
    start = time.process_time()
    try:
        yield
        taken = time.process_time() - start
    finally:
        gc.enable()
    assert taken < limit
