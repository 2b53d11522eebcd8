"""What checks found: how one is made of an attempt, and how all of them are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import click

from pycore.cli._render import printable, to_json
from pycore.exceptions import PycoreError
from pycore.results import CheckResult

__all__ = ["attempt", "exit_code", "failed", "passed", "show", "skipped"]

_WIDTH = 20  # of the longest usual name: no line can wait for those that follow
_MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("–", "yellow")}


def passed(name: str, detail: str) -> CheckResult:
    """Return that `name` is as it should be."""
    return CheckResult(name=name, ok=True, detail=detail)


def failed(name: str, detail: str, *, cure: str, exit_code: int) -> CheckResult:
    """Return that `name` is not as it should be, and what to do."""
    return CheckResult(name=name, ok=False, detail=detail, cure=cure, exit_code=exit_code)


def skipped(name: str, detail: str) -> CheckResult:
    """Return that `name` does not apply here, or could not be examined."""
    return CheckResult(name=name, ok=None, detail=detail)


def attempt(name: str, probe: Callable[[], str], *, cure: str) -> CheckResult:
    """Return what `probe` says when it succeeds; its error, the cure and the error's exit code when it fails.

    Examples
    --------
    >>> from pycore.exceptions import ServiceUnavailableError
    >>> def probe():
    ...     raise ServiceUnavailableError("Redis does not answer.")
    >>> attempt("Redis", probe, cure="pycore redis start").exit_code
    4
    """
    try:
        return passed(name, probe())
    except PycoreError as exc:
        return failed(name, str(exc), cure=cure, exit_code=exc.exit_code)


def exit_code(results: Sequence[CheckResult]) -> int:
    """Return the exit code of the first check that failed: what stands above is what others rest on."""
    return next((result.exit_code for result in results if result.ok is False), 0)


def show(results: Iterable[CheckResult], *, as_json: bool) -> int:
    """Print what each check found when it has ended, the cure below what failed; return the exit code.

    As JSON all of them are one document, at the end.
    """
    if as_json:
        results = list(results)
        members = ("name", "ok", "detail", "cure", "exit_code")
        checks = [{member: getattr(result, member) for member in members} for result in results]
        click.echo(to_json({"ok": exit_code(results) == 0, "exit_code": exit_code(results), "checks": checks}))
        return exit_code(results)
    shown = []
    for result in results:
        _show_one(result)
        shown.append(result)
    return exit_code(shown)


def _show_one(result: CheckResult) -> None:
    mark, colour = _MARKS[result.ok]
    first, *rest = result.detail.splitlines() or [""]
    click.echo(f"{click.style(mark, fg=colour)} {result.name:<{_WIDTH}}  {printable(first)}".rstrip())
    for line in rest:
        click.echo(f"  {'':<{_WIDTH}}  {printable(line)}")
    if result.cure:
        click.echo(f"  {'':<{_WIDTH}}  → {result.cure}")
