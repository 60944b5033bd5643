"""The one table: its keys, index, and TTL. `footlight/tables/` defines its items."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.local import Place


class Table(Construct):
    """A single table with the sparse index `lists`, which lists items without a scan."""

    def __init__(self, scope: Construct, id: str, *, place: Place) -> None:
        super().__init__(scope, id)
        text = dynamodb.AttributeType.STRING
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name="sk", type=text),
            billing=dynamodb.Billing.on_demand(),
            time_to_live_attribute="expires_at",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=place.keeps_data,
            removal_policy=RemovalPolicy.RETAIN if place.keeps_data else RemovalPolicy.DESTROY,
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name="lists",
                    partition_key=dynamodb.Attribute(name="list_pk", type=text),
                    sort_key=dynamodb.Attribute(name="list_sk", type=text),
                    projection_type=dynamodb.ProjectionType.INCLUDE,
                    non_key_attributes=["kind", "created_at", "name"],
                )
            ],
        )
