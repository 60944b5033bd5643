"""Tests that apply to every function: runtime, timeouts, logs, and environment variables."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra import assets, building
from infra.needs import FUNCTIONS
from infra.routes import ROUTES

if TYPE_CHECKING:
    from .conftest import Template

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "footlight" / "settings.py"
SECRETS = ROOT / "footlight" / "aws" / "secrets.py"

each_function = pytest.mark.parametrize("function", FUNCTIONS)


def test_every_function_folder_is_deployed(production: "Template") -> None:
    folders = {handler.parent.name for handler in (ROOT / "functions").glob("*/handler.py")}
    assert set(production.functions()) == folders


@each_function
def test_a_function_runs_on_arm_with_the_build_s_python(
    production: "Template", function: str
) -> None:
    properties = production.functions()[function]
    assert properties["Architectures"] == ["arm64"]
    assert properties["Runtime"] == f"python{building.RECOMMENDED}"
    assert properties["Handler"] == f"functions.{function}.handler.handler"


APP = """
import sys
from infra import app, building
building.PYTHON = sys.argv[1]
app.main()
"""


def build(python: str, settings: dict[str, str], folder: Path) -> tuple[int, str]:
    """Run the CDK app under a version of Python. Return its exit code and stderr."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    without_account = {
        name: value for name, value in os.environ.items() if name[:4] not in ("AWS_", "CDK_")
    }
    result = subprocess.run(
        [sys.executable, "-c", APP, python],
        cwd=ROOT,
        env={
            **without_account,
            "FOOTLIGHT_SETTINGS": os.devnull,
            "CDK_OUTDIR": str(folder),
            "CDK_CONTEXT_JSON": json.dumps({**context, "aws:cdk:bundling-stacks": [], **settings}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stderr


def test_the_build_warns_of_an_old_python(tmp_path: Path) -> None:
    assert build("3.12", {}, tmp_path)[0] == 0
    metadata = json.loads((tmp_path / "Footlight.metadata.json").read_text())
    (warning,) = (
        entry["data"] for entry in metadata["/Footlight"] if entry["type"] == "aws:cdk:warning"
    )
    assert warning.startswith("the functions get Python 3.12, which runs this build")
    assert "uv python install 3.13 && export PYTHON=python3.13" in warning
    assert '"python3.12"' in (tmp_path / "Footlight.template.json").read_text()


@pytest.mark.parametrize(
    ("python", "settings", "reason"),
    [
        ("3.15", {}, "Lambda runs Python 3.11, 3.12, 3.13, 3.14, and Python 3.15 runs this build"),
        ("3.11", {"snapStart": "true"}, "snapStart needs Python 3.12 or newer, and Python 3.11"),
    ],
)
def test_the_build_refuses_a_python_that_lambda_can_t_use(
    python: str, settings: dict[str, str], reason: str, tmp_path: Path
) -> None:
    code, errors = build(python, settings, tmp_path)
    assert code == 1
    (last,) = errors.splitlines()[-1:]
    assert last.startswith(reason)
    assert last.endswith("uv python install 3.13 && export PYTHON=python3.13")


def test_all_functions_share_one_layer_of_the_same_runtime(each: "Template") -> None:
    (layer,) = (id for id, one in each.all("AWS::Lambda::LayerVersion") if "Footlight" in str(one))
    properties = each.resources[layer]["Properties"]
    assert properties["CompatibleArchitectures"] == ["arm64"]
    (runtime,) = properties["CompatibleRuntimes"]
    for function in each.functions().values():
        assert function["Layers"] == [{"Ref": layer}]
        assert function["Runtime"] == runtime
    # `Delete` applies at the end of an update, after the last point from which it rolls back.
    assert "DeletionPolicy" not in each.resources[layer]


@each_function
def test_a_function_times_out_before_the_gateway_and_reserves_nothing(
    production: "Template", function: str
) -> None:
    properties = production.functions()[function]
    longest = {"ingress": 29, "reconcile": 55}  # reconcile: before its next run starts
    assert properties["Timeout"] <= longest.get(function, 10)
    assert "ReservedConcurrentExecutions" not in properties
    assert "SnapStart" not in properties
    assert properties.get("TracingConfig", {"Mode": "PassThrough"})["Mode"] != "Active"


def test_a_setting_reserves_executions_for_what_a_flood_must_not_stop(full: "Template") -> None:
    reserved = {
        name: properties["ReservedConcurrentExecutions"]
        for name, properties in full.functions().items()
        if "ReservedConcurrentExecutions" in properties
    }
    assert reserved.keys() == {"webhook", "reconcile"}
    # Lambda refuses less than 100 unreserved executions. An account has 1,000 by default.
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    assert sum(reserved.values()) <= 1_000 - 100


@pytest.mark.parametrize(("name", "qualifier"), [("production", "$LATEST"), ("full", "live")])
def test_an_asynchronous_call_is_neither_retried_nor_queued_for_long(
    name: str, qualifier: str, production: "Template", full: "Template"
) -> None:
    template = {"production": production, "full": full}[name]
    config = template.one("AWS::Lambda::EventInvokeConfig")
    assert template.function_ids()[config["FunctionName"]["Ref"]] == "reconcile"
    assert config["MaximumRetryAttempts"] == 0
    assert config["MaximumEventAgeInSeconds"] == 60
    if qualifier == "$LATEST":
        assert config["Qualifier"] == qualifier
    else:  # the last part of `arn:aws:lambda:REGION:ACCOUNT:function:NAME:ALIAS`
        ((_, (index, split)),) = config["Qualifier"].items()
        alias = template.resources[split["Fn::Split"][1]["Ref"]]
        assert index == 7
        assert alias["Properties"]["Name"] == qualifier


@pytest.mark.parametrize("name", ["production", "full"])
def test_the_schedule_may_invoke_its_target(
    name: str, production: "Template", full: "Template"
) -> None:
    template = {"production": production, "full": full}[name]
    target = template.one("AWS::Scheduler::Schedule")["Target"]
    role = target["RoleArn"]["Fn::GetAtt"][0]
    (trust,) = template.resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    account = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert trust["Condition"] == {"StringEquals": account}
    (policy,) = (
        one for _, one in template.all("AWS::IAM::Policy") if {"Ref": role} in one["Roles"]
    )
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == target["Arn"]


@each_function
def test_a_function_logs_its_own_lines_and_lambda_only_failures(
    production: "Template", function: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"""
    config = production.functions()[function]["LoggingConfig"]
    assert config["LogFormat"] == "JSON"  # without it, Lambda ignores both levels
    assert config["SystemLogLevel"] == "WARN"
    # Metrics are lines without a level, which Lambda takes for INFO.
    assert config["ApplicationLogLevel"] == "INFO"
    assert "POWERTOOLS_LOG_LEVEL" not in production.environment(function)


@each_function
def test_pydantic_searches_no_package_for_plugins(production: "Template", function: str) -> None:
    """https://docs.pydantic.dev/latest/concepts/plugins/"""
    assert production.environment(function)["PYDANTIC_DISABLE_PLUGINS"] == "__all__"


@each_function
def test_a_function_s_log_is_retained_for_thirty_days(
    production: "Template", function: str
) -> None:
    group = production.functions()[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert production.resources[group]["Properties"]["RetentionInDays"] == 30


def test_every_log_group_is_retained_for_thirty_days(
    production: "Template", full: "Template"
) -> None:
    for template in (production, full):
        for _, group in template.all("AWS::Logs::LogGroup"):
            assert group["RetentionInDays"] == 30


def test_no_function_creates_a_log_group_of_its_own(
    production: "Template", full: "Template"
) -> None:
    """Not those of CDK either: such a group retains everything and outlives the stack."""
    for template in (production, full):
        groups = {id for id, _ in template.all("AWS::Logs::LogGroup")}
        for _, function in template.all("AWS::Lambda::Function"):
            assert function["LoggingConfig"]["LogGroup"]["Ref"] in groups


def test_the_access_log_is_in_a_group_that_services_may_write_to(production: "Template") -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html"""
    destination = production.one("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["DestinationArn"]
    group = production.resources[destination["Fn::GetAtt"][0]]["Properties"]
    assert group["LogGroupName"].startswith("/aws/vendedlogs/Footlight/")


def test_one_setting_turns_snap_start_on_for_every_function(full: "Template") -> None:
    for properties in full.functions().values():
        assert properties["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    aliases = {id for id, _ in full.all("AWS::Lambda::Alias")}
    assert len(aliases) == len(FUNCTIONS)
    for _, integration in full.all("AWS::ApiGatewayV2::Integration"):
        assert integration["IntegrationUri"]["Ref"] in aliases


# --- settings: a function's variables match the settings that its code reads ---


def calls_of(module: str, source: str) -> set[str]:
    return set(re.findall(rf"\b{module}\.(\w+)\(", source))


def bodies(file: Path) -> dict[str, str]:
    return {
        node.name: ast.unparse(node)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


def variables(setting: str, *, required: bool) -> set[str]:
    """Return the variables that a function of settings.py reads, directly or indirectly."""
    body = bodies(SETTINGS)[setting]
    pattern = r"_required\('(\w+)'\)" if required else r"'(FOOTLIGHT_\w+)'"
    names = set(re.findall(pattern, body))
    if "environ.get" not in body or not required:
        for other in bodies(SETTINGS):
            if other != setting and f"{other}()" in body:
                names |= variables(other, required=required)
    return names


def settings_read_by(function: str) -> set[str]:
    """Return the settings that a function's code may read, directly or through secrets."""
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
def test_a_function_has_every_variable_that_its_code_requires(
    production: "Template", function: str
) -> None:
    required = {
        variable
        for setting in settings_read_by(function)
        for variable in variables(setting, required=True)
    }
    assert required <= production.environment(function).keys()


@each_function
def test_a_function_has_only_variables_that_settings_declares(
    production: "Template", laptop: "Template", function: str
) -> None:
    declared = set(re.findall(r"FOOTLIGHT_\w+", SETTINGS.read_text()))
    for template in (production, laptop):
        names = template.environment(function).keys()
        assert {name for name in names if name.startswith("FOOTLIGHT_")} <= declared


@each_function
def test_a_function_on_aws_checks_the_origin_if_it_answers_requests(
    production: "Template", function: str
) -> None:
    checks_origin = "FOOTLIGHT_ORIGIN_SECRET_ID" in production.environment(function)
    assert checks_origin == (function in ROUTES)


def test_no_variable_contains_a_secret(production: "Template", full: "Template") -> None:
    for template in (production, full):
        for function in template.functions():
            environment = template.environment(function)
            assert "{{resolve" not in str(environment)
            for name, value in environment.items():
                if "SECRET" in name or "KEY" in name:
                    assert name.endswith("_SECRET_ID")
                    assert list(value) == ["Ref"]
