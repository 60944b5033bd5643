"""The one table: its keys, index, and TTL. `footlight/tables/` defines its items."""

from typing import cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.local import Place


class Table(Construct):
    """A single table with the sparse index `lists`, which lists items without a scan.

    With `existing_name`, the stack uses that table and creates none. So a table that was restored
    from point-in-time recovery replaces the stack's own, which stays with its data:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.Tutorial.html
    """

    def __init__(
        self, scope: Construct, id: str, *, place: Place, existing_name: str | None
    ) -> None:
        super().__init__(scope, id)
        self.table = (
            dynamodb.TableV2.from_table_name(self, "Table", existing_name)
            if existing_name
            else self._create(place)
        )

    def _create(self, place: Place) -> dynamodb.ITableV2:
        text = dynamodb.AttributeType.STRING
        table = dynamodb.TableV2(
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
                    # A projection can't be changed in place, so it has all that may be needed. For
                    # a live channel, that costs a write in each minute in which no viewer comes or
                    # goes: at most $0.06 a month (`make bench cost`).
                    projection_type=dynamodb.ProjectionType.ALL,
                )
            ],
        )
        return cast("dynamodb.ITableV2", table)
