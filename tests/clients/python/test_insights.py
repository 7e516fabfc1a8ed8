"""Contributor Insights through boto3; and what operators are told: `pixii top-keys`, `pixii report`, and the admin endpoint."""

import json
import socket
import subprocess
import urllib.error
import urllib.request

import boto3
import botocore.config
import pytest

from conftest import GIVEN_ENDPOINT
from server import Pixii, binary

SCHEMA = {
    "KeySchema": [{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "Song", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "Artist", "AttributeType": "S"},
        {"AttributeName": "Song", "AttributeType": "S"},
        {"AttributeName": "Genre", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-genre",
            "KeySchema": [{"AttributeName": "Genre", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


@pytest.fixture
def table(client, unused_name):
    client.create_table(TableName=unused_name, BillingMode="PAY_PER_REQUEST", **SCHEMA)
    client.get_waiter("table_exists").wait(TableName=unused_name)
    yield unused_name
    client.delete_table(TableName=unused_name)


def test_insights_are_turned_on_and_off(client, table):
    off = client.describe_contributor_insights(TableName=table)
    assert off["ContributorInsightsStatus"] == "DISABLED" and "LastUpdateDateTime" not in off
    enabling = client.update_contributor_insights(TableName=table, ContributorInsightsAction="ENABLE")
    assert enabling["ContributorInsightsStatus"] == "ENABLING"
    client.get_waiter("contributor_insights_enabled").wait(TableName=table)
    on = client.describe_contributor_insights(TableName=table)
    assert on["ContributorInsightsMode"] == "ACCESSED_AND_THROTTLED_KEYS"
    kinds = [rule.split("-")[1] for rule in on["ContributorInsightsRuleList"]]
    assert sorted(kinds) == ["PKC", "PKT", "SKC", "SKT"]
    assert all(f"-{table}-" in rule for rule in on["ContributorInsightsRuleList"])

    client.update_contributor_insights(
        TableName=table,
        IndexName="by-genre",
        ContributorInsightsAction="ENABLE",
        ContributorInsightsMode="THROTTLED_KEYS",
    )
    client.get_waiter("contributor_insights_enabled").wait(TableName=table, IndexName="by-genre")
    of_index = client.describe_contributor_insights(TableName=table, IndexName="by-genre")
    assert [rule.split("-")[1] for rule in of_index["ContributorInsightsRuleList"]] == ["PKT"]

    listed, token = [], {}
    while True:
        page = client.list_contributor_insights(TableName=table, MaxResults=1, **token)
        for summary in page["ContributorInsightsSummaries"]:
            listed.append((summary.get("IndexName"), summary["ContributorInsightsMode"]))
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert listed == [(None, "ACCESSED_AND_THROTTLED_KEYS"), ("by-genre", "THROTTLED_KEYS")]

    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Index: none not found for table"):
        client.describe_contributor_insights(TableName=table, IndexName="none")


own_server = pytest.mark.skipif(bool(GIVEN_ENDPOINT), reason="it starts servers of its own")


@pytest.fixture
def start(tmp_path):
    """Starts servers over one data directory, one after the other."""
    servers = []

    def start(*arguments):
        servers.append(Pixii("--data", str(tmp_path / "data"), *arguments))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            assert server.stop() == 0, "".join(server.log)


def connect(server):
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
    return boto3.client("dynamodb", endpoint_url=server.endpoint, region_name="us-east-1", config=config, **keys)


def pixii(server, *arguments, fails=False):
    """Runs a command against a server's admin endpoint; returns what it prints."""
    command = [binary(), *arguments, "--url", server.admin]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode != 0) == fails, (done.stdout, done.stderr)
    return done.stderr if fails else done.stdout


def load(client):
    for artist, puts in ("No One You Know", 6), ("Acme Band", 3):
        for at in range(puts):
            item = {"Artist": {"S": artist}, "Song": {"S": f"Song {at}"}, "Genre": {"S": "Country"}}
            client.put_item(TableName="Music", Item=item)
    for _ in range(20):
        client.get_item(TableName="Music", Key={"Artist": {"S": "Acme Band"}, "Song": {"S": "Song 1"}})


@own_server
def test_the_keys_that_are_used_most_are_shown(start):
    server = start()
    client = connect(server)
    client.create_table(TableName="Music", BillingMode="PAY_PER_REQUEST", **SCHEMA)
    assert "DISABLED: there is nothing to tell" in pixii(server, "top-keys", "--table", "Music")
    client.update_contributor_insights(TableName="Music", ContributorInsightsAction="ENABLE")
    load(client)
    told = pixii(server, "top-keys", "--table", "Music")
    lines = [line.split() for line in told.splitlines()]
    assert ["Artist=\"Acme", "Band\"", "13.0", "68.4", "%", "13.0"] in lines, told
    assert ["Artist=\"Acme", "Band\"", "Song=\"Song", "1\"", "11.0", "57.9", "%", "11.0"] in lines, told

    answer = json.loads(pixii(server, "top-keys", "--table", "Music", "--keys", "1", "--minutes", "5", "--json"))
    rules = {rule["Rule"]: rule for rule in answer["Rules"]}
    assert rules["PKC"]["Total"] == 19.0
    assert rules["PKC"]["Contributors"][0]["Key"] == {"Artist": {"S": "Acme Band"}}
    assert len(rules["SKC"]["Contributors"]) == 1
    names = client.describe_contributor_insights(TableName="Music")["ContributorInsightsRuleList"]
    assert [rule["Name"] for rule in answer["Rules"]] == names

    assert "Table: None not found" in pixii(server, "top-keys", "--table", "None", fails=True)
    assert "Index: none not found" in pixii(server, "top-keys", "--table", "Music", "--index", "none", fails=True)
    # Only its own machine asks, and never through a page of somebody else's.
    assert server.admin.startswith("http://127.0.0.1:")
    for headers, status in ({"Host": "rebound.example"}, 403), ({}, 400):
        request = urllib.request.Request(f"{server.admin}/top-keys", headers=headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        refused.value.close()
        assert refused.value.code == status


@own_server
def test_the_keys_that_are_throttled_most_are_shown(start):
    server = start("--enforce")
    client = connect(server)
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
    schema = {"KeySchema": SCHEMA["KeySchema"], "AttributeDefinitions": SCHEMA["AttributeDefinitions"][:2]}
    client.create_table(TableName="Music", **schema, **units)
    client.update_contributor_insights(
        TableName="Music", ContributorInsightsAction="ENABLE", ContributorInsightsMode="THROTTLED_KEYS"
    )
    throttled = 0
    for _ in range(400):
        try:
            client.put_item(TableName="Music", Item={"Artist": {"S": "A"}, "Song": {"S": "B"}})
        except client.exceptions.ProvisionedThroughputExceededException:
            throttled += 1
    assert throttled > 0
    answer = json.loads(pixii(server, "top-keys", "--table", "Music", "--json"))
    assert [rule["Rule"] for rule in answer["Rules"]] == ["PKT", "SKT"]
    contributor = answer["Rules"][1]["Contributors"][0]
    assert contributor["Key"] == {"Artist": {"S": "A"}, "Song": {"S": "B"}}
    assert contributor["Value"] == throttled


@own_server
def test_what_was_consumed_has_a_price_and_outlives_a_restart(start, tmp_path):
    server = start()
    client = connect(server)
    client.create_table(TableName="Music", BillingMode="PAY_PER_REQUEST", **SCHEMA)
    load(client)
    report = json.loads(pixii(server, "report", "cost", "--table", "Music", "--json"))
    table, index = report["usage"]["Resources"]
    assert table["Operations"] == {
        "GetItem": {"ReadUnits": 10.0, "WriteUnits": 0.0},
        "PutItem": {"ReadUnits": 0.0, "WriteUnits": 9.0},
    }
    assert (index["IndexName"], index["Operations"]["PutItem"]["WriteUnits"]) == ("by-genre", 9.0)
    rates = report["rates"]
    reads, writes = rates["on_demand"]["million_read_request_units"], rates["on_demand"]["million_write_request_units"]
    assert report["cost"]["on_demand"]["so_far"] == pytest.approx((10 * reads + 18 * writes) / 1e6)
    # What was consumed in the minute that is running is saved when the server stops.
    client.get_item(TableName="Music", Key={"Artist": {"S": "A"}, "Song": {"S": "B"}})
    assert server.stop() == 0
    server = start()
    again = json.loads(pixii(server, "report", "cost", "--table", "Music", "--json"))
    assert again["usage"]["Resources"][0]["Operations"]["GetItem"]["ReadUnits"] == 10.5
    told = pixii(server, "report", "cost", "--table", "Music", "--since", "1h")
    assert ["index", "by-genre", "9.0"] in [line.split() for line in told.splitlines()], told
    later = pixii(server, "report", "cost", "--table", "Music", "--since", "2100-01-01T00:00:00Z")
    assert "GetItem" not in later

    rates["on_demand"] = {"million_read_request_units": 0.0, "million_write_request_units": 1e6}
    file = tmp_path / "rates.json"
    file.write_text(json.dumps(rates))
    own = json.loads(pixii(server, "report", "cost", "--table", "Music", "--rates", str(file), "--json"))
    assert own["cost"]["on_demand"]["so_far"] == pytest.approx(18.0)
    file.write_text("{}")
    refused = pixii(server, "report", "cost", "--table", "Music", "--rates", str(file), fails=True)
    assert "has no rates" in refused
    server.stop()
    checked = subprocess.run([binary(), "check", str(tmp_path / "data")], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@own_server
def test_a_taken_admin_port_matters_only_to_who_asked_for_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [binary(), "dev", "--port", "0", "--admin-port", str(port)]
        asked = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert asked.returncode == 3 and f"cannot listen at 127.0.0.1:{port}" in asked.stderr
        # Ten above its own port is where the endpoint would be unasked.
        server = Pixii(port=port - 10)
        try:
            assert connect(server).list_tables()["TableNames"] == []
            assert any("no admin endpoint" in line for line in server.log)
        finally:
            assert server.stop() == 0
