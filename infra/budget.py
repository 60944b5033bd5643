"""An optional monthly budget, which sends the operator an email before it is spent."""

from typing import Final

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from infra.names import global_name

ACTUAL_PERCENT: Final = 80
FORECAST_PERCENT: Final = 100


class Budget(Construct):
    """A budget for the cost of the whole account. AWS Budgets itself sends the emails.

    A budget for one deployment would need a cost allocation tag, which the operator must first
    activate in the billing console: until then, it would see no cost. Budgets without actions are
    free. Cost data is up to a day old.
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
    """

    def __init__(self, scope: Construct, id: str, *, dollars: int, email: str) -> None:
        super().__init__(scope, id)
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=global_name("budget"),
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
            ),
            notifications_with_subscribers=[
                _notification("ACTUAL", ACTUAL_PERCENT, email),
                _notification("FORECASTED", FORECAST_PERCENT, email),
            ],
        )


def _notification(
    kind: str, percent: int, email: str
) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind,
            comparison_operator="GREATER_THAN",
            threshold=percent,
            threshold_type="PERCENTAGE",
        ),
        subscribers=[
            budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=email)
        ],
    )
