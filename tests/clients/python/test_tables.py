"""Tables through boto3's client: their life, their settings, their refusals, their waiters."""

import re

import botocore.exceptions
import pytest

from conftest import WAIT
from eventually import eventually
from schema import index, key_schema


def definition(name, **more):
    return {
        "TableName": name,
        "KeySchema": key_schema("Artist", "SongTitle"),
        "AttributeDefinitions": [
            {"AttributeName": "Artist", "AttributeType": "S"},
            {"AttributeName": "SongTitle", "AttributeType": "S"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
        **more,
    }


def test_a_table_is_created_described_listed_and_deleted(client, unused_name):
    created = client.create_table(**definition(unused_name))["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    assert created["TableName"] == unused_name
    assert re.fullmatch(rf"arn:aws:dynamodb:[a-z0-9-]+:\d{{12}}:table/{unused_name}", created["TableArn"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", created["TableId"])

    client.get_waiter("table_exists").wait(TableName=unused_name, WaiterConfig=WAIT)
    table = client.describe_table(TableName=unused_name)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["KeySchema"] == key_schema("Artist", "SongTitle")
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ItemCount"] == 0 and table["TableSizeBytes"] == 0
    assert table["CreationDateTime"] == created["CreationDateTime"]
    assert table["TableId"] == created["TableId"]
    assert unused_name in [name for page in client.get_paginator("list_tables").paginate() for name in page["TableNames"]]

    deleted = client.delete_table(TableName=table["TableArn"])["TableDescription"]
    assert deleted["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName=unused_name, WaiterConfig=WAIT)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refused:
        client.describe_table(TableName=unused_name)
    assert (
        refused.value.response["Error"]["Message"]
        == f"Requested resource not found: Table: {unused_name} not found"
    )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_name_in_use_is_refused(client, make_table):
    name = make_table("Artist:S", "SongTitle:S")
    with pytest.raises(client.exceptions.ResourceInUseException) as refused:
        client.create_table(**definition(name))
    assert refused.value.response["Error"]["Message"] == f"Table already exists: {name}"


def test_a_table_that_is_not_there_is_refused(client, unused_name):
    calls = [
        lambda: client.get_item(TableName=unused_name, Key={"p": {"S": "a"}}),
        lambda: client.put_item(TableName=unused_name, Item={"p": {"S": "a"}}),
        lambda: client.delete_item(TableName=unused_name, Key={"p": {"S": "a"}}),
        lambda: client.update_item(TableName=unused_name, Key={"p": {"S": "a"}}),
        lambda: client.scan(TableName=unused_name),
        lambda: client.batch_get_item(RequestItems={unused_name: {"Keys": [{"p": {"S": "a"}}]}}),
        lambda: client.transact_get_items(
            TransactItems=[{"Get": {"TableName": unused_name, "Key": {"p": {"S": "a"}}}}]
        ),
    ]
    for call in calls:
        with pytest.raises(client.exceptions.ResourceNotFoundException) as refused:
            call()
        assert refused.value.response["Error"]["Message"] == "Requested resource not found"


def test_deletion_protection_holds_until_it_is_lifted(client, make_table):
    name = make_table("p:S", DeletionProtectionEnabled=True)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.delete_table(TableName=name)
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "Resource cannot be deleted as it is currently protected against deletion. "
        "Disable deletion protection first.",
    }
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)
    assert client.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"] is False


def test_settings_are_described_as_they_were_given(client, make_table):
    name = make_table(
        "p:S",
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 3},
        TableClass="STANDARD_INFREQUENT_ACCESS",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        SSESpecification={"Enabled": False},
        Tags=[{"Key": "team", "Value": "red"}],
    )
    table = client.describe_table(TableName=name)["Table"]
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert table["ProvisionedThroughput"]["WriteCapacityUnits"] == 3
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["LatestStreamArn"].startswith(table["TableArn"] + "/stream/")
    assert table["LatestStreamArn"].endswith(table["LatestStreamLabel"])
    assert "BillingModeSummary" not in table


def test_throughput_and_billing_mode_change(client, make_table):
    name = make_table(
        "p:S", BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    )
    client.update_table(
        TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 6}
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)
    throughput = client.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (7, 6)
    assert throughput["LastIncreaseDateTime"]

    client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)
    table = client.describe_table(TableName=name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_an_index_is_added_to_a_full_table_and_dropped(client, make_table):
    name = make_table("p:S")
    for number in range(20):
        client.put_item(
            TableName=name, Item={"p": {"S": f"item {number}"}, "color": {"S": "red" if number % 4 else "blue"}}
        )
    client.update_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("p", "color")],
        GlobalSecondaryIndexUpdates=[{"Create": index("by-color", "color", projection="KEYS_ONLY")}],
    )
    described = client.describe_table(TableName=name)["Table"]
    assert described["GlobalSecondaryIndexes"][0]["IndexStatus"] in ("CREATING", "ACTIVE")

    def index_status():
        indexes = client.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", [])
        return [(index["IndexName"], index["IndexStatus"], index.get("Backfilling")) for index in indexes]

    eventually([("by-color", "ACTIVE", None)], index_status, seconds_max=900)
    query = {
        "TableName": name,
        "IndexName": "by-color",
        "KeyConditionExpression": "color = :c",
        "ExpressionAttributeValues": {":c": {"S": "blue"}},
    }
    eventually(5, lambda: client.query(**query)["Count"])

    client.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-color"}}])
    eventually([], index_status, seconds_max=900)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.query(**query)
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "The table does not have the specified index: by-color",
    }


def test_an_index_of_a_key_that_is_not_defined_is_refused(client, unused_name):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.create_table(**definition(unused_name, GlobalSecondaryIndexes=[index("by-genre", "Genre")]))
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions. Keys: [Genre], AttributeDefinitions: [Artist, SongTitle]",
    }


def test_names_are_listed_in_pages(client, make_table):
    made = sorted(make_table("p:S") for _ in range(3))
    pages = list(client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1}))
    assert all(len(page["TableNames"]) <= 1 for page in pages)
    listed = [name for page in pages for name in page["TableNames"]]
    assert [name for name in listed if name in made] == made


def test_tags_come_and_go(client, make_table):
    name = make_table("p:S", Tags=[{"Key": "team", "Value": "red"}])
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]

    def tags():
        pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    eventually({"team": "red"}, tags)
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "stage", "Value": ""}])
    eventually({"team": "blue", "stage": ""}, tags)
    client.untag_resource(ResourceArn=arn, TagKeys=["team", "never set"])
    eventually({"stage": ""}, tags)


def test_time_to_live_is_set_and_described(client, make_table):
    name = make_table("p:S")
    assert client.describe_time_to_live(TableName=name)["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}
    setting = {"Enabled": True, "AttributeName": "expires"}
    answer = client.update_time_to_live(TableName=name, TimeToLiveSpecification=setting)
    assert answer["TimeToLiveSpecification"] == setting
    described = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert described["AttributeName"] == "expires"
    assert described["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=setting)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_limits_and_endpoints_are_described(client, endpoint):
    limits = client.describe_limits()
    assert limits["TableMaxReadCapacityUnits"] <= limits["AccountMaxReadCapacityUnits"]
    assert limits["TableMaxWriteCapacityUnits"] <= limits["AccountMaxWriteCapacityUnits"]
    described = client.describe_endpoints()["Endpoints"]
    assert described[0]["Address"] and described[0]["CachePeriodInMinutes"] >= 1


def test_what_a_plain_table_has_not_is_said_so(client, make_table):
    name = make_table("p:S")
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    assert client.describe_contributor_insights(TableName=name)["ContributorInsightsStatus"] == "DISABLED"
    kinesis = client.describe_kinesis_streaming_destination(TableName=name)
    assert kinesis["KinesisDataStreamDestinations"] == []
    assert client.list_backups(TableName=name)["BackupSummaries"] == []
    assert client.list_exports(TableArn=arn)["ExportSummaries"] == []
    assert client.list_imports(TableArn=arn)["ImportSummaryList"] == []
    assert client.list_contributor_insights(TableName=name)["ContributorInsightsSummaries"] == []
    assert client.list_global_tables()["GlobalTables"] == []
    assert client.list_bulk_operations()["BulkOperationsSummaryList"] == []
    scaling = client.describe_table_replica_auto_scaling(TableName=name)["TableAutoScalingDescription"]
    assert (scaling["TableName"], scaling["TableStatus"]) == (name, "ACTIVE")
    settings = scaling["Replicas"][0]["ReplicaProvisionedWriteCapacityAutoScalingSettings"]
    assert settings == {"AutoScalingDisabled": True, "ScalingPolicies": []}
    with pytest.raises(client.exceptions.PolicyNotFoundException):
        client.get_resource_policy(ResourceArn=arn)
