"""The ``pycore`` command: one file per noun, each imported when it is first used.

Exit codes: 0 done, 1 a bug, 2 usage, 3 configuration, 4 a service, 5 a data set, a query or the cache, 6 a model,
7 a notification, 130 interrupted; of a stage its own. Standard output holds results only;
everything else is on standard error.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as typing's: nothing is imported before the door below, where a Ctrl-C is quiet
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``pycore``; none: those of this process.

    Examples
    --------
    >>> main(["--version"])
    pycore 0.1.0
    0
    """
    try:
        from pycore.cli._boundary import run

        return run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:  # run() knows it, too; but it may come while even that is being imported
        return _INTERRUPTED
