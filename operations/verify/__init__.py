"""Checks of a deployment, after a deploy. `python -m operations.verify` runs them."""
