"""The running stack for tests over HTTP and LiveKit."""

from tests.stack.support import stack as stack
