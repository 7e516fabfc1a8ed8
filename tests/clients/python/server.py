"""Starts, stops and kills the server under test.

The binary is `PIXII_BINARY`, or what cargo last built: a release build before a debug build.
"""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
READY_SECONDS_MAX = 10
STOP_SECONDS_MAX = 30


def binary() -> str:
    """The path of the built server."""
    if named := os.environ.get("PIXII_BINARY"):
        return named
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    for profile in ("release", "debug"):
        if (target / profile / "pixii").exists():
            return str(target / profile / "pixii")
    raise FileNotFoundError("no built server: run `cargo build --release -p pixii`, or name one in PIXII_BINARY")


class Pixii:
    """One running `pixii dev`, on a free port of its own unless a port is named."""

    def __init__(self, *arguments: str, port: int = 0):
        command = [binary(), "dev", "--port", str(port), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.log: list[str] = []
        self._log_reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self._log_reader.start()
        self.endpoint = self._address_when_ready()

    def _address_when_ready(self) -> str:
        """The address in the one line that the server prints when it is ready."""
        overdue = threading.Timer(READY_SECONDS_MAX, self.process.kill)
        overdue.start()
        line = self.process.stdout.readline()
        overdue.cancel()
        found = re.search(r"https?://[^\s/]+", line)
        if not found:
            self.kill()
            raise RuntimeError(f"the server did not become ready: {line!r}\n{''.join(self.log)}")
        return found.group()

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self.endpoint.rpartition(":")[2])

    @property
    def admin(self) -> str:
        """The address of its admin endpoint, which its log tells."""
        give_up = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < give_up:
            if found := re.search(r"admin endpoint at (http://[\d.:]+)", "".join(self.log)):
                return found.group(1)
            time.sleep(0.05)
        raise RuntimeError(f"there is no admin endpoint\n{''.join(self.log)}")

    def stop(self) -> int:
        """Asks the server to finish, as a service manager does, and returns its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """Ends the server as a crash would: it gets no chance to write anything."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        finally:
            self.process.kill()
            self._log_reader.join()
            self.process.stdout.close()
            self.process.stderr.close()
