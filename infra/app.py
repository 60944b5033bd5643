"""The CDK app with its one stack. `cdk.json` runs it, `infra/config.py` lists its settings."""

import sys

import aws_cdk as cdk

from infra.building import BuildFailure
from infra.config import InvalidSettings, read_config
from infra.stack import Footlight


def main() -> None:
    """Synthesize the template, or exit with a few lines that explain what is wrong."""
    app = cdk.App()
    try:
        Footlight(app, "Footlight", config=read_config(app.node.get_all_context()))
    except (InvalidSettings, BuildFailure) as error:
        sys.exit(str(error))
    except RuntimeError as error:  # a BuildFailure that passed through jsii
        if "Failed to bundle asset" not in str(error):
            raise
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
