"""The running stack, for the tests over HTTP and LiveKit."""

from tests.stack.support import stack as stack
