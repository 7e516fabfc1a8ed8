"""The AWS CLI as people run it: one process for each call, JSON in and out, waiters, its own pagination and exit codes."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from conftest import GIVEN_ENDPOINT, REGION

AWS = pathlib.Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(endpoint, credentials, tmp_path):
    """Runs `aws dynamodb ...` and returns its parsed output; `fails=True` returns what it says on failure."""

    def run(*arguments, service="dynamodb", fails=False):
        environment = {**os.environ, **{name.upper(): value for name, value in credentials.items()}}
        environment |= {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
        }
        command = [sys.executable, "-W", "ignore", str(AWS), service, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
        if fails:
            assert done.returncode != 0, done.stdout
            return done.stderr
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_a_table_s_life(aws, unused_name):
    created = aws(
        "create-table",
        "--table-name", unused_name,
        "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=Song,AttributeType=S",
        "AttributeName=Genre,AttributeType=S",
        "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=Song,KeyType=RANGE",
        "--billing-mode", "PAY_PER_REQUEST",
        "--global-secondary-indexes",
        "IndexName=by-genre,KeySchema=[{AttributeName=Genre,KeyType=HASH}],Projection={ProjectionType=ALL}",
        "--tags", "Key=team,Value=red",
    )  # fmt: skip
    assert created["TableDescription"]["TableName"] == unused_name
    aws("wait", "table-exists", "--table-name", unused_name)
    table = aws("describe-table", "--table-name", unused_name)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    assert table["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert unused_name in aws("list-tables")["TableNames"]
    assert aws("list-tags-of-resource", "--resource-arn", table["TableArn"])["Tags"] == [
        {"Key": "team", "Value": "red"}
    ]

    def item(artist, song, **more):
        attributes = {"Artist": {"S": artist}, "Song": {"S": song}, **more}
        return json.dumps(attributes)

    rock = {"Genre": {"S": "Rock"}}
    aws("put-item", "--table-name", unused_name, "--item", item("A", "One", **rock))
    aws("put-item", "--table-name", unused_name, "--item", item("A", "Two", Year={"N": "1999"}))
    aws("put-item", "--table-name", unused_name, "--item", item("B", "Three", **rock))

    found = aws("get-item", "--table-name", unused_name, "--key", item("A", "Two"), "--consistent-read")
    assert found["Item"]["Year"] == {"N": "1999"}
    found = aws(
        "query",
        "--table-name", unused_name,
        "--key-condition-expression", "Artist = :a AND begins_with(Song, :s)",
        "--expression-attribute-values", '{":a": {"S": "A"}, ":s": {"S": "T"}}',
        "--return-consumed-capacity", "TOTAL",
    )  # fmt: skip
    assert [each["Song"]["S"] for each in found["Items"]] == ["Two"]
    assert found["ConsumedCapacity"]["CapacityUnits"] == 0.5
    found = aws("scan", "--table-name", unused_name, "--page-size", "1", "--max-items", "2")
    assert len(found["Items"]) == 2 and "NextToken" in found
    rest = aws("scan", "--table-name", unused_name, "--starting-token", found["NextToken"])
    assert len(rest["Items"]) == 1

    updated = aws(
        "update-item",
        "--table-name", unused_name,
        "--key", item("A", "Two"),
        "--update-expression", "SET #y = #y + :one",
        "--expression-attribute-names", '{"#y": "Year"}',
        "--expression-attribute-values", '{":one": {"N": "1"}}',
        "--return-values", "UPDATED_NEW",
    )  # fmt: skip
    assert updated["Attributes"] == {"Year": {"N": "2000"}}

    aws(
        "transact-write-items",
        "--transact-items",
        json.dumps(
            [
                {"Put": {"TableName": unused_name, "Item": json.loads(item("C", "Four"))}},
                {"Delete": {"TableName": unused_name, "Key": json.loads(item("A", "One"))}},
            ]
        ),
    )
    written = {"PutRequest": {"Item": json.loads(item("D", "Five"))}}
    assert aws("batch-write-item", "--request-items", json.dumps({unused_name: [written]}))["UnprocessedItems"] == {}
    count = aws("scan", "--table-name", unused_name, "--select", "COUNT", "--consistent-read")
    assert count["Count"] == 4
    keys = {"Keys": [json.loads(item("D", "Five")), json.loads(item("A", "One"))]}
    answer = aws("batch-get-item", "--request-items", json.dumps({unused_name: keys}))
    assert [each["Artist"]["S"] for each in answer["Responses"][unused_name]] == ["D"]

    said = aws(
        "put-item",
        "--table-name", unused_name,
        "--item", item("D", "Five"),
        "--condition-expression", "attribute_not_exists(Artist)",
        fails=True,
    )  # fmt: skip
    assert (
        "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: "
        "The conditional request failed" in said
    )

    aws("update-time-to-live", "--table-name", unused_name, "--time-to-live-specification",
        "Enabled=true,AttributeName=expires")  # fmt: skip
    described = aws("describe-time-to-live", "--table-name", unused_name)["TimeToLiveDescription"]
    assert described["AttributeName"] == "expires"
    aws("delete-table", "--table-name", unused_name)
    aws("wait", "table-not-exists", "--table-name", unused_name)
    said = aws("describe-table", "--table-name", unused_name, fails=True)
    assert f"Requested resource not found: Table: {unused_name} not found" in said


def test_the_account_is_described(aws):
    assert aws("describe-limits")["TableMaxReadCapacityUnits"] > 0
    assert aws("describe-endpoints")["Endpoints"][0]["Address"]


@pytest.mark.skipif(GIVEN_ENDPOINT is not None, reason="its table has a name that somebody may use")
def test_the_commands_of_the_readme(endpoint, client, tmp_path):
    readme = (pathlib.Path(__file__).resolve().parents[3] / "README.md").read_text()
    commands = next(block for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "aws dynamodb" in block)
    assert "http://127.0.0.1:8000" in commands
    environment = {**os.environ, "PATH": f"{AWS.parent}:{os.environ['PATH']}", "AWS_PAGER": "", "HOME": str(tmp_path)}
    script = "set -e\n" + commands.replace("http://127.0.0.1:8000", endpoint)
    try:
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, timeout=120)
        assert done.returncode == 0, done.stderr
        assert '"SongTitle": {\n                "S": "Sinnerman"' in done.stdout
    finally:
        client.delete_table(TableName="Music")


def test_a_stream_is_read(aws, unused_name):
    aws(
        "create-table",
        "--table-name", unused_name,
        "--attribute-definitions", "AttributeName=p,AttributeType=S",
        "--key-schema", "AttributeName=p,KeyType=HASH",
        "--billing-mode", "PAY_PER_REQUEST",
        "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_IMAGE",
    )  # fmt: skip
    aws("wait", "table-exists", "--table-name", unused_name)
    aws("put-item", "--table-name", unused_name, "--item", '{"p": {"S": "a"}}')

    def streams(*arguments):
        return aws(*arguments, service="dynamodbstreams")

    [stream] = streams("list-streams", "--table-name", unused_name)["Streams"]
    arn = stream["StreamArn"]
    seen = []
    for shard in streams("describe-stream", "--stream-arn", arn)["StreamDescription"]["Shards"]:
        position = ("--shard-id", shard["ShardId"], "--shard-iterator-type", "TRIM_HORIZON")
        iterator = streams("get-shard-iterator", "--stream-arn", arn, *position)["ShardIterator"]
        seen += streams("get-records", "--shard-iterator", iterator)["Records"]
    assert [record["dynamodb"]["NewImage"] for record in seen] == [{"p": {"S": "a"}}]
    aws("delete-table", "--table-name", unused_name)


def test_statements_run(aws, make_table):
    table = make_table("Artist:S", "Song:S")
    for song in ("One", "Two", "Three"):
        aws(
            "execute-statement",
            "--statement", f"INSERT INTO \"{table}\" VALUE {{'Artist': 'A', 'Song': ?, 'Tags': <<'x', 'y'>>}}",
            "--parameters", json.dumps([{"S": song}]),
        )  # fmt: skip
    found = aws(
        "execute-statement",
        "--statement", f"SELECT Song FROM \"{table}\" WHERE Artist = 'A' AND begins_with(Song, 'T')",
        "--return-consumed-capacity", "TOTAL",
    )  # fmt: skip
    assert [item["Song"]["S"] for item in found["Items"]] == ["Three", "Two"]
    assert found["ConsumedCapacity"]["CapacityUnits"] == 0.5
    one = f"FROM \"{table}\" WHERE Artist = 'A' AND Song = 'One'"
    batch = [{"Statement": f"UPDATE \"{table}\" SET Plays = 1 WHERE Artist = 'A' AND Song = 'One'"}]
    assert aws("batch-execute-statement", "--statements", json.dumps(batch))["Responses"] == [{"TableName": table}]
    read = aws("execute-transaction", "--transact-statements", json.dumps([{"Statement": f"SELECT Plays {one}"}]))
    assert read["Responses"] == [{"Item": {"Plays": {"N": "1"}}}]
    said = aws("execute-statement", "--statement", "SELECT * FROM", fails=True)
    assert "Statement wasn't well formed, can't be processed: Unexpected term" in said
