"""What is true of every function, whatever it does?"""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra import assets
from infra.routes import ROUTES
from infra.stack import FUNCTIONS

if TYPE_CHECKING:
    from .conftest import Reading

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "footlight" / "settings.py"
SECRETS = ROOT / "footlight" / "secrets.py"

each_function = pytest.mark.parametrize("function", FUNCTIONS)


def test_every_function_folder_is_deployed(production: "Reading") -> None:
    folders = {handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py")}
    assert set(production.functions()) == folders


@each_function
def test_a_function_runs_on_arm_by_the_named_python(production: "Reading", function: str) -> None:
    properties = production.functions()[function]
    assert properties["Architectures"] == ["arm64"]
    assert properties["Runtime"] == f"python{assets.Target.lambda_runtime().python}"
    assert properties["Handler"] == f"functions.{function}.handler.handler"


@each_function
def test_a_function_ends_before_the_gateway_gives_up_and_reserves_nothing(
    production: "Reading", function: str
) -> None:
    properties = production.functions()[function]
    longest = {"ingress": 29, "reconcile": 55}  # the reconciler: before its next minute
    assert properties["Timeout"] <= longest.get(function, 10)
    assert "ReservedConcurrentExecutions" not in properties
    assert "SnapStart" not in properties
    assert properties.get("TracingConfig", {"Mode": "PassThrough"})["Mode"] != "Active"


@each_function
def test_a_log_is_kept_for_thirty_days(production: "Reading", function: str) -> None:
    group = production.functions()[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert production.resources[group]["Properties"]["RetentionInDays"] == 30


def test_no_log_group_keeps_for_ever(production: "Reading", full: "Reading") -> None:
    for template in (production, full):
        for _, group in template.all("AWS::Logs::LogGroup"):
            assert group["RetentionInDays"] == 30


def test_snap_start_is_one_switch(full: "Reading") -> None:
    for properties in full.functions().values():
        assert properties["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    aliases = {id for id, _ in full.all("AWS::Lambda::Alias")}
    assert len(aliases) == len(FUNCTIONS)
    for _, integration in full.all("AWS::ApiGatewayV2::Integration"):
        assert integration["IntegrationUri"]["Ref"] in aliases


# --- settings: what the code may read is what it is given ---


def calls_of(module: str, source: str) -> set[str]:
    return set(re.findall(rf"\b{module}\.(\w+)\(", source))


def bodies(file: Path) -> dict[str, str]:
    return {
        node.name: ast.unparse(node)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


def variables(setting: str, *, required: bool) -> set[str]:
    """The variables that a function of settings.py reads, through others of it as well."""
    body = bodies(SETTINGS)[setting]
    pattern = r"_required\('(\w+)'\)" if required else r"'(FOOTLIGHT_\w+)'"
    found = set(re.findall(pattern, body))
    if "environ.get" not in body or not required:
        for other in bodies(SETTINGS):
            if other != setting and f"{other}()" in body:
                found |= variables(other, required=required)
    return found


def settings_read_by(function: str) -> set[str]:
    """Names of settings that a function's code may ask for, by its own words or through secrets."""
    read: set[str] = set()
    for source in assets.sources(function):
        if source.suffix != ".py" or source in (SETTINGS, SECRETS):
            continue
        text = source.read_text()
        read |= calls_of("settings", text)
        for secret in calls_of("secrets", text) & bodies(SECRETS).keys():
            read |= calls_of("settings", bodies(SECRETS)[secret])
    return read & bodies(SETTINGS).keys()


@each_function
def test_a_function_is_given_what_its_code_cannot_do_without(
    production: "Reading", function: str
) -> None:
    wanted = {
        variable
        for setting in settings_read_by(function)
        for variable in variables(setting, required=True)
    }
    assert wanted <= production.environment(function).keys()


@each_function
def test_a_function_is_given_no_setting_that_nothing_declares(
    production: "Reading", laptop: "Reading", function: str
) -> None:
    declared = set(re.findall(r"FOOTLIGHT_\w+", SETTINGS.read_text()))
    for template in (production, laptop):
        given = template.environment(function).keys()
        assert {name for name in given if name.startswith("FOOTLIGHT_")} <= declared


@each_function
def test_a_function_on_aws_asks_for_the_origin_s_secret(
    production: "Reading", function: str
) -> None:
    asks = "FOOTLIGHT_ORIGIN_SECRET_ID" in production.environment(function)
    assert asks == (function in ROUTES)  # the others answer no request


def test_no_variable_holds_a_secret(production: "Reading", full: "Reading") -> None:
    for template in (production, full):
        for function in template.functions():
            environment = template.environment(function)
            assert "{{resolve" not in str(environment)
            for name, value in environment.items():
                if "SECRET" in name or "KEY" in name:
                    assert name.endswith("_SECRET_ID")
                    assert list(value) == ["Ref"]
