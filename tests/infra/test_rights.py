"""Tests that each function has exactly the rights that it needs.

Neither moto nor the emulator checks rights, so `tests.support.iam` evaluates the recorded calls.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import compress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from footlight import identities
from footlight.identities import Guest
from footlight.live.record import record_event
from footlight.live.state import RoomSeen
from footlight.people import emails
from footlight.sync import run as runs
from footlight.tables import deletions, users
from footlight.tables.items import listed
from footlight.watching import viewer_tokens
from infra.needs import FUNCTIONS
from infra.routes import ROUTES as HTTP_ROUTES
from tests.support.api import Api, Person
from tests.support.clock import Clock
from tests.support.deployment import deployment, forget, put_secret, settings_at
from tests.support.iam import (
    ACCOUNT,
    READINGS,
    Action,
    Created,
    Reading,
    Request,
    are_allowed,
    table_actions,
)
from tests.support.livekit import LiveKit
from tests.support.people import a_block
from tests.support.provider import Provider
from tests.support.recorded import Recorded, invoking
from tests.support.routes import ROUTES, ingress_event
from tests.support.stored import change_item, stored, write_items
from tests.support.world import GUEST, NEW_MESSAGE, TAB, Beginning, Call, World, viewer_token

if TYPE_CHECKING:
    from .conftest import Template

STARTS_CHECKS = {"token", "ingress", "webhook", "pages", "account", "moderation", "admin"}
SECRETS = {
    "token": {"LiveKit", "Site", "CloudFront"},
    "ingress": {"LiveKit", "CloudFront"},
    "webhook": {"LiveKit", "CloudFront"},
    "pages": {"CloudFront"},
    "account": {"Site", "CloudFront"},
    "social": {"Site", "CloudFront"},
    "chat": {"LiveKit", "Site", "CloudFront"},
    "moderation": {"LiveKit", "CloudFront"},
    "admin": {"CloudFront"},
    "session": {"Site", "CloudFront"},
    "reconcile": {"LiveKit", "Site"},
}
ON_USERS = {"account": {"AdminGetUser"}, "reconcile": {"AdminGetUser", "AdminDeleteUser"}}
"""What functions may do with users of the stack's own pool."""

each_function = pytest.mark.parametrize("function", FUNCTIONS)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(statements: list[dict[str, Any]], service: str) -> set[str]:
    allowed = {action for statement in statements for action in as_list(statement["Action"])}
    return {action for action in allowed if action.startswith(f"{service}:")}


@each_function
def test_no_action_and_no_resource_is_a_wildcard(production: "Template", function: str) -> None:
    for statement in production.statements(function):
        assert statement["Effect"] == "Allow"
        assert not [action for action in as_list(statement["Action"]) if "*" in action]
        assert not [resource for resource in as_list(statement["Resource"]) if "*" in str(resource)]


@each_function
def test_a_function_uses_five_services_at_most(production: "Template", function: str) -> None:
    statements = production.statements(function)
    assert actions(statements, "secretsmanager") == {"secretsmanager:GetSecretValue"}
    assert actions(statements, "logs") == {"logs:CreateLogStream", "logs:PutLogEvents"}
    is_invoking = function in STARTS_CHECKS | {"reconcile"}  # which invokes itself
    invokes = {"lambda:InvokeFunction"} if is_invoking else set[str]()
    assert actions(statements, "lambda") == invokes
    on_users = {f"cognito-idp:{action}" for action in ON_USERS.get(function, ())}
    assert actions(statements, "cognito-idp") == on_users
    services = {action.partition(":")[0] for s in statements for action in as_list(s["Action"])}
    assert services <= {"dynamodb", "secretsmanager", "logs", "lambda", "cognito-idp"}


def test_functions_invoke_only_the_reconciler(production: "Template", full: "Template") -> None:
    for template in (production, full):
        invoked = {
            str(statement["Resource"])
            for function in STARTS_CHECKS
            for statement in template.statements(function)
            if "lambda" in str(statement["Action"])
        }
        assert len(invoked) == 1
        assert "Reconcile" in invoked.pop()


def test_a_policy_of_its_own_lets_only_the_reconciler_invoke_itself(
    production: "Template", full: "Template"
) -> None:
    """A policy that the function depends on can't name the function."""
    for template in (production, full):
        invokers = {
            function
            for function in FUNCTIONS
            if "lambda:InvokeFunction" in str(template.statements(function))
        }
        assert invokers == STARTS_CHECKS | {"reconcile"}
        (policy,) = (
            policy
            for _, policy in template.all("AWS::IAM::Policy")
            if {"Ref": template.role_of("reconcile")} in policy["Roles"]
            and "lambda:InvokeFunction" in str(policy)
        )
        (statement,) = policy["PolicyDocument"]["Statement"]
        schedule = template.one("AWS::Scheduler::Schedule")
        assert statement["Resource"] == schedule["Target"]["Arn"]


@each_function
def test_a_function_reads_exactly_the_secrets_that_it_needs(
    production: "Template", function: str
) -> None:
    names = {
        id: secret["Description"].split(" ")[0]
        for id, secret in production.all("AWS::SecretsManager::Secret")
    }
    readable = {
        names[resource["Ref"]]
        for statement in production.statements(function)
        if "secretsmanager" in str(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    assert readable == SECRETS[function]


@each_function
def test_a_role_belongs_to_one_function_and_has_no_other_policies(
    production: "Template", function: str
) -> None:
    roles = [properties["Role"]["Fn::GetAtt"][0] for properties in production.functions().values()]
    role = production.functions()[function]["Role"]["Fn::GetAtt"][0]
    assert roles.count(role) == 1
    properties = production.resources[role]["Properties"]
    assert "ManagedPolicyArns" not in properties
    assert "Policies" not in properties
    (trusted,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}


def leading_keys(statement: dict[str, Any]) -> set[str]:
    return set(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def test_the_webhook_writes_only_live_state_and_use_and_reads_only_what_it_needs(
    production: "Template",
) -> None:
    allowed = {
        action: leading_keys(statement)
        for statement in production.statements("webhook")
        for action in as_list(statement["Action"])
        if action.startswith("dynamodb:")
    }
    reads = {"INGRESS#*", "LIVE#*", "BLOCK#*", "USER#*", "STANDING#*"}
    assert allowed == {
        "dynamodb:GetItem": reads,
        "dynamodb:BatchGetItem": reads,
        "dynamodb:PutItem": {"LIVE#*", "SESSION#*"},
        "dynamodb:UpdateItem": {"USAGE#*"},  # how long all channels have streamed today
    }


def test_only_pages_operators_and_the_reconciler_query_the_index(production: "Template") -> None:
    readers = {name for name in FUNCTIONS if "/index/" in str(production.statements(name))}
    assert readers == {"pages", "admin", "reconcile"}


def test_the_token_function_reads_neither_ingress_owners_nor_the_index(
    production: "Template",
) -> None:
    for statement in production.statements("token"):
        if "dynamodb" in str(statement["Action"]):
            assert leading_keys(statement) == (
                {"LIMIT#*"}
                if "dynamodb:UpdateItem" in as_list(statement["Action"])
                else {"NAME#*", "SUBJECT#*", "BLOCK#*", "LIVE#*", "USER#*", "STANDING#*"}
            )
            assert "index" not in str(statement["Resource"])


# --- the calls of each function ---


Act = Callable[[], object]

USER_POOL = "us-east-1_pool"
"""The id of the user pool in the functions' calls."""

EMAIL = "bob@example.com"
VERIFIED = [{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}]
"""The attributes of each user of the pool."""

ITSELF = "itself"
"""The ARN of the reconcile function in its own calls."""


@dataclass(frozen=True)
class More:
    """Calls of a function that no row of the route table makes."""

    function: str
    prepare: Callable[[World, Clock], Act]


def _starts_after_the_grace_period(world: World, time: Clock) -> Act:
    """The webhook records the broadcast that has ended."""
    _webhook(world, ingress_event("ingress_ended", 100, 120))()
    record_event(world.people.ann.id, RoomSeen(is_publishing=False), "repair")
    time.moves(hours=1)
    return _webhook(world, ingress_event("ingress_started", 5000, 5010))


def _webhook(world: World, call: Call) -> Act:
    arguments = call.arguments(world, "POST", "/api/webhook/livekit")
    return lambda: world.api.call(**arguments)


def _writes_to_followers(world: World, time: Clock) -> Act:
    """The sender's follow is read only if the chat is for followers."""
    del time
    setting = {"isChatFollowersOnly": True}
    assert world.api.patch("/api/stream", setting, signed_in_as=world.people.ann).status == 200
    token = viewer_token(world.people.ann, world.people.bob)
    body = {"text": "hello again", "id": NEW_MESSAGE}
    return lambda: world.api.post("/api/chat/ann", body, token=token)


def _guest_writes(world: World, time: Clock) -> Act:
    """Guests share the limit of their address, which is hashed with a secret."""
    del time
    token = viewer_tokens.mint(Guest(GUEST), host_id=world.people.ann.id, tab=TAB, hidden=False)
    body = {"text": "hello", "id": NEW_MESSAGE}
    return lambda: world.api.post("/api/chat/ann", body, token=token.token)


def _writes_for_the_first_time(world: World, time: Clock) -> Act:
    """A user's first message of a day in a chat is recorded."""
    del time
    token = viewer_token(world.people.ann, world.people.mia)
    body = {"text": "hello", "id": NEW_MESSAGE}
    return lambda: world.api.post("/api/chat/ann", body, token=token)


def _finds_stale_state(name: str) -> Callable[[World, Clock], Act]:
    """A read that finds stale live state starts a check."""
    row = next(row for row in ROUTES if row.name == name)

    def prepare(world: World, time: Clock) -> Act:
        time.moves(hours=1)
        return row.prepared(world)

    return prepare


def _three_runs(world: World, time: Clock) -> Act:
    """The first finds viewers, the second no room, and the third an expired key."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    world.api.patch("/api/ingress", {"armed": "half_hour"}, signed_in_as=world.people.ann)

    def run() -> None:
        for _ in range(2):
            handler({}, None)
            time.moves(hours=1)
            world.livekit.rooms.clear()
        handler({}, None)

    return run


def _a_run_after_a_rest(world: World, time: Clock) -> Act:
    """A task finishes the end of a broadcast, and a run lets the key work again."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    world.livekit.before = world.livekit.breaks
    world.api.post("/api/stream/end", signed_in_as=world.people.ann)
    world.livekit.before = None

    def run() -> None:
        handler({"channel": world.people.ann.id, "finishes": True}, None)
        assert world.livekit.enabled_keys(world.people.ann.id) == []
        time.moves(minutes=2)
        handler({}, None)
        assert len(world.livekit.enabled_keys(world.people.ann.id)) == 1

    return run


def _a_suspension_and_its_end(world: World, time: Clock) -> Act:
    """A task settles a suspension, and a run its end."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    body = {"reason": "spam", "until": time.after(hours=1)}
    path = "/api/admin/suspensions/ann"
    assert world.api.put(path, body, signed_in_as=world.people.olga).status == 204

    def run() -> None:
        handler({"channel": world.people.ann.id, "settles": True}, None)
        assert world.livekit.enabled_keys(world.people.ann.id) == []
        time.moves(hours=1)
        handler({}, None)
        assert len(world.livekit.enabled_keys(world.people.ann.id)) == 1

    return run


def _withdraws_an_approval(world: World, time: Clock) -> Act:
    """A task turns off the key of a creator who isn't approved."""
    del time
    handler = importlib.import_module("functions.reconcile.handler").handler

    def settles() -> None:
        handler({"channel": world.people.ann.id, "settles": True}, None)
        assert world.livekit.enabled_keys(world.people.ann.id) == []

    return lambda: _if_approved(settles)


def _needs_approval(name: str, status: int) -> Callable[[World, Clock], Act]:
    """Make the call of a row while only approved people may stream."""
    row = next(row for row in ROUTES if row.name == name)

    def prepare(world: World, time: Clock) -> Act:
        del time
        call = row.prepared(world)

        def calls() -> None:
            assert call().status == status

        return lambda: _if_approved(calls)

    return prepare


def _within_caps(name: str) -> Callable[[World, Clock], Act]:
    """Make the call of a row while the site has caps on streaming."""
    row = next(row for row in ROUTES if row.name == name)

    def prepare(world: World, time: Clock) -> Act:
        del time
        call = row.prepared(world)

        def calls() -> None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("FOOTLIGHT_MAX_LIVE_CHANNELS", "1000")
                patch.setenv("FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL", "24")
                assert call().status == 200

        return calls

    return prepare


def _ends_a_broadcast_over_a_cap(world: World, time: Clock) -> Act:
    """A run ends the broadcast of a channel that has used its hours."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    ann = world.people.ann
    time.moves(hours=2)

    def runs_once() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FOOTLIGHT_MAX_LIVE_CHANNELS", "1000")
            patch.setenv("FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL", "1")
            handler({}, SimpleNamespace(invoked_function_arn=ITSELF))
        assert world.livekit.enabled_keys(ann.id) == []

    return runs_once


def _if_approved(act: Act) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTLIGHT_STREAMING", "approved")
        act()


def _erases_two_accounts(world: World, time: Clock) -> Act:
    """Ann and bob follow each other, and delete their accounts at the same moment."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    people = (world.people.ann, world.people.bob)
    moderators = {world.people.ann.id}
    change_item(users.stream(world.people.mia.id), moderators=moderators)
    a_block(by=_as_domain(world.people.bob), of=_as_domain(world.people.mia))
    for person in people:
        assert world.api.delete("/api/me", signed_in_as=person).status == 202

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FOOTLIGHT_USER_POOL_ID", USER_POOL)
            handler({}, SimpleNamespace(invoked_function_arn=ITSELF))
            for person in people:
                handler({"deletion": person.id}, None)
            time.moves(minutes=1)
            for person in people:
                handler({"deletion": person.id}, None)
        assert not listed(deletions.LISTED)

    return run


def _as_domain(person: Person) -> identities.Person:
    return identities.Person(person.id, person.username)


def _returns(world: World, time: Clock) -> Act:
    """A person deletes their account, signs up again, and chooses a username again."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    bob = world.people.bob
    assert world.api.delete("/api/me", signed_in_as=bob).status == 202
    for _ in range(2):
        time.moves(minutes=1)
        handler({"deletion": bob.id}, None)
    subject_key = users.subject(world.api.provider.issuer, bob.subject).pk
    write_items(users.former_email(emails.hash_of(EMAIL)).new(subject_key=subject_key))

    def run() -> None:
        again = Person("another-subject")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FOOTLIGHT_USER_POOL_ID", USER_POOL)
            returned = world.api.put("/api/me", {"username": "bob"}, signed_in_as=again)
        assert returned.body["id"] == bob.id

    return run


def _forgets_who_is_unblocked(world: World, time: Clock) -> Act:
    """Of two former users whose 90 days have passed, ann still blocks one."""
    handler = importlib.import_module("functions.reconcile.handler").handler
    people = world.people
    for key, person in (("kept", people.carl), ("unblocked", people.bob)):
        former = users.former_user(f"SUBJECT#{key}").new(user_id=person.id, email_hash=key)
        former.list_pk, former.list_sk = users.by_next_read(former, time.now - timedelta(days=1))
        write_items(former, users.former_email(key).new(subject_key=former.pk))

    def run() -> None:
        handler({}, SimpleNamespace(invoked_function_arn=ITSELF))
        left = [pk for pk, sk in stored() if sk == "FORMER"]
        assert sorted(left) == ["EMAIL#kept", "SUBJECT#kept"]

    return run


def _a_run_in_parts(world: World, time: Clock) -> Act:
    """Each part is another execution of the same function."""
    world.livekit.rooms[world.people.ann.id].append(f"{1:032x}:{TAB}")
    handler = importlib.import_module("functions.reconcile.handler").handler
    world.livekit.rooms[world.people.bob.id] = []

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runs, "PART_CHANNELS", 1)
            handler({}, SimpleNamespace(invoked_function_arn=ITSELF))
        part = {"channels": [world.people.ann.id], "until": time.ms + 10_000}
        handler(part, None)

    return run


def _reads_the_origin_secret(function: str) -> Callable[[World, Clock], Act]:
    """Check the header of CloudFront, which the other calls of the tests don't send."""
    row = next(row for row in ROUTES if row.function == function)

    def prepare(world: World, time: Clock) -> Act:
        del time
        put_secret("origin", {"origin": "secret"})
        call = row.prepared(world)

        def with_setting() -> None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "origin")
                assert call().status == 404

        return with_setting

    return prepare


MORE = {
    "a start after the grace period": More("webhook", _starts_after_the_grace_period),
    "a message in a chat for followers": More("chat", _writes_to_followers),
    "a guest's message": More("chat", _guest_writes),
    "a first message": More("chat", _writes_for_the_first_time),
    "a token for a stale channel": More("token", _finds_stale_state("POST /api/token, a guest")),
    "a stale page": More(
        "pages", _finds_stale_state("GET /api/pages/channels/{username}, a guest")
    ),
    "a former user without a block": More("reconcile", _forgets_who_is_unblocked),
    "three runs": More("reconcile", _three_runs),
    "a run after a rest": More("reconcile", _a_run_after_a_rest),
    "a suspension and its end": More("reconcile", _a_suspension_and_its_end),
    "a withdrawn approval": More("reconcile", _withdraws_an_approval),
    "a key without an approval": More("ingress", _needs_approval("GET /api/ingress", 403)),
    "a key within the caps": More("ingress", _within_caps("GET /api/ingress")),
    "a key turned on within the caps": More(
        "ingress", _within_caps("PATCH /api/ingress, half an hour")
    ),
    "a reset within the caps": More("ingress", _within_caps("POST /api/ingress")),
    "a broadcast over a cap": More("reconcile", _ends_a_broadcast_over_a_cap),
    "people and approvals": More("admin", _needs_approval("GET /api/admin/people", 200)),
    "two deletions": More("reconcile", _erases_two_accounts),
    "a return": More("account", _returns),
    "a run in parts": More("reconcile", _a_run_in_parts),
    **{
        f"the origin secret of {function}": More(function, _reads_the_origin_secret(function))
        for function in HTTP_ROUTES
    },
}
BY_NAME = {row.name: row.function for row in ROUTES} | {
    name: more.function for name, more in MORE.items()
}
"""The function of each row, and of the calls in `MORE`."""

Calls = dict[str, list[tuple[str, Any]]]
"""The calls of AWS, with their arguments, by the names in `BY_NAME`."""


@pytest.fixture(scope="session")
def calls(recorded: Recorded, beginning: Beginning, one_provider: Provider) -> Calls:
    made: Calls = {
        name: recordings.cold.requests + recordings.cold.invokes
        for name, recordings in recorded.items()
    }
    one_provider.as_new()
    for name, more in MORE.items():
        with (
            deployment(one_provider),
            LiveKit.running() as livekit,
            Clock.stopped() as time,
        ):
            world = World(Api(one_provider), livekit, beginning)
            act = more.prepare(world, time)
            forget()
            with invoking() as wire:
                wire.answers["AdminDeleteUser"] = {}
                wire.answers["AdminGetUser"] = {"UserAttributes": VERIFIED}
                act()
        made[name] = wire.asked
    return made


# --- evaluated by the policies of the template ---


class Authorization:
    """What the functions of one template may do."""

    def __init__(self, template: "Template", variables: dict[str, str]) -> None:
        self._template = template
        self._created = Created(template.resources)
        self._variables = {value: name for name, value in variables.items()}
        """Names of environment variables, by the value that they have in the tests."""
        self.policies: dict[str, Any] = {
            function: {
                "Version": "2012-10-17",
                "Statement": self._created.value(template.statements(function)),
            }
            for function in template.functions()
        }
        """The policies of the roles, by function."""

    def table_request(self, function: str, action: Action) -> Request:
        """Return the request for an action on items of the table, or on the index."""
        ((table, _),) = self._template.all("AWS::DynamoDB::GlobalTable")
        arn = self._created.arn(table)
        return Request(
            principal=self._principal(function),
            action=f"dynamodb:{action.name}",
            resource=f"{arn}/index/lists" if action.on_index else arn,
            context=(("dynamodb:LeadingKeys", tuple(sorted(action.keys))),),
            identity=function,
        )

    def requests(
        self, function: str, calls: list[tuple[str, Any]], reading: Reading
    ) -> Iterator[Request]:
        """Yield what AWS authorizes for some calls."""
        for operation, arguments in calls:
            match operation:
                case "GetSecretValue":
                    yield self._request(
                        function, "secretsmanager:GetSecretValue", arguments["SecretId"]
                    )
                case "Invoke":
                    yield self._request(
                        function, "lambda:InvokeFunction", arguments["FunctionName"]
                    )
                case "AdminGetUser" | "AdminDeleteUser":
                    assert arguments["UserPoolId"] == USER_POOL
                    yield from self._pool_requests(function, f"cognito-idp:{operation}")
                case _:
                    for action in table_actions(operation, arguments, reading):
                        yield self.table_request(function, action)

    def trust_policies(self) -> dict[str, Any]:
        """Return who may assume each role, by the role's ARN."""
        return {
            self._created.arn(id): self._created.value(role["AssumeRolePolicyDocument"])
            for id, role in self._template.all("AWS::IAM::Role")
        }

    def role_policies(self) -> dict[str, Any]:
        """Return the policy of each role that has one, by the role's ARN."""
        return {
            self._created.arn(role["Ref"]): self._created.value(policy["PolicyDocument"])
            for _, policy in self._template.all("AWS::IAM::Policy")
            for role in policy["Roles"]
        }

    def schedules(self) -> list[Any]:
        """Return the schedules, with ARNs."""
        found = self._template.all("AWS::Scheduler::Schedule")
        return [self._created.value(properties) for _, properties in found]

    def function_arn(self, name: str) -> str:
        (arn,) = (
            self._created.arn(id)
            for id, function in self._template.function_ids().items()
            if function == name
        )
        return arn

    def bucket_policy(self) -> tuple[str, Any]:
        """Return the ARN of the only bucket, and its policy."""
        ((bucket, _),) = self._template.all("AWS::S3::Bucket")
        policy = self._template.one("AWS::S3::BucketPolicy")["PolicyDocument"]
        return self._created.arn(bucket), self._created.value(policy)

    def distribution_arn(self) -> str:
        ((distribution, _),) = self._template.all("AWS::CloudFront::Distribution")
        return f"arn:aws:cloudfront::{ACCOUNT}:distribution/{distribution}"

    def origin_access_controls(self) -> list[Any]:
        """Return the access controls of the distribution's S3 origins."""
        distribution = self._template.one("AWS::CloudFront::Distribution")
        origins = distribution["DistributionConfig"]["Origins"]
        ids = [
            each["OriginAccessControlId"]["Fn::GetAtt"][0]
            for each in origins
            if "S3OriginConfig" in each
        ]
        return [
            self._template.resources[id]["Properties"]["OriginAccessControlConfig"] for id in ids
        ]

    def _request(self, function: str, action: str, value: str) -> Request:
        """Return a request about the resource that the function's environment names."""
        if value == ITSELF:  # Scheduler invokes the function by the same ARN
            ((_, schedule),) = self._template.all("AWS::Scheduler::Schedule")
            reference = schedule["Target"]["Arn"]
        else:
            reference = self._template.environment(function)[self._variables[value]]
        resource = self._created.value(reference)
        return Request(self._principal(function), action, resource, identity=function)

    def _pool_requests(self, function: str, action: str) -> Iterator[Request]:
        """Yield a request about the stack's user pool, unless it has another provider."""
        reference = self._template.environment(function).get("FOOTLIGHT_USER_POOL_ID")
        if reference:
            arn = self._created.arn(reference["Ref"])
            yield Request(self._principal(function), action, arn, identity=function)

    def _principal(self, function: str) -> str:
        role = self._created.value(self._template.functions()[function]["Role"])
        return f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/{function}"


@pytest.fixture(scope="session", params=["production", "full"])
def authorization(request: pytest.FixtureRequest, one_provider: Provider) -> Authorization:
    """With every setting, functions are invoked by the alias of their published version."""
    variables = settings_at(one_provider) | {"FOOTLIGHT_ORIGIN_SECRET_ID": "origin"}
    return Authorization(request.getfixturevalue(request.param), variables)


Denied = dict[tuple[str, Reading], list[Request]]


@pytest.fixture(scope="session")
def denied(authorization: Authorization, calls: Calls) -> Denied:
    """The denied requests, by the name of the call and the reading."""
    asked: list[tuple[str, Reading, Request]] = [
        (name, reading, request)
        for name, made in calls.items()
        for reading in READINGS
        for request in authorization.requests(BY_NAME[name], made, reading)
    ]
    allowed = are_allowed(authorization.policies, [request for *_, request in asked])
    denied: Denied = {(name, reading): [] for name, reading, _ in asked}
    for (name, reading, request), is_allowed in zip(asked, allowed, strict=True):
        if not is_allowed:
            denied[name, reading].append(request)
    return denied


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("name", BY_NAME)
def test_a_function_may_make_every_call(denied: Denied, name: str, reading: Reading) -> None:
    assert denied.get((name, reading), []) == []


@pytest.fixture(scope="session")
def unused(authorization: Authorization, calls: Calls) -> dict[str, list[str]]:
    """The rights of each function without which every recorded call would still be allowed."""
    policies: dict[str, Any] = {}
    asked: list[Request] = []
    for function in FUNCTIONS:
        requests = {
            request
            for name, made in calls.items()
            if BY_NAME[name] == function
            for request in authorization.requests(function, made, "each item")
        }
        for right, statements in without_one_right(authorization.policies[function]["Statement"]):
            policies[f"{function}: {right}"] = {"Version": "2012-10-17", "Statement": statements}
            asked += [replace(each, identity=f"{function}: {right}") for each in requests]
    needed = {
        request.identity
        for request, is_allowed in zip(asked, are_allowed(policies, asked), strict=True)
        if not is_allowed
    }
    unused: dict[str, list[str]] = {function: [] for function in FUNCTIONS}
    for name in policies.keys() - needed:
        function, _, right = name.partition(": ")
        unused[function].append(right)
    return unused


@each_function
def test_a_function_needs_each_of_its_rights(unused: dict[str, list[str]], function: str) -> None:
    assert unused[function] == []


def without_one_right(
    statements: list[dict[str, Any]],
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each right, and the statements without it.

    A right is one pattern of keys, or one resource. The log's rights aren't recorded.
    """
    for number, statement in enumerate(statements):
        names, resources = as_list(statement["Action"]), as_list(statement["Resource"])
        others = statements[:number] + statements[number + 1 :]
        if names[0].startswith("logs:"):
            continue
        if "Condition" in statement:
            for key in leading_keys(statement):
                keys = sorted(leading_keys(statement) - {key})
                condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}}
                rest = [{**statement, "Condition": condition}] if keys else []
                yield f"{names[0]} {key}", others + rest
        else:
            for resource in resources:
                left = [each for each in resources if each != resource]
                rest = [{**statement, "Resource": left}] if left else []
                yield f"{names[0]} {resource}", others + rest


def test_only_moderation_adds_to_the_audit_log_and_no_function_changes_it(
    authorization: Authorization,
) -> None:
    log = frozenset({"MODLOG#a"})
    changes = [
        (function, action, authorization.table_request(function, Action(action, log)))
        for function in FUNCTIONS
        for action in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
    ]
    allowed = are_allowed(authorization.policies, [request for *_, request in changes])
    rights = [(function, action) for function, action, _ in changes]
    assert list(compress(rights, allowed)) == [("moderation", "PutItem")]


def test_only_operators_suspend_or_approve_and_no_function_gives_their_role_or_changes_their_log(
    authorization: Authorization,
) -> None:
    changes = [
        (function, action, key)
        for function in FUNCTIONS
        for action in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
        for key in ("OPERATOR#a", "OPLOG", "STANDING#a", "STREAMER#a")
    ]
    requests = [
        authorization.table_request(function, Action(action, frozenset({key})))
        for function, action, key in changes
    ]
    allowed = are_allowed(authorization.policies, requests)
    assert set(compress(changes, allowed)) == {
        ("admin", "PutItem", "OPLOG"),
        ("admin", "PutItem", "STANDING#a"),
        ("admin", "PutItem", "STREAMER#a"),
        ("admin", "DeleteItem", "STREAMER#a"),
        # The erasure of a deleted account.
        ("reconcile", "DeleteItem", "STREAMER#a"),
        # A deletion marks the account, and a return removes the mark or restores a suspension.
        ("account", "PutItem", "STANDING#a"),
        ("account", "DeleteItem", "STANDING#a"),
        ("reconcile", "PutItem", "STANDING#a"),
        ("reconcile", "UpdateItem", "STANDING#a"),
        ("reconcile", "DeleteItem", "STANDING#a"),
        # An operator deletes their own account.
        ("reconcile", "DeleteItem", "OPERATOR#a"),
    }


@pytest.mark.parametrize("log", ["MODLOG#", "OPLOG"])
def test_an_entry_of_a_log_is_never_replaced(calls: Calls, log: str) -> None:
    """IAM can't require a condition of PutItem, so the code does."""
    entries = [
        part["Put"]
        for made in calls.values()
        for operation, arguments in made
        if operation == "TransactWriteItems"
        for part in arguments["TransactItems"]
        if "Put" in part and part["Put"]["Item"]["pk"]["S"].startswith(log)
    ]
    assert entries
    for entry in entries:
        (name,) = (n for n, value in entry["ExpressionAttributeNames"].items() if value == "pk")
        assert entry["ConditionExpression"] == f"attribute_not_exists ({name})"


# --- roles and resource policies: what AWS's services may do ---


def test_only_its_service_assumes_a_role(authorization: Authorization) -> None:
    """Lambda assumes the roles of functions, and EventBridge Scheduler the schedule's role.

    Schedules of other accounts can't use ours, so that Scheduler is no confused deputy.
    """
    policies = authorization.trust_policies()
    services = ["lambda.amazonaws.com", "scheduler.amazonaws.com", "edgelambda.amazonaws.com"]
    requests = [
        Request(service, "sts:AssumeRole", role, (("aws:SourceAccount", (account,)),), None, role)
        for role in policies
        for service in services
        for account in (ACCOUNT, "210987654321")
    ]
    allowed = set(compress(requests, are_allowed(policies, requests)))
    schedules = {schedule["Target"]["RoleArn"] for schedule in authorization.schedules()}
    assert {(request.resource, request.principal) for request in allowed} == {
        (role, services[1] if role in schedules else services[0]) for role in policies
    }
    accounts = {request.context for request in allowed if request.resource in schedules}
    assert accounts == {(("aws:SourceAccount", (ACCOUNT,)),)}


def test_the_schedule_may_invoke_its_target(authorization: Authorization) -> None:
    """The target is the alias of a published version if `snapStart` is set."""
    policies = authorization.role_policies()
    for schedule in authorization.schedules():
        role, target = schedule["Target"]["RoleArn"], schedule["Target"]["Arn"]
        session = f"{role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/schedule"
        invoke = Request(session, "lambda:InvokeFunction", target, identity=role)
        others = [
            replace(invoke, resource=resource)
            for resource in (f"{target}x", authorization.function_arn("token"))
        ]
        assert are_allowed(policies, [invoke, *others]) == [True, False, False]


def test_only_cloudfront_reads_the_bucket_and_only_for_its_distribution(
    authorization: Authorization,
) -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"""
    bucket, policy = authorization.bucket_policy()
    distribution = authorization.distribution_arn()
    context = (("aws:SourceArn", (distribution,)), ("aws:SecureTransport", ("true",)))
    read = Request(
        "cloudfront.amazonaws.com",
        "s3:GetObject",
        f"{bucket}/index.html",
        context,
        resource_policy="bucket",
    )
    requests = [
        read,
        replace(read, context=(("aws:SourceArn", (f"{distribution}X",)), context[1])),
        replace(read, context=(context[0], ("aws:SecureTransport", ("false",)))),
        replace(read, action="s3:PutObject"),
        replace(read, principal="serverlessrepo.amazonaws.com"),
    ]
    allowed = are_allowed({"bucket": policy}, requests)
    assert allowed == [True, False, False, False, False]


def test_every_s3_origin_signs_its_requests(authorization: Authorization) -> None:
    """Without a signature, a request has no principal, and the bucket's policy denies it."""
    controls = authorization.origin_access_controls()
    assert controls
    for control in controls:
        assert control["SigningBehavior"] == "always"
        assert control["SigningProtocol"] == "sigv4"
        assert control["OriginAccessControlOriginType"] == "s3"
