"""How do the parts hang together, and which function may do what? Rights are granted here alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import CfnOutput, CfnParameter, Stack
from constructs import Construct

from infra import local
from infra.alarms import Alarms
from infra.api import Api
from infra.config import LIVEKIT_URL_PATTERN, Config
from infra.firewall import Firewall
from infra.function import FootlightFunction
from infra.routes import ROUTES
from infra.schedule import EveryMinute
from infra.secrets import Secrets
from infra.signin import Issuer, UserPool
from infra.site import Site
from infra.site_files import SiteFiles
from infra.tables import Table

SECONDS: Final = 10
LONGEST_SECONDS: Final = 29
"""The gateway gives up after 30."""
RUN_SECONDS: Final = 50
"""The reconciler's run; the next one is begun a minute after it."""


@dataclass(frozen=True)
class Needs:
    """What a function is given to work with: its settings, and the rights that go with them."""

    origin: bool = True
    """It answers requests, and only those that came through CloudFront."""
    table: bool = True
    signin: bool = True
    """It verifies access tokens, or gets them."""
    livekit_url: bool = False
    livekit_secret: bool = False
    site_secret: bool = False
    drop_grace: bool = False
    limits: bool = False
    chat_history: bool = False
    looks: bool = False
    """It has the reconciler look at a channel, beside a request."""
    seconds: int = SECONDS


FUNCTIONS: Final = {
    "token": Needs(
        livekit_url=True, livekit_secret=True, site_secret=True, limits=True, looks=True
    ),
    "ingress": Needs(
        livekit_url=True,
        livekit_secret=True,
        drop_grace=True,
        limits=True,
        looks=True,
        seconds=LONGEST_SECONDS,
    ),
    "webhook": Needs(signin=False, livekit_secret=True, drop_grace=True, looks=True),
    "pages": Needs(drop_grace=True, looks=True),
    "account": Needs(drop_grace=True, limits=True, looks=True),
    "social": Needs(limits=True),
    "chat": Needs(
        signin=False,
        livekit_url=True,
        livekit_secret=True,
        site_secret=True,
        drop_grace=True,
        limits=True,
        chat_history=True,
    ),
    "moderation": Needs(
        livekit_url=True, livekit_secret=True, drop_grace=True, limits=True, looks=True
    ),
    "session": Needs(table=False, site_secret=True),
    "reconcile": Needs(
        signin=False,
        origin=False,
        livekit_url=True,
        livekit_secret=True,
        drop_grace=True,
        seconds=RUN_SECONDS,
    ),
}

READ: Final = ("dynamodb:GetItem", "dynamodb:BatchGetItem")
WRITE: Final = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
)
QUERY: Final = ("dynamodb:Query",)


class Footlight(Stack):
    """The whole deployment, in one stack so that `cdk deploy` is one command."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        super().__init__(scope, id, description="Footlight: a live-streaming site")
        self.place = local.emulator(config.emulator) if config.emulator else local.aws()
        self.config = config
        self.livekit_url = config.livekit_url or self._livekit_url_when_deploying()

        self.table = Table(self, "Table", place=self.place).table
        self.secrets = Secrets(self, "Secrets")
        self.api = Api(self, "Api")
        self.site = Site(
            self,
            "Site",
            place=self.place,
            http_api=self.api.http_api,
            # A reference that CloudFormation resolves, not the value.
            origin_secret=self.secrets.origin.secret_value.unsafe_unwrap(),
            livekit_url=self.livekit_url,
            domain=config.domain,
            web_acl_arn=self._web_acl(),
        )
        self.site_url = config.emulator.site_url if config.emulator else self.site.url
        self.issuer = self._issuer()
        self.functions = {name: self._function(name, needs) for name, needs in FUNCTIONS.items()}
        self._grant()
        EveryMinute(self, "EveryMinute", function=self.functions["reconcile"].entry)
        for name in ROUTES:
            self.api.answer_by(name, self.functions[name].entry)
        if self.place.uploads_site:
            SiteFiles(self, "SiteFiles", bucket=self.site.bucket, config=self._site_config())
        if self.place.has_alarms:
            Alarms(
                self,
                "Alarms",
                functions=list(self.functions.values()),
                http_api=self.api.http_api,
                email=config.alarm_email,
            )
        self._outputs()

    def _livekit_url_when_deploying(self) -> str:
        return CfnParameter(
            self,
            "LiveKitUrl",
            description="LiveKit's address, wss://… (or deploy with -c livekitUrl=wss://…)",
            allowed_pattern=LIVEKIT_URL_PATTERN,
            constraint_description="an address like wss://project.livekit.cloud",
        ).value_as_string

    def _web_acl(self) -> str | None:
        if isinstance(self.config.waf, str):
            return self.config.waf
        return Firewall(self, "Firewall").acl_arn if self.config.waf else None

    def _issuer(self) -> Issuer:
        given = self.config.identity_provider
        if given:
            return Issuer(given.issuer, given.client_id, given.audience)
        pool = UserPool(self, "People", place=self.place, site_url=self.site_url)
        CfnOutput(self, "UserPoolId", value=pool.pool.user_pool_id)
        return pool.issuer

    def _function(self, name: str, needs: Needs) -> FootlightFunction:
        return FootlightFunction(
            self,
            name=name,
            target=self.place.target,
            environment=self._environment(needs),
            timeout_seconds=needs.seconds,
            snap_start=self.config.snap_start,
        )

    def _environment(self, needs: Needs) -> Mapping[str, str]:
        """The variables that `footlight/settings.py` declares, as far as a function needs them."""
        environment: dict[str, str] = {}
        if needs.origin:
            environment["FOOTLIGHT_SITE_URL"] = self.site_url
        if needs.origin and self.place.checks_origin:
            environment["FOOTLIGHT_ORIGIN_SECRET_ID"] = self.secrets.origin.secret_arn
        if needs.table:
            environment["FOOTLIGHT_TABLE"] = self.table.table_name
        if needs.signin:
            environment["FOOTLIGHT_OIDC_ISSUER"] = self.issuer.issuer
            environment["FOOTLIGHT_OIDC_CLIENT_ID"] = self.issuer.client_id
            environment["FOOTLIGHT_OIDC_AUDIENCE"] = self.issuer.audience
            if self.issuer.discovery_url:
                environment["FOOTLIGHT_OIDC_DISCOVERY_URL"] = self.issuer.discovery_url
        if needs.livekit_url:
            environment["FOOTLIGHT_LIVEKIT_URL"] = self.livekit_url
        if needs.livekit_secret:
            environment["FOOTLIGHT_LIVEKIT_SECRET_ID"] = self.secrets.livekit.secret_arn
        if needs.site_secret:
            environment["FOOTLIGHT_SITE_SECRET_ID"] = self.secrets.site.secret_arn
        if needs.drop_grace:
            environment["FOOTLIGHT_DROP_GRACE_SECONDS"] = str(self.config.drop_grace_seconds)
        if needs.chat_history:
            environment["FOOTLIGHT_CHAT_HISTORY_HOURS"] = str(self.config.chat_history_hours)
        if needs.limits and self.config.limits:
            environment["FOOTLIGHT_LIMITS"] = self.config.limits
        return environment

    def _grant(self) -> None:
        """Every right of every function, but that to its own log (`function.py`)."""
        table = self.table.table_arn
        index = f"{table}/index/lists"

        self.functions["token"].may(
            READ, [table], _only_keys("NAME#*", "SUBJECT#*", "BLOCK#*", "LIVE#*", "USER#*")
        )
        self.functions["token"].may(["dynamodb:UpdateItem"], [table], _only_keys("LIMIT#*"))
        self.functions["webhook"].may(
            READ, [table], _only_keys("INGRESS#*", "LIVE#*", "BLOCK#*", "USER#*")
        )
        self.functions["webhook"].may(
            ["dynamodb:PutItem"], [table], _only_keys("LIVE#*", "SESSION#*")
        )
        self.functions["reconcile"].may([*READ, *QUERY], [table])
        self.functions["reconcile"].may(QUERY, [index])
        self.functions["reconcile"].may(
            WRITE, [table], _only_keys("LIVE#*", "SESSION#*", "LEASE#*", "USER#*")
        )
        self.functions["ingress"].may(READ, [table])
        self.functions["ingress"].may(
            WRITE,
            [table],
            _only_keys("USER#*", "INGRESS#*", "LIVE#*", "SESSION#*", "LEASE#*", "LIMIT#*"),
        )
        self.functions["pages"].may([*READ], [table])
        self.functions["pages"].may(QUERY, [table, index])
        self.functions["account"].may(READ, [table])
        self.functions["account"].may(
            WRITE,
            [table],
            _only_keys("NAME#*", "SKELETON#*", "SUBJECT#*", "USER#*", "WORD#*", "LIMIT#*"),
        )
        self.functions["social"].may(READ, [table])
        self.functions["social"].may(WRITE, [table], _only_keys("FOLLOW#*", "USER#*", "LIMIT#*"))
        self.functions["social"].may(
            ["dynamodb:ConditionCheckItem"], [table], _only_keys("BLOCK#*")
        )
        chat = ("CHAT#*", "CHATID#*", "CHATTER#*", "LIMIT#*")
        self.functions["chat"].may(
            READ,
            [table],
            _only_keys("USER#*", "LIVE#*", "BLOCK#*", "FOLLOW#*", "TIMEOUT#*", *chat),
        )
        self.functions["chat"].may(QUERY, [table], _only_keys("CHAT#*"))
        self.functions["chat"].may(
            ["dynamodb:PutItem", "dynamodb:UpdateItem"], [table], _only_keys(*chat)
        )
        self.functions["moderation"].may([*READ, *QUERY], [table])
        self.functions["moderation"].may(
            [*WRITE, "dynamodb:BatchWriteItem"],
            [table],
            _only_keys(
                *("CHAT#*", "CHATTER#*", "TIMEOUT#*", "BLOCK#*", "FOLLOW#*", "USER#*", "LIMIT#*")
            ),
        )
        # The log is written, and not changed: each entry has a key of its own.
        self.functions["moderation"].may(["dynamodb:PutItem"], [table], _only_keys("MODLOG#*"))

        reconciler = self.functions["reconcile"]
        for name, needs in FUNCTIONS.items():
            if needs.looks:
                arn = reconciler.entry.function_arn
                self.functions[name].may(["lambda:InvokeFunction"], [arn])
                self.functions[name].function.add_environment("FOOTLIGHT_RECONCILE_FUNCTION", arn)
            readable = [
                *([self.secrets.origin] if needs.origin and self.place.checks_origin else []),
                *([self.secrets.livekit] if needs.livekit_secret else []),
                *([self.secrets.site] if needs.site_secret else []),
            ]
            if readable:
                self.functions[name].may(
                    ["secretsmanager:GetSecretValue"], [secret.secret_arn for secret in readable]
                )

    def _site_config(self) -> Mapping[str, str]:
        """What the site reads at run time, `/config.json`."""
        return {"siteName": self.config.site_name, "livekitUrl": self.livekit_url}

    def _outputs(self) -> None:
        outputs = {
            "SiteUrl": self.site_url,
            "ApiUrl": self.place.api_url(self.api.http_api),
            "WebhookUrl": f"{self.site_url}/api/webhook/livekit",
            "DistributionId": self.site.distribution.distribution_id,
            "DistributionDomain": self.site.distribution.distribution_domain_name,
            "SiteBucket": self.site.bucket.bucket_name,
            "ClientId": self.issuer.client_id,
            "Issuer": self.issuer.issuer,
            "TableName": self.table.table_name,
            # Its whole ARN, which `--secret-id` takes as well.
            "LiveKitSecretName": self.secrets.livekit.secret_arn,
            "SiteConfig": self.to_json_string(self._site_config()),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _only_keys(*patterns: str) -> Mapping[str, object]:
    """Items by the beginnings of their partition keys."""
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(patterns)}}
