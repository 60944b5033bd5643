"""Whether a channel is live."""
