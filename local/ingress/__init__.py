"""A stand-in for LiveKit Ingress on a laptop without Docker and GStreamer.

It accepts RTMP and WHIP with a stream key and publishes into the room of that key's ingress. It
reports to livekit-server like LiveKit Ingress, so the server sends the same webhooks. `README.md`
in this folder lists what it does like LiveKit Ingress and what it does differently.
"""
