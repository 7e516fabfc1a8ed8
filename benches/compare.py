#!/usr/bin/env python3
"""Runs the load tool against Pixii, a bare hyper server and the peers that are installed, in turns, and prints ratios.

    cargo build --release --workspace --examples --bins
    python3 benches/compare.py [--seconds 5] [--rounds 3] [--workloads get,put,...] [--memory]

Machines are shared and noisy, so what counts is the ratio to the bare server of the same round: medians over the rounds.
Behind the table come two figures of one connection alone: how fast it pages through a Scan, and what a durable put takes
beside a raw sync of the same disk.
Peers are taken from PATH: dynoxide (crate dynoxide-rs) and dynalite (npm).
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKLOADS = "get,put,put-stream,update,update-hot,query,batch-write,transact,put-indexed,put-indexed-stream"


def target_directory():
    metadata = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--format-version", "1"], cwd=ROOT, check=True, capture_output=True
    )
    return Path(json.loads(metadata.stdout)["target_directory"]) / "release"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    def __init__(self, name, command, port):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{name} did not start: {' '.join(command)}")

    def resident_megabytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return round(int(line.split()[1]) / 1024)
        return None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def start_all(binaries, data, memory):
    servers = []

    def start(name, command):
        port = free_port()
        servers.append(Server(name, [part.replace("PORT", str(port)) for part in command], port))

    start("bare", [str(binaries / "examples" / "bare"), "PORT"])
    pixii = [str(binaries / "pixii"), "dev", "--port", "PORT", "--log-level", "error"]
    start("pixii", pixii + ([] if memory else ["--data", str(data / "pixii")]))
    if shutil.which("dynoxide"):
        start("dynoxide", ["dynoxide", "--port", "PORT", "--db-path", str(data / "dynoxide.db")])
    if shutil.which("dynalite"):
        start("dynalite", ["dynalite", "--port", "PORT", "--path", str(data / "dynalite"), "--createTableMs", "0"])
    return servers


def measure(binaries, server, workload, seconds, connections, items, *more):
    bare = server.name == "bare"
    command = [
        str(binaries / "pixii-bench"),
        f"--endpoint=127.0.0.1:{server.port}",
        f"--workload={'get' if bare else workload}",
        f"--seconds={seconds}",
        f"--connections={connections}",
        f"--items={items}",
        *more,
    ] + (["--no-load"] if bare else [])
    done = subprocess.run(command, capture_output=True, text=True)
    if not done.stdout:
        print(f"{server.name} {workload}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def alone(binaries, server, data, options):
    """Prints what one connection gets: of a Scan, and of durable puts."""
    scan = measure(binaries, server, "scan", options.seconds, 1, options.scanned)
    if scan:
        print(f"{'scan':18} {server.name:9} {scan['megabytes_per_second']:6.0f} MB/s of JSON, {options.scanned} items")
    put = measure(binaries, server, "put", options.seconds, 1, 1000, f"--sync-in={data}")
    if put:
        took, synced = put["latency_micros"]["p50"], put["sync_micros"]["p50"]
        print(f"{'put':18} {server.name:9} p50 {took} us, raw sync {synced} us: {took - synced} us more", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--scanned", type=int, default=1_000_000, help="items to page through")
    parser.add_argument("--workloads", default=WORKLOADS)
    parser.add_argument("--memory", action="store_true", help="run Pixii in memory instead of durably on disk")
    options = parser.parse_args()
    binaries = target_directory()
    data = Path(tempfile.mkdtemp(prefix="pixii-bench-"))
    servers = start_all(binaries, data, options.memory)
    bare, *others = servers
    print(f"{os.cpu_count()} cores, {options.connections} connections, {options.seconds} s x {options.rounds} rounds")
    print(f"{'workload':18} {'server':9} {'requests/s':>10} {'of bare':>8} {'p50 ms':>8} {'p99 ms':>8} {'MB':>5}")
    try:
        for workload in options.workloads.split(","):
            results = {server.name: [] for server in others}
            for _ in range(options.rounds):
                base = measure(binaries, bare, workload, options.seconds, options.connections, options.items)
                for server in others:
                    run = measure(binaries, server, workload, options.seconds, options.connections, options.items)
                    if run:
                        ratio = run["requests_per_second"] / base["requests_per_second"]
                        results[server.name].append((ratio, run))
            for server in others:
                if not results[server.name]:
                    continue
                ratio = statistics.median(ratio for ratio, _ in results[server.name])
                run = sorted(results[server.name], key=lambda pair: pair[0])[len(results[server.name]) // 2][1]
                latency = run["latency_micros"]
                print(
                    f"{workload:18} {server.name:9} {run['requests_per_second']:10.0f} {ratio:8.2f} "
                    f"{latency['p50'] / 1000:8.2f} {latency['p99'] / 1000:8.2f} {server.resident_megabytes():5}"
                    + (f"  {run['errors']} errors: {run['first_error']}" if run["errors"] else ""),
                    flush=True,
                )
        for server in others:
            alone(binaries, server, data, options)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
