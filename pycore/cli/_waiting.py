"""What the commands that wait share: their time limit, and what they say when the waiting is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from pycore.cli._render import to_json
from pycore.cli._session import Session

__all__ = ["timeout_option", "waiting"]

F = TypeVar("F", bound=Callable[..., Any])


def timeout_option(command: F) -> F:
    """Add the option ``--timeout``."""
    return click.option(
        "--timeout",
        "--timeout-s",
        "timeout_s",
        type=click.FloatRange(min=0, max=365 * 86400.0),
        default=60.0,
        metavar="SECONDS",
        help="Give up after this; 60 without it, 0 asks once.",
    )(command)


@contextmanager
def waiting(session: Session, subject: str, address: str, *, as_json: bool) -> Iterator[dict[str, Any]]:
    """Tell a person what the body waits for, and that it is ready, or print JSON: what the body puts in, and more.

    Standard output stays empty without --json: a script that waits before it becomes another program leaves it to that.
    """
    where = f"{subject} at {address}" if address != subject else subject
    began_s = time.monotonic()
    found: dict[str, Any] = {}
    with session.saying_if_it_lasts(f"waiting for {where} …"):
        yield found
    seconds = round(time.monotonic() - began_s, 3)
    if as_json:
        click.echo(to_json({**found, "address": address, "ready": True, "seconds": seconds}))
        return
    session.say(f"{where} is ready after {seconds:.1f} s")
