"""The chat: the rules for posting, the stored messages, and the events sent to a room."""
