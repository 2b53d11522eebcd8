"""What one run of the command line works with: the global options, and the PyCore that they choose."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pycore.cache import Cache
    from pycore.config import Config
    from pycore.core import PyCore
    from pycore.database import Database

__all__ = ["Session", "pass_session", "standard_input"]


@dataclass
class Session:
    """One run of ``pycore``.

    Attributes
    ----------
    environment : str or None
        Chosen by ``--environment``.
    manifest : pathlib.Path or None
        Chosen by ``--config``.
    quiet, debug : bool
        How much is said on standard error; results on standard output are the same.
    context : click.Context
        Closes what the session opened.
    """

    context: click.Context | None = field(default=None, repr=False)
    environment: str | None = None
    manifest: Path | None = None
    quiet: bool = False
    debug: bool = False

    @cached_property
    def config(self) -> Config:
        """The configuration, read on first use."""
        from pycore.config import load

        return load(self.environment, self.manifest)

    @cached_property
    def core(self) -> PyCore:
        """The PyCore of that configuration; closed at the end of the run."""
        from pycore.core import PyCore

        core = PyCore(config=self.config)
        if self.context is not None:
            self.context.call_on_close(core.close)
        return core

    def database(self, application: str | None) -> Database:
        """Return a database by name; without a name STOCKS, or the only one there is."""
        if application is None and "STOCKS" not in self.core.databases and len(self.core.databases) == 1:
            return self.core.databases[next(iter(self.core.databases))]
        return self.core.databases[application or "STOCKS"]

    def cache(self, application: str | None) -> Cache:
        """Return a cache by name; without a name CACHE."""
        return self.core.caches[application or "CACHE"]

    def locate(self, location: str, application: str | None) -> tuple[Cache, str]:
        """Return the cache and the key that ``APP:KEY`` names; with `application` all of it is the key."""
        if application is not None:
            return self.cache(application), location
        return self.core.locate(location)

    def say(self, message: str) -> None:
        """Tell a person something beside the result, unless they asked for quiet."""
        if not self.quiet:
            with suppress(OSError):  # nobody reads standard error any more: the result is still wanted
                click.echo(message, err=True)

    @contextmanager
    def saying_if_it_lasts(self, message: str, *, after_s: float = 1.0) -> Iterator[None]:
        """Tell a person who is watching what is going on, if it goes on for longer than `after_s` seconds."""
        timer = threading.Timer(after_s, self.say, [message])
        timer.daemon = True
        if self.shows_progress:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def run_folder(self) -> Path | None:
        """Return ``data/run`` if the configuration was read and the folder is there."""
        config = self.__dict__.get("config")
        folder = config.data_dir / "run" if config is not None else None
        return folder if folder is not None and folder.is_dir() else None

    @property
    def shows_progress(self) -> bool:
        """Whether a person is watching standard error."""
        return not self.quiet and sys.stderr.isatty()


pass_session = click.make_pass_decorator(Session)


def standard_input() -> bytes:
    """Return what is on standard input, to its end.

    Raises
    ------
    click.UsageError
        It is closed.
    """
    if sys.stdin is None:
        raise click.UsageError('Standard input is closed, and "-" reads it: give a file or a text, or open it.')
    return sys.stdin.buffer.read()
