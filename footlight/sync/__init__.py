"""What LiveKit reports: webhooks that it sends, and rooms that checks read."""
