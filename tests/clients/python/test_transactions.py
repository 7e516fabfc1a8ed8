"""TransactWriteItems and TransactGetItems through boto3's client."""

import threading
import uuid

import botocore.exceptions
import pytest

ONE = {":one": {"N": "1"}}


def put(table, key, **attributes):
    item = {"p": {"S": key}, **{name: {"N": str(value)} for name, value in attributes.items()}}
    return {"Put": {"TableName": table, "Item": item}}


def add(table, key, amount, condition=None):
    action = {
        "TableName": table,
        "Key": {"p": {"S": key}},
        "UpdateExpression": "ADD balance :amount",
        "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
    }
    if condition:
        action["ConditionExpression"], values = condition
        action["ExpressionAttributeValues"].update(values)
    return {"Update": action}


def balance(client, table, key):
    item = client.get_item(TableName=table, Key={"p": {"S": key}}, ConsistentRead=True).get("Item")
    return item and int(item["balance"]["N"])


def test_all_actions_happen_together_over_tables(client, make_table):
    first, second = make_table("p:S"), make_table("p:S")
    client.put_item(TableName=first, Item={"p": {"S": "old"}})
    client.put_item(TableName=second, Item={"p": {"S": "a"}, "balance": {"N": "10"}})
    answer = client.transact_write_items(
        TransactItems=[
            put(first, "new", balance=1),
            {"Delete": {"TableName": first, "Key": {"p": {"S": "old"}}}},
            add(second, "a", 5),
            {
                "ConditionCheck": {
                    "TableName": second,
                    "Key": {"p": {"S": "b"}},
                    "ConditionExpression": "attribute_not_exists(p)",
                }
            },
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    assert {c["TableName"]: c["CapacityUnits"] for c in answer["ConsumedCapacity"]} == {first: 4.0, second: 4.0}
    read = client.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": table, "Key": {"p": {"S": key}}}}
            for table, key in ((first, "new"), (first, "old"), (second, "a"))
        ]
    )
    assert read["Responses"] == [
        {"Item": {"p": {"S": "new"}, "balance": {"N": "1"}}},
        {},
        {"Item": {"p": {"S": "a"}, "balance": {"N": "15"}}},
    ]


def test_one_failed_condition_cancels_everything_and_names_its_reason(client, make_table):
    name = make_table("p:S")
    poor = {"p": {"S": "a"}, "balance": {"N": "3"}}
    client.put_item(TableName=name, Item=poor)
    enough = ("balance >= :least", {":least": {"N": "5"}})
    withdrawal = add(name, "a", -5, enough)
    withdrawal["Update"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
        client.transact_write_items(TransactItems=[add(name, "b", 5), withdrawal, put(name, "c")])
    response = cancelled.value.response
    assert response["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed, None]"
    )
    assert response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": poor},
        {"Code": "None"},
    ]
    assert client.scan(TableName=name, ConsistentRead=True)["Items"] == [poor]


def test_a_token_makes_a_transaction_happen_once(client, make_table):
    name = make_table("p:S")
    token = str(uuid.uuid4())
    for _ in range(3):
        client.transact_write_items(TransactItems=[add(name, "a", 1)], ClientRequestToken=token)
    assert balance(client, name, "a") == 1
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.transact_write_items(TransactItems=[add(name, "a", 2)], ClientRequestToken=token)
    assert balance(client, name, "a") == 1


def test_money_is_neither_made_nor_lost_between_concurrent_transfers(client, make_table):
    """Transfers over three accounts from several threads: each succeeds whole or is cancelled whole."""
    name = make_table("p:S")
    accounts = "abc"
    for account in accounts:
        client.put_item(TableName=name, Item={"p": {"S": account}, "balance": {"N": "100"}})
    failures, done = [], []

    def transfers(worker):
        for step in range(20):
            source, target = accounts[(worker + step) % 3], accounts[(worker + step + 1) % 3]
            try:
                client.transact_write_items(
                    TransactItems=[
                        add(name, source, -7, ("balance >= :least", {":least": {"N": "7"}})),
                        add(name, target, 7),
                    ]
                )
                done.append(1)
            except client.exceptions.TransactionCanceledException as cancelled:
                codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
                if not codes <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                    failures.append(codes)
            except Exception as failure:
                failures.append(failure)

    workers = [threading.Thread(target=transfers, args=(worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        try:
            read = client.transact_get_items(
                TransactItems=[{"Get": {"TableName": name, "Key": {"p": {"S": account}}}} for account in accounts]
            )
        except client.exceptions.TransactionCanceledException:
            continue
        assert sum(int(response["Item"]["balance"]["N"]) for response in read["Responses"]) == 300
    assert not failures
    assert done
    assert sum(balance(client, name, account) for account in accounts) == 300


def test_impossible_transactions_are_refused_before_anything_happens(client, make_table):
    name = make_table("p:S")
    cases = [
        ([put(name, "a"), add(name, "a", 1)], "Transaction request cannot include multiple operations on one item"),
        (
            [],
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
    ]
    for actions, message in cases:
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            client.transact_write_items(TransactItems=actions)
        assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": message}
    assert client.scan(TableName=name, ConsistentRead=True)["Count"] == 0


def test_a_hundred_actions_fit(client, make_table):
    name = make_table("p:S")
    client.transact_write_items(TransactItems=[put(name, f"item {number}") for number in range(100)])
    assert client.scan(TableName=name, ConsistentRead=True)["Count"] == 100
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.transact_write_items(TransactItems=[put(name, f"more {number}") for number in range(101)])
    assert "Member must have length less than or equal to 100" in refused.value.response["Error"]["Message"]
