"""The stack: creates the constructs and connects them."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import CfnOutput, CfnParameter, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import local
from infra.alarms import Alarms
from infra.api import Api
from infra.assets import SERVES_PAGE
from infra.branding import html_documents, parse_pages
from infra.budget import Budget
from infra.config import LIVEKIT_URL_PATTERN, Config
from infra.dashboard import Dashboard
from infra.firewall import Firewall
from infra.function import FootlightFunction, dependency_layer
from infra.grants import grant_rights
from infra.needs import FUNCTIONS, Needs, SecretName, Setting
from infra.routes import ROUTES
from infra.running import RECORD
from infra.schedule import EveryMinute
from infra.secrets import Secrets
from infra.sign_in import Issuer, UserPool
from infra.site import Site
from infra.site_files import SiteFiles
from infra.tables import Table


class Footlight(Stack):
    """The whole deployment, in one stack so that `cdk deploy` is one command."""

    def __init__(self, scope: Construct, id: str, *, config: Config) -> None:
        super().__init__(scope, id, description="Footlight: a live-streaming site")
        self.add_metadata(RECORD, config.recorded)
        self.place = local.emulator(config.emulator) if config.emulator else local.aws()
        self.config = config
        self.pages = parse_pages(config.pages)
        self.livekit_url = config.livekit_url or self._livekit_url_parameter()

        self.table = Table(self, "Table", place=self.place, existing_name=config.table_name).table
        self.secrets = Secrets(self, "Secrets")
        self.api = Api(
            self,
            "Api",
            crowd_requests_per_second=config.crowd_requests_per_second,
            livekit_requests_per_minute=config.livekit_requests_per_minute,
        )
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
            pages=list(config.pages),
            security_contact=config.security_contact,
        )
        # AWS refuses CloudFront to some new accounts. Then the deployment must fail before it has
        # created what a rollback keeps.
        self.table.node.add_dependency(self.site.distribution)
        self.site_url = config.emulator.site_url if config.emulator else self.site.url
        self.user_pool: cognito.UserPool | None = None
        self.issuer = self._issuer()
        self.secret_arns = self._secret_arns()
        self.functions = self._functions()
        grant_rights(
            self.functions,
            table_arn=self.table.table_arn,
            secret_arns=self.secret_arns,
            user_pool_arn=self.user_pool.user_pool_arn if self.user_pool else None,
        )
        self.functions["reconcile"].run_once()
        EveryMinute(self, "EveryMinute", function=self.functions["reconcile"].entry)
        for name in ROUTES:
            self.api.add_routes(name, self.functions[name].entry)
        if self.place.uploads_site:
            files = SiteFiles(
                self,
                "SiteFiles",
                bucket=self.site.bucket,
                config=self._site_config(),
                pages=html_documents(self.pages, config.site_name, config.pages_language),
            )
            # The page in this function's zip names scripts that must be there.
            self.functions[SERVES_PAGE].function.node.add_dependency(files.hashed)
            # Pages appear after the API that they call. The stage waits for all functions.
            files.pages.node.add_dependency(self.api.stage)
        if self.place.has_alarms:
            self._watch()
        self._outputs()

    def _watch(self) -> None:
        functions = list(self.functions.values())
        email = self.config.alarm_email
        alarms = Alarms(
            self, "Alarms", functions=functions, http_api=self.api.http_api, email=email
        )
        if self.config.dashboard:
            Dashboard(
                self,
                "Dashboard",
                alarms=alarms,
                functions=functions,
                http_api=self.api.http_api,
                table=self.table,
                distribution=self.site.distribution,
            )
        if self.config.budget_dollars and email:
            Budget(self, "Budget", dollars=self.config.budget_dollars, email=email)

    def _livekit_url_parameter(self) -> str:
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
        provider = self.config.identity_provider
        if provider:
            return Issuer(provider.issuer, provider.client_id, provider.audience)
        pool = UserPool(
            self, "People", place=self.place, site_url=self.site_url, config=self.config
        )
        pool.node.add_dependency(self.site.distribution)  # as for the table
        CfnOutput(self, "UserPoolId", value=pool.pool.user_pool_id)
        self.user_pool = pool.pool
        return pool.issuer

    def _secret_arns(self) -> Mapping[SecretName, str]:
        """Return the ARNs of the secrets that functions read in this place."""
        arns: dict[SecretName, str] = {
            "livekit": self.secrets.livekit.secret_arn,
            "site": self.secrets.site.secret_arn,
        }
        if self.place.checks_origin:
            arns["origin"] = self.secrets.origin.secret_arn
        return arns

    def _functions(self) -> dict[str, FootlightFunction]:
        variables = self._variables()
        layer = dependency_layer(self, self.place.target, linked=self.place.links_layer)
        functions = {
            name: FootlightFunction(
                self,
                name=name,
                target=self.place.target,
                layer=cast("lambda_.ILayerVersion", layer),
                environment=self._environment(needs, variables),
                timeout_seconds=needs.timeout_seconds,
                snap_start=self.config.snap_start,
                reserves=self.config.reserve,
            )
            for name, needs in FUNCTIONS.items()
        }
        # Added last, because the reconcile function must exist first.
        reconcile_arn = functions["reconcile"].entry.function_arn
        for name, needs in FUNCTIONS.items():
            if needs.starts_checks:
                functions[name].function.add_environment(
                    "FOOTLIGHT_RECONCILE_FUNCTION", reconcile_arn
                )
        return functions

    def _variables(self) -> Mapping[Setting, Mapping[str, str]]:
        """Return the environment variables behind each setting. `settings.py` declares them."""
        sign_in = {
            "FOOTLIGHT_OIDC_ISSUER": self.issuer.issuer,
            "FOOTLIGHT_OIDC_CLIENT_ID": self.issuer.client_id,
            "FOOTLIGHT_OIDC_AUDIENCE": self.issuer.audience,
        }
        if self.issuer.discovery_url:
            sign_in["FOOTLIGHT_OIDC_DISCOVERY_URL"] = self.issuer.discovery_url
        limits = self.config.limits
        return {
            "site_url": {"FOOTLIGHT_SITE_URL": self.site_url},
            "site_name": {"FOOTLIGHT_SITE_NAME": self.config.site_name},
            "table": {"FOOTLIGHT_TABLE": self.table.table_name},
            "sign_in": sign_in,
            "sign_up": {"FOOTLIGHT_SIGN_UP": self.config.sign_up},
            "user_pool": {"FOOTLIGHT_USER_POOL_ID": self.user_pool.user_pool_id}
            if self.user_pool
            else {},
            "livekit_url": {"FOOTLIGHT_LIVEKIT_URL": self.livekit_url},
            "drop_grace": {"FOOTLIGHT_DROP_GRACE_SECONDS": str(self.config.drop_grace_seconds)},
            "limits": {"FOOTLIGHT_LIMITS": limits} if limits else {},
            "streaming": {"FOOTLIGHT_STREAMING": self.config.streaming},
            "caps": {
                name: str(value)
                for name, value in {
                    "FOOTLIGHT_MAX_LIVE_CHANNELS": self.config.max_live_channels,
                    "FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL": self.config.max_daily_hours,
                }.items()
                if value is not None
            },
            "max_viewers": {"FOOTLIGHT_MAX_VIEWERS": str(self.config.max_viewers)},
            "chat_history": {"FOOTLIGHT_CHAT_HISTORY_HOURS": str(self.config.chat_history_hours)},
        }

    def _environment(
        self, needs: Needs, variables: Mapping[Setting, Mapping[str, str]]
    ) -> Mapping[str, str]:
        secret_ids = {
            f"FOOTLIGHT_{name.upper()}_SECRET_ID": self.secret_arns[name]
            for name in needs.secrets
            if name in self.secret_arns
        }
        settings = (variables[setting] for setting in needs.settings)
        return {name: value for group in (*settings, secret_ids) for name, value in group.items()}

    def _site_config(self) -> Mapping[str, str | bool | Mapping[str, str]]:
        """Return the content of `/config.json`, which the site reads at run time."""
        titles = {name: page.title for name, page in self.pages.items()}
        return {
            "siteName": self.config.site_name,
            "livekitUrl": self.livekit_url,
            "signUp": self.config.sign_up,
            "hasPasskeys": self.issuer.has_passkeys,
            **({"pages": titles} if titles else {}),
        }

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
            # The full ARN, which `--secret-id` also accepts.
            "LiveKitSecretName": self.secrets.livekit.secret_arn,
            "SiteConfig": self.to_json_string(self._site_config()),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
