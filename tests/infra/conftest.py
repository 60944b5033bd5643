"""The synthesized templates, and queries that don't use logical ids."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support import templates


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


@pytest.fixture(scope="session")
def production() -> Template:
    """The template that `cdk synth` creates in a bare clone."""
    return Template(templates.template("production"))


@pytest.fixture(scope="session")
def full() -> Template:
    """The production template with every setting of the operator."""
    return Template(templates.template("full"))


@pytest.fixture(scope="session")
def laptop() -> Template:
    """The template that is deployed to the emulator."""
    return Template(templates.template("laptop"))
