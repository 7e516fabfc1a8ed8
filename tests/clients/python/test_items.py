"""Single items through boto3's client: values, conditions, updates, capacity, refusals as modelled exceptions."""

import botocore.exceptions
import pytest

from schema import index

EVERY_TYPE = {
    "S": {"S": "text ✓ 😀"},
    "N": {"N": "-12345678901234567890.123456789012345678"},
    "B": {"B": b"\x00\x01\xff"},
    "BOOL": {"BOOL": False},
    "NULL": {"NULL": True},
    "SS": {"SS": ["a", "b"]},
    "NS": {"NS": ["1", "2.5"]},
    "BS": {"BS": [b"\x01", b"\x02"]},
    "L": {"L": [{"S": ""}, {"L": []}, {"M": {}}, {"NULL": True}]},
    "M": {"M": {"inner": {"M": {"deep": {"N": "1"}}}, "empty": {"B": b""}}},
}


def sorted_sets(item):
    """The item with each set in order: sets have none of their own."""
    return {
        name: {kind: sorted(value) if kind in ("SS", "NS", "BS") else value for kind, value in attribute.items()}
        for name, attribute in item.items()
    }


def test_every_type_returns_as_it_was_written(client, make_table):
    name = make_table("p:S")
    item = {"p": {"S": "types"}, **EVERY_TYPE}
    client.put_item(TableName=name, Item=item)
    found = client.get_item(TableName=name, Key={"p": {"S": "types"}}, ConsistentRead=True)["Item"]
    assert sorted_sets(found) == item


@pytest.mark.parametrize(
    "written, canonical",
    [
        ("1.500", "1.5"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("0012", "12"),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
    ],
)
def test_numbers_are_exact_and_canonical(client, make_table, written, canonical):
    name = make_table("p:S")
    client.put_item(TableName=name, Item={"p": {"S": "n"}, "n": {"N": written}})
    assert client.get_item(TableName=name, Key={"p": {"S": "n"}}, ConsistentRead=True)["Item"]["n"] == {"N": canonical}


def test_binary_and_number_keys(client, make_table):
    name = make_table("p:B", "s:N")
    for number in ("-10", "-1", "0", "2", "10"):
        client.put_item(TableName=name, Item={"p": {"B": b"\xff\x00"}, "s": {"N": number}})
    found = client.query(
        TableName=name, KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": {"B": b"\xff\x00"}}
    )
    assert [item["s"]["N"] for item in found["Items"]] == ["-10", "-1", "0", "2", "10"]


def test_a_put_replaces_and_returns_what_was_there(client, make_table):
    name = make_table("p:S")
    first = {"p": {"S": "k"}, "a": {"N": "1"}, "b": {"N": "2"}}
    assert "Attributes" not in client.put_item(TableName=name, Item=first, ReturnValues="ALL_OLD")
    second = {"p": {"S": "k"}, "a": {"N": "3"}}
    assert client.put_item(TableName=name, Item=second, ReturnValues="ALL_OLD")["Attributes"] == first
    assert client.get_item(TableName=name, Key={"p": {"S": "k"}}, ConsistentRead=True)["Item"] == second


def test_a_failed_condition_is_a_modelled_exception_and_shows_the_item(client, make_table):
    name = make_table("p:S")
    item = {"p": {"S": "k"}, "version": {"N": "1"}}
    client.put_item(TableName=name, Item=item)
    for call in (
        lambda **condition: client.put_item(TableName=name, Item={"p": {"S": "k"}}, **condition),
        lambda **condition: client.delete_item(TableName=name, Key={"p": {"S": "k"}}, **condition),
        lambda **condition: client.update_item(TableName=name, Key={"p": {"S": "k"}}, **condition),
    ):
        with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refused:
            call(
                ConditionExpression="version = :v",
                ExpressionAttributeValues={":v": {"N": "2"}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        assert refused.value.response["Error"]["Message"] == "The conditional request failed"
        assert refused.value.response["Item"] == item
    assert client.get_item(TableName=name, Key={"p": {"S": "k"}}, ConsistentRead=True)["Item"] == item


def test_an_update_edits_paths_and_returns_what_it_touched(client, make_table):
    name = make_table("p:S")
    key = {"p": {"S": "k"}}
    client.put_item(
        TableName=name,
        Item={
            **key,
            "count": {"N": "1"},
            "tags": {"SS": ["a", "b"]},
            "list": {"L": [{"S": "x"}, {"S": "y"}]},
            "map": {"M": {"in": {"S": "old"}, "gone": {"BOOL": True}}},
        },
    )
    update = {
        "TableName": name,
        "Key": key,
        "UpdateExpression": "SET #m.#in = :new, #l = list_append(#l, :more), made = if_not_exists(made, :one) "
        "REMOVE #m.gone ADD #c :one DELETE tags :b",
        "ExpressionAttributeNames": {"#m": "map", "#in": "in", "#l": "list", "#c": "count"},
        "ExpressionAttributeValues": {
            ":new": {"S": "new"},
            ":more": {"L": [{"S": "z"}]},
            ":one": {"N": "1"},
            ":b": {"SS": ["b"]},
        },
    }
    assert client.update_item(**update, ReturnValues="ALL_NEW")["Attributes"] == {
        **key,
        "count": {"N": "2"},
        "tags": {"SS": ["a"]},
        "list": {"L": [{"S": "x"}, {"S": "y"}, {"S": "z"}]},
        "map": {"M": {"in": {"S": "new"}}},
        "made": {"N": "1"},
    }
    touched = client.update_item(
        TableName=name,
        Key=key,
        UpdateExpression="SET #c = #c + :two",
        ExpressionAttributeNames={"#c": "count"},
        ExpressionAttributeValues={":two": {"N": "2"}},
        ReturnValues="UPDATED_NEW",
    )
    assert touched["Attributes"] == {"count": {"N": "4"}}


def test_a_projection_cuts_out_paths(client, make_table):
    name = make_table("p:S")
    client.put_item(
        TableName=name,
        Item={"p": {"S": "k"}, "a": {"M": {"b": {"L": [{"N": "1"}, {"N": "2"}]}, "c": {"S": "x"}}}, "d": {"S": "y"}},
    )
    found = client.get_item(
        TableName=name,
        Key={"p": {"S": "k"}},
        ProjectionExpression="a.b[1], #d",
        ExpressionAttributeNames={"#d": "d"},
        ConsistentRead=True,
    )
    assert found["Item"] == {"a": {"M": {"b": {"L": [{"N": "2"}]}}}, "d": {"S": "y"}}


def test_legacy_parameters_still_work(client, make_table):
    name = make_table("p:S")
    key = {"p": {"S": "k"}}
    client.put_item(TableName=name, Item=key, Expected={"p": {"Exists": False}})
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(TableName=name, Item=key, Expected={"p": {"Exists": False}})
    updated = client.update_item(
        TableName=name,
        Key=key,
        AttributeUpdates={"n": {"Value": {"N": "3"}, "Action": "ADD"}, "s": {"Value": {"S": "x"}}},
        ReturnValues="ALL_NEW",
    )
    assert updated["Attributes"] == {**key, "n": {"N": "3"}, "s": {"S": "x"}}
    assert client.get_item(TableName=name, Key=key, AttributesToGet=["n"], ConsistentRead=True)["Item"] == {
        "n": {"N": "3"}
    }


def test_a_missing_item_is_no_error(client, make_table):
    name = make_table("p:S")
    assert "Item" not in client.get_item(TableName=name, Key={"p": {"S": "none"}})
    assert "Attributes" not in client.delete_item(TableName=name, Key={"p": {"S": "none"}}, ReturnValues="ALL_OLD")


def test_capacity_is_counted_to_the_half_unit(client, make_table):
    name = make_table("p:S", GlobalSecondaryIndexes=[index("by-h", "h", projection="KEYS_ONLY")], more="h:S")
    item = {"p": {"S": "k"}, "h": {"S": "x"}, "data": {"S": "d" * 2500}}
    put = client.put_item(TableName=name, Item=item, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
    assert put == {
        "TableName": name,
        "CapacityUnits": 4.0,
        "Table": {"CapacityUnits": 3.0},
        "GlobalSecondaryIndexes": {"by-h": {"CapacityUnits": 1.0}},
    }
    key = {"p": {"S": "k"}}
    for consistent, units in ((True, 1.0), (False, 0.5)):
        got = client.get_item(TableName=name, Key=key, ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL")
        assert got["ConsumedCapacity"] == {"TableName": name, "CapacityUnits": units}


VALIDATION = [
    (
        "a key of the wrong type",
        lambda client, name: client.get_item(TableName=name, Key={"p": {"N": "1"}}),
        "The provided key element does not match the schema",
    ),
    (
        "an item without its key",
        lambda client, name: client.put_item(TableName=name, Item={"q": {"S": "a"}}),
        "One or more parameter values were invalid: Missing the key p in the item",
    ),
    (
        "an empty key",
        lambda client, name: client.put_item(TableName=name, Item={"p": {"S": ""}}),
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
        "empty string value. Key: p",
    ),
    (
        "39 digits",
        lambda client, name: client.put_item(TableName=name, Item={"p": {"S": "a"}, "n": {"N": "1" * 39}}),
        "Attempting to store more than 38 significant digits in a Number",
    ),
    (
        "an empty set",
        lambda client, name: client.put_item(TableName=name, Item={"p": {"S": "a"}, "s": {"SS": []}}),
        "One or more parameter values were invalid: An string set  may not be empty",
    ),
    (
        "an item that is too large",
        lambda client, name: client.put_item(TableName=name, Item={"p": {"S": "a"}, "d": {"S": "x" * 409_600}}),
        "Item size has exceeded the maximum allowed size",
    ),
    (
        "an undefined placeholder",
        lambda client, name: client.update_item(
            TableName=name, Key={"p": {"S": "a"}}, UpdateExpression="SET a = :a"
        ),
        "Invalid UpdateExpression: An expression attribute value used in expression is not defined; "
        "attribute value: :a",
    ),
    (
        "a reserved word",
        lambda client, name: client.put_item(
            TableName=name, Item={"p": {"S": "a"}}, ConditionExpression="attribute_exists(status)"
        ),
        "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status",
    ),
    (
        "a change of the key",
        lambda client, name: client.update_item(
            TableName=name,
            Key={"p": {"S": "a"}},
            UpdateExpression="SET p = :p",
            ExpressionAttributeValues={":p": {"S": "b"}},
        ),
        "One or more parameter values were invalid: Cannot update attribute p. This attribute is part of the key",
    ),
    (
        "a limit of nothing",
        lambda client, name: client.scan(TableName=name, Limit=0),
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value "
        "greater than or equal to 1",
    ),
    (
        "an enum that is none",
        lambda client, name: client.put_item(
            TableName=name, Item={"p": {"S": "a"}}, ReturnConsumedCapacity="SOMETIMES"
        ),
        "1 validation error detected: Value 'SOMETIMES' at 'returnConsumedCapacity' failed to satisfy constraint: "
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
    ),
]


@pytest.mark.parametrize("_, call, message", VALIDATION, ids=[case[0] for case in VALIDATION])
def test_impossible_requests_are_refused_in_aws_words(client, make_table, _, call, message):
    name = make_table("p:S")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(client, name)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert refused.value.response["Error"]["Message"] == message
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "Items" in client.scan(TableName=name) and client.scan(TableName=name)["Count"] == 0
