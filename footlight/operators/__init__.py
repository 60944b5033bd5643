"""Operators: their role, suspensions, and the log of what they do."""
