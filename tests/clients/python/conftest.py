"""What every client test stands on: an endpoint, clients for it, and tables that are gone afterwards.

The suite runs twice, against a server in memory and against one with a data directory. With `PIXII_TEST_ENDPOINT` set
it runs once, against that address; with AWS's own address and real credentials it tests AWS, which is how to find out
whether a test or the server is wrong.
"""

import os
import uuid

import boto3
import botocore.config
import pytest

from schema import key_schema
from server import Pixii

GIVEN_ENDPOINT = os.environ.get("PIXII_TEST_ENDPOINT")
REGION = os.environ.get("AWS_REGION", "us-east-1")
WAIT = {"Delay": 0.2, "MaxAttempts": 600}


def pytest_generate_tests(metafunc):
    if "endpoint" in metafunc.fixturenames:
        modes = ["given"] if GIVEN_ENDPOINT else ["memory", "data"]
        metafunc.parametrize("endpoint", modes, indirect=True, scope="session")


@pytest.fixture(scope="session")
def endpoint(request, tmp_path_factory):
    """The address of the server under test."""
    if request.param == "given":
        yield GIVEN_ENDPOINT
        return
    arguments = ["--data", str(tmp_path_factory.mktemp("data"))] if request.param == "data" else []
    server = Pixii(*arguments)
    yield server.endpoint
    assert server.stop() == 0, "".join(server.log)
    assert not [line for line in server.log if "panicked" in line]


@pytest.fixture(scope="session")
def credentials():
    """What clients sign with: anything does for `pixii dev`, AWS wants what the environment holds."""
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return {}
    return {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}


@pytest.fixture(scope="session")
def session(credentials):
    return boto3.session.Session(region_name=REGION, **credentials)


@pytest.fixture(scope="session")
def client(session, endpoint):
    """A low-level client. Parameters are not checked before they are sent: the server's answer is what is tested."""
    config = botocore.config.Config(parameter_validation=False, retries={"mode": "standard"})
    return session.client("dynamodb", endpoint_url=endpoint, config=config)


@pytest.fixture(scope="session")
def streams(session, endpoint):
    """A low-level client of DynamoDB Streams, which does not check parameters either."""
    config = botocore.config.Config(parameter_validation=False, retries={"mode": "standard"})
    return session.client("dynamodbstreams", endpoint_url=endpoint, config=config)


@pytest.fixture(scope="session")
def resource(session, endpoint):
    return session.resource("dynamodb", endpoint_url=endpoint)


@pytest.fixture
def unused_name():
    """A table name that nobody else has."""
    return f"pixii-test-{uuid.uuid4().hex[:16]}"


@pytest.fixture
def make_table(client):
    """Creates tables from a short description of their keys, and deletes them when the test ends.

    `make_table("p:S", "s:N", GlobalSecondaryIndexes=[...], more="g:S")` has partition key `p` and sort key `s`, and
    defines attribute `g` for an index.
    """
    made = []

    def make(*keys, more="", **settings):
        name = f"pixii-test-{uuid.uuid4().hex[:16]}"
        types = dict(part.split(":") for part in [*keys, *more.split()])
        settings.setdefault("BillingMode", "PAY_PER_REQUEST")
        client.create_table(
            TableName=name,
            KeySchema=key_schema(*(key.split(":")[0] for key in keys)),
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": type} for name, type in types.items()],
            **settings,
        )
        made.append(name)
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)
        return name

    yield make
    for name in made:
        try:
            client.delete_table(TableName=name)
        except client.exceptions.ResourceNotFoundException:
            pass
