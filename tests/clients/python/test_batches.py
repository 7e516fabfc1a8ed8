"""BatchGetItem and BatchWriteItem through boto3's client."""

import botocore.exceptions
import pytest


def key(number):
    return {"p": {"S": f"item {number}"}}


def puts(numbers):
    return [{"PutRequest": {"Item": {**key(number), "n": {"N": str(number)}}}} for number in numbers]


def test_a_batch_writes_to_several_tables_and_reads_them_back(client, make_table):
    first, second = make_table("p:S"), make_table("p:S")
    written = client.batch_write_item(
        RequestItems={first: puts(range(20)), second: puts(range(5))}, ReturnConsumedCapacity="TOTAL"
    )
    assert written["UnprocessedItems"] == {}
    assert {c["TableName"]: c["CapacityUnits"] for c in written["ConsumedCapacity"]} == {first: 20.0, second: 5.0}

    client.batch_write_item(RequestItems={first: [{"DeleteRequest": {"Key": key(n)}} for n in range(10)]})
    read = client.batch_get_item(
        RequestItems={
            first: {"Keys": [key(n) for n in range(100 - 5)], "ConsistentRead": True},
            second: {"Keys": [key(n) for n in range(5)], "ProjectionExpression": "n", "ConsistentRead": True},
        }
    )
    assert read["UnprocessedKeys"] == {}
    assert sorted(int(item["n"]["N"]) for item in read["Responses"][first]) == list(range(10, 20))
    assert sorted(int(item["n"]["N"]) for item in read["Responses"][second]) == list(range(5))
    assert all(set(item) == {"n"} for item in read["Responses"][second])


def test_a_batch_read_stops_at_its_size_and_says_what_is_left(client, make_table):
    name = make_table("p:S")
    for number in range(45):
        client.put_item(TableName=name, Item={**key(number), "d": {"S": "x" * 390_000}})
    left, seen, rounds = {name: {"Keys": [key(n) for n in range(45)], "ConsistentRead": True}}, set(), 0
    while left:
        answer = client.batch_get_item(RequestItems=left)
        found = {item["p"]["S"] for item in answer["Responses"].get(name, [])}
        assert not found & seen
        seen |= found
        left, rounds = answer["UnprocessedKeys"], rounds + 1
        assert rounds < 45
    assert len(seen) == 45 and rounds > 1


REFUSED = [
    (
        lambda client, name: client.batch_get_item(RequestItems={name: {"Keys": [key(1), key(1)]}}),
        "Provided list of item keys contains duplicates",
    ),
    (
        lambda client, name: client.batch_write_item(
            RequestItems={name: [*puts([1]), {"DeleteRequest": {"Key": key(1)}}]}
        ),
        "Provided list of item keys contains duplicates",
    ),
    (
        lambda client, name: client.batch_get_item(RequestItems={name: {"Keys": [{"q": {"S": "a"}}]}}),
        "The provided key element does not match the schema",
    ),
]


@pytest.mark.parametrize("call, message", REFUSED)
def test_impossible_batches_are_refused(client, make_table, call, message):
    name = make_table("p:S")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(client, name)
    assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": message}


def test_too_many_requests_are_refused(client, make_table):
    name = make_table("p:S")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.batch_write_item(RequestItems={name: puts(range(26))})
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert "Member must have length less than or equal to 25" in refused.value.response["Error"]["Message"]
    assert client.scan(TableName=name, ConsistentRead=True)["Count"] == 0
