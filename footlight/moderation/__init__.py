"""What a creator and their moderators do about people and messages, and the log of it."""
