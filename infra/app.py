"""The CDK app with its one stack. `cdk.json` runs it, `infra/config.py` lists its settings."""

import json
import os
import sys
from pathlib import Path

import aws_cdk as cdk

from infra import running
from infra.building import ANOTHER_PYTHON, BuildFailure
from infra.config import Config, InvalidSettings, deployment_config
from infra.stack import Footlight


def main() -> None:
    """Synthesize the template, or exit with a few lines that explain what is wrong."""
    app = cdk.App()
    try:
        config = deployment_config(app.node.get_all_context())
        stack = Footlight(app, config.name, config=config)
    except (InvalidSettings, BuildFailure) as error:
        sys.exit(str(error))
    except RuntimeError as error:  # a BuildFailure that passed through jsii
        if "Failed to bundle asset" not in str(error):
            raise
        sys.exit(str(error))
    if stack.place.target.platform and (warning := stack.place.target.warning):
        cdk.Annotations.of(stack).add_warning_v2("footlight:python", f"{warning}: {ANOTHER_PYTHON}")
    template = Path(app.synth().directory, stack.template_file)
    problems = what_a_deploy_drops(config, json.loads(template.read_text()))
    if problems:
        # `cdk deploy` and `cdk diff` stop at errors of a stack. `cdk destroy` doesn't.
        for problem in problems:
            cdk.Annotations.of(stack).add_error(problem)
        app.synth(force=True)


def what_a_deploy_drops(config: Config, template: running.Template) -> list[str]:
    """Return what this template would drop from the running stack, one line each.

    The CDK CLI sets the account and the region if it has credentials. Without, nothing is compared,
    because `cdk synth` must work and `cdk deploy` can't.
    """
    account, region = os.environ.get("CDK_DEFAULT_ACCOUNT"), os.environ.get("CDK_DEFAULT_REGION")
    if not account or not region:
        return []
    try:
        deployed = running.running_template(config.name, account=account, region=region)
    except running.UnreadableStack as error:
        return running.unreadable(error, allowed=config.allow)
    return running.dropped(deployed, template, allowed=config.allow) if deployed else []


if __name__ == "__main__":
    main()
