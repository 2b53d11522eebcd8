"""The two services of a start, Redis and JupyterLab: how each comes up, is watched and goes down."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pycore import _children
from pycore._pids import ProcessId
from pycore._wait import wait_for
from pycore.cache.embedded import EmbeddedRedis, find_server, last_line, port_is_free
from pycore.exceptions import ServiceError, ServiceUnavailableError
from pycore.local import jupyterlab
from pycore.local.redis_binary import install_server
from pycore.local.report import Report
from pycore.local.runfolder import RunFolder
from pycore.local.serving import Serving

__all__ = ["JupyterService", "RedisService"]

_JUPYTER_TIMEOUT_S = 120.0
_SHORT_LIFE_S = 10.0


class RedisService:
    """The embedded Redis: started unless ``pycore redis start`` did it before, started again if it dies."""

    def __init__(self, redis: EmbeddedRedis, run: RunFolder, report: Report) -> None:
        self.redis = redis
        self.run = run
        self.report = report
        self._is_ours = False
        self._given_up = False
        self._restarted_at_s = -math.inf

    def start(self, going_on: Callable[[], None]) -> None:
        """Bring the server up; one that ran before is taken as it is, and is not ours to stop."""
        self._is_ours = self.redis.running() is None
        if self._is_ours and find_server() is None:
            install_server(self.report, self.run.log("install"), going_on=going_on)
        self._start(going_on)
        self.report.step("Redis", f"{self.redis.address} ({find_server() if self._is_ours else 'ran already'})")

    def stop(self) -> None:
        """Stop the server, if it was started here."""
        if self._is_ours:
            self.redis.stop()

    def watch(self) -> None:
        """Start the server again if it has died: what it was told stands in its file."""
        if self._given_up or self.redis.running() is not None:
            return
        try:
            if time.monotonic() - self._restarted_at_s < _SHORT_LIFE_S:
                raise ServiceUnavailableError(last_line(self.redis.log), service="redis", address=self.redis.address)
            self._restarted_at_s = time.monotonic()
            self._start(lambda: None)
        except ServiceError as exc:
            self._given_up = True
            self.report.warn(
                f"Redis died and does not come back: {exc}. Data sets are extracted every time until "
                f"./stop.sh and ./start.sh; its messages are in {self.redis.log}"
            )
        else:
            self.report.warn(f"Redis died; it was started again and holds what it held ({self.redis.log})")

    def _start(self, going_on: Callable[[], None]) -> None:
        child = ProcessId.of(self.redis.start(going_on=going_on))
        self.run.record("redis", child, host="127.0.0.1", port=self.redis.port)


class JupyterService:
    """JupyterLab, or what ENV_START_SCRIPT makes of its command line.

    Parameters
    ----------
    port : int
        On 127.0.0.1.
    notebooks : Path
        What it shows.
    run : RunFolder
        Where it is written down.
    serving : Serving
        How it is reached, and looks.
    """

    def __init__(self, port: int, notebooks: Path, run: RunFolder, serving: Serving) -> None:
        self.port = port
        self.notebooks = notebooks
        self.run = run
        self.serving = serving
        self.address = serving.address(port)
        self._children: list[subprocess.Popen[bytes]] = []

    @property
    def log(self) -> Path:
        """What it says, and its kernels say."""
        return self.run.log("jupyter")

    @property
    def runtime(self) -> Path:
        """Where the sockets of the kernels are."""
        return self.run.folder / "jupyter"

    def refuse_port_in_use(self) -> None:
        """Raise ServiceUnavailableError if another program listens on the port."""
        if not port_is_free(self.port):
            raise self._unavailable(
                f"Port {self.port} on 127.0.0.1 is in use by another program, so JupyterLab cannot listen there; "
                f"choose another, for example ENV_JUPYTER_PORT={self.port + 1}, or stop that program"
            )

    def start(self, environment: Mapping[str, str], *, script: Path | None, going_on: Callable[[], None]) -> int:
        """Start JupyterLab, or `script` with its command line; return 0 once it answers, else the script's exit code.

        Raises
        ------
        ServiceUnavailableError
            It ended, or did not answer in time.
        """
        jupyterlab.install_kernel()
        token = self.run.token() if self.serving.hub is None else None
        self._spawn(environment, script)

        def answers() -> bool:
            going_on()
            return self.ended() is not None or jupyterlab.answers(self.address, token)

        wait_for(answers, _JUPYTER_TIMEOUT_S, service="JupyterLab", address=f"127.0.0.1:{self.port}", retry_on=OSError)
        code = self.ended()
        if code is None:
            self._record(**self._addresses())
            return 0
        if code != 0 and script is not None:
            return code
        raise self._unavailable(
            f"JupyterLab ended with exit code {code} before it answered: {last_line(self.log)} (see {self.log})"
        )

    def note_ready(self) -> None:
        """Write down that everything has come up, hooks included: what the health check of a container asks for."""
        self._record(**self._addresses(), ready="yes")

    def ended(self) -> int | None:
        """Return the exit code, as a shell would say it, once it has ended."""
        codes = [child.poll() for child in self._children]
        return next((_children.exit_code(code) for code in codes if code is not None), None)

    def stop(self) -> None:
        """End it, its kernels and its terminals."""
        for child in self._children:
            _children.end(child)

    def _spawn(self, environment: Mapping[str, str], script: Path | None) -> None:
        command = jupyterlab.command(
            port=self.port, notebooks=self.notebooks, runtime=self.runtime, serving=self.serving
        )
        self.runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
        if script is not None:
            command = [str(script), *command]
        child = _children.spawn(command, environment, self.log, variable="ENV_START_SCRIPT")
        self._children.append(child)
        self._identity = ProcessId.of(child.pid)
        self._record()

    def _addresses(self) -> dict[str, str]:
        return {"url": jupyterlab.url(self.address, self.notebooks), "address": self.address}

    def _record(self, **facts: str) -> None:
        way_in = {"token_file": str(self.run.token_file)} if self.serving.hub is None else {"by_hub": "yes"}
        self.run.record("jupyter", self._identity, port=self.port, **way_in, **facts)

    def _unavailable(self, text: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(text, service="jupyter", address=f"127.0.0.1:{self.port}")
