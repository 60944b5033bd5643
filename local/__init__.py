"""Replacements for AWS, LiveKit Ingress, and OBS on a laptop. Nothing deployed imports them."""
