"""What the server reads, compared with AWS's API model in botocore: members, requiredness, constraints, values.

The server's side comes from the decoders themselves (`crates/pixii-model/examples/shapes.rs`), so that it cannot be
right here and wrong there. Deliberate differences are listed below with their reasons; one that no longer exists fails
the test, too.
"""

import json
import subprocess

import botocore.loaders
import pytest

from server import REPOSITORY

LOADER = botocore.loaders.Loader()
NAMES = ("dynamodb", "dynamodbstreams", "application-autoscaling")
# By what `X-Amz-Target` begins with: services may have operations and shapes of the same name.
SERVICES = {
    service["metadata"]["targetPrefix"]: service
    for service in (LOADER.load_service_model(name, "service-2") for name in NAMES)
}

# Differences in every place where a shape of the API model stands: (shape, what) and why.
OF_SHAPES = {
    ("TableArn", "pattern"): "the model leaves out that what is no ARN must be a name; AWS refuses it with the pattern",
    ("AttributeNameList", "max"): "AWS refuses more than 255 names in AttributesToGet; the model has no maximum",
    ("AttributeName", "max"): "names beyond 64 KB are refused by the substitution maps' and the items' own rules",
    ("ImportNextToken", "pattern"): "there are no imports yet, so no token is ours",
    ("BulkOperationNextToken", "pattern"): "there are no bulk operations yet, so no token is ours",
    ("AutoScalingRoleArn", "pattern"): "a pattern that every text in JSON has",
    ("ResourceIdMaxLen1600", "pattern"): "a pattern that every text in JSON has",
    ("XmlString", "pattern"): "a pattern that every text in JSON has",
    ("ScheduledActionName", "pattern"): "characters that AWS wants out of names do no harm here",
}

NOT_YET = "not built yet"

# Differences in one place: (path, what) and why.
OF_PLACES = {
    ("BatchGetItem.RequestItems", "min"): "AWS tells of an empty batch in a sentence of its own",
    ("BatchGetItem.RequestItems", "max"): "more tables than keys allowed: AWS counts keys",
    ("BatchWriteItem.RequestItems", "min"): "AWS tells of an empty batch in a sentence of its own",
    ("BatchWriteItem.RequestItems", "max"): "more tables than writes allowed: AWS counts writes",
    ("DescribeStream.Limit", "max"): "the model's documentation has the maximum, its shape has not; AWS refuses more",
    ("GetRecords.Limit", "max"): "the model's documentation has the maximum, its shape has not; AWS refuses more",
    ("ListStreams.Limit", "max"): "the model's documentation has the maximum, its shape has not; AWS refuses more",
    ("CreateTable.TableName", "min"): "a table to be created has a name, not an ARN",
    ("CreateTable.TableName", "max"): "a table to be created has a name, not an ARN",
    ("CreateTable.KeySchema", "max"): "AWS refuses more than two keys of a table; the model allows them of an index",
    ("CreateTable.KeySchema", "required"): "required, as long as a table cannot come from another Region's",
    ("CreateTable.AttributeDefinitions", "required"): "required, as long as a table cannot come from another Region's",
    ("CreateTable.GlobalTableSettingsReplicationMode", "member"): NOT_YET,
    ("CreateTable.GlobalTableSourceArn", "member"): NOT_YET,
    ("CreateTable.ResourcePolicy", "member"): NOT_YET,
    ("CreateTable.VectorIndexes", "member"): NOT_YET,
    ("UpdateTable.DisassociationProtectionEnabled", "member"): NOT_YET,
    ("UpdateTable.GlobalTableSettingsReplicationMode", "member"): NOT_YET,
    ("UpdateTable.GlobalTableWitnessUpdates", "member"): NOT_YET,
    ("UpdateTable.MultiRegionConsistency", "member"): NOT_YET,
    ("UpdateTable.ReplicaUpdates", "member"): NOT_YET,
    ("UpdateTable.VectorIndexUpdates", "member"): NOT_YET,
    ("PutScalingPolicy.StepScalingPolicyConfiguration", "member"): "AWS does not scale DynamoDB by steps",
    ("PutScalingPolicy.PredictiveScalingPolicyConfiguration", "member"): "AWS does not scale DynamoDB so",
    (
        "PutScalingPolicy.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification",
        "member",
    ): "refused whatever is in it: there are no metrics of one's own",
}


@pytest.fixture(scope="module")
def described():
    command = ["cargo", "run", "--quiet", "--locked", "-p", "pixii-model", "--example", "shapes"]
    return json.loads(subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout)


def test_every_shape_is_as_in_the_api_model(described):
    found = {}
    for target, ours in described.items():
        prefix, operation = target.split(".")
        service = SERVICES[prefix]
        theirs = service["operations"][operation]["input"]["shape"]
        for path, shape, what, difference in differences(service["shapes"], operation, ours, theirs):
            found[path, shape, what] = difference
    unexpected = {
        f"{path} ({shape}) {what}: {difference}"
        for (path, shape, what), difference in found.items()
        if (shape, what) not in OF_SHAPES and (path, what) not in OF_PLACES
    }
    assert not unexpected, "\n".join(sorted(unexpected))
    gone = OF_SHAPES.keys() - {(shape, what) for _, shape, what in found}
    gone |= OF_PLACES.keys() - {(path, what) for path, _, what in found}
    assert not gone, f"no longer different: {sorted(gone)}"


def differences(shapes, path, ours, name):
    """Every difference between what we read and the shape of that name: (path, shape, what, our and their side)."""
    shape = shapes[name]
    if ours["kind"] != kind(shapes, name):
        yield path, name, "kind", (ours["kind"], kind(shapes, name))
        return
    for what in ("min", "max", "pattern"):
        if ours[what] != shape.get(what):
            yield path, name, what, (ours[what], shape.get(what))
    # AWS prints the values of an enum in another order than its model.
    if sorted(ours["values"] or []) != sorted(shape.get("enum", [])):
        yield path, name, "values", (ours["values"], shape.get("enum"))
    if name == "AttributeValue" or is_map_of_values(shapes, name):
        return
    required = shape.get("required", [])
    theirs = members(shape)
    for member in ours["members"].keys() | theirs.keys():
        below = f"{path}.{member}"
        if member not in theirs or member not in ours["members"]:
            yield below, name, "member", (member in ours["members"], member in theirs)
            continue
        if ours["members"][member]["required"] != (member in required):
            yield below, name, "required", (ours["members"][member]["required"], member in required)
        yield from differences(shapes, below, ours["members"][member], theirs[member])


def members(shape):
    """What is in a shape of the API model: the shapes of its members, elements or entries, by name."""
    if shape["type"] == "structure":
        return {name: member["shape"] for name, member in shape["members"].items()}
    return {part: shape[part]["shape"] for part in ("member", "key", "value") if part in shape}


def kind(shapes, name):
    """A shape's kind as the decoders tell it."""
    shape = shapes[name]
    if shape["type"] == "structure":
        return {"structure": name}
    if shape["type"] == "list":
        return {"list": kind(shapes, shape["member"]["shape"])}
    if shape["type"] == "map":
        return {"map": kind(shapes, shape["value"]["shape"])}
    return shape["type"]


def is_map_of_values(shapes, name):
    return shapes[name]["type"] == "map" and shapes[name]["value"]["shape"] == "AttributeValue"
