"""The media settings of the livekit-server on a laptop.

Source: https://github.com/livekit/livekit/blob/v1.13.5/config-sample.yaml
"""

from typing import Any

from local.settings import LISTEN_ON


def media(udp_port: int) -> dict[str, Any]:
    """Return the `rtc` settings for media that only programs of this machine reach.

    One UDP port carries all media. Media over TCP is off: its port would listen on all of the
    machine's addresses, which `bind_addresses` doesn't change.
    https://github.com/livekit/mediatransportutil/blob/6b6e9a44e81f/pkg/rtcconfig/webrtc_config.go
    """
    return {
        "tcp_port": 0,
        "udp_port": udp_port,
        "ips": {"includes": [f"{LISTEN_ON}/32"]},
        # Without it, LiveKit ignores loopback addresses.
        "enable_loopback_candidate": True,
        "node_ip": LISTEN_ON,
        "use_external_ip": False,
    }
