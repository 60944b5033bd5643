"""What LiveKit reports, pushed by webhooks or polled by the reconciler."""
