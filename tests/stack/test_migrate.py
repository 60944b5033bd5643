"""`make migrate` against the running stack."""

import uuid

from footlight.tables import search
from tests.stack.support import Stack, aws, run_command, stored, table_name


def test_the_command_repairs_the_search_and_runs_once(stack: Stack) -> None:
    table = aws("dynamodb")
    name = table_name()
    user_id = stack.api("ann").get("/api/me").json["id"]
    lost = search.word("ann", user_id)
    key = {"pk": {"S": lost.pk}, "sk": {"S": lost.sk}}
    before = table.get_item(TableName=name, Key=key)["Item"]
    stale = search.word(f"old{uuid.uuid4().hex[:6]}", user_id)
    mark = {"pk": {"S": "MIGRATION#0001-index"}, "sk": {"S": "MIGRATION"}}
    table.delete_item(TableName=name, Key=mark)
    table.delete_item(TableName=name, Key=key)
    table.put_item(TableName=name, Item={**before, "pk": {"S": stale.pk}, "sk": {"S": stale.sk}})

    tried = run_command("operations.migrate", arguments=("--dry-run",))
    assert "2 would change" in tried.stdout, tried.stderr

    run = run_command("operations.migrate")

    assert run.returncode == 0, run.stderr
    assert "2 changed, finished" in run.stdout
    assert "0002-streamed: List the channels that have streamed" in run.stdout
    assert table.get_item(TableName=name, Key=key)["Item"] == before
    words = [item["sk"]["S"] for item in stored("word") if item["user_id"]["S"] == user_id]
    assert stale.sk not in words
    assert run_command("operations.migrate").stdout == run.stdout
