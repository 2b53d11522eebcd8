"""A bare redis-server with the arguments that a test wants: a replica, a sentinel, a cluster node, one with TLS."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from suites.redis_server import free_port

from pycore._wait import wait_for
from pycore.cache.embedded import find_server

__all__ = ["BareRedis", "bare_redis", "black_hole", "cluster", "sentinel"]


@dataclass
class BareRedis:
    """A server that a test may pause, kill and start again."""

    folder: Path
    port: int
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    program: Path | None = None  # another one than Sci-Pype would start

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        wait_for(self.answers, 10, service="redis-server", retry_on=())

    def launch(self) -> None:
        """Start it, and do not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [self.program or _own(), *self.arguments, "--port", str(self.port), "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def answers(self) -> bool:
        """Return whether it does, if only by asking for a password."""
        try:
            with redis.Redis(port=self.port, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except redis.exceptions.AuthenticationError:
            return True
        except redis.exceptions.ConnectionError as exc:
            return "NOAUTH" in str(exc)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold it still: it accepts connections and says nothing."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def client(self, **options: object) -> redis.Redis:
        """Return a plain client of it."""
        return redis.Redis(port=self.port, socket_timeout=5, **options)  # type: ignore[arg-type]  # any of redis' own


def _own() -> Path:
    binary = find_server()
    assert binary is not None, "no redis-server of 6.2 or newer"
    return binary.path


@contextmanager
def bare_redis(folder: Path, *arguments: str, program: Path | None = None) -> Iterator[BareRedis]:
    """Yield a running server."""
    server = BareRedis(folder, free_port(), ("--bind", "127.0.0.1", "--save", "", *arguments), program=program)
    with started(server):
        yield server


@contextmanager
def sentinel(
    folder: Path, primary: BareRedis, service: str, *, quorum: int = 1, down_after_ms: int = 30_000
) -> Iterator[BareRedis]:
    """Yield a sentinel that watches a server; it keeps its state in a file."""
    folder.mkdir(parents=True)
    (folder / "sentinel.conf").write_text(
        f"sentinel monitor {service} 127.0.0.1 {primary.port} {quorum}\n"
        f"sentinel down-after-milliseconds {service} {down_after_ms}\n"
        f"sentinel failover-timeout {service} {10 * down_after_ms}\n"
    )
    server = BareRedis(folder, free_port(), (str(folder / "sentinel.conf"), "--sentinel", "--bind", "127.0.0.1"))
    with started(server):
        yield server


@contextmanager
def cluster(folder: Path, n_nodes: int) -> Iterator[list[BareRedis]]:
    """Yield the primaries of a cluster that share the slots evenly, once each of them says that all is well."""
    bounds = [16384 * number // n_nodes for number in range(n_nodes + 1)]
    with ExitStack() as running:
        nodes = [
            running.enter_context(
                bare_redis(folder / str(number), "--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
            )
            for number in range(n_nodes)
        ]
        for number, node in enumerate(nodes):
            with node.client() as client:
                client.execute_command("CLUSTER", "ADDSLOTS", *range(bounds[number], bounds[number + 1]))
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
        wait_for(lambda: all(_is_whole(node, n_nodes) for node in nodes), 20, service="the cluster")
        yield nodes


def _is_whole(node: BareRedis, n_nodes: int) -> bool:
    with node.client() as client:
        said = str(client.execute_command("CLUSTER INFO"))
    return bool(re.search(r"cluster_state\W+ok", said) and re.search(rf"known_nodes\W+{n_nodes}\b", said))


@contextmanager
def started(server: BareRedis) -> Iterator[None]:
    """Start a server; end it afterwards."""
    try:
        server.start()
        yield
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@contextmanager
def black_hole() -> Iterator[int]:
    """Yield a port whose connections are accepted and never answered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield listener.getsockname()[1]
