"""What stands in for LiveKit Ingress on a laptop, where neither Docker nor GStreamer is to be had.

It takes RTMP and WHIP with a stream key, publishes into the room of that key's ingress, and keeps
livekit-server informed as LiveKit Ingress does, so that the server sends the same webhooks.
`README.md` beside this file says where it follows LiveKit Ingress and where it does not.
"""
