"""Asks Redis for a small value each millisecond until it is told to stop; answers how long that took."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import redis

from benchmarks.children import answer, question

INTERVAL_S = 0.001
SMALL = b"x" * 100


def main() -> None:
    """Probe as asked."""
    asked = question()
    stop = threading.Event()
    threading.Thread(target=_wait, args=(stop,), daemon=True).start()
    latencies: list[float] = []
    with redis.Redis(port=asked["port"]) as client:
        client.set("SMALL", SMALL)
        client.get("SMALL")
        print("ready", flush=True)
        while not (stop.is_set() and latencies):  # one at least, however short the work is
            started = time.perf_counter()
            client.get("SMALL")
            latencies += due(time.perf_counter() - started)
            time.sleep(INTERVAL_S)
    found = np.array(latencies) * 1000
    p50, p99 = np.percentile(found, (50, 99))
    answer({"n": len(found), "p50_ms": p50, "p99_ms": p99, "max_ms": found.max()})


def _wait(stop: threading.Event) -> None:
    """Say so when a line comes, or the one who sends them has ended."""
    sys.stdin.readline()
    stop.set()


def due(latency_s: float) -> list[float]:
    """Return the latencies of a GET and of those that were due meanwhile: else one long stop would count once.

    Examples
    --------
    >>> due(0.0005), [round(seconds, 4) for seconds in due(0.0035)]
    ([0.0005], [0.0035, 0.0025, 0.0015])
    """
    n_due = max(int(latency_s / INTERVAL_S), 1)
    return [latency_s - place * INTERVAL_S for place in range(n_due)]


if __name__ == "__main__":
    main()
