"""LiveKit: its server API, data messages, and tokens."""
