"""A host in a browser: it joins a room as LiveKit Ingress does, and publishes a picture."""

from livekit import api
from playwright.sync_api import Page

from local import settings
from tests.stack.support import Stack

LIVEKIT_CLIENT = settings.ROOT / "web/node_modules/livekit-client/dist/livekit-client.umd.js"
JOIN = """async ([url, token]) => {
    window.room = new LivekitClient.Room()
    await room.connect(url, token)
}"""
PUBLISH = """async (simulcast) => {
    const canvas = document.createElement('canvas')
    canvas.width = 640
    canvas.height = 360
    const context = canvas.getContext('2d')
    setInterval(() => {
        context.fillStyle = `hsl(${(performance.now() / 20) % 360} 70% 50%)`
        context.fillRect(0, 0, 640, 360)
    }, 66)
    window.track = canvas.captureStream(15).getVideoTracks()[0]
    await room.localParticipant.publishTrack(track, {
        source: 'camera', simulcast: Boolean(simulcast),
    })
}"""
"""Publishes 640x360, in two sizes if its argument is true."""

UNPUBLISH = "room.localParticipant.unpublishTrack(track)"


def join_as_host(page: Page, stack: Stack, username: str) -> None:
    """Join a creator's room as LiveKit Ingress does, without a track."""
    room = stack.api().get(f"/api/pages/channels/{username}").json["user"]["id"]
    token = (
        api.AccessToken(stack.livekit_api_key, stack.livekit_api_secret)
        .with_identity(room)
        .with_kind("ingress")
        .with_grants(api.VideoGrants(room_join=True, room=room, can_publish=True))
        .to_jwt()
    )
    page.goto("/")  # its content security policy allows connections to LiveKit
    page.evaluate(LIVEKIT_CLIENT.read_text())
    page.evaluate(JOIN, [stack.livekit_url, token])
