"""What a run says of itself: its name, when and where it runs, with which packages."""

from __future__ import annotations

import datetime as dt
import math
import os
import platform
import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pycore.models.plan import Plan
from pycore.results.run import Run

__all__ = ["moment", "new_run", "plain", "run_id", "versions"]

_PACKAGES: Final = ("scikit-learn", "numpy", "scipy", "pandas")
_LONGEST: Final = 40  # characters of the data set in the name of a run
_NO_WORD: Final = re.compile(r"[^a-z0-9_]+")


def moment(now: dt.datetime) -> str:
    """Return a moment as runs keep it.

    Examples
    --------
    >>> moment(dt.datetime(2026, 11, 30, 8, 15, 2, 250_000, tzinfo=dt.UTC))
    '2026-11-30T08:15:02.250000+00:00'
    """
    return now.astimezone(dt.UTC).isoformat(timespec="microseconds")


def run_id(dataset: str, now: dt.datetime) -> str:
    """Return a new name for a run: the data set, the moment in UTC, and four digits by chance.

    Examples
    --------
    >>> run_id("SELECT * FROM iris", dt.datetime(2026, 11, 30, 8, 15, 2, tzinfo=dt.UTC))[:-4]
    'select-from-iris-20261130-081502-'
    """
    name = _NO_WORD.sub("-", dataset.lower()).strip("-")[:_LONGEST].strip("-") or "run"
    return f"{name}-{now.astimezone(dt.UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def new_run(plan: Plan, now: dt.datetime, *, source: str | None, parameters: Mapping[str, Any] | None) -> Run:
    """Return the run of a plan, at its beginning.

    Parameters
    ----------
    plan : Plan
        What is trained.
    now : datetime.datetime
        With a time zone.
    source : str or None
        What was trained from, as the user named it.
    parameters : mapping of str to Any, or None
        Of the source.
    """
    return Run(
        id=run_id(plan.dataset.name, now),
        dataset=plan.dataset.name,
        source=source,
        parameters={name: plain(value) for name, value in (parameters or {}).items()},
        target=str(plan.dataset.target),
        task=plan.task,
        classes=plan.classes,
        settings=plan.settings,
        started_at=moment(now),
        beat_at=moment(now),
        n_rows=len(plan.X),
        n_train=len(plan.train),
        n_test=len(plan.test),
        n_fits=plan.n_fits,
        data_digest=plan.data_digest,
        versions=versions(one.requires for one in plan.estimators.values()),
        notes=plan.notes,
        host=socket.gethostname(),
        pid=os.getpid(),
    )


def versions(packages: Iterable[str] = ()) -> dict[str, str]:
    """Return the versions of Python, pycore and what computes, and of other packages that are named.

    Examples
    --------
    >>> list(versions())
    ['python', 'pycore', 'scikit-learn', 'numpy', 'scipy', 'pandas']
    """
    from pycore import __version__

    found = {"python": platform.python_version(), "pycore": __version__}
    for package in dict.fromkeys([*_PACKAGES, *filter(None, packages)]):
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # it lies on the path, and nobody installed it
            found[package] = "unknown"
    return found


def plain(value: Any) -> Any:
    """Return a value as JSON has it; a date becomes its ISO text, what JSON does not have becomes a text.

    Examples
    --------
    >>> plain({"since": dt.date(2013, 3, 1), "limit": 5})
    {'since': '2013-03-01', 'limit': 5}
    """
    if hasattr(value, "item") and not hasattr(value, "__len__"):  # a scalar of NumPy
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return str(value)
