"""The HTTP edge of every function: routing, callers, errors. Only `functions/` imports it."""
