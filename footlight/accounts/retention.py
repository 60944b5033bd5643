"""How long something of a deleted account is kept."""

from datetime import timedelta
from typing import Final

RESERVED: Final = timedelta(days=90)
"""How long only the same person can choose the username."""
