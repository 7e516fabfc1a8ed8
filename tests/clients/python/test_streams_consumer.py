"""A consumer that follows the shards of a stream sees every change once and in order: while writers work, shards roll over,
and the server dies and comes back."""

import threading
import time

import botocore.config
import pytest

from change_history import History, Writer, compare, replay
from conftest import GIVEN_ENDPOINT, WAIT
from schema import key_schema
from server import Pixii
from shard_sync import END, ShardSync

pytestmark = pytest.mark.skipif(GIVEN_ENDPOINT is not None, reason="the server under test is not ours to kill")

# No retries: what was not acknowledged is not sent again, so that the history stays exact.
PLAIN = botocore.config.Config(
    retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10, max_pool_connections=20
)
DRAIN_SECONDS_MAX = 60


def clients_of(session, server):
    return [session.client(name, endpoint_url=server.endpoint, config=PLAIN) for name in ("dynamodb", "dynamodbstreams")]


def create_table(client, name, units=None):
    throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": units}
    client.create_table(
        TableName=name,
        KeySchema=key_schema("p"),
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        **({"ProvisionedThroughput": throughput} if units else {"BillingMode": "PAY_PER_REQUEST"}),
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAIT)
    return client.describe_table(TableName=name)["Table"]["LatestStreamArn"]


class Consumer(threading.Thread):
    """Polls until every shard has ended, keeps what came, and gives way to another consumer when told to."""

    def __init__(self, streams, arn, records, progress=None, limit=None):
        super().__init__(name="consumer", daemon=True)
        self.reader = ShardSync(streams, arn, self.deliver, progress, limit)
        self.records, self.handover, self.failure = records, threading.Event(), None

    def deliver(self, shard, records):
        self.records.extend((shard, record) for record in records)

    def run(self):
        try:
            while not self.handover.is_set():
                came = self.reader.poll()
                if set(self.reader.progress.checkpoints.values()) == {END}:
                    return
                if not came:
                    self.handover.wait(0.05)
        except BaseException as failure:
            self.failure = failure

    def finish(self):
        self.join(DRAIN_SECONDS_MAX)
        assert not self.is_alive(), f"still reading: {self.reader.progress.checkpoints}"
        if self.failure:
            raise self.failure


def stop_writing(writers, stop):
    stop.set()
    for writer in writers:
        writer.join(30)
        if writer.failure:
            raise writer.failure


def scanned(client, name):
    pages = client.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    return {item["p"]["S"]: item for page in pages for item in page["Items"]}


def check_lineage(shards, records):
    """Records lie in the range of their shard, in order; shards go on where their parents ended."""
    by_id = {shard["ShardId"]: shard for shard in shards}
    ranges = {
        shard: [int(by_id[shard]["SequenceNumberRange"][end]) for end in ("StartingSequenceNumber", "EndingSequenceNumber")]
        for shard in by_id
    }
    last = {}
    for shard, record in records:
        number = int(record["dynamodb"]["SequenceNumber"])
        start, end = ranges[shard]
        assert start <= number <= end
        assert last.get(shard, 0) < number
        last[shard] = number
    generations = {}
    for shard in shards:
        parent = shard.get("ParentShardId")
        if parent in by_id:
            assert ranges[parent][1] <= ranges[shard["ShardId"]][0]
        generations[shard["ShardId"]] = generations.get(parent, 0) + 1
    return max(generations.values())


def test_every_change_is_seen_once_and_in_order_through_rollovers_and_kills(session, tmp_path):
    arguments = ["--data", str(tmp_path), "--shard-age", "1"]
    server = Pixii(*arguments)
    client, streams = clients_of(session, server)
    arn = create_table(client, "watched")
    history, stop, records = History(), threading.Event(), []
    writers = [Writer(client, "watched", name, history, stop) for name in "abcd"]
    consumer = Consumer(streams, arn, records)
    for thread in (*writers, consumer):
        thread.start()
    for _ in range(2):
        before = history.acknowledged()
        time.sleep(2.5)
        assert history.acknowledged() > before + 20
        server.kill()
        server = Pixii(*arguments, port=server.port)
    # Another consumer goes on from the first one's checkpoints, in pages of another size.
    consumer.handover.set()
    consumer.finish()
    consumer = Consumer(streams, arn, records, consumer.reader.progress, limit=7)
    consumer.start()
    time.sleep(1.5)
    stop_writing(writers, stop)
    # A stream that is turned off has no open shards: there is an end to reading it.
    client.update_table(TableName="watched", StreamSpecification={"StreamEnabled": False})
    consumer.finish()
    try:
        assert consumer.reader.progress.gaps == 0
        assert len({record["eventID"] for _, record in records}) == len(records)
        items, states = replay(record for _, record in records)
        compare(history, states)
        assert items == scanned(client, "watched")
        assert check_lineage(consumer.reader.describe(), records) >= 3
    finally:
        assert server.stop() == 0
    assert not [line for line in server.log if "panicked" in line]


def test_a_shard_goes_on_in_several_when_its_partition_splits(session):
    """A table that is given more throughput is spread over more partitions, under the hands of its writers."""
    server = Pixii()
    client, streams = clients_of(session, server)
    arn = create_table(client, "watched", units=5)
    history, stop, records = History(), threading.Event(), []
    writers = [Writer(client, "watched", name, history, stop) for name in "abcd"]
    consumer = Consumer(streams, arn, records)
    for thread in (*writers, consumer):
        thread.start()
    [root] = consumer.reader.describe()
    for units in (2000, 4000):
        before = history.acknowledged()
        time.sleep(1)
        assert history.acknowledged() > before + 20
        throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": units}
        client.update_table(TableName="watched", ProvisionedThroughput=throughput)
        client.get_waiter("table_exists").wait(TableName="watched", WaiterConfig=WAIT)
    time.sleep(1)
    stop_writing(writers, stop)
    client.update_table(TableName="watched", StreamSpecification={"StreamEnabled": False})
    consumer.finish()
    try:
        items, states = replay(record for _, record in records)
        compare(history, states)
        assert items == scanned(client, "watched")
        shards = consumer.reader.describe()
        assert check_lineage(shards, records) >= 3
        assert sum(shard.get("ParentShardId") == root["ShardId"] for shard in shards) >= 2
        assert len({shard for shard, _ in records}) >= 4
    finally:
        assert server.stop() == 0


def test_a_consumer_that_falls_behind_goes_on_with_what_is_left(session):
    """With records that are kept for two seconds, a consumer that slept has lost some, knows it, and sees the rest once."""
    server = Pixii("--shard-age", "1", "--stream-retention", "2")
    client, streams = clients_of(session, server)
    arn = create_table(client, "watched")
    records = []
    reader = ShardSync(streams, arn, lambda shard, more: records.extend(more))

    def put(numbers):
        for number in numbers:
            client.put_item(TableName="watched", Item={"p": {"S": str(number)}})

    def seen():
        return [int(record["dynamodb"]["Keys"]["p"]["S"]) for record in records]

    try:
        put(range(10))
        reader.parameters = {"Limit": 1}
        while len(records) < 5:
            reader.poll()
        early = set(seen())
        put(range(10, 20))
        time.sleep(5)
        put(range(20, 30))
        reader.parameters = {}
        give_up = time.monotonic() + 20
        while not set(range(20, 30)) <= set(seen()) and time.monotonic() < give_up:
            reader.poll()
        assert len(early) < 10
        assert sorted(seen()) == sorted(early | set(range(20, 30)))
        assert reader.progress.gaps
    finally:
        assert server.stop() == 0
