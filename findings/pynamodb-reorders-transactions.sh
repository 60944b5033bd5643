#!/usr/bin/env bash
# PynamoDB 6.1.0 sends a transaction's operations in another order than they were added.
#
# `TransactWrite` groups them: condition checks, deletes, puts, updates. The documentation of
# `TransactWriteError.cancellation_reasons` says "in the same order as the transaction items
# (one-to-one)", which is the order sent, not the order of the calls.
# Seen: a put whose condition fails, followed by a check that passes, gives the reasons
# [None, ConditionalCheckFailed]: the put was added first and is reported second.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" \
  pynamodb==6.1.0 'moto[dynamodb]==5.2.5'

export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_DEFAULT_REGION=us-east-1
PYTHONPATH=$folder python3 - <<'PYTHON'
from moto import mock_aws
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite


class Item(Model):
    class Meta:
        table_name = "items"
        region = "us-east-1"

    pk = UnicodeAttribute(hash_key=True)


with mock_aws():
    Item.create_table(billing_mode="PAY_PER_REQUEST")
    Item("taken").save()
    try:
        with TransactWrite(connection=Connection(region="us-east-1")) as transaction:
            transaction.save(Item("taken"), condition=Item.pk.does_not_exist())  # fails
            transaction.condition_check(Item, "free", condition=Item.pk.does_not_exist())  # passes
        raise SystemExit("The transaction was written")
    except TransactWriteError as error:
        reasons = [reason.code if reason else None for reason in error.cancellation_reasons]

print("added:    put (fails), condition check (passes)")
print(f"reported: {reasons}")
assert reasons == [None, "ConditionalCheckFailed"]
PYTHON
