"""What lies between boto3 and the server: checksums, compression, request ids, retries, errors without a model."""

import gzip
import http.client
import json
import urllib.parse
import zlib

import botocore.config
import botocore.exceptions
import pytest

from signed import signed


@pytest.fixture
def answers(session, endpoint):
    """A client, and the raw answers that it got."""
    client = session.client("dynamodb", endpoint_url=endpoint)
    raw = []
    client.meta.events.register("response-received.dynamodb", lambda response_dict, **_: raw.append(response_dict))
    return client, raw


def test_every_answer_has_a_request_id_and_the_checksum_of_its_bytes(answers, make_table):
    client, raw = answers
    name = make_table("p:S")
    client.put_item(TableName=name, Item={"p": {"S": "a"}})
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(TableName=name, Item={"p": {"S": "a"}}, ConditionExpression="attribute_not_exists(p)")
    assert [answer["status_code"] for answer in raw] == [200, 400]
    for answer in raw:
        assert int(answer["headers"]["x-amz-crc32"]) == zlib.crc32(answer["body"])
        assert len(answer["headers"]["x-amzn-RequestId"]) == 52
        assert answer["headers"]["Content-Type"] == "application/x-amz-json-1.0"
        assert int(answer["headers"]["Content-Length"]) == len(answer["body"])
    assert json.loads(raw[1]["body"])["__type"] == (
        "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    )


def test_an_unmodelled_error_has_its_own_namespace(answers, make_table):
    client, raw = answers
    with pytest.raises(botocore.exceptions.ClientError):
        client.put_item(TableName=make_table("p:S"), Item={"q": {"S": "a"}})
    assert json.loads(raw[0]["body"])["__type"] == "com.amazon.coral.validate#ValidationException"


def test_a_compressed_answer_is_checksummed_as_sent(session, endpoint, client, make_table):
    name = make_table("p:S")
    client.put_item(TableName=name, Item={"p": {"S": "a"}, "d": {"S": "x" * 100_000}})
    body = json.dumps({"TableName": name, "Key": {"p": {"S": "a"}}, "ConsistentRead": True}).encode()
    status, headers, answer = signed(session, endpoint, "GetItem", body, **{"Accept-Encoding": "gzip"})
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert int(headers["x-amz-crc32"]) == zlib.crc32(answer)
    assert len(answer) < 10_000
    assert json.loads(gzip.decompress(answer))["Item"]["d"]["S"] == "x" * 100_000


def test_a_gzip_request_body_is_read(session, endpoint, client, make_table):
    name = make_table("p:S")
    body = gzip.compress(json.dumps({"TableName": name, "Item": {"p": {"S": "zipped"}}}).encode())
    status, _, answer = signed(session, endpoint, "PutItem", body, **{"Content-Encoding": "gzip"})
    assert (status, answer) == (200, b"{}")
    assert client.get_item(TableName=name, Key={"p": {"S": "zipped"}}, ConsistentRead=True)["Item"]


@pytest.mark.parametrize(
    "operation, body, kind",
    [
        ("GetItem", b'{"TableName": ', "com.amazon.coral.service#SerializationException"),
        ("GetItem", b'{"TableName": 7}', "com.amazon.coral.service#SerializationException"),
        ("NoSuchThing", b"{}", "com.amazon.coral.service#UnknownOperationException"),
        ("GetItem", b"{}", "com.amazon.coral.validate#ValidationException"),
    ],
)
def test_what_no_sdk_would_send_is_refused(session, endpoint, operation, body, kind):
    status, _, answer = signed(session, endpoint, operation, body)
    assert status == 400
    assert json.loads(answer)["__type"] == kind


def test_what_is_not_signed_is_refused(endpoint):
    address = urllib.parse.urlsplit(endpoint)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname, address.port, timeout=20)
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    connection.request("POST", "/", body=b"{}", headers=headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert response.status == 400
    assert answer["__type"] == "com.amazon.coral.service#MissingAuthenticationTokenException"


def test_a_client_retries_when_a_kept_connection_has_gone(session, endpoint, make_table):
    """Connections are kept alive; one that is cut must cost a retry, never an error or a second write."""
    name = make_table("p:S")
    client = session.client(
        "dynamodb", endpoint_url=endpoint, config=botocore.config.Config(retries={"mode": "standard", "max_attempts": 3})
    )
    for number in range(5):
        client.update_item(
            TableName=name,
            Key={"p": {"S": "a"}},
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        client._endpoint.http_session.close()
    assert client.get_item(TableName=name, Key={"p": {"S": "a"}}, ConsistentRead=True)["Item"]["n"] == {"N": "5"}


def test_many_requests_share_one_connection(session, endpoint, make_table):
    name = make_table("p:S")
    client = session.client("dynamodb", endpoint_url=endpoint, config=botocore.config.Config(max_pool_connections=1))
    for number in range(50):
        client.put_item(TableName=name, Item={"p": {"S": str(number)}})
    pools = client._endpoint.http_session._manager.pools
    assert [pools[key].num_connections for key in pools.keys()] == [1]


@pytest.mark.parametrize("target", ["DynamoDB_20120810.ListStreams", "DynamoDBStreams_20120810.ListTables"])
def test_each_api_has_its_own_operations(session, endpoint, target):
    status, _, answer = signed(session, endpoint, "", b"{}", **{"X-Amz-Target": target})
    assert (status, json.loads(answer)) == (400, {"__type": "com.amazon.coral.service#UnknownOperationException"})
