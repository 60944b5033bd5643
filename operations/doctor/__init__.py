"""Checks of a machine, an account, and the settings, before a deploy."""
