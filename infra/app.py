"""The CDK app: one stack. `cdk.json` says how it is run; `infra/config.py` what can be set."""

import sys

import aws_cdk as cdk

from infra import config
from infra.assets import AssetFault
from infra.config import WrongSettings
from infra.site_files import SiteFault
from infra.stack import Footlight


def main() -> None:
    """Synthesise the template, or say in a few lines what is wrong."""
    app = cdk.App()
    try:
        Footlight(app, "Footlight", config=config.read(app.node.get_all_context()))
    except (WrongSettings, AssetFault, SiteFault) as fault:
        sys.exit(str(fault))
    except RuntimeError as fault:  # ours, on its way through CDK
        if "Failed to bundle asset" not in str(fault):
            raise
        sys.exit(str(fault))
    app.synth()


if __name__ == "__main__":
    main()
