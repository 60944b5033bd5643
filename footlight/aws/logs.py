"""Structured logs: one JSON object a line, with the gateway's request id, never with a secret."""

from aws_lambda_powertools import Logger

log = Logger()
"""The logger of the whole product."""
