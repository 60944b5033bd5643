"""Moderation: what a creator and their moderators may do to viewers and messages, and its log."""
