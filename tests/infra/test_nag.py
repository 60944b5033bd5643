"""A test that cdk-nag's AWS Solutions rules have no unexplained findings."""

from tests.support import templates


def test_every_finding_has_a_reason() -> None:
    report = templates.nag_report()
    assert [
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    ] == []
