"""Other machines can't reach the media ports of the local LiveKit, and viewers on this one can."""

import errno
import json
import socket

from livekit.protocol.ingress import IngressState

from tests.ingest.broadcasts import state_of
from tests.local.servers import Ingest, eventually
from tests.local.viewer import watch

LOOPBACK = "127.0.0.1"


def outer_address() -> str:
    """Return the address by which other machines reach this one. No packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def is_used(address: str, kind: socket.SocketKind, port: int) -> bool:
    """Return whether a program listens on the port of this address, or of all addresses."""
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((address, port))
        except OSError as error:
            assert error.errno == errno.EADDRINUSE
            return True
    return False


def test_media_ports_are_open_only_on_this_machine(ingest: Ingest) -> None:
    rtc = json.loads((ingest.logs / "livekit.yaml").read_text())["rtc"]
    assert outer_address() != LOOPBACK
    assert is_used(LOOPBACK, socket.SOCK_DGRAM, rtc["udp_port"])
    assert not is_used(outer_address(), socket.SOCK_DGRAM, rtc["udp_port"])
    assert not is_used(outer_address(), socket.SOCK_STREAM, rtc["tcp_port"])

    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: state_of(ingest, made).status == IngressState.ENDPOINT_PUBLISHING)
    assert watch(ingest, made.room_name, frames=5, audible_frames=1).sizes
    ingest.stop(encoder)
