"""boto3's resource layer: Table objects, condition objects, the batch writer, its own marshalling."""

from decimal import Decimal

import boto3.dynamodb.conditions
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

from conftest import WAIT
from eventually import eventually
from schema import index, key_schema


@pytest.fixture
def songs(resource, make_table):
    name = make_table("artist:S", "title:S", more="year:N", GlobalSecondaryIndexes=[index("by-year", "year", "title")])
    return resource.Table(name)


def test_python_values_return_as_they_were(songs):
    item = {
        "artist": "a",
        "title": "t",
        "price": Decimal("9.99"),
        "whole": 3,
        "flag": True,
        "nothing": None,
        "raw": Binary(b"\x00\x01"),
        "words": {"x", "y"},
        "scores": {Decimal("1"), Decimal("2.5")},
        "nested": {"list": [1, "two", {"three": Decimal("3")}]},
    }
    songs.put_item(Item=item)
    assert songs.get_item(Key={"artist": "a", "title": "t"}, ConsistentRead=True)["Item"] == item


def test_the_batch_writer_writes_removes_and_overwrites(songs):
    with songs.batch_writer(overwrite_by_pkeys=["artist", "title"]) as batch:
        for number in range(120):
            batch.put_item(Item={"artist": "a", "title": f"song {number % 100:03}", "n": number})
        batch.delete_item(Key={"artist": "a", "title": "song 050"})
    found = songs.query(KeyConditionExpression=Key("artist").eq("a"), ConsistentRead=True)
    assert found["Count"] == 99
    assert found["Items"][5]["n"] == 105


@pytest.mark.parametrize(
    "condition, expected",
    [
        (Key("title").eq("c"), "c"),
        (Key("title").lt("c"), "ab"),
        (Key("title").lte("c"), "abc"),
        (Key("title").gt("c"), "de"),
        (Key("title").gte("c"), "cde"),
        (Key("title").between("b", "d"), "bcd"),
        (Key("title").begins_with("d"), "d"),
    ],
)
def test_key_conditions(songs, condition, expected):
    with songs.batch_writer() as batch:
        for title in "abcde":
            batch.put_item(Item={"artist": "x", "title": title})
    found = songs.query(KeyConditionExpression=Key("artist").eq("x") & condition, ConsistentRead=True)
    assert "".join(item["title"] for item in found["Items"]) == expected


@pytest.mark.parametrize(
    "condition, expected",
    [
        (Attr("year").eq(1999), "a"),
        (Attr("year").ne(1999), "bc"),
        (Attr("year").is_in([1999, 2001]), "ac"),
        (Attr("year").between(2000, 2001), "bc"),
        (Attr("tags").contains("rock"), "ab"),
        (Attr("tags").size().gte(2), "b"),
        (Attr("meta.live").exists(), "c"),
        (Attr("meta.live").not_exists(), "ab"),
        (Attr("tags").attribute_type("SS"), "ab"),
        (Attr("title").begins_with("song"), ""),
        (~Attr("year").lt(2000) & (Attr("tags").exists() | Attr("meta.live").eq(True)), "bc"),
    ],
)
def test_attribute_conditions(songs, condition, expected):
    with songs.batch_writer() as batch:
        batch.put_item(Item={"artist": "x", "title": "a", "year": 1999, "tags": {"rock"}})
        batch.put_item(Item={"artist": "x", "title": "b", "year": 2000, "tags": {"rock", "live"}})
        batch.put_item(Item={"artist": "x", "title": "c", "year": 2001, "meta": {"live": True}})
    found = songs.scan(FilterExpression=condition, ConsistentRead=True)
    assert "".join(sorted(item["title"] for item in found["Items"])) == expected


def test_a_condition_object_guards_a_write(songs):
    item = {"artist": "a", "title": "t"}
    songs.put_item(Item=item, ConditionExpression=Attr("artist").not_exists())
    with pytest.raises(songs.meta.client.exceptions.ConditionalCheckFailedException):
        songs.put_item(Item=item, ConditionExpression=Attr("artist").not_exists())
    updated = songs.update_item(
        Key=item,
        UpdateExpression="SET plays = if_not_exists(plays, :zero) + :one",
        ExpressionAttributeValues={":zero": 0, ":one": 1},
        ReturnValues="ALL_NEW",
    )
    assert updated["Attributes"] == {**item, "plays": 1}


def test_an_index_is_queried_with_numbers(songs):
    with songs.batch_writer() as batch:
        for title, year in (("a", 1999), ("b", 2000), ("c", 1999)):
            batch.put_item(Item={"artist": "x", "title": title, "year": year})

    def of_1999():
        found = songs.query(IndexName="by-year", KeyConditionExpression=Key("year").eq(1999), ScanIndexForward=False)
        return [item["title"] for item in found["Items"]]

    eventually(["c", "a"], of_1999)


def test_a_table_is_made_waited_for_and_dropped(resource, unused_name):
    table = resource.create_table(
        TableName=unused_name,
        KeySchema=key_schema("id"),
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.meta.client.get_waiter("table_exists").wait(TableName=unused_name, WaiterConfig=WAIT)
    table.reload()
    assert table.table_status == "ACTIVE"
    assert unused_name in [each.name for each in resource.tables.all()]
    table.delete()
    table.meta.client.get_waiter("table_not_exists").wait(TableName=unused_name, WaiterConfig=WAIT)
    assert unused_name not in [each.name for each in resource.tables.all()]


def test_a_batch_read_through_the_resource(resource, songs):
    with songs.batch_writer() as batch:
        for number in range(30):
            batch.put_item(Item={"artist": "x", "title": str(number), "n": number})
    keys = [{"artist": "x", "title": str(number)} for number in range(30)]
    answer = resource.batch_get_item(RequestItems={songs.name: {"Keys": keys, "ConsistentRead": True}})
    assert sorted(item["n"] for item in answer["Responses"][songs.name]) == list(range(30))
