"""A program that is interrupted about once in a millisecond while it reads and writes, and looks at every answer."""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import time

SECONDS = 3.0
LONGEST_S = 0.003
VALUES = {"small": {"a": [1, 2, 3]}, "large": {"a": list(range(20_000))}}


def main(port: str) -> None:
    """Print how often it was interrupted; an answer that is wrong ends it."""
    from pycore.cache import Cache
    from pycore.config.models import RedisApplication

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0"))
    for key, value in VALUES.items():
        cache.put(key, value)
    signal.signal(signal.SIGALRM, interrupt)
    n_interrupts, until_s = 0, time.monotonic() + SECONDS
    while time.monotonic() < until_s:
        key = random.choice(list(VALUES))
        try:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, LONGEST_S))
            found = cache.get(key, "away")
            again = cache.put(key, VALUES[key])
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            n_interrupts += 1
            continue
        assert found in (VALUES[key], "away"), f"{key} is {found!r:.100}"
        assert again is None or again > 0
    with contextlib.suppress(KeyboardInterrupt):
        signal.setitimer(signal.ITIMER_REAL, 0)
    deadline_s = time.monotonic() + 15
    while (found := cache.get("large")) != VALUES["large"]:
        assert time.monotonic() < deadline_s, "it does not recover"
        time.sleep(0.05)
    cache.close()
    sys.stdout.write(str(n_interrupts))


if __name__ == "__main__":
    main(sys.argv[1])
