"""The templates, synthesized once per session, and queries that don't use logical ids."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from infra.config import read_config
from infra.stack import Footlight

ROOT = Path(__file__).resolve().parents[2]
CONTEXT = {
    **json.loads((ROOT / "cdk.json").read_text())["context"],
    "aws:cdk:bundling-stacks": [],  # synthesize templates without building zips or the site
}


class Template:
    """A synthesized template. Queries select resources by type, never by logical id."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self.body = template
        self.resources: Mapping[str, Mapping[str, Any]] = template["Resources"]

    def all(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the logical id and properties of each resource of a type."""
        for id, resource in self.resources.items():
            if resource["Type"] == kind:
                yield id, resource["Properties"]

    def one(self, kind: str) -> dict[str, Any]:
        """Return the properties of the only resource of a type."""
        ((_, properties),) = self.all(kind)
        return properties

    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the properties of our functions by name, without the functions of CDK."""
        return {
            properties["Handler"].split(".")[1]: properties
            for _, properties in self.all("AWS::Lambda::Function")
            if str(properties["Handler"]).startswith("functions.")
        }

    def function_ids(self) -> dict[str, str]:
        """Return the names of our functions by logical id."""
        return {
            id: properties["Handler"].split(".")[1]
            for id, properties in self.all("AWS::Lambda::Function")
            if str(properties["Handler"]).startswith("functions.")
        }

    def statements(self, function: str) -> list[dict[str, Any]]:
        """Return every policy statement of a function's role."""
        role = self.functions()[function]["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for _, policy in self.all("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def environment(self, function: str) -> dict[str, Any]:
        return self.functions()[function]["Environment"]["Variables"]


def synthesize(directory: Path, **settings: str) -> Template:
    app = cdk.App(context=CONTEXT, outdir=str(directory))
    Footlight(app, "Footlight", config=read_config(settings))
    app.synth()
    return Template(json.loads((directory / "Footlight.template.json").read_text()))


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template that `cdk synth` creates in a bare clone."""
    return synthesize(tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The production template with every setting of the operator."""
    return synthesize(
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
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template that is deployed to the emulator."""
    return synthesize(
        tmp_path_factory.mktemp("laptop"),
        local="true",
        siteUrl="http://localhost:8080",
        livekitUrl="ws://localhost:7880",
    )
