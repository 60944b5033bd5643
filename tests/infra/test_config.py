"""Tests of the settings: defaults, and one readable error for all invalid settings."""

import pytest

from footlight import limits
from infra import config
from infra.config import InvalidSettings, read_config


def test_every_setting_has_a_default() -> None:
    defaults = read_config({})
    assert defaults.livekit_url is None
    assert defaults.site_name == "Footlight"
    assert defaults.drop_grace_seconds == 75
    assert (defaults.waf, defaults.snap_start, defaults.emulator) == (False, False, None)


def test_context_of_cdk_is_ignored() -> None:
    read_config({"@aws-cdk/core:flag": True, "aws:cdk:bundling-stacks": [], "cdk-x/y": 1})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"livekitURL": "wss://a.b"}, "did you mean livekitUrl"),
        ({"livekitUrl": "https://a.b"}, "wss://project.livekit.cloud"),
        ({"livekitUrl": "ws://a.b"}, "wss://project.livekit.cloud"),
        ({"livekitUrl": "wss://a.b; script-src *"}, "livekitUrl"),
        ({"livekitUrl": "wss://a.b/path"}, "livekitUrl"),
        ({"domainName": "a.example.com"}, "domainName and certificateArn go together"),
        (
            {
                "domainName": "a.example.com",
                "certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/a",
            },
            "us-east-1",
        ),
        ({"oidcIssuer": "https://a.b"}, "oidcIssuer and oidcClientId go together"),
        ({"oidcIssuer": "http://a.b", "oidcClientId": "c"}, "oidcIssuer"),
        ({"oidcAudience": "a"}, "oidcAudience"),
        ({"snapStart": "yes"}, "true or false"),
        ({"dropGraceSeconds": "5"}, "from 60 to 90"),
        ({"dropGraceSeconds": "soon"}, "from 60 to 90"),
        ({"alarmEmail": "nobody"}, "alarmEmail"),
        ({"budget": "20"}, "budget: requires alarmEmail"),
        ({"budget": "a lot", "alarmEmail": "a@b"}, "budget: 'a lot' should be a number"),
        ({"dashboard": "yes"}, "true or false"),
        ({"reserve": "50"}, "true or false"),
        ({"crowdRequestsPerSecond": "100"}, "from 200 to 10000"),
        ({"crowdRequestsPerSecond": "20000"}, "from 200 to 10000"),
        ({"tableName": "a table"}, "tableName"),
        ({"siteName": "<b>"}, "siteName"),
        ({"siteUrl": "http://localhost:1"}, "siteUrl"),
        ({"local": "true"}, "livekitUrl: needed"),
        ({"limits": "reset=5"}, "limits: 'reset=5' should look like reset=5/3600 write=60/60"),
        ({"limits": "resets=5/3600"}, "limits: 'resets=5/3600' should look like"),
        ({"limits": "reset=0/3600"}, "limits"),
        ({"limits": "reset=5/0"}, "limits"),
        ({"limits": "reset=-5/60"}, "limits"),
        ({"limits": "reset=5/60,write=1/1"}, "limits"),
        ({"limits": "reset=5/60 "}, "limits"),
        ({"limits": "reset=\u0665/60"}, "limits"),
    ],
)
def test_an_invalid_setting_is_reported(settings: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidSettings) as error:
        read_config(settings)
    assert message in str(error.value)


def test_the_setting_accepts_exactly_the_limits_of_the_code() -> None:
    assert limits.names() == config.LIMIT_NAMES
    value = " ".join(f"{name}=3/60" for name in config.LIMIT_NAMES)
    assert read_config({"limits": value}).limits == value


def test_all_invalid_settings_are_reported_together() -> None:
    with pytest.raises(InvalidSettings) as error:
        read_config({"livekitUrl": "a", "alarmEmail": "b", "nonsense": "c"})
    assert all(name in str(error.value) for name in ("livekitUrl", "alarmEmail", "nonsense"))


def test_a_web_acl_is_created_only_in_us_east_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(InvalidSettings, match="us-east-1"):
        read_config({"waf": "true"})
    monkeypatch.setenv("CDK_DEFAULT_REGION", "us-east-1")
    assert read_config({"waf": "true"}).waf is True


def test_the_emulator_address_comes_from_the_cli_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:14566")
    emulator = read_config({"local": True, "livekitUrl": "ws://localhost:7880"}).emulator
    assert emulator == config.Emulator("localhost", 14566, "http://localhost:8080")
