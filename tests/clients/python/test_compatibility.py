"""`docs/compatibility.md` has every operation of the API, and the server agrees with it about each."""

import json
import pathlib
import re

import botocore.session
import pytest

from signed import signed

DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "docs" / "compatibility.md"
ROWS = dict(re.findall(r"^\| `(\w+)` \| (works|none|unknown) \|", DOCUMENT.read_text(), re.MULTILINE))
SCALING = "AnyScaleFrontendService"
SCALING_ROWS = dict(re.findall(rf"^\| `{SCALING}\.(\w+)` \| (works|none|unknown) \|", DOCUMENT.read_text(), re.MULTILINE))


def operations(service):
    """The operations of an API, as AWS's own model of it lists them."""
    return set(botocore.session.get_session().get_service_model(service).operation_names)


def test_the_page_has_every_operation_once():
    listed = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(ROWS) == operations("dynamodb") | operations("dynamodbstreams")
    assert set(SCALING_ROWS) == operations("application-autoscaling")


@pytest.mark.parametrize("operation", sorted(ROWS))
def test_the_server_knows_what_the_page_says_it_knows(session, endpoint, operation):
    """An empty request: an operation that is known answers it or says what is missing."""
    target = "DynamoDBStreams_20120810" if operation in operations("dynamodbstreams") else "DynamoDB_20120810"
    status, _, answer = signed(session, endpoint, operation, b"{}", **{"X-Amz-Target": f"{target}.{operation}"})
    kind = json.loads(answer).get("__type") if status != 200 else None
    unknown = "com.amazon.coral.service#UnknownOperationException"
    assert (kind == unknown) == (ROWS[operation] == "unknown"), (status, answer)


@pytest.mark.parametrize("operation", sorted(SCALING_ROWS))
def test_the_server_knows_what_the_page_says_of_auto_scaling(session, endpoint, operation):
    headers = {"X-Amz-Target": f"{SCALING}.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    status, _, answer = signed(session, endpoint, operation, b"{}", **headers)
    assert status == 400
    unknown = json.loads(answer)["__type"] == "com.amazon.coral.service#UnknownOperationException"
    assert unknown == (SCALING_ROWS[operation] == "unknown"), answer
