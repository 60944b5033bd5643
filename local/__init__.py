"""What replaces AWS, LiveKit Ingress and OBS on a laptop; nothing that is deployed imports it."""
