"""A browser at the site whose identity provider is the certified one."""

from collections.abc import Generator

import pytest

from tests.sign_in.visitor import Visitor
from tests.support import openid_provider
from tests.support.provider import Provider


@pytest.fixture(scope="session")
def issuer() -> Generator[str]:
    """The certified provider of the whole run."""
    with openid_provider.running() as issuer:
        yield issuer


@pytest.fixture
def visitor(
    deployed: None, provider: Provider, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> Visitor:
    """A browser at a site whose API is an audience of its own."""
    return Visitor(provider, monkeypatch, issuer, client_id="footlight-api", has_audience=True)
