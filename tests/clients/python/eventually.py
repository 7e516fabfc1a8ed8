"""Patience for what AWS serves eventually consistent: index reads, tags, sizes."""

import time


def eventually(expected, read, seconds_max=20):
    """Reads until the answer is the expected one; fails with the last answer when it never is."""
    give_up = time.monotonic() + seconds_max
    while (found := read()) != expected and time.monotonic() < give_up:
        time.sleep(0.1)
    assert found == expected
