"""Whether a channel is live, and its broadcasts."""
