"""A test creator and a test viewer: what they may do, and that moderation works.

They exist only during the checks. Their accounts at Cognito are named `footlight-verify-…`, so that
a run also removes what an interrupted run has left.
"""

import contextlib
import json
import secrets
import uuid
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from footlight.channels.words import channel_words
from footlight.people import usernames
from footlight.tables import chat, live, search, users
from footlight.tables.audit_log import log_of
from infra.routes import ROUTES
from operations import web
from operations.checks import Failed, Skipped, Warned
from operations.deployment import Deployment

EMAIL_PREFIX: Final = "footlight-verify-"
BATCH: Final = 25
"""The most requests of one BatchWriteItem."""


@dataclass
class Person:
    """A test person: an account at Cognito, its access token, and the user of the site."""

    email: str
    token: str = field(repr=False)
    user_id: str = ""
    username: str = ""


@dataclass
class Visit:
    """A deployment and its test people during the checks."""

    deployment: Deployment
    creator: Person | None = None
    viewer: Person | None = None

    @property
    def people(self) -> tuple[Person, Person]:
        """The creator and the viewer. Raises Skipped if they don't exist."""
        if self.creator is None or self.viewer is None:
            raise Skipped("needs the test people")
        return self.creator, self.viewer

    def call(self, method: str, path: str, person: Person | None, body: Any = None) -> web.Response:
        """Send a request to the API as a person, or as a guest."""
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        return web.request(method, self.deployment.site_url + path, body=body, headers=headers)

    def expect(
        self, method: str, path: str, person: Person | None, body: Any = None, *, help: str = ""
    ) -> Any:
        """Return the JSON of a successful response. Raises Failed for any other."""
        response = self.call(method, path, person, body)
        if response.status not in (200, 204):
            message = f"{method} {path} returned {response}"
            if response.code == "not_configured":
                help = "make livekit-keys"
            raise Failed(message, help or logs_command(self.deployment, path))
        return response.json


def logs_command(deployment: Deployment, path: str) -> str:
    """Return the command that shows the errors of the function behind a path."""
    prefix = "/".join(path.split("/")[:3])
    name = next(
        (name for name, routes in ROUTES.items() if any(f" {prefix}" in route for route in routes)),
        "pages",
    )
    group = deployment.stack.function(name, "AWS::Logs::LogGroup").name
    return f"aws logs tail {group} --since 10m"


# ---- their accounts


def create(visit: Visit) -> str:
    """Create both accounts with permanent passwords, sign in, and choose usernames."""
    pool = visit.deployment.stack.outputs.get("UserPoolId")
    if not pool:
        raise Warned(
            "no test people: the site uses your own identity provider",
            "sign in on the site with two accounts, and time one out as the other",
        )
    if json.loads(visit.deployment.output("SiteConfig")).get("signUp") == "closed":
        raise Warned(
            "no test people: signUp is closed",
            "sign in on the site with two accounts, and time one out as the other",
        )
    cognito = visit.deployment.client("cognito-idp")
    remove_accounts(visit.deployment, pool)
    people = [_sign_up(cognito, visit.deployment, pool) for _ in range(2)]
    for person in people:
        person.username = f"verify_{secrets.token_hex(6)}"
        me = visit.expect("PUT", "/api/me", person, {"username": person.username})
        person.user_id = me["id"]
    visit.creator, visit.viewer = people
    return f"{people[0].username} and {people[1].username}"


def _sign_up(cognito: Any, deployment: Deployment, pool: str) -> Person:
    email = f"{EMAIL_PREFIX}{secrets.token_hex(6)}@example.com"
    password = secrets.token_urlsafe(24) + "aA1-"
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=email,
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
        MessageAction="SUPPRESS",
    )
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=password, Permanent=True
    )
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=deployment.output("ClientId"),
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )
    return Person(email, answer["AuthenticationResult"]["AccessToken"])


# ---- what they do


def channel(visit: Visit) -> str:
    """Change a channel's settings, follow it, and unfollow it."""
    creator, viewer = visit.people
    visit.expect("PATCH", "/api/stream", creator, {"title": "A test of this site"})
    visit.expect("PUT", f"/api/follows/{creator.username}", viewer)
    page = visit.expect("GET", f"/api/pages/channels/{creator.username}", viewer)
    if page["stream"]["title"] != "A test of this site":
        raise Failed("a changed title isn't on the channel's page")
    visit.expect("DELETE", f"/api/follows/{creator.username}", viewer)
    return "settings, follow, unfollow"


AUTHORIZED: Final = "DynamoDB refuses the transaction: see 'Rights in transactions' in operating.md"


def moderation(visit: Visit) -> str:
    """Time out, block, and appoint: each writes an item and a log entry in one transaction.

    Both are Puts. IAM must allow them whether it compares `dynamodb:LeadingKeys` item by item or
    with all keys of one action.
    """
    creator, viewer = visit.people
    chat_path = f"/api/chat/{creator.username}"
    timeout = {"seconds": 60, "reason": "a test"}
    for method, path, body in (
        ("PUT", f"{chat_path}/timeouts/{viewer.user_id}", timeout),
        ("PUT", f"/api/moderators/{viewer.username}", None),
        ("DELETE", f"/api/moderators/{viewer.username}", None),
        ("PUT", f"/api/blocks/{viewer.username}", None),
    ):
        visit.expect(method, path, creator, body, help=AUTHORIZED)
    return "time out, appoint, block"


def deletions(visit: Visit) -> str:
    """Unblock and end a timeout: each deletes an item and writes a log entry in one transaction.

    The function may not delete log entries. If IAM compared `dynamodb:LeadingKeys` with the keys of
    the whole transaction, the log entry's key would not be allowed for the deletion.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    creator, viewer = visit.people
    for path in (
        f"/api/blocks/{viewer.username}",
        f"/api/chat/{creator.username}/timeouts/{viewer.user_id}",
    ):
        response = visit.call("DELETE", path, creator)
        if response.status != 204:
            raise Failed(
                f"DELETE {path} returned {response}. If the log shows AccessDenied, IAM compares "
                "dynamodb:LeadingKeys with all keys of a transaction",
                AUTHORIZED,
            )
    if visit.deployment.on_emulator:
        return "unblock, end a timeout (the emulator enforces no IAM)"
    return (
        "unblock, end a timeout: IAM compares dynamodb:LeadingKeys item by item or action by "
        "action, not with all keys of a transaction"
    )


LOGGED: Final = (*("timed_out", "timeout_ended", "blocked", "unblocked", "appointed", "dismissed"),)


def moderation_log(visit: Visit) -> str:
    """Require an entry for each action."""
    creator, _ = visit.people
    log = visit.expect("GET", "/api/moderation/log", creator)
    actions = [entry["action"] for entry in log["entries"]]
    missing = [action for action in LOGGED if action not in actions]
    if missing:
        raise Failed(f"the moderation log lacks {', '.join(missing)}; it has {actions}")
    return f"{len(actions)} entries"


def stream_key(visit: Visit) -> str:
    """Create a stream key at LiveKit, and delete it."""
    creator, _ = visit.people
    created = visit.expect("POST", "/api/ingress", creator, {"inputType": "whip"})
    visit.expect("DELETE", "/api/ingress", creator)
    return f"created at {created['serverUrl']}, and deleted"


def guest(visit: Visit) -> str:
    """Require that LiveKit accepts a guest's viewer token.

    `/rtc/validate` is what LiveKit's own client calls to explain a refused connection.
    """
    creator, _ = visit.people
    admitted = visit.expect("POST", "/api/token", None, {"host": creator.username})
    base = visit.deployment.livekit.http_url
    response = web.get(f"{base}/rtc/validate?access_token={admitted['token']}")
    if response.status != 200 or response.body.strip() != b"success":
        raise Failed(
            f"LiveKit doesn't accept a viewer token: {response.status} "
            f"{response.body[:100].decode(errors='replace')}",
            "make livekit-keys, with the keys of this LiveKit project",
        )
    return "LiveKit accepts a guest's token"


def guest_chat(visit: Visit) -> str:
    """Require that a guest can read a chat, and that no one can write while it is offline."""
    creator, _ = visit.people
    admitted = visit.expect("POST", "/api/token", None, {"host": creator.username})
    path = f"/api/chat/{creator.username}"
    guest = Person("", admitted["token"])
    visit.expect("GET", path, guest)
    posted = visit.call("POST", path, guest, {"text": "hello", "id": str(uuid.uuid4())})
    if posted.code != "host_offline":
        raise Failed(f"POST {path} returned {posted}, not host_offline")
    return "readable, and closed while the channel is offline"


# ---- their removal


@contextlib.contextmanager
def removed_afterwards(visit: Visit) -> Generator[None]:
    """Remove the test people at the end, also after Ctrl-C."""
    try:
        yield
    finally:
        pool = visit.deployment.stack.outputs.get("UserPoolId")
        if pool:
            remove_accounts(visit.deployment, pool)


def removal(visit: Visit) -> str:
    """Remove the test people and all of their items."""
    pool = visit.deployment.stack.outputs.get("UserPoolId")
    if not pool:
        raise Skipped("there are no test people")
    return f"{remove_accounts(visit.deployment, pool)} accounts with their items"


def remove_accounts(deployment: Deployment, pool: str) -> int:
    """Remove all test accounts of this and earlier runs. Return how many there were."""
    cognito = deployment.client("cognito-idp")
    found = cognito.list_users(UserPoolId=pool, Filter=f'email ^= "{EMAIL_PREFIX}"')["Users"]
    issuer = deployment.output("Issuer")
    count = 0
    for user in found:
        attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
        if not attributes.get("email", "").startswith(EMAIL_PREFIX):
            continue
        _remove_items(deployment, issuer, attributes["sub"])
        cognito.admin_delete_user(UserPoolId=pool, Username=user["Username"])
        count += 1
    return count


def _remove_items(deployment: Deployment, issuer: str, subject: str) -> None:
    """Delete what a test person has in the table. The account's own item is last."""
    table = Table(deployment.client("dynamodb"), deployment.output("TableName"))
    account = users.subject(issuer, subject)
    found = table.get(account.pk, account.sk)
    if found is None:
        return
    user_id, username = found["user_id"]["S"], found["username"]["S"]
    stream = users.stream(user_id)
    settings = table.get(stream.pk, stream.sk) or {}
    title = settings.get("title", {}).get("S", "")
    words = {*channel_words(username, title), *channel_words(username, f"{username}'s stream")}
    refs = (
        users.name(username),
        users.skeleton(usernames.skeleton(username)),
        *(search.word(word, user_id) for word in words),
    )
    keys = [(ref.pk, ref.sk) for ref in refs]
    for partition in (
        *(users.profile(user_id).pk, live.live_state(user_id).pk, live.past_broadcasts(user_id)),
        *(f"FOLLOW#{user_id}", f"BLOCK#{user_id}", f"TIMEOUT#{user_id}", log_of(user_id)),
        *(chat.messages_list(user_id), f"CHATID#{user_id}", f"CHATTER#{user_id}"),
    ):
        keys += table.keys_of(partition)
    table.delete(keys)
    table.delete([(account.pk, account.sk)])


@dataclass
class Table:
    """The table, as far as the removal of test people needs it."""

    client: Any
    name: str

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        """Return an item in DynamoDB's JSON, or None."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")

    def keys_of(self, pk: str) -> list[tuple[str, str]]:
        """Return the keys of all items of a partition."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ProjectionExpression="pk, sk",
            ConsistentRead=True,
        )
        return [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]

    def delete(self, keys: Iterable[tuple[str, str]]) -> None:
        """Delete items, 25 in one call. Keys that DynamoDB leaves unprocessed are resent."""
        requests = [
            {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}
            for pk, sk in dict.fromkeys(keys)
        ]
        while requests:
            batch, requests = requests[:BATCH], requests[BATCH:]
            answer = self.client.batch_write_item(RequestItems={self.name: batch})
            requests += answer.get("UnprocessedItems", {}).get(self.name, [])
