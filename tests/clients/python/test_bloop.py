"""bloop: a mapper whose streams follow shards from parents to children, and go on from a token."""

import time

import pytest
from bloop import BaseModel, Column, Engine, Integer, String

from conftest import GIVEN_ENDPOINT
from server import Pixii

pytestmark = pytest.mark.skipif(GIVEN_ENDPOINT is not None, reason="shards take too long to end")


@pytest.fixture
def engine(session):
    """An engine on a server whose shards end after a second; AWS's end after about four hours."""
    server = Pixii("--shard-age", "1")
    clients = {name: session.client(name, endpoint_url=server.endpoint) for name in ("dynamodb", "dynamodbstreams")}
    yield Engine(**clients)
    assert server.stop() == 0


@pytest.fixture
def account():
    class Account(BaseModel):
        class Meta:
            stream = {"include": {"new", "old"}}

        id = Column(String, hash_key=True)
        balance = Column(Integer)

    return Account


def next_records(stream, count, seconds_max=20):
    """The next records: a stream that has nothing now answers `None`."""
    records = []
    give_up = time.monotonic() + seconds_max
    while len(records) < count and time.monotonic() < give_up:
        if record := next(stream):
            records.append(record)
    assert len(records) == count
    return records


def test_a_stream_goes_from_shard_to_shard(engine, account):
    # Creates the table, and compares what it finds with the model: key, billing, stream.
    engine.bind(account)
    stream = engine.stream(account, "trim_horizon")
    found = {}
    for round in range(8):
        for name in ("ann", "bob", "eve"):
            engine.save(account(id=name, balance=round))
        for record in next_records(stream, 3):
            found.setdefault(record["new"].id, []).append((record["old"] and record["old"].balance, record["new"].balance))
        time.sleep(0.4)
    steps = [(None, 0)] + [(round, round + 1) for round in range(7)]
    assert found == {name: steps for name in ("ann", "bob", "eve")}
    assert next(stream) is None

    # Another stream goes on from a token, and a new one sees everything again.
    again = engine.stream(account, stream.token)
    engine.delete(account(id="bob"))
    [record] = next_records(again, 1)
    assert (record["meta"]["event"]["type"], record["old"].balance, record["new"]) == ("remove", 7, None)
    every = next_records(engine.stream(account, "trim_horizon"), 25)
    assert [r["new"].balance for r in every if r["new"] and r["new"].id == "ann"] == list(range(8))
