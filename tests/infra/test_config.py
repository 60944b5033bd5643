"""Is a wrong setting told at once, with all others that are wrong, in words?"""

import pytest

from footlight import limits
from infra import config


def test_nothing_needs_to_be_set() -> None:
    read = config.read({})
    assert read.livekit_url is None
    assert read.site_name == "Footlight"
    assert read.drop_grace_seconds == 75
    assert (read.waf, read.snap_start, read.emulator) == (False, False, None)


def test_cdk_s_own_context_is_left_alone() -> None:
    config.read({"@aws-cdk/core:flag": True, "aws:cdk:bundling-stacks": [], "cdk-x/y": 1})


@pytest.mark.parametrize(
    ("settings", "told"),
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
def test_a_wrong_setting_is_told(settings: dict[str, str], told: str) -> None:
    with pytest.raises(config.WrongSettings) as wrong:
        config.read(settings)
    assert told in str(wrong.value)


def test_limits_are_those_that_the_code_has() -> None:
    assert limits.names() == config.LIMIT_NAMES
    told = " ".join(f"{name}=3/60" for name in config.LIMIT_NAMES)
    assert config.read({"limits": told}).limits == told


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(config.WrongSettings) as wrong:
        config.read({"livekitUrl": "a", "alarmEmail": "b", "nonsense": "c"})
    assert all(name in str(wrong.value) for name in ("livekitUrl", "alarmEmail", "nonsense"))


def test_a_web_acl_is_made_in_us_east_1_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(config.WrongSettings, match="us-east-1"):
        config.read({"waf": "true"})
    monkeypatch.setenv("CDK_DEFAULT_REGION", "us-east-1")
    assert config.read({"waf": "true"}).waf is True


def test_the_emulator_is_where_the_cli_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:14566")
    emulator = config.read({"local": True, "livekitUrl": "ws://localhost:7880"}).emulator
    assert emulator == config.Emulator("localhost", 14566, "http://localhost:8080")
