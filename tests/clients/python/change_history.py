"""Writers that remember what they did to each item, and the comparison of that with a stream's records.

An item is written by one thread, which knows the order of its changes; a counter is written by all of them. When the server
dies under a write, its writer cannot know whether it happened: the stream may have it or not, but not twice, and not late.
"""

import random
import threading
from dataclasses import dataclass, field

import botocore.exceptions

ITEMS_PER_WRITER = 6
COUNTER = "counter"
# What a write of unknown outcome ends with: no answer, or a server that says it does not know.
UNKNOWN = (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)


@dataclass
class Attempt:
    """One write of one item: what it should be afterwards (`None`: gone), and whether that was acknowledged."""

    after: dict | None
    acknowledged: bool = False


@dataclass
class History:
    """Everything that was attempted, by item, in the order of its writer."""

    attempts: dict = field(default_factory=dict)
    counted: list = field(default_factory=list)
    counts_attempted: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, changes):
        """Notes writes that are about to be sent: key and item, or key and `None`."""
        with self.lock:
            noted = [Attempt(after) for _, after in changes]
            for (key, _), attempt in zip(changes, noted):
                self.attempts.setdefault(key, []).append(attempt)
            return noted

    def acknowledged(self):
        """How many writes were acknowledged."""
        with self.lock:
            return len(self.counted) + sum(a.acknowledged for attempts in self.attempts.values() for a in attempts)


class Writer(threading.Thread):
    """Writes its items in every way there is until it is told to stop, and goes on after a server that was away."""

    def __init__(self, client, table, name, history, stop):
        super().__init__(name=f"writer {name}", daemon=True)
        self.client, self.table, self.history, self.stop = client, table, history, stop
        self.random = random.Random(name)
        self.keys = [f"{name}-{number}" for number in range(ITEMS_PER_WRITER)]
        self.version = 0
        self.failure = None

    def run(self):
        try:
            while not self.stop.is_set():
                try:
                    self.write()
                except UNKNOWN:
                    self.stop.wait(0.05)
        except Exception as failure:
            self.failure = failure

    def write(self):
        how = self.random.choice([self.put, self.put, self.update, self.delete, self.batch, self.transact, self.count])
        how()

    def item(self, key):
        """The next version of an item."""
        self.version += 1
        return {"p": {"S": key}, "v": {"N": str(self.version)}, "text": {"S": "x" * self.random.randrange(200)}}

    def acknowledge(self, changes, call, **parameters):
        noted = self.history.attempt(changes)
        call(**parameters)
        for attempt in noted:
            attempt.acknowledged = True

    def put(self):
        key = self.random.choice(self.keys)
        item = self.item(key)
        self.acknowledge([(key, item)], self.client.put_item, TableName=self.table, Item=item)
        if self.random.random() < 0.2:
            # The same again changes nothing, and therefore leaves no record.
            self.acknowledge([(key, item)], self.client.put_item, TableName=self.table, Item=item)

    def update(self):
        key = self.random.choice(self.keys)
        item = self.item(key)
        self.acknowledge(
            [(key, item)],
            self.client.update_item,
            TableName=self.table,
            Key={"p": item["p"]},
            UpdateExpression="SET v = :v, #text = :text",
            ExpressionAttributeNames={"#text": "text"},
            ExpressionAttributeValues={":v": item["v"], ":text": item["text"]},
        )

    def delete(self):
        key = self.random.choice(self.keys)
        self.acknowledge([(key, None)], self.client.delete_item, TableName=self.table, Key={"p": {"S": key}})

    def several(self):
        """Changes of several items: new versions of some, the end of others."""
        keys = self.random.sample(self.keys, 3)
        return [(key, None if self.random.random() < 0.2 else self.item(key)) for key in keys]

    def batch(self):
        changes = self.several()
        requests = [
            {"PutRequest": {"Item": item}} if item else {"DeleteRequest": {"Key": {"p": {"S": key}}}}
            for key, item in changes
        ]
        self.acknowledge(changes, self.client.batch_write_item, RequestItems={self.table: requests})

    def transact(self):
        changes = self.several()
        actions = [
            {"Put": {"TableName": self.table, "Item": item}}
            if item
            else {"Delete": {"TableName": self.table, "Key": {"p": {"S": key}}}}
            for key, item in changes
        ]
        self.acknowledge(changes, self.client.transact_write_items, TransactItems=actions)

    def count(self):
        with self.history.lock:
            self.history.counts_attempted += 1
        answer = self.client.update_item(
            TableName=self.table,
            Key={"p": {"S": COUNTER}},
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        with self.history.lock:
            self.history.counted.append(int(answer["Attributes"]["n"]["N"]))


def replay(records):
    """The items that the records of a stream leave, and each item's states in order. Every record must go on from where
    the one before it left its item."""
    items, states = {}, {}
    for record in records:
        change = record["dynamodb"]
        key = change["Keys"]["p"]["S"]
        before, after = change.get("OldImage"), change.get("NewImage")
        assert before == items.get(key), f"{key} was {items.get(key)}, and a record says {before}"
        assert before != after, f"a record of {key} that changes nothing"
        kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        assert record["eventName"] == kind
        states.setdefault(key, []).append(after)
        if after is None:
            del items[key]
        else:
            items[key] = after
    return items, states


def compare(history, states):
    """Every acknowledged write is among an item's states once and in its place; an unknown one may be; nothing else is."""
    for key, attempts in history.attempts.items():
        told = iter(states.pop(key, []))
        current, following = None, next(told, "end")
        for number, attempt in enumerate(attempts):
            if attempt.after == current:
                continue
            if attempt.after == following:
                current, following = following, next(told, "end")
            else:
                assert not attempt.acknowledged, f"write {number} of {key} is not in the stream: {attempt.after}"
        assert following == "end", f"the stream has a change of {key} that nobody made: {following}"
    counts = [int(state["n"]["N"]) for state in states.pop(COUNTER, [])]
    assert counts == list(range(1, len(counts) + 1))
    assert len(set(history.counted)) == len(history.counted)
    assert set(history.counted) <= set(counts)
    assert len(history.counted) <= len(counts) <= history.counts_attempted
    assert not states, f"changes of items that nobody wrote: {sorted(states)}"
