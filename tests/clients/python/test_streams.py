"""DynamoDB Streams through boto3: streams and their shards, iterators, records, refusals."""

import re
import time
import uuid

import botocore.config
import botocore.exceptions
import pytest

from conftest import GIVEN_ENDPOINT, WAIT
from eventually import eventually
from schema import key_schema
from server import Pixii
from shard_sync import END, ShardSync

VIEWS = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


@pytest.fixture
def make_stream(client, streams, make_table):
    """Creates a table with a stream of that view and returns its name and the stream's ARN."""

    def make(view="NEW_AND_OLD_IMAGES", *keys):
        name = make_table(
            *(keys or ("p:S",)), StreamSpecification={"StreamEnabled": True, "StreamViewType": view}
        )
        arn = client.describe_table(TableName=name)["Table"]["LatestStreamArn"]
        eventually("ENABLED", lambda: describe(streams, arn)["StreamStatus"], seconds_max=60)
        return name, arn

    return make


def describe(streams, arn, **parameters):
    return streams.describe_stream(StreamArn=arn, **parameters)["StreamDescription"]


def read_all(streams, arn, expected, seconds_max=30):
    """Everything in a stream, once as much has come as is expected; parents before children."""
    records = []
    reader = ShardSync(streams, arn, lambda _, more: records.extend(more))
    give_up = time.monotonic() + seconds_max
    while len(records) < expected and time.monotonic() < give_up:
        reader.poll()
    reader.poll()
    assert len(records) == expected, [(r["eventName"], r["dynamodb"]["Keys"]) for r in records]
    return records


def shard_with_records(streams, arn, key):
    """The shard in which the records of an item are, as soon as one is there."""
    found = {}

    def deliver(shard, records):
        for record in records:
            found.setdefault(record["dynamodb"]["Keys"]["p"]["S"], shard)

    reader = ShardSync(streams, arn, deliver)
    for _ in range(200):
        reader.poll()
        if key in found:
            return found[key]
    raise AssertionError(f"no record of {key}")


def drain(streams, iterator, **parameters):
    """What is to be had from an iterator now, and the iterator behind that."""
    records = []
    while iterator:
        page = streams.get_records(ShardIterator=iterator, **parameters)
        iterator = page.get("NextShardIterator")
        if not page["Records"]:
            break
        records += page["Records"]
    return records, iterator


def refusal(call, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_a_stream_is_listed_and_described(client, streams, make_stream):
    name, arn = make_stream("NEW_IMAGE")
    table = client.describe_table(TableName=name)["Table"]
    label = table["LatestStreamLabel"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", label)
    assert arn == f"{table['TableArn']}/stream/{label}"
    listed = streams.list_streams(TableName=name)
    assert listed["Streams"] == [{"StreamArn": arn, "TableName": name, "StreamLabel": label}]
    stream = describe(streams, arn)
    shards = stream.pop("Shards")
    age = time.time() - stream.pop("CreationRequestDateTime").timestamp()
    assert -5 < age < 600
    assert stream == {
        "StreamArn": arn,
        "StreamLabel": label,
        "StreamStatus": "ENABLED",
        "StreamViewType": "NEW_IMAGE",
        "TableName": name,
        "KeySchema": table["KeySchema"],
    }
    for shard in shards:
        assert re.fullmatch(r"shardId-\d{20}-[0-9a-f]{8}", shard["ShardId"])
        assert re.fullmatch(r"\d{21,40}", shard["SequenceNumberRange"]["StartingSequenceNumber"])
        assert "EndingSequenceNumber" not in shard["SequenceNumberRange"]
        assert "ParentShardId" not in shard


def test_lists_of_streams_and_shards_come_in_pages(streams, make_stream):
    arns = [make_stream("KEYS_ONLY")[1] for _ in range(3)]
    found, start = [], {}
    while True:
        page = streams.list_streams(Limit=1, **start)
        assert len(page["Streams"]) <= 1
        found += [stream["StreamArn"] for stream in page["Streams"]]
        if "LastEvaluatedStreamArn" not in page:
            break
        start = {"ExclusiveStartStreamArn": page["LastEvaluatedStreamArn"]}
    assert len(found) == len(set(found))
    assert set(arns) <= set(found)

    whole = describe(streams, arns[0])["Shards"]
    shards, start = [], {}
    while True:
        page = describe(streams, arns[0], Limit=1, **start)
        assert len(page["Shards"]) <= 1
        shards += page["Shards"]
        if "LastEvaluatedShardId" not in page:
            break
        start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}
    assert shards == whole
    assert describe(streams, arns[0], ExclusiveStartShardId=whole[-1]["ShardId"])["Shards"] == []
    children = {"Type": "CHILD_SHARDS", "ShardId": whole[0]["ShardId"]}
    assert describe(streams, arns[0], ShardFilter=children)["Shards"] == []


def test_a_table_without_stream_has_none(streams, make_table):
    assert streams.list_streams(TableName=make_table("p:S"))["Streams"] == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_kind_of_write_leaves_its_records(client, streams, make_stream, view):
    name, arn = make_stream(view, "p:S", "s:N")
    expected = []

    def item(s, **more):
        return {"p": {"S": "a"}, "s": {"N": str(s)}, **{name: {"S": value} for name, value in more.items()}}

    def changed(before, after):
        kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        images = {"OldImage": before, "NewImage": after}
        shown = {"NEW_IMAGE": ["NewImage"], "OLD_IMAGE": ["OldImage"], "KEYS_ONLY": []}.get(view, images)
        some = after or before
        keys = {"p": some["p"], "s": some["s"]}
        expected.append((kind, keys, {name: images[name] for name in shown if images[name]}))

    def put(new, **parameters):
        client.put_item(TableName=name, Item=new, **parameters)

    put(item(1, v="one"))
    changed(None, item(1, v="one"))
    put(item(1, v="two"))
    changed(item(1, v="one"), item(1, v="two"))
    # What changes nothing leaves nothing.
    put(item(1, v="two"))
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        put(item(1, v="three"), ConditionExpression="attribute_not_exists(p)")
    client.delete_item(TableName=name, Key=item(9))
    update = {"UpdateExpression": "SET w = :w", "ExpressionAttributeValues": {":w": {"S": "w"}}}
    client.update_item(TableName=name, Key=item(1), **update)
    changed(item(1, v="two"), item(1, v="two", w="w"))
    client.update_item(TableName=name, Key=item(1), **update)
    client.update_item(TableName=name, Key=item(2), **update)
    changed(None, item(2, w="w"))
    client.delete_item(TableName=name, Key=item(2))
    changed(item(2, w="w"), None)
    client.batch_write_item(
        RequestItems={name: [{"PutRequest": {"Item": item(3, v="b")}}, {"DeleteRequest": {"Key": item(1)}}]}
    )
    changed(None, item(3, v="b"))
    changed(item(1, v="two", w="w"), None)
    client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": name, "Item": item(4, v="t")}},
            {"Update": {"TableName": name, "Key": item(3), **update}},
            {"ConditionCheck": {"TableName": name, "Key": item(5), "ConditionExpression": "attribute_not_exists(p)"}},
        ]
    )
    changed(None, item(4, v="t"))
    changed(item(3, v="b"), item(3, v="b", w="w"))

    records = read_all(streams, arn, len(expected))

    def by_item(changes):
        return {s: [change for change in changes if change[1]["s"]["N"] == s] for s in "1234"}

    found = [
        (
            record["eventName"],
            record["dynamodb"]["Keys"],
            {image: record["dynamodb"][image] for image in ("OldImage", "NewImage") if image in record["dynamodb"]},
        )
        for record in records
    ]
    # Order is promised within an item only.
    assert by_item(found) == by_item(expected)
    assert {record["dynamodb"]["StreamViewType"] for record in records} == {view}


def test_a_record_tells_what_aws_tells(client, streams, make_stream):
    name, arn = make_stream()
    before = int(time.time())
    client.put_item(TableName=name, Item={"p": {"S": "abc"}, "n": {"N": "12.5"}})
    client.update_item(
        TableName=name,
        Key={"p": {"S": "abc"}},
        UpdateExpression="SET l = :l",
        ExpressionAttributeValues={":l": {"L": [{"BOOL": True}, {"NULL": True}, {"B": b"\0\1"}]}},
    )
    records = read_all(streams, arn, 2)
    for record in records:
        assert record.keys() == {"awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventVersion"}
        assert record["awsRegion"] == streams.meta.region_name
        assert (record["eventSource"], record["eventVersion"]) == ("aws:dynamodb", "1.1")
        assert re.fullmatch(r"[0-9a-f]{32}", record["eventID"])
        change = record["dynamodb"]
        assert re.fullmatch(r"\d{21,40}", change["SequenceNumber"])
        created = change["ApproximateCreationDateTime"].timestamp()
        assert created == int(created)
        assert before - 1 <= created <= time.time() + 1
    assert len({record["eventID"] for record in records}) == 2
    first, second = (record["dynamodb"] for record in records)
    assert int(first["SequenceNumber"]) < int(second["SequenceNumber"])
    # Keys 4, item 4 + 1 + 3; then keys 4, old 8, new 8 + 1 + 3 + 3 elements of 1 and of 1, 1 and 2 bytes.
    assert (first["SizeBytes"], second["SizeBytes"]) == (12, 31)
    assert second["NewImage"]["l"] == {"L": [{"BOOL": True}, {"NULL": True}, {"B": b"\0\1"}]}


def test_iterators_stand_where_they_were_asked_to(client, streams, make_stream):
    name, arn = make_stream()

    def write(*versions):
        for version in versions:
            client.put_item(TableName=name, Item={"p": {"S": "a"}, "v": {"N": str(version)}})

    write(0)
    where = {"StreamArn": arn, "ShardId": shard_with_records(streams, arn, "a")}

    def position(kind, **more):
        return streams.get_shard_iterator(**where, ShardIteratorType=kind, **more)["ShardIterator"]

    def versions(iterator, **parameters):
        records, _ = drain(streams, iterator, **parameters)
        return [int(record["dynamodb"]["NewImage"]["v"]["N"]) for record in records]

    latest = position("LATEST")
    write(1, 2, 3)
    eventually([0, 1, 2, 3], lambda: versions(position("TRIM_HORIZON")))
    assert versions(latest) == [1, 2, 3]
    # An iterator may be used again.
    assert versions(latest) == [1, 2, 3]
    assert versions(position("LATEST")) == []
    numbers = [r["dynamodb"]["SequenceNumber"] for r in drain(streams, position("TRIM_HORIZON"), Limit=1)[0]]
    assert versions(position("AT_SEQUENCE_NUMBER", SequenceNumber=numbers[2])) == [2, 3]
    assert versions(position("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[2])) == [3]
    assert versions(position("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[3])) == []
    start = describe(streams, arn)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
    first = {"StreamArn": arn, "ShardId": describe(streams, arn)["Shards"][0]["ShardId"]}
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        assert streams.get_shard_iterator(**first, ShardIteratorType=kind, SequenceNumber=start)["ShardIterator"]
    page = streams.get_records(ShardIterator=position("TRIM_HORIZON"), Limit=2)
    assert len(page["Records"]) == 2
    assert versions(page["NextShardIterator"]) == [2, 3]
    # The end of an open shard can be read again and again.
    _, iterator = drain(streams, position("TRIM_HORIZON"))
    write(4)
    eventually([4], lambda: versions(iterator))


def test_an_iterator_at_a_point_in_time(client, streams, make_stream):
    name, arn = make_stream()
    client.put_item(TableName=name, Item={"p": {"S": "a"}, "v": {"N": "0"}})
    time.sleep(1.1)
    between = time.time()
    time.sleep(1.1)
    client.put_item(TableName=name, Item={"p": {"S": "a"}, "v": {"N": "1"}})
    where = {"StreamArn": arn, "ShardId": shard_with_records(streams, arn, "a"), "ShardIteratorType": "AT_TIMESTAMP"}

    def versions(when):
        records, _ = drain(streams, streams.get_shard_iterator(**where, Timestamp=when)["ShardIterator"])
        return [int(record["dynamodb"]["NewImage"]["v"]["N"]) for record in records]

    eventually([1], lambda: versions(between))
    assert versions(between - 86_400 * 2) == [0, 1]
    refused = refusal(streams.get_shard_iterator, **where, Timestamp=time.time() + 3600)
    assert refused.startswith("ValidationException: ")


def test_pages_have_at_most_a_megabyte(client, streams, make_stream):
    name, arn = make_stream("NEW_IMAGE")
    for version in range(8):
        client.put_item(TableName=name, Item={"p": {"S": "a"}, "v": {"N": str(version)}, "d": {"S": "x" * 300_000}})
    read_all(streams, arn, 8)
    where = {"StreamArn": arn, "ShardId": shard_with_records(streams, arn, "a")}
    iterator = streams.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    sizes = []
    while records := (page := streams.get_records(ShardIterator=iterator))["Records"]:
        sizes.append(sum(record["dynamodb"]["SizeBytes"] for record in records))
        iterator = page["NextShardIterator"]
    assert sum(sizes) > 2_400_000
    assert 3 <= len(sizes) <= 4
    assert max(sizes) <= 1024 * 1024


def test_a_stream_that_is_turned_off_stays_readable_under_its_name(client, streams, make_stream):
    name, old = make_stream("NEW_IMAGE")
    client.put_item(TableName=name, Item={"p": {"S": "a"}})
    read_all(streams, old, 1)
    client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 0.2})
    eventually("DISABLED", lambda: describe(streams, old)["StreamStatus"], seconds_max=60)
    client.put_item(TableName=name, Item={"p": {"S": "b"}})
    # All its shards end: there is nothing left to poll.
    records = []
    reader = ShardSync(streams, old, lambda _, more: records.extend(more))
    for _ in range(50):
        reader.poll()
    assert set(reader.progress.checkpoints.values()) == {END}
    assert [record["dynamodb"]["Keys"]["p"]["S"] for record in records] == ["a"]
    for shard in describe(streams, old)["Shards"]:
        assert int(shard["SequenceNumberRange"]["EndingSequenceNumber"]) >= int(
            shard["SequenceNumberRange"]["StartingSequenceNumber"]
        )

    client.update_table(
        TableName=name, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 0.2})
    new = client.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    assert new != old
    eventually("ENABLED", lambda: describe(streams, new)["StreamStatus"], seconds_max=60)
    assert {stream["StreamArn"] for stream in streams.list_streams(TableName=name)["Streams"]} == {old, new}
    client.put_item(TableName=name, Item={"p": {"S": "c"}})
    [record] = read_all(streams, new, 1)
    assert record["dynamodb"]["Keys"] == {"p": {"S": "c"}}
    assert "NewImage" not in record["dynamodb"]


def test_the_stream_of_a_deleted_table_stays_readable(client, streams, make_stream):
    name, arn = make_stream()
    client.put_item(TableName=name, Item={"p": {"S": "a"}})
    read_all(streams, arn, 1)
    client.delete_table(TableName=name)
    client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 0.2})
    assert describe(streams, arn)["StreamStatus"] == "DISABLED"
    # Deleting a table deletes no items: there are no records of that.
    [record] = read_all(streams, arn, 1)
    assert record["eventName"] == "INSERT"


def test_what_cannot_be_is_refused_in_aws_words(streams, make_stream):
    name, arn = make_stream("KEYS_ONLY")
    shard = describe(streams, arn)["Shards"][0]["ShardId"]
    start = describe(streams, arn)["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
    absent = arn[:-1] + str((int(arn[-1]) + 1) % 10)
    no_table = arn.replace(name, f"{name}-{uuid.uuid4().hex[:8]}")
    no_shard = "shardId-00000000000000000001-00000001"
    iterate, describe_stream, records = streams.get_shard_iterator, streams.describe_stream, streams.get_records
    position = {"StreamArn": arn, "ShardId": shard}
    for arn_of_none in (absent, no_table):
        missing = f"ResourceNotFoundException: Requested resource not found: Stream: {arn_of_none} not found"
        assert refusal(describe_stream, StreamArn=arn_of_none) == missing
        refused = refusal(iterate, StreamArn=arn_of_none, ShardId=shard, ShardIteratorType="LATEST")
        assert refused == missing
    missing = "ResourceNotFoundException: Requested resource not found: Shard does not exist"
    assert refusal(iterate, StreamArn=arn, ShardId=no_shard, ShardIteratorType="LATEST") == missing
    assert refusal(iterate, StreamArn=arn, ShardId="x" * 30, ShardIteratorType="LATEST") == missing
    invalid = "ValidationException: One or more parameter values were invalid: "
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        refused = refusal(iterate, **position, ShardIteratorType=kind)
        assert refused == invalid + "SequenceNumber cannot be null"
    for kind in ("TRIM_HORIZON", "LATEST"):
        refused = refusal(iterate, **position, ShardIteratorType=kind, SequenceNumber=start)
        assert refused == invalid + "SequenceNumber should not be passed for this iterator type"
    for number in ("9" * 39, "x" * 21):
        refused = refusal(iterate, **position, ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=number)
        assert refused.startswith("ValidationException: "), number
    assert refusal(records, ShardIterator="nonsense").startswith("ValidationException: ")
    assert refusal(describe_stream, StreamArn="x" * 50).startswith("ValidationException: ")
    assert refusal(streams.list_streams, ExclusiveStartStreamArn="x" * 50).startswith("ValidationException: ")
    at = "ValidationException: 1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}".format
    below = "Member must have value less than or equal to {}".format
    above = "Member must have value greater than or equal to 1"
    assert refusal(streams.list_streams, Limit=0) == at(0, "limit", above)
    assert refusal(streams.list_streams, Limit=101) == at(101, "limit", below(100))
    assert refusal(describe_stream, StreamArn=arn, Limit=101) == at(101, "limit", below(100))
    iterator = iterate(**position, ShardIteratorType="LATEST")["ShardIterator"]
    assert refusal(records, ShardIterator=iterator, Limit=1001) == at(1001, "limit", below(1000))
    filter = {"Type": "CHILD_SHARDS", "ShardId": "qwerty"}
    assert refusal(describe_stream, StreamArn=arn, ShardFilter=filter) == at(
        "qwerty", "shardFilter.shardId", "Member must have length greater than or equal to 28"
    )


@pytest.mark.skipif(GIVEN_ENDPOINT is not None, reason="the server under test is not ours to configure")
def test_streams_are_read_as_often_as_aws_allows_where_that_is_enforced(session):
    server = Pixii("--enforce")
    plain = botocore.config.Config(retries={"total_max_attempts": 1})
    client, streams = (
        session.client(name, endpoint_url=server.endpoint, config=plain) for name in ("dynamodb", "dynamodbstreams")
    )
    client.create_table(
        TableName="watched",
        KeySchema=key_schema("p"),
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    client.get_waiter("table_exists").wait(TableName="watched", WaiterConfig=WAIT)
    arn = client.describe_table(TableName="watched")["Table"]["LatestStreamArn"]
    where = {"StreamArn": arn, "ShardId": describe(streams, arn)["Shards"][0]["ShardId"]}
    iterator = streams.get_shard_iterator(**where, ShardIteratorType="LATEST")["ShardIterator"]
    try:
        for call, parameters in [
            (streams.describe_stream, {"StreamArn": arn}),
            (streams.get_records, {"ShardIterator": iterator}),
        ]:
            answered, refused = 0, None
            begin = time.monotonic()
            while refused is None and time.monotonic() < begin + 10:
                try:
                    call(**parameters)
                    answered += 1
                except botocore.exceptions.ClientError as error:
                    refused = error.response["Error"]
            assert refused == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
            # Ten a second: in the second in which too many came, and in those before it.
            assert answered >= 9
    finally:
        assert server.stop() == 0
