"""Tests of the settings: defaults, and one readable error for all invalid settings."""

import re
from pathlib import Path

import pytest

from footlight import limits
from infra import config
from infra.config import InvalidSettings, deployment_config, read_config, read_file

EXAMPLE = Path(config.ROOT, "docs", "footlight.example.toml")


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
        ({"signUp": "friends"}, "open, invited, or closed"),
        (
            {"signUp": "invited", "oidcIssuer": "https://a.b", "oidcClientId": "c"},
            "your identity provider invites",
        ),
        ({"emailFrom": "Ann <ann@example.com>"}, "emailFrom"),
        ({"replyTo": "help@example.com"}, "replyTo: requires emailFrom"),
        ({"snapStart": "yes"}, "true or false"),
        ({"dropGraceSeconds": "5"}, "from 60 to 90"),
        ({"dropGraceSeconds": "soon"}, "from 60 to 90"),
        ({"alarmEmail": "nobody"}, "alarmEmail"),
        ({"pagesLanguage": "German"}, "pagesLanguage"),
        ({"pagesLanguage": 'de"'}, "pagesLanguage"),
        ({"securityContact": "someone"}, "security@example.com or https://example.com/security"),
        ({"securityContact": "http://example.com"}, "securityContact"),
        ({"securityContact": "a@example.com\nExpires: 2000-01-01T00:00:00Z"}, "securityContact"),
        ({"securityContact": 'https://example.com/"'}, "securityContact"),
        ({"budget": "20"}, "budget: requires alarmEmail"),
        ({"budget": "a lot", "alarmEmail": "a@b"}, "budget: 'a lot' should be a number"),
        ({"dashboard": "yes"}, "true or false"),
        ({"reserve": "50"}, "true or false"),
        ({"crowdRequestsPerSecond": "100"}, "from 200 to 10000"),
        ({"crowdRequestsPerSecond": "20000"}, "from 200 to 10000"),
        ({"livekitRequestsPerMinute": "-1"}, "from 0 to 1000000"),
        ({"maxViewers": "0"}, "from 1 to 100000"),
        ({"maxLiveChannels": "0"}, "maxLiveChannels: '0' should be a number from 1 to 100000"),
        ({"maxLiveChannels": "many"}, "from 1 to 100000"),
        ({"maxDailyHoursPerChannel": "25"}, "from 1 to 24"),
        ({"streaming": "some"}, "streaming: 'some' should look like everyone or approved"),
        ({"tableName": "a table"}, "tableName"),
        ({"siteName": "<b>"}, "siteName"),
        ({"siteUrl": "http://localhost:1"}, "siteUrl"),
        ({"local": "true"}, "livekitUrl: needed"),
        ({"name": "my site"}, "name: 'my site' should look like"),
        ({"name": "1st"}, "name"),
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


# --- the settings file ---


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "footlight.toml"
    monkeypatch.setenv(config.FILE_VARIABLE, str(file))
    return file


def test_context_overrides_the_file(file: Path) -> None:
    file.write_text(
        'name = "Staging"\nsiteName = "Ours"\nsnapStart = true\ndropGraceSeconds = 61\n'
    )
    read = deployment_config({"siteName": "Theirs", "@aws-cdk/core:flag": True})
    assert (read.name, read.site_name, read.snap_start) == ("Staging", "Theirs", True)
    assert read.drop_grace_seconds == 61


def test_a_clone_without_a_file_has_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(config.FILE_VARIABLE, raising=False)
    monkeypatch.setattr(config, "ROOT", tmp_path)
    assert deployment_config({}) == read_config({})
    (tmp_path / "footlight.toml").write_text('name = "Here"')
    assert deployment_config({}).name == "Here"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("siteName = Ours", "Invalid value"),
        ('domain = "a.example.com"', "domain: unknown setting, did you mean domainName"),
        ("[limits]\nreset = 5", "limits: {'reset': 5} should look like"),
        ("alarmEmail = 3", "alarmEmail: 3 should look like"),
        ('allow = "domainName"', "allow is for one deploy"),
    ],
)
def test_a_mistake_in_the_file_is_reported(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(InvalidSettings) as error:
        deployment_config({})
    assert message in str(error.value)


def test_the_operators_pages_are_next_to_the_settings_file(file: Path) -> None:
    file.write_text("")
    assert deployment_config({}).pages == {}
    folder = file.parent / "branding"
    folder.mkdir()
    for name in ("imprint", "terms"):
        (folder / f"{name}.md").write_text(f"# Our {name}, ü", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\xff")
    read = deployment_config({})
    assert read.pages == {"terms": "# Our terms, ü", "imprint": "# Our imprint, ü"}
    assert read.recorded == {"branding/terms.md": "page", "branding/imprint.md": "page"}


def test_a_file_that_is_no_page_is_reported(file: Path) -> None:
    file.write_text("")
    folder = file.parent / "branding"
    folder.mkdir()
    (folder / "term.md").write_text("# Terms")
    (folder / "privacy.md").write_bytes(b"\xff")
    with pytest.raises(InvalidSettings) as error:
        deployment_config({})
    assert "term.md: not a page of the site. Pages are terms.md, privacy.md" in str(error.value)
    assert "privacy.md: 'utf-8' codec" in str(error.value)


def test_a_named_file_must_exist(file: Path) -> None:
    with pytest.raises(InvalidSettings, match="there is no file"):
        read_file()


def test_the_example_shows_every_setting_of_an_operator(file: Path) -> None:
    shown = re.sub(r"(?m)^# (?=\w+ = )", "", EXAMPLE.read_text())
    file.write_text(shown)
    assert read_file().keys() == config.SETTINGS - {"allow", "local", "siteUrl"}
    everything = deployment_config({})
    defaults = read_config({})
    assert everything.chat_history_hours == defaults.chat_history_hours
    assert everything.drop_grace_seconds == defaults.drop_grace_seconds
    assert (everything.name, everything.site_name) == (defaults.name, defaults.site_name)
    file.write_text(EXAMPLE.read_text())
    assert read_file().keys() == {"livekitUrl"}


def test_the_template_records_what_is_set() -> None:
    settings = {
        "name": "A",
        "snapStart": True,
        "dropGraceSeconds": 61,
        "siteName": "",
        "allow": "b",
    }
    assert read_config(settings).recorded == {"snapStart": "true", "dropGraceSeconds": "61"}


@pytest.mark.parametrize(
    ("setting", "contact"),
    [
        ("", None),
        ("security@example.com", "mailto:security@example.com"),
        ("https://example.com", "https://example.com"),
        ("https://example.com/@security?a=b#c", "https://example.com/@security?a=b#c"),
    ],
)
def test_the_security_contact_is_a_uri(setting: str, contact: str | None) -> None:
    assert read_config({"securityContact": setting}).security_contact == contact


def test_livekit_s_quota_is_that_of_livekit_cloud_unless_it_is_set() -> None:
    def quota(**settings: str) -> int:
        return config.read_config(settings).livekit_requests_per_minute

    assert quota(livekitUrl="wss://studio.livekit.cloud") == 1_000
    assert quota(livekitUrl="wss://livekit.example.com") == 0
    assert quota() == 0
    assert quota(livekitUrl="wss://studio.livekit.cloud", livekitRequestsPerMinute="0") == 0
    assert quota(livekitRequestsPerMinute="6000") == 6_000
