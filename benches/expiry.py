#!/usr/bin/env python3
"""Many items expire at once: what that does to other requests, in one run against one server.

    cargo build --release -p pixii -p pixii-bench
    python3 benches/expiry.py [--expiring 200000] [--seconds 5] [--memory]

The load tool puts items into a table of its own: some turns before the second at which all those items expire, and as many
while they are being deleted. Prints the latencies of both, their ratio, and how fast items went.
"""

import argparse
import http.client
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from compare import Server, free_port, target_directory

TABLE = "Expiring"
BATCH = 25
# How fast the items are put at least: by then they are all there.
PUTS_A_SECOND_MIN = 3_000
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=none",
    "X-Amz-Date": "20260101T000000Z",
}


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def call(self, operation, body):
        headers = HEADERS | {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        self.connection.request("POST", "/", json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{operation}: {text.decode()}")
        return json.loads(text)


def put_expiring(port, number, expires):
    """Puts items that expire at that second, with a few clients."""

    def put(at, step):
        client = Client(port)
        for start in range(at * BATCH, number, step * BATCH):
            items = [
                {"pk": {"S": f"session {at}"}, "expires": {"N": str(expires)}, "data": {"S": "x" * 150}}
                for at in range(start, min(start + BATCH, number))
            ]
            puts = [{"PutRequest": {"Item": item}} for item in items]
            client.call("BatchWriteItem", {"RequestItems": {TABLE: puts}})

    threads = [threading.Thread(target=put, args=(at, 8)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def load(binaries, port, seconds, first):
    command = [
        str(binaries / "pixii-bench"),
        f"--endpoint=127.0.0.1:{port}",
        "--workload=put",
        f"--seconds={seconds}",
    ] + ([] if first else ["--no-load"])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--expiring", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, help="items that are deleted in a second at most")
    parser.add_argument("--memory", action="store_true", help="run Pixii in memory instead of durably on disk")
    options = parser.parse_args()
    binaries, data, port = target_directory(), Path(tempfile.mkdtemp(prefix="pixii-bench-")), free_port()
    command = [str(binaries / "pixii"), "dev", "--port", str(port), "--log-level", "error"]
    command += [] if options.memory else ["--data", str(data / "pixii")]
    command += ["--ttl-delete-rate", str(options.rate)] if options.rate else []
    server = Server("pixii", command, port)
    try:
        client = Client(port)
        client.call(
            "CreateTable",
            {
                "TableName": TABLE,
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            },
        )
        specification = {"AttributeName": "expires", "Enabled": True}
        client.call("UpdateTimeToLive", {"TableName": TABLE, "TimeToLiveSpecification": specification})
        turns = options.rounds * (options.seconds + 3)
        expires = int(time.time() + options.expiring / PUTS_A_SECOND_MIN + turns)
        put_expiring(port, options.expiring, expires)
        left = lambda: client.call("DescribeTable", {"TableName": TABLE})["Table"]["ItemCount"]
        load(binaries, port, 1, True)
        quiet = [load(binaries, port, options.seconds, False) for _ in range(options.rounds)]
        if time.time() > expires:
            raise SystemExit("the items expired too soon: this machine is too busy for so many")
        while left() == options.expiring:
            time.sleep(0.05)
        sweeping, before, since = [], left(), time.monotonic()
        while len(sweeping) < options.rounds:
            sweeping.append(load(binaries, port, options.seconds, False))
            if left() == 0:
                raise SystemExit("all items were gone before the turn was over: take more of them")
        rate = (before - left()) / (time.monotonic() - since)
        print(f"{options.expiring} items that expire at once, {options.seconds} s x {options.rounds} rounds, medians")
        print(f"deleted in a second: {rate:.0f}")
        for name in ("p50", "p99"):
            without = statistics.median(run["latency_micros"][name] for run in quiet)
            during = statistics.median(run["latency_micros"][name] for run in sweeping)
            print(f"{name}: {without / 1000:.2f} ms without, {during / 1000:.2f} ms with a sweep: {during / without:.2f}")
        without = statistics.median(run["requests_per_second"] for run in quiet)
        during = statistics.median(run["requests_per_second"] for run in sweeping)
        print(f"requests/s: {without:.0f} without, {during:.0f} with a sweep: {during / without:.2f}")
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
