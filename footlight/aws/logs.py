"""Structured logs: one JSON object per line, with the gateway's request id and without secrets."""

from aws_lambda_powertools import Logger

log = Logger()
"""The logger of all modules."""
