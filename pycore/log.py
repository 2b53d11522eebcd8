"""The log of notebooks and scripts: lines in colour, by number or by word, and the switches for how much is written.

::

    from pycore import log

    log.good("loaded")  # green; boom is red, anmt yellow, mark red between two rules
    log.lg("loaded", 3)  # by number, as PyCore.lg
    log.quiet()  # only warnings and errors from now on; debug() writes everything
    log.configure(json=True)  # the usual, as JSON lines
"""

from __future__ import annotations

from pycore._logging import anmt, boom, configure, debug, good, lg, mark, quiet

__all__ = ["anmt", "boom", "configure", "debug", "good", "lg", "mark", "quiet"]
