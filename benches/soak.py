#!/usr/bin/env python3
"""Lets a server live for a long time: mixed load with restarts, and a verdict on memory, files and data at the end.

    cargo build --release -p pixii
    python3 benches/soak.py [--minutes 60] [--rate 300] [--restart-minutes 5] [--cache-size 16MiB]

Every client knows what its rows must be and compares what it reads. The server is stopped every few minutes, now with
SIGTERM and now with SIGKILL, and started again on the same directory. A JSON line on stdout says every 15 seconds how it is;
the last line is the verdict, and the exit code is 0 if it is good:

- no client read anything but what it wrote, and `pixii check` finds the directory clean;
- memory is flat: the peak of the last third of the run is not much above that of the first;
- files hold what the data explains: a few times the live data, beside journals of a bounded size.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = "Soak"
SAMPLE_SECONDS = 15
# What the journals and memtables of a directory may take whatever it holds.
FIXED_BYTES = 320 << 20
# Tables hold overwritten items until they are compacted.
FILES_PER_LIVE_BYTE = 4
MEMORY_GROWTH = 1.25
MEMORY_SLACK_BYTES = 16 << 20
BLOB = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1 << 16))
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=00",
    "X-Amz-Date": "20261123T101112Z",
}


class Server:
    """A `pixii dev` on one directory, replaced by a new process at each restart."""

    def __init__(self, command):
        self.command = command
        self.restarts = 0
        self.start_seconds_max = 0.0
        self.start()

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        ready = self.process.stdout.readline()
        if "http://" not in ready:
            raise SystemExit(f"the server does not start: {ready}")
        self.start_seconds_max = max(self.start_seconds_max, time.monotonic() - began)
        self.port = int(ready.split("http://")[1].split()[0].rsplit(":", 1)[1])

    def restart(self):
        self.process.send_signal(signal.SIGKILL if self.restarts % 2 else signal.SIGTERM)
        self.process.wait(60)
        self.restarts += 1
        self.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def resident_bytes(self):
        try:
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS"):
                    return int(line.split()[1]) << 10
        except OSError:
            pass
        return 0


class Client(threading.Thread):
    """Writes and reads rows of its own, and knows what they must be."""

    def __init__(self, server, name, keys, interval, seed):
        super().__init__(daemon=True)
        self.server, self.name_, self.keys, self.interval = server, name, keys, interval
        self.random = random.Random(seed)
        self.rows = {}
        self.done = 0
        self.failed_seconds_max = 0.0
        self.fault = None
        self.stopping = False
        self.connection = None

    def run(self):
        try:
            at = time.monotonic()
            while not self.stopping:
                self.step()
                self.done += 1
                at = max(at + self.interval, time.monotonic() - 1)
                time.sleep(max(0.0, at - time.monotonic()))
        except Exception as fault:  # Told in the verdict.
            self.fault = f"{self.name_}: {fault!r}"

    def ask(self, operation, request):
        """Asks until there is an answer. Every write here may be done twice."""
        began = time.monotonic()
        while True:
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
                headers = HEADERS | {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
                self.connection.request("POST", "/", json.dumps(request), headers)
                answer = self.connection.getresponse()
                body = json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                self.connection = None
                if time.monotonic() - began > 120:
                    raise
                time.sleep(0.05)
                continue
            self.failed_seconds_max = max(self.failed_seconds_max, time.monotonic() - began)
            if answer.status != 200:
                raise AssertionError(f"{operation} was answered {answer.status} {body}")
            return body

    def key(self, sk):
        return {"pk": {"S": self.name_}, "sk": {"S": sk}}

    def item(self, sk, row):
        n, start, size = row
        return self.key(sk) | {
            "n": {"N": str(n)},
            "group": {"S": f"group{n % 50}"},
            "data": {"S": BLOB[start : start + size]},
        }

    def fresh(self):
        return self.random.randrange(1 << 30), self.random.randrange(1 << 15), self.random.randrange(50, 3000)

    def step(self):
        sk = f"{self.random.randrange(self.keys):06}"
        dice = self.random.random()
        if dice < 0.35:
            row = self.fresh()
            self.ask("PutItem", {"TableName": TABLE, "Item": self.item(sk, row)})
            self.rows[sk] = row
        elif dice < 0.55:
            row = self.fresh()
            self.ask(
                "UpdateItem",
                {
                    "TableName": TABLE,
                    "Key": self.key(sk),
                    "UpdateExpression": "SET n = :n, #g = :g, #d = :d",
                    "ExpressionAttributeNames": {"#g": "group", "#d": "data"},
                    "ExpressionAttributeValues": {
                        ":n": {"N": str(row[0])},
                        ":g": {"S": f"group{row[0] % 50}"},
                        ":d": {"S": BLOB[row[1] : row[1] + row[2]]},
                    },
                },
            )
            self.rows[sk] = row
        elif dice < 0.65:
            self.ask("DeleteItem", {"TableName": TABLE, "Key": self.key(sk)})
            self.rows.pop(sk, None)
        elif dice < 0.70:
            rows = {f"{(int(sk) + step) % self.keys:06}": self.fresh() for step in range(4)}
            puts = [{"Put": {"TableName": TABLE, "Item": self.item(sk, row)}} for sk, row in rows.items()]
            self.ask("TransactWriteItems", {"TransactItems": puts})
            self.rows |= rows
        elif dice < 0.75:
            rows = {f"{(int(sk) + step) % self.keys:06}": self.fresh() for step in range(10)}
            puts = [{"PutRequest": {"Item": self.item(sk, row)}} for sk, row in rows.items()]
            if self.ask("BatchWriteItem", {"RequestItems": {TABLE: puts}})["UnprocessedItems"]:
                raise AssertionError("a small batch was not processed")
            self.rows |= rows
        elif dice < 0.80:
            group = f"group{self.random.randrange(50)}"
            self.ask(
                "Query",
                {
                    "TableName": TABLE,
                    "IndexName": "by-group",
                    "Limit": 20,
                    "KeyConditionExpression": "#g = :g",
                    "ExpressionAttributeNames": {"#g": "group"},
                    "ExpressionAttributeValues": {":g": {"S": group}},
                },
            )
        else:
            found = self.ask("GetItem", {"TableName": TABLE, "Key": self.key(sk), "ConsistentRead": True}).get("Item")
            expected = self.item(sk, self.rows[sk]) if sk in self.rows else None
            if found != expected:
                raise AssertionError(f"{sk} should be {str(expected)[:200]} and is {str(found)[:200]}")

    def live_bytes(self):
        return sum(row[2] + 40 for row in list(self.rows.values()))


def create_table(client):
    attributes = [("pk", "S"), ("sk", "S"), ("group", "S"), ("n", "N")]
    client.ask(
        "CreateTable",
        {
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in attributes],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-group",
                    "KeySchema": [
                        {"AttributeName": "group", "KeyType": "HASH"},
                        {"AttributeName": "n", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        },
    )


def file_bytes(directory):
    """What the files take on the disk; space that is set aside and not written to takes none."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.stat(os.path.join(folder, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total


def verdict(samples, faults, server, clients, clean):
    third = max(1, len(samples) // 3)
    early = max(sample["resident_bytes"] for sample in samples[:third])
    late = max(sample["resident_bytes"] for sample in samples[-third:])
    # The index holds every attribute once more.
    worst = max(samples, key=lambda sample: sample["file_bytes"] - FILES_PER_LIVE_BYTE * 2 * sample["live_bytes"])
    allowed = FIXED_BYTES + FILES_PER_LIVE_BYTE * 2 * worst["live_bytes"]
    return {
        "good": not faults
        and clean
        and late <= early * MEMORY_GROWTH + MEMORY_SLACK_BYTES
        and worst["file_bytes"] <= allowed,
        "faults": faults,
        "clean": clean,
        "requests": sum(client.done for client in clients),
        "restarts": server.restarts,
        "start_seconds_max": round(server.start_seconds_max, 3),
        "request_seconds_max": round(max(client.failed_seconds_max for client in clients), 3),
        "resident_bytes_early": early,
        "resident_bytes_late": late,
        "file_bytes_most": max(sample["file_bytes"] for sample in samples),
        "file_bytes_last": samples[-1]["file_bytes"],
        "live_bytes_last": samples[-1]["live_bytes"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=300, help="requests a second of all clients together")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--keys", type=int, default=4000, help="keys of each client")
    parser.add_argument("--restart-minutes", type=float, default=5)
    parser.add_argument("--cache-size", default="16MiB")
    parser.add_argument("--memtable-size", default="16MiB")
    parser.add_argument("--binary", help="the server; default is the release build")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    binary = options.binary
    if not binary:
        metadata = subprocess.run(
            ["cargo", "metadata", "--no-deps", "--format-version", "1"], cwd=ROOT, check=True, capture_output=True
        )
        binary = str(Path(json.loads(metadata.stdout)["target_directory"]) / "release" / "pixii")
    directory = Path(tempfile.mkdtemp(prefix="pixii-soak-"))
    data = directory / "data"
    flags = ["--cache-size", options.cache_size, "--memtable-size", options.memtable_size, "--log-level", "warn"]
    server = Server([binary, "dev", "--port", "0", "--data", str(data)] + flags)
    interval = options.clients / options.rate
    clients = [
        Client(server, f"client{at}", options.keys, interval, options.seed * 1000 + at) for at in range(options.clients)
    ]
    create_table(clients[0])
    for client in clients:
        client.start()
    began = restarted = time.monotonic()
    samples = []
    faults = []
    while time.monotonic() - began < options.minutes * 60 and not faults:
        time.sleep(SAMPLE_SECONDS)
        sample = {
            "minutes": round((time.monotonic() - began) / 60, 2),
            "requests": sum(client.done for client in clients),
            "resident_bytes": server.resident_bytes(),
            "file_bytes": file_bytes(data),
            "live_bytes": sum(client.live_bytes() for client in clients),
        }
        samples.append(sample)
        print(json.dumps(sample), flush=True)
        if server.process.poll() is not None:
            faults.append(f"the server ended with {server.process.returncode}")
        faults += [client.fault for client in clients if client.fault]
        if time.monotonic() - restarted > options.restart_minutes * 60:
            server.restart()
            restarted = time.monotonic()
    for client in clients:
        client.stopping = True
    for client in clients:
        client.join(60)
    faults += [client.fault for client in clients if client.fault and client.fault not in faults]
    server.stop()
    clean = subprocess.run([binary, "check", str(data)], stdout=subprocess.DEVNULL).returncode == 0
    outcome = verdict(samples, faults, server, clients, clean)
    print(json.dumps(outcome))
    if outcome["good"]:
        shutil.rmtree(directory)
    else:
        print(f"the directory is left at {data}", file=sys.stderr)
    return 0 if outcome["good"] else 1


if __name__ == "__main__":
    sys.exit(main())
