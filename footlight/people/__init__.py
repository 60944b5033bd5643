"""People: callers, guests, usernames, follows, sign-in."""
