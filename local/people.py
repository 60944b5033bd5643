"""Who are the demo people, and how do they sign in?

They are made as an operator would make them (the identity provider's admin API) and then act as
people do: they sign in on the hosted page and use the product's own API.

`python -m local.people USER` prints that person's access token and nothing else.
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
    """One demo person: a creator has a title, a viewer follows."""

    username: str
    bio: str
    title: str | None = None
    follows: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """What they sign in with."""
        return f"{self.username}@example.com"


PEOPLE: Final = (
    Person("ann", "Paints skies, one cloud at a time.", title="Painting a night sky"),
    Person(
        "bob", "Builds keyboards and breaks them again.", "Soldering a split keyboard", ("ann",)
    ),
    Person("cleo", "Here for the colours.", follows=("ann", "bob")),
    Person("dan", "Watches while cooking.", follows=("ann",)),
    Person("eve", "Collects strange switches.", follows=("bob",)),
)
"""Two creators, then three viewers."""


def register(user_pool_id: str) -> None:
    """Make the demo people in the user pool, with passwords that need no change."""
    cognito = boto3.client("cognito-idp")
    for person in PEOPLE:
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(
                UserPoolId=user_pool_id,
                Username=person.email,
                UserAttributes=[
                    {"Name": "email", "Value": person.email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                MessageAction="SUPPRESS",
            )
        cognito.admin_set_user_password(
            UserPoolId=user_pool_id, Username=person.email, Password=PASSWORD, Permanent=True
        )


async def furnish() -> None:
    """Give everybody a username, a bio, and to creators a title; then let them follow."""
    names = [person.username for person in PEOPLE]
    # The first sign-in warms the functions that the others, at once, then share.
    tokens = [
        await access_token(names[0]),
        *await asyncio.gather(*(access_token(name) for name in names[1:])),
    ]
    async with aiohttp.ClientSession(timeout=LIMIT) as client:
        apis = [Api(client, token) for token in tokens]
        for person, api in zip(PEOPLE, apis, strict=True):
            profile = {"bio": person.bio}
            if (await api.call("GET", "/api/me"))["username"] is None:
                profile["username"] = person.username
            await api.call("PUT", "/api/me", profile)
            if person.title:
                await api.call("PATCH", "/api/stream", {"title": person.title})
        for person, api in zip(PEOPLE, apis, strict=True):
            for followed in person.follows:
                await api.call("PUT", f"/api/follows/{followed}")


class Api:
    """The product's API as one person; `token` is None for a guest."""

    def __init__(self, client: aiohttp.ClientSession, token: str | None) -> None:
        self._client = client
        self._token = token

    async def call(
        self, method: str, path: str, body: Any = None, *, missing_is_none: bool = False
    ) -> Any:
        """The answer's JSON; `Trouble` for a refusal, but None for a 404 where that is fine."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._client.request(
            method, SITE_URL + path, json=body, headers=headers
        ) as answer:
            if answer.status == 404 and missing_is_none:
                return None
            if not answer.ok:
                said = (await answer.text())[:300]
                raise Trouble(f"{method} {path} answered {answer.status}: {said}")
            return await answer.json() if answer.status != 204 else None


@contextlib.asynccontextmanager
async def signed_in(username: str | None) -> AsyncGenerator[Api]:
    """The API as a demo person, or as a guest for None."""
    async with aiohttp.ClientSession(timeout=LIMIT) as client:
        yield Api(client, await access_token(username) if username else None)


async def access_token(username: str) -> str:
    """Sign in on the hosted page as a browser would, and ask for an access token.

    Raises `Trouble` for somebody unknown, or where the stack does not answer as it should.
    """
    person = next((person for person in PEOPLE if person.username == username), None)
    if person is None:
        names = ", ".join(person.username for person in PEOPLE)
        raise Trouble(f"There is no demo person {username!r}: choose one of {names}")
    try:
        async with aiohttp.ClientSession(timeout=LIMIT) as browser:
            async with browser.get(f"{SITE_URL}/api/session/login") as page:
                if not page.ok:
                    raise Trouble(f"{page.url} answered {page.status}")
                form = _Form(await page.text())
                action = page.url.join(URL(form.action))
            fields = {**form.fields, "username": person.email, "password": PASSWORD}
            async with browser.post(action, data=fields) as landed:
                if landed.url.host != URL(SITE_URL).host or landed.url.port != URL(SITE_URL).port:
                    raise Trouble(f"{username} can't sign in: the hosted page refused")
                if not landed.ok:
                    raise Trouble(f"{landed.url.path} answered {landed.status}")
            ask = browser.post(f"{SITE_URL}/api/session/token", headers={"Origin": SITE_URL})
            async with ask as answer:
                if not answer.ok:
                    raise Trouble(f"/api/session/token answered {answer.status}")
                return (await answer.json())["accessToken"]
    except aiohttp.ClientError as why:
        raise Trouble(f"The local stack does not answer ({why}): make demo") from why


class _Form(HTMLParser):
    """The first form of a page: where it goes and what is filled in already."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given.get("action", "")
        elif tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


def main(arguments: Sequence[str]) -> int:
    """Print an access token; 1 and one line on stderr where there is none."""
    try:
        print(asyncio.run(access_token(arguments[0] if arguments else "")))
    except Trouble as why:
        print(f"✗ {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
