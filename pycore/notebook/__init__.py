"""What ``%load_ext pycore`` brings into a notebook: `core`, its magics, readable errors, ``%sql`` and ``%%sql``."""

from __future__ import annotations

from pycore.notebook.extension import ErrorCard, load_ipython_extension, unload_ipython_extension

__all__ = ["ErrorCard", "load_ipython_extension", "unload_ipython_extension"]
