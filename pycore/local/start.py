"""One start: from nothing to an address that answers, and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from pycore._pids import ProcessId
from pycore._wait import wait_for
from pycore.cache.embedded import EmbeddedRedis
from pycore.config import Config, RedisApplication, load
from pycore.config.addresses import check_port, parse_address
from pycore.exceptions import ConfigValueError, ServiceUnavailableError
from pycore.local import jupyterlab
from pycore.local.hooks import Hook, HookRunner, Hooks
from pycore.local.hub import Hub
from pycore.local.places import Places
from pycore.local.report import Report
from pycore.local.runfolder import RunFolder
from pycore.local.services import JupyterService, RedisService
from pycore.local.serving import Serving
from pycore.local.signals import StopSignals
from pycore.local.stop import end_leftovers
from pycore.local.tables import load_tables

__all__ = ["start"]


def start(report: Report, *, ready: Callable[[RunFolder, str], None], for_hub: Sequence[str] | None = None) -> int:
    """Start what the environment needs, stay until asked to stop, stop it all; return the exit code.

    Parameters
    ----------
    report : Report
        Told of every step.
    ready : callable
        Called with the run folder and the address once JupyterLab answers.
    for_hub : sequence of str, optional
        For the JupyterHub whose variables are in the environment: what it adds to the command line.

    Raises
    ------
    PycoreError
        Something could not be started; nothing that was started is left.
    SystemExit
        A hook failed (its exit code), or a signal came before everything ran (128 + its number).
    """
    places = Places.of_environment()
    hub = None if for_hub is None else Hub.of(os.environ, for_hub)
    if hub is not None:
        hub.require_installed()
    run = RunFolder(places.run_dir)
    signals = StopSignals()
    signals.listen()
    if not run.claim():
        return _point_to_the_running_one(run, report, signals)
    with ExitStack() as stack:
        stack.callback(run.release)
        end_leftovers(run)
        run.clear()  # before the configuration is read: it follows what is written there
        stack.callback(run.clear)
        run.record("supervisor", ProcessId.of(os.getpid()))
        return _Start(places, run, report, signals, hub).run(stack, ready)


class _Start:
    """The steps of one start, in their order."""

    def __init__(
        self, places: Places, run: RunFolder, report: Report, signals: StopSignals, hub: Hub | None = None
    ) -> None:
        self.places = places
        self.folder = run
        self.report = report
        self.signals = signals
        self.config = _load(places)
        if hub is None:
            serving, port = Serving.of(self.config, run.folder), _port(self.config, "ENV_JUPYTER_PORT")
        else:
            serving, port = Serving.of_hub(hub, self.config, run.folder), hub.port
        self.jupyter = JupyterService(port, places.notebooks, run, serving)
        self.environment = serving.environment() | jupyterlab.environment(
            os.environ,
            data_dir=places.data_dir,
            manifest=places.manifest,
            runtime=self.jupyter.runtime,
            token_file=run.token_file,
        )

    def run(self, stack: ExitStack, ready: Callable[[RunFolder, str], None]) -> int:
        """Bring everything up and stay; `stack` takes it down."""
        found, scripts = Hooks.of(self.config), HookRunner(self.environment, self.folder, self.report)
        self.jupyter.refuse_port_in_use()  # before anything is started in vain
        redis = self._start_redis(stack)
        try:
            load_tables(self.config, self.report)
            scripts.run(found.pre_start, self.signals.raise_if_requested)
            self._start_jupyter(stack, found.start)
            scripts.run(found.post_start, self.signals.raise_if_requested)
            self.jupyter.note_ready()
            ready(self.folder, self.folder.address() or "")
            code = self._stay(redis)
        finally:  # also of a start that failed: what its first hooks began is ended by these
            failed = scripts.run_while_stopping(found.stop)
        return code or failed

    def _start_redis(self, stack: ExitStack) -> RedisService | None:
        application = _application_of_this_machine(self.config)
        if application is None:
            self.report.step("Redis", f"none of this machine is in the environment {self.config.environment}")
            return None
        ((_, port),) = parse_address(application.address).hosts
        password = self.config.secret(application.password, required=False)
        embedded = EmbeddedRedis(
            self.places.redis_dir, port or 6379, password=password.reveal() if password is not None else None
        )
        service = RedisService(embedded, self.folder, self.report)
        stack.callback(service.stop)
        service.start(self.signals.raise_if_requested)
        return service

    def _start_jupyter(self, stack: ExitStack, hook: Hook | None) -> None:
        stack.callback(self.jupyter.stop)
        script = hook.script if hook is not None else None
        code = self.jupyter.start(self.environment, script=script, going_on=self.signals.raise_if_requested)
        if code != 0 and hook is not None:
            self.report.fail(hook.failure(code, self.jupyter.log))
            raise SystemExit(code)
        self.report.step("JupyterLab", f"127.0.0.1:{self.jupyter.port}")

    def _stay(self, redis: RedisService | None) -> int:
        """Stay until a signal comes or JupyterLab ends; return the exit code."""
        while self.signals.requested is None:
            self.signals.pause(0.5)
            if redis is not None:
                redis.watch()
            code = self.jupyter.ended()
            if code is not None:
                return self._say_goodbye(code)
        self.report.step("Stopping", "what was started here; everything stored stays")
        return 0

    def _say_goodbye(self, code: int) -> int:
        if code == 0:  # File > Shut Down
            self.report.step("JupyterLab", "was shut down; stopping the rest")
            return 0
        self.report.fail(f"JupyterLab ended with exit code {code}; stopping the rest. Its messages: {self.jupyter.log}")
        return ServiceUnavailableError.exit_code


def _load(places: Places) -> Config:
    config = load(path=places.manifest)
    if config.data_dir != places.data_dir:
        raise ConfigValueError(
            "ENV_DATA_DIR stands in the file of the environment, which stop.sh does not read; export it instead"
        )
    return config


def _port(config: Config, variable: str) -> int:
    try:
        return check_port(config.get(variable) or "")
    except ValueError as exc:
        raise ConfigValueError(f"{variable}: {exc}; set it to a free port, for example 8889, or unset it") from exc


def _application_of_this_machine(config: Config) -> RedisApplication | None:
    """Return the Redis application, CACHE if it is one, that expects a server on this machine."""
    for name in ("CACHE", *config.redis):
        application = config.redis.get(name)
        address = parse_address(application.address) if application is not None else None
        if address is not None and address.scheme == "redis" and address.is_local:
            return application
    return None


def _point_to_the_running_one(run: RunFolder, report: Report, signals: StopSignals) -> int:
    """Say where the Sci-Pype of this clone is, once it is ready."""

    def address() -> str | None:
        signals.raise_if_requested()
        if not run.claimed():
            raise ServiceUnavailableError(
                "Another start of this clone ended while this one waited for it; start again",
                service="jupyter",
                address=str(run.folder),
            )
        return run.address()

    report.step("Sci-Pype", "runs already in this clone; ./stop.sh stops it")
    report.result(wait_for(address, 120.0, service="JupyterLab", retry_on=OSError) or "")
    return 0
