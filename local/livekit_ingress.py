"""The configuration of the real LiveKit Ingress, which `INGRESS=livekit` runs.

Source: https://github.com/livekit/ingress/blob/v1.5.0/pkg/config/config.go
"""

import json
from collections.abc import Mapping

ALWAYS_IDLE = -9.0
"""A cost in processors that turns the capacity check off.

LiveKit Ingress refuses a publisher unless more processors are idle than the cost. A laptop that
also runs the rest of the stack rarely has that many.
"""

NEVER_IDLE = 1000.0
"""A cost that no machine has, so that LiveKit Ingress refuses every publisher."""


def configuration(
    keys: Mapping[str, str],
    *,
    livekit_url: str,
    redis: str,
    rtmp_port: int,
    whip_port: int,
    relay_port: int,
    udp_port: int,
    cost: float = ALWAYS_IDLE,
) -> str:
    """Return the contents of a configuration file. It contains LiveKit's secret.

    `cost` is that of a publisher, in processors.

    The health check is `/health` on the WHIP port. LiveKit Ingress listens on all of the machine's
    addresses, since it has no setting for one; only the relay is limited to this machine.
    """
    return json.dumps(  # JSON is valid YAML
        {
            "api_key": keys["LIVEKIT_API_KEY"],
            "api_secret": keys["LIVEKIT_API_SECRET"],
            "ws_url": livekit_url,
            "redis": {"address": redis},
            "rtmp_port": rtmp_port,
            "whip_port": whip_port,
            "http_relay_port": relay_port,
            "rtc_config": {"udp_port": udp_port, "node_ip": "127.0.0.1", "use_external_ip": False},
            # At the level `info` it logs stream keys.
            "logging": {"level": "warn"},
            "cpu_cost": {
                "rtmp_cpu_cost": cost,
                "whip_cpu_cost": cost,
                "whip_bypass_transcoding_cpu_cost": cost,
                # It doesn't start if no kind of ingress could ever be accepted.
                "url_cpu_cost": ALWAYS_IDLE,
                "min_idle_ratio": 0.001,
            },
        },
        indent=2,
    )
