"""Auto scaling as Terraform's `aws_appautoscaling_*` and the CDK set it, and as a load makes it act."""

import datetime
import threading
import time

import botocore.config
import pytest

from conftest import GIVEN_ENDPOINT
from eventually import eventually
from schema import index
from server import Pixii

WRITES = "dynamodb:table:WriteCapacityUnits"
INDEX_READS = "dynamodb:index:ReadCapacityUnits"
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
BY_GENRE = index("by-genre", "genre") | {"ProvisionedThroughput": UNITS}


@pytest.fixture(scope="session")
def scaling(session, endpoint):
    config = botocore.config.Config(retries={"mode": "standard"})
    return session.client("application-autoscaling", endpoint_url=endpoint, config=config)


@pytest.fixture
def provisioned(client, scaling, make_table):
    """A table with five units of each kind, whose targets are gone afterwards."""
    name = make_table(
        "id:S",
        more="genre:S",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexes=[BY_GENRE],
    )
    yield name
    deregister_all(scaling, name)


def deregister_all(scaling, name):
    for resource in (f"table/{name}", f"table/{name}/index/by-genre"):
        targets = scaling.describe_scalable_targets(ServiceNamespace="dynamodb", ResourceIds=[resource])
        for target in targets["ScalableTargets"]:
            scaling.deregister_scalable_target(**named(name, target["ScalableDimension"]))


def named(table, dimension):
    resource = f"table/{table}/index/by-genre" if ":index:" in dimension else f"table/{table}"
    return {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": dimension}


def tracking(metric, target, **more):
    specification = {"PredefinedMetricType": metric}
    return {"TargetValue": target, "PredefinedMetricSpecification": specification, **more}


def test_the_life_of_a_target_and_its_policy_under_terraform(scaling, provisioned):
    target = named(provisioned, WRITES)
    resource = {"ServiceNamespace": "dynamodb", "ResourceIds": [target["ResourceId"]], "ScalableDimension": WRITES}
    # aws_appautoscaling_target: create, then read with its tags.
    arn = scaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=100, Tags={"team": "music"})
    arn = arn["ScalableTargetARN"]
    assert ":application-autoscaling:" in arn and ":scalable-target/" in arn
    [found] = scaling.describe_scalable_targets(**resource)["ScalableTargets"]
    assert (found["ScalableTargetARN"], found["MinCapacity"], found["MaxCapacity"]) == (arn, 5, 100)
    assert found["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")
    assert isinstance(found["CreationTime"], datetime.datetime)
    assert not any(found["SuspendedState"].values())
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "music"}
    # Update, and other tags.
    scaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=50)
    scaling.tag_resource(ResourceARN=arn, Tags={"team": "sound", "stage": "test"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["stage"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "sound"}
    # aws_appautoscaling_policy.
    name = f"DynamoDBWriteCapacityUtilization:{target['ResourceId']}"
    configuration = tracking("DynamoDBWriteCapacityUtilization", 70.0, ScaleInCooldown=60)
    put = {"PolicyName": name, "PolicyType": "TargetTrackingScaling"}
    answer = scaling.put_scaling_policy(**target, **put, TargetTrackingScalingPolicyConfiguration=configuration)
    assert len(answer["Alarms"]) == 4
    alarm = answer["Alarms"][0]
    assert alarm["AlarmName"].startswith(f"TargetTracking-table/{provisioned}-AlarmHigh-")
    assert alarm["AlarmARN"].endswith(f":alarm:{alarm['AlarmName']}")
    assert answer["PolicyARN"].endswith(f":resource/dynamodb/{target['ResourceId']}:policyName/{name}")
    asked = {"ServiceNamespace": "dynamodb", "ResourceId": target["ResourceId"], "PolicyNames": [name]}
    [policy] = scaling.describe_scaling_policies(**asked)["ScalingPolicies"]
    assert (policy["PolicyARN"], policy["Alarms"]) == (answer["PolicyARN"], answer["Alarms"])
    assert policy["TargetTrackingScalingPolicyConfiguration"] == configuration
    # And away.
    scaling.delete_scaling_policy(**target, PolicyName=name)
    assert scaling.describe_scaling_policies(**asked)["ScalingPolicies"] == []
    scaling.deregister_scalable_target(**target)
    assert scaling.describe_scalable_targets(**resource)["ScalableTargets"] == []
    with pytest.raises(scaling.exceptions.ResourceNotFoundException) as refused:
        scaling.list_tags_for_resource(ResourceARN=arn)
    assert refused.value.response["ResourceName"] == arn


def test_what_the_cdk_makes_of_an_index_and_a_schedule(scaling, provisioned):
    target = named(provisioned, INDEX_READS)
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=20)
    configuration = tracking("DynamoDBReadCapacityUtilization", 75.0)
    scaling.put_scaling_policy(
        **target,
        PolicyName="reads",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=configuration,
    )
    scaling.put_scheduled_action(
        **target,
        ScheduledActionName="mornings",
        Schedule="cron(0 8 ? * MON-FRI *)",
        ScalableTargetAction={"MinCapacity": 5},
        StartTime=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    )
    asked = {"ServiceNamespace": "dynamodb", "ResourceId": target["ResourceId"], "ScalableDimension": INDEX_READS}
    [action] = scaling.describe_scheduled_actions(**asked)["ScheduledActions"]
    assert (action["Schedule"], action["ScalableTargetAction"]) == ("cron(0 8 ? * MON-FRI *)", {"MinCapacity": 5})
    assert action["StartTime"] == datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    assert action["ScheduledActionARN"].endswith(":scheduledActionName/mornings")
    scaling.delete_scheduled_action(**target, ScheduledActionName="mornings")
    with pytest.raises(scaling.exceptions.ObjectNotFoundException):
        scaling.delete_scheduled_action(**target, ScheduledActionName="mornings")


def test_paginators_walk_all_pages(scaling, provisioned):
    dimensions = [WRITES, WRITES.replace("Write", "Read"), INDEX_READS]
    for dimension in dimensions:
        scaling.register_scalable_target(**named(provisioned, dimension), MinCapacity=5, MaxCapacity=50)
    pages = scaling.get_paginator("describe_scalable_targets").paginate(
        ServiceNamespace="dynamodb", PaginationConfig={"PageSize": 1}
    )
    found = [target for page in pages for target in page["ScalableTargets"]]
    found = [target["ScalableDimension"] for target in found if provisioned in target["ResourceId"]]
    assert sorted(found) == sorted(dimensions)


def test_what_cannot_be_is_refused_with_exceptions_of_the_api(scaling, make_table, provisioned):
    unknown = named("no-such-table", WRITES)
    with pytest.raises(scaling.exceptions.ValidationException, match="does not exist: table/no-such-table"):
        scaling.register_scalable_target(**unknown, MinCapacity=1, MaxCapacity=2)
    with pytest.raises(scaling.exceptions.ObjectNotFoundException, match="No scalable target found"):
        scaling.deregister_scalable_target(**unknown)
    on_demand = named(make_table("id:S"), WRITES)
    with pytest.raises(scaling.exceptions.ValidationException, match="PAY_PER_REQUEST table mode is not scalable"):
        scaling.register_scalable_target(**on_demand, MinCapacity=1, MaxCapacity=2)
    with pytest.raises(scaling.exceptions.ValidationException, match="resource type or scalable dimension"):
        scaling.register_scalable_target(**named(provisioned, WRITES) | {"ResourceId": provisioned})
    with pytest.raises(scaling.exceptions.InvalidNextTokenException):
        scaling.describe_scaling_activities(ServiceNamespace="dynamodb", NextToken="?")


def test_a_minimum_holds_at_once(client, scaling, provisioned):
    scaling.register_scalable_target(**named(provisioned, WRITES), MinCapacity=8, MaxCapacity=50)
    throughput = lambda: client.describe_table(TableName=provisioned)["Table"]["ProvisionedThroughput"]
    eventually(8, lambda: throughput()["WriteCapacityUnits"])
    asked = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{provisioned}"}
    activities = lambda: scaling.describe_scaling_activities(**asked)["ScalingActivities"]
    eventually(["Successful"], lambda: [activity["StatusCode"] for activity in activities()])
    [activity] = activities()
    assert activity["Description"] == "Setting write capacity units to 8."
    assert activity["Cause"] == "minimum capacity was set to 8"
    assert activity["EndTime"] >= activity["StartTime"]


@pytest.mark.skipif(bool(GIVEN_ENDPOINT), reason="wants minutes of one second")
@pytest.mark.parametrize("through", ["application-autoscaling", "dynamodb"])
def test_a_load_scales_a_table_out_and_its_end_scales_it_in(session, through):
    server = Pixii("--scaling-period", "1")
    try:
        client = session.client("dynamodb", endpoint_url=server.endpoint)
        scaling = session.client("application-autoscaling", endpoint_url=server.endpoint)
        client.create_table(
            TableName="Music",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            ProvisionedThroughput=UNITS,
        )
        target = named("Music", WRITES)
        if through == "dynamodb":
            client.update_table_replica_auto_scaling(
                TableName="Music",
                ProvisionedWriteCapacityAutoScalingUpdate={
                    "MinimumUnits": 2,
                    "MaximumUnits": 1000,
                    "ScalingPolicyUpdate": {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0}},
                },
            )
        else:
            scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=1000)
            configuration = tracking("DynamoDBWriteCapacityUtilization", 50.0)
            scaling.put_scaling_policy(
                **target,
                PolicyName="writes",
                PolicyType="TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration=configuration,
            )
        units = lambda: client.describe_table(TableName="Music")["Table"]["ProvisionedThroughput"]["WriteCapacityUnits"]
        over = threading.Event()

        def load():
            while not over.is_set():
                client.put_item(TableName="Music", Item={"id": {"S": "one"}})
                time.sleep(0.005)

        loading = threading.Thread(target=load)
        loading.start()
        try:
            eventually(True, lambda: units() > 40)
        finally:
            over.set()
            loading.join()
        eventually(2, units, seconds_max=40)
        activities = scaling.describe_scaling_activities(ServiceNamespace="dynamodb")["ScalingActivities"]
        assert "-AlarmLow-" in activities[0]["Cause"] and "-AlarmHigh-" in activities[-1]["Cause"]
        assert {activity["StatusCode"] for activity in activities} == {"Successful"}
        described = client.describe_table(TableName="Music")["Table"]["ProvisionedThroughput"]
        assert described["LastIncreaseDateTime"] < described["LastDecreaseDateTime"]
        assert described["ReadCapacityUnits"] == 5
    finally:
        assert server.stop() == 0
