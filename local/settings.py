"""The ports, addresses, and files of the local stack.

Standard library only: `local.tools` imports it before anything is installed.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
STATE: Final = Path(os.environ.get("FOOTLIGHT_LOCAL_DIR") or ROOT / ".local")
"""All files of a run. If they are removed, the next run starts from scratch."""

TOOLS: Final = ROOT / ".local"
"""Installed tools, shared by all runs in this clone."""
BIN: Final = TOOLS / "bin"
VENV: Final = ROOT / ".venv"
EMULATOR: Final = TOOLS / "emulator"
CDK: Final = ROOT / "infra" / "node_modules" / ".bin" / "cdk"

LOGS: Final = STATE / "logs"
OUTPUTS: Final = STATE / "outputs.json"
CDK_OUTPUTS: Final = STATE / "cdk-outputs.json"
LIVEKIT_CONFIG: Final = STATE / "livekit.yaml"
INGRESS_CONFIG: Final = STATE / "ingress.yaml"
LIVEKIT_KEYS: Final = STATE / "livekit-keys.json"
PROCESSES: Final = STATE / "processes.json"
SCREENSHOTS: Final = STATE / "screenshots"

WEB: Final = ROOT / "web"
SITE_FILES: Final = WEB / "dist"

STACK: Final = "Footlight"
REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"

LISTEN_ON: Final = "127.0.0.1"

INGRESS: Final = os.environ.get("INGRESS") or "stand-in"
"""What receives RTMP and WHIP: `stand-in` (local/ingress) or `livekit` (LiveKit Ingress)."""


LIMITS: Final = os.environ.get("LIMITS") or "on"
"""Whether the rate limits are production's (`on`), or raised for tests (`off`)."""


def _port(name: str, default: int) -> int:
    return int(os.environ.get(f"FOOTLIGHT_PORT_{name}") or default)


@dataclass(frozen=True)
class Ports:
    """The ports that the local stack listens on."""

    site: int
    aws: int
    livekit: int
    rtmp: int
    whip: int
    redis: int

    @property
    def livekit_udp(self) -> int:
        """The port for all WebRTC media over UDP."""
        return self.livekit + 2

    @property
    def ingress_relay(self) -> int:
        """The TCP port on which LiveKit Ingress hands media to the process of each session."""
        return self.whip + 1

    @property
    def ingress_udp(self) -> int:
        """The UDP port of LiveKit Ingress for the media of WHIP encoders."""
        return self.whip + 2

    def named(self) -> dict[str, tuple[int, str]]:
        """Return `{part: (TCP port, variable that changes it)}`."""
        named = {
            "the site": (self.site, "FOOTLIGHT_PORT_SITE"),
            "the AWS emulator": (self.aws, "FOOTLIGHT_PORT_AWS"),
            "Redis": (self.redis, "FOOTLIGHT_PORT_REDIS"),
            "LiveKit": (self.livekit, "FOOTLIGHT_PORT_LIVEKIT"),
            "the RTMP ingest": (self.rtmp, "FOOTLIGHT_PORT_RTMP"),
            "the WHIP ingest": (self.whip, "FOOTLIGHT_PORT_WHIP"),
        }
        if INGRESS == "livekit":
            named["LiveKit Ingress's relay"] = (self.ingress_relay, "FOOTLIGHT_PORT_WHIP")
        return named

    def named_udp(self) -> dict[str, tuple[int, str]]:
        """Return `{part: (UDP port, variable that changes it)}`."""
        named = {"LiveKit's media over UDP": (self.livekit_udp, "FOOTLIGHT_PORT_LIVEKIT")}
        if INGRESS == "livekit":
            named["LiveKit Ingress's media"] = (self.ingress_udp, "FOOTLIGHT_PORT_WHIP")
        return named


PORTS: Final = Ports(
    site=_port("SITE", 8080),
    aws=_port("AWS", 4566),
    livekit=_port("LIVEKIT", 7880),
    rtmp=_port("RTMP", 1935),
    whip=_port("WHIP", 8085),
    redis=_port("REDIS", 6399),
)

SITE_URL: Final = f"http://localhost:{PORTS.site}"
AWS_URL: Final = f"http://127.0.0.1:{PORTS.aws}"
LIVEKIT_HTTP_URL: Final = f"http://127.0.0.1:{PORTS.livekit}"
LIVEKIT_URL: Final = f"ws://localhost:{PORTS.livekit}"
RTMP_URL: Final = f"rtmp://localhost:{PORTS.rtmp}/live"
WHIP_URL: Final = f"http://localhost:{PORTS.whip}/w"
REDIS_URL: Final = f"redis://localhost:{PORTS.redis}"
WEBHOOK_URL: Final = f"{SITE_URL}/api/webhook/livekit"
"""Known before the API is deployed, because the forwarder's port is fixed."""


EMULATOR_ENVIRONMENT: Final = {
    "FOOTLIGHT_SETTINGS": os.devnull,  # not the operator's footlight.toml
    "AWS_ENDPOINT_URL": AWS_URL,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "CDK_DEFAULT_ACCOUNT": ACCOUNT,
    "CDK_DEFAULT_REGION": REGION,
}
"""The environment in which AWS's tools and libraries use the emulator."""


def use_emulator() -> None:
    """Make this process and its children use the emulator, and never a real AWS account."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "CDK_"))]:
        # The machine may need its certificates. Everything else could select a real account.
        if name != "AWS_CA_BUNDLE":
            del os.environ[name]
    os.environ.update(EMULATOR_ENVIRONMENT)


def path_with_tools() -> str:
    """Return PATH with this clone's tools first."""
    return os.pathsep.join([str(BIN), str(VENV / "bin"), os.environ.get("PATH", os.defpath)])
