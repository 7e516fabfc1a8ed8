"""Everything acknowledged is there after the server died without warning, and after it was stopped."""

import threading

import botocore.config
import botocore.exceptions
import pytest

from conftest import GIVEN_ENDPOINT, WAIT
from schema import index, key_schema
from server import Pixii

pytestmark = pytest.mark.skipif(GIVEN_ENDPOINT is not None, reason="the server under test is not ours to kill")

NO_RETRIES = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10)


def client_of(session, server):
    return session.client("dynamodb", endpoint_url=server.endpoint, config=NO_RETRIES)


def create_table(client, name):
    client.create_table(
        TableName=name,
        KeySchema=key_schema("p", "s"),
        AttributeDefinitions=[
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "s", "AttributeType": "N"},
            {"AttributeName": "g", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[index("by-g", "g", "s")],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)


def all_items(client, **parameters):
    pages = client.get_paginator("query" if "KeyConditionExpression" in parameters else "scan").paginate(**parameters)
    return {(item["p"]["S"], int(item["s"]["N"])) for page in pages for item in page["Items"]}


@pytest.mark.parametrize("round", range(3))
def test_a_kill_in_the_middle_of_writes_loses_nothing_acknowledged(session, tmp_path, round):
    """Four writers put, batch and transact until the server is killed under them. What they were told has happened
    is there afterwards, transactions are there whole or not at all, and the index agrees with the table."""
    server = Pixii("--data", str(tmp_path))
    create_table(client_of(session, server), "kept")
    acknowledged, started = set(), threading.Event()

    def write(worker):
        client = client_of(session, server)
        number = 0
        try:
            while True:
                keys = {(f"{worker}", number + extra) for extra in range(3)}
                items = [{"p": {"S": p}, "s": {"N": str(s)}, "g": {"S": "all"}} for p, s in sorted(keys)]
                if number % 2:
                    client.transact_write_items(
                        TransactItems=[{"Put": {"TableName": "kept", "Item": item}} for item in items]
                    )
                else:
                    client.batch_write_item(
                        RequestItems={"kept": [{"PutRequest": {"Item": item}} for item in items]}
                    )
                acknowledged.update(keys)
                number += 3
                if number > 30:
                    started.set()
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
            pass

    writers = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for writer in writers:
        writer.start()
    assert started.wait(30)
    threading.Event().wait(0.05 * round)
    server.kill()
    for writer in writers:
        writer.join(30)
    assert len(acknowledged) > 30

    server = Pixii("--data", str(tmp_path))
    try:
        client = client_of(session, server)
        found = all_items(client, TableName="kept", ConsistentRead=True)
        assert acknowledged - found == set()
        for worker, number in found:
            if (number // 3) % 2:
                whole = {(worker, number // 3 * 3 + extra) for extra in range(3)}
                assert whole <= found
        indexed = all_items(
            client,
            TableName="kept",
            IndexName="by-g",
            KeyConditionExpression="g = :g",
            ExpressionAttributeValues={":g": {"S": "all"}},
        )
        assert indexed == found
    finally:
        assert server.stop() == 0


def test_a_stop_keeps_tables_settings_and_tokens(session, tmp_path):
    server = Pixii("--data", str(tmp_path))
    client = client_of(session, server)
    create_table(client, "kept")
    arn = client.describe_table(TableName="kept")["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "red"}])
    client.update_time_to_live(
        TableName="kept", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    add = {
        "TableName": "kept",
        "Key": {"p": {"S": "a"}, "s": {"N": "1"}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    client.transact_write_items(TransactItems=[{"Update": add}], ClientRequestToken="once")
    before = client.describe_table(TableName="kept")["Table"]
    assert server.stop() == 0

    server = Pixii("--data", str(tmp_path))
    try:
        client = client_of(session, server)
        after = client.describe_table(TableName="kept")["Table"]
        for table in (before, after):
            del table["ItemCount"], table["TableSizeBytes"], table["GlobalSecondaryIndexes"]
        assert after == before
        assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "red"}]
        described = client.describe_time_to_live(TableName="kept")["TimeToLiveDescription"]
        assert described == {"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"}
        client.transact_write_items(TransactItems=[{"Update": add}], ClientRequestToken="once")
        item = client.get_item(TableName="kept", Key=add["Key"], ConsistentRead=True)["Item"]
        assert item["n"] == {"N": "1"}
    finally:
        assert server.stop() == 0


def test_memory_forgets(session):
    server = Pixii()
    create_table(client_of(session, server), "gone")
    assert server.stop() == 0
    server = Pixii()
    try:
        assert client_of(session, server).list_tables()["TableNames"] == []
    finally:
        assert server.stop() == 0


def test_a_second_server_on_the_same_directory_is_refused(tmp_path):
    server = Pixii("--data", str(tmp_path))
    try:
        with pytest.raises(RuntimeError) as refused:
            Pixii("--data", str(tmp_path))
        assert "panicked" not in str(refused.value)
    finally:
        assert server.stop() == 0
