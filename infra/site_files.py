"""The site's files, built during synthesis and uploaded to the bucket during deployment."""

import shutil
from collections.abc import Mapping
from typing import cast

import jsii
from aws_cdk import (
    AssetHashType,
    BundlingOptions,
    CfnElement,
    CfnResource,
    DockerImage,
    Duration,
    ILocalBundling,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.accepted import accept_findings
from infra.site_build import DIST, WEB, build_site, fingerprint


class SiteFiles(Construct):
    """The built site, its `config.json`, and the operator's pages in the bucket.

    Files under `assets/` have a hash in their names, so browsers cache them forever. Files of
    earlier deployments stay for pages that are still open. Browsers revalidate all other files on
    each request. A deployment deletes files that it lacks, such as a page that the operator has
    removed: `prune` adds `--delete` to `aws s3 sync`, which deletes no file that a filter excludes.
    https://docs.aws.amazon.com/cli/latest/reference/s3/sync.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: s3.IBucket,
        config: object,
        pages: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        site = deployment.Source.asset(
            str(WEB),
            asset_hash=fingerprint(),
            asset_hash_type=AssetHashType.CUSTOM,
            bundling=BundlingOptions(
                # CDK requires an image, but never runs it.
                image=DockerImage.from_registry("none"),
                local=_Bundling(),
            ),
        )
        log = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.hashed = deployment.BucketDeployment(
            self,
            "Hashed",
            sources=[site],
            destination_bucket=bucket,
            exclude=["*"],
            include=["assets/*"],
            prune=False,
            cache_control=[
                deployment.CacheControl.set_public(),
                deployment.CacheControl.max_age(Duration.days(365)),
                deployment.CacheControl.immutable(),
            ],
            log_group=log,
        )
        self.pages = deployment.BucketDeployment(
            self,
            "Rest",
            sources=[
                site,
                deployment.Source.json_data("config.json", config),
                *(deployment.Source.data(f"{name}.html", html) for name, html in pages.items()),
            ],
            destination_bucket=bucket,
            exclude=["assets/*"],
            prune=True,
            cache_control=[deployment.CacheControl.no_cache()],
            log_group=log,
        )
        self.pages.node.add_dependency(self.hashed)  # upload pages after the files that they load
        self._accept_grants_of_cdk(self.pages, bucket)
        self._keep_log_of_deletion(log)

    def _keep_log_of_deletion(self, log: logs.LogGroup) -> None:
        """Send the log of CDK's function that empties the bucket to a group with a retention.

        Lambda would create a group that keeps everything and outlives the stack.
        """
        provider = Stack.of(self).node.find_child(
            "Custom::S3AutoDeleteObjectsCustomResourceProvider"
        )
        function = cast("CfnResource", provider.node.find_child("Handler"))
        function.add_property_override("LoggingConfig", {"LogGroup": log.log_group_name})

    def _accept_grants_of_cdk(
        self, uploads: deployment.BucketDeployment, bucket: s3.IBucket
    ) -> None:
        function = uploads.handler_role.node.scope
        if function is None:
            return
        bucket_id = Stack.of(self).get_logical_id(cast("CfnElement", bucket.node.default_child))
        grants = (
            "Action::s3:GetBucket*",
            "Action::s3:GetObject*",
            "Action::s3:List*",
            "Action::s3:Abort*",
            "Action::s3:DeleteObject*",
            f"Resource::<{bucket_id}.Arn>/*",
            # The bucket where `cdk bootstrap` stores assets.
            "Resource::arn:<AWS::Partition>:s3:::"
            "cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*",
        )
        basic = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        rules = (
            "AwsSolutions-L1",
            f"AwsSolutions-IAM4[Policy::{basic}]",
            *(f"AwsSolutions-IAM5[{grant}]" for grant in grants),
        )
        reason = "CDK defines the runtime, role, and grants of its upload function"
        accept_findings(function, dict.fromkeys(rules, reason))


@jsii.implements(ILocalBundling)
class _Bundling:
    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        build_site()
        shutil.copytree(DIST, output_dir, dirs_exist_ok=True)
        return True
