"""Redis is started again, still loads, has another password, or has become a replica."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.registry import Chance, Trial, fault
from faults.stage import CANARY, frame, is_frame, listened, opened, tidy
from suites.redis_process import BareRedis, bare_redis

from pycore._wait import wait_for
from pycore.cache import MISS
from pycore.config.secrets import Secret
from pycore.exceptions import AuthenticationError, ServiceUnavailableError

ROWS = 20_000


@fault("cache", trials=25, within_s=3.0)
@contextmanager
def redis_is_started_again_and_still_loads(folder: Path) -> Iterator[Trial]:
    """While it loads it is done without, at once; then what it kept is there, and nobody has done anything."""
    # Each key costs it a moment to load, on purpose: for a second it says that it is loading, or nothing at all.
    arguments = ("--appendonly", "yes", "--appendfsync", "always", "--key-load-delay", "200")
    with bare_redis(folder / "redis", *arguments) as server, server.client() as raw:
        with raw.pipeline() as pipeline:
            for number in range(3000):
                pipeline.set(f"many{number}", "x" * 2000)
            pipeline.execute()

        def trial(chance: Chance) -> float:
            number = chance.randrange(10**6)
            with listened(), opened(server.port) as cache:
                assert cache.put("key", frame(number, ROWS)) is not None
                server.kill()
                server.launch()
                time.sleep(chance.uniform(0, 0.3))  # it comes up meanwhile
                began_s = time.monotonic()
                value = cache.get("key")
                assert value is MISS or is_frame(value, number, ROWS)
                assert cache.get_or_create("other", lambda: number, refresh=True) == number
                waited_s = time.monotonic() - began_s
                wait_for(lambda: is_frame(cache.get("key"), number, ROWS), 20, service="the cache")
                assert cache.put("key", 1) is not None
                tidy(server, "key", "other")
            return waited_s

        yield trial


@fault("cache", trials=25, within_s=3.0)
@contextmanager
def the_password_is_changed(folder: Path) -> Iterator[Trial]:
    """It is read again, once, and all goes on; while the new one is not there yet it is no storm of tries."""
    with bare_redis(folder / "redis", "--requirepass", CANARY) as server:
        known = [CANARY]

        def trial(chance: Chance) -> float:
            secret, asked = [known[0]], [0]

            def password() -> Secret:
                asked[0] += 1
                return Secret(secret[0])

            new = f"{CANARY}{secrets.token_hex(4)}"
            with listened() as said, opened(server.port, password=password) as cache:
                assert cache.put("key", 1) is not None
                rotate(server, known[0], new)
                known[0] = new
                late = chance.random() < 0.5
                began_s = time.monotonic()
                if late:
                    refused(cache, asked)
                secret[0] = new
                wait_for(lambda: cache.put("key", 2), 10, service="the cache")
                waited_s = time.monotonic() - began_s if not late else 0.0
                assert late or asked[0] == 2, f"read {asked[0]} times"
                assert cache.get("key") == 2
                assert CANARY not in "".join(said)
            return waited_s

        yield trial


def rotate(server: BareRedis, old: str, new: str) -> None:
    """Change the password; who is connected has to say it again."""
    with server.client(password=old) as raw:
        raw.config_set("requirepass", new)
        raw.client_kill_filter(skipme=True)


def refused(cache: object, asked: list[int]) -> None:
    """With the old password nothing is read or written, and it is not tried without end."""
    from pycore.cache import Cache

    assert isinstance(cache, Cache)
    before = asked[0]
    until_s = time.monotonic() + 0.2
    while time.monotonic() < until_s:
        assert cache.get("key") is MISS
        assert cache.put("key", 3) is None
    assert asked[0] - before <= 4, "a storm of tries"
    try:
        cache.versions("key")
    except AuthenticationError as exc:
        assert "credentials" in str(exc)  # noqa: PT017  # there is no pytest here
        assert CANARY not in str(exc)  # noqa: PT017
    else:
        raise AssertionError("the old password was taken")


@fault("cache", trials=25, within_s=3.0)
@contextmanager
def redis_becomes_a_replica_that_is_only_read(folder: Path) -> Iterator[Trial]:
    """It is read, what is made reaches its caller, writes say why; when it is a primary again all goes on."""
    with (
        bare_redis(folder / "redis") as server,
        bare_redis(folder / "primary") as primary,
        server.client() as raw,
    ):
        raw.ping()

        def trial(chance: Chance) -> float:
            number = chance.randrange(10**6)
            with listened() as said, opened(primary.port) as theirs, opened(server.port) as cache:
                theirs.put("key", number)
                raw.replicaof("127.0.0.1", str(primary.port))
                wait_for(lambda: cache.get("key") == number, 20, service="the replica")
                began_s = time.monotonic()
                assert cache.get_or_create("key", lambda: -1) == number
                assert cache.get_or_create("other", lambda: -1, refresh=True) == -1
                assert cache.put("key", -1) is None
                waited_s = time.monotonic() - began_s
                try:
                    cache.delete("key")
                except ServiceUnavailableError as exc:
                    assert "read-only replica" in str(exc)  # noqa: PT017  # there is no pytest here
                else:
                    raise AssertionError("a replica deleted")
                assert [line for line in said if "read-only replica" in line]
                raw.replicaof("NO", "ONE")
                assert cache.put("key", number + 1) is not None
                assert cache.get("key") == number + 1
                tidy(server, "key", "other")
            return waited_s

        yield trial
