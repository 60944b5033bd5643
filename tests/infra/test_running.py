"""Tests that a deploy doesn't silently drop what the running stack has."""

import copy
from typing import Any

from infra.running import UnreadableStack, dropped, unreadable
from tests.infra.conftest import Template


def names(lines: list[str]) -> set[str]:
    return {line.partition(":")[0] for line in lines}


def test_a_deploy_with_the_same_settings_drops_nothing(
    production: Template, full: Template
) -> None:
    assert dropped(production.body, production.body) == []
    assert dropped(full.body, full.body) == []


def test_a_deploy_without_the_settings_of_the_running_stack_names_each(
    production: Template, full: Template
) -> None:
    lines = dropped(full.body, production.body)
    assert names(lines) >= {"domainName", "oidcIssuer", "alarmEmail", "livekitUrl"}
    (line,) = (line for line in lines if line.startswith("domainName:"))
    assert "'live.example.com'" in line
    assert "make deploy ALLOW=domainName" in line


def test_a_deploy_without_a_page_of_the_running_stack_names_its_file(
    production: Template, full: Template
) -> None:
    lines = dropped(full.body, production.body)
    (line,) = (line for line in lines if line.startswith("branding/imprint.md:"))
    assert "Restore the file" in line
    allowed = dropped(full.body, production.body, allowed={"branding/imprint.md"})
    assert "branding/imprint.md" not in names(allowed)
    assert "branding/terms.md" in names(allowed)


def test_a_changed_setting_is_not_dropped(full: Template) -> None:
    new = copy.deepcopy(dict(full.body))
    new["Metadata"]["FootlightSettings"]["domainName"] = "other.example.com"
    assert dropped(full.body, new) == []


def test_a_deploy_that_replaces_the_user_pool_stops(production: Template, full: Template) -> None:
    assert names(dropped(production.body, full.body)) == {"userPool"}


def test_a_deploy_without_the_table_stops(production: Template) -> None:
    ((table, _),) = production.all("AWS::DynamoDB::GlobalTable")
    new: dict[str, Any] = copy.deepcopy(dict(production.body))
    new["Resources"]["Renamed"] = new["Resources"].pop(table)
    (line,) = dropped(production.body, new)
    assert line.startswith("table:")
    assert table in line


def test_a_restored_table_replaces_the_table_of_the_stack(production: Template) -> None:
    ((table, _),) = production.all("AWS::DynamoDB::GlobalTable")
    new: dict[str, Any] = copy.deepcopy(dict(production.body))
    del new["Resources"][table]
    new["Metadata"]["FootlightSettings"]["tableName"] = "Footlight-restored"
    assert dropped(production.body, new) == []
    assert names(dropped(new, production.body)) == {"tableName"}


def test_what_is_allowed_may_be_dropped(production: Template, full: Template) -> None:
    lines = dropped(full.body, production.body, allowed={"domainName", "certificateArn"})
    assert names(lines).isdisjoint({"domainName", "certificateArn"})
    assert "alarmEmail" in names(lines)
    assert dropped(production.body, full.body, allowed={"userPool"}) == []


def test_a_stack_without_a_record_of_settings_still_has_its_data(production: Template) -> None:
    assert dropped({"Resources": {}}, production.body) == []
    running = {"Resources": production.resources}
    assert names(dropped(running, {"Resources": {}})) == {"table", "userPool"}


def test_a_running_stack_that_cannot_be_read_stops_the_deploy() -> None:
    (line,) = unreadable(UnreadableStack("access denied"))
    assert "access denied" in line
    assert unreadable(UnreadableStack("access denied"), allowed={"stack"}) == []
