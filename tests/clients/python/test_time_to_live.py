"""Items that expire, through boto3: what disappears, what stays, and what a stream tells of it.

On AWS a deletion takes minutes or days: there, this wants more patience than it has.
"""

import time

from boto3.dynamodb.conditions import Key

from eventually import eventually
from schema import index

BY_USER = index("by-user", "user")


def enable(client, table, attribute="expires"):
    specification = {"AttributeName": attribute, "Enabled": True}
    client.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)
    described = lambda: client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    eventually({"TimeToLiveStatus": "ENABLED", "AttributeName": attribute}, described)


def sessions(resource, table, **request):
    read = resource.Table(table).query if request else resource.Table(table).scan
    return sorted(item["session"] for item in read(**request)["Items"])


def test_an_expired_item_disappears_from_table_and_index(client, resource, make_table):
    name = make_table("session:S", more="user:S", GlobalSecondaryIndexes=[BY_USER])
    table = resource.Table(name)
    now = int(time.time())
    table.put_item(Item={"session": "was there before", "user": "u", "expires": now - 100})
    enable(client, name)
    table.put_item(Item={"session": "expired", "user": "u", "expires": now - 100})
    table.put_item(Item={"session": "expires soon", "user": "u", "expires": now + 1})
    table.put_item(Item={"session": "expires tomorrow", "user": "u", "expires": now + 86_400})
    table.put_item(Item={"session": "in milliseconds", "user": "u", "expires": (now - 100) * 1000})
    table.put_item(Item={"session": "as a string", "user": "u", "expires": str(now - 100)})
    table.put_item(Item={"session": "six years ago", "user": "u", "expires": now - 6 * 366 * 86_400})
    table.put_item(Item={"session": "never", "user": "u"})
    stay = ["as a string", "expires tomorrow", "in milliseconds", "never", "six years ago"]
    eventually(stay, lambda: sessions(resource, name))
    by_user = {"IndexName": "by-user", "KeyConditionExpression": Key("user").eq("u")}
    eventually(stay, lambda: sessions(resource, name, **by_user))


def test_an_extended_item_lives_on(client, resource, make_table):
    name = make_table("session:S")
    enable(client, name)
    table = resource.Table(name)
    table.put_item(Item={"session": "witness", "expires": int(time.time()) + 2})
    table.put_item(Item={"session": "kept", "expires": int(time.time()) + 2})
    for _ in range(8):
        table.update_item(
            Key={"session": "kept"},
            UpdateExpression="SET expires = :later",
            ConditionExpression="attribute_exists(#s)",
            ExpressionAttributeNames={"#s": "session"},
            ExpressionAttributeValues={":later": int(time.time()) + 4},
        )
        time.sleep(0.5)
    eventually(["kept"], lambda: sessions(resource, name))
    eventually([], lambda: sessions(resource, name))


def test_a_disabled_table_keeps_its_items(client, resource, make_table):
    name = make_table("session:S")
    enable(client, name)
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"AttributeName": "expires", "Enabled": False}
    )
    described = lambda: client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    eventually({"TimeToLiveStatus": "DISABLED"}, described)
    resource.Table(name).put_item(Item={"session": "expired", "expires": int(time.time()) - 100})
    time.sleep(3)
    assert sessions(resource, name) == ["expired"]


def test_a_stream_says_who_deleted(client, streams, resource, make_table):
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    name = make_table("session:S", StreamSpecification=stream)
    enable(client, name)
    expires = int(time.time()) - 100
    resource.Table(name).put_item(Item={"session": "expired", "expires": expires})
    resource.Table(name).put_item(Item={"session": "deleted"})
    resource.Table(name).delete_item(Key={"session": "deleted"})
    arn = client.describe_table(TableName=name)["Table"]["LatestStreamArn"]

    def removed():
        found = []
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            position = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = streams.get_shard_iterator(**position)["ShardIterator"]
            records = streams.get_records(ShardIterator=iterator)["Records"]
            found += [record for record in records if record["eventName"] == "REMOVE"]
        return {
            record["dynamodb"]["Keys"]["session"]["S"]: (record.get("userIdentity"), record["dynamodb"]["OldImage"])
            for record in found
        }

    service = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    eventually(
        {
            "expired": (service, {"session": {"S": "expired"}, "expires": {"N": str(expires)}}),
            "deleted": (None, {"session": {"S": "deleted"}}),
        },
        removed,
    )
