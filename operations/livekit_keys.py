"""`python -m operations.livekit_keys`: store LiveKit's key and secret in the deployment's secret.

It asks for both, so that neither is in the shell's history or in the list of processes, and checks
them with LiveKit before it stores them.
"""

import getpass
import json

from operations.checks import Failed, exit_code_of
from operations.deployment import Deployment, deployed, secret_fields
from operations.livekit import Keys, Server


def ask() -> Keys:
    """Ask for the key, then for the secret, which the terminal doesn't show."""
    key = input("LiveKit API key: ").strip()
    return Keys(key, getpass.getpass("LiveKit API secret: ").strip())


def store(deployment: Deployment, keys: Keys) -> int:
    """Check the keys with LiveKit and store them. Return the number of rooms in the project.

    Raises Failed if LiveKit refuses them; then nothing is stored. The secret's other fields, such
    as the previous pair of keys, stay.
    """
    if not keys.key or not keys.secret:
        raise Failed("both the key and the secret are needed")
    url = json.loads(deployment.output("SiteConfig"))["livekitUrl"]
    rooms = Server(url, keys).room_names()
    client, id = deployment.client("secretsmanager"), deployment.output("LiveKitSecretName")
    value = secret_fields(client, id) | {
        "LIVEKIT_API_KEY": keys.key,
        "LIVEKIT_API_SECRET": keys.secret,
    }
    client.put_secret_value(SecretId=id, SecretString=json.dumps(value))
    return len(rooms)


def main() -> int:
    """Ask, check, and store. Return 1, after one clear line, if that fails."""

    def ask_and_store() -> None:
        rooms = store(deployed(), ask())
        print(f"Stored. LiveKit accepts the keys; its project has {rooms} rooms. Next: make verify")

    return exit_code_of(ask_and_store)


if __name__ == "__main__":
    raise SystemExit(main())
