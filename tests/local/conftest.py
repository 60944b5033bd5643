"""Fixtures that start the servers once for all tests of this folder."""

import json
import secrets
from collections.abc import Iterator

import pytest

from tests.local.servers import (
    KEY,
    START_SECONDS,
    Ingest,
    WebhookSink,
    eventually,
    free_port,
    listens,
    program,
)


@pytest.fixture(scope="session")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    """Start the servers for all tests of this folder."""
    folder = tmp_path_factory.mktemp("ingest")
    secret = secrets.token_hex(24)
    sink = WebhookSink(secret)
    running = Ingest(secret, sink, free_port(), free_port(), free_port(), free_port(), folder)
    running.run(
        "redis",
        [
            *(program("redis-server"), "--bind", "127.0.0.1", "--port", str(running.redis_port)),
            *("--save", "", "--appendonly", "no", "--dir", folder),
        ],
    )
    config = folder / "livekit.yaml"
    config.write_text(
        json.dumps(  # JSON is valid YAML
            {
                "port": running.livekit_port,
                "bind_addresses": ["127.0.0.1"],
                "rtc": {
                    "tcp_port": free_port(),
                    "udp_port": free_port(),
                    "node_ip": "127.0.0.1",
                    "use_external_ip": False,
                },
                "redis": {"address": f"127.0.0.1:{running.redis_port}"},
                "keys": {KEY: secret},
                "ingress": {
                    "rtmp_base_url": f"rtmp://localhost:{running.rtmp_port}/live",
                    "whip_base_url": f"{running.whip_url}/w",
                },
                "webhook": {"api_key": KEY, "urls": [sink.url]},
            }
        )
    )
    config.chmod(0o600)
    try:
        eventually("Redis", lambda: listens(running.redis_port), START_SECONDS)
        running.run("livekit", [program("livekit-server"), "--config", config])
        running.wait_for_livekit()
        running.start_stand_in()
        yield running
    finally:
        running.stop_all()
        sink.close()
