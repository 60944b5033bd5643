"""The chat, which its server runs: what may be said, what is kept, what the room hears."""
