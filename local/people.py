"""The demo people, and how they sign in.

An operator's call, the identity provider's admin API, creates them. Then they act like real people:
they sign in on the hosted page and use the product's API.

`python -m local.people USER` prints only that person's access token.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

import aiohttp
import boto3
from yarl import URL

from local.progress import Trouble
from local.settings import SITE_URL

PASSWORD: Final = "Footlight-demo-1"
LIMIT: Final = aiohttp.ClientTimeout(total=30)


@dataclass(frozen=True)
class Person:
    """A demo person. Creators have a title; viewers follow channels."""

    username: str
    bio: str
    title: str | None = None
    follows: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """The email address for signing in."""
        return f"{self.username}@example.com"


PEOPLE: Final = (
    Person("ann", "Paints skies, one cloud at a time.", title="Painting a night sky"),
    Person(
        "bob", "Builds keyboards and breaks them again.", "Soldering a split keyboard", ("ann",)
    ),
    Person("cleo", "Here for the colors.", follows=("ann", "bob")),
    Person("dan", "Watches while cooking.", follows=("ann",)),
    Person("eve", "Collects strange switches.", follows=("bob",)),
)
"""Two creators, then three viewers."""

OPERATOR: Final = Person("olga", "Keeps this place tidy.")
"""The demo operator."""

EVERYONE: Final = (*PEOPLE, OPERATOR)


def register(user_pool_id: str) -> None:
    """Create the demo people in the user pool, with permanent passwords."""
    cognito = boto3.client("cognito-idp")
    for person in EVERYONE:
        add_login(cognito, user_pool_id, person.email)


def add_login(cognito: Any, user_pool_id: str, email: str) -> None:
    """Let a person sign in with a verified email address and `PASSWORD`. Idempotent."""
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=user_pool_id,
            Username=email,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
            MessageAction="SUPPRESS",
        )
    cognito.admin_set_user_password(
        UserPoolId=user_pool_id, Username=email, Password=PASSWORD, Permanent=True
    )


async def set_up_profiles() -> None:
    """Set usernames, bios, and the creators' titles, then follow channels."""
    names = [person.username for person in EVERYONE]
    # The first sign-in warms the functions for the others, which sign in at the same time.
    tokens = [
        await access_token(names[0]),
        *await asyncio.gather(*(access_token(name) for name in names[1:])),
    ]
    async with aiohttp.ClientSession(timeout=LIMIT) as client:
        apis = [Api(client, token) for token in tokens]
        for person, api in zip(EVERYONE, apis, strict=True):
            profile = {"bio": person.bio}
            if (await api.call("GET", "/api/me"))["username"] is None:
                profile["username"] = person.username
            await api.call("PUT", "/api/me", profile)
            if person.title:
                await api.call("PATCH", "/api/stream", {"title": person.title})
        for person, api in zip(EVERYONE, apis, strict=True):
            for followed in person.follows:
                await api.call("PUT", f"/api/follows/{followed}")


class Api:
    """A client of the product's API for one person. `token` is None for a guest."""

    def __init__(self, client: aiohttp.ClientSession, token: str | None) -> None:
        self._client = client
        self._token = token

    async def call(
        self, method: str, path: str, body: Any = None, *, missing_is_none: bool = False
    ) -> Any:
        """Return the response's JSON. Return None for a 404 if `missing_is_none`.

        Raises `Trouble` for other errors.
        """
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._client.request(
            method, SITE_URL + path, json=body, headers=headers
        ) as response:
            if response.status == 404 and missing_is_none:
                return None
            if not response.ok:
                text = (await response.text())[:300]
                raise Trouble(f"{method} {path} returned {response.status}: {text}")
            return await response.json() if response.status != 204 else None


@contextlib.asynccontextmanager
async def signed_in(username: str | None) -> AsyncGenerator[Api]:
    """Sign in as a demo person, or as a guest if `username` is None."""
    async with aiohttp.ClientSession(timeout=LIMIT) as client:
        yield Api(client, await access_token(username) if username else None)


async def access_token(username: str) -> str:
    """Return the access token of a demo person. Raises `Trouble`, as `sign_in` does."""
    person = next((person for person in EVERYONE if person.username == username), None)
    if person is None:
        names = ", ".join(person.username for person in EVERYONE)
        raise Trouble(f"No demo person has the name {username!r}: choose one of {names}")
    return await sign_in(person.email)


async def sign_in(email: str) -> str:
    """Sign in on the hosted page like a browser, and return an access token.

    Raises `Trouble` if there is no such login or the stack doesn't respond as expected.
    """
    try:
        async with aiohttp.ClientSession(timeout=LIMIT) as browser:
            async with browser.get(f"{SITE_URL}/api/session/login") as page:
                if not page.ok:
                    raise Trouble(f"{page.url} returned {page.status}")
                form = _Form(await page.text())
                action = page.url.join(URL(form.action))
            fields = {**form.fields, "username": email, "password": PASSWORD}
            async with browser.post(action, data=fields) as landed:
                if landed.url.host != URL(SITE_URL).host or landed.url.port != URL(SITE_URL).port:
                    raise Trouble(f"{email} can't sign in: the sign-in page rejected the password")
                if not landed.ok:
                    raise Trouble(f"{landed.url.path} returned {landed.status}")
            request = browser.post(f"{SITE_URL}/api/session/token", headers={"Origin": SITE_URL})
            async with request as response:
                if not response.ok:
                    raise Trouble(f"/api/session/token returned {response.status}")
                return (await response.json())["accessToken"]
    except aiohttp.ClientError as error:
        raise Trouble(
            f"The local stack doesn't respond ({error}). Start it with: make demo"
        ) from error


class _Form(HTMLParser):
    """The first form of a page: its address and its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = attributes.get("action", "")
        elif tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes.get("value", "")


def main(arguments: Sequence[str]) -> int:
    """Print an access token. Return 1, after one line on stderr, if sign-in fails."""
    try:
        print(asyncio.run(access_token(arguments[0] if arguments else "")))
    except Trouble as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
