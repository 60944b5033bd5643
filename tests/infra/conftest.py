"""The synthesized templates, and queries that don't use logical ids."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support import templates


def text(value: Any) -> str:
    """Return a value of a template as text, with `<Name>` for what CloudFormation resolves."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(map(text, argument[1]))
    return f"<{argument if isinstance(argument, str) else '.'.join(map(str, argument))}>"


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

    def needed_by(self, id: str) -> set[str]:
        """Return the logical ids of the resources that CloudFormation creates before this one."""
        needed: set[str] = set()
        waiting = [id]
        while waiting:
            for other in self._references(self.resources[waiting.pop()]):
                if other in self.resources and other not in needed:
                    needed.add(other)
                    waiting.append(other)
        return needed

    def _references(self, value: Any) -> Iterator[str]:
        if isinstance(value, list):
            for item in value:
                yield from self._references(item)
        elif isinstance(value, dict):
            for key, item in value.items():
                if key == "Ref":
                    yield item
                elif key == "Fn::GetAtt":
                    yield item[0]
                elif key == "DependsOn":
                    yield from [item] if isinstance(item, str) else item
                elif key == "Fn::Sub":
                    yield from re.findall(r"\$\{(\w+)", item)
                else:
                    yield from self._references(item)

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
        role = self.role_of(function)
        return [
            statement
            for _, policy in self.all("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def role_of(self, function: str) -> str:
        """Return the logical id of a function's role."""
        return self.functions()[function]["Role"]["Fn::GetAtt"][0]

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
def second() -> Template:
    """A second stack with a web ACL of its own and an existing table."""
    return Template(templates.template("second"))


@pytest.fixture(scope="session", params=list(templates.SETTINGS))
def each(request: pytest.FixtureRequest) -> Template:
    """Each of the templates."""
    return Template(templates.template(request.param))


@pytest.fixture(scope="session")
def laptop() -> Template:
    """The template that is deployed to the emulator."""
    return Template(templates.template("laptop"))
