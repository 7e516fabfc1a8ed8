"""Throughput that is enforced, as boto3 sees it: its retries and its back-off, and rates counted from outside.

Servers of its own, with partitions so small that a few requests a second are too many.
"""

import threading
import time

import botocore.config
import botocore.exceptions
import pytest

from eventually import eventually
from server import Pixii

# A partition takes ten writes a second, has five seconds of them saved up, and splits when it was asked for twice that for
# eight seconds.
SMALL = ["--enforce", "--partition-write-units", "10", "--partition-read-units", "30", "--partition-heat", "8"]


@pytest.fixture()
def server():
    server = Pixii(*SMALL)
    yield server
    assert server.stop() == 0, "".join(server.log)


def connect(session, server, attempts):
    retries = {"mode": "standard", "total_max_attempts": attempts}
    config = botocore.config.Config(retries=retries, max_pool_connections=20)
    return session.client("dynamodb", endpoint_url=server.endpoint, config=config)


def create(client, name, read, write, **more):
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": read, "WriteCapacityUnits": write},
        **more,
    )


class Attempts:
    """When each attempt of a client's requests was sent, and how it went."""

    def __init__(self, client):
        self.lock = threading.Lock()
        self.throttled = []
        self.waits = []
        self.sent = threading.local()
        client.meta.events.register("before-send.dynamodb", self.before)
        client.meta.events.register("response-received.dynamodb", self.after)

    def before(self, **_):
        last = getattr(self.sent, "refused_at", None)
        if last is not None:
            with self.lock:
                self.waits.append((self.sent.refusals, time.monotonic() - last))

    def after(self, parsed_response, **_):
        refused = parsed_response["ResponseMetadata"]["HTTPStatusCode"] != 200
        self.sent.refusals = getattr(self.sent, "refusals", 0) + 1 if refused else 0
        self.sent.refused_at = time.monotonic() if refused else None
        if refused:
            with self.lock:
                self.throttled.append((time.monotonic(), parsed_response["Error"]["Code"]))


def keep_asking(client, table, key, per_second, stop, done):
    """Puts one item so often each second, until it is told to stop."""
    due = time.monotonic()
    while not stop.is_set():
        client.put_item(TableName=table, Item={"k": {"S": key}})
        done.append(time.monotonic())
        # What was held up is not made up for.
        due = max(due + 1 / per_second, time.monotonic())
        time.sleep(max(0, due - time.monotonic()))



def test_hot_keys_part_and_throttling_ends(session, server):
    client = connect(session, server, attempts=12)
    attempts = Attempts(client)
    create(client, "Hot", 300, 900, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    arn = client.describe_table(TableName="Hot")["Table"]["LatestStreamArn"]
    streams = session.client("dynamodbstreams", endpoint_url=server.endpoint)
    described = lambda: streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    assert len(described()) == 1

    # Fourteen a second on one partition, spread over four keys.
    stop, done = threading.Event(), []
    began = time.monotonic()
    threads = [
        threading.Thread(target=keep_asking, args=(client, "Hot", key, 3.5, stop, done)) for key in ["a", "b", "c", "d"]
    ]
    for thread in threads:
        thread.start()
    try:
        eventually(True, lambda: len(described()) >= 3, seconds_max=40)
        # Now there is enough for each, and once those who still wait to try again are back, more is let in than one
        # partition would.
        def calm():
            since = time.monotonic() - 5
            refused = [at for at, _ in attempts.throttled if at > since]
            return not refused and len([at for at in done if at > since]) == pytest.approx(5 * 4 * 3.5, abs=8)

        eventually(True, calm, seconds_max=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    # It was throttled, and boto3 tried again, waiting longer each time.
    assert attempts.throttled, "nothing was throttled before the split"
    assert {code for _, code in attempts.throttled} == {"ProvisionedThroughputExceededException"}
    assert attempts.throttled[0][0] - began > 3, "five seconds of burst were saved up"
    later = [wait for refusals, wait in attempts.waits if refusals >= 3]
    first = [wait for refusals, wait in attempts.waits if refusals == 1]
    assert not later or max(later) > sum(first) / len(first)
    # The shard of the partition that was split has ended, and two follow it.
    parents = {shard["ShardId"]: shard for shard in described()}
    closed = [shard for shard in parents.values() if "EndingSequenceNumber" in shard["SequenceNumberRange"]]
    assert closed
    for shard in closed:
        assert len([child for child in parents.values() if child.get("ParentShardId") == shard["ShardId"]]) == 2


def test_a_lone_hot_item_stays_limited(session, server):
    client = connect(session, server, attempts=1)
    create(client, "Lone", 300, 900)
    put = lambda: client.put_item(TableName="Lone", Item={"k": {"S": "hot"}})
    began, through, reasons = time.monotonic(), [], []
    # Thirty a second for half a minute: time enough to split several times, if that could help.
    while (now := time.monotonic() - began) < 30:
        try:
            put()
            through.append(now)
        except client.exceptions.ProvisionedThroughputExceededException as refused:
            reasons.append(refused.response["ThrottlingReasons"])
        time.sleep(max(0, began + now + 1 / 30 - time.monotonic()))
    assert len([at for at in through if at >= 15]) == pytest.approx(150, abs=12)
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Lone"
    assert reasons[-1] == [{"reason": "TableWriteKeyRangeThroughputExceeded", "resource": arn}]


def test_batches_come_back_in_part_and_boto3_resends_them(session, server):
    client = connect(session, server, attempts=1)
    create(client, "Batch", 5, 5)
    table = session.resource("dynamodb", endpoint_url=server.endpoint).Table("Batch")
    requests = [{"PutRequest": {"Item": {"k": {"S": f"{at}"}}}} for at in range(25)]
    answer = client.batch_write_item(RequestItems={"Batch": requests})
    left = answer["UnprocessedItems"]["Batch"]
    assert 0 < len(left) < 25
    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
        client.batch_write_item(RequestItems={"Batch": left})
    began = time.monotonic()
    with table.batch_writer() as batch:
        for request in left:
            batch.put_item(Item={"k": request["PutRequest"]["Item"]["k"]["S"]})
    assert len(table.scan(ConsistentRead=True, Select="ALL_ATTRIBUTES")["Items"]) == 25
    assert time.monotonic() - began > len(left) / 5 - 2
