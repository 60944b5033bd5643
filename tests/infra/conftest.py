"""The templates, synthesised once for all tests, and a way to ask them by meaning."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from infra import config
from infra.stack import Footlight

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = {
    **json.loads((ROOT / "cdk.json").read_text())["context"],
    "aws:cdk:bundling-stacks": [],  # templates alone: no zip is made, no site is built
}


class Reading:
    """A template, asked for things by what they are and never by their logical ids."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.template = template
        self.resources: Mapping[str, Mapping[str, Any]] = template["Resources"]

    def all(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Logical id and properties of each resource of a kind."""
        for id, resource in self.resources.items():
            if resource["Type"] == kind:
                yield id, resource["Properties"]

    def one(self, kind: str) -> dict[str, Any]:
        """The properties of the only resource of a kind."""
        (found,) = self.all(kind)
        return found[1]

    def functions(self) -> dict[str, dict[str, Any]]:
        """Our functions by name, without those that CDK brings."""
        return {
            properties["Handler"].split(".")[1]: properties
            for _, properties in self.all("AWS::Lambda::Function")
            if str(properties["Handler"]).startswith("functions.")
        }

    def function_ids(self) -> dict[str, str]:
        """Our functions' names by logical id."""
        return {
            id: properties["Handler"].split(".")[1]
            for id, properties in self.all("AWS::Lambda::Function")
            if str(properties["Handler"]).startswith("functions.")
        }

    def statements(self, function: str) -> list[dict[str, Any]]:
        """Every statement of the policies of a function's role."""
        role = self.functions()[function]["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for _, policy in self.all("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def environment(self, function: str) -> dict[str, Any]:
        return self.functions()[function]["Environment"]["Variables"]


def synthesise(directory: Path, **settings: str) -> Reading:
    app = cdk.App(context=CONTEXT, outdir=str(directory))
    Footlight(app, "Footlight", config=config.read(settings))
    app.synth()
    return Reading(json.loads((directory / "Footlight.template.json").read_text()))


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What `cdk synth` gives in a bare clone."""
    return synthesise(tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """Production with every setting of an operator's."""
    return synthesise(
        tmp_path_factory.mktemp("full"),
        livekitUrl="wss://studio.livekit.cloud",
        siteName="My site",
        domainName="live.example.com",
        certificateArn="arn:aws:acm:us-east-1:123456789012:certificate/1234-abcd",
        oidcIssuer="https://id.example.com/realms/a",
        oidcClientId="footlight",
        oidcAudience="https://live.example.com",
        alarmEmail="ops@example.com",
        waf="arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b",
        snapStart="true",
        dropGraceSeconds="60",
    )


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """What is deployed to the emulator."""
    return synthesise(
        tmp_path_factory.mktemp("laptop"),
        local="true",
        siteUrl="http://localhost:8080",
        livekitUrl="ws://localhost:7880",
    )
