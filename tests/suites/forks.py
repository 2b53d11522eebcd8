"""A program that forks while threads use a cache: ``forks.py PORT FORKS``; it prints how many children went well."""

from __future__ import annotations

import os
import signal
import sys
import threading

from pycore.cache import Cache
from pycore.config.models import RedisApplication

THREADS = 8
HANGS_S = 5


def child(cache: Cache) -> None:
    """Read and write as a child, and end; the signal ends it if it hangs."""
    signal.alarm(HANGS_S)
    well = cache.get("key") == 1 and cache.put(f"of {os.getpid()}", 2) == 1
    os._exit(0 if well else 1)


def main(port: int, n_forks: int) -> None:
    """Fork again and again."""
    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0"))
    cache.put("key", 1)
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            assert cache.get("key") == 1

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    sys.setswitchinterval(1e-5)  # that one of them is in the middle of something is likely
    for thread in threads:
        thread.start()
    n_well = 0
    for _ in range(n_forks):
        pid = os.fork()
        if not pid:
            child(cache)
        n_well += os.waitpid(pid, 0)[1] == 0
    over.set()
    for thread in threads:
        thread.join()
    cache.close()
    print(n_well)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
