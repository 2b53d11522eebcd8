"""``python -m pycore.local start|stop|status|answers|redis|prepare``: called by the scripts of the clone."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from pycore.exceptions import PycoreError
from pycore.local.report import Report

__all__ = ["main"]

_USAGE_ERROR = 2
_SETUP_ERROR = 3
_NOT_RUNNING = 4
_INTERRUPTED = 130


def main(argv: Sequence[str]) -> int:
    """Do what the first argument says and return the exit code."""
    verbs = {"start": _start, "stop": _stop, "status": _status, "answers": _answers}
    verbs |= {"redis": _redis, "prepare": _prepare}
    verb, *arguments = argv or [""]
    if verb not in verbs:
        sys.stderr.write(f"usage: python -m pycore.local {'|'.join(verbs)}\n")
        return _USAGE_ERROR
    report = Report(f"{verb if verb in {'stop', 'redis'} else 'start'}.sh")
    try:
        return verbs[verb](report, arguments)
    except KeyboardInterrupt:  # before the start listens for signals: nothing runs yet
        return _INTERRUPTED
    except PycoreError as exc:
        report.fail(str(exc))
        return exc.exit_code
    except OSError as exc:
        if exc.errno not in _CURES:
            raise
        report.fail(f"{exc.filename or 'the data folder'}: {exc.strerror}; {_CURES[exc.errno]}")
        return _SETUP_ERROR


_CURES = {
    errno.ENOSPC: "the disk is full: make room and start again",
    errno.EDQUOT: "your share of the disk is used up: make room and start again",
    errno.EACCES: "make the folder writable, or name another one with ENV_DATA_DIR",
    errno.ENOTDIR: "name a folder with ENV_DATA_DIR",
    errno.EEXIST: "name a folder with ENV_DATA_DIR",
    errno.EROFS: "name a folder on a writable disk with ENV_DATA_DIR",
}


def _start(report: Report, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="start.sh", add_help=False)
    parser.add_argument("mode", nargs="?", choices=["local"], default="local")
    parser.add_argument("--detach", action="store_true")
    parser.add_argument("--no-browser", action="store_true")
    # What a container says is kept, and read by others: whoever may ask for the status gets the token there.
    parser.add_argument("--hide-token", action="store_true")
    # A JupyterHub starts this, and what it adds is for its server. Not by its variables alone: a terminal in a server
    # of a Hub has them, too, and a ./start.sh in it is a start like any other.
    parser.add_argument("--hub", action="store_true")
    parser.add_argument("--ready-fd", type=int)  # the end of a pipe; only --detach names it
    options, added = parser.parse_known_args(arguments)
    if added and not options.hub:
        parser.error(f"unrecognized arguments: {' '.join(added)}")
    if options.detach:
        return _detach([argument for argument in arguments if argument != "--detach"])
    if options.ready_fd is not None:
        # A Redis that held it open would let the caller wait for a start that was killed.
        os.set_inheritable(options.ready_fd, False)

    from pycore.local.browser import has_display, open_page
    from pycore.local.runfolder import RunFolder
    from pycore.local.start import start

    def ready(run: RunFolder, address: str) -> None:
        stop_with = "Ctrl-C or ./stop.sh" if options.ready_fd is None else "./stop.sh"
        if options.hub:
            report.step("Ready", "the Hub lets its users in")
            report.result(address)
        elif options.hide_token:
            report.step("Ready", "the status tells the address with its token")
            report.result(address.partition("?")[0])
        else:
            report.step("Ready", f"open this address; {stop_with} ends it")
            report.result(address)
        if options.ready_fd is not None:
            report.move_to(run.log("start"))
            os.write(options.ready_fd, b"ready")
            os.close(options.ready_fd)
        if not options.no_browser and has_display(os.environ):
            open_page(address, run.folder)

    return start(report, ready=ready, for_hub=added if options.hub else None)


def _detach(arguments: Sequence[str]) -> int:
    """Start in the background, and return when everything is ready or has failed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    reading, writing = os.pipe()
    child = subprocess.Popen(  # noqa: S603  # ourselves
        [sys.executable, "-P", "-m", "pycore.local", "start", "--ready-fd", str(writing), *arguments],
        stdin=subprocess.DEVNULL,
        pass_fds=[writing],
        start_new_session=True,
    )
    os.close(writing)
    try:
        if os.read(reading, 16):
            return 0
        code = child.wait()
    except KeyboardInterrupt:
        child.terminate()
        code = child.wait()
    return 128 - code if code < 0 else code


def _stop(report: Report, arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="stop.sh", add_help=False).parse_args(arguments)
    from pycore.local.stop import stop

    return stop(report)


def _status(report: Report, arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="start.sh status", add_help=False).parse_args(arguments)
    from pycore.local.places import Places
    from pycore.local.runfolder import SERVICES, RunFolder

    run = RunFolder(Places.of_environment().run_dir)
    content = run.content()
    for service in ("supervisor", *reversed(SERVICES)):
        child = run.process_id(service)
        port = content.get(service, {}).get("port")
        where = f" on 127.0.0.1:{port}" if port else ""
        report.result(f"{service:<12} {f'pid {child.pid}{where}' if child else 'does not run'}")
    address = run.address() if run.process_id("jupyter") else None
    if address is None:
        return _NOT_RUNNING
    report.result(f"{'address':<12} {address}")
    return 0


def _answers(report: Report, arguments: Sequence[str]) -> int:
    """Return 0 if JupyterLab answers whoever has its token: what the health check of a container asks."""
    argparse.ArgumentParser(prog="answers", add_help=False).parse_args(arguments)
    from pycore.local.jupyterlab import answers
    from pycore.local.places import Places
    from pycore.local.runfolder import RunFolder

    run = RunFolder(Places.of_environment().run_dir)
    noted = run.content().get("jupyter", {})
    address = noted.get("address") if noted.get("ready") else None  # once it has come up, and the hooks behind it ended
    if address is not None and answers(address, None if "by_hub" in noted else run.token()):
        return 0
    report.fail("JupyterLab does not answer")
    return _NOT_RUNNING


def _redis(report: Report, arguments: Sequence[str]) -> NoReturn:
    """Become redis-cli on the running cache."""
    from pycore.local.client import client_command

    command, environment = client_command(arguments)
    os.execve(command[0], command, environment)  # noqa: S606  # no shell is wanted


def _prepare(report: Report, arguments: Sequence[str]) -> int:
    """Complete a new environment: the kernel that notebooks ask for, and a redis-server where the system has none."""
    argparse.ArgumentParser(prog="prepare", add_help=False).parse_args(arguments)
    from pycore.cache.embedded import find_server
    from pycore.local.jupyterlab import install_kernel
    from pycore.local.places import Places
    from pycore.local.redis_binary import install_server
    from pycore.local.runfolder import RunFolder
    from pycore.local.signals import StopSignals

    signals = StopSignals()
    signals.listen()
    install_kernel()
    if find_server() is None:
        log = RunFolder(Places.of_environment().run_dir).log("install")
        install_server(report, log, going_on=signals.raise_if_requested)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
