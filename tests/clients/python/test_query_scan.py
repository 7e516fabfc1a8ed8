"""Query and Scan through boto3's client and its paginators."""

import botocore.exceptions
import pytest

from eventually import eventually
from schema import index

PAGE_BYTES = 1024 * 1024


@pytest.fixture
def readings(client, make_table):
    """Sixty readings of three sensors, with a sparse GSI over the alarms and an LSI over the values."""
    name = make_table(
        "sensor:S",
        "at:N",
        more="alarm:S value:N",
        GlobalSecondaryIndexes=[index("alarms", "alarm", "at", projection=["value"])],
        LocalSecondaryIndexes=[index("by-value", "sensor", "value", projection="KEYS_ONLY")],
    )
    requests = []
    for number in range(60):
        item = {
            "sensor": {"S": "abc"[number % 3]},
            "at": {"N": str(number)},
            "value": {"N": str((number * 7) % 60)},
            "note": {"S": f"reading {number}"},
        }
        if number % 10 == 0:
            item["alarm"] = {"S": "high" if number % 20 else "low"}
        requests.append({"PutRequest": {"Item": item}})
    for start in range(0, 60, 25):
        assert not client.batch_write_item(RequestItems={name: requests[start : start + 25]})["UnprocessedItems"]
    return name


def of_sensor(name, sensor, **more):
    values = {":s": {"S": sensor}, **more.pop("values", {})}
    condition = "sensor = :s" + (f" AND {more.pop('sort')}" if "sort" in more else "")
    return {"TableName": name, "KeyConditionExpression": condition, "ExpressionAttributeValues": values, **more}


def numbers(items, name="at"):
    return [int(item[name]["N"]) for item in items]


@pytest.mark.parametrize(
    "sort, values, expected",
    [
        ("#at = :x", {":x": {"N": "30"}}, [30]),
        ("#at < :x", {":x": {"N": "9"}}, [0, 3, 6]),
        ("#at <= :x", {":x": {"N": "9"}}, [0, 3, 6, 9]),
        ("#at > :x", {":x": {"N": "51"}}, [54, 57]),
        ("#at >= :x", {":x": {"N": "51"}}, [51, 54, 57]),
        ("#at BETWEEN :x AND :y", {":x": {"N": "3"}, ":y": {"N": "10"}}, [3, 6, 9]),
    ],
)
def test_a_query_takes_every_sort_key_operator(client, readings, sort, values, expected):
    query = of_sensor(
        readings, "a", sort=sort, values=values, ExpressionAttributeNames={"#at": "at"}, ConsistentRead=True
    )
    assert numbers(client.query(**query)["Items"]) == expected
    assert numbers(client.query(**query, ScanIndexForward=False)["Items"]) == expected[::-1]


def test_begins_with_on_a_string_sort_key(client, make_table):
    name = make_table("p:S", "s:S")
    for sort in ("b", "ba", "baz", "bb", "c"):
        client.put_item(TableName=name, Item={"p": {"S": "k"}, "s": {"S": sort}})
    found = client.query(
        TableName=name,
        KeyConditionExpression="p = :p AND begins_with(s, :s)",
        ExpressionAttributeValues={":p": {"S": "k"}, ":s": {"S": "ba"}},
        ConsistentRead=True,
    )
    assert [item["s"]["S"] for item in found["Items"]] == ["ba", "baz"]


def test_limit_counts_what_was_examined_not_what_was_returned(client, readings):
    page = client.query(
        **of_sensor(readings, "a", values={":v": {"N": "30"}}),
        FilterExpression="#v >= :v",
        ExpressionAttributeNames={"#v": "value"},
        Limit=10,
        ConsistentRead=True,
    )
    assert page["ScannedCount"] == 10
    assert page["Count"] == len(page["Items"]) == sum((number * 7) % 60 >= 30 for number in range(0, 30, 3))
    assert page["LastEvaluatedKey"] == {"sensor": {"S": "a"}, "at": {"N": "27"}}


@pytest.mark.parametrize("size", [1, 7, 20, 100])
def test_the_query_paginator_returns_each_item_once(client, readings, size):
    pages = client.get_paginator("query").paginate(
        **of_sensor(readings, "b", ConsistentRead=True), PaginationConfig={"PageSize": size}
    )
    assert numbers(item for page in pages for item in page["Items"]) == list(range(1, 60, 3))


@pytest.mark.parametrize("size", [1, 9, 1000])
def test_the_scan_paginator_returns_each_item_once(client, readings, size):
    pages = client.get_paginator("scan").paginate(
        TableName=readings, ConsistentRead=True, PaginationConfig={"PageSize": size}
    )
    assert sorted(numbers(item for page in pages for item in page["Items"])) == list(range(60))


def test_segments_of_a_parallel_scan_share_the_table(client, make_table):
    name = make_table("p:S")
    for start in range(0, 100, 25):
        puts = [{"PutRequest": {"Item": {"p": {"S": f"item {n}"}}}} for n in range(start, start + 25)]
        client.batch_write_item(RequestItems={name: puts})
    segments = []
    for segment in range(4):
        pages = client.get_paginator("scan").paginate(
            TableName=name, Segment=segment, TotalSegments=4, ConsistentRead=True, PaginationConfig={"PageSize": 7}
        )
        segments.append([item["p"]["S"] for page in pages for item in page["Items"]])
    assert sorted(sum(segments, [])) == sorted(f"item {n}" for n in range(100))
    assert sum(bool(segment) for segment in segments) > 1


def test_a_page_ends_at_one_megabyte(client, make_table):
    name = make_table("p:S", "s:N")
    for number in range(6):
        item = {"p": {"S": "k"}, "s": {"N": str(number)}, "d": {"S": "x" * (300 * 1024)}}
        client.put_item(TableName=name, Item=item)
    query = {
        "TableName": name,
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "k"}},
        "ConsistentRead": True,
    }
    first = client.query(**query, ReturnConsumedCapacity="TOTAL")
    assert first["Count"] == 4 and first["LastEvaluatedKey"]["s"] == {"N": "3"}
    assert first["ConsumedCapacity"]["CapacityUnits"] == pytest.approx(4 * 300 / 4, abs=1)
    second = client.query(**query, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert second["Count"] == 2 and "LastEvaluatedKey" not in second
    counted = client.query(**query, Select="COUNT")
    assert counted["Count"] == 4 and "Items" not in counted and "LastEvaluatedKey" in counted


def test_a_sparse_index_holds_only_what_has_its_key(client, readings):
    def alarms(alarm):
        return client.query(
            TableName=readings,
            IndexName="alarms",
            KeyConditionExpression="alarm = :a",
            ExpressionAttributeValues={":a": {"S": alarm}},
        )["Items"]

    eventually([10, 30, 50], lambda: numbers(alarms("high")))
    eventually([0, 20, 40], lambda: numbers(alarms("low")))
    assert set(alarms("low")[0]) == {"sensor", "at", "alarm", "value"}

    key = {"sensor": {"S": "b"}, "at": {"N": "10"}}
    client.update_item(TableName=readings, Key=key, UpdateExpression="REMOVE alarm")
    eventually([30, 50], lambda: numbers(alarms("high")))
    client.delete_item(TableName=readings, Key={"sensor": {"S": "a"}, "at": {"N": "30"}})
    eventually([50], lambda: numbers(alarms("high")))


def test_an_index_page_starts_behind_its_last_key(client, readings):
    query = {
        "TableName": readings,
        "IndexName": "alarms",
        "KeyConditionExpression": "alarm = :a",
        "ExpressionAttributeValues": {":a": {"S": "low"}},
    }
    eventually(3, lambda: client.query(**query)["Count"])
    page = client.query(**query, Limit=1)
    assert set(page["LastEvaluatedKey"]) == {"alarm", "sensor", "at"}
    rest = client.query(**query, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert numbers(page["Items"] + rest["Items"]) == [0, 20, 40]


def test_a_local_index_reads_consistently_and_fetches_what_it_does_not_project(client, readings):
    query = of_sensor(
        readings,
        "c",
        sort="#v < :v",
        values={":v": {"N": "20"}},
        ExpressionAttributeNames={"#v": "value"},
        IndexName="by-value",
        ConsistentRead=True,
    )
    plain = client.query(**query)["Items"]
    assert numbers(plain, "value") == sorted((n * 7) % 60 for n in range(2, 60, 3) if (n * 7) % 60 < 20)
    assert set(plain[0]) == {"sensor", "at", "value"}
    whole = client.query(**query, Select="ALL_ATTRIBUTES")["Items"]
    assert all(item["note"]["S"] == f"reading {item['at']['N']}" for item in whole)


def test_filters_of_every_kind(client, make_table):
    name = make_table("p:S")
    item = {
        "p": {"S": "k"},
        "n": {"N": "5"},
        "s": {"S": "hello world"},
        "l": {"L": [{"N": "1"}, {"S": "two"}]},
        "m": {"M": {"x": {"BOOL": True}}},
        "t": {"SS": ["red", "green"]},
    }
    client.put_item(TableName=name, Item=item)
    names = {"#n": "n", "#s": "s", "#l": "l", "#m": "m", "#t": "t"}
    values = {
        ":4": {"N": "4"},
        ":6": {"N": "6"},
        ":hello": {"S": "hello"},
        ":world": {"S": "world"},
        ":red": {"S": "red"},
        ":two": {"S": "two"},
        ":N": {"S": "N"},
        ":true": {"BOOL": True},
    }
    holds = [
        "#n > :4 AND #n < :6",
        "#n BETWEEN :4 AND :6",
        "NOT #n IN (:4, :6)",
        "begins_with(#s, :hello) AND contains(#s, :world)",
        "contains(#t, :red) AND contains(#l, :two)",
        "attribute_type(#n, :N) AND attribute_exists(#m.x) AND attribute_not_exists(#m.y)",
        "#m.x = :true OR #n = :6",
        "size(#t) < :4 AND size(#s) > :6",
        "#l[1] = :two",
    ]
    for condition in holds:
        for text, count in ((condition, 1), (f"NOT ({condition})", 0)):
            found = client.scan(
                TableName=name,
                FilterExpression=text,
                ExpressionAttributeNames={key: value for key, value in names.items() if key in text},
                ExpressionAttributeValues={key: value for key, value in values.items() if key in text},
                ConsistentRead=True,
            )
            assert (found["Count"], found["ScannedCount"]) == (count, 1), text


REFUSED = [
    ({"ConsistentRead": True, "IndexName": "alarms"}, "Consistent reads are not supported on global secondary indexes"),
    ({"IndexName": "none"}, "The table does not have the specified index: none"),
    (
        {"Segment": 4, "TotalSegments": 4},
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 4 is not less than "
        "TotalSegments: 4",
    ),
    (
        {"FilterExpression": "a = = :v", "ExpressionAttributeValues": {":v": {"N": "1"}}},
        'Invalid FilterExpression: Syntax error; token: "=", near: "= = :v"',
    ),
    (
        {"ExclusiveStartKey": {"sensor": {"S": "a"}}},
        "The provided starting key is invalid: The provided key element does not match the schema",
    ),
]


@pytest.mark.parametrize("parameters, message", REFUSED)
def test_an_impossible_scan_is_refused(client, readings, parameters, message):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.scan(TableName=readings, **parameters)
    assert refused.value.response["Error"] == {"Code": "ValidationException", "Message": message}
